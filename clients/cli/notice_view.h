// A notice for people: as a supplier reads it, and what changed from one version to another.
#ifndef JODAL_CLIENTS_CLI_NOTICE_VIEW_H_
#define JODAL_CLIENTS_CLI_NOTICE_VIEW_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/cli.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::cli {

// The draft in `file`, or the published version of `tender_id` (0: the one in force), its signature
// verified. INVALID_ARGUMENT USAGE unless one of them is given.
absl::StatusOr<document::v1::Notice> NoticeFrom(Cli& cli, const std::string& tender_id,
                                                const std::string& file, int version);

// What it says, and what follows from it: amounts in words, the rules in sentences. To programs the
// notice itself.
absl::Status Preview(Cli& cli, const document::v1::Notice& notice);

// A row for each field that differs.
absl::Status Differences(Cli& cli, const document::v1::Notice& before,
                         const document::v1::Notice& after);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_NOTICE_VIEW_H_
