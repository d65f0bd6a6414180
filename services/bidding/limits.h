// Limits of the bidding service.
#ifndef JODAL_SERVICES_BIDDING_LIMITS_H_
#define JODAL_SERVICES_BIDDING_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace jodal::bidding {

// A box closes at the latest this long past its deadline, whatever is still under way.
inline constexpr absl::Duration kCloseGrace = absl::Seconds(2);
// How often the opener looks for work.
inline constexpr absl::Duration kWorkPeriod = absl::Milliseconds(20);
// How long it waits after a failure.
inline constexpr absl::Duration kWorkRetry = absl::Seconds(1);

// How long a reader waits for a checkpoint that covers an entry whose effects it has seen.
inline constexpr absl::Duration kReceiptWait = absl::Seconds(5);

// Page sizes; a page also ends at kPageBytesMax, so that it fits a gRPC message of 4 MiB.
inline constexpr int kOwnBidsPageDefault = 50;
inline constexpr int kOwnBidsPageMax = 200;
inline constexpr int kSealedPageMax = 200;
inline constexpr int kSealedPageWithCiphertextMax = 32;
inline constexpr int kOpenedPageMax = 500;
inline constexpr size_t kPageBytesMax = 3 << 20;

// Bids that are opened in one commit: events and keys below 100, bytes below 1 MiB.
inline constexpr size_t kOpenGroupMax = 96;
inline constexpr size_t kOpenGroupBytesMax = 800 * 1000;
inline constexpr size_t kOpenedOverheadBytes =
    4 * 1024;  // of a stored opened bid beside its payload
// Groups that are being opened while earlier ones are committed: enough to keep every core busy
// during a sync, and some 4 MB in memory.
inline constexpr size_t kOpenGroupsAhead = 4;

// Bids whose shares are checked together when a member releases them: some 8 MB in memory.
inline constexpr size_t kShareCheckMax = 1024;

inline constexpr size_t kTenderIdBytesMax = 64;  // part of keys

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_LIMITS_H_
