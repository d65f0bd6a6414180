#include "services/bidding/engine/submission.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "services/bidding/engine/testing.h"

namespace jodal::bidding {
namespace {

TEST(Submission, DigestAndRootAsDocumented) {
  document::v1::SignedDocument seal;
  seal.set_content("seal");
  seal.set_signature("p7s");
  const std::string digest = SubmissionDigest(Submitted(seal, "cipher"));
  EXPECT_EQ(
      digest,
      HexEncode(crypto::Sha256(absl::StrCat("jodal submission v1", crypto::Sha256("seal"),
                                            crypto::Sha256("p7s"), crypto::Sha256("cipher")))));
  EXPECT_EQ(*BoxRoot({}), HexEncode(crypto::Sha256("")));
  const auto leaf = [](const std::string& hex) {
    return crypto::Sha256(absl::StrCat(absl::string_view("\0", 1), *HexDecode(hex)));
  };
  const std::string other(64, 'a');
  EXPECT_EQ(*BoxRoot({digest}), HexEncode(leaf(digest)));
  EXPECT_EQ(*BoxRoot({digest, other}),
            HexEncode(crypto::Sha256(absl::StrCat("\x01", leaf(digest), leaf(other)))));
  EXPECT_FALSE(BoxRoot({"zz"}).ok());
}

TEST(Submission, CiphertextSizes) {
  const std::pair<size_t, bool> cases[] = {{0, false},         {16, false},
                                           {4096, false},      {4096 + 16, true},
                                           {4096 + 17, false}, {15 * 4096 + 16, true},
                                           {65536, false},     {16 * 4096 + 16, false}};
  for (const auto& [size, ok] : cases) {
    EXPECT_EQ(CheckCiphertextSize(std::string(size, 'c')).ok(), ok) << size;
  }
}

class SealShape : public BoxTest {};

TEST_F(SealShape, NamesWhatIsWrong) {
  OpenBoxForBids();
  const v1::SubmitBidRequest good = MakeBid({Supplier(1)});
  struct Case {
    const char* what;
    const char* reason;
    std::function<void(document::v1::Seal&)> alter;
  };
  const Case cases[] = {
      {"format", "SEAL_INVALID", [](auto& s) { s.set_format("SB2"); }},
      {"id short", "SEAL_INVALID", [](auto& s) { s.mutable_submission_id()->pop_back(); }},
      {"id case", "SEAL_INVALID", [](auto& s) { (*s.mutable_submission_id())[0] = 'A'; }},
      {"replaces", "SEAL_INVALID", [](auto& s) { s.set_replaces("x"); }},
      {"key commit", "SEAL_INVALID", [](auto& s) { s.mutable_key_commit()->pop_back(); }},
      {"k 0", "SEAL_INVALID", [](auto& s) { s.set_k(0); }},
      {"k > n", "SEAL_INVALID", [](auto& s) { s.set_k(6); }},
      {"n", "SEAL_INVALID", [](auto& s) { s.set_n(4); }},
      {"n > 16", "SEAL_INVALID", [](auto& s) { s.set_n(17); }},
      {"missing", "SEAL_INVALID", [](auto& s) { s.mutable_shares()->RemoveLast(); }},
      {"order", "SEAL_INVALID", [](auto& s) { s.mutable_shares()->SwapElements(0, 1); }},
      {"twice", "SEAL_INVALID", [](auto& s) { s.mutable_shares(1)->set_i(1); }},
      {"wrap size", "SEAL_INVALID",
       [](auto& s) { s.mutable_shares(2)->mutable_wrap()->pop_back(); }},
      {"wrap point", "SEAL_INVALID",
       [](auto& s) { (*s.mutable_shares(2)->mutable_wrap())[64] ^= 1; }},
      {"commit", "SEAL_INVALID", [](auto& s) { s.mutable_shares(4)->mutable_commit()->clear(); }},
      {"ct digest", "CIPHERTEXT_MISMATCH", [](auto& s) { s.mutable_ciphertext_sha256()->clear(); }},
      {"ct size", "CIPHERTEXT_MISMATCH",
       [](auto& s) { s.set_ciphertext_size(s.ciphertext_size() + 1); }},
  };
  document::v1::Seal seal;
  ASSERT_TRUE(document::ParseStrictJson(good.seal().content(), &seal).ok());
  EXPECT_TRUE(CheckSealShape(seal, Submitted(good.seal(), good.ciphertext())).ok());
  EXPECT_THAT(CheckSealShape(seal, Submitted(good.seal(), good.ciphertext() + "x")),
              HasReason("CIPHERTEXT_MISMATCH"));
  for (const Case& c : cases) {
    document::v1::Seal altered = seal;
    c.alter(altered);
    EXPECT_THAT(CheckSealShape(altered, Submitted(good.seal(), good.ciphertext())),
                HasReason(c.reason))
        << c.what;
  }
}

}  // namespace
}  // namespace jodal::bidding
