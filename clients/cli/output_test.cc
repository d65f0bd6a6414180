#include "clients/cli/output.h"

#include <gtest/gtest.h>

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
  notice.set_base_amount(4290738325);
  EXPECT_EQ(FieldText(notice, "base_amount"), "4,290,738,325");
  EXPECT_EQ(FieldText(notice, "nothing"), "");
}

}  // namespace
}  // namespace jodal::cli
