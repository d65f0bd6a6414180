#include "common/rpc/session_token.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/rpc/errors.h"
#include "common/status/macros.h"
#include "jodal/rpc/v1/session.pb.h"

namespace jodal::rpc {
namespace {

constexpr char kContext[] = "jodal session v2\n";
constexpr size_t kTokenBytesMax = 8 << 10;
constexpr size_t kTagBytes = 16;

// base64url has several spellings of some byte strings; a token has one.
bool DecodeBase64Url(absl::string_view text, std::string* out) {
  return absl::WebSafeBase64Unescape(text, out) && absl::WebSafeBase64Escape(*out) == text;
}

std::string Tag(absl::string_view key, absl::string_view payload) {
  return crypto::HmacSha256(key, absl::StrCat(kContext, payload)).substr(0, kTagBytes);
}

}  // namespace

std::string SessionKeyOf(absl::string_view master, absl::string_view service) {
  return crypto::HkdfExpand(crypto::HkdfExtract("jodal session v2", master), service,
                            kSessionKeyBytes);
}

absl::StatusOr<std::string> LoadSessionKey(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  auto key = HexDecode(absl::StripAsciiWhitespace(text));
  if (!in || !key.ok() || key->size() != kSessionKeyBytes) {
    return MakeError(kErrors["SESSION_KEY_INVALID"],
                     absl::StrCat(path, " must hold the 64 hex digits of a session key"),
                     {{"path", path}});
  }
  return key;
}

SessionIssuer::SessionIssuer(absl::string_view master, const std::vector<std::string>& audience) {
  for (const std::string& service : audience) {
    keys_.emplace_back(service, SessionKeyOf(master, service));
  }
}

std::string SessionIssuer::Issue(const Principal& principal) const {
  v1::SessionPayload payload;
  payload.set_session_id(principal.session_id);
  payload.set_person_id(principal.person_id);
  payload.set_organization_id(principal.organization_id);
  for (const auto& role : principal.roles) payload.add_roles(role);
  payload.set_cert_sha256(principal.cert_sha256);
  payload.set_expires_time_ns(absl::ToUnixNanos(principal.expires));
  for (const auto& [service, key] : keys_) payload.add_audience(service);
  const std::string bytes = payload.SerializeAsString();
  std::string tags;
  for (const auto& [service, key] : keys_) tags += Tag(key, bytes);
  return absl::StrCat(absl::WebSafeBase64Escape(bytes), ".", absl::WebSafeBase64Escape(tags));
}

absl::StatusOr<Principal> SessionVerifier::Verify(absl::string_view token, absl::Time now) const {
  const auto invalid = [] {
    return MakeError(kErrors["SESSION_INVALID"], "the session token is not valid");
  };
  const size_t dot = token.find('.');
  std::string bytes;
  std::string tags;
  v1::SessionPayload payload;
  if (token.size() > kTokenBytesMax || dot == absl::string_view::npos ||
      !DecodeBase64Url(token.substr(0, dot), &bytes) ||
      !DecodeBase64Url(token.substr(dot + 1), &tags) || !payload.ParseFromString(bytes) ||
      tags.size() != kTagBytes * static_cast<size_t>(payload.audience_size())) {
    return invalid();
  }
  const auto own = std::find(payload.audience().begin(), payload.audience().end(), service_);
  if (own == payload.audience().end()) return invalid();
  const size_t at = kTagBytes * static_cast<size_t>(own - payload.audience().begin());
  if (!crypto::ConstantTimeEqual(absl::string_view(tags).substr(at, kTagBytes), Tag(key_, bytes))) {
    return invalid();
  }
  Principal out{.session_id = payload.session_id(),
                .person_id = payload.person_id(),
                .organization_id = payload.organization_id(),
                .roles = {payload.roles().begin(), payload.roles().end()},
                .cert_sha256 = payload.cert_sha256(),
                .expires = absl::FromUnixNanos(payload.expires_time_ns())};
  if (now >= out.expires) {
    return MakeError(kErrors["SESSION_EXPIRED"], "the session has expired; open a new one",
                     {{"expired", absl::FormatTime(out.expires, absl::UTCTimeZone())}});
  }
  if (bars_ != nullptr) RETURN_IF_ERROR(bars_->Check(out, now));
  return out;
}

}  // namespace jodal::rpc
