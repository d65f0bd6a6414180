// One broken rule of a notice, for people and programs.
#ifndef JODAL_PROCUREMENT_RULES_VIOLATION_H_
#define JODAL_PROCUREMENT_RULES_VIOLATION_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace jodal::procurement {

// Every code that a violation of a notice has, beside the reasons of errors.
inline constexpr absl::string_view kViolationCodes[] = {
    "AGENCY_MISMATCH",
    "ATTACHMENT_INVALID",
    "A_VALUE_OUT_OF_RANGE",
    "BASE_OUT_OF_RANGE",
    "BASE_TOO_SMALL",
    "COMMITTEE_INDEXES",
    "COMMITTEE_KEY",
    "COMMITTEE_MEMBER_CERTIFICATE",
    "COMMITTEE_MEMBER_KEY",
    "COMMITTEE_MEMBER_NOT_ACTIVE",
    "COMMITTEE_MEMBER_ORGANIZATION",
    "COMMITTEE_MEMBER_REPEATED",
    "COMMITTEE_MEMBER_ROLE",
    "COMMITTEE_MEMBER_UNKNOWN",
    "COMMITTEE_NO_OUTSIDE_MEMBER",
    "COMMITTEE_OUTSIDE_FLAG",
    "COMMITTEE_QUORUM",
    "COMMITTEE_SIZE",
    "CORRECTION_AFTER_DEADLINE",
    "CORRECTION_TOO_SHORT",
    "CURRENCY_NOT_SUPPORTED",
    "DEADLINE_NOT_WORKING_DAY",
    "DEADLINE_OUTSIDE_HOURS",
    "ENTERED_PRICES_COMMITMENT",
    "FIELD_MISSING",
    "FIELD_TEXT",
    "FIELD_TOO_LONG",
    "FLOOR_RATE_DIFFERS",
    "FLOOR_RATE_OUT_OF_RANGE",
    "FLOOR_RATE_PRECISION",
    "ITEM_INVALID",
    "LOG_ORIGIN_MISMATCH",
    "NET_COST_OUT_OF_RANGE",
    "NOTICE_FIELD_INVALID",
    "NOTICE_PERIOD_TOO_SHORT",
    "NO_FLOOR_RATE_PROPOSAL",
    "OPENING_TOO_EARLY",
    "PARAMETER_INVALID",
    "PRESUMED_PRICE_OUT_OF_RANGE",
    "PRICE_SOURCE_INVALID",
    "QUESTIONS_AFTER_DEADLINE",
    "ROUND_INVALID",
    "RULE_SET_MISMATCH",
    "RULE_SET_NOT_IN_FORCE",
    "RULE_SET_UNKNOWN",
    "STAGES_MISMATCH",
    "WINDOW_BEFORE_NOTICE",
    "WINDOW_TOO_SHORT",
};

// One of kViolationCodes; the compiler refuses another.
class ViolationCode {
 public:
  consteval ViolationCode(const char* code) : code_(code) {  // NOLINT: literals become codes
    for (absl::string_view known : kViolationCodes) {
      if (known == code_) return;
    }
    TheCodeIsNotInTheList();
  }
  operator std::string() const { return std::string(code_); }  // NOLINT: codes are texts

 private:
  static void TheCodeIsNotInTheList();

  absl::string_view code_;
};

enum class Severity { kError, kWarning };

struct Violation {
  std::string code;  // UPPER_SNAKE, stable
  // Path of a field of jodal.document.v1.Notice: names as in the proto, "[i]" from 0 for an
  // element: "lots[0].base_amount",
  // "committee[2].spki". Tests resolve every one of them in the descriptor.
  std::string field;
  std::string value;   // what it is
  std::string rule;    // what it must be
  std::string source;  // law article, docs/rules-kr.md 6; "" where the rule is Jodal's own
  Severity severity = Severity::kError;
};

inline bool HasErrors(const std::vector<Violation>& violations) {
  for (const Violation& v : violations) {
    if (v.severity == Severity::kError) return true;
  }
  return false;
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_RULES_VIOLATION_H_
