// The register of dated facts: who or what something is so of, from when to when, and what says so.
//
// A fact is a signed document and is never rewritten. What corrects it, ends it early or withdraws
// it is another fact of the same subject and type that names it in `replaces` and stands in its
// place; the facts of one subject and type are numbered in the order in which they were recorded.
// So the first n of them are what was known at some moment, and give for ever the answers that they
// gave then. Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_REGISTER_REGISTER_H_
#define JODAL_PROCUREMENT_REGISTER_REGISTER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "procurement/notice/periods.h"
#include "procurement/register/fact_types.h"

namespace jodal::procurement {

// A page of text; what says more is the paper behind `evidence_sha256`.
inline constexpr int kFactTextCharactersMax = 200;
// Of one subject and type: a century of holidays.
inline constexpr size_t kFactsMax = 2000;

struct DatedFact {
  std::string subject;
  std::string type;
  std::string value;
  absl::Time from;
  absl::Time to;         // exclusive; InfiniteFuture where no end is known
  std::string replaces;  // hex; "" for none
  std::string sha256;    // hex, of the document
};

// INVALID_ARGUMENT FACT_TYPE_UNKNOWN.
absl::StatusOr<const FactType*> ParseFactType(absl::string_view id);

// What the document says, if it is a fact in itself. `sha256`: of the document. INVALID_ARGUMENT
// FACT_TYPE_UNKNOWN, FACT_SUBJECT_INVALID, FACT_VALUE_UNKNOWN, FACT_TEXT_INVALID,
// FACT_PERIOD_INVALID, FACT_EVIDENCE_INVALID. Only what replaces another may have an empty period:
// so a fact is withdrawn that never was one.
absl::StatusOr<DatedFact> ParseFact(const document::v1::FactRecord& document,
                                    absl::string_view sha256);

// Whether `next` may be recorded after `recorded`, the facts of its subject and type. FACTS_LIMIT,
// FACT_NOT_FOUND (it replaces what is not there), FACT_REPLACED (of two corrections of one fact,
// neither could be told to count).
absl::Status CheckNextFact(absl::Span<const DatedFact> recorded, const DatedFact& next);

// The fact that stands in the place of the one with this digest; null if it counts itself.
const DatedFact* ReplacedBy(absl::Span<const DatedFact> recorded, absl::string_view sha256);

// The fact in force at `instant`, of the facts of one subject and type; of several the one recorded
// last, null if there is none.
const DatedFact* FactAt(absl::Span<const DatedFact> recorded, absl::Time instant);

// The days of the holidays that count.
Holidays HolidaysOf(absl::Span<const DatedFact> recorded);

// The document that the log's entry is about, without its signer and system.
document::v1::FactRecord RecordedFact(const event::v1::FactRecorded& event);
// The entry of a document.
event::v1::FactRecorded FactEvent(const document::v1::FactRecord& document,
                                  absl::string_view sha256, int number);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_REGISTER_REGISTER_H_
