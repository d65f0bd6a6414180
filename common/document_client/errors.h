// The errors of common/document_client.
#ifndef JODAL_COMMON_DOCUMENT_CLIENT_ERRORS_H_
#define JODAL_COMMON_DOCUMENT_CLIENT_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::document_client {

inline constexpr ErrorTable kErrors({
    {"SIGNATURE_REFUSED", absl::StatusCode::kFailedPrecondition},
    {"SIGNATURE_SERVICE_AWAY", absl::StatusCode::kUnavailable},
});

}  // namespace jodal::document_client

#endif  // JODAL_COMMON_DOCUMENT_CLIENT_ERRORS_H_
