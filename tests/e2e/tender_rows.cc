// Notices, evaluation, awards.
#include "tests/e2e/bad_input.h"
#include "tests/support/parts.h"

namespace jodal::e2e {

using testing_support::TheStage;

using absl::StrCat;

// The main tender waits for its second officer.
void BadInputTest::NoticeRows() {
  const auto& waiting = w().notice;
  const auto approve = [&](const Person& who, const document::v1::NoticeApproval& doc) {
    return w().Send(who, "notice.approval", doc, s().tender(), &TenderStub::ApproveNotice);
  };
  Refused(
      "notice: approved by who signed it",
      [&] { return approve(*w().officer, w().Approval(waiting)); }, "FOUR_EYES");
  Refused(
      "notice: another one approved",
      [&] {
        auto doc = w().Approval(waiting);
        doc.set_notice_hash(std::string(64, 'a'));
        return approve(*w().approver, doc);
      },
      "NOTICE_HASH_MISMATCH");
  Refused(
      "notice: approved by another agency, which cannot see it",
      [&] { return approve(*w().other, w().Approval(waiting)); }, "TENDER_NOT_FOUND");
  Refused(
      "notice: an approval sent as a cancellation",
      [&] {
        return w().SendSigned(*w().officer,
                              w().SignAnew(*w().officer, "notice.approval", w().Approval(waiting)),
                              s().tender(), &TenderStub::CancelTender);
      },
      "DOCUMENT_KIND");
  Refused(
      "notice: cancelled by another agency",
      [&] {
        return w().Send(*w().other, "tender.cancellation", w().Cancellation(waiting), s().tender(),
                        &TenderStub::CancelTender);
      },
      "TENDER_NOT_FOUND");
  using Doc = document::v1::Notice;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::string& detail, const std::function<void(Doc&)>& spoil) {
    Doc doc = waiting.notice;
    spoil(doc);
    Refused(
        "notice: " + name, [&] { return SubmitNotice(*w().officer, doc); }, reason, detail);
  };
  row("too short a time", "NOTICE_INVALID",
      "NOTICE_PERIOD_TOO_SHORT,WINDOW_TOO_SHORT,OPENING_TOO_EARLY", [](Doc& d) {
        TheStage(d).set_deadline("2025-01-08T02:00:00Z"),
            TheStage(d).set_open_at(TheStage(d).deadline());
      });
  row("a member's key that is not his", "NOTICE_INVALID", "COMMITTEE_MEMBER_KEY", [&](Doc& d) {
    d.mutable_committee(0)->set_spki(w().spare->identity.agreement_certificate().spki_der());
  });
  row("a member's certificate that is not his", "NOTICE_INVALID", "COMMITTEE_MEMBER_CERTIFICATE",
      [](Doc& d) { d.mutable_committee(0)->set_cert_sha256(std::string(64, 'a')); });
  row("who is no committee member", "NOTICE_INVALID", "",
      [&](Doc& d) { d.mutable_committee(0)->set_person_id(w().officer->id()); });
  row("one member twice", "NOTICE_INVALID", "", [](Doc& d) {
    *d.mutable_committee(1) = d.committee(0);
    d.mutable_committee(1)->set_member(2);
  });
  row("every member needed", "NOTICE_INVALID", "COMMITTEE_QUORUM", [](Doc& d) { d.set_quorum(5); });
  row("one member enough", "NOTICE_INVALID", "COMMITTEE_QUORUM", [](Doc& d) { d.set_quorum(1); });
  row("another log", "NOTICE_INVALID", "LOG_ORIGIN_MISMATCH",
      [](Doc& d) { d.set_log_origin("jodal.example/bidding"); });
  row("version 2 before version 1", "NOTICE_VERSION_MISMATCH", "",
      [](Doc& d) { d.set_notice_version(2); });
  row("a predecessor that is none", "PREVIOUS_NOTICE_MISMATCH", "",
      [](Doc& d) { d.set_previous_notice_hash(std::string(64, 'a')); });
  row("another agency's", "NOT_ALLOWED", "",
      [&](Doc& d) { d.set_agency_id(w().other_agency->organization()); });
  row("a tender that is not there", "TENDER_NOT_FOUND", "",
      [](Doc& d) { d.set_tender_id("R25BK00000000"); });
  Refused(
      "notice: by another agency's officer, as his own",
      [&] {
        Doc doc = waiting.notice;
        doc.set_agency_id(w().other_agency->organization());
        doc.clear_signer();
        return SubmitNotice(*w().other, doc);
      },
      "TENDER_NOT_FOUND");
  Doc unsigned_doc = waiting.notice;
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(*w().officer, std::move(document), s().tender(),
                          &TenderStub::SubmitNotice);
  };
  const std::string json = s().Json(*w().officer, "notice", unsigned_doc);
  SpoiltJson("notice", *w().officer, json, send);
  SpoiltCms("notice", *w().officer, json, send);
  Refused(
      "notice: signed by another certificate than the session's",
      [&] { return send(w().approver->identity.Sign(json).value()); }, "SIGNER_MISMATCH");

  const auto see = [&](const Person* who) {
    tender::v1::GetTenderRequest request;
    request.set_tender_id(waiting.notice.tender_id());
    return s().Call(s().tender(), &TenderStub::GetTender, request, who).status();
  };
  Refused(
      "notice: seen by nobody yet", [&] { return see(nullptr); }, "TENDER_NOT_FOUND");
  Refused(
      "notice: seen by a supplier yet", [&] { return see(w().s1); }, "TENDER_NOT_FOUND");
  Refused(
      "notice: seen by another agency yet", [&] { return see(w().other); }, "TENDER_NOT_FOUND");
}

void BadInputTest::CancelledTender() {
  const std::string id = cancelled_.notice.tender_id();
  Refused(
      "cancellation: of another notice version",
      [&] {
        auto doc = w().Cancellation(cancelled_);
        doc.set_notice_hash(std::string(64, 'a'));
        return w().Send(*w().officer, "tender.cancellation", doc, s().tender(),
                        &TenderStub::CancelTender);
      },
      "NOTICE_HASH_MISMATCH");
  Refused(
      "cancellation: by another agency",
      [&] {
        return w().Send(*w().other, "tender.cancellation", w().Cancellation(cancelled_),
                        s().tender(), &TenderStub::CancelTender);
      },
      "NOT_ALLOWED");
  Step(w().Take("CancelTender", *w().officer, "tender.cancellation", w().Cancellation(cancelled_),
                s().tender(), &TenderStub::CancelTender)
           .status());
  // The tender service tells the bidding service by itself.
  for (int i = 0; i < 4000 && w().Box(id)->state() != bidding::v1::Box::CANCELLED; ++i) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  Refused(
      "bid: to a cancelled tender",
      [&] { return w().SubmitBid(*w().s2, w().MakeBid(*w().s2, cancelled_)); }, "WRONG_STATE");
  Refused(
      "shares: of a cancelled tender",
      [&] { return w().Release(*w().member[0], w().Shares(0, cancelled_)); }, "WRONG_STATE");
  Refused(
      "notice: of a cancelled tender corrected",
      [&] { return SubmitNotice(*w().officer, NextVersion(cancelled_)); }, "WRONG_STATE");
  Refused(
      "notice: of a cancelled tender approved",
      [&] {
        return w().Send(*w().approver, "notice.approval", w().Approval(cancelled_), s().tender(),
                        &TenderStub::ApproveNotice);
      },
      "WRONG_STATE");
  Refused(
      "cancellation: twice",
      [&] {
        return w().Send(*w().officer, "tender.cancellation", w().Cancellation(cancelled_),
                        s().tender(), &TenderStub::CancelTender);
      },
      "WRONG_STATE");
  Refused(
      "evaluation: of a cancelled tender", [&] { return w().Evaluate(*w().officer, id); },
      "WRONG_STATE");
  Refused(
      "award: of a cancelled tender",
      [&] {
        auto doc = w().Award();
        doc.set_tender_id(id);
        return w().Send(*w().officer, "award.decision", doc, s().tender(),
                        &TenderStub::DecideAward);
      },
      "WRONG_STATE");
  Refused(
      "box: of a cancelled tender made again",
      [&] { return CreateBox(BoxRequest(NextVersion(cancelled_))); }, "WRONG_STATE");
}

// A tender with one bid fails, and is over.
void BadInputTest::FailedTender() {
  const std::string id = failed_.notice.tender_id();
  for (int m = 0; m < World::kQuorum; ++m) Step(w().TakeRelease(m, failed_));
  Step(w().WaitForTender(id, tender::v1::Tender::OPENED));
  Refused(
      "evaluation: by another agency", [&] { return w().Evaluate(*w().other, id); }, "NOT_ALLOWED");
  Step(w().Evaluate(*w().officer, id));
  EXPECT_EQ(w().Tender(id)->state(), tender::v1::Tender::FAILED);
  const auto award = [&] {
    auto doc = w().Award();
    doc.set_tender_id(id);
    doc.set_notice_hash(failed_.hash_hex());
    return w().Send(*w().officer, "award.decision", doc, s().tender(), &TenderStub::DecideAward);
  };
  Refused("award: of a failed tender", award, "WRONG_STATE");
  Refused(
      "evaluation: of a failed tender", [&] { return w().Evaluate(*w().officer, id); },
      "WRONG_STATE");
  Refused(
      "cancellation: of a failed tender",
      [&] {
        return w().Send(*w().officer, "tender.cancellation", w().Cancellation(failed_),
                        s().tender(), &TenderStub::CancelTender);
      },
      "WRONG_STATE");
}

void BadInputTest::AwardRows() {
  using Doc = document::v1::AwardDecision;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::string& detail, const std::function<void(Doc&)>& spoil) {
    Doc doc = w().Award();
    spoil(doc);
    Refused(
        "award: " + name,
        [&] {
          return w().Send(*w().officer, "award.decision", doc, s().tender(),
                          &TenderStub::DecideAward);
        },
        reason, detail);
  };
  row("another notice", "AWARD_MISMATCH", "noticeHash",
      [&](Doc& d) { d.set_notice_hash(first_.hash_hex()); });
  row("another result", "AWARD_MISMATCH", "resultSha256",
      [](Doc& d) { d.set_result_sha256(std::string(64, 'a')); });
  row("another bid", "AWARD_MISMATCH", "awards[0].submissionId",
      [&](Doc& d) { d.mutable_awards(0)->set_submission_id(void_reasons_.begin()->first); });
  row("another supplier", "AWARD_MISMATCH", "awards[0].supplierId",
      [&](Doc& d) { d.mutable_awards(0)->set_supplier_id(w().s2->organization()); });
  row("another amount", "AWARD_MISMATCH", "awards[0].amount",
      [](Doc& d) { d.mutable_awards(0)->set_amount(d.awards(0).amount() + 1); });
  row("another lot", "AWARD_MISMATCH", "awards[0].lot",
      [](Doc& d) { d.mutable_awards(0)->set_lot(2); });
  row("no lot", "AWARD_MISMATCH", "awards", [](Doc& d) { d.clear_awards(); });
  row("another tender", "WRONG_STATE", "",
      [&](Doc& d) { d.set_tender_id(another_.notice.tender_id()); });
  Refused(
      "award: by another agency",
      [&] {
        return w().Send(*w().other, "award.decision", w().Award(), s().tender(),
                        &TenderStub::DecideAward);
      },
      "NOT_ALLOWED");
}

}  // namespace jodal::e2e
