#include "procurement/method/method.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "jodal/tender/v1/tender.pb.h"

namespace jodal::procurement {
namespace {

const rules::RuleSet& Set(absl::string_view id) { return **rules::FindRuleSet(id); }

TEST(Methods, HaveIdsOfTheirOwnAndEveryColumnFilled) {
  std::set<std::string> ids;
  for (const Method* method : Methods()) {
    EXPECT_TRUE(ids.insert(method->id).second) << method->id;
    EXPECT_EQ(FindMethod(method->id), method);
    for (const char* text :
         {method->name_ko, method->name_en, method->article_state, method->article_local}) {
      EXPECT_STRNE(text, "") << method->id;
    }
    EXPECT_FALSE(method->price_sources.empty()) << method->id;
    EXPECT_NE(method->check, nullptr) << method->id;
    EXPECT_NE(method->void_reason, nullptr) << method->id;
    EXPECT_NE(method->evaluate, nullptr) << method->id;
    EXPECT_STRNE(method->article(rules::Regime::kState), method->article(rules::Regime::kLocal));
  }
  EXPECT_THAT(ids, testing::ElementsAre("qualification", "small_quote"));
  EXPECT_EQ(FindMethod("QUALIFICATION"), nullptr);
  EXPECT_EQ(FindMethod(""), nullptr);
}

TEST(Methods, EveryRuleSetHasItsMethodAndEveryMethodARuleSet) {
  std::set<const Method*> used;
  for (const rules::RuleSet& rule_set : rules::AllRuleSets()) {
    ASSERT_NE(FindMethod(rule_set.method), nullptr) << rule_set.id;
    EXPECT_EQ(&MethodOf(rule_set), FindMethod(rule_set.method));
    used.insert(&MethodOf(rule_set));
  }
  EXPECT_EQ(used.size(), Methods().size());
}

// The columns are read by name from the published result.
TEST(Methods, ColumnsAreFieldsOfTheResult) {
  using As = Column::As;
  const auto* result = tender::v1::EvaluationResult::Lot::descriptor();
  for (const Method* method : Methods()) {
    EXPECT_FALSE(method->columns.empty()) << method->id;
    for (const Column& column : method->columns) {
      const auto* field = result->FindFieldByName(column.field);
      ASSERT_NE(field, nullptr) << column.field;
      EXPECT_FALSE(field->is_repeated()) << column.field;
      EXPECT_EQ(field->cpp_type(), column.as == As::kWord
                                       ? google::protobuf::FieldDescriptor::CPPTYPE_STRING
                                       : google::protobuf::FieldDescriptor::CPPTYPE_INT64)
          << column.field;
      EXPECT_STRNE(column.name_ko, "") << column.field;
      EXPECT_STRNE(column.name_en, "") << column.field;
    }
  }
}

TEST(Methods, SayWhatABidMustHold) {
  EXPECT_EQ(WhatABidHolds(Set("kr-state-goods-2026")),
            "a price above 0 and 2 different numbers from 1 to 15");
  rules::RuleSet three = Set("kr-local-goods-quote-2024");
  three.draw.picks = 3;
  three.draw.count = 10;
  EXPECT_EQ(WhatABidHolds(three), "a price above 0 and 3 different numbers from 1 to 10");
  const Method& method = MethodOf(three);
  EXPECT_STREQ(method.void_reason({1, {1, 2, 10}}, three), "");
  EXPECT_STREQ(method.void_reason({1, {1, 2, 11}}, three), "PICKS_INVALID");
  EXPECT_STREQ(method.void_reason({1, {1, 2}}, three), "PICKS_INVALID");
  EXPECT_TRUE(method.takes_prices_from("verifiable"));
  EXPECT_TRUE(method.takes_prices_from("entered"));
  EXPECT_FALSE(method.takes_prices_from(""));
}

}  // namespace
}  // namespace jodal::procurement
