// Fields that two messages have under the same name.
#ifndef JODAL_PROCUREMENT_DOCUMENTS_SAME_FIELDS_H_
#define JODAL_PROCUREMENT_DOCUMENTS_SAME_FIELDS_H_

#include <functional>

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace jodal::procurement {

struct FieldPair {
  const google::protobuf::FieldDescriptor& from;
  const google::protobuf::FieldDescriptor& to;
};

// Sets every singular text, number and truth value of `to` that `from` has a field of the same name
// and type for, to its value or its default; lists and messages stay as they are. `wanted` picks
// among them; none: all.
void CopySameFields(const google::protobuf::Message& from, google::protobuf::Message* to,
                    const std::function<bool(const FieldPair&)>& wanted = nullptr);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_DOCUMENTS_SAME_FIELDS_H_
