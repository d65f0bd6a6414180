// contract, delivery.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/sign.h"
#include "common/document/json.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

namespace pb = contract::v1;
using Stub = pb::ContractService::Stub;

absl::StatusOr<pb::Contract> Fetch(Cli& cli, const std::string& contract_id) {
  pb::GetContractRequest request;
  request.set_contract_id(contract_id);
  ASSIGN_OR_RETURN(const auto answer,
                   Ask(cli, &sdk::Client::contract, &Stub::GetContract, request));
  return answer.contract();
}

// The last delivery that waits for its inspection, or the one that was named.
absl::StatusOr<pb::Delivery> FindDelivery(const pb::Contract& contract, int number) {
  for (auto d = contract.deliveries().rbegin(); d != contract.deliveries().rend(); ++d) {
    if (number == 0 ? d->state() == pb::Delivery::REPORTED : d->delivery() == number) return *d;
  }
  return MakeError(absl::StatusCode::kNotFound, "DELIVERY_NOT_FOUND",
                   "no such delivery waits for its inspection");
}

absl::StatusOr<std::string> Today(Cli& cli) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  ASSIGN_OR_RETURN(const absl::Time now, client->Now());
  return absl::FormatTime("%Y-%m-%d", now, absl::FixedTimeZone(9 * 60 * 60));
}

void AddContractVerbs(Cli& cli) {
  CLI::App* noun = cli.Noun("contract", "Contracts: three signed messages");
  SignedVerb<document::v1::ContractOffer> offer;
  offer.text = {"offer", "The agency offers the contract that follows from the award",
                "jodal contract offer R26TA00000001 --start-date 2026-03-20 --end-date 2026-06-30 "
                "\\\n  --terms \"as in the notice\" --identity keys/kim"};
  offer.kind = "contract.offer";
  offer.fields = {"@contract_id", "start_date", "end_date", "delay_damages_ppm_per_day", "terms"};
  offer.complete = [](Cli& cli, document::v1::ContractOffer& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto contract, Fetch(cli, document.contract_id()));
    document.set_tender_id(contract.tender_id());
    document.set_award_sha256(contract.award_sha256());
    document.set_agency_id(contract.agency_id());
    document.set_supplier_id(contract.supplier_id());
    document.set_amount(contract.amount());
    document.set_currency(contract.currency());
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::contract, &Stub::OfferContract, offer);

  SignedVerb<document::v1::ContractConsent> consent;
  consent.text = {"consent", "The supplier agrees to the offer",
                  "jodal contract consent R26TA00000001 --identity keys/lee"};
  consent.kind = "contract.consent";
  consent.fields = {"@contract_id"};
  consent.complete = [](Cli& cli, document::v1::ContractConsent& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto contract, Fetch(cli, document.contract_id()));
    document.set_offer_sha256(contract.offer_sha256());
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::contract, &Stub::ConsentContract, consent);

  SignedVerb<document::v1::ContractConfirmation> confirm;
  confirm.text = {"confirm", "The agency confirms; the contract is formed",
                  "jodal contract confirm R26TA00000001 --identity keys/kim"};
  confirm.kind = "contract.confirmation";
  confirm.fields = {"@contract_id"};
  confirm.complete = [](Cli& cli, document::v1::ContractConfirmation& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto contract, Fetch(cli, document.contract_id()));
    document.set_consent_sha256(contract.consent_sha256());
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::contract, &Stub::ConfirmContract, confirm);

  struct Options {
    std::string id, tender_id, out, state;
  };
  auto o = std::make_shared<Options>();
  CLI::App* verb = cli.Verb(
      noun, {"show", "Shows a contract and its deliveries", "jodal contract show R26TA00000001"},
      [&cli, o]() -> absl::Status {
        ASSIGN_OR_RETURN(const auto contract, Fetch(cli, o->id));
        return cli.out().One(contract);
      });
  verb->add_option("contract", o->id, "Contract")->required();
  verb = cli.Verb(noun,
                  {"wait", "Waits until a contract has reached a state",
                   "jodal contract wait R26TA00000001 --for AWARDED"},
                  [&cli, o]() -> absl::Status {
                    pb::Contract contract;
                    RETURN_IF_ERROR(WaitForState(cli, o->state, &contract, [&]() -> absl::Status {
                      ASSIGN_OR_RETURN(contract, Fetch(cli, o->id));
                      return absl::OkStatus();
                    }));
                    return cli.out().One(contract);
                  });
  verb->add_option("contract", o->id, "Contract")->required();
  verb->add_option("--for", o->state, "State")->required();
  verb = cli.Verb(
      noun, {"list", "Lists contracts", "jodal contract list --tender R26BK00000001"},
      [&cli, o]() -> absl::Status {
        pb::ListContractsRequest request;
        request.set_tender_id(o->tender_id);
        pb::ListContractsResponse all;
        do {
          ASSIGN_OR_RETURN(const auto page,
                           Ask(cli, &sdk::Client::contract, &Stub::ListContracts, request));
          all.mutable_contracts()->MergeFrom(page.contracts());
          request.set_page_token(page.next_page_token());
        } while (!request.page_token().empty());
        return cli.out().Many(Pointers(all.contracts()),
                              {"contract_id", "state", "supplier_id", "amount", "title"});
      });
  verb->add_option("--tender", o->tender_id, "Of this tender");
  verb = cli.Verb(noun,
                  {"documents", "Keeps the signed documents of a contract as files",
                   "jodal contract documents R26TA00000001 --out contract"},
                  [&cli, o]() -> absl::Status {
                    pb::GetContractDocumentsRequest request;
                    request.set_contract_id(o->id);
                    ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::contract,
                                                            &Stub::GetContractDocuments, request));
                    Table table = {{"FILE", "SIGNER CERTIFICATE"}, {}};
                    for (int i = 0; i < answer.documents_size(); ++i) {
                      const std::string path = absl::StrCat(o->out, "/", i + 1);
                      RETURN_IF_ERROR(WriteSigned(path, answer.documents(i).document()));
                      table.rows.push_back({path + ".json", answer.documents(i).cert_sha256()});
                    }
                    return cli.out().Rows(table);
                  });
  verb->add_option("contract", o->id, "Contract")->required();
  verb->add_option("--out", o->out, "Folder")->required();
}

void AddDeliveryVerbs(Cli& cli) {
  CLI::App* noun = cli.Noun("delivery", "Deliveries and inspections");
  SignedVerb<document::v1::DeliveryReport> report;
  report.text = {"report", "The supplier reports a delivery; without --amount what is left of it",
                 "jodal delivery report R26TA00000001 --final --description \"120 chairs\" "
                 "--identity keys/lee"};
  report.kind = "delivery.report";
  report.fields = {"@contract_id", "delivery", "delivered_on", "amount", "final", "description"};
  report.complete = [](Cli& cli, document::v1::DeliveryReport& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto contract, Fetch(cli, document.contract_id()));
    if (document.delivery() == 0) document.set_delivery(contract.deliveries_size() + 1);
    if (document.amount() == 0) {
      document.set_amount(contract.amount() - contract.accepted_amount());
    }
    if (document.delivered_on().empty()) {
      ASSIGN_OR_RETURN(*document.mutable_delivered_on(), Today(cli));
    }
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::contract, &Stub::ReportDelivery, report);

  SignedVerb<document::v1::DeliveryInspection> inspect;
  inspect.text = {"inspect", "The agency accepts a delivery, or refuses it without --accepted",
                  "jodal delivery inspect R26TA00000001 --accepted --identity keys/inspector"};
  inspect.kind = "delivery.inspection";
  inspect.fields = {"@contract_id", "delivery", "accepted", "amount", "remarks"};
  inspect.complete = [](Cli& cli, document::v1::DeliveryInspection& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto contract, Fetch(cli, document.contract_id()));
    ASSIGN_OR_RETURN(const auto delivery, FindDelivery(contract, document.delivery()));
    document.set_delivery(delivery.delivery());
    document.set_report_sha256(delivery.report_sha256());
    if (document.accepted() && document.amount() == 0) document.set_amount(delivery.amount());
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::contract, &Stub::InspectDelivery, inspect);
}

}  // namespace

void AddContract(Cli& cli) {
  AddContractVerbs(cli);
  AddDeliveryVerbs(cli);
}

}  // namespace jodal::cli
