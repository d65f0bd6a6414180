// Gathers the opening bundle of a tender from a running installation (docs/formats.md 5,
// docs/bundle.md).
#ifndef JODAL_CLIENTS_BUNDLE_EXPORT_H_
#define JODAL_CLIENTS_BUNDLE_EXPORT_H_

#include <string>

#include "absl/status/status.h"
#include "clients/sdk/client.h"
#include "clients/sdk/identity.h"

namespace jodal::bundle {

// Writes the bundle of a published tender, as far as it has come, to the folder `out_dir`, which
// must not exist or be empty; it appears only once it is complete. `reader` is an auditor or an
// officer: registrations are restricted; payment orders are left out unless the officer may see
// them. Reads the logs of the services from end to end. Does not verify what it writes:
// VerifyBundle does. ALREADY_EXISTS BUNDLE_EXISTS; ABORTED EXPORT_CHANGING (the tender kept
// changing); DATA_LOSS LOG_INCONSISTENT, EXPORT_INCOMPLETE; UNAVAILABLE FILE_NOT_WRITTEN; the
// errors of the services.
absl::Status ExportBundle(sdk::Client& client, sdk::Identity& reader, const std::string& tender_id,
                          const std::string& out_dir);

}  // namespace jodal::bundle

#endif  // JODAL_CLIENTS_BUNDLE_EXPORT_H_
