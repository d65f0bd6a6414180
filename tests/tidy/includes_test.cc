// Which layer may include what: docs/architecture.md as a table. An edge that no row allows fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tests/tidy/sources.h"

namespace jodal::tidy {
namespace {

// "services/*/domain" for services/tender/domain/life_cycle.h; "services/*" for its module.cc;
// "common/kv" and "procurement/bid" for theirs.
std::string LayerOf(const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  if (parts[0] == "services" && parts.size() > 3) {
    return absl::StrCat("services/*/", parts[2]);
  }
  if (parts[0] == "services" && (parts[1] == "kit" || parts[1] == "allinone")) {
    return absl::StrCat("services/", parts[1]);
  }
  if (parts[0] == "services") return "services/*";
  if ((parts[0] == "common" || parts[0] == "procurement" || parts[0] == "clients") &&
      parts.size() > 2) {
    return absl::StrCat(parts[0], "/", parts[1]);
  }
  return parts[0];
}

struct Rule {
  const char* layer;
  std::vector<const char*> may;  // prefixes of includes; "services/*/" means the own service
};

// What is not listed is refused. System and third-party headers are judged by kNoGrpc below.
const std::vector<Rule>& Rules() {
  static const auto* rules = new std::vector<Rule>{
      // Facilities: they know no procurement word, and each row names only rows above it, so that
      // no two folders lean on each other. Everybody may use common/base and common/status.
      {"common/base", {}},
      {"common/status", {}},
      {"common/clock", {}},
      {"common/metrics", {}},
      {"common/money", {}},
      {"common/crypto", {}},
      {"common/pki", {"common/crypto/"}},
      {"common/sealing", {"common/crypto/"}},
      {"common/document", {"common/crypto/", "jodal/document/v1/signed."}},
      {"common/config", {"common/document/", "jodal/config/"}},
      {"common/kv", {"common/crypto/", "common/metrics/"}},
      {"common/log", {"common/crypto/"}},
      {"common/ledger",
       {"common/clock/", "common/crypto/", "common/kv/", "common/log/", "jodal/log/"}},
      {"common/rpc",
       {"common/clock/", "common/crypto/", "common/metrics/", "google/rpc/", "jodal/rpc/"}},
      {"common/document_client", {"common/document/", "common/rpc/", "jodal/signature/"}},
      {"common/log_service", {"common/clock/", "common/ledger/", "common/rpc/", "jodal/log/"}},
      {"common/host", {"common/", "jodal/config/", "jodal/log/", "jodal/training/"}},

      // The law and the formats: pure functions over the public protos.
      {"procurement", {}},  // limits.h
      {"procurement/documents", {}},
      {"procurement/rules", {"common/money/", "procurement/limits.h"}},
      {"procurement/people", {"procurement/limits.h"}},
      {"procurement/method", {"procurement/rules/"}},
      {"procurement/notice",
       {"procurement/documents/", "procurement/rules/", "procurement/method/"}},
      {"procurement/bid",
       {"procurement/documents/", "procurement/rules/", "procurement/method/",
        "procurement/notice/"}},
      {"procurement/register",
       {"procurement/documents/", "procurement/notice/", "procurement/people/"}},
      {"procurement/acts",
       {"procurement/documents/", "procurement/notice/", "procurement/people/"}},
      {"procurement/award",
       {"procurement/documents/", "procurement/rules/", "procurement/method/",
        "procurement/notice/"}},

      // No I/O, clock, randomness or protos.
      {"services/*/domain",
       {"common/money/", "services/*/domain/", "services/*/errors.h", "services/*/limits.h",
        "services/kit/errors.h"}},
      {"services/*/store",
       {"common/kv/", "common/ledger/", "services/*/domain/", "services/*/store/",
        "services/*/limits.h", "services/*/errors.h", "procurement/stores.h", "jodal/"}},
      {"services/*/engine",
       {"common/", "procurement/", "services/*/domain/", "services/*/store/", "services/*/engine/",
        "services/*/limits.h", "services/*/errors.h", "services/kit/", "jodal/"}},
      {"services/*/api", {"common/", "procurement/", "services/*/", "services/kit/", "jodal/"}},
      {"services/*", {"common/", "procurement/", "services/*/", "services/kit/", "jodal/"}},
      {"services/kit",
       {"common/", "procurement/", "services/kit/", "jodal/document/", "jodal/event/",
        "jodal/inbox/", "jodal/log/"}},
      {"services/allinone", {"common/", "services/", "jodal/"}},
      // Beside the services. Nobody includes the demo: what people work with need not link it.
      {"clients/catalog", {"nlohmann/"}},
      {"clients/sdk", {"common/", "procurement/", "jodal/", "nlohmann/"}},
      {"clients/bundle", {"common/", "procurement/", "clients/sdk/", "jodal/"}},
      {"clients/install", {"common/", "procurement/", "clients/sdk/", "jodal/"}},
      {"clients/cli",
       {"common/", "procurement/", "clients/catalog/", "clients/sdk/", "clients/bundle/",
        "clients/install/", "jodal/", "nlohmann/"}},
      {"clients/demo",
       {"common/", "procurement/", "clients/sdk/", "clients/bundle/", "clients/install/",
        "clients/cli/", "jodal/", "nlohmann/"}},
      {"tests", {""}},
      {"benchmarks", {""}},
  };
  return *rules;
}

// What the pure library may include of `common`, and what everything in it may.
constexpr const char* kUnderEverything[] = {"common/base/", "common/status/"};
constexpr const char* kUnderProcurement[] = {
    "common/money/",   "common/crypto/",    "common/sealing/",        "common/document/",
    "jodal/document/", "jodal/bidding/v1/", "jodal/tender/v1/",       "jodal/contract/v1/",
    "jodal/event/",    "jodal/payment/v1/", "jodal/registration/v1/", "procurement/limits.h"};

bool StartsWithAny(const std::string& include, absl::Span<const char* const> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](const char* p) { return absl::StartsWith(include, p); });
}

bool Allowed(const std::string& path, const std::string& include) {
  const std::vector<std::string> parts = absl::StrSplit(path, '/');
  const std::string layer = LayerOf(path);
  for (const Rule& rule : Rules()) {
    if (layer != rule.layer) continue;
    if (absl::StartsWith(include, absl::StrCat(layer, "/"))) return true;
    if (StartsWithAny(include, kUnderEverything)) return true;
    if (parts[0] == "procurement" && StartsWithAny(include, kUnderProcurement)) return true;
    for (std::string prefix : rule.may) {
      if (absl::StartsWith(prefix, "services/*/")) {
        prefix = absl::StrCat("services/", parts[1], prefix.substr(10));
      }
      if (absl::StartsWith(include, prefix)) return true;
    }
  }
  return false;
}

// A row names only rows before it: so the folders cannot go in a circle.
TEST(Includes, NoTwoFoldersOfCommonOrProcurementLeanOnEachOther) {
  std::vector<std::string> before;
  for (const Rule& rule : Rules()) {
    const std::string layer = rule.layer;
    if (!absl::StartsWith(layer, "common/") && !absl::StartsWith(layer, "procurement/")) continue;
    for (const std::string prefix : rule.may) {
      const bool folder = absl::EndsWith(prefix, "/") && (absl::StartsWith(prefix, "common/") ||
                                                          absl::StartsWith(prefix, "procurement/"));
      if (!folder || prefix == "common/") continue;
      EXPECT_THAT(before, testing::Contains(prefix)) << layer;
    }
    before.push_back(absl::StrCat(layer, "/"));
  }
  EXPECT_GE(before.size(), 20u);
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
        absl::StartsWith(layer, "clients/") || layer == "benchmarks" ||
        absl::StartsWith(source.path, "common/rpc/") ||
        absl::StartsWith(source.path, "common/host/") ||
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
