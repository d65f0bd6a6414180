// `jodal ops check` over the stores of a tender that was played to its end: what an operator edits
// in a record is named, field by field.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/demo/replay.h"
#include "clients/install/check_stores.h"
#include "clients/install/install.h"
#include "clients/sdk/client.h"
#include "clients/sdk/identity.h"
#include "common/config/config.h"
#include "common/host/store.h"
#include "common/ledger/records.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/contract/store/v1/contract_store.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/payment/store/v1/payment_store.pb.h"
#include "jodal/registration/store/v1/registration_store.pb.h"
#include "jodal/registration/v1/case.pb.h"
#include "jodal/registration/v1/registration.grpc.pb.h"
#include "procurement/stores.h"
#include "tests/support/test_installation.h"

namespace jodal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using install::Difference;

// Every field of a message and of those in it that has no messages of its own: the path as
// differences name it, and what changes it.
struct Edit {
  std::string path;
  std::function<void(Message&)> apply;
};

void ChangeScalar(Message& message, const FieldDescriptor* field) {
  const auto* r = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return r->SetString(&message, field, r->GetString(message, field) + "x");
    case FieldDescriptor::CPPTYPE_INT32:
      return r->SetInt32(&message, field, r->GetInt32(message, field) + 1);
    case FieldDescriptor::CPPTYPE_INT64:
      return r->SetInt64(&message, field, r->GetInt64(message, field) + 1);
    case FieldDescriptor::CPPTYPE_BOOL:
      return r->SetBool(&message, field, !r->GetBool(message, field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* type = field->enum_type();
      const int next = (r->GetEnum(message, field)->index() + 1) % type->value_count();
      return r->SetEnum(&message, field, type->value(next));
    }
    default:
      FAIL() << field->full_name() << " is of a kind that this test cannot change";
  }
}

void ChangeElement(Message& message, const FieldDescriptor* field) {
  const auto* r = message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    r->SetRepeatedString(&message, field, 0, r->GetRepeatedString(message, field, 0) + "x");
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
    r->SetRepeatedInt32(&message, field, 0, r->GetRepeatedInt32(message, field, 0) + 1);
  } else {
    FAIL() << field->full_name() << " is of a kind that this test cannot change";
  }
}

// Those of `message`, which is found in a record by `find`.
void AddEdits(const Message& message, const std::string& path,
              const std::function<Message&(Message&)>& find, std::vector<Edit>* out) {
  const auto* r = message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    const std::string name = path.empty() ? field->name() : absl::StrCat(path, ".", field->name());
    const bool of_messages = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field->is_repeated()) {
      if (r->FieldSize(message, field) == 0) continue;
      out->push_back({name, [=](Message& record) {
                        Message& in = find(record);
                        in.GetReflection()->RemoveLast(&in, field);
                      }});
      if (of_messages) {
        AddEdits(
            r->GetRepeatedMessage(message, field, 0), absl::StrCat(name, "[0]"),
            [=](Message& record) -> Message& {
              Message& in = find(record);
              return *in.GetReflection()->MutableRepeatedMessage(&in, field, 0);
            },
            out);
      } else {
        out->push_back({absl::StrCat(name, "[0]"),
                        [=](Message& record) { ChangeElement(find(record), field); }});
      }
    } else if (of_messages) {
      if (!r->HasField(message, field)) continue;
      out->push_back({name, [=](Message& record) {
                        Message& in = find(record);
                        in.GetReflection()->ClearField(&in, field);
                      }});
      AddEdits(
          r->GetMessage(message, field), name,
          [=](Message& record) -> Message& {
            Message& in = find(record);
            return *in.GetReflection()->MutableMessage(&in, field);
          },
          out);
    } else {
      out->push_back({name, [=](Message& record) { ChangeScalar(find(record), field); }});
    }
  }
}

class StateCheckTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto installation = testing_support::TestInstallation::Create({.memory_stores = false});
    ASSERT_TRUE(installation.ok()) << installation.status();
    installation_ = installation->release();
    const auto played = demo::Replay(
        installation_->client(),
        {.fixture = absl::StrCat(JODAL_SOURCE_DIR,
                                 "/clients/demo/fixtures/services-R25BK00811340-000.json"),
         .dir = installation_->dir()});
    ASSERT_TRUE(played.ok()) << played.status();
    const absl::Status recorded = RecordHoliday();
    ASSERT_TRUE(recorded.ok()) << recorded;
    installation_->Stop();
  }
  static absl::Status RecordHoliday() {
    sdk::Client& client = installation_->client();
    document::v1::FactRecord holiday;
    holiday.set_subject("KR");
    holiday.set_type("holiday");
    holiday.set_value("어린이날");
    holiday.set_valid_from("2026-05-04T15:00:00Z");
    holiday.set_valid_to("2026-05-05T15:00:00Z");
    holiday.set_source("관보");
    registration::v1::RecordFactRequest request;
    ASSIGN_OR_RETURN(*request.mutable_document(),
                     sdk::SignDocument(installation_->registrar(), client.context().system,
                                       "fact.record", &holiday));
    request.set_request_id(client.RequestId());
    ASSIGN_OR_RETURN(const std::string token, client.Login(installation_->registrar()));
    return client
        .Call(client.registration(), &registration::v1::RegistrationService::Stub::RecordFact,
              request, token)
        .status();
  }
  static void TearDownTestSuite() { delete installation_; }

  StateCheckTest()
      : config_(config::LoadConfig(install::ConfigFile(installation_->dir())).value()) {}

  install::StoreCheck Check(const std::string& service) {
    return install::CheckStores(config_, {service}, nullptr).front();
  }
  // The only row of a table, with its key in the backend.
  kv::KeyValue FirstRow(kv::Backend& backend, absl::string_view table) {
    const auto all = backend.NewSnapshot()->Scan("S", "T", 100'000);
    EXPECT_TRUE(all.ok());
    for (const kv::KeyValue& pair : *all) {
      if (absl::StartsWith(pair.key.substr(ledger::ShardPrefix(0).size()), table)) return pair;
    }
    ADD_FAILURE() << "no row of " << table;
    return {};
  }
  void Write(kv::Backend& backend, const std::string& key, std::optional<std::string> value) {
    ASSERT_TRUE(backend.Write({.ops = {{key, std::move(value)}}, .guard = {}}).ok());
  }

  // Edits the record's fields one at a time; each is named, with what was stored and what the
  // documents make of it, and nothing else is.
  template <typename Record>
  void EveryEditIsNamed(const std::string& service, absl::string_view table, int edits_min) {
    SCOPED_TRACE(absl::StrCat(service, " ", table));
    auto fold = install::FoldOf(service, config_.system());
    ASSERT_NE(fold, nullptr);
    const auto backend = host::OpenStore(config_, service);
    ASSERT_TRUE(backend.ok()) << backend.status();
    const kv::KeyValue row = FirstRow(**backend, table);
    Record record;
    ASSERT_TRUE(record.ParseFromString(row.value));
    std::vector<Edit> edits;
    AddEdits(
        record, "", [](Message& m) -> Message& { return m; }, &edits);
    EXPECT_GE(static_cast<int>(edits.size()), edits_min);
    for (const Edit& edit : edits) {
      SCOPED_TRACE(edit.path);
      Record edited = record;
      edit.apply(edited);
      Write(**backend, row.key, edited.SerializeAsString());
      fold = install::FoldOf(service, config_.system());
      const auto check = install::CheckState(**backend, *fold);
      ASSERT_TRUE(check.ok()) << check.status();
      ASSERT_EQ(check->differences.size(), 1u);
      const Difference& found = check->differences.front();
      EXPECT_EQ(found.field, edit.path);
      EXPECT_NE(found.subject, "");
      EXPECT_NE(found.stored, found.by_documents);
    }
    // A record that is gone, one that is no record, and one that nothing made.
    const auto only = [&]() -> Difference {
      fold = install::FoldOf(service, config_.system());
      const auto check = install::CheckState(**backend, *fold);
      EXPECT_TRUE(check.ok()) << check.status();
      EXPECT_EQ(check->differences.size(), 1u);
      return check->differences.empty() ? Difference() : check->differences.front();
    };
    Write(**backend, row.key, std::nullopt);
    EXPECT_EQ(only().stored, "(no record)");
    Write(**backend, row.key, "\xff");
    EXPECT_EQ(only().stored, "(damaged)");
    Write(**backend, row.key, row.value);
    Write(**backend, row.key + "9", row.value);
    EXPECT_EQ(only().by_documents, "(none)");
    Write(**backend, row.key + "9", std::nullopt);
  }

  static testing_support::TestInstallation* installation_;
  config::v1::Config config_;
};
testing_support::TestInstallation* StateCheckTest::installation_ = nullptr;

TEST_F(StateCheckTest, WhatTheServicesWroteIsWhatTheDocumentsMake) {
  const std::map<std::string, uint64_t> records = {
      {"contract", 4}, {"payment", 4}, {"registration", 0}};
  for (const auto& [service, expected] : records) {
    const install::StoreCheck check = Check(service);
    EXPECT_TRUE(check.status.ok()) << service << ": " << check.status;
    // How many people a replay has is its own affair.
    if (expected != 0) {
      EXPECT_EQ(check.records, expected) << service;
    }
    EXPECT_GT(check.records, 0u) << service;
    for (const Difference& d : check.differences) {
      ADD_FAILURE() << d.subject << " " << d.field << ": " << d.stored << ", not "
                    << d.by_documents;
    }
  }
}

TEST_F(StateCheckTest, AnEditedFieldIsNamed) {
  EveryEditIsNamed<contract::store::v1::ContractRecord>("contract", procurement::kContractTable,
                                                        25);
  EveryEditIsNamed<contract::store::v1::PartyRow>("contract", procurement::kContractPartyTable, 1);
  EveryEditIsNamed<contract::store::v1::PartyRow>("contract", procurement::kContractLotTable, 1);
  EveryEditIsNamed<payment::store::v1::PaymentRecord>("payment", procurement::kPaymentTable, 25);
  EveryEditIsNamed<payment::store::v1::AccountRecord>("payment", procurement::kAccountTable, 12);
  EveryEditIsNamed<payment::store::v1::ContractRecord>("payment", procurement::kPaidContractTable,
                                                       7);
  EveryEditIsNamed<registration::v1::OrganizationCase>("registration",
                                                       procurement::kOrganizationTable, 10);
  EveryEditIsNamed<registration::v1::PersonCase>("registration", procurement::kPersonTable, 10);
  EveryEditIsNamed<registration::store::v1::Claim>("registration", procurement::kCertificateTable,
                                                   3);
  EveryEditIsNamed<registration::store::v1::Claim>("registration", procurement::kKeyTable, 3);
  EveryEditIsNamed<payment::store::v1::DirectoryRecord>("payment",
                                                        procurement::kPaymentDirectoryTable, 1);
}

// The document itself: the log names another digest.
TEST_F(StateCheckTest, AnExchangedDocumentIsNamed) {
  const auto backend = host::OpenStore(config_, "contract");
  ASSERT_TRUE(backend.ok()) << backend.status();
  // Behind the table's name also lie the digests of accepted documents, which name no case.
  const kv::KeyValue row = FirstRow(**backend, absl::StrCat(procurement::kContractDocuments, "R"));
  document::v1::StoredDocument stored;
  // A first byte says that the value is in one piece.
  ASSERT_TRUE(stored.ParseFromString(row.value.substr(1)));
  std::string* content = stored.mutable_document()->mutable_content();
  content->insert(1, " ");
  Write(**backend, row.key, row.value.substr(0, 1) + stored.SerializeAsString());
  auto fold = install::FoldOf("contract", config_.system());
  auto check = install::CheckState(**backend, *fold);
  Write(**backend, row.key, row.value);
  ASSERT_TRUE(check.ok()) << check.status();
  ASSERT_FALSE(check->differences.empty());
  EXPECT_EQ(check->differences.front().field, "document 1");
}

// A fact is its document: another one, none, and one that nobody recorded.
TEST_F(StateCheckTest, AnExchangedFactIsNamed) {
  const auto backend = host::OpenStore(config_, "registration");
  ASSERT_TRUE(backend.ok()) << backend.status();
  const kv::KeyValue row = FirstRow(**backend, procurement::kFactTable);
  document::v1::StoredDocument stored;
  ASSERT_TRUE(stored.ParseFromString(row.value));
  const std::string day = "2026-05-05T15";
  std::string* content = stored.mutable_document()->mutable_content();
  ASSERT_TRUE(absl::StrContains(*content, day));
  content->replace(content->find(day), day.size(), "2026-05-06T15");
  const auto only = [&]() -> Difference {
    auto fold = install::FoldOf("registration", config_.system());
    const auto check = install::CheckState(**backend, *fold);
    EXPECT_TRUE(check.ok()) << check.status();
    EXPECT_EQ(check->differences.size(), 1u);
    return check->differences.empty() ? Difference() : check->differences.front();
  };
  Write(**backend, row.key, stored.SerializeAsString());
  EXPECT_EQ(only().subject, "fact KR/holiday/000001");
  EXPECT_EQ(only().field, "document");
  Write(**backend, row.key, std::nullopt);
  EXPECT_EQ(only().stored, "(no record)");
  Write(**backend, row.key, row.value);
  Write(**backend, row.key + "9", row.value);
  EXPECT_EQ(only().by_documents, "(none)");
  Write(**backend, row.key + "9", std::nullopt);
}

TEST_F(StateCheckTest, TheStoreDoesNotVerifyAndAccountNumbersAreNotShown) {
  std::string key, before;
  {
    const auto backend = host::OpenStore(config_, "payment");
    ASSERT_TRUE(backend.ok()) << backend.status();
    const kv::KeyValue row = FirstRow(**backend, procurement::kAccountTable);
    payment::store::v1::AccountRecord record;
    ASSERT_TRUE(record.ParseFromString(row.value));
    key = row.key;
    before = row.value;
    record.mutable_account()->mutable_active()->set_account_number("999-888-777666");
    Write(**backend, key, record.SerializeAsString());
  }
  const install::StoreCheck check = Check("payment");
  EXPECT_EQ(ErrorReason(check.status), "STATE_DIFFERS");
  EXPECT_EQ(check.status.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ErrorMetadataOf(check.status)["field"], "account.active.account_number");
  ASSERT_EQ(check.differences.size(), 1u);
  EXPECT_THAT(check.differences[0].stored, testing::StartsWith("sha256 "));
  EXPECT_THAT(check.differences[0].by_documents, testing::StartsWith("sha256 "));
  const auto backend = host::OpenStore(config_, "payment");
  ASSERT_TRUE(backend.ok()) << backend.status();
  Write(**backend, key, before);
}

}  // namespace
}  // namespace jodal
