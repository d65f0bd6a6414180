// What commands print: for people as aligned tables, for programs as JSON or CSV, always from the
// same messages.
#ifndef JODAL_CLIENTS_CLI_OUTPUT_H_
#define JODAL_CLIENTS_CLI_OUTPUT_H_

#include <google/protobuf/message.h>

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"
#include "absl/time/time.h"
#include "clients/catalog/catalog.h"
#include "clients/cli/times.h"

namespace jodal::cli {

enum class Format { kTable, kJson, kJsonl, kYaml, kCsv };

// One value, which people see in their own notation and programs get as what it is.
class Value {
 public:
  Value() : Value(std::string()) {}
  Value(std::string text) : value_(std::move(text)) {}             // NOLINT: they stand in lists
  Value(const char* text) : Value(std::string(text)) {}            // NOLINT
  Value(absl::string_view text) : Value(std::string(text)) {}      // NOLINT
  Value(bool yes) : value_(yes) {}                                 // NOLINT
  Value(absl::Time time) : value_(time) {}                         // NOLINT
  Value(std::vector<Value> values) : value_(std::move(values)) {}  // NOLINT
  template <std::signed_integral T>
  Value(T number) : value_(int64_t{number}) {}  // NOLINT
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Value(T number) : value_(uint64_t{number}) {}  // NOLINT
  static Value Amount(int64_t amount);  // people get it in groups of three

  // "1,000", "yes", "2026-03-12 10:00:00 KST"; several with a space between.
  std::string Text(const Zone& zone) const;
  // "1000", "true", RFC 3339.
  std::string Plain() const;
  // As JSON: numbers are numbers (from 2^53 on strings, as in the API), times RFC 3339 strings.
  std::string Json() const;

 private:
  struct Grouped {
    int64_t amount;
  };
  explicit Value(Grouped amount) : value_(amount) {}
  std::variant<std::string, bool, int64_t, uint64_t, Grouped, absl::Time, std::vector<Value>>
      value_;
};

// Names are those of the API: "floor_amount" is floorAmount for programs, "floor amount" for
// people.
using Pairs = std::vector<std::pair<std::string, Value>>;

struct Table {
  std::vector<std::string> titles;
  std::vector<std::vector<Value>> rows;
};

// Columns that a terminal gives `text`: East-Asian wide characters take two, combining marks none.
int DisplayWidth(absl::string_view text);

// `text` with whatever a terminal would obey and a reader not see as an escape: control characters
// (line ends and tabs too) and marks that turn the direction of writing. Other people wrote it.
std::string Visible(absl::string_view text);

// Aligned if `terminal`, else cells separated by tabs. Columns of figures stand to the right.
std::string FormatTable(const Table& table, bool terminal, const Zone& zone = Zone());
std::string FormatCsv(const Table& table);  // RFC 4180, with a line of titles, values as Plain()

// One field of `message`: amounts, times (also those that documents write as text), enums by name,
// digests as they are. `path` may lead through messages: "person.name".
Value FieldValue(const google::protobuf::Message& message, absl::string_view path);
// For people.
std::string FieldText(const google::protobuf::Message& message, absl::string_view path,
                      const Zone& zone = Zone());

// A field's name in the reader's language: "floor amount".
std::string Label(absl::string_view name, catalog::Language language);

class Output {
 public:
  Format format = Format::kTable;
  Zone zone;
  catalog::Language language = catalog::Language::kEnglish;
  // Tables and CSV show chosen columns; the others are the exact messages.
  bool exact() const { return format != Format::kTable && format != Format::kCsv; }
  bool terminal = false;        // stdout is one
  bool error_terminal = false;  // stderr is one

  // One message: its fields as lines "name  value", or JSON or YAML.
  absl::Status One(const google::protobuf::Message& message) const;
  // Messages of one kind: a table of `columns` (field paths), or JSON with all fields.
  absl::Status Many(const std::vector<const google::protobuf::Message*>& messages,
                    const std::vector<std::string>& columns) const;
  // Figures of no message: lines "name  value", or an object.
  absl::Status Facts(const Pairs& facts) const;
  absl::Status Rows(const Table& table) const;
  // An object that was put together elsewhere, to programs only: exact() holds.
  absl::Status Exact(const std::string& json) const;
  // The text of `key` in the reader's language, `english` where that is English, with $0 ... filled
  // in.
  template <typename... Args>
  std::string Say(absl::string_view key, absl::string_view english, const Args&... args) const {
    return absl::Substitute(catalog::Say(language, key, english), args...);
  }
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
