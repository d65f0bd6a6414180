#include "clients/sdk/documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "common/pki/test_pki.h"
#include "common/status/error.h"
#include "jodal/contract/v1/contract.pb.h"
#include "jodal/payment/v1/payment.pb.h"
#include "jodal/registration/v1/registration.pb.h"
#include "jodal/tender/v1/tender.pb.h"
#include "procurement/acts/act.h"
#include "procurement/award/result.h"
#include "tests/support/parts.h"

namespace jodal::sdk {
namespace {

using testing_support::TheLot;
using testing_support::TheStage;

using contract::v1::Contract;
using contract::v1::Delivery;
using payment::v1::Account;
using payment::v1::Payment;
using registration::v1::Organization;
using registration::v1::Person;
using tender::v1::Tender;

constexpr char kTender[] = "R26BK00000001";
constexpr char kContract[] = "R26TA00000001";

std::string Sha(absl::string_view text) { return HexEncode(crypto::Sha256(text)); }

std::string Json(const google::protobuf::Message& message) {
  return document::ToCanonicalJson(message).value();
}

// --- What the services say

PublishedNotice ANotice() {
  document::v1::Notice notice;
  notice.set_kind("notice");
  notice.set_version(2);
  notice.set_system("test");
  notice.set_signer("A-1.2");
  notice.set_tender_id(kTender);
  notice.set_notice_version(1);
  notice.set_title("Chairs");
  TheStage(notice).set_deadline("2026-03-12T01:00:00Z");
  notice.add_committee()->set_person_id("A-1.3");
  document::v1::SignedDocument document;
  document.set_content(Json(notice));
  return PublishedNotice::Parse(document).value();
}

Tender ATender(Tender::State state = Tender::EVALUATED) {
  Tender tender;
  tender.set_tender_id(kTender);
  tender.set_state(state);
  tender.set_notice_hash(ANotice().hash_hex());
  tender.set_pending_hash(ANotice().hash_hex());
  tender.set_result_sha256(Sha("result"));
  return tender;
}

tender::v1::EvaluationResult AResult() {
  tender::v1::EvaluationResult result;
  result.set_tender_id(kTender);
  result.set_notice_hash(ANotice().hash_hex());
  for (const int number : {1, 2, 3}) {
    auto& lot = *result.add_lots();
    lot.set_lot(number);
    lot.set_outcome(number == 2 ? "failed" : "award");
    lot.set_outcome_detail(number == 2 ? "FAILED_TOO_FEW_BIDS" : "CANDIDATE");
    if (number == 2) continue;
    for (const int place : {0, 1}) {
      auto& candidate = *lot.add_candidates();
      candidate.set_submission_id(absl::StrCat(number, "5b", place));
      candidate.set_supplier_id(absl::StrCat("S-", place + 1));
      candidate.set_amount(330'000'000 + place);
    }
  }
  return result;
}

Contract AContract(Contract::State state = Contract::FORMED) {
  Contract contract;
  contract.set_contract_id(kContract);
  contract.set_state(state);
  contract.set_tender_id(kTender);
  contract.set_lot(2);
  contract.set_agency_id("A-1");
  contract.set_supplier_id("S-1");
  contract.set_amount(1000);
  contract.set_currency("KRW");
  contract.set_award_sha256("aa");
  contract.set_offer_sha256("bb");
  contract.set_consent_sha256("cc");
  return contract;
}

void AddDelivery(Delivery::State state, int64_t amount, Contract* contract) {
  Delivery& delivery = *contract->add_deliveries();
  delivery.set_delivery(contract->deliveries_size());
  delivery.set_state(state);
  delivery.set_amount(amount);
  delivery.set_report_sha256(absl::StrCat("report ", delivery.delivery()));
  if (state == Delivery::ACCEPTED) {
    contract->set_accepted_amount(contract->accepted_amount() + amount);
  }
}

Payment APayment(Payment::State state) {
  Payment payment;
  payment.set_payment_id(absl::StrCat(kContract, "-P1"));
  payment.set_state(state);
  payment.set_contract_id(kContract);
  payment.set_supplier_id("S-1");
  payment.set_delivery(1);
  payment.set_sequence(1);
  payment.set_amount(1000);
  payment.set_currency("KRW");
  payment.set_inspection_sha256("dd");
  if (state != Payment::PAYABLE) {
    payment.set_account_version(1);
    payment.set_account_sha256("ee");
    payment.set_invoice_sha256("ff");
  }
  return payment;
}

Account AnAccount(int version) {
  Account account;
  account.set_supplier_id("S-1");
  account.set_account_version(version);
  account.set_account_sha256("ee");
  account.set_state(Account::SUBMITTED);
  return account;
}

std::string AnOrder() {
  payment::v1::PaymentOrder order;
  order.set_payment_id(absl::StrCat(kContract, "-P1"));
  order.set_amount(1000);
  return Json(order);
}

Payment AnOrderedPayment(Payment::State state = Payment::ORDERED) {
  Payment payment = APayment(state);
  payment.set_order_sha256(Sha(AnOrder()));
  return payment;
}

Organization AnOrganization(Organization::State state = Organization::PENDING) {
  Organization organization;
  organization.set_organization_id("S-1");
  organization.set_state(state);
  organization.set_registration_sha256("99");
  return organization;
}

Person APerson(Person::State state = Person::PENDING) {
  Person person;
  person.set_person_id("A-1.2");
  person.set_organization_id("A-1");
  person.set_state(state);
  person.set_registration_sha256("88");
  return person;
}

document::v1::DeliveryReport ReportOf(int delivery, int64_t amount, const char* description) {
  document::v1::DeliveryReport report;
  report.set_delivery(delivery);
  report.set_delivered_on("2026-05-01");
  report.set_amount(amount);
  report.set_final(true);
  report.set_description(description);
  return report;
}

document::v1::DeliveryInspection Accepted(int delivery = 0, int64_t amount = 0) {
  document::v1::DeliveryInspection inspection;
  inspection.set_delivery(delivery);
  inspection.set_accepted(true);
  inspection.set_amount(amount);
  inspection.set_remarks("complete");
  return inspection;
}

document::v1::EnteredPrices Prices(int64_t first = 100) {
  document::v1::EnteredPrices prices;
  auto& lot = *prices.add_lots();
  lot.set_lot(1);
  for (int i = 0; i < 15; ++i) lot.add_prices(first + i);
  lot.set_salt(std::string(32, 's'));
  return prices;
}

PublishedNotice ANoticeWithEnteredPrices() {
  PublishedNotice notice = ANotice();
  CommitToPrices(Prices(), &notice.notice);
  NumberParts(&notice.notice);
  return notice;
}

// --- The documents: a row for each, and for each way in which it may differ

struct Made {
  const char* name;
  std::function<absl::StatusOr<std::string>()> make;
  std::string json;
};

template <typename Doc>
absl::StatusOr<std::string> Text(const absl::StatusOr<Doc>& document) {
  if (!document.ok()) return document.status();
  return document::ToCanonicalJson(*document);
}

TEST(DocumentsTest, FollowFromWhatTheServicesSay) {
  const std::string hash = ANotice().hash_hex();
  const std::string contract_id = absl::StrCat(R"({"contractId":")", kContract, R"(",)");
  Contract reported = AContract();
  AddDelivery(Delivery::ACCEPTED, 300, &reported);
  AddDelivery(Delivery::REPORTED, 200, &reported);
  Contract inspected = AContract();
  AddDelivery(Delivery::ACCEPTED, 300, &inspected);
  AddDelivery(Delivery::REJECTED, 200, &inspected);
  payment::v1::GetAccountResponse active, changing;
  *active.mutable_active() = AnAccount(1);
  changing = active;
  *changing.mutable_pending() = AnAccount(2);
  const AccountFacts facts = {"B-1", "110-222", "Lee", "00ff"};
  AccountFacts numbered = facts;
  numbered.account_version = 7;
  const auto account = [](int version) {
    return absl::StrCat(R"({"supplierId":"S-1","accountVersion":)", version,
                        R"(,"bankId":"B-1","accountNumber":"110-222","holder":"Lee",)",
                        R"("nonce":"00ff"})");
  };
  const auto invoice = [](int version) {
    return absl::StrCat(R"({"contractId":")", kContract,
                        R"(","delivery":1,"inspectionSha256":"dd","amount":1000,)",
                        R"("currency":"KRW","accountVersion":)", version, "}");
  };
  const std::string payment_approval =
      absl::StrCat(R"({"paymentId":")", kContract, R"(-P1","contractId":")", kContract,
                   R"(","amount":1000,"accountVersion":1,"accountSha256":"ee","sequence":1,)",
                   R"("invoiceSha256":"ff"})");
  Tender correcting = ATender(Tender::PUBLISHED);
  correcting.set_pending_version(2);

  const std::vector<Made> rows = {
      {"organisation approved", [] { return Text(OrganizationApprovalFor(AnOrganization())); },
       R"({"organizationId":"S-1","registrationSha256":"99"})"},
      {"person approved", [] { return Text(PersonApprovalFor(APerson())); },
       R"({"personId":"A-1.2","registrationSha256":"88"})"},
      {"notice approved",
       [] { return Text(NoticeApprovalFor(ATender(Tender::SUBMITTED), ANotice())); },
       absl::StrCat(R"({"tenderId":")", kTender, R"(","noticeHash":")", hash, R"("})")},
      {"correction approved", [&] { return Text(NoticeApprovalFor(correcting, ANotice())); },
       absl::StrCat(R"({"tenderId":")", kTender, R"(","noticeHash":")", hash, R"("})")},
      {"tender cancelled",
       [] { return Text(CancellationFor(ATender(Tender::PUBLISHED), "no budget")); },
       absl::StrCat(R"({"tenderId":")", kTender, R"(","noticeHash":")", hash,
                    R"(","reason":"no budget"})")},
      {"prices entered",
       [] { return Text(EnteredPricesFor(ANoticeWithEnteredPrices(), Prices())); },
       absl::StrCat(
           R"({"tenderId":")", kTender, R"(","noticeHash":")", hash,
           R"(","lots":[{"lot":1,"prices":[100,101,102,103,104,105,106,107,108,109,110,111,)",
           R"(112,113,114],"salt":"c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M="}]})")},
      {"award", [] { return Text(AwardFor(ATender(), AResult(), "qualified")); },
       absl::StrCat(
           R"({"tenderId":")", kTender, R"(","noticeHash":")", hash, R"(","resultSha256":")",
           Sha("result"),
           R"(","awards":[{"lot":1,"submissionId":"15b0","supplierId":"S-1","amount":330000000},)",
           R"({"lot":3,"submissionId":"35b0","supplierId":"S-1","amount":330000000}],)",
           R"("reason":"qualified"})")},
      {"offer",
       [] {
         document::v1::ContractOffer terms;
         terms.set_start_date("2026-03-16");
         terms.set_end_date("2026-06-30");
         terms.set_delay_damages_ppm_per_day(750);
         terms.set_terms("as in the notice");
         return Text(ActFor(AContract(Contract::AWARDED), terms));
       },
       absl::StrCat(
           contract_id, R"("tenderId":")", kTender,
           R"(","lot":2,"awardSha256":"aa","agencyId":"A-1","supplierId":"S-1","amount":1000,)",
           R"("currency":"KRW","startDate":"2026-03-16","endDate":"2026-06-30",)",
           R"("delayDamagesPpmPerDay":750,"terms":"as in the notice"})")},
      {"consent",
       [] { return Text(ActFor<document::v1::ContractConsent>(AContract(Contract::OFFERED))); },
       absl::StrCat(contract_id, R"("offerSha256":"bb"})")},
      {"confirmation",
       [] {
         return Text(ActFor<document::v1::ContractConfirmation>(AContract(Contract::CONSENTED)));
       },
       absl::StrCat(contract_id, R"("consentSha256":"cc"})")},
      {"refusal",
       [] {
         document::v1::ContractRefusal refusal;
         refusal.set_reason("no capacity");
         return Text(ActFor(AContract(Contract::OFFERED), refusal));
       },
       absl::StrCat(contract_id, R"("offerSha256":"bb","reason":"no capacity"})")},
      {"the first delivery, all of it",
       [] { return Text(ActFor(AContract(), ReportOf(0, 0, "chairs"))); },
       absl::StrCat(contract_id, R"("delivery":1,"deliveredOn":"2026-05-01","amount":1000,)",
                    R"("final":true,"description":"chairs"})")},
      {"a later delivery of what is left after an accepted and a refused one",
       [&] { return Text(ActFor(inspected, ReportOf(0, 0, ""))); },
       absl::StrCat(contract_id, R"("delivery":3,"deliveredOn":"2026-05-01","amount":700,)",
                    R"("final":true})")},
      {"a delivery with number and amount",
       [&] { return Text(ActFor(inspected, ReportOf(9, 50, ""))); },
       absl::StrCat(contract_id, R"("delivery":9,"deliveredOn":"2026-05-01","amount":50,)",
                    R"("final":true})")},
      {"the delivery that waits accepted", [&] { return Text(ActFor(reported, Accepted())); },
       absl::StrCat(contract_id, R"("delivery":2,"reportSha256":"report 2","accepted":true,)",
                    R"("amount":200,"remarks":"complete"})")},
      {"a part of it accepted", [&] { return Text(ActFor(reported, Accepted(2, 150))); },
       absl::StrCat(contract_id, R"("delivery":2,"reportSha256":"report 2","accepted":true,)",
                    R"("amount":150,"remarks":"complete"})")},
      {"it refused",
       [&] {
         document::v1::DeliveryInspection refused;
         refused.set_remarks("broken");
         return Text(ActFor(reported, refused));
       },
       absl::StrCat(contract_id, R"("delivery":2,"reportSha256":"report 2","remarks":"broken"})")},
      {"the first account", [&] { return Json(AccountFor("S-1", {}, facts)); }, account(1)},
      {"a change of the account", [&] { return Json(AccountFor("S-1", active, facts)); },
       account(2)},
      {"a change of the change", [&] { return Json(AccountFor("S-1", changing, facts)); },
       account(3)},
      {"an account with a number", [&] { return Json(AccountFor("S-1", active, numbered)); },
       account(7)},
      {"account approved", [] { return Text(AccountApprovalFor(AnAccount(2))); },
       R"({"supplierId":"S-1","accountVersion":2,"accountSha256":"ee"})"},
      {"invoice", [] { return Text(InvoiceFor(APayment(Payment::PAYABLE), AnAccount(1))); },
       invoice(1)},
      {"invoice after a change of the account",
       [] { return Text(InvoiceFor(APayment(Payment::APPROVED_ONCE), AnAccount(2))); }, invoice(2)},
      {"payment approved", [] { return Text(PaymentApprovalFor(APayment(Payment::INVOICED))); },
       payment_approval},
      {"settlement", [] { return Text(SettlementFor(AnOrderedPayment(), AnOrder(), "TR-1")); },
       absl::StrCat(R"({"paymentId":")", kContract, R"(-P1","orderSha256":")", Sha(AnOrder()),
                    R"(","amount":1000,"bankReference":"TR-1"})")},
  };
  for (const Made& row : rows) {
    SCOPED_TRACE(row.name);
    const auto made = row.make();
    EXPECT_EQ(made.value_or(""), row.json) << made.status();
  }
}

TEST(DocumentsTest, ABidIsCancelledByWhatItsSealSays) {
  document::v1::Seal seal;
  seal.set_tender_id(kTender);
  seal.set_notice_hash("ab");
  seal.set_submission_id("5b");
  EXPECT_EQ(Json(BidCancellationFor(seal, "a digit too many")),
            absl::StrCat(R"({"tenderId":")", kTender,
                         R"(","noticeHash":"ab","submissionId":"5b",)"
                         R"("reason":"a digit too many"})"));
}

// --- Every state of every subject: the document is made in `allowed` and in no other.

template <typename Subject>
void OnlyIn(const char* name, const std::set<typename Subject::State>& allowed,
            const std::function<absl::Status(typename Subject::State)>& make) {
  const auto* states = Subject::State_descriptor();
  ASSERT_GT(states->value_count(), 1);
  for (int i = 0; i < states->value_count(); ++i) {
    const auto state = static_cast<typename Subject::State>(states->value(i)->number());
    SCOPED_TRACE(absl::StrCat(name, " in ", states->value(i)->name()));
    const absl::Status status = make(state);
    if (allowed.count(state) > 0) {
      EXPECT_EQ(status, absl::OkStatus());
      continue;
    }
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ErrorReason(status), "WRONG_STATE");
    auto metadata = ErrorMetadataOf(status);
    EXPECT_EQ(metadata["state"],
              i == 0 && metadata.count("act") > 0 ? "NONE" : states->value(i)->name());
    if (metadata.count("act") > 0) {
      EXPECT_EQ(metadata["act"], name);
      continue;
    }
    for (const auto needed : allowed) {
      EXPECT_THAT(metadata["needs"], testing::HasSubstr(Subject::State_Name(needed)));
    }
  }
}

template <typename Doc>
void ActOnlyIn(const std::set<Contract::State>& allowed) {
  const procurement::Act* act = procurement::ActOf(*Doc::descriptor());
  ASSERT_NE(act, nullptr);
  OnlyIn<Contract>(act->kind().c_str(), allowed, [](Contract::State state) {
    Contract contract = AContract(state);
    if (std::is_same_v<Doc, document::v1::DeliveryInspection>) {
      AddDelivery(Delivery::REPORTED, 100, &contract);
    }
    return ActFor<Doc>(contract).status();
  });
}

TEST(DocumentsTest, AreMadeOnlyInTheStateThatAllowsThem) {
  OnlyIn<Organization>("organisation approval", {Organization::PENDING}, [](auto state) {
    return OrganizationApprovalFor(AnOrganization(state)).status();
  });
  OnlyIn<Person>("person approval", {Person::PENDING},
                 [](auto state) { return PersonApprovalFor(APerson(state)).status(); });
  OnlyIn<Tender>("notice approval", {Tender::SUBMITTED},
                 [](auto state) { return NoticeApprovalFor(ATender(state), ANotice()).status(); });
  OnlyIn<Tender>("cancellation",
                 {Tender::DRAFT, Tender::SUBMITTED, Tender::PUBLISHING, Tender::PUBLISHED,
                  Tender::CLOSED, Tender::OPENED, Tender::EVALUATED},
                 [](auto state) { return CancellationFor(ATender(state), "").status(); });
  OnlyIn<Tender>("award", {Tender::EVALUATED},
                 [](auto state) { return AwardFor(ATender(state), AResult(), "").status(); });
  using Contracts = std::set<Contract::State>;
  ActOnlyIn<document::v1::ContractOffer>(Contracts{Contract::AWARDED});
  ActOnlyIn<document::v1::ContractConsent>(Contracts{Contract::OFFERED});
  ActOnlyIn<document::v1::ContractConfirmation>(Contracts{Contract::CONSENTED});
  ActOnlyIn<document::v1::ContractRefusal>(Contracts{Contract::OFFERED});
  ActOnlyIn<document::v1::ContractWithdrawal>(Contracts{Contract::OFFERED});
  ActOnlyIn<document::v1::ContractTermination>(Contracts{Contract::FORMED});
  ActOnlyIn<document::v1::DeliveryReport>(Contracts{Contract::FORMED});
  ActOnlyIn<document::v1::DeliveryInspection>(Contracts{Contract::FORMED});
  OnlyIn<Account>("account.approval", {Account::SUBMITTED}, [](auto state) {
    Account account = AnAccount(2);
    account.set_state(state);
    return AccountApprovalFor(account).status();
  });
  OnlyIn<Payment>("invoice to the same account", {Payment::PAYABLE},
                  [](auto state) { return InvoiceFor(APayment(state), AnAccount(1)).status(); });
  OnlyIn<Payment>("invoice", {Payment::PAYABLE, Payment::INVOICED, Payment::APPROVED_ONCE},
                  [](auto state) { return InvoiceFor(APayment(state), AnAccount(2)).status(); });
  OnlyIn<Payment>("payment.approval", {Payment::INVOICED, Payment::APPROVED_ONCE},
                  [](auto state) { return PaymentApprovalFor(APayment(state)).status(); });
  OnlyIn<Payment>("payment.settlement", {Payment::ORDERED}, [](auto state) {
    return SettlementFor(AnOrderedPayment(state), AnOrder(), "").status();
  });
}

// --- Everything else that is refused

TEST(DocumentsTest, WhatDoesNotFitIsRefused) {
  const auto precondition = absl::StatusCode::kFailedPrecondition;
  PublishedNotice other_notice = ANotice();
  other_notice.hash[0] ^= 1;
  auto other_tender = AResult(), other_version = AResult(), failed = AResult();
  other_tender.set_tender_id("R26BK00000002");
  other_version.set_notice_hash(other_notice.hash_hex());
  for (auto& lot : *failed.mutable_lots()) lot.clear_candidates();
  Contract reported = AContract();
  AddDelivery(Delivery::ACCEPTED, 300, &reported);
  AddDelivery(Delivery::REPORTED, 200, &reported);
  PublishedNotice drawn = ANoticeWithEnteredPrices();
  TheLot(drawn.notice).set_price_source("verifiable");
  payment::v1::ListPaymentsResponse nothing_left;
  *nothing_left.add_payments() = APayment(Payment::INVOICED);
  Person no_certificate = APerson();
  no_certificate.set_encryption_certificate("no certificate");
  Payment malformed = AnOrderedPayment();
  malformed.set_order_sha256(Sha("no order"));

  struct Row {
    const char* name;
    absl::Status status;
    absl::StatusCode code;
    const char* reason;
  };
  const std::vector<Row> rows = {
      {"a member without a certificate", CommitteeMemberFor(APerson()).status(), precondition,
       "COMMITTEE_MEMBER_CERTIFICATE"},
      {"a member whose certificate is none", CommitteeMemberFor(no_certificate).status(),
       precondition, "COMMITTEE_MEMBER_CERTIFICATE"},
      {"another notice than the one that waits",
       NoticeApprovalFor(ATender(Tender::SUBMITTED), other_notice).status(), precondition,
       "NOTICE_HASH_MISMATCH"},
      {"prices where they are drawn", EnteredPricesFor(drawn, Prices()).status(), precondition,
       "ENTERED_PRICES_UNEXPECTED"},
      {"other prices than committed to",
       EnteredPricesFor(ANoticeWithEnteredPrices(), Prices(101)).status(), precondition,
       "ENTERED_PRICES_MISMATCH"},
      {"another result than was logged", ReadResult(ATender(), "another").status(), precondition,
       "RESULT_MISMATCH"},
      {"a result that is none", ReadResult(ATender(), "result").status(),
       absl::StatusCode::kInvalidArgument, "JSON_MALFORMED"},
      {"another tender's result", AwardFor(ATender(), other_tender, "").status(), precondition,
       "RESULT_MISMATCH"},
      {"another notice version's result", AwardFor(ATender(), other_version, "").status(),
       precondition, "RESULT_MISMATCH"},
      {"no candidate", AwardFor(ATender(), failed, "").status(), precondition, "NO_CANDIDATE"},
      {"a delivery before the last is inspected", ActFor(reported, ReportOf(0, 0, "")).status(),
       precondition, "DELIVERY_UNINSPECTED"},
      {"an inspection where nothing waits", ActFor(AContract(), Accepted()).status(),
       absl::StatusCode::kNotFound, "DELIVERY_NOT_FOUND"},
      {"an inspection of a delivery that is not there", ActFor(reported, Accepted(3)).status(),
       absl::StatusCode::kNotFound, "DELIVERY_NOT_FOUND"},
      {"a second inspection", ActFor(reported, Accepted(1)).status(), precondition,
       "DELIVERY_INSPECTED"},
      {"nothing to invoice", FindPayable(nothing_left, 0).status(), absl::StatusCode::kNotFound,
       "NOTHING_PAYABLE"},
      {"no such delivery to invoice", FindPayable(nothing_left, 2).status(),
       absl::StatusCode::kNotFound, "NOTHING_PAYABLE"},
      {"no account to pay to", InvoiceFor(APayment(Payment::PAYABLE), {}).status(), precondition,
       "ACCOUNT_MISSING"},
      {"another order", SettlementFor(AnOrderedPayment(), AnOrder() + " ", "").status(),
       precondition, "ORDER_MISMATCH"},
      {"an order that is none", SettlementFor(malformed, "no order", "").status(),
       absl::StatusCode::kInvalidArgument, "JSON_MALFORMED"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.status.code(), row.code) << row.name << ": " << row.status;
    EXPECT_EQ(ErrorReason(row.status), row.reason) << row.name;
  }
}

// --- Choices and compositions

TEST(DocumentsTest, TheLastPaymentThatNobodyInvoicedIsPayable) {
  payment::v1::ListPaymentsResponse payments;
  const Payment::State states[] = {Payment::SETTLED, Payment::PAYABLE, Payment::PAYABLE,
                                   Payment::INVOICED};
  for (int i = 0; i < 4; ++i) {
    Payment& payment = *payments.add_payments();
    payment = APayment(states[i]);
    payment.set_delivery(i + 1);
  }
  EXPECT_EQ(FindPayable(payments, 0)->delivery(), 3);
  EXPECT_EQ(FindPayable(payments, 4)->state(), Payment::INVOICED) << "to another account";
}

TEST(DocumentsTest, TheResultIsReadFromTheBytesThatWereLogged) {
  Tender tender = ATender();
  const std::string bytes = Json(AResult());
  tender.set_result_sha256(Sha(bytes));
  const auto result = ReadResult(tender, bytes);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(Json(*result), bytes);
}

TEST(DocumentsTest, ACommitteeIsSeatedInOrderWithItsKeysAndWhoIsFromOutside) {
  const auto ca = pki::MakeCa();
  crypto::FakeRandom random(1);
  std::vector<document::v1::CommitteeMember> members;
  std::vector<pki::Certificate> certificates;
  for (const char* id : {"A-1.3", "U-2.1"}) {
    auto key = pki::PrivateKey::Generate(pki::KeyType::kEcP256).value();
    Identity identity(std::move(key), ca.issuing());
    identity.set_person_id(id);
    auto agreement = crypto::P256PrivateKey::Generate(random);
    pki::LeafRequest leaf;
    leaf.cn = id;
    leaf.spki_der = agreement.SpkiDer();
    leaf.usage = pki::LeafUsage::kKeyAgreement;
    leaf.not_before = pki::kT0;
    leaf.not_after = pki::kT0 + pki::kDay;
    certificates.push_back(ca.Issue(leaf).value());
    identity.SetAgreement(std::move(agreement), certificates.back());
    members.push_back(CommitteeMemberFor(identity));

    // What the registration service tells of the same person gives the same member.
    Person person;
    person.set_person_id(id);
    person.set_organization_id(identity.organization_id());
    person.set_encryption_certificate(certificates.back().der());
    const auto told = CommitteeMemberFor(person);
    ASSERT_TRUE(told.ok()) << told.status();
    EXPECT_EQ(Json(*told), Json(members.back()));
  }
  document::v1::Notice notice;
  notice.set_agency_id("A-1");
  notice.add_committee()->set_person_id("one of before");
  SeatCommittee(2, members, &notice);
  EXPECT_EQ(notice.quorum(), 2);
  ASSERT_EQ(notice.committee_size(), 2);
  for (int i = 0; i < 2; ++i) {
    const auto& seat = notice.committee(i);
    EXPECT_EQ(seat.member(), i + 1);
    EXPECT_EQ(seat.person_id(), i == 0 ? "A-1.3" : "U-2.1");
    EXPECT_EQ(seat.organization_id(), i == 0 ? "A-1" : "U-2");
    EXPECT_EQ(seat.outside(), i == 1);
    EXPECT_EQ(seat.cert_sha256(), Sha(certificates[i].der()));
    EXPECT_EQ(seat.spki(), certificates[i].spki_der());
  }
}

TEST(DocumentsTest, ADraftIsCompletedButNotOverruled) {
  document::v1::Notice open;
  CompleteNotice({"A-1", "test/bidding"}, &open);
  EXPECT_EQ(Json(open), R"({"noticeVersion":1,"round":1,"agencyId":"A-1","regime":"state",)"
                        R"("method":"qualification","category":"general","currency":"KRW",)"
                        R"("lots":[{"lot":1,"priceSource":"verifiable"}],)"
                        R"("stages":[{"stage":1,"content":"price"}],"logOrigin":"test/bidding"})");

  document::v1::Notice decided;
  decided.set_notice_version(3);
  decided.set_round(2);
  TheStage(decided).set_deadline("2026-03-12T01:00:00Z");
  decided.set_agency_id("A-2");
  decided.set_regime("local");
  decided.set_method("small_quote");
  decided.set_category("facility");
  decided.set_currency("USD");
  CommitToPrices(Prices(), &decided);
  document::v1::Notice expected = decided;
  expected.set_agency_id("A-1");  // of whoever drafts it
  TheLot(expected).set_lot(1);
  expected.set_log_origin("test/bidding");
  CompleteNotice({"A-1", "test/bidding"}, &decided);
  EXPECT_EQ(Json(decided), Json(expected));
  EXPECT_EQ(decided.lots(0).price_source(), "entered");
  EXPECT_EQ(decided.lots(0).entered_prices_sha256(),
            procurement::EnteredPricesCommitment(Prices().lots(0)));
}

TEST(DocumentsTest, ACorrectionFollowsTheVersionBefore) {
  const PublishedNotice first = ANotice();
  document::v1::Notice changes;
  TheStage(changes).set_deadline("2026-03-20T01:00:00Z");
  document::v1::Notice expected;
  expected.set_tender_id(kTender);
  expected.set_notice_version(2);
  expected.set_previous_notice_hash(first.hash_hex());
  expected.set_title("Chairs");
  TheStage(expected).set_deadline("2026-03-20T01:00:00Z");
  expected.add_committee()->set_person_id("A-1.3");
  EXPECT_EQ(Json(NextNotice(first, changes)), Json(expected));

  changes.set_notice_version(7);
  changes.add_committee()->set_person_id("A-1.4");
  const document::v1::Notice next = NextNotice(first, changes);
  EXPECT_EQ(next.notice_version(), 2);
  ASSERT_EQ(next.committee_size(), 1) << "another committee, not a larger one";
  EXPECT_EQ(next.committee(0).person_id(), "A-1.4");
}

// A lot and a stage are changed where they stand, by number; others stay, and new ones are added.
TEST(DocumentsTest, ACorrectionChangesSingleLots) {
  PublishedNotice first = ANotice();
  for (const int number : {1, 2}) {
    auto& lot = *first.notice.add_lots();
    lot.set_lot(number);
    lot.set_base_amount(1000 * number);
    lot.set_title(absl::StrCat("lot ", number));
  }
  first.notice.add_attachments()->set_name("old.pdf");
  document::v1::Notice changes;
  changes.add_lots()->set_lot(2);
  changes.mutable_lots(0)->set_base_amount(5);
  changes.add_lots()->set_lot(3);
  changes.add_attachments()->set_name("new.pdf");
  const document::v1::Notice next = NextNotice(first, changes);
  ASSERT_EQ(next.lots_size(), 3);
  EXPECT_EQ(next.lots(0).base_amount(), 1000);
  EXPECT_EQ(next.lots(1).base_amount(), 5);
  EXPECT_EQ(next.lots(1).title(), "lot 2");
  EXPECT_EQ(next.lots(2).lot(), 3);
  EXPECT_EQ(next.stages(0).deadline(), "2026-03-12T01:00:00Z");
  ASSERT_EQ(next.attachments_size(), 1);
  EXPECT_EQ(next.attachments(0).name(), "new.pdf");
}

TEST(DocumentsTest, TimesAndDaysAreWrittenAsInDocuments) {
  const absl::Time late = absl::FromUnixMillis(1'767'279'599'999);  // 2026-01-01T14:59:59.999Z
  EXPECT_EQ(DocumentTime(late), "2026-01-01T14:59:59Z");
  EXPECT_EQ(DocumentDate(late), "2026-01-01");
  EXPECT_EQ(DocumentDate(late + absl::Milliseconds(1)), "2026-01-02") << "midnight in Korea";
}

}  // namespace
}  // namespace jodal::sdk
