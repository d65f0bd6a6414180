#include "procurement/people/roles.h"

namespace jodal::procurement {
namespace {

constexpr unsigned Of(OrganizationType type) { return 1u << static_cast<unsigned>(type); }
constexpr unsigned kNobody = 0;

struct RoleRule {
  const char* role;
  unsigned types;
};

constexpr RoleRule kRules[] = {
    {kRoleRepresentative, kNobody},
    {kRoleSupplier, Of(OrganizationType::kSupplier)},
    {kRoleOfficer, Of(OrganizationType::kAgency)},
    {kRoleApprover, Of(OrganizationType::kAgency)},
    {kRoleCommittee, Of(OrganizationType::kAgency) | Of(OrganizationType::kAuditor)},
    {kRoleInspector, Of(OrganizationType::kAgency)},
    {kRolePaymaster, Of(OrganizationType::kAgency)},
    {kRoleBank, Of(OrganizationType::kBank)},
    {kRoleAuditor, Of(OrganizationType::kAuditor)},
    {kRoleRegistrar, kNobody},
};

const RoleRule* Find(absl::string_view role) {
  for (const RoleRule& rule : kRules) {
    if (rule.role == role) return &rule;
  }
  return nullptr;
}

}  // namespace

bool IsRole(absl::string_view role) { return Find(role) != nullptr; }

bool MayRegisterFor(absl::string_view role, OrganizationType type) {
  const RoleRule* rule = Find(role);
  return rule != nullptr && (rule->types & Of(type)) != 0;
}

std::vector<std::string> RepresentativeRoles(OrganizationType type) {
  switch (type) {
    case OrganizationType::kSupplier:
      return {kRoleRepresentative, kRoleSupplier};
    case OrganizationType::kAgency:
      return {kRoleRepresentative};
    case OrganizationType::kBank:
      return {kRoleRepresentative, kRoleBank};
    case OrganizationType::kAuditor:
      return {kRoleRepresentative, kRoleAuditor};
  }
  return {};
}

}  // namespace jodal::procurement
