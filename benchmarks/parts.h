// The parts that a bid cannot do without, each measured alone: what the machine could do at best.
#ifndef JODAL_BENCHMARKS_PARTS_H_
#define JODAL_BENCHMARKS_PARTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "benchmarks/corpus.h"

namespace jodal::bench {

// CPU microseconds of all threads and processes that take part.
struct Parts {
  double echo_us =
      0;  // unary call with a bid's bytes there and a receipt's back, client and server
  double echo_server_us = 0;
  double verify_us = 0;  // one signature of the corpus with a cached key
  double record_us = 0;  // one record of a bid's size in a synced batch of 64 on RocksDB
  double PerSecond(int cores) const { return cores * 1e6 / (echo_us + verify_us + record_us); }
};

// `dir` is for sockets and a store; `self` is this program, started again as the echo's server.
absl::StatusOr<Parts> MeasureParts(const Corpus& corpus, const std::string& dir,
                                   const std::string& self, size_t response_bytes);

// The echo's server: answers SubmitBid with `response_bytes` until it is killed.
int ServeEcho(const std::string& address, size_t response_bytes);

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_PARTS_H_
