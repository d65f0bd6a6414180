#include "common/rpc/test_tls.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>

#include "absl/strings/str_join.h"

namespace jodal::rpc {
namespace {

template <typename T>
T* Must(T* p) {
  if (p == nullptr) std::abort();
  return p;
}
void Must(int ok) {
  if (ok <= 0) std::abort();
}

template <typename Write>
std::string Pem(Write write) {
  BIO* bio = Must(BIO_new(BIO_s_mem()));
  Must(write(bio));
  char* data = nullptr;
  const long n = BIO_get_mem_data(bio, &data);
  std::string out(data, static_cast<size_t>(n));
  BIO_free(bio);
  return out;
}

void AddExtension(X509* cert, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* extension = Must(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  Must(X509_add_ext(cert, extension, -1));
  X509_EXTENSION_free(extension);
}

X509* NewCert(EVP_PKEY* key, const std::string& name, long serial) {
  X509* cert = Must(X509_new());
  Must(X509_set_version(cert, 2));
  Must(ASN1_INTEGER_set(X509_get_serialNumber(cert), serial));
  Must(X509_gmtime_adj(X509_getm_notBefore(cert), -3600) != nullptr);
  Must(X509_gmtime_adj(X509_getm_notAfter(cert), 24 * 3600) != nullptr);
  Must(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0));
  Must(X509_set_pubkey(cert, key));
  return cert;
}

}  // namespace

TestAuthority::TestAuthority() {
  EVP_PKEY* key = Must(EVP_EC_gen("P-256"));
  X509* cert = NewCert(key, "test authority", serial_++);
  Must(X509_set_issuer_name(cert, X509_get_subject_name(cert)));
  AddExtension(cert, cert, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign");
  Must(X509_sign(cert, key, EVP_sha256()));
  ca_pem_ = Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, cert); });
  key_ = key;
  cert_ = cert;
}

TestAuthority::~TestAuthority() {
  EVP_PKEY_free(static_cast<EVP_PKEY*>(key_));
  X509_free(static_cast<X509*>(cert_));
}

TlsIdentity TestAuthority::Issue(const std::vector<std::string>& dns_names) {
  auto* ca = static_cast<X509*>(cert_);
  EVP_PKEY* key = Must(EVP_EC_gen("P-256"));
  X509* cert = NewCert(key, "test", serial_++);
  Must(X509_set_issuer_name(cert, X509_get_subject_name(ca)));
  AddExtension(cert, ca, NID_subject_alt_name, "DNS:" + absl::StrJoin(dns_names, ",DNS:"));
  Must(X509_sign(cert, static_cast<EVP_PKEY*>(key_), EVP_sha256()));
  TlsIdentity out;
  out.ca_pem = ca_pem_;
  out.cert_pem = Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, cert); });
  out.key_pem = Pem([&](BIO* bio) {
    return PEM_write_bio_PKCS8PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(cert);
  EVP_PKEY_free(key);
  return out;
}

}  // namespace jodal::rpc
