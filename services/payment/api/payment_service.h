// jodal.payment.v1.PaymentService over gRPC.
#ifndef JODAL_SERVICES_PAYMENT_API_PAYMENT_SERVICE_H_
#define JODAL_SERVICES_PAYMENT_API_PAYMENT_SERVICE_H_

#include "common/rpc/handler.h"
#include "jodal/payment/v1/payment.grpc.pb.h"
#include "services/payment/engine/payment_engine.h"

namespace jodal::payment {

// Thread-safe. All that it is given outlives it.
class PaymentServiceImpl : public v1::PaymentService::CallbackService {
 public:
  PaymentServiceImpl(rpc::HandlerKit* kit, const PaymentEngine* engine, const kit::Inbox* inbox)
      : kit_(*kit), engine_(*engine), inbox_(*inbox) {}

  grpc::ServerUnaryReactor* SubmitAccount(grpc::CallbackServerContext* context,
                                          const v1::SubmitAccountRequest* request,
                                          v1::SubmitAccountResponse* response) override;
  grpc::ServerUnaryReactor* ApproveAccount(grpc::CallbackServerContext* context,
                                           const v1::ApproveAccountRequest* request,
                                           v1::ApproveAccountResponse* response) override;
  grpc::ServerUnaryReactor* GetAccount(grpc::CallbackServerContext* context,
                                       const v1::GetAccountRequest* request,
                                       v1::GetAccountResponse* response) override;
  grpc::ServerUnaryReactor* CreateInvoice(grpc::CallbackServerContext* context,
                                          const v1::CreateInvoiceRequest* request,
                                          v1::CreateInvoiceResponse* response) override;
  grpc::ServerUnaryReactor* ApprovePayment(grpc::CallbackServerContext* context,
                                           const v1::ApprovePaymentRequest* request,
                                           v1::ApprovePaymentResponse* response) override;
  grpc::ServerUnaryReactor* SettlePayment(grpc::CallbackServerContext* context,
                                          const v1::SettlePaymentRequest* request,
                                          v1::SettlePaymentResponse* response) override;
  grpc::ServerUnaryReactor* GetPayment(grpc::CallbackServerContext* context,
                                       const v1::GetPaymentRequest* request,
                                       v1::GetPaymentResponse* response) override;
  grpc::ServerUnaryReactor* GetPaymentOrder(grpc::CallbackServerContext* context,
                                            const v1::GetPaymentOrderRequest* request,
                                            v1::GetPaymentOrderResponse* response) override;
  grpc::ServerUnaryReactor* ListPayments(grpc::CallbackServerContext* context,
                                         const v1::ListPaymentsRequest* request,
                                         v1::ListPaymentsResponse* response) override;
  grpc::ServerUnaryReactor* GetPaymentDocuments(grpc::CallbackServerContext* context,
                                                const v1::GetPaymentDocumentsRequest* request,
                                                v1::GetPaymentDocumentsResponse* response) override;
  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* context,
                                      const inbox::v1::ListInboxRequest* request,
                                      inbox::v1::ListInboxResponse* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const Request* request,
                                Response* response, const rpc::Access& access,
                                absl::Status (PaymentEngine::*method)(const rpc::Call&,
                                                                      const Request&, Response*)
                                    const) {
    return kit_.Unary(context, request, response, access, engine_, method);
  }

  rpc::HandlerKit& kit_;
  const PaymentEngine& engine_;
  const kit::Inbox& inbox_;
};

}  // namespace jodal::payment

#endif  // JODAL_SERVICES_PAYMENT_API_PAYMENT_SERVICE_H_
