#include "common/rpc/session_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/rpc/v1/session.pb.h"

namespace jodal::rpc {
namespace {

constexpr char kContext[] = "jodal session v1\n";
constexpr size_t kTokenBytesMax = 8 << 10;

// base64url has several spellings of some byte strings; a token has one.
bool DecodeBase64Url(absl::string_view text, std::string* out) {
  return absl::WebSafeBase64Unescape(text, out) && absl::WebSafeBase64Escape(*out) == text;
}

}  // namespace

std::string IssueSessionToken(const crypto::Ed25519PrivateKey& key, const Principal& principal) {
  v1::SessionPayload payload;
  payload.set_session_id(principal.session_id);
  payload.set_person_id(principal.person_id);
  payload.set_organization_id(principal.organization_id);
  for (const auto& role : principal.roles) payload.add_roles(role);
  payload.set_cert_sha256(principal.cert_sha256);
  payload.set_expires_time_ns(absl::ToUnixNanos(principal.expires));
  const std::string bytes = payload.SerializeAsString();
  return absl::StrCat(absl::WebSafeBase64Escape(bytes), ".",
                      absl::WebSafeBase64Escape(key.Sign(absl::StrCat(kContext, bytes))));
}

absl::StatusOr<Principal> SessionVerifier::Verify(absl::string_view token, absl::Time now) const {
  const auto invalid = [] {
    return MakeError(absl::StatusCode::kUnauthenticated, "SESSION_INVALID",
                     "the session token is not valid");
  };
  const size_t dot = token.find('.');
  std::string bytes;
  std::string signature;
  if (token.size() > kTokenBytesMax || dot == absl::string_view::npos ||
      !DecodeBase64Url(token.substr(0, dot), &bytes) ||
      !DecodeBase64Url(token.substr(dot + 1), &signature) ||
      !crypto::Ed25519Verify(public_key_, {absl::StrCat(kContext, bytes), signature}).ok()) {
    return invalid();
  }
  v1::SessionPayload payload;
  if (!payload.ParseFromString(bytes)) return invalid();
  Principal out{.session_id = payload.session_id(),
                .person_id = payload.person_id(),
                .organization_id = payload.organization_id(),
                .roles = {payload.roles().begin(), payload.roles().end()},
                .cert_sha256 = payload.cert_sha256(),
                .expires = absl::FromUnixNanos(payload.expires_time_ns())};
  if (now >= out.expires) {
    return MakeError(absl::StatusCode::kUnauthenticated, "SESSION_EXPIRED",
                     "the session has expired; open a new one",
                     {{"expired", absl::FormatTime(out.expires, absl::UTCTimeZone())}});
  }
  if (bars_ != nullptr) RETURN_IF_ERROR(bars_->Check(out));
  return out;
}

}  // namespace jodal::rpc
