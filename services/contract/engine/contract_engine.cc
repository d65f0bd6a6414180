#include "services/contract/engine/contract_engine.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "services/contract/domain/contract_id.h"
#include "services/contract/domain/dates.h"
#include "services/contract/domain/delivery.h"
#include "services/contract/domain/life_cycle.h"
#include "services/contract/errors.h"
#include "services/contract/limits.h"
#include "services/contract/store/contract_store.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/kit/page.h"

namespace jodal::contract {
namespace {

using Message = event::v1::Event;

static_assert(static_cast<int>(State::kAwarded) == v1::Contract::AWARDED);
static_assert(static_cast<int>(State::kOffered) == v1::Contract::OFFERED);
static_assert(static_cast<int>(State::kConsented) == v1::Contract::CONSENTED);
static_assert(static_cast<int>(State::kFormed) == v1::Contract::FORMED);
static_assert(static_cast<int>(State::kCompleted) == v1::Contract::COMPLETED);

absl::Status Advance(v1::Contract& contract, Event event) {
  ASSIGN_OR_RETURN(const State next, Next(static_cast<State>(contract.state()), event));
  contract.set_state(static_cast<v1::Contract::State>(next));
  return absl::OkStatus();
}

enum class Party { kAgency, kSupplier };

// Who may do an act and how it enters the log.
struct Rule {
  const char* kind;   // of the document
  Party party;        // the caller's organisation
  const char* role;   // that the caller must have; "" for any
  const char* actor;  // role in the log
  size_t bytes_max;   // of the document
};

// One act on one contract. `shape` looks at the document alone, `decide` at the contract: it
// changes it and fills the event, or refuses.
template <typename Doc, typename Request, typename Response, typename Shape, typename Decide>
absl::Status RunContractAct(const host::ModuleContext& context, const rpc::Call& call,
                            const Request& request, Response* response, const Rule& rule,
                            Shape shape, Decide decide) {
  const rpc::Principal& user = call.caller.user;
  if (!call.caller.IsUser() || (rule.role[0] != '\0' && !user.HasRole(rule.role))) {
    return NotAllowedError();
  }
  return kit::RunAct<Doc>(
      context, call, request.document(), request.request_id(), rule.kind, response,
      [](const Doc& d) { return TenderIdOf(d.contract_id()); },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, Response* r) -> absl::Status {
        if (act.stored.document().content().size() > rule.bytes_max) {
          return DocumentTooLargeError(rule.bytes_max);
        }
        RETURN_IF_ERROR(shape(act.document));
        ASSIGN_OR_RETURN(auto record, FindContract(txn, act.document.contract_id()));
        if (!record.has_value()) return ContractNotFoundError();
        v1::Contract& contract = *record->mutable_contract();
        const std::string& party =
            rule.party == Party::kAgency ? contract.agency_id() : contract.supplier_id();
        if (user.organization_id != party) return NotAllowedError();
        Message event;
        RETURN_IF_ERROR(decide(act, contract, event));
        RETURN_IF_ERROR(PutContract(txn, &*record, act.stored));
        txn.Emit(kit::PublicEvent(event,
                                  kit::ContractName(contract.tender_id(), contract.contract_id()),
                                  rule.actor, call.arrival));
        *r->mutable_contract() = contract;
        return absl::OkStatus();
      });
}

template <typename Doc>
absl::Status AnyShape(const Doc&) {
  return absl::OkStatus();
}

absl::Status CheckOfferShape(const document::v1::ContractOffer& offer) {
  ASSIGN_OR_RETURN(const absl::CivilDay start, ParseDate({"startDate", offer.start_date()}));
  ASSIGN_OR_RETURN(const absl::CivilDay end, ParseDate({"endDate", offer.end_date()}));
  RETURN_IF_ERROR(CheckPeriod({start, end}));
  if (offer.delay_damages_ppm_per_day() < 0 ||
      offer.delay_damages_ppm_per_day() > kDelayDamagesPpmPerDayMax) {
    return DelayDamagesInvalidError();
  }
  return absl::OkStatus();
}

absl::Status CheckOfferAgainstAward(const document::v1::ContractOffer& offer,
                                    const v1::Contract& contract) {
  if (offer.tender_id() != contract.tender_id()) return TenderMismatchError();
  if (offer.award_sha256() != contract.award_sha256()) return AwardMismatchError();
  if (offer.agency_id() != contract.agency_id()) return PartyMismatchError("agencyId");
  if (offer.supplier_id() != contract.supplier_id()) return PartyMismatchError("supplierId");
  if (offer.amount() != contract.amount()) return AmountMismatchError();
  if (offer.currency() != contract.currency()) return CurrencyMismatchError();
  return absl::OkStatus();
}

const v1::Delivery* LastDelivery(const v1::Contract& contract) {
  return contract.deliveries().empty() ? nullptr : &*contract.deliveries().rbegin();
}

}  // namespace

absl::StatusOr<std::optional<ledger::FollowUpdate>> ContractEngine::OnTenderEntry(
    const ledger::LoggedEntry& entry) const {
  log::v1::Entry head;
  if (!head.ParseFromString(entry.entry)) return AwardMalformedError("entry");
  if (head.type() != kTenderType) return std::nullopt;
  ASSIGN_OR_RETURN(const Message event, kit::ParseEvent(entry.body));
  if (!event.has_award_decided()) return AwardMalformedError("body");
  const auto& award = event.award_decided();

  ContractRecord record;
  record.set_award_seq(entry.seq);
  v1::Contract& contract = *record.mutable_contract();
  contract.set_contract_id(ContractIdOf(award.tender_id()));
  contract.set_state(v1::Contract::AWARDED);
  contract.set_tender_id(award.tender_id());
  contract.set_agency_id(award.agency_id());
  contract.set_supplier_id(award.supplier_id());
  contract.set_amount(award.amount());
  contract.set_currency(award.currency());
  contract.set_title(award.title());
  contract.set_award_sha256(award.award_sha256());
  if (contract.contract_id().empty()) return AwardMalformedError("tenderId");
  if (contract.agency_id().empty()) return AwardMalformedError("agencyId");
  if (contract.supplier_id().empty()) return AwardMalformedError("supplierId");
  if (contract.amount() <= 0) return AwardMalformedError("amount");

  ledger::FollowUpdate update;
  update.shard = ledger::ShardOf(award.tender_id());
  update.body = [record = std::move(record)](ledger::Txn& txn) -> absl::Status {
    const v1::Contract& contract = record.contract();
    ASSIGN_OR_RETURN(const auto existing, FindContract(txn, contract.contract_id()));
    if (existing.has_value()) return absl::OkStatus();
    PutNewContract(txn, record);
    Message event;
    auto& prepared = *event.mutable_contract_prepared();
    prepared.set_contract_id(contract.contract_id());
    prepared.set_tender_id(contract.tender_id());
    prepared.set_supplier_id(contract.supplier_id());
    prepared.set_agency_id(contract.agency_id());
    prepared.set_amount(contract.amount());
    txn.Emit(kit::PublicEvent(
        event, kit::ContractName(contract.tender_id(), contract.contract_id()), "system"));
    return absl::OkStatus();
  };
  return update;
}

absl::Status ContractEngine::OfferContract(const rpc::Call& call,
                                           const v1::OfferContractRequest& request,
                                           v1::OfferContractResponse* response) const {
  using Doc = document::v1::ContractOffer;
  return RunContractAct<Doc>(
      context_, call, request, response,
      {"contract.offer", Party::kAgency, "officer", "officer", kOfferBytesMax}, CheckOfferShape,
      [](const kit::Act<Doc>& act, v1::Contract& contract, Message& event) -> absl::Status {
        RETURN_IF_ERROR(Advance(contract, Event::kOffer));
        RETURN_IF_ERROR(CheckOfferAgainstAward(act.document, contract));
        contract.set_offer_sha256(act.sha256);
        auto& offered = *event.mutable_contract_offered();
        offered.set_contract_id(contract.contract_id());
        offered.set_offer_sha256(act.sha256);
        return absl::OkStatus();
      });
}

absl::Status ContractEngine::ConsentContract(const rpc::Call& call,
                                             const v1::ConsentContractRequest& request,
                                             v1::ConsentContractResponse* response) const {
  using Doc = document::v1::ContractConsent;
  return RunContractAct<Doc>(
      context_, call, request, response,
      {"contract.consent", Party::kSupplier, "representative", "supplier", kFormBytesMax},
      AnyShape<Doc>,
      [](const kit::Act<Doc>& act, v1::Contract& contract, Message& event) -> absl::Status {
        RETURN_IF_ERROR(Advance(contract, Event::kConsent));
        if (act.document.offer_sha256() != contract.offer_sha256()) return OfferMismatchError();
        contract.set_consent_sha256(act.sha256);
        auto& consented = *event.mutable_contract_consented();
        consented.set_contract_id(contract.contract_id());
        consented.set_consent_sha256(act.sha256);
        return absl::OkStatus();
      });
}

absl::Status ContractEngine::ConfirmContract(const rpc::Call& call,
                                             const v1::ConfirmContractRequest& request,
                                             v1::ConfirmContractResponse* response) const {
  using Doc = document::v1::ContractConfirmation;
  return RunContractAct<Doc>(
      context_, call, request, response,
      {"contract.confirmation", Party::kAgency, "officer", "officer", kFormBytesMax}, AnyShape<Doc>,
      [](const kit::Act<Doc>& act, v1::Contract& contract, Message& event) -> absl::Status {
        RETURN_IF_ERROR(Advance(contract, Event::kConfirm));
        if (act.document.consent_sha256() != contract.consent_sha256()) {
          return ConsentMismatchError();
        }
        contract.set_confirmation_sha256(act.sha256);
        auto& formed = *event.mutable_contract_formed();
        formed.set_contract_id(contract.contract_id());
        formed.set_tender_id(contract.tender_id());
        formed.set_supplier_id(contract.supplier_id());
        formed.set_agency_id(contract.agency_id());
        formed.set_amount(contract.amount());
        formed.set_currency(contract.currency());
        formed.set_confirmation_sha256(act.sha256);
        return absl::OkStatus();
      });
}

absl::Status ContractEngine::ReportDelivery(const rpc::Call& call,
                                            const v1::ReportDeliveryRequest& request,
                                            v1::ReportDeliveryResponse* response) const {
  using Doc = document::v1::DeliveryReport;
  return RunContractAct<Doc>(
      context_, call, request, response,
      {"delivery.report", Party::kSupplier, "", "supplier", kFormBytesMax},
      [](const Doc& d) -> absl::Status {
        if (d.amount() <= 0) return DeliveryAmountInvalidError();
        return ParseDate({"deliveredOn", d.delivered_on()}).status();
      },
      [](const kit::Act<Doc>& act, v1::Contract& contract, Message& event) -> absl::Status {
        const Doc& doc = act.document;
        RETURN_IF_ERROR(Advance(contract, Event::kReport));
        ASSIGN_OR_RETURN(const absl::CivilDay day, ParseDate({"deliveredOn", doc.delivered_on()}));
        if (day > KoreanDay(act.call.arrival)) return DeliveryInFutureError();
        const v1::Delivery* last = LastDelivery(contract);
        Progress progress;
        progress.contract_amount = contract.amount();
        progress.accepted_amount = contract.accepted_amount();
        progress.deliveries = contract.deliveries_size();
        progress.uninspected = last != nullptr && last->state() == v1::Delivery::REPORTED;
        RETURN_IF_ERROR(CheckReport(progress, {doc.delivery(), doc.amount(), doc.final()}));

        v1::Delivery& delivery = *contract.add_deliveries();
        delivery.set_delivery(doc.delivery());
        delivery.set_state(v1::Delivery::REPORTED);
        delivery.set_amount(doc.amount());
        delivery.set_final(doc.final());
        delivery.set_report_sha256(act.sha256);
        delivery.set_reported_time_ns(absl::ToUnixNanos(act.call.arrival));
        auto& reported = *event.mutable_delivery_reported();
        reported.set_contract_id(contract.contract_id());
        reported.set_delivery(doc.delivery());
        reported.set_report_sha256(act.sha256);
        return absl::OkStatus();
      });
}

absl::Status ContractEngine::InspectDelivery(const rpc::Call& call,
                                             const v1::InspectDeliveryRequest& request,
                                             v1::InspectDeliveryResponse* response) const {
  using Doc = document::v1::DeliveryInspection;
  return RunContractAct<Doc>(
      context_, call, request, response,
      {"delivery.inspection", Party::kAgency, "inspector", "inspector", kFormBytesMax},
      AnyShape<Doc>,
      [](const kit::Act<Doc>& act, v1::Contract& contract, Message& event) -> absl::Status {
        const Doc& doc = act.document;
        // A contract that cannot have deliveries says so rather than that this one is missing.
        RETURN_IF_ERROR(Next(static_cast<State>(contract.state()), Event::kInspect).status());
        if (doc.delivery() < 1 || doc.delivery() > contract.deliveries_size()) {
          return DeliveryNotFoundError();
        }
        v1::Delivery& delivery = *contract.mutable_deliveries(doc.delivery() - 1);
        RETURN_IF_ERROR(Advance(
            contract, doc.accepted() && delivery.final() ? Event::kComplete : Event::kInspect));
        if (delivery.state() != v1::Delivery::REPORTED) {
          return DeliveryInspectedError(doc.delivery());
        }
        if (doc.report_sha256() != delivery.report_sha256()) return ReportMismatchError();
        RETURN_IF_ERROR(CheckInspection({doc.accepted(), doc.amount(), delivery.amount()}));

        const int64_t inspected_ns = absl::ToUnixNanos(act.call.arrival);
        delivery.set_state(doc.accepted() ? v1::Delivery::ACCEPTED : v1::Delivery::REJECTED);
        delivery.set_inspection_sha256(act.sha256);
        delivery.set_inspected_time_ns(inspected_ns);
        delivery.set_late(absl::Nanoseconds(inspected_ns - delivery.reported_time_ns()) >
                          kInspectionPeriod);
        if (doc.accepted()) {
          delivery.set_amount(doc.amount());
          contract.set_accepted_amount(contract.accepted_amount() + doc.amount());
        }
        auto& inspected = *event.mutable_delivery_inspected();
        inspected.set_contract_id(contract.contract_id());
        inspected.set_tender_id(contract.tender_id());
        inspected.set_delivery(doc.delivery());
        inspected.set_accepted(doc.accepted());
        inspected.set_amount(doc.amount());
        inspected.set_inspection_sha256(act.sha256);
        inspected.set_final(delivery.final());
        inspected.set_supplier_id(contract.supplier_id());
        inspected.set_agency_id(contract.agency_id());
        inspected.set_currency(contract.currency());
        return absl::OkStatus();
      });
}

absl::Status ContractEngine::GetContract(const rpc::Call&, const v1::GetContractRequest& request,
                                         v1::GetContractResponse* response) const {
  return context_.ledger->View(
      ledger::ShardOf(TenderIdOf(request.contract_id())),
      [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(auto record, FindContract(reader, request.contract_id()));
        if (!record.has_value()) return ContractNotFoundError();
        *response->mutable_contract() = std::move(*record->mutable_contract());
        return absl::OkStatus();
      });
}

absl::Status ContractEngine::ListContracts(const rpc::Call& call,
                                           const v1::ListContractsRequest& request,
                                           v1::ListContractsResponse* response) const {
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  const bool of_tender = !request.tender_id().empty();
  if (!of_tender && !call.caller.IsUser()) return TenderIdMissingError();
  const std::string& organization = call.caller.user.organization_id;
  const std::string filter = absl::StrCat("contracts\n", of_tender ? "tender\n" : "party\n",
                                          of_tender ? request.tender_id() : organization);
  ASSIGN_OR_RETURN(const std::string last,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));

  if (of_tender) {
    return context_.ledger->View(
        ledger::ShardOf(request.tender_id()), [&](const kv::Reader& reader) -> absl::Status {
          ASSIGN_OR_RETURN(auto record, FindContract(reader, ContractIdOf(request.tender_id())));
          if (record.has_value()) *response->add_contracts() = record->contract();
          return absl::OkStatus();
        });
  }

  // An organisation's contracts lie in the shards of their tenders, in each of which its index is
  // one short range: all shards are asked in turn. The token is "<shard>/<contract id>".
  int first_shard = 0;
  std::string after;
  if (const size_t slash = last.find('/'); slash != std::string::npos) {
    if (!absl::SimpleAtoi(last.substr(0, slash), &first_shard)) first_shard = 0;
    after = last.substr(slash + 1);
  }
  std::string end;
  for (int shard = first_shard; shard < ledger::kShards; ++shard) {
    const size_t have = static_cast<size_t>(response->contracts_size());
    std::vector<ContractRecord> found;
    RETURN_IF_ERROR(context_.ledger->View(
        static_cast<uint16_t>(shard), [&](const kv::Reader& reader) -> absl::Status {
          // One more than fits tells whether there is another page.
          ASSIGN_OR_RETURN(found, ListOfParty(reader, {organization, after, size - have + 1}));
          return absl::OkStatus();
        }));
    after.clear();
    for (const ContractRecord& record : found) {
      if (static_cast<size_t>(response->contracts_size()) == size) {
        response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, end));
        return absl::OkStatus();
      }
      *response->add_contracts() = record.contract();
      end = absl::StrFormat("%04d/%s", shard, record.contract().contract_id());
    }
  }
  return absl::OkStatus();
}

absl::Status ContractEngine::GetContractDocuments(
    const rpc::Call&, const v1::GetContractDocumentsRequest& request,
    v1::GetContractDocumentsResponse* response) const {
  return context_.ledger->View(ledger::ShardOf(TenderIdOf(request.contract_id())),
                               [&](const kv::Reader& reader) -> absl::Status {
                                 ASSIGN_OR_RETURN(const auto record,
                                                  FindContract(reader, request.contract_id()));
                                 if (!record.has_value()) return ContractNotFoundError();
                                 ASSIGN_OR_RETURN(auto documents, LoadDocuments(reader, *record));
                                 for (auto& document : documents)
                                   *response->add_documents() = std::move(document);
                                 return absl::OkStatus();
                               });
}

}  // namespace jodal::contract
