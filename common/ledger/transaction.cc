#include "common/ledger/transaction.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/ledger/errors.h"
#include "common/ledger/records.h"
#include "common/status/macros.h"

namespace jodal::ledger {
namespace {

// What an event costs beside its body: keys, entry, hashes.
constexpr size_t kEventOverheadBytes = 256;

std::string FullEnd(const std::string& prefix, absl::string_view end) {
  return end.empty() ? kv::PrefixEnd(prefix) : absl::StrCat(prefix, end);
}

void StripPrefix(size_t size, std::vector<kv::KeyValue>& pairs) {
  for (kv::KeyValue& pair : pairs) pair.key.erase(0, size);
}

absl::Status TooLarge(DefinedError error, absl::string_view what, size_t limit) {
  return MakeError(error, absl::StrCat(what, " is over the limit of ", limit),
                   {{"limit", absl::StrCat(limit)}});
}

}  // namespace

ShardReader::ShardReader(const kv::Reader& base, uint16_t shard)
    : base_(base), prefix_(ShardPrefix(shard)) {}

absl::StatusOr<std::optional<std::string>> ShardReader::Get(absl::string_view key) const {
  return base_.Get(absl::StrCat(prefix_, key));
}

void ShardReader::Prefetch(const std::vector<std::string>& keys) const {
  std::vector<std::string> full;
  full.reserve(keys.size());
  for (const std::string& key : keys) full.push_back(absl::StrCat(prefix_, key));
  base_.Prefetch(full);
}

absl::StatusOr<std::vector<kv::KeyValue>> ShardReader::Scan(absl::string_view begin,
                                                            absl::string_view end,
                                                            size_t limit) const {
  ASSIGN_OR_RETURN(auto pairs,
                   base_.Scan(absl::StrCat(prefix_, begin), FullEnd(prefix_, end), limit));
  StripPrefix(prefix_.size(), pairs);
  return pairs;
}

absl::StatusOr<std::vector<kv::KeyValue>> ShardReader::ScanReverse(absl::string_view begin,
                                                                   absl::string_view end,
                                                                   size_t limit) const {
  ASSIGN_OR_RETURN(auto pairs,
                   base_.ScanReverse(absl::StrCat(prefix_, begin), FullEnd(prefix_, end), limit));
  StripPrefix(prefix_.size(), pairs);
  return pairs;
}

void Effects::FillSeqs(uint64_t first_seq) {
  for (const auto& [key, event] : numbered) {
    std::string& value = *writes[key];
    uint64_t seq = first_seq + event.index;
    for (size_t at = value.size() - kSeqBytes; at < value.size(); ++at, seq >>= 8) {
      value[at] = static_cast<char>(seq & 0xff);
    }
  }
}

Transaction::Transaction(const kv::Reader& base, uint16_t shard)
    : base_(base), prefix_(ShardPrefix(shard)), merged_(base, effects_.writes) {}

absl::StatusOr<std::optional<std::string>> Transaction::Get(absl::string_view key) const {
  std::string full = absl::StrCat(prefix_, key);
  const auto own = effects_.writes.find(full);
  if (own != effects_.writes.end()) return own->second;
  auto value = base_.Get(full);
  effects_.reads.keys.push_back(std::move(full));
  return value;
}

absl::StatusOr<std::vector<kv::KeyValue>> Transaction::Scan(absl::string_view begin,
                                                            absl::string_view end,
                                                            size_t limit) const {
  ReadSet::Range seen{absl::StrCat(prefix_, begin), FullEnd(prefix_, end)};
  ASSIGN_OR_RETURN(auto pairs, merged_.Scan(seen.begin, seen.end, limit));
  if (limit > 0) {
    // A scan that stopped at its limit has seen nothing past its last key.
    if (pairs.size() == limit) seen.end = pairs.back().key + '\0';
    effects_.reads.ranges.push_back(std::move(seen));
  }
  StripPrefix(prefix_.size(), pairs);
  return pairs;
}

absl::StatusOr<std::vector<kv::KeyValue>> Transaction::ScanReverse(absl::string_view begin,
                                                                   absl::string_view end,
                                                                   size_t limit) const {
  ReadSet::Range seen{absl::StrCat(prefix_, begin), FullEnd(prefix_, end)};
  ASSIGN_OR_RETURN(auto pairs, merged_.ScanReverse(seen.begin, seen.end, limit));
  if (limit > 0) {
    if (pairs.size() == limit) seen.begin = pairs.back().key;
    effects_.reads.ranges.push_back(std::move(seen));
  }
  StripPrefix(prefix_.size(), pairs);
  return pairs;
}

void Transaction::Write(absl::string_view key, std::optional<std::string> value) {
  std::string full = absl::StrCat(prefix_, key);
  effects_.numbered.erase(full);
  effects_.writes[std::move(full)] = std::move(value);
}

void Transaction::Put(absl::string_view key, std::string value) { Write(key, std::move(value)); }

void Transaction::PutWithSeq(absl::string_view key, std::string value, EventHandle event) {
  value.append(kSeqBytes, '\0');
  Write(key, std::move(value));
  effects_.numbered[absl::StrCat(prefix_, key)] = event;
}

void Transaction::Delete(absl::string_view key) { Write(key, std::nullopt); }

EventHandle Transaction::Emit(Event event) {
  effects_.events.push_back(std::move(event));
  return {static_cast<uint32_t>(effects_.events.size() - 1)};
}

void Transaction::SetResponse(std::string response) { effects_.response = std::move(response); }

absl::StatusOr<Effects> Transaction::Finish(bool housekeeping) && {
  size_t bytes = effects_.response.size();
  if (effects_.response.size() + kAnswerOverheadBytesMax > kValueBytesMax) {
    return TooLarge(kErrors["VALUE_TOO_LARGE"], "the response",
                    kValueBytesMax - kAnswerOverheadBytesMax);
  }
  for (const auto& [key, value] : effects_.writes) {
    if (key.size() > kStateKeyBytesMax + prefix_.size()) {
      return TooLarge(kErrors["KEY_TOO_LONG"], "a key in bytes", kStateKeyBytesMax);
    }
    if (value.has_value() && value->size() > kValueBytesMax) {
      return TooLarge(kErrors["VALUE_TOO_LARGE"], "a value in bytes", kValueBytesMax);
    }
    bytes += key.size() + (value.has_value() ? value->size() : 0);
  }
  for (const Event& event : effects_.events) {
    if (event.body.size() > kEventBodyBytesMax) {
      return TooLarge(kErrors["VALUE_TOO_LARGE"], "an event's body in bytes", kEventBodyBytesMax);
    }
    const size_t names = event.type.size() + event.subject.size() + event.actor_role.size();
    if (names > kEventNameBytesMax) {
      return TooLarge(kErrors["ENTRY_TOO_LARGE"], "an event's type, subject and role",
                      kEventNameBytesMax);
    }
    bytes += event.body.size() + names;
  }
  if (effects_.writes.size() > kStateKeysMax) {
    return TooLarge(kErrors["COMMIT_TOO_LARGE"], "the number of keys written", kStateKeysMax);
  }
  if (effects_.events.size() > kEventsMax) {
    return TooLarge(kErrors["COMMIT_TOO_LARGE"], "the number of events", kEventsMax);
  }
  if (bytes > kCommitBytesMax) {
    return TooLarge(kErrors["COMMIT_TOO_LARGE"], "the update in bytes", kCommitBytesMax);
  }
  if (effects_.events.empty() && !effects_.writes.empty()) {
    if (!housekeeping) {
      return MakeError(kErrors["UPDATE_WITHOUT_EVENT"],
                       "an update wrote state without emitting an event");
    }
    for (const auto& [key, value] : effects_.writes) {
      const absl::string_view name = absl::string_view(key).substr(prefix_.size());
      if (!absl::StartsWith(name, kHousekeepingPrefix) && !absl::StartsWith(name, kBlobPrefix)) {
        return MakeError(kErrors["HOUSEKEEPING_KEY"],
                         absl::StrCat("without an event only keys under ", kHousekeepingPrefix,
                                      " and ", kBlobPrefix, " may be written"));
      }
    }
  }
  effects_.bytes = bytes + effects_.events.size() * kEventOverheadBytes;
  return std::move(effects_);
}

}  // namespace jodal::ledger
