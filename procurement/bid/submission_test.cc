#include "procurement/bid/submission.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"

namespace jodal::procurement {
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

}  // namespace
}  // namespace jodal::procurement
