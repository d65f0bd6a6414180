#include "common/crypto/aead.h"

#include "common/crypto/errors.h"
#include "common/crypto/openssl_ptr.h"
#include "common/status/macros.h"

namespace jodal::crypto {
namespace {

constexpr size_t kInputBytesMax = size_t{1} << 30;  // OpenSSL counts in int

const EVP_CIPHER* Fetch(const char* name) {
  const EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  OpenSslCheck(cipher != nullptr, "EVP_CIPHER_fetch");
  return cipher;
}

absl::StatusOr<const EVP_CIPHER*> CipherFor(const AeadParams& params, absl::string_view input) {
  static const EVP_CIPHER* const aes128 = Fetch("AES-128-GCM");
  static const EVP_CIPHER* const aes256 = Fetch("AES-256-GCM");
  if (params.nonce.size() == kAeadNonceBytes && params.aad.size() <= kInputBytesMax &&
      input.size() <= kInputBytesMax) {
    if (params.key.size() == 16) return aes128;
    if (params.key.size() == 32) return aes256;
  }
  return MakeError(kErrors["AEAD_PARAMS"],
                   "AES-GCM takes a key of 16 or 32 bytes and a nonce of 12 bytes");
}

EvpCipherCtxPtr NewContext() {
  EvpCipherCtxPtr ctx(EVP_CIPHER_CTX_new());
  OpenSslCheck(ctx != nullptr, "EVP_CIPHER_CTX_new");
  return ctx;
}

}  // namespace

absl::StatusOr<std::string> AesGcmSeal(const AeadParams& params, absl::string_view plaintext) {
  ASSIGN_OR_RETURN(const EVP_CIPHER* cipher, CipherFor(params, plaintext));
  const EvpCipherCtxPtr ctx = NewContext();
  std::string out(plaintext.size() + kAeadTagBytes, '\0');
  unsigned char* const text = MutableBytes(out.data());
  int size = 0;
  OpenSslCheck(
      EVP_EncryptInit_ex(ctx.get(), cipher, nullptr, Bytes(params.key), Bytes(params.nonce)) == 1,
      "EVP_EncryptInit_ex");
  // A null output means additional data to OpenSSL, so empty pieces are left out.
  if (!params.aad.empty()) {
    OpenSslCheck(EVP_EncryptUpdate(ctx.get(), nullptr, &size, Bytes(params.aad),
                                   static_cast<int>(params.aad.size())) == 1,
                 "EVP_EncryptUpdate");
  }
  if (!plaintext.empty()) {
    OpenSslCheck(EVP_EncryptUpdate(ctx.get(), text, &size, Bytes(plaintext),
                                   static_cast<int>(plaintext.size())) == 1,
                 "EVP_EncryptUpdate");
  }
  OpenSslCheck(EVP_EncryptFinal_ex(ctx.get(), text + plaintext.size(), &size) == 1,
               "EVP_EncryptFinal_ex");
  OpenSslCheck(EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_GET_TAG, kAeadTagBytes,
                                   text + plaintext.size()) == 1,
               "EVP_CTRL_AEAD_GET_TAG");
  return out;
}

absl::StatusOr<std::string> AesGcmOpen(const AeadParams& params, absl::string_view sealed) {
  ASSIGN_OR_RETURN(const EVP_CIPHER* cipher, CipherFor(params, sealed));
  const absl::Status refused =
      MakeError(kErrors["AEAD_AUTH"], "the text does not authenticate under this key");
  if (sealed.size() < kAeadTagBytes) return refused;
  const absl::string_view text = sealed.substr(0, sealed.size() - kAeadTagBytes);
  std::string tag(sealed.substr(text.size()));
  const EvpCipherCtxPtr ctx = NewContext();
  // One spare byte keeps the output pointer valid for an empty plaintext.
  std::string out(text.size() + 1, '\0');
  int size = 0;
  OpenSslCheck(
      EVP_DecryptInit_ex(ctx.get(), cipher, nullptr, Bytes(params.key), Bytes(params.nonce)) == 1,
      "EVP_DecryptInit_ex");
  OpenSslCheck(
      EVP_CIPHER_CTX_ctrl(ctx.get(), EVP_CTRL_AEAD_SET_TAG, kAeadTagBytes, tag.data()) == 1,
      "EVP_CTRL_AEAD_SET_TAG");
  if (!params.aad.empty()) {
    OpenSslCheck(EVP_DecryptUpdate(ctx.get(), nullptr, &size, Bytes(params.aad),
                                   static_cast<int>(params.aad.size())) == 1,
                 "EVP_DecryptUpdate");
  }
  if (!text.empty()) {
    OpenSslCheck(EVP_DecryptUpdate(ctx.get(), MutableBytes(out.data()), &size, Bytes(text),
                                   static_cast<int>(text.size())) == 1,
                 "EVP_DecryptUpdate");
  }
  if (EVP_DecryptFinal_ex(ctx.get(), MutableBytes(out.data()) + text.size(), &size) != 1) {
    ClearOpenSslErrors();
    return refused;
  }
  out.resize(text.size());
  return out;
}

}  // namespace jodal::crypto
