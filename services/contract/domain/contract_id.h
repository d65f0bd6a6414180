// Contract numbers. Pure and thread-safe.
//
// Notice numbers since 2025 are R + YY + stage + 8 digits (docs/formats.md 6): a tender is
// "R26BK00000001", the contract made from its award "R26TA00000001". One tender has one contract,
// so either number gives the other, and a contract's data lie in its tender's shard.
#ifndef JODAL_SERVICES_CONTRACT_DOMAIN_CONTRACT_ID_H_
#define JODAL_SERVICES_CONTRACT_DOMAIN_CONTRACT_ID_H_

#include <string>

#include "absl/strings/string_view.h"

namespace jodal::contract {

// "" if the argument is not a number of its stage.
std::string ContractIdOf(absl::string_view tender_id);
std::string TenderIdOf(absl::string_view contract_id);

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_DOMAIN_CONTRACT_ID_H_
