#include "common/host/store.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "common/crypto/random.h"
#include "common/host/errors.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::host {
namespace {

// What is flushed at once: little enough not to hold up the syncs of commits behind it.
constexpr size_t kWriteBufferBytes = 16 << 20;

}  // namespace

std::string StoreDir(const config::v1::Config& config, const std::string& service) {
  return absl::StrCat(config.data_dir(), "/", service, "/db");
}

std::string StoreSchema(const std::string& service) { return absl::StrCat("jodal_", service); }

absl::StatusOr<std::unique_ptr<kv::Backend>> OpenStore(const config::v1::Config& config,
                                                       const std::string& service) {
  if (config.has_postgres()) {
    return kv::OpenPostgresBackend(
        {.conninfo = config.postgres().conninfo(), .schema = StoreSchema(service)},
        crypto::SystemRandom());
  }
  const std::string path = StoreDir(config, service);
  RETURN_IF_ERROR(MakeFolder(path));
  return kv::OpenRocksBackend(
      {.path = path, .name = service, .write_buffer_bytes = kWriteBufferBytes});
}

absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return MakeError(kErrors["FOLDER_FAILED"],
                   absl::StrCat("cannot make the folder ", path, ": ", error.message()),
                   {{"path", path}});
}

}  // namespace jodal::host
