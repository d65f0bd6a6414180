// Contracts, deliveries, inspections.
#include "tests/e2e/bad_input.h"

namespace jodal::e2e {

using absl::StrCat;

// Called with the contract awarded; takes it to FORMED and reports the delivery.
void BadInputTest::ContractRows() {
  const auto offer = [&](const Person& who, const document::v1::ContractOffer& doc) {
    return w().Send(who, "contract.offer", doc, s().contract(), &ContractStub::ActOnContract);
  };
  using Offer = document::v1::ContractOffer;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::function<void(Offer&)>& spoil) {
    Offer doc = w().Offer();
    spoil(doc);
    Refused(
        "offer: " + name, [&] { return offer(*w().officer, doc); }, reason);
  };
  row("another amount", "AMOUNT_MISMATCH", [](Offer& d) { d.set_amount(d.amount() + 1); });
  row("another supplier", "PARTY_MISMATCH",
      [&](Offer& d) { d.set_supplier_id(w().s2->organization()); });
  row("another agency", "PARTY_MISMATCH",
      [&](Offer& d) { d.set_agency_id(w().other_agency->organization()); });
  row("another award", "AWARD_MISMATCH",
      [](Offer& d) { d.set_award_sha256(std::string(64, 'a')); });
  row("another tender", "TENDER_MISMATCH",
      [&](Offer& d) { d.set_tender_id(another_.notice.tender_id()); });
  row("another currency", "CURRENCY_MISMATCH", [](Offer& d) { d.set_currency("USD"); });
  row("a contract that is not there", "CONTRACT_NOT_FOUND",
      [](Offer& d) { d.set_contract_id("R25TA00000000"); });
  row("an end before the start", "PERIOD_INVALID", [](Offer& d) { d.set_end_date("2025-01-31"); });
  row("no date", "DATE_INVALID", [](Offer& d) { d.set_end_date("2025-02-30"); });
  row("damages over the law's", "DELAY_DAMAGES_INVALID",
      [](Offer& d) { d.set_delay_damages_ppm_per_day(1'000'000); });
  Refused(
      "offer: by another agency", [&] { return offer(*w().other, w().Offer()); }, "NOT_ALLOWED");
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(*w().officer, std::move(document), s().contract(),
                          &ContractStub::ActOnContract);
  };
  SpoiltJson("offer", *w().officer, s().Json(*w().officer, "contract.offer", w().Offer()), send);
  SpoiltCms("offer", *w().officer, s().Json(*w().officer, "contract.offer", w().Offer()), send);
  Step(w().Take("OfferContract", *w().officer, "contract.offer", w().Offer(), s().contract(),
                &ContractStub::ActOnContract)
           .status());
  Step(w().Refresh());
  WrongStates(kOffered);

  const auto consent = [&](const Person& who, const document::v1::ContractConsent& doc) {
    return w().Send(who, "contract.consent", doc, s().contract(), &ContractStub::ActOnContract);
  };
  auto other_offer = w().Consent();
  other_offer.set_offer_sha256(std::string(64, 'a'));
  Refused(
      "consent: to another offer", [&] { return consent(*w().s1, other_offer); }, "OFFER_MISMATCH");
  Refused(
      "consent: by another supplier", [&] { return consent(*w().s2, w().Consent()); },
      "NOT_ALLOWED");
  Step(w().Take("ConsentContract", *w().s1, "contract.consent", w().Consent(), s().contract(),
                &ContractStub::ActOnContract)
           .status());
  Step(w().Refresh());
  WrongStates(kConsented);

  const auto confirm = [&](const Person& who, const document::v1::ContractConfirmation& doc) {
    return w().Send(who, "contract.confirmation", doc, s().contract(),
                    &ContractStub::ActOnContract);
  };
  auto other_consent = w().Confirmation();
  other_consent.set_consent_sha256(std::string(64, 'a'));
  Refused(
      "confirmation: of another consent", [&] { return confirm(*w().officer, other_consent); },
      "CONSENT_MISMATCH");
  Refused(
      "confirmation: by another agency", [&] { return confirm(*w().other, w().Confirmation()); },
      "NOT_ALLOWED");
  Step(w().Take("ConfirmContract", *w().officer, "contract.confirmation", w().Confirmation(),
                s().contract(), &ContractStub::ActOnContract)
           .status());
  Step(w().Refresh());
  WrongStates(kFormed);

  using Report = document::v1::DeliveryReport;
  const auto report = [&](const std::string& name, const std::string& reason,
                          const std::function<void(Report&)>& spoil, const Person* by = nullptr) {
    Report doc = w().Report();
    spoil(doc);
    Refused(
        "delivery: " + name,
        [&] {
          return w().Send(by == nullptr ? *w().s1 : *by, "delivery.report", doc, s().contract(),
                          &ContractStub::ActOnContract);
        },
        reason);
  };
  report("more than the contract", "DELIVERY_AMOUNT_EXCEEDED",
         [](Report& d) { d.set_amount(d.amount() + 1); });
  report("nothing", "DELIVERY_AMOUNT_INVALID", [](Report& d) { d.set_amount(0); });
  report("the second before the first", "DELIVERY_NUMBER", [](Report& d) { d.set_delivery(2); });
  report("all, but not final", "DELIVERY_MUST_BE_FINAL", [](Report& d) { d.set_final(false); });
  report("tomorrow", "DELIVERY_IN_FUTURE", [](Report& d) { d.set_delivered_on("2025-01-21"); });
  report(
      "by another supplier", "NOT_ALLOWED", [](Report&) {}, w().s2);
  report(
      "by the agency itself", "NOT_ALLOWED", [](Report&) {}, w().inspector);
  Step(w().Take("ReportDelivery", *w().s1, "delivery.report", w().Report(), s().contract(),
                &ContractStub::ActOnContract)
           .status());
  Step(w().Refresh());
  WrongStates(kReported);

  using Inspection = document::v1::DeliveryInspection;
  const auto inspect = [&](const std::string& name, const std::string& reason,
                           const std::function<void(Inspection&)>& spoil,
                           const Person* by = nullptr) {
    Inspection doc = w().Inspection();
    spoil(doc);
    Refused(
        "inspection: " + name,
        [&] {
          return w().Send(by == nullptr ? *w().inspector : *by, "delivery.inspection", doc,
                          s().contract(), &ContractStub::ActOnContract);
        },
        reason);
  };
  inspect("of another report", "REPORT_MISMATCH",
          [](Inspection& d) { d.set_report_sha256(std::string(64, 'a')); });
  inspect("of a delivery that is not there", "DELIVERY_NOT_FOUND",
          [](Inspection& d) { d.set_delivery(2); });
  inspect("more than was reported", "INSPECTION_AMOUNT_INVALID",
          [](Inspection& d) { d.set_amount(d.amount() + 1); });
  inspect(
      "by another agency", "NOT_ALLOWED", [](Inspection&) {}, w().other);
  Step(w().Take("InspectDelivery", *w().inspector, "delivery.inspection", w().Inspection(),
                s().contract(), &ContractStub::ActOnContract)
           .status());
  Step(w().Refresh());
}

}  // namespace jodal::e2e
