// Limits of the tracking service.
#ifndef JODAL_SERVICES_TRACKING_LIMITS_H_
#define JODAL_SERVICES_TRACKING_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace jodal::tracking {

inline constexpr size_t kFetchMax = 900;  // entries read from a log at once
inline constexpr size_t kTenderIdBytesMax = 256;
inline constexpr int kListMax = 1000;             // items in one answer
inline constexpr size_t kQueryScanMax = 20000;    // items looked at for one page of a query
inline constexpr size_t kWatchersMax = 2000;      // open WatchTimeline streams of a process
inline constexpr size_t kTendersKnownMax = 4096;  // whose newest item is kept in memory
inline constexpr size_t kWatchChunk = 200;        // items read for one watcher at once
// How long after its commit an entry may go unnoticed, while its log is busy and when it was quiet.
inline constexpr absl::Duration kPollMin = absl::Milliseconds(10);
inline constexpr absl::Duration kPollMax = absl::Milliseconds(100);
// The same in a burst, which is so many entries a second: the fixed cost of more fetches would take
// time from the bids.
inline constexpr double kBurstPerSecond = 5000;
inline constexpr absl::Duration kPollBurst = absl::Milliseconds(30);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_LIMITS_H_
