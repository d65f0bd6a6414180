// Limits of the procedure: what a notice, a bid and a result may hold. Each is tested at the limit
// and one past it. They are the same for the service, the client that composes and the auditor.
#ifndef JODAL_PROCUREMENT_LIMITS_H_
#define JODAL_PROCUREMENT_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace jodal::procurement {

// KRW, for bids and prices. Far above the largest contracts, and low enough that the bid rate
// against a planned price of 1 KRW still fits into int64: no sealed amount can make an opening
// overflow.
inline constexpr int64_t kAmountMaxKrw = 90'000'000'000'000;

// KRW, for base amounts: preliminary prices over the base stay under kAmountMaxKrw.
inline constexpr int64_t kBaseMaxKrw = kAmountMaxKrw / 2;

// Numbers of preliminary prices; the law has 15, the histogram is indexed by a small int.
inline constexpr int kPriceCountMax = 100;

// UTF-8 bytes of a text of a notice whose field says nothing else (option `field`). A title is part
// of the record, of every list and of the public event.
inline constexpr size_t kTextBytesMax = 600;

// Of a notice. A bid has an offer for each lot, and the log repeats them in one entry; the summary
// of the result has the prices of each.
inline constexpr int kLotsMax = 30;
inline constexpr int kStagesMax = 4;
inline constexpr int kItemsMax = 200;  // of a lot
inline constexpr int kAttachmentsMax = 50;
inline constexpr int kParametersMax = 20;
// Bytes of an attached file.
inline constexpr int64_t kAttachmentBytesMax = int64_t{2} << 30;

// Candidates that the summary of a result names for each lot; its rows have all of them.
inline constexpr int kCandidatesNamed = 10;

// Committee members: one byte numbers a member, and every bid carries a share for each.
inline constexpr int kCommitteeMax = 16;
inline constexpr int kQuorumMin = 2;

// Of one bid. Ciphertext, seal and signature together fit one stored value (100 KB).
inline constexpr size_t kCiphertextBytesMax = 64 * 1024;
// Of seal.json: 16 shares take 6 KB.
inline constexpr size_t kSealBytesMax = 16 * 1024;
// Of seal.p7s: a chain of three certificates with RSA keys of 4,096 bits takes 7 KB.
inline constexpr size_t kSealSignatureBytesMax = 16 * 1024;
// Of one open-share.json: with its signature it fits one commit. Some 18,000 bids at 43 bytes each;
// a box of more takes several.
inline constexpr size_t kOpenSharesBytesMax = 800 * 1000;

// Rows of the result in one page: at some 185 bytes each, 300 at most, it fits one stored value.
// The summary has 67 bytes for each page and fits one commit up to three million bids.
inline constexpr int kResultPageRows = 256;

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_LIMITS_H_
