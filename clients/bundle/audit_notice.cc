// Chapter: the notice. Every version was signed by an officer of the agency, approved by another
// person, chained to the one before and published as it is; it was lawful on the day on which it
// was put in force, and its committee is who the notice says.
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/pki/certificate.h"
#include "procurement/notice/committee.h"
#include "procurement/notice/headline.h"
#include "procurement/notice/review.h"

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

// What the people chapter knows of a member, in the terms of the rule that the publication went by.
absl::StatusOr<procurement::MemberFacts> FactsOf(Audit& audit, const std::string& person_id,
                                                 const std::string& file) {
  ASSIGN_OR_RETURN(const Person* person, audit.FindPerson(person_id, file));
  procurement::MemberFacts facts;
  facts.active = true;  // bound by a registration that was approved
  facts.committee_role = person->roles.count("committee") != 0;
  facts.organization_id = person->organization_id;
  facts.encryption_cert_sha256 = person->encryption_cert_sha256;
  const std::string agreement = PersonDir(person_id) + "agree.der";
  if (!audit.files.Has(agreement)) return facts;
  ASSIGN_OR_RETURN(const std::string* der, audit.files.Read(agreement));
  const auto certificate = pki::Certificate::FromDer(*der);
  if (certificate.ok()) facts.encryption_spki = certificate->spki_der();
  return facts;
}

// Names the first violation; metadata "violations" has the codes of all.
absl::Status Unlawful(const std::vector<procurement::Violation>& violations,
                      const std::string& file) {
  std::vector<std::string> codes;
  const procurement::Violation* first = nullptr;
  for (const procurement::Violation& v : violations) {
    if (v.severity != procurement::Severity::kError) continue;
    if (first == nullptr) first = &v;
    codes.push_back(v.code);
  }
  if (first == nullptr) return absl::OkStatus();
  return Wrong(first->code, file,
               absl::StrCat("the notice was not lawful: ", first->field, " \"", first->value,
                            "\" must be ", first->rule),
               {{"field", first->field},
                {"source", first->source},
                {"violations", absl::StrJoin(codes, ",")}});
}

// The law of the day on which the notice was put in force, by the rule that the service went by.
// The day is that of the approval: what the log says it received, not what the notice says.
absl::Status CheckLawful(Audit& audit, const document::v1::Notice& notice,
                         const LoggedEntry& published, absl::Time approved,
                         const std::string& file) {
  procurement::NoticeReview review;
  ASSIGN_OR_RETURN(review.holidays, HolidaysKnownTo(audit, published, approved));
  review.bid_log_origin = audit.logs.at("bidding").identity.origin;
  review.training = audit.training;
  review.now = approved;
  if (!audit.notices.empty()) {
    ASSIGN_OR_RETURN(const Window in_force, WindowOf(audit));
    review.in_force = procurement::NoticeReview::InForce{audit.first_published, in_force.deadline};
  }
  std::vector<procurement::Violation> violations = procurement::ReviewNotice(notice, review);
  const procurement::Committee committee = procurement::CommitteeOf(notice);
  for (size_t at = 0; at < committee.members.size(); ++at) {
    const procurement::CommitteeMember& member = committee.members[at];
    ASSIGN_OR_RETURN(const auto facts, FactsOf(audit, member.person_id, file));
    for (auto& v : procurement::CheckMember(member, at, notice.agency_id(), facts)) {
      violations.push_back(std::move(v));
    }
  }
  return Unlawful(violations, file);
}

absl::Status CheckBoxCreated(Audit& audit, const LoggedEntry& entry,
                             const sdk::PublishedNotice& notice) {
  const auto& box = entry.event.box_created();
  if (box.notice_version() != notice.notice.notice_version()) {
    return audit.EventWrong(entry, "notice version");
  }
  if (box.notice_hash() != notice.hash_hex()) return audit.EventWrong(entry, "notice hash");
  if (box.stage() != 1 || box.round() != notice.notice.round()) {
    return audit.EventWrong(entry, "stage");
  }
  if (box.deadline() != notice.notice.stages(0).deadline()) {
    return audit.EventWrong(entry, "deadline");
  }
  if (box.quorum() != notice.notice.quorum() || box.members() != notice.notice.committee_size()) {
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
  event::v1::NoticePublished headline = event;
  procurement::CopyHeadline(doc, &headline);
  headline.set_round(doc.round());
  if (headline.SerializeAsString() != event.SerializeAsString()) {
    return audit.EventWrong(entry, "headline");
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
  auto parsed = sdk::PublishedNotice::Parse(notice.document);
  if (!parsed.ok()) return WrongAt(file, parsed.status());
  RETURN_IF_ERROR(CheckPublished(audit, published, *parsed, approval.sha256));
  RETURN_IF_ERROR(CheckLawful(audit, doc, published, approved->received(), file));
  if (audit.notices.empty()) audit.first_published = approved->received();
  audit.notices.push_back(*std::move(parsed));
  return absl::OkStatus();
}

// Of all lots: "verifiable", or "entered" if the prices of any were made elsewhere.
std::string PriceSources(const document::v1::Notice& notice) {
  for (const document::v1::Lot& lot : notice.lots()) {
    if (lot.price_source() != notice.lots(0).price_source()) return "entered";
  }
  return notice.lots(0).price_source();
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
  audit.report.price_source = PriceSources(audit.notice().notice);
  audit.report.lots = audit.notice().notice.lots_size();
  audit.report.state = "PUBLISHED";
  return absl::OkStatus();
}

}  // namespace jodal::bundle
