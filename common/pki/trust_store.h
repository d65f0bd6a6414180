// What the verifier trusts: an immutable snapshot of anchors, intermediates and CRLs.
#ifndef JODAL_COMMON_PKI_TRUST_STORE_H_
#define JODAL_COMMON_PKI_TRUST_STORE_H_

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/openssl_ptr.h"
#include "common/pki/certificate.h"

namespace jodal::pki {

using X509StorePtr = std::unique_ptr<X509_STORE, crypto::OpenSslDeleter<X509_STORE_free>>;

struct TrustInput {
  std::vector<std::string> anchors;        // DER or PEM, self-signed
  std::vector<std::string> intermediates;  // DER or PEM; give paths, never trust
  std::vector<std::string> crls;           // DER or PEM, base or delta, with a nextUpdate
  uint64_t epoch = 0;                      // grows with every snapshot of one verifier
};

// Immutable and thread-safe.
class TrustStore {
 public:
  // INVALID_ARGUMENT TRUST_NO_ANCHORS, TRUST_ANCHOR_INVALID (unreadable or not self-signed),
  // TRUST_INTERMEDIATE_INVALID, TRUST_CRL_INVALID; metadata `index` says which one.
  static absl::StatusOr<std::shared_ptr<const TrustStore>> Create(const TrustInput& input);

  // Reads every regular file but *.tmp of anchors/, intermediates/ and crls/ under `dir`; the last
  // two may be absent. As Create, with metadata `file`; UNAVAILABLE TRUST_FILE_IO.
  static absl::StatusOr<std::shared_ptr<const TrustStore>> Load(const std::string& dir,
                                                                uint64_t epoch);

  // For an offline verifier: its own anchors and the evidence bytes of a bundle, certificates and
  // CRLs in any order. TRUST_EVIDENCE_INVALID for bytes that are neither.
  static absl::StatusOr<std::shared_ptr<const TrustStore>> FromEvidence(
      const std::vector<std::string>& anchors, const std::vector<std::string>& evidence);

  TrustStore(const TrustStore&) = delete;
  TrustStore& operator=(const TrustStore&) = delete;

  uint64_t epoch() const { return epoch_; }

  // Bytes (DER) of an anchor, intermediate or CRL by its SHA-256 (32 raw bytes); nullptr if not
  // here.
  const std::string* Find(absl::string_view sha256) const;

  // Digests of the CRLs by the issuer named `issuer_der` that are in force at `at` (Unix seconds).
  std::vector<std::string> CrlsInForce(absl::string_view issuer_der, int64_t at) const;

  // The widest [first, second) around `at`, in Unix seconds, in which no certificate or CRL of this
  // snapshot begins or ends: a path is good in all of it or in none of it.
  std::pair<int64_t, int64_t> SteadyInterval(int64_t at) const;

  // A fresh OpenSSL store with the anchors and CRLs, on which the caller sets time and flags.
  // Shares the parsed objects.
  X509StorePtr NewX509Store() const;

  // Untrusted certificates for path building; owned by this object, read only.
  STACK_OF(X509) * intermediates() const { return intermediates_.get(); }

 private:
  using X509CrlPtr = std::unique_ptr<X509_CRL, crypto::OpenSslDeleter<X509_CRL_free>>;
  struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
  };
  struct Crl {
    X509CrlPtr crl;
    std::string sha256, issuer_der;
    std::string number;  // 20 bytes big endian (RFC 5280 5.2.3); empty if it has none
    bool delta = false;
    int64_t this_update, next_update;
  };

  TrustStore() = default;
  static absl::StatusOr<Crl> ParseCrl(absl::string_view bytes, std::string& der);
  absl::Status Fill(const TrustInput& input);
  void DropSuperseded();
  void Keep(const Certificate& certificate);

  uint64_t epoch_ = 0;
  std::vector<Certificate> anchors_;
  std::vector<Certificate> intermediate_certificates_;
  std::unique_ptr<STACK_OF(X509), FreeStack> intermediates_;
  std::vector<Crl> crls_;
  std::map<std::string, std::string> bytes_;  // by SHA-256
  std::vector<int64_t> boundaries_;           // sorted, Unix seconds
};

}  // namespace jodal::pki

#endif  // JODAL_COMMON_PKI_TRUST_STORE_H_
