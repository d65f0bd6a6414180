#include "common/document/json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/document/errors.h"
#include "common/status/macros.h"

namespace jodal::document {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

absl::Status Error(DefinedError error, absl::string_view what, size_t offset) {
  return MakeError(error, absl::StrCat(what, " at byte ", offset),
                   {{"offset", absl::StrCat(offset)}});
}

bool IsNoncharacter(uint32_t c) { return (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE; }

void AppendUtf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (c >> 6)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (c >> 12)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (c >> 18)));
    out.push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

// The length of the well-formed character that starts at `pos` (RFC 3629 table), 0 if there is none
// or it is a noncharacter.
size_t Utf8Length(absl::string_view s, size_t pos) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(s[i]); };
  const uint8_t b = at(pos);
  if (b < 0x80) return 1;
  size_t n = 0;
  uint32_t c = 0;
  uint32_t least = 0;
  if (b >= 0xC2 && b <= 0xDF) {
    n = 2, c = b & 0x1F, least = 0x80;
  } else if (b >= 0xE0 && b <= 0xEF) {
    n = 3, c = b & 0x0F, least = 0x800;
  } else if (b >= 0xF0 && b <= 0xF4) {
    n = 4, c = b & 0x07, least = 0x10000;
  } else {
    return 0;
  }
  if (s.size() - pos < n) return 0;
  for (size_t i = 1; i < n; ++i) {
    if ((at(pos + i) & 0xC0) != 0x80) return 0;
    c = (c << 6) | (at(pos + i) & 0x3F);
  }
  if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF) || IsNoncharacter(c)) return 0;
  return n;
}

// Reads tokens; every function leaves the position behind what it read.
class Lexer {
 public:
  explicit Lexer(absl::string_view s) : s_(s) {}

  size_t pos() const { return pos_; }
  bool AtEnd() const { return pos_ == s_.size(); }
  // The next byte, 0 at the end (a NUL byte is as wrong as the end wherever this is asked).
  char Peek() const { return AtEnd() ? '\0' : s_[pos_]; }
  void SkipSpace() {
    while (!AtEnd() &&
           (s_[pos_] == ' ' || s_[pos_] == '\t' || s_[pos_] == '\n' || s_[pos_] == '\r'))
      ++pos_;
  }
  bool Take(char c) {
    if (AtEnd() || s_[pos_] != c) return false;
    ++pos_;
    return true;
  }
  bool TakeWord(absl::string_view word) {
    if (s_.substr(pos_, word.size()) != word) return false;
    pos_ += word.size();
    return true;
  }

  // The string's value: a view of the text itself where it is plain ASCII without escapes, as
  // nearly all are, else of `*decoded`.
  absl::Status String(absl::string_view* out, std::string* decoded) {
    if (!Take('"')) return Error(kErrors["JSON_MALFORMED"], "expected a string", pos_);
    const size_t start = pos_;
    SkipPlain();
    if (Take('"')) {
      *out = s_.substr(start, pos_ - 1 - start);
      return absl::OkStatus();
    }
    decoded->assign(s_.data() + start, pos_ - start);
    RETURN_IF_ERROR(Rest(decoded));
    *out = *decoded;
    return absl::OkStatus();
  }

  absl::Status Number(absl::string_view* out) {
    const size_t start = pos_;
    Take('-');
    if (Take('0')) {
      if (IsDigit()) return Error(kErrors["JSON_MALFORMED"], "leading zero", start);
    } else if (!SkipDigits()) {
      return Error(kErrors["JSON_MALFORMED"], "not a value", start);
    }
    bool integer = true;
    if (Take('.')) {
      integer = false;
      if (!SkipDigits()) return Error(kErrors["JSON_MALFORMED"], "malformed number", start);
    }
    if (Take('e') || Take('E')) {
      integer = false;
      if (!Take('+')) Take('-');
      if (!SkipDigits()) return Error(kErrors["JSON_MALFORMED"], "malformed number", start);
    }
    *out = s_.substr(start, pos_ - start);
    int64_t value = 0;
    if (!integer || *out == "-0" || !absl::SimpleAtoi(*out, &value) ||
        value == std::numeric_limits<int64_t>::min()) {
      return Error(kErrors["JSON_NUMBER"], "a number must be an integer within ±(2^63-1)", start);
    }
    return absl::OkStatus();
  }

 private:
  void SkipPlain() {
    // Eight bytes at a time while none of them needs a look. A byte's top bit in `found` is set if
    // it is a control character, not ASCII, a quote or a backslash (the bit of a byte above such a
    // one may be set in vain; the loop below looks again).
    constexpr uint64_t kOnes = 0x0101010101010101;
    constexpr uint64_t kTops = 0x8080808080808080;
    const auto zero_byte = [](uint64_t v) { return (v - kOnes) & ~v; };
    while (s_.size() - pos_ >= 8) {
      uint64_t v = 0;
      std::memcpy(&v, s_.data() + pos_, 8);
      const uint64_t found =
          (v | (v - kOnes * 0x20) | zero_byte(v ^ (kOnes * '"')) | zero_byte(v ^ (kOnes * '\\'))) &
          kTops;
      if (found != 0) break;
      pos_ += 8;
    }
    while (pos_ < s_.size()) {
      const uint8_t c = static_cast<uint8_t>(s_[pos_]);
      if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') return;
      ++pos_;
    }
  }

  // What follows the plain beginning of a string, to its end.
  absl::Status Rest(std::string* out) {
    while (true) {
      if (AtEnd()) return Error(kErrors["JSON_MALFORMED"], "unfinished string", pos_);
      const uint8_t c = static_cast<uint8_t>(s_[pos_]);
      if (c == '"') {
        ++pos_;
        return absl::OkStatus();
      }
      if (c < 0x20) return Error(kErrors["JSON_MALFORMED"], "control character in a string", pos_);
      if (c == '\\') {
        RETURN_IF_ERROR(Escape(out));
        continue;
      }
      const size_t n = Utf8Length(s_, pos_);
      if (n == 0) return Error(kErrors["JSON_NOT_UTF8"], "not a UTF-8 character", pos_);
      out->append(s_.data() + pos_, n);
      pos_ += n;
    }
  }

  bool IsDigit() const { return Peek() >= '0' && Peek() <= '9'; }
  bool SkipDigits() {
    if (!IsDigit()) return false;
    while (IsDigit()) ++pos_;
    return true;
  }

  absl::Status Hex4(uint32_t* out) {
    *out = 0;
    for (int i = 0; i < 4; ++i, ++pos_) {
      const char c = Peek();
      uint32_t digit = 0;
      if (c >= '0' && c <= '9') {
        digit = c - '0';
      } else if (c >= 'a' && c <= 'f') {
        digit = c - 'a' + 10;
      } else if (c >= 'A' && c <= 'F') {
        digit = c - 'A' + 10;
      } else {
        return Error(kErrors["JSON_MALFORMED"], "malformed \\u escape", pos_);
      }
      *out = (*out << 4) | digit;
    }
    return absl::OkStatus();
  }

  absl::Status Escape(std::string* out) {
    const size_t start = pos_++;
    const char c = Peek();
    static constexpr absl::string_view kFrom = "\"\\/bfnrt";
    static constexpr absl::string_view kTo = "\"\\/\b\f\n\r\t";
    if (c != 'u') {
      const size_t i = c == '\0' ? absl::string_view::npos : kFrom.find(c);
      if (i == absl::string_view::npos)
        return Error(kErrors["JSON_MALFORMED"], "unknown escape", start);
      out->push_back(kTo[i]);
      ++pos_;
      return absl::OkStatus();
    }
    ++pos_;
    uint32_t code = 0;
    RETURN_IF_ERROR(Hex4(&code));
    if (code >= 0xD800 && code <= 0xDBFF) {
      uint32_t low = 0;
      if (!TakeWord("\\u")) return Error(kErrors["JSON_NOT_UTF8"], "lone surrogate", start);
      RETURN_IF_ERROR(Hex4(&low));
      if (low < 0xDC00 || low > 0xDFFF)
        return Error(kErrors["JSON_NOT_UTF8"], "lone surrogate", start);
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
      return Error(kErrors["JSON_NOT_UTF8"], "lone surrogate", start);
    }
    if (IsNoncharacter(code)) return Error(kErrors["JSON_NOT_UTF8"], "noncharacter", start);
    AppendUtf8(*out, code);
    return absl::OkStatus();
  }

  absl::string_view s_;
  size_t pos_ = 0;
};

// The names of one object. Most have a few: comparing beats hashing; a hostile object has
// thousands.
class Names {
 public:
  // False if `name` was there.
  bool Insert(absl::string_view name) {
    if (!many_.empty()) return many_.insert(std::string(name)).second;
    if (std::find(few_.begin(), few_.end(), name) != few_.end()) return false;
    few_.emplace_back(name);
    if (few_.size() > kFewMax) many_.insert(few_.begin(), few_.end());
    return true;
  }

 private:
  static constexpr size_t kFewMax = 24;
  std::vector<std::string> few_;
  absl::flat_hash_set<std::string> many_;
};

// One pass with an explicit stack, so that no input can exhaust the thread's own.
absl::Status Check(absl::string_view json, bool object_only) {
  if (json.size() > kDocumentBytesMax) {
    return MakeError(kErrors["DOCUMENT_TOO_LARGE"],
                     absl::StrCat("a document has at most ", kDocumentBytesMax, " bytes"),
                     {{"size", absl::StrCat(json.size())},
                      {"limit", absl::StrCat(kDocumentBytesMax)},
                      {"offset", absl::StrCat(kDocumentBytesMax)}});
  }
  struct Frame {
    bool object;
    Names names;
  };
  std::vector<Frame> stack;
  Lexer lex(json);
  std::string decoded;
  absl::string_view text;
  absl::string_view number;
  const auto take_name = [&]() -> absl::Status {
    lex.SkipSpace();
    const size_t start = lex.pos();
    RETURN_IF_ERROR(lex.String(&text, &decoded));
    if (!stack.back().names.Insert(text)) {
      return Error(kErrors["JSON_DUPLICATE_NAME"], "duplicate name", start);
    }
    lex.SkipSpace();
    if (!lex.Take(':')) return Error(kErrors["JSON_MALFORMED"], "expected ':'", lex.pos());
    return absl::OkStatus();
  };

  lex.SkipSpace();
  if (object_only && lex.Peek() != '{') {
    return Error(kErrors["JSON_MALFORMED"], "a document is a JSON object", lex.pos());
  }
  bool want_value = true;
  while (true) {
    lex.SkipSpace();
    if (want_value) {
      want_value = false;
      const char c = lex.Peek();
      if (c == '{' || c == '[') {
        if (stack.size() == kDocumentDepthMax) {
          return Error(kErrors["JSON_TOO_DEEP"], "nested too deeply", lex.pos());
        }
        lex.Take(c);
        stack.push_back({c == '{', {}});
        lex.SkipSpace();
        if (lex.Take(c == '{' ? '}' : ']')) {
          stack.pop_back();
        } else {
          if (c == '{') RETURN_IF_ERROR(take_name());
          want_value = true;
        }
      } else if (c == '"') {
        RETURN_IF_ERROR(lex.String(&text, &decoded));
      } else if (!lex.TakeWord("true") && !lex.TakeWord("false") && !lex.TakeWord("null")) {
        RETURN_IF_ERROR(lex.Number(&number));
      }
      continue;
    }
    if (stack.empty()) {
      if (lex.AtEnd()) return absl::OkStatus();
      return Error(kErrors["JSON_MALFORMED"], "text after the value", lex.pos());
    }
    if (lex.Take(',')) {
      if (stack.back().object) RETURN_IF_ERROR(take_name());
      want_value = true;
    } else if (lex.Take(stack.back().object ? '}' : ']')) {
      stack.pop_back();
    } else {
      return Error(kErrors["JSON_MALFORMED"], "expected ',' or an end", lex.pos());
    }
  }
}

// Where in a document: written out only in an error.
struct Path {
  const Path* parent = nullptr;
  absl::string_view name = {};
  int index = -1;  // of an array

  std::string Text() const {
    std::string out = parent == nullptr ? "" : parent->Text();
    if (index >= 0) return absl::StrCat(out, "[", index, "]");
    return out.empty() ? std::string(name) : absl::StrCat(out, ".", name);
  }
};

// Fills messages from text that Check() has passed: depth is bounded, so recursion is.
class Mapper {
 public:
  Mapper(absl::string_view json, bool complete, const std::vector<std::string>& may_lack)
      : lex_(json), complete_(complete), may_lack_(may_lack) {}

  absl::Status Object(Message* message, const Path& path) {
    const auto* descriptor = message->GetDescriptor();
    lex_.SkipSpace();
    if (!lex_.Take('{')) return Type(path, "an object");
    std::vector<bool> seen(descriptor->field_count());
    lex_.SkipSpace();
    if (!lex_.Take('}')) {
      absl::string_view name;
      std::string decoded;
      int expected = 0;  // fields mostly come in the order of their declaration
      do {
        lex_.SkipSpace();
        const size_t start = lex_.pos();
        RETURN_IF_ERROR(lex_.String(&name, &decoded));
        const FieldDescriptor* field = FieldNamed(*descriptor, name, expected);
        const Path at{&path, name};
        if (field == nullptr) {
          return MakeError(kErrors["DOCUMENT_UNKNOWN_FIELD"],
                           absl::StrCat("unknown field ", at.Text()),
                           {{"field", at.Text()}, {"offset", absl::StrCat(start)}});
        }
        expected = field->index() + 1;
        if (const auto* oneof = field->real_containing_oneof();
            oneof != nullptr && message->GetReflection()->HasOneof(*message, oneof)) {
          return Type(at, "the only one of its alternatives");
        }
        seen[field->index()] = true;
        lex_.SkipSpace();
        lex_.Take(':');
        RETURN_IF_ERROR(Field(message, field, at));
        lex_.SkipSpace();
      } while (lex_.Take(','));
      lex_.Take('}');
    }
    if (!complete_) return absl::OkStatus();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* field = descriptor->field(i);
      if (seen[i] || field->containing_oneof() != nullptr) continue;
      const std::string at = Path{&path, field->json_name()}.Text();
      if (std::find(may_lack_.begin(), may_lack_.end(), at) != may_lack_.end()) continue;
      return MakeError(kErrors["DOCUMENT_MISSING_FIELD"], absl::StrCat("missing field ", at),
                       {{"field", at}});
    }
    return absl::OkStatus();
  }

 private:
  static const FieldDescriptor* FieldNamed(const google::protobuf::Descriptor& descriptor,
                                           absl::string_view name, int expected) {
    const int count = descriptor.field_count();
    for (int i = 0; i < count; ++i) {
      const FieldDescriptor* field = descriptor.field((expected + i) % count);
      if (field->json_name() == name) return field;
    }
    return nullptr;
  }

  absl::Status Type(const Path& path, absl::string_view wanted) const {
    const std::string at = path.Text();
    return MakeError(kErrors["DOCUMENT_FIELD_TYPE"],
                     absl::StrCat("field ", at.empty() ? "(document)" : at, " must be ", wanted),
                     {{"field", at}, {"offset", absl::StrCat(lex_.pos())}});
  }

  absl::Status Field(Message* message, const FieldDescriptor* field, const Path& path) {
    if (field->is_map()) return Type(path, "of a type that documents have");
    if (!field->is_repeated()) return Value(message, field, path);
    lex_.SkipSpace();
    if (!lex_.Take('[')) return Type(path, "an array");
    lex_.SkipSpace();
    if (lex_.Take(']')) return absl::OkStatus();
    int i = 0;
    do {
      RETURN_IF_ERROR(Value(message, field, Path{&path, "", i++}));
      lex_.SkipSpace();
    } while (lex_.Take(','));
    lex_.Take(']');
    return absl::OkStatus();
  }

  // The text of an integer, from a number or, for 64-bit types, from its one decimal spelling.
  template <typename T>
  bool Integer(T* out, bool string_allowed) {
    absl::string_view text;
    if (lex_.Peek() == '"') {
      std::string decoded;
      if (!string_allowed || !lex_.String(&text, &decoded).ok()) return false;
      return absl::SimpleAtoi(text, out) && absl::StrCat(*out) == text;
    }
    if (!lex_.Number(&text).ok()) return false;
    return absl::SimpleAtoi(text, out);
  }

  absl::Status Value(Message* message, const FieldDescriptor* field, const Path& path) {
    const Reflection* r = message->GetReflection();
    const bool many = field->is_repeated();
    lex_.SkipSpace();
    const size_t start = lex_.pos();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Object(many ? r->AddMessage(message, field) : r->MutableMessage(message, field),
                      path);
      case FieldDescriptor::CPPTYPE_STRING: {
        absl::string_view text;
        std::string decoded;
        if (lex_.Peek() != '"') return Type(path, "a string");
        RETURN_IF_ERROR(lex_.String(&text, &decoded));
        if (field->type() == FieldDescriptor::TYPE_BYTES) {
          auto bytes = Base64Decode(text);
          if (!bytes.ok()) return Type(path, "padded standard base64");
          decoded = *std::move(bytes);
          text = decoded;
        }
        many ? r->AddString(message, field, std::string(text))
             : r->SetString(message, field, std::string(text));
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value = lex_.TakeWord("true");
        if (!value && !lex_.TakeWord("false")) return Type(path, "true or false");
        many ? r->AddBool(message, field, value) : r->SetBool(message, field, value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        absl::string_view text;
        std::string decoded;
        if (lex_.Peek() != '"') return Type(path, "a name");
        RETURN_IF_ERROR(lex_.String(&text, &decoded));
        const EnumValueDescriptor* value = field->enum_type()->FindValueByName(std::string(text));
        if (value == nullptr) return Type(path, "one of its names");
        many ? r->AddEnum(message, field, value) : r->SetEnum(message, field, value);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_INT32: {
        int32_t v = 0;
        if (!Integer(&v, false)) return Type(path, "an integer of 32 bits");
        many ? r->AddInt32(message, field, v) : r->SetInt32(message, field, v);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_UINT32: {
        uint32_t v = 0;
        if (!Integer(&v, false)) return Type(path, "a natural number of 32 bits");
        many ? r->AddUInt32(message, field, v) : r->SetUInt32(message, field, v);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        int64_t v = 0;
        if (!Integer(&v, true)) return Type(path, "an integer of 64 bits");
        many ? r->AddInt64(message, field, v) : r->SetInt64(message, field, v);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_UINT64: {
        uint64_t v = 0;
        if (!Integer(&v, true)) return Type(path, "a natural number of 64 bits");
        many ? r->AddUInt64(message, field, v) : r->SetUInt64(message, field, v);
        return absl::OkStatus();
      }
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
        break;
    }
    return Error(kErrors["DOCUMENT_FIELD_TYPE"],
                 absl::StrCat("no document has floats: ", path.Text()), start);
  }

  Lexer lex_;
  const bool complete_;
  const std::vector<std::string>& may_lack_;
};

absl::Status WriteString(absl::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    const size_t n = Utf8Length(text, i);
    if (n == 0) return Error(kErrors["JSON_NOT_UTF8"], "not a UTF-8 character", i);
    if (n == 1 && (c == '"' || c == '\\')) {
      out->push_back('\\');
      out->push_back(c);
    } else if (n == 1 && static_cast<uint8_t>(c) < 0x20) {
      switch (c) {
        case '\b':
          out->append("\\b");
          break;
        case '\f':
          out->append("\\f");
          break;
        case '\n':
          out->append("\\n");
          break;
        case '\r':
          out->append("\\r");
          break;
        case '\t':
          out->append("\\t");
          break;
        default:
          out->append("\\u00");
          out->push_back(kHex[c >> 4]);
          out->push_back(kHex[c & 15]);
      }
    } else {
      out->append(text.data() + i, n);
    }
    i += n;
  }
  out->push_back('"');
  return absl::OkStatus();
}

absl::Status WriteMessage(const Message& message, size_t depth, std::string* out);

absl::Status WriteValue(const Message& m, const FieldDescriptor* field, int index, size_t depth,
                        std::string* out) {
  const Reflection* r = m.GetReflection();
  const bool many = field->is_repeated();
  constexpr int64_t kExact = int64_t{1} << 53;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return WriteMessage(many ? r->GetRepeatedMessage(m, field, index) : r->GetMessage(m, field),
                          depth + 1, out);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text =
          many ? r->GetRepeatedString(m, field, index) : r->GetString(m, field);
      if (field->type() != FieldDescriptor::TYPE_BYTES) return WriteString(text, out);
      absl::StrAppend(out, "\"", Base64Encode(text), "\"");
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      out->append((many ? r->GetRepeatedBool(m, field, index) : r->GetBool(m, field)) ? "true"
                                                                                      : "false");
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          many ? r->GetRepeatedEnumValue(m, field, index) : r->GetEnumValue(m, field);
      const EnumValueDescriptor* value = field->enum_type()->FindValueByNumber(number);
      if (value == nullptr) break;
      absl::StrAppend(out, "\"", value->name(), "\"");
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_INT32:
      absl::StrAppend(out, many ? r->GetRepeatedInt32(m, field, index) : r->GetInt32(m, field));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_UINT32:
      absl::StrAppend(out, many ? r->GetRepeatedUInt32(m, field, index) : r->GetUInt32(m, field));
      return absl::OkStatus();
    case FieldDescriptor::CPPTYPE_INT64: {
      const int64_t v = many ? r->GetRepeatedInt64(m, field, index) : r->GetInt64(m, field);
      const char* quote = v > -kExact && v < kExact ? "" : "\"";
      absl::StrAppend(out, quote, v, quote);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      const uint64_t v = many ? r->GetRepeatedUInt64(m, field, index) : r->GetUInt64(m, field);
      const char* quote = v < static_cast<uint64_t>(kExact) ? "" : "\"";
      absl::StrAppend(out, quote, v, quote);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;
  }
  return MakeError(kErrors["DOCUMENT_FIELD_TYPE"],
                   absl::StrCat(field->full_name(), " has no form in strict JSON"),
                   {{"field", field->full_name()}});
}

absl::Status WriteMessage(const Message& message, size_t depth, std::string* out) {
  const auto too_deep = [](const FieldDescriptor* field) {
    return MakeError(kErrors["JSON_TOO_DEEP"], "nested too deeply",
                     {{"field", field == nullptr ? "" : field->full_name()}});
  };
  if (depth > kDocumentDepthMax) return too_deep(nullptr);
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  out->push_back('{');
  bool first = true;
  for (const FieldDescriptor* field : fields) {
    if (!first) out->push_back(',');
    first = false;
    RETURN_IF_ERROR(WriteString(field->json_name(), out));
    out->push_back(':');
    if (field->is_map()) {
      return MakeError(kErrors["DOCUMENT_FIELD_TYPE"],
                       absl::StrCat(field->full_name(), " has no form in strict JSON"),
                       {{"field", field->full_name()}});
    }
    if (!field->is_repeated()) {
      RETURN_IF_ERROR(WriteValue(message, field, -1, depth, out));
      continue;
    }
    if (depth == kDocumentDepthMax) return too_deep(field);
    const int n = message.GetReflection()->FieldSize(message, field);
    out->push_back('[');
    for (int i = 0; i < n; ++i) {
      if (i > 0) out->push_back(',');
      RETURN_IF_ERROR(WriteValue(message, field, i, depth + 1, out));
    }
    out->push_back(']');
  }
  out->push_back('}');
  return absl::OkStatus();
}

absl::Status Parse(absl::string_view json, Message* message, bool complete,
                   const std::vector<std::string>& may_lack) {
  RETURN_IF_ERROR(Check(json, /*object_only=*/true));
  message->Clear();
  return Mapper(json, complete, may_lack).Object(message, Path{});
}

}  // namespace

absl::Status CheckStrictJson(absl::string_view json) { return Check(json, /*object_only=*/true); }

absl::Status CheckStrictJsonValue(absl::string_view json) {
  return Check(json, /*object_only=*/false);
}

absl::Status MapCheckedJson(absl::string_view json, Message* message) {
  message->Clear();
  return Mapper(json, /*complete=*/false, {}).Object(message, Path{});
}

absl::Status ParseStrictJson(absl::string_view json, Message* message) {
  return Parse(json, message, /*complete=*/false, {});
}

absl::Status ParseCompleteStrictJson(absl::string_view json, Message* message,
                                     const std::vector<std::string>& may_lack) {
  return Parse(json, message, /*complete=*/true, may_lack);
}

absl::StatusOr<std::string> ToCanonicalJson(const Message& message) {
  std::string out;
  RETURN_IF_ERROR(WriteMessage(message, 1, &out));
  return out;
}

}  // namespace jodal::document
