#include "clients/cli/output.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/base/bytes.h"
#include "common/document/json.h"
#include "common/money/money.h"
#include "common/status/macros.h"

namespace jodal::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Decodes one code point of valid UTF-8 and moves `at` past it; anything else counts byte by byte.
uint32_t NextCodePoint(absl::string_view text, size_t& at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const int more = first < 0xC0 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  if (at + static_cast<size_t>(more) >= text.size() + (more == 0 ? 1 : 0)) {
    ++at;
    return first;
  }
  uint32_t point = more == 0 ? first : first & (0x3F >> more);
  for (int i = 1; i <= more; ++i) point = point << 6 | (byte(at + static_cast<size_t>(i)) & 0x3F);
  at += static_cast<size_t>(more) + 1;
  return point;
}

// Unicode 15 East_Asian_Width W and F, in the blocks that names and titles use.
bool IsWide(uint32_t c) {
  constexpr struct {
    uint32_t first, last;
  } kWide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97C},
               {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
               {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
  return std::any_of(std::begin(kWide), std::end(kWide),
                     [c](const auto& range) { return range.first <= c && c <= range.last; });
}

bool IsZeroWidth(uint32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x1160 && c <= 0x11FF) || c == 0x200B ||
         (c >= 0xFE00 && c <= 0xFE0F);
}

bool IsFigure(absl::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789,.-+%") == absl::string_view::npos;
}

// "2026-03-12T01:00:00Z": how documents write times. Everything else is just text.
bool IsDocumentTime(const std::string& text, absl::Time* time) {
  std::string error;
  return text.size() == 20 && text.back() == 'Z' &&
         absl::ParseTime(absl::RFC3339_sec, text, time, &error);
}

bool IsAmount(absl::string_view name) {
  return absl::EndsWith(name, "amount") || absl::EndsWith(name, "price") || name == "a_value" ||
         name == "net_cost" || name == "net_planned" || name == "net_cost_limit";
}

Value Scalar(const Message& message, const FieldDescriptor* field, int index) {
  const auto* reflection = message.GetReflection();
  const auto get = [&](auto one, auto many) {
    return index < 0 ? (reflection->*one)(message, field)
                     : (reflection->*many)(message, field, index);
  };
  using R = google::protobuf::Reflection;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return get(&R::GetInt32, &R::GetRepeatedInt32);
    case FieldDescriptor::CPPTYPE_INT64: {
      const int64_t value = get(&R::GetInt64, &R::GetRepeatedInt64);
      if (absl::EndsWith(field->name(), "_ns")) return absl::FromUnixNanos(value);
      return IsAmount(field->name()) ? Value::Amount(value) : Value(value);
    }
    case FieldDescriptor::CPPTYPE_UINT64:
      return get(&R::GetUInt64, &R::GetRepeatedUInt64);
    case FieldDescriptor::CPPTYPE_BOOL:
      return get(&R::GetBool, &R::GetRepeatedBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return get(&R::GetEnum, &R::GetRepeatedEnum)->name();
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value = get(&R::GetString, &R::GetRepeatedString);
      absl::Time time;
      if (field->type() != FieldDescriptor::TYPE_BYTES) {
        return IsDocumentTime(value, &time) ? Value(time) : Value(value);
      }
      return value.size() > 64 ? absl::StrCat("(", value.size(), " bytes)") : HexEncode(value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& inner = index < 0 ? reflection->GetMessage(message, field)
                                       : reflection->GetRepeatedMessage(message, field, index);
      return document::ToCanonicalJson(inner).value_or("");
    }
    default:
      return "";
  }
}

Value ValueOf(const Message& message, const FieldDescriptor* field) {
  if (!field->is_repeated()) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        !message.GetReflection()->HasField(message, field)) {
      return "";
    }
    return Scalar(message, field, -1);
  }
  std::vector<Value> values;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
    values.push_back(Scalar(message, field, i));
  }
  return values;
}

std::string LastPart(absl::string_view path) {
  const size_t dot = path.rfind('.');
  return std::string(path.substr(dot == absl::string_view::npos ? 0 : dot + 1));
}

// "floor_amount" or "FLOOR AMOUNT" as the API's JSON writes it: "floorAmount".
std::string JsonName(absl::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == ' ' || c == '-') {
      out.push_back('_');
    } else if (!out.empty() && out.back() == '_') {
      out.back() = absl::ascii_toupper(static_cast<unsigned char>(c));
    } else {
      out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string Object(const Pairs& facts) {
  nlohmann::ordered_json out = nlohmann::ordered_json::object();
  for (const auto& [name, value] : facts) {
    out[JsonName(name)] = nlohmann::ordered_json::parse(value.Json());
  }
  return out.dump();
}

// YAML 1.2 in blocks. Scalars are JSON, which is YAML too: no text is taken for a number or a date.
void AppendYaml(const nlohmann::ordered_json& value, const std::string& indent, std::string& out) {
  if (value.empty() || !value.is_structured()) {  // also [] and {}
    absl::StrAppend(&out, out.empty() ? "" : " ", value.dump(), "\n");
    return;
  }
  // Where it follows "- ", the first entry stands on that line.
  bool inside = !out.empty() && out.back() == '-';
  if (!inside && !out.empty()) out.push_back('\n');
  for (const auto& [key, entry] : value.items()) {
    absl::StrAppend(&out, std::exchange(inside, false) ? " " : indent,
                    value.is_array() ? "-" : nlohmann::ordered_json(key).dump() + ":");
    AppendYaml(entry, indent + "  ", out);
  }
}

std::string PairsText(const Pairs& pairs, const Output& output) {
  int width = 0;
  for (const auto& [name, value] : pairs)
    width = std::max(width, DisplayWidth(Label(name, output.language)));
  std::string out;
  for (const auto& [name, value] : pairs) {
    const std::string label = Label(name, output.language);
    const std::string pad =
        output.terminal ? std::string(static_cast<size_t>(width - DisplayWidth(label) + 2), ' ')
                        : "\t";
    absl::StrAppend(&out, label, pad, Visible(value.Text(output.zone)), "\n");
  }
  return out;
}

}  // namespace

std::string Label(absl::string_view name, catalog::Language language) {
  const std::string snake = absl::StrReplaceAll(absl::AsciiStrToLower(name), {{" ", "_"}});
  // What is in nanoseconds for programs is a time for people.
  const absl::string_view shown = absl::StripSuffix(name, "_ns");
  return catalog::Say(language, absl::StrCat("label.", snake),
                      absl::StrReplaceAll(shown, {{"_", " "}}));
}

Value Value::Amount(int64_t amount) { return Value(Grouped{amount}); }

std::string Value::Text(const Zone& zone) const {
  if (const auto* yes = std::get_if<bool>(&value_)) return *yes ? "yes" : "no";
  if (const auto* money = std::get_if<Grouped>(&value_)) return money::FormatAmount(money->amount);
  if (const auto* time = std::get_if<absl::Time>(&value_)) return zone.Text(*time);
  if (const auto* values = std::get_if<std::vector<Value>>(&value_)) {
    return absl::StrJoin(
        *values, " ", [&](std::string* out, const Value& value) { out->append(value.Text(zone)); });
  }
  return Plain();
}

std::string Value::Plain() const {
  if (const auto* text = std::get_if<std::string>(&value_)) return *text;
  if (const auto* yes = std::get_if<bool>(&value_)) return *yes ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&value_)) return absl::StrCat(*number);
  if (const auto* number = std::get_if<uint64_t>(&value_)) return absl::StrCat(*number);
  if (const auto* money = std::get_if<Grouped>(&value_)) return absl::StrCat(money->amount);
  if (const auto* time = std::get_if<absl::Time>(&value_)) {
    return *time == absl::UnixEpoch() ? "" : ExactTime(*time);
  }
  return absl::StrJoin(std::get<std::vector<Value>>(value_), " ",
                       [](std::string* out, const Value& value) { out->append(value.Plain()); });
}

std::string Value::Json() const {
  if (const auto* values = std::get_if<std::vector<Value>>(&value_)) {
    return absl::StrCat(
        "[",
        absl::StrJoin(*values, ",",
                      [](std::string* out, const Value& value) { out->append(value.Json()); }),
        "]");
  }
  // Many programs read larger numbers wrongly; the API's JSON has them as strings too.
  constexpr int64_t kExactBelow = int64_t{1} << 53;
  const auto small = [](int64_t number) { return -kExactBelow < number && number < kExactBelow; };
  const auto* number = std::get_if<int64_t>(&value_);
  const auto* count = std::get_if<uint64_t>(&value_);
  const auto* money = std::get_if<Grouped>(&value_);
  if (std::holds_alternative<bool>(value_) || (number != nullptr && small(*number)) ||
      (count != nullptr && *count < uint64_t{kExactBelow}) ||
      (money != nullptr && small(money->amount))) {
    return Plain();
  }
  return nlohmann::json(Plain()).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

int DisplayWidth(absl::string_view text) {
  int width = 0;
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = NextCodePoint(text, at);
    width += IsZeroWidth(c) ? 0 : IsWide(c) ? 2 : 1;
  }
  return width;
}

std::string Visible(absl::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const uint32_t c = NextCodePoint(text, at);
    const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
    const bool turns = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                       (c >= 0x2066 && c <= 0x2069);
    if (c == '\n' || c == '\t') {
      out.append(c == '\n' ? "\\n" : "\\t");
    } else if (control || turns) {
      absl::StrAppend(&out, "\\u", absl::Hex(c, absl::kZeroPad4));
    } else {
      absl::StrAppend(&out, text.substr(begin, at - begin));
    }
  }
  return out;
}

std::string FormatTable(const Table& table, bool terminal, const Zone& zone) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : table.rows) {
    auto& cells = rows.emplace_back();
    for (const Value& value : row) cells.push_back(Visible(value.Text(zone)));
  }
  std::string out;
  if (!terminal) {
    absl::StrAppend(&out, absl::StrJoin(table.titles, "\t"), "\n");
    for (const auto& row : rows) absl::StrAppend(&out, absl::StrJoin(row, "\t"), "\n");
    return out;
  }
  const size_t columns = table.titles.size();
  std::vector<int> widths(columns, 0);
  std::vector<bool> right(columns, !rows.empty());
  for (size_t c = 0; c < columns; ++c) {
    widths[c] = DisplayWidth(table.titles[c]);
    for (const auto& row : rows) {
      widths[c] = std::max(widths[c], DisplayWidth(row[c]));
      if (!row[c].empty() && !IsFigure(row[c])) right[c] = false;
    }
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t c = 0; c < columns; ++c) {
      const std::string pad(static_cast<size_t>(widths[c] - DisplayWidth(cells[c])), ' ');
      absl::StrAppend(&text, c == 0 ? "" : "  ", right[c] ? pad : "", cells[c],
                      right[c] ? "" : pad);
    }
    absl::StrAppend(&out, absl::StripTrailingAsciiWhitespace(text), "\n");
  };
  line(table.titles);
  for (const auto& row : rows) line(row);
  return out;
}

std::string FormatCsv(const Table& table) {
  const auto line = [](const std::vector<std::string>& cells) {
    return absl::StrCat(
        absl::StrJoin(
            cells, ",",
            [](std::string* out, const std::string& cell) {
              if (cell.find_first_of(",\"\r\n") == std::string::npos) {
                out->append(cell);
              } else {
                absl::StrAppend(out, "\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
              }
            }),
        "\r\n");
  };
  std::string out = line(table.titles);
  for (const auto& row : table.rows) {
    std::vector<std::string> cells;
    for (const Value& value : row) cells.push_back(value.Plain());
    out += line(cells);
  }
  return out;
}

Value FieldValue(const Message& message, absl::string_view path) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(parts.first));
  if (field == nullptr) return "";
  if (parts.second.empty()) return ValueOf(message, field);
  return FieldValue(message.GetReflection()->GetMessage(message, field), parts.second);
}

std::string FieldText(const Message& message, absl::string_view path, const Zone& zone) {
  return FieldValue(message, path).Text(zone);
}

void Output::Write(absl::string_view text) const {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Output::Note(absl::string_view text) const {
  const std::string line = absl::StrCat(text, "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void Output::WriteObjects(const std::vector<std::string>& objects, bool list) const {
  if (format == Format::kYaml) {
    std::string out;
    for (const std::string& object : objects) {
      if (list) out.append("-");
      AppendYaml(nlohmann::ordered_json::parse(object), list ? "  " : "", out);
    }
    Write(list && objects.empty() ? "[]\n" : out);
  } else if (format == Format::kJson && list) {
    Write(absl::StrCat("[", absl::StrJoin(objects, ",\n "), "]\n"));
  } else {
    for (const std::string& object : objects) Write(object + "\n");
  }
}

absl::Status Output::One(const Message& message) const {
  if (exact()) {
    ASSIGN_OR_RETURN(const std::string json, document::ToCanonicalJson(message));
    WriteObjects({json}, /*list=*/false);
    return absl::OkStatus();
  }
  Pairs facts;
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    Value value = ValueOf(message, field);
    if (!value.Plain().empty()) facts.emplace_back(field->name(), std::move(value));
  }
  return Facts(facts);
}

absl::Status Output::Many(const std::vector<const Message*>& messages,
                          const std::vector<std::string>& columns) const {
  if (exact()) {
    std::vector<std::string> objects;
    for (const Message* message : messages) {
      ASSIGN_OR_RETURN(objects.emplace_back(), document::ToCanonicalJson(*message));
    }
    WriteObjects(objects, /*list=*/true);
    return absl::OkStatus();
  }
  Table table;
  for (const std::string& column : columns) table.titles.push_back(LastPart(column));
  for (const Message* message : messages) {
    auto& row = table.rows.emplace_back();
    for (const std::string& column : columns) row.push_back(FieldValue(*message, column));
  }
  return Rows(table);
}

absl::Status Output::Exact(const std::string& json) const {
  WriteObjects({json}, /*list=*/false);
  return absl::OkStatus();
}

absl::Status Output::Facts(const Pairs& facts) const {
  if (format == Format::kTable) {
    Write(PairsText(facts, *this));
  } else if (format == Format::kCsv) {
    Table table;
    table.rows.emplace_back();
    for (const auto& [name, value] : facts) {
      table.titles.push_back(name);
      table.rows[0].push_back(value);
    }
    return Rows(table);
  } else {
    WriteObjects({Object(facts)}, /*list=*/false);
  }
  return absl::OkStatus();
}

absl::Status Output::Rows(const Table& table) const {
  if (exact()) {
    std::vector<std::string> objects;
    for (const auto& row : table.rows) {
      Pairs facts;
      for (size_t c = 0; c < row.size(); ++c) facts.emplace_back(table.titles[c], row[c]);
      objects.push_back(Object(facts));
    }
    WriteObjects(objects, /*list=*/true);
    return absl::OkStatus();
  }
  Table named = table;
  for (std::string& title : named.titles) {
    title =
        format == Format::kCsv ? JsonName(title) : absl::AsciiStrToUpper(Label(title, language));
  }
  Write(format == Format::kCsv ? FormatCsv(named) : FormatTable(named, terminal, zone));
  return absl::OkStatus();
}

}  // namespace jodal::cli
