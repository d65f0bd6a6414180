// The use cases of the signature service: verdicts under one policy, and the evidence behind them.
//
// A verdict that passed is answered only when every certificate and CRL it rests on is durable
// here, so that the document can be judged again years later. Thread-safe.
#ifndef JODAL_SERVICES_SIGNATURE_ENGINE_SIGNATURE_ENGINE_H_
#define JODAL_SERVICES_SIGNATURE_ENGINE_SIGNATURE_ENGINE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/host/module.h"
#include "common/pki/verifier.h"
#include "jodal/signature/v1/signature.pb.h"

namespace jodal::signature {

class SignatureEngine {
 public:
  // Reads anchors, intermediates and CRLs from `trust_dir` (common/pki/trust_store.h) and the CRLs
  // received earlier from the ledger. Errors of pki::TrustStore::Load.
  static absl::StatusOr<std::unique_ptr<SignatureEngine>> Create(const host::ModuleContext& context,
                                                                 std::string trust_dir);

  // One document. Errors are of this service, not of the document: LEDGER_STOPPED and the like.
  absl::Status Judge(absl::string_view content, absl::string_view signature, absl::Time at,
                     v1::Verdict* verdict);
  // Many. INVALID_ARGUMENT TOO_MANY_DOCUMENTS.
  absl::Status Verify(const rpc::Call& call, const v1::VerifyRequest& request,
                      v1::VerifyResponse* response);
  absl::Status VerifyCertificate(const rpc::Call& call, const v1::VerifyCertificateRequest& request,
                                 v1::VerifyCertificateResponse* response);
  absl::Status GetEvidence(const rpc::Call& call, const v1::GetEvidenceRequest& request,
                           v1::GetEvidenceResponse* response);
  // A CRL needs no other proof: it must be signed by a configured authority and be newer than the
  // one in force. Logged, durable, and in force for every later verdict when this returns.
  absl::Status UpdateCrl(const rpc::Call& call, const v1::UpdateCrlRequest& request,
                         v1::UpdateCrlResponse* response);
  absl::Status GetStatus(const rpc::Call& call, const v1::GetStatusRequest& request,
                         v1::GetStatusResponse* response);

 private:
  SignatureEngine(const host::ModuleContext& context, std::string trust_dir)
      : context_(context), trust_dir_(std::move(trust_dir)) {}

  // The configured trust with the CRLs received so far, as the next epoch.
  absl::StatusOr<std::shared_ptr<const pki::TrustStore>> LoadTrust(uint64_t epoch) const;
  absl::Status Answer(const pki::Verdict& verdict, v1::Verdict* out);
  absl::Status KeepEvidence(const pki::Verdict& verdict);

  const host::ModuleContext context_;
  const std::string trust_dir_;
  std::unique_ptr<pki::Verifier> verifier_;

  absl::Mutex trust_mu_;  // one change of trust at a time
  absl::Mutex kept_mu_;
  // Digests known to be durable: only saves asking the store again.
  absl::flat_hash_set<std::string> kept_ ABSL_GUARDED_BY(kept_mu_);
};

}  // namespace jodal::signature

#endif  // JODAL_SERVICES_SIGNATURE_ENGINE_SIGNATURE_ENGINE_H_
