// Opening bundles: an honest one verifies at every stage, and whatever is changed in it, by
// whomever, is found and named.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/bundle/files.h"
#include "clients/bundle/layout.h"
#include "clients/sdk/open_shares.h"
#include "common/base/bytes.h"
#include "common/crypto/ec.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/pki/certificate.h"
#include "common/status/error.h"
#include "jodal/bundle/v1/bundle.pb.h"
#include "procurement/bid/submission.h"
#include "procurement/notice/headline.h"
#include "tests/e2e/bundle_forger.h"
#include "tests/e2e/bundle_story.h"
#include "tests/support/parts.h"

namespace jodal::e2e {
namespace {

using testing_support::TheLot;
using testing_support::TheStage;

bool Full() { return std::getenv("JODAL_FULL") != nullptr; }

class BundleTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto story = BundleStory::Tell();
    ASSERT_TRUE(story.ok()) << story.status();
    story_ = story->release();
    forger_ = new Forger(story_->dir(), story_->dir() + "-copy", story_->system().dir() + "/keys",
                         story_->trust());
    const char* seed = std::getenv("JODAL_TEST_SEED");
    uint32_t number = std::random_device()();
    if (seed != nullptr) {
      EXPECT_TRUE(absl::SimpleAtoi(seed, &number));
    }
    std::cout << "JODAL_TEST_SEED=" << number << std::endl;
    random_.seed(number);
  }
  static void TearDownTestSuite() {
    delete forger_;
    delete story_;
    forger_ = nullptr;
    story_ = nullptr;
  }
  void SetUp() override { ASSERT_NE(story_, nullptr) << "the story could not be told"; }

  const FileMap& files() { return forger_->original(); }
  World& w() { return story_->world(); }
  System& s() { return story_->system(); }

  static size_t Random(size_t bound) { return random_() % bound; }
  static void FlipOneBit(std::string& bytes) {
    bytes[Random(bytes.size())] ^= static_cast<char>(1 << Random(8));
  }

  // "bids/#/seal.json": files of one kind differ in numbers and ids only.
  static std::string KindOf(const std::string& path) {
    std::vector<std::string> parts = absl::StrSplit(path, '/');
    if (parts[0] == "evidence") return "evidence/#" + parts[1].substr(64);
    if (parts[0] == "facts") return "facts/" + parts[1] + "/#" + parts[2].substr(6);
    if (parts[0] == "shares") return "shares/#" + parts[1].substr(1);
    if (parts[0] == "contract") return "contract/#/#" + parts[2].substr(2);
    if (parts[0] == "payment" && parts[2] != "order.json") {
      return "payment/#/#" + parts[2].substr(2);
    }
    if (parts.size() == 3 && parts[0] != "logs") return parts[0] + "/#/" + parts[2];
    return path;
  }
  // Every path; without JODAL_FULL one of each of half the kinds, other ones in every run.
  std::vector<std::string> Sample() {
    std::map<std::string, std::vector<std::string>> kinds;
    for (const auto& [path, bytes] : files()) kinds[KindOf(path)].push_back(path);
    std::vector<std::string> out;
    for (auto& [kind, paths] : kinds) {
      if (Full()) {
        out.insert(out.end(), paths.begin(), paths.end());
      } else if (Random(2) == 0) {
        out.push_back(paths[Random(paths.size())]);
      }
    }
    return out;
  }
  // The folder of supplier `who`'s bid.
  std::string BidDirOf(const Person& who) {
    for (const auto& [path, bytes] : files()) {
      if (absl::EndsWith(path, "/opened.json") &&
          absl::StrContains(bytes, "\"supplierId\":\"" + who.organization() + "\"")) {
        return path.substr(0, path.size() - std::string("opened.json").size());
      }
    }
    ADD_FAILURE() << "no bid by " << who.name;
    return "";
  }

  struct Attack {
    const char* name;
    std::function<void(FileMap&)> change;
    const char* reason;
  };
  void Forge(FileMap& files, const char* service, const std::function<void(ForgedLog&)>& change) {
    forger_->ForgeLog(files, service, change);
  }
  void ExpectFound(const std::vector<Attack>& attacks) {
    for (const Attack& attack : attacks) {
      const absl::Status verdict = forger_->Verify(attack.change);
      EXPECT_TRUE(absl::IsDataLoss(verdict)) << attack.name << ": " << verdict;
      EXPECT_EQ(ErrorReason(verdict), attack.reason) << attack.name << ": " << verdict;
    }
  }

  static BundleStory* story_;
  static Forger* forger_;
  static std::mt19937 random_;
};
BundleStory* BundleTest::story_ = nullptr;
Forger* BundleTest::forger_ = nullptr;
std::mt19937 BundleTest::random_;

// Puts `doc`, signed by `who`, at `base`; gives its digest.
template <typename Doc>
std::string Put(System& system, FileMap& files, const std::string& base, const Person& who,
                const std::string& kind, const Doc& doc) {
  const auto signed_document = system.Sign(who, kind, doc);
  files[base + ".json"] = signed_document.content();
  files[base + ".p7s"] = signed_document.signature();
  return sdk::DocumentHash(signed_document);
}
template <typename Doc>
Doc Get(const FileMap& files, const std::string& base) {
  Doc doc;
  EXPECT_TRUE(document::ParseStrictJson(files.at(base + ".json"), &doc).ok()) << base;
  return doc;
}
// The only, or the last, entry of the type.
event::v1::Event& EventOf(ForgedLog& log, const std::string& type) {
  for (auto it = log.rbegin(); it != log.rend(); ++it) {
    if (it->head.type() == type) return it->event;
  }
  ADD_FAILURE() << "no " << type;
  return log.front().event;
}
void DropEntry(ForgedLog& log, const std::string& type) {
  std::erase_if(log, [&](const ForgedEntry& e) { return e.head.type() == type; });
}
void DropFiles(FileMap& files, const std::string& prefix) {
  std::erase_if(files, [&](const auto& file) { return absl::StartsWith(file.first, prefix); });
}

TEST_F(BundleTest, AnHonestBundleVerifiesAtEveryStage) {
  for (const auto& stage : story_->stages()) {
    ASSERT_TRUE(stage.report.ok()) << stage.name << ": " << stage.report.status();
    EXPECT_EQ(stage.report->state, stage.state) << stage.name;
    if (stage.name != "two lots") continue;
    ASSERT_EQ(stage.report->results.size(), 2u);
    EXPECT_EQ(stage.report->results[0].award_supplier_id, w().s1->organization());
    EXPECT_EQ(stage.report->results[0].award_amount, 350'000'000);
    EXPECT_EQ(stage.report->results[1].award_supplier_id, w().s2->organization());
    EXPECT_EQ(stage.report->results[1].award_amount, 351'000'000);
    EXPECT_NE(stage.report->results[0].planned_price, stage.report->results[1].planned_price);
    EXPECT_EQ(stage.report->contracts, 2);
  }
  const auto report = bundle::VerifyBundle(story_->dir(), story_->trust());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->system, s().name());
  EXPECT_TRUE(report->training);
  EXPECT_EQ(report->tender_id, w().notice.notice.tender_id());
  EXPECT_EQ(report->title, "Corrected");
  EXPECT_EQ(report->notice_versions, 2);
  EXPECT_EQ(report->notice_hash, w().notice.hash_hex());
  EXPECT_EQ(report->files, static_cast<int>(files().size()));
  EXPECT_EQ(report->logs, 5);
  EXPECT_EQ(report->facts, 4);
  const int voids = static_cast<int>(story_->void_reasons().size());
  EXPECT_EQ(report->bids, 4 + voids);
  EXPECT_EQ(report->receipts, 4 + voids);
  EXPECT_EQ(report->valid_bids, 4);
  EXPECT_EQ(report->void_bids, voids);
  EXPECT_EQ(report->cancelled_bids, 1);
  EXPECT_EQ(report->superseded_bids, 1);
  EXPECT_EQ(report->members, 3);
  EXPECT_EQ(report->shares, 3 * (4 + voids));
  ASSERT_EQ(report->results.size(), 1u);
  EXPECT_EQ(report->results[0].planned_price, w().result.lots(0).planned_price());
  EXPECT_EQ(report->results[0].ranked, 3);
  EXPECT_EQ(report->outcome, "award");
  EXPECT_EQ(report->results[0].award_supplier_id, w().s1->organization());
  EXPECT_EQ(report->award_amount, 350'000'000);
  EXPECT_EQ(report->payments, 1);
  EXPECT_EQ(report->orders_withheld, 0);
  EXPECT_EQ(report->paid_amount, 350'000'000);
  EXPECT_EQ(report->state, "SETTLED");
}

TEST_F(BundleTest, VoidBidsAreVoidForTheReasonThatTheyHave) {
  std::map<std::string, std::string> found;
  for (const auto& [path, bytes] : files()) {
    if (!absl::EndsWith(path, "/opened.json")) continue;
    bidding::v1::OpenedBid opened;
    ASSERT_TRUE(document::ParseStrictJson(bytes, &opened).ok());
    if (!opened.void_reason().empty()) found[opened.submission_id()] = opened.void_reason();
  }
  EXPECT_EQ(found, story_->void_reasons());
}

TEST_F(BundleTest, AnOfficerWhoMayNotSeeOrdersGetsABundleWithoutThem) {
  const std::string dir = story_->dir() + "-officer";
  ASSERT_EQ(story_->Export(w().notice.notice.tender_id(), *w().officer, dir), absl::OkStatus());
  const auto report = bundle::VerifyBundle(dir, story_->trust());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->orders_withheld, 1);
  EXPECT_EQ(ErrorReason(story_->Export(w().notice.notice.tender_id(), *w().officer, dir)),
            "BUNDLE_EXISTS");
}

TEST_F(BundleTest, EveryBitOfEveryFileIsCoveredByTheManifest) {
  for (const std::string& path : Sample()) {
    for (int i = 0; i < 3; ++i) {
      const absl::Status verdict =
          forger_->VerifyUnderOldManifest([&](FileMap& f) { FlipOneBit(f.at(path)); });
      ASSERT_TRUE(absl::IsDataLoss(verdict)) << path << ": " << verdict;
      // The manifest is compared with what the first notice says, and is itself not in it.
      if (path == bundle::kManifestFile || path == "notice/1/notice.json") continue;
      EXPECT_EQ(ErrorMetadataOf(verdict)["file"], path) << verdict;
      EXPECT_EQ(ErrorReason(verdict), "BUNDLE_FILE_ALTERED") << verdict;
    }
  }
}

TEST_F(BundleTest, EveryByteMattersWhateverTheManifestSays) {
  for (const std::string& path : Sample()) {
    if (path == bundle::kManifestFile) continue;
    const size_t size = files().at(path).size();
    const size_t at = Random(size + 1);  // past the end: a byte more
    const absl::Status verdict = forger_->Verify([&](FileMap& f) {
      std::string& bytes = f.at(path);
      if (at == size) bytes += "\n";
      if (at < size) bytes[at] ^= static_cast<char>(1 << Random(8));
    });
    EXPECT_TRUE(absl::IsDataLoss(verdict)) << path << " at " << at << ": " << verdict;
    EXPECT_FALSE(ErrorReason(verdict).empty()) << path << ": " << verdict;
  }
}

TEST_F(BundleTest, NoFileMayBeMissing) {
  for (const std::string& path : Sample()) {
    const absl::Status old_manifest =
        forger_->VerifyUnderOldManifest([&](FileMap& f) { f.erase(path); });
    EXPECT_TRUE(absl::IsDataLoss(old_manifest)) << path << ": " << old_manifest;
    // A payment order is restricted: without it the bundle claims less, not something else.
    if (path == bundle::kManifestFile || absl::EndsWith(path, "/order.json")) continue;
    const absl::Status verdict = forger_->Verify([&](FileMap& f) { f.erase(path); });
    EXPECT_TRUE(absl::IsDataLoss(verdict)) << path << ": " << verdict;
  }
}

TEST_F(BundleTest, NoFileMayBeAdded) {
  const std::string person = bundle::PersonDir(w().s1->id());
  for (const auto& [path, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"notes.txt", "x"},
           {"bids/notes.txt", "x"},
           {person + "agree.der", files().at(person + "certificate.der")},
           {bundle::ShareBase(1, 2) + ".json", files().at(bundle::ShareBase(1, 1) + ".json")},
           {"prices/entered.json", files().at("award/award.json")},
           {"logs/tracking/checkpoint.txt", files().at("logs/tender/checkpoint.txt")},
           {"evidence/" + HexEncode(crypto::Sha256(files().at(person + "certificate.der"))) +
                ".cer",
            files().at(person + "certificate.der")}}) {
    const absl::Status old_manifest =
        forger_->VerifyUnderOldManifest([&](FileMap& f) { f[path] = bytes; });
    EXPECT_EQ(ErrorReason(old_manifest), "BUNDLE_UNKNOWN_FILE") << path << ": " << old_manifest;
    EXPECT_EQ(ErrorMetadataOf(old_manifest)["file"], path);
    const absl::Status verdict = forger_->Verify([&](FileMap& f) { f[path] = bytes; });
    // What lies with the bids is taken for one, without a receipt.
    EXPECT_EQ(ErrorReason(verdict),
              path == "bids/notes.txt" ? "BUNDLE_FILE_MISSING" : "BUNDLE_UNKNOWN_FILE")
        << path << ": " << verdict;
  }
}

TEST_F(BundleTest, BidsCannotBeSwapped) {
  const std::string one = BidDirOf(*w().s1);
  const std::string two = BidDirOf(*w().s2);
  for (const char* name : {"seal.json", "seal.p7s", "ciphertext.bin", "cek.bin", "bid.json",
                           "bid.p7s", "receipt.txt", "opened.json"}) {
    const absl::Status verdict =
        forger_->Verify([&](FileMap& f) { std::swap(f.at(one + name), f.at(two + name)); });
    EXPECT_TRUE(absl::IsDataLoss(verdict)) << name << ": " << verdict;
  }
  const absl::Status verdict = forger_->Verify([&](FileMap& f) {
    for (const char* name : {"seal.json", "seal.p7s", "ciphertext.bin", "cek.bin", "bid.json",
                             "bid.p7s", "receipt.txt", "opened.json"}) {
      std::swap(f.at(one + name), f.at(two + name));
    }
  });
  EXPECT_EQ(ErrorReason(verdict), "BID_NOT_RECEIVED") << verdict;
}

// Without any key, but with a manifest made anew.
TEST_F(BundleTest, WhatAnOutsiderChangesIsFound) {
  const std::string bid = BidDirOf(*w().s2);
  const auto replace = [](std::string& bytes, const std::string& from, const std::string& to) {
    ASSERT_TRUE(absl::StrContains(bytes, from)) << from;
    bytes = absl::StrReplaceAll(bytes, {{from, to}});
  };
  struct Case {
    const char* name;
    std::function<void(FileMap&)> change;
    const char* reason;
    std::string file;
  };
  const std::string share = bundle::ShareBase(1, 1) + ".json";
  for (const Case& c : std::vector<Case>{
           {"a share",
            [&](FileMap& f) {
              document::v1::OpenShares shares;
              ASSERT_TRUE(document::ParseStrictJson(f.at(share), &shares).ok());
              (*shares.mutable_shares())[0] ^= 1;
              f.at(share) = *document::ToCanonicalJson(shares);
            },
            "SIGNATURE_REFUSED", bundle::ShareBase(1, 1) + ".p7s"},
           {"a decision that is no document",
            [&](FileMap& f) { f.at("award/award.json")[1] = '\xff'; }, "JSON_MALFORMED",
            "award/award.json"},
           {"the price of a bid",
            [&](FileMap& f) { replace(f.at(bid + "bid.json"), "355000000", "345000000"); },
            "OPENED_BID_MISMATCH", bid + "bid.json"},
           {"the published price",
            [&](FileMap& f) { replace(f.at(bid + "opened.json"), "355000000", "345000000"); },
            "OPENED_BID_MISMATCH", bid + "opened.json"},
           {"a void reason",
            [&](FileMap& f) {
              replace(f.at(bid + "opened.json"), "\"amount\":355000000",
                      "\"voidReason\":\"PRICE_INVALID\"");
            },
            "OPENED_BID_MISMATCH", bid + "opened.json"},
           {"a key", [&](FileMap& f) { f.at(bid + "cek.bin")[0] ^= 1; }, "OPENED_BID_MISMATCH",
            bid + "cek.bin"},
           {"the planned price",
            [&](FileMap& f) {
              replace(f.at(bundle::kResultFile),
                      absl::StrCat("\"plannedPrice\":", w().result.lots(0).planned_price()),
                      "\"plannedPrice\":400000000");
            },
            "RESULT_MISMATCH", bundle::kResultFile},
           {"the rank of a bid",
            [&](FileMap& f) { replace(f.at(bundle::RowsFile(1)), "\"rank\":1,", "\"rank\":2,"); },
            "RESULT_MISMATCH", bundle::RowsFile(1)},
           {"the seed", [&](FileMap& f) { f.at(bundle::kSeedFile)[0] ^= 1; }, "SEED_MISMATCH",
            bundle::kSeedFile},
           {"another bid's receipt",
            [&](FileMap& f) {
              f.at(bid + "receipt.txt") = f.at(BidDirOf(*w().s3) + "receipt.txt");
            },
            "RECEIPT_MISMATCH", bid + "receipt.txt"},
           {"an older checkpoint",
            [&](FileMap& f) {
              const std::string text = f.at(bid + "receipt.txt");
              f.at("logs/tender/checkpoint.txt") = text.substr(text.find("\n\n") + 2);
            },
            "ORIGIN_MISMATCH", "logs/tender/checkpoint.txt"},
           {"an entry",
            [&](FileMap& f) {
              std::string& lines = f.at("logs/bidding/entries.jsonl");
              lines = lines.substr(lines.find('\n') + 1);
            },
            "EVENT_MISMATCH", "logs/bidding/entries.jsonl"},
           {"a body",
            [&](FileMap& f) {
              std::string& lines = f.at("logs/bidding/entries.jsonl");
              bundle::v1::LogLine line;
              ASSERT_TRUE(document::ParseStrictJson(lines.substr(0, lines.find('\n')), &line).ok());
              event::v1::Event event;
              event.ParseFromString(line.body());
              event.mutable_box_created()->set_quorum(1);
              line.set_body(event.SerializeAsString());
              lines = *document::ToCanonicalJson(line) + lines.substr(lines.find('\n'));
            },
            "BODY_MISMATCH", "logs/bidding/entries.jsonl"},
           {"the winner",
            [&](FileMap& f) {
              replace(f.at("award/award.json"), w().s1->organization(), w().s2->organization());
            },
            "SIGNATURE_REFUSED", "award/award.p7s"},
           {"a bid left out", [&](FileMap& f) { DropFiles(f, bid); }, "BID_MISSING", "bids"},
           {"the box",
            [&](FileMap& f) { replace(f.at(bundle::kBoxFile), "\"quorum\":3", "\"quorum\":2"); },
            "BOX_MISMATCH", bundle::kBoxFile},
           {"the payment order",
            [&](FileMap& f) {
              for (auto& [path, bytes] : f) {
                if (absl::EndsWith(path, "/order.json"))
                  replace(bytes, "110-222-333342", "999-999-999999");
              }
            },
            "ORDER_MISMATCH",
            absl::StrCat(bundle::PaymentDir(w().payment.payment_id()), "order.json")},
           {"evidence left out", [&](FileMap& f) { DropFiles(f, "evidence/"); },
            "SIGNATURE_REFUSED", ""},
           {"a registration left out",
            [&](FileMap& f) { DropFiles(f, bundle::PersonDir(w().s2->id())); }, "SIGNER_UNKNOWN",
            bid + "seal.json"},
       }) {
    const absl::Status verdict = forger_->Verify(c.change);
    EXPECT_TRUE(absl::IsDataLoss(verdict)) << c.name << ": " << verdict;
    EXPECT_EQ(ErrorReason(verdict), c.reason) << c.name << ": " << verdict;
    if (!c.file.empty()) {
      EXPECT_EQ(ErrorMetadataOf(verdict)["file"], c.file) << c.name;
    }
  }
}

TEST_F(BundleTest, TrustIsTheCallersOwn) {
  bundle::Trust trust = story_->trust();
  trust.registrar_cert_sha256 = std::string(64, 'a');
  EXPECT_EQ(ErrorReason(bundle::VerifyBundle(story_->dir(), trust).status()), "SIGNER_MISMATCH");
  trust.registrar_cert_sha256.clear();
  EXPECT_TRUE(bundle::VerifyBundle(story_->dir(), trust).ok());
  trust.logs.at("bidding").public_key[0] ^= 1;
  EXPECT_EQ(ErrorReason(bundle::VerifyBundle(story_->dir(), trust).status()),
            "CHECKPOINT_SIGNATURE");
  trust = story_->trust();
  trust.logs.erase("bidding");
  EXPECT_EQ(ErrorReason(bundle::VerifyBundle(story_->dir(), trust).status()), "MANIFEST_MISMATCH");
  trust = story_->trust();
  trust.anchors = {story_->world().s1->identity.certificate().der()};
  EXPECT_EQ(ErrorReason(bundle::VerifyBundle(story_->dir(), trust).status()),
            "TRUST_ANCHOR_INVALID");
  EXPECT_EQ(ErrorReason(bundle::VerifyBundle("/nowhere", story_->trust()).status()),
            "BUNDLE_NOT_FOUND");
}

// An officer, an approver and the operator publish together what the law does not allow.
TEST_F(BundleTest, AnUnlawfulNoticeIsNamed) {
  using document::v1::Notice;
  struct Case {
    const char* name;
    const char* reason;
    const char* field;
    std::function<void(Notice&)> spoil;
  };
  const Case cases[] = {
      {"a rule set that is not in force yet", "RULE_SET_NOT_IN_FORCE", "rule_set",
       [](Notice& n) { n.set_rule_set("kr-state-general-services-2026-05"); }},
      {"a rule set of the other regime", "RULE_SET_MISMATCH", "rule_set",
       [](Notice& n) { n.set_rule_set("kr-local-general-services-2024"); }},
      {"a rule set that there is not", "RULE_SET_UNKNOWN", "rule_set",
       [](Notice& n) { n.set_rule_set("kr-none"); }},
      {"a notice of a few days", "NOTICE_PERIOD_TOO_SHORT", "stages[0].deadline",
       [](Notice& n) { TheStage(n).set_deadline("2025-01-08T02:00:00Z"); }},
      {"a deadline at night", "DEADLINE_OUTSIDE_HOURS", "stages[0].deadline",
       [](Notice& n) {
         TheStage(n).set_deadline("2025-01-20T13:00:00Z");
         TheStage(n).set_open_at("2025-01-21T02:00:00Z");
       }},
      {"a deadline on a holiday", "DEADLINE_NOT_WORKING_DAY", "stages[0].deadline",
       [](Notice& n) {
         TheStage(n).set_deadline("2025-01-28T02:00:00Z");
         TheStage(n).set_open_at("2025-01-28T03:00:00Z");
       }},
      {"an opening at the deadline", "OPENING_TOO_EARLY", "stages[0].open_at",
       [](Notice& n) { TheStage(n).set_open_at(TheStage(n).deadline()); }},
      {"a base amount that is not one", "BASE_OUT_OF_RANGE", "lots[0].base_amount",
       [](Notice& n) { TheLot(n).set_base_amount(0); }},
      {"a word that the law does not know", "NOTICE_FIELD_INVALID", "regime",
       [](Notice& n) { n.set_regime("private"); }},
      {"one member opens alone", "COMMITTEE_QUORUM", "quorum", [](Notice& n) { n.set_quorum(1); }},
      {"a member twice", "COMMITTEE_MEMBER_REPEATED", "committee[1].person_id",
       [](Notice& n) { n.mutable_committee(1)->set_person_id(n.committee(0).person_id()); }},
      {"somebody else's key for a member", "COMMITTEE_MEMBER_KEY", "committee[0].spki",
       [](Notice& n) {
         n.mutable_committee(0)->set_spki(
             crypto::P256PrivateKey::Derive("the operator's").SpkiDer());
       }},
      {"an insider named as an outsider", "COMMITTEE_OUTSIDE_FLAG", "committee[0].outside",
       [](Notice& n) { n.mutable_committee(0)->set_outside(!n.committee(0).outside()); }},
      {"bids for another log", "LOG_ORIGIN_MISMATCH", "log_origin",
       [](Notice& n) { n.set_log_origin("elsewhere/bidding"); }},
      {"prices without a commitment", "ENTERED_PRICES_COMMITMENT", "lots[0].entered_prices_sha256",
       [](Notice& n) { TheLot(n).set_price_source("entered"); }},
  };
  for (const Case& c : cases) {
    const absl::Status verdict = forger_->Verify([&](FileMap& f) {
      auto notice = Get<Notice>(f, bundle::NoticeBase(1));
      c.spoil(notice);
      const std::string hash = Put(s(), f, bundle::NoticeBase(1), *w().officer, "notice", notice);
      auto approval = Get<document::v1::NoticeApproval>(f, bundle::ApprovalBase(1));
      approval.set_notice_hash(hash);
      const std::string approved =
          Put(s(), f, bundle::ApprovalBase(1), *w().approver, "notice.approval", approval);
      forger_->ForgeLog(f, "tender", [&](ForgedLog& log) {
        for (ForgedEntry& e : log) {
          if (!e.event.has_notice_published() || e.event.notice_published().notice_version() != 1) {
            continue;
          }
          auto* published = e.event.mutable_notice_published();
          published->set_notice_hash(hash);
          published->set_approval_sha256(approved);
          procurement::CopyHeadline(notice, published);
        }
      });
    });
    EXPECT_EQ(ErrorReason(verdict), c.reason) << c.name << ": " << verdict;
    EXPECT_EQ(ErrorMetadataOf(verdict)["field"], c.field) << c.name;
    EXPECT_EQ(ErrorMetadataOf(verdict)["file"], "notice/1/notice.json") << c.name;
  }
}

// Below: an operator with the keys of all logs, and people who conspire with the operator.
TEST_F(BundleTest, WhatTheOperatorLeavesAsItIsVerifies) {
  EXPECT_EQ(forger_->Verify([&](FileMap& f) {
    for (const char* service : bundle::kServices) Forge(f, service, [](ForgedLog&) {});
  }),
            absl::OkStatus());
}

TEST_F(BundleTest, WhatTheOperatorForgesOfBidsIsFound) {
  const std::string bid = BidDirOf(*w().s2);
  const std::string digest = [&] {
    bidding::v1::OpenedBid opened;
    EXPECT_TRUE(document::ParseStrictJson(files().at(bid + "opened.json"), &opened).ok());
    return opened.submission_digest();
  }();
  const auto is_this_bid = [&](const ForgedEntry& e) {
    return (e.event.has_bid_received() && e.event.bid_received().submission_digest() == digest) ||
           (e.event.has_bid_opened() && e.event.bid_opened().submission_digest() == digest);
  };
  ExpectFound({
      {"a bid is left out, the box closed over the rest",
       [&](FileMap& f) {
         std::vector<std::string> dirs, digests;
         for (const auto& [path, bytes] : f) {
           if (absl::EndsWith(path, "/opened.json")) dirs.push_back(path);
         }
         for (const std::string& path : dirs) {
           bidding::v1::OpenedBid opened;
           ASSERT_TRUE(document::ParseStrictJson(f.at(path), &opened).ok());
           if (opened.submission_digest() != digest) digests.push_back(opened.submission_digest());
         }
         FileMap kept;
         for (auto& [path, bytes] : f) {
           if (absl::StartsWith(path, bid)) continue;
           std::string name = path;
           int number = 0;
           if (absl::StartsWith(path, "bids/") && path > bid &&
               absl::SimpleAtoi(path.substr(5, 6), &number)) {
             name = absl::StrCat("bids/", absl::StrFormat("%06d", number - 1), path.substr(11));
           }
           kept[name] = bytes;
         }
         f = kept;
         Forge(f, "bidding", [&](ForgedLog& log) {
           std::erase_if(log, is_this_bid);
           auto& closed = *EventOf(log, "box.closed").mutable_box_closed();
           closed.set_count(static_cast<int>(digests.size()));
           closed.set_root(*procurement::BoxRoot(digests));
           for (ForgedEntry& e : log) {
             if (!e.event.has_share_released()) continue;
             auto& released = *e.event.mutable_share_released();
             // All or the last ones of the box.
             if (released.count() > 1) released.set_count(released.count() - 1);
           }
         });
         Forge(f, "tender", [&](ForgedLog& log) {
           auto& closed = *EventOf(log, "tender.closed").mutable_tender_closed();
           closed.set_bids(static_cast<int>(digests.size()));
           closed.set_box_root(*procurement::BoxRoot(digests));
         });
       },
       "BOX_ROOT_MISMATCH"},  // the committee signed another root
      {"a bid is said to have been cancelled",
       [&](FileMap& f) {
         Forge(f, "bidding", [&](ForgedLog& log) {
           ForgedEntry cancelled;
           for (const ForgedEntry& e : log) {
             if (e.head.type() == "bid.cancelled") cancelled = e;
           }
           cancelled.event.mutable_bid_cancelled()->set_submission_digest(digest);
           cancelled.head.set_seq(log.back().head.seq() + 1);
           cancelled.head.set_commit_time_ns(log.back().head.commit_time_ns() + 1);
           cancelled.head.set_arrival_time_ns(0);
           log.push_back(cancelled);
         });
       },
       "BID_NOT_RECEIVED"},
      {"a bid came late",
       [&](FileMap& f) {
         Forge(f, "bidding", [&](ForgedLog& log) {
           for (ForgedEntry& e : log) {
             if (e.event.has_bid_received() && is_this_bid(e)) {
               e.head.set_arrival_time_ns(absl::ToUnixNanos(At(World::kBidStart)) - 1);
             }
           }
         });
       },
       "BID_NOT_RECEIVED"},  // another place in the box
      {"the price of a bid",
       [&](FileMap& f) {
         Forge(f, "bidding", [&](ForgedLog& log) {
           for (ForgedEntry& e : log) {
             if (e.event.has_bid_opened() && is_this_bid(e)) {
               e.event.mutable_bid_opened()->set_amount(345'000'000);
             }
           }
         });
       },
       "EVENT_MISMATCH"},
  });
}

TEST_F(BundleTest, WhatTheOperatorForgesOfResultsIsFound) {
  ExpectFound({
      {"a seed that suits better",
       [&](FileMap& f) {
         f.at(bundle::kSeedFile) = std::string(32, 's');
         Forge(f, "tender", [&](ForgedLog& log) {
           EventOf(log, "tender.evaluated")
               .mutable_tender_evaluated()
               ->set_seed(HexEncode(std::string(32, 's')));
         });
       },
       "SEED_MISMATCH"},
      {"a seed that suits better, committed to as well",
       [&](FileMap& f) {
         f.at(bundle::kSeedFile) = std::string(32, 's');
         Forge(f, "tender", [&](ForgedLog& log) {
           for (ForgedEntry& e : log) {
             if (!e.event.has_notice_published()) continue;
             e.event.mutable_notice_published()->set_seed_commit(
                 HexEncode(crypto::Sha256(std::string(32, 's'))));
           }
         });
       },
       "RESULT_MISMATCH"},
      {"a result of their own",
       [&](FileMap& f) {
         std::string& rows = f.at(bundle::RowsFile(1));
         const std::string before = HexEncode(crypto::Sha256(rows));
         rows = absl::StrReplaceAll(rows, {{"\"rank\":1,", "\"rank\":2,"}});
         f.at(bundle::kResultFile) = absl::StrReplaceAll(
             f.at(bundle::kResultFile), {{before, HexEncode(crypto::Sha256(rows))}});
         Forge(f, "tender", [&](ForgedLog& log) {
           EventOf(log, "tender.evaluated")
               .mutable_tender_evaluated()
               ->set_result_sha256(HexEncode(crypto::Sha256(f.at(bundle::kResultFile))));
         });
       },
       "RESULT_MISMATCH"},
      {"with an officer: award to somebody else",
       [&](FileMap& f) {
         auto award = Get<document::v1::AwardDecision>(f, bundle::kAwardBase);
         award.mutable_awards(0)->set_supplier_id(w().s2->organization());
         const auto sha256 = Put(s(), f, bundle::kAwardBase, *w().officer, "award.decision", award);
         Forge(f, "tender", [&](ForgedLog& log) {
           auto& event = *EventOf(log, "award.decided").mutable_award_decided();
           event.set_award_sha256(sha256);
           event.set_supplier_id(w().s2->organization());
         });
       },
       "AWARD_MISMATCH"},
      {"with an inspector: award not by an officer",
       [&](FileMap& f) {
         auto award = Get<document::v1::AwardDecision>(f, bundle::kAwardBase);
         award.set_signer(w().inspector->id());
         const auto sha256 =
             Put(s(), f, bundle::kAwardBase, *w().inspector, "award.decision", award);
         Forge(f, "tender", [&](ForgedLog& log) {
           EventOf(log, "award.decided").mutable_award_decided()->set_award_sha256(sha256);
         });
       },
       "SIGNER_ROLE"},
      {"with an officer: the officer approves their own notice",
       [&](FileMap& f) {
         auto approval = Get<document::v1::NoticeApproval>(f, bundle::ApprovalBase(2));
         approval.set_signer(w().officer->id());
         const auto sha256 =
             Put(s(), f, bundle::ApprovalBase(2), *w().officer, "notice.approval", approval);
         Forge(f, "tender", [&](ForgedLog& log) {
           EventOf(log, "notice.published").mutable_notice_published()->set_approval_sha256(sha256);
         });
       },
       "FOUR_EYES"},
  });
}

TEST_F(BundleTest, WhatTheOperatorForgesOfOpeningsIsFound) {
  ExpectFound({
      {"with a committee member: shares of their own making",
       [&](FileMap& f) {
         const std::string base = bundle::ShareBase(3, 1);
         auto shares = Get<document::v1::OpenShares>(f, base);
         (*shares.mutable_shares())[0] ^= 1;
         const auto sha256 = Put(s(), f, base, *w().member[2], "open-share", shares);
         Forge(f, "bidding", [&](ForgedLog& log) {
           EventOf(log, "share.released").mutable_share_released()->set_open_share_sha256(sha256);
         });
       },
       "SHARE_COMMIT_MISMATCH"},
      {"with a committee member: a good bid called bad",
       [&](FileMap& f) {
         const std::string base = bundle::ShareBase(3, 1);
         auto shares = Get<document::v1::OpenShares>(f, base);
         shares.mutable_shares()->replace(0, 32, std::string(32, '\0'));
         shares.add_bad_wraps();
         const auto sha256 = Put(s(), f, base, *w().member[2], "open-share", shares);
         Forge(f, "bidding", [&](ForgedLog& log) {
           EventOf(log, "share.released").mutable_share_released()->set_open_share_sha256(sha256);
         });
       },
       "BAD_WRAP_PROOF_INVALID"},
      {"a stranger is shown the sealed bids",
       [&](FileMap& f) {
         Forge(f, "bidding", [&](ForgedLog& log) {
           EventOf(log, "seals.read").mutable_seals_read()->set_member(World::kMembers + 1);
         });
       },
       "EVENT_MISMATCH"},
      {"two members are enough",
       [&](FileMap& f) {
         DropFiles(f, "shares/3-");
         Forge(f, "bidding", [&](ForgedLog& log) {
           std::erase_if(log, [](const ForgedEntry& e) {
             return e.event.has_share_released() && e.event.share_released().member() == 3;
           });
         });
       },
       "SHARES_MISSING"},
  });
}

TEST_F(BundleTest, WhatTheOperatorForgesOfFactsIsFound) {
  ExpectFound({
      {"a holiday is left out",
       [&](FileMap& f) {
         DropFiles(f, bundle::FactBase("holiday", 1));
         Forge(f, "registration", [&](ForgedLog& log) {
           std::erase_if(log, [](const ForgedEntry& e) {
             return e.event.has_fact_recorded() && e.event.fact_recorded().number() == 1;
           });
         });
       },
       "FACT_MISSING"},
      {"the last fact that a notice was judged by is left out",
       [&](FileMap& f) {
         DropFiles(f, bundle::FactBase("holiday", 3));
         DropFiles(f, bundle::FactBase("holiday", 4));
         Forge(f, "registration", [&](ForgedLog& log) {
           std::erase_if(log, [](const ForgedEntry& e) {
             return e.event.has_fact_recorded() && e.event.fact_recorded().number() >= 3;
           });
         });
       },
       "FACT_MISSING"},
      {"a holiday on record is not looked at",
       [&](FileMap& f) {
         Forge(f, "tender", [&](ForgedLog& log) {
           EventOf(log, "notice.published").mutable_notice_published()->set_holidays_known(0);
         });
       },
       "HOLIDAY_IGNORED"},
      {"a holiday that nobody could know of is looked at",
       [&](FileMap& f) {
         Forge(f, "tender", [&](ForgedLog& log) {
           EventOf(log, "notice.published").mutable_notice_published()->set_holidays_known(4);
         });
       },
       "EVENT_MISMATCH"},
      {"an officer makes a holiday",
       [&](FileMap& f) {
         const auto base = bundle::FactBase("holiday", 1);
         const auto fact = Get<document::v1::FactRecord>(f, base);
         const auto sha256 = Put(s(), f, base, *w().officer, "fact.record", fact);
         Forge(f, "registration", [&](ForgedLog& log) {
           EventOf(log, "fact.recorded").mutable_fact_recorded()->set_fact_sha256(sha256);
         });
       },
       "SIGNER_MISMATCH"},
      {"the log tells of another holiday than the registrar",
       [&](FileMap& f) {
         Forge(f, "registration", [&](ForgedLog& log) {
           EventOf(log, "fact.recorded")
               .mutable_fact_recorded()
               ->set_valid_to("2025-01-29T15:00:00Z");
         });
       },
       "EVENT_MISMATCH"},
  });
}

TEST_F(BundleTest, WhatTheOperatorForgesOfPeopleIsFound) {
  ExpectFound({
      {"a certificate is put in a person's place",
       [&](FileMap& f) {
         Forge(f, "registration", [&](ForgedLog& log) {
           for (ForgedEntry& e : log) {
             if (e.head.type() == "organization.approved" &&
                 e.event.organization_acted().organization_id() == w().s1->organization()) {
               e.event.mutable_organization_acted()->set_cert_sha256(
                   w().s2->identity.cert_sha256());
             }
           }
         });
       },
       "EVENT_MISMATCH"},
      {"a role is given that nobody approved",
       [&](FileMap& f) {
         Forge(f, "registration", [&](ForgedLog& log) {
           for (ForgedEntry& e : log) {
             if (e.head.type() == "person.approved" &&
                 e.event.person_acted().person_id() == w().inspector->id()) {
               e.event.mutable_person_acted()->add_roles("officer");
             }
           }
         });
       },
       "EVENT_MISMATCH"},
      {"a person is bound after signing",
       [&](FileMap& f) {
         Forge(f, "registration", [&](ForgedLog& log) {
           for (ForgedEntry& e : log) {
             if (e.head.type() == "person.approved" &&
                 e.event.person_acted().person_id() == w().inspector->id()) {
               e.head.set_seq(log.back().head.seq() + 1);
               e.head.set_commit_time_ns(absl::ToUnixNanos(s().clock().Now() + absl::Hours(1)));
               break;
             }
           }
         });
       },
       "SIGNER_NOT_YET_BOUND"},
  });
}

TEST_F(BundleTest, WhatTheOperatorForgesOfContractsIsFound) {
  ExpectFound({
      {"with the supplier: a dearer contract",
       [&](FileMap& f) {
         const auto base = bundle::ContractBase(w().contract.contract_id(), 1, "contract.offer");
         auto offer = Get<document::v1::ContractOffer>(f, base);
         offer.set_amount(offer.amount() + 1);
         const auto sha256 = Put(s(), f, base, *w().officer, "contract.offer", offer);
         Forge(f, "contract", [&](ForgedLog& log) {
           EventOf(log, "contract.offered").mutable_contract_acted()->set_document_sha256(sha256);
         });
       },
       "AMOUNT_MISMATCH"},
      {"a contract that nobody confirmed",
       [&](FileMap& f) {
         DropFiles(f, bundle::ContractBase(w().contract.contract_id(), 3, "contract.confirmation"));
         // The numbers of the files after it fit again.
         for (const auto& [number, kind] :
              {std::pair(4, "delivery.report"), std::pair(5, "delivery.inspection")}) {
           for (const char* part : {".json", ".p7s"}) {
             auto file =
                 f.extract(bundle::ContractBase(w().contract.contract_id(), number, kind) + part);
             file.key() = bundle::ContractBase(w().contract.contract_id(), number - 1, kind) + part;
             f.insert(std::move(file));
           }
         }
         Forge(f, "contract", [&](ForgedLog& log) { DropEntry(log, "contract.formed"); });
       },
       "WRONG_STATE"},
  });
}

TEST_F(BundleTest, WhatTheOperatorForgesOfPaymentsIsFound) {
  const std::string payment = bundle::PaymentDir(w().payment.payment_id());
  ExpectFound({
      {"with a paymaster: one person gives both approvals",
       [&](FileMap& f) {
         const auto base = bundle::PaymentBase(w().payment.payment_id(), 5, "payment.approval");
         auto approval = Get<document::v1::PaymentApproval>(f, base);
         approval.set_signer(w().paymaster->id());
         std::string sha256;
         for (const int extra : {0, 1}) {  // not the bytes of the first one
           (void)extra;
           const auto again = w().SignAnew(*w().paymaster, "payment.approval", approval);
           f[base + ".json"] = again.content();
           f[base + ".p7s"] = again.signature();
           sha256 = sdk::DocumentHash(again);
         }
         Forge(f, "payment", [&](ForgedLog& log) {
           EventOf(log, "payment.approved").mutable_payment_acted()->set_document_sha256(sha256);
         });
       },
       "FOUR_EYES"},
      {"with both paymasters: more than was delivered",
       [&](FileMap& f) {
         const auto base = bundle::PaymentBase(w().payment.payment_id(), 5, "payment.approval");
         auto approval = Get<document::v1::PaymentApproval>(f, base);
         approval.set_amount(approval.amount() + 1);
         const auto sha256 = Put(s(), f, base, *w().paymaster2, "payment.approval", approval);
         Forge(f, "payment", [&](ForgedLog& log) {
           EventOf(log, "payment.approved").mutable_payment_acted()->set_document_sha256(sha256);
         });
       },
       "AMOUNT_MISMATCH"},
      {"an account that is not in force yet",
       [&](FileMap& f) {
         Forge(f, "payment", [&](ForgedLog& log) {
           EventOf(log, "account.approved")
               .mutable_account_acted()
               ->set_effective_time("2035-01-01T00:00:00Z");
         });
       },
       "EVENT_MISMATCH"},
      {"an account that had been replaced",
       [&](FileMap& f) {
         Forge(f, "payment", [&](ForgedLog& log) {
           // As if version 2 had been in force before the invoice that names version 1.
           ForgedLog second;
           for (const ForgedEntry& e : log) {
             if (e.event.has_account_acted() && e.event.account_acted().account_version() == 2) {
               second.push_back(e);
             }
           }
           ASSERT_EQ(second.size(), 2u);
           std::erase_if(log, [&](const ForgedEntry& e) {
             return e.head.seq() == second[0].head.seq() || e.head.seq() == second[1].head.seq();
           });
           auto invoice = log.begin();
           while (invoice->head.type() != "invoice.created") ++invoice;
           const int64_t time_ns = invoice->head.arrival_time_ns();
           const uint64_t seq = invoice->head.seq();
           for (auto e = log.begin(); e != log.end(); ++e) {
             if (e >= invoice) {
               e->head.set_seq(e->head.seq() + 2);
             } else {  // earlier, to make room
               e->head.set_commit_time_ns(e->head.commit_time_ns() - 1'000'000);
               e->head.set_arrival_time_ns(0);
             }
           }
           for (size_t i = 0; i < 2; ++i) {
             second[i].head.set_seq(seq + i);
             second[i].head.set_commit_time_ns(time_ns - 10 + static_cast<int64_t>(i));
             second[i].head.set_arrival_time_ns(0);
             log.push_back(second[i]);
           }
           log.back().event.mutable_account_acted()->set_effective_time(absl::FormatTime(
               "%Y-%m-%dT%H:%M:%E*SZ", absl::FromUnixNanos(time_ns - 1), absl::UTCTimeZone()));
         });
       },
       "EVENT_MISMATCH"},
      {"money to another account",
       [&](FileMap& f) {
         std::string& order = f.at(payment + "order.json");
         order = absl::StrReplaceAll(order, {{w().s1->organization(), w().s2->organization()}});
         Forge(f, "payment", [&](ForgedLog& log) {
           EventOf(log, "payment.ordered")
               .mutable_payment_ordered()
               ->set_order_sha256(HexEncode(crypto::Sha256(order)));
         });
       },
       "ORDER_MISMATCH"},
      {"with another bank: settled by it",
       [&](FileMap& f) {
         const auto base = bundle::PaymentBase(w().payment.payment_id(), 6, "payment.settlement");
         auto doc = Get<document::v1::PaymentSettlement>(f, base);
         doc.set_signer(w().other_bank->id());
         const auto sha256 = Put(s(), f, base, *w().other_bank, "payment.settlement", doc);
         Forge(f, "payment", [&](ForgedLog& log) {
           EventOf(log, "payment.settled").mutable_payment_acted()->set_document_sha256(sha256);
         });
       },
       "SIGNER_UNKNOWN"},
  });
}

TEST_F(BundleTest, WhatTheOperatorForgesOfLogsIsFound) {
  ExpectFound({
      {"an entry that belongs to nothing",
       [&](FileMap& f) {
         Forge(f, "tender", [&](ForgedLog& log) {
           log[0].head.set_subject("tenders/R25BK99999999");
           ForgedEntry extra = log.back();
           extra.head.set_type("tender.failed");
           extra.event.Clear();
           extra.event.mutable_tender_failed()->set_tender_id("R25BK99999999");
           extra.head.set_subject("tenders/R25BK99999999");
           extra.head.set_seq(log.back().head.seq() + 1);
           extra.head.set_commit_time_ns(log.back().head.commit_time_ns() + 1);
           log[0].head.set_subject(log[1].head.subject());
           log.push_back(extra);
         });
       },
       "ENTRY_UNEXPECTED"},
      {"a log that ran backwards",
       [&](FileMap& f) {
         Forge(f, "tender", [&](ForgedLog& log) {
           log.back().head.set_commit_time_ns(log.front().head.commit_time_ns());
           log.back().head.set_arrival_time_ns(0);
         });
       },
       "ENTRY_ORDER"},
      {"an arrival after its commit",
       [&](FileMap& f) {
         Forge(f, "tender", [&](ForgedLog& log) {
           log.back().head.set_arrival_time_ns(log.back().head.commit_time_ns() + 1);
         });
       },
       "ENTRY_TIME"},
  });
}

// The commands of docs/bundle.md.
TEST_F(BundleTest, OpenSslAcceptsEverySignature) {
  if (std::system("openssl version >/dev/null 2>&1") != 0) GTEST_SKIP() << "no openssl program";
  const std::string dir = story_->dir();
  const std::string ca = dir + "-ca.pem";
  std::string make = "set -e; cd " + dir + "/evidence; rm -f " + ca + ";";
  for (const std::string& anchor : story_->trust().anchors) {
    const auto root = pki::Certificate::FromBytes(anchor);
    ASSERT_TRUE(root.ok());
    std::ofstream(dir + "-root.pem") << root->ToPem();
    absl::StrAppend(&make, "cat ", dir, "-root.pem >> ", ca, ";");
  }
  absl::StrAppend(&make, "for c in *.cer; do openssl x509 -inform DER -in $c >> ", ca, "; done;",
                  "for c in *.crl; do openssl crl -inform DER -in $c >> ", ca, "; done");
  ASSERT_EQ(std::system(make.c_str()), 0);
  std::set<std::string> kinds;
  for (const auto& [path, bytes] : files()) {
    if (!absl::EndsWith(path, ".p7s")) continue;
    // Of the void bids one has a signature that is void.
    if (absl::StartsWith(path, "bids/") && absl::EndsWith(path, "/bid.p7s") &&
        absl::StrContains(files().at(path.substr(0, path.rfind('/')) + "/opened.json"), "void")) {
      continue;
    }
    if (!kinds.insert(KindOf(path)).second && !Full()) continue;
    const std::string base = absl::StrCat(dir, "/", path.substr(0, path.size() - 4));
    const std::string command =
        absl::StrCat("openssl cms -verify -cades -binary -inform DER -in ", base, ".p7s -content ",
                     base, ".json -CAfile ", ca, " -crl_check_all -attime ",
                     absl::ToUnixSeconds(At(World::kOpenAt)), " -out /dev/null 2>/dev/null");
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
  EXPECT_EQ(kinds.size(), 17u);
}

}  // namespace
}  // namespace jodal::e2e
