// Public keys that check signatures.
#ifndef JODAL_COMMON_PKI_READY_KEY_H_
#define JODAL_COMMON_PKI_READY_KEY_H_

#include "absl/strings/string_view.h"
#include "common/crypto/openssl_ptr.h"
#include "common/pki/cms_reader.h"

namespace jodal::pki {

// Whether `signature` by `key` over `message` is valid. A key of another type than the scheme is
// false. Thread-safe.
bool SignatureValid(EVP_PKEY* key, SignatureScheme scheme, HashAlgorithm hash,
                    absl::string_view message, absl::string_view signature);

// A key that will check many signatures: what depends on the key alone is done once. An RSA key
// computes what its arithmetic needs with its first signature, a third of the whole otherwise.
// Thread-safe.
class ReadyKey {
 public:
  explicit ReadyKey(EVP_PKEY* key);  // keeps a reference of its own

  // As SignatureValid.
  bool Verifies(SignatureScheme scheme, HashAlgorithm hash, absl::string_view message,
                absl::string_view signature) const;

 private:
  crypto::EvpPkeyPtr key_;
  SignatureScheme usual_scheme_;
  HashAlgorithm usual_hash_;
  crypto::EvpPkeyCtxPtr usual_;  // for the two; only ever copied
};

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_READY_KEY_H_
