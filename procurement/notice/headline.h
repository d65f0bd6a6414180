// What lists and the log repeat of a notice: the fields that say so (option `field`, headline).
#ifndef JODAL_PROCUREMENT_NOTICE_HEADLINE_H_
#define JODAL_PROCUREMENT_NOTICE_HEADLINE_H_

#include "jodal/document/v1/documents.pb.h"

namespace jodal::procurement {

// Copies the headline of the notice and of its first stage to the fields of `to` that have the same
// names. Pure and thread-safe.
void CopyHeadline(const document::v1::Notice& notice, google::protobuf::Message* to);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_NOTICE_HEADLINE_H_
