#include "clients/sdk/identity.h"

#include <google/protobuf/message.h>

#include <filesystem>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "clients/sdk/user_files.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"
#include "common/pki/cms_envelope.h"
#include "common/pki/cms_sign.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::sdk {
namespace {

namespace fs = std::filesystem;

// A folder without its files is no identity; what cannot be read is another matter.
absl::StatusOr<std::string> ReadPart(const std::string& path) {
  auto bytes = ReadFile(path);
  if (!absl::IsNotFound(bytes.status())) return bytes;
  return MakeError(absl::StatusCode::kNotFound, "IDENTITY_MISSING",
                   absl::StrCat("cannot read ", path));
}

}  // namespace

Identity::Identity(pki::PrivateKey key, pki::Certificate certificate)
    : key_(std::make_shared<const pki::PrivateKey>(std::move(key))),
      certificate_(std::move(certificate)) {}

absl::StatusOr<Identity> Identity::Load(const std::string& dir, absl::string_view pin) {
  ASSIGN_OR_RETURN(std::string pem, ReadPart(dir + "/sign.crt"));
  ASSIGN_OR_RETURN(pki::Certificate certificate, pki::Certificate::FromPem(pem));
  ASSIGN_OR_RETURN(pki::PrivateKey key, pki::PrivateKey::LoadFile(dir + "/sign.key", pin));
  Identity identity(std::move(key), std::move(certificate));
  if (fs::exists(dir + "/agree.crt")) {
    ASSIGN_OR_RETURN(std::string agree_pem, ReadPart(dir + "/agree.crt"));
    ASSIGN_OR_RETURN(pki::Certificate agree, pki::Certificate::FromPem(agree_pem));
    ASSIGN_OR_RETURN(pki::PrivateKey agree_key, pki::PrivateKey::LoadFile(dir + "/agree.key", pin));
    ASSIGN_OR_RETURN(crypto::P256PrivateKey p256, crypto::P256PrivateKey::FromEvp(agree_key.get()));
    identity.SetAgreement(std::move(p256), std::move(agree));
  }
  if (fs::exists(dir + "/person")) {
    ASSIGN_OR_RETURN(std::string person, ReadPart(dir + "/person"));
    identity.set_person_id(std::string(absl::StripAsciiWhitespace(person)));
  }
  return identity;
}

absl::Status Identity::Save(const std::string& dir, absl::string_view pin) const {
  RETURN_IF_ERROR(MakeFolder(dir, /*secret=*/true));
  RETURN_IF_ERROR(key_->SaveFile(dir + "/sign.key", pin));
  RETURN_IF_ERROR(WriteFile(dir + "/sign.crt", certificate_.ToPem()));
  if (has_agreement()) {
    ASSIGN_OR_RETURN(pki::PrivateKey agree, pki::PrivateKey::FromPem(agreement_key_->ToPkcs8Pem()));
    RETURN_IF_ERROR(agree.SaveFile(dir + "/agree.key", pin));
    RETURN_IF_ERROR(WriteFile(dir + "/agree.crt", agreement_certificate_->ToPem()));
  }
  if (!person_id_.empty()) RETURN_IF_ERROR(SavePersonId(dir, person_id_));
  return absl::OkStatus();
}

absl::Status Identity::SavePersonId(const std::string& dir, absl::string_view person_id) {
  return WriteFile(dir + "/person", absl::StrCat(person_id, "\n"));
}

void Identity::SetAgreement(crypto::P256PrivateKey key, pki::Certificate certificate) {
  agreement_key_ = std::make_shared<const crypto::P256PrivateKey>(std::move(key));
  agreement_certificate_ = std::move(certificate);
}

std::string Identity::cert_sha256() const { return HexEncode(crypto::Sha256(certificate_.der())); }

std::string Identity::organization_id() const {
  return person_id_.substr(0, person_id_.rfind('.'));
}

absl::StatusOr<document::v1::SignedDocument> Identity::Sign(std::string content) const {
  ASSIGN_OR_RETURN(std::string signature, pki::SignCades(content, *key_, certificate_.der()));
  document::v1::SignedDocument out;
  out.set_content(std::move(content));
  out.set_signature(std::move(signature));
  return out;
}

absl::StatusOr<std::string> Identity::EncryptToSelf(absl::string_view plain) const {
  if (has_agreement()) return pki::EncryptCms(plain, *agreement_certificate_);
  if (pki::MayEncryptTo(certificate_)) return pki::EncryptCms(plain, certificate_);
  return MakeError(absl::StatusCode::kFailedPrecondition, "ENCRYPTION_CERTIFICATE_MISSING",
                   "the identity has no certificate that may be encrypted to");
}

absl::StatusOr<std::string> Identity::DecryptOwn(absl::string_view envelope) const {
  if (!has_agreement()) return pki::DecryptCms(envelope, *key_, certificate_);
  ASSIGN_OR_RETURN(const pki::PrivateKey key,
                   pki::PrivateKey::FromPem(agreement_key_->ToPkcs8Pem()));
  return pki::DecryptCms(envelope, key, *agreement_certificate_);
}

absl::StatusOr<document::v1::SignedDocument> SignDocument(const Identity& identity,
                                                          absl::string_view system,
                                                          absl::string_view kind,
                                                          google::protobuf::Message* document) {
  const auto* descriptor = document->GetDescriptor();
  const auto* reflection = document->GetReflection();
  reflection->SetString(document, descriptor->FindFieldByName("kind"), std::string(kind));
  reflection->SetInt32(document, descriptor->FindFieldByName("version"),
                       document::SchemaVersion(*descriptor));
  reflection->SetString(document, descriptor->FindFieldByName("system"), std::string(system));
  reflection->SetString(document, descriptor->FindFieldByName("signer"), identity.person_id());
  ASSIGN_OR_RETURN(std::string content, document::ToCanonicalJson(*document));
  return identity.Sign(std::move(content));
}

std::string DocumentHash(const document::v1::SignedDocument& document) {
  return HexEncode(crypto::Sha256(document.content()));
}

}  // namespace jodal::sdk
