// The register of dated facts: how facts are entered and read.
#include "services/registration/engine/facts.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/registration_errors.h"
#include "procurement/documents/same_fields.h"
#include "procurement/people/roles.h"
#include "procurement/register/register.h"
#include "services/kit/act.h"
#include "services/kit/errors.h"
#include "services/kit/event.h"
#include "services/kit/page.h"
#include "services/registration/engine/registration_engine.h"
#include "services/registration/errors.h"
#include "services/registration/limits.h"
#include "services/registration/store/registration_store.h"

namespace jodal::registration {
namespace {

using procurement::DatedFact;

// Kept with its signature in one value of at most 100 KB. The texts at their limits take some KiB.
constexpr size_t kFactBytesMax = 24 << 10;

// A fact as it is kept: nothing but its signed document, which is read whenever the fact is.
struct Kept {
  std::string key;
  document::v1::StoredDocument stored;
  document::v1::FactRecord document;
  DatedFact fact;
};

absl::StatusOr<Kept> Open(std::string key, document::v1::StoredDocument stored) {
  Kept out;
  const std::string& content = stored.document().content();
  RETURN_IF_ERROR(document::ParseStrictJson(content, &out.document));
  ASSIGN_OR_RETURN(out.fact,
                   procurement::ParseFact(out.document, HexEncode(crypto::Sha256(content))));
  out.key = std::move(key);
  out.stored = std::move(stored);
  return out;
}

// All of one subject and type, by number.
absl::StatusOr<std::vector<Kept>> Load(const kv::Reader& reader, const FactName& name) {
  std::vector<Kept> out;
  RETURN_IF_ERROR(Facts().ForEach(reader, FactPrefix(name), "", [&](auto& row) -> absl::Status {
    ASSIGN_OR_RETURN(Kept kept, Open(std::move(row.key), std::move(row.record)));
    out.push_back(std::move(kept));
    return absl::OkStatus();
  }));
  return out;
}

std::vector<DatedFact> FactsOf(const std::vector<Kept>& kept) {
  std::vector<DatedFact> out;
  for (const Kept& one : kept) out.push_back(one.fact);
  return out;
}

v1::Fact ToApi(const Kept& kept, int number, const DatedFact* replaced_by) {
  v1::Fact out;
  procurement::CopySameFields(kept.document, &out);
  if (replaced_by != nullptr) out.set_replaced_by(replaced_by->sha256);
  out.set_fact_sha256(kept.fact.sha256);
  out.set_number(number);
  out.set_recorded_time_ns(kept.stored.received_time_ns());
  return out;
}

// What the subject is called in the log.
std::string SubjectName(const DatedFact& fact) {
  return procurement::FindFactType(fact.type)->subject == procurement::FactSubject::kCountry
             ? procurement::kCountryName
             : kit::OrganizationName(fact.subject);
}

absl::Status CheckSubject(const kv::Reader& reader, const DatedFact& fact, absl::Time now) {
  if (procurement::FindFactType(fact.type)->subject != procurement::FactSubject::kOrganization) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const auto record, Organizations().Find(reader, fact.subject));
  const bool waits = record.has_value() && record->pending_until_ns() != 0;
  if (!record.has_value() || (waits && absl::ToUnixNanos(now) >= record->pending_until_ns())) {
    return OrganizationNotFoundError();
  }
  return waits ? procurement::OrganizationNotActiveError("PENDING") : absl::OkStatus();
}

}  // namespace

absl::Status SetSanction(const kv::Reader& reader, absl::Time now, v1::Organization* organization) {
  if (organization->state() != v1::Organization::ACTIVE) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto sanctions,
                   Load(reader, {organization->organization_id(), procurement::kSanctionFact}));
  if (procurement::FactAt(FactsOf(sanctions), now) != nullptr) {
    organization->set_state(v1::Organization::SUSPENDED);
  }
  return absl::OkStatus();
}

absl::Status RegistrationEngine::RecordFact(const rpc::Call& call,
                                            const v1::RecordFactRequest& request,
                                            v1::RecordFactResponse* response) {
  using Doc = document::v1::FactRecord;
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "fact.record", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<DatedFact>> {
        if (request.document().content().size() > kFactBytesMax) {
          return kit::DocumentTooLargeError(kFactBytesMax);
        }
        ASSIGN_OR_RETURN(DatedFact fact, procurement::ParseFact(act.document, act.sha256));
        return kit::Prepared<DatedFact>{kShardParent, std::move(fact)};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const DatedFact& fact,
          v1::RecordFactResponse* r) -> absl::Status {
        RETURN_IF_ERROR(CheckSubject(txn, fact, call.arrival));
        const FactName name = {fact.subject, fact.type};
        ASSIGN_OR_RETURN(const auto recorded, Load(txn, name));
        RETURN_IF_ERROR(procurement::CheckNextFact(FactsOf(recorded), fact));
        const int number = static_cast<int>(recorded.size()) + 1;
        Facts().Put(txn, FactKey(name, number), act.stored);
        event::v1::Event event;
        *event.mutable_fact_recorded() = procurement::FactEvent(act.document, act.sha256, number);
        txn.Emit(
            kit::PublicEvent(event, SubjectName(fact), procurement::kRoleRegistrar, call.arrival));
        *r->mutable_fact() = ToApi({"", act.stored, act.document, fact}, number, nullptr);
        return absl::OkStatus();
      });
}

absl::Status RegistrationEngine::ListFacts(const rpc::Call&, const v1::ListFactsRequest& request,
                                           v1::ListFactsResponse* response) {
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  if (!request.type().empty()) {
    RETURN_IF_ERROR(procurement::ParseFactType(request.type()).status());
  }
  const std::string filter = absl::StrCat("facts\n", request.subject(), "\n", request.type());
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    std::string last;
    // In the order of their keys.
    for (const procurement::FactType& type : procurement::FactTypes()) {
      if (!request.type().empty() && request.type() != type.id) continue;
      ASSIGN_OR_RETURN(const auto kept, Load(reader, {request.subject(), type.id}));
      const std::vector<DatedFact> facts = FactsOf(kept);
      for (size_t at = 0; at < kept.size(); ++at) {
        if (kept[at].key <= after) continue;
        if (static_cast<size_t>(response->facts_size()) == size) {
          response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, last));
          return absl::OkStatus();
        }
        *response->add_facts() = ToApi(kept[at], static_cast<int>(at) + 1,
                                       procurement::ReplacedBy(facts, kept[at].fact.sha256));
        if (request.with_documents()) *response->add_documents() = kept[at].stored;
        last = kept[at].key;
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace jodal::registration
