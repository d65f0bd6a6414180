// What the tender service needs from others. All thread-safe; calls may block up to
// rpc::kPeerDeadline and answer UNAVAILABLE.
#ifndef JODAL_SERVICES_TENDER_ENGINE_PORTS_H_
#define JODAL_SERVICES_TENDER_ENGINE_PORTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "procurement/notice/committee.h"
#include "services/kit/calendar.h"

namespace jodal::tender {

// The registration service.
class People {
 public:
  virtual ~People() = default;
  // nullopt if nobody has this id.
  virtual absl::StatusOr<std::optional<procurement::MemberFacts>> FindPerson(
      absl::string_view person_id) = 0;
};

// The bidding service before the deadline. Both calls are idempotent there.
class BidBoxes {
 public:
  virtual ~BidBoxes() = default;
  virtual absl::StatusOr<bidding::v1::Box> CreateBox(
      const bidding::v1::CreateBoxRequest& request) = 0;
  // NOT_FOUND if there is no box; FAILED_PRECONDITION once its bids are being opened.
  virtual absl::Status CancelBox(absl::string_view tender_id) = 0;
};

// The bidding service after the opening.
class OpenedBids {
 public:
  virtual ~OpenedBids() = default;
  // What the evaluation needs of all of them, void ones included, in box order.
  virtual absl::StatusOr<std::vector<bidding::v1::OpenedBid>> List(absl::string_view tender_id) = 0;
};

struct Ports {
  People* people = nullptr;
  kit::Calendar* calendar = nullptr;
  BidBoxes* boxes = nullptr;
  OpenedBids* bids = nullptr;
};

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_ENGINE_PORTS_H_
