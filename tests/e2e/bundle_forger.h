// Changes bundles the way an attacker would: with a manifest that fits, with the keys of the logs
// (a corrupt operator), with people's keys (those who conspire with him).
#ifndef JODAL_TESTS_E2E_BUNDLE_FORGER_H_
#define JODAL_TESTS_E2E_BUNDLE_FORGER_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/bundle/trust.h"
#include "clients/bundle/verify.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::e2e {

using FileMap = std::map<std::string, std::string>;  // bytes by path

FileMap ReadFiles(const std::string& dir);

// An entry of a log as the forger sees it. An event without a kind has no body.
struct ForgedEntry {
  log::v1::Entry head;
  event::v1::Event event;
};
using ForgedLog = std::vector<ForgedEntry>;

class Forger {
 public:
  // Works on a copy of `dir` below `scratch`. `keys_dir` holds log-<service>.pem.
  Forger(const std::string& dir, const std::string& scratch, const std::string& keys_dir,
         const bundle::Trust& trust);

  const FileMap& original() const { return original_; }

  // The verdict on the bundle after `change`, with a manifest made anew. The copy is put right
  // again.
  absl::Status Verify(const std::function<void(FileMap&)>& change) { return Try(change, true); }
  // The same under the old manifest.
  absl::Status VerifyUnderOldManifest(const std::function<void(FileMap&)>& change) {
    return Try(change, false);
  }

  // Rewrites a log as its operator could: `change` alters, drops or adds entries; bodies are
  // hashed, the tree is built, the checkpoint signed and every proof and receipt made again.
  void ForgeLog(FileMap& files, const std::string& service,
                const std::function<void(ForgedLog&)>& change) const;

 private:
  absl::Status Try(const std::function<void(FileMap&)>& change, bool new_manifest);
  void Write(const std::string& path, const std::string* bytes) const;  // null: remove

  const std::string dir_;  // of the copy
  const std::string keys_dir_;
  const bundle::Trust trust_;
  FileMap original_;
};

}  // namespace jodal::e2e

#endif  // JODAL_TESTS_E2E_BUNDLE_FORGER_H_
