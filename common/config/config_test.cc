#include "common/config/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/config/log_origin.h"
#include "common/status/error.h"

namespace jodal::config {
namespace {

constexpr char kGood[] = R"({
  "mode": "TRAINING", "system": "demo.jodal.example",
  "dataDir": "data", "trustDir": "../trust", "keysDir": "/keys",
  "services": [{"service": "tender", "address": "unix:run/jodal.sock"},
               {"service": "bidding", "address": "127.0.0.1:7002"}],
  "tls": {"caFile": "tls/ca.pem", "dir": "tls"},
  "registrarCertSha256": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
  "executorThreads": 4, "executorQueue": 256, "adminAddress": "127.0.0.1:9090"
})";

TEST(ConfigTest, PathsAreTakenFromTheFile) {
  const auto config = ParseConfig(kGood, "/etc/jodal");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data_dir(), "/etc/jodal/data");
  EXPECT_EQ(config->trust_dir(), "/etc/trust");
  EXPECT_EQ(config->keys_dir(), "/keys");
  EXPECT_EQ(config->services(0).address(), "unix:/etc/jodal/run/jodal.sock");
  EXPECT_EQ(config->tls().ca_file(), "/etc/jodal/tls/ca.pem");
  EXPECT_TRUE(IsTraining(*config));
}

TEST(ConfigTest, TheStoreIsFilesUnlessADatabaseIsNamed) {
  EXPECT_FALSE(ParseConfig(kGood, "/")->has_postgres());
  const auto with = [](absl::string_view postgres) {
    return ParseConfig(absl::StrReplaceAll(
                           kGood, {{"\"executorThreads\"", absl::StrCat("\"postgres\": ", postgres,
                                                                        ", \"executorThreads\"")}}),
                       "/");
  };
  EXPECT_EQ(with(R"({"conninfo": "host=/run/pg"})")->postgres().conninfo(), "host=/run/pg");
  const absl::Status empty = with(R"({"conninfo": ""})").status();
  EXPECT_EQ(ErrorReason(empty), "CONFIG_INVALID_VALUE");
  EXPECT_EQ(ErrorMetadataOf(empty)["field"], "postgres.conninfo");
  EXPECT_EQ(ErrorReason(with("{}").status()), "CONFIG_MISSING_FIELD");
  EXPECT_EQ(ErrorReason(with(R"({"conninfo": "x", "password": "x"})").status()),
            "CONFIG_UNKNOWN_FIELD");
}

TEST(ConfigTest, EveryFieldIsRequiredAndInRange) {
  const struct {
    const char* from;
    const char* to;
    const char* verdict;
    const char* field;
  } cases[] = {
      {"\"mode\": \"TRAINING\", ", "", "CONFIG_MISSING_FIELD", "mode"},
      {"TRAINING", "MODE_UNSPECIFIED", "CONFIG_INVALID_VALUE", "mode"},
      {"TRAINING", "LIVE", "CONFIG_INVALID_VALUE", "mode"},
      {"\"system\": \"demo.jodal.example\",", "", "CONFIG_MISSING_FIELD", "system"},
      {"demo.jodal.example", "Demo/x", "CONFIG_INVALID_VALUE", "system"},
      {"demo.jodal.example", "", "CONFIG_INVALID_VALUE", "system"},
      {"\"data\"", "\"\"", "CONFIG_INVALID_VALUE", "dataDir"},
      {"\"dataDir\": \"data\", ", "", "CONFIG_MISSING_FIELD", "dataDir"},
      {"\"trustDir\": \"../trust\", ", "", "CONFIG_MISSING_FIELD", "trustDir"},
      {"\"keysDir\": \"/keys\",", "", "CONFIG_MISSING_FIELD", "keysDir"},
      {"\"/keys\"", "7", "CONFIG_INVALID_VALUE", "keysDir"},
      {"\"bidding\"", "\"tender\"", "CONFIG_INVALID_VALUE", "services[1].service"},
      {"\"bidding\"", "\"../x\"", "CONFIG_INVALID_VALUE", "services[1].service"},
      {"\"service\": \"bidding\", ", "", "CONFIG_MISSING_FIELD", "services[1].service"},
      {"127.0.0.1:7002", "127.0.0.1:0", "CONFIG_INVALID_VALUE", "services[1].address"},
      {"127.0.0.1:7002", "127.0.0.1:65536", "CONFIG_INVALID_VALUE", "services[1].address"},
      {"127.0.0.1:7002", "127.0.0.1", "CONFIG_INVALID_VALUE", "services[1].address"},
      {"127.0.0.1:7002", "127.0.0.1:65535", "OK", ""},
      {"unix:run/jodal.sock", "unix:", "CONFIG_INVALID_VALUE", "services[0].address"},
      {"\"tls\": {\"caFile\": \"tls/ca.pem\", \"dir\": \"tls\"},", "", "CONFIG_MISSING_FIELD",
       "tls"},
      {"\"caFile\": \"tls/ca.pem\", ", "", "CONFIG_MISSING_FIELD", "tls.caFile"},
      {"\"dir\": \"tls\"", "\"dir\": \"\"", "CONFIG_INVALID_VALUE", "tls.dir"},
      {"00112233445566778899aabbccddeeff0011", "00", "CONFIG_INVALID_VALUE", "registrarCertSha256"},
      {"\"executorThreads\": 4, ", "", "CONFIG_MISSING_FIELD", "executorThreads"},
      {"s\": 4", "s\": 0", "CONFIG_INVALID_VALUE", "executorThreads"},
      {"s\": 4", "s\": 256", "OK", ""},
      {"s\": 4", "s\": 257", "CONFIG_INVALID_VALUE", "executorThreads"},
      {"e\": 256", "e\": 0", "CONFIG_INVALID_VALUE", "executorQueue"},
      {"e\": 256", "e\": 1000000", "OK", ""},
      {"e\": 256", "e\": 1000001", "CONFIG_INVALID_VALUE", "executorQueue"},
      {"127.0.0.1:9090", "0.0.0.0:9090", "CONFIG_INVALID_VALUE", "adminAddress"},
      {"127.0.0.1:9090", "", "OK", ""},
      {", \"adminAddress\": \"127.0.0.1:9090\"", "", "CONFIG_MISSING_FIELD", "adminAddress"},
      {"adminAddress", "admin_address", "CONFIG_UNKNOWN_FIELD", "admin_address"},
      {"\"dir\"", "\"folder\"", "CONFIG_UNKNOWN_FIELD", "tls.folder"},
      {"\"mode\": \"TRAINING\"", "\"mode\": \"TRAINING\", \"mode\": \"TRAINING\"",
       "CONFIG_MALFORMED", ""},
      {"{\n  \"mode\"", "{{", "CONFIG_MALFORMED", ""},
  };
  for (const auto& c : cases) {
    const std::string json = absl::StrReplaceAll(kGood, {{c.from, c.to}});
    ASSERT_NE(json, kGood) << c.from;
    const auto config = ParseConfig(json, "/etc/jodal");
    EXPECT_EQ(config.ok() ? "OK" : ErrorReason(config.status()), c.verdict)
        << c.from << " -> " << c.to;
    EXPECT_EQ(ErrorMetadataOf(config.status())["field"], c.field) << c.from << " -> " << c.to;
  }
}

TEST(ConfigTest, UnixOnlyNeedsNoTls) {
  const std::string json = absl::StrReplaceAll(
      kGood, {{"127.0.0.1:7002", "unix:run/jodal.sock"},
              {"\"tls\": {\"caFile\": \"tls/ca.pem\", \"dir\": \"tls\"},", ""}});
  EXPECT_TRUE(ParseConfig(json, "/etc/jodal").ok());
  const size_t rest = kUnixPathBytesMax - std::string("/run/jodal.sock").size();
  EXPECT_TRUE(ParseConfig(json, "/" + std::string(rest - 1, 'd')).ok());
  EXPECT_EQ(ErrorMetadataOf(ParseConfig(json, "/" + std::string(rest, 'd')).status())["field"],
            "services[0].address");
}

TEST(ConfigTest, MissingFile) {
  EXPECT_EQ(ErrorReason(LoadConfig("/nonexistent/config.json").status()), "CONFIG_FILE_MISSING");
}

TEST(ConfigTest, KeyFilesBelongToTheirOwnerAlone) {
  const std::string dir = testing::TempDir() + "/jodal_config_test_keys";
  std::filesystem::remove_all(dir);
  EXPECT_EQ(ErrorReason(CheckKeyFiles(dir)), "KEYS_DIR_MISSING");
  std::filesystem::create_directory(dir);
  const std::string key = dir + "/log-tender.pem";
  std::ofstream(key) << "x";
  std::ofstream(dir + "/session.pub") << "x";
  ASSERT_EQ(chmod(key.c_str(), 0640), 0);
  EXPECT_EQ(ErrorReason(CheckKeyFiles(dir)), "KEY_FILE_PERMISSIONS");
  ASSERT_EQ(chmod(key.c_str(), 0600), 0);
  EXPECT_TRUE(CheckKeyFiles(dir).ok());
  std::filesystem::remove_all(dir);
}

TEST(LogOriginTest, SaysTraining) {
  EXPECT_EQ(LogOrigin({.system = "demo", .service = "tender"}), "demo/tender");
  EXPECT_EQ(LogOrigin({.system = "demo", .training = true, .service = "tender"}),
            "training.demo/tender");
}

}  // namespace
}  // namespace jodal::config
