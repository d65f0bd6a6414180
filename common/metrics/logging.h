// The log of a process for its operators: one JSON object a line. It never names people or shows
// content: no prices, keys, tokens, names or documents. Thread-safe.
//
//   {"ts":"2026-12-01T01:00:00.123Z","level":"info","service":"tender","method":"Publish",...}
#ifndef JODAL_COMMON_METRICS_LOGGING_H_
#define JODAL_COMMON_METRICS_LOGGING_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"

namespace jodal::logging {

enum class Level { kDebug, kInfo, kWarning, kError };

struct Field {
  std::string name;
  std::variant<std::string, int64_t> value;
};

struct Options {
  std::string file;  // "" for stderr; appended to
  Level least = Level::kInfo;
};

// Before it is called, lines go to stderr from kWarning up. UNAVAILABLE LOG_FILE_IO.
absl::Status Init(const Options& options);

// Writes one line. Empty strings are left out.
void Write(Level level, const std::vector<Field>& fields);

}  // namespace jodal::logging

#endif  // JODAL_COMMON_METRICS_LOGGING_H_
