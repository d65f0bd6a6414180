#include "services/tracking/domain/timeline.h"

#include <gtest/gtest.h>

#include <string>

#include "services/tracking/limits.h"

namespace jodal::tracking {
namespace {

TEST(TenderOf, TakesTheFirstSegmentBelowTenders) {
  EXPECT_EQ(TenderOf("tenders/R26BK00000001"), "R26BK00000001");
  EXPECT_EQ(TenderOf("tenders/R26BK00000001/contracts/R26TA00000001"), "R26BK00000001");
  EXPECT_EQ(TenderOf("organizations/S-1234567890"), "");
  EXPECT_EQ(TenderOf("tenders/"), "");
  EXPECT_EQ(TenderOf(""), "");
  EXPECT_EQ(TenderOf(SubjectOf("R26BK00000001")), "R26BK00000001");
}

TEST(TenderOf, TakesNoIdThatIsTooLong) {
  const std::string longest(kTenderIdBytesMax, 'R');
  EXPECT_EQ(TenderOf(SubjectOf(longest)), longest);
  EXPECT_EQ(TenderOf(SubjectOf(longest + "R")), "");
}

}  // namespace
}  // namespace jodal::tracking
