#include "services/signature/engine/signature_engine.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/openssl_ptr.h"
#include "common/status/macros.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/signature/errors.h"
#include "services/signature/limits.h"
#include "services/signature/store/signature_store.h"

namespace jodal::signature {
namespace {

using CrlPtr = std::unique_ptr<X509_CRL, crypto::OpenSslDeleter<X509_CRL_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, crypto::OpenSslDeleter<ASN1_INTEGER_free>>;
using BignumPtr = std::unique_ptr<BIGNUM, crypto::OpenSslDeleter<BN_free>>;

// Distinguishes CRLs by issuer and number; the number is padded so that keys sort by it.
struct CrlFacts {
  CrlPtr crl;
  std::string issuer_key;
  std::string issuer_name;
  std::string number;
};

absl::StatusOr<CrlFacts> ReadCrl(absl::string_view der) {
  if (der.size() > kCrlBytesMax) return CrlInvalid("it is too large");
  const auto* p = reinterpret_cast<const unsigned char*>(der.data());
  CrlFacts facts;
  facts.crl.reset(d2i_X509_CRL(nullptr, &p, static_cast<long>(der.size())));
  if (facts.crl == nullptr ||
      p != reinterpret_cast<const unsigned char*>(der.data()) + der.size()) {
    return CrlInvalid("it is not DER");
  }
  const X509_NAME* issuer = X509_CRL_get_issuer(facts.crl.get());
  unsigned char* name = nullptr;
  const int name_bytes = i2d_X509_NAME(issuer, &name);
  if (name_bytes <= 0) return CrlInvalid("its issuer cannot be read");
  facts.issuer_key = HexEncode(crypto::Sha256(
      absl::string_view(reinterpret_cast<char*>(name), static_cast<size_t>(name_bytes))));
  OPENSSL_free(name);
  char text[256];
  X509_NAME_oneline(issuer, text, sizeof text);
  facts.issuer_name = text;
  IntegerPtr number(static_cast<ASN1_INTEGER*>(
      X509_CRL_get_ext_d2i(facts.crl.get(), NID_crl_number, nullptr, nullptr)));
  if (number == nullptr) return CrlInvalid("it has no number");
  BignumPtr value(ASN1_INTEGER_to_BN(number.get(), nullptr));
  if (value == nullptr || BN_is_negative(value.get()) || BN_num_bytes(value.get()) > 20) {
    return CrlInvalid("its number is out of range (RFC 5280 5.2.3)");
  }
  std::string padded(20, '\0');
  if (BN_bn2binpad(value.get(), reinterpret_cast<unsigned char*>(padded.data()), 20) != 20) {
    return CrlInvalid("its number cannot be read");
  }
  facts.number = HexEncode(padded);
  return facts;
}

absl::StatusOr<std::vector<std::string>> ReadFolder(const std::string& dir) {
  std::vector<std::string> out;
  std::error_code error;
  if (!std::filesystem::exists(dir, error)) return out;
  for (const auto& file : std::filesystem::directory_iterator(dir, error)) {
    if (!file.is_regular_file() || file.path().extension() == ".tmp") continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in) return absl::UnavailableError(absl::StrCat("cannot read ", file.path().string()));
    out.push_back(bytes.str());
  }
  if (error) return absl::UnavailableError(absl::StrCat("cannot list ", dir));
  return out;
}

v1::Verdict::Indication ToProto(pki::Indication indication) {
  switch (indication) {
    case pki::Indication::kTotalPassed:
      return v1::Verdict::TOTAL_PASSED;
    case pki::Indication::kTotalFailed:
      return v1::Verdict::TOTAL_FAILED;
    case pki::Indication::kIndeterminate:
      break;
  }
  return v1::Verdict::INDETERMINATE;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SignatureEngine>> SignatureEngine::Create(
    const host::ModuleContext& context, std::string trust_dir) {
  std::unique_ptr<SignatureEngine> engine(new SignatureEngine(context, std::move(trust_dir)));
  ASSIGN_OR_RETURN(auto trust, engine->LoadTrust(1));
  engine->verifier_ = std::make_unique<pki::Verifier>(std::move(trust));
  return engine;
}

absl::StatusOr<std::shared_ptr<const pki::TrustStore>> SignatureEngine::LoadTrust(
    uint64_t epoch) const {
  pki::TrustInput input;
  input.epoch = epoch;
  ASSIGN_OR_RETURN(input.anchors, ReadFolder(trust_dir_ + "/anchors"));
  ASSIGN_OR_RETURN(input.intermediates, ReadFolder(trust_dir_ + "/intermediates"));
  ASSIGN_OR_RETURN(input.crls, ReadFolder(trust_dir_ + "/crls"));
  RETURN_IF_ERROR(context_.ledger->View(
      ledger::ShardOf(kParent), [&](const kv::Reader& reader) -> absl::Status {
        ASSIGN_OR_RETURN(auto rows, CrlTable().List(reader, "", "", kCrlsKeptMax));
        for (auto& row : rows) input.crls.push_back(row.record.der());
        return absl::OkStatus();
      }));
  return pki::TrustStore::Create(input);
}

absl::Status SignatureEngine::KeepEvidence(const pki::Verdict& verdict) {
  const std::vector<std::string>& sha256 = verdict.evidence_sha256;
  std::vector<std::pair<std::string, store::v1::EvidenceRecord>> fresh;
  {
    absl::MutexLock lock(&kept_mu_);
    for (const std::string& digest : sha256) {
      if (!kept_.contains(digest)) fresh.push_back({HexEncode(digest), {}});
    }
  }
  if (fresh.empty()) return absl::OkStatus();
  for (auto& [hex, record] : fresh) {
    ASSIGN_OR_RETURN(const std::string digest, HexDecode(hex));
    // The verifier need not know the judged certificate any more; the verdict has its bytes.
    if (digest == verdict.signer_cert_sha256) {
      record.set_der(verdict.signer_cert_der);
    } else {
      ASSIGN_OR_RETURN(*record.mutable_der(), verifier_->Evidence(digest));
    }
    record.set_crl(!pki::Certificate::FromDer(record.der()).ok());
  }
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(kParent);
  ASSIGN_OR_RETURN(auto committed,
                   context_.ledger->Update(update, [fresh](ledger::Txn& txn) -> absl::Status {
                     event::v1::Event event;
                     for (const auto& [hex, record] : fresh) {
                       ASSIGN_OR_RETURN(auto known, EvidenceTable().Find(txn, hex));
                       if (known.has_value()) continue;
                       EvidenceTable().Put(txn, hex, record);
                       event.mutable_evidence_recorded()->add_sha256(hex);
                     }
                     if (event.has_evidence_recorded()) {
                       txn.Emit(kit::PublicEvent(event, "signature/evidence", "system"));
                     }
                     return absl::OkStatus();
                   }));
  absl::MutexLock lock(&kept_mu_);
  kept_.insert(sha256.begin(), sha256.end());
  return absl::OkStatus();
}

absl::Status SignatureEngine::Answer(const pki::Verdict& verdict, v1::Verdict* out) {
  if (verdict.passed()) RETURN_IF_ERROR(KeepEvidence(verdict));
  out->set_indication(ToProto(verdict.indication));
  out->set_sub_indication(verdict.sub_indication);
  out->set_check(verdict.check);
  out->set_explanation(verdict.explanation);
  out->set_cert_sha256(HexEncode(verdict.signer_cert_sha256));
  for (const std::string& digest : verdict.evidence_sha256) {
    out->add_evidence_sha256(HexEncode(digest));
  }
  return absl::OkStatus();
}

absl::Status SignatureEngine::Judge(absl::string_view content, absl::string_view signature,
                                    absl::Time at, v1::Verdict* verdict) {
  return Answer(verifier_->Verify(content, signature, at), verdict);
}

absl::Status SignatureEngine::Verify(const rpc::Call& call, const v1::VerifyRequest& request,
                                     v1::VerifyResponse* response) {
  if (request.documents_size() > kDocumentsPerRequestMax) {
    return TooManyDocuments(request.documents_size());
  }
  for (const v1::SignedBytes& document : request.documents()) {
    RETURN_IF_ERROR(Judge(document.content(), document.signature(),
                          absl::FromUnixNanos(document.at_time_ns()), response->add_verdicts()));
  }
  return absl::OkStatus();
}

absl::Status SignatureEngine::VerifyCertificate(const rpc::Call& call,
                                                const v1::VerifyCertificateRequest& request,
                                                v1::VerifyCertificateResponse* response) {
  if (request.purpose() == v1::VerifyCertificateRequest::PURPOSE_UNSPECIFIED) {
    return PurposeMissing();
  }
  return Answer(
      verifier_->VerifyCertificate(request.certificate(), absl::FromUnixNanos(request.at_time_ns()),
                                   request.purpose() == v1::VerifyCertificateRequest::SIGNING
                                       ? pki::CertificatePurpose::kSigning
                                       : pki::CertificatePurpose::kKeyAgreement),
      response->mutable_verdict());
}

absl::Status SignatureEngine::GetEvidence(const rpc::Call& call,
                                          const v1::GetEvidenceRequest& request,
                                          v1::GetEvidenceResponse* response) {
  if (request.sha256_size() > kEvidencePerRequestMax) return TooManyDigests(request.sha256_size());
  return context_.ledger->View(
      ledger::ShardOf(kParent), [&](const kv::Reader& reader) -> absl::Status {
        for (const std::string& sha256 : request.sha256()) {
          ASSIGN_OR_RETURN(auto record, EvidenceTable().Find(reader, sha256));
          if (!record.has_value()) return EvidenceNotFound(sha256);
          auto* out = response->add_evidence();
          out->set_sha256(sha256);
          out->set_kind(record->crl() ? v1::Evidence::CRL : v1::Evidence::CERTIFICATE);
          out->set_der(record->der());
        }
        return absl::OkStatus();
      });
}

absl::Status SignatureEngine::UpdateCrl(const rpc::Call& call, const v1::UpdateCrlRequest& request,
                                        v1::UpdateCrlResponse* response) {
  ASSIGN_OR_RETURN(CrlFacts facts, ReadCrl(request.crl()));
  // Only an authority that the configuration names may revoke: any certificate of the snapshot that
  // bears the issuer's name and whose key made the signature.
  bool trusted = false;
  for (const char* folder : {"/anchors", "/intermediates"}) {
    ASSIGN_OR_RETURN(auto files, ReadFolder(trust_dir_ + folder));
    for (const std::string& bytes : files) {
      ASSIGN_OR_RETURN(pki::Certificate authority, pki::Certificate::FromBytes(bytes));
      if (X509_NAME_cmp(X509_get_subject_name(authority.get()),
                        X509_CRL_get_issuer(facts.crl.get())) == 0 &&
          X509_CRL_verify(facts.crl.get(), authority.public_key()) == 1) {
        trusted = true;
      }
    }
  }
  if (!trusted) return CrlNotTrusted();
  ASSIGN_OR_RETURN(auto configured, ReadFolder(trust_dir_ + "/crls"));
  for (const std::string& bytes : configured) {
    auto other = ReadCrl(bytes);
    if (other.ok() && other->issuer_key == facts.issuer_key && other->number >= facts.number) {
      return CrlNotNewer(facts.number);
    }
  }

  absl::MutexLock lock(&trust_mu_);
  const uint64_t epoch = verifier_->trust()->epoch() + 1;
  event::v1::Event event;
  event.mutable_crl_updated()->set_crl_sha256(HexEncode(crypto::Sha256(request.crl())));
  event.mutable_crl_updated()->set_issuer(facts.issuer_name);
  event.mutable_crl_updated()->set_epoch(static_cast<int64_t>(epoch));
  store::v1::CrlRecord record;
  record.set_der(request.crl());
  record.set_issuer(facts.issuer_name);
  record.set_number(facts.number);
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(kParent);
  update.idempotency_scope = kit::IdempotencyScope(call);
  RETURN_IF_ERROR(kit::CheckRequestId(request.request_id()));
  update.request_id = request.request_id();
  update.content_digest = crypto::Sha256(request.crl());
  ASSIGN_OR_RETURN(
      auto committed, context_.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(auto rows, CrlTable().List(txn, facts.issuer_key + "/", "", kCrlsKeptMax));
        if (!rows.empty() && rows.back().record.number() >= facts.number) {
          return CrlNotNewer(facts.number);
        }
        CrlTable().Put(txn, absl::StrCat(facts.issuer_key, "/", facts.number), record);
        txn.Emit(kit::PublicEvent(event, "signature/crl", "authority"));
        v1::UpdateCrlResponse fresh;
        fresh.set_epoch(static_cast<int64_t>(epoch));
        txn.SetResponse(fresh.SerializeAsString());
        return absl::OkStatus();
      }));
  if (!committed.repeated) {
    ASSIGN_OR_RETURN(auto trust, LoadTrust(epoch));
    RETURN_IF_ERROR(verifier_->UpdateTrust(std::move(trust)));
  }
  response->set_epoch(static_cast<int64_t>(verifier_->trust()->epoch()));
  return absl::OkStatus();
}

absl::Status SignatureEngine::GetStatus(const rpc::Call& call, const v1::GetStatusRequest& request,
                                        v1::GetStatusResponse* response) {
  response->set_epoch(static_cast<int64_t>(verifier_->trust()->epoch()));
  ASSIGN_OR_RETURN(auto anchors, ReadFolder(trust_dir_ + "/anchors"));
  for (const std::string& bytes : anchors) {
    ASSIGN_OR_RETURN(pki::Certificate anchor, pki::Certificate::FromBytes(bytes));
    response->add_anchors(HexEncode(crypto::Sha256(anchor.der())));
  }
  response->set_cached_certificates(static_cast<int64_t>(verifier_->stats().cached));
  return absl::OkStatus();
}

}  // namespace jodal::signature
