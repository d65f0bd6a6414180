#include "procurement/award/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "procurement/award/verifiable_draw.h"
#include "procurement/limits.h"
#include "procurement/notice/notice_facts.h"
#include "tests/support/notice_path.h"

namespace jodal::procurement {
namespace {

// The published opening R25BK00811340-000 (docs/rules-kr.md 1); amounts and picks of the bids are
// made up so that the published draw counts come out.
ResultInput SmallOpening() {
  ResultInput in;
  document::v1::Notice& n = in.notice;
  n.set_tender_id("R25BK00811340");
  n.set_regime("state");
  n.set_procurement_kind("general_services");
  n.set_category("general");
  n.set_method("qualification");
  n.set_rule_set("kr-state-general-services-2024");
  document::v1::Lot& lot = *n.add_lots();
  lot.set_lot(1);
  lot.set_presumed_price(367529090);
  lot.set_base_amount(404282000);
  lot.set_floor_rate_ppm(804950);
  lot.set_price_source("entered");
  document::v1::Stage& stage = *n.add_stages();
  stage.set_stage(1);
  stage.set_content("price");
  stage.set_bid_start("2025-06-27T00:00:00Z");
  stage.set_deadline("2025-07-01T03:00:00Z");
  stage.set_open_at("2025-07-01T04:54:13Z");
  in.notice_hash = std::string(64, 'a');
  in.seed = std::string(32, 's');
  in.box_root = std::string(64, 'b');
  in.entered_prices.emplace();
  in.entered_prices->set_tender_id(n.tender_id());
  in.entered_prices->set_notice_hash(in.notice_hash);
  document::v1::EnteredPrices::Lot& entered = *in.entered_prices->add_lots();
  entered.set_lot(1);
  entered.set_salt(std::string(32, 't'));
  for (int64_t price :
       {409780300, 408587700, 400930600, 405745600, 407184800, 402782200, 399394300, 397482000,
        406659200, 401941300, 396928200, 410625200, 399774300, 411644000, 404419500}) {
    entered.add_prices(price);
  }
  lot.set_entered_prices_sha256(EnteredPricesCommitment(entered));
  const int64_t amounts[] = {325451043, 325327585, 331200000, 402658750, 407000000};
  const int picks[][2] = {{8, 12}, {12, 8}, {8, 4}, {6, 10}, {13, 15}};
  for (int i = 0; i < 5; ++i) {
    bidding::v1::OpenedBid bid;
    bid.set_submission_id(absl::StrCat("s", i));
    bid.set_supplier_id(absl::StrCat("S-", i));
    bidding::v1::OpenedOffer& offer = *bid.add_offers();
    offer.set_lot(1);
    offer.set_amount(amounts[i]);
    for (int pick : picks[i]) offer.add_picks(pick);
    bid.set_nonce(std::string(32, static_cast<char>('0' + i)));
    in.bids.push_back(bid);
  }
  return in;
}

std::string Json(const ResultInput& in) {
  const auto result = ComputeResult(in);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *document::ToCanonicalJson(*result) : "";
}

// The documents of any result give it back, and no others do.
TEST(Result, IsPublishedInPagesThatItNames) {
  for (const int count : {0, 1, kResultPageRows, kResultPageRows + 1, 3 * kResultPageRows}) {
    tender::v1::EvaluationResult result = *ComputeResult(SmallOpening());
    result.mutable_lots(0)->clear_rows();
    result.add_lots()->set_lot(2);
    result.mutable_lots(1)->add_rows()->set_submission_id("other lot");
    for (int i = 0; i < count; ++i) {
      auto* row = result.mutable_lots(0)->add_rows();
      row->set_submission_id(absl::StrCat("s", i));
      row->set_amount(i);
    }
    const auto documents = ToDocuments(result);
    ASSERT_TRUE(documents.ok()) << documents.status();
    EXPECT_EQ(documents->pages.size(),
              static_cast<size_t>((count + kResultPageRows - 1) / kResultPageRows) + 1);
    tender::v1::EvaluationResult expected = result;
    for (size_t i = 0; i < documents->pages.size(); ++i) {
      expected.mutable_lots(i + 1 == documents->pages.size() ? 1 : 0)
          ->add_row_pages(HexEncode(crypto::Sha256(documents->pages[i])));
    }
    const auto again = FromDocuments(*documents);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), expected.SerializeAsString());
    EXPECT_EQ(ToDocuments(*again)->summary, documents->summary);

    ResultDocuments altered = *documents;
    altered.pages.push_back("{}");
    EXPECT_EQ(ErrorReason(FromDocuments(altered).status()), "RESULT_PAGE_MISMATCH");
    altered = *documents;
    altered.pages.pop_back();
    EXPECT_EQ(ErrorReason(FromDocuments(altered).status()), "RESULT_PAGE_MISMATCH");
    altered = *documents;
    altered.pages[0][altered.pages[0].size() / 2] ^= 1;
    EXPECT_EQ(ErrorReason(FromDocuments(altered).status()), "RESULT_PAGE_MISMATCH");
    if (count == 0) continue;
    altered = *documents;
    std::swap(altered.pages[0], altered.pages[1]);
    EXPECT_EQ(ErrorReason(FromDocuments(altered).status()), "RESULT_PAGE_MISMATCH");
  }
}

// A page of the longest rows that there can be fits one stored value.
TEST(Result, APageFitsAValue) {
  tender::v1::EvaluationResult result;
  result.add_lots()->set_lot(kLotsMax);
  for (int i = 0; i < kResultPageRows; ++i) {
    auto* row = result.mutable_lots(0)->add_rows();
    row->set_submission_id(std::string(32, 'f'));
    row->set_supplier_id(std::string(64, 'S'));
    row->set_amount(9'000'000'000'000'000'000);
    row->set_rank(1'000'000'000);
    row->set_place(1'000'000'000);
    row->set_remark("BELOW_NET_COST_LIMIT");
    row->set_void_reason("SUBMISSION_MISMATCH_AND_MORE");
    row->set_bid_rate_milli_percent(9'000'000'000'000'000'000);
    row->add_picks(15);
    row->add_picks(14);
    row->set_tied(true);
  }
  const auto documents = ToDocuments(result);
  ASSERT_EQ(documents->pages.size(), 1u);
  EXPECT_LE(documents->pages[0].size(), 100'000u);
}

TEST(Result, PublishedOpeningWithEnteredPrices) {
  const auto result = ComputeResult(SmallOpening());
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->lots_size(), 1);
  const auto& lot = result->lots(0);
  EXPECT_EQ(lot.planned_price(), 404158750);
  EXPECT_EQ(lot.assessment_rate_ppm(), 999'695);  // 99.96951… %
  EXPECT_THAT(lot.chosen(), testing::UnorderedElementsAre(4, 6, 8, 12));
  EXPECT_EQ(lot.floor_amount(), 325327586);
  EXPECT_EQ(lot.binding_limit(), "floor");
  EXPECT_EQ(lot.outcome(), "award");
  EXPECT_EQ(lot.outcome_detail(), "CANDIDATE");
  ASSERT_EQ(lot.candidates_size(), 3);
  EXPECT_EQ(lot.candidates(0).submission_id(), "s0");
  EXPECT_EQ(lot.candidates(0).supplier_id(), "S-0");
  EXPECT_EQ(lot.candidates(0).amount(), 325451043);
  EXPECT_EQ(lot.rows(2).place(), 3);
  EXPECT_EQ(lot.rows(3).place(), 0);
  EXPECT_EQ(lot.valid_bids(), 5);
  EXPECT_EQ(lot.ranked(), 3);
  EXPECT_EQ(lot.excluded(), 2);
  ASSERT_EQ(lot.prices_size(), 15);
  EXPECT_EQ(lot.prices(7).drawn(), 3);
  EXPECT_TRUE(lot.prices(7).chosen());
  ASSERT_EQ(lot.rows_size(), 5);
  EXPECT_EQ(lot.rows(0).supplier_id(), "S-0");
  EXPECT_EQ(lot.rows(3).remark(), "BELOW_FLOOR");
  EXPECT_EQ(lot.rows(4).remark(), "ABOVE_PLANNED");
}

document::v1::EnteredPrices::Lot& EnteredLot(ResultInput& in) {
  return *in.entered_prices->mutable_lots(0);
}

TEST(Result, EnteredPricesMustOpenTheCommitment) {
  struct Case {
    const char* name;
    void (*change)(ResultInput&);
    const char* reason;
  } cases[] = {
      {"none", [](ResultInput& in) { in.entered_prices.reset(); }, "ENTERED_PRICES_MISSING"},
      {"one price",
       [](ResultInput& in) { EnteredLot(in).set_prices(3, EnteredLot(in).prices(3) + 100); },
       "ENTERED_PRICES_MISMATCH"},
      {"two swapped", [](ResultInput& in) { EnteredLot(in).mutable_prices()->SwapElements(0, 1); },
       "ENTERED_PRICES_MISMATCH"},
      {"salt", [](ResultInput& in) { EnteredLot(in).set_salt("other"); },
       "ENTERED_PRICES_MISMATCH"},
      {"tender", [](ResultInput& in) { in.entered_prices->set_tender_id("R25BK00000001"); },
       "ENTERED_PRICES_MISMATCH"},
      {"notice", [](ResultInput& in) { in.entered_prices->set_notice_hash("x"); },
       "ENTERED_PRICES_MISMATCH"},
      {"lot", [](ResultInput& in) { EnteredLot(in).set_lot(2); }, "ENTERED_PRICES_MISMATCH"},
      {"no lot", [](ResultInput& in) { in.entered_prices->clear_lots(); },
       "ENTERED_PRICES_MISSING"},
      {"a lot too many", [](ResultInput& in) { in.entered_prices->add_lots()->set_lot(2); },
       "ENTERED_PRICES_UNEXPECTED"},
      {"not said",
       [](ResultInput& in) { in.notice.mutable_lots(0)->set_price_source("verifiable"); },
       "ENTERED_PRICES_UNEXPECTED"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ResultInput in = SmallOpening();
    c.change(in);
    EXPECT_EQ(ErrorReason(ComputeResult(in).status()), c.reason);
  }
}

ResultInput DrawnOpening() {
  ResultInput in = SmallOpening();
  in.notice.mutable_lots(0)->set_price_source("verifiable");
  in.notice.mutable_lots(0)->clear_entered_prices_sha256();
  in.entered_prices.reset();
  return in;
}

TEST(Result, VerifiableDrawIsStable) {
  const ResultInput in = DrawnOpening();
  const auto result = ComputeResult(in);
  ASSERT_TRUE(result.ok()) << result.status();
  std::string bytes = absl::StrCat("jodal draw v1", in.seed, *HexDecode(in.box_root));
  for (const auto& bid : in.bids) bytes += bid.nonce();
  EXPECT_EQ(result->draw_seed(), HexEncode(crypto::Sha256(bytes)));
  EXPECT_EQ(result->seed(), HexEncode(in.seed));
  for (const auto& price : result->lots(0).prices()) {
    EXPECT_EQ(price.amount() % 100, 0);
    EXPECT_GE(price.amount(), 396196360);
    EXPECT_LE(price.amount(), 412367640);
  }
  EXPECT_EQ(Json(in), Json(in));
  // Published results are recomputed for years: the numbers of this seed must never change.
  EXPECT_EQ(result->lots(0).planned_price(), 406275450);
}

std::vector<int64_t> Amounts(const std::vector<PreliminaryPrice>& prices) {
  std::vector<int64_t> out;
  for (const PreliminaryPrice& price : prices) out.push_back(price.amount_krw);
  return out;
}

// The vectors of docs/formats.md 4.3 and 4.4, which others build on; another program computed them.
TEST(Result, DrawVectorsOfTheSpecification) {
  const auto result = ComputeResult(DrawnOpening());
  ASSERT_TRUE(result.ok()) << result.status();
  const std::string draw_seed = *HexDecode(result->draw_seed());
  EXPECT_EQ(result->draw_seed(),
            "30ec9c8477c176039abe3894162a01fcdf36b8c7fcc2a9903fd29f364748405a");
  const auto prices_of = [&](absl::string_view rule_set) {
    return Amounts(*MakePreliminaryPrices(404282000, (*rules::FindRuleSet(rule_set))->draw,
                                          UniformFromDrawSeed(draw_seed)(kLabelPrices)));
  };
  EXPECT_THAT(prices_of("kr-state-general-services-2024"),
              testing::ElementsAre(403035200, 396700300, 404311800, 407750100, 405424100, 399408200,
                                   410407900, 411484800, 408975300, 400850600, 397569100, 406458700,
                                   409290900, 401590100, 399903200));
  EXPECT_THAT(prices_of("kr-local-general-services-2024"),
              testing::ElementsAre(407526900, 395694300, 410126700, 404016500, 413251800, 394066100,
                                   399768400, 416208200, 404735800, 393632400, 408799800, 411469700,
                                   397857600, 398573400, 401643800));
  const Uniform lottery = UniformFromDrawSeed(draw_seed)(LotteryLabel(1));
  std::vector<uint64_t> drawn;
  for (int i = 0; i < 5; ++i) drawn.push_back(lottery(3));
  EXPECT_THAT(drawn, testing::ElementsAre(2, 0, 0, 1, 2));
  EXPECT_EQ(SmallOpening().notice.lots(0).entered_prices_sha256(),
            "14f3c803bef214e3838a5c2103d316e5682b03b1046d05887459dda8eece8590");
}

TEST(Result, DrawDependsOnSeedBoxAndValidNoncesOnly) {
  const std::string base = Json(DrawnOpening());
  struct Case {
    const char* name;
    void (*change)(ResultInput&);
  } cases[] = {
      {"seed", [](ResultInput& in) { in.seed[31] ^= 1; }},
      {"root", [](ResultInput& in) { in.box_root[0] = 'c'; }},
      {"nonce", [](ResultInput& in) { in.bids[4].mutable_nonce()->back() ^= 1; }},
      {"order", [](ResultInput& in) { std::swap(in.bids[0], in.bids[1]); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ResultInput in = DrawnOpening();
    c.change(in);
    EXPECT_NE(ComputeResult(in)->lots(0).prices(0).amount(),
              ComputeResult(DrawnOpening())->lots(0).prices(0).amount());
  }
  ResultInput with_void = DrawnOpening();
  bidding::v1::OpenedBid bid = with_void.bids[0];
  bid.set_submission_id("v");
  bid.set_void_reason("UNREADABLE");
  bid.clear_nonce();
  with_void.bids.insert(with_void.bids.begin() + 2, bid);
  const auto result = ComputeResult(with_void);
  EXPECT_EQ(result->lots(0).planned_price(),
            ComputeResult(DrawnOpening())->lots(0).planned_price());
  EXPECT_EQ(result->lots(0).rows(result->lots(0).rows_size() - 1).void_reason(), "UNREADABLE");
}

// Lots are evaluated one by one, each from streams of its own; a bid counts where it offers
// something.
TEST(Result, EveryLotHasItsOwnDrawRanksAndCandidates) {
  ResultInput one = DrawnOpening();
  ResultInput in = DrawnOpening();
  in.notice.mutable_lots(0)->set_title("first");
  *in.notice.add_lots() = in.notice.lots(0);
  in.notice.mutable_lots(1)->set_lot(2);
  for (int i = 1; i < 4; ++i) {  // three of the five bid for lot 2, one of them without picks
    bidding::v1::OpenedOffer offer = in.bids[i].offers(0);
    offer.set_lot(2);
    if (i == 3) {
      offer.clear_picks();
      offer.set_void_reason("PICKS_INVALID");
    }
    *in.bids[i].add_offers() = offer;
  }
  bidding::v1::OpenedBid unreadable;
  unreadable.set_submission_id("v");
  unreadable.set_void_reason("PAYLOAD_MALFORMED");
  in.bids.push_back(unreadable);
  const auto result = ComputeResult(in);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->lots_size(), 2);
  EXPECT_EQ(result->lots(0).rows_size(), 6);
  EXPECT_EQ(result->lots(1).rows_size(), 4);
  EXPECT_EQ(result->lots(0).valid_bids(), 5);
  EXPECT_EQ(result->lots(1).valid_bids(), 2);
  // The first lot comes out as if it were alone; the second one has other prices.
  EXPECT_EQ(result->lots(0).planned_price(), ComputeResult(one)->lots(0).planned_price());
  EXPECT_NE(result->lots(0).prices(0).amount(), result->lots(1).prices(0).amount());
  std::map<std::string, std::string> reasons;
  for (const auto& row : result->lots(1).rows()) reasons[row.submission_id()] = row.void_reason();
  EXPECT_EQ(reasons["s3"], "PICKS_INVALID");
  EXPECT_EQ(reasons["v"], "PAYLOAD_MALFORMED");
  EXPECT_EQ(reasons["s1"], "");
}

TEST(Result, TooFewBidsFail) {
  ResultInput in = SmallOpening();
  in.bids.resize(1);
  const auto result = ComputeResult(in);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->lots(0).outcome(), "failed");
  EXPECT_EQ(result->lots(0).outcome_detail(), "FAILED_TOO_FEW_BIDS");
  EXPECT_EQ(result->lots(0).assessment_rate_ppm(), 0);
  EXPECT_TRUE(result->lots(0).candidates().empty());
  EXPECT_FALSE(HasCandidates(*result));
}

TEST(NoticeFacts, OneWrongWordIsNamed) {
  using document::v1::Notice;
  struct Case {
    const char* field;
    void (*change)(document::v1::Notice&);
  } cases[] = {
      {"regime", [](document::v1::Notice& n) { n.set_regime("STATE"); }},
      {"procurement_kind", [](document::v1::Notice& n) { n.set_procurement_kind("services"); }},
      {"method", [](document::v1::Notice& n) { n.clear_method(); }},
      {"category", [](document::v1::Notice& n) { n.set_category("x"); }},
      {"stages[0].bid_start", [](Notice& n) { n.mutable_stages(0)->set_bid_start("2025-06-27"); }},
      {"stages[0].deadline",
       [](Notice& n) { n.mutable_stages(0)->set_deadline("2025-07-01T12:00:00+09:00"); }},
      {"stages[0].open_at", [](Notice& n) { n.mutable_stages(0)->clear_open_at(); }},
      {"stages[0].content", [](Notice& n) { n.mutable_stages(0)->set_content("x"); }},
      {"stages", [](Notice& n) { n.clear_stages(); }},
      {"stages", [](Notice& n) { n.mutable_stages(0)->set_stage(2); }},
      {"lots", [](Notice& n) { n.clear_lots(); }},
      {"lots", [](Notice& n) { n.mutable_lots(0)->set_lot(0); }},
      {"lots",
       [](Notice& n) {
         while (n.lots_size() <= kLotsMax) *n.add_lots() = n.lots(0);
       }},
      {"questions_until", [](Notice& n) { n.set_questions_until("tomorrow"); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.field);
    document::v1::Notice n = SmallOpening().notice;
    ASSERT_TRUE(ParseNotice(n).ok());
    c.change(n);
    const absl::Status status = ParseNotice(n).status();
    EXPECT_EQ(ErrorReason(status), "NOTICE_FIELD_INVALID");
    EXPECT_EQ(ErrorMetadataOf(status)["field"], c.field);
    EXPECT_TRUE(testing_support::ResolvesInNotice(c.field));
  }
}

}  // namespace
}  // namespace jodal::procurement
