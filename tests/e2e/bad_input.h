// What the rows of the bad-input test share: the system, its world, and ways to send.
#ifndef JODAL_TESTS_E2E_BAD_INPUT_H_
#define JODAL_TESTS_E2E_BAD_INPUT_H_

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "tests/e2e/refusals.h"
#include "tests/e2e/spoil.h"
#include "tests/e2e/world.h"
#include "tests/support/parts.h"

namespace jodal::e2e {

// Where the main tender, its contract and its payment are.
enum Stage {
  kDraft,
  kSubmitted,
  kPublished,
  kWindow,
  kClosed,
  kOpened,
  kEvaluated,
  kAwarded,
  kOffered,
  kConsented,
  kFormed,
  kReported,
  kAccepted,
  kInvoiced,
  kApprovedOnce,
  kOrdered,
  kSettled,
};
inline const char* const kStageNames[] = {
    "DRAFT",     "SUBMITTED", "PUBLISHED",     "WINDOW",    "CLOSED", "OPENED",
    "EVALUATED", "AWARDED",   "OFFERED",       "CONSENTED", "FORMED", "REPORTED",
    "ACCEPTED",  "INVOICED",  "APPROVED_ONCE", "ORDERED",   "SETTLED"};

// A mutation of the main job, and from each stage on why it is refused; "" while it is allowed.
struct Mutation {
  std::string name;
  std::function<absl::Status()> act;
  std::map<Stage, std::string> refused_from;
};

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override {
    auto created = System::Create(At(World::kStart));
    ASSERT_TRUE(created.ok()) << created.status();
    system_ = *std::move(created);
    world_ = std::make_unique<World>(*system_);
    table_ = std::make_unique<Refusals>(*system_);
    ASSERT_EQ(world_->Populate(), absl::OkStatus());
  }
  System& s() { return *system_; }
  World& w() { return *world_; }

  using RegistrationStub = World::RegistrationStub;
  using TenderStub = World::TenderStub;
  using BiddingStub = World::BiddingStub;
  using ContractStub = World::ContractStub;
  using PaymentStub = World::PaymentStub;
  using SignatureStub = World::SignatureStub;
  using Act = std::function<absl::Status()>;

  void Refused(const std::string& name, const Act& act, const std::string& reason,
               const std::string& detail = "") {
    table_->Refused(name, act, reason, detail);
  }
  void Step(const absl::Status& status) {
    table_->Stepped();
    ASSERT_EQ(status, absl::OkStatus());
  }
  template <typename T>
  T Step(absl::StatusOr<T> result) {
    table_->Stepped();
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : T();
  }
  void MoveTo(absl::Time to) { Step(s().MoveTo(to)); }

  // --- The same faults in documents of different services
  void SpoiltJson(const std::string& what, const Person& who, const std::string& json,
                  const std::function<absl::Status(document::v1::SignedDocument)>& send,
                  const std::map<std::string, std::string>& other_reasons = {}) {
    for (const JsonFault& fault : JsonFaults()) {
      const auto other = other_reasons.find(fault.reason);
      Refused(
          absl::StrCat(what, ": JSON with ", fault.name),
          [&] { return send(who.identity.Sign(fault.spoil(json)).value()); },
          other == other_reasons.end() ? fault.reason : other->second);
    }
  }
  void SpoiltCms(const std::string& what, const Person& who, const std::string& json,
                 const std::function<absl::Status(document::v1::SignedDocument)>& send) {
    for (const CmsFault& fault : CmsFaults()) {
      Refused(
          absl::StrCat(what, ": signature with ", fault.name),
          [&] {
            document::v1::SignedDocument document;
            document.set_content(json);
            document.set_signature(fault.sign(who, json));
            return send(document);
          },
          "SIGNATURE_REFUSED", fault.check);
    }
  }

  // --- Registration
  absl::Status Register(document::v1::SignedDocument document) {
    registration::v1::RegisterOrganizationRequest request;
    *request.mutable_document() = std::move(document);
    request.set_request_id(s().RequestId());
    return s().Call(s().registration(), &RegistrationStub::RegisterOrganization, request).status();
  }
  absl::Status Register(const Person& who, const document::v1::OrganizationRegistration& doc) {
    return Register(s().Sign(who, "organization.registration", doc));
  }
  document::v1::PersonRegistration PersonDocument(const Person& of) {
    document::v1::PersonRegistration doc;
    doc.set_organization_id(of.organization());
    doc.set_name("Person");
    doc.set_email("person@example.com");
    doc.set_nonce(s().RequestId());
    return doc;
  }
  absl::Status RegisterPerson(const Person& who, const document::v1::PersonRegistration& doc) {
    return w().SendSigned(who, s().Sign(who, "person.registration", doc), s().registration(),
                          &RegistrationStub::RegisterPerson);
  }
  absl::Status OpenSession(const registration::v1::OpenSessionRequest& request) {
    return s().Call(s().registration(), &RegistrationStub::OpenSession, request).status();
  }
  absl::Status Suspend(const document::v1::SignedDocument& document) {
    return w().SendSigned(s().registrar(), document, s().registration(),
                          &RegistrationStub::RecordFact);
  }
  absl::Status Suspend(const std::string& organization, bool lift) {
    return Suspend(s().Suspension(organization, lift));
  }
  absl::Status UpdateCrl(const std::string& crl) {
    signature::v1::UpdateCrlRequest request;
    request.set_crl(crl);
    request.set_request_id(s().RequestId());
    return s().Call(s().signature(), &SignatureStub::UpdateCrl, request).status();
  }
  // Revoked from now on.
  absl::Status Revoke(const Person& person) {
    const absl::Time now = s().clock().Now();
    s().ca().Revoke(person.identity.certificate().serial(), now);
    ASSIGN_OR_RETURN(const std::string crl,
                     s().ca().IssuingCrl(now, s().ca().issuing().not_after()));
    return UpdateCrl(crl);
  }

  void RegistrationRows();
  void CertificateRows();
  void LoginRows();
  void NoticeRows();
  void EarlyRows();
  void VoidBids();
  void BidRows();
  void ShareRows();
  void AwardRows();
  void ContractRows();
  void InvoiceRows();
  void ApprovalRows();
  void AccountRows();
  void CancelledTender();
  void FailedTender();
  void ReplayRows();
  void LogRows();

  // --- Wrong states
  std::vector<Mutation> Mutations();
  void WrongStates(Stage stage) {
    for (const Mutation& mutation : mutations_) {
      std::string reason;
      for (const auto& [from, why] : mutation.refused_from) {
        if (from <= stage) reason = why;
      }
      if (reason.empty()) continue;
      Refused(absl::StrCat(mutation.name, " in state ", kStageNames[stage]), mutation.act, reason);
    }
  }

  bidding::v1::CreateBoxRequest BoxRequest(const sdk::PublishedNotice& notice) {
    bidding::v1::CreateBoxRequest request;
    request.set_tender_id(notice.notice.tender_id());
    *request.mutable_notice()->mutable_document() = notice.document;
    return request;
  }
  // As the tender service.
  absl::Status CreateBox(const bidding::v1::CreateBoxRequest& request) {
    auto stub =
        bidding::v1::BiddingService::NewStub(s().host().peers("tender")->Channel("bidding"));
    return s().Call(*stub, &BiddingStub::CreateBox, request).status();
  }
  absl::Status CancelBox(const std::string& tender_id) {
    auto stub =
        bidding::v1::BiddingService::NewStub(s().host().peers("tender")->Channel("bidding"));
    bidding::v1::CancelBoxRequest request;
    request.set_tender_id(tender_id);
    return s().Call(*stub, &BiddingStub::CancelBox, request).status();
  }
  // The next version of the main notice.
  sdk::PublishedNotice NextVersion(const sdk::PublishedNotice& of) {
    document::v1::Notice changes;
    testing_support::TheStage(changes).set_deadline("2025-01-27T02:00:00Z");
    testing_support::TheStage(changes).set_open_at("2025-01-27T03:00:00Z");
    return w().Prepare(sdk::NextNotice(of, changes)).value();
  }
  absl::Status SubmitNotice(const Person& who, const sdk::PublishedNotice& notice) {
    return w().SendSigned(who, notice.document, s().tender(), &TenderStub::SubmitNotice);
  }
  absl::Status SubmitNotice(const Person& who, const document::v1::Notice& notice) {
    return w().Send(who, "notice", notice, s().tender(), &TenderStub::SubmitNotice);
  }

  void KeepPeople();
  void KeepTender(const sdk::PublishedNotice& notice);
  void KeepContract();

  std::unique_ptr<System> system_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Refusals> table_;
  std::vector<Mutation> mutations_;
  sdk::PublishedNotice first_, another_, cancelled_, failed_;
  std::map<std::string, std::string> void_reasons_;  // by submission
  bidding::v1::SubmitBidRequest s1_bid_;
};

}  // namespace jodal::e2e

#endif  // JODAL_TESTS_E2E_BAD_INPUT_H_
