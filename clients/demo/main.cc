// jodal-demo: the noun "demo" of jodal, which runs this program with its own arguments. Apart from
// it, because a replay links what nobody needs who works with an installation.
#include <CLI/CLI.hpp>

#include "clients/cli/cli.h"
#include "clients/demo/verbs.h"

int main(int argc, char** argv) {
  CLI::App app("A training installation on this machine, and openings played again.", "jodal");
  app.require_subcommand(1);
  jodal::cli::Cli cli(&app);
  jodal::demo::AddDemo(cli);
  return cli.Main({argv, argv + argc});
}
