// The opening committee of a notice: the one statement of what makes a committee, for the service
// that publishes the notice, the one that makes the bid box, the bidder that seals to it and the
// auditor. Pure and thread-safe. Format: docs/formats.md.
#ifndef JODAL_PROCUREMENT_NOTICE_COMMITTEE_H_
#define JODAL_PROCUREMENT_NOTICE_COMMITTEE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/sealing/sb1.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/rules/violation.h"

namespace jodal::procurement {

struct CommitteeMember {
  int number = 0;  // 1, 2, ..., the x of the member's share
  std::string person_id;
  std::string organization_id;
  std::string cert_sha256;  // hex; of the encryption certificate
  std::string spki;         // DER, named-curve P-256
  bool outside_agency = false;
};

struct Committee {
  int quorum = 0;  // members that it takes to open
  std::vector<CommitteeMember> members;
};

Committee CommitteeOf(const document::v1::Notice& notice);

// Every violation, in a fixed order: COMMITTEE_SIZE unless 3 to 16 members, COMMITTEE_QUORUM unless
// 2 <= quorum < members, COMMITTEE_INDEXES unless numbered 1, 2, ... in order,
// COMMITTEE_MEMBER_REPEATED unless different people with different keys, COMMITTEE_KEY unless keys
// of P-256, COMMITTEE_NO_OUTSIDE_MEMBER unless one is from outside the agency, which a training
// system waives.
std::vector<Violation> CheckCommittee(const Committee& committee, bool training);

// What the registration says about a person whom a notice names.
struct MemberFacts {
  bool active = false;
  bool committee_role = false;
  std::string organization_id;
  std::string encryption_cert_sha256;  // hex; empty: none
  std::string encryption_spki;         // empty: not known
};

// COMMITTEE_MEMBER_UNKNOWN (alone) for nullopt; else _NOT_ACTIVE, _ROLE, _ORGANIZATION,
// _CERTIFICATE, _KEY, COMMITTEE_OUTSIDE_FLAG. `at` is the member's place in the notice, from 0.
std::vector<Violation> CheckMember(const CommitteeMember& member, size_t at,
                                   absl::string_view agency_id,
                                   const std::optional<MemberFacts>& facts);

// The committee in the terms of common/sealing. `notice_hash` has 32 bytes.
sealing::Committee SealingCommittee(const Committee& committee, absl::string_view notice_hash);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_COMMITTEE_H_
