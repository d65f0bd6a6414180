// Offline verification of an opening bundle: from root certificates and log keys alone to the same
// result, or to the first thing that is wrong (docs/bundle.md).
#ifndef JODAL_CLIENTS_BUNDLE_VERIFY_H_
#define JODAL_CLIENTS_BUNDLE_VERIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/bundle/trust.h"

namespace jodal::bundle {

// What was checked, and what came out. Money in minor units of the notice's currency.
struct Report {
  std::string system;
  bool training = false;
  std::string tender_id;
  std::string title;
  int notice_versions = 0;
  std::string notice_hash;   // hex; of the version in force
  std::string price_source;  // "verifiable", or "entered": the prices were made elsewhere
  // The last of PUBLISHED, CLOSED, OPENED, EVALUATED, FAILED, AWARDED, CONTRACTED, COMPLETED,
  // ORDERED, SETTLED and CANCELLED that the bundle proves.
  std::string state;

  int files = 0;
  int64_t bytes = 0;
  int logs = 0;
  int log_entries = 0;  // each proven to be in its log
  int consistency_proofs = 0;
  int receipts = 0;
  int signatures = 0;    // of signed documents
  int certificates = 0;  // encryption certificates
  int people = 0;
  int facts = 0;  // of the register, about the country
  int bids = 0;
  int seals = 0;    // rebuilt from their key: shares, commitments, wraps, proofs
  int shares = 0;   // single shares, or proofs that a wrap gives none
  int members = 0;  // whose shares are in
  int valid_bids = 0;
  int void_bids = 0;
  int cancelled_bids = 0;
  int superseded_bids = 0;  // sent for an earlier version of the notice
  int payments = 0;
  int orders_withheld = 0;  // payment orders that the exporter might not see

  int lots = 0;
  // What came out for each lot, once it is evaluated.
  struct Lot {
    int lot = 0;
    int64_t planned_price = 0;
    int64_t floor_amount = 0;
    int64_t net_cost_limit = 0;  // 0: no such rule
    int ranked = 0;
    int excluded = 0;
    std::string outcome;            // "award", "failed"
    std::string award_supplier_id;  // "" if not awarded
    int64_t award_amount = 0;
  };
  std::vector<Lot> results;
  std::string outcome;  // "award" if a lot has a candidate, "failed"; "" if not evaluated
  int contracts = 0;
  int64_t award_amount = 0;  // of all lots
  int64_t paid_amount = 0;   // settled
};

// `dir` is a bundle as ExportBundle writes it. The first error in the order manifest, logs, people,
// facts, notice, bids, opening, result, award, contract, payment, files and entries that nothing
// accounts for. What is wrong with the bundle is DATA_LOSS with a reason of its own (docs/bundle.md
// lists them) and metadata "file", often "seq"; BUNDLE_NOT_FOUND, FILE_IO and TRUST_INVALID are
// troubles of the caller's. Reads nothing but `dir`; uses no clock. Thread-safe.
absl::StatusOr<Report> VerifyBundle(const std::string& dir, const Trust& trust);

}  // namespace jodal::bundle

#endif  // JODAL_CLIENTS_BUNDLE_VERIFY_H_
