// The log alone: appending, proving, and checking all of it.
#ifndef JODAL_BENCHMARKS_LOG_BENCH_H_
#define JODAL_BENCHMARKS_LOG_BENCH_H_

#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace jodal::bench {

// log_append_per_s: durable entries a second, in updates of 50 entries from two threads.
// log_proofs_per_s: inclusion proofs against the newest checkpoint on one core, at random entries;
// log_consistency_per_s: the same for consistency proofs from random sizes; some of both verified.
// log_verify_1m_s: seconds to recompute the whole stored log of `entries`, scaled to 1,000,000.
absl::StatusOr<nlohmann::json> MeasureLog(const std::string& dir, uint64_t entries);

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_LOG_BENCH_H_
