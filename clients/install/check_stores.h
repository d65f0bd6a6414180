// Checks what an installation has stored, without its services: whether the log and all that hangs
// on it fit together (ledger::CheckLedger), and whether the records are what the signed documents
// make of them (fold.h).
#ifndef JODAL_CLIENTS_INSTALL_CHECK_STORES_H_
#define JODAL_CLIENTS_INSTALL_CHECK_STORES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/install/fold.h"
#include "jodal/config/v1/config.pb.h"

namespace jodal::install {

struct StoreCheck {
  std::string service;
  std::string store;     // its folder, or "schema <name>"
  uint64_t entries = 0;  // of its log that were looked at
  uint64_t records = 0;  // that follow from documents, compared with what these make of them
  std::vector<Difference> differences;
  // OK: all that is stored fits together. Else what is wrong, the first thing of it:
  //   DATA_LOSS            LEDGER_DAMAGED and the store's own: it does not verify. STATE_DIFFERS:
  //   it
  //                        does, but records are not what the documents make: `differences`
  //   FAILED_PRECONDITION  ORIGIN_MISMATCH (it is another installation's), STORE_LAYOUT
  //   NOT_FOUND            STORE_MISSING: there is none; a service that never ran has none
  //   UNAVAILABLE          STORE_LOCKED: the service runs
  absl::Status status;
};

struct StoreProgress {
  std::string service;
  uint64_t entries = 0;
  uint64_t of = 0;
};

// Stores in files are opened as their services open them at their start (what a crash left in the
// write-ahead log is recovered), so the services must be stopped, and cannot start meanwhile.
// Stores in a database are read as they are at one moment, whether the services run or not.
// `progress` is called now and then on the calling thread; it may be empty.
std::vector<StoreCheck> CheckStores(const config::v1::Config& config,
                                    const std::vector<std::string>& services,
                                    const std::function<void(const StoreProgress&)>& progress);

}  // namespace jodal::install

#endif  // JODAL_CLIENTS_INSTALL_CHECK_STORES_H_
