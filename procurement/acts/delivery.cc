#include "procurement/acts/delivery.h"

#include "procurement/acts/contract.h"
#include "procurement/acts/contract_errors.h"

namespace jodal::procurement {

absl::Status CheckReport(const Progress& progress, const Report& report) {
  if (report.amount <= 0) return DeliveryAmountInvalidError();
  if (progress.uninspected) return DeliveryUninspectedError(progress.deliveries);
  if (report.delivery != progress.deliveries + 1) {
    return DeliveryNumberError(progress.deliveries + 1);
  }
  if (report.delivery > kDeliveriesMax) return TooManyDeliveriesError();
  const int64_t remaining = progress.contract_amount - progress.accepted_amount;
  if (report.amount > remaining) return DeliveryAmountExceededError();
  if (report.amount == remaining && !report.final) return DeliveryMustBeFinalError();
  return absl::OkStatus();
}

absl::Status CheckInspection(const Inspection& inspection) {
  const bool fits = inspection.accepted
                        ? inspection.amount > 0 && inspection.amount <= inspection.reported_amount
                        : inspection.amount == 0;
  return fits ? absl::OkStatus() : InspectionAmountInvalidError();
}

}  // namespace jodal::procurement
