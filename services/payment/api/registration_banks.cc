#include "services/payment/api/registration_banks.h"

#include <mutex>

#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "jodal/registration/v1/registration.grpc.pb.h"
#include "services/payment/errors.h"

namespace jodal::payment {
namespace {

using registration::v1::Organization;
using registration::v1::RegistrationService;

class RegistrationBanks : public Banks {
 public:
  explicit RegistrationBanks(rpc::Peers* peers) : peers_(*peers) {}

  absl::Status CheckBank(absl::string_view bank_id) override {
    // The peers may be wired after the module is made.
    std::call_once(once_,
                   [&] { stub_ = RegistrationService::NewStub(peers_.Channel("registration")); });
    registration::v1::GetOrganizationRequest request;
    request.set_organization_id(std::string(bank_id));
    const auto response =
        rpc::Invoke(*stub_, &RegistrationService::Stub::GetOrganization, request, {.retry = true});
    if (absl::IsNotFound(response.status()) || absl::IsInvalidArgument(response.status())) {
      return BankUnknownError();
    }
    RETURN_IF_ERROR(response.status());
    const Organization& organization = response->organization();
    const bool usable =
        organization.type() == "bank" && organization.state() == Organization::ACTIVE;
    return usable ? absl::OkStatus() : BankUnknownError();
  }

 private:
  rpc::Peers& peers_;
  std::once_flag once_;
  std::unique_ptr<RegistrationService::Stub> stub_;
};

}  // namespace

std::unique_ptr<Banks> NewRegistrationBanks(rpc::Peers* peers) {
  return std::make_unique<RegistrationBanks>(peers);
}

}  // namespace jodal::payment
