#include "common/ledger/chunked.h"

#include <gtest/gtest.h>

#include "common/ledger/testing.h"
#include "common/status/error.h"

namespace jodal::ledger {
namespace {

class ChunkedTest : public testing::Test {
 protected:
  ChunkedTest() { ledger_ = OpenTestLedger(shared_, &clock_).value(); }

  absl::Status Change(const Ledger::Body& body) {
    return ledger_
        ->Update({},
                 [&](Txn& txn) {
                   txn.Emit({.type = "test"});
                   return body(txn);
                 })
        .status();
  }
  absl::Status Put(const std::string& value) {
    return Change([&](Txn& txn) { return PutChunked(txn, "doc", value); });
  }
  absl::StatusOr<std::optional<std::string>> Get() {
    absl::StatusOr<std::optional<std::string>> out;
    ledger_
        ->View(0,
               [&](const kv::Reader& reader) {
                 out = GetChunked(reader, "doc");
                 return absl::OkStatus();
               })
        .IgnoreError();
    return out;
  }
  size_t StoredKeys() { return shared_->NewSnapshot()->Scan("S", "T", 1000).value().size(); }

  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::shared_ptr<kv::Backend> shared_ = kv::NewMemoryBackend();
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(ChunkedTest, KeepsValuesOfEverySize) {
  EXPECT_EQ(Get().value(), std::nullopt);
  for (const size_t size : {size_t{0}, size_t{1}, kValueBytesMax - 1, kValueBytesMax,
                            kValueBytesMax + 1, 3 * kValueBytesMax, kChunkedBytesMax, size_t{5}}) {
    std::string value(size, 'v');
    if (size > 0) value.back() = '!';
    ASSERT_TRUE(Put(value).ok()) << size;
    ASSERT_TRUE(Get().value() == value) << size;
  }
  EXPECT_EQ(StoredKeys(), 1u) << "pieces of replaced values are gone";
  EXPECT_EQ(ErrorReason(Put(std::string(kChunkedBytesMax + 1, 'v'))), "VALUE_TOO_LARGE");
  ASSERT_TRUE(Put(std::string(kChunkedBytesMax, 'v')).ok());
  ASSERT_TRUE(Change([](Txn& txn) { return DeleteChunked(txn, "doc"); }).ok());
  EXPECT_EQ(StoredKeys(), 0u);
}

TEST_F(ChunkedTest, NoticesAMissingPiece) {
  ASSERT_TRUE(Put(std::string(2 * kValueBytesMax, 'v')).ok());
  ASSERT_TRUE(Change([](Txn& txn) {
                txn.Delete(absl::string_view("~chunk/doc\0\1", 12));
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(ErrorReason(Get().status()), "CHUNKS_DAMAGED");
}

}  // namespace
}  // namespace jodal::ledger
