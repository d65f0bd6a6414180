// Starts, measures and kills the real programs on an installation made for a benchmark.
#ifndef JODAL_BENCHMARKS_SERVERS_H_
#define JODAL_BENCHMARKS_SERVERS_H_

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/log/checkpoint.h"
#include "common/rpc/peers.h"
#include "common/rpc/session_token.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::bench {

struct ServersOptions {
  std::string dir;      // of the installation; replaced
  std::string ca_dir;   // the authority of the corpus
  std::string bin_dir;  // of the jodal-* programs
  // One process for all services, bids over a unix socket; or every service its own, over mTLS.
  bool processes = false;
  std::string postgres;  // conninfo of the database for the stores; "" for RocksDB
};

// CPU and memory of all processes together.
struct Usage {
  double cpu_s = 0;  // user and system
  double rss_mb = 0;
  double anon_mb = 0;   // memory that is no file
  double cache_mb = 0;  // of it the stores' block caches; 0 where every service is its own process
};

// Not thread-safe. Kills its processes when it goes.
class Servers {
 public:
  static absl::StatusOr<std::unique_ptr<Servers>> Create(const ServersOptions& options);
  ~Servers();

  // Returns when the bidding log answers.
  absl::Status Start();
  absl::Status Launch();  // returns at once
  absl::Status Stop();    // SIGTERM, waits; an error if a process does not exit with 0
  void Kill();            // SIGKILL, waits

  const std::string& dir() const { return options_.dir; }
  std::vector<pid_t> Pids() const;
  Usage Measure() const;
  double DiskMb(const std::string& service = "") const;  // of one store, or of all
  // As the service `name`, over mTLS: what only services may do. A connection of its own each time.
  std::unique_ptr<rpc::Peers> PeersAs(const std::string& name) const;
  // As a program of people, on the way that bids take.
  std::unique_ptr<rpc::Peers> BidPeers() const;
  std::string TokenFor(const rpc::Principal& principal) const { return issuer_->Issue(principal); }
  log::LogIdentity BiddingLog() const;

 private:
  explicit Servers(ServersOptions options) : options_(std::move(options)) {}
  absl::Status Spawn(const std::string& name);
  std::unique_ptr<rpc::Peers> PeersTo(const std::string& as,
                                      std::map<std::string, std::string> addresses) const;

  ServersOptions options_;
  config::v1::Config config_;
  std::map<std::string, std::string> tcp_;  // addresses for services
  std::unique_ptr<rpc::SessionIssuer> issuer_;
  int admin_port_ = 0;
  std::map<std::string, pid_t> pids_;
};

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_SERVERS_H_
