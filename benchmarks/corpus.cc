#include "benchmarks/corpus.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "clients/sdk/identity.h"
#include "clients/sdk/sealed_bid.h"
#include "common/base/bytes.h"
#include "common/crypto/aead.h"
#include "common/crypto/ec.h"
#include "common/crypto/hash.h"
#include "common/crypto/openssl_ptr.h"
#include "common/crypto/random.h"
#include "common/document/json.h"
#include "common/pki/ca.h"
#include "common/sealing/sb1.h"
#include "common/status/macros.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "nlohmann/json.hpp"

namespace jodal::bench {
namespace {

namespace fs = std::filesystem;
using crypto::OpenSslDeleter;
using BnPtr = std::unique_ptr<BIGNUM, OpenSslDeleter<BN_free>>;
using BnCtxPtr = std::unique_ptr<BN_CTX, OpenSslDeleter<BN_CTX_free>>;
using BuilderPtr = std::unique_ptr<OSSL_PARAM_BLD, OpenSslDeleter<OSSL_PARAM_BLD_free>>;
using ParamPtr = std::unique_ptr<OSSL_PARAM, OpenSslDeleter<OSSL_PARAM_free>>;

constexpr int kThreads = 2;
constexpr int kMembers = 5;
constexpr int kQuorum = 3;
constexpr absl::Duration kDeadlineFromNow = absl::Hours(24 * 365);

std::string InfoFile(const CorpusOptions& o) {
  return absl::StrCat(o.dir, "/corpus-", o.set, ".json");
}
std::string CertsFile(const CorpusOptions& o) {
  return absl::StrCat(o.dir, "/certs-", o.set, ".bin");
}
std::string BidsFile(const CorpusOptions& o) {
  return absl::StrCat(o.dir, "/bids-", o.set, ".bin");
}
std::string NoticesFile(const CorpusOptions& o) { return absl::StrCat(o.dir, "/notices.bin"); }

void AppendFrame(const CorpusBid& frame, std::string* out) {
  AppendU32Be(*out, frame.supplier);
  AppendU32Be(*out, frame.tender);
  AppendU32Be(*out, static_cast<uint32_t>(frame.request.size()));
  out->append(frame.request);
}

absl::Status WriteAll(const std::string& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  return out ? absl::OkStatus() : absl::UnavailableError("cannot write " + path);
}

absl::StatusOr<std::vector<CorpusBid>> ReadFrames(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (!in) return absl::NotFoundError("cannot read " + path);
  std::vector<CorpusBid> out;
  for (size_t at = 0; at < bytes.size();) {
    if (bytes.size() - at < 12) return absl::DataLossError(path + " is cut off");
    CorpusBid frame;
    frame.supplier = ReadU32Be(absl::string_view(bytes).substr(at));
    frame.tender = ReadU32Be(absl::string_view(bytes).substr(at + 4));
    const uint32_t size = ReadU32Be(absl::string_view(bytes).substr(at + 8));
    at += 12;
    if (bytes.size() - at < size) return absl::DataLossError(path + " is cut off");
    frame.request = bytes.substr(at, size);
    at += size;
    out.push_back(std::move(frame));
  }
  return out;
}

// Runs `body(i)` for i in [0, count) on both cores and says how far it is.
absl::Status ForAll(const char* what, int count, const std::function<absl::Status(int)>& body) {
  std::atomic<int> next = 0;
  std::atomic<bool> failed = false;
  std::vector<absl::Status> status(kThreads);
  const auto work = [&](int t) {
    for (int i; !failed && (i = next.fetch_add(1)) < count;) {
      if (i % 1000 == 0) fprintf(stderr, "\r  %s %d of %d ", what, i, count);
      status[t] = body(i);
      if (!status[t].ok()) failed = true;
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
  for (auto& thread : threads) thread.join();
  fprintf(stderr, "\r  %s %d                \n", what, count);
  for (const absl::Status& s : status) RETURN_IF_ERROR(s);
  return absl::OkStatus();
}

// Primes for RSA keys. A pool of p primes gives p*(p-1)/2 different moduli.
class RsaPool {
 public:
  static absl::StatusOr<std::unique_ptr<RsaPool>> Create(int keys) {
    auto pool = std::make_unique<RsaPool>();
    const int primes = 2 + static_cast<int>(std::ceil((1 + std::sqrt(1.0 + 8.0 * keys)) / 2));
    pool->primes_.resize(static_cast<size_t>(primes));
    RETURN_IF_ERROR(ForAll("primes", primes, [&](int i) -> absl::Status {
      BnPtr prime(BN_new());
      // e = 65537 must not divide p - 1; the chance is nil, and Key() would fail.
      if (!prime || BN_generate_prime_ex(prime.get(), 1024, 0, nullptr, nullptr, nullptr) != 1) {
        return absl::InternalError("no prime");
      }
      pool->primes_[static_cast<size_t>(i)] = std::move(prime);
      return absl::OkStatus();
    }));
    for (size_t a = 0; a < pool->primes_.size(); ++a) {
      for (size_t b = 0; b < a; ++b) pool->pairs_.emplace_back(a, b);
    }
    return pool;
  }

  absl::StatusOr<pki::PrivateKey> Key(int i) const {
    const BIGNUM* p = primes_[pairs_[static_cast<size_t>(i)].first].get();
    const BIGNUM* q = primes_[pairs_[static_cast<size_t>(i)].second].get();
    if (BN_cmp(p, q) < 0) std::swap(p, q);
    const BnCtxPtr ctx(BN_CTX_new());
    const BnPtr n(BN_new()), e(BN_new()), d(BN_new()), p1(BN_dup(p)), q1(BN_dup(q)), phi(BN_new()),
        dp(BN_new()), dq(BN_new()), qinv(BN_new());
    const bool ok = BN_mul(n.get(), p, q, ctx.get()) && BN_set_word(e.get(), 65537) &&
                    BN_sub_word(p1.get(), 1) && BN_sub_word(q1.get(), 1) &&
                    BN_mul(phi.get(), p1.get(), q1.get(), ctx.get()) &&
                    BN_mod_inverse(d.get(), e.get(), phi.get(), ctx.get()) &&
                    BN_mod(dp.get(), d.get(), p1.get(), ctx.get()) &&
                    BN_mod(dq.get(), d.get(), q1.get(), ctx.get()) &&
                    BN_mod_inverse(qinv.get(), q, p, ctx.get());
    const BuilderPtr build(OSSL_PARAM_BLD_new());
    if (!ok || !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_D, d.get()) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_FACTOR1, p) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_FACTOR2, q) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_EXPONENT1, dp.get()) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_EXPONENT2, dq.get()) ||
        !OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qinv.get())) {
      return absl::InternalError("RSA parameters");
    }
    const ParamPtr params(OSSL_PARAM_BLD_to_param(build.get()));
    const crypto::EvpPkeyCtxPtr from(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* raw = nullptr;
    if (!from || EVP_PKEY_fromdata_init(from.get()) != 1 ||
        EVP_PKEY_fromdata(from.get(), &raw, EVP_PKEY_KEYPAIR, params.get()) != 1) {
      return absl::InternalError("RSA key");
    }
    const crypto::EvpPkeyPtr key(raw);
    const crypto::BioPtr bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PKCS8PrivateKey(bio.get(), raw, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
      return absl::InternalError("RSA PEM");
    }
    char* pem = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &pem);
    return pki::PrivateKey::FromPem({pem, static_cast<size_t>(size)});
  }

 private:
  std::vector<BnPtr> primes_;
  std::vector<std::pair<size_t, size_t>> pairs_;
};

absl::StatusOr<std::vector<std::string>> MakeNotices(const CorpusOptions& options,
                                                     const pki::CertificateAuthority& ca,
                                                     absl::Time now, absl::Time deadline) {
  crypto::FakeRandom random(options.seed);
  ASSIGN_OR_RETURN(sdk::Identity officer,
                   install::NewIdentity(ca, {.name = "officer"}, crypto::SystemRandom()));
  officer.set_person_id("A-0000000001.1");
  std::vector<document::v1::CommitteeMember> members(kMembers);
  for (int i = 0; i < kMembers; ++i) {
    auto& member = members[static_cast<size_t>(i)];
    member.set_person_id(absl::StrCat("A-0000000001.", i + 2));
    member.set_organization_id(officer.organization_id());
    member.set_spki(crypto::P256PrivateKey::Derive(absl::StrCat("member ", i)).SpkiDer());
  }
  std::vector<std::string> out(static_cast<size_t>(options.tenders));
  RETURN_IF_ERROR(ForAll("notices", options.tenders, [&](int i) -> absl::Status {
    document::v1::Notice notice;
    notice.set_tender_id(TenderId(static_cast<uint32_t>(i)));
    notice.set_title(absl::StrCat("bench ", i));
    notice.set_procurement_kind("goods");
    notice.set_rule_set("kr-state-goods-2024");
    sdk::CompleteNotice({officer.organization_id(), ""}, &notice);
    document::v1::Stage& stage = *notice.mutable_stages(0);
    stage.set_bid_start(sdk::DocumentTime(now - absl::Hours(1)));
    stage.set_deadline(sdk::DocumentTime(deadline));
    stage.set_open_at(sdk::DocumentTime(deadline + absl::Hours(1)));
    sdk::SeatCommittee(kQuorum, members, &notice);
    document::v1::StoredDocument stored;
    ASSIGN_OR_RETURN(*stored.mutable_document(),
                     sdk::SignDocument(officer, kSystem, "notice", &notice));
    out[static_cast<size_t>(i)] = stored.SerializeAsString();
    return absl::OkStatus();
  }));
  return out;
}

// Tender of each bid: rank r with probability proportional to r^-zipf.
std::vector<uint32_t> DrawTenders(const CorpusOptions& options) {
  std::vector<double> weights(static_cast<size_t>(options.tenders));
  for (size_t r = 0; r < weights.size(); ++r) {
    weights[r] = std::pow(static_cast<double>(r + 1), -options.zipf);
  }
  std::mt19937_64 random(options.seed);
  std::discrete_distribution<uint32_t> draw(weights.begin(), weights.end());
  std::vector<uint32_t> out(static_cast<size_t>(options.suppliers));
  for (uint32_t& tender : out) tender = draw(random);
  return out;
}

absl::StatusOr<pki::CertificateAuthority> LoadOrMakeCa(const CorpusOptions& options,
                                                       absl::Time now) {
  const std::string dir = CaDir(options.dir);
  if (fs::exists(dir + "/root.crt")) return pki::CertificateAuthority::Load(dir);
  pki::CaRequest request;
  request.not_before = now - absl::Hours(24);
  request.not_after = install::TrainingEnd(now);
  ASSIGN_OR_RETURN(auto ca, pki::CertificateAuthority::Create(request));
  fs::create_directories(dir);
  RETURN_IF_ERROR(ca.Save(dir));
  return ca;
}

// SB1's sizes with nothing inside.
void FillShares(const std::vector<std::string>& points, crypto::Random& random,
                document::v1::Seal* seal) {
  for (int i = 0; i < kMembers; ++i) {
    auto* share = seal->add_shares();
    share->set_member(i + 1);
    share->set_wrap(points[static_cast<uint8_t>(random.Bytes(1)[0]) % points.size()] +
                    random.Bytes(sealing::kWrapBytes - crypto::kP256PointBytes));
    share->set_commit(random.Bytes(sealing::kDigestBytes));
    share->set_proof(random.Bytes(sealing::kProofBytes));
  }
}

class QuickBidsImpl : public QuickBids {
 public:
  absl::Status Init(const CorpusOptions& options, int certificates) {
    ASSIGN_OR_RETURN(const auto ca, pki::CertificateAuthority::Load(CaDir(options.dir)));
    ASSIGN_OR_RETURN(auto notices, ReadFrames(NoticesFile(options)));
    for (CorpusBid& frame : notices) corpus_.notices.push_back(std::move(frame.request));
    corpus_.options = options;
    for (int i = 0; i < certificates; ++i) {
      ASSIGN_OR_RETURN(auto identity, install::NewIdentity(ca, {.name = absl::StrCat("Pool ", i)},
                                                           crypto::SystemRandom()));
      corpus_.certs.push_back(identity.certificate().der());
      identities_.push_back(std::move(identity));
    }
    for (int i = 0; i < 64; ++i) {
      points_.push_back(crypto::P256PrivateKey::Derive(absl::StrCat("point ", i)).public_point());
    }
    document::v1::StoredDocument stored;
    document::v1::Notice notice;
    std::string error;
    if (!stored.ParseFromString(corpus_.notices.front())) return absl::DataLossError("notices.bin");
    RETURN_IF_ERROR(document::ParseStrictJson(stored.document().content(), &notice));
    if (!absl::ParseTime(absl::RFC3339_full, notice.stages(0).deadline(), &corpus_.deadline,
                         &error)) {
      return absl::DataLossError(error);
    }
    return absl::OkStatus();
  }

  const Corpus& corpus() const override { return corpus_; }

  absl::StatusOr<std::vector<CorpusBid>> Make(
      uint32_t first, uint32_t count,
      const std::function<uint32_t(uint32_t)>& tender_of) const override {
    std::vector<CorpusBid> out(count);
    std::vector<std::thread> threads;
    std::vector<absl::Status> status(kThreads);
    for (uint32_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (uint32_t i = t; status[t].ok() && i < count; i += kThreads) {
          auto bid = MakeOne(first + i, tender_of(first + i));
          status[t] = bid.status();
          if (bid.ok()) out[i] = *std::move(bid);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (const absl::Status& s : status) RETURN_IF_ERROR(s);
    return out;
  }

 private:
  absl::StatusOr<CorpusBid> MakeOne(uint32_t supplier, uint32_t tender) const {
    crypto::FakeRandom random(corpus_.options.seed * 7'000'003 + supplier);
    ASSIGN_OR_RETURN(const std::string hash, NoticeHash(tender));
    sdk::Identity identity = identities_[supplier % identities_.size()];
    identity.set_person_id(PersonId(supplier));
    bidding::v1::SubmitBidRequest request;
    request.set_ciphertext(random.Bytes(sealing::kPayloadBucketBytes + crypto::kAeadTagBytes));
    document::v1::Seal seal;
    seal.set_format("SB1");
    seal.set_tender_id(TenderId(tender));
    seal.set_notice_hash(hash);
    seal.set_stage(1);
    seal.set_round(1);
    seal.set_bidder_cert_sha256(identity.cert_sha256());
    seal.set_submission_id(HexEncode(random.Bytes(16)));
    seal.set_ciphertext_sha256(HexEncode(crypto::Sha256(request.ciphertext())));
    seal.set_ciphertext_size(static_cast<int64_t>(request.ciphertext().size()));
    seal.set_key_commit(random.Bytes(sealing::kDigestBytes));
    seal.set_quorum(kQuorum);
    seal.set_members(kMembers);
    FillShares(points_, random, &seal);
    seal.set_client_time("2026-01-01T00:00:00Z");
    ASSIGN_OR_RETURN(*request.mutable_seal(), sdk::SignDocument(identity, kSystem, "seal", &seal));
    request.set_request_id(HexEncode(random.Bytes(16)));
    return CorpusBid{supplier, tender, request.SerializeAsString()};
  }

  absl::StatusOr<std::string> NoticeHash(uint32_t tender) const {
    // Most bids in a row are for one tender.
    thread_local std::pair<uint32_t, std::string> last;
    if (last.second.empty() || last.first != tender) {
      ASSIGN_OR_RETURN(const std::string bytes, QuickNotice(corpus_, tender));
      document::v1::StoredDocument stored;
      if (!stored.ParseFromString(bytes)) return absl::DataLossError("a notice does not parse");
      last = {tender, HexEncode(crypto::Sha256(stored.document().content()))};
    }
    return last.second;
  }

  Corpus corpus_;
  std::vector<sdk::Identity> identities_;
  std::vector<std::string> points_;
};

nlohmann::json InfoOf(const CorpusOptions& o) {
  return {{"version", 1},         {"set", o.set},   {"suppliers", o.suppliers},
          {"tenders", o.tenders}, {"zipf", o.zipf}, {"seed", o.seed}};
}

}  // namespace

absl::StatusOr<std::unique_ptr<QuickBids>> QuickBids::Create(const CorpusOptions& options,
                                                             int certificates) {
  auto out = std::make_unique<QuickBidsImpl>();
  RETURN_IF_ERROR(out->Init(options, certificates));
  return std::unique_ptr<QuickBids>(std::move(out));
}

absl::StatusOr<std::string> QuickNotice(const Corpus& corpus, uint32_t tender) {
  document::v1::StoredDocument stored;
  document::v1::Notice notice;
  if (!stored.ParseFromString(corpus.notices.front())) return absl::DataLossError("notices.bin");
  RETURN_IF_ERROR(document::ParseStrictJson(stored.document().content(), &notice));
  notice.set_tender_id(TenderId(tender));
  ASSIGN_OR_RETURN(*stored.mutable_document()->mutable_content(),
                   document::ToCanonicalJson(notice));
  return stored.SerializeAsString();
}

std::string CaDir(absl::string_view corpus_dir) { return absl::StrCat(corpus_dir, "/ca"); }
std::string PersonId(uint32_t supplier) { return absl::StrFormat("S-%010d.1", supplier); }
std::string TenderId(uint32_t tender) { return absl::StrFormat("R26BK%08d", tender); }

absl::Status MakeCorpus(const CorpusOptions& options) {
  {
    std::ifstream in(InfoFile(options));
    const auto info = nlohmann::json::parse(in, nullptr, false);
    if (in && info.is_object() && info.value("complete", false)) {
      auto there = info;
      there.erase("complete");
      there.erase("deadline");
      if (there == InfoOf(options)) return absl::OkStatus();
    }
  }
  fprintf(stderr, "corpus %s: %d suppliers, %d tenders (made once, kept in %s)\n",
          options.set.c_str(), options.suppliers, options.tenders, options.dir.c_str());
  fs::create_directories(options.dir);
  const absl::Time now = absl::Now();
  ASSIGN_OR_RETURN(const auto ca, LoadOrMakeCa(options, now));

  // Notices are common to all sets.
  if (!fs::exists(NoticesFile(options))) {
    ASSIGN_OR_RETURN(const auto notices, MakeNotices(options, ca, now, now + kDeadlineFromNow));
    std::string bytes;
    for (uint32_t i = 0; i < notices.size(); ++i) AppendFrame({i, i, notices[i]}, &bytes);
    RETURN_IF_ERROR(WriteAll(NoticesFile(options), bytes));
  }
  ASSIGN_OR_RETURN(const auto stored, ReadFrames(NoticesFile(options)));
  if (static_cast<int>(stored.size()) != options.tenders) {
    return absl::FailedPreconditionError("the corpus has other tenders; remove " + options.dir);
  }
  std::vector<sdk::PublishedNotice> notices;
  for (const CorpusBid& frame : stored) {
    document::v1::StoredDocument document;
    if (!document.ParseFromString(frame.request)) return absl::DataLossError("notices.bin");
    ASSIGN_OR_RETURN(auto notice, sdk::PublishedNotice::Parse(document.document()));
    notices.push_back(std::move(notice));
  }

  std::vector<sealing::CommitteeKeys> committees;
  for (const sdk::PublishedNotice& notice : notices) {
    ASSIGN_OR_RETURN(const sealing::Committee members, notice.committee());
    ASSIGN_OR_RETURN(auto keys, sealing::CommitteeKeys::Create(members));
    committees.push_back(std::move(keys));
  }

  std::unique_ptr<RsaPool> rsa;
  if (options.set == "rsa2048") {
    ASSIGN_OR_RETURN(rsa, RsaPool::Create(options.suppliers));
  } else if (options.set != "p256") {
    return absl::InvalidArgumentError("the sets are p256 and rsa2048");
  }
  const std::vector<uint32_t> tenders = DrawTenders(options);
  std::vector<std::string> certs(tenders.size());
  std::vector<CorpusBid> bids(tenders.size());
  RETURN_IF_ERROR(ForAll("sealed bids", options.suppliers, [&](int i) -> absl::Status {
    const auto at = static_cast<size_t>(i);
    auto key = rsa ? rsa->Key(i) : pki::PrivateKey::Generate(pki::KeyType::kEcP256);
    if (!key.ok()) return key.status();
    pki::LeafRequest leaf;
    leaf.cn = absl::StrCat("Supplier ", i);
    leaf.not_before = ca.issuing().not_before();
    leaf.not_after = ca.issuing().not_after();
    ASSIGN_OR_RETURN(leaf.spki_der, key->SpkiDer());
    ASSIGN_OR_RETURN(auto certificate, ca.Issue(leaf));
    certs[at] = certificate.der();
    sdk::Identity identity(*std::move(key), std::move(certificate));
    identity.set_person_id(PersonId(static_cast<uint32_t>(i)));
    crypto::FakeRandom random(options.seed * 1'000'003 + static_cast<uint64_t>(i));
    const sdk::BidTerms terms(100'000'000 + i * 1000, {1 + i % 14, 15});
    ASSIGN_OR_RETURN(const auto sealed, sdk::SealBid(identity, notices[tenders[at]],
                                                     committees[tenders[at]], terms, now, random));
    bidding::v1::SubmitBidRequest request;
    *request.mutable_seal() = sealed.seal;
    request.set_ciphertext(sealed.ciphertext);
    request.set_request_id(HexEncode(random.Bytes(16)));
    bids[at] = {static_cast<uint32_t>(i), tenders[at], request.SerializeAsString()};
    return absl::OkStatus();
  }));
  std::string bytes;
  for (uint32_t i = 0; i < certs.size(); ++i) AppendFrame({i, 0, certs[i]}, &bytes);
  RETURN_IF_ERROR(WriteAll(CertsFile(options), bytes));
  bytes.clear();
  for (const CorpusBid& bid : bids) AppendFrame(bid, &bytes);
  RETURN_IF_ERROR(WriteAll(BidsFile(options), bytes));
  nlohmann::json info = InfoOf(options);
  info["complete"] = true;
  info["deadline"] = notices.front().notice.stages(0).deadline();
  return WriteAll(InfoFile(options), info.dump(2) + "\n");
}

absl::StatusOr<Corpus> LoadCorpus(const CorpusOptions& options) {
  std::ifstream in(InfoFile(options));
  const auto info = nlohmann::json::parse(in, nullptr, false);
  if (!info.is_object() || !info.value("complete", false)) {
    return absl::NotFoundError("no corpus in " + options.dir + "; make it with jodal-bench corpus");
  }
  Corpus out;
  out.options = options;
  out.options.suppliers = info["suppliers"];
  out.options.tenders = info["tenders"];
  out.options.zipf = info["zipf"];
  out.options.seed = info["seed"];
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, info["deadline"].get<std::string>(), &out.deadline,
                       &error)) {
    return absl::DataLossError(error);
  }
  ASSIGN_OR_RETURN(auto notices, ReadFrames(NoticesFile(options)));
  for (CorpusBid& frame : notices) out.notices.push_back(std::move(frame.request));
  ASSIGN_OR_RETURN(auto certs, ReadFrames(CertsFile(options)));
  for (CorpusBid& frame : certs) out.certs.push_back(std::move(frame.request));
  ASSIGN_OR_RETURN(out.bids, ReadFrames(BidsFile(options)));
  for (const CorpusBid& bid : out.bids) out.bid_bytes += static_cast<double>(bid.request.size());
  if (!out.bids.empty()) out.bid_bytes /= static_cast<double>(out.bids.size());
  return out;
}

}  // namespace jodal::bench
