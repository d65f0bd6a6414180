#include "procurement/acts/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "procurement/acts/contract.h"

namespace jodal::procurement {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kAgency[] = "A-1";
constexpr char kSupplier[] = "S-1";

// "rule organisation: command", with "only a,b" and "except a,b".
std::vector<std::string> Show(const std::vector<Waiting>& all) {
  std::vector<std::string> out;
  for (const Waiting& one : all) {
    out.push_back(absl::StrCat(
        one.rule->id, " ", one.organization_id, ": ", absl::StrJoin(one.command, " "),
        one.only.empty() ? "" : absl::StrCat(" only ", absl::StrJoin(one.only, ",")),
        one.except.empty() ? "" : absl::StrCat(" except ", absl::StrJoin(one.except, ","))));
  }
  return out;
}

TEST(Waiting, InATender) {
  using tender::v1::Tender;
  for (int number = 0; number < Tender::State_ARRAYSIZE; ++number) {
    const auto state = static_cast<Tender::State>(number);
    SCOPED_TRACE(Tender::State_Name(state));
    Tender tender;
    tender.set_tender_id("R1");
    tender.set_agency_id(kAgency);
    tender.set_state(state);
    tender.set_bid_start("2026-03-01T00:00:00Z");
    tender.set_deadline("2026-03-09T00:00:00Z");
    const auto waiting = WaitingIn(tender, "A-1.2");
    switch (state) {
      case Tender::SUBMITTED:
        EXPECT_THAT(Show(waiting),
                    ElementsAre("notice.approve A-1: jodal tender approve R1 except A-1.2"));
        EXPECT_EQ(absl::FormatTime(waiting[0].until, absl::UTCTimeZone()),
                  "2026-03-01T00:00:00+00:00");
        break;
      case Tender::OPENED:
        EXPECT_THAT(Show(waiting), ElementsAre("tender.evaluate A-1: jodal tender evaluate R1"));
        break;
      case Tender::EVALUATED:
        EXPECT_THAT(Show(waiting),
                    ElementsAre("award.decide A-1: jodal award decide R1 --reason REASON"));
        break;
      default:
        EXPECT_THAT(waiting, IsEmpty());
    }
    tender.set_pending_version(2);
    if (state == Tender::PUBLISHED) {
      EXPECT_EQ(absl::FormatTime(WaitingIn(tender, "")[0].until, absl::UTCTimeZone()),
                "2026-03-09T00:00:00+00:00")
          << "a correction";
    }
  }
}

TEST(Waiting, InABox) {
  using bidding::v1::Box;
  Box box;
  box.set_tender_id("R1");
  box.set_open_at_ns(1000);
  const std::vector<MissingMember> missing = {
      {"A-1.2", kAgency}, {"U-1.1", "U-1"}, {"A-1.3", kAgency}};
  for (const Box::State state : {Box::OPEN, Box::OPENING, Box::OPENED, Box::CANCELLED}) {
    box.set_state(state);
    EXPECT_THAT(WaitingIn(box, missing), IsEmpty());
  }
  box.set_state(Box::CLOSED);
  EXPECT_THAT(WaitingIn(box, missing), IsEmpty()) << "not counted yet";
  box.set_closed_seq(7);
  const auto waiting = WaitingIn(box, missing);
  EXPECT_THAT(Show(waiting),
              ElementsAre("shares.release A-1: jodal opening share R1 only A-1.2,A-1.3",
                          "shares.release U-1: jodal opening share R1 only U-1.1"));
  EXPECT_EQ(waiting[0].until, absl::FromUnixNanos(1000));
  EXPECT_THAT(WaitingIn(box, {}), IsEmpty());
}

TEST(Waiting, InAContract) {
  using contract::v1::Contract;
  Contract contract;
  contract.set_contract_id("C1");
  contract.set_agency_id(kAgency);
  contract.set_supplier_id(kSupplier);
  contract.set_offered_time_ns(1000);
  const auto in = [&](Contract::State state) {
    contract.set_state(state);
    return Show(WaitingIn(contract));
  };
  EXPECT_THAT(in(Contract::AWARDED),
              ElementsAre("contract.offer A-1: jodal contract offer C1 --start-date DATE "
                          "--end-date DATE"));
  EXPECT_THAT(in(Contract::OFFERED),
              ElementsAre("contract.consent S-1: jodal contract consent C1"));
  EXPECT_EQ(WaitingIn(contract)[0].until, absl::FromUnixNanos(1000) + kSigningPeriod);
  EXPECT_THAT(in(Contract::CONSENTED),
              ElementsAre("contract.confirm A-1: jodal contract confirm C1"));
  const char kReport[] = "delivery.report S-1: jodal delivery report C1";
  EXPECT_THAT(in(Contract::FORMED), ElementsAre(kReport));
  auto* delivery = contract.add_deliveries();
  delivery->set_delivery(1);
  delivery->set_state(contract::v1::Delivery::REPORTED);
  delivery->set_reported_time_ns(2000);
  EXPECT_THAT(
      in(Contract::FORMED),
      ElementsAre("delivery.inspect A-1: jodal delivery inspect C1 --delivery 1 --accepted"));
  EXPECT_EQ(WaitingIn(contract)[0].until, absl::FromUnixNanos(2000) + kInspectionPeriod);
  delivery->set_state(contract::v1::Delivery::REJECTED);
  EXPECT_THAT(in(Contract::FORMED), ElementsAre(kReport));
  for (const auto state :
       {Contract::COMPLETED, Contract::REFUSED, Contract::WITHDRAWN, Contract::TERMINATED}) {
    EXPECT_THAT(in(state), IsEmpty());
  }
}

TEST(Waiting, InAPayment) {
  using payment::v1::Payment;
  payment::v1::PaymentCase of;
  of.set_bank_id("B-1");
  Payment& payment = *of.mutable_payment();
  payment.set_payment_id("C1-P1");
  payment.set_contract_id("C1");
  payment.set_delivery(3);
  payment.set_agency_id(kAgency);
  payment.set_supplier_id(kSupplier);
  payment.set_invoiced_time_ns(
      absl::ToUnixNanos(absl::FromCivil(absl::CivilDay(2026, 9, 21), KoreanTime())));
  payment.add_approver_ids("A-1.4");
  const auto in = [&](Payment::State state) {
    payment.set_state(state);
    return Show(WaitingIn(of, {}));
  };
  EXPECT_THAT(in(Payment::PAYABLE),
              ElementsAre("invoice.create S-1: jodal invoice create C1 --delivery 3"));
  EXPECT_THAT(in(Payment::INVOICED),
              ElementsAre("payment.approve A-1: jodal payment approve C1-P1"));
  EXPECT_EQ(WaitingIn(of, {absl::CivilDay(2026, 9, 24), absl::CivilDay(2026, 9, 25)})[0].until,
            absl::FromCivil(absl::CivilDay(2026, 10, 1), KoreanTime()));
  EXPECT_THAT(in(Payment::APPROVED_ONCE),
              ElementsAre("payment.approve.again A-1: jodal payment approve C1-P1 except A-1.4"));
  EXPECT_THAT(in(Payment::ORDERED),
              ElementsAre("payment.settle B-1: jodal payment settle C1-P1 --bank-reference "
                          "REFERENCE"));
  EXPECT_THAT(in(Payment::SETTLED), IsEmpty());
}

TEST(Waiting, ForApprovalsOfPeopleAndAccounts) {
  const absl::Time lapses = absl::FromUnixSeconds(1000);
  registration::v1::Organization organization;
  organization.set_organization_id("S-1248100998");
  EXPECT_THAT(WaitingIn(organization, lapses), IsEmpty());
  organization.set_state(registration::v1::Organization::PENDING);
  const auto approval = WaitingIn(organization, lapses);
  EXPECT_THAT(Show(approval),
              ElementsAre("organization.approve operator: jodal organization approve "
                          "S-1248100998"));
  EXPECT_EQ(approval[0].until, lapses);
  EXPECT_EQ(approval[0].lapses, lapses);

  registration::v1::Person person;
  person.set_organization_id("S-1248100998");
  person.set_person_id("S-1248100998.2");
  EXPECT_THAT(WaitingIn(person, lapses), IsEmpty());
  person.set_state(registration::v1::Person::PENDING);
  EXPECT_THAT(Show(WaitingIn(person, lapses)),
              ElementsAre("person.approve S-1248100998: jodal person approve S-1248100998.2"));
  person.set_person_id("S-1248100998.1");
  EXPECT_THAT(WaitingIn(person, lapses), IsEmpty()) << "approved with the organisation";

  payment::v1::AccountCase account;
  account.set_supplier_id(kSupplier);
  account.mutable_pending()->set_submitter_id("S-1.1");
  EXPECT_THAT(WaitingIn(account), IsEmpty());
  account.set_state(payment::v1::Account::SUBMITTED);
  EXPECT_THAT(Show(WaitingIn(account)),
              ElementsAre("account.approve S-1: jodal account approve except S-1.1"));
}

}  // namespace
}  // namespace jodal::procurement
