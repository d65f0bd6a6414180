// jodal.bidding.v1.BiddingService over gRPC.
#ifndef JODAL_SERVICES_BIDDING_API_BIDDING_SERVICE_H_
#define JODAL_SERVICES_BIDDING_API_BIDDING_SERVICE_H_

#include "common/rpc/handler.h"
#include "jodal/bidding/v1/bidding.grpc.pb.h"
#include "services/bidding/engine/bidding_engine.h"

namespace jodal::bidding {

// Thread-safe. All that it is given outlives it.
class BiddingServiceImpl : public v1::BiddingService::CallbackService {
 public:
  BiddingServiceImpl(rpc::HandlerKit* kit, BiddingEngine* engine, const kit::Inbox* inbox)
      : kit_(*kit), engine_(*engine), inbox_(*inbox) {}

  grpc::ServerUnaryReactor* CreateBox(grpc::CallbackServerContext* context,
                                      const v1::CreateBoxRequest* request,
                                      v1::CreateBoxResponse* response) override;
  grpc::ServerUnaryReactor* CancelBox(grpc::CallbackServerContext* context,
                                      const v1::CancelBoxRequest* request,
                                      v1::CancelBoxResponse* response) override;
  grpc::ServerUnaryReactor* GetBox(grpc::CallbackServerContext* context,
                                   const v1::GetBoxRequest* request,
                                   v1::GetBoxResponse* response) override;
  // These two take a ticket of the engine's gate before anything can queue: the request has been
  // received as a whole when gRPC calls them, and the ticket's stamp is its arrival.
  grpc::ServerUnaryReactor* SubmitBid(grpc::CallbackServerContext* context,
                                      const v1::SubmitBidRequest* request,
                                      v1::SubmitBidResponse* response) override;
  grpc::ServerUnaryReactor* CancelBid(grpc::CallbackServerContext* context,
                                      const v1::CancelBidRequest* request,
                                      v1::CancelBidResponse* response) override;
  grpc::ServerUnaryReactor* GetOwnBid(grpc::CallbackServerContext* context,
                                      const v1::GetOwnBidRequest* request,
                                      v1::GetOwnBidResponse* response) override;
  grpc::ServerUnaryReactor* ListOwnBids(grpc::CallbackServerContext* context,
                                        const v1::ListOwnBidsRequest* request,
                                        v1::ListOwnBidsResponse* response) override;
  grpc::ServerUnaryReactor* ListSealedBids(grpc::CallbackServerContext* context,
                                           const v1::ListSealedBidsRequest* request,
                                           v1::ListSealedBidsResponse* response) override;
  grpc::ServerUnaryReactor* ReleaseShares(grpc::CallbackServerContext* context,
                                          const v1::ReleaseSharesRequest* request,
                                          v1::ReleaseSharesResponse* response) override;
  grpc::ServerUnaryReactor* ListShares(grpc::CallbackServerContext* context,
                                       const v1::ListSharesRequest* request,
                                       v1::ListSharesResponse* response) override;
  grpc::ServerUnaryReactor* ListOpenedBids(grpc::CallbackServerContext* context,
                                           const v1::ListOpenedBidsRequest* request,
                                           v1::ListOpenedBidsResponse* response) override;
  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* context,
                                      const inbox::v1::ListInboxRequest* request,
                                      inbox::v1::ListInboxResponse* response) override;

 private:
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const Request* request,
                                Response* response, const rpc::Access& access,
                                absl::Status (BiddingEngine::*method)(const rpc::Call&,
                                                                      const Request&, Response*)) {
    return kit_.Unary(context, request, response, access, engine_, method);
  }

  rpc::HandlerKit& kit_;
  BiddingEngine& engine_;
  const kit::Inbox& inbox_;
};

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_API_BIDDING_SERVICE_H_
