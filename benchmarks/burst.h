// The deadline burst: how many bids a second, how quickly acknowledged, and what happens when twice
// as many come and when the deadline falls into it.
#ifndef JODAL_BENCHMARKS_BURST_H_
#define JODAL_BENCHMARKS_BURST_H_

#include "absl/status/statusor.h"
#include "benchmarks/corpus.h"
#include "benchmarks/load.h"
#include "benchmarks/servers.h"
#include "nlohmann/json.hpp"

namespace jodal::bench {

struct Spread {
  double median = 0;
  double least = 0;
  double most = 0;
};
Spread SpreadOf(std::vector<double> values);

// A slice of the corpus that has not been sent yet. RESOURCE_EXHAUSTED if there is none left.
class Slices {
 public:
  explicit Slices(size_t bids) : bids_(bids) {}
  absl::StatusOr<LoadOptions> Take(double share);

 private:
  const size_t bids_;
  size_t taken_ = 0;
};

// A warm-up, then `runs` closed loops; every run verified. Figures: <name>_per_s with _min and
// _max, <name>_server_us and <name>_generator_us: CPU for one bid.
absl::StatusOr<nlohmann::json> MeasurePeak(const Servers& servers, const Corpus& corpus,
                                           const std::string& name, int runs, Slices* slices,
                                           double share);

// Open loops at half, once and twice `peak_per_s`, then twice again over the deadline.
//   ack_p50_ms_half_load, ack_p99_ms_half_load
//   ack_p99_ms_full_load
//   goodput_ratio_double_load     accepted bids a second over the peak
//   refused_p99_ms_double_load    of what the service refused; refused_at_edge: by the generator,
//                                 which had been told to wait; every refusal must carry a hint
//   deadline_*                    accepted, late, refused around the deadline. None accepted late,
//                                 none refused as late before it; every box closed with what was
//                                 acknowledged for it
absl::StatusOr<nlohmann::json> MeasureOpenLoops(const Servers& servers, const Corpus& corpus,
                                                double peak_per_s, Slices* slices);

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_BURST_H_
