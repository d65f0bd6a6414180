#include "common/pki/key.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/crypto/random.h"
#include "common/pki/errors.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::pki {
namespace {

using crypto::BioPtr;
using crypto::EvpPkeyCtxPtr;
using crypto::EvpPkeyPtr;
using crypto::OpenSslDeleter;
using X509SigPtr = std::unique_ptr<X509_SIG, OpenSslDeleter<X509_SIG_free>>;
using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, OpenSslDeleter<PKCS8_PRIV_KEY_INFO_free>>;

constexpr size_t kKeyFileBytesMax = 64 * 1024;
// scrypt (RFC 7914): 16 MiB and about 50 ms for each guess of a PIN.
constexpr uint64_t kScryptN = 16384, kScryptR = 8, kScryptP = 1;

absl::Status KeyError(DefinedError error, absl::string_view message, const std::string& path = "") {
  crypto::ClearOpenSslErrors();
  if (path.empty()) return MakeError(error, message);
  return MakeError(error, absl::StrCat(path, ": ", message), {{"file", path}});
}

absl::Status Internal(absl::string_view what) {
  crypto::ClearOpenSslErrors();
  return absl::InternalError(absl::StrCat("OpenSSL failed: ", what));
}

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Gives the PIN and remembers that it was asked for.
struct PinSource {
  absl::string_view pin;
  bool asked = false;
  static int Give(char* buffer, int size, int, void* self) {
    auto* source = static_cast<PinSource*>(self);
    source->asked = true;
    if (source->pin.empty() || source->pin.size() > static_cast<size_t>(size)) return -1;
    memcpy(buffer, source->pin.data(), source->pin.size());
    return static_cast<int>(source->pin.size());
  }
};

// `path` is the file that holds it, or empty.
absl::StatusOr<EvpPkeyPtr> ReadPem(absl::string_view pem, absl::string_view pin,
                                   const std::string& path = "") {
  BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return Internal("BIO");
  PinSource source{pin};
  EvpPkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &PinSource::Give, &source));
  if (key) {
    crypto::ClearOpenSslErrors();
    return key;
  }
  if (!source.asked)
    return KeyError(kErrors["KEY_INVALID"], "not a PKCS#8 private key in PEM", path);
  if (pin.empty())
    return KeyError(kErrors["KEY_PIN_REQUIRED"], "the private key is encrypted", path);
  return KeyError(kErrors["KEY_PIN_WRONG"], "the PIN does not open the private key", path);
}

}  // namespace

absl::StatusOr<PrivateKey> PrivateKey::Generate(KeyType type) {
  const char* curve = nullptr;
  int rsa_bits = 0;
  switch (type) {
    case KeyType::kEcP256:
    case KeyType::kEcP256Explicit:
      curve = "P-256";
      break;
    case KeyType::kEcP384:
      curve = "P-384";
      break;
    case KeyType::kEcP224:
      curve = "P-224";
      break;
    case KeyType::kEcSecp256k1:
      curve = "secp256k1";
      break;
    case KeyType::kRsa1024:
      rsa_bits = 1024;
      break;
    case KeyType::kRsa2048:
      rsa_bits = 2048;
      break;
    case KeyType::kRsa3072:
      rsa_bits = 3072;
      break;
  }
  EvpPkeyCtxPtr ctx(EVP_PKEY_CTX_new_from_name(nullptr, curve ? "EC" : "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (!ctx || EVP_PKEY_keygen_init(ctx.get()) != 1) return Internal("key generation");
  if (curve != nullptr) {
    const bool named = type != KeyType::kEcP256Explicit;
    if (EVP_PKEY_CTX_set_group_name(ctx.get(), curve) != 1 ||
        EVP_PKEY_CTX_set_ec_param_enc(
            ctx.get(), named ? OPENSSL_EC_NAMED_CURVE : OPENSSL_EC_EXPLICIT_CURVE) != 1) {
      return Internal("curve");
    }
  } else if (EVP_PKEY_CTX_set_rsa_keygen_bits(ctx.get(), rsa_bits) != 1) {
    return Internal("RSA size");
  }
  if (EVP_PKEY_generate(ctx.get(), &key) != 1) return Internal("key generation");
  return PrivateKey(EvpPkeyPtr(key));
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(absl::string_view pem, absl::string_view pin) {
  ASSIGN_OR_RETURN(EvpPkeyPtr key, ReadPem(pem, pin));
  return PrivateKey(std::move(key));
}

absl::StatusOr<PrivateKey> PrivateKey::LoadFile(const std::string& path, absl::string_view pin) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) {
    const bool missing = errno == ENOENT;
    return KeyError(missing ? kErrors["KEY_FILE_MISSING"] : kErrors["KEY_FILE_IO"], strerror(errno),
                    path);
  }
  struct stat info;
  if (fstat(fd.get(), &info) != 0) {
    return KeyError(kErrors["KEY_FILE_IO"], strerror(errno), path);
  }
  if ((info.st_mode & 0177) != 0) {
    return KeyError(kErrors["KEY_FILE_PERMISSIONS"],
                    "a private key file must have mode 0600 (chmod 600)", path);
  }
  std::string pem(kKeyFileBytesMax + 1, '\0');
  size_t size = 0;
  while (size < pem.size()) {
    const ssize_t n = read(fd.get(), pem.data() + size, pem.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return KeyError(kErrors["KEY_FILE_IO"], strerror(errno), path);
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  auto key = ReadPem(absl::string_view(pem).substr(0, size), pin, path);
  OPENSSL_cleanse(pem.data(), pem.size());
  RETURN_IF_ERROR(key.status());
  return PrivateKey(*std::move(key));
}

absl::StatusOr<std::string> PrivateKey::ToPem(absl::string_view pin) const {
  BioPtr bio(BIO_new(BIO_s_secmem()));
  if (!bio) return Internal("BIO");
  Pkcs8Ptr plain(EVP_PKEY2PKCS8(key_.get()));
  if (!plain) return Internal("PKCS#8");
  if (pin.empty()) {
    if (PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio.get(), plain.get()) != 1) return Internal("PEM");
    return crypto::BioBytes(bio.get());
  }
  std::string salt = crypto::SystemRandom().Bytes(16);
  std::string iv = crypto::SystemRandom().Bytes(16);
  X509_ALGOR* pbe = PKCS5_pbe2_set_scrypt(
      EVP_aes_256_cbc(), crypto::MutableBytes(salt.data()), static_cast<int>(salt.size()),
      crypto::MutableBytes(iv.data()), kScryptN, kScryptR, kScryptP);
  if (pbe == nullptr) return Internal("PBES2");
  // PKCS8_set0_pbe takes `pbe` only when it succeeds.
  X509SigPtr sealed(PKCS8_set0_pbe(pin.data(), static_cast<int>(pin.size()), plain.get(), pbe));
  if (!sealed) {
    X509_ALGOR_free(pbe);
    return Internal("PKCS#8 encryption");
  }
  if (PEM_write_bio_PKCS8(bio.get(), sealed.get()) != 1) return Internal("PEM");
  return crypto::BioBytes(bio.get());
}

absl::Status PrivateKey::SaveFile(const std::string& path, absl::string_view pin) const {
  ASSIGN_OR_RETURN(std::string pem, ToPem(pin));
  const Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) {
    const bool exists = errno == EEXIST;
    return KeyError(exists ? kErrors["KEY_FILE_EXISTS"] : kErrors["KEY_FILE_IO"], strerror(errno),
                    path);
  }
  size_t done = 0;
  bool good = fchmod(fd.get(), 0600) == 0;
  while (good && done < pem.size()) {
    const ssize_t n = write(fd.get(), pem.data() + done, pem.size() - done);
    if (n < 0 && errno == EINTR) continue;
    good = n > 0;
    if (good) done += static_cast<size_t>(n);
  }
  good = good && fsync(fd.get()) == 0;
  const int error = errno;
  OPENSSL_cleanse(pem.data(), pem.size());
  if (good) return absl::OkStatus();
  unlink(path.c_str());
  return KeyError(kErrors["KEY_FILE_IO"], strerror(error), path);
}

absl::StatusOr<std::string> PrivateKey::SpkiDer() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  if (size <= 0) return Internal("SubjectPublicKeyInfo");
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

}  // namespace jodal::pki
