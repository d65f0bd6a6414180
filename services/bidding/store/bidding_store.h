// The tables of the bidding service. Everything of a tender lies in the tender's shard.
//
//   box/        tender                                   BoxRecord
//   bid/        tender / submission digest               BidRecord, of every version, cancelled too
//   order/      tender / version / order key             OrderRecord: the valid bids in box order
//   supplier/   supplier / tender                        SupplierRecord: one bid per version
//   submission/ tender / submission id                   SubmissionRecord
//   release/    tender / member / document               ReleaseRecord
//   shares/     tender / member / document               StoredDocument (in pieces: chunked.h)
//   opened/     tender / version / order key             OpenedRecord
//   work/       tender                                   WorkRecord
//   cancellation/ tender / submission digest             StoredDocument (in pieces)
//
// A supplier's rows come first by supplier, so that the bids of one supplier are a range in each
// shard: the list of its own bids needs no index beside them.
//
// Box order is ascending (arrival time, submission digest), both of them facts that the log shows
// in the entry of bid.received: everybody can recompute it. The position in the log would serve as
// well, but it is known only to the committer, which fills it into values (Txn::PutWithSeq) and not
// into keys; and a counter kept instead would make all bids of a tender conflict with each other.
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

// Key parts joined by '/'. Ids hold no '/'.
inline std::string Key(absl::string_view tender_id, absl::string_view part) {
  return absl::StrCat(tender_id, "/", part);
}
std::string VersionPrefix(const v1::BoxRecord& box);  // tender / version /
struct SupplierIn {
  absl::string_view tender_id;
  absl::string_view supplier_id;
};
std::string SupplierKey(const SupplierIn& in);  // supplier / tender
// The n-th document of member i, from 0.
struct ReleaseName {
  absl::string_view tender_id;
  int i = 0;
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
