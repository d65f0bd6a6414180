// A person's keys on their own machine: a signing key with its certificate, and a key-agreement
// pair to which others (shares of sealed bids) or the person (the keys of own bids) encrypt.
// Private keys never leave this folder.
//
//   <dir>/sign.key sign.crt [agree.key agree.crt] [person]
//
// Key files are PKCS#8 PEM with mode 0600, encrypted if a PIN was given. `person` holds the person
// id once registered.
#ifndef JODAL_CLIENTS_SDK_IDENTITY_H_
#define JODAL_CLIENTS_SDK_IDENTITY_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/ec.h"
#include "common/pki/ca.h"
#include "common/pki/certificate.h"
#include "common/pki/key.h"
#include "jodal/document/v1/signed.pb.h"

namespace google::protobuf {
class Message;
}

namespace jodal::sdk {

// Copyable; the keys are shared. Thread-safe for const use.
class Identity {
 public:
  Identity(pki::PrivateKey key, pki::Certificate certificate);

  // Reads a folder. NOT_FOUND IDENTITY_MISSING; KEY_FILE_PERMISSIONS; KEY_PIN_REQUIRED; and the
  // reasons of pki::PrivateKey.
  static absl::StatusOr<Identity> Load(const std::string& dir, absl::string_view pin = "");
  // Creates the folder (0700) and writes the keys; refuses to overwrite keys that exist.
  absl::Status Save(const std::string& dir, absl::string_view pin = "") const;
  // Writes only the person id into an existing folder.
  static absl::Status SavePersonId(const std::string& dir, absl::string_view person_id);

  void SetAgreement(crypto::P256PrivateKey key, pki::Certificate certificate);

  const pki::Certificate& certificate() const { return certificate_; }
  std::string cert_sha256() const;  // hex, of the signing certificate
  bool has_agreement() const { return agreement_key_ != nullptr; }
  const crypto::P256PrivateKey& agreement_key() const { return *agreement_key_; }
  const pki::Certificate& agreement_certificate() const { return *agreement_certificate_; }

  const std::string& person_id() const { return person_id_; }
  void set_person_id(std::string id) { person_id_ = std::move(id); }
  // "S-1234567890" of "S-1234567890.1".
  std::string organization_id() const;

  // Signs exactly `content`.
  absl::StatusOr<document::v1::SignedDocument> Sign(std::string content) const;

  // Encrypts to the person: to the key-agreement certificate, without one to the signing
  // certificate if its key usage allows that (docs/adr/0011). FAILED_PRECONDITION
  // ENCRYPTION_CERTIFICATE_MISSING.
  absl::StatusOr<std::string> EncryptToSelf(absl::string_view plain) const;
  // What EncryptToSelf made. INVALID_ARGUMENT ENVELOPE_MALFORMED; FAILED_PRECONDITION
  // ENVELOPE_NOT_OPENED.
  absl::StatusOr<std::string> DecryptOwn(absl::string_view envelope) const;

 private:
  std::shared_ptr<const pki::PrivateKey> key_;
  pki::Certificate certificate_;
  std::shared_ptr<const crypto::P256PrivateKey> agreement_key_;
  std::optional<pki::Certificate> agreement_certificate_;
  std::string person_id_;
};

// Fills kind, version 1, system and signer of `document` (a message of documents.proto), writes it
// as canonical JSON and signs that.
absl::StatusOr<document::v1::SignedDocument> SignDocument(const Identity& identity,
                                                          absl::string_view system,
                                                          absl::string_view kind,
                                                          google::protobuf::Message* document);

// hex SHA-256 of the signed bytes: what later documents refer to.
std::string DocumentHash(const document::v1::SignedDocument& document);

}  // namespace jodal::sdk

#endif  // JODAL_CLIENTS_SDK_IDENTITY_H_
