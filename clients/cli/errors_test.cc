#include "clients/cli/errors.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/status/error.h"

namespace jodal::cli {
namespace {

TEST(ErrorsTest, EveryCodeHasItsExitCode) {
  const struct {
    absl::StatusCode code;
    const char* reason;
    int exit_code;
  } cases[] = {
      {absl::StatusCode::kInvalidArgument, "AMOUNT_INVALID", 1},
      {absl::StatusCode::kInternal, "", 1},
      {absl::StatusCode::kInvalidArgument, "USAGE", 2},
      {absl::StatusCode::kInvalidArgument, "IDENTITY_NOT_GIVEN", 2},
      {absl::StatusCode::kNotFound, "TENDER_NOT_FOUND", 3},
      {absl::StatusCode::kPermissionDenied, "ROLE_MISSING", 4},
      {absl::StatusCode::kUnauthenticated, "SESSION_EXPIRED", 4},
      {absl::StatusCode::kFailedPrecondition, "DEADLINE_PASSED", 5},
      {absl::StatusCode::kFailedPrecondition, "LOG_ROLLED_BACK", 6},
      {absl::StatusCode::kFailedPrecondition, "BOX_ROOT_MISMATCH", 6},
      {absl::StatusCode::kInvalidArgument, "RECEIPT_MALFORMED", 6},
      {absl::StatusCode::kDataLoss, "ANYTHING", 6},
      {absl::StatusCode::kAlreadyExists, "ORGANIZATION_EXISTS", 7},
      {absl::StatusCode::kAborted, "STALE", 7},
      {absl::StatusCode::kDeadlineExceeded, "WAIT_TIMED_OUT", 8},
      {absl::StatusCode::kDeadlineExceeded, "", 9},
      {absl::StatusCode::kUnavailable, "LEDGER_STOPPED", 9},
      {absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", 1},
      {absl::StatusCode::kUnavailable, "KEY_FILE_IO", 1},
      {absl::StatusCode::kResourceExhausted, "SERVER_BUSY", 9},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Explain(MakeError(c.code, c.reason, "why"), "it").exit_code, c.exit_code) << c.reason;
  }
}

TEST(ErrorsTest, ThreeLinesSayWhatWhyAndWhatToDo) {
  const Failure failure =
      Explain(MakeError(absl::StatusCode::kFailedPrecondition, "DEADLINE_PASSED",
                        "the bid arrived late", {{"deadline", "10:00:00"}, {"lateBy", "0.412 s"}}),
              "bid submit");
  EXPECT_EQ(failure.text,
            "error: bid submit failed (DEADLINE_PASSED)\n"
            "  the bid arrived late (deadline 10:00:00, lateBy 0.412 s)\n"
            "  if the service had an outage, its log shows it: jodal tender timeline @tender\n");
}

TEST(ErrorsTest, ProgramsGetTheSameAsAnObject) {
  const auto json = nlohmann::json::parse(
      Explain(MakeError(absl::StatusCode::kFailedPrecondition, "DEADLINE_PASSED", "late\t\xff",
                        {{"deadline", "2026-03-12T01:00:00Z"}}),
              "bid submit", {.values = {{"tender", "T1"}}})
          .json);
  EXPECT_EQ(json["code"], "FAILED_PRECONDITION");
  EXPECT_EQ(json["reason"], "DEADLINE_PASSED");
  EXPECT_EQ(json["message"], "late\t\xef\xbf\xbd");
  EXPECT_EQ(json["metadata"]["deadline"], "2026-03-12T01:00:00Z");
  EXPECT_EQ(json["hintCommand"], (std::vector<std::string>{"jodal", "tender", "timeline", "T1"}));
  EXPECT_EQ(json["command"], "bid submit");
  EXPECT_EQ(json["exitCode"], 5);
  const auto bare = nlohmann::json::parse(Explain(absl::DataLossError("x"), "audit verify").json);
  EXPECT_EQ(bare["metadata"], nlohmann::json::object());
  EXPECT_FALSE(bare.contains("hintCommand"));
}

TEST(ErrorsTest, KoreanReadersGetThreeKoreanLines) {
  const Failure failure =
      Explain(MakeError(absl::StatusCode::kFailedPrecondition, "DEADLINE_PASSED",
                        "the bid arrived late", {{"deadline", "2026-03-12T01:00:00Z"}}),
              "bid submit", {.language = catalog::Language::kKorean});
  EXPECT_EQ(failure.text,
            "오류: bid submit 실패 (DEADLINE_PASSED)\n"
            "  투찰 마감 시각이 지났습니다 (deadline 2026-03-12 10:00:00 KST)\n"
            "  서비스 장애가 있었다면 기록에 나타납니다: jodal tender timeline @tender\n");
}

TEST(ErrorsTest, AVerificationFailureKeepsItsReason) {
  const absl::Status status = AsVerificationFailure(
      MakeError(absl::StatusCode::kInvalidArgument, "BUNDLE_UNKNOWN_FILE", "x", {{"file", "y"}}));
  EXPECT_EQ(Explain(status, "audit verify").exit_code, 6);
  EXPECT_EQ(ErrorReason(status), "BUNDLE_UNKNOWN_FILE");
  EXPECT_EQ(ErrorMetadataOf(status)["file"], "y");
}

}  // namespace
}  // namespace jodal::cli
