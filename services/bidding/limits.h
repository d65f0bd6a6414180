// Limits of the bidding service.
#ifndef JODAL_SERVICES_BIDDING_LIMITS_H_
#define JODAL_SERVICES_BIDDING_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace jodal::bidding {

// Of one bid: fits one stored value (100 KB).
inline constexpr size_t kCiphertextBytesMax = 64 * 1024;
// Of seal.json: 16 shares take 6 KB; with a signature of 64 KiB it fits one stored value.
inline constexpr size_t kSealBytesMax = 16 * 1024;
// Of open-share.json: with its signature it fits one commit. Some 7,400 bids at 107 bytes each.
inline constexpr size_t kOpenSharesBytesMax = 800 * 1000;

// A box closes at the latest this long past its deadline, whatever is still under way.
inline constexpr absl::Duration kCloseGrace = absl::Seconds(2);
// How often the closer and the opener look at the clock.
inline constexpr absl::Duration kWorkPeriod = absl::Milliseconds(20);
// How long they wait after a failure.
inline constexpr absl::Duration kWorkRetry = absl::Seconds(1);

// Page sizes; a page also ends at kPageBytesMax, so that it fits a gRPC message of 4 MiB.
inline constexpr int kSealedPageMax = 200;
inline constexpr int kSealedPageWithCiphertextMax = 32;
inline constexpr int kOpenedPageMax = 500;
inline constexpr size_t kPageBytesMax = 3 << 20;

// Bids that are opened in one commit: events and keys below 100, bytes well below 1 MiB.
inline constexpr int kOpenGroupMax = 20;
inline constexpr size_t kOpenGroupBytesMax = 640 * 1024;
inline constexpr size_t kOpenedOverheadBytes =
    4 * 1024;  // of a stored opened bid beside its payload
inline constexpr int kOpenThreads = 2;

// Rows of one box that are read at once: more than an open-share document can name.
inline constexpr size_t kBoxRowsMax = 100'000;

inline constexpr size_t kTenderIdBytesMax = 64;  // part of keys

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_LIMITS_H_
