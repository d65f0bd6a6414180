#include "common/sealing/shamir.h"

#include <algorithm>

#include "common/sealing/errors.h"

namespace jodal::sealing {

uint8_t GfMultiply(uint8_t a, uint8_t b) {
  unsigned product = 0;
  unsigned shifted = a;
  for (int bit = 0; bit < 8; ++bit) {
    product ^= shifted & (0u - ((b >> bit) & 1u));
    shifted = (shifted << 1) ^ (0x11Bu & (0u - (shifted >> 7)));
  }
  return static_cast<uint8_t>(product);
}

uint8_t GfInvert(uint8_t a) {
  // a^254: the multiplicative group has 255 elements.
  uint8_t square = GfMultiply(a, a);
  uint8_t out = square;
  for (int i = 0; i < 6; ++i) {
    square = GfMultiply(square, square);
    out = GfMultiply(out, square);
  }
  return out;
}

std::string EvaluateShare(absl::string_view secret, const std::vector<std::string>& coefficients,
                          uint8_t x) {
  std::string out(secret.size(), '\0');
  for (size_t at = 0; at < secret.size(); ++at) {
    uint8_t value = 0;
    for (size_t j = coefficients.size(); j-- > 0;) {
      value = GfMultiply(x, value ^ static_cast<uint8_t>(coefficients[j][at]));
    }
    out[at] = static_cast<char>(value ^ static_cast<uint8_t>(secret[at]));
  }
  return out;
}

absl::StatusOr<std::string> InterpolateAtZero(const std::vector<SharePoint>& points) {
  const auto invalid = [](absl::string_view why) {
    return MakeError(kErrors["SHARES_INVALID"], why);
  };
  if (points.empty()) return invalid("there are no shares");
  std::string out(points[0].value.size(), '\0');
  for (size_t a = 0; a < points.size(); ++a) {
    if (points[a].x == 0) return invalid("a share is numbered 0");
    if (points[a].value.size() != out.size()) return invalid("the shares differ in size");
    uint8_t numerator = 1;
    uint8_t denominator = 1;
    for (size_t b = 0; b < points.size(); ++b) {
      if (a == b) continue;
      if (points[a].x == points[b].x) return invalid("two shares have the same number");
      numerator = GfMultiply(numerator, points[b].x);
      denominator = GfMultiply(denominator, points[a].x ^ points[b].x);
    }
    const uint8_t weight = GfMultiply(numerator, GfInvert(denominator));
    for (size_t at = 0; at < out.size(); ++at) {
      out[at] = static_cast<char>(out[at] ^
                                  GfMultiply(weight, static_cast<uint8_t>(points[a].value[at])));
    }
  }
  return out;
}

}  // namespace jodal::sealing
