#include "clients/bundle/verify.h"

#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/config/log_origin.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/pki/certificate.h"
#include "jodal/bundle/v1/bundle.pb.h"
#include "procurement/documents/read.h"

namespace jodal::bundle {
namespace {

// What the bundle says it is. Nothing rests on it: every chapter compares with its own.
absl::Status ReadHead(Audit& audit) {
  const std::string file = NoticeBase(1) + ".json";
  ASSIGN_OR_RETURN(const std::string* content, audit.files.Read(file));
  const auto notice = procurement::ReadDocument<document::v1::Notice>(*content);
  if (!notice.ok()) return WrongAt(file, notice.status());
  audit.system = notice->system();
  audit.tender_id = notice->tender_id();
  const auto log = audit.trust.logs.find("bidding");
  audit.training =
      log != audit.trust.logs.end() &&
      log->second.origin ==
          config::LogOrigin({.system = audit.system, .training = true, .service = "bidding"});
  audit.report.system = audit.system;
  audit.report.training = audit.training;
  audit.report.tender_id = audit.tender_id;
  return absl::OkStatus();
}

absl::Status VerifyManifest(Audit& audit) {
  ASSIGN_OR_RETURN(const std::string* given, audit.files.Read(kManifestFile));
  v1::Manifest stated;
  if (document::ParseStrictJson(*given, &stated).ok() && stated.format() != kFormat) {
    return Wrong("BUNDLE_FORMAT", kManifestFile,
                 absl::StrCat("the bundle is of format \"", stated.format(), "\", not ", kFormat),
                 {{"format", stated.format()}});
  }
  RETURN_IF_ERROR(ReadHead(audit));
  const auto derived =
      MakeManifest({audit.system, audit.training, audit.tender_id}, audit.files.all());
  if (!derived.ok()) {
    return Wrong("BUNDLE_UNKNOWN_FILE", kManifestFile, "a file has a name that is not UTF-8");
  }
  audit.report.files = static_cast<int>(audit.files.all().size());
  for (const auto& [path, bytes] : audit.files.all()) {
    audit.report.bytes += static_cast<int64_t>(bytes.size());
  }
  if (*given == *derived) return absl::OkStatus();
  // Which file is it? Its line in the manifest tells, without any trust in the rest.
  size_t at = 0;  // its lines are in the order of the paths
  for (const auto& [path, bytes] : audit.files.all()) {
    if (path == kManifestFile) continue;
    const std::string name = absl::StrCat("{\"path\":\"", path, "\",");
    const std::string size = bytes.empty() ? "" : absl::StrCat("\"size\":", bytes.size(), ",");
    const std::string line =
        absl::StrCat(name, size, "\"sha256\":\"", HexEncode(crypto::Sha256(bytes)), "\"}");
    at = given->find(name, at);
    if (at == std::string::npos) {
      return Wrong("BUNDLE_UNKNOWN_FILE", path, "the manifest does not name this file");
    }
    if (given->compare(at, line.size(), line) != 0) {
      return Wrong("BUNDLE_FILE_ALTERED", path, "the file is not the one that the manifest names");
    }
  }
  return Wrong("MANIFEST_MISMATCH", kManifestFile,
               "the manifest is not that of these files; one may be missing");
}

// Evidence is named after its digest; what it proves shows when signatures are judged by it.
absl::Status ReadEvidence(Audit& audit) {
  std::vector<std::string> evidence;
  for (const std::string& name : audit.files.Children("evidence/")) {
    const std::string file = absl::StrCat("evidence/", name);
    ASSIGN_OR_RETURN(const std::string* bytes, audit.files.Read(file));
    const bool certificate = pki::Certificate::FromDer(*bytes).ok();
    if (name != absl::StrCat(HexEncode(crypto::Sha256(*bytes)), certificate ? ".cer" : ".crl")) {
      return Wrong("EVIDENCE_MISMATCH", file, "the file is not what its name says");
    }
    evidence.push_back(*bytes);
  }
  auto trust = pki::TrustStore::FromEvidence(audit.trust.anchors, evidence);
  if (ErrorReason(trust.status()) == "TRUST_EVIDENCE_INVALID" ||
      ErrorReason(trust.status()) == "TRUST_CRL_INVALID") {
    return WrongAt("evidence", trust.status());
  }
  RETURN_IF_ERROR(trust.status());
  audit.signatures = std::make_unique<EvidenceVerifier>(*std::move(trust));
  return absl::OkStatus();
}

// Everything in the bundle has served to prove something.
absl::Status VerifyNothingElse(Audit& audit) {
  for (const auto& [service, log] : audit.logs) {
    for (const LoggedEntry& entry : log.entries) {
      if (entry.used) continue;
      return Wrong("ENTRY_UNEXPECTED", audit.LogFile(entry),
                   absl::StrCat("nothing in the bundle accounts for entry ", entry.seq(), " (",
                                entry.head.type(), ")"),
                   {{"seq", absl::StrCat(entry.seq())}});
    }
  }
  for (auto& [id, person] : audit.people) {
    if (!person.used) continue;
    const auto representative = audit.people.find(person.organization_id + ".1");
    if (representative != audit.people.end()) representative->second.used = true;
  }
  for (const auto& [id, person] : audit.people) {
    if (!person.used) {
      return Wrong("PERSON_UNRELATED", PersonDir(id) + "registration.json",
                   "the person has signed nothing in this tender");
    }
  }
  std::set<std::string> needed = audit.signatures->used();
  for (const std::string& anchor : audit.trust.anchors) {
    ASSIGN_OR_RETURN(const pki::Certificate certificate, pki::Certificate::FromBytes(anchor));
    needed.erase(HexEncode(certificate.sha256()));
  }
  for (const std::string& name : audit.files.Children("evidence/")) {
    if (needed.count(name.substr(0, name.find('.'))) == 0) {
      return Wrong("BUNDLE_UNKNOWN_FILE", absl::StrCat("evidence/", name),
                   "no signature needs this evidence");
    }
  }
  const std::string unread = audit.files.FirstUnread();
  if (!unread.empty()) {
    return Wrong("BUNDLE_UNKNOWN_FILE", unread, "nothing in the bundle accounts for this file");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Report> VerifyBundle(const std::string& dir, const Trust& trust) {
  Audit audit;
  ASSIGN_OR_RETURN(audit.files, Files::Load(dir));
  audit.trust = trust;
  RETURN_IF_ERROR(VerifyManifest(audit));
  RETURN_IF_ERROR(VerifyLogs(audit));
  RETURN_IF_ERROR(ReadEvidence(audit));
  RETURN_IF_ERROR(VerifyPeople(audit));
  RETURN_IF_ERROR(VerifyFacts(audit));
  RETURN_IF_ERROR(VerifyNotice(audit));
  RETURN_IF_ERROR(VerifyBids(audit));
  RETURN_IF_ERROR(VerifyOpening(audit));
  RETURN_IF_ERROR(VerifyResult(audit));
  RETURN_IF_ERROR(VerifyAward(audit));
  RETURN_IF_ERROR(VerifyContract(audit));
  RETURN_IF_ERROR(VerifyPayment(audit));
  RETURN_IF_ERROR(VerifyNothingElse(audit));
  audit.report.signatures = audit.signatures->signatures();
  return audit.report;
}

}  // namespace jodal::bundle
