// Amounts in words, so that a digit too many is noticed.
#ifndef JODAL_CLIENTS_CLI_AMOUNT_WORDS_H_
#define JODAL_CLIENTS_CLI_AMOUNT_WORDS_H_

#include <cstdint>
#include <string>

#include "clients/catalog/catalog.h"

namespace jodal::cli {

// "one hundred and fifty million won", "일억오천만원" (as contracts write it, with every 일).
std::string WonInWords(int64_t amount, catalog::Language language);

// As it stands over a signature: "150,000,000 won (one hundred and fifty million won)",
// "일금 일억오천만원정 (150,000,000원)".
std::string WrittenAmount(int64_t amount, catalog::Language language);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_AMOUNT_WORDS_H_
