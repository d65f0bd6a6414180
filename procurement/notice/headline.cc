#include "procurement/notice/headline.h"

#include <google/protobuf/descriptor.h>

#include "jodal/document/v1/field.pb.h"
#include "procurement/documents/same_fields.h"

namespace jodal::procurement {

void CopyHeadline(const document::v1::Notice& notice, google::protobuf::Message* to) {
  const auto headline = [](const FieldPair& field) {
    return field.from.options().GetExtension(document::v1::field).headline();
  };
  CopySameFields(notice, to, headline);
  if (!notice.stages().empty()) CopySameFields(notice.stages(0), to, headline);
}

}  // namespace jodal::procurement
