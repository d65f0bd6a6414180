// Strict I-JSON (RFC 7493) and its mapping to the messages of proto/jodal/document/v1.
#ifndef JODAL_COMMON_DOCUMENT_JSON_H_
#define JODAL_COMMON_DOCUMENT_JSON_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace google::protobuf {
class Message;
}

namespace jodal::document {

inline constexpr size_t kDocumentBytesMax = 1 << 20;  // signed documents, docs/formats.md 1
inline constexpr int kDocumentDepthMax = 16;          // no document of ours nests deeper than 6

// OK if `json` is one well-formed JSON object in UTF-8: no duplicate names (compared after
// unescaping), no number with a fraction, an exponent or a negative zero, integers within
// ±(2^63-1), no lone surrogates and no noncharacters (RFC 7493 2.1), depth and size within the
// limits. INVALID_ARGUMENT with one of JSON_MALFORMED, JSON_DUPLICATE_NAME, JSON_NUMBER,
// JSON_TOO_DEEP, DOCUMENT_TOO_LARGE, JSON_NOT_UTF8; metadata "offset".
absl::Status CheckStrictJson(absl::string_view json);

// As CheckStrictJson, but any value may stand at the top.
absl::Status CheckStrictJsonValue(absl::string_view json);

// CheckStrictJson, then the proto JSON mapping into `message`, which is cleared first and undefined
// after an error. One spelling per value: the lowerCamelCase name, enums by name, bytes as padded
// standard base64, 64-bit integers as numbers or canonical decimal strings, no null. An unknown
// field is INVALID_ARGUMENT DOCUMENT_UNKNOWN_FIELD, a wrong type DOCUMENT_FIELD_TYPE; metadata
// "field" (a path such as "lots[0].price") and "offset".
absl::Status ParseStrictJson(absl::string_view json, google::protobuf::Message* message);

// The second half of ParseStrictJson alone, for text that CheckStrictJson has just passed: between
// the two a signature may be verified. Anything else is undefined, though it stays in bounds.
absl::Status MapCheckedJson(absl::string_view json, google::protobuf::Message* message);

// As ParseStrictJson, and every field of every message present must be given, oneofs and `optional`
// fields excepted: else INVALID_ARGUMENT DOCUMENT_MISSING_FIELD, metadata "field". `may_lack` lists
// paths that need not be given.
absl::Status ParseCompleteStrictJson(absl::string_view json, google::protobuf::Message* message,
                                     const std::vector<std::string>& may_lack = {});

// The proto JSON mapping with lowerCamelCase names, int64 as JSON numbers below 2^53 in magnitude
// and else as strings, default values left out, fields in number order, no white space, only the
// escapes that JSON demands: our own clients make their documents with it and every derived file of
// a bundle is written by it. Deterministic; ParseStrictJson gives the same message back.
// INVALID_ARGUMENT for what has no strict form: text that is not UTF-8 (JSON_NOT_UTF8), an enum
// number without a name, floats, maps (DOCUMENT_FIELD_TYPE), nesting past the limit
// (JSON_TOO_DEEP).
absl::StatusOr<std::string> ToCanonicalJson(const google::protobuf::Message& message);

}  // namespace jodal::document

#endif  // JODAL_COMMON_DOCUMENT_JSON_H_
