#include "common/metrics/metrics.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/metrics/admin_server.h"
#include "common/metrics/logging.h"
#include "common/status/error.h"

namespace jodal {
namespace {

std::string Get(int port, const std::string& method, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) {
    close(fd);
    return "";
  }
  const std::string request =
      absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(write(fd, request.data(), request.size()), static_cast<ssize_t>(request.size()));
  std::string out;
  char buffer[4096];
  ssize_t n = 0;
  while ((n = read(fd, buffer, sizeof(buffer))) > 0) out.append(buffer, static_cast<size_t>(n));
  close(fd);
  return out;
}

TEST(MetricsTest, CountsByNameAndLabels) {
  metrics::Count("test_total", "Help.", {{"kind", "a"}});
  metrics::Count("test_total", "Help.", {{"kind", "a"}}, 2);
  metrics::Count("test_total", "Help.", {{"kind", "b"}});
  metrics::Observe("test_seconds", "Help.", {}, 0.003);
  metrics::Set("test_level", "Help.", {}, 7);
  metrics::Set("test_total", "Help.", {}, 7);  // another kind under a taken name: dropped
  const std::string text = metrics::Exposition();
  EXPECT_TRUE(absl::StrContains(text, "test_total{kind=\"a\"} 3"));
  EXPECT_TRUE(absl::StrContains(text, "test_total{kind=\"b\"} 1"));
  EXPECT_TRUE(absl::StrContains(text, "test_seconds_bucket{le=\"0.0025\"} 0"));
  EXPECT_TRUE(absl::StrContains(text, "test_seconds_bucket{le=\"0.005\"} 1"));
  EXPECT_TRUE(absl::StrContains(text, "test_level 7"));
}

TEST(AdminServerTest, TellsHealthReadinessAndMetrics) {
  absl::Status ready = absl::OkStatus();
  auto server = metrics::AdminServer::Start("127.0.0.1:0", [&] { return ready; });
  ASSERT_TRUE(server.ok()) << server.status();
  metrics::Count("admin_test_total", "Help.", {});
  const int port = (*server)->port();
  EXPECT_TRUE(absl::StartsWith(Get(port, "GET", "/healthz"), "HTTP/1.1 200"));
  EXPECT_TRUE(absl::StartsWith(Get(port, "GET", "/readyz"), "HTTP/1.1 200"));
  EXPECT_TRUE(absl::StrContains(Get(port, "GET", "/metrics"), "admin_test_total 1"));
  EXPECT_TRUE(absl::StartsWith(Get(port, "POST", "/metrics"), "HTTP/1.1 405"));
  EXPECT_TRUE(absl::StartsWith(Get(port, "GET", "/etc/passwd"), "HTTP/1.1 404"));
  ready = MakeError(absl::StatusCode::kUnavailable, "LEDGER_STOPPED", "stopped");
  const std::string answer = Get(port, "GET", "/readyz");
  EXPECT_TRUE(absl::StartsWith(answer, "HTTP/1.1 503"));
  EXPECT_TRUE(absl::StrContains(answer, "LEDGER_STOPPED"));
  EXPECT_EQ(
      ErrorReason(
          metrics::AdminServer::Start("127.0.0.1:bad", [] { return absl::OkStatus(); }).status()),
      "ADMIN_LISTEN_FAILED");
}

TEST(LoggingTest, WritesOneJsonObjectALine) {
  const std::string path = testing::TempDir() + "/jodal_logging_test.jsonl";
  std::remove(path.c_str());
  ASSERT_TRUE(logging::Init({.file = path}).ok());
  logging::Write(logging::Level::kDebug, {{"service", "hidden"}});
  logging::Write(
      logging::Level::kInfo,
      {{"service", "tender"}, {"method", "a\"b\n{}\\\xff"}, {"reason", ""}, {"ms", int64_t{12}}});
  ASSERT_TRUE(logging::Init({}).ok());
  std::ifstream in(path);
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["level"], "info");
  EXPECT_EQ(json["service"], "tender");
  EXPECT_EQ(json["method"], "a\"b\n{}\\\u00ff");
  EXPECT_EQ(json["ms"], 12);
  EXPECT_FALSE(json.contains("reason"));
  EXPECT_EQ(json["ts"].get<std::string>().size(), 24u);
  EXPECT_FALSE(std::getline(in, line));
  EXPECT_EQ(ErrorReason(logging::Init({.file = "/dev/null/x"})), "LOG_FILE_IO");
}

}  // namespace
}  // namespace jodal
