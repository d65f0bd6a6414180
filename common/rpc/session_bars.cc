#include "common/rpc/session_bars.h"

#include "common/rpc/errors.h"

namespace jodal::rpc {

void SessionBars::Apply(const SessionBar& bar) {
  absl::MutexLock lock(&mu_);
  Known& known = organizations_[bar.organization_id];
  known.bars[bar.id] = {bar.from, bar.to};
  if (!bar.replaces.empty()) known.replaced.insert(bar.replaces);
}

absl::Status SessionBars::Check(const Principal& principal, absl::Time now) const {
  absl::ReaderMutexLock lock(&mu_);
  const auto known = organizations_.find(principal.organization_id);
  if (known == organizations_.end()) return absl::OkStatus();
  for (const auto& [id, period] : known->second.bars) {
    if (period.from <= now && now < period.to && known->second.replaced.count(id) == 0) {
      return MakeError(kErrors["SESSION_BARRED"],
                       "the organisation behind this session may not act for now");
    }
  }
  return absl::OkStatus();
}

}  // namespace jodal::rpc
