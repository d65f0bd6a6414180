#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "procurement/people/business_number.h"
#include "procurement/people/email.h"
#include "procurement/people/organization.h"
#include "procurement/people/roles.h"

namespace jodal::procurement {
namespace {

TEST(BusinessNumber, KnowsPublicNumbers) {
  for (const char* number : {"1248100998", "2208162517", "1208147521"}) {
    EXPECT_TRUE(BusinessNumber::Parse(number).has_value()) << number;
  }
}

TEST(BusinessNumber, RefusesEveryOtherCheckDigitAndEverySingleWrongDigit) {
  const std::string good = "1248100998";
  for (size_t i = 0; i < good.size(); ++i) {
    for (char c = '0'; c <= '9'; ++c) {
      std::string number = good;
      number[i] = c;
      EXPECT_EQ(BusinessNumber::Parse(number).has_value(), c == good[i]) << number;
    }
  }
}

TEST(BusinessNumber, RefusesWhatIsNotTenDigits) {
  for (const char* number : {"", "124810099", "12481009980", "124-81-00998", "124810099a",
                             "0000000000", " 124810099", "１248100998"}) {
    EXPECT_FALSE(BusinessNumber::Parse(number).has_value()) << number;
  }
  EXPECT_FALSE(BusinessNumberCheckDigit("12345678").has_value());
  EXPECT_FALSE(BusinessNumberCheckDigit("12345678x").has_value());
}

TEST(BusinessNumber, CheckDigitMakesValidNumbers) {
  for (int i = 1; i < 2000; ++i) {
    const std::string nine = absl::StrCat(100000000 + i * 433331);
    ASSERT_EQ(nine.size(), 9u);
    EXPECT_TRUE(
        BusinessNumber::Parse(absl::StrCat(nine, std::string(1, *BusinessNumberCheckDigit(nine))))
            .has_value());
  }
}

TEST(Ids, RoundTripAndHaveOneSpelling) {
  for (const char* id : {"S-1248100998", "A-2208162517", "B-1208147521", "U-1248100998"}) {
    auto parsed = OrganizationId::Parse(id);
    ASSERT_TRUE(parsed.has_value()) << id;
    EXPECT_EQ(parsed->ToString(), id);
  }
  for (const char* id : {"", "S-", "X-1248100998", "S-1248100999", "s-1248100998", "1248100998"}) {
    EXPECT_FALSE(OrganizationId::Parse(id).has_value()) << id;
  }
  ASSERT_TRUE(PersonId::Parse("S-1248100998.12").has_value());
  EXPECT_EQ(PersonId::Parse("S-1248100998.12")->number, 12);
  for (const char* id : {"S-1248100998", "S-1248100998.", "S-1248100998.0", "S-1248100998.01",
                         "S-1248100998.+1", "S-1248100998. 1", "S-1248100998.1.1", "registrar"}) {
    EXPECT_FALSE(PersonId::Parse(id).has_value()) << id;
  }
}

TEST(Roles, TableByType) {
  std::set<std::string> got;
  for (OrganizationType type : kOrganizationTypes) {
    for (const char* role : {"representative", "supplier", "officer", "approver", "committee",
                             "inspector", "paymaster", "bank", "auditor", "registrar", "king"}) {
      if (MayRegisterFor(role, type)) got.insert(absl::StrCat(TypeName(type), " ", role));
    }
    EXPECT_EQ(RepresentativeRoles(type).front(), "representative");
  }
  EXPECT_EQ(got, (std::set<std::string>{"supplier supplier", "agency officer", "agency approver",
                                        "agency committee", "agency inspector", "agency paymaster",
                                        "bank bank", "auditor auditor", "auditor committee"}));
  EXPECT_TRUE(IsRole("registrar"));
  EXPECT_FALSE(IsRole("king"));
}

TEST(Email, EmailAddresses) {
  for (const char* good : {"a@b.kr", "kim.officer+x@gov.example.kr"}) {
    EXPECT_TRUE(IsEmailAddress(good)) << good;
  }
  for (const char* bad : {"", "a", "@b.kr", "a@", "a@b", "a@.kr", "a@b.", "a@b@c.kr", "a b@c.kr",
                          "a@b.kr\n", "가@b.kr"}) {
    EXPECT_FALSE(IsEmailAddress(bad)) << bad;
  }
  EXPECT_TRUE(IsEmailAddress(absl::StrCat(std::string(249, 'a'), "@b.kr")));
  EXPECT_FALSE(IsEmailAddress(absl::StrCat(std::string(250, 'a'), "@b.kr")));
}

}  // namespace
}  // namespace jodal::procurement
