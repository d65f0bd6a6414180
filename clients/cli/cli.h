// What every command shares: the global flags, the connection, who acts, and how results are
// printed.
#ifndef JODAL_CLIENTS_CLI_CLI_H_
#define JODAL_CLIENTS_CLI_CLI_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/cli/advice.h"
#include "clients/cli/errors.h"
#include "clients/cli/output.h"
#include "clients/sdk/client.h"
#include "clients/sdk/user_files.h"
#include "common/log/checkpoint.h"

namespace jodal::install {
struct InstallOptions;
}

namespace jodal::cli {

struct VerbText {
  std::string name;     // "approve"
  std::string help;     // one line
  std::string example;  // shown below --help
};

// Not thread-safe; lives as long as the program.
class Cli {
 public:
  explicit Cli(CLI::App* app);  // adds the global flags
  CLI::App* app() { return app_; }

  CLI::App* Noun(absl::string_view name, absl::string_view help);
  // A verb whose `run` is called after the command line was read.
  CLI::App* Verb(CLI::App* noun, const VerbText& text, std::function<absl::Status()> run);
  // For a noun without verbs.
  void RunAs(CLI::App* app, const std::string& words, std::function<absl::Status()> run);
  // The verb that was chosen, in words ("tender approve"), and its run.
  const std::string& chosen() const { return chosen_; }
  absl::Status Run();
  // Reads `args` (the program's name first), runs what they say, tells the user what went wrong.
  // Returns the exit code.
  int Main(const std::vector<std::string>& args);

  // --- the installation ---
  // Path of the context file: --context, ./.jodal/context.json, or the XDG one. NOT_FOUND
  // CONTEXT_MISSING.
  absl::StatusOr<std::string> ContextFile() const;
  absl::StatusOr<sdk::Context> Context() const;
  absl::StatusOr<sdk::Client*> client();  // connects at the first use

  // --- who acts ---
  // --identity, a folder or the name of one under identities/ beside the context file. The PIN
  // comes from --pin-file or a prompt. INVALID_ARGUMENT IDENTITY_NOT_GIVEN.
  absl::StatusOr<sdk::Identity*> identity();
  absl::StatusOr<std::string> IdentityDir() const;
  // From --pin-file, or "".
  absl::StatusOr<std::string> PinFromFile() const;
  // Asks for the PIN of `what`. INVALID_ARGUMENT KEY_PIN_REQUIRED if nobody can be asked.
  absl::StatusOr<std::string> AskPin(const std::string& what) const;
  // PIN for keys that are being made in `dir`: from --pin-file, or asked for twice; "" with
  // `none`, and in a training installation, whose keys protect nothing. INVALID_ARGUMENT
  // KEY_PIN_REQUIRED.
  absl::StatusOr<std::string> NewPin(const std::string& dir, bool none) const;
  absl::StatusOr<std::string> token();  // opens a session for identity()
  // "" without --identity: the public view.
  absl::StatusOr<std::string> TokenIfAny();

  // --- signing ---
  // Fills kind, system and signer, shows the document and asks (on a terminal, unless --yes or
  // --no-input), signs, writes <save>.json and <save>.p7s if `save` is given. ABORTED
  // NOT_CONFIRMED.
  absl::StatusOr<document::v1::SignedDocument> Sign(absl::string_view kind,
                                                    google::protobuf::Message* document,
                                                    const std::string& save);
  // A line that must not stand among the arguments, where every user of the machine could read it:
  // the first one of `file`, of standard input for "-", or asked for with `question`, without
  // blanks around it. A password is not shown while it is typed, and only its owner may read its
  // file. INVALID_ARGUMENT USAGE if nobody can be asked, FAILED_PRECONDITION PIN_FILE_PERMISSIONS.
  enum class Shown { kWhileTyped, kNever };
  absl::StatusOr<std::string> PrivateLine(const std::string& file, absl::string_view question,
                                          Shown shown) const;
  // Yes or no from the terminal; yes under --yes, and where nobody can be asked.
  bool Confirm(absl::string_view question) const;

  // --- proofs ---
  absl::StatusOr<log::LogIdentity> Log(absl::string_view service) const;
  // Verifies the receipt offline with the trusted key of its log, then SeeLog. Says so on stderr.
  absl::Status CheckReceipt(const log::v1::Receipt& receipt, const std::string& save);
  // Fetches and verifies the checkpoint of `service`, compares it with the pinned one and pins it.
  // FAILED_PRECONDITION LOG_ROLLED_BACK, CONSISTENCY_MISMATCH.
  absl::StatusOr<log::v1::GetCheckpointResponse> SeeLog(absl::string_view service);

  Output& out() { return output_; }
  const Output& out() const { return output_; }
  // --- what was last acted on ---
  // Keeps `id` as the last `kind` ("tender", "contract", "payment", "organization", "person") of
  // this installation, in the state folder of XDG: "@tender" stands for it. An id that cannot be
  // kept is only a pity: it is said on stderr.
  void Remember(const std::string& kind, const std::string& id);
  // After all verbs were added: every option that takes such an id takes "@tender" too, and also
  // "@contract-P1", what begins with it.
  void LetIdsBeRemembered();

  // Says on stderr what usually comes next: a step of advice.h. "me" and "context" are known.
  void Next(absl::string_view step, Values values = {}) const;
  // See Zone::Parse, in the reader's zone.
  absl::StatusOr<absl::Time> ParseTime(absl::string_view text) const {
    return output_.zone.Parse(text);
  }
  bool dry_run() const { return dry_run_; }
  void NothingSent() const;  // says so on stderr, for --dry-run
  absl::Duration timeout() const { return absl::Seconds(timeout_s_); }

 private:
  std::string PinnedFile(const log::LogIdentity& log) const;
  absl::StatusOr<std::string> LastFile() const;
  absl::StatusOr<std::string> Resolve(const std::string& text) const;
  Values Known() const;
  int Fail(const absl::Status& status, absl::string_view what) const;

  CLI::App* const app_;
  std::string context_file_, identity_dir_, pin_file_, format_ = "table", zone_ = "KST",
                                                       language_ = "en";
  bool yes_ = false, no_input_ = false, dry_run_ = false;
  double timeout_s_ = 30;
  Output output_;
  std::string chosen_;
  Values named_;  // ids on the command line, by kind
  std::function<absl::Status()> run_;
  std::unique_ptr<sdk::Client> client_;
  std::optional<sdk::Identity> identity_;
};

// Each adds one or more nouns.
// --store=rocksdb, or --store=postgres with --postgres CONNINFO, which goes to `conninfo`.
void AddStoreOptions(CLI::App* verb, std::string* conninfo);
// CreateInstallation; says on stderr what an installation that is there already made it ignore.
absl::Status MakeInstallation(Cli& cli, const install::InstallOptions& options);
void AddOps(Cli& cli);           // ops, doctor
void AddKeys(Cli& cli);          // key, ca
void AddRegistration(Cli& cli);  // organization, supplier, agency, person
void AddFact(Cli& cli);
void AddTender(Cli& cli);
void AddDrafts(Cli& cli, CLI::App* noun);  // of the noun "tender": draft, amend, validate
void AddBid(Cli& cli);                     // bid, receipt
void AddOpening(Cli& cli);
void AddAward(Cli& cli);
void AddContract(Cli& cli);  // contract, delivery
void AddPayment(Cli& cli);   // account, invoice, payment
void AddInbox(Cli& cli);
void AddTrack(Cli& cli);  // track, log
void AddAudit(Cli& cli);  // audit, export
void AddRules(Cli& cli);
void AddAll(Cli& cli);

using sdk::MakeFolder;
using sdk::ReadFile;
using sdk::WriteFile;

// <path>.json and <path>.p7s.
absl::StatusOr<document::v1::SignedDocument> ReadSigned(const std::string& path);
absl::Status WriteSigned(const std::string& path, const document::v1::SignedDocument& document);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_CLI_H_
