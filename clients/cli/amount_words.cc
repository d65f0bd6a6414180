#include "clients/cli/amount_words.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/money/money.h"

namespace jodal::cli {
namespace {

std::string Korean(uint64_t amount) {
  constexpr const char* kDigits[] = {"", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"};
  constexpr const char* kTens[] = {"", "십", "백", "천"};
  constexpr const char* kGroups[] = {"", "만", "억", "조", "경"};
  std::string out;
  for (const char* group : kGroups) {
    uint64_t part = amount % 10'000;
    amount /= 10'000;
    std::string words;
    for (const char* ten : kTens) {
      const uint64_t digit = part % 10;
      part /= 10;
      if (digit != 0) words = absl::StrCat(kDigits[digit], ten, words);
    }
    if (!words.empty()) out = absl::StrCat(words, group, out);
  }
  return absl::StrCat(out.empty() ? "영" : out, "원");
}

std::string EnglishBelowThousand(uint64_t number) {
  constexpr const char* kSmall[] = {"",        "one",     "two",       "three",    "four",
                                    "five",    "six",     "seven",     "eight",    "nine",
                                    "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
  constexpr const char* kTens[] = {"",      "",      "twenty",  "thirty", "forty",
                                   "fifty", "sixty", "seventy", "eighty", "ninety"};
  std::vector<std::string> words;
  if (number >= 100) words.push_back(absl::StrCat(kSmall[number / 100], " hundred"));
  const uint64_t rest = number % 100;
  if (rest != 0 && !words.empty()) words.push_back("and");
  if (rest != 0 && rest < 20) words.push_back(kSmall[rest]);
  if (rest >= 20) {
    words.push_back(absl::StrCat(kTens[rest / 10], rest % 10 == 0 ? "" : "-", kSmall[rest % 10]));
  }
  return absl::StrJoin(words, " ");
}

std::string English(uint64_t amount) {
  constexpr const char* kGroups[] = {"",          " thousand",    " million",    " billion",
                                     " trillion", " quadrillion", " quintillion"};
  std::string out;
  for (const char* group : kGroups) {
    const uint64_t part = amount % 1000;
    amount /= 1000;
    if (part == 0) continue;
    out = absl::StrCat(EnglishBelowThousand(part), group, out.empty() ? "" : " ", out);
  }
  return absl::StrCat(out.empty() ? "no" : out, " won");
}

}  // namespace

std::string WonInWords(int64_t amount, catalog::Language language) {
  const bool korean = language == catalog::Language::kKorean;
  const uint64_t size =
      amount < 0 ? 0 - static_cast<uint64_t>(amount) : static_cast<uint64_t>(amount);
  return absl::StrCat(amount < 0 ? korean ? "마이너스 " : "minus " : "",
                      korean ? Korean(size) : English(size));
}

std::string WrittenAmount(int64_t amount, catalog::Language language) {
  const std::string figures = money::FormatAmount(amount), words = WonInWords(amount, language);
  return language == catalog::Language::kKorean
             ? absl::StrCat("일금 ", words, "정 (", figures, "원)")
             : absl::StrCat(figures, " won (", words, ")");
}

}  // namespace jodal::cli
