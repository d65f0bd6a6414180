#include "procurement/documents/upgrade.h"

#include "procurement/documents/same_fields.h"

namespace jodal::procurement {

using namespace document::v1;  // NOLINT: every message of both versions

Notice Upgrade(const NoticeV1& old) {
  Notice out;
  CopySameFields(old, &out);
  out.set_round(1);
  Lot& lot = *out.add_lots();
  CopySameFields(old, &lot);
  lot.clear_title();  // the notice's own
  lot.clear_title_en();
  lot.set_lot(1);
  Stage& stage = *out.add_stages();
  CopySameFields(old, &stage);
  stage.set_stage(1);
  stage.set_content("price");
  out.set_quorum(old.k());
  for (const CommitteeMemberV1& from : old.committee()) {
    CommitteeMember& member = *out.add_committee();
    CopySameFields(from, &member);
    member.set_member(from.i());
  }
  return out;
}

EnteredPrices Upgrade(const EnteredPricesV1& old) {
  EnteredPrices out;
  CopySameFields(old, &out);
  EnteredPrices::Lot& lot = *out.add_lots();
  lot.set_lot(1);
  *lot.mutable_prices() = old.prices();
  lot.set_salt(old.salt());
  return out;
}

AwardDecision Upgrade(const AwardDecisionV1& old) {
  AwardDecision out;
  CopySameFields(old, &out);
  AwardDecision::Award& award = *out.add_awards();
  CopySameFields(old, &award);
  award.set_lot(1);
  return out;
}

Bid Upgrade(const BidV1& old) {
  Bid out;
  CopySameFields(old, &out);
  out.set_stage(1);
  out.set_round(1);
  Offer& offer = *out.add_offers();
  offer.set_lot(old.lot());
  offer.set_amount(old.price());
  *offer.mutable_picks() = old.picks();
  for (const BidDocumentV1& from : old.documents()) {
    BidDocument& document = *out.add_documents();
    document.set_name(from.name());
    document.set_size(from.size());
  }
  return out;
}

Seal Upgrade(const SealV1& old) {
  Seal out;
  CopySameFields(old, &out);
  out.set_stage(1);
  out.set_round(1);
  out.set_quorum(old.k());
  out.set_members(old.n());
  for (const SealedShareV1& from : old.shares()) {
    SealedShare& share = *out.add_shares();
    CopySameFields(from, &share);
    share.set_member(from.i());
  }
  return out;
}

BidCancellation Upgrade(const BidCancellationV1& old) {
  BidCancellation out;
  CopySameFields(old, &out);
  out.set_stage(1);
  out.set_round(1);
  return out;
}

OpenShares Upgrade(const OpenSharesV2& old) {
  OpenShares out;
  CopySameFields(old, &out);
  out.set_stage(1);
  out.set_round(1);
  out.set_member(old.i());
  for (const OpenSharesV2::BadWrap& from : old.bad_wraps()) {
    CopySameFields(from, out.add_bad_wraps());
  }
  return out;
}

ContractOffer Upgrade(const ContractOfferV1& old) {
  ContractOffer out;
  CopySameFields(old, &out);
  out.set_lot(1);
  return out;
}

}  // namespace jodal::procurement
