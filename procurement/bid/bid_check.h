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
inline constexpr char kVoidStage[] = "STAGE_MISMATCH";  // or another round
inline constexpr char kVoidBidder[] = "BIDDER_MISMATCH";
inline constexpr char kVoidSubmission[] = "SUBMISSION_MISMATCH";
inline constexpr char kVoidLot[] = "LOT_INVALID";
inline constexpr char kVoidOffer[] = "OFFER_INVALID";  // with parts that the method does not take
inline constexpr char kVoidPrice[] = "PRICE_INVALID";
inline constexpr char kVoidCurrency[] = "CURRENCY_INVALID";
inline constexpr char kVoidNonce[] = "NONCE_INVALID";

// What the outside of the bid and the notice say.
struct BidExpected {
  std::string tender_id;
  std::string notice_hash;
  int stage = 1;
  int round = 1;
  std::string bidder_id;
  std::string submission_id;
  std::string currency;
  int lots = 1;                              // of the notice
  const rules::RuleSet* rule_set = nullptr;  // required
};

// The first reason for which the whole bid is void, "" if it is valid: bound to this very
// submission and to this stage and round, in the notice's currency, with offers for lots of the
// notice in their order, a nonce of 32 bytes for the draw, and at least one offer that counts: a
// bid none of whose offers does is void by the reason of the first.
const char* VoidReasonOf(const document::v1::Bid& bid, const BidExpected& expected);

// The reason for which an offer alone is void, "" if it counts: what the method of the award asks
// of it (a price above 0, picks), and nothing that the method does not know.
const char* VoidReasonOf(const document::v1::Offer& offer, const rules::RuleSet& rule_set);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_BID_BID_CHECK_H_
