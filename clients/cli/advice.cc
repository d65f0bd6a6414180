#include "clients/cli/advice.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"

namespace jodal::cli {
namespace {

// clang-format off
constexpr Advice kNextSteps[] = {
    {"tender-made", "next, see what a draft needs", "jodal tender draft --help"},
    {"draft-written", "next", "jodal tender validate {file} --identity {me}"},
    {"draft-valid", "next", "jodal tender submit --from {file} --identity {me}"},
    {"notice-submitted", "next, a second person of the agency, with the keys in DIR", "jodal tender approve {tender} --identity {other}"},
    {"notice-published", "next, see it as a supplier does", "jodal tender preview {tender}"},
    {"organization-registered", "next, a registrar", "jodal organization approve {organization} --identity {registrar}"},
    {"person-registered", "next, the representative of the organisation, with the keys in DIR", "jodal person approve {person} --identity {other}"},
    {"bid-sealed", "opened once on this machine; next", "jodal bid submit {dir} --identity {me}"},
    {"bid-submitted", "to check the receipt again, at any time and without a connection", "jodal receipt verify {dir}/receipt.json --bid {dir}"},
    {"shares-released", "next, see who is missing", "jodal opening status {tender}"},
    {"evaluated", "next, the decision that follows", "jodal award propose {tender}"},
    {"award-proposed", "next, an officer of the agency", "jodal award decide {tender} --reason REASON --identity {officer}"},
    {"award-decided", "next, once the contract service knows of it", "jodal contract wait {contract} --for AWARDED"},
    {"award-logged", "the award is logged; the contract follows", "jodal contract list --tender {tender}"},
    {"bundle-exported", "next", "jodal audit verify {dir}"},
    {"installation-made", "next", "jodal-allinone --config {file}"},
    {"demo-runs", "next, follow docs/tutorial.md, or look around", "jodal ops status"},
    {"process-died", "see the end of its log, then start it again", "jodal demo up --dir {dir}"},
    {"request-made", "send the .csr files to the certificate authority; with its answer", "jodal key import {dir} --certificate CERTIFICATE [--agreement-certificate {agreement}]"},
    {"keys-imported", "next, try them", "jodal key check --identity {dir}"},
};

constexpr Advice kHints[] = {
    {"CONTEXT_MISSING", "name the installation with --context FILE, or start a training one", "jodal demo up"},
    {"IDENTITY_NOT_GIVEN", "say who acts with --identity DIR, a folder that this command makes", "jodal key new --help"},
    {"IDENTITY_MISSING", "name another folder, or make keys", "jodal key new --help"},
    {"IDENTITY_NOT_REGISTERED", "have the person registered and approved first", "jodal person register --help"},
    {"KEY_PIN_REQUIRED", "give its PIN when asked, or with --pin-file FILE", ""},
    {"KEY_PIN_WRONG", "try again with the right PIN", ""},
    {"KEY_FILE_PERMISSIONS", "let nobody else read it", "chmod 600 {file}"},
    {"PIN_FILE_PERMISSIONS", "let nobody else read it", "chmod 600 {file}"},
    {"KEY_FILE_EXISTS", "choose another folder, or look at these keys", "jodal key show --identity {file}"},
    {"CERTIFICATE_NOT_REGISTERED", "register it and have it approved", "jodal person register --help"},
    {"ENCRYPTION_CERTIFICATE_MISSING", "seal with --no-recovery (you could not open this bid yourself), or bring in a certificate to be encrypted to", "jodal key import --help"},
    {"ENVELOPE_NOT_OPENED", "act with the identity that sealed it: --identity DIR", ""},
    {"SESSION_BARRED", "the organisation is under a sanction; this shows them all", "jodal organization list"},
    {"FACT_TYPE_UNKNOWN", "see which types of facts there are", "jodal fact types"},
    {"FACT_VALUE_UNKNOWN", "see which values a fact of this type may have", "jodal fact types"},
    {"DEADLINE_PASSED", "if the service had an outage, its log shows it", "jodal tender timeline {tender}"},
    {"FOUR_EYES", "another person of the organisation has to do this", ""},
    {"LOG_ROLLED_BACK", "keep the pinned checkpoint and tell an auditor: it proves that the log was changed", ""},
    {"CONSISTENCY_MISMATCH", "keep the pinned checkpoint and tell an auditor: it proves that the log was changed", ""},
    {"WAIT_TIMED_OUT", "wait longer with --timeout SECONDS, or look at the present state", "{show}"},
    {"WAIT_IN_VAIN", "look at the present state", "{show}"},
    {"WRONG_STATE", "look at the present state", "{show}"},
    {"CLOCK_BACKWARDS", "give a time after the present one", "jodal demo clock"},
    {"CONFIG_FILE_MISSING", "name the folder of the installation with --dir, or start a training one", "jodal demo up"},
    {"USAGE", "see what the command takes", "{help}"},
    {"FILE_MISSING", "check the path", "ls -ld {folder}"},
    {"FILE_NOT_READ", "check the path, and who may read it", "ls -ld {file}"},
    {"NOTICE_REFUSED", "change what the table names (an option of jodal tender draft each), and validate again", "jodal tender draft --help"},
    {"NOTICE_INVALID", "see every violation", "jodal tender validate {from} --identity {me}"},
    {"NOTICE_FIELD_INVALID", "see every violation", "jodal tender validate {from} --identity {me}"},
    {"RULE_SET_UNKNOWN", "see which rule sets there are", "jodal rules list"},
    {"STORE_LOCKED", "stop the services first, or check a copy of the folder made while they were stopped", ""},
    {"STORE_MISSING", "name the folder of the installation with --dir", ""},
    {"STORE_NOT_VERIFIED", "do not start the services on it: keep it as it is, restore a backup elsewhere, and tell an auditor", ""},
    {"SERVER_BUSY", "try again in a moment", ""},
    {"SERVICE_UNREACHABLE", "start the services (a training installation: jodal demo up), or ask who runs them; this shows which ones answer", "jodal ops status"},
    {"PROCESS_NOT_STARTED", "correct what the end of its log says, then start it again", ""},
    {"PROCESS_NOT_READY", "correct what the end of its log says, then start it again", ""},
    {"PROGRAM_MISSING", "keep all jodal-* programs in the folder of jodal, or say where those of the services are with --bin DIR", ""},
    {"BID_FOLDER_EXISTS", "send the bid that is in it, or name another folder with --out", "jodal bid submit {folder} --identity {me}"},
    {"CHECKS_FAILED", "correct what the table shows as failed, from the top", ""},
    // What the system says when a file cannot be written, by errno; then without it.
    {"ENOSPC", "the disk is full: free some space, or choose another folder", "df -h {folder}"},
    {"EDQUOT", "your quota is used up: free some space, or choose another folder", "df -h {folder}"},
    {"EROFS", "the file system may only be read: choose another folder", "df -h {folder}"},
    {"EACCES", "you may not write there: choose another folder, or ask its owner", "ls -ld {folder}"},
    {"EPERM", "you may not write there: choose another folder, or ask its owner", "ls -ld {folder}"},
    {"ENOTDIR", "part of the path is a file where a folder should be: choose another one", "ls -ld {folder}"},
    {"FILE_IO", "check that the folder exists, that you may write there and that the disk has space", "df -h {folder}"},
    // By the code, where the reason says nothing more.
    {"NOT_FOUND", "check the id; this lists what there is", "{list}"},
    {"PERMISSION_DENIED", "act with keys that have the role: --identity DIR", ""},
    {"UNAUTHENTICATED", "act with the keys of a registered person: --identity DIR", ""},
    {"ALREADY_EXISTS", "look at what is there before trying again", "{show}"},
    {"ABORTED", "look at what is there before trying again", "{show}"},
    {"UNAVAILABLE", "see which services answer", "jodal ops status"},
    {"DEADLINE_EXCEEDED", "give it more time with --timeout SECONDS; this shows which services answer", "jodal ops status"},
    {"RESOURCE_EXHAUSTED", "try again in a moment", ""},
    {"DATA_LOSS", "do not rely on it; keep the files and tell an auditor", ""},
    {"FAILED_PRECONDITION", "look at the present state", "{show}"},
    {"", "correct it and try again; this shows what the command takes", "{help}"},
};

constexpr Advice kShows[] = {
    {"tender award opening bid track question", "", "jodal tender show {tender}"},
    {"contract delivery", "", "jodal contract show {contract} [--identity {me}]"},
    {"payment invoice", "", "jodal payment show {payment} [--identity {me}]"},
    {"account", "", "jodal account show {organization} --identity {me}"},
    {"organization supplier agency", "", "jodal organization list"},
    {"person", "", "jodal person list {organization} --identity {me}"},
    {"key ca", "", "jodal key show --identity {me}"},
    {"demo", "", "jodal demo status"},
    {"", "", "jodal ops status"},
};

constexpr Advice kLists[] = {
    {"contract delivery", "", "jodal contract list --tender {tender} [--identity {me}]"},
    {"payment invoice", "", "jodal payment list {contract} [--identity {me}]"},
    {"organization supplier agency account person", "", "jodal organization list"},
    {"rules", "", "jodal rules list"},
    {"log", "", "jodal ops status"},
    {"", "", "jodal tender list"},
};
// clang-format on

const Advice& ByNoun(std::span<const Advice> rows, absl::string_view what) {
  const absl::string_view noun = what.substr(0, what.find(' '));
  for (const Advice& row : rows) {
    for (const absl::string_view name : absl::StrSplit(row.key, ' ')) {
      if (name == noun) return row;
    }
  }
  return rows.back();
}

const Advice* Find(std::span<const Advice> rows, absl::string_view key) {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Advice& a) { return a.key == key; });
  return row == rows.end() ? nullptr : &*row;
}

// "" if it is not known and there is no stand-in.
std::string ValueOf(const std::string& name, const Values& values) {
  const auto value = values.find(name);
  if (value != values.end() && !value->second.empty()) return value->second;
  if (name == "tender" || name == "contract" || name == "payment" || name == "organization" ||
      name == "person") {
    return "@" + name;
  }
  return "";
}

// The same installation as before.
void AddContext(const Values& values, std::vector<std::string>& command) {
  const auto context = values.find("context");
  if (context != values.end() && !command.empty() && command.front() == "jodal") {
    command.insert(command.end(), {"--context", context->second});
  }
}

const Advice& HintRow(const absl::Status& status) {
  const std::string reason = ErrorReason(status);
  const auto metadata = ErrorMetadataOf(status);
  if (const auto error = metadata.find("errno");
      error != metadata.end() && reason == "FILE_NOT_WRITTEN") {
    if (const Advice* row = Find(kHints, error->second)) return *row;
  }
  if (!reason.empty()) {
    if (const Advice* row = Find(kHints, reason)) return *row;
  }
  if (absl::EndsWith(reason, "FILE_IO") || reason == "FILE_NOT_WRITTEN") {
    return *Find(kHints, "FILE_IO");
  }
  const Advice* row = Find(kHints, absl::StatusCodeToString(status.code()));
  return row != nullptr ? *row : *Find(kHints, "");
}

}  // namespace

std::span<const Advice> NextSteps() { return kNextSteps; }
std::span<const Advice> Hints() { return kHints; }
std::span<const Advice> Shows() { return kShows; }
std::span<const Advice> Lists() { return kLists; }

std::vector<std::string> Words(absl::string_view command, const Values& values) {
  std::vector<std::string> out;
  size_t option = std::string::npos;  // where "[...]" began
  bool known = true;
  for (absl::string_view word : absl::StrSplit(command, ' ', absl::SkipEmpty())) {
    if (absl::ConsumePrefix(&word, "[")) {
      option = out.size();
      known = true;
    }
    const bool ends = absl::ConsumeSuffix(&word, "]");
    std::string filled(word);
    for (size_t begin = 0; (begin = filled.find('{', begin)) != std::string::npos;) {
      const size_t end = filled.find('}', begin);
      const std::string name = filled.substr(begin + 1, end - begin - 1);
      std::string value = ValueOf(name, values);
      if (value.empty()) {
        known = false;
        value = name == "me" || name == "other" || name == "registrar" || name == "officer"
                    ? "DIR"
                    : absl::AsciiStrToUpper(name);
      }
      filled.replace(begin, end - begin + 1, value);
      begin += value.size();
    }
    out.push_back(std::move(filled));
    if (ends) {
      if (!known) out.resize(option);
      option = std::string::npos;
    }
  }
  return out;
}

std::string ShellText(const std::vector<std::string>& words) {
  return absl::StrJoin(words, " ", [](std::string* out, const std::string& word) {
    const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
      return absl::ascii_isalnum(c) || absl::StrContains("@%+=:,./_-", static_cast<char>(c));
    });
    if (plain) {
      out->append(word);
    } else {
      absl::StrAppend(out, "'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
    }
  });
}

std::string Advised::Line() const {
  return command.empty() ? text : absl::StrCat(text, ": ", ShellText(command));
}

Advised NextStep(absl::string_view step, const Values& values, catalog::Language language) {
  const Advice* row = Find(kNextSteps, step);
  if (row == nullptr) return {};
  Advised out = {catalog::Say(language, absl::StrCat("next.", step), row->text),
                 Words(row->command, values)};
  AddContext(values, out.command);
  return out;
}

Advised HintFor(const absl::Status& status, absl::string_view what, const Values& given,
                catalog::Language language) {
  Values values = given;
  for (const auto& [key, value] : ErrorMetadataOf(status)) values.emplace(key, value);
  if (const auto file = values.find("file"); file != values.end()) {
    const size_t slash = file->second.rfind('/');
    values["folder"] = slash == std::string::npos ? "."
                       : slash == 0               ? "/"
                                                  : file->second.substr(0, slash);
  }
  const Advice& row = HintRow(status);
  const absl::string_view command = row.command;
  Advised out;
  out.text = catalog::Say(language, absl::StrCat("hint.", row.key), row.text);
  if (command == "{help}") {
    out.command = Words(absl::StrCat("jodal ", what, " --help"), {});
  } else {
    out.command = Words(command == "{show}"   ? ByNoun(kShows, what).command
                        : command == "{list}" ? ByNoun(kLists, what).command
                                              : command,
                        values);
  }
  AddContext(values, out.command);
  return out;
}

}  // namespace jodal::cli
