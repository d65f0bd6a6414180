// The contracts, by the documents that act on them.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/install/fold.h"
#include "common/document/json.h"
#include "common/ledger/ledger.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/contract/store/v1/contract_store.pb.h"
#include "procurement/acts/contract.h"
#include "procurement/stores.h"

namespace jodal::install {
namespace {

using contract::store::v1::ContractRecord;
using contract::store::v1::PartyRow;

class Contracts : public Fold {
 public:
  std::string GroupOf(const event::v1::Event& event) override {
    return event.has_contract_prepared() ? event.contract_prepared().contract_id()
                                         : event.contract_acted().contract_id();
  }

  absl::Status Run(const FoldGroup& group, FoldOutput& out) override {
    const std::string subject = absl::StrCat("contract ", group.name);
    ContractRecord record;
    uint16_t shard = 0;
    for (const FoldEntry& entry : group.entries) {
      if (entry.event.has_contract_prepared()) {
        *record.mutable_contract() = procurement::ContractFrom(entry.event.contract_prepared());
        shard = ledger::ShardOf(group.name);
        continue;
      }
      const auto& said = entry.event.contract_acted();
      ASSIGN_OR_RETURN(const auto stored,
                       out.Document({subject, shard, procurement::kContractDocuments, group.name,
                                     record.documents()},
                                    said.document_sha256()));
      if (!stored.has_value()) return absl::OkStatus();
      record.set_documents(record.documents() + 1);
      absl::StatusOr<event::v1::Event> event = absl::UnknownError("no document of this kind");
      procurement::VisitKind(
          procurement::ContractDocuments(), said.kind(),
          [&]<typename Doc>(const procurement::Act&) {
            event = Step<Doc>(*stored, {said.document_sha256(), entry.arrival}, record);
          });
      if (!event.ok() || event->SerializeAsString() != entry.event.SerializeAsString()) {
        out.Differs({subject, absl::StrCat("entry ", entry.seq), entry.event.ShortDebugString(),
                     event.ok() ? event->ShortDebugString() : event.status().ToString()});
        return absl::OkStatus();
      }
    }
    const auto& contract = record.contract();
    out.Expect(subject, shard, absl::StrCat(procurement::kContractTable, group.name), record);
    PartyRow row;
    row.set_contract_id(group.name);
    out.Expect(absl::StrCat("lot ", contract.lot(), " of ", contract.tender_id()), shard,
               absl::StrFormat("%s%s/%03d", procurement::kContractLotTable, contract.tender_id(),
                               contract.lot()),
               row);
    for (const std::string& party : {contract.agency_id(), contract.supplier_id()}) {
      out.Expect(absl::StrCat("list of ", party), shard,
                 absl::StrCat(procurement::kContractPartyTable, party, "/", group.name), row);
    }
    return absl::OkStatus();
  }

  std::vector<std::string> Tables() const override {
    return {procurement::kContractTable, procurement::kContractLotTable,
            procurement::kContractPartyTable};
  }

 private:
  template <typename Doc>
  static absl::StatusOr<event::v1::Event> Step(const document::v1::StoredDocument& stored,
                                               const procurement::ActFacts& facts,
                                               ContractRecord& record) {
    Doc doc;
    RETURN_IF_ERROR(document::ParseStrictJson(stored.document().content(), &doc));
    const procurement::Actor signer = SignerOf(doc.signer());
    return procurement::ApplyToContract(doc, facts, &signer, *record.mutable_contract());
  }
};

}  // namespace

std::unique_ptr<Fold> ContractFold() { return std::make_unique<Contracts>(); }

}  // namespace jodal::install
