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

// An act of one kind: everything but the two calls of `procurement` is the same for all.
template <typename Doc>
absl::Status Run(const host::ModuleContext& context, const rpc::Call& call,
                 const procurement::Act& row, const v1::ActOnContractRequest& request,
                 v1::ActOnContractResponse* response) {
  ASSIGN_OR_RETURN(const procurement::Actor actor, kit::Admit(row, call));
  return kit::RunAct<Doc>(
      context, call, request.document(), request.request_id(), row.kind(), response,
      [&](const kit::Act<Doc>& done) -> absl::StatusOr<kit::Prepared<>> {
        RETURN_IF_ERROR(kit::CheckSize(row, done));
        RETURN_IF_ERROR(procurement::CheckShape(done.document));
        return kit::InShardOf(done.document.contract_id());
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& done,
          v1::ActOnContractResponse* r) -> absl::Status {
        ASSIGN_OR_RETURN(auto record, FindContract(txn, done.document.contract_id()));
        if (!record.has_value()) return ContractNotFoundError();
        v1::Contract& contract = *record->mutable_contract();
        ASSIGN_OR_RETURN(const Message event,
                         procurement::ApplyToContract(done.document, {done.sha256, call.arrival},
                                                      &actor, contract));
        RETURN_IF_ERROR(PutContract(txn, &*record, done.stored));
        txn.Emit(kit::PublicEvent(event,
                                  kit::ContractName(contract.tender_id(), contract.contract_id()),
                                  row.actor(), call.arrival));
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
  ASSIGN_OR_RETURN(const event::v1::ContractPrepared award,
                   procurement::PrepareContract(event.award_decided()));

  ledger::FollowUpdate update;
  update.shard = ledger::ShardOf(award.tender_id());
  // The year of the award, so that a repeat at the turn of the year gives the same number.
  const int64_t year =
      absl::ToCivilSecond(absl::FromUnixNanos(head.commit_time_ns()), procurement::KoreanTime())
          .year();
  update.body = [award, year, shard = update.shard](ledger::Txn& txn) -> absl::Status {
    event::v1::ContractPrepared prepared = award;
    ASSIGN_OR_RETURN(const std::string existing,
                     FindContractOfLot(txn, {prepared.tender_id(), prepared.lot()}));
    if (!existing.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(*prepared.mutable_contract_id(), AllocateContractId(txn, shard, year));
    ContractRecord record;
    *record.mutable_contract() = procurement::ContractFrom(prepared);
    PutNewContract(txn, record);
    Message event;
    *event.mutable_contract_prepared() = prepared;
    txn.Emit(kit::PublicEvent(
        event, kit::ContractName(prepared.tender_id(), prepared.contract_id()), "system"));
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
