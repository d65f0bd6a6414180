// A notice as people keep it: notice.json with notice.p7s in a folder, checked against the trust of
// the installation before anything is sealed to it.
#ifndef JODAL_CLIENTS_CLI_NOTICE_FILES_H_
#define JODAL_CLIENTS_CLI_NOTICE_FILES_H_

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/cli.h"
#include "clients/sdk/sealed_bid.h"

namespace jodal::cli {

// The version in force, or `version`, with its signature verified. NOTICE_SIGNATURE (exit code 6).
absl::StatusOr<sdk::PublishedNotice> FetchNotice(Cli& cli, const std::string& tender_id,
                                                 int version = 0);
// From <dir>/notice.{json,p7s}; opens no connection.
absl::StatusOr<sdk::PublishedNotice> ReadNotice(Cli& cli, const std::string& dir);

// As the identity may see it, or the public.
absl::StatusOr<tender::v1::Tender> FetchTender(Cli& cli, const std::string& tender_id);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_NOTICE_FILES_H_
