#include "tests/e2e/spoil.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace jodal::e2e {
namespace {

using absl::StrCat;

std::string Build(const Person& who, const std::string& content,
                  const std::function<void(pki::CmsBuilder&)>& spoil) {
  pki::CmsBuilder builder(who.signer, content);
  spoil(builder);
  return builder.Build();
}

}  // namespace

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << text;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::vector<JsonFault> JsonFaults() {
  const auto first = [](const std::string& member) {
    return [member](const std::string& json) { return "{" + member + "," + json.substr(1); };
  };
  const auto version = [](const std::string& value) {
    return [value](const std::string& json) {
      const size_t digit = json.find("\"version\":") + 10;  // all versions have one
      return Replace(json, json.substr(digit - 10, 11), "\"version\":" + value);
    };
  };
  return {
      {"duplicate name", "JSON_DUPLICATE_NAME", first("\"kind\":\"x\"")},
      {"duplicate name, escaped", "JSON_DUPLICATE_NAME", first("\"\\u006bind\":\"x\"")},
      {"a float", "JSON_NUMBER", version("1.0")},
      {"an exponent", "JSON_NUMBER", version("1e0")},
      {"negative zero", "JSON_NUMBER", version("-0")},
      {"an integer of more than 64 bits", "JSON_NUMBER", version("9223372036854775808")},
      {"an integer of more than 32 bits", "DOCUMENT_FIELD_TYPE", version("4294967297")},
      {"text for a number", "DOCUMENT_FIELD_TYPE", version("\"1\"")},
      {"null", "DOCUMENT_FIELD_TYPE", version("null")},
      {"an unknown field", "DOCUMENT_UNKNOWN_FIELD", first("\"x\":1")},
      {"snake_case", "DOCUMENT_UNKNOWN_FIELD", first("\"tender_id\":\"R25BK00000001\"")},
      {"deep nesting", "JSON_TOO_DEEP",
       first("\"x\":" + std::string(20, '[') + std::string(20, ']'))},
      {"no UTF-8", "JSON_NOT_UTF8", first("\"x\":\"\xff\"")},
      {"a lone surrogate", "JSON_NOT_UTF8", first("\"x\":\"\\ud800\"")},
      {"two documents", "JSON_MALFORMED", [](const std::string& json) { return json + json; }},
      {"an array", "JSON_MALFORMED", [](const std::string& json) { return "[" + json + "]"; }},
      {"half a document", "JSON_MALFORMED",
       [](const std::string& json) { return json.substr(0, json.size() / 2); }},
      {"more than 1 MiB", "DOCUMENT_TOO_LARGE",
       [](const std::string& json) { return json + std::string((1 << 20) + 1, ' '); }},
      {"another version", "DOCUMENT_VERSION", version("9")},
  };
}

std::vector<CmsFault> CmsFaults() {
  using pki::DerValue;
  const auto forged = [](const std::function<void(pki::CmsBuilder&)>& spoil) {
    return [spoil](const Person& who, const std::string& content) {
      return Build(who, content, spoil);
    };
  };
  return {
      {"attributes stripped", "SIGNED_ATTRS_MISSING",
       forged([](pki::CmsBuilder& b) { b.strip = true; })},
      {"attribute duplicated", "SIGNED_ATTR_DUPLICATED", forged([](pki::CmsBuilder& b) {
         b.more_attributes = {pki::TestAttribute(
             pki::kOidMessageDigest, DerValue(pki::kTagOctetString, {std::string(32, 'x')}))};
       })},
      {"two values in an attribute", "SIGNED_ATTR_VALUE_COUNT", forged([](pki::CmsBuilder& b) {
         b.content_type = pki::TestAttribute(
             pki::kOidContentType, pki::TestOid(pki::kOidData) + pki::TestOid(pki::kOidSignedData));
       })},
      {"no signingCertificateV2", "SIGNING_CERTIFICATE_V2_MISSING",
       forged([](pki::CmsBuilder& b) { b.signing_certificate.clear(); })},
      {"signingCertificateV2 of another", "SIGNING_CERTIFICATE_MISMATCH",
       forged([](pki::CmsBuilder& b) {
         b.signing_certificate = pki::CmsBuilder::SigningCertificate(std::string(32, 'x'));
       })},
      {"BER instead of DER", "CMS_NOT_DER",
       [](const Person& who, const std::string& content) {
         const std::string der = Build(who, content, [](pki::CmsBuilder&) {});
         const auto outer = *pki::DerReader(der).Next();
         return StrCat("\x30\x80", outer.content, absl::string_view("\0\0", 2));
       }},
      {"bytes after the end", "CMS_NOT_DER",
       [](const Person& who, const std::string& content) {
         return Build(who, content, [](pki::CmsBuilder&) {}) + '\0';
       }},
      {"content inside", "CMS_CONTENT_ATTACHED",
       [](const Person& who, const std::string& content) {
         return Build(who, content, [&](pki::CmsBuilder& b) {
           b.attached =
               DerValue(pki::TagConstructed(0), {DerValue(pki::kTagOctetString, {content})});
         });
       }},
      {"r = s = 0", "SIGNATURE_VALUE", forged([](pki::CmsBuilder& b) {
         b.signature = std::string("\x30\x06\x02\x01\0\x02\x01\0", 8);
       })},
      {"no signature", "CMS_NOT_DER",
       [](const Person&, const std::string&) { return std::string(); }},
      {"other content", "CONTENT_DIGEST",
       [](const Person& who, const std::string& content) {
         return Build(who, content + " ", [](pki::CmsBuilder&) {});
       }},
  };
}

}  // namespace jodal::e2e
