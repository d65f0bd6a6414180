// The tables of the registration service. All of them lie in one shard: that a certificate, a key
// and a business number are held by one person or organisation only is decided over all of them in
// one commit, and a commit never crosses a shard. The rate allows it: a nation registers a few
// organisations a minute and opens some ten sessions a second.
#ifndef JODAL_SERVICES_REGISTRATION_STORE_REGISTRATION_STORE_H_
#define JODAL_SERVICES_REGISTRATION_STORE_REGISTRATION_STORE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "common/ledger/table.h"
#include "jodal/document/v1/signed.pb.h"
#include "jodal/registration/store/v1/registration_store.pb.h"
#include "jodal/registration/v1/case.pb.h"
#include "procurement/stores.h"

namespace jodal::registration {

using procurement::kRegistrationShard;
inline constexpr const char* kShardParent = kRegistrationShard;

inline uint16_t Shard() { return ledger::ShardOf(kShardParent); }

// By organisation id.
const ledger::Table<v1::OrganizationCase>& Organizations();
// By person id, so an organisation's people lie together, in the order of their ids as text.
const ledger::Table<v1::PersonCase>& People();
// By the hex SHA-256 of a signing certificate.
const ledger::Table<store::v1::Claim>& Certificates();
// By the hex SHA-256 of a SubjectPublicKeyInfo, signing and encryption keys alike.
const ledger::Table<store::v1::Claim>& Keys();
// Accepted documents by the hex SHA-256 of their content.
const ledger::Table<document::v1::StoredDocument>& Documents();

// What the register of facts is about: a subject and a type.
struct FactName {
  absl::string_view subject;
  absl::string_view type;
};
// "<subject>/<type>/"; then six digits of the number.
std::string FactPrefix(const FactName& name);
std::string FactKey(const FactName& name, int number);
// Facts as their signed documents, by the key above.
const ledger::Table<document::v1::StoredDocument>& Facts();

// Challenges that were answered, by their hex random part; the value is empty.
inline constexpr char kChallengePrefix[] = "challenge/";

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_STORE_REGISTRATION_STORE_H_
