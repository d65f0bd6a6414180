// Chapter: the notice. Every version was signed by an officer of the agency, approved by another
// person, chained to the one before and published as it is; the committee is who the notice says.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/pki/certificate.h"

namespace jodal::bundle {
namespace {

constexpr size_t kSha256HexDigits = 64;

// The last of `entries` before `seq`.
const LoggedEntry* LastBefore(const std::vector<LoggedEntry*>& entries, uint64_t seq) {
  const LoggedEntry* out = nullptr;
  for (const LoggedEntry* entry : entries) {
    if (entry->seq() < seq) out = entry;
  }
  return out;
}

absl::Status CheckCommittee(Audit& audit, const sdk::PublishedNotice& notice,
                            const std::string& file) {
  const auto bad = [&](absl::string_view what) { return Wrong("COMMITTEE_MISMATCH", file, what); };
  const auto committee = notice.committee();
  if (!committee.ok()) return WrongAt(file, committee.status());
  const int n = notice.notice.committee_size();
  if (!audit.training && (notice.notice.k() < 2 || notice.notice.k() >= n)) {
    return bad("a committee must have 2 <= k < n");
  }
  bool outside = false;
  std::set<std::string> people;
  for (int at = 0; at < n; ++at) {
    const auto& member = notice.notice.committee(at);
    if (member.i() != at + 1) return bad("the members are not numbered in order");
    if (!people.insert(member.person_id()).second) return bad("a member is named twice");
    ASSIGN_OR_RETURN(const Person* person, audit.FindPerson(member.person_id(), file));
    RETURN_IF_ERROR(audit.CheckCapacity(*person, {"committee", member.organization_id()}, file));
    if (member.outside() != (person->organization_id != notice.notice.agency_id())) {
      return bad("a member is outside who is not, or the other way round");
    }
    outside = outside || member.outside();
    if (person->encryption_cert_sha256 != member.cert_sha256()) {
      return bad("a member's encryption certificate is not the one registered");
    }
    ASSIGN_OR_RETURN(const std::string* der,
                     audit.files.Read(PersonDir(member.person_id()) + "agree.der"));
    const auto certificate = pki::Certificate::FromDer(*der);
    if (!certificate.ok() || certificate->spki_der() != member.spki()) {
      return bad("a member's key is not that of the certificate");
    }
  }
  if (!audit.training && !outside) return bad("no member comes from outside the agency");
  return absl::OkStatus();
}

absl::Status CheckBoxCreated(Audit& audit, const LoggedEntry& entry,
                             const sdk::PublishedNotice& notice) {
  const auto& box = entry.event.box_created();
  if (box.notice_version() != notice.notice.notice_version()) {
    return audit.EventWrong(entry, "notice version");
  }
  if (box.notice_hash() != notice.hash_hex()) return audit.EventWrong(entry, "notice hash");
  if (box.deadline() != notice.notice.deadline()) return audit.EventWrong(entry, "deadline");
  if (box.k() != notice.notice.k() || box.n() != notice.notice.committee_size()) {
    return audit.EventWrong(entry, "committee");
  }
  return absl::OkStatus();
}

absl::Status CheckPublished(Audit& audit, const LoggedEntry& entry,
                            const sdk::PublishedNotice& notice, absl::string_view approval_sha256) {
  const auto& event = entry.event.notice_published();
  const document::v1::Notice& doc = notice.notice;
  if (event.notice_hash() != notice.hash_hex()) return audit.EventWrong(entry, "notice hash");
  if (event.approval_sha256() != approval_sha256) return audit.EventWrong(entry, "approval");
  if (event.previous_notice_hash() != doc.previous_notice_hash()) {
    return audit.EventWrong(entry, "previous notice");
  }
  if (event.agency_id() != doc.agency_id()) return audit.EventWrong(entry, "agency");
  if (event.title() != doc.title()) return audit.EventWrong(entry, "title");
  if (event.bid_start() != doc.bid_start() || event.deadline() != doc.deadline() ||
      event.open_at() != doc.open_at()) {
    return audit.EventWrong(entry, "time");
  }
  return absl::OkStatus();
}

absl::Status VerifyVersion(Audit& audit, const LoggedEntry& published,
                           const std::vector<LoggedEntry*>& submissions,
                           const std::vector<LoggedEntry*>& approvals) {
  const int version = static_cast<int>(audit.notices.size()) + 1;
  const std::string file = NoticeBase(version) + ".json";
  const std::string approval_file = ApprovalBase(version) + ".json";
  if (published.event.notice_published().notice_version() != version) {
    return audit.EventWrong(published, "notice version");
  }
  // The bodies of what happened before the publication are not public; their order is: the notice
  // is the last one submitted before the approval that the publication follows.
  const LoggedEntry* approved = LastBefore(approvals, published.seq());
  const LoggedEntry* submitted =
      approved == nullptr ? nullptr : LastBefore(submissions, approved->seq());
  if (submitted == nullptr) {
    return Wrong("NOTICE_NOT_LOGGED", file, "the log has no submission and approval before it");
  }
  ASSIGN_OR_RETURN(auto notice, audit.Open<document::v1::Notice>(NoticeBase(version), "notice",
                                                                 submitted->received()));
  ASSIGN_OR_RETURN(auto approval,
                   audit.Open<document::v1::NoticeApproval>(
                       ApprovalBase(version), "notice.approval", approved->received()));
  const document::v1::Notice& doc = notice.doc;
  const std::string previous = audit.notices.empty() ? "" : audit.notice().hash_hex();
  if (doc.notice_version() != version || doc.previous_notice_hash() != previous) {
    return Wrong("NOTICE_CHAIN_BROKEN", file, "not the successor of the version before");
  }
  if (!audit.notices.empty() && doc.agency_id() != audit.notice().notice.agency_id()) {
    return Wrong("NOTICE_CHAIN_BROKEN", file, "another agency than before");
  }
  RETURN_IF_ERROR(audit.CheckCapacity(*notice.by, {"officer", doc.agency_id()}, file));
  RETURN_IF_ERROR(audit.CheckCapacity(*approval.by, {"approver", doc.agency_id()}, approval_file));
  if (approval.by == notice.by) {
    return Wrong("FOUR_EYES", approval_file, "the author of a notice cannot approve it");
  }
  if (approval.doc.notice_hash() != notice.sha256) {
    return Wrong("APPROVAL_MISMATCH", approval_file, "the approval is of another notice");
  }
  if (!doc.log_origin().empty() && doc.log_origin() != audit.logs.at("bidding").identity.origin) {
    return Wrong("ORIGIN_MISMATCH", file, "the notice names another log for its bids");
  }
  auto parsed = sdk::PublishedNotice::Parse(notice.document);
  if (!parsed.ok()) return WrongAt(file, parsed.status());
  RETURN_IF_ERROR(CheckPublished(audit, published, *parsed, approval.sha256));
  RETURN_IF_ERROR(CheckCommittee(audit, *parsed, file));
  audit.notices.push_back(*std::move(parsed));
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyNotice(Audit& audit) {
  const std::string subject = audit.TenderSubject();
  ASSIGN_OR_RETURN(const LoggedEntry* created, audit.TakeOne("tender", "tender.created", subject));
  const auto submissions = audit.Take("tender", "notice.submitted", subject);
  const auto approvals = audit.Take("tender", "notice.approved", subject);
  const auto publications = audit.Take("tender", "notice.published", subject);
  const auto boxes = audit.Take("bidding", "box.created", subject);
  if (created == nullptr || publications.empty()) {
    return Wrong("NOTICE_NOT_LOGGED", NoticeBase(1) + ".json", "the log has no such tender");
  }
  audit.seed_commit = publications[0]->event.notice_published().seed_commit();
  if (audit.seed_commit.size() != kSha256HexDigits) {
    return Wrong("SEED_NOT_COMMITTED", audit.LogFile(*publications[0]),
                 "the publication commits to no seed",
                 {{"seq", absl::StrCat(publications[0]->seq())}});
  }
  for (size_t at = 0; at < publications.size(); ++at) {
    if (publications[at]->event.notice_published().seed_commit() != audit.seed_commit) {
      return audit.EventWrong(*publications[at], "seed commitment");
    }
    RETURN_IF_ERROR(VerifyVersion(audit, *publications[at], submissions, approvals));
    if (at >= boxes.size()) {
      return Wrong("BOX_NOT_LOGGED", NoticeBase(static_cast<int>(at) + 1) + ".json",
                   "the log has no bid box for this version");
    }
    RETURN_IF_ERROR(CheckBoxCreated(audit, *boxes[at], audit.notice()));
  }
  if (boxes.size() > publications.size()) {
    return Wrong("ENTRY_UNEXPECTED", audit.LogFile(*boxes.back()),
                 "a bid box for a notice that was not published",
                 {{"seq", absl::StrCat(boxes.back()->seq())}});
  }
  audit.report.notice_versions = static_cast<int>(audit.notices.size());
  audit.report.notice_hash = audit.notice().hash_hex();
  audit.report.title = audit.notice().notice.title();
  audit.report.price_source = audit.notice().notice.price_source();
  audit.report.state = "PUBLISHED";
  return absl::OkStatus();
}

}  // namespace jodal::bundle
