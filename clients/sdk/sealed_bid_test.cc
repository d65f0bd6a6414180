#include "clients/sdk/sealed_bid.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/document/json.h"
#include "common/pki/test_pki.h"
#include "common/status/error.h"

namespace jodal::sdk {
namespace {

class SealedBidTest : public testing::Test {
 protected:
  // A person with a signing certificate of `usage` and, if asked for, a key-agreement pair.
  Identity Person(bool agreement, pki::KeyType type = pki::KeyType::kEcP256,
                  pki::LeafUsage usage = pki::LeafUsage::kSigning) {
    auto key = pki::PrivateKey::Generate(type).value();
    const auto certificate = pki::IssueTo(ca_, key, {.type = type, .usage = usage});
    Identity identity(std::move(key), certificate);
    identity.set_person_id("S-1248100998.1");
    if (agreement) {
      auto agree = crypto::P256PrivateKey::Generate(random_);
      pki::LeafRequest leaf;
      leaf.cn = "Agreement";
      leaf.spki_der = agree.SpkiDer();
      leaf.usage = pki::LeafUsage::kKeyAgreement;
      leaf.not_before = pki::kT0;
      leaf.not_after = pki::kT0 + pki::kDay;
      identity.SetAgreement(std::move(agree), ca_.Issue(leaf).value());
    }
    return identity;
  }

  PublishedNotice Notice(const Identity& officer, const std::string& tender_id) {
    document::v1::Notice notice;
    notice.set_tender_id(tender_id);
    notice.set_currency("KRW");
    notice.set_round(1);
    for (const int lot : {1, 2}) notice.add_lots()->set_lot(lot);
    notice.set_rule_set("kr-state-goods-2024");
    notice.set_quorum(2);
    for (int i = 1; i <= 3; ++i) {
      auto* member = notice.add_committee();
      member->set_member(i);
      member->set_person_id(absl::StrCat("officer-", i));
      member->set_spki(crypto::P256PrivateKey::Generate(random_).SpkiDer());
    }
    return PublishedNotice::Parse(SignDocument(officer, "test", "notice", &notice).value()).value();
  }

  crypto::FakeRandom random_{1};
  pki::CertificateAuthority ca_ = pki::MakeCa();
  const Identity bidder_ = Person(/*agreement=*/true);
  const PublishedNotice notice_ = Notice(bidder_, "R26BK00000001");
  const SealedBid sealed_ =
      SealBid(bidder_, notice_, {123'456'789, {3, 7}}, pki::kT0, random_).value();
};

TEST_F(SealedBidTest, TheBidderAloneRecoversItFromWhatHeKeeps) {
  const std::string envelope = bidder_.EncryptToSelf(sealed_.cek).value();
  EXPECT_EQ(envelope.find(sealed_.cek), std::string::npos);
  const auto cek = bidder_.DecryptOwn(envelope);
  ASSERT_TRUE(cek.ok()) << cek.status();
  const auto bid = OpenOwnSeal(notice_, {sealed_.seal, sealed_.ciphertext, *cek});
  ASSERT_TRUE(bid.ok()) << bid.status();
  EXPECT_EQ(bid->content(), sealed_.bid.content());
  EXPECT_EQ(bid->signature(), sealed_.bid.signature());
  document::v1::Bid parsed;
  ASSERT_TRUE(document::ParseStrictJson(bid->content(), &parsed).ok());
  EXPECT_EQ(parsed.offers(0).amount(), 123'456'789);
  for (const Identity& other : {Person(true), Person(false)}) {
    EXPECT_EQ(ErrorReason(other.DecryptOwn(envelope).status()), "ENVELOPE_NOT_OPENED");
  }
}

// After a restart from files, encrypted by a PIN.
TEST_F(SealedBidTest, RecoveryOutlivesTheProcess) {
  std::string dir = testing::TempDir() + "/sdk_XXXXXX";
  ASSERT_NE(mkdtemp(dir.data()), nullptr);
  const std::string envelope = bidder_.EncryptToSelf(sealed_.cek).value();
  ASSERT_TRUE(bidder_.Save(dir + "/keys", "1234").ok());
  for (const char* file : {"/keys/sign.key", "/keys/agree.key"}) {
    struct stat info;
    ASSERT_EQ(stat((dir + file).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u) << file;
  }
  const auto again = Identity::Load(dir + "/keys", "1234");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->DecryptOwn(envelope).value(), sealed_.cek);
  std::filesystem::remove_all(dir);
}

// docs/adr/0011: by key usage.
TEST_F(SealedBidTest, NothingIsEncryptedToACertificateForSignatures) {
  for (const auto type : {pki::KeyType::kEcP256, pki::KeyType::kRsa2048}) {
    EXPECT_EQ(ErrorReason(Person(false, type).EncryptToSelf("secret").status()),
              "ENCRYPTION_CERTIFICATE_MISSING");
    const Identity with = Person(true, type);
    EXPECT_EQ(with.DecryptOwn(with.EncryptToSelf("secret").value()).value(), "secret");
  }
  const Identity rsa = Person(false, pki::KeyType::kRsa2048, pki::LeafUsage::kKeyEncipherment);
  EXPECT_EQ(rsa.DecryptOwn(rsa.EncryptToSelf("secret").value()).value(), "secret");
}

// Past bug: picks 3,3 and a price of 0 were sealed and sent, and void at the opening.
TEST_F(SealedBidTest, TermsThatTheOpeningWouldNotCountAreNotSealed) {
  std::vector<BidTerms> bad = {{0, {3, 7}}, {-1, {3, 7}},   {1, {3, 3}}, {1, {0, 7}}, {1, {3, 16}},
                               {1, {3}},    {1, {1, 2, 3}}, {1, {}},     BidTerms()};
  for (const auto& [first, second] : {std::pair(2, 1), std::pair(1, 1), std::pair(2, 3)}) {
    BidTerms& terms = bad.emplace_back();
    for (const int lot : {first, second}) terms.lots.push_back({lot, 1, {3, 7}});
  }
  // One lot that would count does not excuse one that would not.
  bad.emplace_back(1, std::vector<int>{3, 7}).lots.push_back({2, 0, {3, 7}});
  for (const BidTerms& terms : bad) {
    EXPECT_EQ(ErrorReason(SealBid(bidder_, notice_, terms, pki::kT0, random_).status()),
              "BID_WOULD_BE_VOID")
        << terms.lots.size() << " lots";
  }
}

TEST_F(SealedBidTest, OffersForSeveralLotsAreOneBid) {
  BidTerms terms(10, {3, 7});
  terms.lots.push_back({2, 20, {1, 2}});
  const auto sealed = SealBid(bidder_, notice_, terms, pki::kT0, random_);
  ASSERT_TRUE(sealed.ok()) << sealed.status();
  document::v1::Bid bid;
  ASSERT_TRUE(document::ParseStrictJson(sealed->bid.content(), &bid).ok());
  ASSERT_EQ(bid.offers_size(), 2);
  EXPECT_EQ(bid.offers(1).lot(), 2);
  EXPECT_EQ(bid.offers(1).amount(), 20);
}

TEST_F(SealedBidTest, WhatIsNotTheSealsIsNotRecovered) {
  const OwnSeal good = {sealed_.seal, sealed_.ciphertext, sealed_.cek};
  ASSERT_TRUE(OpenOwnSeal(notice_, good).ok());
  const auto reason = [&](const PublishedNotice& notice, const OwnSeal& own) {
    return ErrorReason(OpenOwnSeal(notice, own).status());
  };
  OwnSeal own = good;
  own.cek[0] ^= 1;
  EXPECT_EQ(reason(notice_, own), "BID_NOT_RECOVERED");
  own = good;
  own.cek.clear();
  EXPECT_EQ(reason(notice_, own), "BID_NOT_RECOVERED");
  own = good;
  own.ciphertext.back() ^= 1;
  EXPECT_EQ(reason(notice_, own), "BID_NOT_RECOVERED");
  EXPECT_EQ(reason(Notice(bidder_, "R26BK00000002"), good), "BID_NOT_RECOVERED");
  const auto other = SealBid(bidder_, notice_, {1, {3, 7}}, pki::kT0, random_).value();
  own = good;
  own.seal = other.seal;
  EXPECT_EQ(reason(notice_, own), "BID_NOT_RECOVERED");
  own.ciphertext = other.ciphertext;
  EXPECT_EQ(reason(notice_, own), "BID_NOT_RECOVERED");
}

}  // namespace
}  // namespace jodal::sdk
