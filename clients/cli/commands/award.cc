// award: the decision on the evaluation.
#include "clients/cli/notice_files.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"

namespace jodal::cli {
namespace {

namespace pb = tender::v1;
using Stub = pb::TenderService::Stub;

absl::Status Propose(Cli& cli, document::v1::AwardDecision& decision) {
  pb::GetResultRequest request;
  request.set_tender_id(decision.tender_id());
  ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::tender, &Stub::GetResult, request));
  ASSIGN_OR_RETURN(const auto tender, FetchTender(cli, decision.tender_id()));
  ASSIGN_OR_RETURN(const auto result, sdk::ReadResult(tender, answer.result()));
  ASSIGN_OR_RETURN(decision, sdk::AwardFor(tender, result, decision.reason()));
  return absl::OkStatus();
}

}  // namespace

void AddAward(Cli& cli) {
  CLI::App* noun = cli.Noun("award", "Awards");
  auto tender_id = std::make_shared<std::string>();
  cli.Verb(noun,
           {"propose", "Shows the decision that the evaluation leads to",
            "jodal award propose R26BK00000001"},
           [&cli, tender_id]() -> absl::Status {
             document::v1::AwardDecision decision;
             decision.set_tender_id(*tender_id);
             RETURN_IF_ERROR(Propose(cli, decision));
             return cli.out().One(decision);
           })
      ->add_option("tender", *tender_id, "Tender")
      ->required();
  SignedVerb<document::v1::AwardDecision> decide;
  decide.text = {"decide", "Signs and publishes the award",
                 "jodal award decide R26BK00000001 --reason \"qualification reviewed\" --identity "
                 "keys/kim"};
  decide.kind = "award.decision";
  decide.fields = {"@tender_id", "reason"};
  decide.complete = Propose;
  AddSigned(cli, noun, &sdk::Client::tender, &Stub::DecideAward, decide);
}

}  // namespace jodal::cli
