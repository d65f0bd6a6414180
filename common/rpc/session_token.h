// Session tokens: a Principal vouched for by the registration service, checked anywhere offline.
//
// Form: base64url(payload) "." base64url(tags), where payload is a serialized
// jodal.rpc.v1.SessionPayload and tags are 16 bytes for each service that the payload lists as its
// audience, in that order: the first half of HMAC-SHA256 under that service's session key over
// "jodal session v2\n" + payload. Travels in metadata "authorization: Bearer ...".
//
// A MAC costs a hundredth of a signature, and every call needs one. Each service has a key of its
// own, derived from the registration service's master key: anyone who steals the key of a service
// can forge sessions for that service and no other (docs/adr/0013).
#ifndef JODAL_COMMON_RPC_SESSION_TOKEN_H_
#define JODAL_COMMON_RPC_SESSION_TOKEN_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/caller.h"
#include "common/rpc/session_bars.h"

namespace jodal::rpc {

inline constexpr size_t kSessionKeyBytes = 32;

// The session key of `service`: HKDF-SHA256 of the master key with the service's name as info.
std::string SessionKeyOf(absl::string_view master, absl::string_view service);

// Reads a session key, 64 hex digits, from a file. FAILED_PRECONDITION SESSION_KEY_INVALID.
absl::StatusOr<std::string> LoadSessionKey(const std::string& path);

// Thread-safe. Holds the master key: the registration service only.
class SessionIssuer {
 public:
  SessionIssuer(absl::string_view master, const std::vector<std::string>& audience);
  std::string Issue(const Principal& principal) const;

 private:
  std::vector<std::pair<std::string, std::string>> keys_;  // by service
};

// Thread-safe.
class SessionVerifier {
 public:
  // As `service`, whose session key is `key`. `bars`, if any, outlives the verifier.
  SessionVerifier(std::string service, std::string key, const SessionBars* bars = nullptr)
      : service_(std::move(service)), key_(std::move(key)), bars_(bars) {}
  // UNAUTHENTICATED SESSION_INVALID, SESSION_EXPIRED or SESSION_BARRED.
  absl::StatusOr<Principal> Verify(absl::string_view token, absl::Time now) const;

 private:
  const std::string service_;
  const std::string key_;
  const SessionBars* const bars_;
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_SESSION_TOKEN_H_
