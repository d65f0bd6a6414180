// A small certificate authority for demonstrations and tests: a P-256 root and one issuing CA.
//
// Certificates follow RFC 5280 strictly (critical basicConstraints and keyUsage, AKI and SKI,
// random 128-bit serials, certificatePolicies), so that the policy of verifier.h accepts them. Time
// is always passed in. Not thread-safe.
#ifndef JODAL_COMMON_PKI_CA_H_
#define JODAL_COMMON_PKI_CA_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/pki/certificate.h"
#include "common/pki/key.h"

namespace jodal::pki {

enum class LeafUsage {
  kSigning,          // digitalSignature + nonRepudiation: documents
  kKeyAgreement,     // keyAgreement: what is encrypted to an EC key, shares of a sealed bid too
  kKeyEncipherment,  // keyEncipherment: the same for RSA keys
  kTlsServer,        // digitalSignature, extended usage serverAuth
  kTlsClient,        // digitalSignature, extended usage clientAuth
  kTlsPeer,          // both: a service that is called and calls
};

struct CaRequest {
  std::string root_cn = "Jodal Demo Root CA";
  std::string issuing_cn = "Jodal Demo Issuing CA";
  std::string organization = "Jodal Demo";
  absl::Time not_before;
  absl::Time not_after;  // of both CAs
};

struct LeafRequest {
  std::string cn;  // 1 to 64 characters, UTF-8
  std::string o;   // may be empty
  std::string spki_der;
  LeafUsage usage = LeafUsage::kSigning;
  std::vector<std::string> dns_names;     // TLS only
  std::vector<std::string> ip_addresses;  // TLS only, text form
  absl::Time not_before;
  absl::Time not_after;
};

class CertificateAuthority {
 public:
  // Makes both keys and certificates. INVALID_ARGUMENT CA_REQUEST_INVALID, INTERNAL.
  static absl::StatusOr<CertificateAuthority> Create(const CaRequest& request);

  // Reads what Save wrote. Reasons of PrivateKey::LoadFile and Certificate, DATA_LOSS
  // CA_STATE_INVALID.
  static absl::StatusOr<CertificateAuthority> Load(const std::string& dir,
                                                   absl::string_view pin = "");

  // Writes keys (0600, never overwritten: a second Save to the same directory keeps them),
  // certificates and the list of revocations. Call it again after Revoke.
  absl::Status Save(const std::string& dir, absl::string_view pin = "") const;

  const Certificate& root() const { return root_; }
  const Certificate& issuing() const { return issuing_; }

  // A certificate by the issuing CA. INVALID_ARGUMENT CA_REQUEST_INVALID.
  absl::StatusOr<Certificate> Issue(const LeafRequest& request) const;

  // Enters `serial` (Certificate::serial()) in the issuing CA's next CRL, or, if it is the issuing
  // CA's own, in the root's. Revoking again keeps the first time.
  void Revoke(absl::string_view serial, absl::Time when);

  // CRLs, DER, thisUpdate = now (whole seconds). CRL numbers grow with `now`.
  absl::StatusOr<std::string> RootCrl(absl::Time now, absl::Time next_update);
  absl::StatusOr<std::string> IssuingCrl(absl::Time now, absl::Time next_update);

  // Lays out what TrustStore::Load reads: anchors/, intermediates/ and crls/ under `dir`. Replaces
  // files from an earlier call atomically, one by one.
  absl::Status WriteTrustDirectory(const std::string& dir, absl::Time now, absl::Time next_update);

 private:
  CertificateAuthority(PrivateKey root_key, Certificate root, PrivateKey issuing_key,
                       Certificate issuing)
      : root_key_(std::move(root_key)),
        root_(std::move(root)),
        issuing_key_(std::move(issuing_key)),
        issuing_(std::move(issuing)) {}
  absl::StatusOr<std::string> Crl(bool by_root, absl::Time now, absl::Time next_update);

  PrivateKey root_key_;
  Certificate root_;
  PrivateKey issuing_key_;
  Certificate issuing_;
  std::map<std::string, absl::Time> revoked_;  // by serial
  uint64_t last_crl_number_ = 0;
};

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_CA_H_
