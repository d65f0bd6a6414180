// What the fields of documents are, for the help of the options that fill them.
#ifndef JODAL_CLIENTS_CLI_FIELD_HELP_H_
#define JODAL_CLIENTS_CLI_FIELD_HELP_H_

#include <google/protobuf/descriptor.h>

#include <string>

namespace jodal::cli {

// "" for a field that nobody has described; a test finds it.
std::string FieldHelp(const google::protobuf::FieldDescriptor& field);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_FIELD_HELP_H_
