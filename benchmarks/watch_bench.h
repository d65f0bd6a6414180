// Live tracking: many watchers on busy tenders, and how long an entry takes from its commit to
// them.
#ifndef JODAL_BENCHMARKS_WATCH_BENCH_H_
#define JODAL_BENCHMARKS_WATCH_BENCH_H_

#include "absl/status/statusor.h"
#include "benchmarks/corpus.h"
#include "benchmarks/servers.h"
#include "nlohmann/json.hpp"

namespace jodal::bench {

struct WatchOptions {
  int watchers = 1000;
  uint32_t tenders = 100;  // watched: the busiest ones of the corpus
  double per_s = 500;      // bids
  double seconds = 10;
};

// watch_p50_ms, watch_p99_ms: from the commit of a bid to each of its watchers; watch_deliveries.
// Checks that every watcher got every entry of its tender once and in order.
absl::StatusOr<nlohmann::json> MeasureWatch(const Servers& servers, const Corpus& corpus,
                                            const WatchOptions& options);

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_WATCH_BENCH_H_
