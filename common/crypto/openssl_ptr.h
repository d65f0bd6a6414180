// Owning pointers for OpenSSL objects, and the abort for calls that fail only in a broken process.
#ifndef JODAL_COMMON_CRYPTO_OPENSSL_PTR_H_
#define JODAL_COMMON_CRYPTO_OPENSSL_PTR_H_

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace jodal::crypto {

template <auto Free>
struct OpenSslDeleter {
  template <typename T>
  void operator()(T* p) const {
    Free(p);
  }
};

using EvpPkeyPtr = std::unique_ptr<EVP_PKEY, OpenSslDeleter<EVP_PKEY_free>>;
using EvpPkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, OpenSslDeleter<EVP_PKEY_CTX_free>>;
using EvpMdCtxPtr = std::unique_ptr<EVP_MD_CTX, OpenSslDeleter<EVP_MD_CTX_free>>;
using EvpCipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, OpenSslDeleter<EVP_CIPHER_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, OpenSslDeleter<BIO_free_all>>;
using BnPtr = std::unique_ptr<BIGNUM, OpenSslDeleter<BN_clear_free>>;
using BnCtxPtr = std::unique_ptr<BN_CTX, OpenSslDeleter<BN_CTX_free>>;
using EcGroupPtr = std::unique_ptr<EC_GROUP, OpenSslDeleter<EC_GROUP_free>>;
using EcPointPtr = std::unique_ptr<EC_POINT, OpenSslDeleter<EC_POINT_clear_free>>;

// Aborts with `what` and OpenSSL's error queue on stderr unless `ok`. For calls that can fail only
// when memory or the library is gone; never for input.
void OpenSslCheck(bool ok, const char* what);

// Drops the calling thread's error queue, so that a refused input leaves nothing behind for the
// next caller.
void ClearOpenSslErrors();

// A copy of what was written to a memory BIO.
std::string BioBytes(BIO* bio);

inline const unsigned char* Bytes(absl::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}
inline unsigned char* MutableBytes(char* p) { return reinterpret_cast<unsigned char*>(p); }

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_OPENSSL_PTR_H_
