// A tender with everything in it that a bundle can hold: a corrected notice, bids that are valid,
// too low, void for every kind of fault, cancelled and superseded, an opening, an award, a
// contract, a change of account in the middle of a payment, and the settlement. Exported at every
// stage.
#ifndef JODAL_TESTS_E2E_BUNDLE_STORY_H_
#define JODAL_TESTS_E2E_BUNDLE_STORY_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "clients/bundle/trust.h"
#include "clients/bundle/verify.h"
#include "clients/sdk/client.h"
#include "tests/e2e/system.h"
#include "tests/e2e/world.h"

namespace jodal::e2e {

class BundleStory {
 public:
  static absl::StatusOr<std::unique_ptr<BundleStory>> Tell();
  ~BundleStory();

  System& system() { return *system_; }
  World& world() { return *world_; }
  const bundle::Trust& trust() const { return trust_; }
  // The bundle of the finished tender.
  std::string dir() const { return dir_ + "/bundle"; }
  // What verification said of the export at each stage, and the state that the stage should show.
  struct Stage {
    std::string name;
    std::string state;
    absl::StatusOr<bundle::Report> report;
  };
  const std::vector<Stage>& stages() const { return stages_; }
  const std::map<std::string, std::string>& void_reasons() const { return void_reasons_; }

  absl::Status Export(const std::string& tender_id, const Person& reader, const std::string& dir);

 private:
  BundleStory() = default;
  absl::Status Init();
  absl::Status Look(const std::string& name, const std::string& state,
                    const std::string& tender_id);
  // Of one day or more in Korea; `to` exclusive.
  struct Holiday {
    absl::CivilDay from, to;
    std::string replaces;  // digest of a fact
  };
  absl::StatusOr<std::string> Record(const Holiday& holiday);  // its digest
  absl::Status Notices();
  absl::Status AwardLots();
  absl::Status Bids();
  absl::Status Opening();
  absl::Status Contract();
  absl::Status Payment();

  std::string dir_;
  std::unique_ptr<System> system_;
  std::unique_ptr<World> world_;
  std::unique_ptr<sdk::Client> client_;
  bundle::Trust trust_;
  std::vector<Stage> stages_;
  std::map<std::string, std::string> void_reasons_;  // by submission id
  sdk::PublishedNotice cancelled_;
  sdk::PublishedNotice failed_;  // nobody bids
  sdk::PublishedNotice lots_;    // two lots, for two suppliers
};

}  // namespace jodal::e2e

#endif  // JODAL_TESTS_E2E_BUNDLE_STORY_H_
