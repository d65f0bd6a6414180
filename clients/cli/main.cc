// jodal: everything that people do with Jodal, from the command line.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "clients/cli/cli.h"
#include "common/status/error.h"

namespace {

// Goes on as the program `name` in the folder of this one. Returns only if that fails: NOT_FOUND
// PROGRAM_MISSING.
absl::Status GoOnAs(const std::string& name, char** argv) {
  std::error_code error;
  const std::string program =
      (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / name).string();
  execv(program.c_str(), argv);
  return jodal::MakeError(absl::StatusCode::kNotFound, "PROGRAM_MISSING",
                          absl::StrCat("cannot run ", program, ": ", strerror(errno)),
                          {{"file", program}});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Open electronic procurement: tenders that nobody has to be trusted with.", "jodal");
  app.require_subcommand(1);
  app.footer(
      "Five minutes:\n  jodal demo up\n  jodal demo replay clients/demo/fixtures/"
      "draw-training.json\n\nExit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 not allowed, 5 too "
      "late or precondition,\n6 verification failed, 7 conflict, 8 wait timed out, 9 unavailable.");
  jodal::cli::Cli cli(&app);
  // Read by jodal-demo, all words of it, --help too.
  CLI::App* demo = app.add_subcommand("demo", "A training installation on this machine");
  demo->prefix_command();
  demo->set_help_flag();
  cli.RunAs(demo, "demo", [argv] { return GoOnAs("jodal-demo", argv); });
  jodal::cli::AddAll(cli);
  return cli.Main({argv, argv + argc});
}
