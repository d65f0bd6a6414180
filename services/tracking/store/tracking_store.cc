#include "services/tracking/store/tracking_store.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace jodal::tracking {

const ledger::Table<store::v1::Group>& GroupTable() {
  static const auto& table = *new ledger::Table<store::v1::Group>("tender/");
  return table;
}
const ledger::Table<store::v1::Page>& PageTable() {
  static const auto& table = *new ledger::Table<store::v1::Page>("page/");
  return table;
}
const ledger::Table<store::v1::FollowedLog>& LogTable() {
  static const auto& table = *new ledger::Table<store::v1::FollowedLog>("log/");
  return table;
}
const ledger::Table<store::v1::Counter>& CounterTable() {
  static const auto& table = *new ledger::Table<store::v1::Counter>("counter");
  return table;
}

std::string SequenceKey(uint64_t sequence) {
  return absl::StrCat(absl::Hex(sequence, absl::kZeroPad16));
}

uint64_t SequenceOf(absl::string_view key) {
  uint64_t sequence = 0;
  if (key.size() < 16 || !absl::SimpleHexAtoi(key.substr(key.size() - 16), &sequence)) return 0;
  return sequence;
}

std::string GroupPrefix(absl::string_view tender_id) { return absl::StrCat(tender_id, "/"); }

std::string GroupKey(absl::string_view tender_id, uint64_t last_sequence) {
  return absl::StrCat(GroupPrefix(tender_id), SequenceKey(last_sequence));
}

}  // namespace jodal::tracking
