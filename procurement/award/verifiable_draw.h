// The draw that nobody can choose (docs/formats.md 4): every number comes from the seed that was
// committed when the notice was published, the closed box, and the nonces that the bidders had
// sealed.
#ifndef JODAL_PROCUREMENT_AWARD_VERIFIABLE_DRAW_H_
#define JODAL_PROCUREMENT_AWARD_VERIFIABLE_DRAW_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "procurement/method/evaluation.h"

namespace jodal::procurement {

struct DrawInput {
  std::string seed;                 // 32 bytes; SHA-256 of it is in the notice's log entry
  std::string box_root;             // 32 bytes; from box.closed
  std::vector<std::string> nonces;  // of all bids that opened validly, in box order; 32 bytes each
};

// S = SHA-256("jodal draw v1" ‖ seed ‖ box_root ‖ nonces), 32 bytes.
std::string DrawSeed(const DrawInput& input);

// One HMAC-DRBG per label, instantiated with entropy S and the label as personalization string.
UniformFor UniformFromDrawSeed(absl::string_view draw_seed);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_AWARD_VERIFIABLE_DRAW_H_
