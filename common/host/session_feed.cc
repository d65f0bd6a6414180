#include "common/host/session_feed.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/host/errors.h"
#include "common/kv/scan.h"
#include "common/status/macros.h"

namespace jodal::host {
namespace {

constexpr char kName[] = "sessions";
constexpr uint16_t kShard = 0;
constexpr size_t kRowBytesMin = 16;

std::string Prefix() { return absl::StrCat(ledger::kHousekeepingPrefix, kName, "/bar/"); }

absl::Status Load(const ledger::Ledger& own, rpc::SessionBars& bars) {
  const std::string prefix = Prefix();
  return own.View(kShard, [&](const kv::Reader& reader) -> absl::Status {
    return kv::ForEachWithPrefix(reader, prefix, [&](const kv::KeyValue& row) -> absl::Status {
      const absl::string_view value = row.value;
      const size_t slash = row.key.rfind('/');
      if (value.size() < kRowBytesMin || slash < prefix.size()) {
        return MakeError(kErrors["SESSION_BARS_DAMAGED"], absl::StrCat(row.key, " holds no bar"));
      }
      const auto instant = [&](size_t at) {
        return absl::FromUnixNanos(static_cast<int64_t>(ReadU64Be(value.substr(at, 8))));
      };
      bars.Apply({row.key.substr(prefix.size(), slash - prefix.size()), row.key.substr(slash + 1),
                  std::string(value.substr(kRowBytesMin)), instant(0), instant(8)});
      return absl::OkStatus();
    });
  });
}

}  // namespace

absl::StatusOr<std::unique_ptr<SessionFeed>> SessionFeed::Create(Options options) {
  RETURN_IF_ERROR(Load(*options.own, *options.bars));
  ledger::Follower::Options follower;
  follower.name = kName;
  follower.own = options.own;
  follower.fetch = std::move(options.fetch);
  follower.on_error = std::move(options.on_error);
  follower.handler =
      [bars = options.bars, read = std::move(options.source.read)](
          const ledger::LoggedEntry& entry) -> absl::StatusOr<std::optional<ledger::FollowUpdate>> {
    ASSIGN_OR_RETURN(const std::optional<rpc::SessionBar> bar, read(entry));
    if (!bar.has_value()) return std::optional<ledger::FollowUpdate>();
    // Before it is stored: a bar need not wait for the disk.
    bars->Apply(*bar);
    ledger::FollowUpdate update;
    update.shard = kShard;
    update.body = [bar = *bar](ledger::Txn& txn) {
      std::string row;
      AppendU64Be(row, static_cast<uint64_t>(absl::ToUnixNanos(bar.from)));
      AppendU64Be(row, static_cast<uint64_t>(absl::ToUnixNanos(bar.to)));
      row.append(bar.replaces);
      txn.Put(absl::StrCat(Prefix(), bar.organization_id, "/", bar.id), row);
      return absl::OkStatus();
    };
    return std::optional<ledger::FollowUpdate>(std::move(update));
  };
  auto feed = std::unique_ptr<SessionFeed>(new SessionFeed());
  ASSIGN_OR_RETURN(feed->follower_, ledger::Follower::Create(std::move(follower)));
  return feed;
}

}  // namespace jodal::host
