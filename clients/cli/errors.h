// What a person sees when a command fails, and what a script gets.
#ifndef JODAL_CLIENTS_CLI_ERRORS_H_
#define JODAL_CLIENTS_CLI_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "clients/catalog/catalog.h"
#include "clients/cli/advice.h"
#include "clients/cli/times.h"

namespace jodal::cli {

// The exit codes are a contract with scripts.
inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitNotFound = 3;
inline constexpr int kExitNotAllowed = 4;
inline constexpr int kExitPrecondition = 5;  // too late, wrong state
inline constexpr int kExitVerification = 6;  // something that was to be proven is not true
inline constexpr int kExitConflict = 7;
inline constexpr int kExitWaitTimedOut = 8;
inline constexpr int kExitUnavailable = 9;

struct Failure {
  int exit_code = kExitError;
  std::string text;  // three lines: what, why with the values, what to do
  // The same for programs, one object on one line: code, reason, message, metadata, hint,
  // hintCommand (words to run, left out where there are none), command, exitCode.
  std::string json;
};

// How to speak to the reader, and what the command was about.
struct Voice {
  catalog::Language language = catalog::Language::kEnglish;
  Zone zone;
  Values values;
};

// `what` is the command in words: "tender approve".
Failure Explain(const absl::Status& status, absl::string_view what, const Voice& voice = {});

// INVALID_ARGUMENT USAGE: the command line is wrong; exit code 2.
absl::Status UsageError(absl::string_view message);

// ABORTED NOT_CONFIRMED: the user was asked and did not say yes.
absl::Status NotConfirmed();

// The same refusal as a failed verification, exit code 6: its code becomes DATA_LOSS, reason, text
// and metadata stay.
absl::Status AsVerificationFailure(const absl::Status& status);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_ERRORS_H_
