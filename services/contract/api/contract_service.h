// jodal.contract.v1.ContractService over gRPC.
#ifndef JODAL_SERVICES_CONTRACT_API_CONTRACT_SERVICE_H_
#define JODAL_SERVICES_CONTRACT_API_CONTRACT_SERVICE_H_

#include "common/rpc/handler.h"
#include "jodal/contract/v1/contract.grpc.pb.h"
#include "services/contract/engine/contract_engine.h"

namespace jodal::contract {

// Thread-safe. All that it is given outlives it.
class ContractServiceImpl : public v1::ContractService::CallbackService {
 public:
  ContractServiceImpl(rpc::HandlerKit* kit, const ContractEngine* engine, const kit::Inbox* inbox)
      : kit_(*kit), engine_(*engine), inbox_(*inbox) {}

  grpc::ServerUnaryReactor* ActOnContract(grpc::CallbackServerContext* context,
                                          const v1::ActOnContractRequest* request,
                                          v1::ActOnContractResponse* response) override;
  grpc::ServerUnaryReactor* GetContract(grpc::CallbackServerContext* context,
                                        const v1::GetContractRequest* request,
                                        v1::GetContractResponse* response) override;
  grpc::ServerUnaryReactor* ListContracts(grpc::CallbackServerContext* context,
                                          const v1::ListContractsRequest* request,
                                          v1::ListContractsResponse* response) override;
  grpc::ServerUnaryReactor* GetContractDocuments(
      grpc::CallbackServerContext* context, const v1::GetContractDocumentsRequest* request,
      v1::GetContractDocumentsResponse* response) override;
  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* context,
                                      const inbox::v1::ListInboxRequest* request,
                                      inbox::v1::ListInboxResponse* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const Request* request,
                                Response* response, const rpc::Access& access,
                                absl::Status (ContractEngine::*method)(const rpc::Call&,
                                                                       const Request&, Response*)
                                    const) {
    return kit_.Unary(context, request, response, access, engine_, method);
  }

  rpc::HandlerKit& kit_;
  const ContractEngine& engine_;
  const kit::Inbox& inbox_;
};

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_API_CONTRACT_SERVICE_H_
