#include "services/registration/engine/challenge.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "services/registration/errors.h"

namespace jodal::registration {
namespace {

constexpr size_t kBodyBytes = kChallengeRandomBytes + 8;

}  // namespace

std::string Challenges::Tag(absl::string_view cert_sha256,
                            absl::string_view random_and_expiry) const {
  return crypto::HmacSha256(key_,
                            absl::StrCat("jodal challenge v1\n", cert_sha256, random_and_expiry));
}

std::string Challenges::Make(const Terms& terms) const {
  std::string body(terms.random);
  AppendU64Be(body, static_cast<uint64_t>(absl::ToUnixNanos(terms.expires)));
  return absl::WebSafeBase64Escape(absl::StrCat(body, Tag(terms.cert_sha256, body)));
}

absl::StatusOr<std::string> Challenges::Open(const Answer& answer) const {
  std::string bytes;
  // The text must be the one that was made: base64url has several spellings of some byte strings.
  if (!absl::WebSafeBase64Unescape(answer.challenge, &bytes) ||
      absl::WebSafeBase64Escape(bytes) != answer.challenge ||
      bytes.size() != kBodyBytes + crypto::kSha256Bytes) {
    return ChallengeInvalidError();
  }
  const absl::string_view body = absl::string_view(bytes).substr(0, kBodyBytes);
  if (!crypto::ConstantTimeEqual(absl::string_view(bytes).substr(kBodyBytes),
                                 Tag(answer.cert_sha256, body))) {
    return ChallengeInvalidError();
  }
  const auto expires =
      absl::FromUnixNanos(static_cast<int64_t>(ReadU64Be(body.substr(kChallengeRandomBytes))));
  if (answer.now >= expires) return ChallengeExpiredError();
  return bytes.substr(0, kChallengeRandomBytes);
}

}  // namespace jodal::registration
