// One broken rule of a notice, for people and programs.
#ifndef JODAL_PROCUREMENT_RULES_VIOLATION_H_
#define JODAL_PROCUREMENT_RULES_VIOLATION_H_

#include <string>
#include <vector>

namespace jodal::procurement {

enum class Severity { kError, kWarning };

struct Violation {
  std::string code;  // UPPER_SNAKE, stable
  // Path of a field of jodal.document.v1.Notice: names as in the proto, "[i]" from 0 for an
  // element: "base_amount", "committee[2].i". Tests resolve every one of them in the descriptor.
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
