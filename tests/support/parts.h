// The first lot, stage or offer of what most tests have one of; made where there is none yet.
#ifndef JODAL_TESTS_SUPPORT_PARTS_H_
#define JODAL_TESTS_SUPPORT_PARTS_H_

#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::testing_support {

inline document::v1::Lot& TheLot(document::v1::Notice& notice) {
  if (notice.lots().empty()) notice.add_lots()->set_lot(1);
  return *notice.mutable_lots(0);
}

inline document::v1::Stage& TheStage(document::v1::Notice& notice) {
  if (notice.stages().empty()) {
    notice.add_stages()->set_stage(1);
    notice.mutable_stages(0)->set_content("price");
  }
  return *notice.mutable_stages(0);
}

inline document::v1::Offer& TheOffer(document::v1::Bid& bid) {
  if (bid.offers().empty()) bid.add_offers()->set_lot(1);
  return *bid.mutable_offers(0);
}

inline bidding::v1::OpenedOffer& TheOffer(bidding::v1::OpenedBid& bid) {
  if (bid.offers().empty()) bid.add_offers()->set_lot(1);
  return *bid.mutable_offers(0);
}

// 0 without an offer.
inline int64_t AmountOf(const bidding::v1::OpenedBid& bid) {
  return bid.offers().empty() ? 0 : bid.offers(0).amount();
}

}  // namespace jodal::testing_support

#endif  // JODAL_TESTS_SUPPORT_PARTS_H_
