// The texts of a notice, by what is declared on its fields (option `field`). Pure and thread-safe.
#ifndef JODAL_PROCUREMENT_NOTICE_TEXT_CHECK_H_
#define JODAL_PROCUREMENT_NOTICE_TEXT_CHECK_H_

#include <vector>

#include "procurement/rules/violation.h"

namespace google::protobuf {
class Message;
}

namespace jodal::procurement {

// Every text in `document` and in what it holds, in the order of the fields: FIELD_MISSING,
// FIELD_TOO_LONG, FIELD_TEXT (common/base/text.h). `source` is the article that asks for the texts
// that may not be missing.
std::vector<Violation> CheckTexts(const google::protobuf::Message& document, const char* source);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_TEXT_CHECK_H_
