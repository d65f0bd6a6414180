// Throw-away certificates for tests.
#ifndef JODAL_COMMON_RPC_TEST_TLS_H_
#define JODAL_COMMON_RPC_TEST_TLS_H_

#include <string>
#include <vector>

#include "common/rpc/network_peers.h"

namespace jodal::rpc {

// An authority made by its constructor. Aborts on failure.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  // A certificate with these DNS names, e.g. {"tender.jodal.internal"}, and its key.
  TlsIdentity Issue(const std::vector<std::string>& dns_names);
  const std::string& ca_pem() const { return ca_pem_; }

 private:
  void* key_;   // EVP_PKEY
  void* cert_;  // X509
  std::string ca_pem_;
  long serial_ = 1;
};

}  // namespace jodal::rpc

#endif  // JODAL_COMMON_RPC_TEST_TLS_H_
