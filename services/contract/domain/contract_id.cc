#include "services/contract/domain/contract_id.h"

#include "absl/strings/str_format.h"

namespace jodal::contract {

std::string ContractId(int64_t year, int64_t number) {
  return absl::StrFormat("R%02dTA%08d", year % 100, number);
}

}  // namespace jodal::contract
