#include "common/rpc/network_peers.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_interceptor.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/errors.h"
#include "common/rpc/identity.h"
#include "common/status/macros.h"

namespace jodal::rpc {
namespace {

// Nothing can listen below a device file.
constexpr char kNowhere[] = "unix:/dev/null/nowhere";

// Names the calling service on every call, so that no caller has to remember it.
class IdentityInterceptor : public grpc::experimental::Interceptor {
 public:
  explicit IdentityInterceptor(const std::string& service) : service_(service) {}
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      auto* metadata = methods->GetSendInitialMetadata();
      metadata->erase(kServiceMetadata);
      metadata->erase(kProcessMetadata);
      metadata->emplace(kServiceMetadata, service_);
      metadata->emplace(kProcessMetadata, ProcessSecret());
    }
    methods->Proceed();
  }

 private:
  const std::string& service_;
};

class IdentityFactory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit IdentityFactory(std::string service) : service_(std::move(service)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new IdentityInterceptor(service_);
  }

 private:
  const std::string service_;
};

std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> Identify(
    const std::string& service) {
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> out;
  out.push_back(std::make_unique<IdentityFactory>(service));
  return out;
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments args;
  args.SetMaxReceiveMessageSize(kMessageBytesMax);
  args.SetMaxSendMessageSize(kMessageBytesMax);
  args.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
  args.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10000);
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  args.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  args.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Retries are ours (common/rpc/call.h): only the caller knows what may be repeated.
  args.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  return args;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return MakeError(kErrors["FILE_MISSING"], absl::StrCat("cannot read ", path), {{"path", path}});
  }
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

absl::StatusOr<TlsIdentity> LoadTlsIdentity(const std::string& ca_file, const std::string& dir,
                                            const std::string& name) {
  TlsIdentity out;
  const std::string key = absl::StrCat(dir, "/", name, ".key");
  struct stat info;
  if (stat(key.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return MakeError(kErrors["KEY_FILE_PERMISSIONS"],
                     absl::StrCat(key, " must be readable by its owner only (0600)"),
                     {{"path", key}});
  }
  ASSIGN_OR_RETURN(out.ca_pem, ReadFile(ca_file));
  ASSIGN_OR_RETURN(out.cert_pem, ReadFile(absl::StrCat(dir, "/", name, ".pem")));
  ASSIGN_OR_RETURN(out.key_pem, ReadFile(key));
  return out;
}

NetworkPeers::NetworkPeers(Options options) : options_(std::move(options)) {}

std::shared_ptr<grpc::Channel> NetworkPeers::Channel(absl::string_view service) {
  absl::MutexLock lock(&mu_);
  const std::string name(service);
  auto& channel = channels_[name];
  if (channel != nullptr) return channel;
  grpc::ChannelArguments args = Arguments();
  const auto it = options_.addresses.find(name);
  const std::string address = it == options_.addresses.end() ? kNowhere : it->second;
  if (absl::StartsWith(address, "unix:")) {
    auto credentials = grpc::InsecureChannelCredentials();
    channel = options_.in_this_process.count(name) != 0
                  ? grpc::experimental::CreateCustomChannelWithInterceptors(
                        address, credentials, args, Identify(options_.service))
                  : grpc::CreateCustomChannel(address, credentials, args);
  } else if (options_.tls.has_value()) {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = options_.tls->ca_pem;
    tls.pem_cert_chain = options_.tls->cert_pem;
    tls.pem_private_key = options_.tls->key_pem;
    args.SetSslTargetNameOverride(absl::StrCat(name, kServiceDnsSuffix));
    channel = grpc::CreateCustomChannel(address, grpc::SslCredentials(tls), args);
  } else {
    channel = grpc::CreateCustomChannel(kNowhere, grpc::InsecureChannelCredentials(), args);
  }
  return channel;
}

InProcessPeers::InProcessPeers(std::string service, std::set<std::string> in_this_process,
                               std::unique_ptr<Peers> fallback)
    : service_(std::move(service)),
      in_this_process_(std::move(in_this_process)),
      fallback_(fallback != nullptr
                    ? std::move(fallback)
                    : std::make_unique<NetworkPeers>(NetworkPeers::Options{.service = service_})) {}

void InProcessPeers::SetServer(grpc::Server* server) {
  absl::MutexLock lock(&mu_);
  server_ = server;
  channel_ = nullptr;
}

std::shared_ptr<grpc::Channel> InProcessPeers::Channel(absl::string_view service) {
  absl::MutexLock lock(&mu_);
  if (server_ == nullptr || in_this_process_.count(std::string(service)) == 0) {
    return fallback_->Channel(service);
  }
  if (channel_ == nullptr) {
    channel_ =
        server_->experimental().InProcessChannelWithInterceptors(Arguments(), Identify(service_));
  }
  return channel_;
}

}  // namespace jodal::rpc
