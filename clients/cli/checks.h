// What `jodal key check` and `jodal doctor` print: a row for each thing that was tried.
#ifndef JODAL_CLIENTS_CLI_CHECKS_H_
#define JODAL_CLIENTS_CLI_CHECKS_H_

#include <string>

#include "absl/status/status.h"
#include "clients/cli/output.h"

namespace jodal::cli {

// "ok", else the reason, else the code.
std::string Verdict(const absl::Status& status);

class Checks {
 public:
  // `detail` is shown if `status` is OK, else its message.
  void Add(const std::string& check, const absl::Status& status, Value detail);
  // Something that is not there and need not be: no failure.
  void Lacks(const std::string& check, const std::string& detail);
  // Prints the table. FAILED_PRECONDITION CHECKS_FAILED if one of them failed.
  absl::Status Print(const Output& out) const;

 private:
  Table table_ = {{"check", "result", "detail"}, {}};
  int failed_ = 0;
};

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_CHECKS_H_
