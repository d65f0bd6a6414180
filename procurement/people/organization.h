// Organisations and the ids of organisations and their people.
#ifndef JODAL_PROCUREMENT_PEOPLE_ORGANIZATION_H_
#define JODAL_PROCUREMENT_PEOPLE_ORGANIZATION_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "procurement/people/business_number.h"

namespace jodal::procurement {

enum class OrganizationType { kSupplier, kAgency, kBank, kAuditor };
inline constexpr OrganizationType kOrganizationTypes[] = {
    OrganizationType::kSupplier, OrganizationType::kAgency, OrganizationType::kBank,
    OrganizationType::kAuditor};

absl::string_view TypeName(OrganizationType type);  // "supplier"
std::optional<OrganizationType> ParseOrganizationType(absl::string_view name);

// "S-", "A-", "B-", "U-": what every id of the type begins with.
absl::string_view TypePrefix(OrganizationType type);

// "S-1248100998". One business may be registered once per type.
struct OrganizationId {
  OrganizationType type;
  BusinessNumber number;

  static std::optional<OrganizationId> Parse(absl::string_view text);
  std::string ToString() const;
};

// "S-1248100998.2": the organisation's people are numbered from 1, its representative.
struct PersonId {
  OrganizationId organization;
  int number = 0;

  static std::optional<PersonId> Parse(absl::string_view text);
  std::string ToString() const;
};
inline constexpr int kRepresentativeNumber = 1;

// The installation's own people. They are configured, not registered.
inline constexpr char kOperatorId[] = "operator";
inline constexpr char kRegistrarId[] = "registrar";

// What a supplier may be registered for: "works", "goods", "services".
bool IsSupplierKind(absl::string_view kind);

}  // namespace jodal::procurement

#endif  // JODAL_PROCUREMENT_PEOPLE_ORGANIZATION_H_
