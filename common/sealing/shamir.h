// Shamir's secret sharing, byte by byte over GF(2^8) with the polynomial 0x11B, x = 1..255. The
// multiplication takes no table look-up and no branch on secrets. Thread-safe: pure functions.
#ifndef JODAL_COMMON_SEALING_SHAMIR_H_
#define JODAL_COMMON_SEALING_SHAMIR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jodal::sealing {

uint8_t GfMultiply(uint8_t a, uint8_t b);
uint8_t GfInvert(uint8_t a);  // 0 for 0

// secret ⊕ Σ coefficients[j-1] · x^j for j = 1 .. coefficients.size(). Every coefficient has the
// size of the secret.
std::string EvaluateShare(absl::string_view secret, const std::vector<std::string>& coefficients,
                          uint8_t x);

struct SharePoint {
  uint8_t x;
  std::string value;
};

// The value at 0 of the polynomial through all `points` (Lagrange). INVALID_ARGUMENT SHARES_INVALID
// if there are none, an x is 0 or occurs twice, or the sizes differ.
absl::StatusOr<std::string> InterpolateAtZero(const std::vector<SharePoint>& points);

}  // namespace jodal::sealing

#endif  // JODAL_COMMON_SEALING_SHAMIR_H_
