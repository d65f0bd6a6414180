// What commands print: for people as aligned tables, for programs as JSON or CSV, always from the
// same messages.
#ifndef JODAL_CLIENTS_CLI_OUTPUT_H_
#define JODAL_CLIENTS_CLI_OUTPUT_H_

#include <google/protobuf/message.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace jodal::cli {

enum class Format { kTable, kJson, kJsonl, kYaml, kCsv };

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Table {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

// Columns that a terminal gives `text`: East-Asian wide characters take two, combining marks none.
int DisplayWidth(absl::string_view text);

// `text` with whatever a terminal would obey and a reader not see as an escape: control characters
// (line ends and tabs too) and marks that turn the direction of writing. Other people wrote it.
std::string Visible(absl::string_view text);

// Aligned if `terminal`, else cells separated by tabs. Columns of figures stand to the right.
std::string FormatTable(const Table& table, bool terminal);
std::string FormatCsv(const Table& table);  // RFC 4180, with a line of titles

// One field of `message` for people: amounts in groups of three, times in RFC 3339, enums by name,
// digests as they are. `path` may lead through messages: "person.name".
std::string FieldText(const google::protobuf::Message& message, absl::string_view path);

class Output {
 public:
  Format format = Format::kTable;
  // Tables and CSV show chosen columns as people write them; the others are the exact messages.
  bool exact() const { return format != Format::kTable && format != Format::kCsv; }
  bool terminal = false;        // stdout is one
  bool error_terminal = false;  // stderr is one

  // One message: its fields as lines "name  value", or JSON or YAML.
  absl::Status One(const google::protobuf::Message& message) const;
  // Messages of one kind: a table of `columns` (field paths), or JSON with all fields.
  absl::Status Many(const std::vector<const google::protobuf::Message*>& messages,
                    const std::vector<std::string>& columns) const;
  // Figures of no message: lines "name  value", or a JSON object of strings.
  absl::Status Facts(const Pairs& facts) const;
  absl::Status Rows(const Table& table) const;
  // To people only: on stderr.
  void Note(absl::string_view text) const;

 private:
  void Write(absl::string_view text) const;
  // JSON objects: one for itself, or the rows of a list.
  void WriteObjects(const std::vector<std::string>& objects, bool list) const;
};

template <typename Repeated>
std::vector<const google::protobuf::Message*> Pointers(const Repeated& messages) {
  std::vector<const google::protobuf::Message*> out;
  for (const auto& message : messages) out.push_back(&message);
  return out;
}

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_OUTPUT_H_
