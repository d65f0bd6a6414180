#include "clients/catalog/catalog.h"

#include <nlohmann/json.hpp>

namespace jodal::catalog {

extern const char kKoreanJson[];  // ko.json, made part of the program by CMakeLists.txt

const std::map<std::string, std::string>& Korean() {
  static const auto* texts = new std::map<std::string, std::string>(
      nlohmann::json::parse(kKoreanJson).get<std::map<std::string, std::string>>());
  return *texts;
}

std::string Say(Language language, absl::string_view key, absl::string_view english) {
  if (language == Language::kKorean) {
    const auto text = Korean().find(std::string(key));
    if (text != Korean().end()) return text->second;
  }
  return std::string(english);
}

}  // namespace jodal::catalog
