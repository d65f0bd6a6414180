#include "clients/cli/amount_words.h"

#include <gtest/gtest.h>

#include <limits>

namespace jodal::cli {
namespace {

TEST(AmountWordsTest, AmountsAreReadBack) {
  const struct {
    int64_t amount;
    const char* english;
    const char* korean;
  } cases[] = {
      {0, "no won", "영원"},
      {1, "one won", "일원"},
      {10, "ten won", "일십원"},
      {21, "twenty-one won", "이십일원"},
      {110, "one hundred and ten won", "일백일십원"},
      {1000, "one thousand won", "일천원"},
      {10'000, "ten thousand won", "일만원"},
      {150'000'000, "one hundred and fifty million won", "일억오천만원"},
      {1'500'000'000, "one billion five hundred million won", "일십오억원"},
      {136'363'636,
       "one hundred and thirty-six million three hundred and sixty-three thousand six hundred and "
       "thirty-six won",
       "일억삼천육백삼십육만삼천육백삼십육원"},
      {1'000'000'000'001, "one trillion one won", "일조일원"},
      {-5, "minus five won", "마이너스 오원"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(WonInWords(c.amount, catalog::Language::kEnglish), c.english);
    EXPECT_EQ(WonInWords(c.amount, catalog::Language::kKorean), c.korean);
  }
  EXPECT_EQ(
      WonInWords(std::numeric_limits<int64_t>::min(), catalog::Language::kEnglish).substr(0, 24),
      "minus nine quintillion t");
}

TEST(AmountWordsTest, AnAmountOverASignatureStandsInFiguresAndWords) {
  EXPECT_EQ(WrittenAmount(150'000'000, catalog::Language::kEnglish),
            "150,000,000 won (one hundred and fifty million won)");
  EXPECT_EQ(WrittenAmount(150'000'000, catalog::Language::kKorean),
            "일금 일억오천만원정 (150,000,000원)");
  EXPECT_EQ(WrittenAmount(1'234'567, catalog::Language::kKorean),
            "일금 일백이십삼만사천오백육십칠원정 (1,234,567원)");
}

}  // namespace
}  // namespace jodal::cli
