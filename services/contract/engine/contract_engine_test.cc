#include "services/contract/engine/contract_engine.h"

#include <functional>
#include <set>

#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/contract.h"
#include "services/contract/limits.h"
#include "services/kit/testing.h"

namespace jodal::contract {
namespace {

using kit::FakePerson;
using kit::HasReason;

constexpr char kTender[] = "R25BK00000001";
constexpr char kAgency[] = "A-1234567890";
constexpr char kSupplier[] = "S-1234567890";
constexpr int64_t kAmount = 1'000'000;

const FakePerson kOfficer{"A-1234567890.1", kAgency, {"officer"}};
const FakePerson kInspector{"A-1234567890.2", kAgency, {"inspector"}};
const FakePerson kRepresentative{"S-1234567890.1", kSupplier, {"representative"}};
const FakePerson kClerk{"S-1234567890.2", kSupplier, {"staff"}};
const FakePerson kOtherOfficer{"A-9999999999.1", "A-9999999999", {"officer", "inspector"}};
const FakePerson kOtherSupplier{"S-9999999999.1", "S-9999999999", {"representative"}};

class ContractEngineTest : public testing::Test {
 protected:
  ContractEngineTest() : env_("contract"), engine_(env_.context) {}

  ledger::LoggedEntry Award(uint64_t seq, const std::string& tender,
                            const std::string& agency = kAgency, int lot = 1) {
    event::v1::Event event;
    auto& award = *event.mutable_award_decided();
    award.set_tender_id(tender);
    award.set_lot(lot);
    award.set_award_sha256(std::string(64, 'a'));
    award.set_supplier_id(kSupplier);
    award.set_agency_id(agency);
    award.set_amount(kAmount);
    award.set_currency("KRW");
    award.set_title("Cleaning");
    return Entry(seq, event);
  }
  ledger::LoggedEntry Entry(uint64_t seq, const event::v1::Event& event) {
    log::v1::Entry entry;
    entry.set_seq(seq);
    entry.set_type(kit::EventType(event));
    entry.set_commit_time_ns(absl::ToUnixNanos(env_.clock.Now()));
    return {seq, entry.SerializeAsString(), event.SerializeAsString(), true};
  }
  absl::Status Follow(const ledger::LoggedEntry& entry) {
    auto update = engine_.OnTenderEntry(entry);
    if (!update.ok()) return update.status();
    if (!update->has_value()) return absl::OkStatus();
    ledger::UpdateRequest request;
    request.shard = (*update)->shard;
    return env_.ledger->Update(request, (*update)->body).status();
  }

  template <typename Request, typename Doc>
  Request Make(const Doc& doc, const char* kind, const FakePerson& who) {
    Request request;
    *request.mutable_document() = env_.Sign(doc, kind, who);
    request.set_request_id(env_.NextRequestId());
    return request;
  }

  document::v1::ContractOffer OfferDoc() const {
    document::v1::ContractOffer d;
    d.set_contract_id(id_);
    d.set_tender_id(kTender);
    d.set_lot(1);
    d.set_award_sha256(std::string(64, 'a'));
    d.set_agency_id(kAgency);
    d.set_supplier_id(kSupplier);
    d.set_amount(kAmount);
    d.set_currency("KRW");
    d.set_start_date("2025-02-01");
    d.set_end_date("2025-12-31");
    d.set_delay_damages_ppm_per_day(1250);
    return d;
  }
  absl::Status Offer(const document::v1::ContractOffer& doc, const FakePerson& who = kOfficer) {
    v1::ActOnContractResponse response;
    return engine_.ActOnContract(
        env_.As(who), Make<v1::ActOnContractRequest>(doc, "contract.offer", who), &response);
  }
  absl::Status Consent(const std::string& sha256, const FakePerson& who = kRepresentative) {
    document::v1::ContractConsent d;
    d.set_contract_id(id_);
    d.set_offer_sha256(sha256);
    v1::ActOnContractResponse response;
    return engine_.ActOnContract(
        env_.As(who), Make<v1::ActOnContractRequest>(d, "contract.consent", who), &response);
  }
  absl::Status Confirm(const std::string& sha256, const FakePerson& who = kOfficer) {
    document::v1::ContractConfirmation d;
    d.set_contract_id(id_);
    d.set_consent_sha256(sha256);
    v1::ActOnContractResponse response;
    return engine_.ActOnContract(
        env_.As(who), Make<v1::ActOnContractRequest>(d, "contract.confirmation", who), &response);
  }
  struct Delivered {
    int number = 1;
    int64_t amount = kAmount;
    bool final = true;
    std::string on = "2025-01-02";
  };
  absl::Status Report(const Delivered& what, const FakePerson& who = kClerk) {
    document::v1::DeliveryReport d;
    d.set_contract_id(id_);
    d.set_delivery(what.number);
    d.set_delivered_on(what.on);
    d.set_amount(what.amount);
    d.set_final(what.final);
    v1::ActOnContractResponse response;
    return engine_.ActOnContract(
        env_.As(who), Make<v1::ActOnContractRequest>(d, "delivery.report", who), &response);
  }
  struct Inspected {
    int number = 1;
    bool accepted = true;
    int64_t amount = kAmount;
    std::string report_sha256;  // "": the one on record
  };
  absl::Status Inspect(const Inspected& what, const FakePerson& who = kInspector) {
    document::v1::DeliveryInspection d;
    d.set_contract_id(id_);
    d.set_delivery(what.number);
    d.set_accepted(what.accepted);
    d.set_amount(what.amount);
    d.set_report_sha256(what.report_sha256);
    const v1::Contract contract = Get();
    if (what.report_sha256.empty() && what.number >= 1 &&
        what.number <= contract.deliveries_size()) {
      d.set_report_sha256(contract.deliveries(what.number - 1).report_sha256());
    }
    v1::ActOnContractResponse response;
    return engine_.ActOnContract(
        env_.As(who), Make<v1::ActOnContractRequest>(d, "delivery.inspection", who), &response);
  }
  v1::Contract Get() {
    v1::GetContractRequest request;
    request.set_contract_id(id_);
    v1::GetContractResponse response;
    EXPECT_TRUE(engine_.GetContract(env_.AsAnyone(), request, &response).ok());
    return response.contract();
  }

  void Award() {
    ASSERT_TRUE(Follow(Award(7, kTender)).ok());
    const auto contracts = OfTender(kTender);
    ASSERT_EQ(contracts.size(), 1u);
    id_ = contracts[0].contract_id();
  }
  std::vector<v1::Contract> OfTender(const std::string& tender_id) {
    v1::ListContractsRequest request;
    request.set_tender_id(tender_id);
    v1::ListContractsResponse response;
    EXPECT_TRUE(engine_.ListContracts(env_.AsAnyone(), request, &response).ok());
    return {response.contracts().begin(), response.contracts().end()};
  }
  void Form() {
    Award();
    ASSERT_TRUE(Offer(OfferDoc()).ok());
    ASSERT_TRUE(Consent(Get().offer_sha256()).ok());
    ASSERT_TRUE(Confirm(Get().consent_sha256()).ok());
    ASSERT_EQ(Get().state(), v1::Contract::FORMED);
  }
  // `act` is refused for `reason` and leaves nothing behind.
  void Refused(const char* reason, const std::function<absl::Status()>& act) {
    const uint64_t size = env_.ledger->Size();
    const std::string before = Get().SerializeAsString();
    EXPECT_THAT(act(), HasReason(reason));
    EXPECT_EQ(env_.ledger->Size(), size) << reason;
    EXPECT_EQ(Get().SerializeAsString(), before) << reason;
  }

  kit::EngineEnv env_;
  ContractEngine engine_;
  std::string id_ = "R25TA00000000";  // of the contract under test
};

TEST_F(ContractEngineTest, FromAwardToCompletion) {
  Award();
  const v1::Contract awarded = Get();
  EXPECT_EQ(awarded.state(), v1::Contract::AWARDED);
  EXPECT_EQ(awarded.tender_id(), kTender);
  EXPECT_EQ(awarded.amount(), kAmount);
  EXPECT_EQ(awarded.title(), "Cleaning");

  v1::ActOnContractResponse offered;
  const auto offer = Make<v1::ActOnContractRequest>(OfferDoc(), "contract.offer", kOfficer);
  ASSERT_TRUE(engine_.ActOnContract(env_.As(kOfficer), offer, &offered).ok());
  EXPECT_EQ(offered.contract().state(), v1::Contract::OFFERED);
  EXPECT_EQ(offered.contract().offer_sha256(),
            HexEncode(crypto::Sha256(offer.document().content())));
  EXPECT_EQ(offered.receipt().seq(), 1u);
  ASSERT_TRUE(Consent(Get().offer_sha256()).ok());
  ASSERT_TRUE(Confirm(Get().consent_sha256()).ok());
  EXPECT_EQ(Get().state(), v1::Contract::FORMED);

  ASSERT_TRUE(Report({.number = 1, .amount = 600'000, .final = false}).ok());
  ASSERT_TRUE(Inspect({.number = 1, .accepted = false, .amount = 0}).ok());
  EXPECT_EQ(Get().deliveries(0).state(), v1::Delivery::REJECTED);
  ASSERT_TRUE(Report({.number = 2, .amount = 600'000, .final = false}).ok());
  ASSERT_TRUE(Inspect({.number = 2, .amount = 500'000}).ok());
  EXPECT_EQ(Get().accepted_amount(), 500'000);
  EXPECT_EQ(Get().deliveries(1).amount(), 500'000);
  EXPECT_EQ(Get().state(), v1::Contract::FORMED);
  ASSERT_TRUE(Report({.number = 3, .amount = 500'000, .final = true}).ok());
  ASSERT_TRUE(Inspect({.number = 3, .amount = 500'000}).ok());
  EXPECT_EQ(Get().state(), v1::Contract::COMPLETED);
  EXPECT_EQ(Get().accepted_amount(), kAmount);

  EXPECT_EQ(env_.LoggedTypes(),
            (std::vector<std::string>{"contract.prepared", "contract.offered", "contract.consented",
                                      "contract.formed", "delivery.reported", "delivery.inspected",
                                      "delivery.reported", "delivery.inspected",
                                      "delivery.reported", "delivery.inspected"}));

  v1::GetContractDocumentsRequest request;
  request.set_contract_id(id_);
  v1::GetContractDocumentsResponse response;
  ASSERT_TRUE(engine_.GetContractDocuments(env_.AsAnyone(), request, &response).ok());
  ASSERT_EQ(response.documents_size(), 9);
  EXPECT_EQ(response.documents(0).document().content(), offer.document().content());
  EXPECT_EQ(response.documents(0).cert_sha256(), kOfficer.cert_sha256());
  EXPECT_EQ(HexEncode(crypto::Sha256(response.documents(8).document().content())),
            Get().deliveries(2).inspection_sha256());
}

TEST_F(ContractEngineTest, TheInspectionEventSaysWhatPaymentNeeds) {
  Form();
  ASSERT_TRUE(Report({}).ok());
  ASSERT_TRUE(Inspect({}).ok());
  const auto entries = env_.ledger->Entries(env_.ledger->Size() - 1, 1, false);
  ASSERT_TRUE(entries.ok());
  const auto event = kit::ParseEvent(entries->at(0).body);
  ASSERT_TRUE(event.ok());
  const auto& inspected = event->contract_acted();
  EXPECT_EQ(inspected.contract_id(), id_);
  EXPECT_EQ(inspected.tender_id(), kTender);
  EXPECT_EQ(inspected.supplier_id(), kSupplier);
  EXPECT_EQ(inspected.agency_id(), kAgency);
  EXPECT_EQ(inspected.currency(), "KRW");
  EXPECT_EQ(inspected.delivery_amount(), kAmount);
  EXPECT_EQ(inspected.delivery_state(), "ACCEPTED");
  EXPECT_TRUE(inspected.final());
  EXPECT_EQ(inspected.document_sha256(), Get().deliveries(0).inspection_sha256());
}

TEST_F(ContractEngineTest, FollowsAwardsOnce) {
  Award();
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(Follow(Award(7, kTender)).ok());
  ASSERT_TRUE(Follow(Award(8, kTender)).ok());
  EXPECT_EQ(env_.ledger->Size(), size);

  event::v1::Event other;
  other.mutable_tender_closed()->set_tender_id("R25BK00000002");
  ASSERT_TRUE(Follow(Entry(9, other)).ok());
  EXPECT_EQ(env_.ledger->Size(), size);

  EXPECT_THAT(Follow(Award(10, "")), HasReason("AWARD_MALFORMED"));
  EXPECT_THAT(Follow(Award(10, "R25BK00000003", "")), HasReason("AWARD_MALFORMED"));
  ledger::LoggedEntry damaged = Award(11, "R25BK00000003");
  damaged.body = "\xff";
  EXPECT_THAT(Follow(damaged), HasReason("EVENT_DAMAGED"));
}

TEST_F(ContractEngineTest, OfferMustRepeatTheAward) {
  Award();
  const struct {
    const char* reason;
    std::function<void(document::v1::ContractOffer&)> spoil;
  } cases[] = {
      {"CONTRACT_NOT_FOUND", [](auto& d) { d.set_contract_id("R25TA00000002"); }},
      {"CONTRACT_NOT_FOUND", [](auto& d) { d.set_contract_id("nonsense"); }},
      {"TENDER_MISMATCH", [](auto& d) { d.set_tender_id("R25BK00000002"); }},
      {"LOT_MISMATCH", [](auto& d) { d.set_lot(2); }},
      {"AWARD_MISMATCH", [](auto& d) { d.set_award_sha256(std::string(64, 'b')); }},
      {"PARTY_MISMATCH", [](auto& d) { d.set_agency_id("A-2"); }},
      {"PARTY_MISMATCH", [](auto& d) { d.set_supplier_id("S-2"); }},
      {"AMOUNT_MISMATCH", [](auto& d) { d.set_amount(kAmount + 1); }},
      {"CURRENCY_MISMATCH", [](auto& d) { d.set_currency("USD"); }},
      {"DATE_INVALID", [](auto& d) { d.set_start_date("2025-2-1"); }},
      {"DATE_INVALID", [](auto& d) { d.set_end_date(""); }},
      {"PERIOD_INVALID", [](auto& d) { d.set_end_date("2025-01-31"); }},
      {"DELAY_DAMAGES_INVALID", [](auto& d) { d.set_delay_damages_ppm_per_day(-1); }},
      {"DELAY_DAMAGES_INVALID",
       [](auto& d) {
         d.set_delay_damages_ppm_per_day(procurement::kDelayDamagesPpmPerDayMax + 1);
       }},
      {"DOCUMENT_TOO_LARGE", [](auto& d) { d.set_terms(std::string((512 << 10), 'x')); }},
  };
  for (const auto& c : cases) {
    auto doc = OfferDoc();
    c.spoil(doc);
    Refused(c.reason, [&] { return Offer(doc); });
  }
  auto edge = OfferDoc();
  edge.set_delay_damages_ppm_per_day(procurement::kDelayDamagesPpmPerDayMax);
  edge.set_terms(std::string((512 << 10) - 4096, 'x'));
  EXPECT_TRUE(Offer(edge).ok());
}

TEST_F(ContractEngineTest, EachMessageIsOverTheOneBefore) {
  Award();
  ASSERT_TRUE(Offer(OfferDoc()).ok());
  Refused("OFFER_MISMATCH", [&] { return Consent(std::string(64, '0')); });
  ASSERT_TRUE(Consent(Get().offer_sha256()).ok());
  Refused("CONSENT_MISMATCH", [&] { return Confirm(Get().offer_sha256()); });
  EXPECT_TRUE(Confirm(Get().consent_sha256()).ok());
}

TEST_F(ContractEngineTest, OnlyTheRightPeopleAct) {
  Award();
  for (const FakePerson& who : {kOtherOfficer, kRepresentative, kInspector}) {
    Refused("NOT_ALLOWED", [&] { return Offer(OfferDoc(), who); });
  }
  ASSERT_TRUE(Offer(OfferDoc()).ok());
  for (const FakePerson& who : {kOtherSupplier, kClerk, kOfficer}) {
    Refused("NOT_ALLOWED", [&] { return Consent(Get().offer_sha256(), who); });
  }
  ASSERT_TRUE(Consent(Get().offer_sha256()).ok());
  for (const FakePerson& who : {kOtherOfficer, kRepresentative, kInspector}) {
    Refused("NOT_ALLOWED", [&] { return Confirm(Get().consent_sha256(), who); });
  }
  ASSERT_TRUE(Confirm(Get().consent_sha256()).ok());
  for (const FakePerson& who : {kOtherSupplier, kOfficer}) {
    Refused("NOT_ALLOWED", [&] { return Report({}, who); });
  }
  ASSERT_TRUE(Report({}, kRepresentative).ok());
  for (const FakePerson& who : {kOtherOfficer, kRepresentative, kOfficer}) {
    Refused("NOT_ALLOWED", [&] { return Inspect({}, who); });
  }
  const auto offer = Make<v1::ActOnContractRequest>(OfferDoc(), "contract.offer", kOfficer);
  v1::ActOnContractResponse response;
  EXPECT_THAT(engine_.ActOnContract(env_.AsAnyone(), offer, &response), HasReason("NOT_ALLOWED"));
  EXPECT_THAT(engine_.ActOnContract(env_.AsService("tender"), offer, &response),
              HasReason("NOT_ALLOWED"));
}

TEST_F(ContractEngineTest, WrongStates) {
  const auto wrong = [&](const std::set<std::string>& allowed) {
    if (!allowed.count("offer")) Refused("WRONG_STATE", [&] { return Offer(OfferDoc()); });
    if (!allowed.count("consent")) {
      Refused("WRONG_STATE", [&] { return Consent(Get().offer_sha256()); });
    }
    if (!allowed.count("confirm")) {
      Refused("WRONG_STATE", [&] { return Confirm(Get().consent_sha256()); });
    }
    if (!allowed.count("deliver")) {
      Refused("WRONG_STATE", [&] { return Report({.number = 9}); });
      Refused("WRONG_STATE", [&] { return Inspect({.number = 9}); });
    }
  };
  Award();
  wrong({"offer"});
  ASSERT_TRUE(Offer(OfferDoc()).ok());
  // The very document of before would be DOCUMENT_REPLAYED: the terms make it another one.
  auto again = OfferDoc();
  again.set_terms("again");
  Refused("DOCUMENT_REPLAYED", [&] { return Offer(OfferDoc()); });
  Refused("WRONG_STATE", [&] { return Offer(again); });
  ASSERT_TRUE(Consent(Get().offer_sha256()).ok());
  Refused("WRONG_STATE", [&] { return Offer(again); });
  Refused("WRONG_STATE", [&] { return Report({}); });
  ASSERT_TRUE(Confirm(Get().consent_sha256()).ok());
  Refused("WRONG_STATE", [&] { return Offer(again); });
  Refused("WRONG_STATE", [&] { return Consent(std::string(64, '0')); });
  Refused("WRONG_STATE", [&] { return Confirm(std::string(64, '0')); });
  ASSERT_TRUE(Report({}).ok());
  ASSERT_TRUE(Inspect({}).ok());
  ASSERT_EQ(Get().state(), v1::Contract::COMPLETED);
  Refused("WRONG_STATE", [&] { return Report({.number = 2, .amount = 1}); });
  Refused("WRONG_STATE", [&] { return Inspect({.accepted = false, .amount = 0}); });
}

TEST_F(ContractEngineTest, Deliveries) {
  Form();
  Refused("DELIVERY_NOT_FOUND", [&] { return Inspect({.number = 1}); });
  Refused("DELIVERY_NOT_FOUND", [&] { return Inspect({.number = 0}); });
  Refused("DELIVERY_NUMBER", [&] { return Report({.number = 2}); });
  Refused("DELIVERY_AMOUNT_INVALID", [&] { return Report({.amount = 0}); });
  Refused("DELIVERY_AMOUNT_EXCEEDED", [&] { return Report({.amount = kAmount + 1}); });
  Refused("DELIVERY_MUST_BE_FINAL", [&] { return Report({.final = false}); });
  Refused("DATE_INVALID", [&] { return Report({.on = "soon"}); });
  // The clock stands at 2025-01-02T12:00 in Korea.
  Refused("DELIVERY_IN_FUTURE", [&] { return Report({.on = "2025-01-03"}); });

  ASSERT_TRUE(Report({.amount = 400'000, .final = false}).ok());
  Refused("DELIVERY_UNINSPECTED",
          [&] { return Report({.number = 2, .amount = 1, .final = false}); });
  Refused("REPORT_MISMATCH",
          [&] { return Inspect({.amount = 1, .report_sha256 = std::string(64, '0')}); });
  Refused("INSPECTION_AMOUNT_INVALID", [&] { return Inspect({.amount = 400'001}); });
  Refused("INSPECTION_AMOUNT_INVALID", [&] { return Inspect({.accepted = false, .amount = 1}); });
  ASSERT_TRUE(Inspect({.amount = 400'000}).ok());
  Refused("DELIVERY_INSPECTED", [&] { return Inspect({.accepted = false, .amount = 0}); });
  Refused("DELIVERY_AMOUNT_EXCEEDED", [&] { return Report({.number = 2, .amount = 600'001}); });
  EXPECT_TRUE(Report({.number = 2, .amount = 600'000}).ok());
}

TEST_F(ContractEngineTest, LateInspectionCountsAndSaysSo) {
  Form();
  ASSERT_TRUE(Report({.amount = 1, .final = false}).ok());
  env_.clock.Advance(procurement::kInspectionPeriod);
  ASSERT_TRUE(Inspect({.amount = 1}).ok());
  EXPECT_FALSE(Get().deliveries(0).late());
  ASSERT_TRUE(Report({.number = 2, .amount = 1, .final = false}).ok());
  env_.clock.Advance(procurement::kInspectionPeriod + absl::Nanoseconds(1));
  ASSERT_TRUE(Inspect({.number = 2, .amount = 1}).ok());
  EXPECT_TRUE(Get().deliveries(1).late());
}

// Numbers are given out, not computed: a tender has as many contracts as lots were awarded.
TEST_F(ContractEngineTest, EveryLotHasAContractUnderANumberOfItsOwn) {
  std::set<std::string> ids;
  for (int lot = 1; lot <= 3; ++lot) {
    ASSERT_TRUE(Follow(Award(lot, kTender, kAgency, lot)).ok());
    ASSERT_TRUE(Follow(Award(10 + lot, "R25BK00000002", kAgency, lot)).ok());
    ASSERT_TRUE(Follow(Award(lot, kTender, kAgency, lot)).ok());  // told again
  }
  for (const char* tender : {kTender, "R25BK00000002"}) {
    const auto contracts = OfTender(tender);
    ASSERT_EQ(contracts.size(), 3u);
    for (int at = 0; at < 3; ++at) {
      const std::string& id = contracts[at].contract_id();
      EXPECT_EQ(contracts[at].lot(), at + 1);
      EXPECT_EQ(id.substr(0, 5), "R25TA");
      EXPECT_EQ(id.size(), 13u);
      EXPECT_EQ(ledger::ShardOf(id), ledger::ShardOf(tender));  // so that it is found by its id
      EXPECT_TRUE(ids.insert(id).second) << id;
    }
  }
  EXPECT_THAT(Follow(Award(20, kTender, kAgency, 0)), HasReason("AWARD_MALFORMED"));
}

TEST_F(ContractEngineTest, RepeatsAnswerTheSame) {
  Award();
  const auto request = Make<v1::ActOnContractRequest>(OfferDoc(), "contract.offer", kOfficer);
  v1::ActOnContractResponse first, again;
  ASSERT_TRUE(engine_.ActOnContract(env_.As(kOfficer), request, &first).ok());
  ASSERT_TRUE(Consent(Get().offer_sha256()).ok());
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(engine_.ActOnContract(env_.As(kOfficer), request, &again).ok());
  EXPECT_EQ(again.contract().SerializeAsString(), first.contract().SerializeAsString());
  EXPECT_EQ(again.receipt().entry(), first.receipt().entry());

  auto other = request;
  auto doc = OfferDoc();
  doc.set_terms("other");
  *other.mutable_document() = env_.Sign(doc, "contract.offer", kOfficer);
  EXPECT_THAT(engine_.ActOnContract(env_.As(kOfficer), other, &again),
              HasReason("REQUEST_ID_REUSED"));
  other.set_request_id("");
  EXPECT_THAT(engine_.ActOnContract(env_.As(kOfficer), other, &again),
              HasReason("REQUEST_ID_MISSING"));
  EXPECT_EQ(env_.ledger->Size(), size);
}

TEST_F(ContractEngineTest, Lists) {
  std::set<std::string> expected;
  for (int i = 1; i <= 25; ++i) {
    const std::string tender = absl::StrCat("R25BK000000", i < 10 ? "0" : "", i);
    ASSERT_TRUE(Follow(Award(i, tender)).ok());
    expected.insert(OfTender(tender)[0].contract_id());
  }
  ASSERT_TRUE(Follow(Award(26, "R25BK00000099", "A-9999999999")).ok());

  v1::ListContractsRequest request;
  request.set_page_size(10);
  std::set<std::string> seen;
  std::vector<int> sizes;
  std::string second_token;
  do {
    v1::ListContractsResponse response;
    ASSERT_TRUE(engine_.ListContracts(env_.As(kOfficer), request, &response).ok());
    sizes.push_back(response.contracts_size());
    for (const auto& c : response.contracts()) {
      EXPECT_TRUE(seen.insert(c.contract_id()).second) << c.contract_id();
    }
    request.set_page_token(response.next_page_token());
    if (second_token.empty()) second_token = response.next_page_token();
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(sizes, (std::vector<int>{10, 10, 5}));

  v1::ListContractsResponse response;
  request.set_page_token(second_token);
  EXPECT_THAT(engine_.ListContracts(env_.As(kRepresentative), request, &response),
              HasReason("PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  EXPECT_THAT(engine_.ListContracts(env_.AsAnyone(), request, &response),
              HasReason("TENDER_ID_MISSING"));
  request.set_page_size(-1);
  EXPECT_THAT(engine_.ListContracts(env_.As(kOfficer), request, &response),
              HasReason("PAGE_SIZE_INVALID"));
  request.set_page_size(0);
  request.set_tender_id("R25BK00000003");
  ASSERT_TRUE(engine_.ListContracts(env_.AsAnyone(), request, &response).ok());
  ASSERT_EQ(response.contracts_size(), 1);
  EXPECT_EQ(response.contracts(0).contract_id(), OfTender("R25BK00000003")[0].contract_id());
  response.Clear();
  request.set_tender_id("R25BK00009999");
  ASSERT_TRUE(engine_.ListContracts(env_.AsAnyone(), request, &response).ok());
  EXPECT_EQ(response.contracts_size(), 0);
}

TEST_F(ContractEngineTest, MissingContracts) {
  v1::GetContractRequest get;
  v1::GetContractResponse got;
  v1::GetContractDocumentsRequest documents;
  v1::GetContractDocumentsResponse answer;
  for (const char* id : {"", "R25TA99999999", "R25BK00000001"}) {
    get.set_contract_id(id);
    documents.set_contract_id(id);
    EXPECT_THAT(engine_.GetContract(env_.AsAnyone(), get, &got), HasReason("CONTRACT_NOT_FOUND"));
    EXPECT_THAT(engine_.GetContractDocuments(env_.AsAnyone(), documents, &answer),
                HasReason("CONTRACT_NOT_FOUND"));
  }
}

// All deliveries that a contract may have fit its record and the answer.
TEST_F(ContractEngineTest, ManyDeliveries) {
  Form();
  for (int i = 1; i <= procurement::kDeliveriesMax; ++i) {
    ASSERT_TRUE(Report({.number = i, .amount = 1, .final = false}).ok()) << i;
    ASSERT_TRUE(Inspect({.number = i, .amount = 1}).ok()) << i;
  }
  Refused("TOO_MANY_DELIVERIES", [&] {
    return Report({.number = procurement::kDeliveriesMax + 1, .amount = 1, .final = false});
  });
}

}  // namespace
}  // namespace jodal::contract
