// One run of an update's body: what it read, wrote and emitted, and whether that keeps the limits.
#ifndef JODAL_COMMON_LEDGER_TRANSACTION_H_
#define JODAL_COMMON_LEDGER_TRANSACTION_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/ledger/ledger.h"
#include "common/ledger/overlay_reader.h"

namespace jodal::ledger {

// Keys and ranges of the backend that a decision rests on, present or absent.
struct ReadSet {
  struct Range {
    std::string begin;
    std::string end;  // exclusive
  };
  std::vector<std::string> keys;
  std::vector<Range> ranges;
};

// Everything a body decided, in backend keys.
struct Effects {
  ReadSet reads;
  Writes writes;
  std::map<std::string, EventHandle> numbered;  // writes that end in the number of an event
  std::vector<Event> events;
  std::string response;
  size_t bytes = 0;

  bool Empty() const { return writes.empty() && events.empty(); }
  // Fills in the numbers; the first event has number `first_seq`.
  void FillSeqs(uint64_t first_seq);
};

// Strips the shard's prefix: bodies see only their own keys, from "" on. An empty end means the end
// of the shard.
class ShardReader : public kv::Reader {
 public:
  ShardReader(const kv::Reader& base, uint16_t shard);

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  void Prefetch(const std::vector<std::string>& keys) const override;
  absl::StatusOr<std::vector<kv::KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                                 size_t limit) const override;
  absl::StatusOr<std::vector<kv::KeyValue>> ScanReverse(absl::string_view begin,
                                                        absl::string_view end,
                                                        size_t limit) const override;

 private:
  const kv::Reader& base_;
  const std::string prefix_;
};

class Transaction : public Txn {
 public:
  Transaction(const kv::Reader& base, uint16_t shard);

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  absl::StatusOr<std::vector<kv::KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                                 size_t limit) const override;
  absl::StatusOr<std::vector<kv::KeyValue>> ScanReverse(absl::string_view begin,
                                                        absl::string_view end,
                                                        size_t limit) const override;
  void Put(absl::string_view key, std::string value) override;
  void PutWithSeq(absl::string_view key, std::string value, EventHandle event) override;
  void Delete(absl::string_view key) override;
  EventHandle Emit(Event event) override;
  void SetResponse(std::string response) override;

  // Ends the run: the effects, or the refusal of what breaks a limit (ledger.h).
  absl::StatusOr<Effects> Finish(bool housekeeping) &&;

 private:
  void Write(absl::string_view key, std::optional<std::string> value);

  const kv::Reader& base_;
  const std::string prefix_;
  mutable Effects effects_;  // reads are recorded by const calls
  const OverlayReader merged_;
};

}  // namespace jodal::ledger

#endif  // JODAL_COMMON_LEDGER_TRANSACTION_H_
