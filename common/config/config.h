// The configuration file: strict JSON of jodal.config.v1.Config, every field given and in range.
#ifndef JODAL_COMMON_CONFIG_CONFIG_H_
#define JODAL_COMMON_CONFIG_CONFIG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::config {

inline constexpr int kExecutorThreadsMax = 256;
inline constexpr int kExecutorQueueMax = 1000000;
inline constexpr size_t kUnixPathBytesMax = 107;  // sockaddr_un, without the final zero

// Reads and checks `path`; paths in the result are absolute. `tls` may be left out where every
// address is a unix socket, `postgres` where the stores are files. Errors name the field in
// metadata "field" and in the text:
//   NOT_FOUND CONFIG_FILE_MISSING
//   INVALID_ARGUMENT CONFIG_MALFORMED (not strict JSON), CONFIG_UNKNOWN_FIELD,
//   CONFIG_MISSING_FIELD,
//     CONFIG_INVALID_VALUE
absl::StatusOr<v1::Config> LoadConfig(const std::string& path);

// As LoadConfig, of text; relative paths are taken from `base_dir` (absolute).
absl::StatusOr<v1::Config> ParseConfig(absl::string_view json, const std::string& base_dir);

// OK if every *.pem and *.key file in the keys folder is readable by its owner only.
// NOT_FOUND KEYS_DIR_MISSING, FAILED_PRECONDITION KEY_FILE_PERMISSIONS; metadata "path".
absl::Status CheckKeyFiles(const std::string& keys_dir);

inline bool IsTraining(const v1::Config& config) { return config.mode() == v1::Config::TRAINING; }

}  // namespace jodal::config

#endif  // JODAL_COMMON_CONFIG_CONFIG_H_
