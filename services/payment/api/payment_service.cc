#include "services/payment/api/payment_service.h"

namespace jodal::payment {

// Who may do an act says its row, which the engine asks: here any session will do.

grpc::ServerUnaryReactor* PaymentServiceImpl::SubmitAccount(grpc::CallbackServerContext* context,
                                                            const v1::SubmitAccountRequest* request,
                                                            v1::SubmitAccountResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(), &PaymentEngine::SubmitAccount);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::ApproveAccount(
    grpc::CallbackServerContext* context, const v1::ApproveAccountRequest* request,
    v1::ApproveAccountResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(), &PaymentEngine::ApproveAccount);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::GetAccount(grpc::CallbackServerContext* context,
                                                         const v1::GetAccountRequest* request,
                                                         v1::GetAccountResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(), &PaymentEngine::GetAccount);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::CreateInvoice(grpc::CallbackServerContext* context,
                                                            const v1::CreateInvoiceRequest* request,
                                                            v1::CreateInvoiceResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(), &PaymentEngine::CreateInvoice);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::ApprovePayment(
    grpc::CallbackServerContext* context, const v1::ApprovePaymentRequest* request,
    v1::ApprovePaymentResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(), &PaymentEngine::ApprovePayment);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::SettlePayment(grpc::CallbackServerContext* context,
                                                            const v1::SettlePaymentRequest* request,
                                                            v1::SettlePaymentResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(), &PaymentEngine::SettlePayment);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::GetPayment(grpc::CallbackServerContext* context,
                                                         const v1::GetPaymentRequest* request,
                                                         v1::GetPaymentResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &PaymentEngine::GetPayment);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::GetPaymentOrder(
    grpc::CallbackServerContext* context, const v1::GetPaymentOrderRequest* request,
    v1::GetPaymentOrderResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({"bank", "paymaster", "auditor"}),
             &PaymentEngine::GetPaymentOrder);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::ListPayments(grpc::CallbackServerContext* context,
                                                           const v1::ListPaymentsRequest* request,
                                                           v1::ListPaymentsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &PaymentEngine::ListPayments);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::GetPaymentDocuments(
    grpc::CallbackServerContext* context, const v1::GetPaymentDocumentsRequest* request,
    v1::GetPaymentDocumentsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(),
             &PaymentEngine::GetPaymentDocuments);
}

grpc::ServerUnaryReactor* PaymentServiceImpl::ListInbox(grpc::CallbackServerContext* context,
                                                        const inbox::v1::ListInboxRequest* request,
                                                        inbox::v1::ListInboxResponse* response) {
  return kit_.Unary(context, request, response, rpc::Access::AnyUser(), inbox_, &kit::Inbox::List);
}

}  // namespace jodal::payment
