#include "benchmarks/scale.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "benchmarks/load.h"
#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "jodal/bidding/v1/bidding.grpc.pb.h"

namespace jodal::bench {
namespace {

constexpr uint32_t kChunk = 10'000;
constexpr int kCertificates = 1000;
constexpr int kInFlight = 128;
constexpr int kBoxThreads = 8;

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

// Sends `bids`, which must all be accepted, and gives the servers' CPU for one in microseconds.
absl::StatusOr<double> Send(const Servers& servers, Corpus& corpus, std::vector<CorpusBid> bids,
                            LoadResult* result = nullptr) {
  corpus.bids = std::move(bids);
  LoadOptions load;
  load.count = corpus.bids.size();
  load.in_flight = kInFlight;
  ASSIGN_OR_RETURN(LoadResult loaded, RunLoad(servers, corpus, load));
  if (loaded.Count(Answer::kAccepted) != load.count) {
    return absl::InternalError(absl::StrCat(
        "only ", loaded.Count(Answer::kAccepted), " of ", load.count,
        " bids were accepted: ", loaded.reasons.empty() ? "" : loaded.reasons.begin()->first));
  }
  const double us = loaded.server_cpu_s * 1e6 / static_cast<double>(load.count);
  if (result != nullptr) *result = std::move(loaded);
  return us;
}

// kill -9, start, and how long until a bid is accepted.
absl::StatusOr<double> Restart(Servers& servers, Corpus& corpus, std::vector<CorpusBid> one) {
  servers.Kill();
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(servers.Launch());
  corpus.bids = std::move(one);
  LoadOptions load;
  load.count = 1;
  load.in_flight = 1;
  load.channels = 1;
  while (true) {
    const auto result = RunLoad(servers, corpus, load);
    if (result.ok() && result->Count(Answer::kAccepted) == 1) return Seconds(start);
    if (Seconds(start) > 60) return absl::DeadlineExceededError("no bid accepted after a restart");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

absl::Status Create(const Servers& servers, const Corpus& corpus, uint32_t from, uint32_t to) {
  namespace pb = bidding::v1;
  const auto peers = servers.PeersAs("tender");
  const auto stub = pb::BiddingService::NewStub(peers->Channel("bidding"));
  std::vector<absl::Status> status(kBoxThreads);
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < kBoxThreads; ++t) {
    threads.emplace_back([&, t] {
      for (uint32_t i = from + t; status[t].ok() && i < to; i += kBoxThreads) {
        const auto notice = QuickNotice(corpus, i);
        pb::CreateBoxRequest request;
        request.set_tender_id(TenderId(i));
        if (!notice.ok() || !request.mutable_notice()->ParseFromString(*notice)) {
          status[t] = absl::DataLossError("a notice does not parse");
          return;
        }
        status[t] = rpc::Invoke(*stub, &pb::BiddingService::Stub::CreateBox, request,
                                {.deadline = absl::Seconds(60), .retry = true})
                        .status();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const absl::Status& s : status) RETURN_IF_ERROR(s);
  return absl::OkStatus();
}

// Until the servers have merged their tables: nothing written for some seconds, a minute at most.
void AwaitQuiet(const Servers& servers) {
  double before = -1;
  for (int looks = 20; looks > 0; --looks) {
    const double now = servers.DiskMb();
    if (now == before) return;
    before = now;
    std::this_thread::sleep_for(std::chrono::seconds(3));
  }
}

}  // namespace

absl::StatusOr<nlohmann::json> MeasureBids(const ScaleOptions& options, const MakeServers& make) {
  ASSIGN_OR_RETURN(const auto quick, QuickBids::Create(options.corpus, kCertificates));
  Corpus corpus = quick->corpus();
  corpus.notices.resize(1);
  ASSIGN_OR_RETURN(auto servers, make(corpus));
  const auto one_tender = [](uint32_t) { return 0u; };
  nlohmann::json out;
  uint32_t sent = 0;
  double received_mb = 0;
  const auto chunk = [&](uint32_t count, LoadResult* result) -> absl::StatusOr<double> {
    ASSIGN_OR_RETURN(auto bids, quick->Make(sent, count, one_tender));
    for (const CorpusBid& bid : bids) received_mb += static_cast<double>(bid.request.size()) / 1e6;
    sent += count;
    return Send(*servers, corpus, std::move(bids), result);
  };
  const auto restart = [&]() -> absl::StatusOr<double> {
    ASSIGN_OR_RETURN(auto one, quick->Make(sent, 1, one_tender));
    received_mb += static_cast<double>(one.front().request.size()) / 1e6;
    ++sent;
    return Restart(*servers, corpus, std::move(one));
  };

  // The block caches have a bound of their own and fill up to it.
  const auto memory = [&] {
    const Usage usage = servers->Measure();
    return usage.anon_mb - usage.cache_mb;
  };

  RETURN_IF_ERROR(chunk(1000, nullptr).status());
  ASSIGN_OR_RETURN(out["cost_us_1k"], chunk(kChunk, nullptr));
  ASSIGN_OR_RETURN(out["cost_us_10k"], chunk(kChunk, nullptr));
  ASSIGN_OR_RETURN(out["restart_s_10k"], restart());
  double memory_at = 0;
  double memory_mb = 0;
  std::vector<double> costs;  // of the chunks, in order
  while (sent < options.bids) {
    LoadResult result;
    ASSIGN_OR_RETURN(const double cost, chunk(kChunk, &result));
    costs.push_back(cost);
    fprintf(stderr, "\r  %u of %u bids, %.0f us each ", sent, options.bids, cost);
    if (sent >= 100'000 && memory_at == 0) {
      out["cost_us_100k"] = cost;
      memory_at = sent;
      memory_mb = memory();
    }
    if (sent >= options.bids) {
      LoadOptions load;
      load.count = corpus.bids.size();
      RETURN_IF_ERROR(VerifyLoad(*servers, corpus, load, result));
    }
  }
  fprintf(stderr, "\n");
  if (costs.empty()) return absl::InvalidArgumentError("too few bids to measure anything");
  // Over the second half of the bids: a chunk shows all of a merge of tables or nothing, and while
  // the store doubles, merges of every size have their turn.
  const size_t half = std::max<size_t>(1, costs.size() / 2);
  const double cost =
      std::accumulate(costs.end() - static_cast<std::ptrdiff_t>(half), costs.end(), 0.0) /
      static_cast<double>(half);
  out["cost_us_1m"] = cost;
  out["cost_ratio_1m_to_1k"] = cost / out["cost_us_1k"].get<double>();
  if (memory_at > 0 && sent > memory_at) {
    out["rss_mb_per_1m"] = (memory() - memory_mb) * 1e6 / (sent - memory_at);
  }
  out["disk_ratio_busy"] = servers->DiskMb() / received_mb;  // with what is being merged
  AwaitQuiet(*servers);
  out["disk_ratio"] = servers->DiskMb() / received_mb;
  out["disk_ratio_bidding"] = servers->DiskMb("bidding") / received_mb;
  out["received_mb"] = received_mb;
  out["scale_bids"] = sent;
  ASSIGN_OR_RETURN(out["restart_s_1m"], restart());
  RETURN_IF_ERROR(servers->Stop());
  return out;
}

absl::StatusOr<nlohmann::json> MeasureTenders(const ScaleOptions& options,
                                              const MakeServers& make) {
  ASSIGN_OR_RETURN(const auto quick, QuickBids::Create(options.corpus, kCertificates));
  Corpus corpus = quick->corpus();
  corpus.notices.clear();
  ASSIGN_OR_RETURN(auto servers, make(corpus));
  corpus = quick->corpus();
  nlohmann::json out;
  uint32_t suppliers = 0;
  uint32_t created = 0;
  for (const uint32_t tenders : {1u, 1000u, options.tenders}) {
    fprintf(stderr, "  %u tenders\n", tenders);
    RETURN_IF_ERROR(Create(*servers, corpus, created, tenders));
    created = std::max(created, tenders);
    std::mt19937 random(1);
    std::vector<uint32_t> of(kChunk);
    for (uint32_t& tender : of) tender = random() % tenders;
    const uint32_t first = suppliers;
    ASSIGN_OR_RETURN(auto bids,
                     quick->Make(first, kChunk, [&](uint32_t s) { return of[s - first]; }));
    suppliers += kChunk;
    ASSIGN_OR_RETURN(out[absl::StrCat("cost_us_tenders_", tenders)],
                     Send(*servers, corpus, std::move(bids)));
  }
  out["anon_mb_tenders"] = servers->Measure().anon_mb;
  RETURN_IF_ERROR(servers->Stop());
  return out;
}

}  // namespace jodal::bench
