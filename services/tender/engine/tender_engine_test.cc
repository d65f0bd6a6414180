#include "services/tender/engine/tender_engine.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "common/crypto/ec.h"
#include "procurement/award/result.h"
#include "procurement/limits.h"
#include "services/kit/testing.h"
#include "services/tender/engine/worker.h"
#include "services/tender/limits.h"
#include "services/tender/store/tender_list.h"
#include "tests/support/notice_path.h"
#include "tests/support/parts.h"

namespace jodal::tender {
namespace {

using kit::FakePerson;
using kit::HasReason;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing_support::TheLot;
using testing_support::TheOffer;
using testing_support::TheStage;
using Wire = v1::Tender;

const FakePerson kOfficer{"A-1.2", "A-1", {"officer"}};
const FakePerson kSecondOfficer{"A-1.5", "A-1", {"officer", "approver"}};
const FakePerson kApprover{"A-1.3", "A-1", {"approver", "officer"}};
const FakePerson kStranger{"A-2.2", "A-2", {"officer", "approver"}};
const FakePerson kSupplier{"S-1.1", "S-1", {"representative"}};

constexpr char kBidStart[] = "2025-01-06T00:00:00Z";
constexpr char kDeadline[] = "2025-01-13T03:00:00Z";  // Monday 12:00 in Korea
constexpr char kOpenAt[] = "2025-01-13T05:00:00Z";

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

std::string MemberKey(int i) {
  return crypto::P256PrivateKey::Derive(absl::StrCat("member ", i)).SpkiDer();
}

class FakePeople : public People {
 public:
  absl::StatusOr<std::optional<procurement::MemberFacts>> FindPerson(
      absl::string_view id) override {
    if (!error.ok()) return error;
    const auto found = people.find(std::string(id));
    if (found == people.end()) return std::optional<procurement::MemberFacts>();
    return std::optional<procurement::MemberFacts>(found->second);
  }
  std::map<std::string, procurement::MemberFacts> people;
  absl::Status error;
};

class FakeCalendar : public kit::Calendar {
 public:
  absl::StatusOr<std::vector<procurement::DatedFact>> HolidayFacts() override {
    if (away) return absl::UnavailableError("away");
    return facts;
  }
  // Of one day in Korea; `replaces` takes the place of an earlier one.
  void Record(absl::CivilDay day, const std::string& sha256, const std::string& replaces = "") {
    const absl::Time from = absl::FromCivil(day, procurement::KoreanTime());
    facts.push_back({procurement::kCountry, procurement::kHolidayFact, "holiday", from,
                     from + absl::Hours(24), replaces, sha256});
  }
  std::vector<procurement::DatedFact> facts;
  bool away = false;
};

class FakeBoxes : public BidBoxes {
 public:
  absl::StatusOr<bidding::v1::Box> CreateBox(
      const bidding::v1::CreateBoxRequest& request) override {
    ++creations;
    if (!before.ok()) return before;
    boxes[request.tender_id()] = HexEncode(crypto::Sha256(request.notice().document().content()));
    if (!after.ok()) return after;
    bidding::v1::Box box;
    box.set_tender_id(request.tender_id());
    box.set_notice_hash(boxes[request.tender_id()]);
    return box;
  }
  absl::Status CancelBox(absl::string_view id) override {
    ++cancellations;
    if (!before.ok()) return before;
    if (boxes.erase(std::string(id)) == 0) {
      return MakeError(absl::StatusCode::kNotFound, "BOX_NOT_FOUND", "no box");
    }
    return after;
  }
  std::map<std::string, std::string> boxes;  // tender: notice hash
  absl::Status before;                       // refused, nothing done
  absl::Status after;                        // done, but the answer is lost
  int creations = 0;
  int cancellations = 0;
};

class FakeBids : public OpenedBids {
 public:
  absl::StatusOr<std::vector<bidding::v1::OpenedBid>> List(absl::string_view) override {
    ++calls;
    return bids;
  }
  std::vector<bidding::v1::OpenedBid> bids;
  int calls = 0;
};

document::v1::EnteredPrices::Lot& Entered(document::v1::EnteredPrices& prices) {
  return *prices.mutable_lots(0);
}

document::v1::Attachment& Attach(document::v1::Notice& notice) {
  document::v1::Attachment& file = *notice.add_attachments();
  file.set_name("spec.pdf");
  file.set_size(1);
  file.set_sha256(std::string(64, 'a'));
  file.set_type("application/pdf");
  return file;
}

class TenderEngineTest : public testing::Test {
 protected:
  TenderEngineTest() : env_("tender") {
    for (int i = 1; i <= 3; ++i) {
      people_.people[absl::StrCat("C-", i)] = {true, true, i == 3 ? "A-9" : "A-1",
                                               std::string(64, static_cast<char>('0' + i)),
                                               MemberKey(i)};
    }
    prices_.add_lots()->set_lot(1);
    Entered(prices_).set_salt(std::string(32, 't'));
    for (int64_t price :
         {409780300, 408587700, 400930600, 405745600, 407184800, 402782200, 399394300, 397482000,
          406659200, 401941300, 396928200, 410625200, 399774300, 411644000, 404419500}) {
      Entered(prices_).add_prices(price);
    }
    Restart();
  }

  // A process that died and came back: the ledger stays, nothing else.
  void Restart() {
    engine_ =
        std::make_unique<TenderEngine>(env_.context, Ports{&people_, &calendar_, &boxes_, &bids_});
  }

  document::v1::Notice Notice(const std::string& tender_id) const {
    document::v1::Notice n;
    n.set_tender_id(tender_id);
    n.set_notice_version(1);
    n.set_round(1);
    n.set_agency_id("A-1");
    n.set_title("기본계획수립 용역");
    n.set_title_en("Master plan");
    n.set_procurement_kind("general_services");
    n.set_regime("state");
    n.set_method("qualification");
    n.set_category("general");
    n.set_rule_set("kr-state-general-services-2024");
    n.set_currency("KRW");
    TheLot(n).set_presumed_price(367529090);
    TheLot(n).set_base_amount(404282000);
    TheLot(n).set_floor_rate_ppm(804950);
    TheStage(n).set_bid_start(kBidStart);
    TheStage(n).set_deadline(kDeadline);
    TheStage(n).set_open_at(kOpenAt);
    n.set_quorum(2);
    for (int i = 1; i <= 3; ++i) {
      auto* m = n.add_committee();
      m->set_member(i);
      m->set_person_id(absl::StrCat("C-", i));
      m->set_organization_id(i == 3 ? "A-9" : "A-1");
      m->set_cert_sha256(std::string(64, static_cast<char>('0' + i)));
      m->set_spki(MemberKey(i));
      m->set_outside(i == 3);
    }
    n.set_log_origin("training.test.jodal.example/bidding");
    TheLot(n).set_price_source("verifiable");
    return n;
  }
  document::v1::Notice EnteredNotice(const std::string& tender_id) const {
    document::v1::Notice n = Notice(tender_id);
    TheLot(n).set_price_source("entered");
    TheLot(n).set_entered_prices_sha256(procurement::EnteredPricesCommitment(prices_.lots(0)));
    return n;
  }

  absl::Status Create(const FakePerson& person = kOfficer) {
    v1::CreateTenderRequest request;
    request.set_request_id(env_.NextRequestId());
    v1::CreateTenderResponse response;
    const absl::Status status = engine_->CreateTender(env_.As(person), request, &response);
    Keep(response);
    if (status.ok()) id_ = response.tender().tender_id();
    return status;
  }
  absl::Status Submit(const document::v1::Notice& notice, const FakePerson& person = kOfficer) {
    v1::SubmitNoticeRequest request;
    *request.mutable_document() = env_.Sign(notice, "notice", person);
    request.set_request_id(env_.NextRequestId());
    submitted_ = {};
    const absl::Status status = engine_->SubmitNotice(env_.As(person), request, &submitted_);
    Keep(submitted_);
    return status;
  }
  v1::ApproveNoticeRequest ApprovalOf(const std::string& hash, const FakePerson& person) {
    document::v1::NoticeApproval doc;
    doc.set_tender_id(id_);
    doc.set_notice_hash(hash);
    v1::ApproveNoticeRequest request;
    *request.mutable_document() = env_.Sign(doc, "notice.approval", person);
    request.set_request_id(env_.NextRequestId());
    return request;
  }
  absl::Status Approve(const FakePerson& person = kApprover) {
    const auto request = ApprovalOf(Record().pending_hash(), person);
    v1::ApproveNoticeResponse response;
    const absl::Status status = engine_->ApproveNotice(env_.As(person), request, &response);
    Keep(response);
    return status;
  }
  absl::Status Cancel(const FakePerson& person = kOfficer) {
    document::v1::TenderCancellation doc;
    doc.set_tender_id(id_);
    doc.set_notice_hash(Record().notice_hash());
    doc.set_reason(env_.NextRequestId());  // no two are the same document
    v1::CancelTenderRequest request;
    *request.mutable_document() = env_.Sign(doc, "tender.cancellation", person);
    request.set_request_id(env_.NextRequestId());
    v1::CancelTenderResponse response;
    return engine_->CancelTender(env_.As(person), request, &response);
  }
  document::v1::EnteredPrices EnteredPrices() {
    document::v1::EnteredPrices doc = prices_;
    doc.set_tender_id(id_);
    doc.set_notice_hash(Record().notice_hash());
    return doc;
  }
  absl::Status Evaluate(const document::v1::EnteredPrices* prices = nullptr,
                        const FakePerson& person = kOfficer) {
    v1::EvaluateTenderRequest request;
    request.set_tender_id(id_);
    request.set_request_id(env_.NextRequestId());
    if (prices != nullptr) {
      *request.mutable_entered_prices() = env_.Sign(*prices, "entered-prices", person);
    }
    v1::EvaluateTenderResponse response;
    return engine_->EvaluateTender(env_.As(person), request, &response);
  }
  document::v1::AwardDecision Decision() {
    document::v1::AwardDecision doc;
    doc.set_tender_id(id_);
    doc.set_notice_hash(Record().notice_hash());
    doc.set_result_sha256(Record().result_sha256());
    v1::EvaluationResult result;
    if (!Record().result_sha256().empty()) result = Result();
    for (const auto& lot : result.lots()) {
      if (lot.candidates().empty()) continue;
      auto* award = doc.add_awards();
      award->set_lot(lot.lot());
      award->set_submission_id(lot.candidates(0).submission_id());
      award->set_supplier_id(lot.candidates(0).supplier_id());
      award->set_amount(lot.candidates(0).amount());
    }
    doc.set_reason(env_.NextRequestId());
    return doc;
  }
  absl::Status Award(const document::v1::AwardDecision& doc, const FakePerson& person = kOfficer) {
    v1::DecideAwardRequest request;
    *request.mutable_document() = env_.Sign(doc, "award.decision", person);
    request.set_request_id(env_.NextRequestId());
    v1::DecideAwardResponse response;
    return engine_->DecideAward(env_.As(person), request, &response);
  }

  // The tender as its agency sees it.
  Wire Record() {
    v1::GetTenderRequest request;
    request.set_tender_id(id_);
    v1::GetTenderResponse response;
    EXPECT_TRUE(engine_->GetTender(env_.As(kOfficer), request, &response).ok());
    Keep(response);
    return response.tender();
  }
  v1::EvaluationResult Result() {
    v1::GetResultRequest request;
    request.set_tender_id(id_);
    v1::GetResultResponse response;
    EXPECT_TRUE(engine_->GetResult(env_.AsAnyone(), request, &response).ok());
    EXPECT_EQ(HexEncode(crypto::Sha256(response.result())), Record().result_sha256());
    procurement::ResultDocuments documents{response.result(), {}};
    v1::ListResultPagesRequest list;
    list.set_tender_id(id_);
    do {
      v1::ListResultPagesResponse page;
      EXPECT_TRUE(engine_->ListResultPages(env_.AsAnyone(), list, &page).ok());
      EXPECT_LE(page.ByteSizeLong(), 4u << 20) << "one gRPC message";
      documents.pages.insert(documents.pages.end(), page.pages().begin(), page.pages().end());
      list.set_page_token(page.next_page_token());
      ++answers_;
    } while (!list.page_token().empty());
    const auto result = procurement::FromDocuments(documents);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(v1::EvaluationResult());
  }
  absl::Status GetTender(const rpc::Call& call) {
    v1::GetTenderRequest request;
    request.set_tender_id(id_);
    v1::GetTenderResponse response;
    return engine_->GetTender(call, request, &response);
  }

  // As the follower does it.
  absl::Status Follow(const event::v1::Event& event) {
    log::v1::Entry head;
    head.set_type(kit::EventType(event));
    ledger::LoggedEntry entry;
    entry.entry = head.SerializeAsString();
    entry.body = event.SerializeAsString();
    auto update = engine_->OnBiddingEntry(entry);
    if (!update.ok()) return update.status();
    if (!update->has_value()) return absl::OkStatus();
    return env_.ledger->Update({.shard = (*update)->shard}, (*update)->body).status();
  }
  absl::Status BoxClosed(const std::string& hash) {
    event::v1::Event event;
    auto* closed = event.mutable_box_closed();
    closed->set_tender_id(id_);
    closed->set_notice_hash(hash);
    closed->set_count(static_cast<int>(bids_.bids.size()));
    closed->set_root(std::string(64, 'b'));
    return Follow(event);
  }
  absl::Status OpeningCompleted() {
    event::v1::Event event;
    auto* completed = event.mutable_opening_completed();
    completed->set_tender_id(id_);
    completed->set_notice_hash(Record().notice_hash());
    int voided = 0;
    for (const auto& bid : bids_.bids) voided += bid.void_reason().empty() ? 0 : 1;
    completed->set_valid(static_cast<int>(bids_.bids.size()) - voided);
    completed->set_void_bids(voided);
    return Follow(event);
  }

  // The lists, as the follower of the own log brings them up to date.
  void CatchUp() {
    const auto entries = env_.ledger->Entries(listed_, 100000, true);
    ASSERT_TRUE(entries.ok()) << entries.status();
    for (const auto& entry : *entries) {
      const auto update = engine_->OnOwnEntry(entry);
      ASSERT_TRUE(update.ok()) << update.status();
      if (update->has_value()) {
        const auto done =
            env_.ledger->Update({.shard = (*update)->shard, .housekeeping = true}, (*update)->body);
        ASSERT_TRUE(done.ok()) << done.status();
      }
      listed_ = entry.seq + 1;
    }
  }
  // All pages of a list.
  std::vector<std::string> List(const rpc::Call& call, v1::ListTendersRequest request) {
    std::vector<std::string> ids;
    do {
      v1::ListTendersResponse page;
      const absl::Status listed = engine_->ListTenders(call, request, &page);
      EXPECT_TRUE(listed.ok()) << listed;
      for (const Wire& tender : page.tenders()) ids.push_back(tender.tender_id());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }

  void SmallOpeningBids() {
    const int64_t amounts[] = {325451043, 325327585, 331200000, 402658750, 407000000};
    const int picks[][2] = {{8, 12}, {12, 8}, {8, 4}, {6, 10}, {13, 15}};
    bids_.bids.clear();
    for (int i = 0; i < 5; ++i) {
      auto& bid = bids_.bids.emplace_back();
      bid.set_submission_id(absl::StrCat("s", i));
      bid.set_supplier_id(absl::StrCat("S-", i));
      TheOffer(bid).set_amount(amounts[i]);
      for (int pick : picks[i]) TheOffer(bid).add_picks(pick);
      bid.set_nonce(std::string(32, static_cast<char>('0' + i)));
    }
  }

  // A new tender, driven to `state` by the ordinary way.
  void DriveTo(Wire::State state) {
    SmallOpeningBids();
    env_.clock.Set(At("2025-01-02T03:00:00Z"));
    ASSERT_TRUE(Create().ok());
    if (state == Wire::CANCELLED) {
      ASSERT_TRUE(Cancel().ok());
      return;
    }
    if (state == Wire::DRAFT) return;
    const absl::Status submitted = Submit(EnteredNotice(id_));
    ASSERT_TRUE(submitted.ok()) << submitted;
    if (state == Wire::SUBMITTED) return;
    if (state == Wire::PUBLISHING) {
      boxes_.before = absl::UnavailableError("away");
      ASSERT_TRUE(absl::IsUnavailable(Approve()));
      boxes_.before = absl::OkStatus();
      return;
    }
    const absl::Status approved = Approve();
    ASSERT_TRUE(approved.ok()) << approved;
    if (state == Wire::PUBLISHED) return;
    ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
    if (state == Wire::CLOSED) return;
    ASSERT_TRUE(OpeningCompleted().ok());
    if (state == Wire::OPENED) return;
    const auto prices = EnteredPrices();
    const absl::Status evaluated = Evaluate(&prices);
    ASSERT_TRUE(evaluated.ok()) << evaluated;
    if (state == Wire::EVALUATED) return;
    ASSERT_TRUE(Award(Decision()).ok());
  }

  template <typename Response>
  void Keep(const Response& response) {
    said_ += response.SerializeAsString();
  }

  kit::EngineEnv env_;
  FakePeople people_;
  FakeCalendar calendar_;
  FakeBoxes boxes_;
  FakeBids bids_;
  document::v1::EnteredPrices prices_;
  std::unique_ptr<TenderEngine> engine_;
  std::string id_;
  v1::SubmitNoticeResponse submitted_;
  std::string said_;     // everything that was answered
  int answers_ = 0;      // that it took to read results
  uint64_t listed_ = 0;  // entries that the lists have followed
};

TEST_F(TenderEngineTest, FromNumberToAward) {
  DriveTo(Wire::AWARDED);
  EXPECT_THAT(
      env_.LoggedTypes(),
      ElementsAre("tender.created", "notice.submitted", "notice.approved", "notice.published",
                  "tender.closed", "tender.opened", "tender.evaluated", "award.decided"));
  const Wire tender = Record();
  EXPECT_EQ(tender.state(), Wire::AWARDED);
  EXPECT_EQ(tender.bids(), 5);
  EXPECT_TRUE(IsTenderId(id_));
  EXPECT_EQ(id_.substr(0, 5), "R25BK");
  const auto entries = *env_.ledger->Entries(0, 100, false);
  std::vector<bool> is_public;
  for (const auto& entry : entries) is_public.push_back(entry.is_public);
  EXPECT_THAT(is_public, ElementsAre(false, false, false, true, true, true, true, true));
  const auto published = *kit::ParseEvent(entries[3].body);
  EXPECT_EQ(published.notice_published().notice_hash(), tender.notice_hash());
  EXPECT_EQ(published.notice_published().seed_commit(), tender.seed_commit());
  EXPECT_EQ(published.notice_published().title(), "기본계획수립 용역");
  EXPECT_EQ(published.notice_published().deadline(), kDeadline);
  EXPECT_EQ(published.notice_published().approval_sha256().size(), 64u);
  const auto award = *kit::ParseEvent(entries[7].body);
  EXPECT_EQ(award.award_decided().supplier_id(), "S-0");
  EXPECT_EQ(award.award_decided().agency_id(), "A-1");
  EXPECT_EQ(award.award_decided().amount(), 325451043);
  EXPECT_EQ(award.award_decided().currency(), "KRW");
  EXPECT_EQ(award.award_decided().result_sha256(), tender.result_sha256());
  EXPECT_EQ(award.award_decided().award_sha256(), tender.award_sha256());
  EXPECT_EQ(award.award_decided().title(), tender.title());
}

TEST_F(TenderEngineTest, PublishedOpeningGivesThePublishedPrice) {
  DriveTo(Wire::EVALUATED);
  const auto result = Result();
  EXPECT_EQ(result.lots(0).planned_price(), 404158750);
  EXPECT_EQ(result.lots(0).floor_amount(), 325327586);
  EXPECT_EQ(result.lots(0).candidates(0).submission_id(), "s0");
}

TEST_F(TenderEngineTest, SeedIsKeptUntilTheEvaluation) {
  DriveTo(Wire::OPENED);
  v1::GetResultRequest request;
  request.set_tender_id(id_);
  v1::GetResultResponse response;
  EXPECT_THAT(engine_->GetResult(env_.As(kOfficer), request, &response),
              HasReason("RESULT_NOT_READY"));
  EXPECT_TRUE(response.seed().empty());
  v1::ListResultPagesRequest rows;
  rows.set_tender_id(id_);
  v1::ListResultPagesResponse pages;
  EXPECT_THAT(engine_->ListResultPages(env_.As(kOfficer), rows, &pages),
              HasReason("RESULT_NOT_READY"));
  v1::GetNoticeRequest notice;
  notice.set_tender_id(id_);
  v1::GetNoticeResponse notice_response;
  ASSERT_TRUE(engine_->GetNotice(env_.As(kOfficer), notice, &notice_response).ok());
  Keep(notice_response);
  v1::ListTendersResponse list;
  CatchUp();
  ASSERT_TRUE(engine_->ListTenders(env_.As(kOfficer), {}, &list).ok());
  EXPECT_EQ(list.tenders_size(), 1);
  Keep(list);
  const auto logged = *env_.ledger->Entries(0, 100, true);
  for (const auto& entry : logged) said_ += entry.body;
  const std::string before = said_;
  const std::string commit = Record().seed_commit();

  const auto prices = EnteredPrices();
  ASSERT_TRUE(Evaluate(&prices).ok());
  ASSERT_TRUE(engine_->GetResult(env_.AsAnyone(), request, &response).ok());
  EXPECT_EQ(response.seed().size(), 32u);
  EXPECT_EQ(HexEncode(crypto::Sha256(response.seed())), commit);
  EXPECT_THAT(before, Not(HasSubstr(response.seed())));
  EXPECT_THAT(before, Not(HasSubstr(HexEncode(response.seed()))));
  EXPECT_THAT(before, HasSubstr(commit));
  EXPECT_EQ(Result().seed(), HexEncode(response.seed()));
}

TEST_F(TenderEngineTest, VerifiableDrawNeedsNoPrices) {
  SmallOpeningBids();
  ASSERT_TRUE(Create().ok());
  ASSERT_TRUE(Submit(Notice(id_)).ok());
  ASSERT_TRUE(Approve().ok());
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  ASSERT_TRUE(OpeningCompleted().ok());
  const auto prices = EnteredPrices();
  EXPECT_THAT(Evaluate(&prices), HasReason("ENTERED_PRICES_UNEXPECTED"));
  v1::EvaluateTenderRequest request;
  request.set_tender_id(id_);
  request.set_request_id("evaluate-1");
  v1::EvaluateTenderResponse first, second;
  ASSERT_TRUE(engine_->EvaluateTender(env_.As(kOfficer), request, &first).ok());
  const int calls = bids_.calls;
  ASSERT_TRUE(engine_->EvaluateTender(env_.As(kOfficer), request, &second).ok());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(bids_.calls, calls);  // a repeat asks nobody
  EXPECT_EQ(Result().lots(0).price_source(), "verifiable");
}

TEST_F(TenderEngineTest, EvaluationRefusesWrongPricesAndIncompleteBids) {
  DriveTo(Wire::OPENED);
  const uint64_t size = env_.ledger->Size();
  EXPECT_THAT(Evaluate(), HasReason("ENTERED_PRICES_MISSING"));
  auto prices = EnteredPrices();
  Entered(prices).set_prices(0, Entered(prices).prices(0) + 1);
  EXPECT_THAT(Evaluate(&prices), HasReason("ENTERED_PRICES_MISMATCH"));
  prices = EnteredPrices();
  prices.set_tender_id("R25BK99999999");
  EXPECT_THAT(Evaluate(&prices), HasReason("ENTERED_PRICES_MISMATCH"));
  prices = EnteredPrices();
  EXPECT_THAT(Evaluate(&prices, kStranger), HasReason("NOT_ALLOWED"));
  EXPECT_THAT(Evaluate(&prices, kSupplier), HasReason("NOT_ALLOWED"));
  const auto last = bids_.bids.back();
  bids_.bids.pop_back();
  EXPECT_THAT(Evaluate(&prices), HasReason("OPENED_BIDS_INCOMPLETE"));
  bids_.bids.push_back(last);
  bids_.bids.back().set_void_reason("UNREADABLE");
  EXPECT_THAT(Evaluate(&prices), HasReason("OPENED_BIDS_INCOMPLETE"));
  EXPECT_EQ(env_.ledger->Size(), size);
  EXPECT_EQ(Record().state(), Wire::OPENED);
}

TEST_F(TenderEngineTest, TooFewBidsFailTheTender) {
  DriveTo(Wire::PUBLISHED);
  bids_.bids.resize(1);
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  ASSERT_TRUE(OpeningCompleted().ok());
  const auto prices = EnteredPrices();
  ASSERT_TRUE(Evaluate(&prices).ok());
  EXPECT_EQ(Record().state(), Wire::FAILED);
  EXPECT_THAT(env_.LoggedTypes(), Contains("tender.failed"));
  EXPECT_EQ(Result().lots(0).outcome_detail(), "FAILED_TOO_FEW_BIDS");
  EXPECT_THAT(Award(Decision()), HasReason("WRONG_STATE"));
}

// Larger than one commit, one document and one message: 30,000 bids have some 6 MB of rows.
// JODAL_FULL=1 makes it 100,000.
TEST_F(TenderEngineTest, AnOpeningOfAnySizeIsEvaluated) {
  const int count = std::getenv("JODAL_FULL") != nullptr ? 100'000 : 30'000;
  DriveTo(Wire::PUBLISHED);
  bids_.bids.clear();
  for (int i = 0; i < count; ++i) {
    auto& bid = bids_.bids.emplace_back();
    bid.set_submission_id(HexEncode(crypto::Sha256(absl::StrCat("s", i)).substr(0, 16)));
    bid.set_supplier_id(absl::StrCat("S-", 1000000000 + i * 7919));
    TheOffer(bid).set_amount(325000000 + static_cast<int64_t>(i) * 104729 % 90000000);
    TheOffer(bid).add_picks(1 + i % 15);
    TheOffer(bid).add_picks(1 + (i + 1 + i / 15 % 14) % 15);
    bid.set_nonce(std::string(32, 'n'));
  }
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  ASSERT_TRUE(OpeningCompleted().ok());
  const auto prices = EnteredPrices();
  const absl::Status status = Evaluate(&prices);
  ASSERT_TRUE(status.ok()) << status;
  answers_ = 0;
  const auto result = Result();
  EXPECT_GT(answers_, 1) << "the rows do not fit one message";
  ASSERT_EQ(result.lots(0).rows_size(), count);
  EXPECT_EQ(result.lots(0).ranked() + result.lots(0).excluded(), count);
  std::set<std::string> rows;
  int tied = 0;
  for (const auto& row : result.lots(0).rows()) {
    rows.insert(row.submission_id());
    tied += row.tied();
  }
  EXPECT_EQ(static_cast<int>(rows.size()), count);
  EXPECT_EQ(tied, result.lots(0).tied());
  EXPECT_TRUE(Award(Decision()).ok());
}

// All at one price: the tie is as large as the opening.
TEST_F(TenderEngineTest, EveryoneMayBeTied) {
  DriveTo(Wire::PUBLISHED);
  auto one = bids_.bids[0];
  TheOffer(one).set_amount(340'000'000);
  bids_.bids.clear();
  for (int i = 0; i < 600; ++i) {
    bids_.bids.push_back(one);
    bids_.bids.back().set_submission_id(absl::StrCat("s", i));
    bids_.bids.back().set_supplier_id(absl::StrCat("S-", i));
  }
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  ASSERT_TRUE(OpeningCompleted().ok());
  const auto prices = EnteredPrices();
  ASSERT_TRUE(Evaluate(&prices).ok());
  const auto result = Result();
  const auto& lot = result.lots(0);
  EXPECT_EQ(lot.tie_resolution(), "LOTTERY");
  EXPECT_EQ(lot.tied(), 600);
  ASSERT_EQ(lot.candidates_size(), procurement::kCandidatesNamed);
  EXPECT_EQ(lot.candidates(0).supplier_id(), "S-" + lot.candidates(0).submission_id().substr(1));
  EXPECT_EQ(lot.rows(599).place(), 600);
  EXPECT_EQ(lot.row_pages_size(), 3);
  for (const auto& row : result.lots(0).rows()) EXPECT_TRUE(row.tied());
}

TEST_F(TenderEngineTest, EveryActInEveryState) {
  const std::map<Wire::State, std::string> allowed = {
      {Wire::DRAFT, "submit cancel"},
      {Wire::SUBMITTED, "submit approve cancel"},
      {Wire::PUBLISHING, "cancel"},
      {Wire::PUBLISHED, "submit cancel"},
      {Wire::CLOSED, "cancel"},
      {Wire::OPENED, "cancel evaluate"},
      {Wire::EVALUATED, "cancel award"},
      {Wire::AWARDED, ""},
      {Wire::CANCELLED, ""},
  };
  for (const auto& [state, acts] : allowed) {
    for (const std::string act : {"submit", "approve", "cancel", "evaluate", "award"}) {
      SCOPED_TRACE(absl::StrCat(Wire::State_Name(state), " ", act));
      DriveTo(state);
      ASSERT_EQ(Record().state(), state);
      const uint64_t size = env_.ledger->Size();
      absl::Status status;
      if (act == "submit") {
        auto notice = EnteredNotice(id_);
        notice.set_notice_version(Record().notice_version() + 1);
        notice.set_previous_notice_hash(Record().notice_hash());
        if (state == Wire::PUBLISHED) {
          TheStage(notice).set_deadline("2025-01-20T03:00:00Z");
          TheStage(notice).set_open_at("2025-01-20T05:00:00Z");
        }
        notice.set_description("again");
        status = Submit(notice);
      } else if (act == "approve") {
        status = Approve();
      } else if (act == "cancel") {
        status = Cancel();
      } else if (act == "evaluate") {
        const auto prices = EnteredPrices();
        status = Evaluate(&prices);
      } else {
        status = Award(Decision());
      }
      if (acts.find(act) != std::string::npos) {
        EXPECT_TRUE(status.ok()) << status;
      } else {
        EXPECT_THAT(status, HasReason("WRONG_STATE"));
        EXPECT_EQ(env_.ledger->Size(), size);
        EXPECT_EQ(Record().state(), state);
      }
    }
  }
}

TEST_F(TenderEngineTest, CreateIsIdempotentAndProbesForAFreeNumber) {
  v1::CreateTenderRequest request;
  request.set_request_id("request-a");
  v1::CreateTenderResponse first, second, third;
  ASSERT_TRUE(engine_->CreateTender(env_.As(kOfficer), request, &first).ok());
  env_.clock.Advance(absl::Hours(24 * 365));  // the year of the number stays
  ASSERT_TRUE(engine_->CreateTender(env_.As(kOfficer), request, &second).ok());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  env_.clock.Advance(-absl::Hours(24 * 365));
  // Another officer of the agency with the same request id meets the first number and goes on.
  env_.clock.Set(At("2025-01-02T04:00:00Z"));
  ASSERT_TRUE(engine_->CreateTender(env_.As(kSecondOfficer), request, &third).ok());
  EXPECT_NE(first.tender().tender_id(), third.tender().tender_id());
  const TenderIdSeed seed{"A-1", "request-a", env_.clock.Now()};
  EXPECT_EQ(first.tender().tender_id(), TenderIdCandidate(seed, 0));
  EXPECT_EQ(third.tender().tender_id(), TenderIdCandidate(seed, 1));
  EXPECT_EQ(env_.ledger->Size(), 2u);
  EXPECT_THAT(Create(kSupplier), HasReason("NOT_ALLOWED"));
}

TEST(TenderId, YearIsTheKoreanOne) {
  // The example of docs/formats.md 6.
  EXPECT_EQ(TenderIdCandidate({"A-1248100998", "request-a", At("2026-03-01T00:00:00Z")}, 0),
            "R26BK73181328");
  EXPECT_EQ(TenderIdCandidate({"A", "r", At("2025-12-31T14:59:59Z")}, 0).substr(0, 3), "R25");
  EXPECT_EQ(TenderIdCandidate({"A", "r", At("2025-12-31T15:00:00Z")}, 0).substr(0, 3), "R26");
  for (const char* bad : {"", "R25BK0000000", "R25BK000000001", "X25BK00000001", "R25BK0000000a"}) {
    EXPECT_FALSE(IsTenderId(bad)) << bad;
  }
}

TEST_F(TenderEngineTest, OneChangeOneViolation) {
  using N = document::v1::Notice;
  struct Case {
    const char* code;
    void (*change)(N&);
  } cases[] = {
      {"NOTICE_PERIOD_TOO_SHORT",
       [](N& n) {
         TheStage(n).set_deadline("2025-01-09T02:59:59Z");
         TheStage(n).set_bid_start("2025-01-03T00:00:00Z");
       }},
      {"WINDOW_BEFORE_NOTICE", [](N& n) { TheStage(n).set_bid_start("2025-01-02T02:59:59Z"); }},
      {"WINDOW_TOO_SHORT", [](N& n) { TheStage(n).set_bid_start("2025-01-11T03:00:01Z"); }},
      {"DEADLINE_NOT_WORKING_DAY", [](N& n) { TheStage(n).set_deadline("2025-01-12T03:00:00Z"); }},
      {"DEADLINE_OUTSIDE_HOURS", [](N& n) { TheStage(n).set_deadline("2025-01-13T00:59:59Z"); }},
      {"OPENING_TOO_EARLY", [](N& n) { TheStage(n).set_open_at("2025-01-13T03:59:59Z"); }},
      {"RULE_SET_UNKNOWN", [](N& n) { n.set_rule_set("kr-none"); }},
      {"RULE_SET_MISMATCH", [](N& n) { n.set_rule_set("kr-state-goods-2024"); }},
      {"BASE_OUT_OF_RANGE", [](N& n) { TheLot(n).set_base_amount(0); }},
      {"COMMITTEE_QUORUM", [](N& n) { n.set_quorum(3); }},
      {"COMMITTEE_INDEXES", [](N& n) { n.mutable_committee(0)->set_member(2); }},
      {"CURRENCY_NOT_SUPPORTED", [](N& n) { n.set_currency("USD"); }},
      {"LOG_ORIGIN_MISMATCH", [](N& n) { n.set_log_origin("test.jodal.example/bidding"); }},
      {"PRICE_SOURCE_INVALID", [](N& n) { TheLot(n).set_price_source("x"); }},
      {"ENTERED_PRICES_COMMITMENT",
       [](N& n) { TheLot(n).set_entered_prices_sha256(std::string(64, 'a')); }},
      {"ENTERED_PRICES_COMMITMENT", [](N& n) { TheLot(n).set_price_source("entered"); }},
      {"FIELD_MISSING", [](N& n) { n.clear_title(); }},
      {"FIELD_TOO_LONG",
       [](N& n) { n.set_title(std::string(procurement::kTextBytesMax + 1, 'x')); }},
      {"FIELD_TEXT", [](N& n) { n.set_title("의\xe2\x80\x8b자 구매"); }},         // zero width
      {"FIELD_TEXT", [](N& n) { n.set_title_en("\xd0\xa0\xd0\xa1 purchase"); }},  // Cyrillic PC
      {"FIELD_TEXT", [](N& n) { n.set_title("구매 \xe2\x80\xae자의"); }},         // reversed
      {"FIELD_TEXT", [](N& n) { n.set_place("a\xe2\x80\x8b"); }},
      {"FIELD_TEXT", [](N& n) { n.set_description("one\n two\xe2\x80\x8b"); }},
      {"FIELD_TOO_LONG", [](N& n) { n.mutable_contact()->set_phone(std::string(41, '1')); }},
      {"FIELD_MISSING", [](N& n) { Attach(n).clear_type(); }},
      {"FIELD_MISSING", [](N& n) { TheLot(n).add_items()->set_quantity(1); }},
      {"FIELD_MISSING",
       [](N& n) {
         *n.add_lots() = n.lots(0);
         n.mutable_lots(1)->set_lot(2);
         TheLot(n).set_title("chairs");
       }},
      {"ITEM_INVALID", [](N& n) { TheLot(n).add_items()->set_description("chair"); }},
      {"ITEM_INVALID",
       [](N& n) {
         document::v1::Item item;
         item.set_description("chair");
         item.set_quantity(1);
         for (int i = 0; i <= procurement::kItemsMax; ++i) *TheLot(n).add_items() = item;
       }},
      {"ATTACHMENT_INVALID", [](N& n) { Attach(n).set_sha256("x"); }},
      {"ATTACHMENT_INVALID", [](N& n) { Attach(n).set_size(0); }},
      {"ATTACHMENT_INVALID", [](N& n) { Attach(n).set_name("../spec.pdf"); }},
      {"ATTACHMENT_INVALID",
       [](N& n) {
         Attach(n);
         Attach(n);
       }},
      {"ROUND_INVALID", [](N& n) { n.set_round(2); }},
      {"STAGES_MISMATCH", [](N& n) { TheStage(n).set_content("technical"); }},
      {"STAGES_MISMATCH",
       [](N& n) {
         *n.add_stages() = n.stages(0);
         n.mutable_stages(1)->set_stage(2);
       }},
      {"PARAMETER_INVALID", [](N& n) { n.add_parameters()->set_name("weight"); }},
      {"QUESTIONS_AFTER_DEADLINE", [](N& n) { n.set_questions_until("2025-01-13T03:00:01Z"); }},
      {"NOTICE_FIELD_INVALID", [](N& n) { n.set_questions_until("soon"); }},
      {"NOTICE_FIELD_INVALID", [](N& n) { TheLot(n).set_lot(2); }},
      {"NOTICE_FIELD_INVALID", [](N& n) { TheStage(n).set_stage(0); }},
      {"NOTICE_FIELD_INVALID", [](N& n) { n.set_regime("x"); }},
      {"COMMITTEE_MEMBER_UNKNOWN", [](N& n) { n.mutable_committee(0)->set_person_id("C-7"); }},
      {"COMMITTEE_MEMBER_NOT_ACTIVE", [](N& n) { *n.mutable_committee(0) = n.committee(0); }},
      {"COMMITTEE_MEMBER_ROLE", [](N& n) { *n.mutable_committee(0) = n.committee(0); }},
      {"COMMITTEE_MEMBER_ORGANIZATION",
       [](N& n) { n.mutable_committee(0)->set_organization_id("A-9"); }},
      {"COMMITTEE_MEMBER_CERTIFICATE", [](N& n) { n.mutable_committee(0)->set_cert_sha256("x"); }},
      {"COMMITTEE_MEMBER_KEY", [](N& n) { n.mutable_committee(0)->set_spki(MemberKey(9)); }},
      {"COMMITTEE_OUTSIDE_FLAG", [](N& n) { n.mutable_committee(0)->set_outside(true); }},
  };
  ASSERT_TRUE(Create().ok());
  const auto people = people_.people;
  for (const Case& c : cases) {
    SCOPED_TRACE(c.code);
    auto notice = Notice(id_);
    c.change(notice);
    if (c.code == std::string("COMMITTEE_MEMBER_NOT_ACTIVE")) people_.people["C-1"].active = false;
    if (c.code == std::string("COMMITTEE_MEMBER_ROLE")) {
      people_.people["C-1"].committee_role = false;
    }
    const uint64_t size = env_.ledger->Size();
    const absl::Status status = Submit(notice);
    EXPECT_THAT(status, HasReason("NOTICE_INVALID"));
    EXPECT_EQ(ErrorMetadataOf(status)["violations"], c.code);
    EXPECT_EQ(env_.ledger->Size(), size);

    notice.set_kind("notice");
    notice.set_version(2);
    notice.set_system(env_.context.system);
    v1::ValidateNoticeRequest request;
    request.set_content(*document::ToCanonicalJson(notice));
    v1::ValidateNoticeResponse response;
    ASSERT_TRUE(engine_->ValidateNotice(env_.As(kOfficer), request, &response).ok());
    std::vector<std::string> codes;
    for (const auto& v : response.violations()) {
      EXPECT_TRUE(testing_support::ResolvesInNotice(v.field())) << v.code() << " " << v.field();
      if (!v.warning()) codes.push_back(v.code());
    }
    EXPECT_THAT(codes, ElementsAre(c.code));
    people_.people = people;
  }
}

TEST_F(TenderEngineTest, AllViolationsAtOnceAndWarningsDoNotHinder) {
  ASSERT_TRUE(Create().ok());
  auto notice = Notice(id_);
  notice.set_regime("x");
  TheStage(notice).set_deadline("soon");
  notice.set_currency("EUR");
  notice.mutable_committee(2)->set_person_id("C-1");
  EXPECT_EQ(ErrorMetadataOf(Submit(notice))["violations"],
            "NOTICE_FIELD_INVALID,CURRENCY_NOT_SUPPORTED,COMMITTEE_MEMBER_REPEATED,"
            "COMMITTEE_MEMBER_ORGANIZATION,COMMITTEE_MEMBER_CERTIFICATE,COMMITTEE_MEMBER_KEY,"
            "COMMITTEE_OUTSIDE_FLAG");
  v1::ValidateNoticeRequest request;
  request.set_content(*document::ToCanonicalJson(notice));
  v1::ValidateNoticeResponse response;
  ASSERT_TRUE(engine_->ValidateNotice(env_.As(kApprover), request, &response).ok());
  std::vector<std::string> codes;
  for (const auto& v : response.violations()) codes.push_back(v.code());
  EXPECT_THAT(codes, ElementsAre("DOCUMENT_KIND", "DOCUMENT_VERSION", "DOCUMENT_SYSTEM",
                                 "NOTICE_FIELD_INVALID", "NOTICE_FIELD_INVALID",
                                 "CURRENCY_NOT_SUPPORTED", "COMMITTEE_MEMBER_REPEATED",
                                 "COMMITTEE_MEMBER_ORGANIZATION", "COMMITTEE_MEMBER_CERTIFICATE",
                                 "COMMITTEE_MEMBER_KEY", "COMMITTEE_OUTSIDE_FLAG"));

  notice = Notice(id_);
  TheLot(notice).set_floor_rate_ppm(880000);
  ASSERT_TRUE(Submit(notice).ok());
  ASSERT_EQ(submitted_.warnings_size(), 1);
  EXPECT_EQ(submitted_.warnings(0).code(), "FLOOR_RATE_DIFFERS");
  EXPECT_TRUE(submitted_.warnings(0).warning());
}

TEST_F(TenderEngineTest, RegistrationAwayIsNoViolation) {
  ASSERT_TRUE(Create().ok());
  people_.error = absl::UnavailableError("away");
  EXPECT_TRUE(absl::IsUnavailable(Submit(Notice(id_))));
  EXPECT_EQ(Record().state(), Wire::DRAFT);
}

TEST_F(TenderEngineTest, SubmitRefusals) {
  ASSERT_TRUE(Create().ok());
  EXPECT_THAT(Submit(Notice(id_), kSupplier), HasReason("NOT_ALLOWED"));
  EXPECT_THAT(Submit(Notice(id_), kStranger), HasReason("NOT_ALLOWED"));  // signs for A-1
  auto notice = Notice(id_);
  notice.set_agency_id("A-2");
  EXPECT_THAT(Submit(notice, kStranger), HasReason("TENDER_NOT_FOUND"));
  EXPECT_THAT(Submit(Notice("R25BK00000000")), HasReason("TENDER_NOT_FOUND"));
  EXPECT_THAT(Submit(Notice("../x")), HasReason("TENDER_NOT_FOUND"));
  notice = Notice(id_);
  notice.set_notice_version(2);
  EXPECT_THAT(Submit(notice), HasReason("NOTICE_VERSION_MISMATCH"));
  notice = Notice(id_);
  notice.set_previous_notice_hash(std::string(64, 'a'));
  EXPECT_THAT(Submit(notice), HasReason("PREVIOUS_NOTICE_MISMATCH"));
  notice = Notice(id_);
  notice.set_description(std::string(kNoticeBytesMax, 'x'));
  EXPECT_THAT(Submit(notice), HasReason("DOCUMENT_TOO_LARGE"));
  EXPECT_EQ(env_.ledger->Size(), 1u);
  ASSERT_TRUE(Submit(Notice(id_)).ok());
  EXPECT_THAT(Submit(Notice(id_)), HasReason("DOCUMENT_REPLAYED"));
}

TEST_F(TenderEngineTest, LargeNoticeIsKeptByteForByte) {
  ASSERT_TRUE(Create().ok());
  auto notice = Notice(id_);
  notice.set_description(std::string(400'000, 'x'));
  ASSERT_TRUE(Submit(notice).ok());
  ASSERT_TRUE(Approve().ok());
  v1::GetNoticeRequest request;
  request.set_tender_id(id_);
  v1::GetNoticeResponse response;
  ASSERT_TRUE(engine_->GetNotice(env_.AsAnyone(), request, &response).ok());
  EXPECT_EQ(response.notice().document().content(),
            env_.Sign(notice, "notice", kOfficer).content());
  EXPECT_EQ(HexEncode(crypto::Sha256(response.notice().document().content())),
            response.notice_hash());
  EXPECT_THAT(response.approval().document().content(), HasSubstr(response.notice_hash()));
}

TEST_F(TenderEngineTest, RepeatsAndReusedRequestIds) {
  ASSERT_TRUE(Create().ok());
  v1::SubmitNoticeRequest submit;
  *submit.mutable_document() = env_.Sign(Notice(id_), "notice", kOfficer);
  submit.set_request_id("request-s");
  v1::SubmitNoticeResponse s1, s2;
  ASSERT_TRUE(engine_->SubmitNotice(env_.As(kOfficer), submit, &s1).ok());
  ASSERT_TRUE(engine_->SubmitNotice(env_.As(kOfficer), submit, &s2).ok());
  EXPECT_EQ(s1.SerializeAsString(), s2.SerializeAsString());
  auto other = Notice(id_);
  other.set_title("other");
  *submit.mutable_document() = env_.Sign(other, "notice", kOfficer);
  EXPECT_THAT(engine_->SubmitNotice(env_.As(kOfficer), submit, &s2),
              HasReason("REQUEST_ID_REUSED"));

  const auto approve = ApprovalOf(Record().pending_hash(), kApprover);
  v1::ApproveNoticeResponse a1, a2;
  ASSERT_TRUE(engine_->ApproveNotice(env_.As(kApprover), approve, &a1).ok());
  EXPECT_EQ(a1.tender().state(), Wire::PUBLISHED);
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(BoxClosed(a1.tender().notice_hash()).ok());
  ASSERT_TRUE(engine_->ApproveNotice(env_.As(kApprover), approve, &a2).ok());
  EXPECT_EQ(a1.tender().SerializeAsString(), a2.tender().SerializeAsString());
  EXPECT_EQ(a1.receipt().entry(), a2.receipt().entry());
  EXPECT_EQ(env_.ledger->Size(), size + 1);
  EXPECT_EQ(boxes_.creations, 1);
  log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(a1.receipt().entry()));
  EXPECT_EQ(entry.type(), "notice.published");
}

TEST_F(TenderEngineTest, ApprovalRefusals) {
  ASSERT_TRUE(Create().ok());
  ASSERT_TRUE(Submit(Notice(id_), kSecondOfficer).ok());
  const uint64_t size = env_.ledger->Size();
  EXPECT_THAT(Approve(kSecondOfficer), HasReason("FOUR_EYES"));
  EXPECT_THAT(Approve(kOfficer), HasReason("NOT_ALLOWED"));  // no approver
  EXPECT_THAT(Approve(kStranger), HasReason("TENDER_NOT_FOUND"));
  v1::ApproveNoticeResponse response;
  EXPECT_THAT(engine_->ApproveNotice(env_.As(kApprover),
                                     ApprovalOf(std::string(64, 'a'), kApprover), &response),
              HasReason("NOTICE_HASH_MISMATCH"));
  EXPECT_EQ(env_.ledger->Size(), size);
  EXPECT_EQ(boxes_.creations, 0);
  EXPECT_EQ(Record().state(), Wire::SUBMITTED);
}

TEST_F(TenderEngineTest, LateApprovalIsReviewedAgain) {
  ASSERT_TRUE(Create().ok());
  ASSERT_TRUE(Submit(Notice(id_)).ok());
  env_.clock.Set(At("2025-01-06T03:00:01Z"));
  const absl::Status status = Approve();
  EXPECT_THAT(status, HasReason("NOTICE_INVALID"));
  EXPECT_EQ(ErrorMetadataOf(status)["violations"], "NOTICE_PERIOD_TOO_SHORT,WINDOW_BEFORE_NOTICE");
  EXPECT_EQ(Record().state(), Wire::SUBMITTED);
  // A later notice takes its place.
  auto notice = Notice(id_);
  TheStage(notice).set_bid_start("2025-01-08T00:00:00Z");
  TheStage(notice).set_deadline("2025-01-15T03:00:00Z");
  TheStage(notice).set_open_at("2025-01-15T05:00:00Z");
  ASSERT_TRUE(Submit(notice).ok());
  ASSERT_TRUE(Approve().ok());
  EXPECT_EQ(Record().deadline(), "2025-01-15T03:00:00Z");
}

// A notice is judged by the holidays on record when it is approved, and its publication says how
// many facts that were.
TEST_F(TenderEngineTest, ADeadlineOnAHolidayIsNoWorkingDay) {
  const absl::CivilDay day = absl::ToCivilDay(At(kDeadline), procurement::KoreanTime());
  ASSERT_TRUE(Create().ok());
  calendar_.Record(day + 1, "1");
  ASSERT_TRUE(Submit(Notice(id_)).ok());
  calendar_.Record(day, "2");
  EXPECT_EQ(ErrorMetadataOf(Approve())["violations"], "DEADLINE_NOT_WORKING_DAY");
  EXPECT_EQ(Record().state(), Wire::SUBMITTED);
  EXPECT_EQ(ErrorMetadataOf(Submit(Notice(id_)))["violations"], "DEADLINE_NOT_WORKING_DAY");
  calendar_.away = true;
  EXPECT_TRUE(absl::IsUnavailable(Approve())) << "not judged without a calendar";
  calendar_.away = false;
  calendar_.Record(day + 2, "3", "2");  // it was the wrong day
  ASSERT_TRUE(Approve().ok());
  calendar_.Record(day, "4");
  EXPECT_EQ(Record().state(), Wire::PUBLISHED);
  const auto last = *env_.ledger->Entries(env_.ledger->Size() - 1, 1, true);
  EXPECT_EQ(kit::ParseEvent(last[0].body)->notice_published().holidays_known(), 3);
}

// The box is made later than the approval: what was recorded in between changes nothing.
TEST_F(TenderEngineTest, AHolidayRecordedAfterTheApprovalChangesNothing) {
  ASSERT_TRUE(Create().ok());
  ASSERT_TRUE(Submit(Notice(id_)).ok());
  boxes_.before = absl::UnavailableError("away");
  EXPECT_TRUE(absl::IsUnavailable(Approve()));
  calendar_.Record(absl::ToCivilDay(At(kDeadline), procurement::KoreanTime()), "1");
  boxes_.before = absl::OkStatus();
  Restart();
  ASSERT_TRUE(engine_->Recover().ok());
  ASSERT_TRUE(engine_->FinishPending().ok());
  EXPECT_EQ(Record().state(), Wire::PUBLISHED);
  const auto last = *env_.ledger->Entries(env_.ledger->Size() - 1, 1, true);
  EXPECT_EQ(kit::ParseEvent(last[0].body)->notice_published().holidays_known(), 0);
}

TEST_F(TenderEngineTest, PublishingIsFinishedAfterACrash) {
  struct Case {
    const char* name;
    bool box_made;
    bool by_repeat;
  } cases[] = {{"bidding was away", false, false},
               {"answer lost", true, false},
               {"bidding was away, repeat", false, true},
               {"answer lost, repeat", true, true}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    env_.clock.Set(At("2025-01-02T03:00:00Z"));
    ASSERT_TRUE(Create().ok());
    ASSERT_TRUE(Submit(Notice(id_)).ok());
    const auto request = ApprovalOf(Record().pending_hash(), kApprover);
    (c.box_made ? boxes_.after : boxes_.before) = absl::UnavailableError("away");
    v1::ApproveNoticeResponse response;
    EXPECT_TRUE(
        absl::IsUnavailable(engine_->ApproveNotice(env_.As(kApprover), request, &response)));
    EXPECT_EQ(Record().state(), Wire::PUBLISHING);
    EXPECT_THAT(GetTender(env_.AsAnyone()), HasReason("TENDER_NOT_FOUND"));
    EXPECT_FALSE(engine_->FinishPending().ok());
    Restart();
    boxes_.before = boxes_.after = absl::OkStatus();
    if (c.by_repeat) {
      ASSERT_TRUE(engine_->ApproveNotice(env_.As(kApprover), request, &response).ok());
      EXPECT_EQ(response.tender().state(), Wire::PUBLISHED);
    } else {
      ASSERT_TRUE(engine_->Recover().ok());
      ASSERT_TRUE(engine_->FinishPending().ok());
    }
    EXPECT_EQ(Record().state(), Wire::PUBLISHED);
    EXPECT_EQ(boxes_.boxes[id_], Record().notice_hash());
    const uint64_t size = env_.ledger->Size();
    const int creations = boxes_.creations;
    Restart();
    ASSERT_TRUE(engine_->Recover().ok());
    ASSERT_TRUE(engine_->FinishPending().ok());
    EXPECT_EQ(env_.ledger->Size(), size);
    EXPECT_EQ(boxes_.creations, creations);
  }
}

TEST_F(TenderEngineTest, WorkerFinishesByItself) {
  ASSERT_TRUE(Create().ok());
  ASSERT_TRUE(Submit(Notice(id_)).ok());
  boxes_.before = absl::UnavailableError("away");
  ASSERT_FALSE(Approve().ok());
  boxes_.before = absl::OkStatus();
  Restart();
  Worker worker(engine_.get(), [](const absl::Status& status) { ADD_FAILURE() << status; });
  const uint64_t size = env_.ledger->Size();
  worker.Start();
  EXPECT_GT(env_.ledger->WaitForEntry(size, absl::Seconds(5)), size);
  worker.Stop();
  EXPECT_EQ(Record().state(), Wire::PUBLISHED);
}

TEST_F(TenderEngineTest, CancellationReachesTheBox) {
  DriveTo(Wire::PUBLISHED);
  boxes_.before = absl::UnavailableError("away");
  EXPECT_THAT(Cancel(kStranger), HasReason("NOT_ALLOWED"));
  ASSERT_TRUE(Cancel().ok());
  EXPECT_EQ(Record().state(), Wire::CANCELLED);
  EXPECT_FALSE(engine_->FinishPending().ok());
  Restart();
  boxes_.before = absl::OkStatus();
  ASSERT_TRUE(engine_->Recover().ok());
  ASSERT_TRUE(engine_->FinishPending().ok());
  EXPECT_THAT(boxes_.boxes, IsEmpty());
  const int cancellations = boxes_.cancellations;
  Restart();
  ASSERT_TRUE(engine_->Recover().ok());
  ASSERT_TRUE(engine_->FinishPending().ok());
  EXPECT_EQ(boxes_.cancellations, cancellations);
  // What the box's log still says changes nothing.
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  EXPECT_EQ(Record().state(), Wire::CANCELLED);
}

TEST_F(TenderEngineTest, CancelledWhilePublishingWaitsForAStrayBox) {
  DriveTo(Wire::PUBLISHING);
  ASSERT_TRUE(Cancel().ok());
  EXPECT_THAT(engine_->FinishPending(), HasReason("BOX_NOT_SETTLED"));
  boxes_.boxes[id_] = "arrived late";
  ASSERT_TRUE(engine_->FinishPending().ok());
  EXPECT_THAT(boxes_.boxes, IsEmpty());

  DriveTo(Wire::PUBLISHING);
  ASSERT_TRUE(Cancel().ok());
  env_.clock.Advance(kBoxSettleTime);
  EXPECT_TRUE(engine_->FinishPending().ok());
  // Never public: only its agency may know, and the log tells nobody else.
  EXPECT_THAT(GetTender(env_.AsAnyone()), HasReason("TENDER_NOT_FOUND"));
  const auto last = *env_.ledger->Entries(env_.ledger->Size() - 1, 1, true);
  EXPECT_FALSE(last[0].is_public);
}

TEST_F(TenderEngineTest, CancellationNamesTheNoticeInForce) {
  DriveTo(Wire::PUBLISHED);
  document::v1::TenderCancellation doc;
  doc.set_tender_id(id_);
  v1::CancelTenderRequest request;
  *request.mutable_document() = env_.Sign(doc, "tender.cancellation", kOfficer);
  request.set_request_id(env_.NextRequestId());
  v1::CancelTenderResponse response;
  EXPECT_THAT(engine_->CancelTender(env_.As(kOfficer), request, &response),
              HasReason("NOTICE_HASH_MISMATCH"));
}

class CorrectionTest : public TenderEngineTest {
 protected:
  document::v1::Notice Correction() {
    auto notice = EnteredNotice(id_);
    notice.set_notice_version(2);
    notice.set_previous_notice_hash(Record().notice_hash());
    notice.set_title("corrected");
    TheStage(notice).set_deadline("2025-01-20T03:00:00Z");
    TheStage(notice).set_open_at("2025-01-20T05:00:00Z");
    return notice;
  }
};

TEST_F(CorrectionTest, SupersedesTheNotice) {
  DriveTo(Wire::PUBLISHED);
  const std::string first = Record().notice_hash();
  const std::string commit = Record().seed_commit();
  env_.clock.Set(At("2025-01-10T03:00:00Z"));
  ASSERT_TRUE(Submit(Correction()).ok());
  EXPECT_EQ(Record().state(), Wire::PUBLISHED);
  EXPECT_EQ(Record().pending_version(), 2);
  EXPECT_NE(Record().title(), "corrected");
  v1::GetTenderRequest get;
  get.set_tender_id(id_);
  v1::GetTenderResponse seen;
  ASSERT_TRUE(engine_->GetTender(env_.As(kStranger), get, &seen).ok());
  EXPECT_EQ(seen.tender().pending_version(), 0);
  EXPECT_EQ(seen.tender().pending_hash(), "");
  v1::GetNoticeRequest request;
  request.set_tender_id(id_);
  request.set_notice_version(2);
  v1::GetNoticeResponse response;
  EXPECT_THAT(engine_->GetNotice(env_.As(kStranger), request, &response),
              HasReason("NOTICE_NOT_FOUND"));
  EXPECT_TRUE(engine_->GetNotice(env_.As(kApprover), request, &response).ok());

  ASSERT_TRUE(Approve().ok());
  EXPECT_EQ(Record().notice_version(), 2);
  EXPECT_EQ(Record().title(), "corrected");
  EXPECT_EQ(Record().seed_commit(), commit);
  EXPECT_EQ(boxes_.boxes[id_], Record().notice_hash());
  const auto last = *env_.ledger->Entries(env_.ledger->Size() - 1, 1, false);
  EXPECT_EQ(kit::ParseEvent(last[0].body)->notice_published().previous_notice_hash(), first);
  request.set_notice_version(1);
  ASSERT_TRUE(engine_->GetNotice(env_.AsAnyone(), request, &response).ok());
  EXPECT_EQ(response.notice_hash(), first);
  request.set_notice_version(0);
  ASSERT_TRUE(engine_->GetNotice(env_.AsAnyone(), request, &response).ok());
  EXPECT_EQ(response.notice_hash(), Record().notice_hash());
  request.set_notice_version(3);
  EXPECT_THAT(engine_->GetNotice(env_.AsAnyone(), request, &response),
              HasReason("NOTICE_NOT_FOUND"));
  // The old box's end is not the tender's.
  ASSERT_TRUE(BoxClosed(first).ok());
  EXPECT_EQ(Record().state(), Wire::PUBLISHED);
}

TEST_F(CorrectionTest, NeedsTimeAndTheDeadlineStillAhead) {
  DriveTo(Wire::PUBLISHED);
  auto notice = Correction();
  TheStage(notice).set_deadline("2025-01-17T03:00:00Z");  // four days more
  const absl::Status status = Submit(notice);
  EXPECT_EQ(ErrorMetadataOf(status)["violations"], "CORRECTION_TOO_SHORT");
  env_.clock.Set(At(kDeadline) - absl::Nanoseconds(1));
  ASSERT_TRUE(Submit(Correction()).ok());
  env_.clock.Set(At(kDeadline));
  EXPECT_THAT(Approve(), HasReason("DEADLINE_PASSED"));
  notice = Correction();
  notice.set_title("again");
  EXPECT_THAT(Submit(notice), HasReason("DEADLINE_PASSED"));
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  EXPECT_EQ(Record().state(), Wire::CLOSED);
  EXPECT_EQ(Record().pending_version(), 0);
}

TEST_F(CorrectionTest, BoxThatClosedFirstAbandonsTheCorrection) {
  DriveTo(Wire::PUBLISHED);
  ASSERT_TRUE(Submit(Correction()).ok());
  boxes_.before = absl::UnavailableError("away");
  EXPECT_FALSE(Approve().ok());
  EXPECT_EQ(Record().state(), Wire::PUBLISHING);
  EXPECT_TRUE(GetTender(env_.AsAnyone()).ok());
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  EXPECT_EQ(Record().state(), Wire::CLOSED);
  EXPECT_EQ(Record().notice_version(), 1);
  boxes_.before = absl::OkStatus();
  const int creations = boxes_.creations;
  EXPECT_TRUE(engine_->FinishPending().ok());
  EXPECT_EQ(boxes_.creations, creations);
}

TEST_F(CorrectionTest, BoxAheadOfTheNoticeWaitsForIt) {
  DriveTo(Wire::PUBLISHED);
  ASSERT_TRUE(Submit(Correction()).ok());
  boxes_.after = absl::UnavailableError("answer lost");
  EXPECT_FALSE(Approve().ok());
  const std::string hash = Record().pending_hash();
  EXPECT_THAT(BoxClosed(hash), HasReason("PUBLICATION_PENDING"));
  boxes_.after = absl::OkStatus();
  ASSERT_TRUE(engine_->FinishPending().ok());
  ASSERT_TRUE(BoxClosed(hash).ok());
  EXPECT_EQ(Record().state(), Wire::CLOSED);
  EXPECT_EQ(Record().notice_version(), 2);
}

TEST_F(TenderEngineTest, AwardMustRepeatTheResult) {
  DriveTo(Wire::EVALUATED);
  using D = document::v1::AwardDecision;
  struct Case {
    const char* field;
    void (*change)(D&);
  } cases[] = {
      {"noticeHash", [](D& d) { d.set_notice_hash("x"); }},
      {"resultSha256", [](D& d) { d.set_result_sha256("x"); }},
      {"awards", [](D& d) { d.clear_awards(); }},
      {"awards", [](D& d) { *d.add_awards() = d.awards(0); }},
      {"awards[0].lot", [](D& d) { d.mutable_awards(0)->set_lot(2); }},
      {"awards[0].submissionId", [](D& d) { d.mutable_awards(0)->set_submission_id("s2"); }},
      {"awards[0].supplierId", [](D& d) { d.mutable_awards(0)->set_supplier_id("S-2"); }},
      {"awards[0].amount", [](D& d) { d.mutable_awards(0)->set_amount(d.awards(0).amount() + 1); }},
  };
  const uint64_t size = env_.ledger->Size();
  for (const Case& c : cases) {
    SCOPED_TRACE(c.field);
    D doc = Decision();
    c.change(doc);
    const absl::Status status = Award(doc);
    EXPECT_THAT(status, HasReason("AWARD_MISMATCH"));
    EXPECT_EQ(ErrorMetadataOf(status)["field"], c.field);
  }
  EXPECT_THAT(Award(Decision(), kStranger), HasReason("NOT_ALLOWED"));
  EXPECT_THAT(Award(Decision(), kSupplier), HasReason("NOT_ALLOWED"));
  EXPECT_EQ(env_.ledger->Size(), size);
  ASSERT_TRUE(Award(Decision()).ok());
  v1::GetResultRequest request;
  request.set_tender_id(id_);
  v1::GetResultResponse response;
  ASSERT_TRUE(engine_->GetResult(env_.AsAnyone(), request, &response).ok());
  EXPECT_EQ(HexEncode(crypto::Sha256(response.award().document().content())),
            Record().award_sha256());
  EXPECT_FALSE(response.entered_prices().document().content().empty());
}

// Two lots: each has its own draw, candidates and entry in the log; one that fails hinders no
// other.
TEST_F(TenderEngineTest, LotsAreAwardedOneByOne) {
  ASSERT_TRUE(Create().ok());
  auto notice = Notice(id_);
  TheLot(notice).set_title("first part");
  *notice.add_lots() = notice.lots(0);
  *notice.add_lots() = notice.lots(0);
  for (int i = 1; i < 3; ++i) notice.mutable_lots(i)->set_lot(i + 1);
  ASSERT_TRUE(Submit(notice).ok());
  ASSERT_TRUE(Approve().ok());
  SmallOpeningBids();
  for (auto& bid : bids_.bids) {  // in range whatever is drawn; nobody bids for lot 2
    TheOffer(bid).set_amount(350'000'000);
    auto offer = bid.offers(0);
    offer.set_lot(3);
    *bid.add_offers() = offer;
  }
  ASSERT_TRUE(BoxClosed(Record().notice_hash()).ok());
  ASSERT_TRUE(OpeningCompleted().ok());
  ASSERT_TRUE(Evaluate().ok());
  const auto result = Result();
  ASSERT_EQ(result.lots_size(), 3);
  EXPECT_EQ(result.lots(0).outcome_detail(), "CANDIDATE") << result.lots(0).ShortDebugString();
  EXPECT_EQ(result.lots(1).outcome_detail(), "FAILED_TOO_FEW_BIDS");
  ASSERT_EQ(Award(Decision()), absl::OkStatus());
  std::vector<int> lots;
  const auto entries = *env_.ledger->Entries(0, 100, false);
  for (const auto& entry : entries) {
    if (!entry.is_public) continue;
    const auto event = *kit::ParseEvent(entry.body);
    if (!event.has_award_decided()) continue;
    EXPECT_EQ(event.award_decided().award_sha256(), Record().award_sha256());
    lots.push_back(event.award_decided().lot());
  }
  EXPECT_THAT(lots, ElementsAre(1, 3));
}

TEST_F(TenderEngineTest, UnpublishedTendersDoNotExistForOthers) {
  DriveTo(Wire::SUBMITTED);
  const std::string hidden = id_;
  const absl::Status other = GetTender(env_.As(kStranger));
  id_ = "R25BK00000000";
  const absl::Status missing = GetTender(env_.As(kStranger));
  EXPECT_THAT(other, HasReason("TENDER_NOT_FOUND"));
  EXPECT_EQ(other, missing);
  id_ = hidden;
  v1::GetNoticeRequest notice;
  notice.set_tender_id(id_);
  v1::GetNoticeResponse notice_response;
  EXPECT_THAT(engine_->GetNotice(env_.AsAnyone(), notice, &notice_response),
              HasReason("TENDER_NOT_FOUND"));
  EXPECT_TRUE(engine_->GetNotice(env_.As(kApprover), notice, &notice_response).ok());
  v1::GetResultRequest result;
  result.set_tender_id(id_);
  v1::GetResultResponse result_response;
  EXPECT_THAT(engine_->GetResult(env_.AsAnyone(), result, &result_response),
              HasReason("TENDER_NOT_FOUND"));
}

TEST_F(TenderEngineTest, ListsPageThroughAllShards) {
  std::set<std::string> published;
  for (int i = 0; i < 7; ++i) {
    DriveTo(Wire::PUBLISHED);
    published.insert(id_);
  }
  DriveTo(Wire::DRAFT);
  const std::string draft = id_;
  CatchUp();
  v1::ListTendersRequest request;
  request.set_page_size(3);
  std::set<std::string> seen;
  for (int pages = 0; pages < 10; ++pages) {
    v1::ListTendersResponse response;
    ASSERT_TRUE(engine_->ListTenders(env_.AsAnyone(), request, &response).ok());
    EXPECT_LE(response.tenders_size(), 3);
    for (const auto& tender : response.tenders()) {
      EXPECT_TRUE(seen.insert(tender.tender_id()).second);
    }
    if (response.next_page_token().empty()) break;
    request.set_page_token(response.next_page_token());
  }
  EXPECT_EQ(seen, published);
  request.set_state(Wire::DRAFT);
  v1::ListTendersResponse response;
  EXPECT_THAT(engine_->ListTenders(env_.AsAnyone(), request, &response),
              HasReason("PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  ASSERT_TRUE(engine_->ListTenders(env_.As(kStranger), request, &response).ok());
  EXPECT_EQ(response.tenders_size(), 0);
  ASSERT_TRUE(engine_->ListTenders(env_.As(kOfficer), request, &response).ok());
  ASSERT_EQ(response.tenders_size(), 1);
  EXPECT_EQ(response.tenders(0).tender_id(), draft);
}

// Random tenders and random requests, compared with what a reader of all tenders would pick.
TEST_F(TenderEngineTest, ListsAreWhatAReaderOfAllTendersWouldPick) {
  uint64_t seed = 20250102;
  if (const char* given = std::getenv("JODAL_TEST_SEED")) (void)absl::SimpleAtoi(given, &seed);
  SCOPED_TRACE(absl::StrCat("JODAL_TEST_SEED=", seed));
  std::mt19937_64 random(seed);
  const auto any = [&](int n) { return static_cast<int>(random() % static_cast<uint64_t>(n)); };
  const FakePerson officers[] = {kOfficer, kStranger};
  const FakePerson approvers[] = {kApprover, {"A-2.3", "A-2", {"approver"}}};
  const char* const titles[] = {"의자 구매", "사무용 책상", "기본계획수립 용역"};
  const char* const english[] = {"Chairs for the Office", "", "Master plan"};
  struct Known {
    Wire tender;
    absl::Time published = absl::InfinitePast();
    bool Public() const { return tender.notice_version() > 0; }
  };
  std::vector<Known> all;
  for (int i = 0; i < 40; ++i) {
    env_.clock.Advance(absl::Minutes(1));
    const int agency = any(2);
    const FakePerson& officer = officers[agency];
    ASSERT_TRUE(Create(officer).ok());
    Known known;
    const int fate = any(6);
    if (fate > 0) {
      document::v1::Notice notice = Notice(id_);
      notice.set_agency_id(officer.organization_id);
      for (auto& m : *notice.mutable_committee()) {
        m.set_outside(m.organization_id() != officer.organization_id);
      }
      notice.set_title(titles[any(3)]);
      notice.set_title_en(english[any(3)]);
      if (any(2) == 0) {
        notice.set_procurement_kind("goods");
        notice.set_rule_set("kr-state-goods-2024");
        TheLot(notice).set_presumed_price(136363636);
        TheLot(notice).set_base_amount(150000000);
        TheLot(notice).set_floor_rate_ppm(842450);
      }
      TheStage(notice).set_deadline(absl::StrFormat("2025-01-%02dT03:00:00Z", 13 + any(3)));
      TheStage(notice).set_open_at(absl::StrFormat("2025-01-%02dT05:00:00Z", 17));
      const absl::Status submitted = Submit(notice, officer);
      ASSERT_TRUE(submitted.ok()) << submitted;
      if (fate > 1) {
        known.published = env_.clock.Now();
        const auto request = ApprovalOf(submitted_.tender().pending_hash(), approvers[agency]);
        v1::ApproveNoticeResponse response;
        const absl::Status approved =
            engine_->ApproveNotice(env_.As(approvers[agency]), request, &response);
        ASSERT_TRUE(approved.ok()) << approved;
        if (fate == 3) {
          ASSERT_TRUE(BoxClosed(response.tender().notice_hash()).ok());
        }
      }
    }
    v1::GetTenderRequest get;
    get.set_tender_id(id_);
    v1::GetTenderResponse got;
    ASSERT_TRUE(engine_->GetTender(env_.As(officer), get, &got).ok());
    if (fate == 4 || fate == 5) {
      document::v1::TenderCancellation doc;
      doc.set_tender_id(id_);
      doc.set_notice_hash(got.tender().notice_hash());
      v1::CancelTenderRequest request;
      *request.mutable_document() = env_.Sign(doc, "tender.cancellation", officer);
      request.set_request_id(env_.NextRequestId());
      v1::CancelTenderResponse response;
      if (fate == 4) {
        ASSERT_TRUE(engine_->CancelTender(env_.As(officer), request, &response).ok());
      }
      ASSERT_TRUE(engine_->GetTender(env_.As(officer), get, &got).ok());
    }
    known.tender = got.tender();
    all.push_back(known);
    if (any(4) == 0) CatchUp();  // in steps of any size
  }
  CatchUp();

  int empty = 0;
  int drafts = 0;
  for (int round = 0; round < 400; ++round) {
    v1::ListTendersRequest request;
    request.set_page_size(1 + any(7));
    const Wire::State states[] = {Wire::STATE_UNSPECIFIED, Wire::STATE_UNSPECIFIED, Wire::DRAFT,
                                  Wire::SUBMITTED,         Wire::PUBLISHED,         Wire::CLOSED,
                                  Wire::CANCELLED};
    request.set_state(states[any(7)]);
    if (any(3) == 0) request.set_agency_id(officers[any(2)].organization_id);
    if (any(3) == 0) request.set_procurement_kind(any(2) == 0 ? "goods" : "general_services");
    if (any(4) == 0) request.set_deadline_from("2025-01-14T12:00:00+09:00");
    if (any(4) == 0) request.set_deadline_until("2025-01-15T03:00:00Z");
    const char* const texts[] = {"의자구", "chairsFOR", "책상", "nothing"};
    if (any(3) == 0) request.set_text(texts[any(4)]);
    request.set_order(static_cast<v1::ListTendersRequest::Order>(any(4)));
    const std::string own = any(2) == 0 ? "" : officers[any(2)].organization_id;
    const rpc::Call call = own.empty()    ? env_.AsAnyone()
                           : own == "A-1" ? env_.As(kOfficer)
                                          : env_.As(kStranger);

    const bool never_public = request.state() == Wire::DRAFT || request.state() == Wire::SUBMITTED;
    const bool own_list = !own.empty() && (request.agency_id() == own ||
                                           (never_public && request.agency_id().empty()));
    std::vector<std::pair<std::string, std::string>> picked;  // what is ordered by, id
    for (const Known& known : all) {
      const Wire& t = known.tender;
      if (!known.Public() && !(own_list && t.agency_id() == own)) continue;
      if (request.state() != Wire::STATE_UNSPECIFIED && t.state() != request.state()) continue;
      const std::string agency = own_list ? own : request.agency_id();
      if (!agency.empty() && t.agency_id() != agency) continue;
      if (!request.procurement_kind().empty() &&
          t.procurement_kind() != request.procurement_kind()) {
        continue;
      }
      if (!request.deadline_from().empty() && t.deadline() < "2025-01-14T03:00:00Z") continue;
      if (!request.deadline_until().empty() && t.deadline() >= "2025-01-15T03:00:00Z") continue;
      if (request.text() == "의자구" && t.title() != titles[0]) continue;
      if (request.text() == "chairsFOR" && t.title_en() != english[0]) continue;
      if (request.text() == "책상" && t.title() != titles[1]) continue;
      if (request.text() == "nothing") continue;
      const bool by_deadline = request.order() >= v1::ListTendersRequest::DEADLINE_LAST_FIRST;
      picked.emplace_back(
          by_deadline ? t.deadline()
                      : absl::FormatTime(absl::RFC3339_full,
                                         known.Public() ? known.published : absl::UnixEpoch(),
                                         absl::UTCTimeZone()),
          t.tender_id());
    }
    std::sort(picked.begin(), picked.end());
    if (request.order() != v1::ListTendersRequest::DEADLINE_SOONEST_FIRST) {
      std::reverse(picked.begin(), picked.end());
    }
    std::vector<std::string> expected;
    for (const auto& [date, id] : picked) {
      expected.push_back(id);
      drafts += date.empty() || date < "2000" ? 1 : 0;
    }
    empty += expected.empty() ? 1 : 0;
    EXPECT_EQ(List(call, request), expected) << request.ShortDebugString() << " by " << own;
  }
  EXPECT_LT(empty, 300);
  EXPECT_GT(drafts, 0);
}

TEST_F(TenderEngineTest, ListsShowNothingOfAWaitingCorrectionOrAnothersDraft) {
  DriveTo(Wire::PUBLISHED);
  const std::string published = id_;
  document::v1::Notice next = Notice(id_);
  next.set_notice_version(2);
  next.set_previous_notice_hash(Record().notice_hash());
  next.set_title("정정된 의자");
  TheStage(next).set_deadline("2025-01-20T03:00:00Z");
  TheStage(next).set_open_at("2025-01-20T05:00:00Z");
  ASSERT_TRUE(Submit(next).ok());
  const std::string pending_hash = Record().pending_hash();
  DriveTo(Wire::DRAFT);
  CatchUp();

  v1::ListTendersRequest request;
  request.set_text("정정된");
  EXPECT_THAT(List(env_.AsAnyone(), request), IsEmpty());
  EXPECT_THAT(List(env_.As(kOfficer), request), IsEmpty());
  request.clear_text();
  request.set_agency_id("A-1");
  request.set_page_size(1);
  v1::ListTendersResponse page;
  ASSERT_TRUE(engine_->ListTenders(env_.As(kStranger), request, &page).ok());
  ASSERT_EQ(page.tenders_size(), 1);
  EXPECT_EQ(page.tenders(0).tender_id(), published);
  EXPECT_EQ(page.tenders(0).pending_version(), 0);
  EXPECT_THAT(page.SerializeAsString(), Not(HasSubstr(pending_hash)));
  EXPECT_EQ(page.next_page_token(), "") << "which would say that there is a draft";
  EXPECT_EQ(List(env_.As(kOfficer), request).size(), 2u);

  id_ = published;
  ASSERT_TRUE(Approve().ok());
  CatchUp();
  request.set_text("정정된");
  EXPECT_THAT(List(env_.AsAnyone(), request), ElementsAre(published));
  request.clear_text();
  request.set_deadline_from("2025-01-20T00:00:00Z");
  request.set_order(v1::ListTendersRequest::DEADLINE_SOONEST_FIRST);
  EXPECT_THAT(List(env_.AsAnyone(), request), ElementsAre(published));
  request.set_deadline_until("2025-01-20T03:00:00Z");
  EXPECT_THAT(List(env_.AsAnyone(), request), IsEmpty());
}

// What a list says lags a moment behind; what is shown does not.
TEST_F(TenderEngineTest, AListThatIsBehindShowsNoTenderInAnotherState) {
  DriveTo(Wire::PUBLISHED);
  v1::ListTendersRequest request;
  request.set_state(Wire::PUBLISHED);
  EXPECT_THAT(List(env_.AsAnyone(), request), IsEmpty()) << "not listed yet";
  CatchUp();
  EXPECT_THAT(List(env_.AsAnyone(), request), ElementsAre(id_));
  ASSERT_TRUE(Cancel().ok());
  EXPECT_THAT(List(env_.AsAnyone(), request), IsEmpty());
  CatchUp();
  request.set_state(Wire::CANCELLED);
  EXPECT_THAT(List(env_.AsAnyone(), request), ElementsAre(id_));
}

TEST_F(TenderEngineTest, ListsFollowTheLogAcrossRestartsAndWriteNoEntry) {
  const auto follow = [&] {
    ledger::Follower::Options options;
    options.name = "lists";
    options.own = env_.ledger.get();
    options.fetch = ledger::FetchFrom(env_.ledger.get());
    options.handler = [this](const ledger::LoggedEntry& entry) {
      return engine_->OnOwnEntry(entry);
    };
    options.on_error = [](uint64_t, const absl::Status& status) { ADD_FAILURE() << status; };
    auto follower = *ledger::Follower::Create(std::move(options));
    EXPECT_TRUE(follower->Start().ok());
    while (follower->cursor() < env_.ledger->Size()) absl::SleepFor(absl::Milliseconds(1));
    follower->Stop();
  };
  DriveTo(Wire::AWARDED);
  const std::string first = id_;
  follow();
  Restart();
  DriveTo(Wire::PUBLISHED);
  const uint64_t size = env_.ledger->Size();
  follow();
  follow();
  EXPECT_EQ(env_.ledger->Size(), size);
  v1::ListTendersRequest request;
  request.set_state(Wire::AWARDED);
  EXPECT_THAT(List(env_.AsAnyone(), request), ElementsAre(first));
  request.set_state(Wire::PUBLISHED);
  EXPECT_THAT(List(env_.AsAnyone(), request), ElementsAre(id_));
}

TEST_F(TenderEngineTest, ListRefusals) {
  const auto refusal = [&](const std::function<void(v1::ListTendersRequest&)>& spoil) {
    v1::ListTendersRequest request;
    spoil(request);
    v1::ListTendersResponse response;
    const absl::Status status = engine_->ListTenders(env_.AsAnyone(), request, &response);
    if (status.ok()) return std::string("OK");
    return absl::StrCat(ErrorReason(status), " ", ErrorMetadataOf(status)["field"]);
  };
  using Request = v1::ListTendersRequest;
  EXPECT_EQ(refusal([](Request& r) { r.set_deadline_from("tomorrow"); }),
            "FILTER_INVALID deadline_from");
  EXPECT_EQ(refusal([](Request& r) { r.set_deadline_until("1969-12-31T00:00:00Z"); }),
            "FILTER_INVALID deadline_until");
  EXPECT_EQ(refusal([](Request& r) { r.set_deadline_until("2300-01-01T00:00:00Z"); }),
            "FILTER_INVALID deadline_until");
  EXPECT_EQ(refusal([](Request& r) { r.set_procurement_kind("GOODS"); }),
            "FILTER_INVALID procurement_kind");
  EXPECT_EQ(refusal([](Request& r) { r.set_state(static_cast<Wire::State>(99)); }),
            "FILTER_INVALID state");
  EXPECT_EQ(refusal([](Request& r) { r.set_order(static_cast<Request::Order>(99)); }),
            "FILTER_INVALID order");
  EXPECT_EQ(refusal([](Request& r) { r.set_agency_id(std::string(kIdBytesMax, 'A')); }), "OK");
  EXPECT_EQ(refusal([](Request& r) { r.set_agency_id(std::string(kIdBytesMax + 1, 'A')); }),
            "FILTER_INVALID agency_id");
  EXPECT_EQ(refusal([](Request& r) { r.set_agency_id("A-1/own"); }), "FILTER_INVALID agency_id");
  EXPECT_EQ(refusal([](Request& r) { r.set_text(std::string(kListTextMax, 'a')); }), "OK");
  EXPECT_EQ(refusal([](Request& r) { r.set_text(std::string(kListTextMax + 1, 'a')); }),
            "FILTER_INVALID text");
  EXPECT_EQ(refusal([](Request& r) { r.set_text("\u202e"); }), "FILTER_INVALID text");
  EXPECT_EQ(refusal([](Request& r) { r.set_text(" 의자  구매 "); }), "OK");
  EXPECT_EQ(refusal([](Request& r) { r.set_page_size(-1); }), "PAGE_SIZE_INVALID ");
}

// One call looks at so many rows and no more, and the next one goes on where it ended.
TEST_F(TenderEngineTest, AListEndsItsPageAtTheScanLimit) {
  DriveTo(Wire::PUBLISHED);
  CatchUp();
  const std::string rare = id_;
  // Rows of others, published later.
  constexpr int kRowsACommit = 10;
  for (size_t i = 0; i < kListScanMax; i += kRowsACommit) {
    const auto written = env_.ledger->Update(
        {.shard = store::ListShard(), .housekeeping = true}, [&](ledger::Txn& txn) -> absl::Status {
          for (size_t at = i; at < i + kRowsACommit; ++at) {
            store::v1::ListRow row;
            row.set_tender_id(absl::StrFormat("R25BK%08d", at));
            row.set_state(Wire::PUBLISHED);
            row.set_agency_id("A-7");
            row.set_procurement_kind("works");
            row.set_deadline_ns(absl::ToUnixNanos(At(kDeadline)));
            row.set_published_ns(absl::ToUnixNanos(At(kBidStart)) + static_cast<int64_t>(at));
            row.set_text("다른것\n");
            const absl::Status put = store::PutListRow(txn, row);
            if (!put.ok()) return put;
          }
          return absl::OkStatus();
        });
    ASSERT_TRUE(written.ok()) << written.status();
  }
  v1::ListTendersRequest request;
  request.set_text("기본계획");
  request.set_page_size(1);
  v1::ListTendersResponse page;
  ASSERT_TRUE(engine_->ListTenders(env_.AsAnyone(), request, &page).ok());
  EXPECT_EQ(page.tenders_size(), 0);
  ASSERT_NE(page.next_page_token(), "");
  request.set_page_token(page.next_page_token());
  page.Clear();
  ASSERT_TRUE(engine_->ListTenders(env_.AsAnyone(), request, &page).ok());
  ASSERT_EQ(page.tenders_size(), 1);
  EXPECT_EQ(page.tenders(0).tender_id(), rare);
  EXPECT_EQ(page.next_page_token(), "");
  // The list of one agency needs no such walk.
  request.clear_page_token();
  request.set_agency_id("A-1");
  page.Clear();
  ASSERT_TRUE(engine_->ListTenders(env_.AsAnyone(), request, &page).ok());
  EXPECT_EQ(page.tenders_size(), 1);
}

TEST_F(TenderEngineTest, ForeignLogEntriesAreSkipped) {
  DriveTo(Wire::PUBLISHED);
  const uint64_t size = env_.ledger->Size();
  event::v1::Event event;
  event.mutable_box_created()->set_tender_id(id_);
  EXPECT_TRUE(Follow(event).ok());
  event.mutable_opening_completed()->set_tender_id(id_);  // not closed yet
  EXPECT_TRUE(Follow(event).ok());
  event.mutable_box_closed()->set_tender_id("R25BK00000000");
  EXPECT_TRUE(Follow(event).ok());
  EXPECT_EQ(env_.ledger->Size(), size);
}

}  // namespace
}  // namespace jodal::tender
