// Who may call what: every method of every service against every caller. A method that the table
// does not list fails the test, so a new one needs a row.
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/log_service/log_service.h"
#include "common/rpc/identity.h"
#include "common/rpc/session_token.h"
#include "common/status/error.h"
#include "jodal/log/v1/log.grpc.pb.h"
#include "jodal/training/v1/training.pb.h"
#include "procurement/services.h"
#include "tests/e2e/refusals.h"
#include "tests/e2e/world.h"

namespace jodal::e2e {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr char kAnyone[] = "anyone";
constexpr char kAnyUser[] = "any user";
constexpr char kAnyService[] = "any service";
constexpr char kService[] = "service:";  // "service:tender"
constexpr char kNotServed[] = "not served";

// Callers by role, or one of the words above. `empty` is what an allowed caller hears about a
// request without content: shape, existence and state come after permission.
struct Access {
  std::set<std::string> callers;
  std::string empty;
};

const std::map<std::string, Access>& Table() {
  const auto with = [](std::set<std::string> callers) {
    for (const procurement::Service& service : procurement::kServices) {
      if (service.keeps_store && service.name != "registration") {
        callers.insert(absl::StrCat(kService, service.name));
      }
    }
    return callers;
  };
  static const auto* table = new std::map<std::string, Access>{
      {"registration.v1.RegistrationService/CreateChallenge",
       {{kAnyone}, "CERTIFICATE_DIGEST_INVALID"}},
      {"registration.v1.RegistrationService/OpenSession", {{kAnyone}, "REQUEST_ID_MISSING"}},
      {"registration.v1.RegistrationService/RegisterOrganization",
       {{kAnyone}, "REQUEST_ID_MISSING"}},
      {"registration.v1.RegistrationService/ApproveOrganization",
       {{"registrar"}, "REQUEST_ID_MISSING"}},
      {"registration.v1.RegistrationService/RecordFact", {{"registrar"}, "REQUEST_ID_MISSING"}},
      {"registration.v1.RegistrationService/ListFacts", {{kAnyone}, ""}},
      {"registration.v1.RegistrationService/ListInbox", {{kAnyUser}, ""}},
      {"registration.v1.RegistrationService/RegisterPerson", {{kAnyone}, "REQUEST_ID_MISSING"}},
      {"registration.v1.RegistrationService/ApprovePerson",
       {{"representative"}, "REQUEST_ID_MISSING"}},
      {"registration.v1.RegistrationService/GetOrganization",
       {{kAnyone}, "ORGANIZATION_NOT_FOUND"}},
      {"registration.v1.RegistrationService/ListOrganizations", {{kAnyone}, ""}},
      {"registration.v1.RegistrationService/GetPerson", {with({kAnyUser}), "PERSON_NOT_FOUND"}},
      {"registration.v1.RegistrationService/ListPeople",
       {with({kAnyUser}), "ORGANIZATION_NOT_FOUND"}},
      {"registration.v1.RegistrationService/ResolveCertificate",
       {with({}), "CERTIFICATE_DIGEST_INVALID"}},
      {"registration.v1.RegistrationService/GetRegistrationDocuments",
       {with({"auditor", "officer"}), "PERSON_NOT_FOUND"}},

      {"tender.v1.TenderService/CreateTender", {{"officer"}, "REQUEST_ID_MISSING"}},
      {"tender.v1.TenderService/ValidateNotice", {{"officer", "approver"}, "JSON_MALFORMED"}},
      {"tender.v1.TenderService/SubmitNotice", {{"officer"}, "REQUEST_ID_MISSING"}},
      {"tender.v1.TenderService/ApproveNotice", {{"approver"}, "REQUEST_ID_MISSING"}},
      {"tender.v1.TenderService/CancelTender", {{"officer"}, "REQUEST_ID_MISSING"}},
      {"tender.v1.TenderService/GetTender", {{kAnyone}, "TENDER_NOT_FOUND"}},
      {"tender.v1.TenderService/ListTenders", {{kAnyone}, ""}},
      {"tender.v1.TenderService/GetNotice", {{kAnyone}, "TENDER_NOT_FOUND"}},
      {"tender.v1.TenderService/EvaluateTender", {{"officer"}, "REQUEST_ID_MISSING"}},
      {"tender.v1.TenderService/GetResult", {{kAnyone}, "TENDER_NOT_FOUND"}},
      {"tender.v1.TenderService/ListResultPages", {{kAnyone}, "TENDER_NOT_FOUND"}},
      {"tender.v1.TenderService/DecideAward", {{"officer"}, "REQUEST_ID_MISSING"}},
      {"tender.v1.TenderService/ListInbox", {{kAnyUser}, ""}},

      {"bidding.v1.BiddingService/CreateBox", {{"service:tender"}, "JSON_MALFORMED"}},
      {"bidding.v1.BiddingService/CancelBox", {{"service:tender"}, "BOX_NOT_FOUND"}},
      {"bidding.v1.BiddingService/GetBox", {{kAnyone}, "BOX_NOT_FOUND"}},
      {"bidding.v1.BiddingService/SubmitBid", {{"supplier"}, "REQUEST_ID_MISSING"}},
      {"bidding.v1.BiddingService/CancelBid", {{"supplier"}, "REQUEST_ID_MISSING"}},
      {"bidding.v1.BiddingService/GetOwnBid", {{"supplier"}, "BOX_NOT_FOUND"}},
      {"bidding.v1.BiddingService/ListOwnBids", {{"supplier"}, ""}},
      {"bidding.v1.BiddingService/ListSealedBids", {{kAnyone}, "BOX_NOT_FOUND"}},
      {"bidding.v1.BiddingService/ReleaseShares", {{"committee"}, "REQUEST_ID_MISSING"}},
      {"bidding.v1.BiddingService/ListShares", {{kAnyone}, "BOX_NOT_FOUND"}},
      {"bidding.v1.BiddingService/ListOpenedBids", {{kAnyone}, "BOX_NOT_FOUND"}},
      {"bidding.v1.BiddingService/ListInbox", {{kAnyUser}, ""}},

      {"contract.v1.ContractService/ActOnContract", {{kAnyUser}, "REQUEST_ID_MISSING"}},
      {"contract.v1.ContractService/GetContract", {{kAnyone}, "CONTRACT_NOT_FOUND"}},
      {"contract.v1.ContractService/ListContracts", {{kAnyone}, "*"}},  // a user has his own
      {"contract.v1.ContractService/GetContractDocuments", {{kAnyone}, "CONTRACT_NOT_FOUND"}},
      {"contract.v1.ContractService/ListInbox", {{kAnyUser}, ""}},

      {"payment.v1.PaymentService/SubmitAccount", {{"representative"}, "REQUEST_ID_MISSING"}},
      {"payment.v1.PaymentService/ApproveAccount", {{kAnyUser}, "REQUEST_ID_MISSING"}},
      {"payment.v1.PaymentService/GetAccount", {{kAnyUser}, "*"}},  // whose is said in the request
      {"payment.v1.PaymentService/CreateInvoice", {{"representative"}, "REQUEST_ID_MISSING"}},
      {"payment.v1.PaymentService/ApprovePayment", {{"paymaster"}, "REQUEST_ID_MISSING"}},
      {"payment.v1.PaymentService/SettlePayment", {{"bank"}, "REQUEST_ID_MISSING"}},
      {"payment.v1.PaymentService/GetPayment", {{kAnyone}, "PAYMENT_NOT_FOUND"}},
      {"payment.v1.PaymentService/GetPaymentOrder",
       {{"bank", "paymaster", "auditor"}, "PAYMENT_NOT_FOUND"}},
      {"payment.v1.PaymentService/ListPayments", {{kAnyone}, "CONTRACT_ID_MISSING"}},
      {"payment.v1.PaymentService/GetPaymentDocuments", {{kAnyone}, "PAYMENT_NOT_FOUND"}},
      {"payment.v1.PaymentService/ListInbox", {{kAnyUser}, ""}},

      {"signature.v1.SignatureService/Verify", {{kAnyService}, ""}},
      {"signature.v1.SignatureService/VerifyCertificate", {{kAnyService}, "PURPOSE_MISSING"}},
      {"signature.v1.SignatureService/GetEvidence", {{kAnyone}, ""}},
      {"signature.v1.SignatureService/UpdateCrl", {{kAnyone}, "CRL_INVALID"}},
      {"signature.v1.SignatureService/GetStatus", {{kAnyone}, ""}},

      {"tracking.v1.TrackingService/ListTimeline", {{kAnyone}, "TENDER_ID_MISSING"}},
      {"tracking.v1.TrackingService/WatchTimeline", {{kAnyone}, ""}},
      {"tracking.v1.TrackingService/QueryEvents", {{"auditor"}, ""}},
      {"tracking.v1.TrackingService/GetMonitorStatus", {{kAnyone}, ""}},

      {"log.v1.LogService/GetCheckpoint", {{kAnyone}, "LOG_NOT_NAMED"}},
      {"log.v1.LogService/ListEntries", {{kAnyone}, "LOG_NOT_NAMED"}},
      {"log.v1.LogService/WatchEntries", {{kAnyone}, "LOG_NOT_NAMED"}},
      {"log.v1.LogService/GetReceipt", {{kAnyone}, "LOG_NOT_NAMED"}},
      {"log.v1.LogService/GetConsistencyProof", {{kAnyone}, "LOG_NOT_NAMED"}},
      {"log.v1.LogService/GetTile", {{kAnyone}, "LOG_NOT_NAMED"}},

      // Only where the clock is a training clock, which this one is not.
      {"training.v1.TrainingService/GetTime", {{kNotServed}, ""}},
      {"training.v1.TrainingService/MoveClock", {{kNotServed}, ""}},
  };
  return *table;
}

// All services that the project's protos declare.
std::vector<const ServiceDescriptor*> DeclaredServices() {
  std::vector<const ServiceDescriptor*> out;
  const std::filesystem::path root = std::filesystem::path(JODAL_SOURCE_DIR) / "proto";
  // Of a library that is linked statically only what is mentioned is there.
  EXPECT_NE(training::v1::MoveClockRequest::descriptor(), nullptr);
  for (const auto& file : std::filesystem::recursive_directory_iterator(root / "jodal")) {
    if (file.path().extension() != ".proto") continue;
    const std::string name = std::filesystem::relative(file.path(), root).string();
    const auto* descriptor = DescriptorPool::generated_pool()->FindFileByName(name);
    if (descriptor == nullptr) {
      std::ifstream in(file.path());
      const std::string text(std::istreambuf_iterator<char>(in), {});
      EXPECT_FALSE(absl::StrContains(text, "\nservice ")) << name << " is not linked to this test";
      continue;
    }
    for (int i = 0; i < descriptor->service_count(); ++i) out.push_back(descriptor->service(i));
  }
  return out;
}

// A read says that it changes nothing; whatever else there is can be repeated safely by its request
// id and is answered with a receipt, but for these.
TEST(ApiTest, ReadsAreMarkedAndMutationsHaveRequestIdAndReceipt) {
  const std::map<std::string, std::string> kOthers = {
      {"CreateChallenge", "is a function of time and chance; nothing is stored"},
      {"ListSealedBids", "a read that is logged"},
      {"Verify", "keeps the evidence of its verdict, by digest"},
      {"VerifyCertificate", "likewise"},
      {"UpdateCrl", "repeatable, but its answer is the epoch alone: it gives no receipt"},
      {"MoveClock", "training only"},
      {"CreateBox", "between services; idempotent by notice hash"},
      {"CancelBox", "between services; idempotent by tender"},
  };
  std::set<std::string> others;
  for (const ServiceDescriptor* service : DeclaredServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      const bool read =
          method.options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
      const bool id = method.input_type()->FindFieldByName("request_id") != nullptr;
      const bool receipt = method.output_type()->FindFieldByName("receipt") != nullptr;
      if (kOthers.count(method.name()) != 0) {
        others.insert(method.name());
        EXPECT_FALSE(read) << method.full_name();
      } else if (read) {
        EXPECT_FALSE(id) << method.full_name() << " is marked as a read and has a request id";
      } else {
        EXPECT_TRUE(id && receipt) << method.full_name() << " is no marked read: request id " << id
                                   << ", receipt " << receipt;
      }
    }
  }
  EXPECT_EQ(others.size(), kOthers.size());
}

using Headers = std::map<std::string, std::string>;

// A request without content.
absl::Status CallEmpty(const std::shared_ptr<grpc::Channel>& channel,
                       const MethodDescriptor& method, const Headers& headers) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  for (const auto& [key, value] : headers) context.AddMetadata(key, value);
  if (method.server_streaming()) {
    // Whatever is refused is refused at once; else the stream is open, and that is enough.
    if (method.name() == "WatchTimeline") {
      const auto stub = tracking::v1::TrackingService::NewStub(channel);
      auto reader = stub->WatchTimeline(&context, tracking::v1::WatchTimelineRequest());
      tracking::v1::TimelineItem item;
      if (reader->Read(&item)) {
        context.TryCancel();
        reader->Finish();
        return absl::OkStatus();
      }
      return rpc::FromGrpcStatus(reader->Finish());
    }
    if (method.name() == "WatchEntries") {
      const auto stub = log::v1::LogService::NewStub(channel);
      auto reader = stub->WatchEntries(&context, log::v1::WatchEntriesRequest());
      log::v1::LogEntry entry;
      if (reader->Read(&entry)) {
        context.TryCancel();
        reader->Finish();
        return absl::OkStatus();
      }
      return rpc::FromGrpcStatus(reader->Finish());
    }
    return absl::InternalError("this test does not know the stream " + method.full_name());
  }
  grpc::GenericStub stub(channel);
  const grpc::Slice nothing("");
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  absl::Notification done;
  stub.UnaryCall(&context, absl::StrCat("/", method.service()->full_name(), "/", method.name()),
                 grpc::StubOptions(), &request, &response, [&](grpc::Status s) {
                   status = std::move(s);
                   done.Notify();
                 });
  done.WaitForNotification();
  return rpc::FromGrpcStatus(status);
}

Headers Bearer(const std::string& token) { return {{"authorization", "Bearer " + token}}; }

TEST(AccessTest, EveryMethodOfEveryServiceAgainstEveryCaller) {
  auto created = System::Create(At(World::kStart));
  ASSERT_TRUE(created.ok()) << created.status();
  System& s = **created;
  World w(s);
  ASSERT_EQ(w.Populate(), absl::OkStatus());
  Refusals table(s);

  const std::string expired = s.registrar().token;
  ASSERT_EQ(s.MoveTo(s.clock().Now() + absl::Hours(24)), absl::OkStatus());
  // A token of the right form and content by another key, and a true one with another content.
  rpc::Principal everything;
  everything.person_id = w.officer->id();
  everything.organization_id = w.officer->organization();
  everything.roles = {"representative", "supplier",  "officer", "approver", "committee",
                      "inspector",      "paymaster", "bank",    "auditor",  "registrar"};
  everything.expires = s.clock().Now() + absl::Hours(1);
  const std::string forged =
      rpc::SessionIssuer(s.random().Bytes(rpc::kSessionKeyBytes), install::Services())
          .Issue(everything);
  const std::string spliced =
      forged.substr(0, forged.find('.')) + w.officer->token.substr(w.officer->token.find('.'));

  std::set<std::string> seen;
  for (const ServiceDescriptor* service : DeclaredServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      const std::string name =
          absl::StrCat(service->full_name().substr(6), "/", method.name());  // without "jodal."
      seen.insert(name);
      const auto row = Table().find(name);
      if (row == Table().end()) {
        ADD_FAILURE() << name << " has no row in this table: say who may call it";
        continue;
      }
      const Access& access = row->second;
      const auto has = [&](const std::string& word) { return access.callers.count(word) != 0; };
      const auto refused = [&](const std::string& who, const Headers& headers,
                               const std::string& reason) {
        table.Refused(
            absl::StrCat(name, " by ", who),
            [&] { return CallEmpty(s.channel(), method, headers); }, reason);
      };
      const auto admitted = [&](const std::string& who,
                                const std::shared_ptr<grpc::Channel>& channel,
                                const Headers& headers) {
        const auto call = [&] { return CallEmpty(channel, method, headers); };
        const std::string what = absl::StrCat(name, " by ", who);
        if (access.empty.empty()) {
          table.Answered(what, call);
        } else if (access.empty == "*") {
          table.Answered(what, [&] {
            call().IgnoreError();  // depends on who asks; changes nothing
            return absl::OkStatus();
          });
        } else {
          table.Refused(what, call, access.empty);
        }
      };

      if (has(kNotServed)) {
        table.Refused(
            name, [&] { return CallEmpty(s.channel(), method, {}); },
            Refusal{absl::StatusCode::kUnimplemented, "", ""});
        continue;
      }
      if (has(kAnyone)) {
        admitted("nobody", s.channel(), {});
        admitted("a forged session", s.channel(), Bearer(forged));  // passed over
      } else {
        refused("nobody", {}, "CREDENTIALS_MISSING");
        refused("a forged session", Bearer(forged), "SESSION_INVALID");
        refused("a session with other content", Bearer(spliced), "SESSION_INVALID");
        refused("an expired session", Bearer(expired), "SESSION_EXPIRED");
        refused("no bearer", {{"authorization", w.officer->token}}, "SESSION_INVALID");
        for (const char* peer : {"tender", "bidding", "registration"}) {
          refused(absl::StrCat("somebody who says that he is ", peer),
                  {{rpc::kServiceMetadata, peer}, {rpc::kProcessMetadata, "guessed"}},
                  "CREDENTIALS_MISSING");
        }
      }
      for (const auto& person : s.everybody()) {
        bool allowed = has(kAnyone) || has(kAnyUser);
        for (const std::string& role : person->roles) allowed = allowed || has(role);
        if (allowed) {
          admitted(person->name, s.channel(), Bearer(person->token));
        } else {
          refused(person->name, Bearer(person->token), "NOT_ALLOWED");
        }
      }
      for (const std::string& peer : install::Services()) {
        if (has(kAnyone)) break;
        const auto channel = s.host().peers(peer)->Channel("registration");  // one process
        if (has(kAnyService) || has(absl::StrCat(kService, peer))) {
          admitted(absl::StrCat("the service ", peer), channel, {});
        } else {
          table.Refused(
              absl::StrCat(name, " by the service ", peer),
              [&] { return CallEmpty(channel, method, {}); }, "NOT_ALLOWED");
        }
      }
    }
  }
  for (const auto& [name, access] : Table()) {
    EXPECT_EQ(seen.count(name), 1u) << name << " has a row and is no method";
  }
}

// Invariant 30. Tokens last for hours and are checked offline: a suspension ends those that are
// open, in every service, and its lifting revives them.
TEST(AccessTest, ASuspensionEndsOpenSessionsInEveryService) {
  auto created = System::Create(At(World::kStart));
  ASSERT_TRUE(created.ok()) << created.status();
  System& s = **created;
  World w(s);
  ASSERT_EQ(w.Populate(), absl::OkStatus());
  Refusals table(s);
  const Person& suspended = *w.s1;
  const Person& colleague = *w.s1b;  // the same organisation's

  const auto refused_in_every_service = [&](const Person& person, const std::string& reason) {
    std::set<std::string> services;
    for (const ServiceDescriptor* service : DeclaredServices()) {
      for (int i = 0; i < service->method_count(); ++i) {
        const MethodDescriptor& method = *service->method(i);
        const std::string name = absl::StrCat(service->full_name().substr(6), "/", method.name());
        const std::set<std::string>& callers = Table().at(name).callers;
        bool allowed = callers.count(kAnyUser) != 0;
        for (const std::string& role : person.roles) allowed = allowed || callers.count(role) != 0;
        if (!allowed) continue;
        services.insert(service->name());
        if (reason.empty()) {
          EXPECT_NE(ErrorReason(CallEmpty(s.channel(), method, Bearer(person.token))),
                    "SESSION_BARRED")
              << name;
        } else {
          table.Refused(
              absl::StrCat(name, " by ", person.name),
              [&] { return CallEmpty(s.channel(), method, Bearer(person.token)); }, reason);
        }
      }
    }
    EXPECT_GE(services.size(), 3u);  // registration, bidding, contract, payment by his roles
    EXPECT_EQ(services.count("BiddingService"), 1u);
  };

  refused_in_every_service(suspended, "");
  ASSERT_EQ(s.Suspend(suspended, s.Suspension(suspended.organization(), false)), absl::OkStatus());
  refused_in_every_service(suspended, "SESSION_BARRED");
  refused_in_every_service(colleague, "SESSION_BARRED");
  refused_in_every_service(*w.s2, "");
  // What anyone may ask he may too, as anyone.
  EXPECT_EQ(s.Call(s.tender(), &tender::v1::TenderService::Stub::ListTenders,
                   tender::v1::ListTendersRequest(), &suspended)
                .status(),
            absl::OkStatus());
  ASSERT_EQ(s.Suspend(suspended, s.Suspension(suspended.organization(), true)), absl::OkStatus());
  refused_in_every_service(suspended, "");

  // One that is known beforehand begins and ends by itself, to the nanosecond, in every service.
  const absl::Time begin = s.clock().Now() + absl::Minutes(1);
  document::v1::FactRecord sanction;
  sanction.set_subject(w.s2->organization());
  sanction.set_type("sanction");
  sanction.set_value("safety");
  sanction.set_valid_from(sdk::DocumentTime(begin));
  sanction.set_valid_to(sdk::DocumentTime(begin + absl::Hours(1)));
  sanction.set_source("Test");
  sanction.set_evidence_sha256(std::string(64, 'e'));
  ASSERT_TRUE(s.RecordFact(s.Sign(s.registrar(), "fact.record", sanction)).ok());
  // The next one is heard of after it.
  ASSERT_EQ(s.Suspend(suspended, s.Suspension(suspended.organization(), false)), absl::OkStatus());
  ASSERT_EQ(s.MoveTo(begin - absl::Nanoseconds(1)), absl::OkStatus());
  refused_in_every_service(*w.s2, "");
  ASSERT_EQ(s.MoveTo(begin), absl::OkStatus());
  table.Stepped();
  refused_in_every_service(*w.s2, "SESSION_BARRED");
  ASSERT_EQ(s.MoveTo(begin + absl::Hours(1)), absl::OkStatus());
  refused_in_every_service(*w.s2, "");
}

}  // namespace
}  // namespace jodal::e2e
