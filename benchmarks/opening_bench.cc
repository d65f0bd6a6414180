// How long the opening of a large tender takes, and how much of it is the cryptography that the
// format demands.
//
// A box is filled with really signed and sealed bids, each of another supplier, through the bidding
// engine on a RocksDB store with synced writes and with a real signature verifier in the process.
// The committee's shares are released; what is measured is
//   opening_s        from the moment the k-th member's last document of shares has been accepted to
//                    the durable commit of opening.completed
//   last_release_s   the acceptance of that last member's shares, before: its signature, and every
//                    share against its seal
//   opening_floor_s  the pure cryptography of the same bids by the same functions on the same
//   number
//                    of threads, with everything in memory: tables of the committee's keys; per bid
//                    combining k shares, the check of the key commitment, all n shares,
//                    commitments, wraps and proofs made again and compared, decryption, and the
//                    inner CAdES signature by a certificate that the verifier knows. No JSON, no
//                    store, no log.
// CPU seconds of the process are given beside each, as they do not depend on who else uses the
// machine. At the end every opened bid is compared with what was sealed, and the box root computed
// again from what was sent.
#include <sys/time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "benchmarks/cpu.h"
#include "clients/sdk/documents.h"
#include "clients/sdk/identity.h"
#include "clients/sdk/open_shares.h"
#include "clients/sdk/sealed_bid.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "common/pki/ca.h"
#include "common/pki/trust_store.h"
#include "common/pki/verifier.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "nlohmann/json.hpp"
#include "procurement/bid/submission.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/parallel.h"
#include "services/bidding/engine/worker.h"

namespace jodal {
namespace {

constexpr char kTender[] = "R26BK00000001";
constexpr size_t kInFlight = 2000;  // bids that wait for their commit
constexpr char kSystem[] = "bench.jodal.example";

struct Options {
  int bids = 10'000;
  int k = 3;
  int n = 5;
  int threads = 2;
  std::string json;
  std::string dir;  // of the store; a fresh temporary folder if empty
};

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Span {
  double wall_s = 0;
  double cpu_s = 0;
};

class Stopwatch {
 public:
  Span Read() const { return {WallSeconds() - wall_, bench::CpuSeconds(RUSAGE_SELF) - cpu_}; }

 private:
  const double wall_ = WallSeconds();
  const double cpu_ = bench::CpuSeconds(RUSAGE_SELF);
};

// The signature policy in this process.
class DirectVerifier : public document::DocumentVerifier {
 public:
  explicit DirectVerifier(std::shared_ptr<const pki::TrustStore> trust)
      : verifier_(std::move(trust)) {}

  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override {
    const pki::Verdict verdict = verifier_.Verify(content, signature, at);
    if (!verdict.passed()) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "SIGNATURE_REFUSED",
                       verdict.explanation, {{"check", verdict.check}});
    }
    document::VerifiedSignature out;
    out.cert_sha256 = HexEncode(verdict.signer_cert_sha256);
    for (const std::string& e : verdict.evidence_sha256)
      out.evidence_sha256.push_back(HexEncode(e));
    return out;
  }

 private:
  pki::Verifier verifier_;
};

// One tender from its notice to its opened bids.
class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        clock_(absl::FromCivil(absl::CivilSecond(2026, 1, 5, 0, 0, 0), absl::UTCTimeZone())),
        executor_(1, 1),
        sessions_("bidding", std::string(rpc::kSessionKeyBytes, 's')) {}

  absl::Status Run() {
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(SealAll());
    RETURN_IF_ERROR(SubmitAll());
    RETURN_IF_ERROR(CloseAndRelease());
    RETURN_IF_ERROR(Check());
    return MeasureFloor();
  }

  nlohmann::json Result() const {
    return {{"bids", options_.bids},
            {"k", options_.k},
            {"n", options_.n},
            {"threads", options_.threads},
            {"opening_s", opening_.wall_s},
            {"opening_floor_s", floor_.wall_s},
            {"opening_ratio", opening_.wall_s / floor_.wall_s},
            {"opening_cpu_s", opening_.cpu_s},
            {"opening_floor_cpu_s", floor_.cpu_s},
            {"opening_cpu_ratio", opening_.cpu_s / floor_.cpu_s},
            {"last_release_s", release_.wall_s},
            {"last_release_cpu_s", release_.cpu_s},
            {"seal_cpu_us", seal_.cpu_s / options_.bids * 1e6},
            {"submit_s", submit_.wall_s}};
  }

 private:
  absl::StatusOr<sdk::Identity> NewPerson(const pki::CertificateAuthority& ca,
                                          const std::string& id, bool agreement) {
    pki::LeafRequest leaf;
    leaf.cn = id;
    leaf.o = "Benchmark";
    leaf.not_before = clock_.Now() - absl::Hours(24);
    leaf.not_after = clock_.Now() + absl::Hours(24 * 365);
    ASSIGN_OR_RETURN(pki::PrivateKey key, pki::PrivateKey::Generate(pki::KeyType::kEcP256));
    ASSIGN_OR_RETURN(leaf.spki_der, key.SpkiDer());
    ASSIGN_OR_RETURN(pki::Certificate certificate, ca.Issue(leaf));
    sdk::Identity person(std::move(key), std::move(certificate));
    person.set_person_id(id);
    if (agreement) {
      auto pair = crypto::P256PrivateKey::Generate(crypto::SystemRandom());
      leaf.usage = pki::LeafUsage::kKeyAgreement;
      leaf.spki_der = pair.SpkiDer();
      ASSIGN_OR_RETURN(pki::Certificate agreed, ca.Issue(leaf));
      person.SetAgreement(std::move(pair), std::move(agreed));
    }
    return person;
  }

  // The store, the engine, everyone's certificates and the box.
  absl::Status Prepare() {
    pki::CaRequest ask;
    ask.not_before = clock_.Now() - absl::Hours(24 * 365);
    ask.not_after = clock_.Now() + absl::Hours(24 * 3650);
    ASSIGN_OR_RETURN(pki::CertificateAuthority ca, pki::CertificateAuthority::Create(ask));
    pki::TrustInput trust;
    trust.anchors = {ca.root().der()};
    trust.intermediates = {ca.issuing().der()};
    const absl::Time crl_from = clock_.Now() - absl::Hours(24);
    const absl::Time crl_until = clock_.Now() + absl::Hours(24 * 30);
    ASSIGN_OR_RETURN(const std::string root_crl, ca.RootCrl(crl_from, crl_until));
    ASSIGN_OR_RETURN(const std::string issuing_crl, ca.IssuingCrl(crl_from, crl_until));
    trust.crls = {root_crl, issuing_crl};
    trust.epoch = 1;
    ASSIGN_OR_RETURN(auto store, pki::TrustStore::Create(trust));
    verifier_ = std::make_unique<DirectVerifier>(std::move(store));

    for (int i = 1; i <= options_.n; ++i) {
      ASSIGN_OR_RETURN(sdk::Identity member, NewPerson(ca, absl::StrCat("A-", i, ".1"), true));
      members_.push_back(std::move(member));
    }
    suppliers_.resize(static_cast<size_t>(options_.bids));
    RETURN_IF_ERROR(Parallel(suppliers_.size(), [&](size_t at) -> absl::Status {
      ASSIGN_OR_RETURN(sdk::Identity supplier, NewPerson(ca, absl::StrCat("S-", at, ".1"), false));
      suppliers_[at] = std::make_unique<sdk::Identity>(std::move(supplier));
      return absl::OkStatus();
    }));

    ledger::Ledger::Options options;
    options.origin = absl::StrCat(kSystem, "/bidding");
    options.clock = &clock_;
    options.log_key = std::make_shared<const crypto::Ed25519PrivateKey>(
        crypto::Ed25519PrivateKey::Generate(crypto::SystemRandom()));
    ASSIGN_OR_RETURN(auto backend, kv::OpenRocksBackend({options_.dir}));
    ASSIGN_OR_RETURN(ledger_, ledger::Ledger::Open(std::move(backend), options));
    host::ModuleContext context;
    context.service = "bidding";
    context.system = kSystem;
    context.clock = &clock_;
    context.random = &crypto::SystemRandom();
    context.ledger = ledger_.get();
    context.executor = &executor_;
    context.sessions = &sessions_;
    context.page_key = std::string(32, 'p');
    context.documents = verifier_.get();
    engine_ = std::make_unique<bidding::BiddingEngine>(
        context, bidding::BiddingEngine::Options{static_cast<size_t>(options_.threads)});
    return MakeBox();
  }

  absl::Status MakeBox() {
    document::v1::Notice notice;
    notice.set_tender_id(kTender);
    notice.set_procurement_kind("goods");
    notice.set_rule_set("kr-state-goods-2024");
    sdk::CompleteNotice({members_[0].organization_id(), ""}, &notice);
    document::v1::Stage& stage = *notice.mutable_stages(0);
    stage.set_bid_start("2026-01-05T00:00:00Z");
    stage.set_deadline("2026-01-05T01:00:00Z");
    stage.set_open_at("2026-01-05T02:00:00Z");
    std::vector<document::v1::CommitteeMember> seats;
    for (const sdk::Identity& person : members_) seats.push_back(sdk::CommitteeMemberFor(person));
    sdk::SeatCommittee(options_.k, seats, &notice);
    bidding::v1::CreateBoxRequest request;
    request.set_tender_id(kTender);
    ASSIGN_OR_RETURN(*request.mutable_notice()->mutable_document(),
                     sdk::SignDocument(members_[0], kSystem, "notice", &notice));
    ASSIGN_OR_RETURN(notice_, sdk::PublishedNotice::Parse(request.notice().document()));
    bidding::v1::CreateBoxResponse response;
    return engine_->CreateBox(Call(nullptr), request, &response);
  }

  rpc::Call Call(const sdk::Identity* person) {
    rpc::Call call;
    call.arrival = clock_.Now();
    if (person == nullptr) {
      call.caller.kind = rpc::Caller::Kind::kService;
      call.caller.service = "tender";
      return call;
    }
    call.caller.kind = rpc::Caller::Kind::kUser;
    call.caller.user.person_id = person->person_id();
    call.caller.user.organization_id = person->organization_id();
    call.caller.user.cert_sha256 = person->cert_sha256();
    return call;
  }

  template <typename Each>
  absl::Status Parallel(size_t count, const Each& each) {
    return bidding::ForEachParallel(count, static_cast<size_t>(options_.threads), each);
  }

  static int64_t PriceOf(size_t at) { return 300'000'000 + static_cast<int64_t>(at) * 7919; }

  absl::Status SealAll() {
    ASSIGN_OR_RETURN(const sealing::Committee members, notice_.committee());
    const Stopwatch watch;
    ASSIGN_OR_RETURN(const auto committee,
                     sealing::CommitteeKeys::Create(members, suppliers_.size()));
    sealed_.resize(suppliers_.size());
    RETURN_IF_ERROR(Parallel(sealed_.size(), [&](size_t at) -> absl::Status {
      const sdk::BidTerms terms{
          PriceOf(at),
          {static_cast<int>(at % 15) + 1, static_cast<int>((at + 1 + at % 14) % 15) + 1}};
      ASSIGN_OR_RETURN(sealed_[at], sdk::SealBid(*suppliers_[at], notice_, committee, terms,
                                                 clock_.Now(), crypto::SystemRandom()));
      return absl::OkStatus();
    }));
    seal_ = watch.Read();
    return absl::OkStatus();
  }

  absl::Status SubmitAll() {
    const Stopwatch watch;
    std::vector<bidding::v1::SubmitBidResponse> responses(sealed_.size());
    std::vector<absl::Status> statuses(sealed_.size());
    for (size_t first = 0; first < sealed_.size(); first += kInFlight) {
      const size_t count = std::min(kInFlight, sealed_.size() - first);
      absl::BlockingCounter left(static_cast<int>(count));
      RETURN_IF_ERROR(Parallel(count, [&](size_t n) {
        const size_t at = first + n;
        bidding::v1::SubmitBidRequest request;
        *request.mutable_seal() = sealed_[at].seal;
        request.set_ciphertext(sealed_[at].ciphertext);
        request.set_request_id(sealed_[at].submission_id);
        const auto ticket = engine_->gate().Enter();
        rpc::Call call = Call(suppliers_[at].get());
        call.arrival = ticket->arrival();
        engine_->SubmitBid(call, request, &responses[at],
                           [&statuses, &left, ticket, at](absl::Status status) {
                             statuses[at] = std::move(status);
                             left.DecrementCount();
                           });
        return absl::OkStatus();
      }));
      left.Wait();
    }
    for (const absl::Status& status : statuses) RETURN_IF_ERROR(status);
    submit_ = watch.Read();
    return absl::OkStatus();
  }

  absl::StatusOr<bidding::v1::Box> Box() {
    bidding::v1::GetBoxRequest request;
    request.set_tender_id(kTender);
    bidding::v1::GetBoxResponse response;
    RETURN_IF_ERROR(engine_->GetBox(Call(nullptr), request, &response));
    return response.box();
  }

  absl::StatusOr<std::vector<bidding::v1::SealedBid>> SealedBids(const sdk::Identity& member) {
    std::vector<bidding::v1::SealedBid> out;
    bidding::v1::ListSealedBidsRequest request;
    request.set_tender_id(kTender);
    do {
      bidding::v1::ListSealedBidsResponse page;
      RETURN_IF_ERROR(engine_->ListSealedBids(Call(&member), request, &page));
      for (auto& bid : *page.mutable_bids()) out.push_back(std::move(bid));
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return out;
  }

  absl::Status CloseAndRelease() {
    clock_.Set(clock_.Now() + absl::Hours(1));
    RETURN_IF_ERROR(engine_->deadlines().Recover());
    RETURN_IF_ERROR(engine_->deadlines().RunDue());
    clock_.Set(clock_.Now() + absl::Hours(1));
    ASSIGN_OR_RETURN(const bidding::v1::Box box, Box());
    if (box.submissions() != options_.bids) {
      return absl::InternalError(absl::StrCat("the box holds ", box.submissions(), " bids"));
    }
    bidding::Worker worker(engine_.get(), [](const absl::Status& status) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
    });
    worker.Start();
    for (int i = 1; i <= options_.k; ++i) {
      const sdk::Identity& member = members_[static_cast<size_t>(i - 1)];
      ASSIGN_OR_RETURN(const auto bids, SealedBids(member));
      ASSIGN_OR_RETURN(const auto documents,
                       sdk::MakeOpenShares(member, notice_, box, bids, crypto::SystemRandom()));
      const Stopwatch watch;
      for (size_t at = 0; at < documents.size(); ++at) {
        bidding::v1::ReleaseSharesRequest request;
        *request.mutable_document() = documents[at];
        request.set_request_id(absl::StrCat("release-", i, "-", at));
        bidding::v1::ReleaseSharesResponse response;
        RETURN_IF_ERROR(engine_->ReleaseShares(Call(&member), request, &response));
      }
      release_ = watch.Read();
    }
    const Stopwatch watch;
    uint64_t size = ledger_->Size();
    while (true) {
      ASSIGN_OR_RETURN(const bidding::v1::Box now, Box());
      if (now.state() == bidding::v1::Box::OPENED) break;
      size = ledger_->WaitForEntry(size, absl::Milliseconds(100));
    }
    opening_ = watch.Read();
    worker.Stop();
    return absl::OkStatus();
  }

  // Everything that was sealed has been opened, to what was sealed.
  absl::Status Check() {
    std::map<std::string, size_t> by_id;
    for (size_t at = 0; at < sealed_.size(); ++at) by_id[sealed_[at].submission_id] = at;
    ASSIGN_OR_RETURN(const bidding::v1::Box box, Box());
    std::vector<std::string> digests;
    bidding::v1::ListOpenedBidsRequest request;
    request.set_tender_id(kTender);
    do {
      bidding::v1::ListOpenedBidsResponse page;
      RETURN_IF_ERROR(engine_->ListOpenedBids(Call(nullptr), request, &page));
      for (const auto& bid : page.bids()) {
        const auto found = by_id.find(bid.submission_id());
        if (found == by_id.end()) return absl::InternalError("a bid was opened twice");
        const sdk::SealedBid& sent = sealed_[found->second];
        if (!bid.void_reason().empty() || bid.offers_size() != 1 ||
            bid.offers(0).amount() != PriceOf(found->second) || bid.bid() != sent.bid.content() ||
            bid.cek() != sent.cek) {
          return absl::InternalError(
              absl::StrCat("a bid was not opened to what was sealed: ", bid.void_reason()));
        }
        digests.push_back(
            procurement::SubmissionDigest(sent.seal, crypto::Sha256(sent.ciphertext)));
        by_id.erase(found);
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    ASSIGN_OR_RETURN(const std::string root, procurement::BoxRoot(digests));
    if (!by_id.empty() || box.void_bids() != 0 || box.opened() != options_.bids ||
        root != box.root()) {
      return absl::InternalError("the opening does not hold what was sent");
    }
    return absl::OkStatus();
  }

  absl::Status MeasureFloor() {
    struct InMemory {
      sealing::Sealed sealed;
      std::string dealer;
      std::vector<sealing::MemberShare> shares;
    };
    ASSIGN_OR_RETURN(const sealing::Committee members, notice_.committee());
    std::vector<InMemory> bids(sealed_.size());
    RETURN_IF_ERROR(Parallel(bids.size(), [&](size_t at) -> absl::Status {
      document::v1::Seal seal;
      RETURN_IF_ERROR(document::ParseStrictJson(sealed_[at].seal.content(), &seal));
      ASSIGN_OR_RETURN(bids[at].sealed, procurement::ToSealed(seal));
      ASSIGN_OR_RETURN(bids[at].dealer, HexDecode(seal.bidder_cert_sha256()));
      for (int i = 0; i < options_.k; ++i) {
        const auto m = static_cast<size_t>(i);
        ASSIGN_OR_RETURN(std::string share, sealing::UnwrapShare({notice_.hash, bids[at].dealer},
                                                                 members_[m].agreement_key(),
                                                                 bids[at].sealed.shares[m]));
        bids[at].shares.push_back({i + 1, std::move(share)});
      }
      return absl::OkStatus();
    }));

    const Stopwatch watch;
    ASSIGN_OR_RETURN(const auto committee, sealing::CommitteeKeys::Create(members, bids.size()));
    RETURN_IF_ERROR(Parallel(bids.size(), [&](size_t at) -> absl::Status {
      const InMemory& bid = bids[at];
      ASSIGN_OR_RETURN(const std::string cek, sealing::Combine(options_.k, bid.shares));
      RETURN_IF_ERROR(sealing::CheckSeal(committee, bid.dealer, cek, bid.sealed));
      ASSIGN_OR_RETURN(const std::string plain,
                       sealing::Decrypt({notice_.hash, cek}, bid.sealed.ciphertext));
      ASSIGN_OR_RETURN(const sealing::Payload payload, sealing::DecodePayload(plain));
      return verifier_->Verify(payload.document, payload.signature, clock_.Now()).status();
    }));
    floor_ = watch.Read();
    return absl::OkStatus();
  }

  const Options options_;
  ManualClock clock_;
  rpc::Executor executor_;
  rpc::SessionVerifier sessions_;
  std::unique_ptr<DirectVerifier> verifier_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<bidding::BiddingEngine> engine_;
  std::vector<sdk::Identity> members_;
  std::vector<std::unique_ptr<sdk::Identity>> suppliers_;
  sdk::PublishedNotice notice_;
  std::vector<sdk::SealedBid> sealed_;
  Span seal_, submit_, release_, opening_, floor_;
};

int Usage() {
  std::fprintf(stderr,
               "usage: jodal-bench-opening [--bids N] [--k K] [--n N] [--threads N] [--json FILE] "
               "[--dir DIR]\n");
  return 2;
}

int Main(int argc, char** argv) {
  Options options;
  for (int at = 1; at < argc; at += 2) {
    const std::string name = argv[at];
    if (at + 1 == argc) return Usage();
    const std::string value = argv[at + 1];
    std::map<std::string, int*> numbers = {{"--bids", &options.bids},
                                           {"--k", &options.k},
                                           {"--n", &options.n},
                                           {"--threads", &options.threads}};
    if (name == "--json") {
      options.json = value;
    } else if (name == "--dir") {
      options.dir = value;
    } else if (numbers.count(name) == 0 || !absl::SimpleAtoi(value, numbers[name]) ||
               *numbers[name] < 1) {
      return Usage();
    }
  }
  const bool temporary = options.dir.empty();
  if (temporary) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "jodal-opening-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return 1;
    options.dir = pattern;
  }
  nlohmann::json result;
  absl::Status status;
  {
    Bench bench(options);
    status = bench.Run();
    result = bench.Result();
  }
  if (temporary) std::filesystem::remove_all(options.dir);
  if (!status.ok()) {
    std::fprintf(stderr, "jodal-bench-opening: %s\n", status.ToString().c_str());
    return 1;
  }
  std::printf(
      "opening of %d bids, %d of %d, %d threads, every bid checked\n\n"
      "| measure | wall s | CPU s |\n|---|---|---|\n"
      "| opening, after the last share | %.3f | %.3f |\n"
      "| its cryptography alone | %.3f | %.3f |\n"
      "| ratio | %.2f | %.2f |\n"
      "| acceptance of the last member's shares, before | %.3f | %.3f |\n\n"
      "a sealed bid costs its supplier's machine %.0f us of CPU\n",
      options.bids, options.k, options.n, options.threads, result["opening_s"].get<double>(),
      result["opening_cpu_s"].get<double>(), result["opening_floor_s"].get<double>(),
      result["opening_floor_cpu_s"].get<double>(), result["opening_ratio"].get<double>(),
      result["opening_cpu_ratio"].get<double>(), result["last_release_s"].get<double>(),
      result["last_release_cpu_s"].get<double>(), result["seal_cpu_us"].get<double>());
  if (!options.json.empty()) {
    std::ofstream out(options.json);
    out << result.dump(2) << "\n";
    if (!out) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace jodal

int main(int argc, char** argv) { return jodal::Main(argc, argv); }
