// jodal-bench: workloads that check what they measure. benchmarks/run runs them all.
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "benchmarks/burst.h"
#include "benchmarks/corpus.h"
#include "benchmarks/load.h"
#include "benchmarks/log_bench.h"
#include "benchmarks/parts.h"
#include "benchmarks/scale.h"
#include "benchmarks/servers.h"
#include "benchmarks/watch_bench.h"
#include "common/status/macros.h"
#include "nlohmann/json.hpp"

namespace jodal::bench {
namespace {

namespace fs = std::filesystem;

struct Flags {
  CorpusOptions corpus;
  std::string work;  // folder for installations
  std::string json;  // file for the figures
  int runs = 1;
  bool processes = false;
  std::string postgres;
  std::string name = "peak";
  uint32_t scale_bids = 1'000'000;
  uint32_t scale_tenders = 1'000'000;
  uint64_t entries = 1'000'000;
  int in_flight = 256;
  size_t count = 0;
  double per_s = 0;
  std::string profile;  // file
};

// `perf record` of the servers while it lives.
class Profile {
 public:
  Profile(const std::string& file, const Servers& servers) {
    if (file.empty()) return;
    std::vector<std::string> words = {
        "perf", "record", "-q", "-F", "1999",
        "-g",   "-o",     file, "-p", absl::StrJoin(servers.Pids(), ",")};
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (posix_spawnp(&pid_, "perf", nullptr, nullptr, argv.data(), environ) != 0) pid_ = 0;
    if (pid_ != 0) usleep(500'000);  // until it has attached
  }
  ~Profile() {
    if (pid_ == 0) return;
    kill(pid_, SIGINT);
    waitpid(pid_, nullptr, 0);
  }
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

 private:
  pid_t pid_ = 0;
};

constexpr int kCores = 2;
constexpr size_t kResponseBytes = 1600;  // of an answer with its receipt

// "p256" and "rsa", as the figures are called.
std::string NameOf(const std::string& set) { return set == "rsa2048" ? "rsa" : set; }

std::string SelfPath() { return fs::read_symlink("/proc/self/exe").string(); }
std::string BinDir() { return fs::path(SelfPath()).parent_path().string(); }

absl::Status WriteJson(const Flags& flags, const nlohmann::json& figures) {
  printf("%s\n", figures.dump(2).c_str());
  if (flags.json.empty()) return absl::OkStatus();
  std::ofstream out(flags.json, std::ios::trunc);
  out << figures.dump(2) << "\n";
  out.close();
  return out ? absl::OkStatus() : absl::UnavailableError("cannot write " + flags.json);
}

absl::StatusOr<std::unique_ptr<Servers>> FreshServers(const Flags& flags, const Corpus& corpus) {
  ServersOptions options;
  options.dir = flags.work + "/installation";
  options.ca_dir = CaDir(flags.corpus.dir);
  options.bin_dir = BinDir();
  options.processes = flags.processes;
  options.postgres = flags.postgres;
  ASSIGN_OR_RETURN(auto servers, Servers::Create(options));
  RETURN_IF_ERROR(servers->Start());
  RETURN_IF_ERROR(RegisterCertificates(*servers, corpus));
  RETURN_IF_ERROR(CreateBoxes(*servers, corpus));
  return servers;
}

nlohmann::json Describe(const LoadResult& r) {
  nlohmann::json out;
  out["accepted"] = r.Count(Answer::kAccepted);
  out["per_s"] = r.PerSecond();
  out["seconds"] = r.seconds;
  out["send_seconds"] = r.send_seconds;
  out["p50_ms"] = r.LatencyMs(Answer::kAccepted, 0.5);
  out["p99_ms"] = r.LatencyMs(Answer::kAccepted, 0.99);
  out["refused"] = r.Count(Answer::kBusy);
  out["refused_p99_ms"] = r.LatencyMs(Answer::kBusy, 0.99);
  out["late"] = r.Count(Answer::kLate);
  out["other"] = r.Count(Answer::kOther);
  const double calls = static_cast<double>(r.answers.size());
  out["generator_us_per_call"] = r.generator_cpu_s * 1e6 / calls;
  out["server_us_per_call"] = r.server_cpu_s * 1e6 / calls;
  for (const auto& [reason, count] : r.reasons) out["reasons"][reason] = count;
  return out;
}

absl::Status RunOneLoad(const Flags& flags) {
  ASSIGN_OR_RETURN(const Corpus corpus, LoadCorpus(flags.corpus));
  ASSIGN_OR_RETURN(auto servers, FreshServers(flags, corpus));
  LoadOptions load;
  load.count = flags.count == 0 ? corpus.bids.size() : std::min(flags.count, corpus.bids.size());
  load.in_flight = flags.per_s > 0 ? 0 : flags.in_flight;
  load.per_s = flags.per_s;
  absl::StatusOr<LoadResult> loaded;
  {
    const Profile profile(flags.profile, *servers);
    loaded = RunLoad(*servers, corpus, load);
  }
  ASSIGN_OR_RETURN(const LoadResult result, std::move(loaded));
  RETURN_IF_ERROR(VerifyLoad(*servers, corpus, load, result));
  RETURN_IF_ERROR(servers->Stop());
  return WriteJson(flags, Describe(result));
}

// What the parts of the limit cost alone, and the limit that follows.
absl::Status RunParts(const Flags& flags) {
  ASSIGN_OR_RETURN(const Corpus corpus, LoadCorpus(flags.corpus));
  ASSIGN_OR_RETURN(const Parts parts, MeasureParts(corpus, flags.work, SelfPath(), kResponseBytes));
  const std::string name = NameOf(flags.corpus.set);
  return WriteJson(flags, {{"parts_" + name + "_echo_us", parts.echo_us},
                           {"parts_" + name + "_echo_server_us", parts.echo_server_us},
                           {"parts_" + name + "_verify_us", parts.verify_us},
                           {"parts_" + name + "_record_us", parts.record_us},
                           {"bid_bytes", corpus.bid_bytes},
                           {"parts_limit_" + name + "_per_s", parts.PerSecond(kCores)}});
}

absl::Status RunBurst(const Flags& flags) {
  ASSIGN_OR_RETURN(const Corpus corpus, LoadCorpus(flags.corpus));
  ASSIGN_OR_RETURN(auto servers, FreshServers(flags, corpus));
  Slices slices(corpus.bids.size());
  const std::string name = absl::StrCat("burst_", NameOf(flags.corpus.set));
  const double share = 0.34 / (flags.runs + 0.5);
  ASSIGN_OR_RETURN(nlohmann::json out,
                   MeasurePeak(*servers, corpus, name, flags.runs, &slices, share));
  ASSIGN_OR_RETURN(const nlohmann::json open,
                   MeasureOpenLoops(*servers, corpus, out[name + "_per_s"], &slices));
  if (flags.corpus.set == "p256") out.update(open);
  RETURN_IF_ERROR(servers->Stop());
  return WriteJson(flags, out);
}

// The peak alone: with every service its own process, or on another store.
absl::Status RunPeak(const Flags& flags) {
  ASSIGN_OR_RETURN(const Corpus corpus, LoadCorpus(flags.corpus));
  ASSIGN_OR_RETURN(auto servers, FreshServers(flags, corpus));
  Slices slices(corpus.bids.size());
  const double share = std::min(0.2, 0.95 / (flags.runs + 0.5));
  ASSIGN_OR_RETURN(const nlohmann::json out,
                   MeasurePeak(*servers, corpus, flags.name, flags.runs, &slices, share));
  RETURN_IF_ERROR(servers->Stop());
  return WriteJson(flags, out);
}

absl::Status RunScale(const Flags& flags) {
  ScaleOptions options;
  options.corpus = flags.corpus;
  options.bids = flags.scale_bids;
  options.tenders = flags.scale_tenders;
  const auto make = [&](const Corpus& corpus) { return FreshServers(flags, corpus); };
  ASSIGN_OR_RETURN(nlohmann::json out, MeasureBids(options, make));
  ASSIGN_OR_RETURN(const nlohmann::json tenders, MeasureTenders(options, make));
  out.update(tenders);
  return WriteJson(flags, out);
}

absl::Status RunLog(const Flags& flags) {
  ASSIGN_OR_RETURN(const nlohmann::json out, MeasureLog(flags.work, flags.entries));
  return WriteJson(flags, out);
}

absl::Status RunWatch(const Flags& flags) {
  ASSIGN_OR_RETURN(const Corpus corpus, LoadCorpus(flags.corpus));
  ASSIGN_OR_RETURN(auto servers, FreshServers(flags, corpus));
  ASSIGN_OR_RETURN(const nlohmann::json out, MeasureWatch(*servers, corpus, {}));
  RETURN_IF_ERROR(servers->Stop());
  return WriteJson(flags, out);
}

int Main(int argc, char** argv) {
  if (argc == 4 && std::string(argv[1]) == "echo-server") {
    return ServeEcho(argv[2], std::stoul(argv[3]));
  }
  CLI::App app("Benchmarks of Jodal that check what they measure.", "jodal-bench");
  app.require_subcommand(1);
  Flags flags;
  flags.corpus.dir = "build/bench/corpus";
  flags.work = "build/bench/work";
  std::function<absl::Status()> run;
  const auto verb = [&](const char* name, const char* help, std::function<absl::Status()> body) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("--corpus", flags.corpus.dir, "folder of the corpus");
    sub->add_option("--set", flags.corpus.set, "keys of the suppliers: p256 or rsa2048");
    sub->add_option("--suppliers", flags.corpus.suppliers, "suppliers of a new corpus");
    sub->add_option("--tenders", flags.corpus.tenders, "tenders of a new corpus");
    sub->add_option("--work", flags.work, "folder for installations");
    sub->add_option("--json", flags.json, "file for the figures");
    sub->add_option("--runs", flags.runs, "how often");
    sub->add_option("--in-flight", flags.in_flight, "closed loop: calls at a time");
    sub->add_option("--per-s", flags.per_s, "open loop: bids a second");
    sub->add_option("--count", flags.count, "bids; 0 for all of the corpus");
    sub->add_option("--profile", flags.profile, "file for `perf record` of the servers");
    sub->add_option("--postgres", flags.postgres, "conninfo of the database for the stores");
    sub->add_option("--name", flags.name, "what the figures of a peak are called");
    sub->add_option("--scale-bids", flags.scale_bids, "bids in one tender");
    sub->add_option("--scale-tenders", flags.scale_tenders, "tenders at most");
    sub->add_option("--entries", flags.entries, "entries of the log");
    sub->add_flag("--processes", flags.processes, "every service its own process");
    sub->callback([&run, body] { run = body; });
  };
  verb("corpus", "make the corpus", [&] { return MakeCorpus(flags.corpus); });
  verb("load", "one burst on a fresh installation", [&] { return RunOneLoad(flags); });
  verb("parts", "the parts of a bid alone", [&] { return RunParts(flags); });
  verb("burst", "the burst: peak, open loops, deadline", [&] { return RunBurst(flags); });
  verb("peak", "the peak alone, under --name", [&] { return RunPeak(flags); });
  verb("scale", "cost, memory, disk and restarts with many bids", [&] { return RunScale(flags); });
  verb("log", "the log alone", [&] { return RunLog(flags); });
  verb("watch", "live tracking", [&] { return RunWatch(flags); });
  CLI11_PARSE(app, argc, argv);
  flags.work = fs::absolute(flags.work).string();
  flags.corpus.dir = fs::absolute(flags.corpus.dir).string();
  // An open loop is one only while the generator keeps to its times. Where it may not have more
  // than others, it goes without.
  setpriority(PRIO_PROCESS, 0, -5);
  const absl::Status status = run();
  if (status.ok()) return 0;
  fprintf(stderr, "error: %s\n", status.ToString().c_str());
  return 1;
}

}  // namespace
}  // namespace jodal::bench

int main(int argc, char** argv) { return jodal::bench::Main(argc, argv); }
