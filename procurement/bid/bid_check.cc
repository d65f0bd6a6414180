#include "procurement/bid/bid_check.h"

#include "procurement/limits.h"
#include "procurement/method/method.h"

namespace jodal::procurement {
namespace {

constexpr size_t kNonceBytes = 32;

}  // namespace

const char* VoidReasonOf(const document::v1::Offer& offer, const rules::RuleSet& rule_set) {
  const Method& method = MethodOf(rule_set);
  if (method.needs_price && (offer.amount() <= 0 || offer.amount() > kAmountMaxKrw)) {
    return kVoidPrice;
  }
  // No method takes them yet; a bidder who thinks that they count must not be led to think so.
  if (!offer.unit_prices().empty() || !offer.proposal_root().empty()) return kVoidOffer;
  return method.void_reason({offer.amount(), {offer.picks().begin(), offer.picks().end()}},
                            rule_set);
}

const char* VoidReasonOf(const document::v1::Bid& bid, const BidExpected& expected) {
  if (bid.tender_id() != expected.tender_id) return kVoidTender;
  if (bid.notice_hash() != expected.notice_hash) return kVoidNotice;
  if (bid.stage() != expected.stage || bid.round() != expected.round) return kVoidStage;
  if (bid.bidder_id() != expected.bidder_id) return kVoidBidder;
  if (bid.submission_id() != expected.submission_id) return kVoidSubmission;
  if (bid.offers().empty()) return kVoidLot;
  int last = 0;
  for (const document::v1::Offer& offer : bid.offers()) {
    if (offer.lot() <= last || offer.lot() > expected.lots) return kVoidLot;
    last = offer.lot();
  }
  if (bid.currency() != expected.currency) return kVoidCurrency;
  if (bid.nonce().size() != kNonceBytes) return kVoidNonce;
  for (const document::v1::Offer& offer : bid.offers()) {
    if (*VoidReasonOf(offer, *expected.rule_set) == '\0') return "";
  }
  return VoidReasonOf(bid.offers(0), *expected.rule_set);
}

}  // namespace jodal::procurement
