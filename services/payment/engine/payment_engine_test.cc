#include "services/payment/engine/payment_engine.h"

#include <functional>
#include <map>

#include "absl/strings/match.h"
#include "common/document/json.h"
#include "common/ledger/testing.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/account.h"
#include "procurement/acts/payment.h"
#include "services/kit/testing.h"

namespace jodal::payment {
namespace {

using kit::FakePerson;
using kit::HasReason;

constexpr char kTender[] = "R25BK00000001";
constexpr char kContract[] = "R25TA00000001";
constexpr char kPayment[] = "R25TA00000001-P1";
constexpr char kAgency[] = "A-1234567890";
constexpr char kSupplier[] = "S-1234567890";
constexpr char kBank[] = "B-1234567890";
constexpr char kOtherBank[] = "B-2222222222";
constexpr char kNumber[] = "110-482-913706";
constexpr int64_t kAmount = 1'000'000;

const FakePerson kRepresentative{"S-1234567890.1", kSupplier, {"representative"}};
const FakePerson kClerk{"S-1234567890.2", kSupplier, {"staff"}};
const FakePerson kOtherSupplier{"S-9999999999.1", "S-9999999999", {"representative"}};
const FakePerson kPaymaster{"A-1234567890.3", kAgency, {"paymaster"}};
const FakePerson kPaymaster2{"A-1234567890.4", kAgency, {"paymaster"}};
const FakePerson kPaymaster3{"A-1234567890.5", kAgency, {"paymaster"}};
const FakePerson kOfficer{"A-1234567890.1", kAgency, {"officer"}};
const FakePerson kOtherPaymaster{"A-9999999999.1", "A-9999999999", {"paymaster"}};
const FakePerson kBanker{"B-1234567890.1", kBank, {"bank"}};
const FakePerson kOtherBanker{"B-2222222222.1", kOtherBank, {"bank"}};
const FakePerson kAuditor{"U-1234567890.1", "U-1234567890", {"auditor"}};

class FakeBanks : public Banks {
 public:
  absl::Status CheckBank(absl::string_view bank_id) override {
    ++calls;
    if (away) return MakeError(absl::StatusCode::kUnavailable, "PEER_AWAY", "away");
    if (bank_id == kBank || bank_id == kOtherBank) return absl::OkStatus();
    return MakeError(absl::StatusCode::kFailedPrecondition, "BANK_UNKNOWN", "no such bank");
  }
  bool away = false;
  int calls = 0;
};

class PaymentEngineTest : public testing::Test {
 protected:
  PaymentEngineTest() : env_("payment"), engine_(env_.context, &banks_) {}

  struct Inspection {
    uint64_t seq = 5;
    int delivery = 1;
    bool accepted = true;
    int64_t amount = kAmount;
    std::string contract = kContract;
    std::string supplier = kSupplier;
  };
  ledger::LoggedEntry Entry(const Inspection& what) {
    event::v1::Event event;
    auto& inspected = *event.mutable_contract_acted();
    inspected.set_kind("delivery.inspection");
    inspected.set_contract_id(what.contract);
    inspected.set_tender_id(kTender);
    inspected.set_delivery(what.delivery);
    inspected.set_delivery_state(what.accepted ? "ACCEPTED" : "REJECTED");
    inspected.set_delivery_amount(what.amount);
    inspected.set_document_sha256(std::string(64, 'c'));
    inspected.set_supplier_id(what.supplier);
    inspected.set_agency_id(kAgency);
    inspected.set_currency("KRW");
    log::v1::Entry entry;
    entry.set_seq(what.seq);
    entry.set_type(kit::EventType(event));
    return {what.seq, entry.SerializeAsString(), event.SerializeAsString(), true};
  }
  absl::Status Follow(const ledger::LoggedEntry& entry) {
    auto update = engine_.OnContractEntry(entry);
    if (!update.ok()) return update.status();
    if (!update->has_value()) return absl::OkStatus();
    ledger::UpdateRequest request;
    request.shard = (*update)->shard;
    return env_.ledger->Update(request, (*update)->body).status();
  }

  template <typename Request, typename Doc>
  Request Make(const Doc& doc, const char* kind, const FakePerson& who) {
    Request request;
    *request.mutable_document() = env_.Sign(doc, kind, who);
    request.set_request_id(env_.NextRequestId());
    return request;
  }

  static document::v1::BankAccount AccountDoc(int version) {
    document::v1::BankAccount d;
    d.set_supplier_id(kSupplier);
    d.set_account_version(version);
    d.set_bank_id(kBank);
    d.set_account_number(version == 1 ? kNumber : absl::StrCat("220-777-00", version, "000"));
    d.set_holder("Holder & Co.");
    d.set_nonce(std::string(30, '0') + absl::StrCat(10 + version));
    return d;
  }
  absl::Status Submit(const document::v1::BankAccount& doc, const FakePerson& who = kRepresentative,
                      v1::SubmitAccountResponse* response = nullptr) {
    v1::SubmitAccountResponse unused;
    return engine_.SubmitAccount(env_.As(who), Make<v1::SubmitAccountRequest>(doc, "account", who),
                                 response != nullptr ? response : &unused);
  }
  document::v1::BankAccountApproval AccountApprovalDoc(int version) {
    document::v1::BankAccountApproval d;
    d.set_supplier_id(kSupplier);
    d.set_account_version(version);
    d.set_account_sha256(GetAccount().pending().account_sha256());
    return d;
  }
  absl::Status ApproveAccount(const document::v1::BankAccountApproval& doc,
                              const FakePerson& who = kClerk,
                              v1::ApproveAccountResponse* response = nullptr) {
    v1::ApproveAccountResponse unused;
    return engine_.ApproveAccount(env_.As(who),
                                  Make<v1::ApproveAccountRequest>(doc, "account.approval", who),
                                  response != nullptr ? response : &unused);
  }
  v1::GetAccountResponse GetAccount(const FakePerson& who = kRepresentative) {
    v1::GetAccountRequest request;
    request.set_supplier_id(kSupplier);
    v1::GetAccountResponse response;
    EXPECT_TRUE(engine_.GetAccount(env_.As(who), request, &response).ok());
    return response;
  }
  void ChangeAccount(int version) {
    ASSERT_TRUE(Submit(AccountDoc(version)).ok());
    ASSERT_TRUE(ApproveAccount(AccountApprovalDoc(version)).ok());
    env_.clock.Advance(procurement::kAccountWaitingPeriod);
    ASSERT_EQ(GetAccount().active().account_version(), version);
  }

  static document::v1::Invoice InvoiceDoc(int account_version = 1) {
    document::v1::Invoice d;
    d.set_contract_id(kContract);
    d.set_delivery(1);
    d.set_inspection_sha256(std::string(64, 'c'));
    d.set_amount(kAmount);
    d.set_currency("KRW");
    d.set_account_version(account_version);
    return d;
  }
  absl::Status CreateInvoice(const document::v1::Invoice& doc,
                             const FakePerson& who = kRepresentative) {
    v1::CreateInvoiceResponse response;
    return engine_.CreateInvoice(env_.As(who), Make<v1::CreateInvoiceRequest>(doc, "invoice", who),
                                 &response);
  }
  document::v1::PaymentApproval ApprovalDoc() {
    const v1::Payment payment = Get();
    document::v1::PaymentApproval d;
    d.set_payment_id(payment.payment_id());
    d.set_contract_id(payment.contract_id());
    d.set_amount(payment.amount());
    d.set_account_version(payment.account_version());
    d.set_account_sha256(payment.account_sha256());
    d.set_sequence(payment.sequence());
    d.set_invoice_sha256(payment.invoice_sha256());
    return d;
  }
  absl::Status Approve(const document::v1::PaymentApproval& doc, const FakePerson& who,
                       v1::ApprovePaymentResponse* response = nullptr) {
    v1::ApprovePaymentResponse unused;
    return engine_.ApprovePayment(env_.As(who),
                                  Make<v1::ApprovePaymentRequest>(doc, "payment.approval", who),
                                  response != nullptr ? response : &unused);
  }
  document::v1::PaymentSettlement SettlementDoc() {
    document::v1::PaymentSettlement d;
    d.set_payment_id(kPayment);
    d.set_order_sha256(Get().order_sha256());
    d.set_amount(kAmount);
    d.set_bank_reference("ref-1");
    return d;
  }
  absl::Status Settle(const document::v1::PaymentSettlement& doc, const FakePerson& who = kBanker) {
    v1::SettlePaymentResponse response;
    return engine_.SettlePayment(
        env_.As(who), Make<v1::SettlePaymentRequest>(doc, "payment.settlement", who), &response);
  }
  absl::Status GetOrder(const FakePerson& who, std::string* order = nullptr) {
    v1::GetPaymentOrderRequest request;
    request.set_payment_id(kPayment);
    v1::GetPaymentOrderResponse response;
    const absl::Status status = engine_.GetPaymentOrder(env_.As(who), request, &response);
    if (order != nullptr) *order = response.order();
    return status;
  }
  v1::Payment Get() {
    v1::GetPaymentRequest request;
    request.set_payment_id(kPayment);
    v1::GetPaymentResponse response;
    EXPECT_TRUE(engine_.GetPayment(env_.AsAnyone(), request, &response).ok());
    return response.payment();
  }

  void Payable() {
    ASSERT_TRUE(Submit(AccountDoc(1)).ok());
    ASSERT_TRUE(Follow(Entry({})).ok());
  }
  void Invoiced() {
    Payable();
    ASSERT_TRUE(CreateInvoice(InvoiceDoc()).ok());
  }
  void Ordered() {
    Invoiced();
    ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster).ok());
    ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster2).ok());
    ASSERT_EQ(Get().state(), v1::Payment::ORDERED);
  }

  // `act` is refused for `reason` and leaves nothing behind.
  void Refused(const char* reason, const std::function<absl::Status()>& act) {
    const uint64_t size = env_.ledger->Size();
    const std::string before = Everything();
    const absl::Status status = act();
    EXPECT_THAT(status, HasReason(reason));
    EXPECT_FALSE(absl::StrContains(status.ToString(), "913706")) << status;
    EXPECT_EQ(env_.ledger->Size(), size) << reason;
    EXPECT_EQ(Everything(), before) << reason;
  }
  std::string Everything() {
    std::string out;
    v1::GetPaymentRequest request;
    request.set_payment_id(kPayment);
    v1::GetPaymentResponse payment;
    if (engine_.GetPayment(env_.AsAnyone(), request, &payment).ok()) {
      out += payment.SerializeAsString();
    }
    v1::GetAccountRequest account_request;
    account_request.set_supplier_id(kSupplier);
    v1::GetAccountResponse account;
    if (engine_.GetAccount(env_.As(kAuditor), account_request, &account).ok()) {
      out += account.SerializeAsString();
    }
    return out;
  }

  kit::EngineEnv env_;
  FakeBanks banks_;
  PaymentEngine engine_;
};

TEST_F(PaymentEngineTest, FromDeliveryToSettlement) {
  Payable();
  EXPECT_EQ(Get().state(), v1::Payment::PAYABLE);
  EXPECT_EQ(Get().payment_id(), kPayment);
  EXPECT_EQ(Get().sequence(), 1);
  EXPECT_EQ(Get().delivery(), 1);
  ASSERT_TRUE(CreateInvoice(InvoiceDoc()).ok());
  EXPECT_EQ(Get().state(), v1::Payment::INVOICED);
  EXPECT_EQ(Get().account_version(), 1);
  EXPECT_EQ(Get().invoiced_time_ns(), absl::ToUnixNanos(env_.clock.Now()));
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster).ok());
  EXPECT_EQ(Get().state(), v1::Payment::APPROVED_ONCE);
  v1::ApprovePaymentResponse approved;
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster2, &approved).ok());
  EXPECT_EQ(Get().state(), v1::Payment::ORDERED);
  EXPECT_EQ(approved.payment().SerializeAsString(), Get().SerializeAsString());
  log::v1::Entry receipt;
  ASSERT_TRUE(receipt.ParseFromString(approved.receipt().entry()));
  EXPECT_EQ(receipt.type(), "payment.approved");
  ASSERT_TRUE(Settle(SettlementDoc()).ok());
  EXPECT_EQ(Get().state(), v1::Payment::SETTLED);

  EXPECT_EQ(env_.LoggedTypes(),
            (std::vector<std::string>{"account.submitted", "payable.recorded", "invoice.created",
                                      "payment.approved", "payment.approved", "payment.ordered",
                                      "payment.settled"}));

  v1::GetPaymentDocumentsRequest request;
  request.set_payment_id(kPayment);
  v1::GetPaymentDocumentsResponse documents;
  ASSERT_TRUE(engine_.GetPaymentDocuments(env_.AsAnyone(), request, &documents).ok());
  ASSERT_EQ(documents.documents_size(), 4);
  const std::string expected[] = {Get().invoice_sha256(), Get().approval_sha256(0),
                                  Get().approval_sha256(1), Get().settlement_sha256()};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(HexEncode(crypto::Sha256(documents.documents(i).document().content())), expected[i]);
  }
}

TEST_F(PaymentEngineTest, TheOrder) {
  Ordered();
  std::string json;
  ASSERT_TRUE(GetOrder(kBanker, &json).ok());
  EXPECT_EQ(HexEncode(crypto::Sha256(json)), Get().order_sha256());
  v1::PaymentOrder order;
  ASSERT_TRUE(document::ParseStrictJson(json, &order).ok());
  EXPECT_EQ(*document::ToCanonicalJson(order), json);
  EXPECT_EQ(order.system(), env_.context.system);
  EXPECT_EQ(order.payment_id(), kPayment);
  EXPECT_EQ(order.contract_id(), kContract);
  EXPECT_EQ(order.payer_id(), kAgency);
  EXPECT_EQ(order.payee_id(), kSupplier);
  EXPECT_EQ(order.bank_id(), kBank);
  EXPECT_EQ(order.account_number(), kNumber);
  EXPECT_EQ(order.holder(), "Holder & Co.");
  EXPECT_EQ(order.amount(), kAmount);
  EXPECT_EQ(order.currency(), "KRW");
  EXPECT_EQ(order.account_version(), 1);
  EXPECT_EQ(order.sequence(), 1);
  EXPECT_EQ(order.approval_sha256_size(), 2);

  EXPECT_TRUE(GetOrder(kPaymaster).ok());
  EXPECT_TRUE(GetOrder(kAuditor).ok());
  for (const FakePerson& who :
       {kOtherBanker, kOtherPaymaster, kOfficer, kRepresentative, kOtherSupplier}) {
    EXPECT_THAT(GetOrder(who), HasReason("NOT_ALLOWED")) << who.person_id;
  }
}

TEST_F(PaymentEngineTest, NoOrderBeforeTwoApprovals) {
  Invoiced();
  EXPECT_THAT(GetOrder(kAuditor), HasReason("ORDER_NOT_FOUND"));
  EXPECT_THAT(GetOrder(kBanker), HasReason("NOT_ALLOWED"));
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster).ok());
  EXPECT_THAT(GetOrder(kPaymaster), HasReason("ORDER_NOT_FOUND"));
}

TEST_F(PaymentEngineTest, TheAccountNumberStaysInside) {
  Ordered();
  ChangeAccount(2);
  const auto entries = env_.ledger->Entries(0, 1000, true);
  ASSERT_TRUE(entries.ok());
  for (const auto& entry : *entries) {
    EXPECT_FALSE(absl::StrContains(entry.body, "913706"));
    EXPECT_FALSE(absl::StrContains(entry.entry, "913706"));
    EXPECT_FALSE(absl::StrContains(entry.body, "Holder"));
  }
  EXPECT_FALSE(absl::StrContains(Everything(), "913706"));
  EXPECT_FALSE(absl::StrContains(Everything(), "Holder"));
  v1::GetPaymentDocumentsRequest request;
  request.set_payment_id(kPayment);
  v1::GetPaymentDocumentsResponse documents;
  ASSERT_TRUE(engine_.GetPaymentDocuments(env_.AsAnyone(), request, &documents).ok());
  EXPECT_FALSE(absl::StrContains(documents.SerializeAsString(), "913706"));
}

TEST_F(PaymentEngineTest, FollowsInspectionsOnce) {
  ASSERT_TRUE(Follow(Entry({})).ok());
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(Follow(Entry({})).ok());
  ASSERT_TRUE(Follow(Entry({.seq = 6})).ok());
  ASSERT_TRUE(Follow(Entry({.seq = 7, .delivery = 2, .accepted = false, .amount = 0})).ok());
  EXPECT_EQ(env_.ledger->Size(), size);
  // Delivery 2 was rejected: 3 is the second payment.
  ASSERT_TRUE(Follow(Entry({.seq = 9, .delivery = 3, .amount = 7})).ok());
  v1::ListPaymentsRequest request;
  request.set_contract_id(kContract);
  v1::ListPaymentsResponse response;
  ASSERT_TRUE(engine_.ListPayments(env_.AsAnyone(), request, &response).ok());
  ASSERT_EQ(response.payments_size(), 2);
  EXPECT_EQ(response.payments(1).payment_id(), "R25TA00000001-P2");
  EXPECT_EQ(response.payments(1).delivery(), 3);
  EXPECT_EQ(response.payments(1).amount(), 7);

  EXPECT_THAT(Follow(Entry({.seq = 10, .delivery = 4, .amount = 0})),
              HasReason("INSPECTION_MALFORMED"));
  EXPECT_THAT(Follow(Entry({.seq = 10, .delivery = 4, .contract = ""})),
              HasReason("INSPECTION_MALFORMED"));
  EXPECT_THAT(Follow(Entry({.seq = 10, .delivery = 4, .supplier = "S-2"})),
              HasReason("INSPECTION_MALFORMED"));
  ledger::LoggedEntry damaged = Entry({.seq = 11});
  damaged.body = "\xff";
  EXPECT_THAT(Follow(damaged), HasReason("EVENT_DAMAGED"));
  event::v1::Event other;
  other.mutable_contract_acted()->set_kind("contract.offer");
  log::v1::Entry head;
  head.set_type(kit::EventType(other));
  EXPECT_TRUE(Follow({12, head.SerializeAsString(), other.SerializeAsString(), true}).ok());
}

// The same through the real follower, from another service's ledger, twice.
TEST_F(PaymentEngineTest, FollowsTheContractLog) {
  kit::EngineEnv contracts("contract");
  const ledger::LoggedEntry logged = Entry({});
  ledger::Event event;
  event.type = "delivery.inspected";
  event.subject = "tenders/x";
  event.actor_role = "inspector";
  event.body = logged.body;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(contracts.ledger
                    ->Update({},
                             [&](ledger::Txn& txn) {
                               txn.Emit(event);
                               return absl::OkStatus();
                             })
                    .ok());
  }
  ledger::Follower::Options options;
  options.name = "contract";
  options.own = env_.ledger.get();
  options.fetch = ledger::FetchFrom(contracts.ledger.get());
  options.handler = [this](const ledger::LoggedEntry& e) { return engine_.OnContractEntry(e); };
  auto follower = ledger::Follower::Create(std::move(options));
  ASSERT_TRUE(follower.ok());
  ASSERT_TRUE((*follower)->Start().ok());
  env_.ledger->WaitForEntry(0, absl::Seconds(10));
  (*follower)->Stop();
  EXPECT_EQ(Get().state(), v1::Payment::PAYABLE);
  EXPECT_EQ(env_.LoggedTypes(), std::vector<std::string>{"payable.recorded"});
}

TEST_F(PaymentEngineTest, FirstAccountIsActiveAtOnce) {
  v1::SubmitAccountResponse response;
  ASSERT_TRUE(Submit(AccountDoc(1), kRepresentative, &response).ok());
  EXPECT_EQ(response.account().state(), v1::Account::ACTIVE);
  EXPECT_EQ(response.account().masked_number(), "****3706");
  EXPECT_EQ(response.account().effective_time_ns(), absl::ToUnixNanos(env_.clock.Now()));
  EXPECT_EQ(GetAccount().active().account_version(), 1);
  EXPECT_FALSE(GetAccount().has_pending());
}

TEST_F(PaymentEngineTest, AChangeNeedsASecondPersonAndTime) {
  ASSERT_TRUE(Submit(AccountDoc(1)).ok());
  ASSERT_TRUE(Submit(AccountDoc(2)).ok());
  EXPECT_EQ(GetAccount().pending().state(), v1::Account::SUBMITTED);
  env_.clock.Advance(procurement::kAccountWaitingPeriod * 10);
  EXPECT_EQ(GetAccount().active().account_version(), 1);

  Refused("FOUR_EYES", [&] { return ApproveAccount(AccountApprovalDoc(2), kRepresentative); });
  Refused("NOT_ALLOWED", [&] { return ApproveAccount(AccountApprovalDoc(2), kOtherSupplier); });
  for (const int version : {0, 1, 3}) {
    Refused("ACCOUNT_VERSION", [&] { return ApproveAccount(AccountApprovalDoc(version)); });
  }
  Refused("ACCOUNT_DIGEST_MISMATCH", [&] {
    auto doc = AccountApprovalDoc(2);
    doc.set_account_sha256(std::string(64, '0'));
    return ApproveAccount(doc);
  });
  v1::ApproveAccountResponse response;
  ASSERT_TRUE(ApproveAccount(AccountApprovalDoc(2), kClerk, &response).ok());
  EXPECT_EQ(response.account().state(), v1::Account::WAITING);
  EXPECT_EQ(response.account().effective_time_ns(),
            absl::ToUnixNanos(env_.clock.Now() + procurement::kAccountWaitingPeriod));
  Refused("WRONG_STATE", [&] {
    auto doc = AccountApprovalDoc(2);
    doc.set_account_sha256(std::string(64, '0'));
    return ApproveAccount(doc);
  });
  env_.clock.Advance(procurement::kAccountWaitingPeriod - absl::Nanoseconds(1));
  EXPECT_EQ(GetAccount().active().account_version(), 1);
  EXPECT_EQ(GetAccount().pending().state(), v1::Account::WAITING);
  env_.clock.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(GetAccount().active().account_version(), 2);
  EXPECT_EQ(GetAccount().active().state(), v1::Account::ACTIVE);
  EXPECT_FALSE(GetAccount().has_pending());
  // What time has done is kept when the next version comes.
  ASSERT_TRUE(Submit(AccountDoc(3)).ok());
  EXPECT_EQ(GetAccount().active().account_version(), 2);
  EXPECT_EQ(GetAccount().pending().account_version(), 3);
}

TEST_F(PaymentEngineTest, ALaterSubmissionStopsAnUnwantedChange) {
  ASSERT_TRUE(Submit(AccountDoc(1)).ok());
  ASSERT_TRUE(Submit(AccountDoc(2)).ok());
  const auto approval = AccountApprovalDoc(2);
  ASSERT_TRUE(ApproveAccount(approval).ok());
  env_.clock.Advance(procurement::kAccountWaitingPeriod / 2);
  ASSERT_TRUE(Submit(AccountDoc(3)).ok());
  env_.clock.Advance(procurement::kAccountWaitingPeriod * 2);
  EXPECT_EQ(GetAccount().active().account_version(), 1);
  EXPECT_EQ(GetAccount().pending().account_version(), 3);
}

TEST_F(PaymentEngineTest, AccountsAreCheckedBeforeTheyAreKept) {
  const struct {
    const char* reason;
    std::function<void(document::v1::BankAccount&)> spoil;
  } cases[] = {
      {"NOT_ALLOWED", [](auto& d) { d.set_supplier_id("S-9999999999"); }},
      {"ACCOUNT_NUMBER_INVALID", [](auto& d) { d.set_account_number("110 482 913706"); }},
      {"ACCOUNT_HOLDER_INVALID", [](auto& d) { d.set_holder(""); }},
      {"ACCOUNT_HOLDER_INVALID",
       [](auto& d) { d.set_holder(std::string(procurement::kHolderBytesMax + 1, 'h')); }},
      {"ACCOUNT_NONCE_INVALID", [](auto& d) { d.set_nonce(""); }},
      {"ACCOUNT_NONCE_INVALID", [](auto& d) { d.set_nonce(std::string(30, 'a')); }},
      {"ACCOUNT_NONCE_INVALID", [](auto& d) { d.set_nonce(std::string(32, 'A')); }},
      {"BANK_UNKNOWN", [](auto& d) { d.set_bank_id("B-0000000000"); }},
      {"BANK_UNKNOWN", [](auto& d) { d.set_bank_id(""); }},
      {"ACCOUNT_VERSION", [](auto& d) { d.set_account_version(2); }},
      {"ACCOUNT_VERSION", [](auto& d) { d.set_account_version(0); }},
      {"DOCUMENT_TOO_LARGE", [](auto& d) { d.set_holder(std::string(16 << 10, 'h')); }},
  };
  for (const auto& c : cases) {
    auto doc = AccountDoc(1);
    c.spoil(doc);
    Refused(c.reason, [&] { return Submit(doc); });
  }
  for (const FakePerson& who : {kClerk, kPaymaster, kOtherSupplier}) {
    Refused("NOT_ALLOWED", [&] { return Submit(AccountDoc(1), who); });
  }
  banks_.away = true;
  Refused("PEER_AWAY", [&] { return Submit(AccountDoc(1)); });
  banks_.away = false;
  auto longest = AccountDoc(1);
  longest.set_holder(std::string(procurement::kHolderBytesMax, 'h'));
  EXPECT_TRUE(Submit(longest).ok());
}

TEST_F(PaymentEngineTest, WhoMaySeeAccounts) {
  v1::GetAccountRequest request;
  request.set_supplier_id(kSupplier);
  v1::GetAccountResponse response;
  EXPECT_THAT(engine_.GetAccount(env_.As(kClerk), request, &response),
              HasReason("ACCOUNT_NOT_FOUND"));
  ASSERT_TRUE(Submit(AccountDoc(1)).ok());
  for (const FakePerson& who : {kRepresentative, kClerk, kPaymaster, kOtherPaymaster, kAuditor}) {
    EXPECT_TRUE(engine_.GetAccount(env_.As(who), request, &response).ok()) << who.person_id;
  }
  for (const FakePerson& who : {kOtherSupplier, kOfficer, kBanker}) {
    EXPECT_THAT(engine_.GetAccount(env_.As(who), request, &response), HasReason("NOT_ALLOWED"))
        << who.person_id;
  }
  EXPECT_THAT(engine_.GetAccount(env_.AsAnyone(), request, &response), HasReason("NOT_ALLOWED"));
}

TEST_F(PaymentEngineTest, Invoices) {
  ASSERT_TRUE(Follow(Entry({})).ok());
  Refused("ACCOUNT_MISSING", [&] { return CreateInvoice(InvoiceDoc()); });
  ASSERT_TRUE(Submit(AccountDoc(1)).ok());
  const struct {
    const char* reason;
    std::function<void(document::v1::Invoice&)> spoil;
  } cases[] = {
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_contract_id("R25TA00000002"); }},
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_contract_id(""); }},
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_delivery(2); }},
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_delivery(0); }},
      {"INSPECTION_MISMATCH", [](auto& d) { d.set_inspection_sha256(std::string(64, 'd')); }},
      {"AMOUNT_MISMATCH", [](auto& d) { d.set_amount(kAmount + 1); }},
      {"CURRENCY_MISMATCH", [](auto& d) { d.set_currency("USD"); }},
      {"ACCOUNT_CHANGED", [](auto& d) { d.set_account_version(2); }},
  };
  for (const auto& c : cases) {
    auto doc = InvoiceDoc();
    c.spoil(doc);
    Refused(c.reason, [&] { return CreateInvoice(doc); });
  }
  for (const FakePerson& who : {kOtherSupplier, kClerk, kPaymaster}) {
    Refused("NOT_ALLOWED", [&] { return CreateInvoice(InvoiceDoc(), who); });
  }
  EXPECT_TRUE(CreateInvoice(InvoiceDoc()).ok());
  Refused("DOCUMENT_REPLAYED", [&] { return CreateInvoice(InvoiceDoc()); });
}

TEST_F(PaymentEngineTest, ApprovalsMustMatchEveryFact) {
  Invoiced();
  const struct {
    const char* reason;
    std::function<void(document::v1::PaymentApproval&)> spoil;
  } cases[] = {
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_payment_id("R25TA00000001-P2"); }},
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_payment_id("R25TA00000001-P01"); }},
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_payment_id("R25TA00000002-P1"); }},
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_payment_id(""); }},
      {"CONTRACT_MISMATCH", [](auto& d) { d.set_contract_id("R25TA00000002"); }},
      {"AMOUNT_MISMATCH", [](auto& d) { d.set_amount(kAmount - 1); }},
      {"SEQUENCE_MISMATCH", [](auto& d) { d.set_sequence(2); }},
      {"INVOICE_MISMATCH", [](auto& d) { d.set_invoice_sha256(std::string(64, '0')); }},
      {"ACCOUNT_CHANGED", [](auto& d) { d.set_account_version(2); }},
      {"ACCOUNT_CHANGED", [](auto& d) { d.set_account_sha256(std::string(64, '0')); }},
  };
  for (const FakePerson& who : {kPaymaster, kPaymaster2}) {  // the first and the second signature
    for (const auto& c : cases) {
      auto doc = ApprovalDoc();
      c.spoil(doc);
      Refused(c.reason, [&] { return Approve(doc, who); });
    }
    for (const FakePerson& wrong : {kOtherPaymaster, kOfficer, kRepresentative}) {
      Refused("NOT_ALLOWED", [&] { return Approve(ApprovalDoc(), wrong); });
    }
    ASSERT_TRUE(Approve(ApprovalDoc(), who).ok());
  }
  EXPECT_EQ(Get().state(), v1::Payment::ORDERED);
}

TEST_F(PaymentEngineTest, TwoDifferentPeopleApprove) {
  Invoiced();
  const auto doc = ApprovalDoc();
  ASSERT_TRUE(Approve(doc, kPaymaster).ok());
  Refused("DOCUMENT_REPLAYED", [&] { return Approve(doc, kPaymaster); });
  // The same words in other bytes are another document of the same person.
  v1::ApprovePaymentRequest request =
      Make<v1::ApprovePaymentRequest>(doc, "payment.approval", kPaymaster);
  request.mutable_document()->mutable_content()->insert(1, " ");
  v1::ApprovePaymentResponse response;
  Refused("FOUR_EYES",
          [&] { return engine_.ApprovePayment(env_.As(kPaymaster), request, &response); });
}

TEST_F(PaymentEngineTest, AChangedAccountVoidsInvoiceAndApprovals) {
  Invoiced();
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster).ok());
  // A change that only waits stops nothing, and the invoice stands.
  ASSERT_TRUE(Submit(AccountDoc(2)).ok());
  ASSERT_TRUE(ApproveAccount(AccountApprovalDoc(2)).ok());
  Refused("WRONG_STATE", [&] { return CreateInvoice(InvoiceDoc(2)); });
  env_.clock.Advance(procurement::kAccountWaitingPeriod);
  Refused("ACCOUNT_CHANGED", [&] { return Approve(ApprovalDoc(), kPaymaster2); });

  Refused("ACCOUNT_CHANGED", [&] {
    auto doc = InvoiceDoc(1);
    doc.set_account_version(3);
    return CreateInvoice(doc);
  });
  ASSERT_TRUE(CreateInvoice(InvoiceDoc(2)).ok());
  EXPECT_EQ(Get().state(), v1::Payment::INVOICED);
  EXPECT_EQ(Get().approval_sha256_size(), 0);
  EXPECT_EQ(Get().approver_ids_size(), 0);
  EXPECT_EQ(Get().account_version(), 2);
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster).ok());
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster2).ok());
  std::string order;
  ASSERT_TRUE(GetOrder(kAuditor, &order).ok());
  EXPECT_TRUE(absl::StrContains(order, "220-777-002000")) << order;
  EXPECT_FALSE(absl::StrContains(order, kNumber));
}

TEST_F(PaymentEngineTest, Settlement) {
  Invoiced();
  Refused("WRONG_STATE", [&] { return Settle(SettlementDoc()); });
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster).ok());
  Refused("WRONG_STATE", [&] { return Settle(SettlementDoc()); });
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster2).ok());
  const struct {
    const char* reason;
    std::function<void(document::v1::PaymentSettlement&)> spoil;
  } cases[] = {
      {"PAYMENT_NOT_FOUND", [](auto& d) { d.set_payment_id("R25TA00000001-P2"); }},
      {"ORDER_MISMATCH", [](auto& d) { d.set_order_sha256(std::string(64, '0')); }},
      {"AMOUNT_MISMATCH", [](auto& d) { d.set_amount(kAmount + 1); }},
      {"BANK_REFERENCE_INVALID", [](auto& d) { d.set_bank_reference(""); }},
      {"BANK_REFERENCE_INVALID",
       [](auto& d) {
         d.set_bank_reference(std::string(procurement::kBankReferenceBytesMax + 1, 'r'));
       }},
  };
  for (const auto& c : cases) {
    auto doc = SettlementDoc();
    c.spoil(doc);
    Refused(c.reason, [&] { return Settle(doc); });
  }
  for (const FakePerson& who : {kOtherBanker, kPaymaster, kRepresentative}) {
    Refused("NOT_ALLOWED", [&] { return Settle(SettlementDoc(), who); });
  }
  auto longest = SettlementDoc();
  longest.set_bank_reference(std::string(procurement::kBankReferenceBytesMax, 'r'));
  ASSERT_TRUE(Settle(longest).ok());
  Refused("WRONG_STATE", [&] { return Settle(SettlementDoc()); });
}

TEST_F(PaymentEngineTest, WrongStates) {
  Payable();
  Refused("WRONG_STATE", [&] { return Approve(ApprovalDoc(), kPaymaster); });
  Refused("WRONG_STATE", [&] { return Settle(SettlementDoc()); });
  ASSERT_TRUE(CreateInvoice(InvoiceDoc()).ok());
  auto other = InvoiceDoc();
  other.set_delivery(1);
  other.set_account_version(7);
  Refused("WRONG_STATE", [&] { return CreateInvoice(other); });
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster).ok());
  Refused("WRONG_STATE", [&] { return CreateInvoice(other); });
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster2).ok());
  Refused("WRONG_STATE", [&] { return CreateInvoice(other); });
  Refused("WRONG_STATE", [&] { return Approve(ApprovalDoc(), kPaymaster3); });
  ChangeAccount(2);
  Refused("WRONG_STATE", [&] { return CreateInvoice(InvoiceDoc(2)); });
  ASSERT_TRUE(Settle(SettlementDoc()).ok());
  Refused("WRONG_STATE", [&] { return CreateInvoice(InvoiceDoc(2)); });
  Refused("WRONG_STATE", [&] { return Approve(ApprovalDoc(), kPaymaster3); });
}

TEST_F(PaymentEngineTest, RepeatsAnswerTheSame) {
  Invoiced();
  const auto request =
      Make<v1::ApprovePaymentRequest>(ApprovalDoc(), "payment.approval", kPaymaster);
  v1::ApprovePaymentResponse first, again;
  ASSERT_TRUE(engine_.ApprovePayment(env_.As(kPaymaster), request, &first).ok());
  ASSERT_TRUE(Approve(ApprovalDoc(), kPaymaster2).ok());
  const uint64_t size = env_.ledger->Size();
  ASSERT_TRUE(engine_.ApprovePayment(env_.As(kPaymaster), request, &again).ok());
  EXPECT_EQ(again.payment().SerializeAsString(), first.payment().SerializeAsString());
  EXPECT_EQ(again.payment().state(), v1::Payment::APPROVED_ONCE);
  EXPECT_EQ(again.receipt().entry(), first.receipt().entry());
  auto other = request;
  auto doc = ApprovalDoc();
  doc.set_amount(1);
  *other.mutable_document() = env_.Sign(doc, "payment.approval", kPaymaster);
  EXPECT_THAT(engine_.ApprovePayment(env_.As(kPaymaster), other, &again),
              HasReason("REQUEST_ID_REUSED"));
  EXPECT_EQ(env_.ledger->Size(), size);

  // A repeat is answered although the bank cannot be looked up any more.
  const auto account = Make<v1::SubmitAccountRequest>(AccountDoc(2), "account", kRepresentative);
  v1::SubmitAccountResponse submitted, repeated;
  ASSERT_TRUE(engine_.SubmitAccount(env_.As(kRepresentative), account, &submitted).ok());
  banks_.away = true;
  ASSERT_TRUE(engine_.SubmitAccount(env_.As(kRepresentative), account, &repeated).ok());
  EXPECT_EQ(repeated.account().SerializeAsString(), submitted.account().SerializeAsString());
}

TEST_F(PaymentEngineTest, ListsByPages) {
  for (int i = 1; i <= 12; ++i) {
    ASSERT_TRUE(Follow(Entry({.seq = static_cast<uint64_t>(i), .delivery = i})).ok());
  }
  ASSERT_TRUE(Follow(Entry({.seq = 13, .contract = "R25TA00000002"})).ok());
  v1::ListPaymentsRequest request;
  request.set_contract_id(kContract);
  request.set_page_size(5);
  std::vector<int> sequences;
  do {
    v1::ListPaymentsResponse response;
    ASSERT_TRUE(engine_.ListPayments(env_.AsAnyone(), request, &response).ok());
    EXPECT_LE(response.payments_size(), 5);
    for (const auto& p : response.payments()) sequences.push_back(p.sequence());
    request.set_page_token(response.next_page_token());
    if (sequences.size() == 5) {
      v1::ListPaymentsRequest other = request;
      other.set_contract_id("R25TA00000002");
      EXPECT_THAT(engine_.ListPayments(env_.AsAnyone(), other, &response),
                  HasReason("PAGE_TOKEN_INVALID"));
    }
  } while (!request.page_token().empty());
  EXPECT_EQ(sequences, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));

  v1::ListPaymentsResponse response;
  request.set_contract_id("R25TA00009999");
  EXPECT_TRUE(engine_.ListPayments(env_.AsAnyone(), request, &response).ok());
  EXPECT_EQ(response.payments_size(), 0);
  request.set_contract_id("");
  EXPECT_THAT(engine_.ListPayments(env_.AsAnyone(), request, &response),
              HasReason("CONTRACT_ID_MISSING"));
}

TEST_F(PaymentEngineTest, MissingPayments) {
  for (const char* id : {"", "R25TA00000001-P1", "R25TA00000001", "-P1"}) {
    v1::GetPaymentRequest request;
    request.set_payment_id(id);
    v1::GetPaymentResponse response;
    EXPECT_THAT(engine_.GetPayment(env_.AsAnyone(), request, &response),
                HasReason("PAYMENT_NOT_FOUND"));
    v1::GetPaymentDocumentsRequest documents;
    documents.set_payment_id(id);
    v1::GetPaymentDocumentsResponse answer;
    EXPECT_THAT(engine_.GetPaymentDocuments(env_.AsAnyone(), documents, &answer),
                HasReason("PAYMENT_NOT_FOUND"));
  }
}

}  // namespace
}  // namespace jodal::payment
