// jodal.tender.v1.TenderService over gRPC.
#ifndef JODAL_SERVICES_TENDER_API_TENDER_SERVICE_H_
#define JODAL_SERVICES_TENDER_API_TENDER_SERVICE_H_

#include "common/rpc/handler.h"
#include "jodal/tender/v1/tender.grpc.pb.h"
#include "services/tender/engine/tender_engine.h"

namespace jodal::tender {

// Thread-safe. All that it is given outlives it.
class TenderServiceImpl : public v1::TenderService::CallbackService {
 public:
  TenderServiceImpl(rpc::HandlerKit* kit, TenderEngine* engine, const kit::Inbox* inbox)
      : kit_(*kit), engine_(*engine), inbox_(*inbox) {}

  grpc::ServerUnaryReactor* CreateTender(grpc::CallbackServerContext* context,
                                         const v1::CreateTenderRequest* request,
                                         v1::CreateTenderResponse* response) override;
  grpc::ServerUnaryReactor* ValidateNotice(grpc::CallbackServerContext* context,
                                           const v1::ValidateNoticeRequest* request,
                                           v1::ValidateNoticeResponse* response) override;
  grpc::ServerUnaryReactor* SubmitNotice(grpc::CallbackServerContext* context,
                                         const v1::SubmitNoticeRequest* request,
                                         v1::SubmitNoticeResponse* response) override;
  grpc::ServerUnaryReactor* ApproveNotice(grpc::CallbackServerContext* context,
                                          const v1::ApproveNoticeRequest* request,
                                          v1::ApproveNoticeResponse* response) override;
  grpc::ServerUnaryReactor* CancelTender(grpc::CallbackServerContext* context,
                                         const v1::CancelTenderRequest* request,
                                         v1::CancelTenderResponse* response) override;
  grpc::ServerUnaryReactor* GetTender(grpc::CallbackServerContext* context,
                                      const v1::GetTenderRequest* request,
                                      v1::GetTenderResponse* response) override;
  grpc::ServerUnaryReactor* ListTenders(grpc::CallbackServerContext* context,
                                        const v1::ListTendersRequest* request,
                                        v1::ListTendersResponse* response) override;
  grpc::ServerUnaryReactor* GetNotice(grpc::CallbackServerContext* context,
                                      const v1::GetNoticeRequest* request,
                                      v1::GetNoticeResponse* response) override;
  grpc::ServerUnaryReactor* EvaluateTender(grpc::CallbackServerContext* context,
                                           const v1::EvaluateTenderRequest* request,
                                           v1::EvaluateTenderResponse* response) override;
  grpc::ServerUnaryReactor* GetResult(grpc::CallbackServerContext* context,
                                      const v1::GetResultRequest* request,
                                      v1::GetResultResponse* response) override;
  grpc::ServerUnaryReactor* ListResultPages(grpc::CallbackServerContext* context,
                                            const v1::ListResultPagesRequest* request,
                                            v1::ListResultPagesResponse* response) override;
  grpc::ServerUnaryReactor* DecideAward(grpc::CallbackServerContext* context,
                                        const v1::DecideAwardRequest* request,
                                        v1::DecideAwardResponse* response) override;
  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* context,
                                      const inbox::v1::ListInboxRequest* request,
                                      inbox::v1::ListInboxResponse* response) override;

 private:
  template <typename Request, typename Response, typename Method>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const Request* request,
                                Response* response, const rpc::Access& access, Method method) {
    return kit_.Unary(context, request, response, access, engine_, method);
  }

  rpc::HandlerKit& kit_;
  TenderEngine& engine_;
  const kit::Inbox& inbox_;
};

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_API_TENDER_SERVICE_H_
