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

// UTF-8 bytes. A title is part of the record, of every list and of the public event.
inline constexpr size_t kTitleBytesMax = 600;

// Versions of a notice; their hashes lie in one record. Korean notices count 000 to 999.
inline constexpr int kNoticeVersionsMax = 99;

// Tender ids tried before giving up. With ten million ids of a year taken, the chance that all are
// taken is 10^-32.
inline constexpr int kTenderIdProbesMax = 32;

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 200;
// Records looked at for one page: a rare state must not make one call read everything.
inline constexpr size_t kListScanMax = 5000;

// Rows of the result in one page: at some 185 bytes each, 300 at most, it fits one stored value.
// The summary has 67 bytes for each page and fits one commit up to three million bids.
inline constexpr int kResultPageRows = 256;
// Bytes of pages in one answer, so that it fits a gRPC message of 4 MiB.
inline constexpr size_t kResultAnswerBytesMax = 3 << 20;

// A creation that was under way when the tender was cancelled has arrived or failed after this.
inline constexpr absl::Duration kBoxSettleTime = absl::Minutes(1);
// Machine time between two looks at what the bidding service has still to be told.
inline constexpr absl::Duration kWorkPeriod = absl::Seconds(1);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_LIMITS_H_
