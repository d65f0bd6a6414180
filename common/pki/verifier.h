// The signature policy: what a signature must be for Jodal to act on it (docs/formats.md 1.4).
//
// A verdict speaks the words of ETSI EN 319 102-1 and always names the check that decided. The
// evaluation time is the moment of receipt: the log proves that the signature existed then, so a
// later expiry or revocation does not undo it, and the evidence kept with the document lets anyone
// repeat the verdict for that moment.
#ifndef JODAL_COMMON_PKI_VERIFIER_H_
#define JODAL_COMMON_PKI_VERIFIER_H_

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/crypto/openssl_ptr.h"
#include "common/pki/certificate.h"
#include "common/pki/cms_reader.h"
#include "common/pki/limits.h"
#include "common/pki/ready_key.h"
#include "common/pki/trust_store.h"

namespace jodal::pki {

enum class Indication { kTotalPassed, kTotalFailed, kIndeterminate };

// "TOTAL-PASSED", "TOTAL-FAILED", "INDETERMINATE".
absl::string_view IndicationName(Indication indication);

// The decision and what it rests on. Digests are 32 raw bytes.
//
//   sub_indication                        check
//   FORMAT_FAILURE                        a reason of cms_reader.h or CERT_*; OPENSSL_DISAGREES
//   HASH_FAILURE                          CONTENT_DIGEST
//   SIG_CRYPTO_FAILURE                    SIGNATURE_VALUE
//   CRYPTO_CONSTRAINTS_FAILURE            a reason of key_policy.h; CMS_DIGEST_UNSUPPORTED,
//                                         CMS_SIGNATURE_ALGORITHM, CMS_PSS_PARAMETERS,
//                                         CHAIN_CRYPTO
//   CHAIN_CONSTRAINTS_FAILURE             KEY_USAGE, CERT_IS_CA, CHAIN_CONSTRAINTS
//   NO_CERTIFICATE_CHAIN_FOUND            CHAIN_NOT_FOUND
//   EXPIRED, NOT_YET_VALID                CERT_EXPIRED, CERT_NOT_YET_VALID (any in the chain)
//   REVOKED                               CERT_REVOKED: in force at the evaluation time
//   REVOKED_NO_POE                        CERT_REVOKED: entered with a date after it
//   REVOKED_CA_NO_POE                     CA_REVOKED
//   TRY_LATER                             CRL_MISSING, CRL_STALE
//   CERTIFICATE_CHAIN_GENERAL_FAILURE     CHAIN_INVALID
//
// TOTAL-FAILED: FORMAT_FAILURE, HASH_FAILURE, SIG_CRYPTO_FAILURE, REVOKED, EXPIRED, NOT_YET_VALID;
// the last three because the moment of receipt is taken for the moment of signing (a claimed
// signing time proves nothing). All others are INDETERMINATE. Only TOTAL-PASSED counts.
// CHAIN_CONSTRAINTS includes the purpose: a signing certificate with an extended key usage must
// allow e-mail protection, so a TLS certificate never signs a document.
struct Verdict {
  Indication indication = Indication::kIndeterminate;
  std::string sub_indication;      // empty when passed
  std::string check;               // empty when passed
  std::string explanation;         // for people; no personal data
  std::string signer_cert_sha256;  // empty if the signature could not be read that far
  std::string signer_cert_der;
  // Of the chain (signer first, anchor last) and of every CRL of its issuers in force; set when
  // passed. Evidence() gives the bytes.
  std::vector<std::string> evidence_sha256;

  bool passed() const { return indication == Indication::kTotalPassed; }
};

enum class CertificatePurpose { kSigning, kKeyAgreement };

// Thread-safe. Holds no secret; its cache may be lost at any time.
class Verifier {
 public:
  explicit Verifier(std::shared_ptr<const TrustStore> trust,
                    size_t cache_entries_max = kCertificateCacheEntriesMax)
      : cache_entries_max_(cache_entries_max), trust_(std::move(trust)) {}

  // Judges the detached signature `p7s` over exactly `content` as of `at` (whole seconds count).
  // Reads strictly first. A certificate that passed under this snapshot costs a digest and a
  // signature check; any other goes through OpenSSL's CMS_verify and full path validation.
  Verdict Verify(absl::string_view content, absl::string_view p7s, absl::Time at);

  // Judges a certificate for registration, under the same policy. A signing certificate that passes
  // is warm afterwards.
  Verdict VerifyCertificate(absl::string_view der, absl::Time at, CertificatePurpose purpose);

  // Replaces the snapshot and forgets every cached certificate. INVALID_ARGUMENT TRUST_EPOCH if the
  // epoch does not grow.
  absl::Status UpdateTrust(std::shared_ptr<const TrustStore> trust);

  std::shared_ptr<const TrustStore> trust() const;

  // Bytes behind a digest of Verdict::evidence_sha256: of the present snapshot and the one before
  // it; the signer's own are in the verdict. NOT_FOUND EVIDENCE_UNKNOWN. Store them with the
  // document at once.
  absl::StatusOr<std::string> Evidence(absl::string_view sha256) const;

  struct Stats {
    uint64_t hot = 0;   // verified with a cached certificate
    uint64_t slow = 0;  // full validations
    size_t cached = 0;
  };
  Stats stats() const;

 private:
  struct Entry {
    std::string cert_sha256;
    ReadyKey key;  // without the certificate, which is several times as large
    std::vector<std::string> evidence_sha256;
    int64_t from, until;  // Unix seconds [from, until) in which the validation holds
  };
  using Lru = std::list<std::shared_ptr<const Entry>>;

  std::shared_ptr<const Entry> Cached(const std::string& sha256, int64_t at);
  void Remember(const std::shared_ptr<const TrustStore>& trust, std::shared_ptr<const Entry> entry);
  // Fills `verdict` and returns the entry if the certificate passes.
  std::shared_ptr<const Entry> Validate(const TrustStore& trust, const Certificate& certificate,
                                        int64_t at, CertificatePurpose purpose, Verdict& verdict);

  const size_t cache_entries_max_;
  mutable absl::Mutex mu_;
  std::shared_ptr<const TrustStore> trust_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<const TrustStore> previous_trust_ ABSL_GUARDED_BY(mu_);
  Lru lru_ ABSL_GUARDED_BY(mu_);  // most recently used first
  absl::flat_hash_map<std::string, Lru::iterator> cache_ ABSL_GUARDED_BY(mu_);
  uint64_t hot_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t slow_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_VERIFIER_H_
