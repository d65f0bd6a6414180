#include "procurement/notice/text_check.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/text.h"
#include "jodal/document/v1/field.pb.h"
#include "procurement/limits.h"

namespace jodal::procurement {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Lines may be indented and aligned with spaces; what is hidden in them may not.
absl::string_view ProblemOf(const std::string& text, bool lines) {
  const TextRule rule{.characters_max = text.size(), .may_be_empty = true};
  if (!lines) return TextProblem(text, rule);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string words =
        absl::StrJoin(absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty()), " ");
    const absl::string_view problem = TextProblem(words, rule);
    if (!problem.empty()) return problem;
  }
  return "";
}

class Walk {
 public:
  explicit Walk(const char* source) : source_(source) {}

  void Visit(const Message& message, const std::string& prefix) {
    const auto* reflection = message.GetReflection();
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *message.GetDescriptor()->field(i);
      const std::string path = prefix + field.name();
      const int size = field.is_repeated() ? reflection->FieldSize(message, &field) : 0;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        if (!field.is_repeated() && reflection->HasField(message, &field)) {
          Visit(reflection->GetMessage(message, &field), path + ".");
        }
        for (int at = 0; at < size; ++at) {
          Visit(reflection->GetRepeatedMessage(message, &field, at),
                absl::StrCat(path, "[", at, "]."));
        }
      } else if (field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated()) {
        Check(field, path, reflection->GetString(message, &field));
      }
    }
  }

  std::vector<Violation> Take() { return std::move(out_); }

 private:
  void Check(const FieldDescriptor& field, const std::string& path, const std::string& text) {
    const auto& rule = field.options().GetExtension(document::v1::field);
    const size_t bytes_max =
        rule.bytes_max() == 0 ? kTextBytesMax : static_cast<size_t>(rule.bytes_max());
    if (text.empty()) {
      if (rule.required()) Add("FIELD_MISSING", path, "", "not empty", source_);
    } else if (text.size() > bytes_max) {
      Add("FIELD_TOO_LONG", path, absl::StrCat(text.size(), " bytes"),
          absl::StrCat("at most ", bytes_max, " bytes"), "");
    } else if (const absl::string_view problem = ProblemOf(text, rule.lines()); !problem.empty()) {
      Add("FIELD_TEXT", path, std::string(problem),
          "without characters that are hidden or that look like others", "");
    }
  }

  void Add(ViolationCode code, const std::string& field, std::string value, std::string rule,
           const char* source) {
    out_.push_back({code, field, std::move(value), std::move(rule), source, Severity::kError});
  }

  const char* const source_;
  std::vector<Violation> out_;
};

}  // namespace

std::vector<Violation> CheckTexts(const Message& document, const char* source) {
  Walk walk(source);
  walk.Visit(document, "");
  return walk.Take();
}

}  // namespace jodal::procurement
