// The stages of a replay, by the file that holds them.
#ifndef JODAL_CLIENTS_DEMO_PLAY_H_
#define JODAL_CLIENTS_DEMO_PLAY_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/demo/fixture.h"
#include "clients/demo/people.h"
#include "clients/demo/replay.h"
#include "clients/demo/run.h"
#include "clients/demo/schedule.h"
#include "clients/demo/timeline.h"
#include "clients/sdk/sealed_bid.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::demo {

// How many members open the bids.
inline constexpr int kQuorum = 3;

// One replay under way. Each method is a stage of the job; they run in the order of All.
class Play {
 public:
  Play(Run& run, Fixture fixture) : run_(run), fixture_(std::move(fixture)) {}

  absl::StatusOr<ReplayResult> All();

 private:
  struct Sent {
    std::optional<sdk::SealedBid> sealed;
    bidding::v1::SubmitBidResponse answer;
  };

  sdk::Client& client() { return run_.client(); }

  // play_tender.cc: from the notice to the award.
  // A fresh installation may play an old opening on its own days: its clock may go back once, and
  // nothing is in a log that would be later than that.
  absl::Status PutClockBack();
  absl::Status PublishNotice();
  absl::Status SubmitBids();
  absl::Status CloseAndOpen();
  absl::Status Evaluate();
  absl::Status Award();
  document::v1::EnteredPrices Entered() const;
  document::v1::Notice DraftNotice(const Schedule& schedule);
  absl::StatusOr<bidding::v1::Box> GetBox();
  // What one member's own machine does.
  absl::Status Release(int member, const bidding::v1::Box& box);
  absl::Status AwaitTender(tender::v1::Tender::State state);

  // play_contract.cc: from the contract to the settled payment.
  absl::Status MakeContract();
  absl::Status Pay();
  const sdk::Identity& supplier() const { return cast_->suppliers[winner_]; }
  // The supplier's account in force: that of an earlier replay, or a first one.
  absl::StatusOr<payment::v1::Account> AccountInForce();

  // play_proofs.cc: whether it came out as published, and whether everybody can see that.
  absl::Status CompareWithFixture();
  absl::Status CheckTimelineAgainst(const LiveTimeline& live);
  absl::Status CheckReceipts();
  absl::Status ExportAndVerify();

  Run& run_;
  const Fixture fixture_;
  ReplayResult result_;
  std::optional<Cast> cast_;
  Schedule schedule_;
  std::string tender_id_;
  std::string prices_salt_;
  std::optional<sdk::PublishedNotice> notice_;
  std::vector<Sent> sent_;  // by bid
  tender::v1::Tender tender_;
  tender::v1::EvaluationResult evaluation_;
  int winner_ = -1;  // index of the bid
};

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_PLAY_H_
