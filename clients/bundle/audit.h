// One verification under way: what the chapters of VerifyBundle share. Internal to this folder.
#ifndef JODAL_CLIENTS_BUNDLE_AUDIT_H_
#define JODAL_CLIENTS_BUNDLE_AUDIT_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/bundle/files.h"
#include "clients/bundle/trust.h"
#include "clients/bundle/verify.h"
#include "clients/sdk/sealed_bid.h"
#include "common/document/document_verifier.h"
#include "common/log/checkpoint.h"
#include "common/pki/verifier.h"
#include "common/status/macros.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "jodal/contract/v1/contract.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "jodal/registration/v1/case.pb.h"
#include "jodal/tender/v1/tender.pb.h"
#include "procurement/documents/read.h"
#include "procurement/register/register.h"

namespace google::protobuf {
class Message;
}

namespace jodal::bundle {

// The clocks of an installation's services agree to this; times within one log need no allowance.
inline constexpr absl::Duration kClockSkew = absl::Seconds(2);

// One proven entry of a log.
struct LoggedEntry {
  std::string service;
  std::string entry;  // the leaf
  log::v1::Entry head;
  event::v1::Event event;  // empty if the body is restricted
  bool used = false;       // some chapter has accounted for it

  uint64_t seq() const { return head.seq(); }
  absl::Time committed() const { return absl::FromUnixNanos(head.commit_time_ns()); }
  // When the service had received what the entry is about, as far as the log says.
  absl::Time received() const {
    return head.arrival_time_ns() != 0 ? absl::FromUnixNanos(head.arrival_time_ns()) : committed();
  }
};

struct AuditLog {
  log::LogIdentity identity;
  log::Checkpoint checkpoint;
  std::vector<LoggedEntry> entries;  // by seq
  // Where they are, by type and subject: every chapter asks for some, for each person and bid.
  std::map<std::pair<std::string, std::string>, std::vector<size_t>> by_subject;
};

struct Person {
  std::string person_id;
  std::string organization_id;
  std::string organization_type;
  std::set<std::string> roles;
  std::string cert_sha256;             // hex; bound
  std::string encryption_cert_sha256;  // hex, or empty
  absl::Time since;                    // bound from then on
  bool used = false;
};

// A signed document that has passed.
struct ActBase {
  std::string sha256;          // hex; empty: there is none
  const Person* by = nullptr;  // null: not registered yet, or the registrar
  std::string cert_sha256;     // hex
  document::v1::SignedDocument document;
};
template <typename Doc>
struct Act : ActBase {
  Doc doc;
};

// Judges signatures by the caller's anchors and the bundle's evidence, and notes what it used.
class EvidenceVerifier : public document::DocumentVerifier {
 public:
  explicit EvidenceVerifier(std::shared_ptr<const pki::TrustStore> trust)
      : verifier_(std::move(trust)) {}
  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override;
  absl::Status VerifyAgreement(absl::string_view der, absl::Time at);

  // hex digests; the signers' own certificates left out
  const std::set<std::string>& used() const { return used_; }
  int signatures() const { return signatures_; }
  // hex; signer of the last signature that was refused, "" if it could not be told.
  const std::string& refused_cert_sha256() const { return refused_cert_sha256_; }

 private:
  void Note(const pki::Verdict& verdict);
  pki::Verifier verifier_;
  std::set<std::string> used_;
  int signatures_ = 0;
  std::string refused_cert_sha256_;
};

// A bid of the box, in box order.
struct Bid {
  std::string dir;
  LoggedEntry* received = nullptr;
  std::string submission_digest;  // hex
  document::v1::Seal seal;
  std::string ciphertext;
  const Person* by = nullptr;
  bidding::v1::OpenedBid opened;  // as derived here
};

struct Audit {
  Files files;
  Trust trust;
  Report report;

  std::string system;
  bool training = false;
  std::string tender_id;
  std::map<std::string, AuditLog> logs;  // by service
  std::unique_ptr<EvidenceVerifier> signatures;
  std::map<std::string, Person> people;  // by id
  // By id, as the registration of the representative and its approval made them.
  std::map<std::string, registration::v1::OrganizationCase> organizations;

  // What is recorded about the country, by number.
  struct Facts {
    std::vector<procurement::DatedFact> facts;
    std::vector<absl::Time> recorded;  // when each was
  };
  std::map<std::string, Facts> facts;  // by type

  std::vector<sdk::PublishedNotice> notices;  // by version
  absl::Time first_published;                 // when version 1 was approved
  std::string seed_commit;                    // hex
  std::vector<Bid> bids;                      // of a box that was opened
  std::string box_root;                       // hex; empty while the box is open
  std::optional<tender::v1::EvaluationResult> result;
  std::string result_sha256;               // hex
  Act<document::v1::AwardDecision> award;  // sha256 empty: none
  struct Contracted {
    contract::v1::Contract contract;
    size_t documents = 0;
    std::vector<event::v1::ContractActed> accepted;  // inspections that accepted, in their order
  };
  std::map<std::string, Contracted> contracts;  // by id

  const sdk::PublishedNotice& notice() const { return notices.back(); }  // in force

  // --- Entries. Taking marks them as accounted for.

  // Of `type` about `subject`, by seq.
  std::vector<LoggedEntry*> Take(const std::string& service, absl::string_view type,
                                 absl::string_view subject);
  // The only one, or null. ENTRY_REPEATED.
  absl::StatusOr<LoggedEntry*> TakeOne(const std::string& service, absl::string_view type,
                                       absl::string_view subject);
  std::string TenderSubject() const;
  std::string LogFile(const LoggedEntry& entry) const;
  // A verdict about what an entry says: EVENT_MISMATCH with metadata seq and field.
  absl::Status EventWrong(const LoggedEntry& entry, absl::string_view field) const;

  // --- Documents

  // The signed document at `base`, by a registered person, judged as of `at`. DOCUMENT_*, JSON_*,
  // SIGNATURE_REFUSED, SIGNER_MISMATCH, SIGNER_UNKNOWN, SIGNER_NOT_YET_BOUND, TENDER_MISMATCH.
  template <typename Doc>
  absl::StatusOr<Act<Doc>> Open(const std::string& base, absl::string_view kind, absl::Time at) {
    Act<Doc> act;
    ASSIGN_OR_RETURN(const std::string* content, files.Read(base + ".json"));
    RETURN_IF_ERROR(
        InFile(base, procurement::ReadAs(*content, &act.doc, [&](google::protobuf::Message* doc) {
                 return OpenRegistered({base, kind, at, "", ""}, doc, &act);
               })));
    return act;
  }
  // As Open, by somebody whose person id is `signer_id` and whose certificate is `cert_sha256` or,
  // if that is empty, any valid one.
  struct Asked {
    std::string base;
    absl::string_view kind;
    absl::Time at;
    std::string signer_id;
    std::string cert_sha256;
  };
  template <typename Doc>
  absl::StatusOr<Act<Doc>> OpenBy(const Asked& asked) {
    Act<Doc> act;
    ASSIGN_OR_RETURN(const std::string* content, files.Read(asked.base + ".json"));
    RETURN_IF_ERROR(InFile(
        asked.base, procurement::ReadAs(*content, &act.doc, [&](google::protobuf::Message* doc) {
          return OpenAs(asked, doc, &act);
        })));
    return act;
  }

  // The person, marked as used. SIGNER_UNKNOWN.
  absl::StatusOr<const Person*> FindPerson(const std::string& id, absl::string_view file);
  // SIGNER_ORGANIZATION, SIGNER_ROLE.
  struct Capacity {
    absl::string_view role;             // "" for any
    absl::string_view organization_id;  // "" for any
  };
  absl::Status CheckCapacity(const Person& person, const Capacity& capacity,
                             absl::string_view file) const;

  // The file is exactly the canonical JSON of `message`: else `reason`.
  absl::Status CheckDerived(const std::string& path, const google::protobuf::Message& message,
                            absl::string_view reason);

 private:
  // Of a text that is no document: its version is asked for before anything else.
  static absl::Status InFile(const std::string& base, const absl::Status& status) {
    return status.ok() || absl::IsDataLoss(status) ? status : WrongAt(base + ".json", status);
  }
  absl::Status OpenAs(const Asked& asked, google::protobuf::Message* doc, ActBase* act);
  absl::Status OpenRegistered(Asked asked, google::protobuf::Message* doc, ActBase* act);
};

// The times of the notice in force. NOTICE_FIELD_INVALID.
struct Window {
  absl::Time bid_start, deadline, open_at;
};
absl::StatusOr<Window> WindowOf(const Audit& audit);

// The holidays by which a notice that was approved then was judged: what the register held, as the
// publication says. FACT_MISSING, HOLIDAY_IGNORED (recorded earlier, and not looked at).
absl::StatusOr<procurement::Holidays> HolidaysKnownTo(Audit& audit, const LoggedEntry& published,
                                                      absl::Time approved);

// The chapters, in order.
absl::Status VerifyLogs(Audit& audit);
absl::Status VerifyPeople(Audit& audit);
absl::Status VerifyFacts(Audit& audit);
absl::Status VerifyNotice(Audit& audit);
absl::Status VerifyBids(Audit& audit);
absl::Status VerifyOpening(Audit& audit);
absl::Status VerifyResult(Audit& audit);
absl::Status VerifyAward(Audit& audit);
absl::Status VerifyContract(Audit& audit);
absl::Status VerifyPayment(Audit& audit);

}  // namespace jodal::bundle

#endif  // JODAL_CLIENTS_BUNDLE_AUDIT_H_
