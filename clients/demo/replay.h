// The main job from end to end: a past opening is played again on a training installation, with
// real keys, signatures, seals and logs, from the registration of everyone to the settled payment,
// and then proven offline.
#ifndef JODAL_CLIENTS_DEMO_REPLAY_H_
#define JODAL_CLIENTS_DEMO_REPLAY_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/sdk/client.h"

namespace jodal::demo {

// `done` of `total` steps of a stage; `total` 0: it is not known how many there will be. A stage is
// over when the next one begins.
struct Progress {
  std::string stage;  // "suppliers registered"
  int done = 0;
  int total = 0;
};

struct ReplayOptions {
  std::string fixture;     // path of an opening (fixture.h)
  std::string dir;         // of the installation: its demo authority issues the certificates, and
                           // its identities/ keep everyone's keys for the next replay
  std::string bundle_dir;  // where the bundle goes; "": <dir>/bundles/<tender id>
  int threads = 16;        // suppliers at a time
  std::function<void(const Progress&)> progress;  // called by one thread at a time; may be empty
};

struct ReplayResult {
  struct Row {
    int rank = 0;  // 0: not ranked
    std::string supplier_id;
    int64_t amount = 0;
    int64_t bid_rate_milli_percent = 0;
    std::string remark;
  };
  struct Price {
    int number = 0;
    int64_t amount = 0;
    int drawn = 0;
    bool chosen = false;
  };

  std::string tender;
  std::string reference;  // number of the opening elsewhere
  std::string title;
  std::string rule_set;
  std::string price_source;    // "entered", "verifiable"
  bool original_dates = true;  // false: the training clock was past them
  std::string deadline;
  std::vector<Price> prices;
  int64_t planned_price = 0;
  int64_t floor = 0;
  int64_t net_cost_limit = 0;  // 0: no such rule
  std::string binding_limit;
  int bids = 0;
  int ranked = 0;
  int excluded = 0;
  int64_t first_amount = 0;
  std::string awarded_to;
  std::string contract;
  std::string contract_state;
  std::string payment;
  std::string payment_state;
  int receipts_verified = 0;
  int timeline_items = 0;      // of the tender, all seen live
  int64_t log_entries = 0;     // of all logs of the installation
  double bids_per_second = 0;  // from the first submission to the last receipt
  double seconds = 0;          // all of it
  std::string bundle;          // folder
  std::string trust;           // folder with the root certificate and the log keys
  std::vector<Row> ranking;    // as the evaluation gives it
};

// Plays `options.fixture`. The dates of the opening are used if the training clock has not passed
// them, or can still be put back because nothing has happened; else the next workable ones. A later
// replay finds the organisations of an earlier one and makes a new tender.
//
// Servers may go away and come back at any moment: every call is repeated for a minute, every
// mutation under its own request id. FAILED_PRECONDITION REPLAY_MISMATCH (metadata "field",
// "expected", "actual") if a figure is not what the opening says; the errors of the services, of
// sdk::SealBid and sdk::MakeOpenShares, of the logs' proofs and of the bundle's verification.
absl::StatusOr<ReplayResult> Replay(sdk::Client& client, const ReplayOptions& options);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_REPLAY_H_
