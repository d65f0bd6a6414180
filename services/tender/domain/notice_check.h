// Shape rules of a notice: amounts, rates, rule set and committee. Pure and thread-safe.
#ifndef JODAL_SERVICES_TENDER_DOMAIN_NOTICE_CHECK_H_
#define JODAL_SERVICES_TENDER_DOMAIN_NOTICE_CHECK_H_

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/tender/domain/evaluation.h"
#include "services/tender/domain/violation.h"
#include "services/tender/rules/rule_sets.h"

namespace jodal::tender {

struct CommitteeMember {
  int index = 0;  // 1..n, the x of the member's share
  bool outside_agency = false;
};

struct Committee {
  int quorum = 0;  // k
  std::vector<CommitteeMember> members;
};

struct NoticeInput {
  std::string rule_set_id;
  rules::Regime regime = rules::Regime::kState;
  rules::Kind kind = rules::Kind::kWorks;
  rules::Method method = rules::Method::kQualification;
  NoticeFigures figures;
  absl::CivilDay notice_day;  // Korean civil day of the notice
  Committee committee;
  bool training = false;  // waives the outside member (formats.md 2)
};

// Every violation, in a fixed order. Errors: PRESUMED_PRICE_OUT_OF_RANGE, BASE_OUT_OF_RANGE,
// BASE_TOO_SMALL, A_VALUE_OUT_OF_RANGE, NET_COST_OUT_OF_RANGE, FLOOR_RATE_OUT_OF_RANGE,
// FLOOR_RATE_PRECISION, RULE_SET_UNKNOWN, RULE_SET_MISMATCH, RULE_SET_NOT_IN_FORCE,
// COMMITTEE_SIZE, COMMITTEE_QUORUM, COMMITTEE_INDEXES, COMMITTEE_NO_OUTSIDE_MEMBER. Warnings:
// FLOOR_RATE_DIFFERS (from the tables' proposal), NO_FLOOR_RATE_PROPOSAL.
std::vector<Violation> CheckNotice(const NoticeInput& input);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_DOMAIN_NOTICE_CHECK_H_
