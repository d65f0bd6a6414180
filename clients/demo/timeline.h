// The live timeline of one tender, followed while the replay runs and checked at its end.
#ifndef JODAL_CLIENTS_DEMO_TIMELINE_H_
#define JODAL_CLIENTS_DEMO_TIMELINE_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "clients/demo/run.h"
#include "jodal/tracking/v1/tracking.pb.h"

namespace jodal::demo {

// Follows WatchTimeline on a thread of its own and resumes by sequence when the stream breaks.
class LiveTimeline {
 public:
  LiveTimeline(Run& run, std::string tender_id);
  ~LiveTimeline();  // stops

  // The sequence numbers that came in, in their order.
  std::vector<uint64_t> Seen() const;

 private:
  void Follow();

  Run& run_;
  const std::string tender_id_;
  mutable absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::unique_ptr<grpc::ClientContext> stream_ ABSL_GUARDED_BY(mu_);
  std::vector<uint64_t> seen_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

// All items of the tender, by sequence.
absl::StatusOr<std::vector<tracking::v1::TimelineItem>> ListTimeline(Run& run,
                                                                     const std::string& tender_id);

// Whether every step of the job is there as often as it should be and after the one that it follows
// from: REPLAY_MISMATCH names the first that is not. `bids` were received and opened, `releases`
// members gave their shares.
struct Steps {
  int bids = 0;
  int releases = 0;
};
absl::Status CheckTimeline(const std::vector<tracking::v1::TimelineItem>& items,
                           const Steps& steps);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_TIMELINE_H_
