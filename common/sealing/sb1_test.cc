#include "common/sealing/sb1.h"

#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/dleq.h"
#include "common/crypto/hash.h"
#include "common/crypto/hpke.h"
#include "common/crypto/schnorr.h"
#include "common/sealing/shamir.h"
#include "common/status/error.h"

namespace jodal::sealing {
namespace {

using crypto::P256PrivateKey;

void Flip(std::string& bytes, size_t at) { bytes[at] = static_cast<char>(bytes[at] ^ 1); }

class Sb1Test : public ::testing::Test {
 protected:
  Sb1Test() {
    committee_.notice_hash = crypto::Sha256("notice");
    committee_.k = 3;
    for (int i = 1; i <= 5; ++i) {
      keys_.push_back(P256PrivateKey::Derive(absl::StrCat("member ", i)));
      committee_.members.push_back({i, keys_.back().SpkiDer()});
    }
    sealed_ = Seal(committee_, dealer_, payload_, cek_).value();
  }

  SealBinding Binding() const { return {committee_.notice_hash, dealer_}; }
  const P256PrivateKey& KeyOf(int i) const { return keys_[i - 1]; }
  const Member& MemberOf(int i) const { return committee_.members[i - 1]; }
  std::string CheckReason(const Sealed& sealed) const {
    return ErrorReason(CheckSeal(committee_, dealer_, cek_, sealed));
  }
  static std::string WrapInfo(const SealBinding& binding, int i) {
    return absl::StrCat("SB1 wrap", binding.notice_hash, std::string(1, static_cast<char>(i)));
  }
  static std::string ProofContext(const SealBinding& binding, int i) {
    return absl::StrCat("SB1 proof", binding.notice_hash, std::string(1, static_cast<char>(i)),
                        binding.dealer_cert_sha256);
  }
  // Wrap number i that opens to `plain` with `key`, by a dealer who knows the ephemeral key but
  // does not follow the key schedule.
  Wrapped WrapOf(int i, const std::string& plain, const std::string& commit,
                 const P256PrivateKey& key) const {
    const std::string seed(32, 'e');
    return {i,
            crypto::HpkeSeal({key.public_point(), seed}, {WrapInfo(Binding(), i), dealer_}, plain)
                .value(),
            commit, crypto::SchnorrProve(P256PrivateKey::Derive(seed), ProofContext(Binding(), i))};
  }
  Wrapped WrapOf(int i, const std::string& plain, const std::string& commit) const {
    return WrapOf(i, plain, commit, KeyOf(i));
  }

  crypto::FakeRandom random_{1};
  Committee committee_;
  std::vector<P256PrivateKey> keys_;
  const std::string dealer_ = crypto::Sha256("certificate of the dealer");
  const std::string cek_ = crypto::Sha256("content key");
  const std::string payload_ = EncodePayload({"{\"price\":1}", "signature"}).value();
  Sealed sealed_;
};

// A committee decoded once, with tables or without, seals and judges as one decoded each time.
TEST_F(Sb1Test, PreparedCommitteesAgree) {
  for (const size_t seals : {size_t{1}, size_t{1'000'000}}) {
    const auto keys = CommitteeKeys::Create(committee_, seals);
    ASSERT_TRUE(keys.ok()) << keys.status();
    const auto sealed = Seal(*keys, dealer_, payload_, cek_);
    ASSERT_TRUE(sealed.ok()) << sealed.status();
    EXPECT_EQ(sealed->ciphertext, sealed_.ciphertext);
    EXPECT_EQ(sealed->key_commit, sealed_.key_commit);
    for (size_t at = 0; at < sealed_.shares.size(); ++at) {
      EXPECT_EQ(sealed->shares[at].wrap, sealed_.shares[at].wrap);
      EXPECT_EQ(sealed->shares[at].commit, sealed_.shares[at].commit);
      EXPECT_EQ(sealed->shares[at].proof, sealed_.shares[at].proof);
    }
    EXPECT_TRUE(CheckSeal(*keys, dealer_, cek_, sealed_).ok());
    Sealed altered = sealed_;
    Flip(altered.shares[4].wrap, 100);
    const absl::Status status = CheckSeal(*keys, dealer_, cek_, altered);
    EXPECT_EQ(ErrorReason(status), "WRAP_MISMATCH");
    EXPECT_EQ(ErrorMetadataOf(status)["member"], "5");
  }
  committee_.members[1].spki_der = committee_.members[0].spki_der;
  EXPECT_EQ(ErrorReason(CommitteeKeys::Create(committee_).status()), "COMMITTEE_INVALID");
}

TEST_F(Sb1Test, EveryQuorumOpensAndChecks) {
  std::vector<MemberShare> all;
  for (int i = 1; i <= 5; ++i) {
    const auto share = UnwrapShare(Binding(), KeyOf(i), sealed_.shares[i - 1]);
    ASSERT_TRUE(share.ok()) << share.status();
    EXPECT_TRUE(CheckShare(committee_.notice_hash, sealed_.shares[i - 1], *share).ok());
    all.push_back({i, *share});
  }
  for (int a = 0; a < 5; ++a) {
    for (int b = 0; b < 5; ++b) {
      for (int c = 0; c < 5; ++c) {
        if (a == b || b == c || a == c) continue;
        EXPECT_EQ(Combine(3, {all[a], all[b], all[c]}).value(), cek_);
      }
    }
  }
  EXPECT_NE(Combine(2, {all[0], all[1]}).value(), cek_);
  EXPECT_TRUE(CheckSeal(committee_, dealer_, cek_, sealed_).ok());
  const std::string payload = Decrypt({committee_.notice_hash, cek_}, sealed_.ciphertext).value();
  EXPECT_EQ(payload, payload_);
  const Payload inner = DecodePayload(payload).value();
  EXPECT_EQ(inner.document, "{\"price\":1}");
  EXPECT_EQ(inner.signature, "signature");
}

// The format outlives the code: these bytes were checked against an independent implementation of
// the grammar at the head of sb1.cc.
TEST_F(Sb1Test, GoldenBytes) {
  std::string all = sealed_.key_commit;
  for (const Wrapped& w : sealed_.shares) absl::StrAppend(&all, w.wrap, w.commit);
  EXPECT_EQ(HexEncode(crypto::Sha256(all)),
            "484cc665112f7fbedc2588a21f3d9e54f263e1eac3a8c7161a7cc48a7750f3e2");
  std::string proofs;
  for (const Wrapped& w : sealed_.shares) proofs += w.proof;
  EXPECT_EQ(HexEncode(crypto::Sha256(proofs)),
            "a99478318f66c1147aa6f408d6db13db29448572d29e69655a5b07f65f59c5cb");
  EXPECT_EQ(HexEncode(sealed_.ciphertext_sha256),
            "9db2dac50b31b41e28d8eb17f126864750a89640cb18fdd67def9ec6693930b0");
  // Of the first member, as docs/formats.md 2.7 gives them.
  const Wrapped& first = sealed_.shares[0];
  EXPECT_EQ(HexEncode(sealed_.key_commit),
            "360ff094e9c518207004f34fb2401cef649833af61da8a9fa0d56e4053e0145d");
  EXPECT_EQ(HexEncode(UnwrapShare(Binding(), KeyOf(1), first).value()),
            "f14ac5fa027a54fce6f53e27bc1458b86c4f0efb18ded88d2dbb4443fffa04dc");
  EXPECT_EQ(HexEncode(first.commit),
            "e4e899e36c1fae306e5a2429c3b4450297df6106295dc65821637a7a231351db");
  EXPECT_EQ(
      HexEncode(first.wrap),
      "047c395f367c422c293078d53cd80318a1887dd850ef204859d158c0032cc6c82c8f019737d7f67292a4b6169a"
      "7cfafbb7cdb9fe1a6b0eca1deb12cb62153be0096cd8a25a659202c7875861fe03c80b3a017387c8c8c57327eb"
      "a4e762af7453907c2bc36fe3d5cefa837f030a82214c33");
  EXPECT_EQ(HexEncode(first.proof),
            "e6dc30e30d02826e28d4098c4b9fefaa408bf7d2db51bdd301a8f7bf6d860fff"
            "b87b2e2330b187411bdadac2f81d6e013e37d2b5929aec13e320823efb148f4c");
}

TEST_F(Sb1Test, SealIsDeterministicAndBindsEveryInput) {
  const auto same = Seal(committee_, dealer_, payload_, cek_).value();
  EXPECT_EQ(same.ciphertext, sealed_.ciphertext);
  EXPECT_EQ(same.shares[4].wrap, sealed_.shares[4].wrap);
  EXPECT_EQ(same.shares[4].proof, sealed_.shares[4].proof);
  Committee amended = committee_;
  amended.notice_hash = crypto::Sha256("amended notice");
  EXPECT_EQ(ErrorReason(
                UnwrapShare({amended.notice_hash, dealer_}, KeyOf(1), sealed_.shares[0]).status()),
            "WRAP_UNREADABLE");
  EXPECT_EQ(ErrorReason(Decrypt({amended.notice_hash, cek_}, sealed_.ciphertext).status()),
            "CIPHERTEXT_AUTH");
  EXPECT_EQ(ErrorReason(CheckSeal(amended, dealer_, cek_, sealed_)), "KEY_COMMIT_MISMATCH");
  EXPECT_EQ(ErrorReason(CheckSeal(committee_, crypto::Sha256("thief"), cek_, sealed_)),
            "WRAP_MISMATCH");
  EXPECT_EQ(ErrorReason(CheckSeal(committee_, dealer_, crypto::Sha256("other"), sealed_)),
            "KEY_COMMIT_MISMATCH");
  amended = committee_;
  amended.k = 2;
  EXPECT_EQ(ErrorReason(CheckSeal(amended, dealer_, cek_, sealed_)), "SHARES_INCONSISTENT");
}

TEST_F(Sb1Test, AnotherDealersSealUnderOnesOwnCertificateIsUnreadable) {
  const std::string thief = crypto::Sha256("certificate of a thief");
  EXPECT_EQ(ErrorReason(
                UnwrapShare({committee_.notice_hash, thief}, KeyOf(2), sealed_.shares[1]).status()),
            "WRAP_UNREADABLE");
}

TEST_F(Sb1Test, CheckSealNamesEveryAlteration) {
  struct Case {
    const char* what;
    std::function<void(Sealed&)> alter;
    const char* reason;
    const char* member;
  };
  const Case cases[] = {
      {"none", [](Sealed&) {}, "", ""},
      {"key commit", [](Sealed& s) { Flip(s.key_commit, 0); }, "KEY_COMMIT_MISMATCH", ""},
      {"key commit cut", [](Sealed& s) { s.key_commit.pop_back(); }, "KEY_COMMIT_MISMATCH", ""},
      {"commit", [](Sealed& s) { Flip(s.shares[3].commit, 31); }, "SHARES_INCONSISTENT", "4"},
      {"number", [](Sealed& s) { s.shares[1].i = 3; }, "SHARES_INCONSISTENT", "2"},
      {"order", [](Sealed& s) { std::swap(s.shares[0], s.shares[1]); }, "SHARES_INCONSISTENT", "1"},
      {"fewer", [](Sealed& s) { s.shares.pop_back(); }, "SHARES_INCONSISTENT", "5"},
      {"more", [](Sealed& s) { s.shares.push_back(s.shares[0]); }, "SHARES_INCONSISTENT", "6"},
      {"enc", [](Sealed& s) { Flip(s.shares[2].wrap, 3); }, "WRAP_MISMATCH", "3"},
      {"wrapped share", [](Sealed& s) { Flip(s.shares[4].wrap, 70); }, "WRAP_MISMATCH", "5"},
      {"tag", [](Sealed& s) { Flip(s.shares[0].wrap, 112); }, "WRAP_MISMATCH", "1"},
      {"longer", [](Sealed& s) { s.shares[0].wrap += '\0'; }, "WRAP_MISMATCH", "1"},
      {"proof", [](Sealed& s) { Flip(s.shares[3].proof, 63); }, "PROOF_MISMATCH", "4"},
      {"no proof", [](Sealed& s) { s.shares[4].proof.clear(); }, "PROOF_MISMATCH", "5"},
      {"first of two", [](Sealed& s) { Flip(s.shares[1].wrap, 70), Flip(s.shares[3].commit, 0); },
       "WRAP_MISMATCH", "2"},
  };
  for (const Case& c : cases) {
    Sealed altered = sealed_;
    c.alter(altered);
    const absl::Status status = CheckSeal(committee_, dealer_, cek_, altered);
    EXPECT_EQ(ErrorReason(status), c.reason) << c.what;
    auto metadata = ErrorMetadataOf(status);
    EXPECT_EQ(metadata["member"], c.member) << c.what;
  }
}

TEST_F(Sb1Test, CommitteesAndInputsAreChecked) {
  const std::function<void(Committee&)> cases[] = {
      [](Committee& c) { c.notice_hash.pop_back(); },
      [](Committee& c) { c.k = 0; },
      [](Committee& c) { c.k = 6; },
      [](Committee& c) { c.members.clear(); },
      [](Committee& c) { c.members[2].i = 2; },
      [](Committee& c) { std::swap(c.members[0], c.members[1]); },
      [](Committee& c) { c.members[1].spki_der = c.members[0].spki_der; },
      [](Committee& c) { Flip(c.members[4].spki_der, 90); },
  };
  for (const auto& alter : cases) {
    Committee altered = committee_;
    alter(altered);
    EXPECT_EQ(ErrorReason(Seal(altered, dealer_, payload_, cek_).status()), "COMMITTEE_INVALID");
    EXPECT_EQ(ErrorReason(CheckSeal(altered, dealer_, cek_, sealed_)), "COMMITTEE_INVALID");
  }
  EXPECT_EQ(ErrorReason(Seal(committee_, "x", payload_, cek_).status()), "INPUT_INVALID");
  EXPECT_EQ(ErrorReason(Seal(committee_, dealer_, "x", cek_).status()), "INPUT_INVALID");
  EXPECT_EQ(ErrorReason(Seal(committee_, dealer_, "", cek_).status()), "INPUT_INVALID");
  EXPECT_EQ(ErrorReason(Seal(committee_, dealer_, payload_, "x").status()), "INPUT_INVALID");

  Committee largest = committee_;
  while (largest.members.size() < kMembersMax) {
    const int i = static_cast<int>(largest.members.size()) + 1;
    largest.members.push_back({i, P256PrivateKey::Derive(absl::StrCat("member ", i)).SpkiDer()});
  }
  largest.k = kMembersMax;
  EXPECT_TRUE(Seal(largest, dealer_, payload_, cek_).ok());
  largest.members.push_back({kMembersMax + 1, P256PrivateKey::Derive("one more").SpkiDer()});
  EXPECT_EQ(ErrorReason(Seal(largest, dealer_, payload_, cek_).status()), "COMMITTEE_INVALID");
}

TEST_F(Sb1Test, CombineTakesExactlyTheFirstK) {
  std::vector<MemberShare> shares;
  for (int i : {4, 1, 5}) {
    shares.push_back({i, UnwrapShare(Binding(), KeyOf(i), sealed_.shares[i - 1]).value()});
  }
  shares.push_back({4, "not looked at"});
  EXPECT_EQ(Combine(3, shares).value(), cek_);
  EXPECT_EQ(ErrorReason(Combine(4, shares).status()), "SHARES_INVALID");
  EXPECT_EQ(ErrorReason(Combine(5, shares).status()), "SHARES_INVALID");
  EXPECT_EQ(ErrorReason(Combine(0, shares).status()), "SHARES_INVALID");
  shares[1].i = 4;
  EXPECT_EQ(ErrorReason(Combine(3, shares).status()), "SHARES_INVALID");
  shares[1].i = 17;
  EXPECT_EQ(ErrorReason(Combine(3, shares).status()), "SHARES_INVALID");
}

TEST_F(Sb1Test, AWrongShareIsTheMembersFault) {
  std::string share = UnwrapShare(Binding(), KeyOf(1), sealed_.shares[0]).value();
  EXPECT_EQ(ErrorReason(CheckShare(committee_.notice_hash, sealed_.shares[1], share)),
            "SHARE_COMMIT_MISMATCH");
  Flip(share, 0);
  EXPECT_EQ(ErrorReason(CheckShare(committee_.notice_hash, sealed_.shares[0], share)),
            "SHARE_COMMIT_MISMATCH");
  EXPECT_EQ(ErrorReason(CheckShare(committee_.notice_hash, sealed_.shares[0], "")),
            "SHARE_COMMIT_MISMATCH");
}

// A dealer whose shares do not come from one key: whichever quorum came, the seal is void.
TEST_F(Sb1Test, InconsistentSharesAreVoidForEveryQuorum) {
  Sealed bad = sealed_;
  const std::string stray(32, 's');
  bad.shares[4] = WrapOf(
      5, stray, crypto::Sha256(absl::StrCat("SB1 share", committee_.notice_hash, "\x05", stray)));
  std::vector<MemberShare> all;
  for (int i = 1; i <= 5; ++i) {
    const auto share = UnwrapShare(Binding(), KeyOf(i), bad.shares[i - 1]);
    ASSERT_TRUE(share.ok()) << i;
    all.push_back({i, *share});
  }
  for (int a = 0; a < 5; ++a) {
    for (int b = a + 1; b < 5; ++b) {
      for (int c = b + 1; c < 5; ++c) {
        const std::string cek = Combine(3, {all[a], all[b], all[c]}).value();
        EXPECT_EQ(ErrorReason(CheckSeal(committee_, dealer_, cek, bad)),
                  c == 4 ? "KEY_COMMIT_MISMATCH" : "SHARES_INCONSISTENT");
      }
    }
  }
}

TEST_F(Sb1Test, EveryKindOfBadWrapIsProvable) {
  const std::string commit = sealed_.shares[1].commit;
  struct Case {
    const char* what;
    Wrapped wrapped;
    const char* unwrap;
    bool evidence;
  };
  std::vector<Case> cases = {
      {"share altered", sealed_.shares[1], "WRAP_UNREADABLE", true},
      {"commitment altered", sealed_.shares[1], "SHARE_COMMIT_MISMATCH", true},
      {"another share inside", WrapOf(2, std::string(32, 'x'), commit), "SHARE_COMMIT_MISMATCH",
       true},
      {"sealed to another key", WrapOf(2, std::string(32, 'x'), commit, KeyOf(1)),
       "WRAP_UNREADABLE", true},
      {"enc off the curve", sealed_.shares[1], "WRAP_UNREADABLE", false},
      {"wrap cut", sealed_.shares[1], "WRAP_UNREADABLE", false},
      {"longer share inside", WrapOf(2, std::string(33, 'x'), commit), "WRAP_UNREADABLE", false},
      {"commitment cut", sealed_.shares[1], "WRAP_UNREADABLE", false},
      // The wrap would open: its share is not released all the same.
      {"proof altered", sealed_.shares[1], "WRAP_UNREADABLE", false},
      {"proof missing", sealed_.shares[1], "WRAP_UNREADABLE", false},
      {"another member's wrap", sealed_.shares[0], "WRAP_UNREADABLE", false},
  };
  Flip(cases[0].wrapped.wrap, 80);
  Flip(cases[1].wrapped.commit, 0);
  Flip(cases[4].wrapped.wrap, 64);
  cases[5].wrapped.wrap.pop_back();
  cases[7].wrapped.commit.pop_back();
  Flip(cases[8].wrapped.proof, 63);
  cases[9].wrapped.proof.clear();
  cases[10].wrapped.i = 2;
  for (const Case& c : cases) {
    EXPECT_EQ(ErrorReason(UnwrapShare(Binding(), KeyOf(2), c.wrapped).status()), c.unwrap)
        << c.what;
    const auto proof = ProveBadWrap(Binding(), KeyOf(2), c.wrapped, random_);
    ASSERT_TRUE(proof.ok()) << c.what << proof.status();
    EXPECT_EQ(!proof->empty(), c.evidence) << c.what;
    EXPECT_TRUE(VerifyBadWrap(Binding(), MemberOf(2), c.wrapped, *proof).ok()) << c.what;
    if (!c.evidence) {
      EXPECT_EQ(ErrorReason(VerifyBadWrap(Binding(), MemberOf(2), c.wrapped,
                                          std::string(crypto::kDleqProofBytes, 'z'))),
                "PROOF_INVALID")
          << c.what;
      continue;
    }
    EXPECT_EQ(ErrorReason(VerifyBadWrap(Binding(), MemberOf(2), c.wrapped, "")), "PROOF_INVALID");
    // Evidence is good for this wrap, dealer and notice only.
    Wrapped other = c.wrapped;
    Flip(other.wrap, 112);
    EXPECT_EQ(ErrorReason(VerifyBadWrap(Binding(), MemberOf(2), other, *proof)), "PROOF_INVALID");
    const std::string elsewhere = crypto::Sha256("elsewhere");
    EXPECT_EQ(ErrorReason(VerifyBadWrap({committee_.notice_hash, elsewhere}, MemberOf(2), c.wrapped,
                                        *proof)),
              "PROOF_INVALID");
    EXPECT_EQ(ErrorReason(VerifyBadWrap({elsewhere, dealer_}, MemberOf(2), c.wrapped, *proof)),
              "PROOF_INVALID");
  }
}

// The cross-tender attack: a thief bids garbage in another tender of the same officer, under
// enc' = enc + r·G next to a victim's enc. Evidence that the garbage is bad would publish
// Z' = sk·enc', and Z' − r·pk opens the victim's wrap before its box is closed.
TEST_F(Sb1Test, AGarbageSealElsewhereDoesNotOpenAnothersWrap) {
  const Wrapped& victim = sealed_.shares[1];
  const P256PrivateKey& officer = KeyOf(2);
  const P256PrivateKey r = P256PrivateKey::Derive("shift");
  const auto sum = [](const std::string& a, const std::string& b, bool minus) {
    const auto left = crypto::ParseP256Point(a).value(), right = crypto::ParseP256Point(b).value();
    const EC_GROUP* group = crypto::P256Group();
    if (minus) {
      EXPECT_EQ(EC_POINT_invert(group, right.get(), nullptr), 1);
    }
    EXPECT_EQ(EC_POINT_add(group, left.get(), left.get(), right.get(), nullptr), 1);
    return crypto::PrintP256Point(*left);
  };
  const std::string enc = victim.wrap.substr(0, crypto::kP256PointBytes);
  const std::string shifted = sum(enc, r.public_point(), false);

  // The old way works: this is what the officer must not publish.
  const std::string z =
      sum(officer.DhPoint(shifted).value(), r.DhPoint(officer.public_point()).value(), true);
  EXPECT_EQ(crypto::HpkeOpenWithDh({officer.public_point(), crypto::P256X(z)},
                                   {WrapInfo(Binding(), 2), dealer_}, victim.wrap)
                .value(),
            UnwrapShare(Binding(), officer, victim).value());

  const std::string notice = crypto::Sha256("notice of the thief's tender");
  const std::string thief = crypto::Sha256("certificate of the thief");
  const SealBinding elsewhere{notice, thief};
  const std::string rest(32 + 16, 'g');
  struct Case {
    const char* what;
    std::string enc;
    std::string proof;
  };
  for (const Case& c : {
           Case{"no proof", shifted, ""},
           Case{"zeros", shifted, std::string(kProofBytes, '\0')},
           Case{"the victim's proof", shifted, victim.proof},
           Case{"a proof of the shift", shifted,
                crypto::SchnorrProve(r, ProofContext(elsewhere, 2))},
           Case{"the victim's own point and proof", enc, victim.proof},
       }) {
    const Wrapped garbage{2, c.enc + rest, crypto::Sha256("any"), c.proof};
    EXPECT_EQ(ErrorReason(UnwrapShare(elsewhere, officer, garbage).status()), "WRAP_UNREADABLE")
        << c.what;
    EXPECT_EQ(ProveBadWrap(elsewhere, officer, garbage, random_).value(), "") << c.what;
    EXPECT_TRUE(VerifyBadWrap(elsewhere, MemberOf(2), garbage, "").ok()) << c.what;
    // Nor does an officer's client that gives the point away find a service that publishes it.
    const std::string context =
        absl::StrCat("SB1 bad wrap", notice, "\x02", thief, garbage.commit, garbage.wrap);
    const auto leak = crypto::DleqProve(officer, c.enc, context, random_).value();
    EXPECT_EQ(
        ErrorReason(VerifyBadWrap(elsewhere, MemberOf(2), garbage, crypto::EncodeDleqProof(leak))),
        "PROOF_INVALID")
        << c.what;
  }
}

TEST_F(Sb1Test, ALyingMemberCannotFrameTheDealer) {
  const Wrapped& good = sealed_.shares[1];
  EXPECT_EQ(ErrorReason(ProveBadWrap(Binding(), KeyOf(2), good, random_).status()), "WRAP_OPENS");

  const std::string enc = good.wrap.substr(0, crypto::kP256PointBytes);
  const std::string context =
      absl::StrCat("SB1 bad wrap", committee_.notice_hash, "\x02", dealer_, good.commit, good.wrap);
  const auto verify = [&](const std::string& proof) {
    return ErrorReason(VerifyBadWrap(Binding(), MemberOf(2), good, proof));
  };
  // A true proof of the true point: it opens, so there is nothing to blame.
  const auto honest = crypto::DleqProve(KeyOf(2), enc, context, random_).value();
  EXPECT_EQ(verify(crypto::EncodeDleqProof(honest)), "WRAP_OPENS");
  // A false point under the honest numbers, or under another key's.
  auto lie = honest;
  lie.z_point = KeyOf(3).DhPoint(enc).value();
  EXPECT_EQ(verify(crypto::EncodeDleqProof(lie)), "PROOF_INVALID");
  EXPECT_EQ(
      verify(crypto::EncodeDleqProof(crypto::DleqProve(KeyOf(3), enc, context, random_).value())),
      "PROOF_INVALID");
  EXPECT_EQ(verify(""), "PROOF_INVALID");
  EXPECT_EQ(verify(std::string(crypto::kDleqProofBytes, '\0')), "PROOF_INVALID");
  EXPECT_EQ(ErrorReason(VerifyBadWrap(Binding(), MemberOf(3), good, "")), "INPUT_INVALID");
}

TEST_F(Sb1Test, ChunksAtTheirBoundaries) {
  for (const size_t size : {kPayloadBucketBytes, kChunkBytes - kPayloadBucketBytes, kChunkBytes,
                            kChunkBytes + kPayloadBucketBytes, 3 * kChunkBytes}) {
    const std::string payload = random_.Bytes(size);
    const Sealed sealed = Seal(committee_, dealer_, payload, cek_).value();
    const size_t chunks = (size + kChunkBytes - 1) / kChunkBytes;
    EXPECT_EQ(sealed.ciphertext.size(), size + 16 * chunks);
    EXPECT_EQ(sealed.ciphertext_sha256, crypto::Sha256(sealed.ciphertext));
    EXPECT_EQ(Decrypt({committee_.notice_hash, cek_}, sealed.ciphertext).value(), payload);
  }
}

TEST_F(Sb1Test, AlteredCiphertextsAreRefused) {
  const std::string payload = random_.Bytes(2 * kChunkBytes + kPayloadBucketBytes);
  const std::string ct = Seal(committee_, dealer_, payload, cek_)->ciphertext;
  const size_t chunk = kChunkBytes + 16;
  const auto reason = [&](const std::string& text) {
    return ErrorReason(Decrypt({committee_.notice_hash, cek_}, text).status());
  };
  ASSERT_EQ(reason(ct), "");
  std::string flipped = ct;
  Flip(flipped, ct.size() / 2);
  const std::string one_chunk =
      Seal(committee_, dealer_, payload.substr(0, kChunkBytes), cek_)->ciphertext;
  struct Case {
    const char* what;
    std::string text;
    const char* reason;
  };
  for (const Case& c : {
           Case{"flipped", flipped, "CIPHERTEXT_AUTH"},
           Case{"cut at a chunk", ct.substr(0, 2 * chunk), "CIPHERTEXT_AUTH"},
           Case{"first chunk missing", ct.substr(chunk), "CIPHERTEXT_AUTH"},
           Case{"swapped", ct.substr(chunk, chunk) + ct.substr(0, chunk) + ct.substr(2 * chunk),
                "CIPHERTEXT_AUTH"},
           Case{"repeated", ct.substr(0, chunk) + ct, "CIPHERTEXT_AUTH"},
           Case{"another last chunk", ct.substr(0, chunk) + one_chunk, "CIPHERTEXT_AUTH"},
           Case{"cut inside", ct.substr(0, ct.size() - 1), "CIPHERTEXT_MALFORMED"},
           Case{"trailing byte", ct + '\0', "CIPHERTEXT_MALFORMED"},
           Case{"empty last chunk", one_chunk + std::string(16, '\0'), "CIPHERTEXT_MALFORMED"},
           Case{"a tag alone", std::string(16, '\0'), "CIPHERTEXT_MALFORMED"},
           Case{"empty", "", "CIPHERTEXT_MALFORMED"},
       }) {
    EXPECT_EQ(reason(c.text), c.reason) << c.what;
  }
}

TEST(Payload, RoundTripsAtBucketBoundaries) {
  for (const size_t total : {14u, 4095u, 4096u, 4097u, 8192u, 100000u}) {
    const Payload in{std::string(total - 12 - 1, 'd'), "s"};
    const std::string bytes = EncodePayload(in).value();
    EXPECT_EQ(bytes.size(), (total + 4095) / 4096 * 4096);
    const Payload out = DecodePayload(bytes).value();
    EXPECT_EQ(out.document, in.document);
    EXPECT_EQ(out.signature, in.signature);
  }
}

TEST(Payload, RefusesEverythingElse) {
  const std::string good = EncodePayload({"doc", "sig"}).value();
  const auto with = [&](size_t at, const std::string& bytes) {
    std::string out = good;
    return out.replace(at, bytes.size(), bytes);
  };
  const std::string zero(4, '\0');
  struct Case {
    const char* what;
    std::string bytes;
  };
  for (const Case& c : {
           Case{"magic", with(0, "SB2P")},
           Case{"empty document", with(4, zero)},
           Case{"empty signature", with(11, zero)},
           Case{"document past the end", with(4, std::string("\x00\x00\x10\x00", 4))},
           Case{"document up to the end", with(4, std::string("\x00\x00\x0f\xf8", 4))},
           Case{"length of 4 GiB", with(4, std::string(4, '\xff'))},
           Case{"signature past the end", with(11, std::string("\x00\x00\x0f\xf2", 4))},
           Case{"padding not zero", with(18, "x")},
           Case{"last byte not zero", with(4095, "x")},
           Case{"a bucket too many", good + std::string(4096, '\0')},
           Case{"cut", good.substr(0, 4095)},
           Case{"empty", ""},
       }) {
    EXPECT_EQ(ErrorReason(DecodePayload(c.bytes).status()), "PAYLOAD_MALFORMED") << c.what;
  }
  EXPECT_EQ(ErrorReason(EncodePayload({"", "sig"}).status()), "INPUT_INVALID");
  EXPECT_EQ(ErrorReason(EncodePayload({"doc", ""}).status()), "INPUT_INVALID");
}

TEST(Payload, Limit) {
  const Payload most{std::string(kPayloadBytesMax - 13, 'd'), "s"};
  EXPECT_EQ(EncodePayload(most)->size(), kPayloadBytesMax);
  EXPECT_EQ(ErrorReason(EncodePayload({most.document, "ss"}).status()), "INPUT_INVALID");
}

}  // namespace
}  // namespace jodal::sealing
