// Whether a path names a field of a notice, in the notation of Violation.field.
#ifndef JODAL_TESTS_SUPPORT_NOTICE_PATH_H_
#define JODAL_TESTS_SUPPORT_NOTICE_PATH_H_

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::testing_support {

// "title", "committee" and "committee[2].spki" do; "procurementKind", "committee.i" and "k[0]" do
// not.
inline bool ResolvesInNotice(absl::string_view path) {
  const google::protobuf::Descriptor* message = document::v1::Notice::descriptor();
  bool whole_list = false;
  for (absl::string_view part : absl::StrSplit(path, '.')) {
    if (message == nullptr || whole_list) return false;
    const size_t bracket = part.find('[');
    const auto* field = message->FindFieldByName(std::string(part.substr(0, bracket)));
    if (field == nullptr) return false;
    if (bracket != absl::string_view::npos) {
      absl::string_view index = part.substr(bracket + 1);
      if (!field->is_repeated() || !absl::ConsumeSuffix(&index, "]") || index.empty() ||
          !std::all_of(index.begin(), index.end(), absl::ascii_isdigit)) {
        return false;
      }
    }
    whole_list = field->is_repeated() && bracket == absl::string_view::npos;
    message = field->message_type();
  }
  return true;
}

}  // namespace jodal::testing_support

#endif  // JODAL_TESTS_SUPPORT_NOTICE_PATH_H_
