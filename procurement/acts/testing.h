// What the rows of acts promise, walked for any case: every act in every state, every wrong caller.
#ifndef JODAL_PROCUREMENT_ACTS_TESTING_H_
#define JODAL_PROCUREMENT_ACTS_TESTING_H_

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/error.h"
#include "procurement/acts/act.h"

namespace jodal::procurement::testing {

// The acts of a list of documents, in the order of documents.proto.
template <typename... Docs>
std::vector<const Act*> ActsOf(DocumentList<Docs...> list) {
  std::vector<const Act*> out;
  for (const Act* act : Acts()) {
    if (VisitKind(list, act->kind(), []<typename Doc>(const Act&) {})) out.push_back(act);
  }
  return out;
}

template <typename Case>
struct Walk {
  std::vector<const Act*> acts;
  const google::protobuf::EnumDescriptor* states;
  // A case in this state as a life of it would have left it, with what the act needs of it.
  std::function<Case(const std::string& state, const Act& act)> in;
  std::function<absl::Status(const Act& act, const Actor* actor, Case& state)> apply;
  std::function<Standing(const Case& state)> standing;
  std::string right_person = "P-new";  // where a case names the person who may sign
};

inline std::vector<std::string> NamesOf(const google::protobuf::EnumDescriptor& states) {
  std::vector<std::string> out = {"NONE"};
  for (int i = 1; i < states.value_count(); ++i) out.push_back(states.value(i)->name());
  return out;
}

template <typename Case>
void EveryStateTimesEveryAct(const Walk<Case>& walk) {
  for (const Act* act : walk.acts) {
    const std::set<std::string> from(act->from().begin(), act->from().end());
    const std::set<std::string> to(act->to().begin(), act->to().end());
    size_t allowed = 0;
    for (const std::string& name : NamesOf(*walk.states)) {
      SCOPED_TRACE(absl::StrCat(act->kind(), " in ", name));
      Case state = walk.in(name, *act);
      const std::string before = state.SerializeAsString();
      const absl::Status status = walk.apply(*act, nullptr, state);
      if (from.count(name) != 0) {
        ++allowed;
        EXPECT_TRUE(status.ok()) << status;
        EXPECT_EQ(to.count(walk.standing(state).state), 1u) << walk.standing(state).state;
      } else {
        EXPECT_EQ(ErrorReason(status), "WRONG_STATE") << status;
        EXPECT_EQ(ErrorMetadataOf(status)["state"], name);
        EXPECT_EQ(ErrorMetadataOf(status)["act"], act->kind());
        EXPECT_EQ(state.SerializeAsString(), before) << "a refusal changes nothing";
      }
    }
    EXPECT_EQ(allowed, from.size()) << act->kind();
  }
}

// As services ask: the role first, the rest by the fold.
template <typename Case>
void EveryWrongCaller(const Walk<Case>& walk) {
  for (const Act* act : walk.acts) {
    SCOPED_TRACE(act->kind());
    const auto by = [&](const Actor& actor, const std::string& state) {
      const absl::Status role = CheckRole(*act, actor);
      if (!role.ok()) return role;
      Case copy = walk.in(state, *act);
      return walk.apply(*act, &actor, copy);
    };
    const std::string state = act->from(0);
    const Parties parties = walk.standing(walk.in(state, *act)).parties;
    Actor right{walk.right_person, PartyId(*act, parties), {"staff"}};
    if (!act->role().empty()) right.roles.push_back(act->role());
    EXPECT_TRUE(by(right, state).ok()) << by(right, state);
    if (act->party() == Act::APPLICANT) continue;  // anyone
    for (const std::string& organization :
         {std::string("X-9"), std::string(), parties.agency_id, parties.supplier_id,
          parties.bank_id, parties.organization_id}) {
      if (organization == right.organization_id) continue;
      Actor elsewhere = right;
      elsewhere.organization_id = organization;
      EXPECT_EQ(ErrorReason(by(elsewhere, state)), "NOT_ALLOWED") << organization;
    }
    Actor without_role = right;
    without_role.roles = {"staff"};
    EXPECT_EQ(ErrorReason(by(without_role, state)), act->role().empty() ? "" : "NOT_ALLOWED");
    if (act->other_than().empty()) continue;
    int met = 0;
    for (const std::string& from : act->from()) {
      for (const std::string& signer : walk.standing(walk.in(from, *act)).signers) {
        ++met;
        Actor again = right;
        again.person_id = signer;
        const absl::Status status = by(again, from);
        EXPECT_EQ(ErrorReason(status), "FOUR_EYES") << status;
        EXPECT_EQ(ErrorMetadataOf(status)["signed"], act->other_than());
      }
    }
    EXPECT_GT(met, 0) << "nobody had signed before";
  }
}

}  // namespace jodal::procurement::testing

#endif  // JODAL_PROCUREMENT_ACTS_TESTING_H_
