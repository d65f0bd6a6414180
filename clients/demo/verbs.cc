// demo: a training installation on this machine, its clock, and openings played again.
#include "clients/demo/verbs.h"

#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "clients/demo/replay.h"
#include "clients/demo/report.h"
#include "clients/install/install.h"
#include "clients/install/processes.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::demo {
namespace {

using cli::Cli, cli::Format, cli::Table, cli::UsageError, cli::Value, cli::Values, cli::VerbText;

struct Options {
  std::string dir = ".jodal", bin, to, by, fixture, json, bundle, postgres;
  bool processes = false;
  int threads = 16;
};

absl::Status PrintStates(Cli& cli, const install::Processes& processes, const std::string& dir) {
  Table table = {{"process", "state", "pid"}, {}};
  bool died = false;
  for (const auto& state : processes.States()) {
    died = died || state.died;
    table.rows.push_back({"jodal-" + state.name,
                          state.died       ? "died"
                          : state.pid == 0 ? "stopped"
                                           : "running",
                          state.pid == 0 ? Value() : Value(state.pid)});
  }
  RETURN_IF_ERROR(cli.out().Rows(table));
  if (died) cli.Next("process-died", {{"dir", dir}});
  return absl::OkStatus();
}

absl::Status Clock(Cli& cli, const Options& o) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  ASSIGN_OR_RETURN(absl::Time now, client->Now());
  if (!o.to.empty() || !o.by.empty()) {
    absl::Time to;
    if (!o.to.empty()) {
      ASSIGN_OR_RETURN(to, cli.ParseTime(o.to));
    } else {
      absl::Duration by;
      if (!absl::ParseDuration(o.by, &by) || by <= absl::ZeroDuration()) {
        return UsageError(absl::StrCat("\"", o.by, "\" is no length of time; write 90m or 36h"));
      }
      to = now + by;
    }
    RETURN_IF_ERROR(client->MoveClock(to));
    ASSIGN_OR_RETURN(now, client->Now());
  }
  return cli.out().Facts({{"now", now}});
}

absl::Status PlayAgain(Cli& cli, const Options& o) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  ReplayOptions options;
  options.fixture = o.fixture;
  ASSIGN_OR_RETURN(const std::string context, cli.ContextFile());
  options.dir = std::filesystem::absolute(context).parent_path().string();
  options.bundle_dir = o.bundle;
  options.threads = o.threads;
  options.progress = PrintProgress(stderr, cli.out().error_terminal);
  ASSIGN_OR_RETURN(const auto result, Replay(*client, options));
  options.progress = nullptr;  // ends its last line
  const std::string json = ToJson(result);
  if (!o.json.empty()) RETURN_IF_ERROR(sdk::WriteFile(o.json, json));
  if (cli.out().format == Format::kTable) {
    std::fputs(ToTables(result).c_str(), stdout);
  } else {
    std::fputs(json.c_str(), stdout);
  }
  return absl::OkStatus();
}

}  // namespace

void AddDemo(Cli& cli) {
  CLI::App* noun = cli.Noun("demo", "A training installation on this machine");
  auto o = std::make_shared<Options>();
  const auto verb = [&](const VerbText& text, std::function<absl::Status()> run) {
    CLI::App* made = cli.Verb(noun, text, std::move(run));
    made->add_option("--dir", o->dir, "Folder of the installation [.jodal]")->type_name("DIR");
    made->add_option("--bin", o->bin, "Folder of the jodal-* programs [that of this one]");
    return made;
  };
  CLI::App* up =
      verb({"up", "Makes the installation if need be and starts it",
            "jodal demo up\njodal demo up --store=postgres --postgres \"host=/run/postgresql "
            "dbname=jodal\""},
           [&cli, o]() -> absl::Status {
             RETURN_IF_ERROR(cli::MakeInstallation(
                 cli, {.dir = o->dir, .processes = o->processes, .postgres = o->postgres}));
             ASSIGN_OR_RETURN(auto processes,
                              install::Processes::Open({.dir = o->dir, .bin_dir = o->bin}));
             RETURN_IF_ERROR(processes.StartAll());
             RETURN_IF_ERROR(PrintStates(cli, processes, o->dir));
             // Elsewhere than where `jodal` looks by itself, commands must name it.
             Values where;
             if (o->dir != ".jodal") where["context"] = install::ContextFile(o->dir);
             cli.Next("demo-runs", where);
             return absl::OkStatus();
           });
  up->add_flag("--processes", o->processes, "Every service as a process, with mTLS");
  cli::AddStoreOptions(up, &o->postgres);
  verb({"down", "Stops it", "jodal demo down"}, [&cli, o]() -> absl::Status {
    ASSIGN_OR_RETURN(auto processes, install::Processes::Open({.dir = o->dir, .bin_dir = o->bin}));
    RETURN_IF_ERROR(processes.StopAll());
    return PrintStates(cli, processes, o->dir);
  });
  verb({"status", "Shows its processes", "jodal demo status"}, [&cli, o]() -> absl::Status {
    ASSIGN_OR_RETURN(auto processes, install::Processes::Open({.dir = o->dir, .bin_dir = o->bin}));
    return PrintStates(cli, processes, o->dir);
  });
  CLI::App* clock =
      cli.Verb(noun,
               {"clock", "Shows the training clock, or moves it forward",
                "jodal demo clock --to \"2026-03-12 10:00\"\njodal demo clock --by 36h"},
               [&cli, o] { return Clock(cli, *o); });
  auto* to = clock->add_option("--to", o->to, "Time to go to: \"2026-03-12 10:00\"");
  clock->add_option("--by", o->by, "How far to go: 90m, 36h")->excludes(to);
  CLI::App* replay =
      cli.Verb(noun,
               {"replay", "Plays an opening from registration to payment, then verifies it offline",
                "jodal demo replay clients/demo/fixtures/draw-training.json --json result.json"},
               [&cli, o] { return PlayAgain(cli, *o); });
  replay->add_option("file", o->fixture, "The opening")->required();
  replay->add_option("--json", o->json, "Also write the result there");
  replay->add_option("--bundle", o->bundle, "Folder of the bundle");
  replay->add_option("--threads", o->threads, "Suppliers at a time, 1 to 64 [16]")
      ->check(CLI::Range(1, 64));
}

}  // namespace jodal::demo
