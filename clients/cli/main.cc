// jodal: everything that people do with Jodal, from the command line.
#include <CLI/CLI.hpp>
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
  jodal::cli::AddAll(cli);
  return cli.Main({argv, argv + argc});
}
