// The words that a notice may use, from the rule sets themselves, and violations as the author of a
// notice meets them: by the option that fills the field.
#ifndef JODAL_CLIENTS_CLI_NOTICE_WORDS_H_
#define JODAL_CLIENTS_CLI_NOTICE_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::cli {

// The values that a field of the notice may have ("regime": state, local), in the order of the rule
// sets; empty for a field of free text.
std::vector<std::string> AllowedWords(absl::string_view field);
// "state, local", or "" for a field of free text or with too many values for a line.
std::string AllowedText(absl::string_view field);

// The same, of rule sets only those that fit the other words of `notice`.
std::vector<std::string> FittingWords(const document::v1::Notice& notice, absl::string_view path);

// "--base-amount" for lots[0].base_amount, "--lot 2 --base-amount" for lots[1].base_amount,
// "--committee" for committee[2].spki; the field itself where no
// option of `tender draft` fills it.
std::string FlagOf(absl::string_view field);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_NOTICE_WORDS_H_
