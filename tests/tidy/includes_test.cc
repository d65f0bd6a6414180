// Which layer may include what: docs/architecture.md as a table. An edge that no row allows fails.
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

// "services/tender/domain" for services/tender/domain/draw.h; "services/tender" for its module.cc.
std::string LayerOf(const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  if (parts[0] == "services" && parts.size() > 3) {
    return absl::StrCat("services/*/", parts[2]);
  }
  if (parts[0] == "services" && (parts[1] == "kit" || parts[1] == "allinone")) {
    return absl::StrCat("services/", parts[1]);
  }
  if (parts[0] == "services") return "services/*";
  if (parts[0] == "common") return "common";
  return parts[0];
}

struct Rule {
  const char* layer;
  std::vector<const char*> may;  // prefixes of includes; "services/*/" means the own service
};

// What is not listed is refused. System and third-party headers are judged by kNoGrpc below.
const std::vector<Rule>& Rules() {
  static const auto* rules = new std::vector<Rule>{
      // No I/O, clock, randomness or protos.
      {"services/*/domain",
       {"common/base/", "common/money/", "common/status/", "services/*/domain/",
        "services/*/rules/", "services/*/errors.h", "services/*/limits.h"}},
      {"services/*/rules",
       {"common/base/", "common/money/", "common/status/", "services/*/rules/"}},
      {"services/*/store",
       {"common/base/", "common/kv/", "common/ledger/", "common/status/", "services/*/domain/",
        "services/*/store/", "services/*/limits.h", "services/*/errors.h", "jodal/"}},
      {"services/*/engine",
       {"common/", "services/*/domain/", "services/*/rules/", "services/*/store/",
        "services/*/engine/", "services/*/limits.h", "services/*/errors.h", "services/kit/",
        "jodal/"}},
      {"services/*/api", {"common/", "services/*/", "services/kit/", "jodal/"}},
      {"services/*", {"common/", "services/*/", "services/kit/", "jodal/"}},
      {"services/kit",
       {"common/", "services/kit/", "jodal/document/", "jodal/event/", "jodal/log/"}},
      {"services/allinone", {"common/", "services/", "jodal/"}},
      // Knows no procurement: only the protos of its own facilities.
      {"common",
       {"common/", "jodal/log/", "jodal/rpc/", "jodal/config/", "jodal/training/",
        "jodal/signature/", "jodal/document/v1/signed.", "google/rpc/"}},
      {"clients",
       {"common/", "clients/", "jodal/", "services/tender/domain/", "services/tender/rules/",
        "services/tender/engine/", "services/bidding/domain/", "services/registration/domain/",
        "services/kit/event.h", "nlohmann/"}},
      {"tests", {""}},
      {"benchmarks", {""}},
  };
  return *rules;
}

bool Allowed(const std::string& path, const std::string& include) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  const std::string layer = LayerOf(path);
  for (const Rule& rule : Rules()) {
    if (layer != rule.layer) continue;
    for (std::string prefix : rule.may) {
      if (absl::StartsWith(prefix, "services/*/")) {
        prefix = absl::StrCat("services/", parts[1], prefix.substr(10));
      }
      if (absl::StartsWith(include, prefix)) return true;
    }
  }
  return false;
}

TEST(Includes, FollowTheLayers) {
  const std::regex quoted("^#include \"([^\"]+)\"");
  int edges = 0;
  for (const Source& source : Sources()) {
    const bool test = source.IsTest();
    for (const std::string& line : source.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, quoted)) continue;
      const std::string include = match[1];
      if (absl::StartsWith(include, "absl/")) continue;
      ++edges;
      if (test) continue;  // tests may reach what they test with
      EXPECT_TRUE(Allowed(source.path, include))
          << source.path << " includes " << include << ", which its layer may not";
    }
  }
  EXPECT_GT(edges, 500);
}

// gRPC costs seconds a translation unit and belongs to the edges.
TEST(Includes, GrpcStaysAtTheEdges) {
  for (const Source& source : Sources()) {
    if (source.IsTest()) continue;
    const std::string layer = LayerOf(source.path);
    if (layer == "services/*/api" || layer == "services/*" || layer == "services/allinone" ||
        layer == "clients" || layer == "benchmarks" ||
        absl::StartsWith(source.path, "common/rpc/") ||
        absl::StartsWith(source.path, "common/log_service/") ||
        source.path == "common/document_client/remote_verifier.cc") {
      continue;
    }
    for (const std::string& line : source.lines) {
      EXPECT_FALSE(absl::StrContains(line, "#include <grpc") ||
                   absl::StrContains(line, ".grpc.pb.h"))
          << source.path << " includes gRPC";
    }
  }
}

}  // namespace
}  // namespace jodal::tidy
