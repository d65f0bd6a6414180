// Opening a signed document: verify, bind to the caller, parse. The one entrance for every business
// act of a person.
#ifndef JODAL_COMMON_DOCUMENT_SIGNED_DOCUMENT_H_
#define JODAL_COMMON_DOCUMENT_SIGNED_DOCUMENT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/document/document_verifier.h"
#include "common/document/json.h"
#include "jodal/document/v1/signed.pb.h"

namespace google::protobuf {
class Descriptor;
}

namespace jodal::document {

inline constexpr size_t kSignatureBytesMax = 64 << 10;  // DER; chain certificates included

// What the document must say of itself.
struct Expected {
  std::string kind;         // "notice"
  std::string system;       // this installation
  std::string signer_id;    // the caller's person id; "" where the signer has none yet
  std::string cert_sha256;  // hex; the certificate of the caller's session; "" for any
  absl::Time at;            // time of the judgement: arrival
};

// The version of a message's schema (option document_version of signed.proto), 1 where it says
// nothing: what a document must say of itself.
int SchemaVersion(const google::protobuf::Descriptor& schema);

// The `kind` that a document says it is, "" if none, before anything about it is verified: to find
// its schema by. The errors of CheckStrictJson.
absl::StatusOr<std::string> KindOf(absl::string_view content);
// The `version` that it says it is of, 0 if none that a schema could have: for readers of documents
// that were kept, who know older schemas beside the one in use.
absl::StatusOr<int> VersionOf(absl::string_view content);

// Checks size and strict JSON, the signature, that the signer's certificate is the expected one,
// that `kind`, `system` and `signer` are as expected and `version` is the schema's; fills
// `message`. INVALID_ARGUMENT DOCUMENT_KIND, DOCUMENT_VERSION, DOCUMENT_TOO_LARGE;
// FAILED_PRECONDITION DOCUMENT_SYSTEM, DOCUMENT_SIGNER, SIGNER_MISMATCH, SIGNATURE_REFUSED; the
// errors of ParseStrictJson.
absl::StatusOr<VerifiedSignature> OpenDocument(DocumentVerifier& verifier,
                                               const jodal::document::v1::SignedDocument& document,
                                               const Expected& expected,
                                               google::protobuf::Message* message);

}  // namespace jodal::document

#endif  // JODAL_COMMON_DOCUMENT_SIGNED_DOCUMENT_H_
