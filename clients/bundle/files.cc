#include "clients/bundle/files.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "jodal/bundle/v1/bundle.pb.h"

namespace jodal::bundle {

namespace fs = std::filesystem;

absl::Status Wrong(absl::string_view reason, absl::string_view file, absl::string_view message,
                   ErrorMetadata more) {
  more.insert(more.begin(), {"file", std::string(file)});
  return MakeError(absl::StatusCode::kDataLoss, reason, absl::StrCat(file, ": ", message), more);
}

absl::Status WrongAt(absl::string_view file, const absl::Status& status) {
  if (status.ok()) return status;
  ErrorMetadata more;
  for (auto& [key, value] : ErrorMetadataOf(status)) {
    if (key != "file") more.push_back({key, value});
  }
  const std::string reason = ErrorReason(status);
  return Wrong(reason.empty() ? "BUNDLE_FILE_MALFORMED" : reason, file, status.message(), more);
}

absl::StatusOr<Files> Files::Load(const std::string& dir) {
  std::error_code error;
  if (!fs::is_directory(dir, error)) {
    return MakeError(absl::StatusCode::kNotFound, "BUNDLE_NOT_FOUND",
                     absl::StrCat(dir, " is no folder"), {{"file", dir}});
  }
  Files out;
  for (fs::recursive_directory_iterator it(dir, error), end; !error && it != end;
       it.increment(error)) {
    const std::string path = fs::path(it->path()).lexically_relative(dir).generic_string();
    const fs::file_status status = it->symlink_status(error);
    if (error) break;
    if (fs::is_directory(status)) {
      if (fs::is_empty(it->path(), error)) {
        return Wrong("BUNDLE_UNKNOWN_FILE", path, "an empty folder is no part of a bundle");
      }
      continue;
    }
    if (!fs::is_regular_file(status)) {
      return Wrong("BUNDLE_UNKNOWN_FILE", path, "neither a file nor a folder");
    }
    std::ifstream in(it->path(), std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in.is_open() || in.bad()) error = std::make_error_code(std::errc::io_error);
    out.bytes_.emplace(path, std::move(bytes));
  }
  if (error) {
    return MakeError(absl::StatusCode::kUnavailable, "FILE_IO",
                     absl::StrCat("cannot read ", dir, ": ", error.message()), {{"file", dir}});
  }
  return out;
}

absl::StatusOr<const std::string*> Files::Read(const std::string& path) {
  const auto it = bytes_.find(path);
  if (it == bytes_.end()) {
    return Wrong("BUNDLE_FILE_MISSING", path, "the bundle lacks this file");
  }
  read_.insert(path);
  return &it->second;
}

std::vector<std::string> Files::Children(const std::string& dir) const {
  std::vector<std::string> out;
  for (auto it = bytes_.lower_bound(dir); it != bytes_.end() && absl::StartsWith(it->first, dir);
       ++it) {
    std::string name = it->first.substr(dir.size());
    name = name.substr(0, name.find('/'));
    if (out.empty() || out.back() != name) out.push_back(std::move(name));
  }
  return out;
}

std::string Files::FirstUnread() const {
  for (const auto& [path, bytes] : bytes_) {
    if (read_.count(path) == 0) return path;
  }
  return "";
}

absl::StatusOr<std::string> MakeManifest(const ManifestHead& head,
                                         const std::map<std::string, std::string>& files) {
  v1::Manifest manifest;
  manifest.set_format(kFormat);
  manifest.set_system(head.system);
  manifest.set_training(head.training);
  manifest.set_tender_id(head.tender_id);
  for (const auto& [path, bytes] : files) {
    if (path == kManifestFile) continue;
    auto* file = manifest.add_files();
    file->set_path(path);
    file->set_size(static_cast<int64_t>(bytes.size()));
    file->set_sha256(HexEncode(crypto::Sha256(bytes)));
  }
  return document::ToCanonicalJson(manifest);
}

}  // namespace jodal::bundle
