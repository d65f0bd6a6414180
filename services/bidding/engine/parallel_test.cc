#include "services/bidding/engine/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "absl/strings/str_cat.h"

namespace jodal::bidding {
namespace {

TEST(ForEachParallel, CallsEachOnce) {
  for (const size_t threads : {0, 1, 2, 7}) {
    for (const size_t count : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> calls(count);
      const absl::Status status = ForEachParallel(count, threads, [&](size_t at) {
        ++calls[at];
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok());
      for (size_t at = 0; at < count; ++at) EXPECT_EQ(calls[at], 1) << at;
    }
  }
}

TEST(ForEachParallel, GivesTheFirstErrorHoweverTheThreadsRun) {
  for (int run = 0; run < 200; ++run) {
    const absl::Status status = ForEachParallel(64, 4, [&](size_t at) {
      return at % 10 == 3 ? absl::NotFoundError(absl::StrCat(at)) : absl::OkStatus();
    });
    EXPECT_EQ(status, absl::NotFoundError("3"));
  }
}

}  // namespace
}  // namespace jodal::bidding
