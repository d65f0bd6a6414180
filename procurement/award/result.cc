#include "procurement/award/result.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/macros.h"
#include "procurement/award/errors.h"
#include "procurement/award/verifiable_draw.h"
#include "procurement/limits.h"
#include "procurement/method/evaluation.h"
#include "procurement/notice/notice_facts.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {
namespace {

absl::Status ResultPageError() {
  return MakeError(kAwardErrors["RESULT_PAGE_MISMATCH"],
                   "the pages of rows are not those that the result names");
}

absl::Status EnteredPricesError(DefinedError error, absl::string_view why, int lot) {
  return MakeError(error, why, {{"lot", absl::StrCat(lot)}});
}

// Of every lot whose prices are made elsewhere the prices that the officer hands in; null where the
// prices are drawn.
using EnteredLots = std::vector<const document::v1::EnteredPrices::Lot*>;

absl::StatusOr<EnteredLots> OpenEnteredPrices(const ResultInput& input) {
  EnteredLots out;
  int next = 0;  // of the lots handed in
  for (const document::v1::Lot& lot : input.notice.lots()) {
    out.push_back(nullptr);
    if (lot.price_source() != "entered") continue;
    if (!input.entered_prices.has_value() || next == input.entered_prices->lots_size()) {
      return EnteredPricesError(kAwardErrors["ENTERED_PRICES_MISSING"],
                                "the notice says that the prices were made elsewhere: hand them in",
                                lot.lot());
    }
    const document::v1::EnteredPrices::Lot& entered = input.entered_prices->lots(next++);
    if (input.entered_prices->tender_id() != input.notice.tender_id() ||
        input.entered_prices->notice_hash() != input.notice_hash || entered.lot() != lot.lot() ||
        EnteredPricesCommitment(entered) != lot.entered_prices_sha256()) {
      return EnteredPricesError(kAwardErrors["ENTERED_PRICES_MISMATCH"],
                                "the prices are not those that the notice committed to", lot.lot());
    }
    out.back() = &entered;
  }
  if (input.entered_prices.has_value() && (next == 0 || next < input.entered_prices->lots_size())) {
    return MakeError(kAwardErrors["ENTERED_PRICES_UNEXPECTED"],
                     "the notice says that no such prices are made elsewhere");
  }
  return out;
}

OutsidePrices PricesOf(const document::v1::EnteredPrices::Lot& lot) {
  OutsidePrices out;
  for (int i = 0; i < lot.prices_size(); ++i) out.prices.push_back({i + 1, lot.prices(i)});
  return out;
}

// One lot of the evaluation, and the bids in it by submission id.
struct LotBids {
  int lot = 0;
  std::vector<OpenedBid> bids;
  std::map<absl::string_view, const bidding::v1::OpenedBid*> sources;
};

// The bids that offer something for the lot. Of a bid that is void as a whole nobody can say which
// lots it was for: it is in all of them.
LotBids BidsOf(const std::vector<bidding::v1::OpenedBid>& bids, int lot) {
  LotBids out;
  out.lot = lot;
  for (const bidding::v1::OpenedBid& bid : bids) {
    OpenedBid opened;
    opened.submission_id = bid.submission_id();
    opened.void_reason = bid.void_reason();
    bool offers = !bid.void_reason().empty();
    for (const bidding::v1::OpenedOffer& offer : bid.offers()) {
      if (offer.lot() != lot) continue;
      offers = true;
      opened.amount_krw = offer.amount();
      opened.picks.assign(offer.picks().begin(), offer.picks().end());
      if (opened.void_reason.empty()) opened.void_reason = offer.void_reason();
    }
    if (!offers) continue;
    out.sources[bid.submission_id()] = &bid;
    out.bids.push_back(std::move(opened));
  }
  return out;
}

void FillPrices(const EvaluationResult& result, tender::v1::EvaluationResult::Lot* out) {
  for (size_t i = 0; i < result.prices.size(); ++i) {
    auto* price = out->add_prices();
    price->set_number(result.prices[i].number);
    price->set_amount(result.prices[i].amount_krw);
    if (i < result.draw_counts.size()) price->set_drawn(result.draw_counts[i]);
    for (int chosen : result.chosen_numbers) {
      if (chosen == result.prices[i].number) price->set_chosen(true);
    }
  }
  for (int chosen : result.chosen_numbers) out->add_chosen(chosen);
  out->set_planned_price(result.planned_krw);
  out->set_assessment_rate_ppm(result.assessment_rate_ppm);
  out->set_floor_amount(result.floor_krw);
  out->set_net_planned(result.net_planned_krw.value_or(0));
  out->set_net_cost_limit(result.net_cost_limit_krw.value_or(0));
  if (result.binding) out->set_binding_limit(Name(*result.binding));
}

void FillRows(const EvaluationResult& result, const LotBids& bids,
              tender::v1::EvaluationResult::Lot* out) {
  std::map<absl::string_view, const OpenedBid*> offers;
  for (const OpenedBid& bid : bids.bids) offers[bid.submission_id] = &bid;
  std::map<absl::string_view, int> places;
  for (const std::string& candidate : result.candidates) {
    places.emplace(candidate, static_cast<int>(places.size()) + 1);
  }
  const std::set<absl::string_view> tied(result.tied_candidates.begin(),
                                         result.tied_candidates.end());
  out->set_tied(static_cast<int>(tied.size()));
  for (const EvaluatedBid& bid : result.bids) {
    const std::string& id = bid.ranked.submission_id;
    auto* row = out->add_rows();
    row->set_submission_id(id);
    row->set_supplier_id(bids.sources.at(id)->supplier_id());
    row->set_amount(bid.ranked.amount_krw);
    row->set_rank(bid.ranked.rank);
    const auto place = places.find(id);
    if (place != places.end()) row->set_place(place->second);
    row->set_remark(Name(bid.ranked.classification));
    row->set_void_reason(bid.void_reason);
    row->set_bid_rate_milli_percent(bid.ranked.bid_rate_milli_percent);
    for (int pick : offers.at(id)->picks) row->add_picks(pick);
    row->set_tied(tied.count(id) != 0);
    if (bid.ranked.rank > 0) {
      out->set_ranked(out->ranked() + 1);
    } else {
      out->set_excluded(out->excluded() + 1);
    }
  }
  // Among equal ranks in the order of their places; the rest stays as it was ranked.
  std::stable_sort(out->mutable_rows()->begin(), out->mutable_rows()->begin() + out->ranked(),
                   [](const auto& a, const auto& b) {
                     return std::tuple(a.rank(), a.place()) < std::tuple(b.rank(), b.place());
                   });
}

void FillLot(const EvaluationResult& result, const LotBids& bids,
             tender::v1::EvaluationResult::Lot* out) {
  FillPrices(result, out);
  out->set_valid_bids(result.valid_bid_count);
  FillRows(result, bids, out);
  out->set_outcome(result.outcome == Outcome::kCandidate ? "award" : "failed");
  out->set_outcome_detail(Name(result.outcome));
  out->set_tie_resolution(Name(result.tie_resolution));
  for (const auto& row : out->rows()) {
    if (row.place() == 0 || row.place() > kCandidatesNamed) continue;
    auto* candidate = out->add_candidates();
    candidate->set_submission_id(row.submission_id());
    candidate->set_supplier_id(row.supplier_id());
    candidate->set_amount(row.amount());
  }
}

}  // namespace

std::string EnteredPricesCommitment(const document::v1::EnteredPrices::Lot& lot) {
  std::string bytes = "jodal entered prices v1";
  bytes += lot.salt();
  for (int64_t price : lot.prices()) AppendU64Be(bytes, static_cast<uint64_t>(price));
  return HexEncode(crypto::Sha256(bytes));
}

absl::StatusOr<tender::v1::EvaluationResult> ComputeResult(const ResultInput& input) {
  const document::v1::Notice& notice = input.notice;
  ASSIGN_OR_RETURN(const NoticeFacts facts, ParseNotice(notice));
  ASSIGN_OR_RETURN(const rules::RuleSet* rule_set, rules::FindRuleSet(notice.rule_set()));
  ASSIGN_OR_RETURN(const EnteredLots entered, OpenEnteredPrices(input));
  DrawInput draw;
  draw.seed = input.seed;
  ASSIGN_OR_RETURN(draw.box_root, HexDecode(input.box_root));
  for (const bidding::v1::OpenedBid& bid : input.bids) {
    if (bid.void_reason().empty()) draw.nonces.push_back(bid.nonce());
  }
  const std::string draw_seed = DrawSeed(draw);

  tender::v1::EvaluationResult out;
  out.set_tender_id(notice.tender_id());
  out.set_notice_hash(input.notice_hash);
  out.set_rule_set(notice.rule_set());
  out.set_box_root(input.box_root);
  out.set_seed(HexEncode(input.seed));
  out.set_draw_seed(HexEncode(draw_seed));
  for (size_t at = 0; at < facts.lots.size(); ++at) {
    const int lot = static_cast<int>(at) + 1;
    LotBids bids = BidsOf(input.bids, lot);
    EvaluationInput evaluation;
    evaluation.rule_set = rule_set;
    evaluation.figures = facts.lots[at];
    evaluation.bids = bids.bids;
    if (entered[at] != nullptr) evaluation.outside_prices = PricesOf(*entered[at]);
    evaluation.uniform_for = [uniform = UniformFromDrawSeed(draw_seed),
                              lot](absl::string_view label) {
      return uniform(absl::StrCat(LotLabel(lot), label));
    };
    ASSIGN_OR_RETURN(const EvaluationResult result, Evaluate(evaluation));
    tender::v1::EvaluationResult::Lot& computed = *out.add_lots();
    computed.set_lot(lot);
    computed.set_price_source(notice.lots(static_cast<int>(at)).price_source());
    FillLot(result, bids, &computed);
  }
  return out;
}

bool HasCandidates(const tender::v1::EvaluationResult& result) {
  return std::any_of(result.lots().begin(), result.lots().end(),
                     [](const auto& lot) { return !lot.candidates().empty(); });
}

absl::StatusOr<ResultDocuments> ToDocuments(tender::v1::EvaluationResult result) {
  ResultDocuments out;
  for (auto& lot : *result.mutable_lots()) {
    lot.clear_row_pages();
    for (int first = 0; first < lot.rows_size(); first += kResultPageRows) {
      tender::v1::ResultPage page;
      page.set_lot(lot.lot());
      for (int at = first; at < std::min(first + kResultPageRows, lot.rows_size()); ++at) {
        *page.add_rows() = std::move(*lot.mutable_rows(at));
      }
      ASSIGN_OR_RETURN(std::string json, document::ToCanonicalJson(page));
      lot.add_row_pages(HexEncode(crypto::Sha256(json)));
      out.pages.push_back(std::move(json));
    }
    lot.clear_rows();
  }
  ASSIGN_OR_RETURN(out.summary, document::ToCanonicalJson(result));
  return out;
}

absl::StatusOr<tender::v1::EvaluationResult> FromDocuments(const ResultDocuments& documents) {
  tender::v1::EvaluationResult out;
  RETURN_IF_ERROR(document::ParseStrictJson(documents.summary, &out));
  size_t next = 0;
  for (auto& lot : *out.mutable_lots()) {
    if (lot.rows_size() != 0) return ResultPageError();
    for (const std::string& sha256 : lot.row_pages()) {
      if (next == documents.pages.size()) return ResultPageError();
      const std::string& json = documents.pages[next++];
      if (HexEncode(crypto::Sha256(json)) != sha256) return ResultPageError();
      tender::v1::ResultPage page;
      RETURN_IF_ERROR(document::ParseStrictJson(json, &page));
      if (page.lot() != lot.lot()) return ResultPageError();
      for (auto& row : *page.mutable_rows()) *lot.add_rows() = std::move(row);
    }
  }
  if (next != documents.pages.size()) return ResultPageError();
  return out;
}

}  // namespace jodal::procurement
