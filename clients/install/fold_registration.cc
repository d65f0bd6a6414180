// Organisations and people, by the documents that register and approve them. Those of one
// organisation are folded together. Certificates and keys are held by whoever took them last. The
// register of facts is its documents themselves.
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/install/fold.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/ledger/table.h"
#include "common/ledger/transaction.h"
#include "common/pki/certificate.h"
#include "common/pki/cms_reader.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/registration/store/v1/registration_store.pb.h"
#include "procurement/acts/registration.h"
#include "procurement/register/register.h"
#include "procurement/stores.h"

namespace jodal::install {
namespace {

using registration::store::v1::Claim;
using registration::v1::OrganizationCase;
using registration::v1::PersonCase;

absl::StatusOr<procurement::CertificateFacts> Read(absl::string_view der) {
  ASSIGN_OR_RETURN(const pki::Certificate certificate, pki::Certificate::FromDer(der));
  return procurement::CertificateFacts{std::string(certificate.der()),
                                       HexEncode(certificate.sha256()),
                                       HexEncode(crypto::Sha256(certificate.spki_der()))};
}

// What one organisation's documents have made so far.
struct Register {
  OrganizationCase organization;
  std::map<std::string, PersonCase> people;  // by id
};

class Registrations : public Fold {
 public:
  std::string GroupOf(const event::v1::Event& event) override {
    if (event.has_fact_recorded()) return kFacts;
    return event.has_organization_acted() ? event.organization_acted().organization_id()
                                          : event.person_acted().organization_id();
  }

  absl::Status Run(const FoldGroup& group, FoldOutput& out) override {
    if (group.name == kFacts) return Facts(group, out);
    Register known;
    for (const FoldEntry& entry : group.entries) {
      const auto& of_organization = entry.event.organization_acted();
      const auto& of_person = entry.event.person_acted();
      const bool person = entry.event.has_person_acted();
      const std::string& kind = person ? of_person.kind() : of_organization.kind();
      const std::string& sha256 =
          person ? of_person.document_sha256() : of_organization.document_sha256();
      const std::string subject = person ? absl::StrCat("person ", of_person.person_id())
                                         : absl::StrCat("organisation ", group.name);
      ASSIGN_OR_RETURN(const auto stored, Document(subject, sha256, out));
      if (!stored.has_value()) return absl::OkStatus();
      absl::StatusOr<event::v1::Event> event = absl::UnknownError("no document of this kind");
      const auto step = [&]<typename Doc>(const procurement::Act&) {
        event = Step<Doc>(*stored, {sha256, entry.arrival}, entry, known);
      };
      procurement::VisitKind(procurement::OrganizationDocuments(), kind, step);
      procurement::VisitKind(procurement::PersonDocuments(), kind, step);
      if (!event.ok() || event->SerializeAsString() != entry.event.SerializeAsString()) {
        out.Differs({subject, absl::StrCat("entry ", entry.seq), entry.event.ShortDebugString(),
                     event.ok() ? event->ShortDebugString() : event.status().ToString()});
        return absl::OkStatus();
      }
    }
    const uint16_t shard = Shard();
    out.Expect(absl::StrCat("organisation ", group.name), shard,
               absl::StrCat(procurement::kOrganizationTable, group.name), known.organization);
    for (const auto& [id, person] : known.people) {
      out.Expect(absl::StrCat("person ", id), shard, absl::StrCat(procurement::kPersonTable, id),
                 person);
    }
    return absl::OkStatus();
  }

  absl::Status Finish(FoldOutput& out) override {
    for (const auto& [key, taken] : claims_) {
      out.Expect(absl::StrCat("holder of ", key), Shard(), key, taken.claim);
    }
    return absl::OkStatus();
  }

  std::vector<std::string> Tables() const override {
    return {procurement::kOrganizationTable, procurement::kPersonTable,
            procurement::kCertificateTable, procurement::kKeyTable, procurement::kFactTable};
  }
  std::set<std::string> Confidential() const override { return {"certificate"}; }

 private:
  // No organisation has this id.
  static constexpr char kFacts[] = "facts";

  struct Taken {
    uint64_t seq = 0;
    Claim claim;
  };

  static uint16_t Shard() { return ledger::ShardOf(procurement::kRegistrationShard); }

  // The documents are the records, which have to be the ones that the log names.
  static absl::Status Facts(const FoldGroup& group, FoldOutput& out) {
    const ledger::ShardReader reader(out.store(), Shard());
    static const auto& facts =
        *new ledger::Table<document::v1::StoredDocument>(procurement::kFactTable);
    for (const FoldEntry& entry : group.entries) {
      const auto& recorded = entry.event.fact_recorded();
      const std::string key =
          absl::StrFormat("%s/%s/%06d", recorded.subject(), recorded.type(), recorded.number());
      const std::string subject = absl::StrCat("fact ", key);
      const auto stored = facts.Find(reader, key);
      if (!stored.ok() || !stored->has_value()) {
        out.Differs(
            {subject, "", stored.ok() ? "(no record)" : "(damaged)", recorded.fact_sha256()});
        continue;
      }
      const document::v1::StoredDocument& document = **stored;
      const std::string sha256 = HexEncode(crypto::Sha256(document.document().content()));
      document::v1::FactRecord doc;
      const absl::Status parsed = document::ParseStrictJson(document.document().content(), &doc);
      if (!parsed.ok() ||
          procurement::FactEvent(doc, sha256, recorded.number()).SerializeAsString() !=
              recorded.SerializeAsString()) {
        out.Differs({subject, "document", sha256, recorded.fact_sha256()});
      }
      out.Expect(subject, Shard(), absl::StrCat(procurement::kFactTable, key), document);
    }
    return absl::OkStatus();
  }

  static absl::StatusOr<std::optional<document::v1::StoredDocument>> Document(
      const std::string& subject, const std::string& sha256, FoldOutput& out) {
    static const auto& documents =
        *new ledger::Table<document::v1::StoredDocument>(procurement::kRegistrationDocuments);
    const ledger::ShardReader reader(out.store(), Shard());
    auto stored = documents.Find(reader, sha256);
    std::string found = "(no document)";
    if (!stored.ok()) {
      found = "(damaged)";
    } else if (stored->has_value()) {
      found = HexEncode(crypto::Sha256((*stored)->document().content()));
    }
    if (found == sha256) return stored;
    out.Differs({subject, absl::StrCat("document ", sha256.substr(0, 12)), found, sha256});
    return std::optional<document::v1::StoredDocument>();
  }

  // Certificates are held from the registration on, bound for good from the approval on.
  void Claims(const PersonCase& person, uint64_t seq) {
    Claim claim;
    claim.set_person_id(person.person().person_id());
    claim.set_registration_sha256(person.person().registration_sha256());
    claim.set_pending_until_ns(person.pending_until_ns());
    const auto take = [&](const char* table, const std::string& name) {
      Taken& taken = claims_[absl::StrCat(table, name)];
      if (taken.claim.person_id().empty() || seq >= taken.seq) taken = {seq, claim};
    };
    take(procurement::kCertificateTable, person.person().cert_sha256());
    for (const std::string& key : person.key_sha256()) take(procurement::kKeyTable, key);
  }

  template <typename Doc>
  absl::StatusOr<event::v1::Event> Step(const document::v1::StoredDocument& stored,
                                        const procurement::ActFacts& act, const FoldEntry& entry,
                                        Register& known) {
    Doc doc;
    RETURN_IF_ERROR(document::ParseStrictJson(stored.document().content(), &doc));
    const procurement::Actor signer = SignerOf(doc.signer());
    procurement::RegistrationFacts facts;
    static_cast<procurement::ActFacts&>(facts) = act;
    facts.signer = signer.person_id;
    ASSIGN_OR_RETURN(const pki::CmsSignature cms, pki::ReadCms(stored.document().signature()));
    ASSIGN_OR_RETURN(facts.certificate, Read(cms.signer_cert_der));
    if constexpr (requires { doc.encryption_certificate(); }) {
      if (!doc.encryption_certificate().empty()) {
        ASSIGN_OR_RETURN(facts.encryption, Read(doc.encryption_certificate()));
      }
    }
    std::string about = entry.event.person_acted().person_id();
    if constexpr (!procurement::kOfPerson<Doc>) {
      about = absl::StrCat(entry.event.organization_acted().organization_id(), ".",
                           procurement::kRepresentativeNumber);
    }
    PersonCase& person = known.people[about];
    ASSIGN_OR_RETURN(auto event, procurement::ApplyToRegistration(doc, facts, &signer,
                                                                  known.organization, person));
    Claims(person, entry.seq);
    return event;
  }

  std::map<std::string, Taken> claims_;  // by table and name
};

}  // namespace

std::unique_ptr<Fold> RegistrationFold() { return std::make_unique<Registrations>(); }

}  // namespace jodal::install
