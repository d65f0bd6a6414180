#include "procurement/notice/committee.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/crypto/ec.h"
#include "tests/support/notice_path.h"

namespace jodal::procurement {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

Committee Make(int quorum, int size) {
  Committee out{quorum, {}};
  for (int i = 1; i <= size; ++i) {
    CommitteeMember m;
    m.number = i;
    m.person_id = absl::StrCat("A-1.", i);
    m.organization_id = "A-1";
    m.cert_sha256 = absl::StrCat("cert ", i);
    m.spki = crypto::P256PrivateKey::Derive(absl::StrCat("member ", i)).SpkiDer();
    m.outside_agency = i == size;
    out.members.push_back(m);
  }
  return out;
}

std::vector<std::string> Codes(const std::vector<Violation>& violations) {
  std::vector<std::string> out;
  for (const Violation& v : violations) {
    EXPECT_TRUE(testing_support::ResolvesInNotice(v.field)) << v.code << " " << v.field;
    EXPECT_EQ(v.source, "") << v.code;
    out.push_back(v.code);
  }
  return out;
}

TEST(Committee, SizesAndQuorums) {
  struct Case {
    int quorum, size;
    std::vector<std::string> codes;
  };
  const Case cases[] = {
      {3, 5, {}},
      {2, 3, {}},
      {15, 16, {}},
      {2, 2, {"COMMITTEE_SIZE", "COMMITTEE_QUORUM"}},
      {1, 1, {"COMMITTEE_SIZE", "COMMITTEE_QUORUM"}},
      {1, 3, {"COMMITTEE_QUORUM"}},
      {3, 3, {"COMMITTEE_QUORUM"}},
      {0, 3, {"COMMITTEE_QUORUM"}},
      {15, 17, {"COMMITTEE_SIZE"}},
  };
  // A training system's committees go by the same rule: only where members come from is waived.
  for (const bool training : {false, true}) {
    for (const Case& c : cases) {
      EXPECT_THAT(Codes(CheckCommittee(Make(c.quorum, c.size), training)),
                  ElementsAreArray(c.codes))
          << c.quorum << " of " << c.size << (training ? " in training" : "");
    }
    EXPECT_THAT(Codes(CheckCommittee({}, training)).at(0), "COMMITTEE_SIZE");
  }
}

TEST(Committee, OneChangeOneViolation) {
  struct Case {
    const char* code;
    const char* field;
    void (*change)(Committee&);
  };
  const Case cases[] = {
      {"COMMITTEE_INDEXES", "committee[1].member", [](Committee& c) { c.members[1].number = 1; }},
      {"COMMITTEE_INDEXES", "committee[4].member", [](Committee& c) { c.members[4].number = 6; }},
      {"COMMITTEE_INDEXES", "committee[0].member",
       [](Committee& c) { std::swap(c.members[0].number, c.members[1].number); }},
      {"COMMITTEE_MEMBER_REPEATED", "committee[3].person_id",
       [](Committee& c) { c.members[3].person_id = c.members[0].person_id; }},
      {"COMMITTEE_MEMBER_REPEATED", "committee[2].person_id",
       [](Committee& c) { c.members[2].person_id.clear(); }},
      {"COMMITTEE_MEMBER_REPEATED", "committee[3].spki",
       [](Committee& c) { c.members[3].spki = c.members[0].spki; }},
      {"COMMITTEE_KEY", "committee[2].spki", [](Committee& c) { c.members[2].spki = "key"; }},
      {"COMMITTEE_NO_OUTSIDE_MEMBER", "committee",
       [](Committee& c) { c.members[4].outside_agency = false; }},
  };
  for (const Case& c : cases) {
    Committee committee = Make(3, 5);
    c.change(committee);
    const auto violations = CheckCommittee(committee, false);
    ASSERT_THAT(Codes(violations), ElementsAre(c.code)) << c.field;
    EXPECT_EQ(violations[0].field, c.field);
  }
  Committee inside = Make(3, 5);
  inside.members[4].outside_agency = false;
  EXPECT_THAT(CheckCommittee(inside, true), testing::IsEmpty());
}

TEST(Committee, AMemberIsWhoTheRegistrationSays) {
  const CommitteeMember member = Make(3, 5).members[1];
  const MemberFacts good{true, true, "A-1", member.cert_sha256, member.spki};
  EXPECT_THAT(CheckMember(member, 1, "A-1", good), testing::IsEmpty());
  EXPECT_THAT(Codes(CheckMember(member, 1, "A-1", std::nullopt)),
              ElementsAre("COMMITTEE_MEMBER_UNKNOWN"));
  struct Case {
    const char* code;
    const char* field;
    void (*change)(MemberFacts&);
  };
  const Case cases[] = {
      {"COMMITTEE_MEMBER_NOT_ACTIVE", "committee[1].person_id",
       [](MemberFacts& f) { f.active = false; }},
      {"COMMITTEE_MEMBER_ROLE", "committee[1].person_id",
       [](MemberFacts& f) { f.committee_role = false; }},
      {"COMMITTEE_MEMBER_CERTIFICATE", "committee[1].cert_sha256",
       [](MemberFacts& f) { f.encryption_cert_sha256 = "other"; }},
      {"COMMITTEE_MEMBER_CERTIFICATE", "committee[1].cert_sha256",
       [](MemberFacts& f) { f.encryption_cert_sha256.clear(); }},
      {"COMMITTEE_MEMBER_KEY", "committee[1].spki",
       [](MemberFacts& f) { f.encryption_spki = "other"; }},
  };
  for (const Case& c : cases) {
    MemberFacts facts = good;
    c.change(facts);
    const auto violations = CheckMember(member, 1, "A-1", facts);
    ASSERT_THAT(Codes(violations), ElementsAre(c.code));
    EXPECT_EQ(violations[0].field, c.field);
  }
  MemberFacts elsewhere = good;
  elsewhere.organization_id = "A-2";
  EXPECT_THAT(Codes(CheckMember(member, 1, "A-1", elsewhere)),
              ElementsAre("COMMITTEE_MEMBER_ORGANIZATION", "COMMITTEE_OUTSIDE_FLAG"));
  EXPECT_THAT(Codes(CheckMember(member, 1, "A-3", good)), ElementsAre("COMMITTEE_OUTSIDE_FLAG"));
}

}  // namespace
}  // namespace jodal::procurement
