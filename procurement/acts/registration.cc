#include "procurement/acts/registration.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "procurement/acts/registration_errors.h"
#include "procurement/people/email.h"
#include "procurement/people/roles.h"

namespace jodal::procurement {

using registration::v1::Organization;
using registration::v1::OrganizationCase;
using registration::v1::Person;
using registration::v1::PersonCase;

namespace {

constexpr size_t kNonceDigits = 32;

absl::Status CheckText(absl::string_view field, absl::string_view text, const TextRule& rule) {
  const absl::string_view problem = TextProblem(text, rule);
  return problem.empty() ? absl::OkStatus() : TextInvalidError({field, problem});
}

absl::Status CheckNonce(absl::string_view nonce) {
  return IsLowerHex(nonce, kNonceDigits) ? absl::OkStatus() : NonceInvalidError();
}

}  // namespace

absl::Status CheckShape(const document::v1::OrganizationRegistration& doc) {
  const auto type = ParseOrganizationType(doc.type());
  if (!type.has_value()) return OrganizationTypeUnknownError();
  if (!BusinessNumber::Parse(doc.business_number()).has_value())
    return BusinessNumberInvalidError();
  RETURN_IF_ERROR(CheckText("name", doc.name(), {kOrganizationNameCharactersMax}));
  RETURN_IF_ERROR(
      CheckText("nameEn", doc.name_en(), {kOrganizationNameCharactersMax, /*may_be_empty=*/true}));
  RETURN_IF_ERROR(CheckText("address", doc.address(), {kAddressCharactersMax}));
  RETURN_IF_ERROR(CheckText("representative", doc.representative(), {kPersonNameCharactersMax}));
  if (!IsEmailAddress(doc.email())) return EmailInvalidError();
  RETURN_IF_ERROR(CheckNonce(doc.nonce()));
  const std::set<std::string> kinds(doc.kinds().begin(), doc.kinds().end());
  if (kinds.size() != static_cast<size_t>(doc.kinds_size()) ||
      kinds.empty() == (type == OrganizationType::kSupplier) ||
      !std::all_of(kinds.begin(), kinds.end(), IsSupplierKind)) {
    return KindsInvalidError();
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const document::v1::PersonRegistration& doc) {
  RETURN_IF_ERROR(CheckText("name", doc.name(), {kPersonNameCharactersMax}));
  if (!IsEmailAddress(doc.email())) return EmailInvalidError();
  RETURN_IF_ERROR(CheckNonce(doc.nonce()));
  if (doc.roles().empty()) return RolesMissingError();
  std::set<std::string> roles;
  for (const std::string& role : doc.roles()) {
    if (!IsRole(role)) return RoleUnknownError();
    if (!roles.insert(role).second) return RoleRepeatedError(role);
  }
  const bool committee = roles.count(kRoleCommittee) != 0;
  if (committee && doc.encryption_certificate().empty()) return EncryptionCertificateMissingError();
  if (!committee && !doc.encryption_certificate().empty()) {
    return EncryptionCertificateUnexpectedError();
  }
  if (doc.encryption_certificate().size() > kEncryptionCertificateBytesMax) {
    return EncryptionCertificateTooLargeError(doc.encryption_certificate().size());
  }
  return absl::OkStatus();
}

OrganizationId IdAskedFor(const document::v1::OrganizationRegistration& doc) {
  return {*ParseOrganizationType(doc.type()), *BusinessNumber::Parse(doc.business_number())};
}

bool Lapsed(int64_t pending_until_ns, absl::Time now) {
  return pending_until_ns != 0 && absl::ToUnixNanos(now) >= pending_until_ns;
}
void Lapse(absl::Time now, OrganizationCase* organization) {
  if (Lapsed(organization->pending_until_ns(), now)) organization->Clear();
}
void Lapse(absl::Time now, PersonCase* person) {
  if (Lapsed(person->pending_until_ns(), now)) person->Clear();
}

absl::Status Decide(const document::v1::OrganizationRegistration& doc,
                    const RegistrationFacts& facts, OrganizationCase& organization,
                    PersonCase& person) {
  const OrganizationId id = IdAskedFor(doc);
  const int64_t until = absl::ToUnixNanos(facts.arrival + kPendingLife);
  person.Clear();
  Person& boss = *person.mutable_person();
  boss.set_person_id(PersonId{id, kRepresentativeNumber}.ToString());
  boss.set_organization_id(id.ToString());
  boss.set_name(doc.representative());
  for (std::string& role : RepresentativeRoles(id.type)) boss.add_roles(std::move(role));
  boss.set_state(Person::PENDING);
  boss.set_cert_sha256(facts.certificate.sha256);
  boss.set_certificate(facts.certificate.der);
  boss.set_registration_sha256(facts.sha256);
  person.add_key_sha256(facts.certificate.key_sha256);
  person.set_pending_until_ns(until);

  organization.Clear();
  Organization& out = *organization.mutable_organization();
  out.set_organization_id(id.ToString());
  out.set_type(doc.type());
  out.set_business_number(doc.business_number());
  out.set_name(doc.name());
  out.set_name_en(doc.name_en());
  *out.mutable_kinds() = doc.kinds();
  out.set_representative_id(boss.person_id());
  out.set_registration_sha256(facts.sha256);
  organization.set_people(kRepresentativeNumber);
  organization.set_pending_until_ns(until);
  return absl::OkStatus();
}

// REGISTRATION_LAPSED, REGISTRATION_MISMATCH.
absl::Status Decide(const document::v1::OrganizationApproval& doc, const RegistrationFacts& facts,
                    OrganizationCase& organization, PersonCase& person) {
  if (Lapsed(organization.pending_until_ns(), facts.arrival)) return RegistrationLapsedError();
  if (doc.organization_id() != organization.organization().organization_id() ||
      doc.registration_sha256() != organization.organization().registration_sha256()) {
    return RegistrationMismatchError();
  }
  organization.set_pending_until_ns(0);
  organization.set_approval_sha256(facts.sha256);
  person.mutable_person()->set_state(Person::ACTIVE);
  person.set_pending_until_ns(0);
  person.set_approval_sha256(facts.sha256);
  return absl::OkStatus();
}

// ORGANIZATION_NOT_ACTIVE, ROLE_NOT_ALLOWED, PEOPLE_LIMIT.
absl::Status Decide(const document::v1::PersonRegistration& doc, const RegistrationFacts& facts,
                    OrganizationCase& organization, PersonCase& person) {
  const Organization& of = organization.organization();
  if (of.state() != Organization::ACTIVE) return OrganizationNotActiveError(StateName(of));
  const auto id = OrganizationId::Parse(of.organization_id());
  if (!id.has_value() || doc.organization_id() != of.organization_id()) {
    return OrganizationNotActiveError("NONE");
  }
  for (const std::string& role : doc.roles()) {
    if (!MayRegisterFor(role, id->type)) return RoleNotAllowedError(role);
  }
  if (organization.people() >= kPeoplePerOrganizationMax) return PeopleLimitError();
  organization.set_people(organization.people() + 1);
  person.Clear();
  Person& out = *person.mutable_person();
  out.set_person_id(PersonId{*id, organization.people()}.ToString());
  out.set_organization_id(of.organization_id());
  out.set_name(doc.name());
  *out.mutable_roles() = doc.roles();
  out.set_cert_sha256(facts.certificate.sha256);
  out.set_certificate(facts.certificate.der);
  out.set_encryption_certificate(facts.encryption.der);
  out.set_registration_sha256(facts.sha256);
  person.add_key_sha256(facts.certificate.key_sha256);
  if (!facts.encryption.der.empty()) person.add_key_sha256(facts.encryption.key_sha256);
  person.set_pending_until_ns(absl::ToUnixNanos(facts.arrival + kPendingLife));
  return absl::OkStatus();
}

// NOT_YOUR_ORGANIZATION: a session may have outlived what its role rests on, so the case says who
// the representative is. ORGANIZATION_SUSPENDED, REGISTRATION_LAPSED, REGISTRATION_MISMATCH.
absl::Status Decide(const document::v1::PersonApproval& doc, const RegistrationFacts& facts,
                    OrganizationCase& organization, PersonCase& person) {
  const Organization& of = organization.organization();
  if (!facts.signer.empty() && facts.signer != of.representative_id()) {
    return NotYourOrganizationError();
  }
  if (of.state() != Organization::ACTIVE) return OrganizationSuspendedError();
  if (Lapsed(person.pending_until_ns(), facts.arrival)) return RegistrationLapsedError();
  if (doc.person_id() != person.person().person_id() ||
      doc.registration_sha256() != person.person().registration_sha256()) {
    return RegistrationMismatchError();
  }
  person.set_pending_until_ns(0);
  person.set_approval_sha256(facts.sha256);
  return absl::OkStatus();
}

Standing StandingOf(const google::protobuf::Message& state_of,
                    const OrganizationCase& organization) {
  Standing out;
  out.state = StateName(state_of);
  out.parties.organization_id = organization.organization().organization_id();
  return out;
}

event::v1::Event OrganizationEvent(const Act& act, const ActFacts& facts,
                                   const OrganizationCase& organization, const PersonCase& person) {
  const Organization& of = organization.organization();
  event::v1::Event event;
  auto& out = *event.mutable_organization_acted();
  out.set_kind(act.kind());
  out.set_document_sha256(facts.sha256);
  out.set_organization_id(of.organization_id());
  out.set_type(of.type());
  out.set_name(of.name());
  out.set_state(StateName(of));
  out.set_registration_sha256(of.registration_sha256());
  if (of.state() == Organization::PENDING) return event;  // nobody is bound yet
  out.set_person_id(of.representative_id());
  out.set_cert_sha256(person.person().cert_sha256());
  return event;
}

event::v1::Event PersonEvent(const Act& act, const ActFacts& facts, const PersonCase& person) {
  const Person& of = person.person();
  event::v1::Event event;
  auto& out = *event.mutable_person_acted();
  out.set_kind(act.kind());
  out.set_document_sha256(facts.sha256);
  out.set_person_id(of.person_id());
  out.set_organization_id(of.organization_id());
  out.set_state(StateName(of));
  out.set_registration_sha256(of.registration_sha256());
  if (of.state() == Person::PENDING) return event;
  *out.mutable_roles() = of.roles();
  out.set_cert_sha256(of.cert_sha256());
  if (person.key_sha256_size() > 1) {
    out.set_encryption_cert_sha256(HexEncode(crypto::Sha256(of.encryption_certificate())));
  }
  return event;
}

}  // namespace jodal::procurement
