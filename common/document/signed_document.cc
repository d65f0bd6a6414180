#include "common/document/signed_document.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/crypto/hash.h"
#include "common/document/errors.h"
#include "common/status/macros.h"

namespace jodal::document {
namespace {

constexpr int kVersionMax = 1000;

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::StatusOr<const FieldDescriptor*> FieldOf(const Message& message, const char* name,
                                               FieldDescriptor::CppType type) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->cpp_type() != type || field->is_repeated()) {
    return absl::InternalError(
        absl::StrCat(message.GetDescriptor()->full_name(), " has no field ", name));
  }
  return field;
}

// Refuses unless the string field `name` says `want`.
absl::Status ExpectText(const Message& message, const char* name, const std::string& want,
                        DefinedError error) {
  ASSIGN_OR_RETURN(const FieldDescriptor* field,
                   FieldOf(message, name, FieldDescriptor::CPPTYPE_STRING));
  if (message.GetReflection()->GetString(message, field) == want) return absl::OkStatus();
  return MakeError(error, absl::StrCat("the document's ", name, " is not \"", want, "\""),
                   {{"field", name}, {"expected", want}});
}

absl::Status VersionError(int known) {
  return MakeError(kErrors["DOCUMENT_VERSION"],
                   absl::StrCat("the document's version is not ", known),
                   {{"field", "version"}, {"expected", absl::StrCat(known)}});
}

// What any JSON object says under "version", if a schema could have that.
std::optional<int> SaysVersion(const std::string& json) {
  google::protobuf::Struct any;
  if (!google::protobuf::util::JsonStringToMessage(json, &any).ok()) return std::nullopt;
  const auto field = any.fields().find("version");
  if (field == any.fields().end() || !field->second.has_number_value()) return std::nullopt;
  const double version = field->second.number_value();
  if (version < 1 || version > kVersionMax) return std::nullopt;  // a fault of its own
  return static_cast<int>(version);
}

}  // namespace

absl::StatusOr<std::string> KindOf(absl::string_view content) {
  RETURN_IF_ERROR(CheckStrictJson(content));
  google::protobuf::Struct any;
  if (!google::protobuf::util::JsonStringToMessage(std::string(content), &any).ok()) return "";
  const auto field = any.fields().find("kind");
  return field == any.fields().end() ? "" : field->second.string_value();
}

absl::StatusOr<int> VersionOf(absl::string_view content) {
  RETURN_IF_ERROR(CheckStrictJson(content));
  return SaysVersion(std::string(content)).value_or(0);
}

int SchemaVersion(const google::protobuf::Descriptor& schema) {
  const int version = schema.options().GetExtension(jodal::document::v1::document_version);
  return version == 0 ? 1 : version;
}

absl::StatusOr<VerifiedSignature> OpenDocument(DocumentVerifier& verifier,
                                               const jodal::document::v1::SignedDocument& document,
                                               const Expected& expected, Message* message) {
  RETURN_IF_ERROR(CheckStrictJson(document.content()));
  if (document.signature().size() > kSignatureBytesMax) {
    return MakeError(kErrors["DOCUMENT_TOO_LARGE"],
                     absl::StrCat("a signature has at most ", kSignatureBytesMax, " bytes"),
                     {{"size", absl::StrCat(document.signature().size())},
                      {"limit", absl::StrCat(kSignatureBytesMax)}});
  }
  ASSIGN_OR_RETURN(VerifiedSignature signature,
                   verifier.Verify(document.content(), document.signature(), expected.at));
  if (!expected.cert_sha256.empty() && signature.cert_sha256 != expected.cert_sha256) {
    return MakeError(kErrors["SIGNER_MISMATCH"],
                     "the document is signed with another certificate than the session's",
                     {{"certSha256", signature.cert_sha256}});
  }
  const int known = SchemaVersion(*message->GetDescriptor());
  if (absl::Status parsed = MapCheckedJson(document.content(), message); !parsed.ok()) {
    // A document of another version may well have other fields: that is what is wrong with it.
    return SaysVersion(document.content()).value_or(known) == known ? parsed : VersionError(known);
  }
  RETURN_IF_ERROR(ExpectText(*message, "kind", expected.kind, kErrors["DOCUMENT_KIND"]));
  ASSIGN_OR_RETURN(const FieldDescriptor* version,
                   FieldOf(*message, "version", FieldDescriptor::CPPTYPE_INT32));
  if (message->GetReflection()->GetInt32(*message, version) != known) return VersionError(known);
  RETURN_IF_ERROR(ExpectText(*message, "system", expected.system, kErrors["DOCUMENT_SYSTEM"]));
  RETURN_IF_ERROR(ExpectText(*message, "signer", expected.signer_id, kErrors["DOCUMENT_SIGNER"]));
  return signature;
}

}  // namespace jodal::document
