#include "services/contract/api/contract_service.h"

namespace jodal::contract {

grpc::ServerUnaryReactor* ContractServiceImpl::ActOnContract(
    grpc::CallbackServerContext* context, const v1::ActOnContractRequest* request,
    v1::ActOnContractResponse* response) {
  // The act's own role is checked by the engine, which knows the document.
  return Run(context, request, response, rpc::Access::AnyUser(), &ContractEngine::ActOnContract);
}

grpc::ServerUnaryReactor* ContractServiceImpl::GetContract(grpc::CallbackServerContext* context,
                                                           const v1::GetContractRequest* request,
                                                           v1::GetContractResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &ContractEngine::GetContract);
}

grpc::ServerUnaryReactor* ContractServiceImpl::ListContracts(
    grpc::CallbackServerContext* context, const v1::ListContractsRequest* request,
    v1::ListContractsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &ContractEngine::ListContracts);
}

grpc::ServerUnaryReactor* ContractServiceImpl::GetContractDocuments(
    grpc::CallbackServerContext* context, const v1::GetContractDocumentsRequest* request,
    v1::GetContractDocumentsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(),
             &ContractEngine::GetContractDocuments);
}

grpc::ServerUnaryReactor* ContractServiceImpl::ListInbox(grpc::CallbackServerContext* context,
                                                         const inbox::v1::ListInboxRequest* request,
                                                         inbox::v1::ListInboxResponse* response) {
  return kit_.Unary(context, request, response, rpc::Access::AnyUser(), inbox_, &kit::Inbox::List);
}

}  // namespace jodal::contract
