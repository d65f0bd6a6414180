#include "procurement/acts/registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/status/error.h"
#include "procurement/acts/testing.h"

namespace jodal::procurement {
namespace {

using document::v1::OrganizationApproval;
using document::v1::OrganizationRegistration;
using document::v1::PersonApproval;
using document::v1::PersonRegistration;
using registration::v1::Organization;
using registration::v1::OrganizationCase;
using registration::v1::Person;
using registration::v1::PersonCase;

constexpr char kOrganization[] = "A-2208162517";
constexpr char kBoss[] = "A-2208162517.1";
constexpr char kPerson[] = "A-2208162517.2";
const absl::Time kNow = absl::FromUnixSeconds(1'735'700'000);

template <typename Doc>
Doc DocFor(const OrganizationCase& organization, const PersonCase& person) {
  Doc doc;
  if constexpr (std::is_same_v<Doc, OrganizationRegistration>) {
    doc.set_type("agency");
    doc.set_business_number("2208162517");
    doc.set_name("한빛구청");
    doc.set_address("Seoul");
    doc.set_representative("김하나");
    doc.set_email("kim@example.kr");
    doc.set_nonce(std::string(32, '0'));
  } else if constexpr (std::is_same_v<Doc, PersonRegistration>) {
    doc.set_organization_id(kOrganization);
    doc.set_name("이두리");
    doc.set_email("lee@example.kr");
    doc.add_roles("officer");
    doc.set_nonce(std::string(32, '0'));
  } else if constexpr (std::is_same_v<Doc, PersonApproval>) {
    doc.set_person_id(kPerson);
    doc.set_registration_sha256(person.person().registration_sha256());
  } else {
    doc.set_organization_id(kOrganization);
    if constexpr (std::is_same_v<Doc, OrganizationApproval>) {
      doc.set_registration_sha256(organization.organization().registration_sha256());
    } else {
      doc.set_reason("papers");
      doc.set_nonce(std::string(32, '0'));
    }
  }
  return doc;
}

RegistrationFacts Facts(const std::string& signer, absl::Time at = kNow) {
  RegistrationFacts facts;
  facts.sha256 = std::string(64, 'f');
  facts.arrival = at;
  facts.signer = signer;
  facts.certificate = {"der", std::string(64, 'c'), std::string(64, 'd')};
  return facts;
}

// Both cases in one message, so that they can be walked together.
struct Cases {
  OrganizationCase organization;
  PersonCase person;
  std::string SerializeAsString() const {
    return organization.SerializeAsString() + person.SerializeAsString();
  }
};

template <typename Doc>
absl::StatusOr<event::v1::Event> Do(Cases& cases, const Actor* actor = nullptr,
                                    absl::Time at = kNow) {
  const Doc doc = DocFor<Doc>(cases.organization, cases.person);
  RETURN_IF_ERROR(CheckShape(doc));
  return ApplyToRegistration(doc, Facts(actor == nullptr ? "" : actor->person_id, at), actor,
                             cases.organization, cases.person);
}

const Actor kRegistrar{"registrar", "operator", {"registrar"}};
const Actor kRepresentative{kBoss, kOrganization, {"representative"}};

Cases Organizations(const std::string& state) {
  Cases out;
  if (state == "NONE") return out;
  EXPECT_TRUE(Do<OrganizationRegistration>(out).ok());
  if (state == "PENDING") return out;
  EXPECT_TRUE(Do<OrganizationApproval>(out, &kRegistrar).ok());
  // The service hands in an organisation under a sanction so.
  if (state == "SUSPENDED")
    out.organization.mutable_organization()->set_state(Organization::SUSPENDED);
  return out;
}

// A person of an active organisation.
Cases People(const std::string& state) {
  Cases out = Organizations("ACTIVE");
  out.person.Clear();
  if (state == "NONE") return out;
  EXPECT_TRUE(Do<PersonRegistration>(out).ok());
  if (state == "PENDING") return out;
  EXPECT_TRUE(Do<PersonApproval>(out, &kRepresentative).ok());
  return out;
}

template <typename Documents>
absl::Status ApplyKind(Documents documents, const Act& act, const Actor* actor, Cases& cases) {
  absl::Status status = absl::InternalError("not in the list");
  VisitKind(documents, act.kind(),
            [&]<typename Doc>(const Act&) { status = Do<Doc>(cases, actor).status(); });
  return status;
}

testing::Walk<Cases> OrganizationWalk() {
  return {
      .acts = testing::ActsOf(OrganizationDocuments()),
      .states = Organization::State_descriptor(),
      .in = [](const std::string& state, const Act&) { return Organizations(state); },
      .apply = [](const Act& act, const Actor* actor,
                  Cases& cases) { return ApplyKind(OrganizationDocuments(), act, actor, cases); },
      .standing =
          [](const Cases& cases) {
            return StandingOf(cases.organization.organization(), cases.organization);
          }};
}

testing::Walk<Cases> PersonWalk() {
  return {
      .acts = testing::ActsOf(PersonDocuments()),
      .states = Person::State_descriptor(),
      .in = [](const std::string& state, const Act&) { return People(state); },
      .apply = [](const Act& act, const Actor* actor,
                  Cases& cases) { return ApplyKind(PersonDocuments(), act, actor, cases); },
      .standing =
          [](const Cases& cases) { return StandingOf(cases.person.person(), cases.organization); },
      .right_person = kBoss};
}

TEST(OrganizationActs, EveryStateTimesEveryAct) { EveryStateTimesEveryAct(OrganizationWalk()); }
TEST(OrganizationActs, EveryWrongCaller) { EveryWrongCaller(OrganizationWalk()); }
TEST(PersonActs, EveryStateTimesEveryAct) { EveryStateTimesEveryAct(PersonWalk()); }
TEST(PersonActs, EveryWrongCaller) { EveryWrongCaller(PersonWalk()); }

TEST(OrganizationActs, ItsRegistrationIsThatOfItsRepresentative) {
  Cases cases = Organizations("PENDING");
  EXPECT_EQ(cases.organization.organization().organization_id(), kOrganization);
  EXPECT_EQ(cases.organization.organization().representative_id(), kBoss);
  EXPECT_EQ(cases.organization.people(), 1);
  EXPECT_EQ(cases.person.person().person_id(), kBoss);
  EXPECT_EQ(cases.person.person().state(), Person::PENDING);
  EXPECT_THAT(cases.person.person().roles(), ::testing::ElementsAre("representative"));
  EXPECT_THAT(cases.person.key_sha256(), ::testing::ElementsAre(std::string(64, 'd')));
  const auto event = Do<OrganizationApproval>(cases, &kRegistrar);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(cases.person.person().state(), Person::ACTIVE);
  EXPECT_EQ(EventType(*event), "organization.approved");
  EXPECT_EQ(Summarize(*event).ko, "한빛구청 등록 승인");
  EXPECT_EQ(event->organization_acted().cert_sha256(), std::string(64, 'c'));
}

TEST(OrganizationActs, WhatNobodyApprovesLapses) {
  const absl::Time until = kNow + kPendingLife;
  Cases late = Organizations("PENDING");
  EXPECT_EQ(ErrorReason(Do<OrganizationApproval>(late, &kRegistrar, until).status()),
            "REGISTRATION_LAPSED");
  EXPECT_EQ(ErrorReason(
                Do<OrganizationRegistration>(late, nullptr, until - absl::Nanoseconds(1)).status()),
            "WRONG_STATE");
  EXPECT_TRUE(Do<OrganizationRegistration>(late, nullptr, until).ok());
  Cases in_time = Organizations("PENDING");
  EXPECT_TRUE(Do<OrganizationApproval>(in_time, &kRegistrar, until - absl::Nanoseconds(1)).ok());
  Cases person = People("PENDING");
  EXPECT_EQ(ErrorReason(Do<PersonApproval>(person, &kRepresentative, until).status()),
            "REGISTRATION_LAPSED");
}

TEST(PersonActs, TheirOrganizationIsActiveAndItsRepresentativeApproves) {
  for (const std::string state : {"PENDING", "SUSPENDED"}) {
    Cases cases = Organizations(state);
    cases.person.Clear();
    const absl::Status status = Do<PersonRegistration>(cases).status();
    EXPECT_EQ(ErrorReason(status), "ORGANIZATION_NOT_ACTIVE");
    EXPECT_EQ(ErrorMetadataOf(status)["state"], state);
  }
  Cases suspended = People("PENDING");
  suspended.organization.mutable_organization()->set_state(Organization::SUSPENDED);
  EXPECT_EQ(ErrorReason(Do<PersonApproval>(suspended, &kRepresentative).status()),
            "ORGANIZATION_SUSPENDED");
  Cases pending = People("PENDING");
  // Whoever has a session with the role, but is not the one that the case names.
  const Actor other{"A-2208162517.3", kOrganization, {"representative"}};
  EXPECT_EQ(ErrorReason(Do<PersonApproval>(pending, &other).status()), "NOT_YOUR_ORGANIZATION");
  const auto event = Do<PersonApproval>(pending, &kRepresentative);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(EventType(*event), "person.approved");
  EXPECT_THAT(event->person_acted().roles(), ::testing::ElementsAre("officer"));
  EXPECT_EQ(pending.person.person().person_id(), kPerson);
}

TEST(PersonActs, AnApprovalIsOfTheRegistrationThatWaits) {
  Cases cases = People("PENDING");
  PersonApproval doc = DocFor<PersonApproval>(cases.organization, cases.person);
  doc.set_registration_sha256(std::string(64, '0'));
  EXPECT_EQ(ErrorReason(ApplyToRegistration(doc, Facts(kBoss), &kRepresentative, cases.organization,
                                            cases.person)
                            .status()),
            "REGISTRATION_MISMATCH");
  cases = Organizations("PENDING");
  auto approval = DocFor<OrganizationApproval>(cases.organization, cases.person);
  approval.set_organization_id("A-1248100998");
  EXPECT_EQ(ErrorReason(ApplyToRegistration(approval, Facts("registrar"), &kRegistrar,
                                            cases.organization, cases.person)
                            .status()),
            "REGISTRATION_MISMATCH");
}

}  // namespace
}  // namespace jodal::procurement
