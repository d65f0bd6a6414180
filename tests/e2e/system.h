// The whole system in this process, on a clock that stands still until a test moves it: every
// service on a memory store behind the socket of a training installation, reached through real
// stubs, with people whose keys the test holds and may misuse.
#ifndef JODAL_TESTS_E2E_SYSTEM_H_
#define JODAL_TESTS_E2E_SYSTEM_H_

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/sdk/identity.h"
#include "common/clock/clock.h"
#include "common/crypto/random.h"
#include "common/document/signed_document.h"
#include "common/host/host.h"
#include "common/pki/ca.h"
#include "common/pki/test_pki.h"
#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "jodal/bidding/v1/bidding.grpc.pb.h"
#include "jodal/contract/v1/contract.grpc.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/payment/v1/payment.grpc.pb.h"
#include "jodal/registration/v1/registration.grpc.pb.h"
#include "jodal/signature/v1/signature.grpc.pb.h"
#include "jodal/tender/v1/tender.grpc.pb.h"
#include "jodal/tracking/v1/tracking.grpc.pb.h"

namespace jodal::e2e {

// A person, registered or not. `signer` is the same key for signatures that no client would make.
struct Person {
  std::string name;
  pki::Signer signer;
  sdk::Identity identity;
  std::vector<std::string> roles;  // of the session
  std::string token;               // "" before the first login
  absl::Time expires = absl::InfinitePast();

  const std::string& id() const { return identity.person_id(); }
  std::string organization() const { return identity.organization_id(); }
};

struct KeyOptions {
  pki::KeyType type = pki::KeyType::kEcP256;
  pki::LeafUsage usage = pki::LeafUsage::kSigning;
  absl::Time not_before = absl::InfinitePast();   // of the authority
  absl::Time not_after = absl::InfiniteFuture();  // of the authority
  bool agreement = false;                         // a key-agreement pair as well
  const pki::CertificateAuthority* ca = nullptr;  // null: the installation's
};

// A mutation that was accepted, to be sent again in ways that must change nothing.
struct Accepted {
  std::string name;
  // As it was sent. OK with the same answer (receipts are proven anew).
  std::function<absl::Status()> repeat;
  // The same content under a new request id; empty where the request has no signed document.
  std::function<absl::Status()> replay;
  // Other content under the same request id; likewise.
  std::function<absl::Status()> reuse;
};

// What must stay as it is: how much the logs have, and what reads answer.
using Snapshot = std::map<std::string, std::string>;

class System {
 public:
  static absl::StatusOr<std::unique_ptr<System>> Create(absl::Time start);
  ~System();

  ManualClock& clock() { return clock_; }
  host::Host& host() { return *host_; }
  pki::CertificateAuthority& ca() { return *ca_; }
  const std::string& name() const { return name_; }  // in signed documents
  const std::string& dir() const { return dir_; }    // of the installation
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  crypto::Random& random() { return crypto::SystemRandom(); }

  registration::v1::RegistrationService::Stub& registration() { return *registration_; }
  tender::v1::TenderService::Stub& tender() { return *tender_; }
  bidding::v1::BiddingService::Stub& bidding() { return *bidding_; }
  contract::v1::ContractService::Stub& contract() { return *contract_; }
  payment::v1::PaymentService::Stub& payment() { return *payment_; }
  signature::v1::SignatureService::Stub& signature() { return *signature_; }
  tracking::v1::TrackingService::Stub& tracking() { return *tracking_; }

  // Moves the clock and opens new sessions where the old ones would be over.
  absl::Status MoveTo(absl::Time to);

  // --- People
  Person& registrar() { return *registrar_; }
  const std::vector<std::unique_ptr<Person>>& everybody() const { return people_; }
  // Keys and certificates only. Kept as long as the system, like all people here.
  Person& NewPerson(const std::string& name, const KeyOptions& options = {});
  // Registered, approved and logged in; a fresh business number each.
  absl::StatusOr<Person*> AddOrganization(const std::string& type, const std::string& name,
                                          const KeyOptions& options = {});
  absl::StatusOr<Person*> AddPerson(const Person& representative, const std::string& name,
                                    const std::vector<std::string>& roles);
  document::v1::OrganizationRegistration OrganizationDocument(const std::string& type,
                                                              const std::string& name);
  absl::Status Login(Person& person);
  absl::StatusOr<registration::v1::OpenSessionRequest> LoginRequest(const Person& person);
  // Suspends the person's organisation or lifts that, and waits until his open session tells.
  absl::Status Suspend(const Person& person, const document::v1::SignedDocument& suspension);
  // A sanction of a year from now on, or what ends the last one made here now.
  document::v1::SignedDocument Suspension(const std::string& organization, bool lift);
  absl::StatusOr<registration::v1::Fact> RecordFact(const document::v1::SignedDocument& document);

  // --- Documents
  // Fills kind, version, system and signer where they are empty, and signs.
  template <typename Doc>
  document::v1::SignedDocument Sign(const Person& person, const std::string& kind, Doc doc) {
    return person.identity.Sign(Json(person, kind, std::move(doc))).value();
  }
  template <typename Doc>
  std::string Json(const Person& person, const std::string& kind, Doc doc) {
    if (doc.kind().empty()) doc.set_kind(kind);
    if (doc.version() == 0) doc.set_version(document::SchemaVersion(*Doc::descriptor()));
    if (doc.system().empty()) doc.set_system(name_);
    if (doc.signer().empty()) doc.set_signer(person.id());
    return CanonicalJson(doc);
  }

  // --- Calls
  std::string RequestId();

  // One try, under the person's session; null for no session.
  template <typename Stub, typename Req, typename Resp>
  absl::StatusOr<Resp> Call(Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request, const Person* who = nullptr) const {
    rpc::CallOptions options;
    options.deadline = absl::Seconds(30);
    if (who != nullptr) options.token = who->token;
    return rpc::Invoke(stub, method, request, options);
  }

  // As Call, for a mutation that must be accepted: it is remembered for accepted().
  template <typename Stub, typename Req, typename Resp>
  absl::StatusOr<Resp> Do(const std::string& name, const Person* who, Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                          Req request) {
    if (request.request_id().empty()) request.set_request_id(RequestId());
    auto first = Call(stub, method, request, who);
    if (!first.ok()) {
      return absl::Status(first.status().code(),
                          absl::StrCat(name, " was refused: ", first.status().ToString()));
    }
    Accepted again;
    again.name = name;
    again.repeat = [=, this, &stub]() -> absl::Status {
      ASSIGN_OR_RETURN(Resp answer, Call(stub, method, request, who));
      return SameAnswer(*first, answer) ? absl::OkStatus() : absl::DataLossError("another answer");
    };
    Req probe = request;
    if (DocumentOf(&probe) != nullptr) {
      again.replay = [=, this, &stub] {
        Req other = request;
        other.set_request_id(RequestId());
        return Call(stub, method, other, who).status();
      };
      again.reuse = [=, this, &stub] {
        Req other = request;
        document::v1::SignedDocument* document = DocumentOf(&other);
        document->set_content(document->content() + " ");
        return Call(stub, method, other, who).status();
      };
    }
    accepted_.push_back(std::move(again));
    return first;
  }
  const std::vector<Accepted>& accepted() const { return accepted_; }

  // The signed document of a request, null if it has none.
  static document::v1::SignedDocument* DocumentOf(google::protobuf::Message* request);

  // --- Nothing changed
  // Adds a read to the snapshot. It must not open sessions.
  template <typename Stub, typename Req, typename Resp>
  void Keep(const std::string& name, Stub& stub,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
            const Req& request, const Person* who = nullptr) {
    reads_[name].ask = [=, this, &stub] {
      auto response = Call(stub, method, request, who);
      return response.ok() ? response->SerializeAsString() : response.status().ToString();
    };
    reads_[name].show = [](const std::string& answer) {
      Resp response;
      return response.ParseFromString(answer) ? response.ShortDebugString() : answer;
    };
  }
  void KeepNothing() { reads_.clear(); }
  // Waits until the monitor has seen all logs.
  absl::Status Settle();
  Snapshot Look();
  // A value of a snapshot for people.
  std::string Show(const std::string& name, const std::string& value) const;

 private:
  struct Sanction {
    absl::Time from;
    std::string sha256;  // of the fact
  };
  explicit System(absl::Time start) : clock_(start) {}
  absl::Status Init();
  static std::string CanonicalJson(const google::protobuf::Message& message);
  static bool SameAnswer(const google::protobuf::Message& a, const google::protobuf::Message& b);
  absl::StatusOr<std::string> LogSize(const std::string& service);

  ManualClock clock_;
  std::string dir_;
  std::string name_;
  std::optional<pki::CertificateAuthority> ca_;
  std::unique_ptr<host::Host> host_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<registration::v1::RegistrationService::Stub> registration_;
  std::unique_ptr<tender::v1::TenderService::Stub> tender_;
  std::unique_ptr<bidding::v1::BiddingService::Stub> bidding_;
  std::unique_ptr<contract::v1::ContractService::Stub> contract_;
  std::unique_ptr<payment::v1::PaymentService::Stub> payment_;
  std::unique_ptr<signature::v1::SignatureService::Stub> signature_;
  std::unique_ptr<tracking::v1::TrackingService::Stub> tracking_;
  std::vector<std::unique_ptr<Person>> people_;
  Person* registrar_ = nullptr;
  std::vector<Accepted> accepted_;
  struct Read {
    std::function<std::string()> ask;
    std::function<std::string(const std::string&)> show;
  };
  std::map<std::string, Read> reads_;
  std::map<std::string, std::pair<uint64_t, uint64_t>> counted_;  // by log: read up to, counted
  std::map<std::string, uint64_t> noted_;  // by log: the size that the monitor has noted of it
  int organizations_ = 0;
  std::map<std::string, Sanction> sanctions_;  // by organisation
};

}  // namespace jodal::e2e

#endif  // JODAL_TESTS_E2E_SYSTEM_H_
