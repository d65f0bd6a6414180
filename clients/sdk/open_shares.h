// The committee member's half of an opening: check the closed box, unwrap the own share of every
// bid, sign them, in as many documents as it takes.
#ifndef JODAL_CLIENTS_SDK_OPEN_SHARES_H_
#define JODAL_CLIENTS_SDK_OPEN_SHARES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/sdk/identity.h"
#include "clients/sdk/sealed_bid.h"
#include "common/crypto/random.h"
#include "jodal/bidding/v1/bidding.pb.h"

namespace jodal::sdk {

// `bids` are all sealed bids of the closed box in box order (ascending arrival time, then
// digest). Recomputes every submission digest and the box root; FAILED_PRECONDITION
// BOX_ROOT_MISMATCH if bids were added, dropped or altered, NOT_COMMITTEE_MEMBER if the notice does
// not name this identity's key. A wrap that cannot be opened is reported with a proof that anyone
// can check. Gives the documents to be sent one after the other: of the bids whose shares the box
// does not have yet of this member, so that a release that was interrupted goes on; none if it has
// all. A document ends before it would have more than some `bytes_max` (at least one bid each).
inline constexpr size_t kOpenSharesBytes = 700 * 1000;  // the service takes 800,000
absl::StatusOr<std::vector<document::v1::SignedDocument>> MakeOpenShares(
    const Identity& identity, const PublishedNotice& notice, const bidding::v1::Box& box,
    const std::vector<bidding::v1::SealedBid>& bids, crypto::Random& random,
    size_t bytes_max = kOpenSharesBytes);

}  // namespace jodal::sdk

#endif  // JODAL_CLIENTS_SDK_OPEN_SHARES_H_
