#include "benchmarks/pushback.h"

#include <gtest/gtest.h>

#include "common/rpc/status.h"
#include "common/status/error.h"

namespace jodal::bench {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(PushbackTest, KeepsAwayForAsLongAsThePeerAsked) {
  Pushback pushback;
  EXPECT_TRUE(pushback.Admit(0).ok());
  pushback.Observe(rpc::ServerBusyError(absl::Milliseconds(200)), 10 * kMs);
  const absl::Status refused = pushback.Admit(110 * kMs);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorReason(refused), "SERVER_BUSY");
  EXPECT_EQ(rpc::RetryDelay(refused), absl::Milliseconds(100));
  EXPECT_FALSE(pushback.Admit(210 * kMs - 1).ok());
  EXPECT_TRUE(pushback.Admit(210 * kMs).ok());
}

TEST(PushbackTest, TheLongestHintCounts) {
  Pushback pushback;
  pushback.Observe(rpc::ServerBusyError(absl::Milliseconds(200)), 0);
  pushback.Observe(rpc::ServerBusyError(absl::Milliseconds(50)), 0);
  EXPECT_FALSE(pushback.Admit(199 * kMs).ok());
  pushback.Observe(rpc::ServerBusyError(absl::Hours(24)), 0);  // within reason
  EXPECT_TRUE(pushback.Admit(5001 * kMs).ok());
}

TEST(PushbackTest, OtherAnswersChangeNothing) {
  Pushback pushback;
  pushback.Observe(absl::OkStatus(), 0);
  pushback.Observe(absl::ResourceExhaustedError("no hint"), 0);
  pushback.Observe(
      MakeError(absl::StatusCode::kUnavailable, "AWAY", "t", {{rpc::kRetryAfterMs, "500"}}), 0);
  EXPECT_TRUE(pushback.Admit(1).ok());
}

}  // namespace
}  // namespace jodal::bench
