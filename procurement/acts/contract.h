// The life of a contract as a fold over its signed documents. It is formed by three signed messages
// in order, each over the digest of the one before (전자조달법 제9조②). The service runs the fold
// when a document arrives, the auditor and the check of the store run it again over the documents
// that were kept.
//
//   AWARDED -offer-> OFFERED -consent-> CONSENTED -confirmation-> FORMED -inspection-> COMPLETED
//                                                                 |  ^
//                                                                 +--+ reports and inspections
//
// To add an act: its message with option `act` in documents.proto, its type in ContractDocuments,
// its Decide, its row in contract_test.cc. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_CONTRACT_H_
#define JODAL_PROCUREMENT_ACTS_CONTRACT_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/status/macros.h"
#include "jodal/contract/v1/contract.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/act.h"
#include "procurement/acts/contract_errors.h"

namespace jodal::procurement {

// 국가계약법 시행령 제55조: an inspection is done within 14 days of the supplier's notice of
// completion. A later one still counts (the supplier must not lose by the agency's delay), and the
// delivery says `late`.
inline constexpr absl::Duration kInspectionPeriod = absl::Hours(14 * 24);
// How long the winner may take to sign an offer (계약예규 입찰유의서: 10 days).
inline constexpr absl::Duration kSigningPeriod = absl::Hours(10 * 24);
// The highest rate of delay damages, transport, 0.25 % a day (국가계약법 시행규칙 제75조).
inline constexpr int64_t kDelayDamagesPpmPerDayMax = 2500;
// The longest contracts run over several budget years; anything longer is a slip in the date.
inline constexpr int kContractYearsMax = 30;
// All deliveries of a contract lie in one record of at most 100 KB, about 250 bytes each. A payment
// every 30 days over ten years is 122.
inline constexpr int kDeliveriesMax = 200;

// --- What an act does. `contract` is a copy that is thrown away on an error. Decide is called with
// the act allowed in the contract's state; where the act has one state after it, ApplyToContract
// sets that afterwards. Errors are named at the functions in contract.cc.
absl::Status Decide(const document::v1::ContractOffer& offer, const ActFacts& facts,
                    contract::v1::Contract& contract);
absl::Status Decide(const document::v1::ContractConsent& consent, const ActFacts& facts,
                    contract::v1::Contract& contract);
absl::Status Decide(const document::v1::ContractConfirmation& confirmation, const ActFacts& facts,
                    contract::v1::Contract& contract);
absl::Status Decide(const document::v1::ContractRefusal& refusal, const ActFacts& facts,
                    contract::v1::Contract& contract);
absl::Status Decide(const document::v1::ContractWithdrawal& withdrawal, const ActFacts& facts,
                    contract::v1::Contract& contract);
absl::Status Decide(const document::v1::ContractTermination& termination, const ActFacts& facts,
                    contract::v1::Contract& contract);
absl::Status Decide(const document::v1::DeliveryReport& report, const ActFacts& facts,
                    contract::v1::Contract& contract);
absl::Status Decide(const document::v1::DeliveryInspection& inspection, const ActFacts& facts,
                    contract::v1::Contract& contract);

Standing StandingOf(const contract::v1::Contract& contract);

// --- What is wrong with a document in itself; most have nothing that could be.
template <typename Doc>
absl::Status CheckShape(const Doc&) {
  return absl::OkStatus();
}
template <>
absl::Status CheckShape(const document::v1::ContractOffer& offer);
template <>
absl::Status CheckShape(const document::v1::ContractRefusal& refusal);
template <>
absl::Status CheckShape(const document::v1::ContractWithdrawal& withdrawal);
template <>
absl::Status CheckShape(const document::v1::ContractTermination& termination);
template <>
absl::Status CheckShape(const document::v1::DeliveryReport& report);

// Every document that acts on a contract.
using ContractDocuments =
    DocumentList<document::v1::ContractOffer, document::v1::ContractConsent,
                 document::v1::ContractConfirmation, document::v1::ContractRefusal,
                 document::v1::ContractWithdrawal, document::v1::ContractTermination,
                 document::v1::DeliveryReport, document::v1::DeliveryInspection>;

// The fold begins with the award of a lot: what the log says of a new contract, but for its number,
// which the service gives it, and the contract that it makes. DATA_LOSS AWARD_MALFORMED for an
// award that no contract can be made of.
absl::StatusOr<event::v1::ContractPrepared> PrepareContract(const event::v1::AwardDecided& award);
contract::v1::Contract ContractFrom(const event::v1::ContractPrepared& prepared);

// What the log says of an act, from the contract as it stands after it. `delivery`: the number of
// the one that the document is about, 0 for none.
event::v1::Event ContractEvent(const Act& act, const ActFacts& facts,
                               const contract::v1::Contract& contract, int delivery);
template <typename Doc>
int DeliveryOf(const Doc& doc) {
  if constexpr (requires { doc.delivery(); }) {
    return doc.delivery();
  } else {
    return 0;
  }
}

// The fold's step: `contract` changes only on OK. Gives what the log says of it. CONTRACT_MISMATCH
// if the document is about another contract, the refusals of MayAct, those of Decide.
template <typename Doc>
absl::StatusOr<event::v1::Event> ApplyToContract(const Doc& doc, const ActFacts& facts,
                                                 const Actor* actor,
                                                 contract::v1::Contract& contract) {
  const Act& act = *ActOf(*Doc::descriptor());
  if (doc.contract_id() != contract.contract_id()) return ContractMismatchError();
  RETURN_IF_ERROR(MayAct(act, actor, StandingOf(contract)));
  contract::v1::Contract next = contract;
  RETURN_IF_ERROR(Decide(doc, facts, next));
  RETURN_IF_ERROR(EnterState(act, &next));
  contract = std::move(next);
  return ContractEvent(act, facts, contract, DeliveryOf(doc));
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_CONTRACT_H_
