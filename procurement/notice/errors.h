// The errors of procurement/notice.
#ifndef JODAL_PROCUREMENT_NOTICE_ERRORS_H_
#define JODAL_PROCUREMENT_NOTICE_ERRORS_H_

#include "absl/status/status.h"
#include "common/status/error.h"

namespace jodal::procurement {

inline constexpr ErrorTable kNoticeErrors({
    {"NOTICE_FIELD_INVALID", absl::StatusCode::kInvalidArgument},
});

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_ERRORS_H_
