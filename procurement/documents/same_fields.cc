#include "procurement/documents/same_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

namespace jodal::procurement {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void CopySameFields(const Message& from, Message* to,
                    const std::function<bool(const FieldPair&)>& wanted) {
  const Reflection& read = *from.GetReflection();
  const Reflection& write = *to->GetReflection();
  for (int i = 0; i < to->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* target = to->GetDescriptor()->field(i);
    const FieldDescriptor* source = from.GetDescriptor()->FindFieldByName(target->name());
    if (source == nullptr || source->type() != target->type() || source->is_repeated() ||
        target->is_repeated() || (wanted && !wanted({*source, *target}))) {
      continue;
    }
    switch (target->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        write.SetString(to, target, read.GetString(from, source));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        write.SetInt32(to, target, read.GetInt32(from, source));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        write.SetInt64(to, target, read.GetInt64(from, source));
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        write.SetBool(to, target, read.GetBool(from, source));
        break;
      default:
        break;
    }
  }
}

}  // namespace jodal::procurement
