// Shared by the parts of the tender engine.
#ifndef JODAL_SERVICES_TENDER_ENGINE_INTERNAL_H_
#define JODAL_SERVICES_TENDER_ENGINE_INTERNAL_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/caller.h"
#include "services/tender/store/tender_store.h"

namespace jodal::tender::internal {

inline constexpr size_t kSaltBytes = 16;
inline constexpr char kSystemRole[] = "system";
inline constexpr char kOfficerRole[] = "officer";
inline constexpr char kApproverRole[] = "approver";

bool IsOwn(const store::TenderRecord& record, const rpc::Call& call);
// Published once, or of the caller's agency.
bool IsVisible(const store::TenderRecord& record, const rpc::Call& call);
// Error of IsVisible and IsOwn.
absl::Status CheckOwn(const std::optional<store::TenderRecord>& record, const rpc::Call& call);
// NOT_ALLOWED unless a person with this role.
absl::Status CheckRole(const rpc::Call& call, absl::string_view role);

// The tender as this caller may see it: only its own agency sees a correction that waits.
v1::Tender View(const store::TenderRecord& record, const rpc::Call& call);

// Takes one step of the life cycle. WRONG_STATE.
absl::Status Step(Event event, store::TenderRecord* record);

// A time of a notice that was reviewed before it was stored. DATA_LOSS.
absl::StatusOr<absl::Time> StoredTime(const std::string& text);

void ClearPending(store::TenderRecord* record);

}  // namespace jodal::tender::internal

#endif  // JODAL_SERVICES_TENDER_ENGINE_INTERNAL_H_
