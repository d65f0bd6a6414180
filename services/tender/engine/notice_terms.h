// A notice document in the terms of the procurement rules.
#ifndef JODAL_SERVICES_TENDER_ENGINE_NOTICE_TERMS_H_
#define JODAL_SERVICES_TENDER_ENGINE_NOTICE_TERMS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "jodal/document/v1/documents.pb.h"
#include "services/tender/domain/evaluation.h"
#include "services/tender/rules/rule_sets.h"

namespace jodal::tender {

struct NoticeTerms {
  rules::Regime regime = rules::Regime::kState;
  rules::Kind kind = rules::Kind::kWorks;
  rules::Method method = rules::Method::kQualification;
  NoticeFigures figures;  // category included
  absl::Time bid_start;
  absl::Time deadline;
  absl::Time open_at;
};

// Words of the notice ("state", "works", "general", "qualification"; lower case of the rules'
// names) and its RFC 3339 times. INVALID_ARGUMENT NOTICE_FIELD_INVALID with metadata "field".
absl::StatusOr<NoticeTerms> ParseNoticeTerms(const document::v1::Notice& notice);

}  // namespace jodal::tender

#endif  // JODAL_SERVICES_TENDER_ENGINE_NOTICE_TERMS_H_
