#include "services/kit/api/registration_calendar.h"

#include <mutex>
#include <string>
#include <utility>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/registration/v1/registration.grpc.pb.h"

namespace jodal::kit {
namespace {

using registration::v1::RegistrationService;

constexpr int kFactsPage = 200;

class RegistrationCalendar : public Calendar {
 public:
  explicit RegistrationCalendar(rpc::Peers* peers) : peers_(*peers) {}

  // From page to page facts may be added at the end only.
  absl::StatusOr<std::vector<procurement::DatedFact>> HolidayFacts() override {
    std::call_once(once_,
                   [&] { stub_ = RegistrationService::NewStub(peers_.Channel("registration")); });
    std::vector<procurement::DatedFact> out;
    registration::v1::ListFactsRequest request;
    request.set_subject(procurement::kCountry);
    request.set_type(procurement::kHolidayFact);
    request.set_page_size(kFactsPage);
    request.set_with_documents(true);
    do {
      ASSIGN_OR_RETURN(const auto page, rpc::Invoke(*stub_, &RegistrationService::Stub::ListFacts,
                                                    request, {.retry = true}));
      for (const auto& stored : page.documents()) {
        const std::string& content = stored.document().content();
        document::v1::FactRecord document;
        RETURN_IF_ERROR(document::ParseStrictJson(content, &document));
        ASSIGN_OR_RETURN(procurement::DatedFact fact,
                         procurement::ParseFact(document, HexEncode(crypto::Sha256(content))));
        out.push_back(std::move(fact));
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return out;
  }

 private:
  rpc::Peers& peers_;
  std::once_flag once_;
  std::unique_ptr<RegistrationService::Stub> stub_;
};

}  // namespace

std::unique_ptr<Calendar> NewRegistrationCalendar(rpc::Peers* peers) {
  return std::make_unique<RegistrationCalendar>(peers);
}

}  // namespace jodal::kit
