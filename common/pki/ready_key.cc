#include "common/pki/ready_key.h"

#include <openssl/rsa.h>

#include <string>
#include <utility>

namespace jodal::pki {
namespace {

using crypto::EvpPkeyCtxPtr;

constexpr int kP256Bits = 256;

crypto::EvpPkeyPtr Share(EVP_PKEY* key) {
  crypto::OpenSslCheck(EVP_PKEY_up_ref(key) == 1, "EVP_PKEY_up_ref");
  return crypto::EvpPkeyPtr(key);
}

bool IsEc(EVP_PKEY* key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC; }

// Null if the key is of another type than the scheme, or the library refuses.
EvpPkeyCtxPtr Prepare(EVP_PKEY* key, SignatureScheme scheme, HashAlgorithm hash) {
  const int type = scheme == SignatureScheme::kEcdsa ? EVP_PKEY_EC : EVP_PKEY_RSA;
  if (EVP_PKEY_get_base_id(key) != type) return nullptr;
  EvpPkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  const EVP_MD* md = HashMd(hash);
  bool ready = ctx != nullptr && EVP_PKEY_verify_init(ctx.get()) == 1;
  if (ready && type == EVP_PKEY_RSA) {
    const bool pss = scheme == SignatureScheme::kRsaPss;
    ready = EVP_PKEY_CTX_set_rsa_padding(ctx.get(),
                                         pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) == 1;
  }
  ready = ready && EVP_PKEY_CTX_set_signature_md(ctx.get(), md) == 1;
  if (ready && scheme == SignatureScheme::kRsaPss) {
    ready = EVP_PKEY_CTX_set_rsa_mgf1_md(ctx.get(), md) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx.get(), RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  return ready ? std::move(ctx) : nullptr;
}

bool Check(EVP_PKEY_CTX* ctx, HashAlgorithm hash, absl::string_view message,
           absl::string_view signature) {
  const std::string digest = Digest(hash, message);
  const bool valid =
      ctx != nullptr && EVP_PKEY_verify(ctx, crypto::Bytes(signature), signature.size(),
                                        crypto::Bytes(digest), digest.size()) == 1;
  if (!valid) crypto::ClearOpenSslErrors();
  return valid;
}

}  // namespace

bool SignatureValid(EVP_PKEY* key, SignatureScheme scheme, HashAlgorithm hash,
                    absl::string_view message, absl::string_view signature) {
  return Check(Prepare(key, scheme, hash).get(), hash, message, signature);
}

ReadyKey::ReadyKey(EVP_PKEY* key)
    : key_(Share(key)),
      usual_scheme_(IsEc(key_.get()) ? SignatureScheme::kEcdsa : SignatureScheme::kRsaPkcs1),
      usual_hash_(IsEc(key_.get()) && EVP_PKEY_get_bits(key_.get()) > kP256Bits
                      ? HashAlgorithm::kSha384
                      : HashAlgorithm::kSha256),
      usual_(Prepare(key_.get(), usual_scheme_, usual_hash_)) {
  if (usual_scheme_ != SignatureScheme::kRsaPkcs1) return;
  // No signature, but a number that the key takes to its power like any other.
  std::string one(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  one.back() = '\1';
  Verifies(usual_scheme_, usual_hash_, "", one);
}

bool ReadyKey::Verifies(SignatureScheme scheme, HashAlgorithm hash, absl::string_view message,
                        absl::string_view signature) const {
  if (scheme != usual_scheme_ || hash != usual_hash_ || usual_ == nullptr) {
    return SignatureValid(key_.get(), scheme, hash, message, signature);
  }
  const EvpPkeyCtxPtr ctx(EVP_PKEY_CTX_dup(usual_.get()));
  crypto::OpenSslCheck(ctx != nullptr, "EVP_PKEY_CTX_dup");
  return Check(ctx.get(), hash, message, signature);
}

}  // namespace jodal::pki
