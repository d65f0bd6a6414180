#include "clients/demo/people.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/people/business_number.h"

namespace jodal::demo {
namespace {

using registration::v1::RegistrationService;
using Stub = RegistrationService::Stub;

// Business numbers of the demo by kind of organisation: the first nine digits.
constexpr int kAgencyNumbers = 110'000'000;  // and the opening's own
constexpr int kAgencies = 1'000'000;
constexpr int kOutsideNumber = 120'000'001;
constexpr int kAuditorNumber = 120'000'002;
constexpr int kBankNumber = 130'000'001;
constexpr int kSupplierNumbers = 200'000'000;

struct OrganizationSpec {
  std::string key;  // folder below identities/
  std::string type;
  int number = 0;  // without its check digit
  std::string name;
  std::string name_en;
};

struct PersonSpec {
  std::string key;
  const sdk::Identity* representative = nullptr;
  std::string name;
  std::vector<std::string> roles;
  bool agreement = false;
};

class Office {
 public:
  Office(Run& run, pki::CertificateAuthority ca, sdk::Identity registrar)
      : run_(run), ca_(std::move(ca)), registrar_(std::move(registrar)) {}

  // Thread-safe.
  absl::StatusOr<sdk::Identity> Organization(const OrganizationSpec& spec) {
    ASSIGN_OR_RETURN(sdk::Identity identity,
                     Keys(spec.key, {.name = spec.name, .organization = spec.name}));
    if (!identity.person_id().empty()) return identity;
    document::v1::OrganizationRegistration document;
    document.set_type(spec.type);
    std::string number = absl::StrCat(spec.number);
    number.push_back(procurement::BusinessNumberCheckDigit(number).value_or('0'));
    document.set_business_number(std::move(number));
    document.set_name(spec.name);
    document.set_name_en(spec.name_en);
    document.set_address("대전광역시 서구 청사로 189");
    document.set_representative("홍길동");
    document.set_email(absl::StrCat(spec.key, "@example.com"));
    document.set_nonce(RequestId(identity, "nonce"));
    if (spec.type == "supplier") {
      for (const char* kind : {"works", "goods", "services"}) document.add_kinds(kind);
    }
    registration::v1::RegisterOrganizationRequest request;
    ASSIGN_OR_RETURN(
        *request.mutable_document(),
        sdk::SignDocument(identity, run_.system(), "organization.registration", &document));
    request.set_request_id(RequestId(identity, "register"));
    ASSIGN_OR_RETURN(auto registered,
                     run_.Ask(run_.client().registration(), &Stub::RegisterOrganization, request));
    ASSIGN_OR_RETURN(auto approval, sdk::OrganizationApprovalFor(registered.organization()));
    registration::v1::ApproveOrganizationRequest approve;
    ASSIGN_OR_RETURN(
        *approve.mutable_document(),
        sdk::SignDocument(registrar_, run_.system(), "organization.approval", &approval));
    approve.set_request_id(RequestId(identity, "approve"));
    ASSIGN_OR_RETURN(auto approved, run_.As(registrar_, run_.client().registration(),
                                            &Stub::ApproveOrganization, approve));
    return Registered(spec.key, std::move(identity), approved.organization().representative_id());
  }

  absl::StatusOr<sdk::Identity> Person(const PersonSpec& spec) {
    ASSIGN_OR_RETURN(sdk::Identity identity,
                     Keys(spec.key, {.name = spec.name, .agreement = spec.agreement}));
    if (!identity.person_id().empty()) return identity;
    document::v1::PersonRegistration document;
    document.set_organization_id(spec.representative->organization_id());
    document.set_name(spec.name);
    document.set_email(absl::StrCat(spec.key, "@example.com"));
    for (const std::string& role : spec.roles) document.add_roles(role);
    document.set_nonce(RequestId(identity, "nonce"));
    if (spec.agreement) {
      document.set_encryption_certificate(identity.agreement_certificate().der());
    }
    registration::v1::RegisterPersonRequest request;
    ASSIGN_OR_RETURN(*request.mutable_document(),
                     sdk::SignDocument(identity, run_.system(), "person.registration", &document));
    request.set_request_id(RequestId(identity, "register"));
    ASSIGN_OR_RETURN(auto registered,
                     run_.Ask(run_.client().registration(), &Stub::RegisterPerson, request));
    ASSIGN_OR_RETURN(auto approval, sdk::PersonApprovalFor(registered.person()));
    registration::v1::ApprovePersonRequest approve;
    ASSIGN_OR_RETURN(
        *approve.mutable_document(),
        sdk::SignDocument(*spec.representative, run_.system(), "person.approval", &approval));
    approve.set_request_id(RequestId(identity, "approve"));
    ASSIGN_OR_RETURN(auto approved, run_.As(*spec.representative, run_.client().registration(),
                                            &Stub::ApprovePerson, approve));
    return Registered(spec.key, std::move(identity), approved.person().person_id());
  }

 private:
  // By the certificate and not by the run: a replay that was broken off is taken up by the next.
  static std::string RequestId(const sdk::Identity& identity, absl::string_view step) {
    return HexEncode(crypto::Sha256(absl::StrCat("jodal demo ", step, " ", identity.cert_sha256())))
        .substr(0, 32);
  }

  absl::StatusOr<sdk::Identity> Keys(const std::string& key,
                                     const install::IdentityRequest& request) {
    const std::string dir = install::IdentityDir(run_.options().dir, key);
    if (std::filesystem::exists(absl::StrCat(dir, "/sign.crt"))) return sdk::Identity::Load(dir);
    std::optional<sdk::Identity> identity;
    {
      absl::MutexLock lock(&ca_mu_);
      ASSIGN_OR_RETURN(identity, install::NewIdentity(ca_, request, run_.client().random()));
    }
    // What an interrupted Save left is of no certificate and no use.
    std::error_code ignored;
    std::filesystem::remove_all(dir, ignored);
    RETURN_IF_ERROR(identity->Save(dir));
    return *std::move(identity);
  }

  absl::StatusOr<sdk::Identity> Registered(const std::string& key, sdk::Identity identity,
                                           const std::string& person_id) {
    identity.set_person_id(person_id);
    RETURN_IF_ERROR(
        sdk::Identity::SavePersonId(install::IdentityDir(run_.options().dir, key), person_id));
    return identity;
  }

  Run& run_;
  absl::Mutex ca_mu_;
  const pki::CertificateAuthority ca_;
  const sdk::Identity registrar_;
};

}  // namespace

absl::StatusOr<Cast> MakeCast(Run& run, const Fixture& fixture) {
  ASSIGN_OR_RETURN(auto ca, pki::CertificateAuthority::Load(install::CaDir(run.options().dir)));
  ASSIGN_OR_RETURN(auto registrar,
                   sdk::Identity::Load(install::IdentityDir(run.options().dir, "registrar")));
  registrar.set_person_id("registrar");
  Office office(run, std::move(ca), std::move(registrar));

  // One agency per opening, so that two openings are never one buyer's by accident.
  const std::string agency_key = absl::StrCat("agency-", fixture.notice);
  const int agency_number =
      kAgencyNumbers + static_cast<int>(ReadU32Be(crypto::Sha256(fixture.notice)) %
                                        static_cast<uint32_t>(kAgencies));
  const std::vector<OrganizationSpec> organizations = {
      {agency_key, "agency", agency_number,
       fixture.agency.empty() ? std::string("훈련 수요기관") : fixture.agency, ""},
      {"outside", "auditor", kOutsideNumber, "개찰 입회 기관", "Opening Witnesses"},
      {"auditor", "auditor", kAuditorNumber, "감사 기관", "Audit Office"},
      {"bank", "bank", kBankNumber, "훈련은행", "Training Bank"},
  };
  std::vector<std::optional<sdk::Identity>> heads(organizations.size());
  RETURN_IF_ERROR(run.ForEach("organisations registered", static_cast<int>(organizations.size()),
                              [&](int at) -> absl::Status {
                                ASSIGN_OR_RETURN(heads[at], office.Organization(organizations[at]));
                                return absl::OkStatus();
                              }));

  const auto of_agency = [&](const char* key, const char* name, std::vector<std::string> roles) {
    const bool committee = roles.front() == "committee";
    return PersonSpec{absl::StrCat(agency_key, "-", key), &*heads[0], name, std::move(roles),
                      committee};
  };
  const std::vector<PersonSpec> people = {
      of_agency("officer", "계약담당 김하나", {"officer"}),
      of_agency("approver", "결재자 이두리", {"approver"}),
      of_agency("inspector", "검사원 박세나", {"inspector"}),
      of_agency("paymaster-1", "지출담당 최네오", {"paymaster"}),
      of_agency("paymaster-2", "지출담당 정다온", {"paymaster"}),
      of_agency("committee-1", "개찰위원 강여섯", {"committee"}),
      of_agency("committee-2", "개찰위원 조일곱", {"committee"}),
      of_agency("committee-3", "개찰위원 윤여덟", {"committee"}),
      {"outside-committee-4", &*heads[1], "입회위원 장아홉", {"committee"}, true},
      {"outside-committee-5", &*heads[1], "입회위원 임열", {"committee"}, true},
  };
  std::vector<std::optional<sdk::Identity>> persons(people.size());
  // One after another: people of an organisation are numbered in the order of their registration.
  run.Stage("people registered", static_cast<int>(people.size()));
  for (size_t at = 0; at < people.size(); ++at) {
    ASSIGN_OR_RETURN(persons[at], office.Person(people[at]));
    run.Report("people registered", static_cast<int>(at) + 1, static_cast<int>(people.size()));
  }

  const int count = static_cast<int>(fixture.bids.size());
  std::vector<std::optional<sdk::Identity>> suppliers(fixture.bids.size());
  RETURN_IF_ERROR(run.ForEach("suppliers registered", count, [&](int at) -> absl::Status {
    const std::string number = absl::StrFormat("%04d", at + 1);
    ASSIGN_OR_RETURN(
        suppliers[at],
        office.Organization({absl::StrCat("supplier-", number), "supplier",
                             kSupplierNumbers + at + 1, absl::StrCat("훈련업체 ", number),
                             absl::StrCat("Training Supplier ", number)}));
    return absl::OkStatus();
  }));

  Cast cast{.officer = *persons[0],
            .approver = *persons[1],
            .inspector = *persons[2],
            .paymasters = {*persons[3], *persons[4]},
            .committee = {},
            .bank = *heads[3],
            .auditor = *heads[2],
            .suppliers = {}};
  for (size_t at = 5; at < persons.size(); ++at) cast.committee.push_back(*persons[at]);
  for (auto& supplier : suppliers) cast.suppliers.push_back(*std::move(supplier));
  return cast;
}

}  // namespace jodal::demo
