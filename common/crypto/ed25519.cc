#include "common/crypto/ed25519.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/errors.h"

namespace jodal::crypto {
namespace {

constexpr size_t kPemBytesMax = 16 * 1024;  // such a key takes 119 bytes

absl::Status KeyInvalid(absl::string_view why) {
  ClearOpenSslErrors();
  return MakeError(kErrors["KEY_INVALID"], why);
}

absl::Status KeyFileIo(const std::string& path, absl::string_view call) {
  const int error = errno;
  return MakeError(kErrors["KEY_FILE_IO"],
                   absl::StrCat(call, " failed for ", path, ": ", std::strerror(error)));
}

int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) { return -1; }

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

bool WriteAll(int fd, absl::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

bool SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
  const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd.get() >= 0 && ::fsync(fd.get()) == 0;
}

}  // namespace

Ed25519PrivateKey::Ed25519PrivateKey(EvpPkeyPtr key) : key_(std::move(key)) {
  public_.resize(kEd25519PublicKeyBytes);
  size_t size = public_.size();
  OpenSslCheck(EVP_PKEY_get_raw_public_key(key_.get(), MutableBytes(public_.data()), &size) == 1 &&
                   size == kEd25519PublicKeyBytes,
               "EVP_PKEY_get_raw_public_key");
}

Ed25519PrivateKey Ed25519PrivateKey::Generate(Random& random) {
  std::string seed = random.Bytes(kEd25519SeedBytes);
  auto key = FromSeed(seed);
  OPENSSL_cleanse(seed.data(), seed.size());
  return std::move(key).value();
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::FromSeed(absl::string_view seed) {
  if (seed.size() != kEd25519SeedBytes) return KeyInvalid("an Ed25519 seed has 32 bytes");
  EvpPkeyPtr key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
  OpenSslCheck(key != nullptr, "EVP_PKEY_new_raw_private_key");
  return Ed25519PrivateKey(std::move(key));
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::FromPem(absl::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  OpenSslCheck(bio != nullptr, "BIO_new_mem_buf");
  EvpPkeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (key == nullptr) return KeyInvalid("no unencrypted private key in the PEM");
  if (EVP_PKEY_is_a(key.get(), "ED25519") != 1) return KeyInvalid("not an Ed25519 key");
  return Ed25519PrivateKey(std::move(key));
}

absl::StatusOr<Ed25519PrivateKey> Ed25519PrivateKey::LoadPem(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) {
    if (errno != ENOENT) return KeyFileIo(path, "open");
    return MakeError(kErrors["KEY_FILE_MISSING"], absl::StrCat("there is no key file ", path));
  }
  struct stat st;
  if (::fstat(fd.get(), &st) != 0) return KeyFileIo(path, "fstat");
  if (!S_ISREG(st.st_mode) || (st.st_mode & 077) != 0) {
    return MakeError(kErrors["KEY_FILE_PERMISSIONS"],
                     absl::StrCat("the key file ", path, " must be a plain file with mode 0600"));
  }
  std::string pem(kPemBytesMax + 1, '\0');
  size_t size = 0;
  while (size < pem.size()) {
    const ssize_t n = ::read(fd.get(), pem.data() + size, pem.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return KeyFileIo(path, "read");
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  if (size > kPemBytesMax) return KeyInvalid("the key file is too long");
  auto key = FromPem(absl::string_view(pem.data(), size));
  OPENSSL_cleanse(pem.data(), pem.size());
  return key;
}

std::string Ed25519PrivateKey::ToPem() const {
  const BioPtr bio(BIO_new(BIO_s_secmem()));
  OpenSslCheck(bio != nullptr && PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr,
                                                               nullptr, 0, nullptr, nullptr) == 1,
               "PEM_write_bio_PKCS8PrivateKey");
  return BioBytes(bio.get());
}

absl::Status Ed25519PrivateKey::SavePem(const std::string& path) const {
  std::string pem = ToPem();
  const Fd fd(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (fd.get() < 0) {
    if (errno != EEXIST) return KeyFileIo(path, "open");
    return MakeError(kErrors["KEY_FILE_EXISTS"],
                     absl::StrCat("the key file ", path, " exists already"));
  }
  const bool written = WriteAll(fd.get(), pem) && ::fsync(fd.get()) == 0 && SyncFolderOf(path);
  OPENSSL_cleanse(pem.data(), pem.size());
  if (!written) {
    const absl::Status status = KeyFileIo(path, "write");
    ::unlink(path.c_str());
    return status;
  }
  return absl::OkStatus();
}

std::string Ed25519PrivateKey::Sign(absl::string_view message) const {
  const EvpMdCtxPtr ctx(EVP_MD_CTX_new());
  std::string out(kEd25519SignatureBytes, '\0');
  size_t size = out.size();
  OpenSslCheck(ctx != nullptr &&
                   EVP_DigestSignInit(ctx.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
                   EVP_DigestSign(ctx.get(), MutableBytes(out.data()), &size, Bytes(message),
                                  message.size()) == 1 &&
                   size == kEd25519SignatureBytes,
               "EVP_DigestSign");
  return out;
}

absl::Status Ed25519Verify(absl::string_view public_key, const Ed25519Signed& input) {
  if (public_key.size() != kEd25519PublicKeyBytes) {
    return KeyInvalid("an Ed25519 public key has 32 bytes");
  }
  const EvpPkeyPtr key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()));
  const EvpMdCtxPtr ctx(EVP_MD_CTX_new());
  OpenSslCheck(key != nullptr && ctx != nullptr &&
                   EVP_DigestVerifyInit(ctx.get(), nullptr, nullptr, nullptr, key.get()) == 1,
               "EVP_DigestVerifyInit");
  if (input.signature.size() != kEd25519SignatureBytes ||
      EVP_DigestVerify(ctx.get(), Bytes(input.signature), input.signature.size(),
                       Bytes(input.message), input.message.size()) != 1) {
    ClearOpenSslErrors();
    return MakeError(kErrors["SIGNATURE_INVALID"], "the Ed25519 signature does not verify");
  }
  return absl::OkStatus();
}

}  // namespace jodal::crypto
