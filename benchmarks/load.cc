#include "benchmarks/load.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "benchmarks/cpu.h"
#include "benchmarks/pushback.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/log/receipt.h"
#include "common/rpc/call.h"
#include "common/rpc/status.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/bidding/v1/bidding.grpc.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/log/v1/log.grpc.pb.h"
#include "jodal/signature/v1/signature.grpc.pb.h"

namespace jodal::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr char kSubmit[] = "/jodal.bidding.v1.BiddingService/SubmitBid";
constexpr int kSetupThreads = 8;
constexpr int kEntriesPage = 1000;
constexpr SteadyClock::duration kOpenLoopStep = std::chrono::milliseconds(1);

absl::Status ForAll(size_t count, const std::function<absl::Status(size_t)>& body) {
  std::atomic<size_t> next = 0;
  std::vector<absl::Status> status(kSetupThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kSetupThreads; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i; status[t].ok() && (i = next.fetch_add(1)) < count;) status[t] = body(i);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const absl::Status& s : status) RETURN_IF_ERROR(s);
  return absl::OkStatus();
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

std::string FromBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (!buffer.Dump(&slices).ok()) return out;
  for (const grpc::Slice& slice : slices) {
    out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return out;
}

// When a bid that came too late says that it arrived.
int64_t ReceivedNs(const absl::Status& error) {
  absl::Time time;
  std::string ignored;
  for (const auto& [key, value] : ErrorMetadataOf(error)) {
    if (key == "received" && absl::ParseTime(absl::RFC3339_full, value, &time, &ignored)) {
      return absl::ToUnixNanos(time);
    }
  }
  return 0;
}

// One call under way.
struct Sent {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  SteadyClock::time_point due;
};

}  // namespace

size_t LoadResult::Count(Answer::Kind kind) const {
  return static_cast<size_t>(std::count_if(answers.begin(), answers.end(),
                                           [&](const Answer& a) { return a.kind == kind; }));
}

double LoadResult::PerSecond() const {
  return seconds > 0 ? static_cast<double>(Count(Answer::kAccepted)) / seconds : 0;
}

double LoadResult::LatencyMs(Answer::Kind kind, double q) const {
  std::vector<float> sorted;
  for (const Answer& a : answers) {
    if (a.kind == kind) sorted.push_back(a.latency_ms);
  }
  if (sorted.empty()) return 0;
  std::sort(sorted.begin(), sorted.end());
  return sorted[std::min(sorted.size() - 1,
                         static_cast<size_t>(q * static_cast<double>(sorted.size())))];
}

absl::Status RegisterCertificates(const Servers& servers, const Corpus& corpus) {
  namespace pb = signature::v1;
  const auto peers = servers.PeersAs("registration");
  const auto stub = pb::SignatureService::NewStub(peers->Channel("signature"));
  const int64_t now = absl::ToUnixNanos(absl::Now());
  return ForAll(corpus.certs.size(), [&](size_t i) -> absl::Status {
    pb::VerifyCertificateRequest request;
    request.set_certificate(corpus.certs[i]);
    request.set_purpose(pb::VerifyCertificateRequest::SIGNING);
    request.set_at_time_ns(now);
    ASSIGN_OR_RETURN(const auto answer,
                     rpc::Invoke(*stub, &pb::SignatureService::Stub::VerifyCertificate, request,
                                 {.deadline = absl::Seconds(60), .retry = true}));
    if (answer.verdict().indication() == pb::Verdict::TOTAL_PASSED) return absl::OkStatus();
    return absl::InternalError(answer.verdict().explanation());
  });
}

absl::Status CreateBoxes(const Servers& servers, const Corpus& corpus) {
  namespace pb = bidding::v1;
  const auto peers = servers.PeersAs("tender");
  const auto stub = pb::BiddingService::NewStub(peers->Channel("bidding"));
  return ForAll(corpus.notices.size(), [&](size_t i) -> absl::Status {
    pb::CreateBoxRequest request;
    request.set_tender_id(TenderId(static_cast<uint32_t>(i)));
    if (!request.mutable_notice()->ParseFromString(corpus.notices[i])) {
      return absl::DataLossError("a notice of the corpus does not parse");
    }
    return rpc::Invoke(*stub, &pb::BiddingService::Stub::CreateBox, request,
                       {.deadline = absl::Seconds(60), .retry = true})
        .status();
  });
}

absl::StatusOr<LoadResult> RunLoad(const Servers& servers, const Corpus& corpus,
                                   const LoadOptions& options) {
  std::vector<std::unique_ptr<rpc::Peers>> connections;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (int i = 0; i < options.channels; ++i) {
    connections.push_back(servers.BidPeers());
    const auto channel = connections.back()->Channel("bidding");
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) {
      return absl::UnavailableError("cannot reach the bidding service");
    }
    stubs.push_back(std::make_unique<grpc::GenericStub>(channel));
  }
  // Everything that a supplier's machine does before it sends is done before the clock starts.
  std::vector<std::unique_ptr<Sent>> sent(options.count);
  const absl::Time expires = absl::Now() + absl::Hours(24 * 400);
  for (size_t i = 0; i < options.count; ++i) {
    const CorpusBid& bid = corpus.bids[options.first + i];
    sent[i] = std::make_unique<Sent>();
    sent[i]->request = ToBuffer(bid.request);
    rpc::Principal who;
    who.session_id = "bench";
    who.person_id = PersonId(bid.supplier);
    who.organization_id = who.person_id.substr(0, who.person_id.size() - 2);
    who.roles = {"supplier"};
    who.cert_sha256 = HexEncode(crypto::Sha256(corpus.CertOf(bid.supplier)));
    who.expires = expires;
    sent[i]->context.AddMetadata("authorization", absl::StrCat("Bearer ", servers.TokenFor(who)));
  }

  LoadResult result;
  result.answers.resize(options.count);
  std::atomic<size_t> next = 0;
  std::atomic<size_t> done = 0;
  absl::Mutex mu;
  SteadyClock::time_point last_answer;
  const double cpu_before = CpuSeconds(RUSAGE_SELF);
  const double server_before = servers.Measure().cpu_s;
  const SteadyClock::time_point start = SteadyClock::now();

  Pushback pushback;
  const auto steady_ns = [](SteadyClock::time_point t) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
  };
  const auto finish = [&](SteadyClock::time_point now) {
    if (done.fetch_add(1) + 1 != options.count) return;
    absl::MutexLock lock(&mu);
    last_answer = now;
  };
  std::function<void(size_t)> send = [&](size_t i) {
    Sent& s = *sent[i];
    stubs[i % stubs.size()]->UnaryCall(
        &s.context, kSubmit, grpc::StubOptions(), &s.request, &s.response,
        [&, i](grpc::Status status) {
          const SteadyClock::time_point now = SteadyClock::now();
          Answer& answer = result.answers[i];
          answer.latency_ms = std::chrono::duration<float, std::milli>(now - sent[i]->due).count();
          if (status.ok()) {
            answer.kind = Answer::kAccepted;
            if (options.echo_bytes == 0) answer.bytes = FromBuffer(sent[i]->response);
          } else {
            const absl::Status error = rpc::FromGrpcStatus(status);
            pushback.Observe(error, steady_ns(now));
            answer.reason = ErrorReason(error);
            answer.retry_hint = rpc::RetryDelay(error).has_value();
            if (answer.reason == "DEADLINE_PASSED") answer.arrival_ns = ReceivedNs(error);
            answer.kind = status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED
                              ? Answer::kBusy
                          : answer.reason == "DEADLINE_PASSED" ? Answer::kLate
                                                               : Answer::kOther;
          }
          sent[i].reset();
          if (options.in_flight > 0) {
            const size_t following = next.fetch_add(1);
            if (following < options.count) {
              sent[following]->due = SteadyClock::now();
              send(following);
            }
          }
          finish(now);
        });
  };
  if (options.in_flight > 0) {
    const size_t window = std::min<size_t>(static_cast<size_t>(options.in_flight), options.count);
    next = window;
    for (size_t i = 0; i < window; ++i) {
      sent[i]->due = SteadyClock::now();
      send(i);
    }
  } else {
    for (size_t i = 0; i < options.count; ++i) {
      sent[i]->due =
          start + std::chrono::duration_cast<SteadyClock::duration>(
                      std::chrono::duration<double>(static_cast<double>(i) / options.per_s));
      // To wake up for each would take the CPU of the machines that bids come from out of this one.
      // What falls due within a step goes out at its end; its latency counts from when it was due.
      if (sent[i]->due > SteadyClock::now()) {
        std::this_thread::sleep_until(
            start + (sent[i]->due - start) / kOpenLoopStep * kOpenLoopStep + kOpenLoopStep);
      }
      // As a gateway does: it does not ask a service that has just said to come back later.
      const SteadyClock::time_point now = SteadyClock::now();
      if (const absl::Status admitted = pushback.Admit(steady_ns(now)); !admitted.ok()) {
        Answer& answer = result.answers[i];
        answer.kind = Answer::kBusy;
        answer.at_edge = true;
        answer.retry_hint = rpc::RetryDelay(admitted).has_value();
        answer.reason = ErrorReason(admitted);
        answer.latency_ms = std::chrono::duration<float, std::milli>(now - sent[i]->due).count();
        sent[i].reset();
        finish(now);
        continue;
      }
      send(i);
    }
  }
  result.send_seconds = std::chrono::duration<double>(SteadyClock::now() - start).count();
  {
    absl::MutexLock lock(&mu);
    const auto finished = [&] { return done.load() == options.count && last_answer > start; };
    mu.Await(absl::Condition(&finished));
  }
  result.seconds = std::chrono::duration<double>(last_answer - start).count();
  result.generator_cpu_s = CpuSeconds(RUSAGE_SELF) - cpu_before;
  result.server_cpu_s = servers.Measure().cpu_s - server_before;
  for (const Answer& answer : result.answers) {
    if (answer.kind != Answer::kAccepted) ++result.reasons[answer.reason];
  }
  return result;
}

absl::Status ForEachBiddingEvent(
    const Servers& servers,
    const std::function<absl::Status(const jodal::log::v1::LogEntry&,
                                     const jodal::event::v1::Event&)>& visit) {
  namespace pb = jodal::log::v1;
  const auto peers = servers.PeersAs("tender");
  const auto stub = pb::LogService::NewStub(peers->Channel("bidding"));
  for (uint64_t begin = 0, size = 1; begin < size;) {
    pb::ListEntriesRequest request;
    request.set_begin(begin);
    request.set_limit(kEntriesPage);
    rpc::CallOptions call;
    call.metadata = {{"x-jodal-log", "bidding"}};
    call.retry = true;
    ASSIGN_OR_RETURN(const auto page,
                     rpc::Invoke(*stub, &pb::LogService::Stub::ListEntries, request, call));
    size = page.size();
    begin += static_cast<uint64_t>(page.entries_size());
    if (page.entries_size() == 0) break;
    for (const pb::LogEntry& entry : page.entries()) {
      event::v1::Event event;
      if (!event.ParseFromString(entry.body())) return absl::InternalError("a body does not parse");
      RETURN_IF_ERROR(visit(entry, event));
    }
  }
  return absl::OkStatus();
}

absl::Status VerifyLoad(const Servers& servers, const Corpus& corpus, const LoadOptions& options,
                        const LoadResult& result) {
  namespace pb = jodal::log::v1;
  std::map<std::string, size_t> logged;  // submission digest → how often
  std::map<uint64_t, std::string> leaves;
  RETURN_IF_ERROR(ForEachBiddingEvent(
      servers, [&](const pb::LogEntry& entry, const event::v1::Event& event) -> absl::Status {
        if (!event.has_bid_received()) return absl::OkStatus();
        ++logged[event.bid_received().submission_digest()];
        leaves[entry.seq()] = entry.entry();
        return absl::OkStatus();
      }));
  for (const auto& [digest, times] : logged) {
    if (times != 1)
      return absl::InternalError(absl::StrCat("bid ", digest, " is there ", times, " times"));
  }
  const log::LogIdentity identity = servers.BiddingLog();
  const int64_t deadline_ns = absl::ToUnixNanos(corpus.deadline);
  // Many receipts share a checkpoint, whose signature is the costly part; the path is checked for
  // each against the root that was verified.
  std::map<std::string, log::Checkpoint> checkpoints;
  for (size_t i = 0; i < options.count; ++i) {
    const Answer& answer = result.answers[i];
    if (answer.kind != Answer::kAccepted) continue;
    const CorpusBid& bid = corpus.bids[options.first + i];
    bidding::v1::SubmitBidResponse response;
    bidding::v1::SubmitBidRequest request;
    if (!response.ParseFromString(answer.bytes) || !request.ParseFromString(bid.request)) {
      return absl::InternalError("an answer does not parse");
    }
    const std::string digest = HexEncode(crypto::Sha256(absl::StrCat(
        "jodal submission v1", crypto::Sha256(request.seal().content()),
        crypto::Sha256(request.seal().signature()), crypto::Sha256(request.ciphertext()))));
    if (response.submission_digest() != digest) {
      return absl::InternalError("an answer is about another bid");
    }
    if (logged.count(digest) == 0)
      return absl::InternalError("an acknowledged bid is not in the log");
    if (response.arrival_time_ns() >= deadline_ns) return absl::InternalError("a late bid is in");
    const pb::Receipt& receipt = response.receipt();
    pb::Entry entry;
    event::v1::Event event;
    if (!entry.ParseFromString(receipt.entry()) || leaves[receipt.seq()] != receipt.entry() ||
        entry.arrival_time_ns() != response.arrival_time_ns()) {
      return absl::InternalError("a receipt is about another entry");
    }
    ASSIGN_OR_RETURN(const log::InclusionProof proof, log::ParseProof(receipt.proof()));
    auto known = checkpoints.find(proof.checkpoint);
    if (known == checkpoints.end()) {
      ASSIGN_OR_RETURN(const auto opened, log::OpenCheckpoint(proof.checkpoint, identity));
      known = checkpoints.emplace(proof.checkpoint, opened).first;
    }
    if (proof.index != receipt.seq()) return absl::InternalError("a receipt is for another index");
    ASSIGN_OR_RETURN(
        const std::string root,
        crypto::RootFromInclusion(
            {proof.index, known->second.size, crypto::LeafHash(receipt.entry())}, proof.path));
    if (root != known->second.root) return absl::InternalError("a receipt proves nothing");
  }
  return absl::OkStatus();
}

}  // namespace jodal::bench
