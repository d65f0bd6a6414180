#include "procurement/notice/committee.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/ec.h"
#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

std::string Field(size_t at, absl::string_view name) {
  return absl::StrCat("committee[", at, "].", name);
}

}  // namespace

Committee CommitteeOf(const document::v1::Notice& notice) {
  Committee out;
  out.quorum = notice.quorum();
  for (const auto& m : notice.committee()) {
    out.members.push_back(
        {m.member(), m.person_id(), m.organization_id(), m.cert_sha256(), m.spki(), m.outside()});
  }
  return out;
}

std::vector<Violation> CheckCommittee(const Committee& committee, bool training) {
  std::vector<Violation> out;
  const auto add = [&](ViolationCode code, std::string field, std::string value, std::string rule) {
    out.push_back(
        {code, std::move(field), std::move(value), std::move(rule), "", Severity::kError});
  };
  const int n = static_cast<int>(committee.members.size());
  if (n < kQuorumMin + 1 || n > kCommitteeMax) {
    add("COMMITTEE_SIZE", "committee", absl::StrCat(n), "3 to 16 members");
  }
  if (committee.quorum < kQuorumMin || committee.quorum >= n) {
    add("COMMITTEE_QUORUM", "quorum", absl::StrCat(committee.quorum),
        "2 or more, and fewer than the members");
  }
  if (n > kCommitteeMax) return out;  // nobody needs a thousand more violations
  for (size_t at = 0; at < committee.members.size(); ++at) {
    const CommitteeMember& member = committee.members[at];
    if (member.number != static_cast<int>(at) + 1) {
      add("COMMITTEE_INDEXES", Field(at, "member"), absl::StrCat(member.number),
          "numbered 1, 2, ... in order");
      break;
    }
  }
  std::set<absl::string_view> people;
  std::set<absl::string_view> keys;
  for (size_t at = 0; at < committee.members.size(); ++at) {
    const CommitteeMember& member = committee.members[at];
    const bool new_person = !member.person_id.empty() && people.insert(member.person_id).second;
    const bool new_key = keys.insert(member.spki).second;
    if (!new_person || !new_key) {
      add("COMMITTEE_MEMBER_REPEATED", Field(at, new_person ? "spki" : "person_id"),
          member.person_id, "different people with different keys");
    }
    if (!crypto::P256PointFromSpki(member.spki).ok()) {
      add("COMMITTEE_KEY", Field(at, "spki"), member.person_id, "a named-curve P-256 key");
    }
  }
  const bool outside = std::any_of(committee.members.begin(), committee.members.end(),
                                   [](const CommitteeMember& m) { return m.outside_agency; });
  if (!outside && !training) {
    add("COMMITTEE_NO_OUTSIDE_MEMBER", "committee", "0",
        "at least one member from outside the buying agency");
  }
  return out;
}

std::vector<Violation> CheckMember(const CommitteeMember& member, size_t at,
                                   absl::string_view agency_id,
                                   const std::optional<MemberFacts>& facts) {
  std::vector<Violation> out;
  const auto add = [&](ViolationCode code, std::string field, std::string value, std::string rule) {
    out.push_back(
        {code, std::move(field), std::move(value), std::move(rule), "", Severity::kError});
  };
  if (!facts.has_value()) {
    add("COMMITTEE_MEMBER_UNKNOWN", Field(at, "person_id"), member.person_id,
        "a registered person");
    return out;
  }
  if (!facts->active) {
    add("COMMITTEE_MEMBER_NOT_ACTIVE", Field(at, "person_id"), member.person_id,
        "an approved person");
  }
  if (!facts->committee_role) {
    add("COMMITTEE_MEMBER_ROLE", Field(at, "person_id"), member.person_id,
        "a person with role committee");
  }
  if (facts->organization_id != member.organization_id) {
    add("COMMITTEE_MEMBER_ORGANIZATION", Field(at, "organization_id"), member.organization_id,
        "the person's own");
  }
  if (facts->encryption_cert_sha256.empty() ||
      facts->encryption_cert_sha256 != member.cert_sha256) {
    add("COMMITTEE_MEMBER_CERTIFICATE", Field(at, "cert_sha256"), member.cert_sha256,
        "the registered encryption certificate");
  }
  if (facts->encryption_spki.empty() || facts->encryption_spki != member.spki) {
    add("COMMITTEE_MEMBER_KEY", Field(at, "spki"), member.person_id, "the key of that certificate");
  }
  if (member.outside_agency != (facts->organization_id != agency_id)) {
    add("COMMITTEE_OUTSIDE_FLAG", Field(at, "outside"), member.outside_agency ? "true" : "false",
        "true if and only if the person is not of the buying agency");
  }
  return out;
}

sealing::Committee SealingCommittee(const Committee& committee, absl::string_view notice_hash) {
  sealing::Committee out;
  out.notice_hash = std::string(notice_hash);
  out.k = committee.quorum;
  for (const CommitteeMember& member : committee.members) {
    out.members.push_back({member.number, member.spki});
  }
  return out;
}

}  // namespace jodal::procurement
