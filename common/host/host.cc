#include "common/host/host.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/config/config.h"
#include "common/host/errors.h"
#include "common/host/store.h"
#include "common/host/training_service.h"
#include "common/host/unit.h"
#include "common/log_service/log_client.h"
#include "common/log_service/log_service.h"
#include "common/metrics/admin_server.h"
#include "common/metrics/logging.h"
#include "common/metrics/metrics.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::host {
namespace {

namespace fs = std::filesystem;

constexpr absl::Duration kHealthInterval = absl::Milliseconds(500);

class HostImpl : public Host {
 public:
  explicit HostImpl(Options options) : options_(std::move(options)) {}
  ~HostImpl() override { Stop(absl::ZeroDuration()); }

  absl::Status Init() {
    const auto& config = options_.config;
    std::map<std::string, std::string> addresses;
    for (const auto& endpoint : config.services()) {
      addresses[endpoint.service()] = endpoint.address();
    }
    std::set<std::string> names;  // of the services here
    for (const auto& [name, factory] : options_.factories) {
      names.insert(name);
      if (addresses.count(name) == 0) {
        return MakeError(kErrors["SERVICE_UNKNOWN"],
                         absl::StrCat("the configuration has no address for service ", name),
                         {{"service", name}});
      }
      listen_.insert(addresses[name]);
    }
    RETURN_IF_ERROR(config::CheckKeyFiles(config.keys_dir()));
    RETURN_IF_ERROR(MakeFolder(config.data_dir()));
    RETURN_IF_ERROR(OpenClock());

    std::vector<std::string> installed;
    for (const auto& [name, address] : addresses) installed.push_back(name);
    for (const auto& [name, factory] : options_.factories) {
      ASSIGN_OR_RETURN(units_[name], OpenUnit({.name = name,
                                               .keeps_store = factory.keeps_store,
                                               .memory_store = options_.memory_stores,
                                               .config = config,
                                               .addresses = addresses,
                                               .in_this_process = names,
                                               .clock = clock_,
                                               .bars = &session_bars_}));
      // Logs and clock are asked for with the session of whichever service lives here.
      if (sessions_ == nullptr) sessions_ = units_[name]->sessions.get();
    }
    RETURN_IF_ERROR(OpenSessionFeed());
    for (auto& [name, unit] : units_) {
      ASSIGN_OR_RETURN(unit->module,
                       options_.factories.at(name).create({.service = name,
                                                           .services = installed,
                                                           .system = config.system(),
                                                           .training = config::IsTraining(config),
                                                           .clock = clock_,
                                                           .random = &crypto::SystemRandom(),
                                                           .ledger = unit->ledger.get(),
                                                           .peers = unit->peers.get(),
                                                           .executor = unit->executor.get(),
                                                           .sessions = unit->sessions.get(),
                                                           .gate = &gate_,
                                                           .page_key = unit->page_key,
                                                           .documents = unit->documents.get()},
                                                          config));
    }
    for (auto& [name, unit] : units_) {
      document::DocumentVerifier* here = unit->module->Documents();
      if (here == nullptr) continue;
      for (auto& [other_name, other] : units_) other->documents->Use(here);
    }
    return absl::OkStatus();
  }

  absl::Status Start() override {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(rpc::kMessageBytesMax);
    builder.SetMaxSendMessageSize(rpc::kMessageBytesMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, rpc::kMetadataBytesMax);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10000);
    std::vector<std::pair<std::string, int>> ports;
    ports.reserve(listen_.size());
    for (const std::string& address : listen_) {
      ports.emplace_back(address, 0);
      ASSIGN_OR_RETURN(auto credentials, Credentials(address));
      builder.AddListeningPort(address, credentials, &ports.back().second);
    }
    std::map<std::string, const ledger::Ledger*> logs;
    for (auto& [name, unit] : units_) {
      for (grpc::Service* service : unit->module->Services()) builder.RegisterService(service);
      if (unit->ledger != nullptr) logs[name] = unit->ledger.get();
    }
    log_executor_ = std::make_unique<rpc::Executor>(options_.config.executor_threads(),
                                                    options_.config.executor_queue(), "logs");
    logs_ = log_service::LogHost::Create({.logs = std::move(logs),
                                          .clock = clock_,
                                          .executor = log_executor_.get(),
                                          .sessions = sessions_,
                                          .gate = &gate_});
    builder.RegisterService(logs_->service());
    if (training_clock_ != nullptr) {
      training_ = NewTrainingService({.clock = training_clock_.get(),
                                      .executor = log_executor_.get(),
                                      .sessions = sessions_,
                                      .gate = &gate_});
      builder.RegisterService(training_.get());
    }
    server_ = builder.BuildAndStart();
    for (const auto& [address, port] : ports) {
      if (server_ == nullptr || port == 0) {
        return MakeError(kErrors["LISTEN_FAILED"], absl::StrCat("cannot listen on ", address),
                         {{"address", address}});
      }
      if (absl::StartsWith(address, "unix:") && chmod(address.c_str() + 5, 0600) != 0) {
        return MakeError(kErrors["LISTEN_FAILED"],
                         absl::StrCat("cannot protect the socket ", address),
                         {{"address", address}});
      }
    }
    server_->GetHealthCheckService()->SetServingStatus(true);
    for (auto& [name, unit] : units_) unit->peers->SetServer(server_.get());
    if (session_feed_ != nullptr) RETURN_IF_ERROR(session_feed_->Start());
    for (auto& [name, unit] : units_) unit->module->Start();
    if (!options_.config.admin_address().empty()) {
      ASSIGN_OR_RETURN(admin_, metrics::AdminServer::Start(options_.config.admin_address(),
                                                           [this] { return Ready(); }));
    }
    watch_ = std::thread([this] { Watch(); });
    return absl::OkStatus();
  }

  void Stop(absl::Duration grace) override {
    if (std::exchange(stopped_, true)) return;
    stopping_.Notify();
    if (watch_.joinable()) watch_.join();
    admin_.reset();
    if (server_ != nullptr) {
      server_->GetHealthCheckService()->SetServingStatus(false);
      logs_->Shutdown();
      // Followers, workers and calls under way end before the server does (common/rpc/call_gate.h).
      gate_.Close();
      for (auto& [name, unit] : units_) unit->module->Stop();
      if (!gate_.AwaitIdle(grace)) {
        gate_.Abandon();
        gate_.AwaitIdle(absl::InfiniteDuration());  // what has begun ends by its own deadlines
      }
    }
    session_feed_.reset();
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(grace));
      server_->Wait();
    }
    for (auto& [name, unit] : units_) {
      if (unit->peers != nullptr) unit->peers->SetServer(nullptr);
    }
    // Tasks may still use the modules, so the executors run dry first.
    for (auto& [name, unit] : units_) unit->executor.reset();
    log_executor_.reset();
    server_.reset();
    for (auto& [name, unit] : units_) unit->module.reset();
    training_.reset();
    logs_.reset();
    units_.clear();
  }

  absl::Status Ready() const override {
    for (const auto& [name, unit] : units_) {
      if (unit->ledger != nullptr && unit->ledger->stopped()) {
        return MakeError(kErrors["LEDGER_STOPPED"],
                         absl::StrCat("the log of ", name, " has stopped after a failed write"),
                         {{"service", name}});
      }
    }
    return absl::OkStatus();
  }

  ledger::Ledger* ledger(const std::string& service) override {
    const auto it = units_.find(service);
    return it == units_.end() ? nullptr : it->second->ledger.get();
  }
  rpc::Peers* peers(const std::string& service) override {
    const auto it = units_.find(service);
    return it == units_.end() ? nullptr : it->second->peers.get();
  }

 private:
  absl::Status OpenClock() {
    if (options_.clock != nullptr) {
      clock_ = options_.clock;
    } else if (config::IsTraining(options_.config)) {
      ASSIGN_OR_RETURN(training_clock_, TrainingClock::Open(absl::StrCat(options_.config.data_dir(),
                                                                         "/training-clock")));
      clock_ = training_clock_.get();
    } else {
      clock_ = &SystemClock();
    }
    return absl::OkStatus();
  }

  // One for the process, in the ledger and over the connections of its first service with a store.
  absl::Status OpenSessionFeed() {
    const SessionSource& source = options_.sessions;
    const auto first = std::find_if(units_.begin(), units_.end(), [](const auto& unit) {
      return unit.second->ledger != nullptr;
    });
    if (source.service.empty() || first == units_.end()) return absl::OkStatus();
    const auto& [name, unit] = *first;
    ASSIGN_OR_RETURN(session_feed_,
                     SessionFeed::Create(
                         {.own = unit->ledger.get(),
                          .bars = &session_bars_,
                          .source = source,
                          .fetch = log_service::RemoteLogFetch(unit->peers.get(), source.service),
                          .on_error = [name = name, from = source.service](
                                          uint64_t seq, const absl::Status& status) {
                            logging::Write(logging::Level::kWarning,
                                           {{"service", name},
                                            {"sessions_from", from},
                                            {"seq", static_cast<int64_t>(seq)},
                                            {"reason", ErrorReason(status)}});
                          }}));
    return absl::OkStatus();
  }

  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(
      const std::string& address) const {
    if (absl::StartsWith(address, "unix:")) {
      RETURN_IF_ERROR(MakeFolder(fs::path(address.substr(5)).parent_path().string()));
      return grpc::InsecureServerCredentials();
    }
    // The certificate that the client's server name asks for is chosen among those of the services.
    grpc::SslServerCredentialsOptions tls(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    for (const auto& [name, unit] : units_) {
      tls.pem_root_certs = unit->tls->ca_pem;
      tls.pem_key_cert_pairs.push_back({unit->tls->key_pem, unit->tls->cert_pem});
    }
    return grpc::SslServerCredentials(tls);
  }

  void Watch() {
    while (!stopping_.WaitForNotificationWithTimeout(kHealthInterval)) {
      server_->GetHealthCheckService()->SetServingStatus(Ready().ok());
      for (const auto& [name, unit] : units_) {
        metrics::Set("jodal_executor_queued", "Requests waiting for a thread.", {{"service", name}},
                     static_cast<double>(unit->executor->queued()));
        if (unit->ledger == nullptr) continue;
        metrics::Set("jodal_log_entries", "Entries in the log.", {{"service", name}},
                     static_cast<double>(unit->ledger->Size()));
      }
    }
  }

  const Options options_;
  std::set<std::string> listen_;  // addresses
  rpc::CallGate gate_;
  std::unique_ptr<TrainingClock> training_clock_;
  const Clock* clock_ = nullptr;
  const rpc::SessionVerifier* sessions_ = nullptr;  // of the first unit that has one
  rpc::SessionBars session_bars_;
  std::map<std::string, std::unique_ptr<Unit>> units_;
  std::unique_ptr<SessionFeed> session_feed_;
  std::unique_ptr<rpc::Executor> log_executor_;
  std::unique_ptr<log_service::LogHost> logs_;
  std::unique_ptr<grpc::Service> training_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<metrics::AdminServer> admin_;
  absl::Notification stopping_;
  std::thread watch_;
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Host>> Host::Create(Options options) {
  auto host = std::make_unique<HostImpl>(std::move(options));
  RETURN_IF_ERROR(host->Init());
  return std::unique_ptr<Host>(std::move(host));
}

}  // namespace jodal::host
