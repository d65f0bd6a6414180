// Addresses of electronic mail in documents. Pure.
#ifndef JODAL_PROCUREMENT_PEOPLE_EMAIL_H_
#define JODAL_PROCUREMENT_PEOPLE_EMAIL_H_

#include "absl/strings/string_view.h"

namespace jodal::procurement {

// local@domain of visible ASCII, one "@", a dot in the domain; at most 254 bytes (RFC 5321
// 4.5.3.1.3). Says nothing about whether mail arrives.
bool IsEmailAddress(absl::string_view text);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_PEOPLE_EMAIL_H_
