// A notice document in the terms of the procurement rules: parsed once, the same way, by the
// service that publishes it, the one that makes its bid box, the bidder and the auditor. Pure,
// thread-safe.
#ifndef JODAL_PROCUREMENT_NOTICE_NOTICE_FACTS_H_
#define JODAL_PROCUREMENT_NOTICE_NOTICE_FACTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/method/figures.h"
#include "procurement/method/method.h"
#include "procurement/notice/committee.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::procurement {

struct StageFacts {
  std::string content;  // "price", "technical"
  absl::Time bid_start;
  absl::Time deadline;
  absl::Time open_at;
};

struct NoticeFacts {
  std::string rule_set_id;
  rules::Regime regime = rules::Regime::kState;
  rules::Kind kind = rules::Kind::kWorks;
  const Method* method = nullptr;  // one of Methods(), never null in a parsed notice
  bool urgent = false;
  int round = 1;
  std::vector<NoticeFigures>
      lots;  // lot 1 first; at least one in a parsed notice; category included
  std::vector<StageFacts> stages;  // stage 1 first; at least one in a parsed notice
  std::optional<absl::Time> questions_until;
  Committee committee;
};

// Words of the notice ("state", "works", "general": the rules' names in lower case;
// "qualification": a method's id), the numbering of its lots and stages, and its RFC 3339 times in
// UTC, after 1970 and within int64 nanoseconds. Says nothing about whether the notice is lawful:
// review.h does. INVALID_ARGUMENT NOTICE_FIELD_INVALID with metadata "field" (a path in the Notice
// message: "stages[0].bid_start"), "value" and "allowed".
absl::StatusOr<NoticeFacts> ParseNotice(const document::v1::Notice& notice);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_NOTICE_FACTS_H_
