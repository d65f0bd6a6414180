#include "clients/install/check_stores.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/config/config.h"
#include "common/config/log_origin.h"
#include "common/host/store.h"
#include "common/ledger/check_ledger.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::install {
namespace {

namespace fs = std::filesystem;

absl::Status MissingError(const std::string& store) {
  return MakeError(absl::StatusCode::kNotFound, "STORE_MISSING",
                   absl::StrCat("there is no store in ", store), {{"store", store}});
}

// Whether a process has a store in files open, asked before anything of it is read: a write-ahead
// log that somebody is writing looks damaged.
absl::Status CheckNotRunning(const std::string& dir) {
  const std::string lock_file = dir + "/LOCK";
  const int fd = open(lock_file.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) return absl::OkStatus();  // what opens the store says why it cannot
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool known = fcntl(fd, F_GETLK, &lock) == 0;
  close(fd);
  if (!known || lock.l_type == F_UNLCK) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, "STORE_LOCKED",
                   absl::StrCat("the process ", lock.l_pid, " has the store in ", dir, " open"),
                   {{"store", dir}});
}

absl::Status CheckStore(const config::v1::Config& config, StoreCheck& check,
                        const std::function<void(const StoreProgress&)>& progress) {
  if (!config.has_postgres()) {
    std::error_code ignored;
    if (!fs::exists(check.store + "/CURRENT", ignored)) return MissingError(check.store);
    RETURN_IF_ERROR(CheckNotRunning(check.store));
  }
  ASSIGN_OR_RETURN(const auto backend, host::OpenStore(config, check.service));
  const std::string origin = config::LogOrigin({.system = config.system(),
                                                .training = config::IsTraining(config),
                                                .service = check.service});
  RETURN_IF_ERROR(ledger::CheckLedger(*backend, origin, [&](uint64_t entries, uint64_t of) {
    check.entries = entries;
    if (progress) progress({check.service, entries, of});
  }));
  const auto fold = FoldOf(check.service, config.system());
  if (fold == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(StateCheck state, CheckState(*backend, *fold));
  check.records = state.records;
  check.differences = std::move(state.differences);
  if (check.differences.empty()) return absl::OkStatus();
  const Difference& first = check.differences.front();
  return MakeError(absl::StatusCode::kDataLoss, "STATE_DIFFERS",
                   absl::StrCat(check.differences.size(),
                                " values are not what the signed documents make of them, the first "
                                "in ",
                                first.subject, first.field.empty() ? "" : ", ", first.field),
                   {{"subject", first.subject}, {"field", first.field}});
}

}  // namespace

std::vector<StoreCheck> CheckStores(const config::v1::Config& config,
                                    const std::vector<std::string>& services,
                                    const std::function<void(const StoreProgress&)>& progress) {
  std::vector<StoreCheck> out;
  for (const std::string& service : services) {
    StoreCheck& check = out.emplace_back();
    check.service = service;
    check.store = config.has_postgres() ? absl::StrCat("schema ", host::StoreSchema(service))
                                        : host::StoreDir(config, service);
    check.status = CheckStore(config, check, progress);
    if (ErrorReason(check.status) == "LEDGER_NOT_FOUND") check.status = MissingError(check.store);
  }
  return out;
}

}  // namespace jodal::install
