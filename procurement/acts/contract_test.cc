#include "procurement/acts/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/document/json.h"
#include "common/status/error.h"
#include "procurement/acts/testing.h"

namespace jodal::procurement {
namespace {

using contract::v1::Contract;

constexpr char kContractId[] = "R25TA00000001";
const absl::Time kOffered = absl::FromUnixSeconds(1'735'700'000);

Contract Awarded() {
  Contract out;
  out.set_contract_id(kContractId);
  out.set_state(Contract::AWARDED);
  out.set_tender_id("R25BK00000001");
  out.set_lot(1);
  out.set_agency_id("A-1");
  out.set_supplier_id("S-1");
  out.set_amount(1000);
  out.set_currency("KRW");
  out.set_award_sha256(std::string(64, 'a'));
  return out;
}

// A contract in `state` as a life of it would have left it, a delivery waiting where one may.
Contract In(Contract::State state) {
  Contract out = Awarded();
  out.set_state(state);
  if (state == Contract::AWARDED) return out;
  out.set_offer_sha256(std::string(64, 'b'));
  out.set_offered_time_ns(absl::ToUnixNanos(kOffered));
  if (state == Contract::OFFERED) return out;
  out.set_consent_sha256(std::string(64, 'c'));
  if (state == Contract::CONSENTED) return out;
  out.set_confirmation_sha256(std::string(64, 'd'));
  return out;
}

void AddReported(Contract& contract) {
  auto& delivery = *contract.add_deliveries();
  delivery.set_delivery(1);
  delivery.set_state(contract::v1::Delivery::REPORTED);
  delivery.set_amount(600);
  delivery.set_report_sha256(std::string(64, 'e'));
  delivery.set_reported_time_ns(absl::ToUnixNanos(kOffered));
}

// One row an act: what a person writes into its document (the rest follows), when it is done, and
// what it needs of the contract.
struct Row {
  const char* kind;
  const char* json;
  absl::Duration after_offer;
  void (*prepare)(Contract&);
};
const Row kRows[] = {
    {"contract.offer", R"({"startDate":"2025-02-01","endDate":"2025-12-31"})", {}, nullptr},
    {"contract.consent", "{}", {}, nullptr},
    {"contract.confirmation", "{}", {}, nullptr},
    {"contract.refusal", R"({"reason":"no capacity"})", {}, nullptr},
    {"contract.withdrawal", R"({"reason":"not signed"})", kSigningPeriod, nullptr},
    {"contract.termination", R"({"ground":"delay"})", {}, nullptr},
    {"delivery.report", R"({"delivery":1,"deliveredOn":"2025-01-01","amount":600})", {}, nullptr},
    {"delivery.inspection",
     R"({"delivery":1,"accepted":true,"amount":600,"reportSha256":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee)"
     R"(eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"})",
     {},
     AddReported},
};

const Row& RowOf(const std::string& kind) {
  for (const Row& row : kRows) {
    if (kind == row.kind) return row;
  }
  ADD_FAILURE() << "no row for " << kind;
  return kRows[0];
}

absl::Status Apply(const Act& act, const Row& row, const Actor* actor, Contract& contract) {
  const ActFacts facts{std::string(64, 'f'), kOffered + row.after_offer};
  absl::Status status = absl::InternalError("not in the list");
  VisitKind(ContractDocuments(), act.kind(), [&]<typename Doc>(const Act&) {
    Doc doc;
    EXPECT_TRUE(document::ParseStrictJson(row.json, &doc).ok()) << row.kind;
    doc.set_contract_id(contract.contract_id());
    FillFollowing(contract, &doc);
    status = CheckShape(doc);
    if (status.ok()) status = ApplyToContract(doc, facts, actor, contract).status();
  });
  return status;
}

testing::Walk<Contract> Contracts() {
  return {
      .acts = testing::ActsOf(ContractDocuments()),
      .states = Contract::State_descriptor(),
      .in =
          [](const std::string& name, const Act& act) {
            Contract::State state = Contract::STATE_UNSPECIFIED;
            Contract::State_Parse(name, &state);
            Contract contract = In(state);
            const Row& row = RowOf(act.kind());
            if (row.prepare != nullptr) row.prepare(contract);
            return contract;
          },
      .apply = [](const Act& act, const Actor* actor,
                  Contract& contract) { return Apply(act, RowOf(act.kind()), actor, contract); },
      .standing = [](const Contract& contract) { return StandingOf(contract); }};
}

TEST(ContractActs, EveryStateTimesEveryAct) { EveryStateTimesEveryAct(Contracts()); }

TEST(ContractActs, EveryWrongCaller) { EveryWrongCaller(Contracts()); }

TEST(ContractActs, ARefusalSaysOfWhatAndWhy) {
  const Act& act = *ActOfKind("contract.refusal");
  Contract contract = In(Contract::OFFERED);
  EXPECT_EQ(ErrorReason(Apply(act, {"", "{}", {}, nullptr}, nullptr, contract)), "REASON_MISSING");
  document::v1::ContractRefusal doc;
  doc.set_contract_id(kContractId);
  doc.set_reason("no capacity");
  doc.set_offer_sha256(std::string(64, '0'));
  EXPECT_EQ(ErrorReason(ApplyToContract(doc, {}, nullptr, contract).status()), "OFFER_MISMATCH");
  ASSERT_TRUE(Apply(act, RowOf(act.kind()), nullptr, contract).ok());
  EXPECT_EQ(contract.state(), Contract::REFUSED);
  EXPECT_EQ(contract.ended_sha256(), std::string(64, 'f'));
}

TEST(ContractActs, AnOfferIsWithdrawnOnlyAfterItsTime) {
  const Act& act = *ActOfKind("contract.withdrawal");
  const char* json = R"({"reason":"not signed"})";
  Contract contract = In(Contract::OFFERED);
  EXPECT_EQ(ErrorReason(Apply(act, {"", "{}", kSigningPeriod, nullptr}, nullptr, contract)),
            "REASON_MISSING");
  const absl::Duration early = kSigningPeriod - absl::Nanoseconds(1);
  EXPECT_EQ(ErrorReason(Apply(act, {"", json, early, nullptr}, nullptr, contract)),
            "OFFER_STILL_OPEN");
  ASSERT_TRUE(Apply(act, {"", json, kSigningPeriod, nullptr}, nullptr, contract).ok());
  EXPECT_EQ(contract.state(), Contract::WITHDRAWN);
}

TEST(ContractActs, ATerminationHasAGroundAndLeavesNoDeliveryOpen) {
  const Act& act = *ActOfKind("contract.termination");
  Contract contract = In(Contract::FORMED);
  EXPECT_EQ(ErrorReason(Apply(act, {"", "{}", {}, nullptr}, nullptr, contract)), "GROUND_UNKNOWN");
  EXPECT_EQ(ErrorReason(Apply(act, {"", R"({"ground":"mood"})", {}, nullptr}, nullptr, contract)),
            "GROUND_UNKNOWN");
  document::v1::ContractTermination doc;
  doc.set_contract_id(kContractId);
  doc.set_ground("delay");
  EXPECT_EQ(ErrorReason(ApplyToContract(doc, {}, nullptr, contract).status()),
            "CONFIRMATION_MISMATCH");
  AddReported(contract);
  EXPECT_EQ(ErrorReason(Apply(act, RowOf(act.kind()), nullptr, contract)), "DELIVERY_UNINSPECTED");
  contract.mutable_deliveries(0)->set_state(contract::v1::Delivery::ACCEPTED);
  ASSERT_TRUE(Apply(act, RowOf(act.kind()), nullptr, contract).ok());
  EXPECT_EQ(contract.state(), Contract::TERMINATED);
  EXPECT_EQ(contract.ground(), "delay");
}

TEST(ContractActs, ADocumentIsAboutItsContract) {
  Contract contract = In(Contract::OFFERED);
  document::v1::ContractConsent doc;
  doc.set_contract_id("R25TA00000002");
  doc.set_offer_sha256(contract.offer_sha256());
  EXPECT_EQ(ErrorReason(ApplyToContract(doc, {}, nullptr, contract).status()), "CONTRACT_MISMATCH");
  EXPECT_EQ(contract.state(), Contract::OFFERED);
}

TEST(ContractActs, AnAwardMakesAContract) {
  event::v1::AwardDecided award;
  award.set_tender_id("R25BK00000001");
  award.set_lot(1);
  award.set_agency_id("A-1");
  award.set_supplier_id("S-1");
  award.set_amount(1000);
  award.set_currency("KRW");
  award.set_award_sha256(std::string(64, 'a'));
  auto prepared = PrepareContract(award);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  prepared->set_contract_id(kContractId);  // the service's numbers
  EXPECT_EQ(ContractFrom(*prepared).SerializeAsString(), Awarded().SerializeAsString());
  const std::pair<const char*, void (*)(event::v1::AwardDecided&)> bad[] = {
      {"tenderId", [](auto& a) { a.clear_tender_id(); }},
      {"lot", [](auto& a) { a.set_lot(0); }},
      {"agencyId", [](auto& a) { a.clear_agency_id(); }},
      {"supplierId", [](auto& a) { a.clear_supplier_id(); }},
      {"amount", [](auto& a) { a.set_amount(0); }}};
  for (const auto& [field, spoil] : bad) {
    event::v1::AwardDecided spoilt = award;
    spoil(spoilt);
    const absl::Status status = PrepareContract(spoilt).status();
    EXPECT_EQ(ErrorReason(status), "AWARD_MALFORMED") << field;
    EXPECT_EQ(ErrorMetadataOf(status)["field"], field);
  }
}

TEST(ContractActs, TheEventSaysWhatIsSoAfterwards) {
  Contract contract = In(Contract::FORMED);
  AddReported(contract);
  const Act& act = *ActOfKind("delivery.inspection");
  ASSERT_TRUE(Apply(act, RowOf(act.kind()), nullptr, contract).ok());
  const ActFacts facts{std::string(64, 'f'), kOffered};
  const event::v1::Event event = ContractEvent(act, facts, contract, 1);
  EXPECT_EQ(EventType(event), "delivery.inspected");
  EXPECT_EQ(event.contract_acted().delivery_state(), "ACCEPTED");
  EXPECT_EQ(event.contract_acted().delivery_amount(), 600);
  EXPECT_EQ(Summarize(event).en, "delivery 1 ACCEPTED");
  EXPECT_EQ(Summarize(event).ko, "납품 1 검사: ACCEPTED");
  const Act& formed = *ActOfKind("contract.confirmation");
  EXPECT_EQ(Summarize(ContractEvent(formed, facts, contract, 0)).en,
            "contract formed for 1,000 KRW");
}

}  // namespace
}  // namespace jodal::procurement
