// Documents that were kept, of the version in use or of an older one, as the message in use. What
// comes in from outside goes through document::OpenDocument, which takes the version in use alone.
#ifndef JODAL_PROCUREMENT_DOCUMENTS_READ_H_
#define JODAL_PROCUREMENT_DOCUMENTS_READ_H_

#include <type_traits>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"
#include "common/status/macros.h"
#include "procurement/documents/upgrade.h"

namespace jodal::procurement {

// The message of the version before; void where there was none.
template <typename Doc>
struct OlderOf {
  using Message = void;
};
#define JODAL_OLDER(Doc, Old)          \
  template <>                          \
  struct OlderOf<document::v1::Doc> {  \
    using Message = document::v1::Old; \
  }
JODAL_OLDER(Notice, NoticeV1);
JODAL_OLDER(EnteredPrices, EnteredPricesV1);
JODAL_OLDER(AwardDecision, AwardDecisionV1);
JODAL_OLDER(Bid, BidV1);
JODAL_OLDER(Seal, SealV1);
JODAL_OLDER(BidCancellation, BidCancellationV1);
JODAL_OLDER(OpenShares, OpenSharesV2);
JODAL_OLDER(ContractOffer, ContractOfferV1);
#undef JODAL_OLDER

// For readers who do more than parse, such as judging the signature: calls `read(&message)` with a
// message of the version that the document says it is of, the one in use where it says another, and
// gives it as `Doc`.
template <typename Doc, typename Read>
auto ReadAs(absl::string_view content, Doc* out, Read read) -> decltype(read(out)) {
  using Older = typename OlderOf<Doc>::Message;
  if constexpr (!std::is_void_v<Older>) {
    ASSIGN_OR_RETURN(const int version, document::VersionOf(content));
    if (version == document::SchemaVersion(*Older::descriptor())) {
      Older old;
      auto result = read(&old);
      *out = Upgrade(old);
      return result;
    }
  }
  return read(out);
}

// The errors of ParseStrictJson. Nothing is verified.
template <typename Doc>
absl::StatusOr<Doc> ReadDocument(absl::string_view content) {
  Doc out;
  RETURN_IF_ERROR(ReadAs(content, &out, [&](google::protobuf::Message* message) {
    return document::ParseStrictJson(content, message);
  }));
  return out;
}

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_DOCUMENTS_READ_H_
