// The registration service as a module.
#ifndef JODAL_SERVICES_REGISTRATION_MODULE_H_
#define JODAL_SERVICES_REGISTRATION_MODULE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/host/module.h"

namespace jodal::registration {

struct RegistrationOptions {
  // Hex SHA-256 of the first registrar's signing certificate; "" for none, and then nobody can be
  // approved.
  std::string registrar_cert_sha256;
  // Makes session tokens. Not null.
  std::shared_ptr<const rpc::SessionIssuer> sessions;
};

std::unique_ptr<host::Module> NewModule(const host::ModuleContext& context,
                                        RegistrationOptions options);

// With the configured registrar and the master key in keys_dir/session.key, for all services of the
// installation. FAILED_PRECONDITION SESSION_KEY_INVALID, or SESSION_KEY_MISMATCH if the services
// would not accept its tokens (keys_dir/session-<service>.key were derived from another master
// key).
absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config);

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_MODULE_H_
