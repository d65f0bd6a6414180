#include "benchmarks/burst.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/tracking/v1/tracking.grpc.pb.h"
#include "jodal/training/v1/training.grpc.pb.h"

namespace jodal::bench {
namespace {

constexpr int kInFlight = 256;
constexpr absl::Duration kCloseMax = absl::Seconds(90);

// Whatever a refusal is, it says when to come back.
absl::Status CheckRefusals(const LoadResult& result) {
  for (const Answer& answer : result.answers) {
    if (answer.kind == Answer::kBusy && !answer.retry_hint) {
      return absl::InternalError("a refusal has no retry hint");
    }
    if (answer.kind == Answer::kOther) {
      return absl::InternalError(absl::StrCat("a bid was answered with ", answer.reason));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LoadResult> OpenLoop(const Servers& servers, const Corpus& corpus, double per_s,
                                    LoadOptions load) {
  load.per_s = per_s;
  ASSIGN_OR_RETURN(LoadResult result, RunLoad(servers, corpus, load));
  RETURN_IF_ERROR(CheckRefusals(result));
  RETURN_IF_ERROR(VerifyLoad(servers, corpus, load, result));
  return result;
}

// The clock such that the deadline comes in `left`.
absl::Status MoveTowardsDeadline(const Servers& servers, const Corpus& corpus,
                                 absl::Duration left) {
  namespace pb = training::v1;
  const auto peers = servers.PeersAs("tender");
  const auto stub = pb::TrainingService::NewStub(peers->Channel("tender"));
  pb::MoveClockRequest request;
  request.set_to_ns(absl::ToUnixNanos(corpus.deadline - left));
  return rpc::Invoke(*stub, &pb::TrainingService::Stub::MoveClock, request).status();
}

// Waits until every box is closed and compares what was counted with what was acknowledged.
absl::Status CheckClosed(const Servers& servers, const Corpus& corpus) {
  const absl::Time end = absl::Now() + kCloseMax;
  while (true) {
    size_t received = 0;
    size_t counted = 0;
    std::set<std::string> closed;
    RETURN_IF_ERROR(ForEachBiddingEvent(
        servers, [&](const log::v1::LogEntry&, const event::v1::Event& event) -> absl::Status {
          if (event.has_bid_received()) ++received;
          if (event.has_box_closed()) {
            closed.insert(event.box_closed().tender_id());
            counted += static_cast<size_t>(event.box_closed().count());
          }
          return absl::OkStatus();
        }));
    if (closed.size() == corpus.notices.size()) {
      if (received == counted) return absl::OkStatus();
      return absl::InternalError(
          absl::StrCat(received, " bids were received, the boxes closed with ", counted));
    }
    if (absl::Now() > end) {
      return absl::DeadlineExceededError(absl::StrCat("only ", closed.size(), " boxes closed"));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

// What the peaks left for the monitor is not to be carried by the loads that are measured next.
absl::Status AwaitMonitor(const Servers& servers) {
  namespace pb = tracking::v1;
  const auto peers = servers.PeersAs("tender");
  const auto stub = pb::TrackingService::NewStub(peers->Channel("tracking"));
  const absl::Time end = absl::Now() + kCloseMax;
  while (true) {
    uint64_t size = 0;
    RETURN_IF_ERROR(ForEachBiddingEvent(
        servers, [&](const log::v1::LogEntry& entry, const event::v1::Event&) -> absl::Status {
          size = entry.seq() + 1;
          return absl::OkStatus();
        }));
    ASSIGN_OR_RETURN(const auto status,
                     rpc::Invoke(*stub, &pb::TrackingService::Stub::GetMonitorStatus,
                                 pb::GetMonitorStatusRequest(), {.retry = true}));
    for (const pb::MonitoredLog& log : status.logs()) {
      if (log.service() == "bidding" && log.size() >= size) return absl::OkStatus();
    }
    if (absl::Now() > end) return absl::DeadlineExceededError("the monitor does not catch up");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

}  // namespace

Spread SpreadOf(std::vector<double> values) {
  Spread out;
  if (values.empty()) return out;
  std::sort(values.begin(), values.end());
  out.least = values.front();
  out.most = values.back();
  const size_t middle = values.size() / 2;
  out.median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return out;
}

absl::StatusOr<LoadOptions> Slices::Take(double share) {
  LoadOptions load;
  load.first = taken_;
  load.count = static_cast<size_t>(share * static_cast<double>(bids_));
  taken_ += load.count;
  if (load.count == 0 || taken_ > bids_) {
    return absl::ResourceExhaustedError("the corpus has too few bids for this");
  }
  return load;
}

absl::StatusOr<nlohmann::json> MeasurePeak(const Servers& servers, const Corpus& corpus,
                                           const std::string& name, int runs, Slices* slices,
                                           double share) {
  std::vector<double> per_s, server_us, generator_us;
  for (int run = -1; run < runs; ++run) {  // -1: the warm-up
    ASSIGN_OR_RETURN(LoadOptions load, slices->Take(run < 0 ? share / 2 : share));
    load.in_flight = kInFlight;
    ASSIGN_OR_RETURN(const LoadResult result, RunLoad(servers, corpus, load));
    RETURN_IF_ERROR(CheckRefusals(result));
    RETURN_IF_ERROR(VerifyLoad(servers, corpus, load, result));
    const double calls = static_cast<double>(load.count);
    fprintf(stderr, "  %s%s: %.0f bids/s (server %.0f us, generator %.0f us a bid)\n", name.c_str(),
            run < 0 ? " warm-up" : "", result.PerSecond(), result.server_cpu_s * 1e6 / calls,
            result.generator_cpu_s * 1e6 / calls);
    if (run < 0) continue;
    per_s.push_back(result.PerSecond());
    server_us.push_back(result.server_cpu_s * 1e6 / calls);
    generator_us.push_back(result.generator_cpu_s * 1e6 / calls);
  }
  const Spread spread = SpreadOf(per_s);
  return nlohmann::json{{name + "_per_s", spread.median},
                        {name + "_per_s_min", spread.least},
                        {name + "_per_s_max", spread.most},
                        {name + "_server_us", SpreadOf(server_us).median},
                        {name + "_generator_us", SpreadOf(generator_us).median}};
}

absl::StatusOr<nlohmann::json> MeasureOpenLoops(const Servers& servers, const Corpus& corpus,
                                                double peak_per_s, Slices* slices) {
  nlohmann::json out;
  RETURN_IF_ERROR(AwaitMonitor(servers));
  ASSIGN_OR_RETURN(LoadOptions load, slices->Take(0.06));
  ASSIGN_OR_RETURN(LoadResult result, OpenLoop(servers, corpus, peak_per_s / 2, load));
  out["ack_p50_ms_half_load"] = result.LatencyMs(Answer::kAccepted, 0.5);
  out["ack_p99_ms_half_load"] = result.LatencyMs(Answer::kAccepted, 0.99);
  fprintf(stderr, "  half load: p99 %.1f ms\n", result.LatencyMs(Answer::kAccepted, 0.99));
  ASSIGN_OR_RETURN(load, slices->Take(0.06));
  ASSIGN_OR_RETURN(result, OpenLoop(servers, corpus, peak_per_s, load));
  out["ack_p99_ms_full_load"] = result.LatencyMs(Answer::kAccepted, 0.99);
  fprintf(stderr, "  full load: p99 %.1f ms, %.0f bids/s\n",
          result.LatencyMs(Answer::kAccepted, 0.99), result.PerSecond());

  RETURN_IF_ERROR(AwaitMonitor(servers));
  ASSIGN_OR_RETURN(load, slices->Take(0.32));
  ASSIGN_OR_RETURN(result, OpenLoop(servers, corpus, 2 * peak_per_s, load));
  const auto at_edge = std::count_if(result.answers.begin(), result.answers.end(),
                                     [](const Answer& a) { return a.at_edge; });
  out["goodput_ratio_double_load"] = result.PerSecond() / peak_per_s;
  out["ack_p99_ms_double_load"] = result.LatencyMs(Answer::kAccepted, 0.99);
  out["refused_p99_ms_double_load"] = result.LatencyMs(Answer::kBusy, 0.99);
  out["refused_double_load"] = result.Count(Answer::kBusy);
  out["refused_at_edge_double_load"] = at_edge;
  fprintf(stderr, "  double load: %.2f of the peak accepted, %zu refused (p99 %.1f ms)\n",
          result.PerSecond() / peak_per_s, result.Count(Answer::kBusy),
          result.LatencyMs(Answer::kBusy, 0.99));

  ASSIGN_OR_RETURN(load, slices->Take(0.20));
  const double seconds = static_cast<double>(load.count) / (2 * peak_per_s);
  RETURN_IF_ERROR(MoveTowardsDeadline(servers, corpus, absl::Seconds(seconds / 2)));
  ASSIGN_OR_RETURN(result, OpenLoop(servers, corpus, 2 * peak_per_s, load));
  const int64_t deadline_ns = absl::ToUnixNanos(corpus.deadline);
  for (const Answer& answer : result.answers) {
    if (answer.kind == Answer::kLate && answer.arrival_ns < deadline_ns) {
      return absl::InternalError("a bid was refused as late before the deadline");
    }
  }
  out["deadline_accepted"] = result.Count(Answer::kAccepted);
  out["deadline_late"] = result.Count(Answer::kLate);
  out["deadline_refused_busy"] = result.Count(Answer::kBusy);
  if (result.Count(Answer::kAccepted) == 0 || result.Count(Answer::kLate) == 0) {
    return absl::InternalError("the deadline did not fall into the burst");
  }
  RETURN_IF_ERROR(CheckClosed(servers, corpus));
  fprintf(stderr, "  deadline in the burst: %zu in time, %zu late, %zu refused as busy\n",
          result.Count(Answer::kAccepted), result.Count(Answer::kLate),
          result.Count(Answer::kBusy));
  return out;
}

}  // namespace jodal::bench
