#include "common/log/receipt.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/bytes.h"
#include "common/status/error.h"

namespace jodal::log {
namespace {

class ReceiptTest : public testing::Test, public crypto::NodeReader {
 protected:
  ReceiptTest() : key_(crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'k')).value()) {
    crypto::Frontier frontier;
    for (int i = 0; i < 11; ++i) {
      frontier.Append(crypto::LeafHash(absl::StrCat("entry ", i)),
                      [&](int level, uint64_t index, const std::string& hash) {
                        nodes_[{level, index}] = hash;
                      });
    }
    checkpoint_ = SignCheckpoint({"log.example", 11, frontier.Root()}, key_).value();
    log_ = {"log.example", key_.public_key()};
  }
  absl::StatusOr<std::string> Node(int level, uint64_t index) const override {
    return nodes_.at({level, index});
  }
  std::string Proof(uint64_t index) {
    return FormatProof({index, crypto::InclusionPath(index, 11, *this).value(), checkpoint_});
  }
  static std::string Reason(absl::string_view entry, const std::string& proof,
                            const LogIdentity& log) {
    return ErrorReason(VerifyReceipt(entry, proof, log).status());
  }

  crypto::Ed25519PrivateKey key_;
  std::map<std::pair<int, uint64_t>, std::string> nodes_;
  std::string checkpoint_;
  LogIdentity log_;
};

TEST_F(ReceiptTest, VerifiesEveryEntry) {
  for (uint64_t i = 0; i < 11; ++i) {
    const auto verified = VerifyReceipt(absl::StrCat("entry ", i), Proof(i), log_);
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->seq, i);
    EXPECT_EQ(verified->size, 11u);
    EXPECT_EQ(FormatProof(ParseProof(Proof(i)).value()), Proof(i));
  }
}

TEST_F(ReceiptTest, NamesWhatIsWrong) {
  const std::string proof = Proof(3);
  const auto other_key = crypto::Ed25519PrivateKey::FromSeed(std::string(32, 'x')).value();
  EXPECT_EQ(Reason("entry 4", proof, log_), "INCLUSION_MISMATCH");
  EXPECT_EQ(Reason("entry 3", absl::StrReplaceAll(proof, {{"index 3", "index 4"}}), log_),
            "INCLUSION_MISMATCH");
  EXPECT_EQ(Reason("entry 3", absl::StrReplaceAll(proof, {{"index 3", "index 11"}}), log_),
            "INCLUSION_MISMATCH");
  EXPECT_EQ(Reason("entry 3", proof, {"other.example", key_.public_key()}), "ORIGIN_MISMATCH");
  EXPECT_EQ(Reason("entry 3", proof, {"log.example", other_key.public_key()}),
            "CHECKPOINT_SIGNATURE");
  EXPECT_EQ(Reason("entry 3", absl::StrReplaceAll(proof, {{"\n11\n", "\n12\n"}}), log_),
            "CHECKPOINT_SIGNATURE");
}

TEST_F(ReceiptTest, RefusesMalformedText) {
  const std::string proof = Proof(3);
  const std::string hash = Base64Encode(std::string(32, 'h'));
  std::string long_path = "c2sp.org/tlog-proof@v1\nindex 3\n";
  for (int i = 0; i < 64; ++i) absl::StrAppend(&long_path, hash, "\n");
  absl::StrAppend(&long_path, "\n", checkpoint_);
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"empty", ""},
      {"other version", absl::StrReplaceAll(proof, {{"@v1", "@v2"}})},
      {"no index", absl::StrReplaceAll(proof, {{"index 3\n", ""}})},
      {"leading zero", absl::StrReplaceAll(proof, {{"index 3", "index 03"}})},
      {"sign", absl::StrReplaceAll(proof, {{"index 3", "index +3"}})},
      {"carriage return", absl::StrReplaceAll(proof, {{"index 3\n", "index 3\r\n"}})},
      {"short hash", absl::StrReplaceAll(proof, {{"index 3\n", "index 3\nAAAA\n"}})},
      {"no checkpoint", proof.substr(0, proof.find("\n\n") + 1)},
      {"empty checkpoint", proof.substr(0, proof.find("\n\n") + 2)},
      {"path too long", long_path},
      {"bad extra", absl::StrReplaceAll(proof, {{"index 3", "extra ?\nindex 3"}})},
      {"something after the note", proof + "x"},
  };
  for (const auto& [name, text] : cases) {
    EXPECT_EQ(Reason("entry 3", text, log_), "RECEIPT_MALFORMED") << name;
  }
  EXPECT_EQ(
      Reason("entry 3", absl::StrReplaceAll(proof, {{"index 3", "extra AAAA\nindex 3"}}), log_),
      "");
}

}  // namespace
}  // namespace jodal::log
