// The tables of the registration service. All of them lie in one shard: that a certificate, a key
// and a business number are held by one person or organisation only is decided over all of them in
// one commit, and a commit never crosses a shard. The rate allows it: a nation registers a few
// organisations a minute and opens some ten sessions a second.
#ifndef JODAL_SERVICES_REGISTRATION_STORE_TABLES_H_
#define JODAL_SERVICES_REGISTRATION_STORE_TABLES_H_

#include "common/ledger/table.h"
#include "jodal/document/v1/signed.pb.h"
#include "jodal/registration/store/v1/store.pb.h"

namespace jodal::registration {

// The parent id whose shard holds everything.
inline constexpr char kShardParent[] = "registration";

inline uint16_t Shard() { return ledger::ShardOf(kShardParent); }

// By organisation id.
inline const ledger::Table<store::v1::OrganizationRecord>& Organizations() {
  static const auto& table = *new ledger::Table<store::v1::OrganizationRecord>("organization/");
  return table;
}
// By person id, so an organisation's people lie together, in the order of their ids as text.
inline const ledger::Table<store::v1::PersonRecord>& People() {
  static const auto& table = *new ledger::Table<store::v1::PersonRecord>("person/");
  return table;
}
// By the hex SHA-256 of a signing certificate.
inline const ledger::Table<store::v1::Claim>& Certificates() {
  static const auto& table = *new ledger::Table<store::v1::Claim>("certificate/");
  return table;
}
// By the hex SHA-256 of a SubjectPublicKeyInfo, signing and encryption keys alike.
inline const ledger::Table<store::v1::Claim>& Keys() {
  static const auto& table = *new ledger::Table<store::v1::Claim>("key/");
  return table;
}
// Accepted documents by the hex SHA-256 of their content.
inline const ledger::Table<document::v1::StoredDocument>& Documents() {
  static const auto& table = *new ledger::Table<document::v1::StoredDocument>("signed/");
  return table;
}

// Challenges that were answered, by their hex random part; the value is empty.
inline constexpr char kChallengePrefix[] = "challenge/";

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_STORE_TABLES_H_
