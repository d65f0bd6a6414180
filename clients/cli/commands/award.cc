// award: the decision on the evaluation.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

namespace pb = tender::v1;
using Stub = pb::TenderService::Stub;

constexpr absl::Duration kContractWait = absl::Seconds(5);
constexpr absl::Duration kContractPoll = absl::Milliseconds(200);

// The candidate of the evaluation, after its bytes were compared with the digest in the log.
absl::Status Propose(Cli& cli, document::v1::AwardDecision& decision) {
  pb::GetResultRequest request;
  request.set_tender_id(decision.tender_id());
  ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::tender, &Stub::GetResult, request));
  ASSIGN_OR_RETURN(const auto tender, FetchTender(cli, decision.tender_id()));
  ASSIGN_OR_RETURN(const auto result, sdk::ReadResult(tender, answer.result()));
  ASSIGN_OR_RETURN(decision, sdk::AwardFor(tender, result, decision.reason()));
  return absl::OkStatus();
}

// The contract service learns of an award from the log, a moment later, and numbers the contract:
// "@contract" from then on.
void AwaitContract(Cli& cli, const std::string& tender_id) {
  contract::v1::ListContractsRequest request;
  request.set_tender_id(tender_id);
  const absl::Time end = SystemClock().Now() + kContractWait;
  while (SystemClock().Now() < end) {
    const auto answer = Ask(cli, &sdk::Client::contract,
                            &contract::v1::ContractService::Stub::ListContracts, request);
    if (!answer.ok()) break;  // the award stands all the same
    if (answer->contracts_size() > 0) {
      cli.Remember("contract", answer->contracts(0).contract_id());
      cli.Next("award-decided", {{"contract", answer->contracts(0).contract_id()}});
      return;
    }
    absl::SleepFor(kContractPoll);
  }
  cli.Next("award-logged", {{"tender", tender_id}});
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
             RETURN_IF_ERROR(cli.out().One(decision));
             cli.Next("award-proposed");
             return absl::OkStatus();
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
  decide.done = [](Cli& cli, const google::protobuf::Message& answer) -> absl::Status {
    AwaitContract(cli, static_cast<const pb::DecideAwardResponse&>(answer).tender().tender_id());
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::tender, &Stub::DecideAward, decide);
}

}  // namespace jodal::cli
