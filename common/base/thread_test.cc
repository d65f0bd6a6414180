#include "common/base/thread.h"

#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <thread>

#include "gtest/gtest.h"

namespace jodal {
namespace {

// What sched_getattr(2) tells of the calling thread.
struct Scheduling {
  uint32_t policy = 0;
  uint64_t flags = 0;
  int32_t nice = 0;
  uint64_t slice_ns = 0;
};

Scheduling Get() {
  std::array<uint64_t, 6> attributes{};  // size and policy, flags, nice and priority, slice, ...
  EXPECT_EQ(syscall(SYS_sched_getattr, 0, attributes.data(), sizeof(attributes), 0), 0);
  return {static_cast<uint32_t>(attributes[0] >> 32), attributes[1],
          static_cast<int32_t>(attributes[2]), attributes[3]};
}

TEST(ThreadTest, AShortSliceChangesNothingElse) {
  utsname system;
  ASSERT_EQ(uname(&system), 0);
  int major = 0, minor = 0;
  ASSERT_EQ(std::sscanf(system.release, "%d.%d", &major, &minor), 2);
  Scheduling before, after;
  std::thread([&] {
    before = Get();
    ShortenThreadSlice();
    after = Get();
  }).join();
  EXPECT_EQ(after.policy, before.policy);
  EXPECT_EQ(after.flags, before.flags);
  EXPECT_EQ(after.nice, before.nice);
  if (major < 6 || (major == 6 && minor < 12)) {
    GTEST_SKIP() << "Linux " << system.release << " has no slices of a thread's own";
  }
  EXPECT_EQ(after.slice_ns, 100'000u);
}

TEST(ThreadTest, ThreadPriorityLowersThePriority) {
  int32_t work = 0, background = 0, before = 0;
  std::thread([&] {
    before = Get().nice;
    LowerThreadPriority(ThreadPriority::kWork);
    work = Get().nice;
    LowerThreadPriority(ThreadPriority::kBackground);
    background = Get().nice;
  }).join();
  EXPECT_LT(work, background);
  if (before >= 3) GTEST_SKIP() << "runs with a low priority as it is";
  EXPECT_LT(before, work);
}

}  // namespace
}  // namespace jodal
