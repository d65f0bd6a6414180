// The storage engines under test.
#ifndef JODAL_TESTS_CONFORMANCE_STORES_H_
#define JODAL_TESTS_CONFORMANCE_STORES_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/kv/backend.h"

namespace jodal::conformance {

// One empty store that lives as long as this object; opened again it shows what was written. Its
// backend and readers are gone before it goes; a backend that is not ends the program.
class Store {
 public:
  virtual ~Store() = default;
  // May several backends of it be open at a time? Else another one is refused.
  virtual bool shared() const { return false; }
  virtual absl::StatusOr<std::unique_ptr<kv::Backend>> Open() = 0;
};

struct Engine {
  std::string name;
  std::function<std::string()> missing;  // why the machine cannot run it; "" if it can
  std::function<std::unique_ptr<Store>()> make;

  friend void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }
};

std::vector<Engine> Engines();

// The value of JODAL_TEST_SEED, or `fallback`. Callers print it.
uint64_t TestSeed(uint64_t fallback);

}  // namespace jodal::conformance

#endif  // JODAL_TESTS_CONFORMANCE_STORES_H_
