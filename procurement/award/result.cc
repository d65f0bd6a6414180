#include "procurement/award/result.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

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

absl::StatusOr<std::optional<OutsidePrices>> OpenEnteredPrices(const ResultInput& input) {
  if (input.notice.price_source() != "entered") {
    if (input.entered_prices.has_value()) {
      return MakeError(kAwardErrors["ENTERED_PRICES_UNEXPECTED"],
                       "the notice says that no prices are made elsewhere");
    }
    return std::optional<OutsidePrices>();
  }
  if (!input.entered_prices.has_value()) {
    return MakeError(kAwardErrors["ENTERED_PRICES_MISSING"],
                     "the notice says that the prices were made elsewhere: hand them in");
  }
  const document::v1::EnteredPrices& entered = *input.entered_prices;
  if (entered.tender_id() != input.notice.tender_id() ||
      entered.notice_hash() != input.notice_hash ||
      EnteredPricesCommitment(entered) != input.notice.entered_prices_sha256()) {
    return MakeError(kAwardErrors["ENTERED_PRICES_MISMATCH"],
                     "the prices are not those that the notice committed to");
  }
  OutsidePrices out;
  for (int i = 0; i < entered.prices_size(); ++i) {
    out.prices.push_back({i + 1, entered.prices(i)});
  }
  return std::optional<OutsidePrices>(std::move(out));
}

}  // namespace

std::string EnteredPricesCommitment(const document::v1::EnteredPrices& prices) {
  std::string bytes = "jodal entered prices v1";
  bytes += prices.salt();
  for (int64_t price : prices.prices()) AppendU64Be(bytes, static_cast<uint64_t>(price));
  return HexEncode(crypto::Sha256(bytes));
}

absl::StatusOr<tender::v1::EvaluationResult> ComputeResult(const ResultInput& input) {
  const document::v1::Notice& notice = input.notice;
  ASSIGN_OR_RETURN(const NoticeFacts facts, ParseNotice(notice));
  EvaluationInput evaluation;
  ASSIGN_OR_RETURN(evaluation.rule_set, rules::FindRuleSet(notice.rule_set()));
  evaluation.figures = facts.figures;
  ASSIGN_OR_RETURN(evaluation.outside_prices, OpenEnteredPrices(input));

  DrawInput draw;
  draw.seed = input.seed;
  ASSIGN_OR_RETURN(draw.box_root, HexDecode(input.box_root));
  std::map<absl::string_view, const bidding::v1::OpenedBid*> by_id;
  for (const bidding::v1::OpenedBid& bid : input.bids) {
    by_id[bid.submission_id()] = &bid;
    OpenedBid opened;
    opened.submission_id = bid.submission_id();
    opened.amount_krw = bid.price();
    opened.picks.assign(bid.picks().begin(), bid.picks().end());
    opened.void_reason = bid.void_reason();
    evaluation.bids.push_back(std::move(opened));
    if (bid.void_reason().empty()) draw.nonces.push_back(bid.nonce());
  }
  const std::string draw_seed = DrawSeed(draw);
  evaluation.uniform_for = UniformFromDrawSeed(draw_seed);
  ASSIGN_OR_RETURN(EvaluationResult result, Evaluate(evaluation));

  tender::v1::EvaluationResult out;
  out.set_tender_id(notice.tender_id());
  out.set_notice_hash(input.notice_hash);
  out.set_rule_set(notice.rule_set());
  out.set_price_source(notice.price_source());
  out.set_box_root(input.box_root);
  out.set_seed(HexEncode(input.seed));
  out.set_draw_seed(HexEncode(draw_seed));
  for (size_t i = 0; i < result.prices.size(); ++i) {
    auto* price = out.add_prices();
    price->set_number(result.prices[i].number);
    price->set_amount(result.prices[i].amount_krw);
    if (i < result.draw_counts.size()) price->set_drawn(result.draw_counts[i]);
    for (int chosen : result.chosen_numbers) {
      if (chosen == result.prices[i].number) price->set_chosen(true);
    }
  }
  for (int chosen : result.chosen_numbers) out.add_chosen(chosen);
  out.set_planned_price(result.planned_krw);
  out.set_assessment_rate_ppm(result.assessment_rate_ppm);
  out.set_floor_amount(result.floor_krw);
  out.set_net_planned(result.net_planned_krw.value_or(0));
  out.set_net_cost_limit(result.net_cost_limit_krw.value_or(0));
  if (result.binding) out.set_binding_limit(Name(*result.binding));
  out.set_valid_bids(result.valid_bid_count);
  const std::set<absl::string_view> tied(result.tied_candidates.begin(),
                                         result.tied_candidates.end());
  out.set_tied(static_cast<int>(tied.size()));
  for (const EvaluatedBid& bid : result.bids) {
    const bidding::v1::OpenedBid& source = *by_id.at(bid.ranked.submission_id);
    auto* row = out.add_rows();
    row->set_submission_id(bid.ranked.submission_id);
    row->set_supplier_id(source.supplier_id());
    row->set_amount(bid.ranked.amount_krw);
    row->set_rank(bid.ranked.rank);
    row->set_remark(Name(bid.ranked.classification));
    row->set_void_reason(bid.void_reason);
    row->set_bid_rate_milli_percent(bid.ranked.bid_rate_milli_percent);
    for (int pick : source.picks()) row->add_picks(pick);
    row->set_tied(tied.count(bid.ranked.submission_id) != 0);
    if (bid.ranked.rank > 0) {
      out.set_ranked(out.ranked() + 1);
    } else {
      out.set_excluded(out.excluded() + 1);
    }
  }
  if (result.outcome == Outcome::kCandidate) {
    out.set_outcome("award");
    out.set_candidate(result.award_candidate);
    out.set_candidate_amount(by_id.at(result.award_candidate)->price());
    out.set_candidate_supplier_id(by_id.at(result.award_candidate)->supplier_id());
  } else {
    out.set_outcome("failed");
  }
  out.set_outcome_detail(Name(result.outcome));
  out.set_tie_resolution(Name(result.tie_resolution));
  return out;
}

absl::StatusOr<ResultDocuments> ToDocuments(tender::v1::EvaluationResult result) {
  ResultDocuments out;
  result.clear_row_pages();
  for (int first = 0; first < result.rows_size(); first += kResultPageRows) {
    tender::v1::ResultPage page;
    for (int at = first; at < std::min(first + kResultPageRows, result.rows_size()); ++at) {
      *page.add_rows() = std::move(*result.mutable_rows(at));
    }
    ASSIGN_OR_RETURN(std::string json, document::ToCanonicalJson(page));
    result.add_row_pages(HexEncode(crypto::Sha256(json)));
    out.pages.push_back(std::move(json));
  }
  result.clear_rows();
  ASSIGN_OR_RETURN(out.summary, document::ToCanonicalJson(result));
  return out;
}

absl::StatusOr<tender::v1::EvaluationResult> FromDocuments(const ResultDocuments& documents) {
  tender::v1::EvaluationResult out;
  RETURN_IF_ERROR(document::ParseStrictJson(documents.summary, &out));
  if (out.rows_size() != 0 || out.row_pages_size() != static_cast<int>(documents.pages.size())) {
    return ResultPageError();
  }
  for (int at = 0; at < out.row_pages_size(); ++at) {
    const std::string& json = documents.pages[static_cast<size_t>(at)];
    if (HexEncode(crypto::Sha256(json)) != out.row_pages(at)) return ResultPageError();
    tender::v1::ResultPage page;
    RETURN_IF_ERROR(document::ParseStrictJson(json, &page));
    for (auto& row : *page.mutable_rows()) *out.add_rows() = std::move(row);
  }
  return out;
}

}  // namespace jodal::procurement
