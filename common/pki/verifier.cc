#include "common/pki/verifier.h"

#include <openssl/cms.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/hash.h"
#include "common/pki/errors.h"
#include "common/pki/key_policy.h"
#include "common/status/error.h"

namespace jodal::pki {
namespace {

using CmsPtr = std::unique_ptr<CMS_ContentInfo, crypto::OpenSslDeleter<CMS_ContentInfo_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, crypto::OpenSslDeleter<X509_STORE_CTX_free>>;

struct Finding {
  absl::string_view sub_indication, check;
};

bool IsTotalFailure(absl::string_view sub_indication) {
  for (absl::string_view s : {"FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "REVOKED",
                              "EXPIRED", "NOT_YET_VALID"}) {
    if (s == sub_indication) return true;
  }
  return false;
}

void Conclude(const Finding& finding, absl::string_view explanation, Verdict& verdict) {
  verdict.indication = IsTotalFailure(finding.sub_indication) ? Indication::kTotalFailed
                                                              : Indication::kIndeterminate;
  verdict.sub_indication = std::string(finding.sub_indication);
  verdict.check = std::string(finding.check);
  verdict.explanation = std::string(explanation);
}

void Conclude(absl::string_view sub_indication, const absl::Status& status, Verdict& verdict) {
  Conclude({sub_indication, ErrorReason(status)}, status.message(), verdict);
}

Finding FindingOf(int x509_error) {
  switch (x509_error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {"NOT_YET_VALID", "CERT_NOT_YET_VALID"};
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {"EXPIRED", "CERT_EXPIRED"};
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
      return {"NO_CERTIFICATE_CHAIN_FOUND", "CHAIN_NOT_FOUND"};
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
      return {"TRY_LATER", "CRL_MISSING"};
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
      return {"TRY_LATER", "CRL_STALE"};
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
      return {"CRYPTO_CONSTRAINTS_FAILURE", "CHAIN_CRYPTO"};
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_INVALID_PURPOSE:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_INVALID_POLICY_EXTENSION:
    case X509_V_ERR_NO_EXPLICIT_POLICY:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
      return {"CHAIN_CONSTRAINTS_FAILURE", "CHAIN_CONSTRAINTS"};
    default:
      return {"CERTIFICATE_CHAIN_GENERAL_FAILURE", "CHAIN_INVALID"};
  }
}

// OpenSSL forgets the CRL when it has found a revocation, so its date is taken in the callback.
int NoteRevocation(int ok, X509_STORE_CTX* ctx) {
  if (!ok && X509_STORE_CTX_get_error(ctx) == X509_V_ERR_CERT_REVOKED) {
    auto* date = static_cast<std::optional<int64_t>*>(X509_STORE_CTX_get_app_data(ctx));
    X509_CRL* crl = X509_STORE_CTX_get0_current_crl(ctx);
    X509_REVOKED* revoked = nullptr;
    std::tm tm{};
    if (crl != nullptr &&
        X509_CRL_get0_by_cert(crl, &revoked, X509_STORE_CTX_get_current_cert(ctx)) == 1 &&
        ASN1_TIME_to_tm(X509_REVOKED_get0_revocationDate(revoked), &tm) == 1) {
      *date = absl::ToUnixSeconds(absl::FromTM(tm, absl::UTCTimeZone()));
    }
  }
  return ok;
}

X509StorePtr StoreAt(const TrustStore& trust, int64_t at, CertificatePurpose purpose) {
  X509StorePtr store = trust.NewX509Store();
  X509_VERIFY_PARAM* param = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(param, at);
  X509_VERIFY_PARAM_set_auth_level(param, 2);  // 112 bits throughout the chain, no SHA-1
  crypto::OpenSslCheck(
      X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL |
                                             X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                                             X509_V_FLAG_USE_DELTAS | X509_V_FLAG_X509_STRICT |
                                             X509_V_FLAG_POLICY_CHECK) == 1 &&
          X509_VERIFY_PARAM_set_purpose(param, purpose == CertificatePurpose::kSigning
                                                   ? X509_PURPOSE_SMIME_SIGN
                                                   : X509_PURPOSE_ANY) == 1,
      "X509_VERIFY_PARAM");
  return store;
}

// The library's whole judgement of the same bytes under the same store. Debian's OpenSSL builds
// paths only from certificates inside the message, so the intermediates are put there.
bool OpenSslAccepts(const TrustStore& trust, absl::string_view content, absl::string_view p7s,
                    int64_t at) {
  const unsigned char* p = crypto::Bytes(p7s);
  const CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &p, static_cast<long>(p7s.size())));
  const crypto::BioPtr bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  const X509StorePtr store = StoreAt(trust, at, CertificatePurpose::kSigning);
  for (int i = 0; cms && i < sk_X509_num(trust.intermediates()); ++i) {
    CMS_add1_cert(cms.get(), sk_X509_value(trust.intermediates(), i));  // fails if already there
  }
  const bool accepted = cms && bio &&
                        CMS_verify(cms.get(), nullptr, store.get(), bio.get(), nullptr,
                                   CMS_BINARY | CMS_DETACHED | CMS_CADES) == 1;
  crypto::ClearOpenSslErrors();
  return accepted;
}

std::string SpkiOf(X509* x) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der);
  if (size <= 0) return "";
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

std::string DerOf(X509* x) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(x, &der);
  crypto::OpenSslCheck(size > 0, "i2d_X509");
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

// Every key of the chain but the anchor's, which the operator has chosen to trust.
absl::Status CheckChainKeys(STACK_OF(X509) * chain) {
  for (int i = 1; i + 1 < sk_X509_num(chain); ++i) {
    const absl::Status status = CheckKeyPolicy(SpkiOf(sk_X509_value(chain, i)));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view IndicationName(Indication indication) {
  switch (indication) {
    case Indication::kTotalPassed:
      return "TOTAL-PASSED";
    case Indication::kTotalFailed:
      return "TOTAL-FAILED";
    case Indication::kIndeterminate:
      return "INDETERMINATE";
  }
  return "INDETERMINATE";
}

std::shared_ptr<const Verifier::Entry> Verifier::Validate(const TrustStore& trust,
                                                          const Certificate& certificate,
                                                          int64_t at, CertificatePurpose purpose,
                                                          Verdict& verdict) {
  const bool signing = purpose == CertificatePurpose::kSigning;
  if (certificate.is_ca()) {
    Conclude({"CHAIN_CONSTRAINTS_FAILURE", "CERT_IS_CA"},
             "a certificate authority cannot act as a person", verdict);
    return nullptr;
  }
  const uint32_t wanted =
      signing ? kUsageDigitalSignature | kUsageNonRepudiation : kUsageKeyAgreement;
  if ((certificate.key_usage() & wanted) == 0) {
    Conclude(
        {"CHAIN_CONSTRAINTS_FAILURE", "KEY_USAGE"},
        signing ? "the certificate is not for signing" : "the certificate is not for key agreement",
        verdict);
    return nullptr;
  }
  const X509StorePtr store = StoreAt(trust, at, purpose);
  const StoreCtxPtr ctx(X509_STORE_CTX_new());
  crypto::OpenSslCheck(ctx && X509_STORE_CTX_init(ctx.get(), store.get(), certificate.get(),
                                                  trust.intermediates()) == 1,
                       "X509_STORE_CTX_init");
  std::optional<int64_t> revoked_at;
  X509_STORE_CTX_set_app_data(ctx.get(), &revoked_at);
  X509_STORE_CTX_set_verify_cb(ctx.get(), NoteRevocation);
  const bool valid = X509_verify_cert(ctx.get()) == 1;
  const int error = X509_STORE_CTX_get_error(ctx.get());
  const int depth = X509_STORE_CTX_get_error_depth(ctx.get());
  crypto::ClearOpenSslErrors();
  if (!valid || error != X509_V_OK) {
    Finding finding = FindingOf(error);
    if (error == X509_V_ERR_CERT_REVOKED) {
      finding = depth > 0                        ? Finding{"REVOKED_CA_NO_POE", "CA_REVOKED"}
                : revoked_at && *revoked_at > at ? Finding{"REVOKED_NO_POE", "CERT_REVOKED"}
                                                 : Finding{"REVOKED", "CERT_REVOKED"};
    }
    Conclude(finding,
             absl::StrCat(X509_verify_cert_error_string(error), " (certificate ", depth,
                          " of the chain)"),
             verdict);
    return nullptr;
  }
  STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(ctx.get());
  const absl::Status keys = CheckChainKeys(chain);
  if (!keys.ok()) {
    Conclude("CRYPTO_CONSTRAINTS_FAILURE", keys, verdict);
    return nullptr;
  }
  std::vector<std::string> evidence;
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    evidence.push_back(crypto::Sha256(DerOf(sk_X509_value(chain, i))));
  }
  for (int i = 1; i < sk_X509_num(chain); ++i) {
    const unsigned char* name = nullptr;
    size_t size = 0;
    crypto::OpenSslCheck(
        X509_NAME_get0_der(X509_get_subject_name(sk_X509_value(chain, i)), &name, &size) == 1,
        "X509_NAME_get0_der");
    for (std::string& crl : trust.CrlsInForce({reinterpret_cast<const char*>(name), size}, at)) {
      evidence.push_back(std::move(crl));
    }
  }
  const auto [from, until] = trust.SteadyInterval(at);
  return std::make_shared<const Entry>(
      Entry{certificate.sha256(), ReadyKey(certificate.public_key()), std::move(evidence),
            std::max(from, absl::ToUnixSeconds(certificate.not_before())),
            std::min(until, absl::ToUnixSeconds(certificate.not_after()))});
}

Verdict Verifier::Verify(absl::string_view content, absl::string_view p7s, absl::Time at) {
  Verdict verdict;
  const auto cms = ReadCms(p7s);
  if (!cms.ok()) {
    const std::string reason = ErrorReason(cms.status());
    const bool crypto_reason = reason == "CMS_DIGEST_UNSUPPORTED" ||
                               reason == "CMS_SIGNATURE_ALGORITHM" ||
                               reason == "CMS_PSS_PARAMETERS";
    Conclude(crypto_reason ? "CRYPTO_CONSTRAINTS_FAILURE" : "FORMAT_FAILURE", cms.status(),
             verdict);
    return verdict;
  }
  verdict.signer_cert_sha256 = cms->signer_cert_sha256;
  verdict.signer_cert_der = std::string(cms->signer_cert_der);
  if (Digest(cms->hash, content) != cms->message_digest) {
    Conclude({"HASH_FAILURE", "CONTENT_DIGEST"}, "the content is not what was signed", verdict);
    return verdict;
  }
  const int64_t at_s = absl::ToUnixSeconds(at);
  const auto trust = this->trust();
  std::shared_ptr<const Entry> entry = Cached(cms->signer_cert_sha256, at_s);
  std::optional<Certificate> certificate;  // only where it is not known already
  if (entry == nullptr) {
    auto read = Certificate::FromDer(cms->signer_cert_der);
    if (!read.ok()) {
      Conclude("FORMAT_FAILURE", read.status(), verdict);
      return verdict;
    }
    certificate = *std::move(read);
    const absl::Status key = CheckKeyPolicy(certificate->spki_der());
    if (!key.ok()) {
      Conclude("CRYPTO_CONSTRAINTS_FAILURE", key, verdict);
      return verdict;
    }
  }
  const bool valid = certificate ? SignatureValid(certificate->public_key(), cms->scheme, cms->hash,
                                                  cms->signed_attrs_der, cms->signature)
                                 : entry->key.Verifies(cms->scheme, cms->hash,
                                                       cms->signed_attrs_der, cms->signature);
  if (!valid) {
    Conclude({"SIG_CRYPTO_FAILURE", "SIGNATURE_VALUE"},
             "the signature is not by the certificate's key", verdict);
    return verdict;
  }
  if (certificate.has_value()) {
    entry = Validate(*trust, *certificate, at_s, CertificatePurpose::kSigning, verdict);
    if (entry == nullptr) return verdict;
    if (!OpenSslAccepts(*trust, content, p7s, at_s)) {
      Conclude({"FORMAT_FAILURE", "OPENSSL_DISAGREES"},
               "the library refuses what the profile accepts", verdict);
      return verdict;
    }
    Remember(trust, entry);
  }
  verdict.indication = Indication::kTotalPassed;
  verdict.evidence_sha256 = entry->evidence_sha256;
  return verdict;
}

Verdict Verifier::VerifyCertificate(absl::string_view der, absl::Time at,
                                    CertificatePurpose purpose) {
  Verdict verdict;
  const auto certificate = Certificate::FromDer(der);
  if (!certificate.ok()) {
    Conclude("FORMAT_FAILURE", certificate.status(), verdict);
    return verdict;
  }
  verdict.signer_cert_sha256 = certificate->sha256();
  verdict.signer_cert_der = certificate->der();
  const absl::Status key = CheckKeyPolicy(certificate->spki_der());
  if (!key.ok()) {
    Conclude("CRYPTO_CONSTRAINTS_FAILURE", key, verdict);
    return verdict;
  }
  const auto trust = this->trust();
  auto entry = Validate(*trust, *certificate, absl::ToUnixSeconds(at), purpose, verdict);
  if (entry == nullptr) return verdict;
  verdict.indication = Indication::kTotalPassed;
  verdict.evidence_sha256 = entry->evidence_sha256;
  if (purpose == CertificatePurpose::kSigning) Remember(trust, std::move(entry));
  return verdict;
}

std::shared_ptr<const Verifier::Entry> Verifier::Cached(const std::string& sha256, int64_t at) {
  absl::MutexLock lock(&mu_);
  const auto it = cache_.find(sha256);
  if (it == cache_.end() || at < (*it->second)->from || at >= (*it->second)->until) {
    ++slow_;
    return nullptr;
  }
  ++hot_;
  lru_.splice(lru_.begin(), lru_, it->second);
  return *it->second;
}

void Verifier::Remember(const std::shared_ptr<const TrustStore>& trust,
                        std::shared_ptr<const Entry> entry) {
  absl::MutexLock lock(&mu_);
  if (trust != trust_ || cache_entries_max_ == 0) return;
  const std::string sha256 = entry->cert_sha256;
  if (const auto it = cache_.find(sha256); it != cache_.end()) {
    lru_.erase(it->second);
    cache_.erase(it);
  }
  lru_.push_front(std::move(entry));
  cache_[sha256] = lru_.begin();
  if (lru_.size() > cache_entries_max_) {
    cache_.erase(lru_.back()->cert_sha256);
    lru_.pop_back();
  }
}

absl::Status Verifier::UpdateTrust(std::shared_ptr<const TrustStore> trust) {
  absl::MutexLock lock(&mu_);
  if (trust->epoch() <= trust_->epoch()) {
    return MakeError(kErrors["TRUST_EPOCH"], "a new trust snapshot needs a higher epoch");
  }
  previous_trust_ = std::move(trust_);
  trust_ = std::move(trust);
  cache_.clear();
  lru_.clear();
  return absl::OkStatus();
}

std::shared_ptr<const TrustStore> Verifier::trust() const {
  absl::MutexLock lock(&mu_);
  return trust_;
}

absl::StatusOr<std::string> Verifier::Evidence(absl::string_view sha256) const {
  absl::MutexLock lock(&mu_);
  for (const auto& trust : {trust_, previous_trust_}) {
    const std::string* bytes = trust ? trust->Find(sha256) : nullptr;
    if (bytes != nullptr) return *bytes;
  }
  return MakeError(kErrors["EVIDENCE_UNKNOWN"], "no evidence of this digest");
}

Verifier::Stats Verifier::stats() const {
  absl::MutexLock lock(&mu_);
  return {hot_, slow_, lru_.size()};
}

}  // namespace jodal::pki
