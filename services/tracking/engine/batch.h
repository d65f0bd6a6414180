// What one commit takes over of a log: as many entries as fit.
#ifndef JODAL_SERVICES_TRACKING_ENGINE_BATCH_H_
#define JODAL_SERVICES_TRACKING_ENGINE_BATCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "common/ledger/ledger.h"
#include "jodal/log/v1/log.pb.h"
#include "services/tracking/store/group.h"

namespace jodal::tracking {

// Entries of one log in a row, packed by tender. Not thread-safe.
class Batch {
 public:
  explicit Batch(std::string service) : service_(std::move(service)) {}

  // Adds the next entry of the log with its body where public. False, and nothing is changed, if
  // one commit cannot hold it beside the others. Both must outlive this.
  bool Add(const log::v1::Entry& entry, absl::string_view body);

  uint64_t size() const { return size_; }
  // Each tender ("" for none) and the sequence of its last item, if the first one has
  // `first_sequence`.
  void ForEachTender(
      uint64_t first_sequence,
      absl::FunctionRef<void(const std::string& tender_id, uint64_t last_sequence)> each) const;
  // Writes all items; the first one gets `first_sequence`. Only if there are any.
  void Put(ledger::Txn& txn, uint64_t first_sequence) const;

 private:
  uint64_t LastSequence(const GroupPacker& group, uint64_t first_sequence) const {
    return first_sequence + (group.last_log_seq() - first_log_seq_);
  }

  std::string service_;
  uint64_t first_log_seq_ = 0;
  uint64_t size_ = 0;
  size_t bytes_ = 0;                                        // no less than what Put writes
  std::map<std::string, GroupPacker, std::less<>> groups_;  // by tender
};

}  // namespace jodal::tracking

#endif  // JODAL_SERVICES_TRACKING_ENGINE_BATCH_H_
