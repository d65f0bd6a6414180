// What a bid costs when there are many already, what is left on disk and in memory, and how long a
// restart takes.
#ifndef JODAL_BENCHMARKS_SCALE_H_
#define JODAL_BENCHMARKS_SCALE_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "benchmarks/corpus.h"
#include "benchmarks/servers.h"
#include "nlohmann/json.hpp"

namespace jodal::bench {

struct ScaleOptions {
  CorpusOptions corpus;
  uint32_t bids = 1'000'000;     // in one tender
  uint32_t tenders = 1'000'000;  // with one bid each in some of them
};

using MakeServers = std::function<absl::StatusOr<std::unique_ptr<Servers>>(const Corpus&)>;

// cost_us_<n>: CPU of the servers for one bid when n are there; cost_ratio_1m_to_1k; restart_s_10k,
// restart_s_1m: from kill -9 and start to the first accepted bid; rss_mb_per_1m; disk_ratio: bytes
// on disk for each byte received; scale_bids. Where fewer than a million bids are asked for, "1m"
// stands for what was asked.
absl::StatusOr<nlohmann::json> MeasureBids(const ScaleOptions& options, const MakeServers& make);
// cost_us_tenders_<n> for 1, 1,000 and all tenders.
absl::StatusOr<nlohmann::json> MeasureTenders(const ScaleOptions& options, const MakeServers& make);

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_SCALE_H_
