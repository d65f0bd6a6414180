// Documents of versions that are taken no more, as the message in use says the same. `version`
// stays what was signed, so that a reader still sees which one it was. Pure, thread-safe; nothing
// fails.
#ifndef JODAL_PROCUREMENT_DOCUMENTS_UPGRADE_H_
#define JODAL_PROCUREMENT_DOCUMENTS_UPGRADE_H_

#include "jodal/document/v1/documents.pb.h"
#include "jodal/document/v1/documents_v1.pb.h"

namespace jodal::procurement {

// What had one lot, one stage and one round has them numbered 1.
document::v1::Notice Upgrade(const document::v1::NoticeV1& old);
document::v1::EnteredPrices Upgrade(const document::v1::EnteredPricesV1& old);
document::v1::AwardDecision Upgrade(const document::v1::AwardDecisionV1& old);
// A document that a bid named had a plain digest, of which no root can be made: name and size stay.
document::v1::Bid Upgrade(const document::v1::BidV1& old);
document::v1::Seal Upgrade(const document::v1::SealV1& old);
document::v1::BidCancellation Upgrade(const document::v1::BidCancellationV1& old);
document::v1::OpenShares Upgrade(const document::v1::OpenSharesV2& old);
document::v1::ContractOffer Upgrade(const document::v1::ContractOfferV1& old);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_DOCUMENTS_UPGRADE_H_
