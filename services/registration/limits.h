// Limits of the registration service, each with its reason.
#ifndef JODAL_SERVICES_REGISTRATION_LIMITS_H_
#define JODAL_SERVICES_REGISTRATION_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace jodal::registration {

// A person has to find the certificate and type its PIN.
inline constexpr absl::Duration kChallengeLife = absl::Seconds(60);

// A working day with its evening, so that one login is enough for a day with an opening.
inline constexpr absl::Duration kSessionLife = absl::Hours(12);

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;  // 200 organisations of 1 KB are well below one message

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_LIMITS_H_
