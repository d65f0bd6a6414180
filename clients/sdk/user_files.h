// Files of a person: documents, receipts, keys, settings. Errors say what the system said, with
// metadata "file" and "errno" ("ENOSPC"), from which a client tells what to do.
#ifndef JODAL_CLIENTS_SDK_USER_FILES_H_
#define JODAL_CLIENTS_SDK_USER_FILES_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace jodal::sdk {

// NOT_FOUND FILE_MISSING; UNAVAILABLE FILE_NOT_READ.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// A reader sees the old file or the whole new one. Makes the folder if need be. UNAVAILABLE
// FILE_NOT_WRITTEN.
absl::Status WriteFile(const std::string& path, absl::string_view bytes, mode_t mode = 0644);

// With the folders above it; `secret`: for its owner alone, also where it existed. UNAVAILABLE
// FILE_NOT_WRITTEN.
absl::Status MakeFolder(const std::string& path, bool secret = false);

// Where the user's own settings and state lie, by XDG: "jodal/<rest>" below $XDG_CONFIG_HOME or
// ~/.config, $XDG_STATE_HOME or ~/.local/state.
std::string ConfigFile(absl::string_view rest);
std::string StateFile(absl::string_view rest);

}  // namespace jodal::sdk

#endif  // JODAL_CLIENTS_SDK_USER_FILES_H_
