// One broken rule of a notice, for people and programs.
#ifndef JODAL_PROCUREMENT_NOTICE_VIOLATION_H_
#define JODAL_PROCUREMENT_NOTICE_VIOLATION_H_

#include <string>
#include <vector>

namespace jodal::procurement {

enum class Severity { kError, kWarning };

struct Violation {
  std::string code;    // UPPER_SNAKE, stable
  std::string field;   // field of the notice, snake_case
  std::string value;   // what it is
  std::string rule;    // what it must be
  std::string source;  // law article or format note
  Severity severity = Severity::kError;
};

inline bool HasErrors(const std::vector<Violation>& violations) {
  for (const Violation& v : violations) {
    if (v.severity == Severity::kError) return true;
  }
  return false;
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_VIOLATION_H_
