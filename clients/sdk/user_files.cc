#include "clients/sdk/user_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::sdk {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadBytes = 64 * 1024;

absl::Status FileError(absl::StatusCode code, absl::string_view reason, absl::string_view what,
                       const std::string& path, int error) {
  const char* name = strerrorname_np(error);
  return MakeError(code, reason, absl::StrCat("cannot ", what, " ", path, ": ", strerror(error)),
                   {{"file", path}, {"errno", name == nullptr ? absl::StrCat(error) : name}});
}

absl::Status NotWritten(const std::string& path, int error) {
  return FileError(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", "write", path, error);
}

// 0, or the errno of the first call that failed. close() too reports a full disk.
int WriteAll(int fd, absl::string_view bytes) {
  int error = 0;
  while (error == 0 && !bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
    if (n == 0) error = EIO;
    if (n < 0 && errno != EINTR) error = errno;
  }
  if (close(fd) != 0 && error == 0) error = errno;
  return error;
}

std::string XdgFile(const char* variable, const char* fallback, absl::string_view rest) {
  const char* base = std::getenv(variable);
  const char* home = std::getenv("HOME");
  if (base != nullptr && *base != '\0') return absl::StrCat(base, "/jodal/", rest);
  return absl::StrCat(home != nullptr ? home : ".", "/", fallback, "/jodal/", rest);
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  int error = fd < 0 ? errno : 0;
  std::string out;
  for (ssize_t n = 1; error == 0 && n != 0;) {
    const size_t size = out.size();
    out.resize(size + kReadBytes);
    n = read(fd, out.data() + size, kReadBytes);
    if (n < 0 && errno != EINTR) error = errno;
    out.resize(size + static_cast<size_t>(n > 0 ? n : 0));
  }
  if (fd >= 0) close(fd);
  if (error == 0) return out;
  const bool missing = error == ENOENT || error == ENOTDIR;
  return FileError(missing ? absl::StatusCode::kNotFound : absl::StatusCode::kUnavailable,
                   missing ? "FILE_MISSING" : "FILE_NOT_READ", "read", path, error);
}

absl::Status MakeFolder(const std::string& path, bool secret) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    return FileError(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN", "make the folder", path,
                     error.value());
  }
  if (secret && chmod(path.c_str(), 0700) != 0) return NotWritten(path, errno);
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, absl::string_view bytes, mode_t mode) {
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty()) RETURN_IF_ERROR(MakeFolder(folder.string()));
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".tmp");
  unlink(temporary.c_str());
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return NotWritten(path, errno);
  int error = WriteAll(fd, bytes);
  if (error == 0 && rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return absl::OkStatus();
  unlink(temporary.c_str());
  return NotWritten(path, error);
}

std::string ConfigFile(absl::string_view rest) {
  return XdgFile("XDG_CONFIG_HOME", ".config", rest);
}

std::string StateFile(absl::string_view rest) {
  return XdgFile("XDG_STATE_HOME", ".local/state", rest);
}

}  // namespace jodal::sdk
