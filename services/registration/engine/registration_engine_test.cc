#include "services/registration/engine/registration_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/session_token.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/registration.h"
#include "services/kit/testing.h"
#include "services/registration/errors.h"
#include "services/registration/limits.h"

namespace jodal::registration {
namespace {

using kit::FakePerson;
using kit::HasReason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSupplier[] = "S-1248100998";
constexpr char kSupplierBoss[] = "S-1248100998.1";
constexpr char kAgency[] = "A-2208162517";
constexpr char kAgencyBoss[] = "A-2208162517.1";
constexpr absl::Duration kSanction = absl::Hours(365 * 24);

// In these tests a "certificate" is a name, its key what comes before "#".
CertificateFacts Facts(const std::string& name) {
  return {.der = name,
          .sha256 = HexEncode(crypto::Sha256(name)),
          .key_sha256 =
              HexEncode(crypto::Sha256(absl::StrCat("key ", name.substr(0, name.find('#')))))};
}

class FakeReader : public CertificateReader {
 public:
  absl::StatusOr<CertificateFacts> SignerOf(absl::string_view signature) const override {
    const auto it = embedded.find(std::string(signature));
    if (it == embedded.end()) return absl::InvalidArgumentError("no certificate inside");
    return Facts(it->second);
  }
  absl::StatusOr<CertificateFacts> Read(absl::string_view der) const override {
    return Facts(std::string(der));
  }
  std::map<std::string, std::string> embedded;  // certificate by signature
};

class FakeChecks : public CertificateChecks {
 public:
  absl::Status CheckKeyAgreement(absl::string_view, absl::Time) override {
    ++calls;
    return answer;
  }
  absl::Status answer = absl::OkStatus();
  int calls = 0;
};

const std::string kMaster(rpc::kSessionKeyBytes, 'm');

class RegistrationEngineTest : public ::testing::Test {
 protected:
  RegistrationEngineTest()
      : env_("registration"),
        sessions_(std::make_shared<const rpc::SessionIssuer>(
            kMaster, std::vector<std::string>{"registration", "bidding"})),
        engine_(env_.context, {.registrar_cert_sha256 = registrar_.cert_sha256(),
                               .sessions = sessions_,
                               .certificates = &reader_,
                               .checks = &checks_}) {}

  // Signs with the certificate called `cert`, as one who has no id yet.
  template <typename Doc>
  document::v1::SignedDocument SignWith(Doc doc, const std::string& kind, const std::string& cert) {
    document::v1::SignedDocument out = env_.Sign(doc, kind, FakePerson{});
    out.set_signature(absl::StrCat("signed by ", Facts(cert).sha256));
    reader_.embedded[out.signature()] = cert;
    return out;
  }

  static document::v1::OrganizationRegistration OrganizationDoc(const std::string& id) {
    document::v1::OrganizationRegistration d;
    const std::map<char, std::string> types = {
        {'S', "supplier"}, {'A', "agency"}, {'B', "bank"}, {'U', "auditor"}};
    d.set_type(types.at(id[0]));
    d.set_business_number(id.substr(2));
    d.set_name(absl::StrCat("(주)한빛 ", id));
    d.set_name_en("Hanbit Co., Ltd.");
    d.set_address("서울특별시 종로구 1");
    d.set_representative("김하나");
    d.set_email("kim@hanbit.example");
    if (id[0] == 'S') d.add_kinds("works");
    d.set_nonce(std::string(32, '0'));
    return d;
  }

  static document::v1::PersonRegistration PersonDoc(const std::string& organization_id,
                                                    const std::vector<std::string>& roles,
                                                    const std::string& encryption = "") {
    document::v1::PersonRegistration d;
    d.set_organization_id(organization_id);
    d.set_name("이두리");
    d.set_email("lee@hanbit.example");
    for (const auto& role : roles) d.add_roles(role);
    d.set_encryption_certificate(encryption);
    d.set_nonce(std::string(32, '0'));
    return d;
  }

  absl::Status Register(const document::v1::OrganizationRegistration& d, const std::string& cert) {
    v1::RegisterOrganizationRequest request;
    *request.mutable_document() = SignWith(d, "organization.registration", cert);
    request.set_request_id(env_.NextRequestId());
    registered_ = {};
    return engine_.RegisterOrganization(env_.AsAnyone(), request, &registered_);
  }

  absl::Status Register(const document::v1::PersonRegistration& d, const std::string& cert) {
    v1::RegisterPersonRequest request;
    *request.mutable_document() = SignWith(d, "person.registration", cert);
    request.set_request_id(env_.NextRequestId());
    person_ = {};
    return engine_.RegisterPerson(env_.AsAnyone(), request, &person_);
  }

  absl::Status Approve(const std::string& id, const std::string& registration_sha256) {
    document::v1::OrganizationApproval d;
    d.set_organization_id(id);
    d.set_registration_sha256(registration_sha256);
    v1::ApproveOrganizationRequest request;
    *request.mutable_document() = env_.Sign(d, "organization.approval", registrar_);
    request.set_request_id(env_.NextRequestId());
    v1::ApproveOrganizationResponse response;
    return engine_.ApproveOrganization(env_.As(registrar_), request, &response);
  }

  absl::Status ApprovePerson(const FakePerson& by, const std::string& id,
                             const std::string& registration_sha256) {
    return ApprovePerson(env_.As(by), by, id, registration_sha256);
  }

  absl::Status ApprovePerson(const rpc::Call& call, const FakePerson& by, const std::string& id,
                             const std::string& registration_sha256) {
    document::v1::PersonApproval d;
    d.set_person_id(id);
    d.set_registration_sha256(registration_sha256);
    v1::ApprovePersonRequest request;
    *request.mutable_document() = env_.Sign(d, "person.approval", by);
    request.set_request_id(env_.NextRequestId());
    v1::ApprovePersonResponse response;
    return engine_.ApprovePerson(call, request, &response);
  }

  static std::string Text(absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
  }
  // A sanction of a year from `from` on.
  static document::v1::FactRecord Sanction(const std::string& id, absl::Time from) {
    document::v1::FactRecord d;
    d.set_subject(id);
    d.set_type("sanction");
    d.set_value("fraud");
    d.set_valid_from(Text(from));
    d.set_valid_to(Text(from + kSanction));
    d.set_source("조달청 제2026-12호");
    d.set_evidence_sha256(std::string(64, 'e'));
    return d;
  }
  absl::Status Record(const document::v1::FactRecord& d) {
    v1::RecordFactRequest request;
    *request.mutable_document() = env_.Sign(d, "fact.record", registrar_);
    request.set_request_id(env_.NextRequestId());
    recorded_ = {};
    return engine_.RecordFact(env_.As(registrar_), request, &recorded_);
  }
  absl::StatusOr<v1::ListFactsResponse> ListFacts(const std::string& subject,
                                                  const std::string& type = "", int page_size = 0,
                                                  const std::string& token = "") {
    v1::ListFactsRequest request;
    request.set_subject(subject);
    request.set_type(type);
    request.set_page_size(page_size);
    request.set_page_token(token);
    request.set_with_documents(page_size != 0);
    v1::ListFactsResponse response;
    const absl::Status status = engine_.ListFacts(env_.AsAnyone(), request, &response);
    if (!status.ok()) return status;
    return response;
  }
  v1::Organization::State StateNow(const std::string& id) {
    v1::GetOrganizationRequest request;
    request.set_organization_id(id);
    v1::GetOrganizationResponse response;
    EXPECT_EQ(engine_.GetOrganization(env_.AsAnyone(), request, &response), absl::OkStatus());
    return response.organization().state();
  }

  // An active organisation; its representative signs with the certificate named by his person id.
  FakePerson MakeOrganization(const std::string& id) {
    const std::string boss = absl::StrCat(id, ".1");
    EXPECT_EQ(Register(OrganizationDoc(id), boss), absl::OkStatus());
    EXPECT_EQ(Approve(id, registered_.organization().registration_sha256()), absl::OkStatus());
    return {boss, id, {"representative"}};
  }

  // An active person number `n` of an active organisation.
  FakePerson MakePerson(const FakePerson& boss, int n, const std::vector<std::string>& roles,
                        const std::string& encryption = "") {
    const std::string id = absl::StrCat(boss.organization_id, ".", n);
    EXPECT_EQ(Register(PersonDoc(boss.organization_id, roles, encryption), id), absl::OkStatus());
    EXPECT_EQ(person_.person().person_id(), id);
    EXPECT_EQ(ApprovePerson(boss, id, person_.person().registration_sha256()), absl::OkStatus());
    return {id, boss.organization_id, roles};
  }

  std::string Challenge(const std::string& cert) {
    v1::CreateChallengeRequest request;
    request.set_cert_sha256(Facts(cert).sha256);
    v1::CreateChallengeResponse response;
    EXPECT_EQ(engine_.CreateChallenge(env_.AsAnyone(), request, &response), absl::OkStatus());
    return response.challenge();
  }

  v1::OpenSessionRequest LoginRequest(const std::string& cert, const std::string& challenge) {
    document::v1::Login d;
    d.set_challenge(challenge);
    v1::OpenSessionRequest request;
    *request.mutable_login() = SignWith(d, "login", cert);
    request.set_request_id(env_.NextRequestId());
    return request;
  }

  absl::Status Login(const std::string& cert) {
    session_ = {};
    return engine_.OpenSession(env_.AsAnyone(), LoginRequest(cert, Challenge(cert)), &session_);
  }

  v1::Person Get(const rpc::Call& call, const std::string& id) {
    v1::GetPersonRequest request;
    request.set_person_id(id);
    v1::GetPersonResponse response;
    EXPECT_EQ(engine_.GetPerson(call, request, &response), absl::OkStatus());
    return response.person();
  }

  absl::Status Resolve(const std::string& cert, v1::ResolveCertificateResponse* response) {
    v1::ResolveCertificateRequest request;
    request.set_cert_sha256(Facts(cert).sha256);
    return engine_.ResolveCertificate(env_.AsService("bidding"), request, response);
  }

  // Runs something that must be refused and must leave nothing behind.
  void Refused(const std::string& reason, const std::function<absl::Status()>& act) {
    const uint64_t before = env_.ledger->Size();
    EXPECT_THAT(act(), HasReason(reason));
    EXPECT_EQ(env_.ledger->Size(), before) << reason;
  }

  kit::EngineEnv env_;
  const FakePerson registrar_{"registrar", "operator", {"registrar"}};
  FakeReader reader_;
  FakeChecks checks_;
  std::shared_ptr<const rpc::SessionIssuer> sessions_;
  RegistrationEngine engine_;
  v1::RegisterOrganizationResponse registered_;
  v1::RecordFactResponse recorded_;
  v1::RegisterPersonResponse person_;
  v1::OpenSessionResponse session_;
};

TEST_F(RegistrationEngineTest, FromRegistrationToSession) {
  ASSERT_EQ(Register(OrganizationDoc(kSupplier), kSupplierBoss), absl::OkStatus());
  const v1::Organization organization = registered_.organization();
  EXPECT_EQ(organization.organization_id(), kSupplier);
  EXPECT_EQ(organization.state(), v1::Organization::PENDING);
  EXPECT_EQ(organization.representative_id(), kSupplierBoss);
  EXPECT_THAT(registered_.receipt().proof(), Not(IsEmpty()));
  Refused("CERTIFICATE_NOT_REGISTERED", [&] { return Login(kSupplierBoss); });

  ASSERT_EQ(Approve(kSupplier, organization.registration_sha256()), absl::OkStatus());
  ASSERT_EQ(Login(kSupplierBoss), absl::OkStatus());
  const rpc::SessionVerifier verifier("bidding", rpc::SessionKeyOf(kMaster, "bidding"));
  const auto principal = verifier.Verify(session_.token(), env_.clock.Now());
  ASSERT_TRUE(principal.ok()) << principal.status();
  EXPECT_EQ(principal->person_id, kSupplierBoss);
  EXPECT_EQ(principal->organization_id, kSupplier);
  EXPECT_THAT(principal->roles, ElementsAre("representative", "supplier"));
  EXPECT_EQ(principal->cert_sha256, Facts(kSupplierBoss).sha256);
  EXPECT_EQ(principal->expires, env_.clock.Now() + kSessionLife);

  EXPECT_THAT(env_.LoggedTypes(),
              ElementsAre("organization.registered", "organization.approved", "session.opened"));
  // Who logged in is not in the public part of the log.
  const auto entries = *env_.ledger->Entries(2, 1, false);
  EXPECT_EQ(entries[0].body, "");
  EXPECT_EQ(entries[0].entry.find(kSupplier), std::string::npos);
}

TEST_F(RegistrationEngineTest, RepresentativeRolesFollowTheType) {
  for (const auto& [id, roles] : std::map<std::string, std::vector<std::string>>{
           {kSupplier, {"representative", "supplier"}},
           {kAgency, {"representative"}},
           {"B-1208147521", {"representative", "bank"}},
           {"U-1208147521", {"representative", "auditor"}}}) {
    MakeOrganization(id);
    ASSERT_EQ(Login(absl::StrCat(id, ".1")), absl::OkStatus());
    EXPECT_THAT(session_.roles(), ::testing::ElementsAreArray(roles)) << id;
  }
}

TEST_F(RegistrationEngineTest, RegistrarIsConfigured) {
  ASSERT_EQ(Login("registrar"), absl::OkStatus());
  EXPECT_EQ(session_.person_id(), "registrar");
  EXPECT_EQ(session_.organization_id(), "operator");
  EXPECT_THAT(session_.roles(), ElementsAre("registrar"));
  v1::ResolveCertificateResponse resolved;
  ASSERT_EQ(Resolve("registrar", &resolved), absl::OkStatus());
  EXPECT_EQ(resolved.person().person_id(), "registrar");
  Refused("CERTIFICATE_ALREADY_BOUND",
          [&] { return Register(OrganizationDoc(kSupplier), "registrar"); });
}

TEST_F(RegistrationEngineTest, ShapeOfOrganizations) {
  using Doc = document::v1::OrganizationRegistration;
  struct Case {
    const char* reason;
    std::function<void(Doc&)> spoil;
  };
  const Case cases[] = {
      {"ORGANIZATION_TYPE_UNKNOWN", [](Doc& d) { d.set_type("operator"); }},
      {"ORGANIZATION_TYPE_UNKNOWN", [](Doc& d) { d.set_type(""); }},
      {"BUSINESS_NUMBER_INVALID", [](Doc& d) { d.set_business_number("1248100999"); }},
      {"BUSINESS_NUMBER_INVALID", [](Doc& d) { d.set_business_number("124-81-00998"); }},
      {"TEXT_INVALID", [](Doc& d) { d.set_name(""); }},
      {"TEXT_INVALID", [](Doc& d) { d.set_name("한빛\u200b건설"); }},
      {"TEXT_INVALID", [](Doc& d) { d.set_name_en("Hanbit\u202e"); }},
      {"TEXT_INVALID",
       [](Doc& d) {
         d.set_name(std::string(procurement::kOrganizationNameCharactersMax + 1, 'a'));
       }},
      {"TEXT_INVALID",
       [](Doc& d) { d.set_address(std::string(procurement::kAddressCharactersMax + 1, 'a')); }},
      {"TEXT_INVALID",
       [](Doc& d) {
         d.set_representative(std::string(procurement::kPersonNameCharactersMax + 1, 'a'));
       }},
      {"EMAIL_INVALID", [](Doc& d) { d.set_email("kim"); }},
      {"NONCE_INVALID", [](Doc& d) { d.clear_nonce(); }},
      {"NONCE_INVALID", [](Doc& d) { d.set_nonce(std::string(31, '0')); }},
      {"NONCE_INVALID", [](Doc& d) { d.set_nonce(std::string(32, 'A')); }},
      {"KINDS_INVALID", [](Doc& d) { d.clear_kinds(); }},
      {"KINDS_INVALID", [](Doc& d) { d.add_kinds("works"); }},
      {"KINDS_INVALID", [](Doc& d) { d.add_kinds("gold"); }},
      {"KINDS_INVALID", [](Doc& d) { d.set_type("agency"); }},
      {"DOCUMENT_TOO_LARGE", [](Doc& d) { d.set_address(std::string(24 << 10, 'a')); }},
  };
  for (const Case& c : cases) {
    Doc doc = OrganizationDoc(kSupplier);
    c.spoil(doc);
    Refused(c.reason, [&] { return Register(doc, kSupplierBoss); });
  }
  Doc at_the_limits = OrganizationDoc(kSupplier);
  at_the_limits.set_name(std::string(procurement::kOrganizationNameCharactersMax, 'a'));
  at_the_limits.set_name_en("");
  at_the_limits.set_address(std::string(procurement::kAddressCharactersMax, 'a'));
  at_the_limits.set_representative(std::string(procurement::kPersonNameCharactersMax, 'a'));
  at_the_limits.add_kinds("goods");
  at_the_limits.add_kinds("services");
  EXPECT_EQ(Register(at_the_limits, kSupplierBoss), absl::OkStatus());
}

TEST_F(RegistrationEngineTest, NumbersCertificatesAndKeysAreHeldOnce) {
  ASSERT_EQ(Register(OrganizationDoc(kSupplier), "alice#1"), absl::OkStatus());
  // Held while pending and after the approval alike.
  for (int round = 0; round < 2; ++round) {
    auto again = OrganizationDoc(kSupplier);
    again.set_address(absl::StrCat("round ", round));
    Refused("ORGANIZATION_EXISTS", [&] { return Register(again, "bob#1"); });
    Refused("CERTIFICATE_ALREADY_BOUND",
            [&] { return Register(OrganizationDoc("S-2208162517"), "alice#1"); });
    Refused("KEY_ALREADY_BOUND",
            [&] { return Register(OrganizationDoc("S-2208162517"), "alice#2"); });
    if (round == 0) {
      v1::GetOrganizationRequest request;
      request.set_organization_id(kSupplier);
      v1::GetOrganizationResponse response;
      ASSERT_EQ(engine_.GetOrganization(env_.AsAnyone(), request, &response), absl::OkStatus());
      ASSERT_EQ(Approve(kSupplier, response.organization().registration_sha256()),
                absl::OkStatus());
    }
  }
  // The same business as a buyer is another organisation, with another certificate.
  EXPECT_EQ(Register(OrganizationDoc("A-1248100998"), "bob#1"), absl::OkStatus());
}

TEST_F(RegistrationEngineTest, WhatNobodyApprovesLapses) {
  ASSERT_EQ(Register(OrganizationDoc(kSupplier), "squatter#1"), absl::OkStatus());
  const std::string registration = registered_.organization().registration_sha256();
  auto genuine = OrganizationDoc(kSupplier);
  genuine.set_name("진짜 한빛");
  env_.clock.Advance(procurement::kPendingLife - absl::Nanoseconds(1));
  Refused("ORGANIZATION_EXISTS", [&] { return Register(genuine, kSupplierBoss); });
  env_.clock.Advance(absl::Nanoseconds(1));
  Refused("REGISTRATION_LAPSED", [&] { return Approve(kSupplier, registration); });
  v1::GetOrganizationRequest get;
  get.set_organization_id(kSupplier);
  v1::GetOrganizationResponse got;
  EXPECT_THAT(engine_.GetOrganization(env_.AsAnyone(), get, &got),
              HasReason("ORGANIZATION_NOT_FOUND"));

  ASSERT_EQ(Register(genuine, kSupplierBoss), absl::OkStatus());
  Refused("REGISTRATION_MISMATCH", [&] { return Approve(kSupplier, registration); });
  ASSERT_EQ(Approve(kSupplier, registered_.organization().registration_sha256()), absl::OkStatus());
  EXPECT_EQ(Login(kSupplierBoss), absl::OkStatus());
  Refused("CERTIFICATE_NOT_REGISTERED", [&] { return Login("squatter#1"); });
  EXPECT_EQ(Register(OrganizationDoc("S-2208162517"), "squatter#1"), absl::OkStatus());
}

// Past bug: two people of one name and a shared mailbox, and who signed anew after a lapse, were
// told that their document had been accepted before.
TEST_F(RegistrationEngineTest, TheSameWordsAreRegisteredTwiceUnderTwoNonces) {
  MakeOrganization(kAgency);
  auto words = PersonDoc(kAgency, {"officer"});
  ASSERT_EQ(Register(words, "alice#1"), absl::OkStatus());
  const std::string first = person_.person().registration_sha256();
  words.set_nonce(std::string(32, '1'));
  ASSERT_EQ(Register(words, "bob#1"), absl::OkStatus());
  EXPECT_NE(person_.person().registration_sha256(), first);

  auto lapsing = OrganizationDoc(kSupplier);
  ASSERT_EQ(Register(lapsing, kSupplierBoss), absl::OkStatus());
  env_.clock.Advance(procurement::kPendingLife);
  // Whoever kept the old document cannot bring it back.
  Refused("DOCUMENT_REPLAYED", [&] { return Register(lapsing, kSupplierBoss); });
  lapsing.set_nonce(std::string(32, '1'));
  EXPECT_EQ(Register(lapsing, kSupplierBoss), absl::OkStatus());
}

TEST_F(RegistrationEngineTest, LateApprovalDoesNotBindWhatAnotherHoldsNow) {
  const FakePerson boss = MakeOrganization(kAgency);
  ASSERT_EQ(Register(PersonDoc(kAgency, {"officer"}), "alice#1"), absl::OkStatus());
  const std::string registration = person_.person().registration_sha256();
  const rpc::Call arrived_in_time = env_.As(boss);
  env_.clock.Advance(procurement::kPendingLife);
  ASSERT_EQ(Register(PersonDoc(kAgency, {"approver"}), "alice#1"), absl::OkStatus());
  Refused("REGISTRATION_LAPSED",
          [&] { return ApprovePerson(arrived_in_time, boss, "A-2208162517.2", registration); });
}

TEST_F(RegistrationEngineTest, WrongStates) {
  const std::string missing(64, '0');
  Refused("ORGANIZATION_NOT_FOUND", [&] { return Approve(kSupplier, missing); });
  Refused("ORGANIZATION_NOT_FOUND",
          [&] { return Register(PersonDoc(kAgency, {"officer"}), "o#1"); });

  ASSERT_EQ(Register(OrganizationDoc(kSupplier), kSupplierBoss), absl::OkStatus());
  const std::string registration = registered_.organization().registration_sha256();
  Refused("REGISTRATION_MISMATCH", [&] { return Approve(kSupplier, missing); });
  Refused("ORGANIZATION_NOT_ACTIVE",
          [&] { return Register(PersonDoc(kSupplier, {"supplier"}), "o#1"); });

  ASSERT_EQ(Approve(kSupplier, registration), absl::OkStatus());
  Refused("WRONG_STATE", [&] { return Approve(kSupplier, missing); });

  ASSERT_EQ(Record(Sanction(kSupplier, env_.clock.Now())), absl::OkStatus());
  Refused("WRONG_STATE", [&] { return Approve(kSupplier, missing); });
  Refused("ORGANIZATION_NOT_ACTIVE",
          [&] { return Register(PersonDoc(kSupplier, {"supplier"}), "o#1"); });
}

TEST_F(RegistrationEngineTest, ASanctionBeginsAndEndsByItself) {
  const FakePerson boss = MakeOrganization(kAgency);
  ASSERT_EQ(Register(PersonDoc(kAgency, {"officer"}), "o#1"), absl::OkStatus());
  const std::string registration = person_.person().registration_sha256();
  const absl::Time begin = env_.clock.Now() + absl::Hours(24);
  ASSERT_EQ(Record(Sanction(kAgency, begin)), absl::OkStatus());
  EXPECT_EQ(recorded_.fact().number(), 1);
  v1::ResolveCertificateResponse resolved;
  env_.clock.Set(begin - absl::Nanoseconds(1));
  EXPECT_EQ(Resolve(kAgencyBoss, &resolved), absl::OkStatus());
  EXPECT_EQ(StateNow(kAgency), v1::Organization::ACTIVE);

  env_.clock.Set(begin);
  EXPECT_EQ(StateNow(kAgency), v1::Organization::SUSPENDED);
  Refused("ORGANIZATION_SUSPENDED", [&] { return Login(kAgencyBoss); });
  EXPECT_EQ(Login(kAgencyBoss).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(Resolve(kAgencyBoss, &resolved), HasReason("CERTIFICATE_NOT_FOUND"));
  Refused("ORGANIZATION_SUSPENDED",
          [&] { return ApprovePerson(boss, "A-2208162517.2", registration); });
  Refused("ORGANIZATION_NOT_ACTIVE",
          [&] { return Register(PersonDoc(kAgency, {"approver"}), "o#2"); });
  v1::ListOrganizationsResponse all;
  ASSERT_EQ(engine_.ListOrganizations(env_.AsAnyone(), {}, &all), absl::OkStatus());
  EXPECT_EQ(all.organizations(0).state(), v1::Organization::SUSPENDED);

  env_.clock.Set(begin + kSanction - absl::Nanoseconds(1));
  Refused("ORGANIZATION_SUSPENDED", [&] { return Login(kAgencyBoss); });
  env_.clock.Set(begin + kSanction);
  EXPECT_EQ(Login(kAgencyBoss), absl::OkStatus());
  EXPECT_EQ(Resolve(kAgencyBoss, &resolved), absl::OkStatus());
  EXPECT_THAT(env_.LoggedTypes(),
              ElementsAre("organization.registered", "organization.approved", "person.registered",
                          "fact.recorded", "session.opened"));
}

TEST_F(RegistrationEngineTest, ASanctionIsLiftedByTheFactInItsPlace) {
  MakeOrganization(kAgency);
  const absl::Time begin = env_.clock.Now();
  ASSERT_EQ(Record(Sanction(kAgency, begin)), absl::OkStatus());
  const std::string first = recorded_.fact().fact_sha256();
  Refused("ORGANIZATION_SUSPENDED", [&] { return Login(kAgencyBoss); });
  env_.clock.Advance(absl::Hours(1));
  document::v1::FactRecord lifted = Sanction(kAgency, begin);
  lifted.set_valid_to(Text(env_.clock.Now()));
  lifted.set_replaces(first);
  ASSERT_EQ(Record(lifted), absl::OkStatus());
  EXPECT_EQ(Login(kAgencyBoss), absl::OkStatus());
  lifted.set_source("조달청 제2026-13호");
  Refused("FACT_REPLACED", [&] { return Record(lifted); });

  // Nothing is rewritten: both are there, and say which one counts.
  const auto facts = ListFacts(kAgency);
  ASSERT_TRUE(facts.ok()) << facts.status();
  ASSERT_EQ(facts->facts_size(), 2);
  EXPECT_EQ(facts->facts(0).fact_sha256(), first);
  EXPECT_EQ(facts->facts(0).valid_to(), Text(begin + kSanction));
  EXPECT_EQ(facts->facts(0).replaced_by(), facts->facts(1).fact_sha256());
  EXPECT_EQ(facts->facts(1).replaces(), first);
  EXPECT_EQ(facts->facts(1).replaced_by(), "");
  EXPECT_EQ(facts->facts(1).number(), 2);
  EXPECT_EQ(facts->documents_size(), 0);
}

TEST_F(RegistrationEngineTest, FactsAreRefused) {
  MakeOrganization(kAgency);
  ASSERT_EQ(Register(OrganizationDoc(kSupplier), "pending#1"), absl::OkStatus());
  const absl::Time now = env_.clock.Now();
  Refused("ORGANIZATION_NOT_ACTIVE", [&] { return Record(Sanction(kSupplier, now)); });
  Refused("ORGANIZATION_NOT_FOUND", [&] { return Record(Sanction("B-1208147521", now)); });
  document::v1::FactRecord d = Sanction(kAgency, now);
  d.set_value("rudeness");
  Refused("FACT_VALUE_UNKNOWN", [&] { return Record(d); });
  d = Sanction(kAgency, now);
  d.set_replaces(std::string(64, 'a'));
  Refused("FACT_NOT_FOUND", [&] { return Record(d); });
  EXPECT_THAT(ListFacts(kAgency, "weather").status(), HasReason("FACT_TYPE_UNKNOWN"));
}

TEST_F(RegistrationEngineTest, FactsAreListedByTypeAndNumber) {
  std::vector<std::string> recorded;
  for (int day = 1; day <= 12; ++day) {
    document::v1::FactRecord d;
    d.set_subject("KR");
    d.set_type("holiday");
    d.set_value(absl::StrCat("Day ", day));
    d.set_valid_from(absl::StrFormat("2026-12-%02dT15:00:00Z", day));
    d.set_valid_to(absl::StrFormat("2026-12-%02dT15:00:00Z", day + 1));
    d.set_source("관보");
    ASSERT_EQ(Record(d), absl::OkStatus());
    recorded.push_back(recorded_.fact().fact_sha256());
  }
  for (const std::string type : {"", "holiday"}) {
    std::vector<std::string> listed;
    std::string token;
    do {
      const auto page = ListFacts("KR", type, 5, token);
      ASSERT_TRUE(page.ok()) << page.status();
      ASSERT_EQ(page->documents_size(), page->facts_size());
      for (int at = 0; at < page->facts_size(); ++at) {
        listed.push_back(page->facts(at).fact_sha256());
        EXPECT_EQ(page->facts(at).number(), static_cast<int>(listed.size()));
        EXPECT_EQ(HexEncode(crypto::Sha256(page->documents(at).document().content())),
                  listed.back());
      }
      token = page->next_page_token();
    } while (!token.empty());
    EXPECT_EQ(listed, recorded);
  }
  EXPECT_EQ(ListFacts("KR", "sanction")->facts_size(), 0);
  EXPECT_EQ(ListFacts("K", "holiday")->facts_size(), 0);
}

TEST_F(RegistrationEngineTest, PeopleRegisterAndAreApproved) {
  const FakePerson boss = MakeOrganization(kAgency);
  MakePerson(boss, 2, {"officer", "inspector"});
  MakePerson(boss, 3, {"committee"}, "enc3");
  EXPECT_EQ(checks_.calls, 1);
  ASSERT_EQ(Login("A-2208162517.2"), absl::OkStatus());
  EXPECT_THAT(session_.roles(), ElementsAre("officer", "inspector"));

  const v1::Person member = Get(env_.AsService("tender"), "A-2208162517.3");
  EXPECT_EQ(member.state(), v1::Person::ACTIVE);
  EXPECT_EQ(member.encryption_certificate(), "enc3");
  v1::ResolveCertificateResponse resolved;
  ASSERT_EQ(Resolve("A-2208162517.3", &resolved), absl::OkStatus());
  EXPECT_EQ(resolved.person().person_id(), "A-2208162517.3");
  EXPECT_EQ(resolved.organization().organization_id(), kAgency);

  const auto entries = *env_.ledger->Entries(0, 100, true);
  const event::v1::Event event = *kit::ParseEvent(entries[entries.size() - 2].body);
  EXPECT_EQ(event.person_acted().encryption_cert_sha256(), HexEncode(crypto::Sha256("enc3")));
}

TEST_F(RegistrationEngineTest, ShapeAndRulesOfPeople) {
  MakeOrganization(kAgency);
  MakeOrganization(kSupplier);
  MakeOrganization("B-1208147521");
  MakeOrganization("U-1208147521");
  struct Case {
    const char* reason;
    const char* organization_id;
    std::vector<std::string> roles;
    const char* encryption;
  };
  const Case cases[] = {
      {"ROLES_MISSING", kAgency, {}, ""},
      {"ROLE_UNKNOWN", kAgency, {"king"}, ""},
      {"ROLE_REPEATED", kAgency, {"officer", "officer"}, ""},
      {"ENCRYPTION_CERTIFICATE_MISSING", kAgency, {"officer", "committee"}, ""},
      {"ENCRYPTION_CERTIFICATE_UNEXPECTED", kAgency, {"officer"}, "enc"},
      {"ROLE_NOT_ALLOWED", kAgency, {"representative"}, ""},
      {"ROLE_NOT_ALLOWED", kAgency, {"registrar"}, ""},
      {"ROLE_NOT_ALLOWED", kAgency, {"supplier"}, ""},
      {"ROLE_NOT_ALLOWED", kAgency, {"officer", "auditor"}, ""},
      {"ROLE_NOT_ALLOWED", kSupplier, {"officer"}, ""},
      {"ROLE_NOT_ALLOWED", kSupplier, {"committee"}, "enc"},
      {"ROLE_NOT_ALLOWED", "B-1208147521", {"paymaster"}, ""},
      {"ROLE_NOT_ALLOWED", "U-1208147521", {"officer"}, ""},
      {"ORGANIZATION_NOT_FOUND", "operator", {"registrar"}, ""},
      {"ORGANIZATION_NOT_FOUND", "A-2208162518", {"officer"}, ""},
  };
  for (const Case& c : cases) {
    Refused(c.reason,
            [&] { return Register(PersonDoc(c.organization_id, c.roles, c.encryption), "new#1"); });
  }
  auto doc = PersonDoc(kAgency, {"officer"});
  doc.set_name("\u3164");
  Refused("TEXT_INVALID", [&] { return Register(doc, "new#1"); });
  doc = PersonDoc(kAgency, {"officer"});
  doc.set_email("nobody");
  Refused("EMAIL_INVALID", [&] { return Register(doc, "new#1"); });
  Refused("ENCRYPTION_CERTIFICATE_TOO_LARGE", [&] {
    return Register(PersonDoc(kAgency, {"committee"},
                              std::string(procurement::kEncryptionCertificateBytesMax + 1, 'x')),
                    "new#1");
  });
  checks_.answer = EncryptionCertificateRefusedError({"TOTAL-FAILED", "REVOKED", ""});
  Refused("ENCRYPTION_CERTIFICATE_REFUSED",
          [&] { return Register(PersonDoc(kAgency, {"committee"}, "enc"), "new#1"); });
  checks_.answer = absl::OkStatus();
  Refused("CERTIFICATE_ALREADY_BOUND",
          [&] { return Register(PersonDoc(kAgency, {"officer"}), kSupplierBoss); });
  Refused("CERTIFICATE_ALREADY_BOUND",
          [&] { return Register(PersonDoc(kAgency, {"officer"}), "registrar"); });
  Refused("KEY_ALREADY_BOUND", [&] {
    return Register(PersonDoc(kAgency, {"officer"}), absl::StrCat(kSupplierBoss, "#2"));
  });
  // One key for both uses, or another member's.
  Refused("KEY_ALREADY_BOUND",
          [&] { return Register(PersonDoc(kAgency, {"committee"}, "new#2"), "new#1"); });
  ASSERT_EQ(Register(PersonDoc(kAgency, {"committee"}, "enc#1"), "new#1"), absl::OkStatus());
  Refused("KEY_ALREADY_BOUND",
          [&] { return Register(PersonDoc(kAgency, {"committee"}, "enc#2"), "newer#1"); });
}

TEST_F(RegistrationEngineTest, PeopleAreLimited) {
  MakeOrganization(kAgency);
  for (int n = 2; n <= procurement::kPeoplePerOrganizationMax; ++n) {
    auto doc = PersonDoc(kAgency, {"committee"}, absl::StrCat("enc", n));
    if (n == 2) {
      doc.set_encryption_certificate(std::string(procurement::kEncryptionCertificateBytesMax, 'x'));
      doc.set_name(std::string(procurement::kPersonNameCharactersMax, 'a'));
    }
    ASSERT_EQ(Register(doc, absl::StrCat("person", n)), absl::OkStatus()) << n;
  }
  Refused("PEOPLE_LIMIT", [&] { return Register(PersonDoc(kAgency, {"officer"}), "one more"); });
}

TEST_F(RegistrationEngineTest, OnlyTheirOwnRepresentativeApprovesPeople) {
  const FakePerson boss = MakeOrganization(kAgency);
  const FakePerson other = MakeOrganization(kSupplier);
  const FakePerson officer = MakePerson(boss, 2, {"officer"});
  ASSERT_EQ(Register(PersonDoc(kAgency, {"approver"}), "A-2208162517.3"), absl::OkStatus());
  const std::string id = person_.person().person_id();
  const std::string registration = person_.person().registration_sha256();
  Refused("NOT_ALLOWED", [&] { return ApprovePerson(other, id, registration); });
  Refused("NOT_ALLOWED", [&] { return ApprovePerson(registrar_, id, registration); });
  // Strangers cannot tell who exists.
  Refused("NOT_ALLOWED", [&] { return ApprovePerson(other, "A-2208162517.9", registration); });
  Refused("NOT_ALLOWED", [&] { return ApprovePerson(officer, id, registration); });
  Refused("NOT_YOUR_ORGANIZATION", [&] {
    return ApprovePerson({"A-2208162517.3", kAgency, {"representative"}}, id, registration);
  });
  Refused("PERSON_NOT_FOUND", [&] { return ApprovePerson(boss, "A-2208162517.9", registration); });
  Refused("REGISTRATION_MISMATCH", [&] { return ApprovePerson(boss, id, std::string(64, '0')); });
  Refused("CERTIFICATE_NOT_REGISTERED", [&] { return Login("A-2208162517.3"); });
  ASSERT_EQ(ApprovePerson(boss, id, registration), absl::OkStatus());
  EXPECT_EQ(Login("A-2208162517.3"), absl::OkStatus());

  document::v1::PersonApproval again;
  again.set_person_id(id);
  again.set_registration_sha256(std::string(64, '1'));
  v1::ApprovePersonRequest request;
  *request.mutable_document() = env_.Sign(again, "person.approval", boss);
  request.set_request_id(env_.NextRequestId());
  v1::ApprovePersonResponse response;
  Refused("WRONG_STATE", [&] { return engine_.ApprovePerson(env_.As(boss), request, &response); });
}

TEST_F(RegistrationEngineTest, SessionsNeedAFreshChallengeOfOurs) {
  MakeOrganization(kSupplier);
  MakeOrganization(kAgency);
  const auto open = [&](const v1::OpenSessionRequest& request) {
    session_ = {};
    return engine_.OpenSession(env_.AsAnyone(), request, &session_);
  };
  Refused("CHALLENGE_INVALID", [&] { return open(LoginRequest(kSupplierBoss, "")); });
  Refused("CHALLENGE_INVALID", [&] { return open(LoginRequest(kSupplierBoss, "AAAA")); });
  Refused("CHALLENGE_INVALID",
          [&] { return open(LoginRequest(kSupplierBoss, Challenge(kAgencyBoss))); });
  const std::string old = Challenge(kSupplierBoss);
  env_.clock.Advance(kChallengeLife);
  Refused("CHALLENGE_EXPIRED", [&] { return open(LoginRequest(kSupplierBoss, old)); });

  const v1::OpenSessionRequest request = LoginRequest(kSupplierBoss, Challenge(kSupplierBoss));
  ASSERT_EQ(open(request), absl::OkStatus());
  const std::string token = session_.token();
  auto second = request;
  second.set_request_id(env_.NextRequestId());
  Refused("CHALLENGE_USED", [&] { return open(second); });
  // A repeat gets the same token, even when the challenge has expired by then.
  env_.clock.Advance(kChallengeLife);
  const uint64_t size = env_.ledger->Size();
  ASSERT_EQ(open(request), absl::OkStatus());
  EXPECT_EQ(session_.token(), token);
  EXPECT_THAT(session_.receipt().proof(), Not(IsEmpty()));
  EXPECT_EQ(env_.ledger->Size(), size);
  // But not without the signature.
  auto unsigned_repeat = request;
  unsigned_repeat.mutable_login()->set_signature("nonsense");
  Refused("SIGNATURE_REFUSED", [&] { return open(unsigned_repeat); });
  auto reused = LoginRequest(kSupplierBoss, Challenge(kSupplierBoss));
  reused.set_request_id(request.request_id());
  Refused("REQUEST_ID_REUSED", [&] { return open(reused); });
  auto nameless = LoginRequest(kSupplierBoss, Challenge(kSupplierBoss));
  nameless.clear_request_id();
  Refused("REQUEST_ID_MISSING", [&] { return open(nameless); });

  v1::CreateChallengeRequest bad;
  v1::CreateChallengeResponse response;
  for (const std::string& digest : {std::string(), std::string(63, 'a'), std::string(64, 'A')}) {
    bad.set_cert_sha256(digest);
    EXPECT_THAT(engine_.CreateChallenge(env_.AsAnyone(), bad, &response),
                HasReason("CERTIFICATE_DIGEST_INVALID"));
  }
}

TEST_F(RegistrationEngineTest, RefusedLoginTellsUnknownFromPendingToNobody) {
  ASSERT_EQ(Register(OrganizationDoc(kSupplier), kSupplierBoss), absl::OkStatus());
  EXPECT_EQ(Login(kSupplierBoss), Login("stranger"));
  EXPECT_EQ(Login("stranger").code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(RegistrationEngineTest, RepeatsAnswerTheSameAndReuseIsRefused) {
  v1::RegisterOrganizationRequest request;
  *request.mutable_document() =
      SignWith(OrganizationDoc(kSupplier), "organization.registration", kSupplierBoss);
  request.set_request_id("request-register");
  v1::RegisterOrganizationResponse first;
  v1::RegisterOrganizationResponse second;
  ASSERT_EQ(engine_.RegisterOrganization(env_.AsAnyone(), request, &first), absl::OkStatus());
  const uint64_t size = env_.ledger->Size();
  ASSERT_EQ(engine_.RegisterOrganization(env_.AsAnyone(), request, &second), absl::OkStatus());
  EXPECT_EQ(first.organization().SerializeAsString(), second.organization().SerializeAsString());
  EXPECT_EQ(first.receipt().seq(), second.receipt().seq());
  EXPECT_EQ(env_.ledger->Size(), size);

  Refused("REQUEST_ID_REUSED", [&] {
    *request.mutable_document() =
        SignWith(OrganizationDoc("S-2208162517"), "organization.registration", "bob#1");
    return engine_.RegisterOrganization(env_.AsAnyone(), request, &second);
  });
  Refused("DOCUMENT_REPLAYED", [&] { return Register(OrganizationDoc(kSupplier), kSupplierBoss); });
}

TEST_F(RegistrationEngineTest, EmbeddedCertificateMustBeTheVerifiedOne) {
  v1::RegisterOrganizationRequest request;
  *request.mutable_document() =
      SignWith(OrganizationDoc(kSupplier), "organization.registration", kSupplierBoss);
  reader_.embedded[request.document().signature()] = "somebody else";
  request.set_request_id(env_.NextRequestId());
  v1::RegisterOrganizationResponse response;
  Refused("SIGNER_CERTIFICATE_UNCLEAR",
          [&] { return engine_.RegisterOrganization(env_.AsAnyone(), request, &response); });
}

TEST_F(RegistrationEngineTest, NamesAreForTheOwnOrganizationRegistrarsAndAuditors) {
  const FakePerson boss = MakeOrganization(kAgency);
  const FakePerson member = MakePerson(boss, 2, {"committee"}, "enc");
  const FakePerson stranger{"S-1248100998.1", kSupplier, {"representative", "supplier"}};
  const FakePerson officer{"A-1208147521.2", "A-1208147521", {"officer"}};
  const FakePerson auditor{"U-1208147521.1", "U-1208147521", {"auditor"}};
  struct Case {
    rpc::Call call;
    bool name;
    bool encryption;
  };
  const Case cases[] = {
      {env_.As(boss), true, true},       {env_.As(member), true, true},
      {env_.As(registrar_), true, true}, {env_.As(auditor), true, true},
      {env_.As(officer), false, true},   {env_.As(stranger), false, false},
      {env_.AsAnyone(), false, false},   {env_.AsService("tender"), true, true},
  };
  for (const Case& c : cases) {
    const v1::Person person = Get(c.call, member.person_id);
    EXPECT_EQ(person.name().empty(), !c.name);
    EXPECT_EQ(person.certificate().empty(), !c.name);
    EXPECT_EQ(person.encryption_certificate().empty(), !c.encryption);
    EXPECT_THAT(person.roles(), ElementsAre("committee"));
    v1::ListPeopleRequest request;
    request.set_organization_id(kAgency);
    v1::ListPeopleResponse response;
    ASSERT_EQ(engine_.ListPeople(c.call, request, &response), absl::OkStatus());
    ASSERT_EQ(response.people_size(), 2);
    EXPECT_EQ(response.people(1).person_id(), member.person_id);
    EXPECT_EQ(response.people(1).name().empty(), !c.name);
    EXPECT_EQ(response.people(1).certificate(), "");
  }
  v1::GetPersonRequest request;
  request.set_person_id("A-2208162517.3");
  v1::GetPersonResponse response;
  EXPECT_THAT(engine_.GetPerson(env_.As(boss), request, &response), HasReason("PERSON_NOT_FOUND"));
}

TEST_F(RegistrationEngineTest, ListsByPage) {
  for (const char* id : {"S-1248100998", "S-1208147521", "S-2208162517", "A-2208162517"}) {
    ASSERT_EQ(Register(OrganizationDoc(id), absl::StrCat(id, ".1")), absl::OkStatus());
  }
  v1::ListOrganizationsRequest request;
  v1::ListOrganizationsResponse response;
  request.set_type("supplier");
  request.set_page_size(2);
  ASSERT_EQ(engine_.ListOrganizations(env_.AsAnyone(), request, &response), absl::OkStatus());
  ASSERT_EQ(response.organizations_size(), 2);
  EXPECT_EQ(response.organizations(0).organization_id(), "S-1208147521");
  const std::string token = response.next_page_token();
  request.set_page_token(token);
  response = {};
  ASSERT_EQ(engine_.ListOrganizations(env_.AsAnyone(), request, &response), absl::OkStatus());
  ASSERT_EQ(response.organizations_size(), 1);
  EXPECT_EQ(response.organizations(0).organization_id(), "S-2208162517");
  EXPECT_EQ(response.next_page_token(), "");

  request.set_type("agency");
  EXPECT_THAT(engine_.ListOrganizations(env_.AsAnyone(), request, &response),
              HasReason("PAGE_TOKEN_INVALID"));
  request.clear_page_token();
  request.set_type("king");
  EXPECT_THAT(engine_.ListOrganizations(env_.AsAnyone(), request, &response),
              HasReason("ORGANIZATION_TYPE_UNKNOWN"));
  request.clear_type();
  request.clear_page_size();
  response = {};
  ASSERT_EQ(engine_.ListOrganizations(env_.AsAnyone(), request, &response), absl::OkStatus());
  EXPECT_EQ(response.organizations_size(), 4);
}

TEST_F(RegistrationEngineTest, RegistrationDocumentsAreKeptAsReceived) {
  const auto doc = SignWith(OrganizationDoc(kAgency), "organization.registration", kAgencyBoss);
  const FakePerson boss = MakeOrganization(kAgency);
  MakePerson(boss, 2, {"committee"}, "enc");
  v1::GetRegistrationDocumentsRequest request;
  request.set_person_id(kAgencyBoss);
  v1::GetRegistrationDocumentsResponse response;
  ASSERT_EQ(engine_.GetRegistrationDocuments(env_.AsService("tender"), request, &response),
            absl::OkStatus());
  EXPECT_EQ(response.registration().document().content(), doc.content());
  EXPECT_EQ(response.registration().cert_sha256(), Facts(kAgencyBoss).sha256);
  EXPECT_THAT(response.approval().document().content(),
              ::testing::HasSubstr("organization.approval"));
  EXPECT_EQ(response.certificate(), kAgencyBoss);
  request.set_person_id("A-2208162517.2");
  response = {};
  ASSERT_EQ(engine_.GetRegistrationDocuments(env_.AsService("tender"), request, &response),
            absl::OkStatus());
  EXPECT_THAT(response.approval().document().content(), ::testing::HasSubstr("person.approval"));
  EXPECT_EQ(response.encryption_certificate(), "enc");
  request.set_person_id("registrar");
  EXPECT_THAT(engine_.GetRegistrationDocuments(env_.AsService("tender"), request, &response),
              HasReason("PERSON_NOT_FOUND"));
}

}  // namespace
}  // namespace jodal::registration
