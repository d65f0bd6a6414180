// Every noun of the program but "demo".
#include "clients/cli/cli.h"

namespace jodal::cli {

void AddAll(Cli& cli) {
  AddOps(cli);
  AddKeys(cli);
  AddRegistration(cli);
  AddFact(cli);
  AddRules(cli);
  AddTender(cli);
  AddBid(cli);
  AddOpening(cli);
  AddAward(cli);
  AddContract(cli);
  AddPayment(cli);
  AddInbox(cli);
  AddTrack(cli);
  AddAudit(cli);
  cli.LetIdsBeRemembered();
}

}  // namespace jodal::cli
