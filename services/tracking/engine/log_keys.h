// Whose log is whose: the keys that checkpoints are judged by.
#ifndef JODAL_SERVICES_TRACKING_ENGINE_LOG_KEYS_H_
#define JODAL_SERVICES_TRACKING_ENGINE_LOG_KEYS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "common/log/checkpoint.h"

namespace jodal::tracking {

// By service, what trust_dir/logs.json says. NOT_FOUND FILE_MISSING, the errors of
// document::ParseStrictJson, and INVALID_ARGUMENT LOG_KEYS_INVALID for a key that is not 32 bytes.
absl::StatusOr<std::map<std::string, log::LogIdentity>> LoadLogKeys(const std::string& trust_dir);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_ENGINE_LOG_KEYS_H_
