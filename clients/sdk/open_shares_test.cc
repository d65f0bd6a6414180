#include "clients/sdk/open_shares.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/pki/ca.h"
#include "common/status/error.h"
#include "procurement/bid/submission.h"

namespace jodal::sdk {
namespace {

constexpr int kBids = 7;
constexpr int kBad = 4;  // its wrap for member 2 is garbage

// A closed box with a committee of three, two of whom open.
class OpenSharesTest : public ::testing::Test {
 protected:
  OpenSharesTest() {
    pki::CaRequest ask;
    ask.not_before = now_ - absl::Hours(24);
    ask.not_after = now_ + absl::Hours(24 * 365);
    auto ca = pki::CertificateAuthority::Create(ask);
    EXPECT_TRUE(ca.ok()) << ca.status();
    document::v1::Notice notice;
    notice.set_tender_id("R26BK00000001");
    notice.set_system("test");
    notice.set_quorum(2);
    notice.set_currency("KRW");
    notice.set_round(1);
    notice.add_lots()->set_lot(1);
    notice.set_rule_set("kr-state-goods-2024");
    for (int i = 1; i <= 3; ++i) {
      members_.push_back(NewPerson(*ca, absl::StrCat("A-", i, ".1"), true));
      auto* member = notice.add_committee();
      member->set_member(i);
      member->set_person_id(members_.back().person_id());
      member->set_cert_sha256(
          HexEncode(crypto::Sha256(members_.back().agreement_certificate().der())));
      member->set_spki(members_.back().agreement_key().SpkiDer());
    }
    notice_ = *PublishedNotice::Parse(*SignDocument(members_[0], "test", "notice", &notice));
    std::vector<std::string> digests;
    for (int at = 0; at < kBids; ++at) {
      const Identity supplier = NewPerson(*ca, absl::StrCat("S-", at, ".1"), false);
      auto sealed = SealBid(supplier, notice_, {1000 + at, {1, 2}}, now_, random_);
      EXPECT_TRUE(sealed.ok()) << sealed.status();
      if (at == kBad) {
        document::v1::Seal seal;
        EXPECT_TRUE(document::ParseStrictJson(sealed->seal.content(), &seal).ok());
        (*seal.mutable_shares(1)->mutable_wrap())[70] ^= 1;
        sealed->seal = *SignDocument(supplier, "test", "seal", &seal);
      }
      bidding::v1::SealedBid& bid = bids_.emplace_back();
      *bid.mutable_seal()->mutable_document() = sealed->seal;
      bid.set_submission_digest(
          procurement::SubmissionDigest(sealed->seal, crypto::Sha256(sealed->ciphertext)));
      digests.push_back(bid.submission_digest());
    }
    box_.set_notice_hash(notice_.hash_hex());
    box_.set_root(*procurement::BoxRoot(digests));
  }

  Identity NewPerson(const pki::CertificateAuthority& ca, const std::string& id, bool agreement) {
    auto key = pki::PrivateKey::Generate(pki::KeyType::kEcP256);
    pki::LeafRequest leaf;
    leaf.cn = id;
    leaf.not_before = now_;
    leaf.not_after = now_ + absl::Hours(24);
    leaf.spki_der = *key->SpkiDer();
    Identity person(*std::move(key), *ca.Issue(leaf));
    person.set_person_id(id);
    if (agreement) {
      auto pair = crypto::P256PrivateKey::Generate(random_);
      leaf.usage = pki::LeafUsage::kKeyAgreement;
      leaf.spki_der = pair.SpkiDer();
      person.SetAgreement(std::move(pair), *ca.Issue(leaf));
    }
    return person;
  }

  // The documents of member i, joined; each must go on where the one before it ended.
  document::v1::OpenShares Join(const std::vector<document::v1::SignedDocument>& documents,
                                int first) {
    document::v1::OpenShares all;
    for (const auto& document : documents) {
      document::v1::OpenShares part;
      EXPECT_TRUE(document::ParseStrictJson(document.content(), &part).ok());
      EXPECT_EQ(part.version(), 3);
      EXPECT_EQ(part.box_root(), box_.root());
      EXPECT_EQ(part.first(), first + static_cast<int>(all.shares().size() / 32));
      all.mutable_shares()->append(part.shares());
      for (const auto& bad : part.bad_wraps()) {
        EXPECT_GE(bad.position(), part.first());
        EXPECT_LT(bad.position(), part.first() + static_cast<int>(part.shares().size() / 32));
        *all.add_bad_wraps() = bad;
      }
    }
    return all;
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'767'571'200);
  crypto::FakeRandom random_{1};
  std::vector<Identity> members_;
  PublishedNotice notice_;
  std::vector<bidding::v1::SealedBid> bids_;
  bidding::v1::Box box_;
};

TEST_F(OpenSharesTest, OfAnySizeAreTheSameShares) {
  const auto one = MakeOpenShares(members_[1], notice_, box_, bids_, random_);
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_EQ(one->size(), 1u);
  const auto all = Join(*one, 0);
  ASSERT_EQ(all.shares().size(), 32u * kBids);
  ASSERT_EQ(all.bad_wraps_size(), 1);
  EXPECT_EQ(all.bad_wraps(0).position(), kBad);
  EXPECT_EQ(all.shares().substr(32 * kBad, 32), std::string(32, '\0'));
  for (const size_t bytes : {1, 43, 44, 100, 260}) {
    const auto parts = MakeOpenShares(members_[1], notice_, box_, bids_, random_, bytes);
    ASSERT_TRUE(parts.ok()) << parts.status();
    EXPECT_GT(parts->size(), 1u);
    if (bytes == 1) {
      EXPECT_EQ(parts->size(), static_cast<size_t>(kBids));
    }
    EXPECT_EQ(Join(*parts, 0).shares(), all.shares()) << bytes;
  }
}

TEST_F(OpenSharesTest, GoOnWhereTheBoxSaysThatTheyEnded) {
  const auto all = Join(*MakeOpenShares(members_[1], notice_, box_, bids_, random_), 0);
  auto* under_way = box_.add_releasing();
  under_way->set_member(2);
  under_way->set_shares(3);
  const auto rest = MakeOpenShares(members_[1], notice_, box_, bids_, random_, 100);
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(Join(*rest, 3).shares(), all.shares().substr(3 * 32));
  box_.clear_releasing();
  box_.add_released(2);
  EXPECT_TRUE(MakeOpenShares(members_[1], notice_, box_, bids_, random_)->empty());
  EXPECT_EQ(MakeOpenShares(members_[0], notice_, box_, bids_, random_)->size(), 1u);
}

TEST_F(OpenSharesTest, OfAnEmptyBoxAreOneEmptyDocument) {
  bids_.clear();
  box_.set_root(*procurement::BoxRoot({}));
  const auto documents = MakeOpenShares(members_[0], notice_, box_, bids_, random_);
  ASSERT_TRUE(documents.ok()) << documents.status();
  ASSERT_EQ(documents->size(), 1u);
  EXPECT_EQ(Join(*documents, 0).shares(), "");
}

TEST_F(OpenSharesTest, NothingIsUnwrappedOfAnotherBox) {
  std::vector<bidding::v1::SealedBid> dropped(bids_.begin() + 1, bids_.end());
  EXPECT_EQ(ErrorReason(MakeOpenShares(members_[0], notice_, box_, dropped, random_).status()),
            "BOX_ROOT_MISMATCH");
  std::vector<bidding::v1::SealedBid> swapped = bids_;
  std::swap(swapped[0], swapped[1]);
  EXPECT_EQ(ErrorReason(MakeOpenShares(members_[0], notice_, box_, swapped, random_).status()),
            "BOX_ROOT_MISMATCH");
}

}  // namespace
}  // namespace jodal::sdk
