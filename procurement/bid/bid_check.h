// What makes an opened bid void. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_BID_BID_CHECK_H_
#define JODAL_PROCUREMENT_BID_BID_CHECK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "jodal/document/v1/documents.pb.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

// Reasons of void bids, UPPER_SNAKE, besides those of the method of the award
// (Method::void_reason). The first is the dealer's fault in the seal, the next two in what was
// sealed, the rest in the inner document. The seal has one reason for all its faults, because which
// of them shows depends on which members came (docs/adr/0002-proof-of-the-ephemeral-key.md).
inline constexpr char kVoidSealInconsistent[] = "SEAL_INCONSISTENT";
inline constexpr char kVoidCiphertext[] = "CIPHERTEXT_INVALID";
inline constexpr char kVoidPayload[] = "PAYLOAD_MALFORMED";
inline constexpr char kVoidBidMalformed[] = "BID_MALFORMED";
inline constexpr char kVoidSignature[] = "SIGNATURE_REFUSED";
inline constexpr char kVoidSigner[] =
    "SIGNER_MISMATCH";  // another certificate or person than outside
inline constexpr char kVoidSystem[] = "SYSTEM_MISMATCH";
inline constexpr char kVoidTender[] = "TENDER_MISMATCH";
inline constexpr char kVoidNotice[] = "NOTICE_MISMATCH";
inline constexpr char kVoidBidder[] = "BIDDER_MISMATCH";
inline constexpr char kVoidSubmission[] = "SUBMISSION_MISMATCH";
inline constexpr char kVoidLot[] = "LOT_INVALID";
inline constexpr char kVoidPrice[] = "PRICE_INVALID";
inline constexpr char kVoidCurrency[] = "CURRENCY_INVALID";
inline constexpr char kVoidNonce[] = "NONCE_INVALID";

struct BidFacts {
  std::string tender_id;
  std::string notice_hash;
  std::string bidder_id;
  std::string submission_id;
  int lot = 0;
  int64_t price = 0;
  std::string currency;
  std::vector<int> picks;
  size_t nonce_bytes = 0;
};

BidFacts FactsOf(const document::v1::Bid& bid);

// What the outside of the bid and the notice say.
struct BidExpected {
  std::string tender_id;
  std::string notice_hash;
  std::string bidder_id;
  std::string submission_id;
  std::string currency;
  const rules::RuleSet* rule_set = nullptr;  // required
};

// The first reason for which the bid is void, "" if it is valid: bound to this very submission, lot
// 1, in the notice's currency, what the method of the award asks of a bid (a price above 0, picks),
// a nonce of 32 bytes for the draw.
const char* VoidReasonOf(const BidFacts& bid, const BidExpected& expected);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_BID_BID_CHECK_H_
