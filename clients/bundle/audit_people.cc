// Chapter: the people. Every signer was registered with the certificate of the signature, for the
// organisation and in the roles of the act: the registrar approved the organisation and with it its
// representative, the representative approved its people, and the log says both.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"

namespace jodal::bundle {
namespace {

constexpr char kRegistration[] = "registration";
constexpr char kRegistrarId[] = "registrar";

// What an organisation's representative may do beside speaking for it, and what its id begins with.
struct TypeRule {
  const char* type;
  const char* prefix;
  const char* role;  // of the representative; "" for none
};
constexpr TypeRule kTypes[] = {{"supplier", "S-", "supplier"},
                               {"agency", "A-", ""},
                               {"bank", "B-", "bank"},
                               {"auditor", "U-", "auditor"}};

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

// The entry of `type` about `subject` that names the document. Others of the type are registrations
// that lapsed.
template <typename Match>
LoggedEntry* Find(Audit& audit, absl::string_view type, const std::string& subject, Match match) {
  LoggedEntry* out = nullptr;
  for (LoggedEntry* entry : audit.Take(kRegistration, type, subject)) {
    if (match(entry->event)) out = entry;
  }
  return out;
}

absl::Status CheckCertificate(Audit& audit, const std::string& id, const Person& person) {
  const std::string file = PersonDir(id) + "certificate.der";
  ASSIGN_OR_RETURN(const std::string* der, audit.files.Read(file));
  if (HexEncode(crypto::Sha256(*der)) != person.cert_sha256) {
    return Wrong("CERTIFICATE_MISMATCH", file, "not the certificate that was bound");
  }
  return absl::OkStatus();
}

absl::StatusOr<Person> VerifyRepresentative(Audit& audit, const std::string& id) {
  using document::v1::OrganizationApproval;
  using document::v1::OrganizationRegistration;
  Person person;
  person.person_id = id;
  person.organization_id = Split(id).organization_id;
  const std::string subject = absl::StrCat("organizations/", person.organization_id);
  const std::string dir = PersonDir(id);
  const std::string registration_file = dir + "registration.json";
  const std::string approval_file = dir + "approval.json";

  ASSIGN_OR_RETURN(const std::string* content, audit.files.Read(registration_file));
  const std::string sha256 = HexEncode(crypto::Sha256(*content));
  const LoggedEntry* registered =
      Find(audit, "organization.registered", subject, [&](const event::v1::Event& e) {
        return e.organization_registered().registration_sha256() == sha256;
      });
  if (registered == nullptr) return NotLogged(registration_file, "registration");
  ASSIGN_OR_RETURN(const auto registration,
                   audit.OpenBy<OrganizationRegistration>(
                       {dir + "registration", "organization.registration", registered->received(),
                        /*signer_id=*/"", /*cert_sha256=*/""}));
  const OrganizationRegistration& doc = registration.doc;
  const TypeRule* rule = nullptr;
  for (const TypeRule& t : kTypes) {
    if (doc.type() == t.type) rule = &t;
  }
  if (rule == nullptr ||
      person.organization_id != absl::StrCat(rule->prefix, doc.business_number())) {
    return Wrong("ORGANIZATION_MISMATCH", registration_file,
                 "the registration is for another organisation");
  }
  const auto& r = registered->event.organization_registered();
  if (r.organization_id() != person.organization_id || r.type() != doc.type() ||
      r.name() != doc.name()) {
    return audit.EventWrong(*registered, "organisation");
  }

  ASSIGN_OR_RETURN(const LoggedEntry* approved,
                   audit.TakeOne(kRegistration, "organization.approved", subject));
  if (approved == nullptr || approved->seq() < registered->seq()) {
    return NotLogged(approval_file, "approval");
  }
  ASSIGN_OR_RETURN(const auto approval,
                   audit.OpenBy<OrganizationApproval>({dir + "approval", "organization.approval",
                                                       approved->received(), kRegistrarId,
                                                       audit.trust.registrar_cert_sha256}));
  if (approval.doc.organization_id() != person.organization_id ||
      approval.doc.registration_sha256() != sha256) {
    return Wrong("APPROVAL_MISMATCH", approval_file, "the approval is of another registration");
  }
  const auto& a = approved->event.organization_approved();
  if (a.organization_id() != person.organization_id || a.type() != doc.type() ||
      a.name() != doc.name()) {
    return audit.EventWrong(*approved, "organisation");
  }
  if (a.registration_sha256() != sha256) return audit.EventWrong(*approved, "registration");
  if (a.approval_sha256() != approval.sha256) return audit.EventWrong(*approved, "approval");
  if (a.person_id() != id) return audit.EventWrong(*approved, "person");
  if (a.cert_sha256() != registration.cert_sha256) {
    return audit.EventWrong(*approved, "certificate");
  }

  person.organization_type = doc.type();
  person.roles.insert("representative");
  if (rule->role[0] != '\0') person.roles.insert(rule->role);
  person.cert_sha256 = registration.cert_sha256;
  person.since = approved->committed();
  // Sanctions bar sessions, which the documents do not tell of; they are public in the log.
  audit.Take(kRegistration, "fact.recorded", subject);
  return person;
}

absl::StatusOr<Person> VerifyPerson(Audit& audit, const std::string& id) {
  using document::v1::PersonApproval;
  using document::v1::PersonRegistration;
  Person person;
  person.person_id = id;
  person.organization_id = Split(id).organization_id;
  const std::string subject = absl::StrCat("people/", id);
  const std::string dir = PersonDir(id);
  const std::string registration_file = dir + "registration.json";
  const std::string approval_file = dir + "approval.json";
  const auto representative = audit.people.find(absl::StrCat(person.organization_id, ".1"));
  if (representative == audit.people.end()) {
    return Wrong("SIGNER_UNKNOWN", approval_file,
                 "the bundle lacks the organisation's registration");
  }

  ASSIGN_OR_RETURN(const std::string* content, audit.files.Read(registration_file));
  const std::string sha256 = HexEncode(crypto::Sha256(*content));
  const LoggedEntry* registered =
      Find(audit, "person.registered", subject, [&](const event::v1::Event& e) {
        return e.person_registered().registration_sha256() == sha256;
      });
  if (registered == nullptr) return NotLogged(registration_file, "registration");
  ASSIGN_OR_RETURN(const auto registration,
                   audit.OpenBy<PersonRegistration>({dir + "registration", "person.registration",
                                                     registered->received(), /*signer_id=*/"",
                                                     /*cert_sha256=*/""}));
  const PersonRegistration& doc = registration.doc;
  const auto& r = registered->event.person_registered();
  if (doc.organization_id() != person.organization_id) {
    return Wrong("ORGANIZATION_MISMATCH", registration_file,
                 "the registration is for another organisation");
  }
  if (r.person_id() != id || r.organization_id() != person.organization_id) {
    return audit.EventWrong(*registered, "person");
  }

  ASSIGN_OR_RETURN(const LoggedEntry* approved,
                   audit.TakeOne(kRegistration, "person.approved", subject));
  if (approved == nullptr || approved->seq() < registered->seq()) {
    return NotLogged(approval_file, "approval");
  }
  ASSIGN_OR_RETURN(const auto approval,
                   audit.OpenBy<PersonApproval>(
                       {dir + "approval", "person.approval", approved->received(),
                        representative->second.person_id, representative->second.cert_sha256}));
  if (approval.doc.person_id() != id || approval.doc.registration_sha256() != sha256) {
    return Wrong("APPROVAL_MISMATCH", approval_file, "the approval is of another registration");
  }
  if (representative->second.since > approved->committed()) {
    return Wrong("SIGNER_NOT_YET_BOUND", approval_file,
                 "the representative approved before the organisation was approved");
  }
  person.roles.insert(doc.roles().begin(), doc.roles().end());
  person.organization_type = representative->second.organization_type;
  person.cert_sha256 = registration.cert_sha256;
  person.since = approved->committed();
  if (!doc.encryption_certificate().empty()) {
    const std::string file = dir + "agree.der";
    ASSIGN_OR_RETURN(const std::string* der, audit.files.Read(file));
    if (*der != doc.encryption_certificate()) {
      return Wrong("CERTIFICATE_MISMATCH", file, "not the certificate that was registered");
    }
    RETURN_IF_ERROR(WrongAt(file, audit.signatures->VerifyAgreement(*der, registered->received())));
    person.encryption_cert_sha256 = HexEncode(crypto::Sha256(*der));
    ++audit.report.certificates;
  }
  const auto& a = approved->event.person_approved();
  if (a.person_id() != id || a.organization_id() != person.organization_id) {
    return audit.EventWrong(*approved, "person");
  }
  if (!std::equal(a.roles().begin(), a.roles().end(), doc.roles().begin(), doc.roles().end())) {
    return audit.EventWrong(*approved, "roles");
  }
  if (a.cert_sha256() != person.cert_sha256 ||
      a.encryption_cert_sha256() != person.encryption_cert_sha256) {
    return audit.EventWrong(*approved, "certificate");
  }
  if (a.registration_sha256() != sha256) return audit.EventWrong(*approved, "registration");
  if (a.approval_sha256() != approval.sha256) return audit.EventWrong(*approved, "approval");
  return person;
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
      RETURN_IF_ERROR(CheckCertificate(audit, id, person));
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
