// A table of what must be refused: every row is checked for its code, its reason, and for having
// changed nothing at all. On failure the whole table is printed.
#ifndef JODAL_TESTS_E2E_REFUSALS_H_
#define JODAL_TESTS_E2E_REFUSALS_H_

#include <gtest/gtest.h>

#include <cstdio>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/error.h"
#include "tests/e2e/system.h"

namespace jodal::e2e {

// What a row expects. `detail`, if given, must be among the values of the error's metadata.
struct Refusal {
  absl::StatusCode code;
  std::string reason;
  std::string detail;
};

class Refusals {
 public:
  explicit Refusals(System& system) : system_(system) {}
  ~Refusals() {
    if (!testing::Test::HasFailure()) return;
    for (const std::string& line : lines_) std::printf("%s\n", line.c_str());
  }

  // The expected code follows from the reason, as everywhere in the system.
  static Refusal Because(const std::string& reason, const std::string& detail = "") {
    using absl::StatusCode;
    static const std::set<std::string> kNotAllowed = {
        "NOT_ALLOWED",           "FOUR_EYES", "NOT_COMMITTEE_MEMBER", "ORGANIZATION_SUSPENDED",
        "NOT_YOUR_ORGANIZATION",
    };
    static const std::set<std::string> kTaken = {
        "ORGANIZATION_EXISTS",  "CERTIFICATE_ALREADY_BOUND", "KEY_ALREADY_BOUND",
        "SUPPLIER_ALREADY_BID", "SUBMISSION_ID_REUSED",      "SHARES_ALREADY_RELEASED",
        "REQUEST_ID_REUSED",
    };
    static const std::set<std::string> kUnauthenticated = {
        "CREDENTIALS_MISSING", "SESSION_INVALID",           "SESSION_EXPIRED",
        "SESSION_BARRED",      "CHALLENGE_INVALID",         "CHALLENGE_EXPIRED",
        "CHALLENGE_USED",      "CERTIFICATE_NOT_REGISTERED"};
    static const std::set<std::string> kMalformed = {
        "REQUEST_ID_MISSING",
        "REQUEST_ID_LENGTH",
        "DOCUMENT_KIND",
        "DOCUMENT_VERSION",
        "DOCUMENT_TOO_LARGE",
        "DOCUMENT_UNKNOWN_FIELD",
        "DOCUMENT_FIELD_TYPE",
        "JSON_MALFORMED",
        "JSON_DUPLICATE_NAME",
        "JSON_NUMBER",
        "JSON_TOO_DEEP",
        "JSON_NOT_UTF8",
        "BUSINESS_NUMBER_INVALID",
        "ORGANIZATION_TYPE_UNKNOWN",
        "KINDS_INVALID",
        "TEXT_INVALID",
        "EMAIL_INVALID",
        "ROLE_UNKNOWN",
        "ROLE_REPEATED",
        "ROLES_MISSING",
        "ENCRYPTION_CERTIFICATE_MISSING",
        "ENCRYPTION_CERTIFICATE_UNEXPECTED",
        "CRL_INVALID",
        "NONCE_INVALID",
        "CERTIFICATE_DIGEST_INVALID",
        "NOTICE_INVALID",
        "SEAL_INVALID",
        "CIPHERTEXT_SIZE",
        "CIPHERTEXT_MISMATCH",
        "SHARES_MISMATCH",
        "DATE_INVALID",
        "PERIOD_INVALID",
        "DELAY_DAMAGES_INVALID",
        "DELIVERY_AMOUNT_INVALID",
        "INSPECTION_AMOUNT_INVALID",
        "ACCOUNT_NUMBER_INVALID",
        "ACCOUNT_HOLDER_INVALID",
        "ACCOUNT_NONCE_INVALID",
        "BANK_REFERENCE_INVALID",
        "TENDER_ID_MISSING",
        "CONTRACT_ID_MISSING",
        "LOG_NOT_NAMED",
        "PURPOSE_MISSING",
        "PAGE_TOKEN_INVALID",
        "PAGE_SIZE_INVALID",
        "FILTER_INVALID",
        "FACT_EVIDENCE_INVALID",
        "FACT_PERIOD_INVALID",
        "FACT_SUBJECT_INVALID",
        "FACT_TEXT_INVALID",
        "FACT_TYPE_UNKNOWN",
        "FACT_VALUE_UNKNOWN",
    };
    const bool missing = reason.size() > 10 && reason.substr(reason.size() - 10) == "_NOT_FOUND";
    return {missing                          ? StatusCode::kNotFound
            : kNotAllowed.count(reason)      ? StatusCode::kPermissionDenied
            : kTaken.count(reason)           ? StatusCode::kAlreadyExists
            : kUnauthenticated.count(reason) ? StatusCode::kUnauthenticated
            : kMalformed.count(reason)       ? StatusCode::kInvalidArgument
                                             : StatusCode::kFailedPrecondition,
            reason, detail};
  }

  // A row.
  void Refused(const std::string& name, const std::function<absl::Status()>& act,
               const Refusal& expected) {
    const Snapshot before = Before();
    const absl::Status status = act();
    const auto metadata = ErrorMetadataOf(status);
    bool as_expected = status.code() == expected.code && ErrorReason(status) == expected.reason;
    bool detailed = expected.detail.empty();
    std::string details;
    for (const auto& [key, value] : metadata) {
      detailed = detailed || value == expected.detail;
      absl::StrAppend(&details, " ", key, "=", value);
    }
    as_expected = as_expected && detailed;
    Note(name, as_expected ? "" : "  <-- expected " + expected.reason + " " + expected.detail,
         absl::StrCat(absl::StatusCodeToString(status.code()), " ", ErrorReason(status), details));
    EXPECT_TRUE(as_expected) << name << ": expected " << absl::StatusCodeToString(expected.code)
                             << " " << expected.reason << " " << expected.detail << ", got "
                             << status.ToString() << details;
    Compare(name, before);
  }
  void Refused(const std::string& name, const std::function<absl::Status()>& act,
               const std::string& reason, const std::string& detail = "") {
    Refused(name, act, Because(reason, detail));
  }
  // A row that is answered, and changes nothing either.
  void Answered(const std::string& name, const std::function<absl::Status()>& act) {
    const Snapshot before = Before();
    const absl::Status status = act();
    Note(name, status.ok() ? "" : "  <-- expected OK", status.ok() ? "OK" : status.ToString());
    EXPECT_TRUE(status.ok()) << name << ": " << status;
    Compare(name, before);
  }
  // Something changes on purpose, or the clock moves, between the rows before and after.
  void Stepped() { last_.reset(); }

 private:
  Snapshot Before() {
    if (!last_.has_value()) {
      EXPECT_EQ(system_.Settle(), absl::OkStatus());
      last_ = system_.Look();
    }
    return *last_;
  }
  void Compare(const std::string& name, const Snapshot& before) {
    last_ = system_.Look();
    for (const auto& [what, now] : *last_) {
      const auto was = before.find(what);
      EXPECT_TRUE(was != before.end() && was->second == now)
          << name << " changed " << what << "\n  from "
          << (was == before.end() ? "nothing" : system_.Show(what, was->second)) << "\n  to "
          << system_.Show(what, now);
    }
  }
  void Note(const std::string& name, const std::string& mark, const std::string& outcome) {
    lines_.push_back(absl::StrFormat("%-70s %s%s", name, outcome, mark));
  }

  System& system_;
  std::optional<Snapshot> last_;
  std::vector<std::string> lines_;
};

}  // namespace jodal::e2e

#endif  // JODAL_TESTS_E2E_REFUSALS_H_
