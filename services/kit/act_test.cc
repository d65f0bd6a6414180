#include "services/kit/act.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "jodal/bidding/v1/bidding.pb.h"
#include "services/kit/testing.h"

namespace jodal::kit {
namespace {

using Doc = document::v1::BidCancellation;
using Response = bidding::v1::SubmitBidResponse;  // any with a field and a receipt

constexpr char kKind[] = "bid.cancellation";
const FakePerson kAnn{"ann", "org-a", {"supplier"}};
const FakePerson kBob{"bob", "org-b", {"supplier"}};

struct Facts {
  std::string note;
};

class CountingVerifier : public FakeDocumentVerifier {
 public:
  int calls = 0;

  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override {
    ++calls;
    return FakeDocumentVerifier::Verify(content, signature, at);
  }
};

// Every test runs once through RunAct and once through RunActAsync.
class ActTest : public ::testing::TestWithParam<bool> {
 protected:
  using Act = kit::Act<Doc>;
  using Prepare = std::function<absl::StatusOr<Prepared<Facts>>(const Act&)>;
  using Commit = std::function<absl::Status(ledger::Txn&, const Act&, const Facts&, Response*)>;

  ActTest() : env_("kit") { env_.context.documents = &verifier_; }

  document::v1::SignedDocument Cancellation(const std::string& tender_id,
                                            const FakePerson& by = kAnn) {
    Doc doc;
    doc.set_tender_id(tender_id);
    return env_.Sign(doc, kKind, by);
  }

  struct Request {
    document::v1::SignedDocument document;
    std::string request_id;
    FakePerson by = kAnn;
    ActOptions options = {};
  };
  absl::Status Run(const Request& request, Response* response, const Prepare& prepare,
                   const Commit& commit) {
    response->Clear();
    const rpc::Call call = env_.As(request.by);
    if (!GetParam()) {
      return RunAct<Doc>(env_.context, call, request.document, request.request_id, kKind, response,
                         prepare, commit, request.options);
    }
    absl::Notification finished;
    absl::Status result;
    RunActAsync<Doc>(env_.context, call, request.document, request.request_id, kKind, response,
                     prepare, commit, request.options, [&](absl::Status status) {
                       result = std::move(status);
                       finished.Notify();
                     });
    finished.WaitForNotification();
    return result;
  }
  absl::Status Run(const Request& request, Response* response) {
    return Run(request, response, Learn(), Note());
  }
  absl::Status Run(const Request& request) {
    Response response;
    return Run(request, &response);
  }

  Prepare Learn() {
    return [this](const Act& act) -> absl::StatusOr<Prepared<Facts>> {
      ++prepared_;
      return Prepared<Facts>{act.document.tender_id(), {absl::StrCat("note ", prepared_)}};
    };
  }
  Commit Note() {
    return
        [this](ledger::Txn& txn, const Act& act, const Facts& facts, Response* r) -> absl::Status {
          ++committed_;
          txn.Put("note", facts.note);
          txn.Emit({.type = "test.noted", .subject = act.sha256, .body = facts.note});
          r->set_submission_id(absl::StrCat(r->submission_id(), facts.note));
          return absl::OkStatus();
        };
  }
  std::string Read(const std::string& key, const std::string& parent_id) {
    std::string out = "(absent)";
    EXPECT_TRUE(env_.ledger
                    ->View(ledger::ShardOf(parent_id),
                           [&](const kv::Reader& reader) -> absl::Status {
                             ASSIGN_OR_RETURN(const auto value, reader.Get(key));
                             if (value.has_value()) out = *value;
                             return absl::OkStatus();
                           })
                    .ok());
    return out;
  }

  EngineEnv env_;
  CountingVerifier verifier_;
  int prepared_ = 0;
  std::atomic<int> committed_ = 0;
};
INSTANTIATE_TEST_SUITE_P(SyncAndAsync, ActTest, testing::Bool(),
                         [](const auto& param) { return param.param ? "Async" : "Sync"; });

TEST_P(ActTest, CommitsInTheShardOfTheParentWithWhatWasLearned) {
  Response response;
  ASSERT_TRUE(Run({Cancellation("T1"), "request-1"}, &response).ok());
  EXPECT_EQ(response.submission_id(), "note 1");
  EXPECT_EQ(response.receipt().seq(), 0u);
  EXPECT_FALSE(response.receipt().proof().empty());
  EXPECT_EQ(Read("note", "T1"), "note 1");
  ASSERT_NE(ledger::ShardOf("T1"), ledger::ShardOf("T2"));
  EXPECT_EQ(Read("note", "T2"), "(absent)");
}

TEST_P(ActTest, ARepeatIsAnsweredBeforeAnythingIsComputed) {
  Request request{Cancellation("T1"), "request-1"};
  Response first;
  ASSERT_TRUE(Run(request, &first).ok());
  const int verified = verifier_.calls;
  request.document.set_signature("not even a signature");  // the same words are the same request
  request.options.check = [] { return absl::InternalError("a repeat is not checked"); };
  Response again;
  ASSERT_TRUE(Run(request, &again).ok());
  EXPECT_EQ(again.submission_id(), first.submission_id());
  EXPECT_EQ(again.receipt().seq(), first.receipt().seq());
  EXPECT_EQ(verifier_.calls, verified);
  EXPECT_EQ(prepared_, 1);
  EXPECT_EQ(committed_, 1);
  EXPECT_EQ(env_.ledger->Size(), 1u);
}

TEST_P(ActTest, RequestIdsAreChecked) {
  const struct {
    std::string id;
    const char* reason;
  } cases[] = {
      {"", "REQUEST_ID_MISSING"},
      {std::string(kRequestIdBytesMin - 1, 'r'), "REQUEST_ID_LENGTH"},
      {std::string(kRequestIdBytesMax + 1, 'r'), "REQUEST_ID_LENGTH"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(Run({Cancellation("T1"), c.id}), HasReason(c.reason)) << c.id;
  }
  EXPECT_EQ(verifier_.calls, 0);
  EXPECT_TRUE(Run({Cancellation("T1"), std::string(kRequestIdBytesMin, 'r')}).ok());
  EXPECT_TRUE(Run({Cancellation("T2"), std::string(kRequestIdBytesMax, 'r')}).ok());
}

TEST_P(ActTest, AnIdStandsForOneContentOfOneCaller) {
  ActOptions attached;
  attached.attachment_sha256 = std::string(32, 'a');
  ASSERT_TRUE(Run({Cancellation("T1"), "request-1", kAnn, attached}).ok());
  EXPECT_TRUE(Run({Cancellation("T1"), "request-1", kAnn, attached}).ok());
  EXPECT_THAT(Run({Cancellation("T2"), "request-1", kAnn, attached}),
              HasReason("REQUEST_ID_REUSED"));
  attached.attachment_sha256 = std::string(32, 'b');
  EXPECT_THAT(Run({Cancellation("T1"), "request-1", kAnn, attached}),
              HasReason("REQUEST_ID_REUSED"));
  EXPECT_TRUE(Run({Cancellation("T1", kBob), "request-1", kBob}).ok());
  EXPECT_EQ(env_.ledger->Size(), 2u);
}

TEST_P(ActTest, ADocumentCountsOnce) {
  ASSERT_TRUE(Run({Cancellation("T1"), "request-1"}).ok());
  EXPECT_THAT(Run({Cancellation("T1"), "request-2"}), HasReason("DOCUMENT_REPLAYED"));
  EXPECT_EQ(committed_, 1);
  ActOptions unclaimed;
  unclaimed.claim_document = false;  // then the act itself must refuse it
  EXPECT_TRUE(Run({Cancellation("T1"), "request-3", kAnn, unclaimed}).ok());
  EXPECT_EQ(committed_, 2);
}

// What the first run read has been written when its turn comes: the second run must find all as if
// there had been no first one.
TEST_P(ActTest, ACommitThatRunsTwiceLeavesTheTraceOfOne) {
  std::vector<std::string> seen;
  Response response;
  const absl::Status status =
      Run({Cancellation("T1"), "request-1"}, &response, Learn(),
          [&](ledger::Txn& txn, const Act& act, const Facts& facts, Response* r) -> absl::Status {
            ASSIGN_OR_RETURN(const auto count, txn.Get("count"));
            seen.push_back(count.value_or("none"));
            if (seen.size() == 1) {
              ledger::UpdateRequest other;
              other.shard = ledger::ShardOf("T1");
              RETURN_IF_ERROR(env_.ledger
                                  ->Update(other,
                                           [](ledger::Txn& inner) {
                                             inner.Put("count", "7");
                                             inner.Emit({.type = "test.other"});
                                             return absl::OkStatus();
                                           })
                                  .status());
            }
            return Note()(txn, act, {absl::StrCat(facts.note, " at ", seen.back())}, r);
          });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(seen, (std::vector<std::string>{"none", "7"}));
  EXPECT_EQ(prepared_, 1);
  EXPECT_EQ(response.submission_id(), "note 1 at 7") << "empty at the beginning of every run";
  EXPECT_EQ(Read("note", "T1"), "note 1 at 7");
  EXPECT_EQ(env_.ledger->Size(), 2u);
}

TEST_P(ActTest, AnErrorOfEitherPhaseChangesNothing) {
  Response response;
  const Request request{Cancellation("T1"), "request-1"};
  EXPECT_THAT(Run(
                  request, &response,
                  [](const Act&) -> absl::StatusOr<Prepared<Facts>> {
                    return MakeError(absl::StatusCode::kInvalidArgument, "BY_PREPARE", "");
                  },
                  Note()),
              HasReason("BY_PREPARE"));
  EXPECT_EQ(committed_, 0);
  EXPECT_THAT(
      Run(request, &response, Learn(),
          [&](ledger::Txn& txn, const Act& act, const Facts& facts, Response* r) -> absl::Status {
            RETURN_IF_ERROR(Note()(txn, act, facts, r));
            return MakeError(absl::StatusCode::kInvalidArgument, "BY_COMMIT", "");
          }),
      HasReason("BY_COMMIT"));
  EXPECT_EQ(env_.ledger->Size(), 0u);
  EXPECT_EQ(Read("note", "T1"), "(absent)");
  EXPECT_EQ(response.submission_id(), "");
  // The same request may be tried again: neither its id nor its document was used up.
  EXPECT_TRUE(Run(request, &response).ok());
}

TEST_P(ActTest, ChecksComeBeforeTheSignatureAndPrepareAfterIt) {
  Request request{Cancellation("T1"), "request-1"};
  request.options.check = [] {
    return MakeError(absl::StatusCode::kInvalidArgument, "BY_CHECK", "");
  };
  EXPECT_THAT(Run(request), HasReason("BY_CHECK"));
  EXPECT_EQ(verifier_.calls, 0);
  request.options.check = nullptr;
  request.document.set_signature("no signature");
  EXPECT_THAT(Run(request), HasReason("SIGNATURE_REFUSED"));
  EXPECT_EQ(prepared_, 0);
}

TEST_P(ActTest, TheActHoldsWhatWasSignedAndHow) {
  const Request request{Cancellation("T1"), "request-1"};
  Response response;
  ASSERT_TRUE(Run(
                  request, &response,
                  [&](const Act& act) -> absl::StatusOr<Prepared<Facts>> {
                    const std::string sha256 = crypto::Sha256(request.document.content());
                    EXPECT_EQ(act.sha256, HexEncode(sha256));
                    EXPECT_EQ(act.content_digest,
                              crypto::Sha256(absl::StrCat(kKind, "\n", sha256)));
                    EXPECT_EQ(act.stored.document().SerializeAsString(),
                              request.document.SerializeAsString());
                    EXPECT_EQ(act.stored.cert_sha256(), kAnn.cert_sha256());
                    EXPECT_EQ(act.stored.evidence_sha256_size(), 1);
                    EXPECT_EQ(act.stored.received_time_ns(), absl::ToUnixNanos(env_.clock.Now()));
                    EXPECT_EQ(act.call.caller.user.person_id, kAnn.person_id);
                    return Prepared<Facts>{act.document.tender_id(), {}};
                  },
                  Note())
                  .ok());
}

TEST_P(ActTest, WhoMustSign) {
  const FakePerson nobody{"", "", {}};
  ActOptions unregistered;
  unregistered.signer = Signer::kUnregistered;
  EXPECT_THAT(Run({Cancellation("T1", kBob), "request-1", kAnn}), HasReason("SIGNER_MISMATCH"));
  EXPECT_THAT(Run({Cancellation("T1", kBob), "request-1", nobody, unregistered}),
              HasReason("DOCUMENT_SIGNER"))
      << "names a person";
  EXPECT_TRUE(Run({Cancellation("T1", nobody), "request-1", nobody, unregistered}).ok());
}

// Where the answer is for the signer's eyes only, somebody else's repeat is a request of its own,
// and one that is not validly signed gets nothing.
TEST_P(ActTest, AnAnswerForTheCertificateGoesToNoOther) {
  const FakePerson nobody{"", "", {}};
  Request request{Cancellation("T1", nobody), "request-1", nobody};
  request.options.signer = Signer::kCertificate;
  request.options.claim_document = false;
  request.document.set_signature("signed by aa");
  Response first;
  ASSERT_TRUE(Run(request, &first).ok());
  Response again;
  ASSERT_TRUE(Run(request, &again).ok());
  EXPECT_EQ(again.submission_id(), first.submission_id());
  EXPECT_EQ(verifier_.calls, 2) << "also for the repeat";
  request.document.set_signature("forged");
  Response forged;
  EXPECT_THAT(Run(request, &forged), HasReason("SIGNATURE_REFUSED"));
  EXPECT_EQ(forged.submission_id(), "");
  request.document.set_signature("signed by bb");
  Response other;
  ASSERT_TRUE(Run(request, &other).ok());
  EXPECT_NE(other.submission_id(), first.submission_id());
  EXPECT_EQ(prepared_, 2);
}

TEST_P(ActTest, HintsChangeNoOutcome) {
  const auto hinted = [this](const Act& act) -> absl::StatusOr<Prepared<Facts>> {
    ASSIGN_OR_RETURN(Prepared<Facts> prepared, Learn()(act));
    prepared.hints.steady = "note";
    prepared.hints.reads = {"note"};
    return prepared;
  };
  const auto once = [this](ledger::Txn& txn, const Act& act, const Facts& facts,
                           Response* r) -> absl::Status {
    ASSIGN_OR_RETURN(const auto note, txn.Get("note"));
    if (note.has_value()) return MakeError(absl::StatusCode::kAlreadyExists, "NOTED", "");
    return Note()(txn, act, facts, r);
  };
  Response response;
  ASSERT_TRUE(Run({Cancellation("T1"), "request-1"}, &response, hinted, once).ok());
  EXPECT_EQ(response.submission_id(), "note 1");
  EXPECT_TRUE(Run({Cancellation("T1"), "request-1"}, &response, hinted, once).ok());
  ActOptions unclaimed;
  unclaimed.claim_document = false;
  EXPECT_THAT(Run({Cancellation("T1"), "request-2", kAnn, unclaimed}, &response, hinted, once),
              HasReason("NOTED"));
  EXPECT_EQ(env_.ledger->Size(), 1u);
}

// The same requests leave the same log, byte for byte, and get the same answers.
TEST(ActAsyncTest, LeavesWhatTheOtherLeaves) {
  std::vector<std::string> traces[2];
  for (const bool async : {false, true}) {
    EngineEnv env("kit");
    for (const char* request_id : {"request-1", "request-1", "request-2"}) {
      for (const char* tender_id : {"T1", "T2"}) {
        Doc doc;
        doc.set_tender_id(tender_id);
        const auto document = env.Sign(doc, kKind, kAnn);
        const auto prepare = [](const Act<Doc>& act) {
          return InShardOf(act.document.tender_id());
        };
        const auto commit = [](ledger::Txn& txn, const Act<Doc>& act, Response* r) {
          txn.Emit({.type = "test.done", .body = act.document.tender_id()});
          r->set_submission_id(act.sha256);
          return absl::OkStatus();
        };
        Response response;
        absl::Status status;
        if (async) {
          absl::Notification finished;
          RunActAsync<Doc>(env.context, env.As(kAnn), document, request_id, kKind, &response,
                           prepare, commit, {}, [&](absl::Status s) {
                             status = std::move(s);
                             finished.Notify();
                           });
          finished.WaitForNotification();
        } else {
          status = RunAct<Doc>(env.context, env.As(kAnn), document, request_id, kKind, &response,
                               prepare, commit);
        }
        traces[async].push_back(absl::StrCat(status.ToString(), response.SerializeAsString()));
      }
    }
    const auto entries = env.ledger->Entries(0, 100, true);
    ASSERT_TRUE(entries.ok());
    EXPECT_EQ(entries->size(), 2u);
    for (const auto& entry : *entries) traces[async].push_back(entry.entry + entry.body);
  }
  EXPECT_EQ(traces[0], traces[1]);
}

TEST(RunUpdateTest, HasTheSameTwoPhases) {
  EngineEnv env("kit");
  const rpc::Call call = env.As(kAnn);
  int prepared = 0;
  absl::Status refused;
  const auto run = [&](absl::string_view request_id, absl::string_view content, Response* r) {
    return RunUpdate(
        env.context, call, request_id, content, r,
        [&]() -> absl::StatusOr<Prepared<Facts>> {
          RETURN_IF_ERROR(refused);
          return Prepared<Facts>{"T1", {absl::StrCat("note ", ++prepared)}};
        },
        [](ledger::Txn& txn, const Facts& facts, Response* fresh) {
          txn.Emit({.type = "test.noted"});
          fresh->set_submission_id(facts.note);
          return absl::OkStatus();
        });
  };
  Response response;
  EXPECT_THAT(run("", "do", &response), HasReason("REQUEST_ID_MISSING"));
  refused = MakeError(absl::StatusCode::kInvalidArgument, "BY_PREPARE", "");
  EXPECT_THAT(run("request-1", "do", &response), HasReason("BY_PREPARE"));
  EXPECT_EQ(env.ledger->Size(), 0u);
  refused = absl::OkStatus();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(run("request-1", "do", &response).ok());
    EXPECT_EQ(response.submission_id(), "note 1");
    EXPECT_EQ(response.receipt().seq(), 0u);
    EXPECT_EQ(prepared, 1);
  }
  EXPECT_THAT(run("request-1", "do something else", &response), HasReason("REQUEST_ID_REUSED"));
  EXPECT_EQ(env.ledger->Size(), 1u);
}

}  // namespace
}  // namespace jodal::kit
