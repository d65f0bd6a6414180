// Documents and signatures that look right to a careless reader.
#ifndef JODAL_TESTS_E2E_SPOIL_H_
#define JODAL_TESTS_E2E_SPOIL_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/e2e/system.h"

namespace jodal::e2e {

// `text` with the first `from` replaced; there must be one.
std::string Replace(std::string text, const std::string& from, const std::string& to);

struct JsonFault {
  std::string name;
  std::string reason;
  std::function<std::string(const std::string&)> spoil;
};
// Of any document: all begin {"kind":"...","version":1,
std::vector<JsonFault> JsonFaults();

struct CmsFault {
  std::string name;
  std::string check;
  std::function<std::string(const Person&, const std::string&)> sign;  // of the content
};
std::vector<CmsFault> CmsFaults();

}  // namespace jodal::e2e

#endif  // JODAL_TESTS_E2E_SPOIL_H_
