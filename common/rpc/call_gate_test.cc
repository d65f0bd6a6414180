#include "common/rpc/call_gate.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"

namespace jodal::rpc {
namespace {

bool Inside() { return true; }
bool Outside() { return false; }

TEST(CallGateTest, ClosedItLetsOnlyTheProcessItselfIn) {
  CallGate gate;
  CallGate::Pass first = gate.Enter(Outside);
  ASSERT_TRUE(first);
  gate.Close();
  EXPECT_FALSE(gate.Enter(Outside));
  EXPECT_TRUE(gate.Enter(Inside));
  EXPECT_FALSE(gate.AwaitIdle(absl::ZeroDuration())) << "the first is still under way";
  EXPECT_FALSE(gate.abandoned());
  gate.Abandon();
  EXPECT_FALSE(gate.Enter(Inside));
  EXPECT_TRUE(gate.abandoned());
  CallGate::Pass moved = std::move(first);
  EXPECT_FALSE(gate.AwaitIdle(absl::ZeroDuration()));
  moved = CallGate::Pass();
  EXPECT_TRUE(gate.AwaitIdle(absl::ZeroDuration()));
}

TEST(CallGateTest, WaitsForWhatIsUnderWay) {
  CallGate gate;
  absl::Notification entered;
  std::thread call([&] {
    const CallGate::Pass outer = gate.Enter(Outside);
    entered.Notify();
    while (gate.Enter(Outside)) std::this_thread::yield();  // until it is closed
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(gate.Enter(Inside));
  });
  entered.WaitForNotification();
  EXPECT_TRUE(gate.AwaitIdle(absl::InfiniteDuration()));
  call.join();
  EXPECT_TRUE(gate.AwaitIdle(absl::ZeroDuration()));
}

}  // namespace
}  // namespace jodal::rpc
