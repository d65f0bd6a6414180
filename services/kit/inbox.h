// What waits for whom in the cases of a service. Cases lie in the shards of their ids, so an index
// by organisation and time is written by a follower of the service's own log, all in one shard and
// without events:
//
//   "~follower/inbox/row/" organisation "/" until "/" rule "/" case   WaitingRow
//   "~follower/inbox/case/" case                                      CaseRows: the keys of its
//   rows
//
// `until` are 16 hex digits of Unix ns, "~" where no time is set. The index is made from the states
// of the cases and nothing rests on it: an act is checked against the case itself.
#ifndef JODAL_SERVICES_KIT_INBOX_H_
#define JODAL_SERVICES_KIT_INBOX_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/host/module.h"
#include "common/ledger/follower.h"
#include "common/rpc/caller.h"
#include "jodal/inbox/v1/inbox.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/acts/waiting.h"

namespace jodal::kit {

class Inbox {
 public:
  // A case and all that waits in it now.
  struct Case {
    std::string id;
    std::vector<procurement::Waiting> waiting;
  };
  struct Logged {
    log::v1::Entry entry;
    std::string body;  // a serialized jodal.event.v1.Event
  };
  // The case that an entry is about, as it stands by now; nullopt if it is about none. An error is
  // tried again, for ever.
  using CaseOf = std::function<absl::StatusOr<std::optional<Case>>(const Logged& logged)>;

  // `context` outlives it.
  Inbox(const host::ModuleContext& context, CaseOf case_of)
      : context_(context), case_of_(std::move(case_of)) {}

  void Start();
  void Stop() { follower_.reset(); }

  // What waits for the caller, who is a person, in the order of time. It follows the log: what was
  // done a moment ago may still be shown.
  absl::Status List(const rpc::Call& call, const inbox::v1::ListInboxRequest& request,
                    inbox::v1::ListInboxResponse* response) const;

  // The follower's step.
  absl::StatusOr<std::optional<ledger::FollowUpdate>> OnEntry(
      const ledger::LoggedEntry& entry) const;

 private:
  const host::ModuleContext& context_;
  const CaseOf case_of_;
  std::unique_ptr<ledger::Follower> follower_;
};

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_INBOX_H_
