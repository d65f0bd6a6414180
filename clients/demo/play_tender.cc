#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/demo/log_check.h"
#include "clients/demo/play.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "clients/sdk/open_shares.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/status/error.h"
#include "procurement/award/result.h"
#include "procurement/bid/submission.h"

namespace jodal::demo {
namespace {

using bidding::v1::BiddingService;
using tender::v1::TenderService;

// Who comes to the opening: two of the agency's three and one from outside. Two are absent.
constexpr int kPresent[] = {0, 2, 3};
static_assert(std::size(kPresent) == kQuorum);
constexpr int kSealedPage = 200;
// On a fresh installation people register this long before the notice.
constexpr absl::Duration kBeforeNotice = absl::Hours(7 * 24);

}  // namespace

document::v1::EnteredPrices Play::Entered() const {
  document::v1::EnteredPrices prices;
  document::v1::EnteredPrices::Lot& lot = *prices.add_lots();
  lot.set_lot(1);
  for (int64_t amount : fixture_.prices_krw) lot.add_prices(amount);
  lot.set_salt(prices_salt_);
  return prices;
}

absl::Status Play::PutClockBack() {
  run_.Stage("clock");
  ASSIGN_OR_RETURN(const absl::Time now, run_.Now());
  if (now <= fixture_.published_at) return absl::OkStatus();
  for (const std::string& service : install::Stores()) {
    ASSIGN_OR_RETURN(const auto log, LogIdentityOf(run_, service));
    ASSIGN_OR_RETURN(const auto head, run_.Patiently([&] { return client().Checkpoint(service); }));
    ASSIGN_OR_RETURN(const auto checkpoint, log::OpenCheckpoint(head.checkpoint(), log));
    if (checkpoint.size != 0) return absl::OkStatus();
  }
  const absl::Status moved =
      run_.Patiently([&] { return client().MoveClock(fixture_.published_at - kBeforeNotice); });
  // A clock that has been moved before goes forward only: other dates will do.
  return ErrorReason(moved) == "CLOCK_BACKWARDS" ? absl::OkStatus() : moved;
}

document::v1::Notice Play::DraftNotice(const Schedule& schedule) {
  document::v1::Notice notice;
  notice.set_tender_id(tender_id_);
  notice.set_title(fixture_.title);
  notice.set_reference(fixture_.notice);
  notice.set_procurement_kind(fixture_.kind);
  notice.set_regime(fixture_.regime);
  notice.set_method(fixture_.method);
  notice.set_category(fixture_.category);
  notice.set_rule_set(schedule.rule_set);
  document::v1::Lot& lot = *notice.add_lots();
  lot.set_presumed_price(fixture_.presumed_price_krw);
  lot.set_base_amount(fixture_.base_krw);
  lot.set_a_value(fixture_.a_value_krw);
  lot.set_net_cost(fixture_.net_cost_krw);
  lot.set_floor_rate_ppm(fixture_.floor_rate_ppm);
  document::v1::Stage& stage = *notice.add_stages();
  stage.set_bid_start(sdk::DocumentTime(schedule.window_open));
  stage.set_deadline(sdk::DocumentTime(schedule.deadline));
  stage.set_open_at(sdk::DocumentTime(schedule.opening));
  if (!fixture_.prices_krw.empty()) {
    prices_salt_ = client().random().Bytes(32);
    sdk::CommitToPrices(Entered(), &notice);
  }
  sdk::CompleteNotice({cast_->officer.organization_id(), client().context().LogOrigin("bidding")},
                      &notice);
  std::vector<document::v1::CommitteeMember> members;
  for (const sdk::Identity& person : cast_->committee) {
    members.push_back(sdk::CommitteeMemberFor(person));
  }
  sdk::SeatCommittee(kQuorum, members, &notice);
  return notice;
}

absl::Status Play::PublishNotice() {
  constexpr int kSteps = 5;
  const std::string stage = "notice published";
  run_.Stage(stage, kSteps);
  ASSIGN_OR_RETURN(const absl::Time now, run_.Now());
  ASSIGN_OR_RETURN(schedule_, PlanSchedule(fixture_, now));
  RETURN_IF_ERROR(run_.MoveClock(schedule_.published));
  tender::v1::CreateTenderRequest create;
  create.set_request_id(run_.RequestId("tender"));
  ASSIGN_OR_RETURN(const auto created, run_.As(cast_->officer, client().tender(),
                                               &TenderService::Stub::CreateTender, create));
  tender_id_ = created.tender().tender_id();
  run_.Report(stage, 1, kSteps);

  document::v1::Notice notice = DraftNotice(schedule_);
  tender::v1::SubmitNoticeRequest submit;
  ASSIGN_OR_RETURN(*submit.mutable_document(),
                   sdk::SignDocument(cast_->officer, run_.system(), "notice", &notice));
  submit.set_request_id(run_.RequestId("notice"));
  tender::v1::ValidateNoticeRequest validate;
  validate.set_content(submit.document().content());
  ASSIGN_OR_RETURN(const auto validated, run_.As(cast_->officer, client().tender(),
                                                 &TenderService::Stub::ValidateNotice, validate));
  for (const auto& violation : validated.violations()) {
    if (violation.warning()) continue;
    return MakeError(absl::StatusCode::kFailedPrecondition, violation.code(),
                     absl::StrCat("the notice's ", violation.field(), ": ", violation.message()),
                     {{"field", violation.field()}});
  }
  run_.Report(stage, 2, kSteps);
  ASSIGN_OR_RETURN(const auto submitted, run_.As(cast_->officer, client().tender(),
                                                 &TenderService::Stub::SubmitNotice, submit));
  run_.Report(stage, 3, kSteps);

  ASSIGN_OR_RETURN(const auto read, sdk::PublishedNotice::Parse(submit.document()));
  ASSIGN_OR_RETURN(const auto approval, sdk::NoticeApprovalFor(submitted.tender(), read));
  RETURN_IF_ERROR(run_.Act(cast_->approver, "notice.approval", approval, client().tender(),
                           &TenderService::Stub::ApproveNotice, "notice approval")
                      .status());
  run_.Report(stage, 4, kSteps);

  tender::v1::GetNoticeRequest get;
  get.set_tender_id(tender_id_);
  ASSIGN_OR_RETURN(const auto published,
                   run_.Ask(client().tender(), &TenderService::Stub::GetNotice, get));
  ASSIGN_OR_RETURN(notice_, sdk::PublishedNotice::Parse(published.notice().document()));
  if (notice_->hash_hex() != approval.notice_hash()) {
    return Mismatch("notice hash", approval.notice_hash(), notice_->hash_hex());
  }
  run_.Report(stage, kSteps, kSteps);
  result_.tender = tender_id_;
  result_.reference = fixture_.notice;
  result_.title = fixture_.title;
  result_.rule_set = schedule_.rule_set;
  result_.price_source = notice.lots(0).price_source();
  result_.original_dates = schedule_.original;
  result_.deadline = notice.stages(0).deadline();
  return absl::OkStatus();
}

absl::Status Play::SubmitBids() {
  const int count = static_cast<int>(fixture_.bids.size());
  sent_.resize(fixture_.bids.size());
  RETURN_IF_ERROR(run_.MoveClock(schedule_.window_open));
  RETURN_IF_ERROR(run_.ForEach("suppliers signed in", count, [&](int at) {
    return run_.Patiently([&] { return client().Login(cast_->suppliers[at]).status(); });
  }));
  ASSIGN_OR_RETURN(const absl::Time now, run_.Now());
  RETURN_IF_ERROR(run_.ForEach("bids signed and sealed", count, [&](int at) -> absl::Status {
    const Fixture::Bid& bid = fixture_.bids[at];
    ASSIGN_OR_RETURN(sent_[at].sealed,
                     sdk::SealBid(cast_->suppliers[at], *notice_, {bid.amount_krw, bid.picks}, now,
                                  client().random()));
    return absl::OkStatus();
  }));

  ASSIGN_OR_RETURN(const log::LogIdentity log, LogIdentityOf(run_, "bidding"));
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(run_.ForEach("bids submitted", count, [&](int at) -> absl::Status {
    Sent& sent = sent_[at];
    bidding::v1::SubmitBidRequest request;
    *request.mutable_seal() = sent.sealed->seal;
    request.set_ciphertext(sent.sealed->ciphertext);
    request.set_request_id(run_.RequestId(absl::StrCat("bid ", at)));
    ASSIGN_OR_RETURN(sent.answer, run_.As(cast_->suppliers[at], client().bidding(),
                                          &BiddingService::Stub::SubmitBid, request));
    const std::string digest =
        procurement::SubmissionDigest(sent.sealed->seal, crypto::Sha256(sent.sealed->ciphertext));
    if (sent.answer.submission_digest() != digest) {
      return Mismatch("submission digest", digest, sent.answer.submission_digest());
    }
    return CheckBidReceipt(
        log, sent.answer.receipt(),
        {tender_id_, notice_->hash_hex(), digest, sent.answer.arrival_time_ns()});
  }));
  result_.bids = count;
  result_.bids_per_second =
      count /
      std::max(absl::ToDoubleSeconds(absl::FromChrono(std::chrono::steady_clock::now() - start)),
               1e-6);
  return absl::OkStatus();
}

absl::StatusOr<bidding::v1::Box> Play::GetBox() {
  bidding::v1::GetBoxRequest request;
  request.set_tender_id(tender_id_);
  ASSIGN_OR_RETURN(auto response,
                   run_.Ask(client().bidding(), &BiddingService::Stub::GetBox, request));
  return response.box();
}

absl::Status Play::Release(int member, const bidding::v1::Box& box) {
  const sdk::Identity& person = cast_->committee[member];
  ASSIGN_OR_RETURN(const sdk::CheckedLog log, ReadLog(run_, "bidding"));
  RETURN_IF_ERROR(sdk::CheckClosedBox(log, *notice_, box));
  std::vector<bidding::v1::SealedBid> bids;
  bidding::v1::ListSealedBidsRequest list;
  list.set_tender_id(tender_id_);
  list.set_page_size(kSealedPage);
  do {
    ASSIGN_OR_RETURN(auto page, run_.As(person, client().bidding(),
                                        &BiddingService::Stub::ListSealedBids, list));
    for (auto& bid : *page.mutable_bids()) bids.push_back(std::move(bid));
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  ASSIGN_OR_RETURN(const auto documents,
                   sdk::MakeOpenShares(person, *notice_, box, bids, client().random()));
  for (size_t at = 0; at < documents.size(); ++at) {
    bidding::v1::ReleaseSharesRequest request;
    *request.mutable_document() = documents[at];
    request.set_request_id(run_.RequestId(absl::StrCat("shares ", member, "/", at)));
    RETURN_IF_ERROR(
        run_.As(person, client().bidding(), &BiddingService::Stub::ReleaseShares, request)
            .status());
  }
  return absl::OkStatus();
}

absl::Status Play::CloseAndOpen() {
  const int count = result_.bids;
  run_.Stage("box closed", 1);
  RETURN_IF_ERROR(run_.MoveClock(schedule_.deadline));
  bidding::v1::Box box;
  RETURN_IF_ERROR(run_.Await("the box to close", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(box, GetBox());
    return box.state() != bidding::v1::Box::OPEN && box.closed_seq() != 0;
  }));
  if (box.submissions() != count) {
    return Mismatch("submissions", absl::StrCat(count), absl::StrCat(box.submissions()));
  }
  run_.Report("box closed", 1, 1);

  RETURN_IF_ERROR(run_.MoveClock(schedule_.opening));
  RETURN_IF_ERROR(
      run_.ForEach("shares released", kQuorum, [&](int at) { return Release(kPresent[at], box); }));
  RETURN_IF_ERROR(run_.Await("the bids to open", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(box, GetBox());
    run_.Report("bids opened", box.opened(), count);
    return box.state() == bidding::v1::Box::OPENED;
  }));
  if (box.void_bids() != 0) return Mismatch("void bids", "0", absl::StrCat(box.void_bids()));
  RETURN_IF_ERROR(AwaitTender(tender::v1::Tender::OPENED));
  run_.Report("bids opened", count, count);
  return absl::OkStatus();
}

absl::Status Play::AwaitTender(tender::v1::Tender::State state) {
  tender::v1::GetTenderRequest request;
  request.set_tender_id(tender_id_);
  return run_.Await(absl::StrCat("the tender to be ", tender::v1::Tender::State_Name(state)),
                    [&]() -> absl::StatusOr<bool> {
                      ASSIGN_OR_RETURN(
                          const auto response,
                          run_.Ask(client().tender(), &TenderService::Stub::GetTender, request));
                      tender_ = response.tender();
                      return tender_.state() == state;
                    });
}

absl::Status Play::Evaluate() {
  run_.Stage("prices drawn, bids ranked", 1);
  tender::v1::EvaluateTenderRequest request;
  request.set_tender_id(tender_id_);
  request.set_request_id(run_.RequestId("evaluation"));
  if (!fixture_.prices_krw.empty()) {
    ASSIGN_OR_RETURN(auto prices, sdk::EnteredPricesFor(*notice_, Entered()));
    ASSIGN_OR_RETURN(*request.mutable_entered_prices(),
                     sdk::SignDocument(cast_->officer, run_.system(), "entered-prices", &prices));
  }
  ASSIGN_OR_RETURN(const auto response, run_.As(cast_->officer, client().tender(),
                                                &TenderService::Stub::EvaluateTender, request));
  tender_ = response.tender();
  tender::v1::GetResultRequest get;
  get.set_tender_id(tender_id_);
  ASSIGN_OR_RETURN(const auto stored,
                   run_.Ask(client().tender(), &TenderService::Stub::GetResult, get));
  const std::string digest = HexEncode(crypto::Sha256(stored.result()));
  if (digest != tender_.result_sha256()) {
    return Mismatch("result digest", tender_.result_sha256(), digest);
  }
  ASSIGN_OR_RETURN(auto pages, client().ResultPages(tender_id_));
  ASSIGN_OR_RETURN(evaluation_, procurement::FromDocuments({stored.result(), std::move(pages)}));
  if (evaluation_.lots_size() != 1) {
    return Mismatch("lots", "1", absl::StrCat(evaluation_.lots_size()));
  }
  const auto& lot = evaluation_.lots(0);
  for (const auto& price : lot.prices()) {
    result_.prices.push_back({price.number(), price.amount(), price.drawn(), price.chosen()});
  }
  result_.planned_price = lot.planned_price();
  result_.floor = lot.floor_amount();
  result_.net_cost_limit = lot.net_cost_limit();
  result_.binding_limit = lot.binding_limit();
  result_.ranked = lot.ranked();
  result_.excluded = lot.excluded();
  for (const auto& row : lot.rows()) {
    if (row.rank() == 1) result_.first_amount = row.amount();
    result_.ranking.push_back(
        {row.rank(), row.supplier_id(), row.amount(), row.bid_rate_milli_percent(), row.remark()});
  }
  run_.Report("prices drawn, bids ranked", 1, 1);
  return absl::OkStatus();
}

absl::Status Play::Award() {
  run_.Stage("award decided", 1);
  ASSIGN_OR_RETURN(const auto decision,
                   sdk::AwardFor(tender_, evaluation_, "적격심사 결과 낙찰자로 결정함"));
  RETURN_IF_ERROR(run_.Act(cast_->officer, "award.decision", decision, client().tender(),
                           &TenderService::Stub::DecideAward, "award")
                      .status());
  result_.awarded_to = decision.awards(0).supplier_id();
  run_.Report("award decided", 1, 1);
  return absl::OkStatus();
}

}  // namespace jodal::demo
