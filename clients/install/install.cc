#include "clients/install/install.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/sdk/user_files.h"
#include "common/base/bytes.h"
#include "common/config/config.h"
#include "common/config/log_origin.h"
#include "common/crypto/ed25519.h"
#include "common/document/json.h"
#include "common/kv/backend.h"
#include "common/rpc/identity.h"
#include "common/rpc/session_token.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/config/v1/config.pb.h"
#include "procurement/services.h"

namespace jodal::install {
namespace {

namespace fs = std::filesystem;

// A training clock may go back to old openings and on through long contracts.
constexpr int kTrainingYearsBefore = 10;
constexpr int kTrainingYearsAfter = 15;
constexpr int kTlsYears = 5;
// Below the range from which Linux takes outgoing ports, so that a restart finds its port free.
constexpr int kPortMin = 20000;
constexpr int kPortMax = 31999;
// They wait for disks, databases and other services more than they compute, and what waits together
// is written, read and verified together.
constexpr int kExecutorThreads = 16;
constexpr int kExecutorQueue = 2048;

absl::CivilSecond YearsLater(absl::Time now, int years) {
  const absl::CivilSecond t = absl::ToCivilSecond(now, absl::UTCTimeZone());
  return absl::CivilSecond(t.year() + years, t.month(), t.day(), t.hour());
}

absl::Time TrainingBegin(absl::Time now) {
  return absl::FromCivil(YearsLater(now, -kTrainingYearsBefore), absl::UTCTimeZone());
}

using sdk::MakeFolder;
using sdk::WriteFile;

absl::StatusOr<crypto::Ed25519PrivateKey> LoadOrMakeKey(const std::string& path,
                                                        crypto::Random& random) {
  if (fs::exists(path)) return crypto::Ed25519PrivateKey::LoadPem(path);
  auto key = crypto::Ed25519PrivateKey::Generate(random);
  RETURN_IF_ERROR(key.SavePem(path));
  return key;
}

// The master key is for the registration service, each other key for the service that it names.
absl::Status MakeSessionKeys(const std::string& keys_dir, crypto::Random& random) {
  const std::string master_file = keys_dir + "/session.key";
  if (!fs::exists(master_file)) {
    RETURN_IF_ERROR(
        WriteFile(master_file, HexEncode(random.Bytes(rpc::kSessionKeyBytes)) + "\n", 0600));
  }
  ASSIGN_OR_RETURN(const std::string master, rpc::LoadSessionKey(master_file));
  for (const std::string& service : Stores()) {
    RETURN_IF_ERROR(WriteFile(absl::StrCat(keys_dir, "/session-", service, ".key"),
                              HexEncode(rpc::SessionKeyOf(master, service)) + "\n", 0600));
  }
  return absl::OkStatus();
}

bool PortIsFree(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return free;
}

absl::StatusOr<std::map<std::string, std::string>> Addresses(const InstallOptions& options,
                                                             crypto::Random& random) {
  std::map<std::string, std::string> out;
  if (!options.processes) {
    for (const std::string& service : Services()) out[service] = "unix:run/jodal.sock";
    return out;
  }
  int port = kPortMin + ReadU16Be(random.Bytes(2)) % (kPortMax - kPortMin);
  int tried = 0;
  for (const std::string& service : Services()) {
    while (!PortIsFree(port)) {
      port = port == kPortMax ? kPortMin : port + 1;
      if (++tried > kPortMax - kPortMin) {
        return MakeError(absl::StatusCode::kUnavailable, "NO_FREE_PORT",
                         "no loopback port is free");
      }
    }
    out[service] = absl::StrCat("127.0.0.1:", port);
    port = port == kPortMax ? kPortMin : port + 1;
  }
  return out;
}

absl::Status MakeTls(const std::string& dir, absl::Time now) {
  if (fs::exists(dir + "/ca.pem")) return absl::OkStatus();
  RETURN_IF_ERROR(MakeFolder(dir, /*secret=*/true));
  const absl::Time until = absl::FromCivil(YearsLater(now, kTlsYears), absl::UTCTimeZone());
  pki::CaRequest request;
  request.root_cn = "Jodal Cluster Root";
  request.issuing_cn = "Jodal Cluster CA";
  request.organization = "Jodal Cluster";
  request.not_before = now - absl::Hours(24);
  request.not_after = until;
  ASSIGN_OR_RETURN(const auto ca, pki::CertificateAuthority::Create(request));
  std::vector<std::string> names = Services();
  names.push_back(rpc::kClientName);
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const auto key, pki::PrivateKey::Generate(pki::KeyType::kEcP256));
    pki::LeafRequest leaf;
    leaf.cn = name + rpc::kServiceDnsSuffix;
    ASSIGN_OR_RETURN(leaf.spki_der, key.SpkiDer());
    leaf.usage = pki::LeafUsage::kTlsPeer;
    leaf.dns_names = {leaf.cn};
    leaf.not_before = request.not_before;
    leaf.not_after = until;
    ASSIGN_OR_RETURN(const auto certificate, ca.Issue(leaf));
    ASSIGN_OR_RETURN(const std::string pem, key.ToPem());
    RETURN_IF_ERROR(WriteFile(absl::StrCat(dir, "/", name, ".key"), pem, 0600));
    RETURN_IF_ERROR(WriteFile(absl::StrCat(dir, "/", name, ".pem"),
                              certificate.ToPem() + ca.issuing().ToPem()));
  }
  return WriteFile(dir + "/ca.pem", ca.root().ToPem());
}

absl::StatusOr<pki::CertificateAuthority> LoadOrMakeCa(const std::string& dir, absl::Time now) {
  if (fs::exists(dir + "/root.crt")) return pki::CertificateAuthority::Load(dir);
  pki::CaRequest request;
  request.not_before = TrainingBegin(now);
  request.not_after = TrainingEnd(now);
  ASSIGN_OR_RETURN(auto ca, pki::CertificateAuthority::Create(request));
  RETURN_IF_ERROR(MakeFolder(dir, /*secret=*/true));
  RETURN_IF_ERROR(ca.Save(dir));
  return ca;
}

absl::Status CopyTrust(const std::string& from, const std::string& to) {
  for (const char* part : {"anchors", "intermediates", "crls"}) {
    const fs::path source = fs::path(from) / part;
    RETURN_IF_ERROR(MakeFolder(absl::StrCat(to, "/", part)));
    if (!fs::exists(source)) continue;
    std::error_code error;
    fs::copy(source, fs::path(to) / part,
             fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
    if (error) {
      return MakeError(absl::StatusCode::kUnavailable, "FILE_NOT_WRITTEN",
                       absl::StrCat("cannot copy ", source.string(), ": ", error.message()),
                       {{"file", source.string()}});
    }
  }
  return absl::OkStatus();
}

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", text, "\""); }

std::string ServicesJson(const std::map<std::string, std::string>& addresses) {
  return absl::StrJoin(addresses, ",\n", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, "    {\"service\": ", Quoted(entry.first),
                    ", \"address\": ", Quoted(entry.second), "}");
  });
}

}  // namespace

std::vector<std::string> Services() {
  std::vector<std::string> out;
  for (const procurement::Service& service : procurement::kServices) out.emplace_back(service.name);
  return out;
}
std::vector<std::string> Stores() {
  std::vector<std::string> out;
  for (const procurement::Service& service : procurement::kServices) {
    if (service.keeps_store) out.emplace_back(service.name);
  }
  return out;
}

std::string ConfigFile(absl::string_view dir) { return absl::StrCat(dir, "/config.json"); }
std::string ContextFile(absl::string_view dir) { return absl::StrCat(dir, "/context.json"); }
std::string CaDir(absl::string_view dir) { return absl::StrCat(dir, "/ca"); }
std::string TrustDir(absl::string_view dir) { return absl::StrCat(dir, "/trust"); }
std::string IdentityDir(absl::string_view dir, absl::string_view name) {
  return absl::StrCat(dir, "/identities/", name);
}

absl::Time TrainingEnd(absl::Time now) {
  return absl::FromCivil(YearsLater(now, kTrainingYearsAfter), absl::UTCTimeZone());
}

absl::StatusOr<sdk::Identity> NewIdentity(const pki::CertificateAuthority& ca,
                                          const IdentityRequest& request, crypto::Random& random) {
  pki::LeafRequest leaf;
  leaf.cn = request.name;
  leaf.o = request.organization;
  leaf.not_before = std::max(request.not_before, ca.issuing().not_before());
  leaf.not_after = std::min(request.not_after, ca.issuing().not_after());
  ASSIGN_OR_RETURN(auto key, pki::PrivateKey::Generate(pki::KeyType::kEcP256));
  ASSIGN_OR_RETURN(leaf.spki_der, key.SpkiDer());
  ASSIGN_OR_RETURN(auto certificate, ca.Issue(leaf));
  sdk::Identity identity(std::move(key), std::move(certificate));
  if (request.agreement) {
    auto agree = crypto::P256PrivateKey::Generate(random);
    leaf.spki_der = agree.SpkiDer();
    leaf.usage = pki::LeafUsage::kKeyAgreement;
    ASSIGN_OR_RETURN(auto agree_certificate, ca.Issue(leaf));
    identity.SetAgreement(std::move(agree), std::move(agree_certificate));
  }
  return identity;
}

absl::Status WriteTrust(pki::CertificateAuthority& ca, const std::string& trust_dir,
                        absl::Time now) {
  return ca.WriteTrustDirectory(trust_dir, now, ca.issuing().not_after());
}

absl::StatusOr<std::vector<std::string>> IgnoredOptions(const InstallOptions& options) {
  std::vector<std::string> out;
  const std::string config_file = ConfigFile(options.dir);
  if (!fs::exists(config_file)) return out;
  ASSIGN_OR_RETURN(const auto config, config::LoadConfig(config_file));
  std::set<std::string> addresses;
  for (const auto& endpoint : config.services()) addresses.insert(endpoint.address());
  const InstallOptions none;
  const auto differs = [&](bool asked, absl::string_view option, absl::string_view is) {
    if (asked) out.push_back(absl::StrCat(option, " was ignored: ", is));
  };
  differs(options.processes && addresses.size() == 1, "--processes",
          "its services run in one process");
  differs(!options.training && config::IsTraining(config), "--production",
          "it is a training installation");
  differs(options.system != none.system && options.system != config.system(), "--system",
          absl::StrCat("it is ", config.system()));
  differs(!options.admin_address.empty() && options.admin_address != config.admin_address(),
          "--admin-address", "change adminAddress in its config.json");
  differs(!options.registrar_cert_sha256.empty() &&
              options.registrar_cert_sha256 != config.registrar_cert_sha256(),
          "--registrar", "it has a registrar already");
  differs(!options.trust_from.empty(), "--trust-from", "its trust folder is kept");
  return out;
}

absl::Status CreateInstallation(const InstallOptions& options, absl::Time now) {
  const std::string& dir = options.dir;
  const std::string config_file = ConfigFile(dir);
  if (fs::exists(config_file)) {
    ASSIGN_OR_RETURN(const auto config, config::LoadConfig(config_file));
    if (!options.postgres.empty() && options.postgres != config.postgres().conninfo()) {
      return MakeError(absl::StatusCode::kInvalidArgument, "INSTALL_OPTIONS",
                       "the installation keeps its data elsewhere; make another one");
    }
    return absl::OkStatus();
  }
  if (dir.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INSTALL_OPTIONS",
                     "an installation needs a folder");
  }
  if (!options.training && (options.registrar_cert_sha256.empty() || options.trust_from.empty())) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INSTALL_OPTIONS",
                     "a production installation needs the certificate of its first registrar and "
                     "the anchors that it trusts");
  }
  std::string postgres;
  if (!options.postgres.empty()) {
    RETURN_IF_ERROR(kv::CheckPostgresConninfo(options.postgres));
    config::v1::Postgres message;
    message.set_conninfo(options.postgres);
    ASSIGN_OR_RETURN(const std::string json, document::ToCanonicalJson(message));
    postgres = absl::StrCat("  \"postgres\": ", json, ",\n");
  }
  crypto::Random& random = crypto::SystemRandom();
  for (const char* part : {"", "/keys", "/data", "/run", "/log", "/identities"}) {
    RETURN_IF_ERROR(MakeFolder(dir + part, /*secret=*/true));
  }
  RETURN_IF_ERROR(MakeFolder(TrustDir(dir)));

  std::string registrar = options.registrar_cert_sha256;
  if (options.training) {
    ASSIGN_OR_RETURN(auto ca, LoadOrMakeCa(CaDir(dir), now));
    RETURN_IF_ERROR(WriteTrust(ca, TrustDir(dir), ca.issuing().not_before()));
    const std::string registrar_dir = IdentityDir(dir, "registrar");
    if (!fs::exists(registrar_dir + "/sign.crt")) {
      ASSIGN_OR_RETURN(
          auto identity,
          NewIdentity(ca, {.name = "Registrar", .organization = "Jodal Demo"}, random));
      identity.set_person_id("registrar");
      fs::remove_all(registrar_dir);
      RETURN_IF_ERROR(identity.Save(registrar_dir));
    }
    ASSIGN_OR_RETURN(const auto identity, sdk::Identity::Load(registrar_dir));
    registrar = identity.cert_sha256();
  } else {
    RETURN_IF_ERROR(CopyTrust(options.trust_from, TrustDir(dir)));
  }

  config::v1::LogKeys logs;
  for (const std::string& service : Stores()) {
    ASSIGN_OR_RETURN(const auto key,
                     LoadOrMakeKey(absl::StrCat(dir, "/keys/log-", service, ".pem"), random));
    auto* log = logs.add_logs();
    log->set_service(service);
    log->set_origin(config::LogOrigin(
        {.system = options.system, .training = options.training, .service = service}));
    log->set_public_key(key.public_key());
  }
  ASSIGN_OR_RETURN(const std::string logs_json, document::ToCanonicalJson(logs));
  RETURN_IF_ERROR(WriteFile(TrustDir(dir) + "/logs.json", logs_json));
  RETURN_IF_ERROR(WriteFile(TrustDir(dir) + "/registrar.sha256", registrar + "\n"));
  RETURN_IF_ERROR(MakeSessionKeys(dir + "/keys", random));

  ASSIGN_OR_RETURN(const auto addresses, Addresses(options, random));
  std::string tls;
  if (options.processes) {
    RETURN_IF_ERROR(MakeTls(dir + "/tls", now));
    tls = "  \"tls\": {\"caFile\": \"tls/ca.pem\", \"dir\": \"tls\"},\n";
  }
  RETURN_IF_ERROR(WriteFile(
      ContextFile(dir), absl::StrCat("{\n  \"system\": ", Quoted(options.system),
                                     ",\n  \"training\": ", options.training ? "true" : "false",
                                     ",\n  \"services\": [\n", ServicesJson(addresses), "\n  ],\n",
                                     tls, "  \"trustDir\": \"trust\"\n}\n")));
  const std::string text = absl::StrCat(
      "{\n  \"mode\": ", Quoted(options.training ? "TRAINING" : "PRODUCTION"),
      ",\n  \"system\": ", Quoted(options.system),
      ",\n  \"dataDir\": \"data\",\n  \"trustDir\": \"trust\",\n  \"keysDir\": \"keys\",\n",
      "  \"services\": [\n", ServicesJson(addresses), "\n  ],\n", tls, postgres,
      "  \"registrarCertSha256\": ", Quoted(registrar),
      ",\n  \"executorThreads\": ", kExecutorThreads, ",\n  \"executorQueue\": ", kExecutorQueue,
      ",\n  \"adminAddress\": ", Quoted(options.processes ? "" : options.admin_address), "\n}\n");
  RETURN_IF_ERROR(config::ParseConfig(text, fs::absolute(dir).string()).status());
  return WriteFile(config_file, text);
}

}  // namespace jodal::install
