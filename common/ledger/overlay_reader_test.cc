#include "common/ledger/overlay_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jodal::ledger {
namespace {

std::string Keys(const absl::StatusOr<std::vector<kv::KeyValue>>& pairs) {
  std::string out;
  for (const kv::KeyValue& pair : pairs.value()) out += pair.key + "=" + pair.value + " ";
  return out;
}

TEST(OverlayReaderTest, MergesInBothDirections) {
  const auto backend = kv::NewMemoryBackend();
  ASSERT_TRUE(backend->Write({{{"a", "1"}, {"c", "1"}, {"e", "1"}, {"g", "1"}}}).ok());
  const auto base = backend->NewSnapshot();
  const Writes writes = {
      {"b", "2"}, {"c", std::nullopt}, {"d", std::nullopt}, {"e", "2"}, {"h", "2"}};
  const OverlayReader reader(*base, writes);

  EXPECT_EQ(reader.Get("a").value(), "1");
  EXPECT_EQ(reader.Get("b").value(), "2");
  EXPECT_EQ(reader.Get("c").value(), std::nullopt);
  EXPECT_EQ(reader.Get("e").value(), "2");

  struct Case {
    const char* begin;
    const char* end;
    size_t limit;
    const char* ascending;
    const char* descending;
  };
  for (const Case& c : std::vector<Case>{
           {"", "", SIZE_MAX, "a=1 b=2 e=2 g=1 h=2 ", "h=2 g=1 e=2 b=2 a=1 "},
           {"", "", 2, "a=1 b=2 ", "h=2 g=1 "},
           {"b", "g", 9, "b=2 e=2 ", "e=2 b=2 "},
           {"b", "g", 1, "b=2 ", "e=2 "},
           {"c", "e", 9, "", ""},
           {"c", "f", 1, "e=2 ", "e=2 "},
           {"g", "b", 9, "", ""},
           {"", "", 0, "", ""},
       }) {
    EXPECT_EQ(Keys(reader.Scan(c.begin, c.end, c.limit)), c.ascending) << c.begin << c.end;
    EXPECT_EQ(Keys(reader.ScanReverse(c.begin, c.end, c.limit)), c.descending) << c.begin << c.end;
  }
}

}  // namespace
}  // namespace jodal::ledger
