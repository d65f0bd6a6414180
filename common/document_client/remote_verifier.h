// Document verification by asking the signature service.
#ifndef JODAL_COMMON_DOCUMENT_CLIENT_REMOTE_VERIFIER_H_
#define JODAL_COMMON_DOCUMENT_CLIENT_REMOTE_VERIFIER_H_

#include <deque>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/document/document_verifier.h"
#include "common/rpc/peers.h"
#include "jodal/signature/v1/signature.pb.h"

namespace jodal::document_client {

// Thread-safe. `peers` outlives it; the channel is taken at the first call. A call waits at most
// rpc::kPeerDeadline; repeats are safe, as a verification changes nothing.
//
// What waits while calls are under way travels together in the next one: under load, calls carry
// many documents and cost little each; an idle service asks at once. There is no timer.
class RemoteDocumentVerifier : public document::DocumentVerifier {
 public:
  explicit RemoteDocumentVerifier(rpc::Peers* peers);
  ~RemoteDocumentVerifier() override;

  // UNAVAILABLE SIGNATURE_SERVICE_AWAY if no verdict could be had.
  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override;

 private:
  struct Stub;
  struct Waiting {
    jodal::signature::v1::SignedBytes document;
    absl::StatusOr<document::VerifiedSignature> result;
    bool queued = true;
    bool done = false;
  };
  void Ask(const std::vector<Waiting*>& batch);

  rpc::Peers* const peers_;
  std::unique_ptr<Stub> stub_;
  absl::Mutex mu_;
  std::deque<Waiting*> queue_ ABSL_GUARDED_BY(mu_);
  int calls_ ABSL_GUARDED_BY(mu_) = 0;  // under way
};

}  // namespace jodal::document_client

#endif  // JODAL_COMMON_DOCUMENT_CLIENT_REMOTE_VERIFIER_H_
