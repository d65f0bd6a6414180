// Login challenges. They are not stored: a MAC shows that this service made them.
//
//   base64url( 16 random bytes ‖ expiry i64be, Unix ns ‖ HMAC-SHA256(key, "jodal challenge v1\n" ‖
//              certificate digest in hex ‖ random ‖ expiry) )
#ifndef JODAL_SERVICES_REGISTRATION_ENGINE_CHALLENGE_H_
#define JODAL_SERVICES_REGISTRATION_ENGINE_CHALLENGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::registration {

inline constexpr size_t kChallengeRandomBytes = 16;

// Thread-safe: immutable.
class Challenges {
 public:
  explicit Challenges(std::string key) : key_(std::move(key)) {}

  struct Terms {
    absl::string_view cert_sha256;  // hex
    absl::string_view random;       // kChallengeRandomBytes
    absl::Time expires;
  };
  std::string Make(const Terms& terms) const;

  struct Answer {
    absl::string_view challenge;
    absl::string_view cert_sha256;
    absl::Time now;
  };
  // The random part. UNAUTHENTICATED CHALLENGE_INVALID, CHALLENGE_EXPIRED (from its expiry on).
  absl::StatusOr<std::string> Open(const Answer& answer) const;

 private:
  std::string Tag(absl::string_view cert_sha256, absl::string_view random_and_expiry) const;
  std::string key_;
};

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_ENGINE_CHALLENGE_H_
