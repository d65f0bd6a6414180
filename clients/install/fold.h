// What the signed documents in a store make of its records, compared with the records: an operator
// who edits a record (an amount, an account, a state, a role) does not edit the documents that it
// follows from, which the log names by their digests. The folds are those of the law
// (procurement/acts), the same that the services ran.
#ifndef JODAL_CLIENTS_INSTALL_FOLD_H_
#define JODAL_CLIENTS_INSTALL_FOLD_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/backend.h"
#include "jodal/document/v1/signed.pb.h"
#include "jodal/event/v1/event.pb.h"
#include "procurement/acts/act.h"

namespace jodal::install {

// One thing that is stored and does not follow from the documents.
struct Difference {
  std::string subject;       // the case, "contract R26TA00000001"
  std::string field;         // "contract.amount"; "" where the whole record is missing or too much
  std::string stored;        // what is confidential: as a digest
  std::string by_documents;  // the value that follows from them
};

// An entry of the service's log.
struct FoldEntry {
  uint64_t seq = 0;
  absl::Time arrival;  // when the service had received what the entry is about
  event::v1::Event event;
};

// A record as the documents make it.
struct ExpectedRow {
  std::string subject;
  uint16_t shard = 0;
  std::string key;  // in the shard, with the table's name
  std::unique_ptr<google::protobuf::Message> record;
};

// Entries that are folded together: those of a contract, or of a supplier's payments and account.
struct FoldGroup {
  std::string name;
  std::vector<FoldEntry> entries;  // by seq
};

// Of one group: fills in rows and what is wrong before any record is looked at.
class FoldOutput {
 public:
  explicit FoldOutput(const kv::Reader& store) : store_(store) {}

  const kv::Reader& store() const { return store_; }
  // `record` is copied.
  void Expect(std::string subject, uint16_t shard, std::string key,
              const google::protobuf::Message& record);
  void Differs(Difference difference) { differences.push_back(std::move(difference)); }

  // The document with this digest, kept in `shard` as number `number` under `name` of the journal
  // `table`. nullopt, and a difference, if it is not there or is another one.
  struct Place {
    std::string subject;
    uint16_t shard = 0;
    const char* table = nullptr;
    std::string name;
    int number = 0;
  };
  absl::StatusOr<std::optional<document::v1::StoredDocument>> Document(const Place& place,
                                                                       absl::string_view sha256);

  std::vector<ExpectedRow> rows;
  std::vector<Difference> differences;

 private:
  const kv::Reader& store_;
};

// The person who signed, as the document says; its digest, and with it this, is in the log.
procurement::Actor SignerOf(absl::string_view signer);

// The documents of one service. Stateful: groups are asked for all entries in order first.
class Fold {
 public:
  virtual ~Fold() = default;
  // The group that an entry belongs to, "" for none.
  virtual std::string GroupOf(const event::v1::Event& event) = 0;
  virtual absl::Status Run(const FoldGroup& group, FoldOutput& out) = 0;
  // After all groups: records that follow from several of them.
  virtual absl::Status Finish(FoldOutput&) { return absl::OkStatus(); }
  // Names of the tables whose every record must follow from documents.
  virtual std::vector<std::string> Tables() const = 0;
  // Fields that are shown as digests.
  virtual std::set<std::string> Confidential() const { return {}; }
};

// Null: nothing in the store of this service is made by documents alone, or not yet checked.
std::unique_ptr<Fold> FoldOf(absl::string_view service, const std::string& system);
std::unique_ptr<Fold> ContractFold();
std::unique_ptr<Fold> PaymentFold(const std::string& system);
std::unique_ptr<Fold> RegistrationFold();

struct StateCheck {
  uint64_t records = 0;  // that documents make, and that were compared
  std::vector<Difference> differences;
};
// Folds every group of the log and compares. Memory: some 100 bytes for each case and record.
// Errors of the store, DATA_LOSS of entries that do not parse.
absl::StatusOr<StateCheck> CheckState(const kv::Backend& backend, Fold& fold);

}  // namespace jodal::install

#endif  // JODAL_CLIENTS_INSTALL_FOLD_H_
