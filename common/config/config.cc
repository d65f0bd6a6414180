#include "common/config/config.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/config/errors.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::config {
namespace {

namespace fs = std::filesystem;

absl::Status Invalid(absl::string_view field, absl::string_view wanted) {
  return MakeError(kErrors["CONFIG_INVALID_VALUE"],
                   absl::StrCat("configuration: ", field, " must be ", wanted),
                   {{"field", std::string(field)}});
}

absl::Status Translate(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  const std::string field = ErrorMetadataOf(status)["field"];
  if (reason == "DOCUMENT_UNKNOWN_FIELD" || reason == "DOCUMENT_MISSING_FIELD") {
    const bool unknown = reason == "DOCUMENT_UNKNOWN_FIELD";
    return MakeError(unknown ? kErrors["CONFIG_UNKNOWN_FIELD"] : kErrors["CONFIG_MISSING_FIELD"],
                     absl::StrCat("configuration: ", status.message()), {{"field", field}});
  }
  if (reason == "DOCUMENT_FIELD_TYPE") {
    return MakeError(kErrors["CONFIG_INVALID_VALUE"],
                     absl::StrCat("configuration: ", status.message()), {{"field", field}});
  }
  return MakeError(kErrors["CONFIG_MALFORMED"], absl::StrCat("configuration: ", status.message()),
                   {{"cause", reason}, {"offset", ErrorMetadataOf(status)["offset"]}});
}

bool IsName(absl::string_view s, size_t max, absl::string_view also) {
  return !s.empty() && s.size() <= max && s[0] != '-' && s[0] != '.' &&
         std::all_of(s.begin(), s.end(), [&](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
                  also.find(c) != absl::string_view::npos;
         });
}

// "host:port" with a port of 1 to 65535.
bool IsHostPort(absl::string_view s, std::string* host) {
  const size_t colon = s.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return false;
  *host = std::string(s.substr(0, colon));
  const absl::string_view port = s.substr(colon + 1);
  int number = 0;
  return absl::SimpleAtoi(port, &number) && number >= 1 && number <= 65535 &&
         absl::StrCat(number) == port &&
         host->find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") == std::string::npos;
}

absl::Status MakeAbsolute(absl::string_view field, const std::string& base, std::string* path) {
  if (path->empty()) return Invalid(field, "a path");
  *path = (fs::path(base) / *path).lexically_normal().string();
  return absl::OkStatus();
}

absl::Status CheckServices(v1::Config* config, const std::string& base, bool* needs_tls) {
  if (config->services().empty()) return Invalid("services", "a list of at least one service");
  std::set<std::string> names;
  for (int i = 0; i < config->services_size(); ++i) {
    v1::Endpoint* endpoint = config->mutable_services(i);
    const std::string at = absl::StrCat("services[", i, "].");
    if (!IsName(endpoint->service(), 32, "-")) {
      return Invalid(at + "service", "a name of small letters, digits and hyphens");
    }
    if (!names.insert(endpoint->service()).second) return Invalid(at + "service", "named once");
    absl::string_view path = endpoint->address();
    std::string host;
    if (absl::ConsumePrefix(&path, "unix:")) {
      std::string absolute(path);
      RETURN_IF_ERROR(MakeAbsolute(at + "address", base, &absolute));
      if (absolute.size() > kUnixPathBytesMax) {
        return Invalid(at + "address", absl::StrCat("a socket path of at most ", kUnixPathBytesMax,
                                                    " bytes once it is absolute"));
      }
      endpoint->set_address("unix:" + absolute);
    } else if (IsHostPort(endpoint->address(), &host)) {
      *needs_tls = true;
    } else {
      return Invalid(at + "address", "\"unix:path\" or \"host:port\"");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Config> ParseConfig(absl::string_view json, const std::string& base_dir) {
  v1::Config config;
  const absl::Status parsed = document::ParseCompleteStrictJson(json, &config, {"tls", "postgres"});
  if (!parsed.ok()) return Translate(parsed);

  if (config.mode() == v1::Config::MODE_UNSPECIFIED) {
    return Invalid("mode", "\"PRODUCTION\" or \"TRAINING\"");
  }
  if (!IsName(config.system(), 200, ".-")) {
    return Invalid("system", "a name of small letters, digits, dots and hyphens");
  }
  RETURN_IF_ERROR(MakeAbsolute("dataDir", base_dir, config.mutable_data_dir()));
  RETURN_IF_ERROR(MakeAbsolute("trustDir", base_dir, config.mutable_trust_dir()));
  RETURN_IF_ERROR(MakeAbsolute("keysDir", base_dir, config.mutable_keys_dir()));
  bool needs_tls = false;
  RETURN_IF_ERROR(CheckServices(&config, base_dir, &needs_tls));
  if (needs_tls) {
    if (!config.has_tls()) {
      return MakeError(kErrors["CONFIG_MISSING_FIELD"],
                       "configuration: missing field tls: an address is not a unix socket",
                       {{"field", "tls"}});
    }
    RETURN_IF_ERROR(MakeAbsolute("tls.caFile", base_dir, config.mutable_tls()->mutable_ca_file()));
    RETURN_IF_ERROR(MakeAbsolute("tls.dir", base_dir, config.mutable_tls()->mutable_dir()));
  }
  const std::string& registrar = config.registrar_cert_sha256();
  if (registrar.size() != 64 ||
      registrar.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return Invalid("registrarCertSha256", "64 lower-case hexadecimal digits");
  }
  if (config.executor_threads() < 1 || config.executor_threads() > kExecutorThreadsMax) {
    return Invalid("executorThreads", absl::StrCat("from 1 to ", kExecutorThreadsMax));
  }
  if (config.executor_queue() < 1 || config.executor_queue() > kExecutorQueueMax) {
    return Invalid("executorQueue", absl::StrCat("from 1 to ", kExecutorQueueMax));
  }
  if (config.has_postgres() && config.postgres().conninfo().empty()) {
    return Invalid("postgres.conninfo", "the database's keywords and values or URI");
  }
  std::string host;
  if (!config.admin_address().empty() &&
      !(IsHostPort(config.admin_address(), &host) && (host == "127.0.0.1" || host == "[::1]"))) {
    return Invalid("adminAddress", "\"\" or a port of 127.0.0.1 or [::1]");
  }
  return config;
}

absl::StatusOr<v1::Config> LoadConfig(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  if (!in || error) {
    return MakeError(kErrors["CONFIG_FILE_MISSING"],
                     absl::StrCat("cannot read the configuration file ", path), {{"path", path}});
  }
  const std::string json(std::istreambuf_iterator<char>(in), {});
  return ParseConfig(json, absolute.parent_path().string());
}

absl::Status CheckKeyFiles(const std::string& keys_dir) {
  std::error_code error;
  fs::directory_iterator it(keys_dir, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    const std::string path = it->path().string();
    if (!absl::EndsWith(path, ".pem") && !absl::EndsWith(path, ".key")) continue;
    struct stat info;
    if (stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
      return MakeError(kErrors["KEY_FILE_PERMISSIONS"],
                       absl::StrCat(path, " must be readable by its owner only (0600)"),
                       {{"path", path}});
    }
  }
  if (error) {
    return MakeError(kErrors["KEYS_DIR_MISSING"], absl::StrCat("cannot list ", keys_dir),
                     {{"path", keys_dir}});
  }
  return absl::OkStatus();
}

}  // namespace jodal::config
