#include "clients/cli/advice.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/status/error.h"

namespace jodal::cli {
namespace {

using catalog::Language;

TEST(AdviceTest, WordsAreFilledIn) {
  const Values values = {{"tender", "R26BK00000001"}, {"file", "my notice.json"}};
  EXPECT_EQ(ShellText(Words("jodal tender show {tender}", values)),
            "jodal tender show R26BK00000001");
  EXPECT_EQ(ShellText(Words("jodal tender show {tender} [--identity {me}]", {})),
            "jodal tender show @tender");
  EXPECT_EQ(ShellText(Words("jodal a {file} [--identity {me}] b", {{"me", "k"}, {"file", "it's"}})),
            "jodal a 'it'\\''s' --identity k b");
  EXPECT_EQ(ShellText(Words("jodal tender validate {file} --identity {me}", values)),
            "jodal tender validate 'my notice.json' --identity DIR");
  EXPECT_EQ(ShellText(Words("x {dir}/receipt.json", {{"dir", "bids/1"}})), "x bids/1/receipt.json");
}

TEST(AdviceTest, HintsFollowReasonThenCode) {
  const Values values = {{"tender", "T1"}, {"me", "keys/kim"}};
  const auto line = [&](const absl::Status& status, const char* what) {
    return HintFor(status, what, values, Language::kEnglish).Line();
  };
  EXPECT_EQ(line(MakeError(absl::StatusCode::kFailedPrecondition, "DEADLINE_PASSED", "late"),
                 "bid submit"),
            "if the service had an outage, its log shows it: jodal tender timeline T1");
  EXPECT_EQ(line(MakeError(absl::StatusCode::kFailedPrecondition, "NEVER_HEARD_OF", ""),
                 "contract offer"),
            "look at the present state: jodal contract show @contract --identity keys/kim");
  EXPECT_EQ(line(MakeError(absl::StatusCode::kNotFound, "TENDER_NOT_FOUND", ""), "tender show"),
            "check the id; this lists what there is: jodal tender list");
  EXPECT_EQ(line(absl::InvalidArgumentError("x"), "tender draft"),
            "correct it and try again; this shows what the command takes: "
            "jodal tender draft --help");
}

// Past bug: a full disk was answered with "check that the services run".
TEST(AdviceTest, AFileThatCannotBeWrittenIsNoServiceThatIsDown) {
  const struct {
    const char* reason;
    const char* error;
    const char* begin;
  } cases[] = {
      {"FILE_NOT_WRITTEN", "ENOSPC", "the disk is full"},
      {"FILE_NOT_WRITTEN", "EROFS", "the file system may only be read"},
      {"FILE_NOT_WRITTEN", "EACCES", "you may not write there"},
      {"FILE_NOT_WRITTEN", "EIO", "check that the folder exists"},
      {"KEY_FILE_IO", "", "check that the folder exists"},
      {"CA_FILE_IO", "", "check that the folder exists"},
  };
  for (const auto& c : cases) {
    const Advised hint = HintFor(MakeError(absl::StatusCode::kUnavailable, c.reason, "cannot write",
                                           {{"file", "/mnt/keys/a.key"}, {"errno", c.error}}),
                                 "key new", {}, Language::kEnglish);
    EXPECT_EQ(hint.text.substr(0, std::string(c.begin).size()), c.begin) << c.error;
    EXPECT_EQ(hint.command.back(), "/mnt/keys") << c.error;
  }
}

TEST(AdviceTest, EveryPieceIsSaidInKorean) {
  const auto& korean = catalog::Korean();
  for (const Advice& row : NextSteps()) {
    EXPECT_TRUE(korean.count(std::string("next.") + row.key) == 1) << row.key;
  }
  for (const Advice& row : Hints()) {
    EXPECT_TRUE(korean.count(std::string("hint.") + row.key) == 1) << row.key;
  }
}

TEST(AdviceTest, KeysAreUnique) {
  std::set<std::string> seen;
  for (const Advice& row : NextSteps()) EXPECT_TRUE(seen.insert(row.key).second) << row.key;
  seen.clear();
  for (const Advice& row : Hints()) EXPECT_TRUE(seen.insert(row.key).second) << row.key;
}

}  // namespace
}  // namespace jodal::cli
