#include "common/ledger/steady_values.h"

#include "common/status/macros.h"

namespace jodal::ledger {

std::optional<std::string> SteadyValues::Find(absl::string_view key) const {
  absl::MutexLock lock(&mu_);
  const auto it = values_.find(key);
  if (it == values_.end()) return std::nullopt;
  return it->second;
}

void SteadyValues::Keep(const std::string& key, const std::string& value, uint64_t snapshot) {
  if (value.size() > kValueBytesMax) return;
  absl::MutexLock lock(&mu_);
  if (snapshot < newest_) return;
  if (values_.size() >= kValuesMax) values_.clear();
  values_[key] = value;
}

void SteadyValues::Forget(const Writes& writes, uint64_t number) {
  absl::MutexLock lock(&mu_);
  newest_ = number;
  if (values_.empty()) return;
  for (const auto& [key, value] : writes) values_.erase(key);
}

absl::StatusOr<std::optional<std::string>> SteadyReader::Get(absl::string_view key) const {
  if (key != steady_) return base_.Get(key);
  if (auto kept = values_.Find(key); kept.has_value()) return kept;
  ASSIGN_OR_RETURN(auto value, base_.Get(key));
  if (value.has_value()) values_.Keep(steady_, *value, snapshot_);
  return value;
}

}  // namespace jodal::ledger
