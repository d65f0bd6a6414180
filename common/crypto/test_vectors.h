// Published vectors for tests, read from ../shared/data beside the repository when it is there.
#ifndef JODAL_COMMON_CRYPTO_TEST_VECTORS_H_
#define JODAL_COMMON_CRYPTO_TEST_VECTORS_H_

#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "common/base/bytes.h"
#include "nlohmann/json.hpp"

namespace jodal::crypto {

inline std::optional<std::string> ReadVectorFile(const std::string& name) {
  std::ifstream in(std::string(JODAL_SOURCE_DIR) + "/../shared/data/" + name);
  if (!in) return std::nullopt;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

inline std::string Unhex(const std::string& hex) { return HexDecode(hex).value(); }

inline std::string Unhex(const nlohmann::json& test, const char* field) {
  return Unhex(test.at(field).get<std::string>());
}

}  // namespace jodal::crypto

#endif  // JODAL_COMMON_CRYPTO_TEST_VECTORS_H_
