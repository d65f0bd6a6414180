// The profile against OpenSSL: on some thousand altered signatures, whatever the verifier accepts,
// CMS_verify under an equal policy accepts too, and the hot path says what the cold one says.
#include <gtest/gtest.h>
#include <openssl/cms.h>
#include <stdlib.h>

#include <iostream>
#include <map>
#include <random>

#include "common/pki/test_pki.h"
#include "common/pki/verifier.h"

namespace jodal::pki {
namespace {

constexpr char kDocument[] = "the document";

// DER as a tree, so that alterations stay well-formed and reach deep.
struct Node {
  uint8_t tag = 0;
  std::string bytes;  // primitive
  std::vector<Node> children;

  static std::vector<Node> Parse(absl::string_view content) {
    std::vector<Node> out;
    DerReader reader(content);
    while (const auto tlv = reader.Next()) {
      Node node{tlv->tag, "", {}};
      if (tlv->tag & 0x20) {
        node.children = Parse(tlv->content);
      } else {
        node.bytes = std::string(tlv->content);
      }
      out.push_back(std::move(node));
    }
    return out;
  }
  std::string Encode() const {
    if (!(tag & 0x20)) return DerValue(tag, {bytes});
    std::string content;
    for (const Node& child : children) content += child.Encode();
    return DerValue(tag, {content});
  }
  void Collect(std::vector<Node*>& all) {
    all.push_back(this);
    for (Node& child : children) child.Collect(all);
  }
};

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : rng_(seed) {}
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(rng_); }

  void Bytes(std::string& s) {
    const int times = 1 + static_cast<int>(Below(3));
    for (int i = 0; i < times && !s.empty(); ++i) {
      const size_t at = Below(s.size());
      switch (Below(4)) {
        case 0:
          s[at] = static_cast<char>(s[at] ^ (1 << Below(8)));
          break;
        case 1:
          s[at] = static_cast<char>(Below(256));
          break;
        case 2:
          s.erase(at, 1 + Below(3));
          break;
        case 3:
          s.insert(at, 1 + Below(2), static_cast<char>(Below(256)));
          break;
      }
    }
  }

  void Tree(Node& root) {
    std::vector<Node*> all;
    root.Collect(all);
    Node& node = *all[Below(all.size())];
    const Node other = *all[Below(all.size())];
    switch (Below(7)) {
      case 0:
        node = other;
        break;
      case 1:
        if (!node.children.empty()) {
          node.children.erase(node.children.begin() +
                              static_cast<long>(Below(node.children.size())));
        }
        break;
      case 2:
        if (!node.children.empty()) {
          const Node copy = node.children[Below(node.children.size())];
          node.children.insert(
              node.children.begin() + static_cast<long>(Below(node.children.size())), copy);
        }
        break;
      case 3:
        if (!node.children.empty()) {
          std::swap(node.children[Below(node.children.size())],
                    node.children[Below(node.children.size())]);
        }
        break;
      case 4:
        node.tag = static_cast<uint8_t>(node.tag ^ (1 << Below(8)));
        break;
      case 5:
        Bytes(node.bytes);
        break;
      case 6:
        if (node.tag & 0x20) node.children.push_back(other);
        break;
    }
  }

 private:
  std::mt19937_64 rng_;
};

// The library's judgement, written apart from verifier.cc.
bool OpenSslAccepts(const TrustInput& trust, absl::string_view content, absl::string_view p7s) {
  X509_STORE* store = X509_STORE_new();
  X509_STORE_add_cert(store, Certificate::FromDer(trust.anchors[0])->get());
  const Certificate issuing = *Certificate::FromDer(trust.intermediates[0]);
  for (const std::string& der : trust.crls) {
    const unsigned char* p = crypto::Bytes(der);
    X509_CRL* crl = d2i_X509_CRL(nullptr, &p, static_cast<long>(der.size()));
    X509_STORE_add_crl(store, crl);
    X509_CRL_free(crl);
  }
  X509_VERIFY_PARAM* param = X509_STORE_get0_param(store);
  X509_VERIFY_PARAM_set_time(param, absl::ToTimeT(kT0));
  X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                                  X509_V_FLAG_X509_STRICT | X509_V_FLAG_EXTENDED_CRL_SUPPORT);
  const unsigned char* p = crypto::Bytes(p7s);
  CMS_ContentInfo* cms = d2i_CMS_ContentInfo(nullptr, &p, static_cast<long>(p7s.size()));
  if (cms != nullptr) CMS_add1_cert(cms, issuing.get());
  const bool whole = p == crypto::Bytes(p7s) + p7s.size();
  crypto::BioPtr bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  const bool accepted =
      cms != nullptr && whole &&
      CMS_verify(cms, nullptr, store, bio.get(), nullptr, CMS_BINARY | CMS_CADES) == 1;
  CMS_ContentInfo_free(cms);
  X509_STORE_free(store);
  crypto::ClearOpenSslErrors();
  return accepted;
}

Node* SignerInfoOf(Node& root) {
  // ContentInfo / [0] / SignedData / signerInfos / SignerInfo
  if (root.children.size() != 2 || root.children[1].children.size() != 1) return nullptr;
  Node& data = root.children[1].children[0];
  if (data.children.empty() || data.children.back().children.size() != 1) return nullptr;
  return &data.children.back().children[0];
}

TEST(Differential, WhatTheProfileAcceptsOpenSslAccepts) {
  const char* given = getenv("JODAL_TEST_SEED");
  const uint64_t seed = given ? strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "JODAL_TEST_SEED=" << seed << std::endl;
  Mutator mutator(seed);

  CertificateAuthority ca = MakeCa();
  const TrustInput input = TrustInputOf(ca);
  Verifier hot(MakeTrust(input)), cold(MakeTrust(input), 0);
  struct Base {
    Signer signer;
    SignOptions options;
    std::string p7s;
  };
  const Signer ec = MakeSigner(ca), rsa = MakeSigner(ca, {KeyType::kRsa2048});
  std::vector<Base> bases = {{ec, {}, ""},
                             {ec, {.signing_time = kT0, .hash = HashAlgorithm::kSha384}, ""},
                             {rsa, {.signing_time = kT0}, ""},
                             {rsa, {.rsa_pss = true}, ""}};
  for (Base& base : bases) {
    base.p7s = *SignCades(kDocument, *base.signer.key, base.signer.certificate.der(), base.options);
    ASSERT_TRUE(hot.Verify(kDocument, base.p7s, kT0).passed());
    ASSERT_TRUE(OpenSslAccepts(input, kDocument, base.p7s));
  }

  std::map<std::string, int> seen;
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    const Base& base = bases[mutator.Below(bases.size())];
    std::string p7s = base.p7s;
    const size_t kind = mutator.Below(4);
    if (kind == 0) {
      mutator.Bytes(p7s);
    } else {
      Node root = Node::Parse(p7s)[0];
      Node* signer = SignerInfoOf(root);
      if (kind == 1) {
        mutator.Tree(root);
      } else {
        // Alter the signed attributes and sign them again: the signer himself is the adversary.
        // Kind 3 restores the order of the set.
        Node& attributes = signer->children[3];
        if (mutator.Below(8) != 0) mutator.Tree(attributes);
        if (kind == 3) {
          std::sort(attributes.children.begin(), attributes.children.end(),
                    [](const Node& a, const Node& b) { return a.Encode() < b.Encode(); });
        }
        std::string set = attributes.Encode();
        set[0] = kTagSet;
        crypto::EvpMdCtxPtr ctx(EVP_MD_CTX_new());
        EVP_PKEY_CTX* pkey_ctx = nullptr;
        ASSERT_EQ(EVP_DigestSignInit(ctx.get(), &pkey_ctx, HashMd(base.options.hash), nullptr,
                                     base.signer.key->get()),
                  1);
        if (base.options.rsa_pss) {
          EVP_PKEY_CTX_set_rsa_padding(pkey_ctx, RSA_PKCS1_PSS_PADDING);
          EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey_ctx, RSA_PSS_SALTLEN_DIGEST);
        }
        std::string signature(1024, '\0');
        size_t size = signature.size();
        ASSERT_EQ(EVP_DigestSign(ctx.get(), crypto::MutableBytes(signature.data()), &size,
                                 crypto::Bytes(set), set.size()),
                  1);
        signature.resize(size);
        signer->children[5].bytes = signature;
      }
      p7s = root.Encode();
    }
    const Verdict warm = hot.Verify(kDocument, p7s, kT0);
    const Verdict fresh = cold.Verify(kDocument, p7s, kT0);
    ASSERT_EQ(warm.check, fresh.check) << "mutation " << i;
    ++seen[warm.check];
    if (warm.passed()) {
      ++accepted;
      ASSERT_TRUE(OpenSslAccepts(input, kDocument, p7s)) << "mutation " << i;
    }
  }
  // A run that never got past the shape would prove nothing.
  EXPECT_GT(accepted, 50);
  for (const char* check :
       {"CMS_NOT_DER", "SIGNATURE_VALUE", "CONTENT_DIGEST", "SIGNED_ATTRS_ORDER",
        "SIGNED_ATTR_DUPLICATED", "SIGNING_CERTIFICATE_MISMATCH"}) {
    EXPECT_GT(seen[check], 0) << check;
  }
  EXPECT_EQ(seen["OPENSSL_DISAGREES"], 0);
}

}  // namespace
}  // namespace jodal::pki
