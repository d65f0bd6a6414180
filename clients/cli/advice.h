// What a person can do next: after a command that worked, and after one that failed. Every piece of
// advice that names a command has it here as words to run, never inside a sentence, so that a test
// can run each and nobody is told to type what does not work.
#ifndef JODAL_CLIENTS_CLI_ADVICE_H_
#define JODAL_CLIENTS_CLI_ADVICE_H_

#include <map>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "clients/catalog/catalog.h"

namespace jodal::cli {

struct Advice {
  const char* key;   // a reason, the name of a status code, or a step
  const char* text;  // one line in English; catalogue keys are hint.<key> and next.<key>
  // Words with a space between, or "" for none. {name} stands for a value; "[--identity {me}]" and
  // the like are left out where the value is not known. {show} and {list} alone are the command
  // that shows the subject of the failed one, or lists such subjects.
  const char* command;
};

std::span<const Advice> NextSteps();
std::span<const Advice> Hints();
// What {show} and {list} stand for, by the nouns of commands.
std::span<const Advice> Shows();
std::span<const Advice> Lists();

// Values of a command: "tender", "contract", "payment", "organization", "person", "me" (the folder
// of the keys that act), "file", "dir", and metadata of an error.
using Values = std::map<std::string, std::string>;

// The words of `command`. A tender, contract or payment that is not known is the remembered one,
// "@tender"; another value that is not known is a word for the reader to replace, "DIR".
std::vector<std::string> Words(absl::string_view command, const Values& values);
// As a shell reads it.
std::string ShellText(const std::vector<std::string>& words);

struct Advised {
  std::string text;
  std::vector<std::string> command;  // empty: none
  std::string Line() const;          // "text: command"
};

// `step` is a key of NextSteps().
Advised NextStep(absl::string_view step, const Values& values, catalog::Language language);
// For an error of the command `what` ("tender approve"), by its reason, else by its code.
Advised HintFor(const absl::Status& status, absl::string_view what, const Values& values,
                catalog::Language language);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_ADVICE_H_
