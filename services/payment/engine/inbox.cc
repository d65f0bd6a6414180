// What waits for suppliers, paymasters and banks.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/strip.h"
#include "common/status/macros.h"
#include "procurement/acts/payment_id.h"
#include "services/kit/event.h"
#include "services/payment/engine/payment_engine.h"
#include "services/payment/store/payment_store.h"

namespace jodal::payment {

absl::StatusOr<std::optional<kit::Inbox::Case>> PaymentEngine::CaseOf(
    const kit::Inbox::Logged& logged, kit::Calendar& calendar) const {
  std::optional<kit::Inbox::Case> out;
  absl::string_view supplier = logged.entry.subject();
  if (absl::ConsumePrefix(&supplier, kit::OrganizationName(""))) {
    RETURN_IF_ERROR(context_.ledger->View(
        ledger::ShardOf(supplier), [&](const kv::Reader& reader) -> absl::Status {
          ASSIGN_OR_RETURN(const auto record, FindAccount(reader, supplier));
          out = {std::string(supplier), {}};
          if (record.has_value()) out->waiting = procurement::WaitingIn(record->account());
          return absl::OkStatus();
        }));
    return out;
  }
  const size_t slash = logged.entry.subject().rfind('/');
  if (slash == std::string::npos) return out;
  const std::string id = logged.entry.subject().substr(slash + 1);
  const auto name = procurement::ParsePaymentId(id);
  if (!name.has_value()) return out;
  std::optional<std::string> of;
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(name->contract_id), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(of, FindSupplier(reader, name->contract_id));
        return absl::OkStatus();
      }));
  if (!of.has_value()) return out;
  std::optional<PaymentRecord> record;
  RETURN_IF_ERROR(
      context_.ledger->View(ledger::ShardOf(*of), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(record, FindPayment(reader, {*of, name->contract_id}, name->sequence));
        return absl::OkStatus();
      }));
  if (!record.has_value()) return out;
  const v1::Payment& payment = record->payment().payment();
  procurement::Holidays holidays;
  // Once it is claimed, working days count.
  if (payment.state() != v1::Payment::PAYABLE && payment.state() != v1::Payment::SETTLED) {
    ASSIGN_OR_RETURN(const auto facts, calendar.HolidayFacts());
    holidays = procurement::HolidaysOf(facts);
  }
  out = {id, procurement::WaitingIn(record->payment(), holidays)};
  return out;
}

}  // namespace jodal::payment
