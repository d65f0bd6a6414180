#include "common/ledger/blobs.h"

#include <gtest/gtest.h>

#include "common/clock/clock.h"
#include "common/crypto/hash.h"
#include "common/status/error.h"

namespace jodal::ledger {
namespace {

class BlobsTest : public ::testing::Test {
 protected:
  BlobsTest() {
    Ledger::Options options;
    options.origin = "test.example/blobs";
    options.clock = &clock_;
    options.log_key = std::make_shared<const crypto::Ed25519PrivateKey>(
        *crypto::Ed25519PrivateKey::FromSeed(std::string(32, 's')));
    ledger_ = *Ledger::Open(kv::NewMemoryBackend(), options);
  }
  absl::StatusOr<std::string> Get(uint16_t shard, const std::string& sha256) {
    absl::StatusOr<std::string> out;
    EXPECT_TRUE(ledger_
                    ->View(shard,
                           [&](const kv::Reader& reader) {
                             out = GetBlob(reader, sha256);
                             return absl::OkStatus();
                           })
                    .ok());
    return out;
  }

  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::unique_ptr<Ledger> ledger_;
};

// More than fit one update by number, and more by size.
TEST_F(BlobsTest, AreFoundByTheirDigestAndLeaveNoEntry) {
  std::vector<std::string> values;
  for (int i = 0; i < 250; ++i) values.push_back(absl::StrCat("value ", i));
  for (int i = 0; i < 25; ++i) {
    values.push_back(std::string(kValueBytesMax, static_cast<char>('a' + i)));
  }
  values.push_back("");
  ASSERT_TRUE(PutBlobs(*ledger_, 7, values).ok());
  ASSERT_TRUE(PutBlobs(*ledger_, 7, values).ok()) << "once more does no harm";
  ASSERT_TRUE(PutBlobs(*ledger_, 7, {}).ok());
  for (const std::string& value : values) {
    const auto got = Get(7, crypto::Sha256(value));
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(*got, value);
  }
  EXPECT_EQ(ledger_->Size(), 0u);
  EXPECT_EQ(ErrorReason(Get(8, crypto::Sha256(values[0])).status()), "BLOB_DAMAGED");
  EXPECT_EQ(ErrorReason(Get(7, crypto::Sha256("another")).status()), "BLOB_DAMAGED");
}

TEST_F(BlobsTest, ADamagedOneIsNotGiven) {
  ASSERT_TRUE(PutBlobs(*ledger_, 7, {"one"}).ok());
  UpdateRequest request;
  request.shard = 7;
  request.housekeeping = true;
  ASSERT_TRUE(ledger_
                  ->Update(request,
                           [](Txn& txn) {
                             txn.Put(absl::StrCat(kBlobPrefix, crypto::Sha256("one")), "0ne");
                             return absl::OkStatus();
                           })
                  .ok());
  EXPECT_EQ(ErrorReason(Get(7, crypto::Sha256("one")).status()), "BLOB_DAMAGED");
}

TEST_F(BlobsTest, OneIsAtMostAValue) {
  EXPECT_EQ(ErrorReason(PutBlobs(*ledger_, 7, {std::string(kValueBytesMax + 1, 'x')})),
            "VALUE_TOO_LARGE");
}

}  // namespace
}  // namespace jodal::ledger
