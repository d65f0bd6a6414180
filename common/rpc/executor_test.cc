#include "common/rpc/executor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace jodal::rpc {
namespace {

const size_t kCores = std::max(2u, std::thread::hardware_concurrency());

bool Becomes(const std::atomic<size_t>& value, size_t want) {
  for (int i = 0; i < 500 && value != want; ++i) absl::SleepFor(absl::Milliseconds(10));
  return value == want;
}

TEST(ExecutorTest, RunsNoMoreTasksThanCoresButForThoseThatWait) {
  Executor executor(kCores + 8, 100);
  std::atomic<size_t> started = 0;
  absl::Notification wait, waited, finish;
  for (size_t i = 0; i < kCores + 3; ++i) {
    ASSERT_TRUE(executor.TrySubmit([&, i] {
      ++started;
      if (i == 0) {
        wait.WaitForNotification();
        const ScopedWait waiting;
        const ScopedWait within;  // counts once
        waited.WaitForNotification();
      }
      finish.WaitForNotification();
    }));
  }
  EXPECT_TRUE(Becomes(started, kCores));
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(started, kCores);
  EXPECT_EQ(executor.queued(), 3u);

  wait.Notify();
  EXPECT_TRUE(Becomes(started, kCores + 1)) << "another task in place of the one that waits";
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(started, kCores + 1);
  waited.Notify();
  finish.Notify();
  EXPECT_TRUE(Becomes(started, kCores + 3));
}

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
