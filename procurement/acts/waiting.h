// What waits for whom in a case, as it stands: a pure function of its state. Services index it for
// their inboxes (services/kit/inbox.h). Thread-safe.
#ifndef JODAL_PROCUREMENT_ACTS_WAITING_H_
#define JODAL_PROCUREMENT_ACTS_WAITING_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/contract/v1/contract.pb.h"
#include "jodal/payment/v1/case.pb.h"
#include "jodal/registration/v1/registration.pb.h"
#include "jodal/tender/v1/tender.pb.h"
#include "procurement/acts/deadlines.h"

namespace jodal::procurement {

// Something that people of one organisation may do now, and that others wait for.
struct Waiting {
  const DeadlineRule* rule = nullptr;
  std::string organization_id;
  std::vector<std::string> only;               // person ids; empty: everyone with the role
  std::vector<std::string> except;             // person ids
  absl::Time until = absl::InfiniteFuture();   // InfiniteFuture: no time is set
  absl::Time lapses = absl::InfiniteFuture();  // it waits no longer then
  std::vector<std::string> command;            // words
};

// `author`: of the notice that waits.
std::vector<Waiting> WaitingIn(const tender::v1::Tender& tender, const std::string& author);

// A member of the committee, who has not released its shares.
struct MissingMember {
  std::string person_id;
  std::string organization_id;
};
std::vector<Waiting> WaitingIn(const bidding::v1::Box& box,
                               const std::vector<MissingMember>& missing);

std::vector<Waiting> WaitingIn(const contract::v1::Contract& contract);

std::vector<Waiting> WaitingIn(const payment::v1::PaymentCase& payment, const Holidays& holidays);
// Whoever submitted a version may not approve it.
std::vector<Waiting> WaitingIn(const payment::v1::AccountCase& account);

// Registrations that nobody approves lapse.
std::vector<Waiting> WaitingIn(const registration::v1::Organization& organization,
                               absl::Time lapses);
std::vector<Waiting> WaitingIn(const registration::v1::Person& person, absl::Time lapses);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_ACTS_WAITING_H_
