// Byte strings: big-endian integers, hex, base64 and random ids.
//
// Bytes are held in std::string throughout. Decoders are strict: no white space, canonical padding.
// Thread-safe: pure functions.
#ifndef JODAL_COMMON_BASE_BYTES_H_
#define JODAL_COMMON_BASE_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jodal {

void AppendU16Be(std::string& out, uint16_t value);
void AppendU32Be(std::string& out, uint32_t value);
void AppendU64Be(std::string& out, uint64_t value);

// Require bytes.size() >= width; read the first bytes.
uint16_t ReadU16Be(absl::string_view bytes);
uint32_t ReadU32Be(absl::string_view bytes);
uint64_t ReadU64Be(absl::string_view bytes);

std::string HexEncode(absl::string_view bytes);                // lower case
absl::StatusOr<std::string> HexDecode(absl::string_view hex);  // INVALID_ARGUMENT
// Whether HexEncode could have made `text` of digits / 2 bytes: ids and digests are compared as
// text.
bool IsLowerHex(absl::string_view text, size_t digits);
std::string Base64Encode(absl::string_view bytes);                   // RFC 4648 section 4, padded
absl::StatusOr<std::string> Base64Decode(absl::string_view base64);  // re-encodes to the same text

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_BYTES_H_
