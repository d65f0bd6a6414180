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
  if (audit.report.price_source == "entered") {
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
  for (const auto& lot : result->lots()) {
    report.results.push_back({lot.lot(), lot.planned_price(), lot.floor_amount(),
                              lot.net_cost_limit(), lot.ranked(), lot.excluded(), lot.outcome(), "",
                              0});
  }
  const bool failing = !procurement::HasCandidates(*result);
  report.outcome = failing ? "failed" : "award";
  if (failing != (failed != nullptr)) return audit.EventWrong(*evaluated, "outcome");
  if (failing) {
    if (failed->event.tender_failed().reason() != result->lots(0).outcome_detail() ||
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
  const std::vector<LoggedEntry*> decided =
      audit.Take("tender", "award.decided", audit.TenderSubject());
  if (decided.empty()) return absl::OkStatus();
  if (!audit.result.has_value() || !procurement::HasCandidates(*audit.result)) {
    return audit.EventWrong(*decided[0], "outcome");
  }
  const std::string file = std::string(kAwardBase) + ".json";
  const document::v1::Notice& notice = audit.notice().notice;
  ASSIGN_OR_RETURN(audit.award, audit.Open<document::v1::AwardDecision>(
                                    kAwardBase, "award.decision", decided[0]->received()));
  RETURN_IF_ERROR(audit.CheckCapacity(*audit.award.by, {"officer", notice.agency_id()}, file));
  const document::v1::AwardDecision& doc = audit.award.doc;
  constexpr char kReason[] = "AWARD_MISMATCH";
  RETURN_IF_ERROR(Must(doc.notice_hash(), audit.notice().hash_hex(), kReason, file, "notice"));
  RETURN_IF_ERROR(Must(doc.result_sha256(), audit.result_sha256, kReason, file, "result"));
  int next = 0;
  for (int at = 0; at < audit.result->lots_size(); ++at) {
    const auto& lot = audit.result->lots(at);
    if (lot.candidates().empty()) continue;
    const auto& candidate = lot.candidates(0);
    if (next == doc.awards_size()) return Wrong(kReason, file, "it leaves out a lot");
    const auto& award = doc.awards(next);
    RETURN_IF_ERROR(Must(award.lot(), lot.lot(), kReason, file, "lot"));
    RETURN_IF_ERROR(
        Must(award.submission_id(), candidate.submission_id(), kReason, file, "submission"));
    RETURN_IF_ERROR(Must(award.supplier_id(), candidate.supplier_id(), kReason, file, "supplier"));
    RETURN_IF_ERROR(Must(award.amount(), candidate.amount(), kReason, file, "amount"));
    if (next == static_cast<int>(decided.size())) {
      return Wrong("AWARD_NOT_LOGGED", file, "the log does not have the award of every lot");
    }
    const LoggedEntry& entry = *decided[static_cast<size_t>(next++)];
    const auto& event = entry.event.award_decided();
    if (event.award_sha256() != audit.award.sha256) return audit.EventWrong(entry, "document");
    if (event.result_sha256() != doc.result_sha256() || event.lot() != award.lot() ||
        event.submission_id() != award.submission_id() ||
        event.supplier_id() != award.supplier_id() || event.agency_id() != notice.agency_id() ||
        event.amount() != award.amount() || event.currency() != notice.currency() ||
        event.title() != notice.title()) {
      return audit.EventWrong(entry, "award");
    }
    audit.report.results[static_cast<size_t>(at)].award_supplier_id = award.supplier_id();
    audit.report.results[static_cast<size_t>(at)].award_amount = award.amount();
    audit.report.award_amount += award.amount();
  }
  if (next < doc.awards_size()) return Wrong(kReason, file, "it awards a lot without candidates");
  if (next < static_cast<int>(decided.size())) {
    return audit.EventWrong(*decided[static_cast<size_t>(next)], "lot");
  }
  audit.report.state = "AWARDED";
  return absl::OkStatus();
}

namespace {

// The contract as the award of its lot makes it, if the first entry about it says the same.
absl::StatusOr<contract::v1::Contract> Prepared(Audit& audit, LoggedEntry& entry) {
  const auto& prepared = entry.event.contract_prepared();
  const std::string subject =
      absl::StrCat(audit.TenderSubject(), "/contracts/", prepared.contract_id());
  const document::v1::Notice& notice = audit.notice().notice;
  const document::v1::AwardDecision::Award* award = nullptr;
  for (const auto& one : audit.award.doc.awards()) {
    if (one.lot() == prepared.lot()) award = &one;
  }
  const bool repeated =
      std::any_of(audit.contracts.begin(), audit.contracts.end(),
                  [&](const auto& known) { return known.second.contract.lot() == prepared.lot(); });
  if (entry.head.subject() != subject || audit.award.sha256.empty() || award == nullptr ||
      repeated) {
    return audit.EventWrong(entry, "award");
  }
  event::v1::AwardDecided decided;
  decided.set_tender_id(audit.tender_id);
  decided.set_lot(award->lot());
  decided.set_agency_id(notice.agency_id());
  decided.set_supplier_id(award->supplier_id());
  decided.set_amount(award->amount());
  decided.set_currency(notice.currency());
  decided.set_title(notice.title());
  decided.set_award_sha256(audit.award.sha256);
  auto must = procurement::PrepareContract(decided);
  if (must.ok()) must->set_contract_id(prepared.contract_id());  // a number that the service gives
  if (!must.ok() || prepared.SerializeAsString() != must->SerializeAsString()) {
    return audit.EventWrong(entry, "award");
  }
  entry.used = true;
  return procurement::ContractFrom(prepared);
}

// One act: the document is what the entry names, signed by a person who might, and does to the
// contract what the entry says. The same fold as the service's.
template <typename Doc>
absl::Status VerifyAct(Audit& audit, const procurement::Act& act, const LoggedEntry& entry,
                       const std::string& base, Audit::Contracted& known) {
  contract::v1::Contract& contract = known.contract;
  const std::string file = base + ".json";
  ASSIGN_OR_RETURN(const auto done, audit.Open<Doc>(base, act.kind(), entry.received()));
  if (entry.event.contract_acted().document_sha256() != done.sha256) {
    return audit.EventWrong(entry, "document");
  }
  const procurement::ActFacts facts{done.sha256, entry.received()};
  const procurement::Actor actor{done.by->person_id, done.by->organization_id, {}};
  const procurement::Parties parties = procurement::StandingOf(contract).parties;
  RETURN_IF_ERROR(
      audit.CheckCapacity(*done.by, {act.role(), procurement::PartyId(act, parties)}, file));
  RETURN_IF_ERROR(WrongAt(file, procurement::CheckShape(done.doc)));
  const auto must = procurement::ApplyToContract(done.doc, facts, &actor, contract);
  if (!must.ok()) return WrongAt(file, must.status());
  if (entry.event.SerializeAsString() != must->SerializeAsString() ||
      entry.head.actor_role() != act.actor()) {
    return audit.EventWrong(entry, "contract");
  }
  if (must->contract_acted().delivery_state() == "ACCEPTED") {
    known.accepted.push_back(must->contract_acted());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyContract(Audit& audit) {
  const auto log = audit.logs.find(kContract);
  if (log == audit.logs.end()) return absl::OkStatus();
  for (LoggedEntry& entry : log->second.entries) {
    if (entry.event.has_contract_prepared()) {
      ASSIGN_OR_RETURN(contract::v1::Contract contract, Prepared(audit, entry));
      Audit::Contracted& known = audit.contracts[contract.contract_id()];
      known.contract = std::move(contract);
      continue;
    }
    if (!entry.event.has_contract_acted()) continue;  // nothing accounts for it
    const auto& acted = entry.event.contract_acted();
    const auto known = audit.contracts.find(acted.contract_id());
    const std::string subject =
        absl::StrCat(audit.TenderSubject(), "/contracts/", acted.contract_id());
    if (known == audit.contracts.end() || entry.head.subject() != subject) continue;
    const std::string base =
        ContractBase(acted.contract_id(), ++known->second.documents, acted.kind());
    absl::Status status;
    entry.used =
        procurement::VisitKind(procurement::ContractDocuments(), acted.kind(),
                               [&]<typename Doc>(const procurement::Act& act) {
                                 status = VerifyAct<Doc>(audit, act, entry, base, known->second);
                               });
    RETURN_IF_ERROR(status);
  }
  // How far the tender has come is how far its slowest contract has.
  using Contract = contract::v1::Contract;
  const Contract* slowest = nullptr;
  for (const auto& [id, known] : audit.contracts) {
    if (slowest == nullptr || known.contract.state() < slowest->state()) slowest = &known.contract;
  }
  audit.report.contracts = static_cast<int>(audit.contracts.size());
  if (slowest != nullptr && slowest->state() >= Contract::FORMED) {
    audit.report.state = slowest->state() == Contract::FORMED
                             ? "CONTRACTED"
                             : Contract::State_Name(slowest->state());
  }
  return absl::OkStatus();
}

}  // namespace jodal::bundle
