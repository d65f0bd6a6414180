// Transactions over every engine: many threads at once, checked against a std::map.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "common/ledger/check_ledger.h"
#include "common/ledger/ledger.h"
#include "common/ledger/testing.h"
#include "common/log/receipt.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "tests/conformance/stores.h"

namespace jodal::conformance {
namespace {

using ledger::Committed;
using ledger::kTestOrigin;
using ledger::Ledger;
using ledger::LoggedEntry;
using ledger::Txn;
using ledger::UpdateRequest;

class LedgerConformance : public testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    const std::string missing = GetParam().missing();
    if (!missing.empty()) GTEST_SKIP() << missing;
    Fresh();
  }
  void Fresh() {
    ledger_.reset();
    store_ = GetParam().make();
    Reopen();
  }
  void Reopen() {
    ledger_.reset();
    auto backend = store_->Open();
    ASSERT_TRUE(backend.ok()) << backend.status();
    backend_ = backend->get();
    auto opened = Ledger::Open(*std::move(backend), ledger::TestOptions(&clock_));
    ASSERT_TRUE(opened.ok()) << opened.status();
    ledger_ = *std::move(opened);
  }
  absl::StatusOr<Committed> Update(const Ledger::Body& body) { return ledger_->Update({}, body); }
  absl::Status Check() { return ledger::CheckLedger(*backend_, kTestOrigin); }

  ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  std::unique_ptr<Store> store_;
  std::unique_ptr<Ledger> ledger_;
  const kv::Backend* backend_ = nullptr;  // the ledger's
};

TEST_P(LedgerConformance, AnUpdateIsAtomicAndSurvivesReopening) {
  ASSERT_TRUE(Update([](Txn& txn) {
                txn.Put("a", "1");
                txn.Put("b", "2");
                txn.Emit({.type = "test", .body = "x"});
                return absl::OkStatus();
              }).ok());
  EXPECT_FALSE(Update([](Txn& txn) {
                 txn.Put("a", "9");
                 txn.Delete("b");
                 txn.Emit({.type = "test"});
                 return absl::AbortedError("no");
               }).ok());
  Reopen();
  EXPECT_TRUE(ledger_
                  ->View(0,
                         [](const kv::Reader& reader) {
                           EXPECT_EQ(reader.Get("a").value(), "1");
                           EXPECT_EQ(reader.Get("b").value(), "2");
                           return absl::OkStatus();
                         })
                  .ok());
  EXPECT_EQ(ledger_->Size(), 1u);
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_P(LedgerConformance, AViewIsOneSnapshot) {
  const auto put = [](const char* value) {
    return [value](Txn& txn) {
      txn.Put("a", value);
      txn.Put("b", value);
      txn.Emit({.type = "test"});
      return absl::OkStatus();
    };
  };
  ASSERT_TRUE(Update(put("1")).ok());
  EXPECT_TRUE(ledger_
                  ->View(0,
                         [&](const kv::Reader& reader) {
                           EXPECT_EQ(reader.Get("a").value(), "1");
                           EXPECT_TRUE(Update(put("2")).ok());
                           EXPECT_EQ(reader.Get("b").value(), "1");
                           EXPECT_EQ(reader.Scan("", "", 9)->at(1).value, "1");
                           return absl::OkStatus();
                         })
                  .ok());
}

// Another process has taken the store over; the first one does not know it yet.
TEST_P(LedgerConformance, AStaleWriterIsFencedByTheHead) {
  const auto put = [](const char* value, bool reads) {
    return [value, reads](Txn& txn) -> absl::Status {
      if (reads) RETURN_IF_ERROR(txn.Get("a").status());
      txn.Put("a", value);
      txn.Emit({.type = "test"});
      return absl::OkStatus();
    };
  };
  for (const bool reads : {false, true}) {
    Fresh();
    ASSERT_TRUE(Update(put("1", reads)).ok());
    auto backend = store_->Open();
    if (!store_->shared()) {
      EXPECT_EQ(ErrorReason(backend.status()), "STORE_LOCKED");
      continue;
    }
    ASSERT_TRUE(backend.ok()) << backend.status();
    auto other = Ledger::Open(*std::move(backend), ledger::TestOptions(&clock_));
    ASSERT_TRUE(other.ok()) << other.status();
    // Before the other one has written anything but the head.
    const absl::Status fenced = Update(put("2", reads)).status();
    EXPECT_EQ(fenced.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ErrorReason(fenced), "LEDGER_FENCED");
    EXPECT_TRUE(ledger_->stopped());
    EXPECT_TRUE((*other)->Update({}, put("3", reads)).ok());
    EXPECT_EQ(ErrorReason(Update(put("4", reads)).status()), "LEDGER_STOPPED");
    EXPECT_TRUE((*other)
                    ->View(0,
                           [](const kv::Reader& reader) {
                             EXPECT_EQ(reader.Get("a").value(), "3");
                             return absl::OkStatus();
                           })
                    .ok());
    EXPECT_EQ((*other)->Size(), 2u);
    Reopen();
    EXPECT_EQ(ErrorReason((*other)->Update({}, put("5", reads)).status()), "LEDGER_FENCED");
    EXPECT_TRUE(Check().ok()) << Check();
  }
}

TEST_P(LedgerConformance, HoldsItsLimitsToTheByte) {
  using ledger::kCommitBytesMax;
  using ledger::kEventBodyBytesMax;
  using ledger::kStateKeyBytesMax;
  using ledger::kStateKeysMax;
  using ledger::kValueBytesMax;
  const auto event = [](Txn& txn) { txn.Emit({.type = "test", .body = "b"}); };
  const auto reason = [&](const Ledger::Body& body) { return ErrorReason(Update(body).status()); };
  for (const size_t past : {0, 1}) {
    EXPECT_EQ(reason([&](Txn& txn) {
                txn.Put(std::string(kStateKeyBytesMax + past, '\xff'), "v");
                event(txn);
                return absl::OkStatus();
              }),
              past == 0 ? "" : "KEY_TOO_LONG");
    EXPECT_EQ(reason([&](Txn& txn) {
                txn.Put("value", std::string(kValueBytesMax + past, '\0'));
                event(txn);
                return absl::OkStatus();
              }),
              past == 0 ? "" : "VALUE_TOO_LARGE");
    EXPECT_EQ(reason([&](Txn& txn) {
                txn.Emit({.type = "test", .body = std::string(kEventBodyBytesMax + past, 'b')});
                return absl::OkStatus();
              }),
              past == 0 ? "" : "VALUE_TOO_LARGE");
    EXPECT_EQ(reason([&](Txn& txn) {
                for (size_t i = 0; i < kStateKeysMax + past; ++i)
                  txn.Put(absl::StrCat("k", i), "v");
                event(txn);
                return absl::OkStatus();
              }),
              past == 0 ? "" : "COMMIT_TOO_LARGE");
    EXPECT_EQ(reason([&](Txn& txn) {
                // Keys of 4 bytes after their shard's 3, the event's type and body.
                size_t left = kCommitBytesMax + past - 5;
                for (int i = 10; left > 0; ++i) {
                  const size_t bytes = std::min(left - 7, size_t{90'000});
                  txn.Put(absl::StrCat("v.", i), std::string(bytes, 'v'));
                  left -= bytes + 7;
                }
                event(txn);
                return absl::OkStatus();
              }),
              past == 0 ? "" : "COMMIT_TOO_LARGE");
  }
  Reopen();
  EXPECT_TRUE(ledger_
                  ->View(0,
                         [&](const kv::Reader& reader) {
                           EXPECT_EQ(reader.Get(std::string(kStateKeyBytesMax, '\xff')).value(),
                                     "v");
                           EXPECT_EQ(reader.Get("value")->value().size(), kValueBytesMax);
                           EXPECT_EQ(reader.Scan("k", "l", 1000)->size(), kStateKeysMax);
                           EXPECT_EQ(reader.Scan("v.", "v/", 1000)->size(), 12u);
                           return absl::OkStatus();
                         })
                  .ok());
  EXPECT_EQ(ledger_->Size(), 5u);
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_P(LedgerConformance, ShardsDoNotSeeEachOther) {
  for (const uint16_t shard : {0, 1, 255, 256, 1023}) {
    ASSERT_TRUE(ledger_
                    ->Update({.shard = shard},
                             [&](Txn& txn) {
                               txn.Put("k", absl::StrCat(shard));
                               txn.Emit({.type = "test"});
                               return absl::OkStatus();
                             })
                    .ok());
  }
  for (const uint16_t shard : {0, 1, 255, 256, 1023}) {
    EXPECT_TRUE(ledger_
                    ->View(shard,
                           [&](const kv::Reader& reader) {
                             const auto up = reader.Scan("", "", 9).value();
                             const auto down = reader.ScanReverse("", "", 9).value();
                             EXPECT_EQ(up.size(), 1u);
                             EXPECT_EQ(down.size(), 1u);
                             EXPECT_EQ(up[0].key, "k");
                             EXPECT_EQ(up[0].value, absl::StrCat(shard));
                             return absl::OkStatus();
                           })
                    .ok());
  }
}

TEST_P(LedgerConformance, ConcurrentIncrementsLoseNothing) {
  constexpr int kThreads = 6;
  constexpr int kEach = 40;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        const auto committed = Update([](Txn& txn) -> absl::Status {
          ASSIGN_OR_RETURN(const auto old, txn.Get("n"));
          txn.Put("n", absl::StrCat((old.has_value() ? std::stoi(*old) : 0) + 1));
          txn.Emit({.type = "test"});
          return absl::OkStatus();
        });
        ASSERT_TRUE(committed.ok()) << committed.status();
        ASSERT_TRUE(log::VerifyReceipt(committed->receipts[0].entry, committed->receipts[0].proof,
                                       {kTestOrigin, ledger_->public_key()})
                        .ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(ledger_
                  ->View(0,
                         [&](const kv::Reader& reader) {
                           EXPECT_EQ(reader.Get("n").value(), absl::StrCat(kThreads * kEach));
                           return absl::OkStatus();
                         })
                  .ok());
}

// Every update notes the number of its entry under one key and the number found there in its event.
// So the log must tell a chain without a gap, however batches were cut and bodies ran again.
TEST_P(LedgerConformance, NumbersInValuesAreThoseOfTheLog) {
  constexpr int kThreads = 6;
  constexpr int kEach = 30;
  const auto number = [](const std::string& value) {
    uint64_t seq = 0;
    for (size_t at = ledger::kSeqBytes; at > 0; --at) {
      seq = seq << 8 | static_cast<uint8_t>(value[at]);
    }
    return seq;
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string own = absl::StrCat("own.", t, ".", i);
        const auto committed = Update([&](Txn& txn) -> absl::Status {
          ASSIGN_OR_RETURN(const auto last, txn.Get("last"));
          txn.Emit({.type = "other"});
          const std::string before = last.has_value() ? absl::StrCat(number(*last)) : "none";
          const ledger::EventHandle event = txn.Emit({.type = "link", .body = before});
          txn.PutWithSeq("last", "l", event);
          txn.PutWithSeq(own, "o", event);
          return absl::OkStatus();
        });
        ASSERT_TRUE(committed.ok()) << committed.status();
        EXPECT_TRUE(ledger_
                        ->View(0,
                               [&](const kv::Reader& reader) {
                                 EXPECT_EQ(number(*reader.Get(own).value()),
                                           committed->receipts[1].seq);
                                 return absl::OkStatus();
                               })
                        .ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  Reopen();
  const auto entries = ledger_->Entries(0, 2 * kThreads * kEach, true);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 2u * kThreads * kEach);
  std::string before = "none";
  for (size_t seq = 1; seq < entries->size(); seq += 2) {
    ASSERT_EQ((*entries)[seq].body, before);
    before = absl::StrCat(seq);
  }
  EXPECT_TRUE(ledger_
                  ->View(0,
                         [&](const kv::Reader& reader) {
                           EXPECT_EQ(absl::StrCat(number(*reader.Get("last").value())), before);
                           return absl::OkStatus();
                         })
                  .ok());
}

// --- Random transactions ---------------------------------------------------------------------
//
// Every transaction reads at random, decides on what it read and writes its observations and its
// writes into the event that it emits. Afterwards the log is played into a map: each transaction
// must have observed exactly what the map holds at its place in the log. That is strict
// serializability in log order.

struct Step {
  enum Kind { kGet, kScan, kScanReverse, kPut, kDelete } kind;
  std::string key;
  std::string end;
  size_t limit = 0;
};

struct Observed {
  std::string text;           // one line per step, as put into the event
  std::vector<bool> is_scan;  // per line that observes
  std::vector<std::string> lines;
};

std::string PairsText(const std::vector<kv::KeyValue>& pairs) {
  return absl::StrJoin(pairs, ",", [](std::string* out, const kv::KeyValue& pair) {
    absl::StrAppend(out, pair.key, "=", pair.value);
  });
}

constexpr int kKeys = 14;
std::string KeyName(uint64_t n) { return absl::StrCat("k", 10 + n % kKeys); }

std::vector<Step> RandomSteps(std::mt19937_64& random) {
  std::vector<Step> steps;
  for (uint64_t i = 1 + random() % 3; i > 0; --i) {
    std::string a = KeyName(random());
    std::string b = KeyName(random());
    if (b < a) std::swap(a, b);
    switch (random() % 4) {
      case 0:
        steps.push_back({Step::kScan, a, b, 1 + random() % 4});
        break;
      case 1:
        steps.push_back({Step::kScanReverse, a, b, 1 + random() % 4});
        break;
      default:
        steps.push_back({Step::kGet, a});
    }
    if (random() % 2 == 0) steps.push_back({Step::kPut, KeyName(random())});  // read own writes
  }
  for (uint64_t i = 1 + random() % 2; i > 0; --i) {
    steps.push_back({random() % 3 == 0 ? Step::kDelete : Step::kPut, KeyName(random())});
  }
  return steps;
}

absl::StatusOr<Observed> RunSteps(const std::vector<Step>& steps, const std::string& id, Txn& txn) {
  Observed out;
  const auto observe = [&](std::string line, bool scan) {
    out.is_scan.push_back(scan);
    absl::StrAppend(&out.text, line, "\n");
    out.lines.push_back(std::move(line));
  };
  // What is written depends on everything that was read, so that a stale read cannot hide.
  const auto value = [&] {
    return absl::StrCat(id, "#", std::hash<std::string>()(out.text) % 100000);
  };
  for (const Step& step : steps) {
    if (step.kind == Step::kGet) {
      ASSIGN_OR_RETURN(const auto got, txn.Get(step.key));
      observe(absl::StrCat("get ", step.key, " ", got.value_or("-")), false);
    } else if (step.kind == Step::kScan) {
      ASSIGN_OR_RETURN(const auto pairs, txn.Scan(step.key, step.end, step.limit));
      observe(
          absl::StrCat("scan ", step.key, " ", step.end, " ", step.limit, " ", PairsText(pairs)),
          true);
    } else if (step.kind == Step::kScanReverse) {
      ASSIGN_OR_RETURN(const auto pairs, txn.ScanReverse(step.key, step.end, step.limit));
      observe(
          absl::StrCat("scanr ", step.key, " ", step.end, " ", step.limit, " ", PairsText(pairs)),
          true);
    } else if (step.kind == Step::kPut) {
      const std::string v = value();
      txn.Put(step.key, v);
      absl::StrAppend(&out.text, "put ", step.key, " ", v, "\n");
    } else {
      txn.Delete(step.key);
      absl::StrAppend(&out.text, "del ", step.key, "\n");
    }
  }
  return out;
}

// Plays one event into the model; a line that observed something else is returned.
std::string Play(const std::string& text, std::map<std::string, std::string>& model) {
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n'))) {
    const std::vector<std::string> word = absl::StrSplit(line, ' ');
    if (word[0] == "put") {
      model[word[1]] = word[2];
    } else if (word[0] == "del") {
      model.erase(word[1]);
    } else if (word[0] == "get") {
      const auto it = model.find(word[1]);
      if (word[2] != (it == model.end() ? "-" : it->second)) return line;
    } else if (word[0] == "scan" || word[0] == "scanr") {
      std::vector<kv::KeyValue> pairs;
      for (const auto& [key, value] : model) {
        if (key >= word[1] && key < word[2]) pairs.push_back({key, value});
      }
      if (word[0] == "scanr") std::reverse(pairs.begin(), pairs.end());
      const size_t limit = std::stoul(word[3]);
      if (pairs.size() > limit) pairs.resize(limit);
      if (word[4] != PairsText(pairs)) return line;
    }
  }
  return "";
}

TEST_P(LedgerConformance, RandomTransactionsAreSerializable) {
  constexpr int kThreads = 8;
  constexpr int kEach = 60;
  constexpr int kSeeds = 3;
  std::atomic<int> reruns = 0;
  std::atomic<int> conflicts = 0;
  std::atomic<int> phantoms = 0;
  const uint64_t first_seed = TestSeed(1);
  for (uint64_t seed = first_seed; seed < first_seed + kSeeds; ++seed) {
    SCOPED_TRACE(absl::StrCat("JODAL_TEST_SEED=", seed));
    Fresh();
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937_64 random(seed * 1000 + static_cast<uint64_t>(t));
        for (int i = 0; i < kEach; ++i) {
          const std::string id = absl::StrCat(t, ".", i);
          const std::vector<Step> steps = RandomSteps(random);
          const bool in_vain = random() % 10 == 0;
          std::vector<Observed> runs;
          const auto committed = Update([&](Txn& txn) -> absl::Status {
            ASSIGN_OR_RETURN(Observed seen, RunSteps(steps, id, txn));
            txn.Emit({.type = "test", .body = seen.text});
            runs.push_back(std::move(seen));
            return in_vain ? absl::AbortedError("in vain") : absl::OkStatus();
          });
          ASSERT_EQ(committed.ok(), !in_vain) << committed.status();
          if (runs.size() < 2) continue;
          ASSERT_EQ(runs.size(), 2u) << "the second run is final";
          ++reruns;
          for (size_t line = 0; line < runs[0].lines.size(); ++line) {
            if (runs[0].lines[line] == runs[1].lines[line]) continue;
            ++(runs[0].is_scan[line] ? phantoms : conflicts);
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();

    std::map<std::string, std::string> model;
    const auto entries = ledger_->Entries(0, 1'000'000, true);
    ASSERT_TRUE(entries.ok()) << entries.status();
    for (const LoggedEntry& entry : *entries) {
      ASSERT_EQ(Play(entry.body, model), "") << "entry " << entry.seq << " observed this line";
    }
    Reopen();
    ASSERT_TRUE(ledger_
                    ->View(0,
                           [&](const kv::Reader& reader) -> absl::Status {
                             std::map<std::string, std::string> stored;
                             ASSIGN_OR_RETURN(const auto pairs, reader.Scan("", "", 1000));
                             for (const auto& pair : pairs) stored[pair.key] = pair.value;
                             EXPECT_EQ(stored, model);
                             return absl::OkStatus();
                           })
                    .ok());
    ASSERT_TRUE(Check().ok()) << Check();
  }
  // Without these the test has shown nothing.
  EXPECT_GT(reruns, 0);
  EXPECT_GT(conflicts, 0);
  EXPECT_GT(phantoms, 0);
}

// Several clients send the same requests at the same time; each takes effect once.
TEST_P(LedgerConformance, ConcurrentRepeatsTakeEffectOnce) {
  constexpr int kRequests = 60;
  std::atomic<int> repeated = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRequests; ++i) {
        const UpdateRequest request{
            .idempotency_scope = "p", .request_id = absl::StrCat(i), .content_digest = "d"};
        const auto committed = ledger_->Update(request, [&](Txn& txn) {
          txn.Put(absl::StrCat("r", i), "1");
          txn.Emit({.type = "test", .subject = absl::StrCat(i)});
          txn.SetResponse(absl::StrCat("answer ", i));
          return absl::OkStatus();
        });
        ASSERT_TRUE(committed.ok()) << committed.status();
        ASSERT_EQ(committed->response, absl::StrCat("answer ", i));
        ASSERT_EQ(committed->receipts.size(), 1u);
        if (committed->repeated) ++repeated;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ledger_->Size(), static_cast<uint64_t>(kRequests));
  EXPECT_EQ(repeated, 3 * kRequests);
  EXPECT_TRUE(Check().ok()) << Check();
}

INSTANTIATE_TEST_SUITE_P(Engines, LedgerConformance, testing::ValuesIn(Engines()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace jodal::conformance
