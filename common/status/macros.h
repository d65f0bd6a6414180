// Early return on errors. The expression is evaluated once.
#ifndef JODAL_COMMON_STATUS_MACROS_H_
#define JODAL_COMMON_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define JODAL_STATUS_CONCAT_(a, b) a##b
#define JODAL_STATUS_CONCAT(a, b) JODAL_STATUS_CONCAT_(a, b)

#define RETURN_IF_ERROR(expr)                      \
  do {                                             \
    absl::Status jodal_status_ = (expr);           \
    if (!jodal_status_.ok()) return jodal_status_; \
  } while (false)

#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_IMPL_(JODAL_STATUS_CONCAT(jodal_statusor_, __LINE__), lhs, expr)

#define ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr) \
  auto statusor = (expr);                           \
  if (!statusor.ok()) return statusor.status();     \
  lhs = std::move(statusor).value()

#endif  // JODAL_COMMON_STATUS_MACROS_H_
