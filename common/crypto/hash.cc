#include "common/crypto/hash.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace jodal::crypto {
namespace {

constexpr size_t kBlockBytes = 64;

// A fetch walks the provider tables under a lock; once is enough.
const EVP_MD* Md() {
  static const EVP_MD* const md = [] {
    const EVP_MD* fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    OpenSslCheck(fetched != nullptr, "EVP_MD_fetch");
    return fetched;
  }();
  return md;
}

EvpMdCtxPtr NewContext() {
  EvpMdCtxPtr ctx(EVP_MD_CTX_new());
  OpenSslCheck(ctx != nullptr, "EVP_MD_CTX_new");
  return ctx;
}

void Start(EVP_MD_CTX* ctx) {
  OpenSslCheck(EVP_DigestInit_ex(ctx, Md(), nullptr) == 1, "EVP_DigestInit_ex");
}

void Add(EVP_MD_CTX* ctx, absl::string_view data) {
  OpenSslCheck(EVP_DigestUpdate(ctx, data.data(), data.size()) == 1, "EVP_DigestUpdate");
}

std::string End(EVP_MD_CTX* ctx) {
  std::string out(kSha256Bytes, '\0');
  OpenSslCheck(EVP_DigestFinal_ex(ctx, MutableBytes(out.data()), nullptr) == 1,
               "EVP_DigestFinal_ex");
  return out;
}

// A context kept per thread saves two allocations per hash, which is half the cost of a small one.
EVP_MD_CTX* ThreadContext() {
  thread_local EvpMdCtxPtr ctx = NewContext();
  return ctx.get();
}

}  // namespace

std::string Sha256(absl::string_view data) {
  EVP_MD_CTX* ctx = ThreadContext();
  Start(ctx);
  Add(ctx, data);
  return End(ctx);
}

Sha256Hasher::Sha256Hasher() : ctx_(NewContext()) { Start(ctx_.get()); }

Sha256Hasher& Sha256Hasher::Update(absl::string_view data) {
  Add(ctx_.get(), data);
  return *this;
}

std::string Sha256Hasher::Finish() {
  std::string out = End(ctx_.get());
  Start(ctx_.get());
  return out;
}

std::string HmacSha256(absl::string_view key, absl::string_view message) {
  const std::string short_key = key.size() > kBlockBytes ? Sha256(key) : std::string(key);
  char pad[kBlockBytes];
  const auto fill = [&](char value) {
    std::fill(pad, pad + kBlockBytes, value);
    for (size_t i = 0; i < short_key.size(); ++i) pad[i] = static_cast<char>(pad[i] ^ short_key[i]);
    return absl::string_view(pad, kBlockBytes);
  };
  EVP_MD_CTX* ctx = ThreadContext();
  Start(ctx);
  Add(ctx, fill(0x36));
  Add(ctx, message);
  const std::string inner = End(ctx);
  Start(ctx);
  Add(ctx, fill(0x5c));
  Add(ctx, inner);
  OPENSSL_cleanse(pad, sizeof(pad));
  return End(ctx);
}

std::string HkdfExtract(absl::string_view salt, absl::string_view ikm) {
  return HmacSha256(salt, ikm);
}

std::string HkdfExpand(absl::string_view prk, absl::string_view info, size_t size_bytes) {
  OpenSslCheck(size_bytes <= kHkdfOutputBytesMax, "HkdfExpand (output too long)");
  std::string out;
  std::string block;
  for (unsigned counter = 1; out.size() < size_bytes; ++counter) {
    block.append(info.data(), info.size());
    block.push_back(static_cast<char>(counter));
    block = HmacSha256(prk, block);
    out += block;
  }
  out.resize(size_bytes);
  return out;
}

bool ConstantTimeEqual(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace jodal::crypto
