// What people may do, and people of which organisations may do it.
//
//   role            of                what for
//   representative  every type        speaks for the organisation; comes with its registration
//   supplier        supplier          bids, signs contracts, reports deliveries, invoices
//   officer         agency            makes notices and decisions
//   approver        agency            second signature under a notice
//   committee       agency, auditor   holds a share of every bid's key (auditor: an outside member)
//   inspector       agency            accepts deliveries
//   paymaster       agency            approves payments, two of them each
//   bank            bank              carries out payment orders
//   auditor         auditor           reads what is restricted
//   registrar       the operator      approves organisations; configured, never registered
#ifndef JODAL_PROCUREMENT_PEOPLE_ROLES_H_
#define JODAL_PROCUREMENT_PEOPLE_ROLES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "procurement/people/organization.h"

namespace jodal::procurement {

inline constexpr char kRoleRepresentative[] = "representative";
inline constexpr char kRoleSupplier[] = "supplier";
inline constexpr char kRoleOfficer[] = "officer";
inline constexpr char kRoleApprover[] = "approver";
inline constexpr char kRoleCommittee[] = "committee";
inline constexpr char kRoleInspector[] = "inspector";
inline constexpr char kRolePaymaster[] = "paymaster";
inline constexpr char kRoleBank[] = "bank";
inline constexpr char kRoleAuditor[] = "auditor";
inline constexpr char kRoleRegistrar[] = "registrar";

bool IsRole(absl::string_view role);

// May a person of an organisation of `type` register for `role`? False for representative and
// registrar, which are had in other ways.
bool MayRegisterFor(absl::string_view role, OrganizationType type);

// Those of the person who registers the organisation.
std::vector<std::string> RepresentativeRoles(OrganizationType type);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_PEOPLE_ROLES_H_
