#include "procurement/acts/act.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "procurement/acts/account.h"
#include "procurement/acts/contract.h"
#include "procurement/acts/payment.h"
#include "procurement/acts/registration.h"
#include "procurement/acts/testing.h"

namespace jodal::procurement {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;

// The states of the case that the act's list of documents belongs to, null if it is in none.
const EnumDescriptor* StatesOf(const Act& act) {
  const EnumDescriptor* found = nullptr;
  int lists = 0;
  const auto look = [&](auto list, const EnumDescriptor* states) {
    if (!VisitKind(list, act.kind(), []<typename Doc>(const Act&) {})) return;
    ++lists;
    found = states;
  };
  look(ContractDocuments(), contract::v1::Contract::State_descriptor());
  look(AccountDocuments(), payment::v1::Account::State_descriptor());
  look(PaymentDocuments(), payment::v1::Payment::State_descriptor());
  look(OrganizationDocuments(), registration::v1::Organization::State_descriptor());
  look(PersonDocuments(), registration::v1::Person::State_descriptor());
  EXPECT_LE(lists, 1) << act.kind();
  return found;
}

// What a row must say to be one: else the log, the timeline or the command line would be silent.
TEST(Acts, RowsAreComplete) {
  std::set<std::string> kinds, events, verbs;
  for (const Act* act : Acts()) {
    SCOPED_TRACE(act->kind());
    EXPECT_TRUE(kinds.insert(act->kind()).second);
    EXPECT_TRUE(events.insert(act->event()).second);
    EXPECT_TRUE(verbs.insert(act->verb()).second);
    EXPECT_NE(act->party(), Act::PARTY_UNSPECIFIED);
    EXPECT_FALSE(act->actor().empty());
    EXPECT_GE(act->to_size(), 1);
    const EnumDescriptor* of_case = StatesOf(*act);
    ASSERT_NE(of_case, nullptr) << "in no list of documents";
    const auto known = testing::NamesOf(*of_case);
    EXPECT_GE(act->from_size(), 1);
    for (const auto& states : {act->from(), act->to()}) {
      for (const std::string& state : states) EXPECT_THAT(known, ::testing::Contains(state));
    }
    EXPECT_TRUE(act->other_than().empty() || ActOfKind(act->other_than()) != nullptr);
    EXPECT_FALSE(act->ko().empty());
    EXPECT_FALSE(act->en().empty());
    EXPECT_THAT(act->example(), ::testing::HasSubstr(absl::StrCat("jodal ", act->verb())));
    EXPECT_FALSE(act->help().empty());
    EXPECT_EQ(ActOfKind(act->kind()), act);
  }
  EXPECT_EQ(ActOfKind("notice"), nullptr);
  EXPECT_EQ(ActOfKind(""), nullptr);
}

// What the sentences and clients' flags say of documents and events exists there.
TEST(Acts, FieldsThatRowsNameExist) {
  const auto* file = document::v1::ContractOffer::descriptor()->file();
  const auto* events = event::v1::Event::descriptor();
  const std::set<const Descriptor*> acted = {
      events->FindFieldByName("contract_acted")->message_type(),
      events->FindFieldByName("account_acted")->message_type(),
      events->FindFieldByName("payment_acted")->message_type(),
      events->FindFieldByName("organization_acted")->message_type(),
      events->FindFieldByName("person_acted")->message_type()};
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Act* act = ActOf(*file->message_type(i));
    if (act == nullptr) continue;
    SCOPED_TRACE(act->kind());
    // A registration names no case: it makes one.
    EXPECT_EQ(act->of().empty(), act->party() == Act::APPLICANT);
    if (!act->of().empty()) {
      EXPECT_NE(file->message_type(i)->FindFieldByName(act->of()), nullptr) << act->of();
    }
    for (const std::string& text : {act->ko(), act->en()}) {
      for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
        const std::string name = text.substr(at + 1, text.find_first_of(":}", at) - at - 1);
        EXPECT_TRUE(std::any_of(acted.begin(), acted.end(), [&](const Descriptor* body) {
          return body->FindFieldByName(name) != nullptr;
        })) << name;
      }
    }
  }
}

// Every public event has a sentence in both languages; a {field} that is none would show as
// nothing.
TEST(Summaries, OfEveryEvent) {
  const auto* kinds = event::v1::Event::descriptor()->FindOneofByName("kind");
  const std::set<std::string> without = {"session_opened", "tender_created", "notice_submitted",
                                         "notice_approved", "log_observed"};
  for (int i = 0; i < kinds->field_count(); ++i) {
    const auto* field = kinds->field(i);
    SCOPED_TRACE(field->name());
    if (absl::EndsWith(field->name(), "_acted")) {  // its documents say it
      EXPECT_NE(field->message_type()->FindFieldByName("kind"), nullptr);
      continue;
    }
    const auto& sentence = field->message_type()->options().GetExtension(event::v1::sentence);
    EXPECT_EQ(sentence.ko().empty(), without.count(field->name()) != 0);
    EXPECT_EQ(sentence.en().empty(), without.count(field->name()) != 0);
    for (const std::string& text :
         {sentence.ko(), sentence.en(), sentence.void_ko(), sentence.void_en()}) {
      for (size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
        const std::string name = text.substr(at + 1, text.find_first_of(":}", at) - at - 1);
        EXPECT_NE(field->message_type()->FindFieldByName(name), nullptr) << name;
      }
    }
  }
  event::v1::Event opened;
  opened.mutable_bid_opened()->set_supplier_id("S-1");
  opened.mutable_bid_opened()->set_amount(1'234'567);
  EXPECT_EQ(Summarize(opened).en, "bid of S-1: 1,234,567");
  opened.mutable_bid_opened()->set_void_reason("PRICE_INVALID");
  EXPECT_EQ(Summarize(opened).en, "bid of S-1 void: PRICE_INVALID");
  event::v1::Event closed;
  closed.mutable_box_closed()->set_count(3);
  closed.mutable_box_closed()->set_root(std::string(64, 'a'));
  EXPECT_EQ(Summarize(closed).en, "box closed with 3 bids, root aaaaaaaaaaaa");
  EXPECT_EQ(Summarize({}).en, "");
}

}  // namespace
}  // namespace jodal::procurement
