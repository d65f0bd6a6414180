#include "services/tracking/factory.h"

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/ed25519.h"
#include "common/document/json.h"
#include "common/log/checkpoint.h"
#include "common/status/macros.h"
#include "services/tracking/errors.h"
#include "services/tracking/module.h"

namespace jodal::tracking {

absl::StatusOr<std::unique_ptr<host::Module>> CreateConfiguredModule(
    const host::ModuleContext& context, const config::v1::Config& config) {
  const std::string path = absl::StrCat(config.trust_dir(), "/logs.json");
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
  return CreateModule(context, std::move(logs));
}

}  // namespace jodal::tracking
