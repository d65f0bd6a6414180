#include "procurement/bid/bid_check.h"

namespace jodal::procurement {
namespace {

constexpr int kPickMax = 15;
constexpr size_t kNonceBytes = 32;

bool IsPick(int pick) { return pick >= 1 && pick <= kPickMax; }

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
  if (bid.price <= 0) return kVoidPrice;
  if (bid.currency != expected.currency) return kVoidCurrency;
  if (bid.picks.size() != 2 || !IsPick(bid.picks[0]) || !IsPick(bid.picks[1]) ||
      bid.picks[0] == bid.picks[1]) {
    return kVoidPicks;
  }
  if (bid.nonce_bytes != kNonceBytes) return kVoidNonce;
  return "";
}

}  // namespace jodal::procurement
