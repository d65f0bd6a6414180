#include "procurement/bid/bid_check.h"

#include <gtest/gtest.h>

#include <functional>

namespace jodal::procurement {
namespace {

TEST(BidCheck, NamesEveryFault) {
  const BidFacts good{"T1", "h1", "S1", "id1", 1, 1, "KRW", {1, 15}, 32};
  const BidExpected expected{"T1",  "h1",  "S1",
                             "id1", "KRW", *rules::FindRuleSet("kr-state-goods-2024")};
  struct Case {
    const char* reason;
    std::function<void(BidFacts&)> alter;
  };
  const Case cases[] = {
      {"", [](BidFacts&) {}},
      {"TENDER_MISMATCH", [](BidFacts& b) { b.tender_id = "T2"; }},
      {"NOTICE_MISMATCH", [](BidFacts& b) { b.notice_hash = ""; }},
      {"BIDDER_MISMATCH", [](BidFacts& b) { b.bidder_id = "S2"; }},
      {"SUBMISSION_MISMATCH", [](BidFacts& b) { b.submission_id = "id2"; }},
      {"LOT_INVALID", [](BidFacts& b) { b.lot = 0; }},
      {"PRICE_INVALID", [](BidFacts& b) { b.price = 0; }},
      {"PRICE_INVALID", [](BidFacts& b) { b.price = -1; }},
      {"CURRENCY_INVALID", [](BidFacts& b) { b.currency = "USD"; }},
      {"PICKS_INVALID", [](BidFacts& b) { b.picks = {1}; }},
      {"PICKS_INVALID",
       [](BidFacts& b) {
         b.picks = {3, 3};
       }},
      {"PICKS_INVALID",
       [](BidFacts& b) {
         b.picks = {0, 3};
       }},
      {"PICKS_INVALID",
       [](BidFacts& b) {
         b.picks = {3, 16};
       }},
      {"PICKS_INVALID",
       [](BidFacts& b) {
         b.picks = {1, 2, 3};
       }},
      {"NONCE_INVALID", [](BidFacts& b) { b.nonce_bytes = 31; }},
  };
  for (const Case& c : cases) {
    BidFacts bid = good;
    c.alter(bid);
    EXPECT_STREQ(VoidReasonOf(bid, expected), c.reason);
  }
}

}  // namespace
}  // namespace jodal::procurement
