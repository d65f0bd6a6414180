// Who acts, on which installation: the context, keys and PINs, sessions, what is asked, signed and
// proven.
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/cli.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::cli {
namespace {

namespace fs = std::filesystem;

// A service that is down is reported within this time.
constexpr absl::Duration kConnect = absl::Seconds(3);

// A line from the terminal that it does not show. nullopt if nobody can be asked.
std::optional<std::string> PromptSilently(absl::string_view question) {
  termios old;
  if (tcgetattr(STDIN_FILENO, &old) != 0) return std::nullopt;
  termios silent = old;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  std::fprintf(stderr, "%s: ", std::string(question).c_str());
  tcsetattr(STDIN_FILENO, TCSANOW, &silent);
  std::string line;
  std::getline(std::cin, line);
  tcsetattr(STDIN_FILENO, TCSANOW, &old);
  std::fprintf(stderr, "\n");
  return line;
}

// PIN_FILE_PERMISSIONS unless the owner alone may read a file with a PIN or a password.
absl::Status CheckSecretFile(const std::string& file) {
  struct stat info;
  if (stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) != 0) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "PIN_FILE_PERMISSIONS",
                     absl::StrCat(file, ": others than its owner may read the secret in it"),
                     {{"file", file}});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<document::v1::SignedDocument> ReadSigned(const std::string& path) {
  document::v1::SignedDocument out;
  ASSIGN_OR_RETURN(*out.mutable_content(), ReadFile(path + ".json"));
  ASSIGN_OR_RETURN(*out.mutable_signature(), ReadFile(path + ".p7s"));
  return out;
}

absl::Status WriteSigned(const std::string& path, const document::v1::SignedDocument& document) {
  RETURN_IF_ERROR(WriteFile(path + ".json", document.content()));
  return WriteFile(path + ".p7s", document.signature());
}

absl::StatusOr<std::string> Cli::ContextFile() const {
  if (!context_file_.empty()) return context_file_;
  const std::string here = ".jodal/context.json";
  if (fs::exists(here)) return here;
  const std::string home = sdk::ConfigFile("context.json");
  if (fs::exists(home)) return home;
  return MakeError(absl::StatusCode::kNotFound, "CONTEXT_MISSING",
                   absl::StrCat("there is neither ", here, " nor ", home));
}

absl::StatusOr<sdk::Context> Cli::Context() const {
  ASSIGN_OR_RETURN(const std::string file, ContextFile());
  return sdk::Context::Load(file);
}

absl::StatusOr<sdk::Client*> Cli::client() {
  if (client_ == nullptr) {
    ASSIGN_OR_RETURN(auto context, Context());
    ASSIGN_OR_RETURN(
        client_, sdk::Client::Connect(
                     std::move(context),
                     {.patience = timeout(), .connect_timeout = std::min(timeout(), kConnect)}));
  }
  return client_.get();
}

absl::StatusOr<std::string> Cli::PinFromFile() const {
  if (pin_file_.empty()) return std::string();
  RETURN_IF_ERROR(CheckSecretFile(pin_file_));
  ASSIGN_OR_RETURN(const std::string text, ReadFile(pin_file_));
  return std::string(absl::StripAsciiWhitespace(text));
}

absl::StatusOr<std::string> Cli::AskPin(const std::string& what) const {
  if (!no_input_) {
    if (const auto pin = PromptSilently(output_.Say("text.ask_pin", "PIN of $0", what));
        pin.has_value()) {
      return *pin;
    }
  }
  return MakeError(absl::StatusCode::kInvalidArgument, "KEY_PIN_REQUIRED",
                   absl::StrCat("the PIN of ", what, " is needed and nobody can be asked"));
}

absl::StatusOr<std::string> Cli::NewPin(const std::string& dir, bool none) const {
  ASSIGN_OR_RETURN(std::string pin, PinFromFile());
  if (!pin.empty() || none) return pin;
  if (const auto context = Context(); context.ok() && context->training) return pin;
  ASSIGN_OR_RETURN(pin, AskPin(output_.Say("text.new_keys", "the new keys in $0", dir)));
  ASSIGN_OR_RETURN(const std::string again, AskPin(output_.Say("text.again", "the same again")));
  if (!pin.empty() && pin == again) return pin;
  return MakeError(absl::StatusCode::kInvalidArgument, "KEY_PIN_REQUIRED",
                   pin.empty() ? "keys outside a training installation are encrypted, unless "
                                 "--no-pin says otherwise"
                               : "the two PINs differ");
}

absl::StatusOr<std::string> Cli::IdentityDir() const {
  if (identity_dir_.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "IDENTITY_NOT_GIVEN",
                     "this command acts in somebody's name");
  }
  if (!fs::exists(identity_dir_ + "/sign.crt") && !absl::StrContains(identity_dir_, "/")) {
    if (const auto context = ContextFile(); context.ok()) {
      const std::string named =
          (fs::path(*context).parent_path() / "identities" / identity_dir_).string();
      if (fs::exists(named + "/sign.crt")) return named;
    }
  }
  return identity_dir_;
}

absl::StatusOr<sdk::Identity*> Cli::identity() {
  if (!identity_.has_value()) {
    ASSIGN_OR_RETURN(const std::string dir, IdentityDir());
    ASSIGN_OR_RETURN(std::string pin, PinFromFile());
    auto loaded = sdk::Identity::Load(dir, pin);
    if (pin.empty() && ErrorReason(loaded.status()) == "KEY_PIN_REQUIRED") {
      ASSIGN_OR_RETURN(pin, AskPin(dir));
      loaded = sdk::Identity::Load(dir, pin);
    }
    RETURN_IF_ERROR(loaded.status());
    identity_ = *std::move(loaded);
  }
  return &*identity_;
}

absl::StatusOr<std::string> Cli::token() {
  ASSIGN_OR_RETURN(sdk::Identity * who, identity());
  ASSIGN_OR_RETURN(sdk::Client * connection, client());
  return connection->Login(*who);
}

absl::StatusOr<std::string> Cli::TokenIfAny() {
  if (identity_dir_.empty()) return std::string();
  return token();
}

absl::StatusOr<std::string> Cli::PrivateLine(const std::string& file, absl::string_view question,
                                             Shown shown) const {
  std::string line;
  if (!file.empty() && file != "-") {
    if (shown == Shown::kNever) RETURN_IF_ERROR(CheckSecretFile(file));
    ASSIGN_OR_RETURN(const std::string text, ReadFile(file));
    line = text.substr(0, text.find('\n'));
  } else if (file == "-") {
    std::getline(std::cin, line);
  } else if (no_input_ || isatty(STDIN_FILENO) == 0) {
    return UsageError(absl::StrCat(question,
                                   ": nobody can be asked; give it in a file, or as - on "
                                   "standard input"));
  } else if (shown == Shown::kNever) {
    line = PromptSilently(question).value_or("");
  } else {
    std::fprintf(stderr, "%s: ", std::string(question).c_str());
    std::getline(std::cin, line);
  }
  return std::string(absl::StripAsciiWhitespace(line));
}

bool Cli::Confirm(absl::string_view question) const {
  if (yes_ || no_input_ || isatty(STDIN_FILENO) == 0 || !output_.error_terminal) return true;
  std::fprintf(stderr, "%s [y/N] ", std::string(question).c_str());
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

absl::StatusOr<document::v1::SignedDocument> Cli::Sign(absl::string_view kind,
                                                       google::protobuf::Message* document,
                                                       const std::string& save) {
  ASSIGN_OR_RETURN(sdk::Identity * who, identity());
  ASSIGN_OR_RETURN(const auto context, Context());
  ASSIGN_OR_RETURN(auto signed_document, sdk::SignDocument(*who, context.system, kind, document));
  if (output_.error_terminal) {
    std::string shown;
    for (int i = 0; i < document->GetDescriptor()->field_count(); ++i) {
      const std::string& name = document->GetDescriptor()->field(i)->name();
      const std::string text = FieldText(*document, name, output_.zone);
      if (!text.empty())
        absl::StrAppend(&shown, "  ", Label(name, output_.language), ": ", Visible(text), "\n");
    }
    output_.Note(absl::StrCat(output_.Say("text.to_be_signed_by", "to be signed by"), " ",
                              Visible(who->certificate().subject_cn()), ":\n", shown));
  }
  if (!Confirm(output_.Say("text.confirm_sign", "Sign this?"))) {
    return NotConfirmed();
  }
  if (!save.empty()) RETURN_IF_ERROR(WriteSigned(save, signed_document));
  return signed_document;
}

absl::StatusOr<log::LogIdentity> Cli::Log(absl::string_view service) const {
  ASSIGN_OR_RETURN(const auto context, Context());
  ASSIGN_OR_RETURN(const auto keys, sdk::LoadLogKeys(context));
  const auto key = keys.find(std::string(service));
  if (key == keys.end()) {
    return MakeError(absl::StatusCode::kNotFound, "LOG_UNKNOWN",
                     absl::StrCat("no key of a log \"", service, "\" is trusted"));
  }
  return log::LogIdentity{context.LogOrigin(service), key->second};
}

absl::Status Cli::CheckReceipt(const log::v1::Receipt& receipt, const std::string& save) {
  const std::string service = receipt.origin().substr(receipt.origin().rfind('/') + 1);
  if (!save.empty()) {
    ASSIGN_OR_RETURN(const std::string json, document::ToCanonicalJson(receipt));
    RETURN_IF_ERROR(WriteFile(save, json + "\n"));
  }
  ASSIGN_OR_RETURN(const auto log, Log(service));
  ASSIGN_OR_RETURN(const auto verified, log::VerifyReceipt(receipt.entry(), receipt.proof(), log));
  RETURN_IF_ERROR(SeeLog(service).status());
  output_.Note(
      absl::StrCat(output_.Say("text.receipt", "receipt: entry $0 of $1, verified against its key",
                               verified.seq, log.origin),
                   save.empty() ? "" : absl::StrCat(" (", save, ")")));
  return absl::OkStatus();
}

std::string Cli::PinnedFile(const log::LogIdentity& log) const {
  // By name and key: an installation made anew is another log.
  return sdk::StateFile(absl::StrCat("checkpoints/", absl::StrReplaceAll(log.origin, {{"/", "_"}}),
                                     "-", HexEncode(crypto::Sha256(log.public_key)).substr(0, 16)));
}

absl::StatusOr<log::v1::GetCheckpointResponse> Cli::SeeLog(absl::string_view service) {
  ASSIGN_OR_RETURN(const auto log, Log(service));
  ASSIGN_OR_RETURN(sdk::Client * connection, client());
  // What is pinned is read first: another command may pin a newer head in the meantime.
  const std::string file = PinnedFile(log);
  log::Checkpoint before;
  if (const auto pinned = ReadFile(file); pinned.ok()) {
    ASSIGN_OR_RETURN(before, log::OpenCheckpoint(*pinned, log));
  }
  ASSIGN_OR_RETURN(auto response, connection->Checkpoint(service));
  ASSIGN_OR_RETURN(const auto now, log::OpenCheckpoint(response.checkpoint(), log));
  if (now.size < before.size) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "LOG_ROLLED_BACK",
                     absl::StrCat("the log ", log.origin, " has ", now.size, " entries; it had ",
                                  before.size, " when it was last seen"),
                     {{"pinned", file}});
  }
  if (before.size > 0) {
    std::vector<std::string> path;
    if (now.size > before.size) {
      ASSIGN_OR_RETURN(path, connection->ConsistencyProof(service, before.size, now.size));
    }
    RETURN_IF_ERROR(
        crypto::VerifyConsistency({before.size, before.root}, {now.size, now.root}, path));
  }
  if (now.size > before.size || before.size == 0) {
    RETURN_IF_ERROR(WriteFile(file, response.checkpoint()));
  }
  return response;
}

}  // namespace jodal::cli
