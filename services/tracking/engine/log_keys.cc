#include "services/tracking/engine/log_keys.h"

#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/crypto/ed25519.h"
#include "common/document/json.h"
#include "common/log/checkpoint.h"
#include "common/status/macros.h"
#include "jodal/config/v1/config.pb.h"
#include "services/tracking/errors.h"

namespace jodal::tracking {

absl::StatusOr<std::map<std::string, log::LogIdentity>> LoadLogKeys(const std::string& trust_dir) {
  const std::string path = absl::StrCat(trust_dir, "/logs.json");
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return MakeError(kErrors["FILE_MISSING"], absl::StrCat("cannot read ", path), {{"path", path}});
  }
  const std::string text(std::istreambuf_iterator<char>(in), {});
  config::v1::LogKeys keys;
  RETURN_IF_ERROR(document::ParseStrictJson(text, &keys));
  std::map<std::string, log::LogIdentity> logs;
  for (const auto& key : keys.logs()) {
    if (key.public_key().size() != crypto::kEd25519PublicKeyBytes) {
      return MakeError(kErrors["LOG_KEYS_INVALID"],
                       absl::StrCat(path, ": the key of ", key.service(), " is not 32 bytes"),
                       {{"path", path}});
    }
    logs[key.service()] = {key.origin(), key.public_key()};
  }
  return logs;
}

}  // namespace jodal::tracking
