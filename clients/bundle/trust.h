// What an offline verifier knows beforehand: root certificates and the public keys of the logs.
#ifndef JODAL_CLIENTS_BUNDLE_TRUST_H_
#define JODAL_CLIENTS_BUNDLE_TRUST_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/log/checkpoint.h"

namespace jodal::bundle {

struct Trust {
  std::vector<std::string> anchors;              // certificates, DER or PEM
  std::map<std::string, log::LogIdentity> logs;  // by service
  // The registrar's certificate, hex SHA-256. Empty: whom the registration log names as approved is
  // taken as approved by a registrar, whose certificate then only has to be valid.
  std::string registrar_cert_sha256;

  // Reads the trust folder of an installation: anchors/*, logs.json, and registrar.sha256 (hex, one
  // line) if it is there. NOT_FOUND FILE_MISSING; INVALID_ARGUMENT TRUST_INVALID; the errors of
  // strict JSON.
  static absl::StatusOr<Trust> Load(const std::string& dir);
};

}  // namespace jodal::bundle

#endif  // JODAL_CLIENTS_BUNDLE_TRUST_H_
