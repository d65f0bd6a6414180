// Bad input against the whole system, in the order of one main job from registration to payment:
// real signatures, real seals, real services. Every row is refused for the reason it names and
// changes nothing; see refusals.h.
#include "tests/e2e/bad_input.h"

#include "jodal/log/v1/log.grpc.pb.h"

namespace jodal::e2e {

using absl::StrCat;

// What is read before and after every row; beside that the logs tell of any change.
void BadInputTest::KeepPeople() {
  table_->Stepped();
  registration::v1::ListOrganizationsRequest organizations;
  organizations.set_page_size(200);
  s().Keep("organizations", s().registration(), &RegistrationStub::ListOrganizations,
           organizations);
  for (const Person* of : {w().agency, w().s1}) {
    registration::v1::ListPeopleRequest people;
    people.set_organization_id(of->organization());
    s().Keep("people of " + of->name, s().registration(), &RegistrationStub::ListPeople, people,
             of);
  }
}

void BadInputTest::KeepTender(const sdk::PublishedNotice& notice) {
  table_->Stepped();
  const std::string id = notice.notice.tender_id();
  tender::v1::GetTenderRequest tender;
  tender.set_tender_id(id);
  s().Keep("tender " + id, s().tender(), &TenderStub::GetTender, tender, w().officer);
  bidding::v1::GetBoxRequest box;
  box.set_tender_id(id);
  s().Keep("box " + id, s().bidding(), &BiddingStub::GetBox, box);
  bidding::v1::GetOwnBidRequest own;
  own.set_tender_id(id);
  for (const Person* supplier : {w().s1, w().late}) {
    s().Keep(StrCat("bid of ", supplier->name, " ", id), s().bidding(), &BiddingStub::GetOwnBid,
             own, supplier);
  }
}

void BadInputTest::KeepContract() {
  table_->Stepped();
  contract::v1::GetContractRequest contract;
  contract.set_contract_id(w().Offer().contract_id());
  s().Keep("contract", s().contract(), &ContractStub::GetContract, contract);
  payment::v1::ListPaymentsRequest payments;
  payments.set_contract_id(contract.contract_id());
  s().Keep("payments", s().payment(), &PaymentStub::ListPayments, payments);
  payment::v1::GetAccountRequest account;
  account.set_supplier_id(w().s1->organization());
  s().Keep("account", s().payment(), &PaymentStub::GetAccount, account, w().s1);
}

// Every mutation of the main job. Each act is as right as it can be at the time.
std::vector<Mutation> BadInputTest::Mutations() {
  const std::string id = w().notice.notice.tender_id();
  const std::string kState = "WRONG_STATE";
  const auto act = [this](const Person& who, const std::string& kind, auto make, auto& stub,
                          auto method) -> Act {
    return [this, &who, kind, make, &stub, method] {
      return w().Send(who, kind, make(), stub, method);
    };
  };
  auto& tender = s().tender();
  auto& bidding = s().bidding();
  auto& contract = s().contract();
  auto& payment = s().payment();
  return {
      {"SubmitNotice",
       [this] { return SubmitNotice(*w().officer, NextVersion(w().notice)); },
       {{kClosed, kState}}},
      {"ApproveNotice",
       act(
           *w().approver, "notice.approval", [this] { return w().Approval(w().notice); }, tender,
           &TenderStub::ApproveNotice),
       {{kDraft, kState}, {kSubmitted, ""}, {kPublished, kState}}},
      {"CancelTender",
       act(
           *w().officer, "tender.cancellation", [this] { return w().Cancellation(w().notice); },
           tender, &TenderStub::CancelTender),
       {{kAwarded, kState}}},
      {"EvaluateTender",
       [this, id] { return w().Evaluate(*w().officer, id); },
       {{kDraft, kState}, {kOpened, ""}, {kEvaluated, kState}}},
      {"DecideAward",
       act(
           *w().officer, "award.decision", [this] { return w().Award(); }, tender,
           &TenderStub::DecideAward),
       {{kDraft, kState}, {kEvaluated, ""}, {kAwarded, kState}}},
      {"CreateBox",
       [this] { return CreateBox(BoxRequest(NextVersion(w().notice))); },
       {{kClosed, kState}}},
      {"CancelBox",
       [this, id] { return CancelBox(id); },
       {{kDraft, "BOX_NOT_FOUND"}, {kPublished, ""}, {kOpened, kState}}},
      {"SubmitBid",
       [this] { return w().SubmitBid(*w().late, w().MakeBid(*w().late, w().notice)); },
       {{kDraft, "BOX_NOT_FOUND"},
        {kPublished, "BIDDING_NOT_STARTED"},
        {kWindow, ""},
        {kClosed, "DEADLINE_PASSED"}}},
      {"CancelBid",
       act(
           *w().s1, "bid.cancellation",
           [this] { return w().BidCancellation(w().notice, w().s1_submission); }, bidding,
           &BiddingStub::CancelBid),
       {{kDraft, "BOX_NOT_FOUND"},
        {kPublished, "BIDDING_NOT_STARTED"},
        {kWindow, ""},
        {kClosed, "DEADLINE_PASSED"}}},
      {"ReleaseShares",
       act(
           *w().member[3], "open-share", [this] { return w().Shares(3, w().notice); }, bidding,
           &BiddingStub::ReleaseShares),
       {{kDraft, "BOX_NOT_FOUND"},
        {kPublished, "BOX_NOT_CLOSED"},
        {kClosed, "TOO_EARLY"},
        {kOpened, kState}}},
      {"OfferContract",
       act(
           *w().officer, "contract.offer", [this] { return w().Offer(); }, contract,
           &ContractStub::ActOnContract),
       {{kDraft, "CONTRACT_NOT_FOUND"}, {kAwarded, ""}, {kOffered, kState}}},
      {"ConsentContract",
       act(
           *w().s1, "contract.consent", [this] { return w().Consent(); }, contract,
           &ContractStub::ActOnContract),
       {{kDraft, "CONTRACT_NOT_FOUND"}, {kAwarded, kState}, {kOffered, ""}, {kConsented, kState}}},
      {"ConfirmContract",
       act(
           *w().officer, "contract.confirmation", [this] { return w().Confirmation(); }, contract,
           &ContractStub::ActOnContract),
       {{kDraft, "CONTRACT_NOT_FOUND"}, {kAwarded, kState}, {kConsented, ""}, {kFormed, kState}}},
      {"ReportDelivery",
       act(
           *w().s1, "delivery.report", [this] { return w().Report(); }, contract,
           &ContractStub::ActOnContract),
       {{kDraft, "CONTRACT_NOT_FOUND"},
        {kAwarded, kState},
        {kFormed, ""},
        {kReported, "DELIVERY_UNINSPECTED"},
        {kAccepted, kState}}},
      {"InspectDelivery",
       act(
           *w().inspector, "delivery.inspection", [this] { return w().Inspection(); }, contract,
           &ContractStub::ActOnContract),
       {{kDraft, "CONTRACT_NOT_FOUND"},
        {kAwarded, kState},
        {kFormed, "DELIVERY_NOT_FOUND"},
        {kReported, ""},
        {kAccepted, kState}}},
      {"CreateInvoice",
       act(
           *w().s1, "invoice", [this] { return w().Invoice(); }, payment,
           &PaymentStub::CreateInvoice),
       {{kDraft, "PAYMENT_NOT_FOUND"}, {kAccepted, ""}, {kInvoiced, kState}}},
      {"ApprovePayment",
       act(
           *w().paymaster2, "payment.approval", [this] { return w().PaymentApproval(); }, payment,
           &PaymentStub::ApprovePayment),
       {{kDraft, "PAYMENT_NOT_FOUND"}, {kAccepted, kState}, {kInvoiced, ""}, {kOrdered, kState}}},
      {"SettlePayment",
       act(
           *w().bank, "payment.settlement", [this] { return w().Settlement(); }, payment,
           &PaymentStub::SettlePayment),
       {{kDraft, "PAYMENT_NOT_FOUND"}, {kAccepted, kState}, {kOrdered, ""}, {kSettled, kState}}},
  };
}

// Reads of logs and timelines past their bounds.
void BadInputTest::LogRows() {
  using LogStub = log::v1::LogService::Stub;
  const auto stub = log::v1::LogService::NewStub(s().channel());
  const auto row = [&](const std::string& name, const std::string& log, auto method, auto request,
                       const Refusal& refusal) {
    table_->Refused(
        "log: " + name,
        [&] {
          rpc::CallOptions options;
          options.metadata["x-jodal-log"] = log;
          return rpc::Invoke(*stub, method, request, options).status();
        },
        refusal);
  };
  const auto invalid = absl::StatusCode::kInvalidArgument;
  row("one that is not kept", "gateway", &LogStub::GetCheckpoint, log::v1::GetCheckpointRequest(),
      {absl::StatusCode::kNotFound, "LOG_UNKNOWN", ""});
  log::v1::GetReceiptRequest receipt;
  receipt.set_seq(1'000'000);
  row("an entry that is not there", "tender", &LogStub::GetReceipt, receipt,
      {absl::StatusCode::kNotFound, "ENTRY_NOT_FOUND", ""});
  log::v1::GetConsistencyProofRequest proof;
  proof.set_old_size(2);
  proof.set_new_size(1);
  row("a proof backwards", "tender", &LogStub::GetConsistencyProof, proof,
      {invalid, "PROOF_RANGE", ""});
  proof.set_new_size(1'000'000);
  row("a proof past the end", "tender", &LogStub::GetConsistencyProof, proof,
      {invalid, "PROOF_RANGE", ""});
  log::v1::GetTileRequest tile;
  tile.set_level(-1);
  row("a tile below the leaves", "tender", &LogStub::GetTile, tile, {invalid, "TILE_LEVEL", ""});
  log::v1::ListEntriesRequest entries;
  entries.set_limit(1001);
  row("too many entries", "tender", &LogStub::ListEntries, entries, {invalid, "LIST_LIMIT", ""});
  tracking::v1::ListTimelineRequest timeline;
  timeline.set_tender_id(w().notice.notice.tender_id());
  timeline.set_limit(1001);
  table_->Refused("timeline: too many items",
                  [&] {
                    return s()
                        .Call(s().tracking(), &tracking::v1::TrackingService::Stub::ListTimeline,
                              timeline)
                        .status();
                  },
                  {invalid, "LIMIT_INVALID", ""});
}

// What was accepted, sent again: as it was, under a new request id, with other content.
void BadInputTest::ReplayRows() {
  // What the service knows to be there answers before the document is known again.
  const std::map<std::string, std::string> kOtherReasons = {
      {"SubmitBid", "DEADLINE_PASSED"},
      {"ReleaseShares", "WRONG_STATE"},
      {"SubmitNotice", "WRONG_STATE"},
      {"ApproveNotice", "WRONG_STATE"},
  };
  constexpr int kRepeatedPerMethodMax = 4;  // the first ones; there are dozens of registrations
  std::map<std::string, int> times;
  for (const Accepted& accepted : s().accepted()) {
    if (++times[accepted.name] > kRepeatedPerMethodMax) continue;
    const std::string what = StrCat(accepted.name, " ", times[accepted.name]);
    table_->Answered(what + " repeated", accepted.repeat);
    if (accepted.reuse == nullptr) continue;
    Refused(what + ": its request id for other content", accepted.reuse, "REQUEST_ID_REUSED");
    std::string reason = "DOCUMENT_REPLAYED";
    const auto other = kOtherReasons.find(accepted.name);
    if (other != kOtherReasons.end()) reason = other->second;
    Refused(what + ": replayed under another request id", accepted.replay, reason);
  }
}

TEST_F(BadInputTest, IsRefusedAndChangesNothing) {
  KeepPeople();
  RegistrationRows();
  CertificateRows();
  LoginRows();

  w().notice = Step(w().Prepare(w().Notice(Step(w().CreateTender()), World::kFirstDeadline)));
  mutations_ = Mutations();
  s().KeepNothing();
  KeepTender(w().notice);
  WrongStates(kDraft);
  Step(w().Submit(w().notice));
  WrongStates(kSubmitted);
  NoticeRows();
  Step(w().Approve(w().notice));
  first_ = w().notice;
  auto corrected = w().Notice(first_.notice.tender_id(), World::kDeadline);
  corrected.set_notice_version(2);
  corrected.set_previous_notice_hash(first_.hash_hex());
  corrected.set_title("Corrected");
  w().notice = Step(w().Prepare(corrected));
  Step(w().Submit(w().notice));
  Refused(
      "notice: the version in force approved instead of its correction",
      [&] {
        return w().Send(*w().approver, "notice.approval", w().Approval(first_), s().tender(),
                        &TenderStub::ApproveNotice);
      },
      "NOTICE_HASH_MISMATCH");
  Step(w().Approve(w().notice));
  another_ = Step(w().AnotherTender());
  cancelled_ = Step(w().AnotherTender());
  failed_ = Step(w().AnotherTender());
  KeepTender(cancelled_);
  CancelledTender();
  s().KeepNothing();
  KeepTender(w().notice);
  WrongStates(kPublished);
  if (HasFatalFailure()) return;

  MoveTo(At(World::kBidStart) - absl::Nanoseconds(1));
  EarlyRows();
  MoveTo(At(World::kBidStart));  // the first instant at which bids are taken
  BidPlan plan;
  s1_bid_ = w().MakeBid(*w().s1, w().notice, plan);
  w().s1_submission =
      Step(s().Do("SubmitBid", w().s1, s().bidding(), &BiddingStub::SubmitBid, s1_bid_))
          .submission_id();
  plan.price = 340'000'000;
  Step(s().Do("SubmitBid", w().s2, s().bidding(), &BiddingStub::SubmitBid,
              w().MakeBid(*w().s2, w().notice, plan))
           .status());
  Step(s().Do("SubmitBid", w().s1, s().bidding(), &BiddingStub::SubmitBid,
              w().MakeBid(*w().s1, failed_))
           .status());
  WrongStates(kWindow);
  VoidBids();
  BidRows();
  if (HasFatalFailure()) return;

  MoveTo(At(World::kDeadline) - absl::Nanoseconds(1));  // the last instant
  plan.price = 335'000'000;
  Step(s().Do("SubmitBid", w().s3, s().bidding(), &BiddingStub::SubmitBid,
              w().MakeBid(*w().s3, w().notice, plan))
           .status());
  MoveTo(At(World::kDeadline));
  const auto late = [&] { return w().SubmitBid(*w().late, w().MakeBid(*w().late, w().notice)); };
  EXPECT_EQ(ErrorReason(late()), "DEADLINE_PASSED");  // perhaps before the box is closed
  for (const auto* notice : {&w().notice, &another_, &failed_}) {
    Step(w().WaitForTender(notice->notice.tender_id(), tender::v1::Tender::CLOSED));
  }
  w().Shares(0, w().notice);  // his reading of the box is logged, so it is done before the rows
  Step(absl::OkStatus());
  Refused("bid: late by one tick", late, "DEADLINE_PASSED");
  WrongStates(kClosed);
  MoveTo(At(World::kOpenAt) - absl::Nanoseconds(1));
  Refused(
      "shares: early by one nanosecond",
      [&] { return w().Release(*w().member[0], w().Shares(0, w().notice)); }, "TOO_EARLY");
  MoveTo(At(World::kOpenAt));
  ShareRows();
  WrongStates(kOpened);
  if (HasFatalFailure()) return;
  s().KeepNothing();
  KeepTender(failed_);
  FailedTender();
  s().KeepNothing();
  KeepTender(w().notice);
  KeepContract();

  Refused(
      "evaluation: by another agency",
      [&] { return w().Evaluate(*w().other, w().notice.notice.tender_id()); }, "NOT_ALLOWED");
  tender::v1::EvaluateTenderRequest evaluate;
  evaluate.set_tender_id(w().notice.notice.tender_id());
  Refused(
      "evaluation: with prices entered where they are drawn",
      [&] {
        document::v1::EnteredPrices prices;
        prices.set_tender_id(w().notice.notice.tender_id());
        prices.set_notice_hash(w().notice.hash_hex());
        document::v1::EnteredPrices::Lot& lot = *prices.add_lots();
        lot.set_lot(1);
        for (int i = 0; i < 15; ++i) lot.add_prices(400'000'000 + i);
        lot.set_salt(std::string(32, 's'));
        tender::v1::EvaluateTenderRequest request = evaluate;
        *request.mutable_entered_prices() = w().SignAnew(*w().officer, "entered-prices", prices);
        request.set_request_id(s().RequestId());
        return s().Call(s().tender(), &TenderStub::EvaluateTender, request, w().officer).status();
      },
      "ENTERED_PRICES_UNEXPECTED");
  tender::v1::GetResultRequest get_result;
  get_result.set_tender_id(w().notice.notice.tender_id());
  Refused(
      "result: before there is one",
      [&] { return s().Call(s().tender(), &TenderStub::GetResult, get_result).status(); },
      "RESULT_NOT_READY");
  tender::v1::ListResultPagesRequest result_pages;
  result_pages.set_tender_id(w().notice.notice.tender_id());
  Refused(
      "result: its rows before there is one",
      [&] { return s().Call(s().tender(), &TenderStub::ListResultPages, result_pages).status(); },
      "RESULT_NOT_READY");
  tender::v1::ListTendersRequest list;
  list.set_page_size(1);
  const auto page = Step(s().Call(s().tender(), &TenderStub::ListTenders, list));
  list.set_page_token(page.next_page_token());
  list.set_state(tender::v1::Tender::OPENED);
  Refused(
      "list: with the page token of another list",
      [&] { return s().Call(s().tender(), &TenderStub::ListTenders, list).status(); },
      "PAGE_TOKEN_INVALID");
  const auto list_by = [&](const std::string& field,
                           const std::function<void(tender::v1::ListTendersRequest&)>& spoil) {
    tender::v1::ListTendersRequest request;
    spoil(request);
    Refused(
        StrCat("list: by a ", field, " that is none"),
        [&] { return s().Call(s().tender(), &TenderStub::ListTenders, request).status(); },
        "FILTER_INVALID", field);
  };
  list_by("deadline_from", [](auto& r) { r.set_deadline_from("2026-03-12"); });
  list_by("deadline_until", [](auto& r) { r.set_deadline_until("1969-12-31T23:59:59Z"); });
  list_by("procurement_kind", [](auto& r) { r.set_procurement_kind("chairs"); });
  list_by("agency_id", [](auto& r) { r.set_agency_id("A-1/own"); });
  list_by("text", [](auto& r) { r.set_text("\u202e"); });
  list_by("state", [](auto& r) { r.set_state(static_cast<tender::v1::Tender::State>(99)); });
  list_by("order",
          [](auto& r) { r.set_order(static_cast<tender::v1::ListTendersRequest::Order>(99)); });
  bidding::v1::ListOwnBidsRequest own_bids;
  own_bids.set_page_size(1);
  const auto own_page = Step(s().Call(s().bidding(), &BiddingStub::ListOwnBids, own_bids, w().s1));
  EXPECT_EQ(own_page.bids_size(), 1);
  own_bids.set_page_size(-1);
  Refused(
      "own bids: a page of fewer than none",
      [&] { return s().Call(s().bidding(), &BiddingStub::ListOwnBids, own_bids, w().s1).status(); },
      "PAGE_SIZE_INVALID");
  own_bids.set_page_size(1);
  own_bids.set_page_token(own_page.next_page_token().empty() ? page.next_page_token()
                                                             : own_page.next_page_token());
  Refused(
      "own bids: with the page token of another list",
      [&] { return s().Call(s().bidding(), &BiddingStub::ListOwnBids, own_bids, w().s2).status(); },
      "PAGE_TOKEN_INVALID");
  Refused(
      "own bids: by the agency",
      [&] {
        own_bids.clear_page_token();
        return s().Call(s().bidding(), &BiddingStub::ListOwnBids, own_bids, w().officer).status();
      },
      "NOT_ALLOWED");
  Step(s().Do("EvaluateTender", w().officer, s().tender(), &TenderStub::EvaluateTender, evaluate)
           .status());
  Step(w().Refresh());
  EXPECT_EQ(w().result.lots(0).candidates(0).submission_id(), w().s1_submission);
  AwardRows();
  WrongStates(kEvaluated);
  Step(w().Take("DecideAward", *w().officer, "award.decision", w().Award(), s().tender(),
                &TenderStub::DecideAward)
           .status());
  Step(w().Refresh());
  WrongStates(kAwarded);
  ContractRows();
  WrongStates(kAccepted);
  if (HasFatalFailure()) return;

  InvoiceRows();
  Step(w().Take("CreateInvoice", *w().s1, "invoice", w().Invoice(), s().payment(),
                &PaymentStub::CreateInvoice)
           .status());
  Step(w().Refresh());
  WrongStates(kInvoiced);
  ApprovalRows();
  const auto approve = [&](const Person& who) {
    return w()
        .Take("ApprovePayment", who, "payment.approval", w().PaymentApproval(), s().payment(),
              &PaymentStub::ApprovePayment)
        .status();
  };
  Step(approve(*w().paymaster));
  Step(w().Refresh());
  WrongStates(kApprovedOnce);
  AccountRows();
  // To the new account: from the start.
  Step(w().Refresh());
  Step(w().Take("CreateInvoice", *w().s1, "invoice", w().Invoice(), s().payment(),
                &PaymentStub::CreateInvoice)
           .status());
  Step(w().Refresh());
  ApprovalRows();
  Step(approve(*w().paymaster));
  Step(w().Refresh());
  Refused(
      "payment: approved twice by one person, account 2",
      [&] {
        return w().Send(*w().paymaster, "payment.approval", w().PaymentApproval(), s().payment(),
                        &PaymentStub::ApprovePayment);
      },
      "FOUR_EYES");
  Step(approve(*w().paymaster2));
  Step(w().Refresh());
  WrongStates(kOrdered);

  const auto settle = [&](const Person& who,
                          const std::function<void(document::v1::PaymentSettlement&)>& spoil) {
    auto doc = w().Settlement();
    spoil(doc);
    return w().Send(who, "payment.settlement", doc, s().payment(), &PaymentStub::SettlePayment);
  };
  Refused(
      "settlement: by another bank", [&] { return settle(*w().other_bank, [](auto&) {}); },
      "NOT_ALLOWED");
  Refused(
      "settlement: of another order",
      [&] { return settle(*w().bank, [](auto& d) { d.set_order_sha256(std::string(64, 'a')); }); },
      "ORDER_MISMATCH");
  Refused(
      "settlement: of another amount",
      [&] { return settle(*w().bank, [](auto& d) { d.set_amount(d.amount() - 1); }); },
      "AMOUNT_MISMATCH");
  Refused(
      "settlement: without the bank's reference",
      [&] { return settle(*w().bank, [](auto& d) { d.clear_bank_reference(); }); },
      "BANK_REFERENCE_INVALID");
  payment::v1::GetPaymentOrderRequest order;
  order.set_payment_id(w().payment.payment_id());
  for (const Person* who : {w().other_bank, w().other}) {
    Refused(
        "order: seen by " + who->name,
        [&] { return s().Call(s().payment(), &PaymentStub::GetPaymentOrder, order, who).status(); },
        "NOT_ALLOWED");
  }
  Step(w().Take("SettlePayment", *w().bank, "payment.settlement", w().Settlement(), s().payment(),
                &PaymentStub::SettlePayment)
           .status());
  Step(w().Refresh());
  WrongStates(kSettled);

  KeepPeople();
  ReplayRows();
  LogRows();
  EXPECT_EQ(w().payment.state(), payment::v1::Payment::SETTLED);
}

}  // namespace jodal::e2e
