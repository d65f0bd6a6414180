// What may be reported as delivered and what may be accepted of it. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_DELIVERY_H_
#define JODAL_PROCUREMENT_ACTS_DELIVERY_H_

#include <cstdint>

#include "absl/status/status.h"

namespace jodal::procurement {

// How far a contract is. Amounts in minor units of its currency.
struct Progress {
  int64_t contract_amount = 0;
  int64_t accepted_amount = 0;  // <= contract_amount
  int deliveries = 0;           // reported so far, rejected ones included
  bool uninspected = false;     // the last of them
};

struct Report {
  int delivery = 0;
  int64_t amount = 0;
  bool final = false;
};

// In this order: DELIVERY_AMOUNT_INVALID, DELIVERY_UNINSPECTED, DELIVERY_NUMBER,
// TOO_MANY_DELIVERIES, DELIVERY_AMOUNT_EXCEEDED, DELIVERY_MUST_BE_FINAL (a delivery of all that
// remains: after it no other could be reported and the contract would never complete). A final
// delivery may be of less than what remains.
absl::Status CheckReport(const Progress& progress, const Report& report);

struct Inspection {
  bool accepted = false;
  int64_t amount = 0;  // accepted value; 0 if rejected
  int64_t reported_amount = 0;
};
// INSPECTION_AMOUNT_INVALID.
absl::Status CheckInspection(const Inspection& inspection);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_DELIVERY_H_
