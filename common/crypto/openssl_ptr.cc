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

void ClearOpenSslErrors() { ERR_clear_error(); }

}  // namespace jodal::crypto
