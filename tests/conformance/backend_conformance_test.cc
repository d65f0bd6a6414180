// The contract of common/kv/backend.h, for every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/kv/backend.h"
#include "common/status/error.h"
#include "tests/conformance/stores.h"

namespace jodal::conformance {
namespace {

using kv::KeyValue;
using kv::WriteBatch;
using Model = std::map<std::string, std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs ToPairs(const absl::StatusOr<std::vector<KeyValue>>& scanned) {
  Pairs out;
  EXPECT_TRUE(scanned.ok()) << scanned.status();
  if (scanned.ok()) {
    for (const KeyValue& pair : *scanned) out.emplace_back(pair.key, pair.value);
  }
  return out;
}

Pairs ModelScan(const Model& model, const std::string& begin, const std::string& end, size_t limit,
                bool reverse) {
  Pairs out;
  for (const auto& [key, value] : model) {
    if (key >= begin && (end.empty() || key < end)) out.emplace_back(key, value);
  }
  if (reverse) std::reverse(out.begin(), out.end());
  if (out.size() > limit) out.resize(limit);
  return out;
}

class BackendConformance : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    const std::string missing = GetParam().missing();
    if (!missing.empty()) GTEST_SKIP() << missing;
    Fresh();
  }
  void Fresh() {
    backend_.reset();
    store_ = GetParam().make();
    Reopen();
  }
  void Reopen() {
    backend_.reset();
    auto opened = store_->Open();
    ASSERT_TRUE(opened.ok()) << opened.status();
    backend_ = *std::move(opened);
  }
  std::unique_ptr<Store> store_;
  std::unique_ptr<kv::Backend> backend_;
};

TEST_P(BackendConformance, KeysAndValuesAreAnyBytes) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  const std::string long_key(kv::kKeyBytesMax, '\xff');
  const std::string long_value(kv::kValueBytesMax, '\0');
  ASSERT_TRUE(backend_->Write({{{all, all}, {long_key, long_value}, {"empty", ""}}}).ok());
  Reopen();
  const auto reader = backend_->NewSnapshot();
  EXPECT_EQ(reader->Get(all).value(), all);
  EXPECT_TRUE(reader->Get(long_key).value() == long_value);
  EXPECT_EQ(reader->Get("empty").value(), "");
  EXPECT_EQ(reader->Get("absent").value(), std::nullopt);
}

TEST_P(BackendConformance, OrderIsByUnsignedBytes) {
  ASSERT_TRUE(backend_
                  ->Write({{{"b", "3"},
                            {"\x80", "5"},
                            {std::string("a\0", 2), "2"},
                            {"a", "1"},
                            {"\x7f", "4"},
                            {"\xff", "6"}}})
                  .ok());
  std::string order;
  for (const auto& [key, value] : ToPairs(backend_->NewSnapshot()->Scan("", "", 100)))
    order += value;
  EXPECT_EQ(order, "123456");
}

TEST_P(BackendConformance, APrefetchChangesNoAnswer) {
  ASSERT_TRUE(backend_->Write({{{"a", "1"}, {"b", "1"}, {"c", "1"}}}).ok());
  const auto reader = backend_->NewSnapshot();
  reader->Prefetch({"b", "absent", "b", "", "a"});
  ASSERT_TRUE(
      backend_->Write({{{"a", "2"}, {"b", std::nullopt}, {"c", "2"}, {"absent", "2"}}}).ok());
  EXPECT_EQ(reader->Get("a").value(), "1");
  EXPECT_EQ(reader->Get("b").value(), "1");
  EXPECT_EQ(reader->Get("c").value(), "1");
  EXPECT_EQ(reader->Get("absent").value(), std::nullopt);
  EXPECT_EQ(ToPairs(reader->Scan("", "", 9)), (Pairs{{"a", "1"}, {"b", "1"}, {"c", "1"}}));
  EXPECT_EQ(backend_->NewSnapshot()->Get("absent").value(), "2");
}

TEST_P(BackendConformance, ALaterOperationOfABatchWins) {
  ASSERT_TRUE(backend_
                  ->Write({{{"a", "1"},
                            {"a", "2"},
                            {"b", "1"},
                            {"b", std::nullopt},
                            {"c", std::nullopt},
                            {"c", "3"}}})
                  .ok());
  EXPECT_EQ(ToPairs(backend_->NewSnapshot()->Scan("", "", 100)), (Pairs{{"a", "2"}, {"c", "3"}}));
  ASSERT_TRUE(backend_->Write({}).ok());
}

TEST_P(BackendConformance, AGuardLetsABatchInWholeOrNotAtAll) {
  const auto write = [&](std::optional<std::string> expected, const std::string& value) {
    return backend_->Write({.ops = {{"a", value}, {"gone", std::nullopt}},
                            .guard = WriteBatch::Guard{"g", std::move(expected), value}});
  };
  const auto stored = [&] { return ToPairs(backend_->NewSnapshot()->Scan("", "", 100)); };
  const auto refused = [](const absl::Status& status) {
    return status.code() == absl::StatusCode::kFailedPrecondition &&
           ErrorReason(status) == "STORE_CONFLICT";
  };
  ASSERT_TRUE(backend_->Write({{{"gone", "not yet"}}}).ok());
  EXPECT_TRUE(refused(write("0", "1"))) << "expected a value where there is none";
  EXPECT_TRUE(refused(write("", "1"))) << "an empty value is not an absent one";
  EXPECT_EQ(stored(), (Pairs{{"gone", "not yet"}}));
  EXPECT_TRUE(write(std::nullopt, "1").ok());
  EXPECT_EQ(stored(), (Pairs{{"a", "1"}, {"g", "1"}}));
  EXPECT_TRUE(refused(write(std::nullopt, "2"))) << "expected none where there is a value";
  EXPECT_TRUE(refused(write("0", "2")));
  Reopen();
  EXPECT_TRUE(refused(write("12", "2")));
  EXPECT_EQ(stored(), (Pairs{{"a", "1"}, {"g", "1"}}));
  EXPECT_TRUE(write("1", "2").ok());
  EXPECT_TRUE(refused(write("1", "3"))) << "the writer of 2 has been here";
  EXPECT_TRUE(backend_->Write({.guard = WriteBatch::Guard{"g", "2", std::string("\0", 1)}}).ok());
  EXPECT_EQ(stored(), (Pairs{{"a", "2"}, {"g", std::string("\0", 1)}}));
}

TEST_P(BackendConformance, ScanHoldsItsBoundsAndLimit) {
  WriteBatch batch;
  for (char c = 'a'; c <= 'e'; ++c) batch.ops.push_back({std::string(1, c), "v"});
  ASSERT_TRUE(backend_->Write(batch).ok());
  const auto reader = backend_->NewSnapshot();
  const auto keys = [](const absl::StatusOr<std::vector<KeyValue>>& pairs) {
    std::string out;
    for (const auto& pair : ToPairs(pairs)) out += pair.first;
    return out;
  };
  struct Case {
    const char* begin;
    const char* end;
    size_t limit;
    const char* up;
    const char* down;
  };
  for (const Case& c : std::vector<Case>{{"b", "d", 9, "bc", "cb"},
                                         {"b", "d", 1, "b", "c"},
                                         {"aa", "dd", 9, "bcd", "dcb"},
                                         {"", "", 9, "abcde", "edcba"},
                                         {"c", "", 9, "cde", "edc"},
                                         {"", "c", 9, "ab", "ba"},
                                         {"d", "b", 9, "", ""},
                                         {"b", "b", 9, "", ""},
                                         {"x", "z", 9, "", ""},
                                         {"", "", 0, "", ""},
                                         {"", "", SIZE_MAX, "abcde", "edcba"}}) {
    EXPECT_EQ(keys(reader->Scan(c.begin, c.end, c.limit)), c.up) << c.begin << ".." << c.end;
    EXPECT_EQ(keys(reader->ScanReverse(c.begin, c.end, c.limit)), c.down)
        << c.begin << ".." << c.end;
  }
}

TEST_P(BackendConformance, RandomBatchesAgainstAMap) {
  for (uint64_t seed = TestSeed(1), end = seed + 3; seed < end; ++seed) {
    SCOPED_TRACE(absl::StrCat("JODAL_TEST_SEED=", seed));
    std::mt19937_64 random(seed);
    Fresh();
    const auto key = [&] { return absl::StrCat("k", random() % 40); };
    Model model;
    std::vector<std::pair<std::unique_ptr<kv::Reader>, Model>> snapshots;
    for (int step = 0; step < 150; ++step) {
      WriteBatch batch;
      for (uint64_t i = random() % 8; i > 0; --i) {
        const std::string k = key();
        if (random() % 3 == 0) {
          batch.ops.push_back({k, std::nullopt});
          model.erase(k);
        } else {
          const std::string v = absl::StrCat(random());
          batch.ops.push_back({k, v});
          model[k] = v;
        }
      }
      ASSERT_TRUE(backend_->Write(batch).ok());
      if (random() % 4 == 0) snapshots.emplace_back(backend_->NewSnapshot(), model);
      if (snapshots.size() > 5) {
        snapshots.erase(snapshots.begin() + static_cast<std::ptrdiff_t>(random() % 5));
      }
      if (step % 60 == 59) {
        snapshots.clear();
        Reopen();
        snapshots.emplace_back(backend_->NewSnapshot(), model);
      }
      for (const auto& [reader, seen] : snapshots) {
        std::string begin = key();
        std::string end = key();
        if (end < begin) std::swap(begin, end);
        const size_t limit = random() % 12;
        ASSERT_EQ(ToPairs(reader->Scan(begin, end, limit)),
                  ModelScan(seen, begin, end, limit, false));
        ASSERT_EQ(ToPairs(reader->ScanReverse(begin, end, limit)),
                  ModelScan(seen, begin, end, limit, true));
        const auto it = seen.find(begin);
        ASSERT_EQ(reader->Get(begin).value(),
                  it == seen.end() ? std::nullopt : std::optional<std::string>(it->second));
      }
    }
  }
}

TEST_P(BackendConformance, ABatchIsSeenWholeOrNotAtAll) {
  constexpr int kKeys = 20;
  constexpr int kBatches = 200;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int n = 1; n <= kBatches; ++n) {
      WriteBatch batch;
      for (int i = 0; i < kKeys; ++i) batch.ops.push_back({absl::StrCat("k", i), absl::StrCat(n)});
      ASSERT_TRUE(backend_->Write(batch).ok());
    }
    done = true;
  });
  int looks = 0;
  while (!done || looks == 0) {
    const auto reader = backend_->NewSnapshot();
    const auto pairs = ToPairs(reader->Scan("k", "l", 100));
    ASSERT_TRUE(pairs.empty() || pairs.size() == kKeys);
    for (const auto& pair : pairs) ASSERT_EQ(pair.second, pairs[0].second);
    if (!pairs.empty()) {
      ASSERT_EQ(reader->Get("k7").value(), pairs[0].second) << "reads of one snapshot agree";
    }
    ++looks;
  }
  writer.join();
}

INSTANTIATE_TEST_SUITE_P(Engines, BackendConformance, testing::ValuesIn(Engines()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace jodal::conformance
