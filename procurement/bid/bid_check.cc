#include "procurement/bid/bid_check.h"

#include "procurement/method/method.h"

namespace jodal::procurement {
namespace {

constexpr size_t kNonceBytes = 32;

}  // namespace

BidFacts FactsOf(const document::v1::Bid& bid) {
  return {bid.tender_id(),   bid.notice_hash(),
          bid.bidder_id(),   bid.submission_id(),
          bid.lot(),         bid.price(),
          bid.currency(),    {bid.picks().begin(), bid.picks().end()},
          bid.nonce().size()};
}

const char* VoidReasonOf(const BidFacts& bid, const BidExpected& expected) {
  if (bid.tender_id != expected.tender_id) return kVoidTender;
  if (bid.notice_hash != expected.notice_hash) return kVoidNotice;
  if (bid.bidder_id != expected.bidder_id) return kVoidBidder;
  if (bid.submission_id != expected.submission_id) return kVoidSubmission;
  if (bid.lot != 1) return kVoidLot;
  const Method& method = MethodOf(*expected.rule_set);
  if (method.needs_price && bid.price <= 0) return kVoidPrice;
  if (bid.currency != expected.currency) return kVoidCurrency;
  const char* reason = method.void_reason({bid.price, bid.picks}, *expected.rule_set);
  if (*reason != '\0') return reason;
  if (bid.nonce_bytes != kNonceBytes) return kVoidNonce;
  return "";
}

}  // namespace jodal::procurement
