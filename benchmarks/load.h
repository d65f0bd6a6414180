// Sends bids and keeps what came back.
//
// The generator is a process of its own on the same cores, and stands for the gateway: once the
// service has said that it is busy, it refuses new bids itself for as long as it was told
// (benchmarks/pushback.h). Requests are bytes made beforehand, sent
// through gRPC's generic stub on several connections; answers are kept as bytes and verified after
// the clock has stopped.
#ifndef JODAL_BENCHMARKS_LOAD_H_
#define JODAL_BENCHMARKS_LOAD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "benchmarks/corpus.h"
#include "benchmarks/servers.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::bench {

struct LoadOptions {
  size_t first = 0;  // bids [first, first + count) of the corpus
  size_t count = 0;
  int in_flight = 0;  // closed loop: so many at a time; 0 for an open loop
  double per_s = 0;   // open loop: one is due every 1/per_s seconds, whatever has come back
  int channels = 4;
  size_t echo_bytes = 0;  // measuring the echo: answers are this large and are not kept
};

struct Answer {
  enum Kind { kAccepted, kBusy, kLate, kOther };
  Kind kind = kOther;
  bool retry_hint = false;
  bool at_edge = false;    // kBusy: refused by the generator, which had been told to wait
  float latency_ms = 0;    // open loop: from the moment it was due
  std::string bytes;       // accepted: serialized SubmitBidResponse
  std::string reason;      // else
  int64_t arrival_ns = 0;  // kLate: what the service says
};

struct LoadResult {
  std::vector<Answer> answers;  // by bid, from `first`
  double seconds = 0;           // first bid sent to last answer
  double send_seconds = 0;      // first bid due to last one sent
  double generator_cpu_s = 0;
  double server_cpu_s = 0;
  std::map<std::string, size_t> reasons;  // of what was not accepted

  size_t Count(Answer::Kind kind) const;
  double PerSecond() const;  // accepted bids
  // Of the answers of one kind, q in [0, 1].
  double LatencyMs(Answer::Kind kind, double q) const;
};

// Every entry of the bidding log whose body can be read, in order.
absl::Status ForEachBiddingEvent(
    const Servers& servers,
    const std::function<absl::Status(const jodal::log::v1::LogEntry&,
                                     const jodal::event::v1::Event&)>& visit);

// What registration does when a supplier registers: has every certificate judged once.
absl::Status RegisterCertificates(const Servers& servers, const Corpus& corpus);
// What the tender service does before it publishes. `limit` tenders, 0 for all.
absl::Status CreateBoxes(const Servers& servers, const Corpus& corpus);

absl::StatusOr<LoadResult> RunLoad(const Servers& servers, const Corpus& corpus,
                                   const LoadOptions& options);

// Every acknowledged bid is in the log exactly once, nothing is there twice, every receipt proves
// it and its arrival lies before the deadline. INTERNAL with the first thing that is wrong.
absl::Status VerifyLoad(const Servers& servers, const Corpus& corpus, const LoadOptions& options,
                        const LoadResult& result);

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_LOAD_H_
