#include "clients/bundle/export.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/bundle/files.h"
#include "clients/bundle/layout.h"
#include "clients/sdk/user_files.h"
#include "common/base/bytes.h"
#include "common/config/log_origin.h"
#include "common/crypto/merkle.h"
#include "common/document/json.h"
#include "common/log/checkpoint.h"
#include "common/log/note.h"
#include "common/log/receipt.h"
#include "common/pki/certificate.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/bundle/v1/bundle.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/documents/read.h"
#include "procurement/register/fact_types.h"

namespace jodal::bundle {
namespace {

namespace fs = std::filesystem;
using document::v1::StoredDocument;

constexpr int kAttempts = 5;           // at documents and logs that fit together
constexpr int kEntriesPerCall = 1000;  // what the service gives at most
constexpr int kEvidencePerCall = 100;  // likewise
constexpr int kFactsPerCall = 200;     // likewise
constexpr char kRegistrarId[] = "registrar";

absl::Status Incomplete(absl::string_view what) {
  return MakeError(absl::StatusCode::kDataLoss, "EXPORT_INCOMPLETE",
                   absl::StrCat("the services hold no ", what));
}

// One log from its beginning to a checkpoint, with its tree.
class LogCopy : public crypto::NodeReader {
 public:
  // Reads on to the log's present checkpoint.
  absl::Status Update(sdk::Client& client, const std::string& service) {
    ASSIGN_OR_RETURN(const auto head, client.Checkpoint(service));
    ASSIGN_OR_RETURN(const log::Note note, log::ParseNote(head.checkpoint()));
    ASSIGN_OR_RETURN(const log::Checkpoint checkpoint, log::ParseCheckpoint(note.text));
    while (entries_.size() < checkpoint.size) {
      const uint64_t left = checkpoint.size - entries_.size();
      ASSIGN_OR_RETURN(auto page,
                       client.Entries(service, entries_.size(),
                                      static_cast<int>(std::min<uint64_t>(left, kEntriesPerCall))));
      for (auto& entry : *page.mutable_entries()) {
        if (entry.seq() != entries_.size()) return Inconsistent(service);
        tree_.Append(crypto::LeafHash(entry.entry()),
                     [this](int level, uint64_t, const std::string& hash) {
                       if (nodes_.size() <= static_cast<size_t>(level)) nodes_.emplace_back();
                       nodes_[static_cast<size_t>(level)].push_back(hash);
                     });
        entries_.push_back(std::move(entry));
      }
      if (page.entries().empty()) return Inconsistent(service);
    }
    if (tree_.size() != checkpoint.size || tree_.Root() != checkpoint.root) {
      return Inconsistent(service);
    }
    note_ = head.checkpoint();
    origin_ = checkpoint.origin;
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> Node(int level, uint64_t index) const override {
    if (static_cast<size_t>(level) >= nodes_.size() ||
        index >= nodes_[static_cast<size_t>(level)].size()) {
      return absl::InternalError("no such subtree");
    }
    return nodes_[static_cast<size_t>(level)][index];
  }

  const std::vector<log::v1::LogEntry>& entries() const { return entries_; }
  const std::string& note() const { return note_; }
  const std::string& origin() const { return origin_; }

 private:
  static absl::Status Inconsistent(const std::string& service) {
    return MakeError(absl::StatusCode::kDataLoss, "LOG_INCONSISTENT",
                     absl::StrCat("the log of ", service, " does not add up to its checkpoint"),
                     {{"service", service}});
  }

  std::vector<log::v1::LogEntry> entries_;
  crypto::Frontier tree_;
  std::vector<std::vector<std::string>> nodes_;  // by level and index
  std::string note_;
  std::string origin_;
};

class Exporter {
 public:
  Exporter(sdk::Client& client, std::string token, std::string tender_id)
      : client_(client), token_(std::move(token)), tender_id_(std::move(tender_id)) {
    head_.tender_id = tender_id_;
  }

  // The logs are read before and after the documents: if the tender has changed in between, its
  // documents and its entries may not fit together, and everything is read again.
  absl::Status Gather() {
    RETURN_IF_ERROR(ReadLogs());
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const size_t before = CountTenderEntries();
      files_.clear();
      people_.clear();
      evidence_.clear();
      signers_.clear();
      receipts_.clear();
      payees_.clear();
      RETURN_IF_ERROR(GatherDocuments());
      RETURN_IF_ERROR(ReadLogs());
      if (CountTenderEntries() != before) continue;
      RETURN_IF_ERROR(WriteLogs());
      ASSIGN_OR_RETURN(files_[kManifestFile], MakeManifest(head_, files_));
      return absl::OkStatus();
    }
    return MakeError(absl::StatusCode::kAborted, "EXPORT_CHANGING",
                     "the tender changed while it was being read; try again");
  }

  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  template <typename Stub, typename Req, typename Resp>
  absl::StatusOr<Resp> Call(Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request) const {
    return client_.Call(stub, method, request, token_);
  }

  absl::Status GatherDocuments() {
    RETURN_IF_ERROR(GatherNotices());
    RETURN_IF_ERROR(GatherFacts());
    RETURN_IF_ERROR(GatherBox());
    RETURN_IF_ERROR(GatherResult());
    RETURN_IF_ERROR(GatherContracts());
    RETURN_IF_ERROR(GatherPeople());
    return GatherEvidence();
  }

  // Keeps a signed document, its signer and the evidence that it was judged by.
  absl::Status Keep(const std::string& base, const StoredDocument& stored) {
    files_[base + ".json"] = stored.document().content();
    files_[base + ".p7s"] = stored.document().signature();
    evidence_.insert(stored.evidence_sha256().begin(), stored.evidence_sha256().end());
    signers_.insert(stored.cert_sha256());
    // Every document has the fields of this one; the rest is passed over.
    document::v1::Login common;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(stored.document().content(), &common, options);
    if (!parsed.ok()) return Incomplete(absl::StrCat("readable ", base));
    if (!common.signer().empty() && common.signer() != kRegistrarId) AddPerson(common.signer());
    return absl::OkStatus();
  }

  // A person, and the representative who approved that one.
  void AddPerson(const std::string& id) {
    people_.insert(id);
    people_.insert(absl::StrCat(id.substr(0, id.rfind('.')), ".1"));
  }

  absl::Status GatherNotices() {
    using Stub = tender::v1::TenderService::Stub;
    tender::v1::GetTenderRequest ask;
    ask.set_tender_id(tender_id_);
    ASSIGN_OR_RETURN(const auto tender, Call(client_.tender(), &Stub::GetTender, ask));
    if (tender.tender().notice_version() == 0) return Incomplete("published notice of this tender");
    evaluated_ = !tender.tender().result_sha256().empty();
    for (int version = 1; version <= tender.tender().notice_version(); ++version) {
      tender::v1::GetNoticeRequest request;
      request.set_tender_id(tender_id_);
      request.set_notice_version(version);
      ASSIGN_OR_RETURN(const auto notice, Call(client_.tender(), &Stub::GetNotice, request));
      RETURN_IF_ERROR(Keep(NoticeBase(version), notice.notice()));
      RETURN_IF_ERROR(Keep(ApprovalBase(version), notice.approval()));
      ASSIGN_OR_RETURN(const auto doc, procurement::ReadDocument<document::v1::Notice>(
                                           notice.notice().document().content()));
      head_.system = doc.system();
      for (const auto& member : doc.committee()) AddPerson(member.person_id());
    }
    return absl::OkStatus();
  }

  // What is recorded about the country: holidays, by which a notice is judged.
  absl::Status GatherFacts() {
    using Stub = registration::v1::RegistrationService::Stub;
    registration::v1::ListFactsRequest request;
    request.set_subject(procurement::kCountry);
    request.set_page_size(kFactsPerCall);
    request.set_with_documents(true);
    do {
      ASSIGN_OR_RETURN(const auto page, Call(client_.registration(), &Stub::ListFacts, request));
      if (page.documents_size() != page.facts_size()) return Incomplete("document of every fact");
      for (int at = 0; at < page.facts_size(); ++at) {
        const auto& fact = page.facts(at);
        RETURN_IF_ERROR(Keep(FactBase(fact.type(), fact.number()), page.documents(at)));
      }
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return absl::OkStatus();
  }

  absl::Status GatherBox() {
    using Stub = bidding::v1::BiddingService::Stub;
    bidding::v1::GetBoxRequest ask;
    ask.set_tender_id(tender_id_);
    ASSIGN_OR_RETURN(const auto box, Call(client_.bidding(), &Stub::GetBox, ask));
    ASSIGN_OR_RETURN(files_[kBoxFile], document::ToCanonicalJson(box.box()));
    if (box.box().state() != bidding::v1::Box::OPENED) return absl::OkStatus();

    bidding::v1::ListSharesRequest shares;
    shares.set_tender_id(tender_id_);
    std::map<int, size_t> documents;  // of each member
    do {
      ASSIGN_OR_RETURN(const auto page, Call(client_.bidding(), &Stub::ListShares, shares));
      for (const auto& share : page.shares()) {
        RETURN_IF_ERROR(
            Keep(ShareBase(share.member(), ++documents[share.member()]), share.document()));
      }
      shares.set_page_token(page.next_page_token());
    } while (!shares.page_token().empty());

    std::map<std::string, std::string> dirs;  // by submission id
    bidding::v1::ListSealedBidsRequest sealed;
    sealed.set_tender_id(tender_id_);
    sealed.set_with_ciphertext(true);
    do {
      ASSIGN_OR_RETURN(const auto page, Call(client_.bidding(), &Stub::ListSealedBids, sealed));
      for (const auto& bid : page.bids()) {
        const std::string dir = BidDir(dirs.size() + 1, bid.submission_id());
        dirs[bid.submission_id()] = dir;
        RETURN_IF_ERROR(Keep(dir + "seal", bid.seal()));
        files_[dir + "ciphertext.bin"] = bid.ciphertext();
        receipts_[dir + "receipt.txt"] = bid.log_seq();
      }
      sealed.set_page_token(page.next_page_token());
    } while (!sealed.page_token().empty());

    bidding::v1::ListOpenedBidsRequest opened;
    opened.set_tender_id(tender_id_);
    do {
      ASSIGN_OR_RETURN(auto page, Call(client_.bidding(), &Stub::ListOpenedBids, opened));
      for (auto& bid : *page.mutable_bids()) {
        const std::string& dir = dirs[bid.submission_id()];
        if (dir.empty()) return Incomplete("seal of an opened bid");
        if (!bid.cek().empty()) files_[dir + "cek.bin"] = bid.cek();
        if (!bid.bid().empty()) files_[dir + "bid.json"] = bid.bid();
        if (!bid.bid_signature().empty()) files_[dir + "bid.p7s"] = bid.bid_signature();
        evidence_.insert(bid.evidence_sha256().begin(), bid.evidence_sha256().end());
        bid.clear_cek();
        bid.clear_bid();
        bid.clear_bid_signature();
        bid.clear_evidence_sha256();
        ASSIGN_OR_RETURN(files_[dir + "opened.json"], document::ToCanonicalJson(bid));
      }
      opened.set_page_token(page.next_page_token());
    } while (!opened.page_token().empty());
    return absl::OkStatus();
  }

  absl::Status GatherResult() {
    if (!evaluated_) return absl::OkStatus();
    tender::v1::GetResultRequest request;
    request.set_tender_id(tender_id_);
    ASSIGN_OR_RETURN(const auto result,
                     Call(client_.tender(), &tender::v1::TenderService::Stub::GetResult, request));
    files_[kResultFile] = result.result();
    ASSIGN_OR_RETURN(auto pages, client_.ResultPages(tender_id_));
    for (size_t at = 0; at < pages.size(); ++at) files_[RowsFile(at + 1)] = std::move(pages[at]);
    files_[kSeedFile] = result.seed();
    if (result.has_entered_prices()) {
      RETURN_IF_ERROR(Keep(kEnteredBase, result.entered_prices()));
    }
    if (result.has_award()) RETURN_IF_ERROR(Keep(kAwardBase, result.award()));
    return absl::OkStatus();
  }

  static absl::StatusOr<std::string> KindOf(const StoredDocument& stored) {
    document::v1::Login common;
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    const auto parsed =
        google::protobuf::util::JsonStringToMessage(stored.document().content(), &common, options);
    if (!parsed.ok()) return Incomplete("readable document");
    return common.kind();
  }

  absl::Status GatherContracts() {
    using Stub = contract::v1::ContractService::Stub;
    contract::v1::ListContractsRequest list;
    list.set_tender_id(tender_id_);
    ASSIGN_OR_RETURN(const auto contracts, Call(client_.contract(), &Stub::ListContracts, list));
    for (const auto& contract : contracts.contracts()) RETURN_IF_ERROR(GatherContract(contract));
    return absl::OkStatus();
  }

  absl::Status GatherContract(const contract::v1::Contract& contract) {
    using Stub = contract::v1::ContractService::Stub;
    payees_.insert(absl::StrCat("organizations/", contract.supplier_id()));
    contract::v1::GetContractDocumentsRequest ask;
    ask.set_contract_id(contract.contract_id());
    ASSIGN_OR_RETURN(const auto documents,
                     Call(client_.contract(), &Stub::GetContractDocuments, ask));
    size_t number = 0;
    for (const StoredDocument& document : documents.documents()) {
      ASSIGN_OR_RETURN(const std::string kind, KindOf(document));
      RETURN_IF_ERROR(Keep(ContractBase(contract.contract_id(), ++number, kind), document));
    }
    payment::v1::ListPaymentsRequest payments;
    payments.set_contract_id(contract.contract_id());
    do {
      ASSIGN_OR_RETURN(
          const auto page,
          Call(client_.payment(), &payment::v1::PaymentService::Stub::ListPayments, payments));
      for (const auto& payment : page.payments()) RETURN_IF_ERROR(GatherPayment(payment));
      payments.set_page_token(page.next_page_token());
    } while (!payments.page_token().empty());
    return absl::OkStatus();
  }

  absl::Status GatherPayment(const payment::v1::Payment& payment) {
    using Stub = payment::v1::PaymentService::Stub;
    payment::v1::GetPaymentDocumentsRequest ask;
    ask.set_payment_id(payment.payment_id());
    ASSIGN_OR_RETURN(const auto documents,
                     Call(client_.payment(), &Stub::GetPaymentDocuments, ask));
    size_t number = 0;
    for (const StoredDocument& document : documents.documents()) {
      ASSIGN_OR_RETURN(const std::string kind, KindOf(document));
      RETURN_IF_ERROR(Keep(PaymentBase(payment.payment_id(), ++number, kind), document));
    }
    if (payment.order_sha256().empty()) return absl::OkStatus();
    payment::v1::GetPaymentOrderRequest request;
    request.set_payment_id(payment.payment_id());
    const auto order = Call(client_.payment(), &Stub::GetPaymentOrder, request);
    if (absl::IsPermissionDenied(order.status())) return absl::OkStatus();
    RETURN_IF_ERROR(order.status());
    files_[PaymentDir(payment.payment_id()) + "order.json"] = order->order();
    return absl::OkStatus();
  }

  absl::Status GatherPeople() {
    const std::set<std::string> people = people_;
    for (const std::string& id : people) {
      registration::v1::GetRegistrationDocumentsRequest request;
      request.set_person_id(id);
      ASSIGN_OR_RETURN(
          const auto documents,
          Call(client_.registration(),
               &registration::v1::RegistrationService::Stub::GetRegistrationDocuments, request));
      if (!documents.has_registration() || !documents.has_approval()) {
        return Incomplete(absl::StrCat("approved registration of ", id));
      }
      const std::string dir = PersonDir(id);
      RETURN_IF_ERROR(Keep(dir + "registration", documents.registration()));
      RETURN_IF_ERROR(Keep(dir + "approval", documents.approval()));
      files_[dir + "certificate.der"] = documents.certificate();
      if (!documents.encryption_certificate().empty()) {
        files_[dir + "agree.der"] = documents.encryption_certificate();
      }
    }
    return absl::OkStatus();
  }

  // Signers' own certificates are in their signatures and with the people.
  absl::Status GatherEvidence() {
    std::vector<std::string> wanted;
    std::set_difference(evidence_.begin(), evidence_.end(), signers_.begin(), signers_.end(),
                        std::back_inserter(wanted));
    for (size_t at = 0; at < wanted.size(); at += kEvidencePerCall) {
      signature::v1::GetEvidenceRequest request;
      for (size_t i = at; i < std::min(wanted.size(), at + kEvidencePerCall); ++i) {
        request.add_sha256(wanted[i]);
      }
      ASSIGN_OR_RETURN(
          const auto response,
          Call(client_.signature(), &signature::v1::SignatureService::Stub::GetEvidence, request));
      for (const auto& evidence : response.evidence()) {
        // A verifier brings the roots: those of a bundle would prove nothing.
        const auto certificate = pki::Certificate::FromDer(evidence.der());
        if (certificate.ok() && certificate->issuer_der() == certificate->subject_der()) continue;
        const bool crl = evidence.kind() == signature::v1::Evidence::CRL;
        files_[absl::StrCat("evidence/", evidence.sha256(), crl ? ".crl" : ".cer")] =
            evidence.der();
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadLogs() {
    for (const char* service : kServices) {
      RETURN_IF_ERROR(logs_[service].Update(client_, service));
    }
    return absl::OkStatus();
  }

  bool IsAboutTender(absl::string_view subject) const {
    const std::string tender = absl::StrCat("tenders/", tender_id_);
    return subject == tender || absl::StartsWith(subject, tender + "/");
  }

  static absl::StatusOr<std::string> SubjectOf(const log::v1::LogEntry& entry) {
    log::v1::Entry head;
    if (!head.ParseFromString(entry.entry())) return Incomplete("readable log entry");
    return head.subject();
  }

  size_t CountTenderEntries() const {
    size_t count = 0;
    for (const auto& [service, log] : logs_) {
      for (const auto& entry : log.entries()) {
        const auto subject = SubjectOf(entry);
        if (subject.ok() && (IsAboutTender(*subject) || *subject == procurement::kCountryName))
          ++count;
      }
    }
    return count;
  }

  absl::Status WriteLogs() {
    std::set<std::string> registrations = {procurement::kCountryName};  // subjects
    for (const std::string& person : people_) {
      registrations.insert(absl::StrCat("people/", person));
      registrations.insert(absl::StrCat("organizations/", person.substr(0, person.rfind('.'))));
    }
    for (const auto& [service, log] : logs_) {
      std::string lines;
      bool about_tender = false;
      for (const auto& entry : log.entries()) {
        ASSIGN_OR_RETURN(const std::string subject, SubjectOf(entry));
        const bool of_tender = IsAboutTender(subject);
        about_tender = about_tender || of_tender;
        if (!of_tender && !(service == "registration" && registrations.count(subject) != 0) &&
            !(service == "payment" && payees_.count(subject) != 0)) {
          continue;
        }
        v1::LogLine line;
        line.set_seq(entry.seq());
        line.set_entry(entry.entry());
        if (entry.is_public()) line.set_body(entry.body());
        ASSIGN_OR_RETURN(auto path, crypto::InclusionPath(entry.seq(), log.entries().size(), log));
        for (std::string& hash : path) line.add_path(std::move(hash));
        ASSIGN_OR_RETURN(const std::string json, document::ToCanonicalJson(line));
        absl::StrAppend(&lines, json, "\n");
      }
      if (!about_tender && service != "registration") continue;
      files_[LogDir(service) + "checkpoint.txt"] = log.note();
      files_[LogDir(service) + "entries.jsonl"] = std::move(lines);
    }
    const LogCopy& bidding = logs_.at("bidding");
    head_.training =
        bidding.origin() ==
        config::LogOrigin({.system = head_.system, .training = true, .service = "bidding"});
    // All receipts are made from the one copy of the log, under its one checkpoint: there is
    // nothing left to prove about how it grew.
    for (const auto& [file, seq] : receipts_) {
      ASSIGN_OR_RETURN(auto path, crypto::InclusionPath(seq, bidding.entries().size(), bidding));
      files_[file] = log::FormatProof({seq, std::move(path), bidding.note()});
    }
    ASSIGN_OR_RETURN(files_[LogDir("bidding") + "consistency.json"],
                     document::ToCanonicalJson(v1::Consistency()));
    return absl::OkStatus();
  }

  sdk::Client& client_;
  const std::string token_;
  const std::string tender_id_;
  ManifestHead head_;
  std::map<std::string, LogCopy> logs_;  // by service
  std::map<std::string, std::string> files_;
  std::set<std::string> people_;              // ids
  std::set<std::string> evidence_;            // hex digests
  std::set<std::string> signers_;             // hex digests of their certificates
  std::map<std::string, uint64_t> receipts_;  // log entry by file
  std::set<std::string> payees_;              // subjects
  bool evaluated_ = false;
};

}  // namespace

absl::Status ExportBundle(sdk::Client& client, sdk::Identity& reader, const std::string& tender_id,
                          const std::string& out_dir) {
  std::error_code error;
  if (fs::exists(out_dir, error) &&
      !(fs::is_directory(out_dir, error) && fs::is_empty(out_dir, error))) {
    return MakeError(absl::StatusCode::kAlreadyExists, "BUNDLE_EXISTS",
                     absl::StrCat(out_dir, " exists and is not an empty folder"),
                     {{"file", out_dir}});
  }
  ASSIGN_OR_RETURN(const std::string token, client.Login(reader));
  Exporter exporter(client, token, tender_id);
  RETURN_IF_ERROR(exporter.Gather());
  for (const auto& [path, bytes] : exporter.files()) {
    if (!IsInBundle(path)) {
      return MakeError(absl::StatusCode::kDataLoss, "EXPORT_NAME_INVALID",
                       absl::StrCat("the services name a file outside the bundle: ", path));
    }
  }

  const fs::path target = fs::path(out_dir).lexically_normal();
  fs::path folder = target.has_filename() ? target : target.parent_path();
  const fs::path draft = folder.string() + ".tmp";
  fs::remove_all(draft, error);
  for (const auto& [path, bytes] : exporter.files()) {
    RETURN_IF_ERROR(sdk::WriteFile((draft / path).string(), bytes));
  }
  fs::remove(folder, error);
  fs::rename(draft, folder, error);
  if (error) {
    return MakeError(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
                     absl::StrCat("cannot write ", out_dir, ": ", error.message()),
                     {{"file", out_dir}});
  }
  return absl::OkStatus();
}

}  // namespace jodal::bundle
