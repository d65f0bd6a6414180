// Named errors: every refusal of the system has a code, a stable REASON and metadata.
//
// Clients branch on the reason, never on the text. Each library has a table of its errors in its
// errors.h and makes them of its rows: the compiler refuses a reason that is not in the table, and
// none can be made with another code. tests/golden/errors.txt lists all tables.
// The reason and metadata travel inside the absl::Status as a payload and over gRPC as
// google.rpc.ErrorInfo (common/rpc/status.h).
// Thread-safe: pure functions.
#ifndef JODAL_COMMON_STATUS_ERROR_H_
#define JODAL_COMMON_STATUS_ERROR_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal {

using ErrorMetadata = std::vector<std::pair<std::string, std::string>>;

// What a table is written in: an UPPER_SNAKE reason and its code, which is not kOk.
struct ErrorRow {
  absl::string_view reason;
  absl::StatusCode code;
};

// A row of a table. Only a table gives one out.
class DefinedError {
 public:
  absl::string_view reason() const { return row_.reason; }
  absl::StatusCode code() const { return row_.code; }

 private:
  template <size_t kRows>
  friend class ErrorTable;
  constexpr explicit DefinedError(const ErrorRow& row) : row_(row) {}

  ErrorRow row_;
};

// The errors of a library:
//   inline constexpr ErrorTable kErrors({{"BOX_NOT_FOUND", absl::StatusCode::kNotFound}, ...});
//   return MakeError(kErrors["BOX_NOT_FOUND"], "there is no bid box for this tender");
// Looked up by the compiler only.
template <size_t kRows>
class ErrorTable {
 public:
  consteval explicit ErrorTable(const ErrorRow (&rows)[kRows]) {
    for (size_t i = 0; i < kRows; ++i) {
      if (rows[i].code == absl::StatusCode::kOk) AnErrorIsNotOk();
      for (size_t j = 0; j < i; ++j) {
        if (rows[j].reason == rows[i].reason) TheReasonIsInTheTableTwice();
      }
      rows_[i] = rows[i];
    }
  }

  consteval DefinedError operator[](absl::string_view reason) const {
    for (const ErrorRow& row : rows_) {
      if (row.reason == reason) return DefinedError(row);
    }
    TheReasonIsNotInTheTable();
    return DefinedError(rows_[0]);
  }

 private:
  // Calling them while compiling is an error, whose text names them.
  static void AnErrorIsNotOk();
  static void TheReasonIsInTheTableTwice();
  static void TheReasonIsNotInTheTable();

  ErrorRow rows_[kRows] = {};
};

// Builds a status of `error`, with a `message` that says what and why (never a price, key or
// personal datum) and `metadata` values that a client may show or branch on.
absl::Status MakeError(DefinedError error, absl::string_view message,
                       const ErrorMetadata& metadata = {});

// The same of a code and a reason that are in no table: what came over the wire, what a client
// program or a test's fake says. common, procurement and services make their own errors of rows; a
// tidy test holds them to it. `code` must not be kOk.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       const ErrorMetadata& metadata = {});

// The reason of `status`, or "" if it carries none.
std::string ErrorReason(const absl::Status& status);

// The metadata of `status`, empty if it carries none.
std::map<std::string, std::string> ErrorMetadataOf(const absl::Status& status);

}  // namespace jodal

#endif  // JODAL_COMMON_STATUS_ERROR_H_
