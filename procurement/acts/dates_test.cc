#include "procurement/acts/dates.h"

#include <gtest/gtest.h>

#include "common/status/error.h"
#include "procurement/acts/contract.h"
#include "procurement/acts/delivery.h"

namespace jodal::procurement {
namespace {

TEST(DatesTest, OneSpelling) {
  EXPECT_EQ(*ParseDate({"d", "2024-02-29"}), absl::CivilDay(2024, 2, 29));
  for (const char* bad : {"", "2025-2-1", "2025-02-29", "2025-02-01T00", " 2025-02-01", "25-02-01",
                          "2025-02-01 ", "2025/02/01", "99999-01-01"}) {
    const auto day = ParseDate({"startDate", bad});
    EXPECT_EQ(ErrorReason(day.status()), "DATE_INVALID") << bad;
    EXPECT_EQ(ErrorMetadataOf(day.status())["field"], "startDate");
  }
}

TEST(DatesTest, Period) {
  const absl::CivilDay start(2025, 2, 1);
  EXPECT_TRUE(CheckPeriod({start, start}).ok());
  EXPECT_EQ(ErrorReason(CheckPeriod({start, start - 1})), "PERIOD_INVALID");
  const absl::CivilDay last(2025 + kContractYearsMax, 2, 1);
  EXPECT_TRUE(CheckPeriod({start, last}).ok());
  EXPECT_EQ(ErrorReason(CheckPeriod({start, last + 1})), "PERIOD_INVALID");
}

TEST(DeliveryTest, Reports) {
  const struct {
    const char* name;
    Progress progress;
    Report report;
    const char* reason;
  } cases[] = {
      {"first", {100, 0, 0, false}, {1, 99, false}, ""},
      {"all at once", {100, 0, 0, false}, {1, 100, true}, ""},
      {"final of less", {100, 0, 0, false}, {1, 99, true}, ""},
      {"rest", {100, 60, 1, false}, {2, 40, true}, ""},
      {"one too much", {100, 60, 1, false}, {2, 41, true}, "DELIVERY_AMOUNT_EXCEEDED"},
      {"all, not final", {100, 60, 1, false}, {2, 40, false}, "DELIVERY_MUST_BE_FINAL"},
      {"nothing", {100, 60, 1, false}, {2, 0, false}, "DELIVERY_AMOUNT_INVALID"},
      {"negative", {100, 60, 1, false}, {2, -1, false}, "DELIVERY_AMOUNT_INVALID"},
      {"number again", {100, 60, 1, false}, {1, 10, false}, "DELIVERY_NUMBER"},
      {"number ahead", {100, 60, 1, false}, {3, 10, false}, "DELIVERY_NUMBER"},
      {"one open", {100, 60, 2, true}, {3, 10, false}, "DELIVERY_UNINSPECTED"},
      {"last", {1000, 1, kDeliveriesMax - 1, false}, {kDeliveriesMax, 1, false}, ""},
      {"past last",
       {1000, 1, kDeliveriesMax, false},
       {kDeliveriesMax + 1, 1, false},
       "TOO_MANY_DELIVERIES"},
      {"int64 edge", {INT64_MAX, 0, 0, false}, {1, INT64_MAX, true}, ""},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(ErrorReason(CheckReport(c.progress, c.report)), c.reason) << c.name;
  }
}

TEST(DeliveryTest, Inspections) {
  EXPECT_TRUE(CheckInspection({true, 10, 10}).ok());
  EXPECT_TRUE(CheckInspection({true, 1, 10}).ok());
  EXPECT_TRUE(CheckInspection({false, 0, 10}).ok());
  for (const Inspection& bad :
       {Inspection{true, 11, 10}, Inspection{true, 0, 10}, Inspection{true, -1, 10},
        Inspection{false, 1, 10}, Inspection{false, -1, 10}}) {
    EXPECT_EQ(ErrorReason(CheckInspection(bad)), "INSPECTION_AMOUNT_INVALID");
  }
}

}  // namespace
}  // namespace jodal::procurement
