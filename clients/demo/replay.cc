#include "clients/demo/replay.h"

#include <chrono>
#include <utility>

#include "clients/demo/fixture.h"
#include "clients/demo/play.h"
#include "clients/demo/run.h"
#include "clients/demo/timeline.h"
#include "common/status/error.h"

namespace jodal::demo {

absl::StatusOr<ReplayResult> Play::All() {
  const auto start = std::chrono::steady_clock::now();
  RETURN_IF_ERROR(PutClockBack());
  ASSIGN_OR_RETURN(cast_, MakeCast(run_, fixture_));
  RETURN_IF_ERROR(PublishNotice());
  LiveTimeline live(run_, tender_id_);
  RETURN_IF_ERROR(SubmitBids());
  RETURN_IF_ERROR(CloseAndOpen());
  RETURN_IF_ERROR(Evaluate());
  RETURN_IF_ERROR(CompareWithFixture());
  RETURN_IF_ERROR(Award());
  RETURN_IF_ERROR(MakeContract());
  RETURN_IF_ERROR(Pay());
  RETURN_IF_ERROR(CheckTimelineAgainst(live));
  RETURN_IF_ERROR(CheckReceipts());
  RETURN_IF_ERROR(ExportAndVerify());
  result_.seconds =
      absl::ToDoubleSeconds(absl::FromChrono(std::chrono::steady_clock::now() - start));
  return std::move(result_);
}

absl::StatusOr<ReplayResult> Replay(sdk::Client& client, const ReplayOptions& options) {
  if (!client.context().training) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "TRAINING_ONLY",
                     "openings are replayed on a training installation only");
  }
  ASSIGN_OR_RETURN(Fixture fixture, LoadFixture(options.fixture));
  Run run(client, options);
  return Play(run, std::move(fixture)).All();
}

}  // namespace jodal::demo
