#include "services/kit/page.h"

#include <gtest/gtest.h>

#include "common/status/error.h"

namespace jodal::kit {
namespace {

const std::string kKey(32, 'k');

TEST(PageTest, ATokenIsTakenForItsOwnRequestOnly) {
  const std::string token = MakePageToken(kKey, "filter", "last");
  EXPECT_EQ(*OpenPageToken(kKey, "filter", token), "last");
  EXPECT_EQ(*OpenPageToken(kKey, "filter", ""), "");
  for (const auto& opened :
       {OpenPageToken(kKey, "another filter", token),
        OpenPageToken(std::string(32, 'j'), "filter", token),
        OpenPageToken(kKey, "filter", token.substr(1)), OpenPageToken(kKey, "filter", "!")}) {
    EXPECT_EQ(ErrorReason(opened.status()), "PAGE_TOKEN_INVALID");
  }
}

TEST(PageTest, WithoutAKeyThereAreNoTokens) {
  EXPECT_DEATH(MakePageToken("", "filter", "last"), "without a page key");
  EXPECT_DEATH(OpenPageToken("", "filter", MakePageToken(kKey, "filter", "last")).IgnoreError(),
               "without a page key");
}

TEST(PageTest, Sizes) {
  EXPECT_EQ(*PageSize(0, 20, 100), 20u);
  EXPECT_EQ(*PageSize(100, 20, 100), 100u);
  EXPECT_EQ(*PageSize(101, 20, 100), 100u);
  EXPECT_EQ(ErrorReason(PageSize(-1, 20, 100).status()), "PAGE_SIZE_INVALID");
}

}  // namespace
}  // namespace jodal::kit
