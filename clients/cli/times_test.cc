#include "clients/cli/times.h"

#include <gtest/gtest.h>

#include "common/status/error.h"

namespace jodal::cli {
namespace {

const absl::Time kTen = absl::FromUnixSeconds(1773277200);  // 2026-03-12T01:00:00Z

TEST(TimesTest, OneNotationInTheReadersZone) {
  EXPECT_EQ(Zone().Text(kTen), "2026-03-12 10:00:00 KST");
  EXPECT_EQ(Zone().Text(kTen + absl::Milliseconds(412)), "2026-03-12 10:00:00.412 KST");
  EXPECT_EQ(Zone().Text(absl::UnixEpoch()), "");
  EXPECT_EQ(Zone::Named("UTC")->Text(kTen), "2026-03-12 01:00:00 UTC");
  EXPECT_EQ(Zone::Named("Asia/Seoul")->Text(kTen), "2026-03-12 10:00:00 KST");
  EXPECT_EQ(ErrorReason(Zone::Named("Mars/Olympus").status()), "USAGE");
}

TEST(TimesTest, WhatIsShownIsUnderstood) {
  const auto utc = Zone::Named("UTC");
  ASSERT_TRUE(utc.ok());
  const struct {
    Zone zone;
    const char* text;
    absl::Duration after;
  } cases[] = {
      {Zone(), "2026-03-12 10:00:00 KST", absl::ZeroDuration()},
      {Zone(), "2026-03-12 10:00", absl::ZeroDuration()},
      {Zone(), "2026-03-12 10:00 KST", absl::ZeroDuration()},
      {Zone(), "2026-03-12 01:00 UTC", absl::ZeroDuration()},
      {Zone(), "2026-03-12 10:00:00.412 KST", absl::Milliseconds(412)},
      {Zone(), "2026-03-12T10:00:00+09:00", absl::ZeroDuration()},
      {Zone(), "2026-03-12", absl::Hours(-10)},
      {*utc, "2026-03-12 01:00", absl::ZeroDuration()},
      {*utc, "2026-03-12 10:00 KST", absl::ZeroDuration()},
  };
  for (const auto& c : cases) {
    const auto time = c.zone.Parse(c.text);
    ASSERT_TRUE(time.ok()) << c.text << " " << time.status();
    EXPECT_EQ(*time, kTen + c.after) << c.text;
  }
  for (const char* text : {"", "noon", "2026-03-12 25:00", "2026-03-12 10:00 PST", "10:00 KST"}) {
    EXPECT_EQ(ErrorReason(Zone().Parse(text).status()), "USAGE") << text;
  }
}

TEST(TimesTest, TimesInSentencesAreRewritten) {
  EXPECT_EQ(Zone().Rewrite("late: 2026-03-12T01:00:00.412Z after 2026-03-12T10:00:00+09:00."),
            "late: 2026-03-12 10:00:00.412 KST after 2026-03-12 10:00:00 KST.");
  EXPECT_EQ(Zone().Rewrite("nothing 2026-03-12T99:00:00Z here"),
            "nothing 2026-03-12T99:00:00Z here");
}

}  // namespace
}  // namespace jodal::cli
