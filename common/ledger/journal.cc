#include "common/ledger/journal.h"

#include "absl/strings/str_format.h"
#include "common/ledger/chunked.h"

namespace jodal::ledger {

std::string Journal::KeyOf(const JournalPage& page) const {
  return absl::StrFormat("%s%s/%06d", prefix_, page.name, page.number);
}

absl::Status Journal::Put(Txn& txn, const JournalPage& page, absl::string_view value) const {
  return PutChunked(txn, KeyOf(page), value);
}

absl::StatusOr<std::optional<std::string>> Journal::Get(const kv::Reader& reader,
                                                        const JournalPage& page) const {
  return GetChunked(reader, KeyOf(page));
}

}  // namespace jodal::ledger
