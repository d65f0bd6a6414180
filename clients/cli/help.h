// What --help shows, in the reader's language. The commands say it in English where they are made;
// the catalogue has the rest:
//
//   help.<command>             "help.tender approve", "help.tender"
//   option.<command> <option>  "option.demo up --dir": an option of this command; "jodal": of all
//   option.<option>            "option.--out": of every command that has no text of its own
//
// A "$0" in a text of the catalogue stands for what follows the last ": " in the English, where
// that is a list of words of the law or of states.
#ifndef JODAL_CLIENTS_CLI_HELP_H_
#define JODAL_CLIENTS_CLI_HELP_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "clients/catalog/catalog.h"

namespace jodal::cli {

struct HelpText {
  std::vector<std::string> keys;  // the first that the catalogue has counts
  std::string english;
  std::function<void(const std::string&)> set;
};

// Every text of `app` and of what is below it.
std::vector<HelpText> HelpTexts(CLI::App* app);

// Says the help of `app` and of what is below it in `language`.
void SayHelpIn(catalog::Language language, CLI::App* app);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_HELP_H_
