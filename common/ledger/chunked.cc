#include "common/ledger/chunked.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/ledger/errors.h"
#include "common/status/macros.h"

namespace jodal::ledger {
namespace {

constexpr char kInline = 0;
constexpr char kPieces = 1;

absl::Status Damaged() {
  return MakeError(kErrors["CHUNKS_DAMAGED"], "a stored value in pieces is not whole");
}

std::string PieceKey(absl::string_view key, size_t i) {
  std::string out = absl::StrCat("~chunk/", key);
  AppendU16Be(out, static_cast<uint16_t>(i));
  return out;
}

size_t Pieces(size_t size) { return (size + kValueBytesMax - 1) / kValueBytesMax; }

// Size of a value in pieces; nullopt for one that lies under its key.
absl::StatusOr<std::optional<size_t>> SizeInPieces(const std::string& header) {
  if (!header.empty() && header[0] == kInline) return std::optional<size_t>();
  if (header.size() != 5 || header[0] != kPieces) return Damaged();
  const size_t size = ReadU32Be(absl::string_view(header).substr(1));
  if (size > kChunkedBytesMax) return Damaged();
  return std::optional<size_t>(size);
}

}  // namespace

absl::Status PutChunked(Txn& txn, absl::string_view key, absl::string_view value) {
  if (value.size() > kChunkedBytesMax) {
    return MakeError(kErrors["VALUE_TOO_LARGE"],
                     absl::StrCat("the value is over the limit of ", kChunkedBytesMax, " bytes"),
                     {{"limit", absl::StrCat(kChunkedBytesMax)}});
  }
  RETURN_IF_ERROR(DeleteChunked(txn, key));
  if (value.size() < kValueBytesMax) {
    txn.Put(key, absl::StrCat(absl::string_view(&kInline, 1), value));
    return absl::OkStatus();
  }
  std::string header(1, kPieces);
  AppendU32Be(header, static_cast<uint32_t>(value.size()));
  txn.Put(key, std::move(header));
  for (size_t i = 0; i < Pieces(value.size()); ++i) {
    txn.Put(PieceKey(key, i), std::string(value.substr(i * kValueBytesMax, kValueBytesMax)));
  }
  return absl::OkStatus();
}

absl::Status DeleteChunked(Txn& txn, absl::string_view key) {
  ASSIGN_OR_RETURN(const auto header, txn.Get(key));
  if (!header.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto size, SizeInPieces(*header));
  for (size_t i = 0; i < Pieces(size.value_or(0)); ++i) txn.Delete(PieceKey(key, i));
  txn.Delete(key);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> GetChunked(const kv::Reader& reader,
                                                      absl::string_view key) {
  ASSIGN_OR_RETURN(auto header, reader.Get(key));
  if (!header.has_value()) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const auto size, SizeInPieces(*header));
  if (!size.has_value()) return std::optional<std::string>(header->substr(1));
  std::string value;
  value.reserve(*size);
  for (size_t i = 0; i < Pieces(*size); ++i) {
    ASSIGN_OR_RETURN(const auto piece, reader.Get(PieceKey(key, i)));
    if (!piece.has_value()) return Damaged();
    value += *piece;
  }
  if (value.size() != *size) return Damaged();
  return std::optional<std::string>(std::move(value));
}

}  // namespace jodal::ledger
