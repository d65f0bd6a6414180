#include "clients/cli/checks.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::cli {

std::string Verdict(const absl::Status& status) {
  if (status.ok()) return "ok";
  const std::string reason = ErrorReason(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

void Checks::Add(const std::string& check, const absl::Status& status, Value detail) {
  if (!status.ok()) ++failed_;
  table_.rows.push_back(
      {check, Verdict(status), status.ok() ? std::move(detail) : Value(status.message())});
}

void Checks::Lacks(const std::string& check, const std::string& detail) {
  table_.rows.push_back({check, "none", detail});
}

absl::Status Checks::Print(const Output& out) const {
  Table shown = table_;
  if (!out.exact()) {
    for (auto& row : shown.rows) {
      const std::string name = row[0].Plain();
      row[0] = out.Say(absl::StrCat("check.", name), name);
    }
  }
  RETURN_IF_ERROR(out.Rows(shown));
  if (failed_ == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "CHECKS_FAILED",
                   absl::StrCat(failed_, failed_ == 1 ? " check" : " checks", " failed"));
}

}  // namespace jodal::cli
