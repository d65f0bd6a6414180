#include "clients/cli/errors.h"

#include <map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
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

const char* Hint(const std::string& reason, absl::StatusCode code) {
  static const auto* hints = new std::map<std::string, const char*>{
      {"CONTEXT_MISSING",
       "start a training installation with `jodal demo up`, or name one with --context FILE"},
      {"IDENTITY_NOT_GIVEN", "say who acts: --identity DIR (made with `jodal key new`)"},
      {"IDENTITY_MISSING", "make keys with `jodal key new`, or name another folder"},
      {"KEY_PIN_REQUIRED", "give its PIN when asked, or with --pin-file FILE"},
      {"KEY_PIN_WRONG", "try again with the right PIN"},
      {"KEY_FILE_PERMISSIONS", "chmod 600 the file"},
      {"PIN_FILE_PERMISSIONS", "chmod 600 the file"},
      {"CERTIFICATE_NOT_REGISTERED",
       "register it (`jodal supplier register`, `jodal person register`) and have it approved"},
      {"ENCRYPTION_CERTIFICATE_MISSING",
       "put a key-agreement pair into its folder (agree.key, agree.crt), or seal with "
       "--no-recovery: you could not open this bid yourself"},
      {"ENVELOPE_NOT_OPENED", "act with the identity that sealed it: --identity DIR"},
      {"SESSION_BARRED", "a registrar has suspended the organisation; only he can lift that"},
      {"DEADLINE_PASSED",
       "if the service had an outage, its log shows it: jodal tender timeline T"},
      {"FOUR_EYES", "another person of the agency has to approve"},
      {"LOG_ROLLED_BACK",
       "keep the pinned checkpoint: it proves that the log was changed; tell "
       "an auditor"},
      {"CONSISTENCY_MISMATCH",
       "keep the pinned checkpoint: it proves that the log was changed; "
       "tell an auditor"},
      {"WAIT_TIMED_OUT", "wait longer with --timeout SECONDS, or look at the present state"},
      {"WRONG_STATE", "look at the present state with the noun's `show`"},
      {"CLOCK_BACKWARDS", "give a time after the present one: jodal demo clock"},
      {"USAGE", "see --help"},
      {"FILE_MISSING", "check the path, and who may read it"},
      {"NOTICE_INVALID", "see every violation: jodal tender validate FILE"},
      {"STORE_LOCKED",
       "stop the services first (training: jodal demo down; else the way they were started), or "
       "check a copy of the folder made while they were stopped"},
      {"STORE_MISSING", "name the folder of the installation with --dir"},
      {"STORE_NOT_VERIFIED",
       "do not start the services on it; keep it as it is, restore a backup elsewhere, and tell an "
       "auditor"},
      {"SERVER_BUSY", "try again in a moment"},
  };
  const auto it = hints->find(reason);
  if (it != hints->end()) return it->second;
  switch (code) {
    case absl::StatusCode::kNotFound:
      return "check the id; `list` shows what there is";
    case absl::StatusCode::kPermissionDenied:
      return "act with an identity that has the role: --identity DIR";
    case absl::StatusCode::kUnauthenticated:
      return "give a registered identity: --identity DIR";
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return "look at what is there before trying again";
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return "check that the services run: jodal ops status";
    case absl::StatusCode::kDataLoss:
      return "do not rely on it; keep the files and tell an auditor";
    case absl::StatusCode::kFailedPrecondition:
      return "look at the present state with the noun's `show`";
    default:
      return "correct it and try again";
  }
}

int ExitCode(const std::string& reason, absl::StatusCode code) {
  for (const char* verification : kVerification) {
    if (reason == verification) return kExitVerification;
  }
  if (reason == "USAGE" || reason == "IDENTITY_NOT_GIVEN") return kExitUsage;
  if (reason == "WAIT_TIMED_OUT") return kExitWaitTimedOut;
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

Failure Explain(const absl::Status& status, absl::string_view what) {
  const std::string reason = ErrorReason(status);
  std::string why(status.message());
  if (why.empty()) why = absl::StatusCodeToString(status.code());
  std::string values;
  for (const auto& [key, value] : ErrorMetadataOf(status)) {
    // What the text says already is not said twice.
    if (value.empty() || absl::StrContains(why, value)) continue;
    absl::StrAppend(&values, values.empty() ? "" : ", ", key, " ", value);
  }
  if (!values.empty()) absl::StrAppend(&why, " (", values, ")");
  // Texts of several lines stay in the second part, indented. Values may be other people's words.
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(why, '\n')) lines.push_back(Visible(line));
  why = absl::StrJoin(lines, "\n  ");
  return {ExitCode(reason, status.code()),
          absl::StrCat("error: ", what, " failed (",
                       reason.empty() ? absl::StatusCodeToString(status.code()) : reason, ")\n  ",
                       why, "\n  ", Hint(reason, status.code()), "\n")};
}

absl::Status UsageError(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, "USAGE", message);
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
