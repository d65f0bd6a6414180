#include "services/tender/api/tender_service.h"

namespace jodal::tender {

grpc::ServerUnaryReactor* TenderServiceImpl::CreateTender(grpc::CallbackServerContext* context,
                                                          const v1::CreateTenderRequest* request,
                                                          v1::CreateTenderResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer"}),
             &TenderEngine::CreateTender);
}

grpc::ServerUnaryReactor* TenderServiceImpl::ValidateNotice(
    grpc::CallbackServerContext* context, const v1::ValidateNoticeRequest* request,
    v1::ValidateNoticeResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer", "approver"}),
             &TenderEngine::ValidateNotice);
}

grpc::ServerUnaryReactor* TenderServiceImpl::SubmitNotice(grpc::CallbackServerContext* context,
                                                          const v1::SubmitNoticeRequest* request,
                                                          v1::SubmitNoticeResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer"}),
             &TenderEngine::SubmitNotice);
}

grpc::ServerUnaryReactor* TenderServiceImpl::ApproveNotice(grpc::CallbackServerContext* context,
                                                           const v1::ApproveNoticeRequest* request,
                                                           v1::ApproveNoticeResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"approver"}),
             &TenderEngine::ApproveNotice);
}

grpc::ServerUnaryReactor* TenderServiceImpl::CancelTender(grpc::CallbackServerContext* context,
                                                          const v1::CancelTenderRequest* request,
                                                          v1::CancelTenderResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer"}),
             &TenderEngine::CancelTender);
}

grpc::ServerUnaryReactor* TenderServiceImpl::GetTender(grpc::CallbackServerContext* context,
                                                       const v1::GetTenderRequest* request,
                                                       v1::GetTenderResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &TenderEngine::GetTender);
}

grpc::ServerUnaryReactor* TenderServiceImpl::ListTenders(grpc::CallbackServerContext* context,
                                                         const v1::ListTendersRequest* request,
                                                         v1::ListTendersResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &TenderEngine::ListTenders);
}

grpc::ServerUnaryReactor* TenderServiceImpl::GetNotice(grpc::CallbackServerContext* context,
                                                       const v1::GetNoticeRequest* request,
                                                       v1::GetNoticeResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &TenderEngine::GetNotice);
}

grpc::ServerUnaryReactor* TenderServiceImpl::EvaluateTender(
    grpc::CallbackServerContext* context, const v1::EvaluateTenderRequest* request,
    v1::EvaluateTenderResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer"}),
             &TenderEngine::EvaluateTender);
}

grpc::ServerUnaryReactor* TenderServiceImpl::GetResult(grpc::CallbackServerContext* context,
                                                       const v1::GetResultRequest* request,
                                                       v1::GetResultResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &TenderEngine::GetResult);
}

grpc::ServerUnaryReactor* TenderServiceImpl::ListResultPages(
    grpc::CallbackServerContext* context, const v1::ListResultPagesRequest* request,
    v1::ListResultPagesResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &TenderEngine::ListResultPages);
}

grpc::ServerUnaryReactor* TenderServiceImpl::DecideAward(grpc::CallbackServerContext* context,
                                                         const v1::DecideAwardRequest* request,
                                                         v1::DecideAwardResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"officer"}),
             &TenderEngine::DecideAward);
}

grpc::ServerUnaryReactor* TenderServiceImpl::ListInbox(grpc::CallbackServerContext* context,
                                                       const inbox::v1::ListInboxRequest* request,
                                                       inbox::v1::ListInboxResponse* response) {
  return kit_.Unary(context, request, response, rpc::Access::AnyUser(), inbox_, &kit::Inbox::List);
}

}  // namespace jodal::tender
