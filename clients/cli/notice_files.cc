#include "clients/cli/notice_files.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/sign.h"
#include "common/clock/clock.h"
#include "common/pki/trust_store.h"
#include "common/pki/verifier.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

absl::StatusOr<sdk::PublishedNotice> Checked(Cli& cli,
                                             const document::v1::SignedDocument& document) {
  ASSIGN_OR_RETURN(const auto context, cli.Context());
  ASSIGN_OR_RETURN(auto trust, pki::TrustStore::Load(context.trust_dir, 1));
  pki::Verifier verifier(std::move(trust));
  const auto verdict =
      verifier.Verify(document.content(), document.signature(), SystemClock().Now());
  if (!verdict.passed()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "NOTICE_SIGNATURE",
                     absl::StrCat("the notice's signature is not good: ", verdict.explanation),
                     {{"check", verdict.check}});
  }
  return sdk::PublishedNotice::Parse(document);
}

}  // namespace

absl::StatusOr<sdk::PublishedNotice> FetchNotice(Cli& cli, const std::string& tender_id,
                                                 int version) {
  tender::v1::GetNoticeRequest request;
  request.set_tender_id(tender_id);
  request.set_notice_version(version);
  ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::tender,
                                          &tender::v1::TenderService::Stub::GetNotice, request));
  return Checked(cli, answer.notice().document());
}

absl::StatusOr<sdk::PublishedNotice> ReadNotice(Cli& cli, const std::string& dir) {
  ASSIGN_OR_RETURN(const auto document, ReadSigned(dir + "/notice"));
  return Checked(cli, document);
}

absl::StatusOr<tender::v1::Tender> FetchTender(Cli& cli, const std::string& tender_id) {
  tender::v1::GetTenderRequest request;
  request.set_tender_id(tender_id);
  ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::tender,
                                          &tender::v1::TenderService::Stub::GetTender, request));
  return answer.tender();
}

}  // namespace jodal::cli
