#include "common/kv/rocks_logs.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/kv/errors.h"
#include "common/kv/rocks_crc32c.h"
#include "common/status/macros.h"

namespace jodal::kv {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlockBytes = 32 * 1024;
constexpr size_t kHeaderBytes = 7;
constexpr size_t kBatchHeaderBytes = 12;
enum Type : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

template <typename T>
T LittleEndian(absl::string_view bytes) {
  T out = 0;
  for (size_t i = sizeof(T); i-- > 0;) out = (out << 8) | static_cast<uint8_t>(bytes[i]);
  return out;
}

uint32_t MaskedCrc32c(absl::string_view bytes) {
  const uint32_t crc = Crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

struct Record {
  uint8_t type = 0;
  absl::string_view payload;
};

// The intact record at the beginning of `rest`, which ends with its block or file.
std::optional<Record> RecordAt(absl::string_view rest) {
  if (rest.size() < kHeaderBytes) return std::nullopt;
  const auto type = static_cast<uint8_t>(rest[6]);
  const size_t length = LittleEndian<uint16_t>(rest.substr(4, 2));
  if (type < kFull || type > kLast || kHeaderBytes + length > rest.size()) return std::nullopt;
  if (MaskedCrc32c(rest.substr(6, 1 + length)) != LittleEndian<uint32_t>(rest)) return std::nullopt;
  return Record{type, rest.substr(kHeaderBytes, length)};
}

// What is known of one log.
struct Scan {
  bool broken = false;        // there is something that is no record
  bool more_follows = false;  // and a record begins behind it
  std::optional<uint64_t> first_sequence;
  uint64_t next_sequence = 0;  // after the last record that is intact
};

void Take(const Record& record, Scan& scan) {
  if (record.type != kFull && record.type != kFirst) return;
  if (scan.broken) scan.more_follows = true;
  if (record.payload.size() < kBatchHeaderBytes) return;
  const auto sequence = LittleEndian<uint64_t>(record.payload);
  if (!scan.first_sequence.has_value()) scan.first_sequence = sequence;
  // A recovery may begin a log with an empty batch that carries the last number in use.
  scan.next_sequence =
      sequence + std::max(uint32_t{1}, LittleEndian<uint32_t>(record.payload.substr(8, 4)));
}

void ScanBlock(absl::string_view block, Scan& scan) {
  while (block.size() >= kHeaderBytes && !scan.more_follows) {
    if (const auto record = RecordAt(block)) {
      Take(*record, scan);
      block.remove_prefix(kHeaderBytes + record->payload.size());
    } else {
      // A length cannot be trusted any more: the next record may begin at any byte.
      scan.broken = true;
      block.remove_prefix(1);
    }
  }
}

absl::Status Damaged(const fs::path& file, absl::string_view what) {
  const std::string name = file.filename().string();
  return MakeError(kErrors["STORE_DAMAGED"],
                   absl::StrCat("stored data fails its checks: in ", name, " ", what),
                   {{"file", name}});
}

absl::Status Unreadable(const fs::path& path) {
  return MakeError(kErrors["STORE_FAILED"],
                   absl::StrCat("the store failed: cannot read ", path.string()));
}

absl::StatusOr<Scan> ScanFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string block(kBlockBytes, '\0');
  Scan scan;
  while (in && !scan.more_follows) {
    in.read(block.data(), kBlockBytes);
    ScanBlock(absl::string_view(block.data(), static_cast<size_t>(in.gcount())), scan);
  }
  if (in.bad() || !in.is_open()) return Unreadable(path);
  if (scan.more_follows) return Damaged(path, "records follow one that is broken");
  return scan;
}

}  // namespace

absl::Status CheckRocksLogs(const std::string& path) {
  std::error_code error;
  std::vector<std::pair<uint64_t, fs::path>> wals;
  fs::directory_iterator file(path, error);
  if (error == std::errc::no_such_file_or_directory) return absl::OkStatus();
  for (; !error && file != fs::directory_iterator(); file.increment(error)) {
    uint64_t number = 0;
    const fs::path& name = file->path();
    if (name.extension() == ".log" && absl::SimpleAtoi(name.stem().string(), &number)) {
      wals.emplace_back(number, name);
    }
  }
  if (error) return Unreadable(path);
  std::sort(wals.begin(), wals.end());
  std::optional<uint64_t> expected;
  for (const auto& [number, file] : wals) {
    ASSIGN_OR_RETURN(const Scan scan, ScanFile(file));
    if (!scan.first_sequence.has_value()) continue;
    // After a recovery that left a broken record out, the next file goes on where that one began.
    if (expected.has_value() && *scan.first_sequence > *expected) {
      return Damaged(file, "there is a gap to what was written before");
    }
    expected = scan.next_sequence;
  }
  std::string name;
  std::getline(std::ifstream(fs::path(path) / "CURRENT"), name);
  const fs::path manifest = fs::path(path) / name;
  if (!fs::is_regular_file(manifest, error)) return absl::OkStatus();  // RocksDB says what is wrong
  return ScanFile(manifest).status();
}

}  // namespace jodal::kv
