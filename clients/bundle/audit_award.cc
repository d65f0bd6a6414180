// Chapters: the result, the award, and the contract with its deliveries.
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
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

// The one contract of a tender as its entries build it up.
struct Contract {
  std::string contract_id;
  std::string offer_sha256, consent_sha256;
  bool formed = false;
  bool completed = false;
  int64_t accepted_amount = 0;
  int deliveries = 0;
  std::optional<Act<document::v1::DeliveryReport>> open;  // reported, not inspected
};

struct Step {
  Audit& audit;
  const LoggedEntry& entry;
  std::string base;  // of the document
  std::string file;
  Contract& contract;
  const document::v1::AwardDecision& award;
};

absl::Status CheckContractId(const Step& s, const std::string& document, const std::string& event) {
  RETURN_IF_ERROR(Must(document, s.contract.contract_id, "CONTRACT_MISMATCH", s.file, "contract"));
  return event == s.contract.contract_id ? absl::OkStatus()
                                         : s.audit.EventWrong(s.entry, "contract");
}

absl::Status OutOfOrder(const Step& s) {
  return Wrong("CONTRACT_ORDER", s.file,
               absl::StrCat(s.entry.head.type(), " does not follow from what was before"),
               {{"seq", absl::StrCat(s.entry.seq())}});
}

absl::Status Offered(const Step& s) {
  if (!s.contract.offer_sha256.empty()) return OutOfOrder(s);
  ASSIGN_OR_RETURN(auto act, s.audit.Open<document::v1::ContractOffer>(s.base, "contract.offer",
                                                                       s.entry.received()));
  const auto& agency = s.audit.notice().notice.agency_id();
  RETURN_IF_ERROR(s.audit.CheckCapacity(*act.by, {"officer", agency}, s.file));
  const auto& event = s.entry.event.contract_offered();
  RETURN_IF_ERROR(CheckContractId(s, act.doc.contract_id(), event.contract_id()));
  if (event.offer_sha256() != act.sha256) return s.audit.EventWrong(s.entry, "document");
  constexpr char kReason[] = "OFFER_MISMATCH";
  RETURN_IF_ERROR(Must(act.doc.award_sha256(), s.audit.award.sha256, kReason, s.file, "award"));
  RETURN_IF_ERROR(Must(act.doc.agency_id(), agency, kReason, s.file, "agency"));
  RETURN_IF_ERROR(Must(act.doc.supplier_id(), s.award.supplier_id(), kReason, s.file, "supplier"));
  RETURN_IF_ERROR(Must(act.doc.amount(), s.award.amount(), kReason, s.file, "amount"));
  RETURN_IF_ERROR(
      Must(act.doc.currency(), s.audit.notice().notice.currency(), kReason, s.file, "currency"));
  s.contract.offer_sha256 = act.sha256;
  return absl::OkStatus();
}

absl::Status Consented(const Step& s) {
  if (s.contract.offer_sha256.empty() || !s.contract.consent_sha256.empty()) return OutOfOrder(s);
  ASSIGN_OR_RETURN(auto act, s.audit.Open<document::v1::ContractConsent>(s.base, "contract.consent",
                                                                         s.entry.received()));
  RETURN_IF_ERROR(
      s.audit.CheckCapacity(*act.by, {"representative", s.award.supplier_id()}, s.file));
  const auto& event = s.entry.event.contract_consented();
  RETURN_IF_ERROR(CheckContractId(s, act.doc.contract_id(), event.contract_id()));
  if (event.consent_sha256() != act.sha256) return s.audit.EventWrong(s.entry, "document");
  RETURN_IF_ERROR(
      Must(act.doc.offer_sha256(), s.contract.offer_sha256, "CONSENT_MISMATCH", s.file, "offer"));
  s.contract.consent_sha256 = act.sha256;
  return absl::OkStatus();
}

absl::Status Formed(const Step& s) {
  if (s.contract.consent_sha256.empty() || s.contract.formed) return OutOfOrder(s);
  ASSIGN_OR_RETURN(auto act, s.audit.Open<document::v1::ContractConfirmation>(
                                 s.base, "contract.confirmation", s.entry.received()));
  const auto& agency = s.audit.notice().notice.agency_id();
  RETURN_IF_ERROR(s.audit.CheckCapacity(*act.by, {"officer", agency}, s.file));
  const auto& event = s.entry.event.contract_formed();
  RETURN_IF_ERROR(CheckContractId(s, act.doc.contract_id(), event.contract_id()));
  if (event.confirmation_sha256() != act.sha256) return s.audit.EventWrong(s.entry, "document");
  RETURN_IF_ERROR(Must(act.doc.consent_sha256(), s.contract.consent_sha256, "CONFIRMATION_MISMATCH",
                       s.file, "consent"));
  if (event.tender_id() != s.audit.tender_id || event.supplier_id() != s.award.supplier_id() ||
      event.agency_id() != agency || event.amount() != s.award.amount() ||
      event.currency() != s.audit.notice().notice.currency()) {
    return s.audit.EventWrong(s.entry, "contract");
  }
  s.contract.formed = true;
  s.audit.report.state = "CONTRACTED";
  return absl::OkStatus();
}

absl::Status Reported(const Step& s) {
  if (!s.contract.formed || s.contract.completed || s.contract.open.has_value()) {
    return OutOfOrder(s);
  }
  ASSIGN_OR_RETURN(auto act, s.audit.Open<document::v1::DeliveryReport>(s.base, "delivery.report",
                                                                        s.entry.received()));
  RETURN_IF_ERROR(s.audit.CheckCapacity(*act.by, {"", s.award.supplier_id()}, s.file));
  const auto& event = s.entry.event.delivery_reported();
  RETURN_IF_ERROR(CheckContractId(s, act.doc.contract_id(), event.contract_id()));
  if (event.report_sha256() != act.sha256) return s.audit.EventWrong(s.entry, "document");
  if (event.delivery() != act.doc.delivery()) return s.audit.EventWrong(s.entry, "delivery");
  RETURN_IF_ERROR(
      Must(act.doc.delivery(), s.contract.deliveries + 1, "DELIVERY_MISMATCH", s.file, "delivery"));
  if (act.doc.amount() <= 0 || act.doc.amount() > s.award.amount() - s.contract.accepted_amount) {
    return Wrong("DELIVERY_MISMATCH", s.file, "more is delivered than was contracted",
                 {{"field", "amount"}});
  }
  ++s.contract.deliveries;
  s.contract.open = std::move(act);
  return absl::OkStatus();
}

absl::Status Inspected(const Step& s) {
  if (!s.contract.open.has_value()) return OutOfOrder(s);
  ASSIGN_OR_RETURN(auto act, s.audit.Open<document::v1::DeliveryInspection>(
                                 s.base, "delivery.inspection", s.entry.received()));
  const auto& agency = s.audit.notice().notice.agency_id();
  RETURN_IF_ERROR(s.audit.CheckCapacity(*act.by, {"inspector", agency}, s.file));
  const auto& event = s.entry.event.delivery_inspected();
  RETURN_IF_ERROR(CheckContractId(s, act.doc.contract_id(), event.contract_id()));
  const document::v1::DeliveryReport& report = s.contract.open->doc;
  constexpr char kReason[] = "INSPECTION_MISMATCH";
  RETURN_IF_ERROR(
      Must(act.doc.report_sha256(), s.contract.open->sha256, kReason, s.file, "report"));
  RETURN_IF_ERROR(Must(act.doc.delivery(), report.delivery(), kReason, s.file, "delivery"));
  if (act.doc.accepted() && (act.doc.amount() <= 0 || act.doc.amount() > report.amount())) {
    return Wrong(kReason, s.file, "more is accepted than was delivered", {{"field", "amount"}});
  }
  if (event.inspection_sha256() != act.sha256) return s.audit.EventWrong(s.entry, "document");
  if (event.tender_id() != s.audit.tender_id || event.delivery() != act.doc.delivery() ||
      event.accepted() != act.doc.accepted() || event.amount() != act.doc.amount() ||
      event.final() != report.final() || event.supplier_id() != s.award.supplier_id() ||
      event.agency_id() != agency || event.currency() != s.audit.notice().notice.currency()) {
    return s.audit.EventWrong(s.entry, "inspection");
  }
  if (act.doc.accepted()) {
    s.contract.accepted_amount += act.doc.amount();
    s.audit.accepted.push_back({act.doc.delivery(), act.doc.amount(), act.sha256});
    if (report.final()) {
      s.contract.completed = true;
      s.audit.report.state = "COMPLETED";
    }
  }
  s.contract.open.reset();
  return absl::OkStatus();
}

// The entries that come with a document, in the order of a contract's life.
struct StepRule {
  const char* type;  // of the entry
  const char* kind;  // of the document
  absl::Status (*check)(const Step&);
};
constexpr StepRule kSteps[] = {{"contract.offered", "contract.offer", Offered},
                               {"contract.consented", "contract.consent", Consented},
                               {"contract.formed", "contract.confirmation", Formed},
                               {"delivery.reported", "delivery.report", Reported},
                               {"delivery.inspected", "delivery.inspection", Inspected}};

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

absl::Status VerifyContract(Audit& audit) {
  const auto log = audit.logs.find(kContract);
  if (log == audit.logs.end()) return absl::OkStatus();
  Contract contract;
  size_t documents = 0;
  std::string subject;
  for (LoggedEntry& entry : log->second.entries) {
    if (subject.empty()) {
      // The first entry says which contract it is and must follow from the award.
      const auto& prepared = entry.event.contract_prepared();
      contract.contract_id = prepared.contract_id();
      subject = absl::StrCat(audit.TenderSubject(), "/contracts/", contract.contract_id);
      if (entry.head.type() != "contract.prepared" || entry.head.subject() != subject ||
          audit.award.sha256.empty() || prepared.tender_id() != audit.tender_id ||
          prepared.supplier_id() != audit.award.doc.supplier_id() ||
          prepared.agency_id() != audit.notice().notice.agency_id() ||
          prepared.amount() != audit.award.doc.amount()) {
        return audit.EventWrong(entry, "award");
      }
      entry.used = true;
      continue;
    }
    const StepRule* rule = nullptr;
    for (const StepRule& step : kSteps) {
      if (entry.head.type() == step.type && entry.head.subject() == subject) rule = &step;
    }
    if (rule == nullptr) continue;  // nothing accounts for it
    entry.used = true;
    const std::string base = ContractBase(++documents, rule->kind);
    RETURN_IF_ERROR(rule->check({audit, entry, base, base + ".json", contract, audit.award.doc}));
  }
  return absl::OkStatus();
}

}  // namespace jodal::bundle
