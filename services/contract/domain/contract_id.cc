#include "services/contract/domain/contract_id.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace jodal::contract {
namespace {

constexpr size_t kStageAt = 3;
constexpr size_t kStageSize = 2;
constexpr size_t kSize = kStageAt + kStageSize + 8;

struct Stages {
  absl::string_view from;
  absl::string_view to;
};

std::string Renumber(absl::string_view id, const Stages& stages) {
  if (id.size() != kSize || id[0] != 'R' || id.substr(kStageAt, kStageSize) != stages.from) {
    return "";
  }
  const std::string digits = absl::StrCat(id.substr(1, 2), id.substr(kStageAt + kStageSize));
  for (char c : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return "";
  }
  return absl::StrCat(id.substr(0, kStageAt), stages.to, id.substr(kStageAt + kStageSize));
}

}  // namespace

std::string ContractIdOf(absl::string_view tender_id) {
  return Renumber(tender_id, {.from = "BK", .to = "TA"});
}
std::string TenderIdOf(absl::string_view contract_id) {
  return Renumber(contract_id, {.from = "TA", .to = "BK"});
}

}  // namespace jodal::contract
