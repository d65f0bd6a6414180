#include "procurement/register/register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "common/status/error.h"

namespace jodal::procurement {
namespace {

using document::v1::FactRecord;

constexpr char kSupplier[] = "S-1248100998";

FactRecord Holiday() {
  FactRecord d;
  d.set_subject("KR");
  d.set_type("holiday");
  d.set_value("추석");
  d.set_valid_from("2026-09-23T15:00:00Z");  // 24 September in Korea
  d.set_valid_to("2026-09-26T15:00:00Z");
  d.set_source("관공서의 공휴일에 관한 규정 제2조");
  return d;
}

FactRecord Sanction() {
  FactRecord d;
  d.set_subject(kSupplier);
  d.set_type("sanction");
  d.set_value("collusion");
  d.set_valid_from("2026-03-01T00:00:00Z");
  d.set_valid_to("2027-03-01T00:00:00Z");
  d.set_source("조달청 제2026-12호");
  d.set_evidence_sha256(std::string(64, 'e'));
  return d;
}

absl::Time At(const std::string& utc) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, utc, &time, &error)) << error;
  return time;
}

// The facts of some documents, in that order; their digests are "1", "2", ...
std::vector<DatedFact> Recorded(const std::vector<FactRecord>& documents) {
  std::vector<DatedFact> out;
  for (const FactRecord& d : documents) {
    auto fact = ParseFact(d, std::to_string(out.size() + 1));
    EXPECT_TRUE(fact.ok()) << fact.status();
    if (fact.ok()) out.push_back(*fact);
  }
  return out;
}

TEST(Register, AFactIsWhatItsTypeAllows) {
  struct Case {
    const char* reason;  // "" for none
    FactRecord (*of)();
    std::function<void(FactRecord&)> change;
  } cases[] = {
      {"", Holiday, [](FactRecord&) {}},
      {"", Holiday, [](FactRecord& d) { d.set_evidence_sha256(std::string(64, 'a')); }},
      {"FACT_TYPE_UNKNOWN", Holiday, [](FactRecord& d) { d.set_type("weather"); }},
      {"FACT_SUBJECT_INVALID", Holiday, [](FactRecord& d) { d.set_subject("JP"); }},
      {"FACT_SUBJECT_INVALID", Holiday, [](FactRecord& d) { d.set_subject(kSupplier); }},
      {"FACT_TEXT_INVALID", Holiday, [](FactRecord& d) { d.clear_value(); }},
      {"FACT_TEXT_INVALID", Holiday, [](FactRecord& d) { d.clear_source(); }},
      {"", Holiday, [](FactRecord& d) { d.set_source(std::string(kFactTextCharactersMax, 'x')); }},
      {"FACT_TEXT_INVALID", Holiday,
       [](FactRecord& d) { d.set_source(std::string(kFactTextCharactersMax + 1, 'x')); }},
      {"FACT_PERIOD_INVALID", Holiday, [](FactRecord& d) { d.clear_valid_to(); }},
      {"FACT_PERIOD_INVALID", Holiday,
       [](FactRecord& d) { d.set_valid_to("2026-09-26T15:00:01Z"); }},
      {"FACT_PERIOD_INVALID", Holiday,
       [](FactRecord& d) { d.set_valid_from("2026-09-24T00:00:00Z"); }},
      {"FACT_PERIOD_INVALID", Holiday,
       [](FactRecord& d) { d.set_valid_to("2026-09-27T00:00:00+09:00"); }},
      {"FACT_PERIOD_INVALID", Holiday, [](FactRecord& d) { d.set_valid_to("infinite-future"); }},
      {"FACT_PERIOD_INVALID", Holiday, [](FactRecord& d) { d.set_valid_to(d.valid_from()); }},
      {"", Holiday,
       [](FactRecord& d) {
         d.set_valid_to(d.valid_from());
         d.set_replaces("1");
       }},
      {"FACT_EVIDENCE_INVALID", Holiday, [](FactRecord& d) { d.set_evidence_sha256("ab"); }},

      {"", Sanction, [](FactRecord&) {}},
      {"FACT_SUBJECT_INVALID", Sanction, [](FactRecord& d) { d.set_subject("KR"); }},
      {"FACT_SUBJECT_INVALID", Sanction, [](FactRecord& d) { d.set_subject("S-1248100999"); }},
      {"FACT_VALUE_UNKNOWN", Sanction, [](FactRecord& d) { d.set_value("rudeness"); }},
      {"FACT_PERIOD_INVALID", Sanction, [](FactRecord& d) { d.clear_valid_to(); }},
      {"", Sanction, [](FactRecord& d) { d.set_valid_to("2028-03-01T00:00:00Z"); }},
      {"FACT_PERIOD_INVALID", Sanction,
       [](FactRecord& d) { d.set_valid_to("2028-03-01T00:00:01Z"); }},
      {"FACT_EVIDENCE_INVALID", Sanction, [](FactRecord& d) { d.clear_evidence_sha256(); }},
  };
  for (const Case& c : cases) {
    FactRecord document = c.of();
    c.change(document);
    SCOPED_TRACE(document.ShortDebugString());
    EXPECT_EQ(ErrorReason(ParseFact(document, "1").status()), c.reason);
  }
}

TEST(Register, AnswersByTimeAndKeepsWhatItSaid) {
  FactRecord lifted = Sanction();
  lifted.set_valid_to("2026-06-01T00:00:00Z");
  lifted.set_replaces("1");
  FactRecord other = Sanction();
  other.set_value("fraud");
  other.set_valid_from("2026-08-01T00:00:00Z");
  const std::vector<DatedFact> facts = Recorded({Sanction(), lifted, other});
  const auto at = [&](size_t known, const std::string& utc) {
    const DatedFact* fact = FactAt(absl::MakeConstSpan(facts).first(known), At(utc));
    return fact == nullptr ? std::string() : fact->sha256;
  };
  EXPECT_EQ(at(1, "2026-02-28T23:59:59Z"), "");
  EXPECT_EQ(at(1, "2026-03-01T00:00:00Z"), "1");
  EXPECT_EQ(at(1, "2027-02-28T23:59:59.999999999Z"), "1");
  EXPECT_EQ(at(1, "2027-03-01T00:00:00Z"), "");
  // From the second one on: it stands in the place of the first, which still answers for those who
  // knew no more.
  EXPECT_EQ(at(2, "2026-05-31T23:59:59Z"), "2");
  EXPECT_EQ(at(2, "2026-06-01T00:00:00Z"), "");
  EXPECT_EQ(at(1, "2026-06-01T00:00:00Z"), "1");
  EXPECT_EQ(at(3, "2026-08-01T00:00:00Z"), "3");
  EXPECT_EQ(FactAt({}, At("2026-08-01T00:00:00Z")), nullptr);
}

TEST(Register, OneFactIsReplacedOnce) {
  FactRecord second = Holiday();
  second.set_replaces("1");
  FactRecord third = second;
  third.set_replaces("2");
  FactRecord strange = second;
  strange.set_replaces("9");
  const std::vector<DatedFact> facts = Recorded({Holiday(), second, third, strange});
  const auto check = [&](size_t known, const DatedFact& next) {
    return ErrorReason(CheckNextFact(absl::MakeConstSpan(facts).first(known), next));
  };
  EXPECT_EQ(check(0, facts[0]), "");
  EXPECT_EQ(check(1, facts[1]), "");
  EXPECT_EQ(check(0, facts[1]), "FACT_NOT_FOUND");
  EXPECT_EQ(check(2, facts[1]), "FACT_REPLACED");
  EXPECT_EQ(check(2, facts[2]), "");
  EXPECT_EQ(check(2, facts[3]), "FACT_NOT_FOUND");
  std::vector<DatedFact> full(kFactsMax - 1, facts[0]);
  EXPECT_EQ(ErrorReason(CheckNextFact(full, facts[0])), "");
  full.push_back(facts[0]);
  EXPECT_EQ(ErrorReason(CheckNextFact(full, facts[0])), "FACTS_LIMIT");
}

TEST(Register, HolidaysAreTheDaysOfTheFactsThatCount) {
  FactRecord moved = Holiday();
  moved.set_valid_from("2026-09-24T15:00:00Z");
  moved.set_replaces("1");
  FactRecord withdrawn = moved;
  withdrawn.set_valid_to(withdrawn.valid_from());
  withdrawn.set_replaces("2");
  const std::vector<DatedFact> facts = Recorded({Holiday(), moved, withdrawn});
  const auto known = [&](size_t n) { return HolidaysOf(absl::MakeConstSpan(facts).first(n)); };
  const absl::CivilDay thursday(2026, 9, 24);
  EXPECT_THAT(known(0), testing::IsEmpty());
  EXPECT_THAT(known(1), testing::ElementsAre(thursday, thursday + 1, thursday + 2));
  EXPECT_THAT(known(2), testing::ElementsAre(thursday + 1, thursday + 2));
  EXPECT_THAT(known(3), testing::IsEmpty());
  EXPECT_TRUE(IsWorkingDay(thursday, known(0)));
  EXPECT_FALSE(IsWorkingDay(thursday, known(1)));
}

TEST(Register, TheEntrySaysWhatTheDocumentSays) {
  const FactRecord document = Sanction();
  EXPECT_EQ(RecordedFact(FactEvent(document, "1", 7)).SerializeAsString(),
            document.SerializeAsString());
}

TEST(Register, TypesAreListedById) {
  absl::string_view last;
  for (const FactType& type : FactTypes()) {
    EXPECT_LT(last, type.id);
    last = type.id;
    EXPECT_EQ(FindFactType(type.id), &type);
    EXPECT_FALSE(type.ko.empty() || type.en.empty() || type.article.empty());
    for (const FactWord& word : type.words) {
      EXPECT_FALSE(word.ko.empty() || word.en.empty() || word.article.empty()) << word.id;
    }
  }
}

}  // namespace
}  // namespace jodal::procurement
