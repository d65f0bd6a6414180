#include "services/tender/api/peer_ports.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "common/base/bytes.h"
#include "common/pki/certificate.h"
#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "jodal/bidding/v1/bidding.grpc.pb.h"
#include "jodal/registration/v1/registration.grpc.pb.h"
#include "services/tender/errors.h"
#include "services/tender/limits.h"

namespace jodal::tender {
namespace {

using bidding::v1::BiddingService;
using registration::v1::RegistrationService;

constexpr int kOpenedBidsPage = 500;

// The stub of a peer, made at the first call: the peers may be wired after the module is made.
template <typename Service>
class LazyStub {
 public:
  LazyStub(rpc::Peers* peers, const char* name) : peers_(*peers), name_(name) {}
  typename Service::Stub& get() {
    std::call_once(once_, [&] { stub_ = Service::NewStub(peers_.Channel(name_)); });
    return *stub_;
  }

 private:
  rpc::Peers& peers_;
  const char* const name_;
  std::once_flag once_;
  std::unique_ptr<typename Service::Stub> stub_;
};

class RegistrationPeople : public People {
 public:
  explicit RegistrationPeople(rpc::Peers* peers) : stub_(peers, "registration") {}

  absl::StatusOr<std::optional<procurement::MemberFacts>> FindPerson(
      absl::string_view person_id) override {
    registration::v1::GetPersonRequest request;
    request.set_person_id(std::string(person_id));
    const auto response =
        rpc::Invoke(stub_.get(), &RegistrationService::Stub::GetPerson, request, {.retry = true});
    if (absl::IsNotFound(response.status()) || absl::IsInvalidArgument(response.status())) {
      return std::optional<procurement::MemberFacts>();
    }
    RETURN_IF_ERROR(response.status());
    const registration::v1::Person& person = response->person();
    procurement::MemberFacts facts;
    facts.active = person.state() == registration::v1::Person::ACTIVE;
    facts.committee_role = std::find(person.roles().begin(), person.roles().end(), "committee") !=
                           person.roles().end();
    facts.organization_id = person.organization_id();
    if (!person.encryption_certificate().empty()) {
      ASSIGN_OR_RETURN(const pki::Certificate certificate,
                       pki::Certificate::FromDer(person.encryption_certificate()));
      facts.encryption_cert_sha256 = HexEncode(certificate.sha256());
      facts.encryption_spki = certificate.spki_der();
    }
    return std::optional<procurement::MemberFacts>(std::move(facts));
  }

 private:
  LazyStub<RegistrationService> stub_;
};

class BiddingBoxes : public BidBoxes {
 public:
  explicit BiddingBoxes(rpc::Peers* peers) : stub_(peers, "bidding") {}

  absl::StatusOr<bidding::v1::Box> CreateBox(
      const bidding::v1::CreateBoxRequest& request) override {
    ASSIGN_OR_RETURN(auto response, rpc::Invoke(stub_.get(), &BiddingService::Stub::CreateBox,
                                                request, {.retry = true}));
    return std::move(*response.mutable_box());
  }

  absl::Status CancelBox(absl::string_view tender_id) override {
    bidding::v1::CancelBoxRequest request;
    request.set_tender_id(std::string(tender_id));
    return rpc::Invoke(stub_.get(), &BiddingService::Stub::CancelBox, request, {.retry = true})
        .status();
  }

 private:
  LazyStub<BiddingService> stub_;
};

class BiddingOpenedBids : public OpenedBids {
 public:
  explicit BiddingOpenedBids(rpc::Peers* peers) : stub_(peers, "bidding") {}

  absl::StatusOr<std::vector<bidding::v1::OpenedBid>> List(absl::string_view tender_id) override {
    std::vector<bidding::v1::OpenedBid> out;
    bidding::v1::ListOpenedBidsRequest request;
    request.set_tender_id(std::string(tender_id));
    request.set_page_size(kOpenedBidsPage);
    request.set_facts_only(true);
    do {
      ASSIGN_OR_RETURN(auto page, rpc::Invoke(stub_.get(), &BiddingService::Stub::ListOpenedBids,
                                              request, {.retry = true}));
      for (auto& bid : *page.mutable_bids()) out.push_back(std::move(bid));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return out;
  }

 private:
  LazyStub<BiddingService> stub_;
};

}  // namespace

std::unique_ptr<People> NewRegistrationPeople(rpc::Peers* peers) {
  return std::make_unique<RegistrationPeople>(peers);
}
std::unique_ptr<BidBoxes> NewBiddingBoxes(rpc::Peers* peers) {
  return std::make_unique<BiddingBoxes>(peers);
}
std::unique_ptr<OpenedBids> NewBiddingOpenedBids(rpc::Peers* peers) {
  return std::make_unique<BiddingOpenedBids>(peers);
}

}  // namespace jodal::tender
