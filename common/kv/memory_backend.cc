#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/kv/backend.h"

namespace jodal::kv {
namespace {

// Every key keeps the versions that some live snapshot can still see. A snapshot is a version
// number, so taking one costs nothing however many keys there are.
struct Store {
  struct Version {
    uint64_t number;
    std::optional<std::string> value;
  };
  using Keys = std::map<std::string, std::vector<Version>, std::less<>>;

  absl::Mutex mu;
  uint64_t newest ABSL_GUARDED_BY(mu) = 0;
  Keys keys ABSL_GUARDED_BY(mu);
  std::multiset<uint64_t> live ABSL_GUARDED_BY(mu);
  std::deque<std::pair<uint64_t, std::string>> deleted ABSL_GUARDED_BY(mu);

  uint64_t OldestLive() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    return live.empty() ? newest : *live.begin();
  }

  std::optional<std::string> Newest(const std::string& key) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    const auto it = keys.find(key);
    return it == keys.end() ? std::nullopt : it->second.back().value;
  }

  // Drops the versions of one key that are hidden from every snapshot from `oldest` on.
  static void Prune(std::vector<Version>& versions, uint64_t oldest) {
    size_t keep = 0;
    for (size_t i = 0; i < versions.size(); ++i) {
      if (versions[i].number <= oldest) keep = i;
    }
    versions.erase(versions.begin(), versions.begin() + static_cast<std::ptrdiff_t>(keep));
  }

  static const std::string* Visible(const std::vector<Version>& versions, uint64_t at) {
    for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
      if (it->number <= at) return it->value.has_value() ? &*it->value : nullptr;
    }
    return nullptr;
  }
};

class MemoryReader : public Reader {
 public:
  explicit MemoryReader(std::shared_ptr<Store> store) : store_(std::move(store)) {
    absl::MutexLock lock(&store_->mu);
    at_ = store_->newest;
    store_->live.insert(at_);
  }
  ~MemoryReader() override {
    absl::MutexLock lock(&store_->mu);
    store_->live.erase(store_->live.find(at_));
  }

  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    absl::ReaderMutexLock lock(&store_->mu);
    const auto it = store_->keys.find(key);
    if (it == store_->keys.end()) return std::optional<std::string>();
    const std::string* value = Store::Visible(it->second, at_);
    return value == nullptr ? std::optional<std::string>() : std::optional<std::string>(*value);
  }

  absl::StatusOr<std::vector<KeyValue>> Scan(absl::string_view begin, absl::string_view end,
                                             size_t limit) const override {
    std::vector<KeyValue> out;
    absl::ReaderMutexLock lock(&store_->mu);
    for (auto it = store_->keys.lower_bound(begin); it != store_->keys.end(); ++it) {
      if (out.size() >= limit || (!end.empty() && it->first >= end)) break;
      const std::string* value = Store::Visible(it->second, at_);
      if (value != nullptr) out.push_back({it->first, *value});
    }
    return out;
  }

  absl::StatusOr<std::vector<KeyValue>> ScanReverse(absl::string_view begin, absl::string_view end,
                                                    size_t limit) const override {
    std::vector<KeyValue> out;
    absl::ReaderMutexLock lock(&store_->mu);
    auto it = end.empty() ? store_->keys.end() : store_->keys.lower_bound(end);
    while (it != store_->keys.begin() && out.size() < limit) {
      --it;
      if (it->first < begin) break;
      const std::string* value = Store::Visible(it->second, at_);
      if (value != nullptr) out.push_back({it->first, *value});
    }
    return out;
  }

 private:
  const std::shared_ptr<Store> store_;
  uint64_t at_;
};

class MemoryBackend : public Backend {
 public:
  std::unique_ptr<Reader> NewSnapshot() const override {
    return std::make_unique<MemoryReader>(store_);
  }

  absl::Status Write(const WriteBatch& batch) override {
    absl::MutexLock lock(&store_->mu);
    if (batch.guard.has_value() && store_->Newest(batch.guard->key) != batch.guard->expected) {
      return ConflictError();
    }
    const uint64_t oldest = store_->OldestLive();
    const uint64_t number = ++store_->newest;
    const auto apply = [&](const std::string& key, const std::optional<std::string>& value)
                           ABSL_EXCLUSIVE_LOCKS_REQUIRED(store_->mu) {
                             std::vector<Store::Version>& versions = store_->keys[key];
                             if (!versions.empty() && versions.back().number == number) {
                               versions.back().value = value;
                             } else {
                               versions.push_back({number, value});
                             }
                             Store::Prune(versions, oldest);
                             if (!value.has_value()) store_->deleted.emplace_back(number, key);
                           };
    for (const WriteBatch::Op& op : batch.ops) apply(op.key, op.value);
    if (batch.guard.has_value()) apply(batch.guard->key, batch.guard->value);
    // A deletion is forgotten once no snapshot from before it is left.
    const uint64_t visible = store_->OldestLive();
    while (!store_->deleted.empty() && store_->deleted.front().first <= visible) {
      const auto it = store_->keys.find(store_->deleted.front().second);
      if (it != store_->keys.end()) {
        Store::Prune(it->second, visible);
        if (it->second.size() == 1 && !it->second.back().value.has_value()) store_->keys.erase(it);
      }
      store_->deleted.pop_front();
    }
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<Store> store_ = std::make_shared<Store>();
};

}  // namespace

std::unique_ptr<Backend> NewMemoryBackend() { return std::make_unique<MemoryBackend>(); }

}  // namespace jodal::kv
