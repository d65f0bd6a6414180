#include "procurement/award/verifiable_draw.h"

#include <memory>

#include "common/crypto/hash.h"
#include "common/crypto/hmac_drbg.h"

namespace jodal::procurement {

std::string DrawSeed(const DrawInput& input) {
  crypto::Sha256Hasher hasher;
  hasher.Update("jodal draw v1").Update(input.seed).Update(input.box_root);
  for (const std::string& nonce : input.nonces) hasher.Update(nonce);
  return hasher.Finish();
}

UniformFor UniformFromDrawSeed(absl::string_view draw_seed) {
  return [seed = std::string(draw_seed)](absl::string_view label) -> Uniform {
    auto drbg = std::make_shared<crypto::HmacDrbg>(
        crypto::HmacDrbg::Options{.entropy = seed, .personalization = label});
    return [drbg](uint64_t bound) { return drbg->Uniform(bound); };
  };
}

}  // namespace jodal::procurement
