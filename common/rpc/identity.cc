#include "common/rpc/identity.h"

#include "common/base/bytes.h"
#include "common/crypto/random.h"

namespace jodal::rpc {

const std::string& ProcessSecret() {
  static const std::string* secret = new std::string(HexEncode(crypto::SystemRandom().Bytes(32)));
  return *secret;
}

}  // namespace jodal::rpc
