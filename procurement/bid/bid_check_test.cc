#include "procurement/bid/bid_check.h"

#include <gtest/gtest.h>

#include <functional>

#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

using document::v1::Bid;

Bid Good() {
  Bid bid;
  bid.set_tender_id("T1");
  bid.set_notice_hash("h1");
  bid.set_stage(1);
  bid.set_round(1);
  bid.set_bidder_id("S1");
  bid.set_submission_id("id1");
  bid.set_currency("KRW");
  bid.set_nonce(std::string(32, 'n'));
  for (const int lot : {1, 3}) {
    auto* offer = bid.add_offers();
    offer->set_lot(lot);
    offer->set_amount(1);
    offer->add_picks(1);
    offer->add_picks(15);
  }
  return bid;
}

BidExpected Expected() {
  return {"T1", "h1", 1, 1, "S1", "id1", "KRW", 3, *rules::FindRuleSet("kr-state-goods-2024")};
}

TEST(BidCheck, NamesEveryFault) {
  struct Case {
    const char* reason;
    std::function<void(Bid&)> alter;
  };
  const Case cases[] = {
      {"", [](Bid&) {}},
      {"TENDER_MISMATCH", [](Bid& b) { b.set_tender_id("T2"); }},
      {"NOTICE_MISMATCH", [](Bid& b) { b.clear_notice_hash(); }},
      {"STAGE_MISMATCH", [](Bid& b) { b.set_stage(2); }},
      {"STAGE_MISMATCH", [](Bid& b) { b.set_round(2); }},
      {"BIDDER_MISMATCH", [](Bid& b) { b.set_bidder_id("S2"); }},
      {"SUBMISSION_MISMATCH", [](Bid& b) { b.set_submission_id("id2"); }},
      {"LOT_INVALID", [](Bid& b) { b.clear_offers(); }},
      {"LOT_INVALID", [](Bid& b) { b.mutable_offers(0)->set_lot(0); }},
      {"LOT_INVALID", [](Bid& b) { b.mutable_offers(1)->set_lot(4); }},
      {"LOT_INVALID", [](Bid& b) { b.mutable_offers(1)->set_lot(1); }},
      {"LOT_INVALID", [](Bid& b) { b.mutable_offers()->SwapElements(0, 1); }},
      {"CURRENCY_INVALID", [](Bid& b) { b.set_currency("USD"); }},
      {"NONCE_INVALID", [](Bid& b) { b.set_nonce(std::string(31, 'n')); }},
      // One offer that counts is enough for the bid; none is not.
      {"", [](Bid& b) { b.mutable_offers(0)->set_amount(0); }},
      {"PICKS_INVALID",
       [](Bid& b) {
         b.mutable_offers(0)->clear_picks();
         b.mutable_offers(1)->set_amount(0);
       }},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    Bid bid = Good();
    cases[i].alter(bid);
    EXPECT_STREQ(VoidReasonOf(bid, Expected()), cases[i].reason) << i;
  }
}

TEST(BidCheck, NamesEveryFaultOfAnOffer) {
  using document::v1::Offer;
  struct Case {
    const char* reason;
    std::function<void(Offer&)> alter;
  };
  const auto picks = [](std::initializer_list<int> numbers) {
    return [numbers = std::vector<int>(numbers)](Offer& o) {
      o.clear_picks();
      for (const int number : numbers) o.add_picks(number);
    };
  };
  const Case cases[] = {
      {"", [](Offer&) {}},
      {"PRICE_INVALID", [](Offer& o) { o.set_amount(0); }},
      {"PRICE_INVALID", [](Offer& o) { o.set_amount(-1); }},
      {"", [](Offer& o) { o.set_amount(kAmountMaxKrw); }},
      {"PRICE_INVALID", [](Offer& o) { o.set_amount(kAmountMaxKrw + 1); }},
      {"OFFER_INVALID", [](Offer& o) { o.add_unit_prices(); }},
      {"OFFER_INVALID", [](Offer& o) { o.set_proposal_root("r"); }},
      {"PICKS_INVALID", picks({1})},
      {"PICKS_INVALID", picks({3, 3})},
      {"PICKS_INVALID", picks({0, 3})},
      {"PICKS_INVALID", picks({3, 16})},
      {"PICKS_INVALID", picks({1, 2, 3})},
  };
  for (const Case& c : cases) {
    Offer offer = Good().offers(0);
    c.alter(offer);
    EXPECT_STREQ(VoidReasonOf(offer, *Expected().rule_set), c.reason);
  }
}

}  // namespace
}  // namespace jodal::procurement
