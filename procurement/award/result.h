// From opened bids to the evaluation result: the one computation that the service runs at the
// opening and every offline verifier runs again. Pure and deterministic.
#ifndef JODAL_PROCUREMENT_AWARD_RESULT_H_
#define JODAL_PROCUREMENT_AWARD_RESULT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/tender/v1/tender.pb.h"

namespace jodal::procurement {

struct ResultInput {
  document::v1::Notice notice;
  std::string notice_hash;                   // hex
  std::vector<bidding::v1::OpenedBid> bids;  // in box order, void ones included
  std::string seed;                          // 32 bytes
  std::string box_root;                      // hex
  std::optional<document::v1::EnteredPrices> entered_prices;
};

// hex SHA-256("jodal entered prices v1" ‖ salt ‖ amounts as u64 big endian): the commitment that a
// notice makes to a lot's prices from elsewhere.
std::string EnteredPricesCommitment(const document::v1::EnteredPrices::Lot& lot);

// The result with all its rows, lot by lot. The draw's seed is one for the tender, from the nonces
// of every valid bid of the box; each lot draws from streams of its own. FAILED_PRECONDITION
// ENTERED_PRICES_MISSING, ENTERED_PRICES_MISMATCH, ENTERED_PRICES_UNEXPECTED; NOTICE_FIELD_INVALID;
// the errors of rules::FindRuleSet and Evaluate.
absl::StatusOr<tender::v1::EvaluationResult> ComputeResult(const ResultInput& input);

// Whether any lot can be awarded.
bool HasCandidates(const tender::v1::EvaluationResult& result);

// The result as it is kept, signed for and published: any number of bids in pieces of bounded size.
struct ResultDocuments {
  std::string summary;  // canonical JSON of the result without rows, naming the pages of each lot
  std::vector<std::string>
      pages;  // canonical JSON of tender::v1::ResultPage, kResultPageRows rows each
};
absl::StatusOr<ResultDocuments> ToDocuments(tender::v1::EvaluationResult result);

// The other way round, with row_pages. DATA_LOSS RESULT_PAGE_MISMATCH unless the pages are exactly
// those that the summary names; the errors of ParseStrictJson.
absl::StatusOr<tender::v1::EvaluationResult> FromDocuments(const ResultDocuments& documents);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_AWARD_RESULT_H_
