// award: the decision on the evaluation.
#include "absl/strings/str_cat.h"
#include "clients/cli/notice_files.h"
#include "clients/cli/sign.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

namespace pb = tender::v1;
using Stub = pb::TenderService::Stub;

// The candidate of the evaluation, after its bytes were compared with the digest in the log.
absl::Status Propose(Cli& cli, document::v1::AwardDecision& decision) {
  pb::GetResultRequest request;
  request.set_tender_id(decision.tender_id());
  ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::tender, &Stub::GetResult, request));
  ASSIGN_OR_RETURN(const auto tender, FetchTender(cli, decision.tender_id()));
  const std::string sha256 = HexEncode(crypto::Sha256(answer.result()));
  if (sha256 != tender.result_sha256()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "RESULT_MISMATCH",
                     "the evaluation is not the one that was logged");
  }
  pb::EvaluationResult result;
  RETURN_IF_ERROR(document::ParseStrictJson(answer.result(), &result));
  if (result.outcome() != "award") {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NO_CANDIDATE",
                     absl::StrCat("the evaluation has no candidate: ", result.outcome_detail()));
  }
  decision.set_notice_hash(result.notice_hash());
  decision.set_result_sha256(sha256);
  decision.set_submission_id(result.candidate());
  decision.set_amount(result.candidate_amount());
  decision.set_supplier_id(result.candidate_supplier_id());
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
