#include "clients/demo/replay.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/bundle/export.h"
#include "clients/bundle/verify.h"
#include "clients/demo/fixture.h"
#include "clients/demo/log_check.h"
#include "clients/demo/people.h"
#include "clients/demo/run.h"
#include "clients/demo/schedule.h"
#include "clients/demo/timeline.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "clients/sdk/open_shares.h"
#include "clients/sdk/sealed_bid.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/award/result.h"
#include "procurement/bid/submission.h"
#include "procurement/services.h"

namespace jodal::demo {
namespace {

using bidding::v1::BiddingService;
using contract::v1::ContractService;
using payment::v1::PaymentService;
using tender::v1::TenderService;

constexpr int kQuorum = 3;
// Who comes to the opening: two of the agency's three and one from outside. Two are absent.
constexpr int kPresent[] = {0, 2, 3};
static_assert(std::size(kPresent) == kQuorum);
constexpr int kSealedPage = 200;
// On a fresh installation people register this long before the notice.
constexpr absl::Duration kBeforeNotice = absl::Hours(7 * 24);
constexpr absl::Duration kContractPeriod = absl::Hours(30 * 24);
constexpr absl::Duration kDeliveryAfter = absl::Hours(20 * 24);
constexpr int kDelayDamagesPpmPerDay = 500;  // works, 국가계약법 시행규칙 제75조

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// One replay under way. Each method is a stage of the job; they run in the order of Play.
class Play {
 public:
  Play(Run& run, Fixture fixture) : run_(run), fixture_(std::move(fixture)) {}

  absl::StatusOr<ReplayResult> All() {
    const auto start = std::chrono::steady_clock::now();
    RETURN_IF_ERROR(PutClockBack());
    ASSIGN_OR_RETURN(cast_, MakeCast(run_, fixture_));
    RETURN_IF_ERROR(PublishNotice());
    LiveTimeline live(run_, tender_id_);
    RETURN_IF_ERROR(SubmitBids());
    RETURN_IF_ERROR(CloseAndOpen());
    RETURN_IF_ERROR(Evaluate());
    RETURN_IF_ERROR(CompareWithFixture());
    RETURN_IF_ERROR(Award());
    RETURN_IF_ERROR(MakeContract());
    RETURN_IF_ERROR(Pay());
    RETURN_IF_ERROR(CheckTimelineAgainst(live));
    RETURN_IF_ERROR(CheckReceipts());
    RETURN_IF_ERROR(ExportAndVerify());
    result_.seconds = SecondsSince(start);
    return std::move(result_);
  }

 private:
  struct Sent {
    std::optional<sdk::SealedBid> sealed;
    bidding::v1::SubmitBidResponse answer;
  };

  sdk::Client& client() { return run_.client(); }
  document::v1::EnteredPrices Entered() const {
    document::v1::EnteredPrices prices;
    for (int64_t amount : fixture_.prices_krw) prices.add_prices(amount);
    prices.set_salt(prices_salt_);
    return prices;
  }

  // A fresh installation may play an old opening on its own days: its clock may go back once, and
  // nothing is in a log that would be later than that.
  absl::Status PutClockBack() {
    run_.Stage("clock");
    ASSIGN_OR_RETURN(const absl::Time now, run_.Now());
    if (now <= fixture_.published_at) return absl::OkStatus();
    for (const std::string& service : install::Stores()) {
      ASSIGN_OR_RETURN(const auto log, LogIdentityOf(run_, service));
      ASSIGN_OR_RETURN(const auto head,
                       run_.Patiently([&] { return client().Checkpoint(service); }));
      ASSIGN_OR_RETURN(const auto checkpoint, log::OpenCheckpoint(head.checkpoint(), log));
      if (checkpoint.size != 0) return absl::OkStatus();
    }
    const absl::Status moved =
        run_.Patiently([&] { return client().MoveClock(fixture_.published_at - kBeforeNotice); });
    // A clock that has been moved before goes forward only: other dates will do.
    return ErrorReason(moved) == "CLOCK_BACKWARDS" ? absl::OkStatus() : moved;
  }

  document::v1::Notice DraftNotice(const Schedule& schedule) {
    document::v1::Notice notice;
    notice.set_tender_id(tender_id_);
    notice.set_title(fixture_.title);
    notice.set_reference(fixture_.notice);
    notice.set_procurement_kind(fixture_.kind);
    notice.set_regime(fixture_.regime);
    notice.set_method(fixture_.method);
    notice.set_category(fixture_.category);
    notice.set_rule_set(schedule.rule_set);
    notice.set_presumed_price(fixture_.presumed_price_krw);
    notice.set_base_amount(fixture_.base_krw);
    notice.set_a_value(fixture_.a_value_krw);
    notice.set_net_cost(fixture_.net_cost_krw);
    notice.set_floor_rate_ppm(fixture_.floor_rate_ppm);
    notice.set_bid_start(sdk::DocumentTime(schedule.window_open));
    notice.set_deadline(sdk::DocumentTime(schedule.deadline));
    notice.set_open_at(sdk::DocumentTime(schedule.opening));
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

  absl::Status PublishNotice() {
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
    result_.price_source = notice.price_source();
    result_.original_dates = schedule_.original;
    result_.deadline = notice.deadline();
    return absl::OkStatus();
  }

  absl::Status SubmitBids() {
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
                       sdk::SealBid(cast_->suppliers[at], *notice_, {bid.amount_krw, bid.picks},
                                    now, client().random()));
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
    result_.bids_per_second = count / std::max(SecondsSince(start), 1e-6);
    return absl::OkStatus();
  }

  absl::StatusOr<bidding::v1::Box> GetBox() {
    bidding::v1::GetBoxRequest request;
    request.set_tender_id(tender_id_);
    ASSIGN_OR_RETURN(auto response,
                     run_.Ask(client().bidding(), &BiddingService::Stub::GetBox, request));
    return response.box();
  }

  // What one member's own machine does.
  absl::Status Release(int member, const bidding::v1::Box& box) {
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

  absl::Status CloseAndOpen() {
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
    RETURN_IF_ERROR(run_.ForEach("shares released", kQuorum,
                                 [&](int at) { return Release(kPresent[at], box); }));
    RETURN_IF_ERROR(run_.Await("the bids to open", [&]() -> absl::StatusOr<bool> {
      ASSIGN_OR_RETURN(box, GetBox());
      run_.Report("bids opened", box.opened(), count);
      return box.state() == bidding::v1::Box::OPENED;
    }));
    if (box.void_() != 0) return Mismatch("void bids", "0", absl::StrCat(box.void_()));
    RETURN_IF_ERROR(AwaitTender(tender::v1::Tender::OPENED));
    run_.Report("bids opened", count, count);
    return absl::OkStatus();
  }

  absl::Status AwaitTender(tender::v1::Tender::State state) {
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

  absl::Status Evaluate() {
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
    for (const auto& price : evaluation_.prices()) {
      result_.prices.push_back({price.number(), price.amount(), price.drawn(), price.chosen()});
    }
    result_.planned_price = evaluation_.planned_price();
    result_.floor = evaluation_.floor_amount();
    result_.net_cost_limit = evaluation_.net_cost_limit();
    result_.binding_limit = evaluation_.binding_limit();
    result_.ranked = evaluation_.ranked();
    result_.excluded = evaluation_.excluded();
    for (const auto& row : evaluation_.rows()) {
      if (row.rank() == 1) result_.first_amount = row.amount();
      result_.ranking.push_back({row.rank(), row.supplier_id(), row.amount(),
                                 row.bid_rate_milli_percent(), row.remark()});
    }
    run_.Report("prices drawn, bids ranked", 1, 1);
    return absl::OkStatus();
  }

  absl::Status CompareWithFixture() {
    const auto same = [](absl::string_view field, int64_t expected, int64_t actual) {
      return expected == actual ? absl::OkStatus()
                                : Mismatch(field, absl::StrCat(expected), absl::StrCat(actual));
    };
    const int count = result_.bids;
    RETURN_IF_ERROR(same("valid bids", count, evaluation_.valid_bids()));
    RETURN_IF_ERROR(same("bids ranked and excluded", count, result_.ranked + result_.excluded));
    if (!fixture_.chosen_numbers.empty()) {
      std::vector<int> chosen(evaluation_.chosen().begin(), evaluation_.chosen().end());
      std::sort(chosen.begin(), chosen.end());
      for (size_t at = 0; at < fixture_.chosen_numbers.size(); ++at) {
        RETURN_IF_ERROR(same("chosen numbers", fixture_.chosen_numbers[at],
                             at < chosen.size() ? chosen[at] : 0));
      }
    }
    if (fixture_.expected.has_value()) {
      const Fixture::Expected& e = *fixture_.expected;
      RETURN_IF_ERROR(same("planned price", e.planned_krw, result_.planned_price));
      RETURN_IF_ERROR(same("floor", e.floor_krw, result_.floor));
      RETURN_IF_ERROR(
          same("net planned price", e.net_planned_krw.value_or(0), evaluation_.net_planned()));
      RETURN_IF_ERROR(
          same("net-cost limit", e.net_cost_limit_krw.value_or(0), result_.net_cost_limit));
      if (e.binding != result_.binding_limit) {
        return Mismatch("binding limit", e.binding, result_.binding_limit);
      }
      RETURN_IF_ERROR(same("ranked", e.in_range, result_.ranked));
      RETURN_IF_ERROR(same("excluded", count - e.in_range, result_.excluded));
      RETURN_IF_ERROR(same("first amount", e.first_amount_krw, result_.first_amount));
    }
    std::map<std::string, int> bid_of;  // by submission
    for (int at = 0; at < count; ++at) bid_of[sent_[at].sealed->submission_id] = at;
    for (const auto& row : evaluation_.rows()) {
      const auto bid = bid_of.find(row.submission_id());
      if (bid == bid_of.end()) return Mismatch("bidder", "one of the replay", row.supplier_id());
      const Fixture::Bid& published = fixture_.bids[bid->second];
      RETURN_IF_ERROR(same("amount of a bid", published.amount_krw, row.amount()));
      if (published.rank.has_value()) {
        RETURN_IF_ERROR(
            same(absl::StrCat("rank of ", row.amount()), std::max(*published.rank, 0), row.rank()));
      }
      if (row.submission_id() == evaluation_.candidate()) {
        winner_ = bid->second;
        if (row.supplier_id() != evaluation_.candidate_supplier_id()) {
          return Mismatch("supplier of the candidate", row.supplier_id(),
                          evaluation_.candidate_supplier_id());
        }
      }
    }
    if (evaluation_.outcome() != "award" || winner_ < 0) {
      return Mismatch("outcome", "award", evaluation_.outcome_detail());
    }
    return absl::OkStatus();
  }

  absl::Status Award() {
    run_.Stage("award decided", 1);
    ASSIGN_OR_RETURN(const auto decision,
                     sdk::AwardFor(tender_, evaluation_, "적격심사 결과 낙찰자로 결정함"));
    RETURN_IF_ERROR(run_.Act(cast_->officer, "award.decision", decision, client().tender(),
                             &TenderService::Stub::DecideAward, "award")
                        .status());
    result_.awarded_to = decision.supplier_id();
    run_.Report("award decided", 1, 1);
    return absl::OkStatus();
  }

  const sdk::Identity& supplier() const { return cast_->suppliers[winner_]; }

  absl::Status MakeContract() {
    constexpr int kSteps = 5;
    const std::string stage = "contract, delivery, inspection";
    run_.Stage(stage, kSteps);
    contract::v1::ListContractsRequest list;
    list.set_tender_id(tender_id_);
    contract::v1::Contract contract;
    RETURN_IF_ERROR(run_.Await("the contract to be prepared", [&]() -> absl::StatusOr<bool> {
      ASSIGN_OR_RETURN(const auto found,
                       run_.Ask(client().contract(), &ContractService::Stub::ListContracts, list));
      if (found.contracts().empty()) return false;
      contract = found.contracts(0);
      return true;
    }));
    ASSIGN_OR_RETURN(const absl::Time now, run_.Now());
    document::v1::ContractOffer terms;
    terms.set_start_date(sdk::DocumentDate(now));
    terms.set_end_date(sdk::DocumentDate(now + kContractPeriod));
    terms.set_delay_damages_ppm_per_day(kDelayDamagesPpmPerDay);
    terms.set_terms("공고와 계약 일반조건에 따른다.");
    ASSIGN_OR_RETURN(const auto offer, sdk::ActFor(contract, terms));
    ASSIGN_OR_RETURN(const auto offered,
                     run_.Act(cast_->officer, "contract.offer", offer, client().contract(),
                              &ContractService::Stub::ActOnContract, "offer"));
    run_.Report(stage, 1, kSteps);
    ASSIGN_OR_RETURN(const auto consent,
                     sdk::ActFor<document::v1::ContractConsent>(offered.contract()));
    ASSIGN_OR_RETURN(const auto consented,
                     run_.Act(supplier(), "contract.consent", consent, client().contract(),
                              &ContractService::Stub::ActOnContract, "consent"));
    run_.Report(stage, 2, kSteps);
    ASSIGN_OR_RETURN(const auto confirmation,
                     sdk::ActFor<document::v1::ContractConfirmation>(consented.contract()));
    ASSIGN_OR_RETURN(
        const auto formed,
        run_.Act(cast_->officer, "contract.confirmation", confirmation, client().contract(),
                 &ContractService::Stub::ActOnContract, "confirmation"));
    run_.Report(stage, 3, kSteps);

    RETURN_IF_ERROR(run_.MoveClock(now + kDeliveryAfter));
    document::v1::DeliveryReport facts;
    facts.set_delivered_on(sdk::DocumentDate(now + kDeliveryAfter));
    facts.set_final(true);
    facts.set_description("전부 이행을 완료함");
    ASSIGN_OR_RETURN(const auto report, sdk::ActFor(formed.contract(), facts));
    ASSIGN_OR_RETURN(const auto reported,
                     run_.Act(supplier(), "delivery.report", report, client().contract(),
                              &ContractService::Stub::ActOnContract, "report"));
    run_.Report(stage, 4, kSteps);
    document::v1::DeliveryInspection finding;
    finding.set_accepted(true);
    finding.set_remarks("이상 없음");
    ASSIGN_OR_RETURN(const auto inspection, sdk::ActFor(reported.contract(), finding));
    ASSIGN_OR_RETURN(
        const auto inspected,
        run_.Act(cast_->inspector, "delivery.inspection", inspection, client().contract(),
                 &ContractService::Stub::ActOnContract, "inspection"));
    result_.contract = contract.contract_id();
    result_.contract_state = contract::v1::Contract::State_Name(inspected.contract().state());
    run_.Report(stage, kSteps, kSteps);
    if (inspected.contract().state() != contract::v1::Contract::COMPLETED) {
      return Mismatch("contract state", "COMPLETED", result_.contract_state);
    }
    return absl::OkStatus();
  }

  // The supplier's account in force: that of an earlier replay, or a first one.
  absl::StatusOr<payment::v1::Account> AccountInForce() {
    payment::v1::GetAccountRequest get;
    get.set_supplier_id(supplier().organization_id());
    const auto known =
        run_.As(supplier(), client().payment(), &PaymentService::Stub::GetAccount, get);
    if (known.ok()) return known->active();
    if (!absl::IsNotFound(known.status())) return known.status();
    sdk::AccountFacts facts;
    facts.bank_id = cast_->bank.organization_id();
    facts.account_number = absl::StrFormat("110-%03d-%06d", winner_ % 1000, 100000 + winner_);
    facts.holder = "훈련업체";
    facts.nonce = HexEncode(client().random().Bytes(16));
    ASSIGN_OR_RETURN(const auto submitted,
                     run_.Act(supplier(), "account", sdk::AccountFor(get.supplier_id(), {}, facts),
                              client().payment(), &PaymentService::Stub::SubmitAccount, "account"));
    return submitted.account();
  }

  absl::Status Pay() {
    constexpr int kSteps = 5;
    const std::string stage = "invoice, approvals, payment";
    run_.Stage(stage, kSteps);
    ASSIGN_OR_RETURN(const payment::v1::Account account, AccountInForce());
    payment::v1::ListPaymentsRequest list;
    list.set_contract_id(result_.contract);
    payment::v1::Payment payment;
    RETURN_IF_ERROR(run_.Await("the delivery to be payable", [&]() -> absl::StatusOr<bool> {
      ASSIGN_OR_RETURN(const auto found,
                       run_.Ask(client().payment(), &PaymentService::Stub::ListPayments, list));
      if (found.payments().empty()) return false;
      payment = found.payments(0);
      return true;
    }));
    run_.Report(stage, 1, kSteps);
    ASSIGN_OR_RETURN(const auto invoice, sdk::InvoiceFor(payment, account));
    ASSIGN_OR_RETURN(const auto invoiced,
                     run_.Act(supplier(), "invoice", invoice, client().payment(),
                              &PaymentService::Stub::CreateInvoice, "invoice"));
    payment = invoiced.payment();
    run_.Report(stage, 2, kSteps);
    for (size_t at = 0; at < cast_->paymasters.size(); ++at) {
      ASSIGN_OR_RETURN(const auto approval, sdk::PaymentApprovalFor(payment));
      ASSIGN_OR_RETURN(
          const auto approved,
          run_.Act(cast_->paymasters[at], "payment.approval", approval, client().payment(),
                   &PaymentService::Stub::ApprovePayment, absl::StrCat("payment approval ", at)));
      payment = approved.payment();
      run_.Report(stage, 3 + static_cast<int>(at), kSteps);
    }
    // The bank carries out the order that it has read, not the one that somebody tells it of.
    payment::v1::GetPaymentOrderRequest get;
    get.set_payment_id(payment.payment_id());
    ASSIGN_OR_RETURN(const auto order, run_.As(cast_->bank, client().payment(),
                                               &PaymentService::Stub::GetPaymentOrder, get));
    ASSIGN_OR_RETURN(
        const auto settlement,
        sdk::SettlementFor(payment, order.order(), absl::StrCat("TR-", payment.payment_id())));
    ASSIGN_OR_RETURN(const auto settled,
                     run_.Act(cast_->bank, "payment.settlement", settlement, client().payment(),
                              &PaymentService::Stub::SettlePayment, "settlement"));
    result_.payment = payment.payment_id();
    result_.payment_state = payment::v1::Payment::State_Name(settled.payment().state());
    run_.Report(stage, kSteps, kSteps);
    if (settled.payment().state() != payment::v1::Payment::SETTLED) {
      return Mismatch("payment state", "SETTLED", result_.payment_state);
    }
    return absl::OkStatus();
  }

  absl::Status CheckTimelineAgainst(const LiveTimeline& live) {
    run_.Stage("timeline checked", 1);
    // The monitor follows each log by itself: it has all of them when it is as far as their heads.
    std::map<std::string, uint64_t> heads;
    for (const std::string& service : install::Stores()) {
      if (procurement::FindService(service)->follows == procurement::kEveryLog) continue;
      ASSIGN_OR_RETURN(const auto log, LogIdentityOf(run_, service));
      ASSIGN_OR_RETURN(const auto head,
                       run_.Patiently([&] { return client().Checkpoint(service); }));
      ASSIGN_OR_RETURN(const auto checkpoint, log::OpenCheckpoint(head.checkpoint(), log));
      heads[service] = checkpoint.size;
    }
    RETURN_IF_ERROR(run_.Await("the monitor to follow", [&]() -> absl::StatusOr<bool> {
      ASSIGN_OR_RETURN(
          const auto status,
          run_.Ask(client().tracking(), &tracking::v1::TrackingService::Stub::GetMonitorStatus,
                   tracking::v1::GetMonitorStatusRequest()));
      size_t reached = 0;
      for (const auto& followed : status.logs()) {
        if (!followed.problem().empty()) {
          return Mismatch(absl::StrCat("log of ", followed.service()), "consistent",
                          followed.problem());
        }
        const auto head = heads.find(followed.service());
        if (head != heads.end() && followed.size() >= head->second) ++reached;
      }
      return reached == heads.size();
    }));
    ASSIGN_OR_RETURN(const auto items, ListTimeline(run_, tender_id_));
    std::vector<uint64_t> listed;
    for (const auto& item : items) listed.push_back(item.sequence());
    RETURN_IF_ERROR(CheckTimeline(items, {result_.bids, kQuorum}));
    RETURN_IF_ERROR(run_.Await("the live timeline", [&]() -> absl::StatusOr<bool> {
      return live.Seen().size() >= listed.size();
    }));
    if (live.Seen() != listed) {
      return Mismatch("items seen live", absl::StrCat(listed.size(), " in order"),
                      absl::StrCat(live.Seen().size(), ", not the same"));
    }
    result_.timeline_items = static_cast<int>(listed.size());
    run_.Report("timeline checked", 1, 1);
    return absl::OkStatus();
  }

  absl::Status CheckReceipts() {
    run_.Stage("receipts verified", result_.bids);
    ASSIGN_OR_RETURN(const sdk::CheckedLog log, ReadLog(run_, "bidding"));
    std::map<uint64_t, int> by_seq;
    for (const Sent& sent : sent_) {
      RETURN_IF_ERROR(log.CheckReceipt(sent.answer.receipt()));
      if (++by_seq[sent.answer.receipt().seq()] > 1) {
        return Mismatch("entry of a receipt", "one bid's", "two bids'");
      }
      run_.Report("receipts verified", ++result_.receipts_verified, result_.bids);
    }
    for (const std::string& service : install::Stores()) {
      ASSIGN_OR_RETURN(const auto identity, LogIdentityOf(run_, service));
      ASSIGN_OR_RETURN(const auto head,
                       run_.Patiently([&] { return client().Checkpoint(service); }));
      ASSIGN_OR_RETURN(const auto checkpoint, log::OpenCheckpoint(head.checkpoint(), identity));
      result_.log_entries += static_cast<int64_t>(checkpoint.size);
    }
    return absl::OkStatus();
  }

  absl::Status ExportAndVerify() {
    run_.Stage("bundle exported", 1);
    const std::string& dir = run_.options().dir;
    result_.bundle = run_.options().bundle_dir.empty() ? absl::StrCat(dir, "/bundles/", tender_id_)
                                                       : run_.options().bundle_dir;
    result_.trust = install::TrustDir(dir);
    sdk::Identity auditor = cast_->auditor;
    RETURN_IF_ERROR(run_.Patiently(
        [&] { return bundle::ExportBundle(client(), auditor, tender_id_, result_.bundle); }));
    run_.Report("bundle exported", 1, 1);
    run_.Stage("bundle verified offline", 1);
    ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Load(result_.trust));
    ASSIGN_OR_RETURN(const bundle::Report report, bundle::VerifyBundle(result_.bundle, trust));
    if (report.planned_price != result_.planned_price || report.ranked != result_.ranked ||
        report.award_supplier_id != result_.awarded_to) {
      return Mismatch("result of the bundle", absl::StrCat(result_.planned_price),
                      absl::StrCat(report.planned_price));
    }
    run_.Report("bundle verified offline", 1, 1);
    return absl::OkStatus();
  }

  Run& run_;
  const Fixture fixture_;
  ReplayResult result_;
  std::optional<Cast> cast_;
  Schedule schedule_;
  std::string tender_id_;
  std::string prices_salt_;
  std::optional<sdk::PublishedNotice> notice_;
  std::vector<Sent> sent_;  // by bid
  tender::v1::Tender tender_;
  tender::v1::EvaluationResult evaluation_;
  int winner_ = -1;  // index of the bid
};

}  // namespace

absl::StatusOr<ReplayResult> Replay(sdk::Client& client, const ReplayOptions& options) {
  if (!client.context().training) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "TRAINING_ONLY",
                     "openings are replayed on a training installation only");
  }
  ASSIGN_OR_RETURN(Fixture fixture, LoadFixture(options.fixture));
  Run run(client, options);
  return Play(run, std::move(fixture)).All();
}

}  // namespace jodal::demo
