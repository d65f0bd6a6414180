// Chapters: the result, the award, and the contract with its deliveries.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "procurement/acts/contract.h"
#include "procurement/award/result.h"

namespace jodal::bundle {
namespace {

constexpr char kContract[] = "contract";

// Names the field if a document says something else than it must.
template <typename T>
absl::Status Must(const T& says, const T& must, absl::string_view reason, absl::string_view file,
                  absl::string_view field) {
  if (says == must) return absl::OkStatus();
  return Wrong(reason, file, absl::StrCat("it names another ", field),
               {{"field", std::string(field)}});
}

absl::Status CheckResultFile(Audit& audit, const std::string& path, absl::string_view derived) {
  ASSIGN_OR_RETURN(const std::string* bytes, audit.files.Read(path));
  if (*bytes == derived) return absl::OkStatus();
  return Wrong("RESULT_MISMATCH", path, "it is not what follows from the opened bids and the seed");
}

}  // namespace

absl::Status VerifyResult(Audit& audit) {
  const std::string subject = audit.TenderSubject();
  ASSIGN_OR_RETURN(const LoggedEntry* evaluated,
                   audit.TakeOne("tender", "tender.evaluated", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* failed, audit.TakeOne("tender", "tender.failed", subject));
  ASSIGN_OR_RETURN(const LoggedEntry* cancelled,
                   audit.TakeOne("tender", "tender.cancelled", subject));
  const bool opened = audit.report.state == "OPENED";
  if (cancelled != nullptr) audit.report.state = "CANCELLED";
  if (evaluated == nullptr) {
    return failed == nullptr ? absl::OkStatus() : audit.EventWrong(*failed, "evaluation");
  }
  if (!opened) return audit.EventWrong(*evaluated, "opening");
  const auto& event = evaluated->event.tender_evaluated();

  procurement::ResultInput input;
  input.notice = audit.notice().notice;
  input.notice_hash = audit.notice().hash_hex();
  input.box_root = audit.box_root;
  for (const Bid& bid : audit.bids) input.bids.push_back(bid.opened);
  ASSIGN_OR_RETURN(const std::string* seed, audit.files.Read(kSeedFile));
  input.seed = *seed;
  if (HexEncode(crypto::Sha256(*seed)) != audit.seed_commit) {
    return Wrong("SEED_MISMATCH", kSeedFile, "not the seed that the publication committed to");
  }
  const document::v1::Notice& notice = audit.notice().notice;
  std::string entered_sha256;
  if (notice.price_source() == "entered") {
    const std::string file = std::string(kEnteredBase) + ".json";
    ASSIGN_OR_RETURN(auto entered, audit.Open<document::v1::EnteredPrices>(
                                       kEnteredBase, "entered-prices", evaluated->received()));
    RETURN_IF_ERROR(audit.CheckCapacity(*entered.by, {"officer", notice.agency_id()}, file));
    entered_sha256 = entered.sha256;
    input.entered_prices = entered.doc;
  }
  auto result = procurement::ComputeResult(input);
  if (!result.ok()) return WrongAt(kResultFile, result.status());
  ASSIGN_OR_RETURN(const procurement::ResultDocuments documents, procurement::ToDocuments(*result));
  RETURN_IF_ERROR(CheckResultFile(audit, kResultFile, documents.summary));
  for (size_t at = 0; at < documents.pages.size(); ++at) {
    RETURN_IF_ERROR(CheckResultFile(audit, RowsFile(at + 1), documents.pages[at]));
  }
  audit.result_sha256 = HexEncode(crypto::Sha256(documents.summary));

  if (event.notice_hash() != input.notice_hash) return audit.EventWrong(*evaluated, "notice hash");
  if (event.result_sha256() != audit.result_sha256) return audit.EventWrong(*evaluated, "result");
  if (event.seed() != HexEncode(input.seed)) return audit.EventWrong(*evaluated, "seed");
  if (event.entered_prices_sha256() != entered_sha256) {
    return audit.EventWrong(*evaluated, "entered prices");
  }
  Report& report = audit.report;
  report.state = "EVALUATED";
  report.planned_price = result->planned_price();
  report.floor_amount = result->floor_amount();
  report.net_cost_limit = result->net_cost_limit();
  report.ranked = result->ranked();
  report.excluded = result->excluded();
  report.outcome = result->outcome();
  const bool failing = result->outcome() == "failed";
  if (failing != (failed != nullptr)) return audit.EventWrong(*evaluated, "outcome");
  if (failing) {
    if (failed->event.tender_failed().reason() != result->outcome_detail() ||
        failed->event.tender_failed().result_sha256() != audit.result_sha256) {
      return audit.EventWrong(*failed, "outcome");
    }
    report.state = "FAILED";
  }
  if (cancelled != nullptr) report.state = "CANCELLED";
  audit.result = *std::move(result);
  return absl::OkStatus();
}

absl::Status VerifyAward(Audit& audit) {
  ASSIGN_OR_RETURN(const LoggedEntry* decided,
                   audit.TakeOne("tender", "award.decided", audit.TenderSubject()));
  if (decided == nullptr) return absl::OkStatus();
  if (!audit.result.has_value() || audit.result->outcome() != "award") {
    return audit.EventWrong(*decided, "outcome");
  }
  const std::string file = std::string(kAwardBase) + ".json";
  const document::v1::Notice& notice = audit.notice().notice;
  ASSIGN_OR_RETURN(audit.award, audit.Open<document::v1::AwardDecision>(
                                    kAwardBase, "award.decision", decided->received()));
  RETURN_IF_ERROR(audit.CheckCapacity(*audit.award.by, {"officer", notice.agency_id()}, file));
  const document::v1::AwardDecision& doc = audit.award.doc;
  std::string supplier;
  for (const Bid& bid : audit.bids) {
    if (bid.seal.submission_id() == audit.result->candidate()) supplier = bid.by->organization_id;
  }
  constexpr char kReason[] = "AWARD_MISMATCH";
  RETURN_IF_ERROR(Must(doc.notice_hash(), audit.notice().hash_hex(), kReason, file, "notice"));
  RETURN_IF_ERROR(Must(doc.result_sha256(), audit.result_sha256, kReason, file, "result"));
  RETURN_IF_ERROR(
      Must(doc.submission_id(), audit.result->candidate(), kReason, file, "submission"));
  RETURN_IF_ERROR(Must(doc.supplier_id(), supplier, kReason, file, "supplier"));
  RETURN_IF_ERROR(Must(doc.amount(), audit.result->candidate_amount(), kReason, file, "amount"));
  const auto& event = decided->event.award_decided();
  if (event.award_sha256() != audit.award.sha256) return audit.EventWrong(*decided, "document");
  if (event.result_sha256() != doc.result_sha256() ||
      event.submission_id() != doc.submission_id() || event.supplier_id() != supplier ||
      event.agency_id() != notice.agency_id() || event.amount() != doc.amount() ||
      event.currency() != notice.currency() || event.title() != notice.title()) {
    return audit.EventWrong(*decided, "award");
  }
  audit.report.state = "AWARDED";
  audit.report.award_supplier_id = supplier;
  audit.report.award_amount = doc.amount();
  return absl::OkStatus();
}

namespace {

// The contract as the award makes it, if the first entry of its log says the same.
absl::StatusOr<contract::v1::Contract> Prepared(Audit& audit, LoggedEntry& entry) {
  contract::v1::Contract contract;
  const auto& prepared = entry.event.contract_prepared();
  const std::string subject =
      absl::StrCat(audit.TenderSubject(), "/contracts/", prepared.contract_id());
  const document::v1::Notice& notice = audit.notice().notice;
  if (entry.head.type() != "contract.prepared" || entry.head.subject() != subject ||
      audit.award.sha256.empty() || prepared.tender_id() != audit.tender_id ||
      prepared.supplier_id() != audit.award.doc.supplier_id() ||
      prepared.agency_id() != notice.agency_id() || prepared.amount() != audit.award.doc.amount()) {
    return audit.EventWrong(entry, "award");
  }
  entry.used = true;
  contract.set_contract_id(prepared.contract_id());
  contract.set_state(contract::v1::Contract::AWARDED);
  contract.set_tender_id(audit.tender_id);
  contract.set_agency_id(notice.agency_id());
  contract.set_supplier_id(audit.award.doc.supplier_id());
  contract.set_amount(audit.award.doc.amount());
  contract.set_currency(notice.currency());
  contract.set_title(notice.title());
  contract.set_award_sha256(audit.award.sha256);
  return contract;
}

// One act: the document is what the entry names, signed by a person who might, and does to the
// contract what the entry says. The same fold as the service's.
template <typename Doc>
absl::Status VerifyAct(Audit& audit, const procurement::Act& act, const LoggedEntry& entry,
                       const std::string& base, contract::v1::Contract& contract) {
  const std::string file = base + ".json";
  ASSIGN_OR_RETURN(const auto done, audit.Open<Doc>(base, act.kind(), entry.received()));
  if (entry.event.contract_acted().document_sha256() != done.sha256) {
    return audit.EventWrong(entry, "document");
  }
  if (done.doc.contract_id() != contract.contract_id()) {
    return Wrong("CONTRACT_MISMATCH", file, "the document is about another contract",
                 {{"field", "contract"}});
  }
  const procurement::ActFacts facts{done.sha256, entry.received()};
  const std::string& party =
      act.party() == procurement::Act::AGENCY ? contract.agency_id() : contract.supplier_id();
  RETURN_IF_ERROR(audit.CheckCapacity(*done.by, {act.role(), party}, file));
  RETURN_IF_ERROR(WrongAt(file, procurement::CheckShape(done.doc)));
  RETURN_IF_ERROR(WrongAt(file, procurement::ApplyToContract(done.doc, facts, nullptr, contract)));
  const event::v1::Event must =
      procurement::ContractEvent(act, facts, contract, procurement::DeliveryOf(done.doc));
  if (entry.event.SerializeAsString() != must.SerializeAsString() ||
      entry.head.actor_role() != act.actor()) {
    return audit.EventWrong(entry, "contract");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyContract(Audit& audit) {
  const auto log = audit.logs.find(kContract);
  if (log == audit.logs.end()) return absl::OkStatus();
  std::optional<contract::v1::Contract> contract;
  size_t documents = 0;
  for (LoggedEntry& entry : log->second.entries) {
    if (!contract.has_value()) {
      ASSIGN_OR_RETURN(contract, Prepared(audit, entry));
      continue;
    }
    const std::string subject =
        absl::StrCat(audit.TenderSubject(), "/contracts/", contract->contract_id());
    if (!entry.event.has_contract_acted() || entry.head.subject() != subject) {
      continue;  // nothing accounts for it
    }
    const std::string& kind = entry.event.contract_acted().kind();
    const std::string base = ContractBase(++documents, kind);
    absl::Status status;
    entry.used = procurement::VisitKind(
        procurement::ContractDocuments(), kind, [&]<typename Doc>(const procurement::Act& act) {
          status = VerifyAct<Doc>(audit, act, entry, base, *contract);
        });
    RETURN_IF_ERROR(status);
  }
  if (!contract.has_value()) return absl::OkStatus();
  for (const auto& delivery : contract->deliveries()) {
    if (delivery.state() != contract::v1::Delivery::ACCEPTED) continue;
    audit.accepted.push_back(
        {delivery.delivery(), delivery.amount(), delivery.inspection_sha256()});
  }
  if (contract->state() >= contract::v1::Contract::FORMED) {
    audit.report.state = contract->state() == contract::v1::Contract::FORMED
                             ? "CONTRACTED"
                             : contract::v1::Contract::State_Name(contract->state());
  }
  return absl::OkStatus();
}

}  // namespace jodal::bundle
