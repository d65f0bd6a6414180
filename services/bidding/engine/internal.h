// What the files of the engine share.
#ifndef JODAL_SERVICES_BIDDING_ENGINE_INTERNAL_H_
#define JODAL_SERVICES_BIDDING_ENGINE_INTERNAL_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/bytes.h"
#include "common/ledger/ledger.h"
#include "common/rpc/caller.h"
#include "common/sealing/sb1.h"
#include "jodal/bidding/store/v1/bidding_store.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "services/bidding/domain/life_cycle.h"
#include "services/bidding/errors.h"
#include "services/bidding/limits.h"
#include "services/bidding/store/bidding_store.h"

namespace jodal::bidding {

inline constexpr char kSystemRole[] = "system";
inline constexpr char kSupplierRole[] = "supplier";
inline constexpr char kCommitteeRole[] = "committee";

inline bool IsTenderId(absl::string_view id) {
  return !id.empty() && id.size() <= kTenderIdBytesMax &&
         id.find_first_of("/.") == absl::string_view::npos;
}

// The box that a signed document or an event names; "" if its tender's id can be none.
template <typename Message>
std::string BoxIdOf(const Message& message) {
  if (!IsTenderId(message.tender_id())) return "";
  return store::BoxId({message.tender_id(), message.stage(), message.round()});
}
// The box that a request asks for: without a stage or round the first one.
template <typename Request>
std::string BoxIdAsked(const Request& request) {
  if (!IsTenderId(request.tender_id())) return "";
  return store::BoxId(
      {request.tender_id(), std::max(1, request.stage()), std::max(1, request.round())});
}
// What every event of a box says.
template <typename Body>
void NameBox(const store::v1::BoxRecord& box, Body* event) {
  event->set_tender_id(box.tender_id());
  event->set_stage(box.stage());
  event->set_round(box.round());
}

inline ledger::UpdateRequest InBoxShard(absl::string_view box_id) {
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(box_id);
  return update;
}

inline absl::Status CheckNoticeHash(const store::v1::BoxRecord& box, absl::string_view hash) {
  if (hash == box.notice_hash()) return absl::OkStatus();
  for (const std::string& past : box.past_notice_hashes()) {
    if (hash == past) return NoticeSupersededError(box.notice_hash());
  }
  return NoticeMismatchError(box.notice_hash());
}

// The keys of all released documents, by member and then by position.
std::vector<std::string> DocumentKeys(const store::v1::BoxRecord& box);
absl::StatusOr<document::v1::StoredDocument> LoadShares(const kv::Reader& reader,
                                                        const std::string& key);
void FillBox(const store::v1::BoxRecord& box, absl::Time now, v1::Box* out);
// The members who have released, and those who have begun to.
void FillReleases(const store::v1::BoxRecord& box, v1::Box* out);

inline sealing::Committee SealingCommitteeOf(const store::v1::BoxRecord& box) {
  sealing::Committee out;
  out.notice_hash = HexDecode(box.notice_hash()).value_or("");
  out.k = box.quorum();
  for (const auto& member : box.committee())
    out.members.push_back({member.member(), member.spki()});
  return out;
}

// The caller's number in the committee; 0 for a caller that is no member.
inline int MemberNumber(const store::v1::BoxRecord& box, const rpc::Call& call) {
  if (!call.caller.IsUser()) return 0;
  for (const auto& member : box.committee()) {
    if (member.person_id() == call.caller.user.person_id) return member.member();
  }
  return 0;
}

}  // namespace jodal::bidding

#endif  // JODAL_SERVICES_BIDDING_ENGINE_INTERNAL_H_
