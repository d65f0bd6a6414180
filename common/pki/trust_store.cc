#include "common/pki/trust_store.h"

#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "absl/strings/str_cat.h"
#include "common/crypto/hash.h"
#include "common/pki/der.h"
#include "common/pki/errors.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::pki {
namespace {

namespace fs = std::filesystem;

constexpr int kCrlNumberBytes = 20;  // RFC 5280 5.2.3

absl::Status At(const absl::Status& cause, DefinedError error, size_t index) {
  return RefusedByOpenSsl(error, absl::StrCat(error.reason(), " at ", index, ": ", cause.message()),
                          {{"index", absl::StrCat(index)}});
}

std::optional<int64_t> UnixSeconds(const ASN1_TIME* time) {
  std::tm tm{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &tm) != 1) return std::nullopt;
  return absl::ToUnixSeconds(absl::FromTM(tm, absl::UTCTimeZone()));
}

absl::Status ReadFiles(const fs::path& dir, bool required, std::vector<std::string>& bytes,
                       std::vector<std::string>& names) {
  std::error_code error;
  if (!required && !fs::exists(dir, error)) return absl::OkStatus();
  for (fs::directory_iterator it(dir, error), end; !error && it != end; it.increment(error)) {
    // A writer that replaces files leaves .tmp behind when it is killed.
    if (it->is_regular_file() && it->path().extension() != ".tmp") {
      names.push_back(it->path().string());
    }
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    std::ifstream in(name, std::ios::binary);
    bytes.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (in.bad() || !in.is_open()) error = std::make_error_code(std::errc::io_error);
  }
  if (!error) return absl::OkStatus();
  return MakeError(kErrors["TRUST_FILE_IO"],
                   absl::StrCat("cannot read ", dir.string(), ": ", error.message()),
                   {{"file", dir.string()}});
}

}  // namespace

absl::StatusOr<TrustStore::Crl> TrustStore::ParseCrl(absl::string_view bytes, std::string& der) {
  crypto::BioPtr bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  Crl out;
  if (!bytes.empty() && static_cast<uint8_t>(bytes[0]) == kTagSequence) {
    if (IsDer(bytes)) {
      const unsigned char* p = crypto::Bytes(bytes);
      out.crl.reset(d2i_X509_CRL(nullptr, &p, static_cast<long>(bytes.size())));
    }
  } else if (bio) {
    out.crl.reset(PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
  }
  crypto::ClearOpenSslErrors();
  const X509_CRL* crl = out.crl.get();
  const auto this_update = crl ? UnixSeconds(X509_CRL_get0_lastUpdate(crl)) : std::nullopt;
  const auto next_update = crl ? UnixSeconds(X509_CRL_get0_nextUpdate(crl)) : std::nullopt;
  unsigned char* encoded = nullptr;
  const int size = crl ? i2d_X509_CRL(out.crl.get(), &encoded) : -1;
  if (!this_update || !next_update || size <= 0) {
    if (encoded != nullptr) OPENSSL_free(encoded);
    return absl::InvalidArgumentError("not a CRL with thisUpdate and nextUpdate");
  }
  der.assign(reinterpret_cast<char*>(encoded), static_cast<size_t>(size));
  OPENSSL_free(encoded);
  out.this_update = *this_update;
  out.next_update = *next_update;
  out.sha256 = crypto::Sha256(der);
  const unsigned char* name = nullptr;
  size_t name_size = 0;
  crypto::OpenSslCheck(X509_NAME_get0_der(X509_CRL_get_issuer(crl), &name, &name_size) == 1,
                       "X509_NAME_get0_der");
  out.issuer_der.assign(reinterpret_cast<const char*>(name), name_size);
  std::unique_ptr<ASN1_INTEGER, crypto::OpenSslDeleter<ASN1_INTEGER_free>> number(
      static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(crl, NID_crl_number, nullptr, nullptr)));
  std::unique_ptr<BIGNUM, crypto::OpenSslDeleter<BN_free>> value(
      number == nullptr ? nullptr : ASN1_INTEGER_to_BN(number.get(), nullptr));
  if (value != nullptr) {
    out.number.resize(kCrlNumberBytes);
    if (BN_bn2binpad(value.get(), reinterpret_cast<unsigned char*>(out.number.data()),
                     kCrlNumberBytes) != kCrlNumberBytes) {
      return absl::InvalidArgumentError("its number is longer than 20 bytes");
    }
  }
  out.delta = X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0;
  crypto::ClearOpenSslErrors();
  return out;
}

// Path validation takes the list with the latest thisUpdate, which counts whole seconds: of lists
// issued in one second it could take the older one and miss a revocation.
void TrustStore::DropSuperseded() {
  std::erase_if(crls_, [this](const Crl& old) {
    return std::any_of(crls_.begin(), crls_.end(), [&old](const Crl& other) {
      return other.crl != nullptr && old.crl != nullptr && other.issuer_der == old.issuer_der &&
             other.delta == old.delta && other.this_update == old.this_update &&
             other.number > old.number;
    });
  });
}

void TrustStore::Keep(const Certificate& certificate) {
  bytes_[certificate.sha256()] = certificate.der();
  boundaries_.push_back(absl::ToUnixSeconds(certificate.not_before()));
  boundaries_.push_back(absl::ToUnixSeconds(certificate.not_after()));
}

absl::Status TrustStore::Fill(const TrustInput& input) {
  epoch_ = input.epoch;
  if (input.anchors.empty())
    return RefusedByOpenSsl(kErrors["TRUST_NO_ANCHORS"], "there is no trust anchor");
  for (size_t i = 0; i < input.anchors.size(); ++i) {
    auto anchor = Certificate::FromBytes(input.anchors[i]);
    if (!anchor.ok()) return At(anchor.status(), kErrors["TRUST_ANCHOR_INVALID"], i);
    if (X509_self_signed(anchor->get(), 1) != 1) {
      return At(absl::InvalidArgumentError("not self-signed"), kErrors["TRUST_ANCHOR_INVALID"], i);
    }
    Keep(*anchor);
    anchors_.push_back(*std::move(anchor));
  }
  intermediates_.reset(sk_X509_new_null());
  crypto::OpenSslCheck(intermediates_ != nullptr, "sk_X509_new_null");
  for (size_t i = 0; i < input.intermediates.size(); ++i) {
    auto certificate = Certificate::FromBytes(input.intermediates[i]);
    if (!certificate.ok())
      return At(certificate.status(), kErrors["TRUST_INTERMEDIATE_INVALID"], i);
    Keep(*certificate);
    crypto::OpenSslCheck(sk_X509_push(intermediates_.get(), certificate->get()) > 0,
                         "sk_X509_push");
    intermediate_certificates_.push_back(*std::move(certificate));
  }
  for (size_t i = 0; i < input.crls.size(); ++i) {
    std::string der;
    auto crl = ParseCrl(input.crls[i], der);
    if (!crl.ok()) return At(crl.status(), kErrors["TRUST_CRL_INVALID"], i);
    bytes_[crl->sha256] = std::move(der);
    boundaries_.push_back(crl->this_update);
    boundaries_.push_back(crl->next_update);
    crls_.push_back(*std::move(crl));
  }
  DropSuperseded();
  std::sort(boundaries_.begin(), boundaries_.end());
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const TrustStore>> TrustStore::Create(const TrustInput& input) {
  std::shared_ptr<TrustStore> store(new TrustStore());
  RETURN_IF_ERROR(store->Fill(input));
  return std::shared_ptr<const TrustStore>(std::move(store));
}

absl::StatusOr<std::shared_ptr<const TrustStore>> TrustStore::Load(const std::string& dir,
                                                                   uint64_t epoch) {
  TrustInput input;
  input.epoch = epoch;
  std::vector<std::string> anchors, intermediates, crls;
  RETURN_IF_ERROR(ReadFiles(fs::path(dir) / "anchors", true, input.anchors, anchors));
  RETURN_IF_ERROR(
      ReadFiles(fs::path(dir) / "intermediates", false, input.intermediates, intermediates));
  RETURN_IF_ERROR(ReadFiles(fs::path(dir) / "crls", false, input.crls, crls));
  auto store = Create(input);
  if (store.ok()) return store;
  const struct {
    DefinedError error;
    const std::vector<std::string>& files;
  } kinds[] = {{kErrors["TRUST_ANCHOR_INVALID"], anchors},
               {kErrors["TRUST_INTERMEDIATE_INVALID"], intermediates},
               {kErrors["TRUST_CRL_INVALID"], crls}};
  for (const auto& [error, files] : kinds) {
    if (ErrorReason(store.status()) != error.reason()) continue;
    const std::string& file = files[std::stoul(ErrorMetadataOf(store.status()).at("index"))];
    return RefusedByOpenSsl(error, absl::StrCat(file, ": ", store.status().message()),
                            {{"file", file}});
  }
  return store;
}

absl::StatusOr<std::shared_ptr<const TrustStore>> TrustStore::FromEvidence(
    const std::vector<std::string>& anchors, const std::vector<std::string>& evidence) {
  TrustInput input;
  input.anchors = anchors;
  for (size_t i = 0; i < evidence.size(); ++i) {
    std::string der;
    if (Certificate::FromBytes(evidence[i]).ok()) {
      input.intermediates.push_back(evidence[i]);
    } else if (const auto crl = ParseCrl(evidence[i], der); crl.ok()) {
      input.crls.push_back(evidence[i]);
    } else {
      return At(crl.status(), kErrors["TRUST_EVIDENCE_INVALID"], i);
    }
  }
  return Create(input);
}

const std::string* TrustStore::Find(absl::string_view sha256) const {
  const auto it = bytes_.find(std::string(sha256));
  return it == bytes_.end() ? nullptr : &it->second;
}

std::vector<std::string> TrustStore::CrlsInForce(absl::string_view issuer_der, int64_t at) const {
  std::vector<std::string> out;
  for (const Crl& crl : crls_) {
    if (crl.issuer_der == issuer_der && crl.this_update <= at && at < crl.next_update) {
      out.push_back(crl.sha256);
    }
  }
  return out;
}

std::pair<int64_t, int64_t> TrustStore::SteadyInterval(int64_t at) const {
  const auto next = std::upper_bound(boundaries_.begin(), boundaries_.end(), at);
  return {next == boundaries_.begin() ? std::numeric_limits<int64_t>::min() : *std::prev(next),
          next == boundaries_.end() ? std::numeric_limits<int64_t>::max() : *next};
}

X509StorePtr TrustStore::NewX509Store() const {
  X509StorePtr store(X509_STORE_new());
  crypto::OpenSslCheck(store != nullptr, "X509_STORE_new");
  for (const Certificate& anchor : anchors_) {
    crypto::OpenSslCheck(X509_STORE_add_cert(store.get(), anchor.get()) == 1,
                         "X509_STORE_add_cert");
  }
  for (const Crl& crl : crls_) {
    crypto::OpenSslCheck(X509_STORE_add_crl(store.get(), crl.crl.get()) == 1, "X509_STORE_add_crl");
  }
  return store;
}

}  // namespace jodal::pki
