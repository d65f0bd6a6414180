#include "common/rpc/executor.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace jodal::rpc {
namespace {

TEST(ExecutorTest, RefusesPastItsQueueAndRunsWhatItTook) {
  std::atomic<int> ran = 0;
  absl::Notification go;
  absl::Notification started;
  {
    Executor executor(1, 2);
    ASSERT_TRUE(executor.TrySubmit([&] {
      started.Notify();
      go.WaitForNotification();
      ++ran;
    }));
    started.WaitForNotification();
    EXPECT_EQ(executor.queued(), 0u);
    EXPECT_TRUE(executor.TrySubmit([&] { ++ran; }));
    EXPECT_TRUE(executor.TrySubmit([&] {
      ++ran;
      EXPECT_TRUE(executor.queued() == 0);
    }));
    EXPECT_EQ(executor.queued(), 2u);
    EXPECT_FALSE(executor.TrySubmit([&] { ran += 100; }));
    go.Notify();
  }
  EXPECT_EQ(ran, 3);
}

}  // namespace
}  // namespace jodal::rpc
