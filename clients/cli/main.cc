// jodal: everything that people do with Jodal, from the command line.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "clients/cli/cli.h"

int main(int argc, char** argv) {
  CLI::App app("Open electronic procurement: tenders that nobody has to be trusted with.", "jodal");
  app.require_subcommand(1);
  app.set_version_flag("--version", "0.1.0");
  app.footer(
      "Five minutes:\n  jodal demo up\n  jodal demo replay clients/cli/demo/fixtures/"
      "draw-training.json\n\nExit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 not allowed, 5 too "
      "late or precondition,\n6 verification failed, 7 conflict, 8 wait timed out, 9 unavailable.");
  jodal::cli::Cli cli(&app);
  jodal::cli::AddDemo(cli);
  jodal::cli::AddOps(cli);
  jodal::cli::AddKeys(cli);
  jodal::cli::AddRegistration(cli);
  jodal::cli::AddTender(cli);
  jodal::cli::AddBid(cli);
  jodal::cli::AddOpening(cli);
  jodal::cli::AddAward(cli);
  jodal::cli::AddContract(cli);
  jodal::cli::AddPayment(cli);
  jodal::cli::AddTrack(cli);
  jodal::cli::AddAudit(cli);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& e) {
    return app.exit(e);
  } catch (const CLI::ParseError& e) {
    std::string what = e.what();
    const auto left = app.remaining(/*recurse=*/true);
    if (!left.empty() && left.front()[0] != '-') what = "there is no \"" + left.front() + "\" here";
    std::fputs(
        jodal::cli::Explain(jodal::cli::UsageError(what), "reading the command line").text.c_str(),
        stderr);
    return jodal::cli::kExitUsage;
  }
  const absl::Status status = cli.Run();
  if (status.ok()) return jodal::cli::kExitOk;
  const jodal::cli::Failure failure = jodal::cli::Explain(status, cli.chosen());
  std::fputs(failure.text.c_str(), stderr);
  return failure.exit_code;
}
