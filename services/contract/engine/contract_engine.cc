#include "services/contract/engine/contract_engine.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/document/signed_document.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/acts/contract.h"
#include "procurement/limits.h"
#include "procurement/notice/periods.h"
#include "services/contract/errors.h"
#include "services/contract/limits.h"
#include "services/contract/store/contract_store.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/kit/page.h"

namespace jodal::contract {
namespace {

using Message = event::v1::Event;

procurement::Actor ActorOf(const rpc::Principal& user) {
  return {user.person_id, user.organization_id, user.roles};
}

// An act of one kind: everything but the three calls of `procurement` is the same for all.
template <typename Doc>
absl::Status Run(const host::ModuleContext& context, const rpc::Call& call,
                 const procurement::Act& act, const v1::ActOnContractRequest& request,
                 v1::ActOnContractResponse* response) {
  const procurement::Actor actor = ActorOf(call.caller.user);
  RETURN_IF_ERROR(procurement::CheckRole(act, actor));
  return kit::RunAct<Doc>(
      context, call, request.document(), request.request_id(), act.kind(), response,
      [&](const kit::Act<Doc>& done) -> absl::StatusOr<kit::Prepared<>> {
        if (done.stored.document().content().size() > procurement::BytesMax(act)) {
          return DocumentTooLargeError(procurement::BytesMax(act));
        }
        RETURN_IF_ERROR(procurement::CheckShape(done.document));
        return kit::InShardOf(done.document.contract_id());
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& done,
          v1::ActOnContractResponse* r) -> absl::Status {
        ASSIGN_OR_RETURN(auto record, FindContract(txn, done.document.contract_id()));
        if (!record.has_value()) return ContractNotFoundError();
        v1::Contract& contract = *record->mutable_contract();
        const procurement::ActFacts facts{done.sha256, call.arrival};
        RETURN_IF_ERROR(procurement::ApplyToContract(done.document, facts, &actor, contract));
        RETURN_IF_ERROR(PutContract(txn, &*record, done.stored));
        txn.Emit(kit::PublicEvent(procurement::ContractEvent(
                                      act, facts, contract, procurement::DeliveryOf(done.document)),
                                  kit::ContractName(contract.tender_id(), contract.contract_id()),
                                  act.actor(), call.arrival));
        *r->mutable_contract() = contract;
        return absl::OkStatus();
      });
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
  contract.set_state(v1::Contract::AWARDED);
  contract.set_tender_id(award.tender_id());
  contract.set_lot(award.lot());
  contract.set_agency_id(award.agency_id());
  contract.set_supplier_id(award.supplier_id());
  contract.set_amount(award.amount());
  contract.set_currency(award.currency());
  contract.set_title(award.title());
  contract.set_award_sha256(award.award_sha256());
  if (contract.tender_id().empty()) return AwardMalformedError("tenderId");
  if (contract.lot() < 1 || contract.lot() > procurement::kLotsMax) {
    return AwardMalformedError("lot");
  }
  if (contract.agency_id().empty()) return AwardMalformedError("agencyId");
  if (contract.supplier_id().empty()) return AwardMalformedError("supplierId");
  if (contract.amount() <= 0) return AwardMalformedError("amount");

  ledger::FollowUpdate update;
  update.shard = ledger::ShardOf(award.tender_id());
  // The year of the award, so that a repeat at the turn of the year gives the same number.
  const int64_t year =
      absl::ToCivilSecond(absl::FromUnixNanos(head.commit_time_ns()), procurement::KoreanTime())
          .year();
  update.body = [award = std::move(record), year,
                 shard = update.shard](ledger::Txn& txn) -> absl::Status {
    ContractRecord record = award;
    v1::Contract& contract = *record.mutable_contract();
    ASSIGN_OR_RETURN(const std::string existing,
                     FindContractOfLot(txn, {contract.tender_id(), contract.lot()}));
    if (!existing.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(*contract.mutable_contract_id(), AllocateContractId(txn, shard, year));
    PutNewContract(txn, record);
    Message event;
    auto& prepared = *event.mutable_contract_prepared();
    prepared.set_contract_id(contract.contract_id());
    prepared.set_tender_id(contract.tender_id());
    prepared.set_lot(contract.lot());
    prepared.set_award_sha256(contract.award_sha256());
    prepared.set_supplier_id(contract.supplier_id());
    prepared.set_agency_id(contract.agency_id());
    prepared.set_amount(contract.amount());
    txn.Emit(kit::PublicEvent(
        event, kit::ContractName(contract.tender_id(), contract.contract_id()), "system"));
    return absl::OkStatus();
  };
  return update;
}

absl::Status ContractEngine::ActOnContract(const rpc::Call& call,
                                           const v1::ActOnContractRequest& request,
                                           v1::ActOnContractResponse* response) const {
  if (!call.caller.IsUser()) return NotAllowedError();
  RETURN_IF_ERROR(kit::CheckRequestId(request.request_id()));
  ASSIGN_OR_RETURN(const std::string kind, document::KindOf(request.document().content()));
  absl::Status status;
  const bool known = procurement::VisitKind(
      procurement::ContractDocuments(), kind, [&]<typename Doc>(const procurement::Act& act) {
        status = Run<Doc>(context_, call, act, request, response);
      });
  return known ? status : DocumentKindError(kind);
}

absl::Status ContractEngine::GetContract(const rpc::Call&, const v1::GetContractRequest& request,
                                         v1::GetContractResponse* response) const {
  return context_.ledger->View(
      ledger::ShardOf(request.contract_id()), [&](const kv::Reader& reader) -> absl::Status {
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
          ASSIGN_OR_RETURN(const auto records,
                           ListOfTender(reader, request.tender_id(), procurement::kLotsMax));
          for (const ContractRecord& record : records) {
            *response->add_contracts() = record.contract();
          }
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
  return context_.ledger->View(
      ledger::ShardOf(request.contract_id()), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(const auto record, FindContract(reader, request.contract_id()));
        if (!record.has_value()) return ContractNotFoundError();
        ASSIGN_OR_RETURN(auto documents, LoadDocuments(reader, *record));
        for (auto& document : documents) *response->add_documents() = std::move(document);
        return absl::OkStatus();
      });
}

}  // namespace jodal::contract
