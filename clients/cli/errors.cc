#include "clients/cli/errors.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "clients/cli/output.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

// Reasons that mean: a proof failed, whatever their code.
constexpr const char* kVerification[] = {
    "LOG_ROLLED_BACK",      "CONSISTENCY_MISMATCH", "INCLUSION_MISMATCH", "CHECKPOINT_SIGNATURE",
    "CHECKPOINT_MALFORMED", "ORIGIN_MISMATCH",      "RECEIPT_MALFORMED",  "BOX_ROOT_MISMATCH",
    "LOG_BODY_MISMATCH",    "SELF_CHECK_FAILED",    "NOTICE_SIGNATURE",   "RESULT_MISMATCH",
};

// A file of this machine's own user: no service is to blame.
bool IsLocalFile(absl::string_view reason) {
  return absl::StartsWith(reason, "FILE_") || absl::EndsWith(reason, "FILE_IO");
}

int ExitCode(const std::string& reason, absl::StatusCode code) {
  for (const char* verification : kVerification) {
    if (reason == verification) return kExitVerification;
  }
  if (reason == "USAGE" || reason == "IDENTITY_NOT_GIVEN") return kExitUsage;
  if (reason == "WAIT_TIMED_OUT") return kExitWaitTimedOut;
  if (code == absl::StatusCode::kUnavailable && IsLocalFile(reason)) return kExitError;
  switch (code) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitNotAllowed;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return kExitPrecondition;
    case absl::StatusCode::kDataLoss:
      return kExitVerification;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return kExitConflict;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kExitUnavailable;
    default:
      return kExitError;
  }
}

}  // namespace

Failure Explain(const absl::Status& status, absl::string_view what, const Voice& voice) {
  const std::string reason = ErrorReason(status);
  const std::string code = absl::StatusCodeToString(status.code());
  const std::string named = reason.empty() ? code : reason;
  const auto metadata = ErrorMetadataOf(status);
  const Advised hint = HintFor(status, what, voice.values, voice.language);

  std::string why(status.message());
  if (why.empty()) why = code;
  // A text of the catalogue that needs the particulars of the message has them as $0.
  const std::string said = catalog::Say(voice.language, absl::StrCat("error.", reason), why);
  if (said != why) why = absl::Substitute(said, why);
  std::string values;
  for (const auto& [key, value] : metadata) {
    // What the text says already is not said twice.
    if (value.empty() || absl::StrContains(why, value)) continue;
    absl::StrAppend(&values, values.empty() ? "" : ", ", key, " ", value);
  }
  if (!values.empty()) absl::StrAppend(&why, " (", values, ")");
  // Texts of several lines stay in the second part, indented. Values may be other people's words.
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(voice.zone.Rewrite(why), '\n')) {
    lines.push_back(Visible(line));
  }
  const std::string first =
      absl::Substitute(catalog::Say(voice.language, "text.error", "error: $0 failed ($1)"),
                       what.empty() ? "jodal" : what, named);

  nlohmann::ordered_json json = {{"code", code},
                                 {"reason", reason},
                                 {"message", std::string(status.message())},
                                 {"metadata", metadata},
                                 {"hint", hint.text}};
  if (metadata.empty()) json["metadata"] = nlohmann::ordered_json::object();
  if (!hint.command.empty()) json["hintCommand"] = hint.command;
  json["command"] = std::string(what);
  const int exit_code = ExitCode(reason, status.code());
  json["exitCode"] = exit_code;
  return {exit_code,
          absl::StrCat(first, "\n  ", absl::StrJoin(lines, "\n  "), "\n  ", hint.Line(), "\n"),
          json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"};
}

absl::Status UsageError(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "USAGE", message);
}

absl::Status NotConfirmed() {
  return MakeError(absl::StatusCode::kAborted, "NOT_CONFIRMED", "nothing was signed or sent");
}

absl::Status AsVerificationFailure(const absl::Status& status) {
  if (status.ok()) return status;
  ErrorMetadata metadata;
  for (const auto& entry : ErrorMetadataOf(status)) metadata.push_back(entry);
  const std::string reason = ErrorReason(status);
  return MakeError(absl::StatusCode::kDataLoss, reason.empty() ? "VERIFICATION_FAILED" : reason,
                   status.message(), metadata);
}

}  // namespace jodal::cli
