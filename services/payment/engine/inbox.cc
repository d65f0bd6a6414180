// What waits for suppliers, paymasters and banks.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/strip.h"
#include "common/status/macros.h"
#include "services/kit/event.h"
#include "services/payment/domain/account.h"
#include "services/payment/domain/payment_id.h"
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
          ASSIGN_OR_RETURN(const Versions versions, LoadVersions(reader, supplier));
          out = {std::string(supplier), {}};
          if (versions.pending == 0) return absl::OkStatus();
          ASSIGN_OR_RETURN(const AccountRecord record,
                           LoadAccount(reader, {supplier, versions.pending}));
          v1::Account account;
          account.set_supplier_id(record.supplier_id());
          account.set_state(static_cast<v1::Account::State>(StateOf(versions, versions.pending)));
          out->waiting = procurement::WaitingIn(account, record.submitter_id());
          return absl::OkStatus();
        }));
    return out;
  }
  const size_t slash = logged.entry.subject().rfind('/');
  if (slash == std::string::npos) return out;
  const std::string id = logged.entry.subject().substr(slash + 1);
  const auto name = ParsePaymentId(id);
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
  const v1::Payment& payment = record->payment();
  procurement::Holidays holidays;
  // Once it is claimed, working days count.
  if (payment.state() != v1::Payment::PAYABLE && payment.state() != v1::Payment::SETTLED) {
    ASSIGN_OR_RETURN(const auto facts, calendar.HolidayFacts());
    holidays = procurement::HolidaysOf(facts);
  }
  out = {id, procurement::WaitingIn(payment, record->bank_id(), holidays)};
  return out;
}

}  // namespace jodal::payment
