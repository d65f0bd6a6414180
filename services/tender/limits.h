// Limits of the tender service. Each is tested at the limit and one past it, or bounds a loop.
#ifndef JODAL_SERVICES_TENDER_LIMITS_H_
#define JODAL_SERVICES_TENDER_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace jodal::tender {

// A notice with its signature, evidence and record fits one commit of 1 MiB.
inline constexpr size_t kNoticeBytesMax = 512 << 10;
// The other documents are forms with a remark.
inline constexpr size_t kFormBytesMax = 16 << 10;

// Versions of a notice; their hashes lie in one record. Korean notices count 000 to 999.
inline constexpr int kNoticeVersionsMax = 99;

// Tender ids tried before giving up. With ten million ids of a year taken, the chance that all are
// taken is 10^-32.
inline constexpr int kTenderIdProbesMax = 32;

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;
// Rows looked at for one page: a filter that fits few must not make one call read everything.
inline constexpr size_t kListScanMax = 5000;
// Part of a key of a list.
inline constexpr size_t kIdBytesMax = 64;
// Characters of a title that a list may be asked for.
inline constexpr size_t kListTextMax = 100;

// Bytes of pages in one answer, so that it fits a gRPC message of 4 MiB.
inline constexpr size_t kResultAnswerBytesMax = 3 << 20;

// A creation that was under way when the tender was cancelled has arrived or failed after this.
inline constexpr absl::Duration kBoxSettleTime = absl::Minutes(1);
// Machine time between two tries to deliver what the bidding service has not acknowledged.
inline constexpr absl::Duration kWorkPeriod = absl::Seconds(1);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_LIMITS_H_
