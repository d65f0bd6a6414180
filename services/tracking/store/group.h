// The items of a group as bytes and back: each by what differs from the one before it.
//
// Before the first stands a bid that was received: type "bid.received", subject "tenders/" and the
// tender, role "supplier", commit time 0, no body. Nearly all that a monitor takes over are bids of
// the same tender, whose bodies differ only in a digest.
#ifndef JODAL_SERVICES_TRACKING_STORE_GROUP_H_
#define JODAL_SERVICES_TRACKING_STORE_GROUP_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "jodal/log/v1/log.pb.h"
#include "jodal/tracking/store/v1/tracking_store.pb.h"
#include "jodal/tracking/v1/tracking.pb.h"

namespace jodal::tracking {

// Packs entries of one log that belong to one tender into a serialized Group. Not thread-safe.
class GroupPacker {
 public:
  GroupPacker(const std::string& service, absl::string_view tender_id, uint64_t first_log_seq);

  // Adds an entry unless the group would become larger than `bytes_max`: then nothing is changed.
  // `body` is what may be shown. Both must outlive this.
  bool Add(const log::v1::Entry& entry, absl::string_view body, size_t bytes_max);

  const std::string& bytes() const { return bytes_; }
  uint64_t last_log_seq() const { return last_log_seq_; }

 private:
  std::string bytes_;
  uint64_t first_log_seq_;
  uint64_t last_log_seq_;
  // What the next item is compared with.
  std::string first_subject_;
  const log::v1::Entry* before_ = nullptr;  // nullptr: the first item comes next
  absl::string_view body_before_;
};

// Unpacks the group of `tender_id` whose last item has `last_sequence`. `place` says where an item
// goes, nullptr if it is not wanted; all fields but origin and summary are set there. DATA_LOSS if
// the group contradicts itself.
absl::Status Unpack(absl::string_view tender_id, uint64_t last_sequence,
                    const store::v1::Group& group,
                    absl::FunctionRef<v1::TimelineItem*(uint64_t sequence)> place);

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_STORE_GROUP_H_
