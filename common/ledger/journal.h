// Values kept under a name in the order in which they came, from 0: the documents of a case. Large
// ones are kept in pieces (chunked.h).
//
//   prefix name "/" %06d   the value
#ifndef JODAL_COMMON_LEDGER_JOURNAL_H_
#define JODAL_COMMON_LEDGER_JOURNAL_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"

namespace jodal::ledger {

struct JournalPage {
  absl::string_view name;
  int number = 0;
};

class Journal {
 public:
  explicit Journal(std::string prefix) : prefix_(std::move(prefix)) {}

  // The errors of PutChunked and GetChunked. The caller counts.
  absl::Status Put(Txn& txn, const JournalPage& page, absl::string_view value) const;
  absl::StatusOr<std::optional<std::string>> Get(const kv::Reader& reader,
                                                 const JournalPage& page) const;

 private:
  std::string KeyOf(const JournalPage& page) const;

  std::string prefix_;
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_JOURNAL_H_
