// Document verification by asking the signature service.
#ifndef JODAL_COMMON_DOCUMENT_REMOTE_VERIFIER_H_
#define JODAL_COMMON_DOCUMENT_REMOTE_VERIFIER_H_

#include <memory>

#include "common/document/document_verifier.h"
#include "common/rpc/peers.h"

namespace jodal::document {

// Thread-safe. `peers` outlives it; the channel is taken at the first call. A call waits at most
// rpc::kPeerDeadline; repeats are safe, as a verification changes nothing.
class RemoteDocumentVerifier : public DocumentVerifier {
 public:
  explicit RemoteDocumentVerifier(rpc::Peers* peers);
  ~RemoteDocumentVerifier() override;

  // UNAVAILABLE SIGNATURE_SERVICE_AWAY if no verdict could be had.
  absl::StatusOr<VerifiedSignature> Verify(absl::string_view content, absl::string_view signature,
                                           absl::Time at) override;

 private:
  struct Stub;
  rpc::Peers* const peers_;
  std::unique_ptr<Stub> stub_;
};

}  // namespace jodal::document

#endif  // JODAL_COMMON_DOCUMENT_REMOTE_VERIFIER_H_
