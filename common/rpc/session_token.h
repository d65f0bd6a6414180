// Session tokens: a Principal signed by the registration service, checked anywhere offline.
//
// Form: base64url(payload) "." base64url(Ed25519 signature over "jodal session v1\n" + payload),
// where payload is a serialized jodal.rpc.v1.SessionPayload. Travels in metadata "authorization:
// Bearer ...".
#ifndef JODAL_COMMON_RPC_SESSION_TOKEN_H_
#define JODAL_COMMON_RPC_SESSION_TOKEN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/crypto/ed25519.h"
#include "common/rpc/caller.h"
#include "common/rpc/session_bars.h"

namespace jodal::rpc {

std::string IssueSessionToken(const crypto::Ed25519PrivateKey& key, const Principal& principal);

// Thread-safe.
class SessionVerifier {
 public:
  // `bars`, if any, outlives the verifier.
  explicit SessionVerifier(std::string public_key, const SessionBars* bars = nullptr)
      : public_key_(std::move(public_key)), bars_(bars) {}
  // UNAUTHENTICATED SESSION_INVALID, SESSION_EXPIRED or SESSION_BARRED.
  absl::StatusOr<Principal> Verify(absl::string_view token, absl::Time now) const;

 private:
  std::string public_key_;
  const SessionBars* bars_;
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_SESSION_TOKEN_H_
