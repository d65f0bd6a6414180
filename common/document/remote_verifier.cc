#include "common/document/remote_verifier.h"

#include <grpcpp/grpcpp.h>

#include "absl/base/call_once.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/rpc/call.h"
#include "common/status/error.h"
#include "jodal/signature/v1/signature.grpc.pb.h"

namespace jodal::document {

namespace pb = jodal::signature::v1;

struct RemoteDocumentVerifier::Stub {
  absl::once_flag once;
  std::unique_ptr<pb::SignatureService::Stub> service;
};

RemoteDocumentVerifier::RemoteDocumentVerifier(rpc::Peers* peers)
    : peers_(peers), stub_(std::make_unique<Stub>()) {}
RemoteDocumentVerifier::~RemoteDocumentVerifier() = default;

absl::StatusOr<VerifiedSignature> RemoteDocumentVerifier::Verify(absl::string_view content,
                                                                 absl::string_view signature,
                                                                 absl::Time at) {
  absl::call_once(stub_->once, [this] {
    stub_->service = pb::SignatureService::NewStub(peers_->Channel("signature"));
  });
  pb::VerifyRequest request;
  request.set_content(content.data(), content.size());
  request.set_signature(signature.data(), signature.size());
  request.set_at_time_ns(absl::ToUnixNanos(at));
  auto response =
      rpc::Invoke(*stub_->service, &pb::SignatureService::Stub::Verify, request, {.retry = true});
  if (!response.ok()) {
    return MakeError(absl::StatusCode::kUnavailable, "SIGNATURE_SERVICE_AWAY",
                     "the signature service gave no verdict",
                     {{"code", absl::StatusCodeToString(response.status().code())},
                      {"cause", ErrorReason(response.status())}});
  }
  const pb::Verdict& verdict = response->verdict();
  if (verdict.indication() != pb::Verdict::TOTAL_PASSED) {
    const std::string indication = absl::StrReplaceAll(
        pb::Verdict::Indication_Name(verdict.indication()), {{"TOTAL_", "TOTAL-"}});
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "SIGNATURE_REFUSED",
        absl::StrCat("the signature was refused: ", indication,
                     verdict.sub_indication().empty() ? "" : "/", verdict.sub_indication()),
        {{"indication", indication},
         {"sub_indication", verdict.sub_indication()},
         {"check", verdict.check()}});
  }
  return VerifiedSignature{
      .cert_sha256 = verdict.cert_sha256(),
      .evidence_sha256 = {verdict.evidence_sha256().begin(), verdict.evidence_sha256().end()}};
}

}  // namespace jodal::document
