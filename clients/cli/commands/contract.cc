// contract, delivery.
#include "procurement/acts/contract.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"

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

absl::StatusOr<std::string> Today(Cli& cli) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  ASSIGN_OR_RETURN(const absl::Time now, client->Now());
  return sdk::DocumentDate(now);
}

absl::Status Complete(Cli& cli, const std::string& contract_id,
                      google::protobuf::Message* document) {
  ASSIGN_OR_RETURN(const auto contract, Fetch(cli, contract_id));
  return sdk::CompleteAct(contract, document);
}

template <typename Doc>
void AddContractAct(Cli& cli, const std::map<std::string, CLI::App*>& nouns) {
  AddAct<Doc>(cli, nouns, &sdk::Client::contract, &Stub::ActOnContract,
              [](Cli& cli, Doc& document) -> absl::Status {
                if constexpr (requires { document.delivered_on(); }) {
                  if (document.delivered_on().empty()) {
                    ASSIGN_OR_RETURN(*document.mutable_delivered_on(), Today(cli));
                  }
                }
                return Complete(cli, document.contract_id(), &document);
              });
}

template <typename... Docs>
void AddActs(Cli& cli, const std::map<std::string, CLI::App*>& nouns,
             procurement::DocumentList<Docs...>) {
  (AddContractAct<Docs>(cli, nouns), ...);
}

void AddContractVerbs(Cli& cli, CLI::App* noun) {
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
  verb->add_option("--for", o->state, StateHelp(*pb::Contract::State_descriptor()))->required();
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
                    Table table = {{"file", "signer_certificate"}, {}};
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

}  // namespace

void AddContract(Cli& cli) {
  const std::map<std::string, CLI::App*> nouns = {
      {"contract", cli.Noun("contract", "Contracts: three signed messages, and how they end")},
      {"delivery", cli.Noun("delivery", "Deliveries and inspections")}};
  AddActs(cli, nouns, procurement::ContractDocuments());
  AddContractVerbs(cli, nouns.at("contract"));
}

}  // namespace jodal::cli
