// Chapter: the logs. Checkpoints are signed, every entry is in its log, bodies hash to their
// entries, and the log that each receipt was given for grew into the one of the checkpoint.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/bundle/audit.h"
#include "clients/bundle/layout.h"
#include "common/config/log_origin.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/document/json.h"
#include "common/log/note.h"
#include "common/log/receipt.h"
#include "jodal/bundle/v1/bundle.pb.h"
#include "procurement/acts/act.h"

namespace jodal::bundle {
namespace {

// What happens before a notice is public is in the log without a body that everyone may see.
constexpr const char* kRestricted[] = {"tender.created", "notice.submitted", "notice.approved"};

bool IsRestricted(absl::string_view type) {
  return std::find(std::begin(kRestricted), std::end(kRestricted), type) != std::end(kRestricted);
}

// A checkpoint that carries the log's own signature and nothing else: no byte of it is free.
absl::StatusOr<log::Checkpoint> OpenOnly(absl::string_view note, const log::LogIdentity& identity) {
  ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, log::OpenCheckpoint(note, identity));
  ASSIGN_OR_RETURN(const log::Note parsed, log::ParseNote(note));
  if (parsed.signatures.size() != 1) {
    return MakeError(absl::StatusCode::kDataLoss, "CHECKPOINT_SIGNATURES",
                     "the checkpoint carries other signatures than the log's");
  }
  return checkpoint;
}

absl::Status ReadEntry(Audit& audit, AuditLog& log, const std::string& service,
                       const std::string& file, const std::string& line) {
  v1::LogLine parsed;
  RETURN_IF_ERROR(WrongAt(file, document::ParseStrictJson(line, &parsed)));
  const ErrorMetadata at = {{"seq", absl::StrCat(parsed.seq())}};
  ASSIGN_OR_RETURN(const std::string canonical, document::ToCanonicalJson(parsed));
  if (canonical != line) {
    return Wrong("ENTRY_NOT_CANONICAL", file, "a line is not canonical JSON", at);
  }
  const auto root = crypto::RootFromInclusion(
      {parsed.seq(), log.checkpoint.size, crypto::LeafHash(parsed.entry())},
      {parsed.path().begin(), parsed.path().end()});
  if (!root.ok() || *root != log.checkpoint.root) {
    return Wrong("INCLUSION_MISMATCH", file,
                 absl::StrCat("entry ", parsed.seq(), " is not in the log"), at);
  }
  LoggedEntry entry;
  entry.service = service;
  entry.entry = parsed.entry();
  if (!entry.head.ParseFromString(parsed.entry()) || entry.seq() != parsed.seq()) {
    return Wrong("ENTRY_MALFORMED", file, "an entry does not say its place in the log", at);
  }
  if (!log.entries.empty() && (log.entries.back().seq() >= entry.seq() ||
                               log.entries.back().committed() >= entry.committed())) {
    return Wrong("ENTRY_ORDER", file, "entries are not in the order of the log", at);
  }
  if (entry.received() > entry.committed()) {
    return Wrong("ENTRY_TIME", file, "an entry was committed before it had been received", at);
  }
  if (IsRestricted(entry.head.type()) ? !parsed.body().empty() : parsed.body().empty()) {
    return Wrong("BODY_MISSING", file, "a public entry lacks its body, or a restricted one has it",
                 at);
  }
  if (!parsed.body().empty()) {
    if (crypto::Sha256(parsed.body()) != entry.head.body_sha256()) {
      return Wrong("BODY_MISMATCH", file,
                   absl::StrCat("the body of entry ", parsed.seq(), " is not the one logged"), at);
    }
    if (!entry.event.ParseFromString(parsed.body()) ||
        procurement::EventType(entry.event) != entry.head.type()) {
      return Wrong("ENTRY_MALFORMED", file, "a body is not of its entry's type", at);
    }
  }
  log.entries.push_back(std::move(entry));
  ++audit.report.log_entries;
  return absl::OkStatus();
}

absl::Status ReadLog(Audit& audit, const std::string& service) {
  const std::string note_file = LogDir(service) + "checkpoint.txt";
  const auto known = audit.trust.logs.find(service);
  if (known == audit.trust.logs.end()) {
    return Wrong("LOG_KEY_UNKNOWN", note_file,
                 absl::StrCat("no key is known for the log of service ", service));
  }
  AuditLog& log = audit.logs[service];
  log.identity = known->second;
  ASSIGN_OR_RETURN(const std::string* note, audit.files.Read(note_file));
  auto checkpoint = OpenOnly(*note, log.identity);
  if (!checkpoint.ok()) return WrongAt(note_file, checkpoint.status());
  log.checkpoint = *std::move(checkpoint);
  if (log.identity.origin !=
      config::LogOrigin({.system = audit.system, .training = audit.training, .service = service})) {
    return Wrong("ORIGIN_MISMATCH", note_file, "the log belongs to another system than the notice");
  }

  const std::string file = LogDir(service) + "entries.jsonl";
  ASSIGN_OR_RETURN(const std::string* lines, audit.files.Read(file));
  if (lines->empty() || lines->back() != '\n') {
    return Wrong("ENTRY_NOT_CANONICAL", file, "lines must end in a newline");
  }
  for (const absl::string_view line :
       absl::StrSplit(absl::string_view(*lines).substr(0, lines->size() - 1), '\n')) {
    RETURN_IF_ERROR(ReadEntry(audit, log, service, file, std::string(line)));
  }
  for (size_t at = 0; at < log.entries.size(); ++at) {
    const log::v1::Entry& head = log.entries[at].head;
    log.by_subject[{head.type(), head.subject()}].push_back(at);
  }
  ++audit.report.logs;
  return absl::OkStatus();
}

// The older trees that receipts were given for, root by size.
using Heads = std::map<uint64_t, std::string>;

absl::StatusOr<Heads> VerifyReceipts(Audit& audit, const AuditLog& log) {
  Heads heads;
  for (const std::string& bid : audit.files.Children("bids/")) {
    const std::string file = absl::StrCat("bids/", bid, "/receipt.txt");
    ASSIGN_OR_RETURN(const std::string* text, audit.files.Read(file));
    auto proof = log::ParseProof(*text);
    if (!proof.ok()) return WrongAt(file, proof.status());
    if (log::FormatProof(*proof) != *text) {
      return Wrong("RECEIPT_NOT_CANONICAL", file, "the receipt says more than its proof");
    }
    const auto entry =
        std::lower_bound(log.entries.begin(), log.entries.end(), proof->index,
                         [](const LoggedEntry& e, uint64_t seq) { return e.seq() < seq; });
    if (entry == log.entries.end() || entry->seq() != proof->index) {
      return Wrong("RECEIPT_ENTRY_MISSING", file, "the receipt is for an entry not given here",
                   {{"seq", absl::StrCat(proof->index)}});
    }
    const auto checkpoint = OpenOnly(proof->checkpoint, log.identity);
    if (!checkpoint.ok()) return WrongAt(file, checkpoint.status());
    const auto receipt = log::VerifyReceipt(entry->entry, *text, log.identity);
    if (!receipt.ok()) return WrongAt(file, receipt.status());
    const auto [head, fresh] = heads.emplace(receipt->size, receipt->root);
    if (!fresh && head->second != receipt->root) {
      return Wrong("CONSISTENCY_MISMATCH", file, "the log signed two trees of one size");
    }
    ++audit.report.receipts;
  }
  return heads;
}

absl::Status VerifyConsistency(Audit& audit, const AuditLog& log, Heads heads) {
  const std::string file = LogDir("bidding") + "consistency.json";
  const auto same = heads.find(log.checkpoint.size);
  if (same != heads.end()) {
    if (same->second != log.checkpoint.root) {
      return Wrong("CONSISTENCY_MISMATCH", file, "the log signed two trees of one size");
    }
    heads.erase(same);
  }
  ASSIGN_OR_RETURN(const std::string* text, audit.files.Read(file));
  v1::Consistency given;
  RETURN_IF_ERROR(WrongAt(file, document::ParseStrictJson(*text, &given)));
  RETURN_IF_ERROR(audit.CheckDerived(file, given, "CONSISTENCY_NOT_CANONICAL"));
  if (given.proofs_size() != static_cast<int>(heads.size())) {
    return Wrong("CONSISTENCY_MISSING", file,
                 "there must be one proof for each receipt's checkpoint");
  }
  int at = 0;
  for (const auto& [size, root] : heads) {
    const auto& proof = given.proofs(at++);
    if (proof.size() != size) {
      return Wrong("CONSISTENCY_MISSING", file,
                   absl::StrCat("no proof for the tree of size ", size));
    }
    RETURN_IF_ERROR(WrongAt(
        file, crypto::VerifyConsistency({size, root}, {log.checkpoint.size, log.checkpoint.root},
                                        {proof.path().begin(), proof.path().end()})));
    ++audit.report.consistency_proofs;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status VerifyLogs(Audit& audit) {
  for (const char* service : kServices) {
    // A tender that has not come so far has nothing in the logs of contracts and payments; its
    // documents, if there are any, will miss their entries.
    const bool later =
        absl::string_view(service) == "contract" || absl::string_view(service) == "payment";
    if (later && !audit.files.Has(LogDir(service) + "checkpoint.txt")) continue;
    RETURN_IF_ERROR(ReadLog(audit, service));
  }
  const AuditLog& bidding = audit.logs.at("bidding");
  ASSIGN_OR_RETURN(Heads heads, VerifyReceipts(audit, bidding));
  return VerifyConsistency(audit, bidding, std::move(heads));
}

}  // namespace jodal::bundle
