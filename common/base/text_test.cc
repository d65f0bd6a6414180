#include "common/base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace jodal {
namespace {

TEST(Text, Problems) {
  struct Case {
    const char* text;
    const char* problem;
  };
  const Case cases[] = {
      {"(주)한빛건설", ""},
      {"㈜한빛건설 서울지점", ""},
      {"Hanbit Construction Co., Ltd.", ""},
      {"Société Générale", ""},
      {"", "EMPTY"},
      {"a\xff", "NOT_UTF8"},
      {"\xc0\x80", "NOT_UTF8"},
      {"\xed\xa0\x80", "NOT_UTF8"},
      {"\xe1\x84", "NOT_UTF8"},
      {"1234567890123456789012345678901", "TOO_LONG"},
      {"a\nb", "CONTROL"},
      {"a\x7f", "CONTROL"},
      {"a\xc2\x85", "CONTROL"},
      {"a\xe2\x80\xa8", "CONTROL"},
      {"a\xe2\x80\xae"
       "b",
       "BIDI"},
      {"a\xe2\x81\xa6"
       "b",
       "BIDI"},
      {"a\xe2\x80\x8f"
       "b",
       "BIDI"},
      {"a\xe2\x80\x8b"
       "b",
       "INVISIBLE"},
      {"a\xe2\x80\x8d"
       "b",
       "INVISIBLE"},
      {"a\xef\xbb\xbf"
       "b",
       "INVISIBLE"},
      {"a\xe3\x85\xa4"
       "b",
       "INVISIBLE"},
      {"a\xc2\xad"
       "b",
       "INVISIBLE"},
      {"a\xf3\xa0\x80\xa1", "INVISIBLE"},
      {"a\xc2\xa0"
       "b",
       "SPACES"},
      {"a\xe3\x80\x80"
       "b",
       "SPACES"},
      {" a", "SPACES"},
      {"a ", "SPACES"},
      {"a  b", "SPACES"},
      {"e\xcc\x81", "NOT_NFC"},
      {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "NOT_NFC"},
      {"\xef\xa4\x80", "NOT_NFC"},
      {"\xee\x80\x80", "PRIVATE_USE"},
      {"\xef\xbf\xbf", "PRIVATE_USE"},
      {"사무용 의자 구매 (㈜한빛, 120㎡, Ⅱ단계) ①", ""},
      {"β선·γ선 측정기 10μm 100Ω CO₂ 25℃", ""},
      {"Café Győr ễ 漢字 かな カナ", ""},
      {"\xd0\xa0\xd0\xa1 구매", "SCRIPT"},  // Cyrillic that reads PC
      {"Off\xd1\x96"
       "ce",
       "SCRIPT"},                                       // a Cyrillic i inside
      {"\xce\x91등급 쌀", "LOOK_ALIKE"},                // a Greek capital alpha for A
      {"\xef\xbc\xb0\xef\xbc\xa3 구매", "LOOK_ALIKE"},  // full-width PC
      {"\xef\xbc\x91차", "LOOK_ALIKE"},                 // a full-width 1
      {"\xf0\x9d\x90\x80등급", "SCRIPT"},               // a mathematical A
      {"\xc9\xa1oods", "SCRIPT"},                       // a phonetic g
      {"\xd4\xb1", "SCRIPT"},                           // Armenian
      {"\xef\xbe\xa1", "SCRIPT"},                       // a half-width jamo
  };
  for (const Case& c : cases) {
    EXPECT_EQ(TextProblem(c.text, {.characters_max = 30}), c.problem) << c.text;
  }
  EXPECT_EQ(TextProblem("", {.characters_max = 20, .may_be_empty = true}), "");
  EXPECT_EQ(TextProblem("한한", {.characters_max = 2}), "");
  EXPECT_EQ(TextProblem("한한한", {.characters_max = 2}), "TOO_LONG");
}

}  // namespace
}  // namespace jodal
