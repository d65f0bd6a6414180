// Texts for people in the languages that clients speak. English stands in the source, where it is
// used; ko.json has the Korean, by key. Every client (the command line, a portal) reads the same
// file.
//
//   label.<field>    a field of the API or a column: "label.tender_id"
//   error.<REASON>   what the refusal means; the English comes with the error itself, as $0
//   hint.<REASON>    what to do about it
//   next.<step>      what usually comes next
//   help.<command>, option.<option>, help_word.<word>   clients/cli/help.h
//   check.<name>     what `jodal doctor` and `jodal key check` try
//   text.<name>      the rest
#ifndef JODAL_CLIENTS_CATALOG_CATALOG_H_
#define JODAL_CLIENTS_CATALOG_CATALOG_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace jodal::catalog {

enum class Language { kEnglish, kKorean };

// The text of `key` in `language`; `english` where that is English or has none. Thread-safe.
std::string Say(Language language, absl::string_view key, absl::string_view english);

// Every Korean text by its key.
const std::map<std::string, std::string>& Korean();

}  // namespace jodal::catalog

#endif  // JODAL_CLIENTS_CATALOG_CATALOG_H_
