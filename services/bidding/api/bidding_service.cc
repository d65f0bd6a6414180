#include "services/bidding/api/bidding_service.h"

#include <functional>
#include <memory>
#include <utility>

namespace jodal::bidding {
namespace {

constexpr char kSupplier[] = "supplier";
constexpr char kCommittee[] = "committee";
constexpr char kTenderService[] = "tender";

rpc::Call Stamped(const rpc::Call& call, const ArrivalGate::Ticket& ticket) {
  rpc::Call stamped = call;
  stamped.arrival = ticket.arrival();
  return stamped;
}

}  // namespace

grpc::ServerUnaryReactor* BiddingServiceImpl::CreateBox(grpc::CallbackServerContext* context,
                                                        const v1::CreateBoxRequest* request,
                                                        v1::CreateBoxResponse* response) {
  return Run(context, request, response, rpc::Access::Services({kTenderService}),
             &BiddingEngine::CreateBox);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::CancelBox(grpc::CallbackServerContext* context,
                                                        const v1::CancelBoxRequest* request,
                                                        v1::CancelBoxResponse* response) {
  return Run(context, request, response, rpc::Access::Services({kTenderService}),
             &BiddingEngine::CancelBox);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::GetBox(grpc::CallbackServerContext* context,
                                                     const v1::GetBoxRequest* request,
                                                     v1::GetBoxResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &BiddingEngine::GetBox);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::SubmitBid(grpc::CallbackServerContext* context,
                                                        const v1::SubmitBidRequest* request,
                                                        v1::SubmitBidResponse* response) {
  const auto ticket = engine_.gate().Enter();
  return kit_.UnaryAsync(
      context, request, response, rpc::Access::Roles({kSupplier}),
      [this, ticket](const rpc::Call& call, const v1::SubmitBidRequest& q, v1::SubmitBidResponse* r,
                     std::function<void(absl::Status)> done) {
        engine_.SubmitBid(
            Stamped(call, *ticket), q, r,
            [ticket, done = std::move(done)](absl::Status status) { done(std::move(status)); });
      });
}

grpc::ServerUnaryReactor* BiddingServiceImpl::CancelBid(grpc::CallbackServerContext* context,
                                                        const v1::CancelBidRequest* request,
                                                        v1::CancelBidResponse* response) {
  const auto ticket = engine_.gate().Enter();
  return kit_.Unary(context, request, response, rpc::Access::Roles({kSupplier}),
                    [this, ticket](const rpc::Call& call, const v1::CancelBidRequest& q,
                                   v1::CancelBidResponse* r) {
                      return engine_.CancelBid(Stamped(call, *ticket), q, r);
                    });
}

grpc::ServerUnaryReactor* BiddingServiceImpl::GetOwnBid(grpc::CallbackServerContext* context,
                                                        const v1::GetOwnBidRequest* request,
                                                        v1::GetOwnBidResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({kSupplier}),
             &BiddingEngine::GetOwnBid);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::ListOwnBids(grpc::CallbackServerContext* context,
                                                          const v1::ListOwnBidsRequest* request,
                                                          v1::ListOwnBidsResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({kSupplier}),
             &BiddingEngine::ListOwnBids);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::ListSealedBids(
    grpc::CallbackServerContext* context, const v1::ListSealedBidsRequest* request,
    v1::ListSealedBidsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &BiddingEngine::ListSealedBids);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::ReleaseShares(grpc::CallbackServerContext* context,
                                                            const v1::ReleaseSharesRequest* request,
                                                            v1::ReleaseSharesResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({kCommittee}),
             &BiddingEngine::ReleaseShares);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::ListShares(grpc::CallbackServerContext* context,
                                                         const v1::ListSharesRequest* request,
                                                         v1::ListSharesResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &BiddingEngine::ListShares);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::ListOpenedBids(
    grpc::CallbackServerContext* context, const v1::ListOpenedBidsRequest* request,
    v1::ListOpenedBidsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &BiddingEngine::ListOpenedBids);
}

grpc::ServerUnaryReactor* BiddingServiceImpl::ListInbox(grpc::CallbackServerContext* context,
                                                        const inbox::v1::ListInboxRequest* request,
                                                        inbox::v1::ListInboxResponse* response) {
  return kit_.Unary(context, request, response, rpc::Access::AnyUser(), inbox_, &kit::Inbox::List);
}

}  // namespace jodal::bidding
