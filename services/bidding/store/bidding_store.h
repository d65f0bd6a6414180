// The tables of the bidding service. A box is for one stage of one round of a tender: its id is
// "<tender>.<stage>.<round>", and everything of a box lies in the shard of that id.
//
//   box/        box                                      BoxRecord
//   bid/        box / submission digest                  BidRecord, of every version, cancelled too
//   order/      box / version / order key                OrderRecord: the valid bids in box order
//   supplier/   supplier / box                           SupplierRecord: one bid per version
//   submission/ box / submission id                      SubmissionRecord
//   release/    box / member / document                  ReleaseRecord
//   shares/     box / member / document                  StoredDocument (in pieces: chunked.h)
//   opened/     box / version / order key                OpenedRecord
//   work/       box                                      WorkRecord: its bids are being opened
//   cancellation/ box / submission digest                StoredDocument (in pieces)
//
// A supplier's rows come first by supplier, so that the bids of one supplier are a range in each
// shard: the list of its own bids needs no index beside them.
//
// Box order is ascending (arrival time, submission digest), both of them facts that the log shows
// in the entry of bid.received: everybody can recompute it. The position in the log would serve as
// well, but it is known only to the committer, which fills it into values (Txn::PutWithSeq) and not
// into keys; and a counter kept instead would make all bids of a box conflict with each other.
// An order key is 16 hex digits of the arrival in Unix ns, "-", the digest in hex.
#ifndef JODAL_SERVICES_BIDDING_STORE_BIDDING_STORE_H_
#define JODAL_SERVICES_BIDDING_STORE_BIDDING_STORE_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/ledger/table.h"
#include "jodal/bidding/store/v1/bidding_store.pb.h"
#include "services/bidding/domain/life_cycle.h"

namespace jodal::bidding::store {

inline const ledger::Table<v1::BoxRecord> kBoxes("box/");
inline const ledger::Table<v1::BidRecord> kBids("bid/");
inline const ledger::Table<v1::OrderRecord> kOrder("order/");
inline const ledger::Table<v1::SupplierRecord> kSuppliers("supplier/");
inline const ledger::Table<v1::SubmissionRecord> kSubmissions("submission/");
inline const ledger::Table<v1::ReleaseRecord> kReleases("release/");
inline const ledger::Table<v1::OpenedRecord> kOpened("opened/");
inline const ledger::Table<v1::WorkRecord> kWork("work/");

// Ids hold neither '/' nor '.'.
struct BoxName {
  absl::string_view tender_id;
  int stage = 1;
  int round = 1;
};
std::string BoxId(const BoxName& name);
inline std::string BoxId(const v1::BoxRecord& box) {
  return BoxId({box.tender_id(), box.stage(), box.round()});
}
// Key parts joined by '/'.
inline std::string Key(absl::string_view box_id, absl::string_view part) {
  return absl::StrCat(box_id, "/", part);
}
std::string VersionPrefix(const v1::BoxRecord& box);  // box / version /
struct SupplierIn {
  absl::string_view box_id;
  absl::string_view supplier_id;
};
std::string SupplierKey(const SupplierIn& in);  // supplier / box
// The n-th document of a member, from 0.
struct ReleaseName {
  std::string box_id;
  int member = 0;
  int document = 0;
};
std::string ReleaseKey(const ReleaseName& name);
std::string OrderKey(int64_t arrival_ns, absl::string_view submission_digest);

inline State StateOf(const v1::BoxRecord& box) { return static_cast<State>(box.state()); }
inline void SetState(State state, v1::BoxRecord* box) {
  box->set_state(static_cast<bidding::v1::Box::State>(state));
}

}  // namespace jodal::bidding::store

#endif  // JODAL_SERVICES_BIDDING_STORE_BIDDING_STORE_H_
