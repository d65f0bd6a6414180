#include "clients/cli/output.h"

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "jodal/document/v1/documents.pb.h"
#include "jodal/tender/v1/tender.pb.h"

namespace jodal::cli {
namespace {

TEST(OutputTest, WideCharactersTakeTwoColumns) {
  const struct {
    const char* text;
    int width;
  } cases[] = {{"", 0}, {"abc", 3}, {"입찰", 4}, {"가a나", 5}, {"é", 1}, {"e\u0301", 1}, {"，", 2}};
  for (const auto& c : cases) EXPECT_EQ(DisplayWidth(c.text), c.width) << c.text;
}

TEST(OutputTest, ATerminalGetsAlignedColumnsAPipeTabs) {
  const Table table = {{"TITLE", "PRICE"}, {{"입찰", "1,000"}, {"abcdef", "99"}}};
  EXPECT_EQ(FormatTable(table, true), "TITLE   PRICE\n입찰    1,000\nabcdef     99\n");
  EXPECT_EQ(FormatTable(table, false), "TITLE\tPRICE\n입찰\t1,000\nabcdef\t99\n");
  EXPECT_EQ(FormatCsv(table), "TITLE,PRICE\r\n입찰,\"1,000\"\r\nabcdef,99\r\n");
}

TEST(OutputTest, FieldsReadWell) {
  tender::v1::Tender tender;
  tender.set_state(tender::v1::Tender::PUBLISHED);
  EXPECT_EQ(FieldText(tender, "state"), "PUBLISHED");
  document::v1::Notice notice;
  document::v1::Lot lot;
  lot.set_base_amount(4290738325);
  EXPECT_EQ(FieldText(lot, "base_amount"), "4,290,738,325");
  EXPECT_EQ(FieldText(notice, "nothing"), "");
  document::v1::Stage stage;
  stage.set_deadline("2026-03-12T01:00:00Z");
  EXPECT_EQ(FieldText(stage, "deadline"), "2026-03-12 10:00:00 KST");
  EXPECT_EQ(FieldText(stage, "deadline", *Zone::Named("UTC")), "2026-03-12 01:00:00 UTC");
  notice.set_title("2026-03-12T01:00:00Z is when it ends");
  EXPECT_EQ(FieldText(notice, "title"), "2026-03-12T01:00:00Z is when it ends");
}

// Other people's words may not move the cursor, colour a line or add a row.
TEST(OutputTest, NothingIsObeyedByTheTerminal) {
  EXPECT_EQ(Visible("의자 120개"), "의자 120개");
  EXPECT_EQ(Visible("a\x1b[2Jb"), "a\\u001b[2Jb");
  EXPECT_EQ(Visible("a\nb\tc\rd"), "a\\nb\\tc\\u000dd");
  EXPECT_EQ(Visible("a\xc2\x9b"
                    "b"),
            "a\\u009bb");
  EXPECT_EQ(Visible("a\xe2\x80\xae"
                    "b"),
            "a\\u202eb");
  const Table table = {{"REASON", "STATE"}, {{"x\nok\tPAID", "FAILED"}}};
  EXPECT_EQ(FormatTable(table, false), "REASON\tSTATE\nx\\nok\\tPAID\tFAILED\n");
  EXPECT_EQ(FormatTable(table, true), "REASON       STATE\nx\\nok\\tPAID  FAILED\n");
}

std::string Printed(Format format, const std::function<absl::Status(const Output&)>& print) {
  Output output;
  output.format = format;
  testing::internal::CaptureStdout();
  EXPECT_EQ(print(output), absl::OkStatus());
  return testing::internal::GetCapturedStdout();
}

// Past bug: tabs and other control characters made JSON that no parser takes.
TEST(OutputTest, ExactFormatsParse) {
  const Pairs facts = {{"reason", "tab\there \x1b \"quoted\" \\ \xff"}, {"price", "1,000"}};
  const auto print = [&](const Output& o) { return o.Facts(facts); };
  for (const Format format : {Format::kJson, Format::kJsonl}) {
    const auto parsed = nlohmann::json::parse(Printed(format, print));
    EXPECT_EQ(parsed["reason"], "tab\there \x1b \"quoted\" \\ \xef\xbf\xbd");
  }
  EXPECT_EQ(Printed(Format::kYaml, print),
            "\"reason\": \"tab\\there \\u001b \\\"quoted\\\" \\\\ \xef\xbf\xbd\"\n"
            "\"price\": \"1,000\"\n");
}

// Past bug: programs got amounts as "1,000" and names with spaces.
TEST(OutputTest, ProgramsGetNumbersAsNumbersAndNamesOfTheApi) {
  const Pairs facts = {{"floor_amount", Value::Amount(131'000'000)},
                       {"bids", 3},
                       {"entries", uint64_t{1} << 60},
                       {"training", true},
                       {"not_after", absl::FromUnixSeconds(1773277200)},
                       {"tender_id", "0123"}};
  const auto print = [&](const Output& o) { return o.Facts(facts); };
  EXPECT_EQ(Printed(Format::kJson, print),
            "{\"floorAmount\":131000000,\"bids\":3,\"entries\":\"1152921504606846976\","
            "\"training\":true,\"notAfter\":\"2026-03-12T01:00:00.000Z\","
            "\"tenderId\":\"0123\"}\n");
  EXPECT_EQ(Printed(Format::kCsv, print),
            "floorAmount,bids,entries,training,notAfter,tenderId\r\n"
            "131000000,3,1152921504606846976,true,2026-03-12T01:00:00.000Z,0123\r\n");
  EXPECT_EQ(Printed(Format::kTable, print),
            "floor amount\t131,000,000\nbids\t3\nentries\t1152921504606846976\n"
            "training\tyes\nnot after\t2026-03-12 10:00:00 KST\ntender id\t0123\n");
  const Table table = {{"FILE SIZE"}, {{7}}};
  EXPECT_EQ(Printed(Format::kJsonl, [&](const Output& o) { return o.Rows(table); }),
            "{\"fileSize\":7}\n");
}

TEST(OutputTest, KoreanReadersGetKoreanNames) {
  EXPECT_EQ(Label("until_ns", catalog::Language::kEnglish), "until") << "shown as a time";
  Output output;
  output.language = catalog::Language::kKorean;
  testing::internal::CaptureStdout();
  EXPECT_EQ(output.Rows({{"tender_id", "NOBODY TRANSLATED"}, {{"T1", "x"}}}), absl::OkStatus());
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "입찰공고번호\tNOBODY TRANSLATED\nT1\tx\n");
}

TEST(OutputTest, YamlIsTheSameMessageInBlocks) {
  document::v1::Bid bid;
  bid.set_tender_id("R26BK00000001");
  bid.set_stage(1);
  bid.add_offers()->set_amount(12);
  bid.mutable_offers(0)->add_picks(3);
  bid.mutable_offers(0)->add_picks(7);
  bid.add_documents()->set_name("no");
  const auto one = [&](const Output& o) { return o.One(bid); };
  EXPECT_EQ(Printed(Format::kYaml, one),
            "\"tenderId\": \"R26BK00000001\"\n"
            "\"stage\": 1\n"
            "\"offers\":\n  - \"amount\": 12\n    \"picks\":\n      - 3\n      - 7\n"
            "\"documents\":\n  - \"name\": \"no\"\n");
  const auto many = [&](const Output& o) { return o.Many({&bid, &bid}, {}); };
  const std::string list = Printed(Format::kYaml, many);
  EXPECT_EQ(list.substr(0, 43), "- \"tenderId\": \"R26BK00000001\"\n  \"stage\": 1\n");
  EXPECT_EQ(Printed(Format::kYaml, [](const Output& o) { return o.Many({}, {}); }), "[]\n");
  EXPECT_EQ(Printed(Format::kYaml, [](const Output& o) { return o.One(document::v1::Bid()); }),
            "{}\n");
}

}  // namespace
}  // namespace jodal::cli
