#include "procurement/acts/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "common/document/json.h"
#include "common/status/error.h"

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

Actor RightActor(const Act& act) {
  Actor out{"P-1", act.party() == Act::AGENCY ? "A-1" : "S-1", {"staff"}};
  if (!act.role().empty()) out.roles.push_back(act.role());
  return out;
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
    if (status.ok()) status = ApplyToContract(doc, facts, actor, contract);
  });
  return status;
}

std::vector<const Act*> ContractActs() {
  std::vector<const Act*> out;
  for (const Act* act : Acts()) {
    if (VisitKind(ContractDocuments(), act->kind(), []<typename Doc>(const Act&) {})) {
      out.push_back(act);
    }
  }
  return out;
}

TEST(ContractActs, EveryStateTimesEveryAct) {
  int allowed = 0;
  for (const Act* act : ContractActs()) {
    const Row& row = RowOf(act->kind());
    const std::set<std::string> from(act->from().begin(), act->from().end());
    const std::set<std::string> to(act->to().begin(), act->to().end());
    for (int s = Contract::AWARDED; Contract::State_IsValid(s); ++s) {
      const auto state = static_cast<Contract::State>(s);
      const std::string name = Contract::State_Name(state);
      SCOPED_TRACE(absl::StrCat(act->kind(), " in ", name));
      Contract contract = In(state);
      if (row.prepare != nullptr) row.prepare(contract);
      const std::string before = contract.SerializeAsString();
      const absl::Status status = Apply(*act, row, nullptr, contract);
      if (from.count(name) != 0) {
        ++allowed;
        EXPECT_TRUE(status.ok()) << status;
        EXPECT_EQ(to.count(Contract::State_Name(contract.state())), 1u);
      } else {
        EXPECT_EQ(ErrorReason(status), "WRONG_STATE");
        EXPECT_EQ(ErrorMetadataOf(status)["state"], name);
        EXPECT_EQ(ErrorMetadataOf(status)["act"], act->kind());
        EXPECT_EQ(contract.SerializeAsString(), before) << "a refusal changes nothing";
      }
    }
  }
  EXPECT_GE(allowed, static_cast<int>(std::size(kRows)));
}

TEST(ContractActs, EveryWrongCaller) {
  for (const Act* act : ContractActs()) {
    SCOPED_TRACE(act->kind());
    const Row& row = RowOf(act->kind());
    Contract::State state;
    ASSERT_TRUE(Contract::State_Parse(act->from(0), &state));
    const auto by = [&](const Actor& actor) {
      Contract contract = In(state);
      if (row.prepare != nullptr) row.prepare(contract);
      return Apply(*act, row, &actor, contract);
    };
    const Actor right = RightActor(*act);
    EXPECT_TRUE(by(right).ok()) << by(right);
    Actor elsewhere = right;
    elsewhere.organization_id = "X-9";
    EXPECT_EQ(ErrorReason(by(elsewhere)), "NOT_ALLOWED");
    Actor other_party = right;
    other_party.organization_id = act->party() == Act::AGENCY ? "S-1" : "A-1";
    EXPECT_EQ(ErrorReason(by(other_party)), "NOT_ALLOWED");
    Actor without_role = right;
    without_role.roles = {"staff"};
    EXPECT_EQ(ErrorReason(by(without_role)), act->role().empty() ? "" : "NOT_ALLOWED");
  }
}

// What a row must say to be one: else the log, the timeline or the command line would be silent.
TEST(ContractActs, RowsAreComplete) {
  std::set<std::string> kinds, events, verbs;
  for (const Act* act : Acts()) {
    SCOPED_TRACE(act->kind());
    EXPECT_TRUE(kinds.insert(act->kind()).second);
    EXPECT_TRUE(events.insert(act->event()).second);
    EXPECT_TRUE(verbs.insert(act->verb()).second);
    EXPECT_NE(act->party(), Act::PARTY_UNSPECIFIED);
    EXPECT_FALSE(act->actor().empty());
    EXPECT_GE(act->to_size(), 1);
    for (const auto& states : {act->from(), act->to()}) {
      for (const std::string& state : states) {
        Contract::State parsed;
        EXPECT_TRUE(Contract::State_Parse(state, &parsed)) << state;
      }
    }
    EXPECT_FALSE(act->ko().empty());
    EXPECT_FALSE(act->en().empty());
    EXPECT_THAT(act->example(), testing::HasSubstr(absl::StrCat("jodal ", act->verb())));
    EXPECT_FALSE(act->help().empty());
    EXPECT_EQ(ActOfKind(act->kind()), act);
    EXPECT_TRUE(VisitKind(ContractDocuments(), act->kind(), []<typename Doc>(const Act&) {}));
  }
  EXPECT_FALSE(VisitKind(ContractDocuments(), "notice", []<typename Doc>(const Act&) {}));
}

TEST(ContractActs, ARefusalSaysOfWhatAndWhy) {
  const Act& act = *ActOfKind("contract.refusal");
  Contract contract = In(Contract::OFFERED);
  EXPECT_EQ(ErrorReason(Apply(act, {"", "{}", {}, nullptr}, nullptr, contract)), "REASON_MISSING");
  document::v1::ContractRefusal doc;
  doc.set_reason("no capacity");
  doc.set_offer_sha256(std::string(64, '0'));
  EXPECT_EQ(ErrorReason(ApplyToContract(doc, {}, nullptr, contract)), "OFFER_MISMATCH");
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
  doc.set_ground("delay");
  EXPECT_EQ(ErrorReason(ApplyToContract(doc, {}, nullptr, contract)), "CONFIRMATION_MISMATCH");
  AddReported(contract);
  EXPECT_EQ(ErrorReason(Apply(act, RowOf(act.kind()), nullptr, contract)), "DELIVERY_UNINSPECTED");
  contract.mutable_deliveries(0)->set_state(contract::v1::Delivery::ACCEPTED);
  ASSERT_TRUE(Apply(act, RowOf(act.kind()), nullptr, contract).ok());
  EXPECT_EQ(contract.state(), Contract::TERMINATED);
  EXPECT_EQ(contract.ground(), "delay");
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

// Every public event has a sentence in both languages; a {field} that is none would show as
// nothing.
TEST(Summaries, OfEveryEvent) {
  const auto* kinds = event::v1::Event::descriptor()->FindOneofByName("kind");
  const std::set<std::string> without = {"session_opened",  "tender_created", "notice_submitted",
                                         "notice_approved", "log_observed",   "contract_acted"};
  for (int i = 0; i < kinds->field_count(); ++i) {
    const auto* field = kinds->field(i);
    SCOPED_TRACE(field->name());
    const auto& sentence = field->message_type()->options().GetExtension(event::v1::sentence);
    EXPECT_EQ(sentence.ko().empty(), without.count(field->name()) != 0);
    EXPECT_EQ(sentence.en().empty(), without.count(field->name()) != 0);
    for (const std::string& text :
         {sentence.ko(), sentence.en(), sentence.void_ko(), sentence.void_en()}) {
      for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
        const std::string name = text.substr(at + 1, text.find_first_of(":}", at) - at - 1);
        EXPECT_NE(field->message_type()->FindFieldByName(name), nullptr) << name;
      }
    }
  }
  event::v1::Event opened;
  opened.mutable_bid_opened()->set_supplier_id("S-1");
  opened.mutable_bid_opened()->set_amount(1'234'567);
  EXPECT_EQ(Summarize(opened).en, "bid of S-1: 1,234,567");
  opened.mutable_bid_opened()->set_void_reason("PRICE_INVALID");
  EXPECT_EQ(Summarize(opened).en, "bid of S-1 void: PRICE_INVALID");
  event::v1::Event closed;
  closed.mutable_box_closed()->set_count(3);
  closed.mutable_box_closed()->set_root(std::string(64, 'a'));
  EXPECT_EQ(Summarize(closed).en, "box closed with 3 bids, root aaaaaaaaaaaa");
  EXPECT_EQ(Summarize({}).en, "");
}

}  // namespace
}  // namespace jodal::procurement
