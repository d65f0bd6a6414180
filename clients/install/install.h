// Makes the folder of an installation: keys, certificates, trust and configuration.
//
//   <dir>/config.json      of the services (jodal.config.v1.Config)
//         context.json     of the clients (jodal.config.v1.ClientContext)
//         keys/            log-<service>.pem, session.key, session-<service>.key (0600), the
//                          services' for those that keep a store
//         trust/           anchors/ intermediates/ crls/ logs.json registrar.sha256: what
//                          signatures and logs are judged by; all that an offline verifier needs
//         tls/             only with separate processes: ca.pem, <service>.{pem,key},
//                          client.{pem,key}; an authority of its own that is not kept
//         data/            stores, made by the services
//         run/, log/       sockets and process ids, what the processes print
//         ca/              training only: the demo authority
//         identities/registrar/  training only: the first registrar's keys
#ifndef JODAL_CLIENTS_INSTALL_INSTALL_H_
#define JODAL_CLIENTS_INSTALL_INSTALL_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/sdk/identity.h"
#include "common/crypto/random.h"
#include "common/pki/ca.h"

namespace jodal::install {

// The services of an installation, in the order in which they are started.
std::vector<std::string> Services();
// Those of them that keep a store, and so a log.
std::vector<std::string> Stores();

struct InstallOptions {
  std::string dir;
  std::string system = "demo.jodal.example";
  bool training = true;
  bool processes = false;  // every service on a loopback port of its own with mTLS, instead of one
                           // unix socket for all
  std::string postgres;    // conninfo of the database for the stores; "" for RocksDB
  std::string admin_address;  // metrics; "" for none. Only without `processes`
  // A production installation brings its own: the certificate of the first registrar (hex SHA-256)
  // and a folder with anchors/, intermediates/ and crls/.
  std::string registrar_cert_sha256;
  std::string trust_from;
};

// `now` is this machine's time. Idempotent: an installation that is complete is left alone, one
// that was interrupted is completed with the keys it has. INVALID_ARGUMENT INSTALL_OPTIONS,
// UNAVAILABLE FILE_NOT_WRITTEN, the errors of the keys and of config::LoadConfig.
absl::Status CreateInstallation(const InstallOptions& options, absl::Time now);

// What `options` ask for and the installation that is there already is not: a line for people each.
// CreateInstallation leaves such an installation alone. Empty if there is none, or nothing differs.
absl::StatusOr<std::vector<std::string>> IgnoredOptions(const InstallOptions& options);

// Paths within an installation.
std::string ConfigFile(absl::string_view dir);
std::string ContextFile(absl::string_view dir);
std::string CaDir(absl::string_view dir);
std::string TrustDir(absl::string_view dir);
std::string IdentityDir(absl::string_view dir, absl::string_view name);

struct IdentityRequest {
  std::string name;          // common name, 1 to 64 characters
  std::string organization;  // may be empty
  bool agreement = false;    // a key-agreement pair as well: members of opening committees
  // Infinite: as long as the authority itself.
  absl::Time not_before = absl::InfinitePast();
  absl::Time not_after = absl::InfiniteFuture();
};

// Fresh P-256 keys with certificates by `ca`. Nothing is written.
absl::StatusOr<sdk::Identity> NewIdentity(const pki::CertificateAuthority& ca,
                                          const IdentityRequest& request, crypto::Random& random);

// Publishes the authority's present revocations in `trust_dir`, in force from `now` for as long as
// a training clock may run. SignatureService.UpdateCrl gives the services the new list.
absl::Status WriteTrust(pki::CertificateAuthority& ca, const std::string& trust_dir,
                        absl::Time now);

// End of every certificate and CRL of a training installation made at `now`: its clock moves years.
absl::Time TrainingEnd(absl::Time now);

}  // namespace jodal::install

#endif  // JODAL_CLIENTS_INSTALL_INSTALL_H_
