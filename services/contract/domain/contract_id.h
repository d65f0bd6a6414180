// Contract numbers. Pure and thread-safe.
//
// Numbers since 2025 are R + YY + stage + 8 digits (docs/formats.md 6): a tender is
// "R26BK00000001", a contract made from one of its awards "R26TA00000017". A contract's number says
// nothing about its tender: a tender has as many contracts as lots are awarded.
#ifndef JODAL_SERVICES_CONTRACT_DOMAIN_CONTRACT_ID_H_
#define JODAL_SERVICES_CONTRACT_DOMAIN_CONTRACT_ID_H_

#include <cstdint>
#include <string>

namespace jodal::contract {

inline constexpr int64_t kContractNumbers = 100'000'000;  // of a year

// `number` is from 0 to kContractNumbers - 1.
std::string ContractId(int64_t year, int64_t number);

}  // namespace jodal::contract

#endif  // JODAL_SERVICES_CONTRACT_DOMAIN_CONTRACT_ID_H_
