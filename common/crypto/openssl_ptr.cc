#include "common/crypto/openssl_ptr.h"

#include <openssl/err.h>

#include <cstdio>
#include <cstdlib>

namespace jodal::crypto {

void OpenSslCheck(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "fatal: %s failed in the cryptographic library\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

std::string BioBytes(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

void ClearOpenSslErrors() { ERR_clear_error(); }

}  // namespace jodal::crypto
