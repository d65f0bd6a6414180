#include "services/registration/api/certificate_checks.h"

#include <grpcpp/grpcpp.h>

#include "absl/base/call_once.h"
#include "absl/strings/str_replace.h"
#include "common/rpc/call.h"
#include "jodal/signature/v1/signature.grpc.pb.h"
#include "services/registration/errors.h"

namespace jodal::registration {

namespace pb = jodal::signature::v1;

struct RemoteCertificateChecks::Stub {
  absl::once_flag once;
  std::unique_ptr<pb::SignatureService::Stub> service;
};

RemoteCertificateChecks::RemoteCertificateChecks(rpc::Peers* peers)
    : peers_(peers), stub_(std::make_unique<Stub>()) {}
RemoteCertificateChecks::~RemoteCertificateChecks() = default;

absl::Status RemoteCertificateChecks::CheckKeyAgreement(absl::string_view der, absl::Time at) {
  absl::call_once(stub_->once, [this] {
    stub_->service = pb::SignatureService::NewStub(peers_->Channel("signature"));
  });
  pb::VerifyCertificateRequest request;
  request.set_certificate(der.data(), der.size());
  request.set_purpose(pb::VerifyCertificateRequest::KEY_AGREEMENT);
  request.set_at_time_ns(absl::ToUnixNanos(at));
  const auto response = rpc::Invoke(*stub_->service, &pb::SignatureService::Stub::VerifyCertificate,
                                    request, {.retry = true});
  if (!response.ok()) return SignatureServiceAwayError();
  const pb::Verdict& verdict = response->verdict();
  if (verdict.indication() == pb::Verdict::TOTAL_PASSED) return absl::OkStatus();
  const std::string indication = absl::StrReplaceAll(
      pb::Verdict::Indication_Name(verdict.indication()), {{"TOTAL_", "TOTAL-"}});
  return EncryptionCertificateRefusedError({.indication = indication,
                                            .sub_indication = verdict.sub_indication(),
                                            .check = verdict.check()});
}

}  // namespace jodal::registration
