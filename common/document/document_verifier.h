// Signed documents: a JSON byte string and a detached CAdES signature over exactly these bytes.
#ifndef JODAL_COMMON_DOCUMENT_DOCUMENT_VERIFIER_H_
#define JODAL_COMMON_DOCUMENT_DOCUMENT_VERIFIER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::document {

// What is kept with every accepted document so that it can be judged again years later.
struct VerifiedSignature {
  std::string cert_sha256;                   // hex; the signer
  std::vector<std::string> evidence_sha256;  // hex; chain certificates and CRLs, held by signature
};

class DocumentVerifier {
 public:
  virtual ~DocumentVerifier() = default;
  // Verifies `signature` over `content` as of `at` under the signature policy. Blocking;
  // thread-safe. FAILED_PRECONDITION SIGNATURE_REFUSED with metadata indication, sub_indication and
  // check if the verdict is not TOTAL-PASSED; UNAVAILABLE if no verdict could be had.
  virtual absl::StatusOr<VerifiedSignature> Verify(absl::string_view content,
                                                   absl::string_view signature, absl::Time at) = 0;
};

}  // namespace jodal::document

#endif  // JODAL_COMMON_DOCUMENT_DOCUMENT_VERIFIER_H_
