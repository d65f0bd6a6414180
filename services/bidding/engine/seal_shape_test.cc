#include <gtest/gtest.h>

#include "procurement/bid/submission.h"
#include "services/bidding/engine/testing.h"

namespace jodal::bidding {
namespace {

using procurement::CheckSealShape;
using procurement::Submitted;

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
      {"quorum 0", "SEAL_INVALID", [](auto& s) { s.set_quorum(0); }},
      {"quorum too large", "SEAL_INVALID", [](auto& s) { s.set_quorum(6); }},
      {"members", "SEAL_INVALID", [](auto& s) { s.set_members(4); }},
      {"17 members", "SEAL_INVALID", [](auto& s) { s.set_members(17); }},
      {"missing", "SEAL_INVALID", [](auto& s) { s.mutable_shares()->RemoveLast(); }},
      {"order", "SEAL_INVALID", [](auto& s) { s.mutable_shares()->SwapElements(0, 1); }},
      {"stage", "SEAL_INVALID", [](auto& s) { s.set_stage(0); }},
      {"round", "SEAL_INVALID", [](auto& s) { s.set_round(0); }},
      {"attachments", "SEAL_INVALID", [](auto& s) { s.add_attachments(); }},
      {"twice", "SEAL_INVALID", [](auto& s) { s.mutable_shares(1)->set_member(1); }},
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
