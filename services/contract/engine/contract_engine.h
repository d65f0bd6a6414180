// The use cases of the contract service: from an award to an accepted delivery.
//
// A contract is prepared from the event award.decided of the tender service's log. It is formed by
// three signed messages in order, each over the digest of the one before (전자조달법 제9조②): the
// agency's offer, the supplier's consent, the agency's confirmation. Then deliveries are reported
// and inspected one at a time until a final one is accepted.
//
// Thread-safe; nothing is kept between calls. Every act is one commit with one event and one
// receipt. Errors: services/contract/errors.h, common/document, services/kit/act.h.
#ifndef JODAL_SERVICES_CONTRACT_ENGINE_CONTRACT_ENGINE_H_
#define JODAL_SERVICES_CONTRACT_ENGINE_CONTRACT_ENGINE_H_

#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/host/module.h"
#include "common/ledger/follower.h"
#include "common/rpc/caller.h"
#include "jodal/contract/v1/contract.pb.h"

namespace jodal::contract {

class ContractEngine {
 public:
  explicit ContractEngine(host::ModuleContext context) : context_(std::move(context)) {}

  // What OnTenderEntry applies; the follower is sent nothing else.
  static constexpr char kTenderType[] = "award.decided";
  // Follower::Handler for the tender service's log: award.decided makes a contract in state AWARDED
  // (event contract.prepared). Idempotent: the tender's contract exists at most once. DATA_LOSS
  // AWARD_MALFORMED, EVENT_DAMAGED.
  absl::StatusOr<std::optional<ledger::FollowUpdate>> OnTenderEntry(
      const ledger::LoggedEntry& entry) const;

  // Officer of the agency. The document repeats the award; AWARDED -> OFFERED.
  absl::Status OfferContract(const rpc::Call& call, const v1::OfferContractRequest& request,
                             v1::OfferContractResponse* response) const;
  // Representative of the supplier; OFFERED -> CONSENTED.
  absl::Status ConsentContract(const rpc::Call& call, const v1::ConsentContractRequest& request,
                               v1::ConsentContractResponse* response) const;
  // Officer of the agency; CONSENTED -> FORMED.
  absl::Status ConfirmContract(const rpc::Call& call, const v1::ConfirmContractRequest& request,
                               v1::ConfirmContractResponse* response) const;
  // Anyone of the supplier. A rejected delivery is reported again under the next number.
  absl::Status ReportDelivery(const rpc::Call& call, const v1::ReportDeliveryRequest& request,
                              v1::ReportDeliveryResponse* response) const;
  // Inspector of the agency. Later than kInspectionPeriod after the report it still counts (the
  // supplier must not lose by the agency's delay) and the delivery says `late`.
  absl::Status InspectDelivery(const rpc::Call& call, const v1::InspectDeliveryRequest& request,
                               v1::InspectDeliveryResponse* response) const;

  absl::Status GetContract(const rpc::Call& call, const v1::GetContractRequest& request,
                           v1::GetContractResponse* response) const;
  // Of a tender, or of the caller's organisation; the latter in no meaningful order.
  absl::Status ListContracts(const rpc::Call& call, const v1::ListContractsRequest& request,
                             v1::ListContractsResponse* response) const;
  absl::Status GetContractDocuments(const rpc::Call& call,
                                    const v1::GetContractDocumentsRequest& request,
                                    v1::GetContractDocumentsResponse* response) const;

 private:
  const host::ModuleContext context_;
};

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_ENGINE_CONTRACT_ENGINE_H_
