// Values that many updates read and few write, kept in memory: Hints::steady.
//
// A value read here is of the commit that was published when the transaction began, or a later one:
// the committer forgets what a commit writes before the commit is published. It need not be of the
// same commit as the snapshot that the rest of the transaction reads. Both are at least as new as
// the number that the update is checked for conflicts with, so effects that rest on a mixture are
// found like any other write since. Any other outcome is not checked: the body is run again without
// these values.
#ifndef JODAL_COMMON_LEDGER_STEADY_VALUES_H_
#define JODAL_COMMON_LEDGER_STEADY_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/kv/backend.h"
#include "common/ledger/overlay_reader.h"

namespace jodal::ledger {

// Thread-safe.
class SteadyValues {
 public:
  static constexpr size_t kValuesMax = 4096;           // past it all are forgotten
  static constexpr size_t kValueBytesMax = 16 * 1024;  // a larger one is not kept

  // nullopt: not kept.
  std::optional<std::string> Find(absl::string_view key) const;

  // `value` was read from a snapshot that has all up to commit `snapshot`. Not kept if a later
  // commit has been announced meanwhile: it may have written the key.
  void Keep(const std::string& key, const std::string& value, uint64_t snapshot);

  // Announces commit `number`, which writes `writes`: before it is published.
  void Forget(const Writes& writes, uint64_t number);

 private:
  mutable absl::Mutex mu_;
  absl::flat_hash_map<std::string, std::string> values_ ABSL_GUARDED_BY(mu_);
  uint64_t newest_ ABSL_GUARDED_BY(mu_) = 0;  // announced commit
};

// Reads the key `steady` from `values` and everything else from `base`, a snapshot that has all up
// to commit `snapshot`. The arguments outlive it.
class SteadyReader : public kv::Reader {
 public:
  SteadyReader(const kv::Reader& base, uint64_t snapshot, std::string steady, SteadyValues& values)
      : base_(base), snapshot_(snapshot), steady_(std::move(steady)), values_(values) {}

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  void Prefetch(const std::vector<std::string>& keys) const override { base_.Prefetch(keys); }
  absl::StatusOr<std::vector<kv::KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                                 size_t limit) const override {
    return base_.Scan(begin, end, limit);
  }
  absl::StatusOr<std::vector<kv::KeyValue>> ScanReverse(absl::string_view begin,
                                                        absl::string_view end,
                                                        size_t limit) const override {
    return base_.ScanReverse(begin, end, limit);
  }

 private:
  const kv::Reader& base_;
  const uint64_t snapshot_;
  const std::string steady_;
  SteadyValues& values_;
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_STEADY_VALUES_H_
