#include "services/tracking/engine/batch.h"

#include <algorithm>
#include <limits>

#include "services/tracking/domain/timeline.h"
#include "services/tracking/limits.h"
#include "services/tracking/store/tracking_store.h"

namespace jodal::tracking {
namespace {

// Beside the groups a commit writes the page, the counter and how far the log was followed.
constexpr size_t kGroupsMax = ledger::kStateKeysMax - 3;
// The page is counted with the groups; the record of the log may be as large as a value.
constexpr size_t kRestBytesMax = ledger::kValueBytesMax + 4096;
constexpr size_t kBytesMax = ledger::kCommitBytesMax - kRestBytesMax;
// A group's key and its part of the page, beside the tender's id in both.
constexpr size_t kGroupOverheadBytes = 64;

// What can be in a log fits a group of its own and, with all ids as long as they may be, a page.
static_assert(ledger::kEventBodyBytesMax + ledger::kEventNameBytesMax + kTenderIdBytesMax + 512 <=
              ledger::kValueBytesMax);
static_assert(kGroupsMax * (kTenderIdBytesMax + kGroupOverheadBytes) <= ledger::kValueBytesMax);

}  // namespace

bool Batch::Add(const log::v1::Entry& entry, absl::string_view body) {
  const absl::string_view tender = TenderOf(entry.subject());
  auto group = groups_.find(tender);
  const bool fresh = group == groups_.end();
  size_t bytes = bytes_;
  if (fresh) {
    if (groups_.size() == kGroupsMax) return false;
    group = groups_.emplace(std::string(tender), GroupPacker(service_, tender, entry.seq())).first;
    bytes += 2 * tender.size() + kGroupOverheadBytes + group->second.bytes().size();
  }
  const size_t size_before = group->second.bytes().size();
  // The first entry is always taken. One that breaks the ledger's limits is the ledger's to refuse.
  size_t bytes_max = std::numeric_limits<size_t>::max();
  if (size_ > 0) {
    const size_t room = kBytesMax - std::min(bytes, kBytesMax);
    bytes_max = std::min(ledger::kValueBytesMax, size_before + room);
  }
  if (!group->second.Add(entry, body, bytes_max)) {
    if (fresh) groups_.erase(group);
    return false;
  }
  bytes_ = bytes + group->second.bytes().size() - size_before;
  if (size_++ == 0) first_log_seq_ = entry.seq();
  return true;
}

void Batch::ForEachTender(
    uint64_t first_sequence,
    absl::FunctionRef<void(const std::string& tender_id, uint64_t last_sequence)> each) const {
  for (const auto& [tender, group] : groups_) each(tender, LastSequence(group, first_sequence));
}

void Batch::Put(ledger::Txn& txn, uint64_t first_sequence) const {
  const uint64_t last = first_sequence + size_ - 1;
  store::v1::Page page;
  for (const auto& [tender, group] : groups_) {
    const uint64_t group_last = LastSequence(group, first_sequence);
    txn.Put(GroupTable().KeyOf(GroupKey(tender, group_last)), group.bytes());
    store::v1::Page::Part* part = page.add_groups();
    part->set_tender_id(tender);
    part->set_back(static_cast<uint32_t>(last - group_last));
  }
  PageTable().Put(txn, SequenceKey(last), page);
}

}  // namespace jodal::tracking
