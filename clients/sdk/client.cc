#include "clients/sdk/client.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/sdk/user_files.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/config/log_origin.h"
#include "common/document/json.h"
#include "common/rpc/network_peers.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/config/v1/config.pb.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::sdk {
namespace {

// A session is renewed when less than this is left, so that no call runs into its end.
constexpr absl::Duration kSessionMargin = absl::Minutes(5);

// For a connection after another could not be made.
constexpr absl::Duration kNextConnect = absl::Milliseconds(500);

constexpr char kLogMetadata[] = "x-jodal-log";

// Its package names the service: "tender" for "jodal.tender.v1.TenderService".
std::string ServiceOf(absl::string_view full_name) {
  const std::vector<std::string> parts = absl::StrSplit(full_name, '.');
  return parts.at(1);
}

// `path` as seen from the folder of `file`.
std::string Beside(const std::string& file, const std::string& path) {
  if (path.empty() || path[0] == '/') return path;
  return (std::filesystem::absolute(file).parent_path() / path).lexically_normal().string();
}

}  // namespace

absl::StatusOr<Context> Context::Load(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  config::v1::ClientContext file;
  RETURN_IF_ERROR(document::ParseStrictJson(text, &file));
  Context context;
  context.system = file.system();
  context.training = file.training();
  for (const auto& endpoint : file.services()) {
    std::string address = endpoint.address();
    if (absl::StartsWith(address, "unix:")) {
      address = absl::StrCat("unix:", Beside(path, address.substr(5)));
    }
    context.endpoints[endpoint.service()] = address;
  }
  if (context.system.empty() || context.endpoints.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "CONTEXT_INVALID",
                     absl::StrCat(path, " must name `system` and `services`"), {{"file", path}});
  }
  if (file.has_tls()) {
    context.tls_ca_file = Beside(path, file.tls().ca_file());
    context.tls_cert_file = Beside(path, file.tls().dir()) + "/client.pem";
    context.tls_key_file = Beside(path, file.tls().dir()) + "/client.key";
  }
  context.trust_dir = Beside(path, file.trust_dir());
  return context;
}

std::string Context::LogOrigin(absl::string_view service) const {
  return config::LogOrigin(
      {.system = system, .training = training, .service = std::string(service)});
}

absl::StatusOr<std::map<std::string, std::string>> LoadLogKeys(const Context& context) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(context.trust_dir + "/logs.json"));
  config::v1::LogKeys keys;
  RETURN_IF_ERROR(document::ParseStrictJson(text, &keys));
  std::map<std::string, std::string> out;
  for (const auto& key : keys.logs()) out[key.service()] = key.public_key();
  return out;
}

absl::StatusOr<std::unique_ptr<Client>> Client::Connect(Context context, Options options) {
  rpc::NetworkPeers::Options peers;
  peers.service = "client";
  peers.addresses = context.endpoints;
  if (!context.tls_ca_file.empty()) {
    ASSIGN_OR_RETURN(
        peers.tls,
        rpc::LoadTlsIdentity(context.tls_ca_file,
                             std::filesystem::path(context.tls_cert_file).parent_path().string(),
                             "client"));
  }
  std::unique_ptr<Client> client(new Client(std::move(context), options));
  rpc::NetworkPeers network(std::move(peers));
  for (const auto& [service, address] : client->context_.endpoints) {
    client->channels_[service] = network.Channel(service);
    client->logs_[service] = log::v1::LogService::NewStub(client->channels_[service]);
  }
  const auto channel = [&](const std::string& service) {
    auto& slot = client->channels_[service];
    if (slot == nullptr) slot = network.Channel(service);
    return slot;
  };
  const auto open = [&]<typename Service>(
                        std::type_identity<Service>, std::unique_ptr<typename Service::Stub>& stub,
                        std::string service = ServiceOf(Service::service_full_name())) {
    stub = Service::NewStub(channel(service));
    client->services_[stub.get()] = std::move(service);
  };
  open(std::type_identity<registration::v1::RegistrationService>(), client->registration_);
  open(std::type_identity<tender::v1::TenderService>(), client->tender_);
  open(std::type_identity<bidding::v1::BiddingService>(), client->bidding_);
  open(std::type_identity<signature::v1::SignatureService>(), client->signature_);
  open(std::type_identity<contract::v1::ContractService>(), client->contract_);
  open(std::type_identity<payment::v1::PaymentService>(), client->payment_);
  open(std::type_identity<tracking::v1::TrackingService>(), client->tracking_);
  open(std::type_identity<training::v1::TrainingService>(), client->training_, "registration");
  for (const auto& [service, stub] : client->logs_) client->services_[stub.get()] = service;
  return client;
}

Client::Client(Context context, Options options)
    : context_(std::move(context)),
      options_(options),
      random_(options.random != nullptr ? options.random : &crypto::SystemRandom()) {}

absl::Status Client::Reach(const void* stub) const {
  if (options_.connect_timeout == absl::InfiniteDuration()) return absl::OkStatus();
  const std::string& service = services_.at(stub);
  absl::Duration wait = options_.connect_timeout;
  {
    absl::MutexLock lock(&mu_);
    if (reached_.count(service) != 0) return absl::OkStatus();
    // Whoever asks all services in turn is not kept waiting by each.
    if (one_is_down_) wait = std::min(wait, kNextConnect);
  }
  const gpr_timespec end =
      gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                   gpr_time_from_nanos(absl::ToInt64Nanoseconds(wait), GPR_TIMESPAN));
  const bool connected = channels_.at(service)->WaitForConnected(end);
  absl::MutexLock lock(&mu_);
  if (connected) {
    reached_.insert(service);
    return absl::OkStatus();
  }
  one_is_down_ = true;
  const auto endpoint = context_.endpoints.find(service);
  const std::string address = endpoint == context_.endpoints.end() ? "" : endpoint->second;
  return MakeError(absl::StatusCode::kUnavailable, "SERVICE_UNREACHABLE",
                   address.empty() ? absl::StrCat("the context has no address of ", service)
                                   : absl::StrCat("nothing answers at ", address),
                   {{"service", service}, {"address", address}});
}

absl::StatusOr<Client::LogStub*> Client::Log(absl::string_view service) const {
  const auto stub = logs_.find(std::string(service));
  if (stub == logs_.end()) {
    return MakeError(absl::StatusCode::kNotFound, "LOG_UNKNOWN",
                     absl::StrCat("there is no log \"", service, "\""));
  }
  RETURN_IF_ERROR(Reach(stub->second.get()));
  return stub->second.get();
}

std::string Client::RequestId() { return HexEncode(random_->Bytes(16)); }

absl::StatusOr<std::string> Client::Login(Identity& identity) {
  const std::string cert = identity.cert_sha256();
  {
    absl::MutexLock lock(&mu_);
    auto session = sessions_.find(cert);
    if (session != sessions_.end() &&
        session->second.expires - SystemClock().Now() > kSessionMargin) {
      identity.set_person_id(session->second.person_id);
      return session->second.token;
    }
  }
  registration::v1::CreateChallengeRequest ask;
  ask.set_cert_sha256(cert);
  ASSIGN_OR_RETURN(
      auto challenge,
      Call(*registration_, &registration::v1::RegistrationService::Stub::CreateChallenge, ask));
  document::v1::Login login;
  login.set_challenge(challenge.challenge());
  Identity unnamed = identity;  // a login names no signer: the certificate tells
  unnamed.set_person_id("");
  registration::v1::OpenSessionRequest open;
  ASSIGN_OR_RETURN(*open.mutable_login(), SignDocument(unnamed, context_.system, "login", &login));
  open.set_request_id(RequestId());
  ASSIGN_OR_RETURN(
      auto session,
      Call(*registration_, &registration::v1::RegistrationService::Stub::OpenSession, open));
  identity.set_person_id(session.person_id());
  // The token's life counts by the installation's clock; a training clock that jumps ends it early,
  // which MoveClock answers by forgetting all sessions.
  ASSIGN_OR_RETURN(const absl::Time now, Now());
  absl::MutexLock lock(&mu_);
  sessions_[cert] = {session.token(),
                     SystemClock().Now() + (absl::FromUnixNanos(session.expires_time_ns()) - now),
                     session.person_id()};
  return session.token();
}

void Client::Logout(const Identity& identity) {
  absl::MutexLock lock(&mu_);
  sessions_.erase(identity.cert_sha256());
}

absl::StatusOr<absl::Time> Client::Now() {
  if (!context_.training) return SystemClock().Now();
  ASSIGN_OR_RETURN(auto time, Call(*training_, &training::v1::TrainingService::Stub::GetTime,
                                   training::v1::GetTimeRequest()));
  return absl::FromUnixNanos(time.now_ns());
}

absl::Status Client::MoveClock(absl::Time to) {
  training::v1::MoveClockRequest request;
  request.set_to_ns(absl::ToUnixNanos(to));
  ASSIGN_OR_RETURN(auto moved,
                   Call(*training_, &training::v1::TrainingService::Stub::MoveClock, request));
  // Sessions were opened for hours of the old time.
  absl::MutexLock lock(&mu_);
  sessions_.clear();
  return absl::OkStatus();
}

absl::StatusOr<log::v1::GetCheckpointResponse> Client::Checkpoint(absl::string_view service) const {
  rpc::CallOptions options{.deadline = options_.patience, .retry = true};
  options.metadata[kLogMetadata] = std::string(service);
  ASSIGN_OR_RETURN(LogStub * stub, Log(service));
  return rpc::Invoke(*stub, &LogStub::GetCheckpoint, log::v1::GetCheckpointRequest(), options);
}

absl::StatusOr<std::vector<std::string>> Client::ResultPages(const std::string& tender_id) const {
  tender::v1::ListResultPagesRequest request;
  request.set_tender_id(tender_id);
  std::vector<std::string> out;
  do {
    ASSIGN_OR_RETURN(auto answer,
                     Call(*tender_, &tender::v1::TenderService::Stub::ListResultPages, request));
    for (std::string& page : *answer.mutable_pages()) out.push_back(std::move(page));
    request.set_page_token(answer.next_page_token());
  } while (!request.page_token().empty());
  return out;
}

absl::StatusOr<log::v1::ListEntriesResponse> Client::Entries(absl::string_view service,
                                                             uint64_t begin, int limit) const {
  rpc::CallOptions options{.deadline = options_.patience, .retry = true};
  options.metadata[kLogMetadata] = std::string(service);
  ASSIGN_OR_RETURN(LogStub * stub, Log(service));
  log::v1::ListEntriesRequest request;
  request.set_begin(begin);
  request.set_limit(limit);
  return rpc::Invoke(*stub, &LogStub::ListEntries, request, options);
}

absl::StatusOr<log::v1::Receipt> Client::Receipt(absl::string_view service, uint64_t seq) const {
  rpc::CallOptions options{.deadline = options_.patience, .retry = true};
  options.metadata[kLogMetadata] = std::string(service);
  ASSIGN_OR_RETURN(LogStub * stub, Log(service));
  log::v1::GetReceiptRequest request;
  request.set_seq(seq);
  ASSIGN_OR_RETURN(auto response, rpc::Invoke(*stub, &LogStub::GetReceipt, request, options));
  return response.receipt();
}

absl::StatusOr<std::vector<std::string>> Client::ConsistencyProof(absl::string_view service,
                                                                  uint64_t old_size,
                                                                  uint64_t new_size) const {
  rpc::CallOptions options{.deadline = options_.patience, .retry = true};
  options.metadata[kLogMetadata] = std::string(service);
  ASSIGN_OR_RETURN(LogStub * stub, Log(service));
  log::v1::GetConsistencyProofRequest request;
  request.set_old_size(old_size);
  request.set_new_size(new_size);
  ASSIGN_OR_RETURN(auto response,
                   rpc::Invoke(*stub, &LogStub::GetConsistencyProof, request, options));
  return std::vector<std::string>(response.hashes().begin(), response.hashes().end());
}

}  // namespace jodal::sdk
