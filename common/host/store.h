// Where a service keeps its store: the one statement of it, for the host and for programs that look
// into the stores of an installation.
#ifndef JODAL_COMMON_HOST_STORE_H_
#define JODAL_COMMON_HOST_STORE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/kv/backend.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::host {

// Folder of the store of `service` (RocksDB).
std::string StoreDir(const config::v1::Config& config, const std::string& service);
// Schema of its store where the configuration names a database.
std::string StoreSchema(const std::string& service);

// Opens the store, or makes an empty one. Errors of kv::OpenRocksBackend and OpenPostgresBackend,
// UNAVAILABLE FOLDER_FAILED.
absl::StatusOr<std::unique_ptr<kv::Backend>> OpenStore(const config::v1::Config& config,
                                                       const std::string& service);

// Makes a folder with those above it. UNAVAILABLE FOLDER_FAILED.
absl::Status MakeFolder(const std::string& path);

}  // namespace jodal::host

#endif  // JODAL_COMMON_HOST_STORE_H_
