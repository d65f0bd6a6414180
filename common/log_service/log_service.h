// jodal.log.v1.LogService over the ledgers of this process.
//
// One gRPC server hosts a service type once, but a process may keep several logs. Metadata
// "x-jodal-log: <service>" says which one is meant; it may be left out where there is only one.
// Errors of every call: INVALID_ARGUMENT LOG_NOT_NAMED, NOT_FOUND LOG_UNKNOWN.
//
// Everybody may read; bodies that are not public are shown to services only. WatchEntries waits
// without a thread per watcher: one thread per log notices new entries and wakes the watchers. Only
// services may restrict it to types of entries: PERMISSION_DENIED NOT_ALLOWED for any other caller,
// INVALID_ARGUMENT WATCH_TYPES for too many types.
#ifndef JODAL_COMMON_LOG_SERVICE_LOG_SERVICE_H_
#define JODAL_COMMON_LOG_SERVICE_LOG_SERVICE_H_

#include <map>
#include <memory>
#include <string>

#include "common/clock/clock.h"
#include "common/ledger/ledger.h"
#include "common/rpc/call_gate.h"
#include "common/rpc/executor.h"
#include "common/rpc/session_token.h"

namespace grpc {
class Service;
}

namespace jodal::log_service {

inline constexpr int kListEntriesMax = 1000;      // entries in one answer
inline constexpr size_t kListBytesMax = 2 << 20;  // bytes in one answer: it is cut short past it
inline constexpr int kWatchTypesMax = 16;         // types that a stream is restricted to
inline constexpr size_t kWatchersMax = 10000;     // open WatchEntries streams of a process
inline constexpr char kLogMetadata[] = "x-jodal-log";

class LogHost {
 public:
  struct Options {
    std::map<std::string, const ledger::Ledger*> logs;  // by service; outlive the host
    const Clock* clock = nullptr;
    rpc::Executor* executor = nullptr;
    const rpc::SessionVerifier* sessions = nullptr;
    rpc::CallGate* gate = nullptr;  // as HandlerKit::Options
  };
  static std::unique_ptr<LogHost> Create(Options options);
  // Shutdown, then waits for the threads. The server that hosts service() must have been shut down.
  virtual ~LogHost() = default;

  virtual grpc::Service* service() = 0;  // owned by the host
  // Ends every stream with UNAVAILABLE SHUTTING_DOWN and refuses new ones. Call it before the
  // server's own shutdown, which waits for streams.
  virtual void Shutdown() = 0;
};

}  // namespace jodal::log_service

#endif  // JODAL_COMMON_LOG_SERVICE_LOG_SERVICE_H_
