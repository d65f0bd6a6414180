#include "common/ledger/steady_values.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace jodal::ledger {
namespace {

using Value = std::optional<std::string>;

TEST(SteadyValuesTest, KeepsUntilACommitWritesTheKey) {
  SteadyValues values;
  EXPECT_FALSE(values.Find("box").has_value());
  values.Keep("box", "1", 0);
  EXPECT_EQ(*values.Find("box"), Value("1"));
  values.Forget({{"other", "x"}}, 1);
  EXPECT_EQ(*values.Find("box"), Value("1"));
  values.Forget({{"box", "2"}}, 2);
  EXPECT_FALSE(values.Find("box").has_value());
}

TEST(SteadyValuesTest, DoesNotKeepWhatACommitMayHaveWrittenSince) {
  SteadyValues values;
  values.Forget({{"box", "2"}}, 7);  // nobody had it
  values.Keep("box", "1", 6);        // read before
  EXPECT_FALSE(values.Find("box").has_value());
  values.Keep("box", "2", 7);
  EXPECT_EQ(*values.Find("box"), Value("2"));
}

TEST(SteadyValuesTest, IsBounded) {
  SteadyValues values;
  for (size_t i = 0; i <= SteadyValues::kValuesMax; ++i) values.Keep(absl::StrCat(i), "v", 0);
  EXPECT_FALSE(values.Find("0").has_value());
  EXPECT_TRUE(values.Find(absl::StrCat(SteadyValues::kValuesMax)).has_value());
  values.Keep("large", std::string(SteadyValues::kValueBytesMax, 'x'), 0);
  values.Keep("larger", std::string(SteadyValues::kValueBytesMax + 1, 'x'), 0);
  EXPECT_TRUE(values.Find("large").has_value());
  EXPECT_FALSE(values.Find("larger").has_value());
}

TEST(SteadyReaderTest, AsksTheStoreOnce) {
  const auto backend = kv::NewMemoryBackend();
  ASSERT_TRUE(backend->Write({{{"box", "1"}, {"other", "a"}}}).ok());
  SteadyValues values;
  EXPECT_EQ(*SteadyReader(*backend->NewSnapshot(), 0, "box", values).Get("box"), Value("1"));
  ASSERT_TRUE(backend->Write({{{"box", "2"}, {"other", "b"}}}).ok());
  const auto newer = backend->NewSnapshot();
  const SteadyReader reader(*newer, 0, "box", values);
  EXPECT_EQ(*reader.Get("box"), Value("1")) << "the write was not announced";
  EXPECT_EQ(*reader.Get("other"), Value("b"));
  EXPECT_EQ(reader.Scan("", "", 10)->size(), 2u);
  EXPECT_EQ(reader.ScanReverse("", "", 10)->front().key, "other");
  values.Forget({{"box", "2"}}, 1);
  EXPECT_EQ(*SteadyReader(*newer, 1, "box", values).Get("box"), Value("2"));
  // An absent key is asked for every time: it may be of no tender at all.
  EXPECT_EQ(*SteadyReader(*newer, 1, "gone", values).Get("gone"), Value());
  EXPECT_FALSE(values.Find("gone").has_value());
}

}  // namespace
}  // namespace jodal::ledger
