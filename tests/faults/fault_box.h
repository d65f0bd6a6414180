// A bid box on a RocksDB store for tests that hurt the machine: the same acts with the same content
// every time, reported one by one as they are acknowledged, and what must be true of the store
// afterwards.
//
// A test program runs itself again as the worker that gets hurt (WorkerMain); checks run in the
// test, over the store that the worker left.
#ifndef JODAL_TESTS_FAULTS_FAULT_BOX_H_
#define JODAL_TESTS_FAULTS_FAULT_BOX_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/bidding/engine/testing.h"

namespace jodal::faults {

inline constexpr char kOrigin[] = "test.jodal.example/bidding";

enum class Stage { kSubmission, kClose, kOpening };
inline constexpr Stage kStages[] = {Stage::kSubmission, Stage::kClose, Stage::kOpening};
const char* NameOf(Stage stage);

using Bids = std::vector<bidding::v1::SubmitBidRequest>;

class FaultBox : public bidding::BoxTest {
 public:
  // How an act ended: what its caller was answered, serialized (for those without a caller the
  // log's newest checkpoint), or why not.
  using Report =
      std::function<void(const std::string& act, const absl::StatusOr<std::string>& answer)>;

  static absl::StatusOr<std::unique_ptr<FaultBox>> Open(const std::string& path,
                                                        size_t write_buffer_bytes = 64 << 20);
  absl::Status Create();
  Bids MakeBids(int count);
  // Each may be repeated. A stage goes on after a failure, as a service does.
  void Submit(const Bids& bids, const Report& report);
  void CloseBox(const Report& report);
  void ReleaseAndOpen(const Report& report);
  void Run(Stage stage, const Bids& bids, const Report& report);

  // Everything that everybody may see of the opened box, and how often each event is in the log.
  absl::StatusOr<std::string> Result();
  // The answer's receipt is one of this log, and its checkpoint's tree a beginning of this one.
  absl::Status CheckAnswer(const std::string& act, const std::string& answer);
  // Repeats the act under its request id; the answer must be the first one's.
  absl::Status CheckRepeat(const std::string& act, const std::string& answer, const Bids& bids);

  ledger::Ledger& ledger() { return *env_.ledger; }
  int CommitterTid();

 private:
  explicit FaultBox(const kit::EngineEnv::OpenLedger& open) : BoxTest(2, 3, open) {}
  void TestBody() override {}
  absl::Status CheckProof(const std::string& checkpoint);
  rpc::Call CallOf(int bid) const;
  absl::StatusOr<std::string> ReleaseOnce(int i);
};

// Lets the worker speak: lines on its standard output, which is a socket, so that they are no
// writes. "ack ACT HEX", "failed ACT REASON", "pause TID", "end".
inline constexpr char kWorkerFlag[] = "--fault-worker";
// Where the worker waits for a byte on its standard input: before it opens the store (TID: its main
// thread), with the store open (TID: the committer), or there too (TID: RocksDB's flusher).
inline constexpr char kPauseOpen[] = "open";
inline constexpr char kPauseCommit[] = "commit";
inline constexpr char kPauseFlush[] = "flush";
// args: directory (with the store in db/ and the bids in bids/), stage, pause. Exits with 0 if it
// came to its end, 3 if the store could not be opened.
int WorkerMain(const std::vector<std::string>& args);

void SaveBids(const std::string& dir, const Bids& bids);

// The value of JODAL_TEST_SEED, or a random one. Prints it.
uint64_t TestSeed();
bool Full();  // JODAL_FULL is set

}  // namespace jodal::faults

#endif  // JODAL_TESTS_FAULTS_FAULT_BOX_H_
