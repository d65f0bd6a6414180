// A connection to one Jodal installation: stubs for every service, sessions, retries.
#ifndef JODAL_CLIENTS_SDK_CLIENT_H_
#define JODAL_CLIENTS_SDK_CLIENT_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/sdk/identity.h"
#include "common/crypto/random.h"
#include "common/rpc/call.h"
#include "jodal/bidding/v1/bidding.grpc.pb.h"
#include "jodal/contract/v1/contract.grpc.pb.h"
#include "jodal/log/v1/log.grpc.pb.h"
#include "jodal/payment/v1/payment.grpc.pb.h"
#include "jodal/registration/v1/registration.grpc.pb.h"
#include "jodal/signature/v1/signature.grpc.pb.h"
#include "jodal/tender/v1/tender.grpc.pb.h"
#include "jodal/tracking/v1/tracking.grpc.pb.h"
#include "jodal/training/v1/training.grpc.pb.h"

namespace jodal::sdk {

// How to reach an installation and what to trust: the context file, strict JSON of
// jodal.config.v1.ClientContext, written when the installation is set up. Paths are relative to it.
struct Context {
  std::string system;
  bool training = false;
  std::map<std::string, std::string> endpoints;          // service -> "unix:path" or "host:port"
  std::string tls_ca_file, tls_cert_file, tls_key_file;  // for addresses that are no unix socket
  std::string trust_dir;  // root.crt (anchors) and logs.json (log public keys)

  static absl::StatusOr<Context> Load(const std::string& path);
  // Origin of `service`'s log in this installation.
  std::string LogOrigin(absl::string_view service) const;
};

// Ed25519 public keys of the logs by service name, 32 bytes each: <trust_dir>/logs.json.
absl::StatusOr<std::map<std::string, std::string>> LoadLogKeys(const Context& context);

// Thread-safe. Blocking calls. Every call retries UNAVAILABLE and RESOURCE_EXHAUSTED (mutations
// carry request ids) until `patience` is over.
class Client {
 public:
  struct Options {
    absl::Duration patience = absl::Seconds(30);
    // How long the first call to a service waits for a connection before it gives up with
    // UNAVAILABLE SERVICE_UNREACHABLE, metadata "service" and "address". Infinite: as `patience`.
    absl::Duration connect_timeout = absl::InfiniteDuration();
    crypto::Random* random = nullptr;  // null: the system's
  };
  static absl::StatusOr<std::unique_ptr<Client>> Connect(Context context, Options options);

  const Context& context() const { return context_; }
  crypto::Random& random() { return *random_; }

  // Opens a session for `identity`, or gives the one that is open (kept by certificate until
  // shortly before it expires, or until a call answers UNAUTHENTICATED). Learns the person id.
  absl::StatusOr<std::string> Login(Identity& identity);
  // Forgets the session, e.g. after roles changed.
  void Logout(const Identity& identity);

  // The installation's time: a training system's own clock, else this machine's.
  absl::StatusOr<absl::Time> Now();
  absl::Status MoveClock(absl::Time to);  // training only

  // A fresh request id, 32 hex digits.
  std::string RequestId();

  // Stubs by service; valid as long as the client.
  registration::v1::RegistrationService::Stub& registration() { return *registration_; }
  tender::v1::TenderService::Stub& tender() { return *tender_; }
  bidding::v1::BiddingService::Stub& bidding() { return *bidding_; }
  signature::v1::SignatureService::Stub& signature() { return *signature_; }
  contract::v1::ContractService::Stub& contract() { return *contract_; }
  payment::v1::PaymentService::Stub& payment() { return *payment_; }
  tracking::v1::TrackingService::Stub& tracking() { return *tracking_; }

  // Call without a session ("anyone") or, with a token, as that person:
  //   auto r = client.Call(client.tender(), &TenderService::Stub::GetTender, request, token);
  template <typename Stub, typename Req, typename Resp>
  absl::StatusOr<Resp> Call(Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                            const Req& request, absl::string_view token = "") const {
    if (absl::Status reached = Reach(&stub); !reached.ok()) return reached;
    rpc::CallOptions options;
    options.deadline = options_.patience;
    options.token = std::string(token);
    options.retry = true;
    return rpc::Invoke(stub, method, request, options);
  }

  // The pages of rows of an evaluated tender's result, in order.
  absl::StatusOr<std::vector<std::string>> ResultPages(const std::string& tender_id) const;

  // --- Logs (metadata x-jodal-log names the log where one process serves several) ---
  absl::StatusOr<log::v1::GetCheckpointResponse> Checkpoint(absl::string_view service) const;
  absl::StatusOr<log::v1::ListEntriesResponse> Entries(absl::string_view service, uint64_t begin,
                                                       int limit) const;
  absl::StatusOr<log::v1::Receipt> Receipt(absl::string_view service, uint64_t seq) const;
  absl::StatusOr<std::vector<std::string>> ConsistencyProof(absl::string_view service,
                                                            uint64_t old_size,
                                                            uint64_t new_size) const;

 private:
  struct Session {
    std::string token;
    absl::Time expires;  // by this machine's clock
    std::string person_id;
  };
  using LogStub = log::v1::LogService::Stub;
  Client(Context context, Options options);
  // Waits for the connection of the service behind a stub, once.
  absl::Status Reach(const void* stub) const;
  // NOT_FOUND LOG_UNKNOWN; the errors of Reach.
  absl::StatusOr<LogStub*> Log(absl::string_view service) const;

  Context context_;
  Options options_;
  crypto::Random* random_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  std::unique_ptr<registration::v1::RegistrationService::Stub> registration_;
  std::unique_ptr<tender::v1::TenderService::Stub> tender_;
  std::unique_ptr<bidding::v1::BiddingService::Stub> bidding_;
  std::unique_ptr<signature::v1::SignatureService::Stub> signature_;
  std::unique_ptr<contract::v1::ContractService::Stub> contract_;
  std::unique_ptr<payment::v1::PaymentService::Stub> payment_;
  std::unique_ptr<tracking::v1::TrackingService::Stub> tracking_;
  std::unique_ptr<training::v1::TrainingService::Stub> training_;
  std::map<std::string, std::unique_ptr<LogStub>> logs_;
  std::map<const void*, std::string> services_;  // by stub
  mutable absl::Mutex mu_;
  std::map<std::string, Session> sessions_ ABSL_GUARDED_BY(mu_);  // by certificate
  mutable std::set<std::string> reached_ ABSL_GUARDED_BY(mu_);    // services
  mutable bool one_is_down_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace jodal::sdk

#endif  // JODAL_CLIENTS_SDK_CLIENT_H_
