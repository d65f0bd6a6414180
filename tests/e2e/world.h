// The people, documents and steps of one main job, from notice to payment, with every step's
// request open to be altered.
#ifndef JODAL_TESTS_E2E_WORLD_H_
#define JODAL_TESTS_E2E_WORLD_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/sdk/sealed_bid.h"
#include "common/sealing/sb1.h"
#include "tests/e2e/system.h"

namespace jodal::e2e {

// How a bid is made; each part may be altered after it is made and before what covers it is.
struct BidPlan {
  int64_t price = 330'000'000;
  std::function<void(document::v1::Bid&)> bid;               // before the inner signature
  std::function<void(std::string&)> json;                    // of the inner document
  const Person* inner_signer = nullptr;                      // null: the bidder
  std::function<void(document::v1::SignedDocument&)> inner;  // before it is sealed
  std::function<void(std::string&)> payload;                 // before it is encrypted
  std::function<void(sealing::Sealed&)> sealed;              // before the seal is written
  std::function<void(document::v1::Seal&)> seal;             // before the outer signature
  std::string submission_id;                                 // "": random
};

inline absl::Time At(const std::string& utc) {
  absl::Time time;
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, utc, &time, &error) ? time : absl::InfinitePast();
}

// Asks until `look` says true: some 20 s of real time, then DEADLINE_EXCEEDED.
absl::Status Await(const std::string& what, const std::function<absl::StatusOr<bool>()>& look);

class World {
 public:
  static constexpr char kStart[] = "2025-01-02T03:00:00Z";
  static constexpr char kBidStart[] = "2025-01-08T01:00:00Z";
  static constexpr char kFirstDeadline[] = "2025-01-13T02:00:00Z";  // of version 1
  static constexpr char kDeadline[] = "2025-01-20T02:00:00Z";
  static constexpr char kOpenAt[] = "2025-01-20T03:00:00Z";
  static constexpr int kMembers = 5;
  static constexpr int kQuorum = 3;

  explicit World(System& system) : s(system) {}

  // Registers everybody.
  absl::Status Populate();

  // --- Signing and sending
  // As System::Sign, but never twice the same bytes: JSON may end in white space.
  template <typename Doc>
  document::v1::SignedDocument SignAnew(const Person& person, const std::string& kind, Doc doc) {
    return person.identity.Sign(s.Json(person, kind, std::move(doc)) + std::string(++spaces_, ' '))
        .value();
  }
  // Signs `doc` as `who` and sends it under his session. For refusals.
  template <typename Stub, typename Req, typename Resp, typename Doc>
  absl::Status Send(const Person& who, const std::string& kind, Doc doc, Stub& stub,
                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*)) {
    return SendSigned(who, SignAnew(who, kind, std::move(doc)), stub, method);
  }
  template <typename Stub, typename Req, typename Resp>
  absl::Status SendSigned(const Person& who, document::v1::SignedDocument document, Stub& stub,
                          grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*)) {
    Req request;
    *request.mutable_document() = std::move(document);
    request.set_request_id(s.RequestId());
    return s.Call(stub, method, request, &who).status();
  }
  // As Send, for a step that must be accepted.
  template <typename Stub, typename Req, typename Resp, typename Doc>
  absl::StatusOr<Resp> Take(const std::string& name, const Person& who, const std::string& kind,
                            Doc doc, Stub& stub,
                            grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*)) {
    Req request;
    *request.mutable_document() = SignAnew(who, kind, std::move(doc));
    return s.Do(name, &who, stub, method, std::move(request));
  }

  // --- Tenders
  absl::StatusOr<std::string> CreateTender();
  document::v1::Notice Notice(const std::string& tender_id, const std::string& deadline);
  absl::StatusOr<sdk::PublishedNotice> Prepare(const document::v1::Notice& notice);  // signed
  absl::Status Submit(const sdk::PublishedNotice& notice);
  absl::Status Approve(const sdk::PublishedNotice& notice);
  // A tender in the window of the main one, published.
  absl::StatusOr<sdk::PublishedNotice> AnotherTender();
  document::v1::NoticeApproval Approval(const sdk::PublishedNotice& notice) const;
  document::v1::TenderCancellation Cancellation(const sdk::PublishedNotice& notice) const;
  absl::StatusOr<tender::v1::Tender> Tender(const std::string& tender_id);
  absl::Status WaitForTender(const std::string& tender_id, tender::v1::Tender::State state);
  absl::StatusOr<bidding::v1::Box> Box(const std::string& tender_id);
  absl::Status Evaluate(const Person& who, const std::string& tender_id);

  // --- Bids and shares
  bidding::v1::SubmitBidRequest MakeBid(const Person& bidder, const sdk::PublishedNotice& notice,
                                        const BidPlan& plan = {});
  absl::Status SubmitBid(const Person& bidder, const bidding::v1::SubmitBidRequest& request) {
    return s.Call(s.bidding(), &BiddingStub::SubmitBid, request, &bidder).status();
  }
  document::v1::BidCancellation BidCancellation(const sdk::PublishedNotice& notice,
                                                const std::string& submission_id) const;
  // What an honest member's client makes of the closed box; before that, an empty document.
  document::v1::OpenShares Shares(int member, const sdk::PublishedNotice& notice);
  absl::Status Release(const Person& who, const document::v1::OpenShares& shares) {
    return Send(who, "open-share", shares, s.bidding(), &BiddingStub::ReleaseShares);
  }
  absl::Status TakeRelease(int member, const sdk::PublishedNotice& notice);

  // --- Contract and payment, from what the services say now
  absl::Status Refresh();
  // What the services say, in another state, with the ids and parties that this world knows of.
  contract::v1::Contract ContractIn(contract::v1::Contract::State state) const;
  payment::v1::Payment PaymentIn(payment::v1::Payment::State state) const;
  document::v1::AwardDecision Award() const;
  document::v1::ContractOffer Offer() const;
  document::v1::ContractConsent Consent() const;
  document::v1::ContractConfirmation Confirmation() const;
  document::v1::DeliveryReport Report() const;
  document::v1::DeliveryInspection Inspection() const;
  document::v1::BankAccount Account(int version) const;
  document::v1::Invoice Invoice() const;
  document::v1::PaymentApproval PaymentApproval() const;
  document::v1::PaymentSettlement Settlement() const;

  using TenderStub = tender::v1::TenderService::Stub;
  using BiddingStub = bidding::v1::BiddingService::Stub;
  using RegistrationStub = registration::v1::RegistrationService::Stub;
  using ContractStub = contract::v1::ContractService::Stub;
  using PaymentStub = payment::v1::PaymentService::Stub;
  using SignatureStub = signature::v1::SignatureService::Stub;

  System& s;
  Person *agency, *officer, *approver, *inspector, *paymaster, *paymaster2;
  Person* member[kMembers];      // of the committee
  Person* spare;                 // may sit on committees, but not on this one
  Person *other_agency, *other;  // who may do everything, in another agency
  Person *s1, *s1b, *s2, *s3;    // suppliers; s1b is a second person of s1's
  Person* late;                  // a supplier who never gets a bid in
  Person *bank, *other_bank, *auditor;

  sdk::PublishedNotice notice;  // of the main tender: the newest version, published or not
  std::string s1_submission;
  tender::v1::EvaluationResult result;
  tender::v1::Tender tender;
  contract::v1::Contract contract;
  payment::v1::Payment payment;
  payment::v1::Account account;  // in force
  std::string order;             // of the payment, once there is one

 private:
  std::map<std::string, bidding::v1::ListSealedBidsResponse> sealed_;  // by notice hash
  int spaces_ = 0;
};

}  // namespace jodal::e2e

#endif  // JODAL_TESTS_E2E_WORLD_H_
