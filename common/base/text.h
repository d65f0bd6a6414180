// Names and titles as people read and search them: what looks the same must be the same bytes.
//
// Refused is what a reader cannot see (zero-width and filler characters, bidi controls, odd spaces,
// private use), what Unicode Normalization Form C would write differently (combining marks,
// conjoining jamo, compatibility ideographs), letters that are drawn like those of another script,
// and every script but Hangul, Han, Kana, Latin and Greek. It is narrower than NFC and than UTS 39
// on purpose: Korean and English texts need none of it. A cell that writes another script adds its
// ranges.
#ifndef JODAL_COMMON_BASE_TEXT_H_
#define JODAL_COMMON_BASE_TEXT_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace jodal {

struct TextRule {
  size_t characters_max;  // code points
  bool may_be_empty = false;
};

// "" if `text` is fine, else the first of "EMPTY", "NOT_UTF8", "TOO_LONG", "CONTROL", "BIDI",
// "INVISIBLE", "SPACES" (leading, trailing, double or other than U+0020), "NOT_NFC", "PRIVATE_USE",
// "LOOK_ALIKE" (Greek and full-width letters that look like Latin ones), "SCRIPT".
absl::string_view TextProblem(absl::string_view text, const TextRule& rule);

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_TEXT_H_
