#include "common/rpc/session_bars.h"

#include "common/rpc/errors.h"

namespace jodal::rpc {

void SessionBars::Apply(const SessionChange& change, uint64_t seq) {
  absl::MutexLock lock(&mu_);
  const auto [known, added] =
      organizations_.try_emplace(change.organization_id, Known{seq, change.barred});
  if (!added && seq >= known->second.seq) known->second = {seq, change.barred};
}

absl::Status SessionBars::Check(const Principal& principal) const {
  absl::ReaderMutexLock lock(&mu_);
  const auto known = organizations_.find(principal.organization_id);
  if (known == organizations_.end() || !known->second.barred) return absl::OkStatus();
  return MakeError(kErrors["SESSION_BARRED"],
                   "the organisation behind this session may not act for now");
}

}  // namespace jodal::rpc
