#include "common/base/text.h"

#include <cstdint>
#include <optional>

namespace jodal {
namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

constexpr Range kControl[] = {{0x00, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x2029}};
constexpr Range kBidi[] = {{0x061C, 0x061C}, {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2066, 0x2069}};
constexpr Range kInvisible[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
    {0x200B, 0x200D},   {0x2060, 0x2065},   {0x206A, 0x206F}, {0x2800, 0x2800}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};
constexpr Range kOddSpaces[] = {{0x00A0, 0x00A0}, {0x1680, 0x1680}, {0x2000, 0x200A},
                                {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
constexpr Range kNotNfc[] = {
    {0x0300, 0x036F}, {0x1100, 0x11FF}, {0x1AB0, 0x1AFF},   {0x1DC0, 0x1DFF},
    {0x20D0, 0x20FF}, {0x3099, 0x309A}, {0xA960, 0xA97F},   {0xD7B0, 0xD7FF},
    {0xF900, 0xFAFF}, {0xFE20, 0xFE2F}, {0x2F800, 0x2FA1F},
};
constexpr Range kPrivateUse[] = {{0xE000, 0xF8FF}, {0xFDD0, 0xFDEF}, {0xF0000, 0x10FFFF}};

// Drawn like Latin letters in most type faces.
constexpr Range kLookAlike[] = {
    {0x0370, 0x0373}, {0x037F, 0x037F}, {0x0391, 0x0392}, {0x0395, 0x0397}, {0x0399, 0x039A},
    {0x039C, 0x039D}, {0x039F, 0x039F}, {0x03A1, 0x03A1}, {0x03A4, 0x03A5}, {0x03A7, 0x03A7},
    {0x03BA, 0x03BA}, {0x03BD, 0x03BD}, {0x03BF, 0x03BF}, {0x03C5, 0x03C5}, {0x03DC, 0x03DD},
    {0x03F2, 0x03F3}, {0x03F9, 0x03FB}, {0xFF10, 0xFF19}, {0xFF21, 0xFF3A}, {0xFF41, 0xFF5A},
};
// What Korean and English texts are written with; the look-alikes among them are above.
constexpr Range kScripts[] = {
    {0x0020, 0x007E},                      // ASCII
    {0x00A1, 0x0130},                      // Latin with marks, signs
    {0x0132, 0x0148},                      // without the dotless i
    {0x014A, 0x017E},                      // without the long s
    {0x01A0, 0x01A1},                      // Vietnamese
    {0x01AF, 0x01B0},   {0x0218, 0x021B},  // Romanian
    {0x0391, 0x03C9},                      // Greek
    {0x1E00, 0x1EFF},                      // more Latin with marks
    {0x2010, 0x2027},                      // punctuation
    {0x2030, 0x205E},   {0x2070, 0x209C},  // m², CO₂
    {0x20A0, 0x20C0},                      // currencies
    {0x2100, 0x214B},                      // ℃, №
    {0x2150, 0x2189},                      // Ⅰ, ½
    {0x2190, 0x23FF},                      // arrows, mathematics
    {0x2460, 0x27BF},                      // ①, ○
    {0x3001, 0x303F},                      // CJK punctuation
    {0x3041, 0x30FF},                      // Kana
    {0x3131, 0x318E},                      // single jamo
    {0x31F0, 0x33FF},                      // ㈜, ㎡
    {0x3400, 0x9FFF},                      // Han
    {0xAC00, 0xD7A3},                      // Hangul
    {0xFF01, 0xFF5E},                      // full-width punctuation
    {0xFFE0, 0xFFE6},                      // full-width signs
    {0x20000, 0x323AF},                    // rare Han
};

template <size_t n>
bool In(const Range (&ranges)[n], uint32_t c) {
  for (const Range& range : ranges) {
    if (c >= range.first && c <= range.last) return true;
  }
  return false;
}

// Takes one code point off `text`; nullopt if it does not begin with a well-formed one.
std::optional<uint32_t> TakeCodePoint(absl::string_view& text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const size_t size = lead < 0x80             ? 1
                      : (lead & 0xE0) == 0xC0 ? 2
                      : (lead & 0xF0) == 0xE0 ? 3
                      : (lead & 0xF8) == 0xF0 ? 4
                                              : 0;
  if (size == 0 || text.size() < size) return std::nullopt;
  constexpr uint32_t kLeadMask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  uint32_t c = lead & kLeadMask[size];
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
    c = (c << 6) | (byte(i) & 0x3F);
  }
  if (c < kSmallest[size] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return std::nullopt;
  text.remove_prefix(size);
  return c;
}

absl::string_view CharacterProblem(uint32_t c) {
  if (In(kControl, c)) return "CONTROL";
  if (In(kBidi, c)) return "BIDI";
  if (In(kInvisible, c)) return "INVISIBLE";
  if (In(kOddSpaces, c)) return "SPACES";
  if (In(kNotNfc, c)) return "NOT_NFC";
  if (In(kPrivateUse, c) || (c & 0xFFFE) == 0xFFFE) return "PRIVATE_USE";
  if (In(kLookAlike, c)) return "LOOK_ALIKE";
  if (!In(kScripts, c)) return "SCRIPT";
  return "";
}

}  // namespace

absl::string_view TextProblem(absl::string_view text, const TextRule& rule) {
  if (text.empty()) return rule.may_be_empty ? "" : "EMPTY";
  size_t characters = 0;
  absl::string_view problem;
  uint32_t previous = ' ';
  for (absl::string_view rest = text; !rest.empty();) {
    const std::optional<uint32_t> c = TakeCodePoint(rest);
    if (!c.has_value()) return "NOT_UTF8";
    ++characters;
    if (problem.empty()) problem = CharacterProblem(*c);
    if (problem.empty() && *c == ' ' && previous == ' ') problem = "SPACES";
    previous = *c;
  }
  if (characters > rule.characters_max) return "TOO_LONG";
  if (problem.empty() && previous == ' ') problem = "SPACES";
  return problem;
}

}  // namespace jodal
