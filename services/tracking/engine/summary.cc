#include "services/tracking/engine/summary.h"

#include "absl/strings/str_cat.h"
#include "common/money/money.h"

namespace jodal::tracking {
namespace {

std::string Short(const std::string& digest) { return digest.substr(0, 12); }

std::string Amount(int64_t amount) { return money::FormatAmount(amount); }

}  // namespace

std::string Summarize(const event::v1::Event& event) {
  using E = event::v1::Event;
  switch (event.kind_case()) {
    case E::kOrganizationRegistered:
      return absl::StrCat(event.organization_registered().name(), " registered as ",
                          event.organization_registered().type());
    case E::kOrganizationApproved:
      return absl::StrCat(event.organization_approved().name(), " approved");
    case E::kOrganizationSuspended:
      return absl::StrCat(event.organization_suspended().organization_id(), " suspended");
    case E::kOrganizationRestored:
      return absl::StrCat(event.organization_restored().organization_id(), " restored");
    case E::kPersonRegistered:
      return absl::StrCat("person ", event.person_registered().person_id(), " registered");
    case E::kPersonApproved:
      return absl::StrCat("person ", event.person_approved().person_id(), " approved");
    case E::kNoticePublished:
      return absl::StrCat("notice version ", event.notice_published().notice_version(),
                          " published, deadline ", event.notice_published().deadline());
    case E::kTenderCancelled:
      return "tender cancelled";
    case E::kTenderClosed:
      return absl::StrCat("tender closed with ", event.tender_closed().bids(), " bids");
    case E::kTenderOpened:
      return absl::StrCat("opened: ", event.tender_opened().valid(), " valid, ",
                          event.tender_opened().void_(), " void");
    case E::kTenderEvaluated:
      return absl::StrCat("evaluated, result ", Short(event.tender_evaluated().result_sha256()));
    case E::kTenderFailed:
      return absl::StrCat("failed: ", event.tender_failed().reason());
    case E::kAwardDecided:
      return absl::StrCat("awarded to ", event.award_decided().supplier_id(), " for ",
                          Amount(event.award_decided().amount()), " ",
                          event.award_decided().currency());
    case E::kBoxCreated:
      return absl::StrCat("bid box made, ", event.box_created().k(), " of ",
                          event.box_created().n(), " members open it");
    case E::kBidReceived:
      return absl::StrCat("sealed bid ", Short(event.bid_received().submission_digest()),
                          " received");
    case E::kBidCancelled:
      return absl::StrCat("sealed bid ", Short(event.bid_cancelled().submission_digest()),
                          " cancelled");
    case E::kBoxClosed:
      return absl::StrCat("box closed with ", event.box_closed().count(), " bids, root ",
                          Short(event.box_closed().root()));
    case E::kShareReleased:
      return absl::StrCat("member ", event.share_released().i(), " released ",
                          event.share_released().count(), " shares");
    case E::kBidOpened:
      return event.bid_opened().void_reason().empty()
                 ? absl::StrCat("bid of ", event.bid_opened().supplier_id(), ": ",
                                Amount(event.bid_opened().price()))
                 : absl::StrCat("bid of ", event.bid_opened().supplier_id(),
                                " void: ", event.bid_opened().void_reason());
    case E::kOpeningCompleted:
      return absl::StrCat("opening completed: ", event.opening_completed().valid(), " valid, ",
                          event.opening_completed().void_(), " void");
    case E::kBoxCancelled:
      return "bid box cancelled";
    case E::kSealsRead:
      return absl::StrCat("member ", event.seals_read().i(), " was shown ",
                          event.seals_read().seals(), " sealed bids");
    case E::kContractPrepared:
      return absl::StrCat("contract ", event.contract_prepared().contract_id(), " prepared");
    case E::kContractOffered:
      return "contract sent by the agency";
    case E::kContractConsented:
      return "supplier consented";
    case E::kContractFormed:
      return absl::StrCat("contract formed for ", Amount(event.contract_formed().amount()), " ",
                          event.contract_formed().currency());
    case E::kDeliveryReported:
      return absl::StrCat("delivery ", event.delivery_reported().delivery(), " reported");
    case E::kDeliveryInspected:
      return absl::StrCat("delivery ", event.delivery_inspected().delivery(),
                          event.delivery_inspected().accepted() ? " accepted" : " rejected");
    case E::kAccountSubmitted:
      return absl::StrCat("bank account version ", event.account_submitted().account_version(),
                          " submitted");
    case E::kAccountApproved:
      return absl::StrCat("bank account version ", event.account_approved().account_version(),
                          " approved");
    case E::kPayableRecorded:
      return absl::StrCat("payable ", Amount(event.payable_recorded().amount()));
    case E::kInvoiceCreated:
      return "invoice received";
    case E::kPaymentApproved:
      return absl::StrCat("payment approval ", event.payment_approved().approvals(), " of 2");
    case E::kPaymentOrdered:
      return absl::StrCat("payment of ", Amount(event.payment_ordered().amount()), " ordered");
    case E::kPaymentSettled:
      return absl::StrCat("payment of ", Amount(event.payment_settled().amount()), " settled");
    case E::kCrlUpdated:
      return absl::StrCat("revocation list of ", event.crl_updated().issuer(), " updated");
    case E::kEvidenceRecorded:
      return absl::StrCat(event.evidence_recorded().sha256_size(), " pieces of evidence kept");
    case E::kSessionOpened:
    case E::kTenderCreated:
    case E::kNoticeSubmitted:
    case E::kNoticeApproved:
    case E::kLogObserved:
    case E::KIND_NOT_SET:
      break;
  }
  return "";
}

}  // namespace jodal::tracking
