// contract, delivery.
#include "procurement/acts/contract.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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

// The flags of a document: its own fields, but for what every document has and what follows.
std::vector<std::string> FlagsOf(const google::protobuf::Descriptor& schema) {
  std::vector<std::string> out = {"@contract_id"};
  for (int i = 0; i < schema.field_count(); ++i) {
    const auto* field = schema.field(i);
    const std::string& name = field->name();
    const bool common = name == "kind" || name == "version" || name == "system" || name == "signer";
    if (common || name == "contract_id" || name == "report_sha256" ||
        field->options().GetExtension(document::v1::follows)) {
      continue;
    }
    out.push_back(name);
  }
  return out;
}

// The verb of one act, made from its row.
template <typename Doc>
void AddAct(Cli& cli, const std::map<std::string, CLI::App*>& nouns) {
  const procurement::Act& act = *procurement::ActOf(*Doc::descriptor());
  const std::pair<std::string, std::string> words = absl::StrSplit(act.verb(), ' ');
  SignedVerb<Doc> spec;
  spec.text = {words.second, act.help(), act.example()};
  spec.kind = act.kind();
  spec.fields = FlagsOf(*Doc::descriptor());
  spec.complete = [](Cli& cli, Doc& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto contract, Fetch(cli, document.contract_id()));
    if constexpr (requires { document.delivered_on(); }) {
      if (document.delivered_on().empty()) {
        ASSIGN_OR_RETURN(*document.mutable_delivered_on(), Today(cli));
      }
    }
    return sdk::CompleteAct(contract, &document);
  };
  AddSigned(cli, nouns.at(words.first), &sdk::Client::contract, &Stub::ActOnContract, spec);
}

template <typename... Docs>
void AddActs(Cli& cli, const std::map<std::string, CLI::App*>& nouns,
             procurement::DocumentList<Docs...>) {
  (AddAct<Docs>(cli, nouns), ...);
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
