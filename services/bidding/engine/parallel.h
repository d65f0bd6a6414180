// Work on independent items by several threads at once.
#ifndef JODAL_SERVICES_BIDDING_ENGINE_PARALLEL_H_
#define JODAL_SERVICES_BIDDING_ENGINE_PARALLEL_H_

#include <cstddef>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace jodal::bidding {

// Calls `each` with 0 .. count-1, once each unless one fails, by `threads` threads of which the
// caller is one; `each` must be thread-safe. OK, or the error of the smallest index that failed:
// the answer does not depend on how the threads ran.
absl::Status ForEachParallel(size_t count, size_t threads,
                             absl::FunctionRef<absl::Status(size_t)> each);

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_PARALLEL_H_
