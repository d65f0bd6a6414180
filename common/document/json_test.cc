#include "common/document/json.h"

#include <dirent.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/status/error.h"
#include "jodal/config/v1/config.pb.h"
#include "jodal/document/v1/signed.pb.h"
#include "jodal/rpc/v1/session.pb.h"
#include "jodal/signature/v1/signature.pb.h"

namespace jodal::document {
namespace {

std::string Verdict(const absl::Status& status) { return status.ok() ? "OK" : ErrorReason(status); }

std::string Nested(int depth) {
  std::string out = "{\"a\":";
  for (int i = 1; i < depth; ++i) out += "[";
  out += "1";
  for (int i = 1; i < depth; ++i) out += "]";
  return out + "}";
}

TEST(StrictJsonTest, SaysWhatIsWrong) {
  const struct {
    std::string json;
    const char* verdict;
  } cases[] = {
      {"{}", "OK"},
      {" {\"a\" : [ ] , \"b\":{\"a\":null}}\n", "OK"},
      {R"({"a":"\u00e9\ud834\udd1e\"\\\/\b\f\n\r\t"})", "OK"},
      {"{\"a\":9223372036854775807,\"b\":-9223372036854775807}", "OK"},
      {"{\"a\":\"\xF4\x8F\xBF\xBD\xEF\xBF\xBD\x7F\"}", "OK"},
      {Nested(kDocumentDepthMax), "OK"},
      {Nested(kDocumentDepthMax + 1), "JSON_TOO_DEEP"},
      {"", "JSON_MALFORMED"},
      {"[]", "JSON_MALFORMED"},
      {"1", "JSON_MALFORMED"},
      {"{\"a\":1,}", "JSON_MALFORMED"},
      {"{\"a\":1]", "JSON_MALFORMED"},
      {"{} {}", "JSON_MALFORMED"},
      {"{\"a\":01}", "JSON_MALFORMED"},
      {"{\"a\":+1}", "JSON_MALFORMED"},
      {"{\"a\":1.}", "JSON_MALFORMED"},
      {"{\"a\":NaN}", "JSON_MALFORMED"},
      {"{\"a\":\"\x01\"}", "JSON_MALFORMED"},
      {"{\"a\":\"\\x\"}", "JSON_MALFORMED"},
      {std::string("{\"a\":1}\0", 8), "JSON_MALFORMED"},
      {"\xEF\xBB\xBF{}", "JSON_MALFORMED"},
      {"{\"a\":1.0}", "JSON_NUMBER"},
      {"{\"a\":1e2}", "JSON_NUMBER"},
      {"{\"a\":-0}", "JSON_NUMBER"},
      {"{\"a\":9223372036854775808}", "JSON_NUMBER"},
      {"{\"a\":-9223372036854775808}", "JSON_NUMBER"},
      {"{\"a\":1,\"a\":1}", "JSON_DUPLICATE_NAME"},
      {R"({"a":1,"\u0061":2})", "JSON_DUPLICATE_NAME"},
      {R"({"x":{"":1,"":2}})", "JSON_DUPLICATE_NAME"},
      {R"([{"a":1,"a":2}])", "JSON_MALFORMED"},
      {"{\"a\":\"\xC0\x80\"}", "JSON_NOT_UTF8"},          // overlong
      {"{\"a\":\"\xE0\x9F\xBF\"}", "JSON_NOT_UTF8"},      // overlong
      {"{\"a\":\"\xF0\x8F\xBF\xBF\"}", "JSON_NOT_UTF8"},  // overlong
      {"{\"a\":\"\xED\xA0\x80\"}", "JSON_NOT_UTF8"},      // surrogate
      {"{\"a\":\"\xF4\x90\x80\x80\"}", "JSON_NOT_UTF8"},  // past U+10FFFF
      {"{\"a\":\"\xE2\x82\"}", "JSON_NOT_UTF8"},
      {"{\"a\":\"\x80\"}", "JSON_NOT_UTF8"},
      {"{\"a\":\"\xEF\xBF\xBF\"}", "JSON_NOT_UTF8"},  // noncharacter
      {R"({"a":"\ud800"})", "JSON_NOT_UTF8"},
      {R"({"a":"\ud800\u0041"})", "JSON_NOT_UTF8"},
      {R"({"a":"\udc00"})", "JSON_NOT_UTF8"},
      {R"({"a":"\ufdd0"})", "JSON_NOT_UTF8"},
      {R"({"a":"\ud83f\udffe"})", "JSON_NOT_UTF8"},
  };
  for (const auto& c : cases) {
    const absl::Status status = CheckStrictJson(c.json);
    EXPECT_EQ(Verdict(status), c.verdict) << c.json;
    EXPECT_EQ(ErrorMetadataOf(status).count("offset"), status.ok() ? 0u : 1u) << c.json;
  }
  EXPECT_TRUE(CheckStrictJsonValue("[1]").ok());
  EXPECT_EQ(ErrorMetadataOf(CheckStrictJson("{\"a\":1,\"a\":1}"))["offset"], "7");
}

TEST(StrictJsonTest, SizeAtTheLimitAndOnePast) {
  const auto sized = [](size_t n) { return "{\"a\":\"" + std::string(n - 8, 'x') + "\"}"; };
  ASSERT_EQ(sized(100).size(), 100u);
  EXPECT_EQ(Verdict(CheckStrictJson(sized(kDocumentBytesMax))), "OK");
  EXPECT_EQ(Verdict(CheckStrictJson(sized(kDocumentBytesMax + 1))), "DOCUMENT_TOO_LARGE");
}

// Cases for every production of RFC 8259's grammar, so that a clone without the suite has them too.
TEST(StrictJsonTest, RefusesWhatIsNoJson) {
  // clang-format off
  const char* kNoJson[] = {
      // words and numbers
      "tru", "True", "nulll", "undefined", "NaN", "-Infinity", "0x10", ".5", "5.", "1.e1", "1e", "1e+",
      "--1", "+1", "1-", "1 2", "-", "00", "-01", "1,", "*", "",
      // strings
      "'x'", "\"", "\"\\\"", "\"\t\"", "\"a\nb\"", "\"\\a\"", "\"\\u\"", "\"\\u12\"", "\"\\u12g4\"",
      "\"\\U0041\"", "\"a\"b",
      // arrays
      "[", "[1", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1:2]", "[1}", "]",
      // objects
      "{", "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{:1}", "{1:1}", "{a:1}", "{'a':1}", "{\"a\":1,}", "{,}",
      "{\"a\":1 \"b\":2}", "{\"a\",1}",
      // comments and other white space
      "1/**/", "1//", "/", "\f1", "\v1", "\xC2\xA0", "\xE2\x80\xA8"};
  // clang-format on
  for (const char* value : kNoJson) {
    const std::string json = absl::StrCat("{\"v\":", value, "}");
    EXPECT_EQ(Verdict(CheckStrictJson(json)), "JSON_MALFORMED") << json;
    EXPECT_EQ(Verdict(CheckStrictJsonValue(value)), "JSON_MALFORMED") << value;
  }
  for (const char* value :
       {"true", "false", "null", "0", "-1", "10", "\"\"", "\"\\u0000\"", "\"\\ud834\\udd1e\"",
        "\"/\x7F\"", "[]", "[ 1 , [ ] ]", "{}", "{\"\":{}}", " \t\r\n1 \t\r\n"}) {
    const std::string json = absl::StrCat("{\"v\":", value, "}");
    EXPECT_EQ(Verdict(CheckStrictJson(json)), "OK") << json;
    EXPECT_EQ(Verdict(CheckStrictJsonValue(value)), "OK") << value;
  }
}

// The y_ files that break one of our own rules on top of RFC 8259.
const std::set<std::string>& StricterThanJson() {
  static const auto* names = new std::set<std::string>{
      // numbers with a fraction, an exponent or a negative zero
      "y_number.json", "y_number_0e+1.json", "y_number_0e1.json",
      "y_number_double_close_to_zero.json", "y_number_int_with_exp.json",
      "y_number_minus_zero.json", "y_number_negative_zero.json", "y_number_real_capital_e.json",
      "y_number_real_capital_e_neg_exp.json", "y_number_real_capital_e_pos_exp.json",
      "y_number_real_exponent.json", "y_number_real_fraction_exponent.json",
      "y_number_real_neg_exp.json", "y_number_real_pos_exponent.json", "y_number_simple_real.json",
      "y_object_extreme_numbers.json", "y_structure_lonely_negative_real.json",
      // duplicate names
      "y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json",
      // noncharacters
      "y_string_escaped_noncharacter.json", "y_string_nonCharacterInUTF-8_U+10FFFF.json",
      "y_string_nonCharacterInUTF-8_U+FFFF.json", "y_string_unicode_U+10FFFE_nonchar.json",
      "y_string_unicode_U+1FFFE_nonchar.json", "y_string_unicode_U+FDD0_nonchar.json",
      "y_string_unicode_U+FFFE_nonchar.json",
      // the last two characters of Unicode are noncharacters
      "y_string_last_surrogates_1_and_2.json"};
  return *names;
}

TEST(StrictJsonTest, AgreesWithTheParsingSuite) {
  const std::string dir = JODAL_SOURCE_DIR "/../shared/data/json-parsing/test_parsing";
  DIR* handle = opendir(dir.c_str());
  if (handle == nullptr) GTEST_SKIP() << "no test data at " << dir;
  int accepted = 0;
  int refused = 0;
  int either = 0;
  while (const dirent* entry = readdir(handle)) {
    const std::string name = entry->d_name;
    if (!absl::EndsWith(name, ".json")) continue;
    std::ifstream in(dir + "/" + name, std::ios::binary);
    const std::string json(std::istreambuf_iterator<char>(in), {});
    const absl::Status value = CheckStrictJsonValue(json);
    const size_t start = json.find_first_not_of(" \t\r\n");
    const bool object = start != std::string::npos && json[start] == '{';
    EXPECT_EQ(CheckStrictJson(json).ok(), value.ok() && object) << name;
    if (name[0] == 'y') {
      ++accepted;
      EXPECT_EQ(value.ok(), StricterThanJson().count(name) == 0) << name << ": " << value;
    } else if (name[0] == 'n') {
      ++refused;
      EXPECT_FALSE(value.ok()) << name;
    } else {
      ++either;
    }
  }
  closedir(handle);
  EXPECT_EQ(accepted, 95);
  EXPECT_EQ(refused, 188);
  EXPECT_EQ(either, 35);
}

constexpr char kConfig[] =
    R"({"mode":"TRAINING","system":"a\"\\\u0001é","services":[{"service":"tender","address":"unix:x"},)"
    R"({}],"tls":{"caFile":"ca"},"executorThreads":-4})";

TEST(StrictJsonTest, MapsToMessagesAndBack) {
  config::v1::Config config;
  ASSERT_EQ(Verdict(ParseStrictJson(kConfig, &config)), "OK");
  EXPECT_EQ(config.mode(), config::v1::Config::TRAINING);
  EXPECT_EQ(config.services_size(), 2);
  EXPECT_EQ(config.executor_threads(), -4);
  EXPECT_EQ(ToCanonicalJson(config).value(), kConfig);

  v1::StoredDocument stored;
  stored.mutable_document()->set_content(std::string("\0\xff\x10", 3));
  stored.add_evidence_sha256("");
  for (const auto& [ns, text] :
       {std::pair<int64_t, const char*>{9007199254740991, "9007199254740991"},
        {9007199254740992, "\"9007199254740992\""},
        {-9007199254740991, "-9007199254740991"},
        {INT64_MIN, "\"-9223372036854775808\""}}) {
    stored.set_received_time_ns(ns);
    const std::string json = ToCanonicalJson(stored).value();
    EXPECT_EQ(json, absl::StrCat(R"({"document":{"content":"AP8Q"},"evidenceSha256":[""],)",
                                 R"("receivedTimeNs":)", text, "}"));
    v1::StoredDocument again;
    ASSERT_EQ(Verdict(ParseStrictJson(json, &again)), "OK");
    EXPECT_EQ(again.SerializeAsString(), stored.SerializeAsString());
  }
  EXPECT_EQ(ToCanonicalJson(config::v1::Config()).value(), "{}");
}

TEST(StrictJsonTest, HasOneSpellingPerValue) {
  const struct {
    const char* json;
    const char* verdict;
    const char* field;
  } cases[] = {
      {R"({"dataDir":"x"})", "OK", ""},
      {R"({"data_dir":"x"})", "DOCUMENT_UNKNOWN_FIELD", "data_dir"},
      {R"({"tls":{"nope":1}})", "DOCUMENT_UNKNOWN_FIELD", "tls.nope"},
      {R"({"services":[{},{"x":1}]})", "DOCUMENT_UNKNOWN_FIELD", "services[1].x"},
      {R"({"mode":2})", "DOCUMENT_FIELD_TYPE", "mode"},
      {R"({"mode":"training"})", "DOCUMENT_FIELD_TYPE", "mode"},
      {R"({"system":null})", "DOCUMENT_FIELD_TYPE", "system"},
      {R"({"system":1})", "DOCUMENT_FIELD_TYPE", "system"},
      {R"({"tls":null})", "DOCUMENT_FIELD_TYPE", "tls"},
      {R"({"tls":[]})", "DOCUMENT_FIELD_TYPE", "tls"},
      {R"({"services":null})", "DOCUMENT_FIELD_TYPE", "services"},
      {R"({"services":{}})", "DOCUMENT_FIELD_TYPE", "services"},
      {R"({"services":[null]})", "DOCUMENT_FIELD_TYPE", "services[0]"},
      {R"({"executorThreads":"4"})", "DOCUMENT_FIELD_TYPE", "executorThreads"},
      {R"({"executorThreads":2147483648})", "DOCUMENT_FIELD_TYPE", "executorThreads"},
      {R"({"executorThreads":true})", "DOCUMENT_FIELD_TYPE", "executorThreads"},
  };
  for (const auto& c : cases) {
    config::v1::Config config;
    const absl::Status status = ParseStrictJson(c.json, &config);
    EXPECT_EQ(Verdict(status), c.verdict) << c.json;
    EXPECT_EQ(ErrorMetadataOf(status)["field"], c.field) << c.json;
  }
  for (const char* text : {"\" 1\"", "\"01\"", "\"+1\"", "\"-0\"", "\"1.0\"", "\"1e3\"", "\"\"",
                           "\"9223372036854775808\"", "true", "[1]"}) {
    rpc::v1::SessionPayload payload;
    EXPECT_EQ(Verdict(ParseStrictJson(absl::StrCat("{\"expiresTimeNs\":", text, "}"), &payload)),
              "DOCUMENT_FIELD_TYPE")
        << text;
  }
  for (const char* text : {"AA", "AA=", "AB==", "_w==", "/w==\\n", "A A=", "="}) {
    v1::SignedDocument document;
    EXPECT_EQ(Verdict(ParseStrictJson(absl::StrCat("{\"content\":\"", text, "\"}"), &document)),
              "DOCUMENT_FIELD_TYPE")
        << text;
  }
}

TEST(StrictJsonTest, CompleteMeansEveryFieldOfEveryMessage) {
  signature::v1::SignedBytes request;
  EXPECT_EQ(
      Verdict(ParseCompleteStrictJson(R"({"content":"","signature":"","atTimeNs":0})", &request)),
      "OK");
  config::v1::Tls tls;
  const absl::Status missing = ParseCompleteStrictJson(R"({"caFile":""})", &tls);
  EXPECT_EQ(Verdict(missing), "DOCUMENT_MISSING_FIELD");
  EXPECT_EQ(ErrorMetadataOf(missing)["field"], "dir");
  EXPECT_EQ(Verdict(ParseCompleteStrictJson(R"({"caFile":""})", &tls, {"dir"})), "OK");
}

TEST(StrictJsonTest, RefusesToWriteWhatItCouldNotRead) {
  config::v1::Config config;
  config.set_system("\xff");
  EXPECT_EQ(Verdict(ToCanonicalJson(config).status()), "JSON_NOT_UTF8");
  config.set_system("");
  config.set_mode(static_cast<config::v1::Config::Mode>(99));
  EXPECT_EQ(Verdict(ToCanonicalJson(config).status()), "DOCUMENT_FIELD_TYPE");
}

// Whatever is accepted means one thing: it comes back from its canonical form.
TEST(StrictJsonTest, SurvivesRandomMutations) {
  const char* given = std::getenv("JODAL_TEST_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20261201;
  SCOPED_TRACE(absl::StrCat("JODAL_TEST_SEED=", seed));
  std::mt19937_64 rng(seed);
  static constexpr char kInteresting[] = "{}[]\",:\\u0-1eE.ntf \xC3\xED\xF4\x80";
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string json = kConfig;
    for (uint64_t n = rng() % 4 + 1; n > 0; --n) {
      const size_t at = rng() % json.size();
      const char c = kInteresting[rng() % (sizeof(kInteresting) - 1)];
      switch (rng() % 4) {
        case 0:
          json[at] = c;
          break;
        case 1:
          json.insert(at, 1, c);
          break;
        case 2:
          json.erase(at, rng() % 5 + 1);
          break;
        case 3:
          json.insert(at, json.substr(rng() % json.size(), rng() % 20));
          break;
      }
      if (json.empty()) json = "{";
    }
    config::v1::Config config;
    if (!ParseStrictJson(json, &config).ok()) continue;
    ++accepted;
    const auto canonical = ToCanonicalJson(config);
    ASSERT_TRUE(canonical.ok()) << json;
    config::v1::Config again;
    ASSERT_TRUE(ParseStrictJson(*canonical, &again).ok()) << json;
    ASSERT_EQ(again.SerializeAsString(), config.SerializeAsString()) << json;
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace jodal::document
