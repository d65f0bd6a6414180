#include "common/document/signed_document.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <gtest/gtest.h>

#include <memory>

#include "common/crypto/hash.h"
#include "common/status/error.h"

namespace jodal::document {
namespace {

using google::protobuf::FieldDescriptorProto;

class FakeVerifier : public DocumentVerifier {
 public:
  absl::StatusOr<VerifiedSignature> Verify(absl::string_view content, absl::string_view signature,
                                           absl::Time at) override {
    ++calls;
    if (signature != "good") {
      return MakeError(absl::StatusCode::kFailedPrecondition, "SIGNATURE_REFUSED", "refused");
    }
    return VerifiedSignature{.cert_sha256 = "c0", .evidence_sha256 = {"e0"}};
  }
  int calls = 0;
};

// A document type made here, so that the test does not depend on a business message.
class SignedDocumentTest : public testing::Test {
 protected:
  SignedDocumentTest() {
    google::protobuf::FileDescriptorProto file;
    file.set_name("t.proto");
    file.set_syntax("proto3");
    auto* type = file.add_message_type();
    type->set_name("T");
    int number = 0;
    for (const char* name : {"kind", "version", "system", "signer", "title"}) {
      auto* field = type->add_field();
      field->set_name(name);
      field->set_number(++number);
      field->set_label(FieldDescriptorProto::LABEL_OPTIONAL);
      field->set_type(std::string(name) == "version" ? FieldDescriptorProto::TYPE_INT32
                                                     : FieldDescriptorProto::TYPE_STRING);
    }
    message_.reset(factory_.GetPrototype(pool_.BuildFile(file)->message_type(0))->New());
  }

  std::string Open(const std::string& content, const std::string& signature,
                   Expected expected = {.kind = "notice",
                                        .system = "demo",
                                        .signer_id = "p1",
                                        .cert_sha256 = "c0"}) {
    v1::SignedDocument document;
    document.set_content(content);
    document.set_signature(signature);
    auto opened = OpenDocument(verifier_, document, expected, message_.get());
    if (!opened.ok()) return ErrorReason(opened.status());
    EXPECT_EQ(opened->evidence_sha256, std::vector<std::string>{"e0"});
    return "OK";
  }

  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  std::unique_ptr<google::protobuf::Message> message_;
  FakeVerifier verifier_;
};

constexpr char kGood[] =
    R"({"kind":"notice","version":1,"system":"demo","signer":"p1","title":"x"})";

TEST_F(SignedDocumentTest, BindsTheDocumentToTheCaller) {
  EXPECT_EQ(Open(kGood, "good"), "OK");
  EXPECT_EQ(Open(kGood, "bad"), "SIGNATURE_REFUSED");
  const struct {
    const char* content;
    const char* verdict;
  } cases[] = {
      {R"({"kind":"offer","version":1,"system":"demo","signer":"p1"})", "DOCUMENT_KIND"},
      {R"({"kind":"notice","version":2,"system":"demo","signer":"p1"})", "DOCUMENT_VERSION"},
      {R"({"kind":"notice","system":"demo","signer":"p1"})", "DOCUMENT_VERSION"},
      {R"({"kind":"notice","version":1,"system":"prod","signer":"p1"})", "DOCUMENT_SYSTEM"},
      {R"({"kind":"notice","version":1,"system":"demo","signer":"p2"})", "DOCUMENT_SIGNER"},
      {R"({"kind":"notice","version":1,"system":"demo"})", "DOCUMENT_SIGNER"},
      {R"({"kind":"notice","version":1,"system":"demo","signer":"p1","x":1})",
       "DOCUMENT_UNKNOWN_FIELD"},
      // Fields that another version has are not what is wrong with it.
      {R"({"kind":"notice","version":2,"system":"demo","signer":"p1","x":1})", "DOCUMENT_VERSION"},
      {R"({"kind":"notice","version":"2","system":"demo","signer":"p1","x":1})",
       "DOCUMENT_FIELD_TYPE"},
      {R"({"kind":"notice","version":4294967297,"system":"demo","signer":"p1"})",
       "DOCUMENT_FIELD_TYPE"},
      {R"({"kind":"notice","version":2,"system":"demo","signer":"p1","title":[1]})",
       "DOCUMENT_VERSION"},
  };
  for (const auto& c : cases) EXPECT_EQ(Open(c.content, "good"), c.verdict) << c.content;
}

TEST_F(SignedDocumentTest, AnotherCertificateIsRefused) {
  Expected expected = {.kind = "notice", .system = "demo", .signer_id = "p1", .cert_sha256 = "c1"};
  EXPECT_EQ(Open(kGood, "good", expected), "SIGNER_MISMATCH");
  expected.cert_sha256 = "";
  EXPECT_EQ(Open(kGood, "good", expected), "OK");
}

TEST_F(SignedDocumentTest, ShapeIsCheckedBeforeTheSignature) {
  EXPECT_EQ(Open("{\"kind\":\"notice\",\"kind\":\"notice\"}", "good"), "JSON_DUPLICATE_NAME");
  EXPECT_EQ(Open(kGood, std::string(kSignatureBytesMax + 1, 'x')), "DOCUMENT_TOO_LARGE");
  EXPECT_EQ(verifier_.calls, 0);
  EXPECT_EQ(Open(kGood, std::string(kSignatureBytesMax, 'x')), "SIGNATURE_REFUSED");
}

}  // namespace
}  // namespace jodal::document
