#include "common/base/bytes.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace jodal {
namespace {

template <typename T>
void AppendBe(std::string& out, T value) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift));
  }
}

template <typename T>
T ReadBe(absl::string_view bytes) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((value << 8) | static_cast<uint8_t>(bytes[i]));
  }
  return value;
}

}  // namespace

void AppendU16Be(std::string& out, uint16_t value) { AppendBe(out, value); }
void AppendU32Be(std::string& out, uint32_t value) { AppendBe(out, value); }
void AppendU64Be(std::string& out, uint64_t value) { AppendBe(out, value); }
uint16_t ReadU16Be(absl::string_view bytes) { return ReadBe<uint16_t>(bytes); }
uint32_t ReadU32Be(absl::string_view bytes) { return ReadBe<uint32_t>(bytes); }
uint64_t ReadU64Be(absl::string_view bytes) { return ReadBe<uint64_t>(bytes); }

std::string HexEncode(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

absl::StatusOr<std::string> HexDecode(absl::string_view hex) {
  if (hex.size() % 2 != 0) return absl::InvalidArgumentError("hex text has an odd length");
  for (char c : hex) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError("hex text has a character that is not a hex digit");
    }
  }
  return absl::HexStringToBytes(hex);
}

bool IsLowerHex(absl::string_view text, size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string Base64Encode(absl::string_view bytes) { return absl::Base64Escape(bytes); }

absl::StatusOr<std::string> Base64Decode(absl::string_view base64) {
  std::string out;
  if (!absl::Base64Unescape(base64, &out) || absl::Base64Escape(out) != base64) {
    return absl::InvalidArgumentError("text is not canonical base64");
  }
  return out;
}

}  // namespace jodal
