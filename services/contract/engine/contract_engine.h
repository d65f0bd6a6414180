// The use cases of the contract service: from an award to an accepted delivery.
//
// A contract is prepared from the event award.decided of the tender service's log. From then on its
// state is a fold over its signed documents (procurement/acts/contract.h); what is stored is the
// fold's result beside the documents.
//
// Thread-safe; nothing is kept between calls. Every act is one commit with one event and one
// receipt. Errors: services/contract/errors.h, procurement/acts/contract_errors.h, common/document,
// services/kit/act.h.
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
#include "services/kit/inbox.h"

namespace jodal::contract {

class ContractEngine {
 public:
  explicit ContractEngine(host::ModuleContext context) : context_(std::move(context)) {}

  // What OnTenderEntry applies; the follower is sent nothing else.
  static constexpr char kTenderType[] = "award.decided";
  // Follower::Handler for the tender service's log: award.decided makes a contract in state AWARDED
  // (event contract.prepared) under the next number. Idempotent: a lot's contract exists at most
  // once. DATA_LOSS AWARD_MALFORMED, EVENT_DAMAGED; RESOURCE_EXHAUSTED CONTRACT_NUMBERS_EXHAUSTED.
  absl::StatusOr<std::optional<ledger::FollowUpdate>> OnTenderEntry(
      const ledger::LoggedEntry& entry) const;

  // One signed document: which act it is its kind says, what the act does
  // procurement/acts/contract.h. NOT_ALLOWED, DOCUMENT_KIND, DOCUMENT_TOO_LARGE,
  // CONTRACT_NOT_FOUND, the errors of kit::RunAct and of the act.
  absl::Status ActOnContract(const rpc::Call& call, const v1::ActOnContractRequest& request,
                             v1::ActOnContractResponse* response) const;

  absl::Status GetContract(const rpc::Call& call, const v1::GetContractRequest& request,
                           v1::GetContractResponse* response) const;
  // Of a tender, or of the caller's organisation; the latter in no meaningful order.
  absl::Status ListContracts(const rpc::Call& call, const v1::ListContractsRequest& request,
                             v1::ListContractsResponse* response) const;
  absl::Status GetContractDocuments(const rpc::Call& call,
                                    const v1::GetContractDocumentsRequest& request,
                                    v1::GetContractDocumentsResponse* response) const;

  // The case that an entry of the own log is about and what waits in it now (services/kit/inbox.h).
  absl::StatusOr<std::optional<kit::Inbox::Case>> CaseOf(const kit::Inbox::Logged& logged) const;

 private:
  const host::ModuleContext context_;
};

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_ENGINE_CONTRACT_ENGINE_H_
