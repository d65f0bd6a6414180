// Everyone who takes part in a replay: keys, certificates of the demo authority, registration and
// approval. What exists from an earlier replay is used again.
#ifndef JODAL_CLIENTS_DEMO_PEOPLE_H_
#define JODAL_CLIENTS_DEMO_PEOPLE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "clients/demo/fixture.h"
#include "clients/demo/run.h"
#include "clients/sdk/identity.h"
#include "common/pki/ca.h"

namespace jodal::demo {

struct Cast {
  sdk::Identity officer;
  sdk::Identity approver;
  sdk::Identity inspector;
  std::vector<sdk::Identity> paymasters;  // two
  std::vector<sdk::Identity> committee;   // five; the last two are not of the agency
  sdk::Identity bank;
  sdk::Identity auditor;
  std::vector<sdk::Identity> suppliers;  // one a bid, in the fixture's order
};

// Makes or finds all of them. The errors of install, sdk::Identity and the registration service;
// ORGANIZATION_EXISTS if a business number of the demo is taken by keys that are not in the
// installation's identities/.
absl::StatusOr<Cast> MakeCast(Run& run, const Fixture& fixture);

}  // namespace jodal::demo

#endif  // JODAL_CLIENTS_DEMO_PEOPLE_H_
