#include "procurement/people/organization.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace jodal::procurement {

absl::string_view TypeName(OrganizationType type) {
  switch (type) {
    case OrganizationType::kSupplier:
      return "supplier";
    case OrganizationType::kAgency:
      return "agency";
    case OrganizationType::kBank:
      return "bank";
    case OrganizationType::kAuditor:
      return "auditor";
  }
  return "";
}

absl::string_view TypePrefix(OrganizationType type) {
  switch (type) {
    case OrganizationType::kSupplier:
      return "S-";
    case OrganizationType::kAgency:
      return "A-";
    case OrganizationType::kBank:
      return "B-";
    case OrganizationType::kAuditor:
      return "U-";
  }
  return "";
}

std::optional<OrganizationType> ParseOrganizationType(absl::string_view name) {
  for (OrganizationType type : kOrganizationTypes) {
    if (TypeName(type) == name) return type;
  }
  return std::nullopt;
}

std::optional<OrganizationId> OrganizationId::Parse(absl::string_view text) {
  for (OrganizationType type : kOrganizationTypes) {
    if (text.substr(0, 2) != TypePrefix(type)) continue;
    auto number = BusinessNumber::Parse(text.substr(2));
    if (number.has_value()) return OrganizationId{type, *std::move(number)};
  }
  return std::nullopt;
}

std::string OrganizationId::ToString() const {
  return absl::StrCat(TypePrefix(type), number.digits());
}

std::optional<PersonId> PersonId::Parse(absl::string_view text) {
  const size_t dot = text.find('.');
  if (dot == absl::string_view::npos) return std::nullopt;
  auto organization = OrganizationId::Parse(text.substr(0, dot));
  int number = 0;
  if (!organization.has_value() || !absl::SimpleAtoi(text.substr(dot + 1), &number) || number < 1) {
    return std::nullopt;
  }
  PersonId id{*std::move(organization), number};
  if (id.ToString() != text) return std::nullopt;
  return id;
}

std::string PersonId::ToString() const {
  return absl::StrCat(organization.ToString(), ".", number);
}

bool IsSupplierKind(absl::string_view kind) {
  return kind == "works" || kind == "goods" || kind == "services";
}

}  // namespace jodal::procurement
