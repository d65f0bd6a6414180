#include "common/pki/ca.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/conf.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/bytes.h"
#include "common/crypto/random.h"
#include "common/pki/errors.h"
#include "common/status/macros.h"

namespace jodal::pki {
namespace {

namespace fs = std::filesystem;
using X509Ptr = std::unique_ptr<X509, crypto::OpenSslDeleter<X509_free>>;
using CrlPtr = std::unique_ptr<X509_CRL, crypto::OpenSslDeleter<X509_CRL_free>>;
using RevokedPtr = std::unique_ptr<X509_REVOKED, crypto::OpenSslDeleter<X509_REVOKED_free>>;
using NamePtr = std::unique_ptr<X509_NAME, crypto::OpenSslDeleter<X509_NAME_free>>;
using TimePtr = std::unique_ptr<ASN1_TIME, crypto::OpenSslDeleter<ASN1_TIME_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, crypto::OpenSslDeleter<ASN1_INTEGER_free>>;
using ConfPtr = std::unique_ptr<CONF, crypto::OpenSslDeleter<NCONF_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, crypto::OpenSslDeleter<X509_EXTENSION_free>>;

constexpr char kLeafPolicy[] = "2.999.74.1";  // the example arc of ITU-T X.660
constexpr size_t kNameCharsMax = 64;          // RFC 5280 ub-common-name

using Extensions = std::vector<std::pair<int, std::string>>;

absl::Status Internal(absl::string_view what) {
  crypto::ClearOpenSslErrors();
  return absl::InternalError(absl::StrCat("OpenSSL failed: ", what));
}

absl::Status BadRequest(absl::string_view message) {
  crypto::ClearOpenSslErrors();
  return MakeError(kErrors["CA_REQUEST_INVALID"], message);
}

TimePtr Asn1Time(absl::Time time) { return TimePtr(ASN1_TIME_set(nullptr, absl::ToTimeT(time))); }

IntegerPtr Asn1Integer(absl::string_view big_endian) {
  const crypto::BnPtr bn(
      BN_bin2bn(crypto::Bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
  return IntegerPtr(bn ? BN_to_ASN1_INTEGER(bn.get(), nullptr) : nullptr);
}

// 126 random bits: always 16 bytes and positive (RFC 5280 section 4.1.2.2).
std::string RandomSerial() {
  std::string serial = crypto::SystemRandom().Bytes(16);
  serial[0] = static_cast<char>((serial[0] & 0x3F) | 0x40);
  return serial;
}

absl::StatusOr<NamePtr> MakeName(const std::string& cn, const std::string& o) {
  if (cn.empty() || cn.size() > 4 * kNameCharsMax)
    return BadRequest("a name has 1 to 64 characters");
  NamePtr name(X509_NAME_new());
  const auto add = [&name](const char* field, const std::string& value) {
    return name &&
           X509_NAME_add_entry_by_txt(name.get(), field, MBSTRING_UTF8, crypto::Bytes(value),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  if ((!o.empty() && !add("O", o)) || !add("CN", cn)) {
    return BadRequest("a name is not UTF-8 of 1 to 64 characters");
  }
  return name;
}

struct CertificateSpec {
  const X509_NAME* subject;
  EVP_PKEY* key;
  absl::Time not_before, not_after;
  Extensions extensions;  // in addition to SKI and AKI
};

// `issuer` null: self-signed.
absl::StatusOr<Certificate> Sign(const CertificateSpec& spec, X509* issuer, EVP_PKEY* issuer_key) {
  if (spec.not_after <= spec.not_before)
    return BadRequest("a certificate must end after it begins");
  X509Ptr x(X509_new());
  const IntegerPtr serial = Asn1Integer(RandomSerial());
  const TimePtr from = Asn1Time(spec.not_before), until = Asn1Time(spec.not_after);
  if (!x || !serial || !from || !until || X509_set_version(x.get(), X509_VERSION_3) != 1 ||
      X509_set_serialNumber(x.get(), serial.get()) != 1 ||
      X509_set_subject_name(x.get(), spec.subject) != 1 ||
      X509_set_issuer_name(x.get(), issuer ? X509_get_subject_name(issuer) : spec.subject) != 1 ||
      X509_set1_notBefore(x.get(), from.get()) != 1 ||
      X509_set1_notAfter(x.get(), until.get()) != 1 || X509_set_pubkey(x.get(), spec.key) != 1) {
    return Internal("certificate");
  }
  Extensions extensions = {{NID_subject_key_identifier, "hash"},
                           {NID_authority_key_identifier, "keyid:always"}};
  extensions.insert(extensions.end(), spec.extensions.begin(), spec.extensions.end());
  X509V3_CTX ctx;
  X509V3_set_ctx(&ctx, issuer ? issuer : x.get(), x.get(), nullptr, nullptr, 0);
  const ConfPtr empty(NCONF_new(nullptr));  // certificatePolicies wants one to look into
  X509V3_set_nconf(&ctx, empty.get());
  for (const auto& [nid, value] : extensions) {
    const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &ctx, nid, value.c_str()));
    if (!extension || X509_add_ext(x.get(), extension.get(), -1) != 1) return Internal(value);
  }
  if (X509_sign(x.get(), issuer_key, EVP_sha256()) <= 0) return Internal("X509_sign");
  unsigned char* der = nullptr;
  const int size = i2d_X509(x.get(), &der);
  if (size <= 0) return Internal("i2d_X509");
  const std::string bytes(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return Certificate::FromDer(bytes);
}

absl::Status WriteFile(const fs::path& path, absl::string_view bytes) {
  const std::string temporary = path.string() + ".tmp";
  const int fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool good = fd >= 0;
  for (size_t done = 0; good && done < bytes.size();) {
    const ssize_t n = write(fd, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    good = n > 0;
    if (good) done += static_cast<size_t>(n);
  }
  good = good && fsync(fd) == 0;
  if (fd >= 0) good = close(fd) == 0 && good;
  if (good && rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return MakeError(kErrors["CA_FILE_IO"], absl::StrCat(path.string(), ": ", strerror(errno)),
                   {{"file", path.string()}});
}

absl::StatusOr<std::string> ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.is_open() && !in.bad()) return bytes;
  return MakeError(kErrors["CA_FILE_IO"], absl::StrCat("cannot read ", path.string()),
                   {{"file", path.string()}});
}

absl::Status MakeDirectories(const fs::path& dir) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (!error) return absl::OkStatus();
  return MakeError(kErrors["CA_FILE_IO"], absl::StrCat(dir.string(), ": ", error.message()),
                   {{"file", dir.string()}});
}

absl::StatusOr<std::string> AlternativeNames(const LeafRequest& request) {
  std::vector<std::string> names;
  for (const std::string& dns : request.dns_names) {
    for (char c : dns) {
      if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.' && c != '*') {
        return BadRequest("a DNS name has a character that is not allowed");
      }
    }
    if (dns.empty()) return BadRequest("a DNS name is empty");
    names.push_back(absl::StrCat("DNS:", dns));
  }
  for (const std::string& ip : request.ip_addresses) {
    unsigned char buffer[sizeof(in6_addr)];
    if (inet_pton(AF_INET, ip.c_str(), buffer) != 1 &&
        inet_pton(AF_INET6, ip.c_str(), buffer) != 1) {
      return BadRequest("an IP address is malformed");
    }
    names.push_back(absl::StrCat("IP:", ip));
  }
  return absl::StrJoin(names, ",");
}

}  // namespace

absl::StatusOr<CertificateAuthority> CertificateAuthority::Create(const CaRequest& request) {
  ASSIGN_OR_RETURN(PrivateKey root_key, PrivateKey::Generate(KeyType::kEcP256));
  ASSIGN_OR_RETURN(PrivateKey issuing_key, PrivateKey::Generate(KeyType::kEcP256));
  ASSIGN_OR_RETURN(const NamePtr root_name, MakeName(request.root_cn, request.organization));
  ASSIGN_OR_RETURN(const NamePtr issuing_name, MakeName(request.issuing_cn, request.organization));
  const std::string usage = "critical,keyCertSign,cRLSign";
  ASSIGN_OR_RETURN(Certificate root,
                   Sign({root_name.get(),
                         root_key.get(),
                         request.not_before,
                         request.not_after,
                         {{NID_basic_constraints, "critical,CA:TRUE"}, {NID_key_usage, usage}}},
                        nullptr, root_key.get()));
  ASSIGN_OR_RETURN(Certificate issuing,
                   Sign({issuing_name.get(),
                         issuing_key.get(),
                         request.not_before,
                         request.not_after,
                         {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                          {NID_key_usage, usage},
                          {NID_certificate_policies, "2.5.29.32.0"}}},
                        root.get(), root_key.get()));
  return CertificateAuthority(std::move(root_key), std::move(root), std::move(issuing_key),
                              std::move(issuing));
}

absl::StatusOr<Certificate> CertificateAuthority::Issue(const LeafRequest& request) const {
  const unsigned char* p = crypto::Bytes(request.spki_der);
  const crypto::EvpPkeyPtr key(d2i_PUBKEY(nullptr, &p, static_cast<long>(request.spki_der.size())));
  if (!key || p != crypto::Bytes(request.spki_der) + request.spki_der.size()) {
    return BadRequest("the public key cannot be read");
  }
  ASSIGN_OR_RETURN(const NamePtr name, MakeName(request.cn, request.o));
  ASSIGN_OR_RETURN(const std::string alternative_names, AlternativeNames(request));
  Extensions extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                           {NID_certificate_policies, kLeafPolicy}};
  bool tls = true;
  switch (request.usage) {
    case LeafUsage::kSigning:
      extensions.emplace_back(NID_key_usage, "critical,digitalSignature,nonRepudiation");
      tls = false;
      break;
    case LeafUsage::kKeyAgreement:
      extensions.emplace_back(NID_key_usage, "critical,keyAgreement");
      tls = false;
      break;
    case LeafUsage::kKeyEncipherment:
      extensions.emplace_back(NID_key_usage, "critical,keyEncipherment");
      tls = false;
      break;
    case LeafUsage::kTlsServer:
      extensions.emplace_back(NID_ext_key_usage, "serverAuth");
      break;
    case LeafUsage::kTlsClient:
      extensions.emplace_back(NID_ext_key_usage, "clientAuth");
      break;
    case LeafUsage::kTlsPeer:
      extensions.emplace_back(NID_ext_key_usage, "serverAuth,clientAuth");
      break;
  }
  if (tls) extensions.emplace_back(NID_key_usage, "critical,digitalSignature");
  if (!tls && !alternative_names.empty()) return BadRequest("only TLS certificates have addresses");
  if (!alternative_names.empty()) {
    extensions.emplace_back(NID_subject_alt_name, alternative_names);
  }
  return Sign({name.get(), key.get(), request.not_before, request.not_after, extensions},
              issuing_.get(), issuing_key_.get());
}

void CertificateAuthority::Revoke(absl::string_view serial, absl::Time when) {
  revoked_.emplace(std::string(serial), when);
}

absl::StatusOr<std::string> CertificateAuthority::RootCrl(absl::Time now, absl::Time next_update) {
  return Crl(true, now, next_update);
}

absl::StatusOr<std::string> CertificateAuthority::IssuingCrl(absl::Time now,
                                                             absl::Time next_update) {
  return Crl(false, now, next_update);
}

absl::StatusOr<std::string> CertificateAuthority::Crl(bool by_root, absl::Time now,
                                                      absl::Time next_update) {
  if (next_update <= now) return BadRequest("the next update must lie after this one");
  const Certificate& issuer = by_root ? root_ : issuing_;
  CrlPtr crl(X509_CRL_new());
  const TimePtr this_time = Asn1Time(now), next_time = Asn1Time(next_update);
  if (!crl || !this_time || !next_time ||
      X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) != 1 ||
      X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(issuer.get())) != 1 ||
      X509_CRL_set1_lastUpdate(crl.get(), this_time.get()) != 1 ||
      X509_CRL_set1_nextUpdate(crl.get(), next_time.get()) != 1) {
    return Internal("CRL");
  }
  for (const auto& [serial, when] : revoked_) {
    if ((serial == issuing_.serial()) != by_root) continue;
    RevokedPtr entry(X509_REVOKED_new());
    const IntegerPtr number = Asn1Integer(serial);
    const TimePtr date = Asn1Time(when);
    if (!entry || !number || !date ||
        X509_REVOKED_set_serialNumber(entry.get(), number.get()) != 1 ||
        X509_REVOKED_set_revocationDate(entry.get(), date.get()) != 1 ||
        X509_CRL_add0_revoked(crl.get(), entry.get()) != 1) {
      return Internal("CRL entry");
    }
    entry.release();  // owned by the CRL
  }
  // The clock serves as the counter, so that no state is lost when the caller does not Save.
  last_crl_number_ = std::max(last_crl_number_ + 1, static_cast<uint64_t>(absl::ToUnixNanos(now)));
  std::string number_bytes;
  AppendU64Be(number_bytes, last_crl_number_);
  const IntegerPtr number = Asn1Integer(number_bytes);
  X509V3_CTX ctx;
  X509V3_set_ctx(&ctx, issuer.get(), nullptr, nullptr, crl.get(), 0);
  const ExtensionPtr aki(
      X509V3_EXT_conf_nid(nullptr, &ctx, NID_authority_key_identifier, "keyid:always"));
  if (!number || !aki || X509_CRL_add_ext(crl.get(), aki.get(), -1) != 1 ||
      X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, number.get(), 0, 0) != 1 ||
      X509_CRL_sort(crl.get()) != 1 ||
      X509_CRL_sign(crl.get(), (by_root ? root_key_ : issuing_key_).get(), EVP_sha256()) <= 0) {
    return Internal("CRL signature");
  }
  unsigned char* der = nullptr;
  const int size = i2d_X509_CRL(crl.get(), &der);
  if (size <= 0) return Internal("i2d_X509_CRL");
  std::string out(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return out;
}

absl::Status CertificateAuthority::Save(const std::string& dir, absl::string_view pin) const {
  const fs::path base(dir);
  RETURN_IF_ERROR(MakeDirectories(base));
  if (fs::exists(base / "root.crt")) {
    ASSIGN_OR_RETURN(const std::string existing, ReadFile(base / "root.crt"));
    if (existing != root_.ToPem()) {
      return MakeError(kErrors["CA_DIRECTORY_IN_USE"],
                       "the directory holds another certificate authority", {{"file", dir}});
    }
  } else {
    RETURN_IF_ERROR(root_key_.SaveFile(base / "root.key", pin));
    RETURN_IF_ERROR(issuing_key_.SaveFile(base / "issuing.key", pin));
    RETURN_IF_ERROR(WriteFile(base / "issuing.crt", issuing_.ToPem()));
    RETURN_IF_ERROR(WriteFile(base / "root.crt", root_.ToPem()));
  }
  std::string revoked;
  for (const auto& [serial, when] : revoked_) {
    absl::StrAppend(&revoked, HexEncode(serial), " ", absl::ToUnixSeconds(when), "\n");
  }
  return WriteFile(base / "revoked.txt", revoked);
}

absl::StatusOr<CertificateAuthority> CertificateAuthority::Load(const std::string& dir,
                                                                absl::string_view pin) {
  const fs::path base(dir);
  ASSIGN_OR_RETURN(PrivateKey root_key, PrivateKey::LoadFile(base / "root.key", pin));
  ASSIGN_OR_RETURN(PrivateKey issuing_key, PrivateKey::LoadFile(base / "issuing.key", pin));
  ASSIGN_OR_RETURN(const std::string root_pem, ReadFile(base / "root.crt"));
  ASSIGN_OR_RETURN(const std::string issuing_pem, ReadFile(base / "issuing.crt"));
  ASSIGN_OR_RETURN(const std::string revoked, ReadFile(base / "revoked.txt"));
  ASSIGN_OR_RETURN(Certificate root, Certificate::FromPem(root_pem));
  ASSIGN_OR_RETURN(Certificate issuing, Certificate::FromPem(issuing_pem));
  const auto damaged = [&dir] {
    crypto::ClearOpenSslErrors();
    return MakeError(kErrors["CA_STATE_INVALID"],
                     "keys, certificates and revocations do not belong together", {{"file", dir}});
  };
  if (EVP_PKEY_eq(root_key.get(), root.public_key()) != 1 ||
      EVP_PKEY_eq(issuing_key.get(), issuing.public_key()) != 1) {
    return damaged();
  }
  CertificateAuthority ca(std::move(root_key), std::move(root), std::move(issuing_key),
                          std::move(issuing));
  for (absl::string_view line : absl::StrSplit(revoked, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    int64_t when = 0;
    if (words.size() != 2 || !absl::SimpleAtoi(words[1], &when)) return damaged();
    const auto serial = HexDecode(words[0]);
    if (!serial.ok()) return damaged();
    ca.Revoke(*serial, absl::FromUnixSeconds(when));
  }
  return ca;
}

absl::Status CertificateAuthority::WriteTrustDirectory(const std::string& dir, absl::Time now,
                                                       absl::Time next_update) {
  const fs::path base(dir);
  for (const char* part : {"anchors", "intermediates", "crls"}) {
    RETURN_IF_ERROR(MakeDirectories(base / part));
  }
  ASSIGN_OR_RETURN(const std::string root_crl, RootCrl(now, next_update));
  ASSIGN_OR_RETURN(const std::string issuing_crl, IssuingCrl(now, next_update));
  RETURN_IF_ERROR(WriteFile(base / "anchors" / "root.crt", root_.ToPem()));
  RETURN_IF_ERROR(WriteFile(base / "intermediates" / "issuing.crt", issuing_.ToPem()));
  RETURN_IF_ERROR(WriteFile(base / "crls" / "root.crl", root_crl));
  return WriteFile(base / "crls" / "issuing.crl", issuing_crl);
}

}  // namespace jodal::pki
