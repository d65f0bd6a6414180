#include "common/ledger/blobs.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/hash.h"
#include "common/ledger/errors.h"
#include "common/status/macros.h"

namespace jodal::ledger {
namespace {

std::string KeyOf(absl::string_view sha256) { return absl::StrCat(kBlobPrefix, sha256); }

}  // namespace

absl::Status PutBlobs(Ledger& ledger, uint16_t shard, const std::vector<std::string>& values) {
  UpdateRequest request;
  request.shard = shard;
  request.housekeeping = true;
  for (size_t next = 0; next < values.size();) {
    size_t end = next;
    for (size_t bytes = 0; end < values.size() && end - next < kStateKeysMax; ++end) {
      bytes += values[end].size() + kStateKeyBytesMax;
      if (end > next && bytes > kCommitBytesMax) break;
    }
    const auto written = ledger.Update(request, [&](Txn& txn) {
      for (size_t at = next; at < end; ++at) {
        txn.Put(KeyOf(crypto::Sha256(values[at])), values[at]);
      }
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(written.status());
    next = end;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> GetBlob(const kv::Reader& reader, absl::string_view sha256) {
  ASSIGN_OR_RETURN(auto value, reader.Get(KeyOf(sha256)));
  if (!value.has_value() || crypto::Sha256(*value) != sha256) {
    return MakeError(kErrors["BLOB_DAMAGED"],
                     "a stored value is not there or not the one that its digest names");
  }
  return *std::move(value);
}

}  // namespace jodal::ledger
