// The services of an installation, one row each. Whatever needs all of them reads this table; no
// other place lists them (tests/tidy/services_test.cc).
#ifndef JODAL_PROCUREMENT_SERVICES_H_
#define JODAL_PROCUREMENT_SERVICES_H_

#include "absl/strings/string_view.h"

namespace jodal::procurement {

struct Service {
  absl::string_view name;     // "tender": of its folder, program, log, keys and certificate
  absl::string_view follows;  // the service whose log it follows; "" if it follows none
  bool keeps_store;           // and with it a log and keys. Without, it acts for its users only
  bool quoted;                // its log is evidence: an opening bundle quotes it
};

inline constexpr absl::string_view kEveryLog = "*";  // Service::follows of a monitor

// clang-format off
// In the order in which they are started.
inline constexpr Service kServices[] = {
    // name          follows     keeps_store  quoted
    {"signature",    "",         true,        false},
    {"registration", "",         true,        true},
    {"tender",       "bidding",  true,        true},
    {"bidding",      "",         true,        true},
    {"contract",     "tender",   true,        true},
    {"payment",      "contract", true,        true},
    {"tracking",     kEveryLog,  true,        false},
};
// clang-format on

// Null if there is none of that name.
constexpr const Service* FindService(absl::string_view name) {
  for (const Service& service : kServices) {
    if (service.name == name) return &service;
  }
  return nullptr;
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_SERVICES_H_
