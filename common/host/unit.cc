#include "common/host/unit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/config/config.h"
#include "common/config/log_origin.h"
#include "common/crypto/hash.h"
#include "common/document_client/remote_verifier.h"
#include "common/host/store.h"
#include "common/kv/backend.h"
#include "common/status/macros.h"

namespace jodal::host {
namespace {

absl::Status OpenSessions(const UnitOptions& options, Unit* unit) {
  ASSIGN_OR_RETURN(std::string key,
                   rpc::LoadSessionKey(
                       absl::StrCat(options.config.keys_dir(), "/session-", options.name, ".key")));
  unit->sessions =
      std::make_unique<rpc::SessionVerifier>(options.name, std::move(key), options.bars);
  return absl::OkStatus();
}

absl::Status OpenLedger(const UnitOptions& options, Unit* unit) {
  const auto& config = options.config;
  ASSIGN_OR_RETURN(auto key, crypto::Ed25519PrivateKey::LoadPem(
                                 absl::StrCat(config.keys_dir(), "/log-", options.name, ".pem")));
  // From the one secret that a service keeps, so that tokens outlive a restart.
  unit->page_key =
      crypto::HkdfExpand(crypto::HkdfExtract("jodal page key v1", key.ToPem()), options.name, 32);
  std::unique_ptr<kv::Backend> backend;
  if (options.memory_store) {
    backend = kv::NewMemoryBackend();
  } else {
    ASSIGN_OR_RETURN(backend, OpenStore(config, options.name));
  }
  ASSIGN_OR_RETURN(unit->ledger,
                   ledger::Ledger::Open(
                       std::move(backend),
                       {.origin = config::LogOrigin({.system = config.system(),
                                                     .training = config::IsTraining(config),
                                                     .service = options.name}),
                        .clock = options.clock,
                        .log_key = std::make_shared<crypto::Ed25519PrivateKey>(std::move(key))}));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Unit>> OpenUnit(const UnitOptions& options) {
  const auto& config = options.config;
  auto unit = std::make_unique<Unit>();
  if (std::any_of(options.addresses.begin(), options.addresses.end(),
                  [](const auto& address) { return !absl::StartsWith(address.second, "unix:"); })) {
    ASSIGN_OR_RETURN(
        unit->tls, rpc::LoadTlsIdentity(config.tls().ca_file(), config.tls().dir(), options.name));
  }
  if (options.keeps_store) {
    RETURN_IF_ERROR(OpenSessions(options, unit.get()));
    RETURN_IF_ERROR(OpenLedger(options, unit.get()));
  }
  unit->executor = std::make_unique<rpc::Executor>(config.executor_threads(),
                                                   config.executor_queue(), options.name);
  auto network = std::make_unique<rpc::NetworkPeers>(
      rpc::NetworkPeers::Options{.service = options.name,
                                 .addresses = options.addresses,
                                 .in_this_process = options.in_this_process,
                                 .tls = unit->tls});
  unit->peers = std::make_unique<rpc::InProcessPeers>(options.name, options.in_this_process,
                                                      std::move(network));
  unit->documents = std::make_unique<DocumentsHere>(
      std::make_unique<document_client::RemoteDocumentVerifier>(unit->peers.get()));
  return unit;
}

}  // namespace jodal::host
