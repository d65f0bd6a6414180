// Names as people read them: what looks the same must be the same bytes.
//
// Refused is what a reader cannot see (zero-width and filler characters, bidi controls, odd spaces,
// private use) and what Unicode Normalization Form C would write differently (combining marks,
// conjoining jamo, compatibility ideographs). It is narrower than NFC on purpose: names of Korean
// and Latin script need none of it. Letters of different scripts that look alike are left to the
// registrar's eyes.
#ifndef JODAL_SERVICES_REGISTRATION_DOMAIN_TEXT_H_
#define JODAL_SERVICES_REGISTRATION_DOMAIN_TEXT_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace jodal::registration {

struct TextRule {
  size_t characters_max;  // code points
  bool may_be_empty = false;
};

// "" if `text` is fine, else the first of "EMPTY", "NOT_UTF8", "TOO_LONG", "CONTROL", "BIDI",
// "INVISIBLE", "SPACES" (leading, trailing, double or other than U+0020), "NOT_NFC", "PRIVATE_USE".
absl::string_view TextProblem(absl::string_view text, const TextRule& rule);

// local@domain of visible ASCII, one "@", a dot in the domain; at most 254 bytes (RFC 5321
// 4.5.3.1.3). Says nothing about whether mail arrives.
bool IsEmailAddress(absl::string_view text);

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_DOMAIN_TEXT_H_
