#ifndef JODAL_SERVICES_REGISTRATION_DOMAIN_EMAIL_H_
#define JODAL_SERVICES_REGISTRATION_DOMAIN_EMAIL_H_

#include "absl/strings/string_view.h"

namespace jodal::registration {

// local@domain of visible ASCII, one "@", a dot in the domain; at most 254 bytes (RFC 5321
// 4.5.3.1.3). Says nothing about whether mail arrives.
bool IsEmailAddress(absl::string_view text);

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_DOMAIN_EMAIL_H_
