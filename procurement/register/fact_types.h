// The types of facts that the register takes, one row each: whom they are about, what their value
// may be, how long they may last. Constant data.
#ifndef JODAL_PROCUREMENT_REGISTER_FACT_TYPES_H_
#define JODAL_PROCUREMENT_REGISTER_FACT_TYPES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace jodal::procurement {

// The country whose law and calendar this library knows.
inline constexpr char kCountry[] = "KR";
inline constexpr char kCountryName[] = "countries/KR";  // as the subject of log entries

inline constexpr char kHolidayFact[] = "holiday";
inline constexpr char kSanctionFact[] = "sanction";

enum class FactSubject { kCountry, kOrganization };

// A value of a closed list.
struct FactWord {
  absl::string_view id;
  absl::string_view ko;
  absl::string_view en;
  absl::string_view article;
};

struct FactType {
  absl::string_view id;
  absl::string_view ko;
  absl::string_view en;
  absl::string_view article;
  FactSubject subject;
  absl::Span<const FactWord> words;  // the values that there are; empty: any text
  bool whole_days;                   // begins and ends at midnight in Korea
  bool evidence;                     // rests on a paper, whose digest must be given
  int years_max;                     // longest period, which then has an end; 0: any, or none
};

absl::Span<const FactType> FactTypes();  // by id
// Null if there is none of this id.
const FactType* FindFactType(absl::string_view id);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_REGISTER_FACT_TYPES_H_
