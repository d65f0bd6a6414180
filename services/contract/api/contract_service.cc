#include "services/contract/api/contract_service.h"

namespace jodal::contract {

grpc::ServerUnaryReactor* ContractServiceImpl::OfferContract(
    grpc::CallbackServerContext* context, const v1::OfferContractRequest* request,
    v1::OfferContractResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer"}),
             &ContractEngine::OfferContract);
}

grpc::ServerUnaryReactor* ContractServiceImpl::ConsentContract(
    grpc::CallbackServerContext* context, const v1::ConsentContractRequest* request,
    v1::ConsentContractResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"representative"}),
             &ContractEngine::ConsentContract);
}

grpc::ServerUnaryReactor* ContractServiceImpl::ConfirmContract(
    grpc::CallbackServerContext* context, const v1::ConfirmContractRequest* request,
    v1::ConfirmContractResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer"}),
             &ContractEngine::ConfirmContract);
}

grpc::ServerUnaryReactor* ContractServiceImpl::ReportDelivery(
    grpc::CallbackServerContext* context, const v1::ReportDeliveryRequest* request,
    v1::ReportDeliveryResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(), &ContractEngine::ReportDelivery);
}

grpc::ServerUnaryReactor* ContractServiceImpl::InspectDelivery(
    grpc::CallbackServerContext* context, const v1::InspectDeliveryRequest* request,
    v1::InspectDeliveryResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"inspector"}),
             &ContractEngine::InspectDelivery);
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

}  // namespace jodal::contract
