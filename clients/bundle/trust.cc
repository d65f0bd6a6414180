#include "clients/bundle/trust.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/ed25519.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::bundle {
namespace {

namespace fs = std::filesystem;

constexpr size_t kEd25519KeyBytes = 32;
constexpr size_t kSha256HexDigits = 64;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open() || in.bad()) {
    return MakeError(absl::StatusCode::kNotFound, "FILE_MISSING",
                     absl::StrCat("cannot read ", path), {{"file", path}});
  }
  return bytes;
}

absl::Status Invalid(const std::string& path, absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "TRUST_INVALID",
                   absl::StrCat(path, ": ", why), {{"file", path}});
}

}  // namespace

absl::StatusOr<Trust> Trust::Load(const std::string& dir) {
  Trust out;
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(dir + "/anchors", error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file() && it->path().extension() != ".tmp") {
      names.push_back(it->path().string());
    }
  }
  if (error || names.empty()) return Invalid(dir + "/anchors", "there is no trust anchor");
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(out.anchors.emplace_back(), ReadFile(name));
  }

  const std::string logs_file = dir + "/logs.json";
  ASSIGN_OR_RETURN(const std::string text, ReadFile(logs_file));
  config::v1::LogKeys keys;
  RETURN_IF_ERROR(document::ParseStrictJson(text, &keys));
  for (const auto& key : keys.logs()) {
    if (key.origin().empty() || key.public_key().size() != kEd25519KeyBytes) {
      return Invalid(logs_file, "a log needs an origin and a key of 32 bytes");
    }
    out.logs[key.service()] = {key.origin(), key.public_key()};
  }

  const std::string registrar_file = dir + "/registrar.sha256";
  if (fs::exists(registrar_file, error)) {
    ASSIGN_OR_RETURN(const std::string line, ReadFile(registrar_file));
    out.registrar_cert_sha256 = absl::AsciiStrToLower(absl::StripAsciiWhitespace(line));
    if (out.registrar_cert_sha256.size() != kSha256HexDigits) {
      return Invalid(registrar_file, "not 64 hex digits");
    }
  }
  return out;
}

}  // namespace jodal::bundle
