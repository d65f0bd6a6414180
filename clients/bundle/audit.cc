#include "clients/bundle/audit.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"

namespace jodal::bundle {
namespace {

// The string field `name` of `doc`, "" if the message has none.
std::string TextOf(const google::protobuf::Message& doc, const char* name) {
  const auto* field = doc.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? "" : doc.GetReflection()->GetString(doc, field);
}

}  // namespace

void EvidenceVerifier::Note(const pki::Verdict& verdict) {
  for (const std::string& digest : verdict.evidence_sha256) {
    if (digest != verdict.signer_cert_sha256) used_.insert(HexEncode(digest));
  }
}

absl::StatusOr<document::VerifiedSignature> EvidenceVerifier::Verify(absl::string_view content,
                                                                     absl::string_view signature,
                                                                     absl::Time at) {
  const pki::Verdict verdict = verifier_.Verify(content, signature, at);
  if (!verdict.passed()) {
    refused_cert_sha256_ = HexEncode(verdict.signer_cert_sha256);
    return MakeError(absl::StatusCode::kFailedPrecondition, "SIGNATURE_REFUSED",
                     absl::StrCat("the signature is not valid: ", verdict.explanation),
                     {{"indication", std::string(pki::IndicationName(verdict.indication))},
                      {"sub_indication", verdict.sub_indication},
                      {"check", verdict.check}});
  }
  Note(verdict);
  ++signatures_;
  document::VerifiedSignature out;
  out.cert_sha256 = HexEncode(verdict.signer_cert_sha256);
  return out;
}

absl::Status EvidenceVerifier::VerifyAgreement(absl::string_view der, absl::Time at) {
  const pki::Verdict verdict =
      verifier_.VerifyCertificate(der, at, pki::CertificatePurpose::kKeyAgreement);
  if (!verdict.passed()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "CERTIFICATE_REFUSED",
                     absl::StrCat("the encryption certificate is not valid: ", verdict.explanation),
                     {{"check", verdict.check}});
  }
  Note(verdict);
  return absl::OkStatus();
}

std::vector<LoggedEntry*> Audit::Take(const std::string& service, absl::string_view type,
                                      absl::string_view subject) {
  std::vector<LoggedEntry*> out;
  const auto log = logs.find(service);
  if (log == logs.end()) return out;
  const auto found = log->second.by_subject.find({std::string(type), std::string(subject)});
  if (found == log->second.by_subject.end()) return out;
  for (const size_t at : found->second) {
    log->second.entries[at].used = true;
    out.push_back(&log->second.entries[at]);
  }
  return out;
}

absl::StatusOr<LoggedEntry*> Audit::TakeOne(const std::string& service, absl::string_view type,
                                            absl::string_view subject) {
  const auto entries = Take(service, type, subject);
  if (entries.size() > 1) {
    return Wrong("ENTRY_REPEATED", LogFile(*entries[1]), absl::StrCat("a second ", type),
                 {{"seq", absl::StrCat(entries[1]->seq())}});
  }
  return entries.empty() ? nullptr : entries[0];
}

std::string Audit::TenderSubject() const { return absl::StrCat("tenders/", tender_id); }

std::string Audit::LogFile(const LoggedEntry& entry) const {
  return absl::StrCat(LogDir(entry.service), "entries.jsonl");
}

absl::Status Audit::EventWrong(const LoggedEntry& entry, absl::string_view field) const {
  return Wrong("EVENT_MISMATCH", LogFile(entry),
               absl::StrCat("entry ", entry.seq(), " (", entry.head.type(), ") says another ",
                            field, " than the documents"),
               {{"seq", absl::StrCat(entry.seq())}, {"field", std::string(field)}});
}

absl::Status Audit::OpenAs(const Asked& asked, google::protobuf::Message* doc, ActBase* act) {
  const std::string file = asked.base + ".json";
  ASSIGN_OR_RETURN(const std::string* content, files.Read(file));
  ASSIGN_OR_RETURN(const std::string* signature, files.Read(asked.base + ".p7s"));
  act->document.set_content(*content);
  act->document.set_signature(*signature);
  document::Expected expected;
  expected.kind = std::string(asked.kind);
  expected.system = system;
  expected.signer_id = asked.signer_id;
  expected.cert_sha256 = asked.cert_sha256;
  expected.at = asked.at;
  auto opened = document::OpenDocument(*signatures, act->document, expected, doc);
  if (!opened.ok()) {
    const bool by_signature = ErrorReason(opened.status()) == "SIGNATURE_REFUSED";
    return WrongAt(by_signature ? asked.base + ".p7s" : file, opened.status());
  }
  act->sha256 = HexEncode(crypto::Sha256(*content));
  act->cert_sha256 = opened->cert_sha256;
  if (doc->GetDescriptor()->FindFieldByName("tender_id") != nullptr &&
      TextOf(*doc, "tender_id") != tender_id) {
    return Wrong("TENDER_MISMATCH", file, "the document is about another tender");
  }
  return absl::OkStatus();
}

absl::Status Audit::OpenRegistered(Asked asked, google::protobuf::Message* doc, ActBase* act) {
  const std::string file = asked.base + ".json";
  ASSIGN_OR_RETURN(const std::string* content, files.Read(file));
  RETURN_IF_ERROR(WrongAt(file, document::ParseStrictJson(*content, doc)));
  asked.signer_id = TextOf(*doc, "signer");
  ASSIGN_OR_RETURN(act->by, FindPerson(asked.signer_id, file));
  if (act->by->since > asked.at + kClockSkew) {
    return Wrong("SIGNER_NOT_YET_BOUND", file,
                 "the signer's certificate was registered after the document was received",
                 {{"person", asked.signer_id}});
  }
  asked.cert_sha256 = act->by->cert_sha256;
  return OpenAs(asked, doc, act);
}

absl::StatusOr<const Person*> Audit::FindPerson(const std::string& id, absl::string_view file) {
  const auto it = people.find(id);
  if (it == people.end()) {
    return Wrong("SIGNER_UNKNOWN", file,
                 absl::StrCat("the bundle has no registration of the person \"", id, "\""),
                 {{"person", id}});
  }
  it->second.used = true;
  return &it->second;
}

absl::Status Audit::CheckCapacity(const Person& person, const Capacity& capacity,
                                  absl::string_view file) const {
  if (!capacity.organization_id.empty() && person.organization_id != capacity.organization_id) {
    return Wrong("SIGNER_ORGANIZATION", file,
                 absl::StrCat("it takes a person of ", capacity.organization_id),
                 {{"person", person.person_id}});
  }
  if (!capacity.role.empty() && person.roles.count(std::string(capacity.role)) == 0) {
    return Wrong("SIGNER_ROLE", file, absl::StrCat("it takes the role ", capacity.role),
                 {{"person", person.person_id}});
  }
  return absl::OkStatus();
}

absl::Status Audit::CheckDerived(const std::string& path, const google::protobuf::Message& message,
                                 absl::string_view reason) {
  ASSIGN_OR_RETURN(const std::string* bytes, files.Read(path));
  ASSIGN_OR_RETURN(const std::string derived, document::ToCanonicalJson(message));
  if (*bytes == derived) return absl::OkStatus();
  return Wrong(reason, path, "it is not what follows from the signed documents and the log");
}

}  // namespace jodal::bundle
