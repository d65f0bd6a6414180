// Organisations and their people as a fold over signed documents.
//
//   organisation   NONE -registration-> PENDING -approval-> ACTIVE
//   person         NONE -registration-> PENDING -approval-> ACTIVE
//
// An organisation's registration is that of its representative as well, person number 1. Who is
// PENDING for longer than kPendingLife has lapsed, and is as none: no timer moves anything. That a
// certificate, a key or a business number has one holder is decided over all cases, by the service,
// which also hands in an organisation under a sanction (procurement/register) as SUSPENDED.
// Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_REGISTRATION_H_
#define JODAL_PROCUREMENT_ACTS_REGISTRATION_H_

#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/registration/v1/case.pb.h"
#include "procurement/acts/act.h"
#include "procurement/people/organization.h"

namespace jodal::procurement {

// A registration that nobody approves lapses: a business number, certificate or key is not held for
// ever by whoever wrote it down first. Long enough for papers to be asked for and sent.
inline constexpr absl::Duration kPendingLife = absl::Hours(14 * 24);

inline constexpr size_t kOrganizationNameCharactersMax = 200;  // the longest registered have 90
inline constexpr size_t kPersonNameCharactersMax = 100;
inline constexpr size_t kAddressCharactersMax = 300;
// DER; as the signature profile's own limit. It lies in the person's record.
inline constexpr size_t kEncryptionCertificateBytesMax = 8 << 10;
// The largest agencies have some hundred people who procure; bounds ListPeople, which has no pages.
inline constexpr int kPeoplePerOrganizationMax = 1000;

struct CertificateFacts {
  std::string der;
  std::string sha256;      // hex, of der
  std::string key_sha256;  // hex, of the SubjectPublicKeyInfo
};

// What an act knows beside its document and the cases.
struct RegistrationFacts : ActFacts {
  std::string signer;            // person id; empty: not registered yet
  CertificateFacts certificate;  // that signed; needed by registrations
  CertificateFacts encryption;   // in the document, if there is one
};

// TEXT_INVALID, ORGANIZATION_TYPE_UNKNOWN, BUSINESS_NUMBER_INVALID, EMAIL_INVALID, NONCE_INVALID,
// KINDS_INVALID.
absl::Status CheckShape(const document::v1::OrganizationRegistration& doc);
// ROLES_MISSING, ROLE_UNKNOWN, ROLE_REPEATED, ENCRYPTION_CERTIFICATE_MISSING, _UNEXPECTED,
// _TOO_LARGE and those above.
absl::Status CheckShape(const document::v1::PersonRegistration& doc);
inline absl::Status CheckShape(const document::v1::OrganizationApproval&) {
  return absl::OkStatus();
}
inline absl::Status CheckShape(const document::v1::PersonApproval&) { return absl::OkStatus(); }

// The id that a registration of this shape asks for.
OrganizationId IdAskedFor(const document::v1::OrganizationRegistration& doc);

using OrganizationDocuments =
    DocumentList<document::v1::OrganizationRegistration, document::v1::OrganizationApproval>;
using PersonDocuments =
    DocumentList<document::v1::PersonRegistration, document::v1::PersonApproval>;

// Whether a registration has lapsed at `now`.
bool Lapsed(int64_t pending_until_ns, absl::Time now);

// `person` is the one that the document is about: the representative for acts on the organisation.
absl::Status Decide(const document::v1::OrganizationRegistration& doc,
                    const RegistrationFacts& facts,
                    registration::v1::OrganizationCase& organization,
                    registration::v1::PersonCase& person);
absl::Status Decide(const document::v1::OrganizationApproval& doc, const RegistrationFacts& facts,
                    registration::v1::OrganizationCase& organization,
                    registration::v1::PersonCase& person);
absl::Status Decide(const document::v1::PersonRegistration& doc, const RegistrationFacts& facts,
                    registration::v1::OrganizationCase& organization,
                    registration::v1::PersonCase& person);
absl::Status Decide(const document::v1::PersonApproval& doc, const RegistrationFacts& facts,
                    registration::v1::OrganizationCase& organization,
                    registration::v1::PersonCase& person);

template <typename Doc>
inline constexpr bool kOfPerson = std::is_same_v<Doc, document::v1::PersonRegistration> ||
                                  std::is_same_v<Doc, document::v1::PersonApproval>;

Standing StandingOf(const google::protobuf::Message& state_of,
                    const registration::v1::OrganizationCase& organization);
event::v1::Event OrganizationEvent(const Act& act, const ActFacts& facts,
                                   const registration::v1::OrganizationCase& organization,
                                   const registration::v1::PersonCase& person);
event::v1::Event PersonEvent(const Act& act, const ActFacts& facts,
                             const registration::v1::PersonCase& person);

// Empties a case whose registration has lapsed.
void Lapse(absl::Time now, registration::v1::OrganizationCase* organization);
void Lapse(absl::Time now, registration::v1::PersonCase* person);

// The fold's step: the cases, empty where there is none yet, change only on OK. Gives what the log
// says of it. The refusals of MayAct, those of Decide.
template <typename Doc>
absl::StatusOr<event::v1::Event> ApplyToRegistration(
    const Doc& doc, const RegistrationFacts& facts, const Actor* actor,
    registration::v1::OrganizationCase& organization, registration::v1::PersonCase& person) {
  const Act& act = *ActOf(*Doc::descriptor());
  registration::v1::OrganizationCase next = organization;
  registration::v1::PersonCase about = person;
  if (act.party() == Act::APPLICANT) {
    Lapse(facts.arrival, &next);
    Lapse(facts.arrival, &about);
  }
  const auto subject = [&]() -> google::protobuf::Message* {
    if constexpr (kOfPerson<Doc>) {
      return about.mutable_person();
    } else {
      return next.mutable_organization();
    }
  };
  RETURN_IF_ERROR(MayAct(act, actor, StandingOf(*subject(), next)));
  RETURN_IF_ERROR(Decide(doc, facts, next, about));
  RETURN_IF_ERROR(EnterState(act, subject()));
  organization = std::move(next);
  person = std::move(about);
  if constexpr (kOfPerson<Doc>) {
    return PersonEvent(act, facts, person);
  } else {
    return OrganizationEvent(act, facts, organization, person);
  }
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_REGISTRATION_H_
