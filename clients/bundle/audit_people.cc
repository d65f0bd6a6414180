// Chapter: the people. Every signer was registered with the certificate of the signature, for the
// organisation and in the roles of the act: the registrar approved the organisation and with it its
// representative, the representative approved its people, and the log says both. The same folds as
// the service's.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/pki/certificate.h"
#include "procurement/acts/registration.h"
#include "procurement/people/roles.h"

namespace jodal::bundle {
namespace {

using event::v1::Event;
using procurement::RegistrationFacts;
using registration::v1::OrganizationCase;
using registration::v1::PersonCase;

constexpr char kRegistration[] = "registration";

// "A-1234567890" and "2" of "A-1234567890.2".
struct PersonName {
  std::string organization_id;
  std::string number;
};
PersonName Split(const std::string& id) {
  const size_t dot = id.rfind('.');
  if (dot == std::string::npos) return {};
  return {id.substr(0, dot), id.substr(dot + 1)};
}

absl::Status NotLogged(const std::string& file, absl::string_view type) {
  return Wrong("REGISTRATION_NOT_LOGGED", file, absl::StrCat("the log has no such ", type));
}

absl::StatusOr<procurement::CertificateFacts> ReadCertificate(const std::string& file,
                                                              absl::string_view der) {
  const auto certificate = pki::Certificate::FromDer(der);
  if (!certificate.ok()) return WrongAt(file, certificate.status());
  return procurement::CertificateFacts{std::string(certificate->der()),
                                       HexEncode(certificate->sha256()),
                                       HexEncode(crypto::Sha256(certificate->spki_der()))};
}

// Where an event is of an organisation's or a person's act, the digest of its document.
const std::string& DocumentOf(const Event& event) {
  return event.has_organization_acted() ? event.organization_acted().document_sha256()
                                        : event.person_acted().document_sha256();
}

// One person's registration and approval, as the log has them.
struct Registered {
  Audit& audit;
  const std::string& id;  // of the person
  std::string subject;
  std::string dir;
  OrganizationCase organization;
  PersonCase person;
};

// The entry about the subject that names this document. Others of the type are registrations that
// lapsed.
LoggedEntry* FindEntry(Registered& r, absl::string_view type, absl::string_view sha256) {
  LoggedEntry* out = nullptr;
  for (LoggedEntry* entry : r.audit.Take(kRegistration, type, r.subject)) {
    if (DocumentOf(entry->event) == sha256) out = entry;
  }
  return out;
}

// Folds one document; what comes of it is what the entry says.
template <typename Doc>
absl::Status Apply(Registered& r, const std::string& file, const Doc& doc,
                   const RegistrationFacts& facts, const procurement::Actor* actor,
                   const LoggedEntry& entry) {
  const procurement::Act& act = *procurement::ActOf(*Doc::descriptor());
  RETURN_IF_ERROR(WrongAt(file, procurement::CheckShape(doc)));
  const auto must = procurement::ApplyToRegistration(doc, facts, actor, r.organization, r.person);
  if (!must.ok()) return WrongAt(file, must.status());
  if (entry.event.SerializeAsString() == must->SerializeAsString() &&
      entry.head.actor_role() == act.actor()) {
    return absl::OkStatus();
  }
  return r.audit.EventWrong(entry, act.kind());
}

// The registration, with the certificate that signed it.
template <typename Doc>
absl::Status Register(Registered& r, absl::string_view type, absl::string_view kind) {
  const std::string file = r.dir + "registration.json";
  ASSIGN_OR_RETURN(const std::string* content, r.audit.files.Read(file));
  const LoggedEntry* entry = FindEntry(r, type, HexEncode(crypto::Sha256(*content)));
  if (entry == nullptr) return NotLogged(file, "registration");
  ASSIGN_OR_RETURN(const auto opened,
                   r.audit.OpenBy<Doc>({r.dir + "registration", kind, entry->received(),
                                        /*signer_id=*/"", /*cert_sha256=*/""}));
  RegistrationFacts facts;
  facts.sha256 = opened.sha256;
  facts.arrival = entry->received();
  const std::string certificate_file = r.dir + "certificate.der";
  ASSIGN_OR_RETURN(const std::string* der, r.audit.files.Read(certificate_file));
  ASSIGN_OR_RETURN(facts.certificate, ReadCertificate(certificate_file, *der));
  if (facts.certificate.sha256 != opened.cert_sha256) {
    return Wrong("CERTIFICATE_MISMATCH", certificate_file, "not the certificate that was bound");
  }
  if constexpr (requires { opened.doc.encryption_certificate(); }) {
    if (!opened.doc.encryption_certificate().empty()) {
      const std::string agree_file = r.dir + "agree.der";
      ASSIGN_OR_RETURN(const std::string* agree, r.audit.files.Read(agree_file));
      if (*agree != opened.doc.encryption_certificate()) {
        return Wrong("CERTIFICATE_MISMATCH", agree_file, "not the certificate that was registered");
      }
      RETURN_IF_ERROR(
          WrongAt(agree_file, r.audit.signatures->VerifyAgreement(*agree, entry->received())));
      ASSIGN_OR_RETURN(facts.encryption, ReadCertificate(agree_file, *agree));
      ++r.audit.report.certificates;
    }
  }
  RETURN_IF_ERROR(Apply(r, file, opened.doc, facts, nullptr, *entry));
  return absl::OkStatus();
}

// The approval, by `approver`, who is known by the certificate `cert_sha256`. Gives its entry.
template <typename Doc>
absl::StatusOr<const LoggedEntry*> Approve(Registered& r, absl::string_view type,
                                           absl::string_view kind,
                                           const procurement::Actor& approver,
                                           const std::string& cert_sha256) {
  const std::string base = r.dir + "approval";
  ASSIGN_OR_RETURN(const LoggedEntry* entry, r.audit.TakeOne(kRegistration, type, r.subject));
  if (entry == nullptr) return NotLogged(base + ".json", "approval");
  ASSIGN_OR_RETURN(const auto opened, r.audit.OpenBy<Doc>({base, kind, entry->received(),
                                                           approver.person_id, cert_sha256}));
  RegistrationFacts facts;
  facts.sha256 = opened.sha256;
  facts.arrival = entry->received();
  facts.signer = approver.person_id;
  RETURN_IF_ERROR(Apply(r, base + ".json", opened.doc, facts, &approver, *entry));
  return entry;
}

Person ToPerson(const Registered& r, const LoggedEntry& approved) {
  const registration::v1::Person& from = r.person.person();
  Person out;
  out.person_id = from.person_id();
  out.organization_id = from.organization_id();
  out.organization_type = r.organization.organization().type();
  out.roles.insert(from.roles().begin(), from.roles().end());
  out.cert_sha256 = from.cert_sha256();
  if (!from.encryption_certificate().empty()) {
    out.encryption_cert_sha256 = HexEncode(crypto::Sha256(from.encryption_certificate()));
  }
  out.since = approved.committed();
  return out;
}

absl::Status CheckId(const Registered& r) {
  if (r.person.person().person_id() == r.id) return absl::OkStatus();
  return Wrong("ORGANIZATION_MISMATCH", r.dir + "registration.json",
               "the registration is for another organisation");
}

absl::StatusOr<Person> VerifyRepresentative(Audit& audit, const std::string& id) {
  const std::string organization_id = Split(id).organization_id;
  Registered r{audit, id, absl::StrCat("organizations/", organization_id), PersonDir(id), {}, {}};
  RETURN_IF_ERROR((Register<document::v1::OrganizationRegistration>(r, "organization.registered",
                                                                    "organization.registration")));
  RETURN_IF_ERROR(CheckId(r));
  const procurement::Actor registrar{
      procurement::kRegistrarId, procurement::kOperatorId, {procurement::kRoleRegistrar}};
  ASSIGN_OR_RETURN(const LoggedEntry* approved,
                   (Approve<document::v1::OrganizationApproval>(
                       r, "organization.approved", "organization.approval", registrar,
                       audit.trust.registrar_cert_sha256)));
  // Sanctions bar sessions, which the documents do not tell of; they are public in the log.
  audit.Take(kRegistration, "fact.recorded", r.subject);
  audit.organizations[organization_id] = r.organization;
  return ToPerson(r, *approved);
}

absl::StatusOr<Person> VerifyPerson(Audit& audit, const std::string& id) {
  const std::string organization_id = Split(id).organization_id;
  Registered r{audit, id, absl::StrCat("people/", id), PersonDir(id), {}, {}};
  const auto representative = audit.people.find(absl::StrCat(organization_id, ".1"));
  if (representative == audit.people.end()) {
    return Wrong("SIGNER_UNKNOWN", r.dir + "approval.json",
                 "the bundle lacks the organisation's registration");
  }
  // The bundle does not hold all people of the organisation: how many were there before this one
  // says the number that it got.
  r.organization = audit.organizations[organization_id];
  int number = 0;
  if (!absl::SimpleAtoi(Split(id).number, &number)) {
    return Wrong("BUNDLE_UNKNOWN_FILE", absl::StrCat("people/", id), "not the id of a person");
  }
  r.organization.set_people(number - 1);
  RETURN_IF_ERROR(
      (Register<document::v1::PersonRegistration>(r, "person.registered", "person.registration")));
  RETURN_IF_ERROR(CheckId(r));
  const Person& boss = representative->second;
  const procurement::Actor approver{boss.person_id, boss.organization_id, {}};
  ASSIGN_OR_RETURN(const LoggedEntry* approved,
                   (Approve<document::v1::PersonApproval>(r, "person.approved", "person.approval",
                                                          approver, boss.cert_sha256)));
  if (boss.since > approved->committed()) {
    return Wrong("SIGNER_NOT_YET_BOUND", r.dir + "approval.json",
                 "the representative approved before the organisation was approved");
  }
  return ToPerson(r, *approved);
}

}  // namespace

absl::Status VerifyPeople(Audit& audit) {
  std::set<std::string> certificates;
  const std::vector<std::string> ids = audit.files.Children("people/");
  // Representatives first: they approve the others.
  for (const bool representatives : {true, false}) {
    for (const std::string& id : ids) {
      const PersonName name = Split(id);
      if (name.organization_id.empty()) {
        return Wrong("BUNDLE_UNKNOWN_FILE", absl::StrCat("people/", id), "not the id of a person");
      }
      if ((name.number == "1") != representatives) continue;
      ASSIGN_OR_RETURN(Person person,
                       representatives ? VerifyRepresentative(audit, id) : VerifyPerson(audit, id));
      if (!certificates.insert(person.cert_sha256).second) {
        return Wrong("CERTIFICATE_SHARED", PersonDir(id) + "certificate.der",
                     "one certificate was bound to two people");
      }
      audit.people[id] = std::move(person);
      ++audit.report.people;
    }
  }
  return absl::OkStatus();
}

}  // namespace jodal::bundle
