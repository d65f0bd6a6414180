#include "clients/install/fold.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/kv/scan.h"
#include "common/ledger/errors.h"
#include "common/ledger/journal.h"
#include "common/ledger/records.h"
#include "common/ledger/transaction.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/people/organization.h"

namespace jodal::install {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kShownBytesMax = 100;  // longer values are shown as digests
constexpr char kMissing[] = "(no record)";

std::string Digest(absl::string_view bytes) {
  return absl::StrCat("sha256 ", HexEncode(crypto::Sha256(bytes)));
}

// Compares records field by field.
class Comparison {
 public:
  Comparison(const std::string& subject, const std::set<std::string>& confidential,
             std::vector<Difference>* out)
      : subject_(subject), confidential_(confidential), out_(*out) {}

  void Compare(const Message& stored, const Message& expected, const std::string& path) {
    const auto* schema = expected.GetDescriptor();
    for (int i = 0; i < schema->field_count(); ++i) {
      const FieldDescriptor* field = schema->field(i);
      const std::string name =
          path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
      if (field->is_repeated()) {
        Repeated(stored, expected, field, name);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const bool has[] = {stored.GetReflection()->HasField(stored, field),
                            expected.GetReflection()->HasField(expected, field)};
        if (has[0] != has[1]) Add(name, has[0] ? "(set)" : "(unset)", has[1] ? "(set)" : "(unset)");
        if (has[0] && has[1]) {
          Compare(stored.GetReflection()->GetMessage(stored, field),
                  expected.GetReflection()->GetMessage(expected, field), name);
        }
      } else {
        Values(field, name, Text(stored, field, -1), Text(expected, field, -1));
      }
    }
    if (!stored.GetReflection()->GetUnknownFields(stored).empty()) {
      Add(absl::StrCat(path, ".?"), "(a field that no program writes)", "");
    }
  }

 private:
  void Repeated(const Message& stored, const Message& expected, const FieldDescriptor* field,
                const std::string& name) {
    const int sizes[] = {stored.GetReflection()->FieldSize(stored, field),
                         expected.GetReflection()->FieldSize(expected, field)};
    if (sizes[0] != sizes[1]) {
      Add(name, absl::StrCat(sizes[0], " of them"), absl::StrCat(sizes[1], " of them"));
    }
    for (int i = 0; i < std::min(sizes[0], sizes[1]); ++i) {
      const std::string element = absl::StrCat(name, "[", i, "]");
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Compare(stored.GetReflection()->GetRepeatedMessage(stored, field, i),
                expected.GetReflection()->GetRepeatedMessage(expected, field, i), element);
      } else {
        Values(field, element, Text(stored, field, i), Text(expected, field, i));
      }
    }
  }

  // Of a single field, or of element `index`.
  static std::string Text(const Message& message, const FieldDescriptor* field, int index) {
    const auto* r = message.GetReflection();
    const bool one = index < 0;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return one ? r->GetString(message, field) : r->GetRepeatedString(message, field, index);
      case FieldDescriptor::CPPTYPE_INT32:
        return absl::StrCat(one ? r->GetInt32(message, field)
                                : r->GetRepeatedInt32(message, field, index));
      case FieldDescriptor::CPPTYPE_INT64:
        return absl::StrCat(one ? r->GetInt64(message, field)
                                : r->GetRepeatedInt64(message, field, index));
      case FieldDescriptor::CPPTYPE_UINT64:
        return absl::StrCat(one ? r->GetUInt64(message, field)
                                : r->GetRepeatedUInt64(message, field, index));
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value =
            one ? r->GetBool(message, field) : r->GetRepeatedBool(message, field, index);
        return value ? "true" : "false";
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        return (one ? r->GetEnum(message, field) : r->GetRepeatedEnum(message, field, index))
            ->name();
      default: {
        std::string out;
        google::protobuf::TextFormat::PrintFieldValueToString(message, field, index, &out);
        return out;
      }
    }
  }

  void Values(const FieldDescriptor* field, const std::string& name, const std::string& stored,
              const std::string& expected) {
    if (stored == expected) return;
    const bool hide = field->type() == FieldDescriptor::TYPE_BYTES ||
                      confidential_.count(field->name()) != 0 ||
                      std::max(stored.size(), expected.size()) > kShownBytesMax;
    Add(name, hide ? Digest(stored) : stored, hide ? Digest(expected) : expected);
  }
  void Add(const std::string& field, std::string stored, std::string expected) {
    out_.push_back({subject_, field, std::move(stored), std::move(expected)});
  }

  const std::string& subject_;
  const std::set<std::string>& confidential_;
  std::vector<Difference>& out_;
};

std::string StoredKey(uint16_t shard, absl::string_view key) {
  return absl::StrCat(ledger::ShardPrefix(shard), key);
}

absl::StatusOr<FoldEntry> ReadEntry(const kv::KeyValue& pair) {
  ASSIGN_OR_RETURN(const ledger::StoredEntry stored, ledger::DecodeEntry(pair.value));
  log::v1::Entry head;
  if (!head.ParseFromArray(stored.leaf.data(), static_cast<int>(stored.leaf.size()))) {
    return ledger::DamagedError("an entry does not parse");
  }
  FoldEntry out;
  out.seq = head.seq();
  out.arrival = absl::FromUnixNanos(head.arrival_time_ns() != 0 ? head.arrival_time_ns()
                                                                : head.commit_time_ns());
  ASSIGN_OR_RETURN(out.event, procurement::ParseEvent(stored.body));
  return out;
}

}  // namespace

procurement::Actor SignerOf(absl::string_view signer) {
  const size_t dot = signer.rfind('.');
  if (signer == procurement::kRegistrarId) {
    return {procurement::kRegistrarId, procurement::kOperatorId, {}};
  }
  return {std::string(signer),
          std::string(dot == absl::string_view::npos ? signer : signer.substr(0, dot)),
          {}};
}

void FoldOutput::Expect(std::string subject, uint16_t shard, std::string key,
                        const Message& record) {
  std::unique_ptr<Message> copy(record.New());
  copy->CopyFrom(record);
  rows.push_back({std::move(subject), shard, std::move(key), std::move(copy)});
}

absl::StatusOr<std::optional<document::v1::StoredDocument>> FoldOutput::Document(
    const Place& place, absl::string_view sha256) {
  const ledger::ShardReader reader(store_, place.shard);
  ASSIGN_OR_RETURN(const auto bytes,
                   ledger::Journal(place.table).Get(reader, {place.name, place.number}));
  document::v1::StoredDocument out;
  std::string found = "(no document)";
  if (bytes.has_value()) {
    found = out.ParseFromString(*bytes) ? HexEncode(crypto::Sha256(out.document().content()))
                                        : "(damaged)";
  }
  if (found == sha256) return std::optional(std::move(out));
  Differs({place.subject, absl::StrCat("document ", place.number + 1), found, std::string(sha256)});
  return std::optional<document::v1::StoredDocument>();
}

absl::StatusOr<StateCheck> CheckState(const kv::Backend& backend, Fold& fold) {
  const auto reader = backend.NewSnapshot();
  std::map<std::string, std::vector<uint64_t>> groups;
  RETURN_IF_ERROR(
      kv::ForEachWithPrefix(*reader, "E", [&](const kv::KeyValue& pair) -> absl::Status {
        ASSIGN_OR_RETURN(const FoldEntry entry, ReadEntry(pair));
        std::string group = fold.GroupOf(entry.event);
        if (!group.empty()) groups[std::move(group)].push_back(entry.seq);
        return absl::OkStatus();
      }));

  StateCheck check;
  const std::set<std::string> confidential = fold.Confidential();
  std::unordered_set<std::string> explained;
  const auto compare = [&](FoldOutput& out) -> absl::Status {
    for (const ExpectedRow& row : out.rows) {
      const std::string key = StoredKey(row.shard, row.key);
      explained.insert(key);
      ++check.records;
      ASSIGN_OR_RETURN(const auto value, reader->Get(key));
      std::unique_ptr<Message> stored(row.record->New());
      if (!value.has_value() || !stored->ParseFromString(*value)) {
        out.Differs(
            {row.subject, "", value.has_value() ? "(damaged)" : kMissing, "a record, " + row.key});
        continue;
      }
      Comparison(row.subject, confidential, &out.differences).Compare(*stored, *row.record, "");
    }
    check.differences.insert(check.differences.end(),
                             std::make_move_iterator(out.differences.begin()),
                             std::make_move_iterator(out.differences.end()));
    return absl::OkStatus();
  };
  for (const auto& [name, seqs] : groups) {
    FoldGroup group{name, {}};
    for (const uint64_t seq : seqs) {
      ASSIGN_OR_RETURN(const auto value, reader->Get(ledger::EntryKey(seq)));
      if (!value.has_value())
        return ledger::DamagedError(absl::StrCat("entry ", seq, " is missing"));
      ASSIGN_OR_RETURN(FoldEntry entry, ReadEntry({ledger::EntryKey(seq), *value}));
      group.entries.push_back(std::move(entry));
    }
    FoldOutput out(*reader);
    RETURN_IF_ERROR(fold.Run(group, out));
    RETURN_IF_ERROR(compare(out));
  }
  FoldOutput last(*reader);
  RETURN_IF_ERROR(fold.Finish(last));
  RETURN_IF_ERROR(compare(last));

  const std::vector<std::string> tables = fold.Tables();
  const size_t prefix = ledger::ShardPrefix(0).size();
  RETURN_IF_ERROR(kv::ForEachWithPrefix(*reader, "S", [&](const kv::KeyValue& pair) {
    const absl::string_view key = absl::string_view(pair.key).substr(prefix);
    const bool ours = std::any_of(tables.begin(), tables.end(), [&](const std::string& table) {
      return absl::StartsWith(key, table);
    });
    if (ours && explained.count(pair.key) == 0) {
      check.differences.push_back({std::string(key), "", "a record", "(none)"});
    }
    return absl::OkStatus();
  }));
  return check;
}

std::unique_ptr<Fold> FoldOf(absl::string_view service, const std::string& system) {
  if (service == "contract") return ContractFold();
  if (service == "payment") return PaymentFold(system);
  if (service == "registration") return RegistrationFold();
  return nullptr;
}

}  // namespace jodal::install
