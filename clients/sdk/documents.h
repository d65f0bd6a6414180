// How each signed document follows from what the services say: one function for every document of
// a tender, from the registration of its people to the last payment. A function takes the answers
// of the services and what a person decides, and gives what that person then signs.
//
// Pure functions: no keys, no connection, no clock, no randomness. Fields and their formats are
// described in docs/formats.md. Kind, version, system and signer stay empty: SignDocument
// (identity.h) fills them.
//
// Where the state does not allow a document, the error is FAILED_PRECONDITION WRONG_STATE with
// metadata "state" (what it is) and "needs" (what it would have to be); each function names its
// other reasons. The services check all of this again; here a person learns of it before signing.
#ifndef JODAL_CLIENTS_SDK_DOCUMENTS_H_
#define JODAL_CLIENTS_SDK_DOCUMENTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/sdk/identity.h"
#include "clients/sdk/sealed_bid.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"

namespace jodal::contract::v1 {
class Contract;
}
namespace jodal::payment::v1 {
class Account;
class GetAccountResponse;
class ListPaymentsResponse;
class Payment;
}  // namespace jodal::payment::v1
namespace jodal::registration::v1 {
class Organization;
class Person;
}  // namespace jodal::registration::v1
namespace jodal::tender::v1 {
class EvaluationResult;
class Tender;
}  // namespace jodal::tender::v1

namespace jodal::sdk {

// The two forms of time in documents: RFC 3339 UTC with "Z" and whole seconds, and the Korean civil
// day ("2025-02-01").
std::string DocumentTime(absl::Time time);
std::string DocumentDate(absl::Time time);

// ---- registration ------------------------------------------------------------------------------

// Of the registration that waits.
absl::StatusOr<document::v1::OrganizationApproval> OrganizationApprovalFor(
    const registration::v1::Organization& organization);
absl::StatusOr<document::v1::PersonApproval> PersonApprovalFor(
    const registration::v1::Person& person);

// ---- tender ------------------------------------------------------------------------------------

// A member of an opening committee, not seated yet (SeatCommittee). FAILED_PRECONDITION
// COMMITTEE_MEMBER_CERTIFICATE if there is no encryption certificate that can be read.
absl::StatusOr<document::v1::CommitteeMember> CommitteeMemberFor(
    const registration::v1::Person& person);
// The same from the keys themselves; `identity` has an agreement key.
document::v1::CommitteeMember CommitteeMemberFor(const Identity& identity);

// Puts `members` into the notice in this order, numbered from 1; `quorum` of them open. Anyone who
// is not of the notice's agency is marked as from outside.
void SeatCommittee(int quorum, const std::vector<document::v1::CommitteeMember>& members,
                   document::v1::Notice* notice);

// The prices of these lots are made elsewhere, and the notice commits to them. Each lot of `prices`
// has its salt; lots that the notice does not have yet are added.
void CommitToPrices(const document::v1::EnteredPrices& prices, document::v1::Notice* notice);

// Numbers lots and stages from 1, as they stand.
void NumberParts(document::v1::Notice* notice);

// What nobody decides about a notice.
struct NoticeFrame {
  std::string agency_id;
  std::string log_origin;  // of the bidding service's log
};
// Sets the frame, and what a draft has left open to the usual: version and round 1, KRW, regime
// "state", method "qualification", category "general", one lot, the stages of the method, price
// source "verifiable". Lots and stages are numbered.
void CompleteNotice(const NoticeFrame& frame, document::v1::Notice* notice);

// The next version of a published notice: what `changes` does not set stays as it is. Lots and
// stages are told apart by their numbers; a list of anything else takes the place of the one
// before.
document::v1::Notice NextNotice(const PublishedNotice& published,
                                const document::v1::Notice& changes);

// `read` is the notice as the approver has read it. NOTICE_HASH_MISMATCH if another one waits.
absl::StatusOr<document::v1::NoticeApproval> NoticeApprovalFor(const tender::v1::Tender& tender,
                                                               const PublishedNotice& read);

absl::StatusOr<document::v1::TenderCancellation> CancellationFor(const tender::v1::Tender& tender,
                                                                 absl::string_view reason);

// Opens the commitments of the notice in force; every lot of `prices` has amounts and salt.
// FAILED_PRECONDITION ENTERED_PRICES_UNEXPECTED if the prices of this tender are drawn,
// ENTERED_PRICES_MISMATCH if they are not those that the notice committed to.
absl::StatusOr<document::v1::EnteredPrices> EnteredPricesFor(const PublishedNotice& notice,
                                                             document::v1::EnteredPrices prices);

// The summary of the evaluation (GetResultResponse.result), without rows. RESULT_MISMATCH unless
// its digest is the tender's; the errors of ParseStrictJson.
absl::StatusOr<tender::v1::EvaluationResult> ReadResult(const tender::v1::Tender& tender,
                                                        absl::string_view result);

// The first candidate of every lot that has one gets its award. RESULT_MISMATCH if the result is
// another tender's or another notice version's, NO_CANDIDATE if no lot has any.
absl::StatusOr<document::v1::AwardDecision> AwardFor(const tender::v1::Tender& tender,
                                                     const tender::v1::EvaluationResult& result,
                                                     absl::string_view reason);

// ---- bidding -----------------------------------------------------------------------------------

// Of the bid under the bidder's own `seal`. Bids and seals themselves: sealed_bid.h; the shares
// that open them: open_shares.h.
document::v1::BidCancellation BidCancellationFor(const document::v1::Seal& seal,
                                                 absl::string_view reason);

// ---- contract ----------------------------------------------------------------------------------

// Every act on a contract is completed by one function: `document` (ContractOffer, ContractConsent
// ... DeliveryInspection) holds what a person decides, and gets what the contract says under the
// same names (option `follows` in documents.proto). WRONG_STATE (metadata "state" and "act") by the
// document's option `act`. Beyond that,
//   a DeliveryReport without number or amount is the next one, over what is left of the contract;
//     DELIVERY_UNINSPECTED while the delivery before waits for its inspection;
//   a DeliveryInspection without a number is of the last delivery that waits, and one that accepts
//     without an amount accepts all that was reported; NOT_FOUND DELIVERY_NOT_FOUND,
//     DELIVERY_INSPECTED.
absl::Status CompleteAct(const contract::v1::Contract& contract,
                         google::protobuf::Message* document);
template <typename Doc>
absl::StatusOr<Doc> ActFor(const contract::v1::Contract& contract, Doc decided = {}) {
  RETURN_IF_ERROR(CompleteAct(contract, &decided));
  return decided;
}

// ---- payment -----------------------------------------------------------------------------------

struct AccountFacts {
  std::string bank_id, account_number, holder;
  std::string nonce;        // 16 random bytes, hex
  int account_version = 0;  // 0: the next one
};
// `known` is what the service has of the supplier's accounts; empty: none yet.
document::v1::BankAccount AccountFor(absl::string_view supplier_id,
                                     const payment::v1::GetAccountResponse& known,
                                     const AccountFacts& facts);
// `pending` is the change that waits for the supplier's second person.
absl::StatusOr<document::v1::BankAccountApproval> AccountApprovalFor(
    const payment::v1::Account& pending);

// The payment of a delivery; `delivery` 0: the last one that nobody has invoiced yet. NOT_FOUND
// NOTHING_PAYABLE.
absl::StatusOr<payment::v1::Payment> FindPayable(const payment::v1::ListPaymentsResponse& payments,
                                                 int delivery);
// To the account in force. An invoiced payment is invoiced again only to another account, and not
// once it is ordered. ACCOUNT_MISSING if there is no account.
absl::StatusOr<document::v1::Invoice> InvoiceFor(const payment::v1::Payment& payment,
                                                 const payment::v1::Account& active);
absl::StatusOr<document::v1::PaymentApproval> PaymentApprovalFor(
    const payment::v1::Payment& payment);
// `order` is the payment order as the bank has read it (GetPaymentOrderResponse.order).
// ORDER_MISMATCH unless it is the payment's; the errors of ParseStrictJson.
absl::StatusOr<document::v1::PaymentSettlement> SettlementFor(const payment::v1::Payment& payment,
                                                              absl::string_view order,
                                                              const std::string& bank_reference);

}  // namespace jodal::sdk

#endif  // JODAL_CLIENTS_SDK_DOCUMENTS_H_
