#include "common/status/error.h"

#include <cstdint>

#include "absl/strings/cord.h"

namespace jodal {
namespace {

// The payload is a flat list of length-prefixed strings: reason, key, value, key, value, ...
constexpr char kPayloadUrl[] = "jodal/error";

void Append(std::string& out, absl::string_view s) {
  const uint32_t n = static_cast<uint32_t>(s.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(n >> shift));
  out.append(s.data(), s.size());
}

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> out;
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return out;
  const std::string bytes(*payload);
  size_t pos = 0;
  while (pos + 4 <= bytes.size()) {
    uint32_t n = 0;
    for (int i = 0; i < 4; ++i) n = (n << 8) | static_cast<uint8_t>(bytes[pos + i]);
    pos += 4;
    if (n > bytes.size() - pos) break;
    out.push_back(bytes.substr(pos, n));
    pos += n;
  }
  return out;
}

}  // namespace

absl::Status MakeError(DefinedError error, absl::string_view message,
                       const ErrorMetadata& metadata) {
  return MakeError(error.code(), error.reason(), message, metadata);
}

absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       const ErrorMetadata& metadata) {
  absl::Status status(code, message);
  std::string payload;
  Append(payload, reason);
  for (const auto& [key, value] : metadata) {
    Append(payload, key);
    Append(payload, value);
  }
  status.SetPayload(kPayloadUrl, absl::Cord(payload));
  return status;
}

std::string ErrorReason(const absl::Status& status) {
  const auto fields = Fields(status);
  return fields.empty() ? "" : fields[0];
}

std::map<std::string, std::string> ErrorMetadataOf(const absl::Status& status) {
  const auto fields = Fields(status);
  std::map<std::string, std::string> out;
  for (size_t i = 1; i + 1 < fields.size(); i += 2) out[fields[i]] = fields[i + 1];
  return out;
}

}  // namespace jodal
