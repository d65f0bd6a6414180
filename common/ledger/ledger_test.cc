#include "common/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/crypto/merkle.h"
#include "common/ledger/check_ledger.h"
#include "common/ledger/records.h"
#include "common/ledger/testing.h"
#include "common/log/receipt.h"
#include "common/log/tiles.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/log/v1/log.pb.h"

namespace jodal::ledger {
namespace {

using testing::HasSubstr;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

// The result of an UpdateAsync, waited for on destruction of nothing: call Get.
class Call {
 public:
  Ledger::Done done() {
    return [this](absl::StatusOr<Committed> result) {
      result_ = std::move(result);
      finished_.Notify();
    };
  }
  const absl::StatusOr<Committed>& Get() {
    finished_.WaitForNotification();
    return result_;
  }

 private:
  absl::Notification finished_;
  absl::StatusOr<Committed> result_ = absl::UnknownError("not finished");
};

Ledger::Body PutAndEmit(const std::string& key, const std::string& value) {
  return [=](Txn& txn) {
    txn.Put(key, value);
    txn.Emit(
        {.type = "test.put", .subject = "tests/" + key, .actor_role = "system", .body = value});
    txn.SetResponse("put " + value);
    return absl::OkStatus();
  };
}

Ledger::Body Increment(const std::string& key, std::atomic<int>& runs) {
  return [key, &runs](Txn& txn) -> absl::Status {
    ++runs;
    ASSIGN_OR_RETURN(const auto old, txn.Get(key));
    const int next = old.has_value() ? std::stoi(*old) + 1 : 1;
    txn.Put(key, absl::StrCat(next));
    txn.Emit({.type = "test.incremented"});
    txn.SetResponse(absl::StrCat(next));
    return absl::OkStatus();
  };
}

// Hashes of subtrees, as whoever has a log's tiles computes them.
class TileNodes : public crypto::NodeReader {
 public:
  explicit TileNodes(const Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<std::string> Node(int level, uint64_t index) const override {
    const int row = level % log::kTileHeight;
    if (row > 0) {
      ASSIGN_OR_RETURN(const std::string left, Node(level - 1, 2 * index));
      ASSIGN_OR_RETURN(const std::string right, Node(level - 1, 2 * index + 1));
      return crypto::NodeHash(left, right);
    }
    const std::pair<int, uint64_t> at = {level / log::kTileHeight, index / log::kTileWidth};
    if (tiles_.count(at) == 0) {
      ASSIGN_OR_RETURN(tiles_[at], ledger_.Tile(at.first, at.second));
    }
    return tiles_[at].substr(index % log::kTileWidth * crypto::kHashBytes, crypto::kHashBytes);
  }

 private:
  const Ledger& ledger_;
  mutable std::map<std::pair<int, uint64_t>, std::string> tiles_;
};

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override { Reopen(); }
  void TearDown() override { gate_.Open(); }

  void Reopen() {
    gate_.Open();
    fail_writes_ = false;
    ledger_.reset();
    auto opened = OpenTestLedger(shared_, &clock_, [this]() -> absl::Status {
      if (fail_writes_) return absl::UnavailableError("injected");
      gate_.Pass();
      return absl::OkStatus();
    });
    ASSERT_TRUE(opened.ok()) << opened.status();
    ledger_ = *std::move(opened);
  }

  absl::StatusOr<Committed> Update(Ledger::Body body) { return ledger_->Update({}, body); }

  // Keeps the committer busy with one update, so that all updates sent before the gate opens form
  // the next batch.
  void Hold() {
    gate_.Close();
    ledger_->UpdateAsync({}, PutAndEmit("held", "x"), held_.done());
    gate_.AwaitWaiter();
  }
  void Release() {
    gate_.Open();
    ASSERT_TRUE(held_.Get().ok()) << held_.Get().status();
  }

  std::string Read(const std::string& key, uint16_t shard = 0) {
    std::string out = "(absent)";
    EXPECT_TRUE(ledger_
                    ->View(shard,
                           [&](const kv::Reader& reader) -> absl::Status {
                             ASSIGN_OR_RETURN(const auto value, reader.Get(key));
                             if (value.has_value()) out = *value;
                             return absl::OkStatus();
                           })
                    .ok());
    return out;
  }
  absl::Status Check() { return CheckLedger(*shared_, kTestOrigin); }
  log::LogIdentity Identity() { return {kTestOrigin, ledger_->public_key()}; }

  ManualClock clock_{kStart};
  std::shared_ptr<kv::Backend> shared_ = kv::NewMemoryBackend();
  Gate gate_;
  std::atomic<bool> fail_writes_ = false;
  Call held_;
  std::unique_ptr<Ledger> ledger_;
};

TEST(ShardOfTest, IsTheFirstTenBitsOfTheHash) {
  EXPECT_EQ(ShardOf(""), 0xe3b0 >> 6);
  EXPECT_LT(ShardOf("x"), kShards);
}

TEST_F(LedgerTest, CommitsStateEntryAndReceiptTogether) {
  UpdateRequest request{.shard = 7, .idempotency_scope = "p", .request_id = "r"};
  const auto committed = ledger_->Update(request, [](Txn& txn) {
    txn.Put("k", "v");
    txn.Emit({.type = "bid.received",
              .subject = "tenders/T/bids/B",
              .actor_role = "supplier",
              .body = "the body",
              .arrival = kStart - absl::Milliseconds(3)});
    txn.Emit({.type = "box.counted", .body = "second", .is_public = false});
    txn.SetResponse("done");
    return absl::OkStatus();
  });
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_EQ(committed->response, "done");
  EXPECT_FALSE(committed->repeated);
  EXPECT_EQ(committed->commit_time, kStart + absl::Nanoseconds(1));
  EXPECT_EQ(Read("k", 7), "v");
  EXPECT_EQ(Read("k", 8), "(absent)");

  ASSERT_EQ(committed->receipts.size(), 2u);
  for (const Receipt& receipt : committed->receipts) {
    const auto verified = log::VerifyReceipt(receipt.entry, receipt.proof, Identity());
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_EQ(verified->seq, receipt.seq);
    EXPECT_EQ(verified->size, 2u);
  }
  jodal::log::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(committed->receipts[0].entry));
  EXPECT_EQ(entry.seq(), 0u);
  EXPECT_EQ(entry.type(), "bid.received");
  EXPECT_EQ(entry.subject(), "tenders/T/bids/B");
  EXPECT_EQ(entry.actor_role(), "supplier");
  EXPECT_EQ(entry.commit_time_ns(), absl::ToUnixNanos(kStart));
  EXPECT_EQ(entry.arrival_time_ns(), absl::ToUnixNanos(kStart - absl::Milliseconds(3)));
  EXPECT_EQ(entry.body_sha256(), crypto::Sha256("the body"));

  const auto open = ledger_->Entries(0, 10, false);
  const auto all = ledger_->Entries(0, 10, true);
  ASSERT_EQ(open->size(), 2u);
  EXPECT_EQ((*open)[0].body, "the body");
  EXPECT_EQ((*open)[1].body, "");
  EXPECT_FALSE((*open)[1].is_public);
  EXPECT_EQ((*all)[1].body, "second");
  EXPECT_EQ(ledger_->Entries(1, 1, true)->at(0).seq, 1u);
  EXPECT_TRUE(ledger_->Entries(2, 10, true)->empty());
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_F(LedgerTest, AStaleReadRunsAgainOnTheBatchBeforeIt) {
  std::atomic<int> runs = 0;
  Hold();
  Call first, second, third;
  for (Call* call : {&first, &second, &third}) {
    ledger_->UpdateAsync({}, Increment("n", runs), call->done());
  }
  EXPECT_EQ(runs, 3);
  Release();
  EXPECT_EQ(first.Get()->response, "1");
  EXPECT_EQ(second.Get()->response, "2");
  EXPECT_EQ(third.Get()->response, "3");
  EXPECT_EQ(runs, 5);
  EXPECT_EQ(Read("n"), "3");
  EXPECT_EQ(first.Get()->receipts[0].seq + 2, third.Get()->receipts[0].seq);
}

TEST_F(LedgerTest, AnInsertIntoAScannedRangeIsAConflict) {
  const auto insert_if_empty = [](const std::string& key) {
    return [key](Txn& txn) -> absl::Status {
      ASSIGN_OR_RETURN(const auto bids, txn.Scan("bid/", kv::PrefixEnd("bid/"), 1));
      if (!bids.empty()) return absl::FailedPreconditionError("taken");
      txn.Put("bid/" + key, "");
      txn.Emit({.type = "test"});
      return absl::OkStatus();
    };
  };
  Hold();
  Call first, second;
  ledger_->UpdateAsync({}, insert_if_empty("b"), first.done());
  ledger_->UpdateAsync({}, insert_if_empty("a"), second.done());
  Release();
  EXPECT_TRUE(first.Get().ok());
  EXPECT_EQ(second.Get().status(), absl::FailedPreconditionError("taken"));
  EXPECT_EQ(Read("bid/a"), "(absent)");
}

TEST_F(LedgerTest, AScanRegistersWhatItSawAndNoMore) {
  struct Case {
    const char* name;
    size_t limit;
    bool reverse;
    const char* written;
    bool conflict;
  };
  // The range is [k, l) and holds k2, k4, k6.
  for (const Case& c : std::vector<Case>{
           {"after the last key of a limited scan", 2, false, "k5", false},
           {"the last key of a limited scan", 2, false, "k4", true},
           {"before it", 2, false, "k3", true},
           {"before the first", 2, false, "k0", true},
           {"outside", 9, false, "l", false},
           {"at the end of an exhausted scan", 9, false, "k9", true},
           {"limit that is exactly reached", 3, false, "k9", false},
           {"reverse, before the last", 2, true, "k3", false},
           {"reverse, the last", 2, true, "k4", true},
           {"reverse, at the end", 2, true, "k9", true},
           {"reverse, exhausted", 9, true, "k0", true},
           {"nothing was asked for", 0, false, "k4", false},
       }) {
    shared_ = kv::NewMemoryBackend();
    Reopen();
    for (const char* key : {"k2", "k4", "k6"}) ASSERT_TRUE(Update(PutAndEmit(key, "")).ok());
    std::atomic<int> runs = 0;
    gate_.Close();
    Call held, writer, scanner;
    ledger_->UpdateAsync({}, PutAndEmit("held", "x"), held.done());
    gate_.AwaitWaiter();
    ledger_->UpdateAsync({}, PutAndEmit(c.written, "new"), writer.done());
    ledger_->UpdateAsync(
        {},
        [&](Txn& txn) -> absl::Status {
          ++runs;
          const auto pairs =
              c.reverse ? txn.ScanReverse("k", "l", c.limit) : txn.Scan("k", "l", c.limit);
          txn.Emit({.type = "test"});
          return pairs.status();
        },
        scanner.done());
    gate_.Open();
    ASSERT_TRUE(scanner.Get().ok());
    ASSERT_TRUE(writer.Get().ok());
    ASSERT_TRUE(held.Get().ok());
    EXPECT_EQ(runs, c.conflict ? 2 : 1) << c.name;
  }
}

TEST_F(LedgerTest, ReadsItsOwnWrites) {
  ASSERT_TRUE(Update(PutAndEmit("a", "old")).ok());
  ASSERT_TRUE(Update([](Txn& txn) -> absl::Status {
                txn.Put("b", "new");
                txn.Delete("a");
                EXPECT_EQ(txn.Get("a").value(), std::nullopt);
                EXPECT_EQ(txn.Get("b").value(), "new");
                const auto scan = txn.Scan("", "", 10).value();
                EXPECT_EQ(scan.size(), 1u);
                EXPECT_EQ(scan[0].key, "b");
                EXPECT_EQ(txn.ScanReverse("a", "c", 10)->at(0).key, "b");
                txn.Emit({.type = "test"});
                return absl::OkStatus();
              }).ok());
}

TEST_F(LedgerTest, ARepeatGetsTheStoredAnswer) {
  const UpdateRequest request{
      .shard = 1, .idempotency_scope = "ann", .request_id = "r1", .content_digest = "d"};
  const auto first = ledger_->Update(request, PutAndEmit("k", "1"));
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(Update(PutAndEmit("other", "x")).ok());
  for (int i = 0; i < 2; ++i) {
    const auto again = ledger_->Update(request, [](Txn&) -> absl::Status {
      ADD_FAILURE() << "a repeat runs nothing";
      return absl::OkStatus();
    });
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->response, "put 1");
    EXPECT_EQ(again->commit_time, first->commit_time);
    ASSERT_EQ(again->receipts.size(), 1u);
    EXPECT_EQ(again->receipts[0].entry, first->receipts[0].entry);
    EXPECT_TRUE(
        log::VerifyReceipt(again->receipts[0].entry, again->receipts[0].proof, Identity()).ok());
    EXPECT_TRUE(ledger_->FindCommitted(request)->has_value());
    Reopen();
  }
  UpdateRequest other = request;
  other.content_digest = "e";
  EXPECT_EQ(ErrorReason(ledger_->Update(other, PutAndEmit("k", "2")).status()),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(ErrorReason(ledger_->FindCommitted(other).status()), "REQUEST_ID_REUSED");
  other.idempotency_scope = "bob";
  EXPECT_FALSE(ledger_->FindCommitted(other)->has_value());
  EXPECT_FALSE(ledger_->Update(other, PutAndEmit("k", "2"))->repeated);
  // The scope's length is part of the name.
  EXPECT_FALSE(
      ledger_->FindCommitted({.idempotency_scope = "annr", .request_id = "1"})->has_value());
  EXPECT_FALSE(ledger_->FindCommitted({})->has_value());
}

TEST_F(LedgerTest, OneOfTwoThatFoundNoAnswerCommits) {
  UpdateRequest request{.idempotency_scope = "ann", .request_id = "r", .content_digest = "d"};
  ASSERT_FALSE(ledger_->FindCommitted(request, &request.hints.unanswered)->has_value());
  ASSERT_TRUE(request.hints.unanswered.has_value());
  const auto once = [](Txn& txn) -> absl::Status {
    ASSIGN_OR_RETURN(const auto value, txn.Get("k"));
    if (value.has_value()) return absl::AlreadyExistsError("there is one");
    return PutAndEmit("k", "1")(txn);
  };
  Hold();
  Call first, second;
  ledger_->UpdateAsync(request, once, first.done());
  ledger_->UpdateAsync(request, once, second.done());
  Release();
  ASSERT_TRUE(first.Get().ok()) << first.Get().status();
  EXPECT_FALSE(first.Get()->repeated);
  ASSERT_TRUE(second.Get().ok()) << second.Get().status();
  EXPECT_TRUE(second.Get()->repeated);
  // Has looked before the first was committed and begins after that: its body finds what the first
  // wrote and fails, or has nothing to do.
  const auto third = ledger_->Update(request, once);
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_TRUE(third->repeated);
  const auto fourth = ledger_->Update(request, [](Txn& txn) {
    txn.SetResponse("done already");
    return absl::OkStatus();
  });
  ASSERT_TRUE(fourth.ok()) << fourth.status();
  EXPECT_TRUE(fourth->repeated);
  EXPECT_EQ(fourth->response, "put 1");
  request.content_digest = "e";
  EXPECT_EQ(ErrorReason(ledger_->Update(request, once).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Read("k"), "1");
}

// Written in one batch behind others and after a rerun, a value ends in the number of its entry.
TEST_F(LedgerTest, TheCommitterFillsInTheNumbers) {
  const auto number = [this](const std::string& key) {
    const std::string value = Read(key);
    uint64_t seq = 0;
    for (size_t at = 0; at < kSeqBytes; ++at) {
      seq |= uint64_t{static_cast<uint8_t>(value[value.size() - kSeqBytes + at])} << (8 * at);
    }
    return std::make_pair(value.substr(0, value.size() - kSeqBytes), seq);
  };
  using Numbered = std::pair<std::string, uint64_t>;
  ASSERT_TRUE(Update(PutAndEmit("n", "0")).ok());
  int runs = 0;
  const auto body = [&](Txn& txn) -> absl::Status {
    ++runs;
    ASSIGN_OR_RETURN(const auto n, txn.Get("n"));
    const EventHandle first = txn.Emit({.type = "test.first"});
    const EventHandle second = txn.Emit({.type = "test.second"});
    txn.PutWithSeq("b", *n, second);
    txn.PutWithSeq("a", *n, first);
    EXPECT_EQ(txn.Get("a")->value(), *n + std::string(kSeqBytes, '\0')) << "not known yet";
    txn.PutWithSeq("plain", "x", first);
    txn.Put("plain", "12345678");
    txn.PutWithSeq("gone", "x", first);
    txn.Delete("gone");
    txn.Put("again", "12345678");
    txn.PutWithSeq("again", "y", second);
    return absl::OkStatus();
  };
  Hold();
  Call raise, numbered;
  ledger_->UpdateAsync({}, PutAndEmit("n", "1"), raise.done());
  ledger_->UpdateAsync({}, body, numbered.done());
  Release();
  ASSERT_TRUE(raise.Get().ok());
  ASSERT_TRUE(numbered.Get().ok()) << numbered.Get().status();
  EXPECT_EQ(runs, 2) << "what it read was written by the update before it in the batch";
  ASSERT_EQ(numbered.Get()->receipts.size(), 2u);
  const uint64_t first_seq = numbered.Get()->receipts[0].seq;
  EXPECT_GT(first_seq, raise.Get()->receipts[0].seq);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(number("a"), Numbered("1", first_seq));
    EXPECT_EQ(number("b"), Numbered("1", first_seq + 1));
    EXPECT_EQ(number("again"), Numbered("y", first_seq + 1));
    EXPECT_EQ(Read("plain"), "12345678");
    EXPECT_EQ(Read("gone"), "(absent)");
    Reopen();
  }
  EXPECT_EQ(ErrorReason(Update([](Txn& txn) {
                          const EventHandle event = txn.Emit({.type = "test"});
                          txn.PutWithSeq("large", std::string(kValueBytesMax - 7, 'v'), event);
                          return absl::OkStatus();
                        }).status()),
            "VALUE_TOO_LARGE")
      << "the number counts";
}

// In the order of the log, every reader of the steady key saw what was last written to it.
TEST_F(LedgerTest, SteadyValuesAreNeverStale) {
  constexpr int kReaders = 3;
  constexpr int kRises = 300;
  const auto rise = [](int value) {
    return [value](Txn& txn) {
      txn.Put("steady", absl::StrCat(value));
      txn.Emit({.type = "risen", .body = absl::StrCat(value)});
      return absl::OkStatus();
    };
  };
  ASSERT_TRUE(Update(rise(0)).ok());
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::vector<std::thread> readers;
  for (int r = 0; r < kReaders; ++r) {
    readers.emplace_back([&] {
      while (!done) {
        UpdateRequest request;
        request.hints.steady = "steady";
        const auto result = ledger_->Update(request, [&](Txn& txn) -> absl::Status {
          ASSIGN_OR_RETURN(const auto value, txn.Get("steady"));
          txn.Emit({.type = "seen", .body = value.value_or("(absent)")});
          return absl::OkStatus();
        });
        ASSERT_TRUE(result.ok()) << result.status();
        ++reads;
      }
    });
  }
  for (int value = 1; value <= kRises; ++value) {
    const int before = reads;
    ASSERT_TRUE(Update(rise(value)).ok());
    while (value % 3 == 0 && reads < before + 5) std::this_thread::yield();  // it is kept
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  const auto entries = ledger_->Entries(0, ledger_->Size(), true);
  ASSERT_TRUE(entries.ok());
  std::string current;
  for (const LoggedEntry& logged : *entries) {
    log::v1::Entry entry;
    ASSERT_TRUE(entry.ParseFromString(logged.entry));
    if (entry.type() == "risen") current = logged.body;
    ASSERT_EQ(logged.body, current) << "entry " << logged.seq;
  }
  EXPECT_GT(reads, kRises);
}

TEST_F(LedgerTest, OneOfTwoConcurrentRepeatsCommits) {
  const UpdateRequest request{.idempotency_scope = "ann", .request_id = "r", .content_digest = "d"};
  UpdateRequest other = request;
  other.content_digest = "e";
  Hold();
  Call first, second, third;
  ledger_->UpdateAsync(request, PutAndEmit("k", "1"), first.done());
  ledger_->UpdateAsync(request, PutAndEmit("k", "1"), second.done());
  ledger_->UpdateAsync(other, PutAndEmit("k", "2"), third.done());
  Release();
  ASSERT_TRUE(first.Get().ok());
  ASSERT_TRUE(second.Get().ok());
  EXPECT_FALSE(first.Get()->repeated);
  EXPECT_TRUE(second.Get()->repeated);
  EXPECT_EQ(second.Get()->receipts[0].entry, first.Get()->receipts[0].entry);
  EXPECT_EQ(second.Get()->receipts[0].proof, first.Get()->receipts[0].proof);
  EXPECT_EQ(ErrorReason(third.Get().status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(ledger_->Size(), 2u);
}

TEST_F(LedgerTest, ABodyThatFailsWritesNothing) {
  const auto failing = [](Txn& txn) {
    txn.Put("k", "v");
    txn.Emit({.type = "test"});
    return absl::NotFoundError("no such tender");
  };
  EXPECT_EQ(Update(failing).status(), absl::NotFoundError("no such tender"));
  EXPECT_EQ(Read("k"), "(absent)");
  EXPECT_EQ(ledger_->Size(), 0u);
}

TEST_F(LedgerTest, AnUpdateWithoutEffectIsAnsweredWithoutReceipt) {
  const UpdateRequest request{.idempotency_scope = "p", .request_id = "r"};
  const auto committed = ledger_->Update(request, [](Txn& txn) {
    txn.SetResponse("nothing to do");
    return absl::OkStatus();
  });
  ASSERT_TRUE(committed.ok());
  EXPECT_EQ(committed->response, "nothing to do");
  EXPECT_TRUE(committed->receipts.empty());
  EXPECT_EQ(ledger_->Size(), 0u);
  EXPECT_FALSE(ledger_->FindCommitted(request)->has_value());
}

TEST_F(LedgerTest, StateNeedsAnEventExceptHousekeeping) {
  const auto put = [](const std::string& key) {
    return [key](Txn& txn) {
      txn.Put(key, "v");
      return absl::OkStatus();
    };
  };
  EXPECT_EQ(ErrorReason(Update(put("k")).status()), "UPDATE_WITHOUT_EVENT");
  EXPECT_EQ(ErrorReason(Update(put("~follower/a")).status()), "UPDATE_WITHOUT_EVENT");
  const UpdateRequest housekeeping{.housekeeping = true};
  EXPECT_EQ(ErrorReason(ledger_->Update(housekeeping, put("k")).status()), "HOUSEKEEPING_KEY");
  const std::string checkpoint = ledger_->Checkpoint();
  const auto committed = ledger_->Update(housekeeping, put("~follower/a"));
  ASSERT_TRUE(committed.ok()) << committed.status();
  EXPECT_TRUE(committed->receipts.empty());
  EXPECT_EQ(Read("~follower/a"), "v");
  EXPECT_EQ(ledger_->Checkpoint(), checkpoint);
  EXPECT_TRUE(ledger_->Update(housekeeping, put("~blob/a")).ok());
  EXPECT_EQ(ErrorReason(ledger_->Update(housekeeping, put("~blob")).status()), "HOUSEKEEPING_KEY");
  EXPECT_TRUE(Check().ok());
}

TEST_F(LedgerTest, LimitsHoldAtTheEdge) {
  const auto puts = [](size_t keys, size_t key_bytes, size_t value_bytes) {
    return [=](Txn& txn) {
      for (size_t i = 0; i < keys; ++i) {
        std::string key = absl::StrCat(i);
        key.resize(std::max(key_bytes, key.size()), 'k');
        txn.Put(key, std::string(value_bytes, 'v'));
      }
      txn.Emit({.type = "test"});
      return absl::OkStatus();
    };
  };
  const auto emits = [](size_t events, size_t name_bytes, size_t body_bytes) {
    return [=](Txn& txn) {
      for (size_t i = 0; i < events; ++i) {
        txn.Emit({.subject = std::string(name_bytes, 's'), .body = std::string(body_bytes, 'b')});
      }
      return absl::OkStatus();
    };
  };
  const auto responds = [](size_t bytes) {
    return [=](Txn& txn) {
      txn.Emit({.type = "test"});
      txn.SetResponse(std::string(bytes, 'r'));
      return absl::OkStatus();
    };
  };
  // Ten values whose keys ("S" shard and 1 byte) and event fill a commit to its last byte.
  const size_t tenth = kCommitBytesMax / 11;
  const size_t rest = kCommitBytesMax - 10 * (tenth + 4) - 4 - std::string("test").size();
  const auto fills = [&](size_t extra) {
    return [=](Txn& txn) {
      for (int i = 0; i < 10; ++i) txn.Put(absl::StrCat(i), std::string(tenth, 'v'));
      txn.Put("x", std::string(rest + extra, 'v'));
      txn.Emit({.type = "test"});
      return absl::OkStatus();
    };
  };
  struct Case {
    const char* name;
    Ledger::Body body;
    const char* reason;
  };
  for (const Case& c : std::vector<Case>{
           {"keys", puts(kStateKeysMax, 1, 1), ""},
           {"keys + 1", puts(kStateKeysMax + 1, 1, 1), "COMMIT_TOO_LARGE"},
           {"key", puts(1, kStateKeyBytesMax, 1), ""},
           {"key + 1", puts(1, kStateKeyBytesMax + 1, 1), "KEY_TOO_LONG"},
           {"value", puts(1, 1, kValueBytesMax), ""},
           {"value + 1", puts(1, 1, kValueBytesMax + 1), "VALUE_TOO_LARGE"},
           {"commit", fills(0), ""},
           {"commit + 1", fills(1), "COMMIT_TOO_LARGE"},
           {"events", emits(kEventsMax, 1, 1), ""},
           {"events + 1", emits(kEventsMax + 1, 1, 1), "COMMIT_TOO_LARGE"},
           {"body", emits(1, 1, kEventBodyBytesMax), ""},
           {"body + 1", emits(1, 1, kEventBodyBytesMax + 1), "VALUE_TOO_LARGE"},
           {"names", emits(1, kEventNameBytesMax, 1), ""},
           {"names + 1", emits(1, kEventNameBytesMax + 1, 1), "ENTRY_TOO_LARGE"},
           {"response", responds(kValueBytesMax - kAnswerOverheadBytesMax), ""},
           {"response + 1", responds(kValueBytesMax - kAnswerOverheadBytesMax + 1),
            "VALUE_TOO_LARGE"},
       }) {
    const uint64_t before = ledger_->Size();
    const absl::Status status = Update(c.body).status();
    EXPECT_EQ(ErrorReason(status), c.reason) << c.name;
    EXPECT_EQ(status.ok(), std::string(c.reason).empty()) << c.name << status;
    EXPECT_EQ(ledger_->Size() == before, !status.ok()) << c.name;
  }
  EXPECT_TRUE(Update(PutAndEmit("k", "v")).ok());
  UpdateRequest request{.shard = kShards - 1};
  EXPECT_TRUE(ledger_->Update(request, PutAndEmit("k", "v")).ok());
  request.shard = kShards;
  EXPECT_EQ(ErrorReason(ledger_->Update(request, PutAndEmit("k", "v")).status()),
            "SHARD_OUT_OF_RANGE");
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_F(LedgerTest, ReopensWhereItStopped) {
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(Update(PutAndEmit("k", absl::StrCat(i))).ok());
  const std::string checkpoint = ledger_->Checkpoint();
  Reopen();
  EXPECT_EQ(ledger_->Size(), 300u);
  EXPECT_EQ(ledger_->Checkpoint(), checkpoint) << "the same head is signed to the same bytes";
  EXPECT_EQ(Read("k"), "299");
  const auto next = Update(PutAndEmit("k", "300"));
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->receipts[0].seq, 300u);
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_F(LedgerTest, TimesRiseEvenIfTheClockDoesNot) {
  absl::Time last = absl::InfinitePast();
  const auto commit = [&](absl::Duration move) -> absl::Status {
    clock_.Advance(move);
    const auto committed = Update(PutAndEmit("k", "v"));
    if (!committed.ok()) return committed.status();
    EXPECT_GT(committed->commit_time, last);
    last = committed->commit_time;
    return absl::OkStatus();
  };
  EXPECT_TRUE(commit(absl::ZeroDuration()).ok());
  EXPECT_TRUE(commit(absl::ZeroDuration()).ok());
  EXPECT_EQ(last, kStart + absl::Nanoseconds(1));
  Reopen();
  EXPECT_TRUE(commit(absl::Nanoseconds(1) - kClockBackMax).ok()) << "at the limit";
  clock_.Set(last - kClockBackMax);
  EXPECT_TRUE(commit(absl::ZeroDuration()).ok());
  clock_.Set(last - kClockBackMax - absl::Nanoseconds(1));
  const absl::Status jumped = commit(absl::ZeroDuration());
  EXPECT_EQ(ErrorReason(jumped), "CLOCK_JUMPED");
  EXPECT_EQ(jumped.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(ledger_->stopped());
  clock_.Set(last + absl::Seconds(5));
  EXPECT_TRUE(commit(absl::ZeroDuration()).ok());
  EXPECT_EQ(last, clock_.Now());
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_F(LedgerTest, AnotherWriterFencesIt) {
  auto other = OpenTestLedger(shared_, &clock_).value();
  ASSERT_TRUE(other->Update({}, PutAndEmit("k", "theirs")).ok());
  const absl::Status fenced = Update(PutAndEmit("k", "ours")).status();
  EXPECT_EQ(ErrorReason(fenced), "LEDGER_FENCED");
  EXPECT_EQ(fenced.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(ledger_->stopped());
  EXPECT_EQ(ErrorReason(Update(PutAndEmit("k", "ours")).status()), "LEDGER_STOPPED");
  EXPECT_TRUE(other->Update({}, PutAndEmit("k2", "theirs")).ok());
  // Housekeeping adds no entry, yet it moves the head.
  Reopen();
  ASSERT_TRUE(ledger_
                  ->Update({.housekeeping = true},
                           [](Txn& txn) {
                             txn.Put("~follower/x", "1");
                             return absl::OkStatus();
                           })
                  .ok());
  EXPECT_EQ(ErrorReason(other->Update({}, PutAndEmit("k", "v")).status()), "LEDGER_FENCED");
  EXPECT_TRUE(Check().ok());
}

TEST_F(LedgerTest, AFullQueueRefusesAtOnce) {
  ledger_.reset();
  Ledger::Options options = TestOptions(&clock_);
  options.queue_max = 2;
  ledger_ = Ledger::Open(std::make_unique<TestBackend>(shared_,
                                                       [this] {
                                                         gate_.Pass();
                                                         return absl::OkStatus();
                                                       }),
                         options)
                .value();
  Hold();
  Call first, second, third;
  ledger_->UpdateAsync({}, PutAndEmit("a", "1"), first.done());
  ledger_->UpdateAsync({}, PutAndEmit("b", "1"), second.done());
  ledger_->UpdateAsync({}, PutAndEmit("c", "1"), third.done());
  EXPECT_EQ(ErrorReason(third.Get().status()), "LEDGER_QUEUE_FULL");
  EXPECT_EQ(third.Get().status().code(), absl::StatusCode::kResourceExhausted);
  Release();
  EXPECT_TRUE(first.Get().ok());
  EXPECT_TRUE(second.Get().ok());
  EXPECT_EQ(Read("c"), "(absent)");
}

TEST_F(LedgerTest, CommitsWhileAnswersAreBeingGiven) {
  Gate answers;
  answers.Close();
  Call first, second, third;
  ledger_->UpdateAsync({}, PutAndEmit("a", "1"),
                       [&, done = first.done()](absl::StatusOr<Committed> committed) {
                         answers.Pass();
                         done(std::move(committed));
                       });
  answers.AwaitWaiter();
  ledger_->UpdateAsync({}, PutAndEmit("b", "1"), second.done());
  EXPECT_EQ(ledger_->WaitForEntry(1, absl::Seconds(60)), 2u);
  EXPECT_EQ(Read("b"), "1");
  // A write that fails takes nothing from those who were committed before it.
  fail_writes_ = true;
  ledger_->UpdateAsync({}, PutAndEmit("c", "1"), third.done());
  EXPECT_EQ(ledger_->WaitForEntry(2, absl::Seconds(60)), 2u);
  EXPECT_TRUE(ledger_->stopped());
  answers.Open();
  EXPECT_TRUE(first.Get().ok()) << first.Get().status();
  EXPECT_EQ(ErrorReason(third.Get().status()), "COMMIT_UNKNOWN");
  ASSERT_TRUE(second.Get().ok()) << second.Get().status();
  EXPECT_EQ(second.Get()->receipts.at(0).seq, 1u);
}

TEST_F(LedgerTest, AnswersThatAreNotTakenHoldTheCommitterUp) {
  ledger_.reset();
  Ledger::Options options = TestOptions(&clock_);
  options.queue_max = 2;
  ledger_ = Ledger::Open(std::make_unique<TestBackend>(shared_), options).value();
  Gate answers;
  answers.Close();
  std::vector<Call> calls(7);
  const auto send = [&](size_t i) {
    ledger_->UpdateAsync({}, PutAndEmit(absl::StrCat(i), "1"),
                         [&answers, done = calls[i].done()](absl::StatusOr<Committed> committed) {
                           if (committed.ok()) answers.Pass();
                           done(std::move(committed));
                         });
  };
  // One is being answered, two batches wait for that, and the committer holds one more.
  for (size_t i = 0; i < 4; ++i) {
    send(i);
    EXPECT_EQ(ledger_->WaitForEntry(i, absl::Seconds(60)), i + 1);
    if (i == 0) answers.AwaitWaiter();
  }
  for (size_t i = 4; i < 7; ++i) send(i);
  EXPECT_EQ(ErrorReason(calls[6].Get().status()), "LEDGER_QUEUE_FULL");
  EXPECT_EQ(ledger_->Size(), 4u);
  answers.Open();
  for (size_t i = 0; i < 6; ++i) EXPECT_TRUE(calls[i].Get().ok()) << calls[i].Get().status();
}

TEST_F(LedgerTest, NothingIsAcknowledgedAfterAFailedWrite) {
  ASSERT_TRUE(Update(PutAndEmit("a", "1")).ok());
  const std::string checkpoint = ledger_->Checkpoint();
  const UpdateRequest lost{.idempotency_scope = "p", .request_id = "lost"};
  Hold();
  Call first, taken, second;
  ledger_->UpdateAsync(lost, PutAndEmit("b", "1"), first.done());
  // Refused because of what the batch before it writes: that is not known to hold either.
  ledger_->UpdateAsync(
      {},
      [](Txn& txn) -> absl::Status {
        ASSIGN_OR_RETURN(const auto b, txn.Get("b"));
        if (b.has_value()) return absl::AlreadyExistsError("taken");
        txn.Put("b", "2");
        txn.Emit({.type = "test"});
        return absl::OkStatus();
      },
      taken.done());
  ledger_->UpdateAsync({}, PutAndEmit("c", "1"), second.done());
  fail_writes_ = true;
  Release();
  for (Call* call : {&first, &taken, &second}) {
    EXPECT_EQ(ErrorReason(call->Get().status()), "COMMIT_UNKNOWN");
    EXPECT_EQ(call->Get().status().code(), absl::StatusCode::kUnavailable);
  }
  EXPECT_TRUE(ledger_->stopped());
  fail_writes_ = false;  // a second try would succeed; it must not be made
  EXPECT_EQ(ErrorReason(Update(PutAndEmit("d", "1")).status()), "LEDGER_STOPPED");
  EXPECT_EQ(ErrorReason(ledger_->FindCommitted(lost).status()), "LEDGER_STOPPED");
  EXPECT_EQ(ErrorReason(ledger_->View(0, [](const kv::Reader&) { return absl::OkStatus(); })),
            "LEDGER_STOPPED");
  EXPECT_EQ(ledger_->Size(), 2u);
  EXPECT_NE(ledger_->Checkpoint(), checkpoint);
  EXPECT_EQ(ledger_->WaitForEntry(2, absl::InfiniteDuration()), 2u) << "nobody waits in vain";

  Reopen();
  EXPECT_TRUE(Check().ok()) << Check();
  EXPECT_EQ(Read("b"), "(absent)");
  EXPECT_TRUE(ledger_->Update(lost, PutAndEmit("b", "1")).ok());
}

TEST_F(LedgerTest, EveryFailingWriteStopsIt) {
  for (int n = 1; n <= 5; ++n) {
    shared_ = kv::NewMemoryBackend();
    int writes = 0;
    ledger_ = OpenTestLedger(shared_, &clock_, [&]() -> absl::Status {
                return ++writes == n + 1 ? absl::DataLossError("EIO") : absl::OkStatus();
              }).value();
    int acknowledged = 0;
    for (int i = 0; i < 8; ++i) {
      if (Update(PutAndEmit(absl::StrCat(i), "v")).ok()) ++acknowledged;
    }
    EXPECT_EQ(acknowledged, n - 1);
    ledger_.reset();
    EXPECT_EQ(shared_->NewSnapshot()->Scan("E", "F", 100)->size(),
              static_cast<size_t>(acknowledged));
    EXPECT_TRUE(Check().ok());
  }
}

TEST_F(LedgerTest, ClosingDrainsTheQueue) {
  Hold();
  std::vector<Call> calls(20);
  for (size_t i = 0; i < calls.size(); ++i) {
    ledger_->UpdateAsync({}, PutAndEmit(absl::StrCat(i), "v"), calls[i].done());
  }
  gate_.Open();
  ledger_.reset();
  for (Call& call : calls) EXPECT_TRUE(call.Get().ok());
}

TEST_F(LedgerTest, WaitsForEntries) {
  EXPECT_EQ(ledger_->WaitForEntry(0, absl::ZeroDuration()), 0u);
  Hold();
  Release();
  EXPECT_EQ(ledger_->WaitForEntry(0, absl::InfiniteDuration()), 1u);
}

TEST_F(LedgerTest, ALargeLogProvesEverything) {
  constexpr uint64_t kEntries = 66'000;  // reaches the third level of tiles
  std::vector<crypto::TreeHead> heads = {{0, crypto::EmptyRoot()}};
  while (ledger_->Size() < kEntries) {
    ASSERT_TRUE(Update([&](Txn& txn) {
                  for (uint64_t i = 0; i < kEventsMax; ++i) txn.Emit({.type = "test"});
                  return absl::OkStatus();
                }).ok());
    if (heads.size() < 40 || ledger_->Size() == kEntries) {
      const auto head = log::OpenCheckpoint(ledger_->Checkpoint(), Identity()).value();
      heads.push_back({head.size, head.root});
    }
  }
  for (int round = 0; round < 2; ++round) {
    for (const uint64_t seq : {uint64_t{0}, uint64_t{255}, uint64_t{256}, uint64_t{32'767},
                               uint64_t{65'535}, uint64_t{65'536}, kEntries - 1}) {
      const auto receipt = ledger_->MakeReceipt(seq);
      ASSERT_TRUE(receipt.ok()) << receipt.status();
      const auto verified = log::VerifyReceipt(receipt->entry, receipt->proof, Identity());
      ASSERT_TRUE(verified.ok()) << verified.status();
      EXPECT_EQ(verified->seq, seq);
    }
    for (size_t i = 1; i < heads.size(); ++i) {
      for (const crypto::TreeHead& newer : {heads[i], heads.back()}) {
        const auto path = ledger_->ConsistencyProof(heads[i].size, newer.size);
        ASSERT_TRUE(path.ok()) << path.status();
        EXPECT_TRUE(crypto::VerifyConsistency(heads[i], newer, *path).ok());
      }
    }
    // Whoever has the tiles can make every proof.
    const TileNodes nodes(*ledger_);
    for (const uint64_t seq : {uint64_t{0}, uint64_t{65'535}, uint64_t{65'536}, kEntries - 1}) {
      const auto path = crypto::InclusionPath(seq, kEntries, nodes);
      ASSERT_TRUE(path.ok()) << path.status();
      const std::string leaf = nodes.Node(0, seq).value();
      EXPECT_EQ(crypto::RootFromInclusion({seq, kEntries, leaf}, *path).value(), heads.back().root);
    }
    Reopen();
  }
  EXPECT_EQ(ErrorReason(ledger_->MakeReceipt(kEntries).status()), "ENTRY_NOT_FOUND");
  EXPECT_EQ(ErrorReason(ledger_->Tile(0, 258).status()), "TILE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(ledger_->Tile(3, 0).status()), "TILE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(ledger_->Tile(-1, 0).status()), "TILE_LEVEL");
  EXPECT_EQ(ErrorReason(ledger_->ConsistencyProof(0, 1).status()), "PROOF_RANGE");
  EXPECT_EQ(ErrorReason(ledger_->ConsistencyProof(2, 1).status()), "PROOF_RANGE");
  EXPECT_EQ(ErrorReason(ledger_->ConsistencyProof(1, kEntries + 1).status()), "PROOF_RANGE");
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_F(LedgerTest, OpenRefusesAStoreThatDoesNotFit) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Update(PutAndEmit("k", absl::StrCat(i))).ok());
  Ledger::Options options = TestOptions(&clock_);
  options.origin = "other.example";
  EXPECT_EQ(ErrorReason(Ledger::Open(std::make_unique<TestBackend>(shared_), options).status()),
            "ORIGIN_MISMATCH");
  options.origin = "with space";
  EXPECT_EQ(ErrorReason(Ledger::Open(std::make_unique<TestBackend>(shared_), options).status()),
            "LEDGER_OPTIONS");
  std::string older = shared_->NewSnapshot()->Get(HeadKey()).value().value();
  older[0] = kLayout - 1;
  ASSERT_TRUE(shared_->Write({{{HeadKey(), older}}}).ok());
  EXPECT_EQ(ErrorReason(OpenTestLedger(shared_, &clock_).status()), "STORE_LAYOUT");
  EXPECT_EQ(ErrorReason(Check()), "STORE_LAYOUT");
  ASSERT_TRUE(shared_->Write({{{HeadKey(), older + "x"}}}).ok());
  EXPECT_EQ(ErrorReason(OpenTestLedger(shared_, &clock_).status()), "LEDGER_DAMAGED");
  const auto no_head = std::shared_ptr<kv::Backend>(kv::NewMemoryBackend());
  ASSERT_TRUE(no_head->Write({{{"S", "x"}}}).ok());
  EXPECT_EQ(ErrorReason(OpenTestLedger(no_head, &clock_).status()), "LEDGER_DAMAGED");
}

// Damages one stored value at a time: the check finds each, opening finds what it signs over.
TEST_F(LedgerTest, DamageIsFound) {
  for (int i = 0; i < 300; ++i) {  // more than a tile
    ASSERT_TRUE(ledger_
                    ->Update({.idempotency_scope = "p", .request_id = absl::StrCat(i)},
                             PutAndEmit("k", absl::StrCat(i)))
                    .ok());
  }
  ledger_.reset();
  struct Case {
    const char* name;
    std::string key;
    bool open_fails;
  };
  const std::string answer = AnswerKey({"p", "299"});
  for (const Case& c : std::vector<Case>{{"old entry", EntryKey(1), false},
                                         {"entry", EntryKey(299), true},
                                         {"body", EntryKey(299), true},
                                         {"tile", TileKey(0, 0), true},
                                         {"head", HeadKey(), true},
                                         {"answer", answer, false}}) {
    const std::string good = shared_->NewSnapshot()->Get(c.key).value().value();
    std::string flipped = good;
    // The answer's first seq lies behind its version and its empty digest.
    // An entry's record ends in its body.
    const size_t at = c.key == answer                        ? 3
                      : absl::string_view(c.name) == "entry" ? kEntryOverheadBytes + 1
                                                             : good.size() - 1;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    for (const std::optional<std::string>& bad :
         {std::optional<std::string>(flipped), std::optional<std::string>()}) {
      if (!bad.has_value() && (c.key == answer || c.key == HeadKey())) continue;
      ASSERT_TRUE(shared_->Write({{{c.key, bad}}}).ok());
      EXPECT_EQ(ErrorReason(Check()), "LEDGER_DAMAGED") << c.name;
      EXPECT_EQ(OpenTestLedger(shared_, &clock_).ok(), !c.open_fails) << c.name;
    }
    ASSERT_TRUE(shared_->Write({{{c.key, good}}}).ok());
    ASSERT_TRUE(Check().ok());
  }
  for (const std::string& extra : {EntryKey(300), TileKey(0, 1), TileKey(1, 0)}) {
    ASSERT_TRUE(shared_->Write({{{extra, "x"}}}).ok());
    EXPECT_EQ(ErrorReason(Check()), "LEDGER_DAMAGED");
    ASSERT_TRUE(shared_->Write({{{extra, std::nullopt}}}).ok());
  }
  EXPECT_TRUE(Check().ok());
  EXPECT_EQ(ErrorReason(CheckLedger(*shared_, "other")), "ORIGIN_MISMATCH");
  EXPECT_EQ(ErrorReason(CheckLedger(*kv::NewMemoryBackend(), kTestOrigin)), "LEDGER_NOT_FOUND");
}

TEST_F(LedgerTest, ReportsItsBatches) {
  ledger_.reset();
  std::vector<BatchStats> stats;
  Ledger::Options options = TestOptions(&clock_);
  options.on_batch = [&](const BatchStats& s) { stats.push_back(s); };
  ledger_ = Ledger::Open(std::make_unique<TestBackend>(shared_,
                                                       [this] {
                                                         gate_.Pass();
                                                         return absl::OkStatus();
                                                       }),
                         options)
                .value();
  std::atomic<int> runs = 0;
  Hold();
  Call first, second;
  ledger_->UpdateAsync({}, Increment("n", runs), first.done());
  ledger_->UpdateAsync({}, Increment("n", runs), second.done());
  Release();
  ASSERT_TRUE(second.Get().ok());
  ledger_.reset();
  ASSERT_EQ(stats.size(), 2u);
  EXPECT_EQ(stats[0].waiting, 2u);
  EXPECT_EQ(stats[1].updates, 2u);
  EXPECT_EQ(stats[1].events, 2u);
  EXPECT_EQ(stats[1].reruns, 1u);
}

}  // namespace
}  // namespace jodal::ledger
