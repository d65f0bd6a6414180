// The files of a bundle in memory, with a record of which of them have been looked at.
#ifndef JODAL_CLIENTS_BUNDLE_FILES_H_
#define JODAL_CLIENTS_BUNDLE_FILES_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/status/error.h"

namespace jodal::bundle {

// A verdict: DATA_LOSS with `reason` and metadata file, and more.
absl::Status Wrong(absl::string_view reason, absl::string_view file, absl::string_view message,
                   ErrorMetadata more = {});
// `status` as a verdict about `file`: keeps reason and metadata. OK stays OK.
absl::Status WrongAt(absl::string_view file, const absl::Status& status);

// Not thread-safe.
class Files {
 public:
  // Reads every regular file below `dir`. NOT_FOUND BUNDLE_NOT_FOUND, UNAVAILABLE FILE_IO; a
  // verdict BUNDLE_UNKNOWN_FILE for anything that is neither a file nor a folder.
  static absl::StatusOr<Files> Load(const std::string& dir);

  bool Has(const std::string& path) const { return bytes_.count(path) != 0; }
  // Marks the file as looked at. A verdict BUNDLE_FILE_MISSING if it is not there.
  absl::StatusOr<const std::string*> Read(const std::string& path);
  // Names directly below `dir` ("bids/"), files and folders alike, sorted.
  std::vector<std::string> Children(const std::string& dir) const;
  const std::map<std::string, std::string>& all() const { return bytes_; }
  // The first file by path that was never read, or "".
  std::string FirstUnread() const;

 private:
  std::map<std::string, std::string> bytes_;
  std::set<std::string> read_;
};

// The bytes of bundle.json for `files` (itself left out).
struct ManifestHead {
  std::string system;
  bool training = false;
  std::string tender_id;
};
absl::StatusOr<std::string> MakeManifest(const ManifestHead& head,
                                         const std::map<std::string, std::string>& files);

}  // namespace jodal::bundle

#endif  // JODAL_CLIENTS_BUNDLE_FILES_H_
