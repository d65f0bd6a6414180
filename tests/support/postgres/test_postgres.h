// For tests: PostgreSQL servers of one's own (deploy/postgres-temp).
#ifndef JODAL_TESTS_SUPPORT_POSTGRES_TEST_POSTGRES_H_
#define JODAL_TESTS_SUPPORT_POSTGRES_TEST_POSTGRES_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace jodal::testing_support {

// A server in a temporary folder that is removed with this object.
class TestPostgres {
 public:
  // NOT_FOUND where PostgreSQL is not installed: a test then says so and is skipped.
  static absl::StatusOr<std::unique_ptr<TestPostgres>> Start();
  ~TestPostgres();

  const std::string& conninfo() const { return conninfo_; }
  absl::Status Stop();     // as a crash
  absl::Status Restart();  // after Stop

 private:
  std::string dir_;
  std::string conninfo_;
};

// The conninfo of a server that this program's tests share: what JODAL_TEST_POSTGRES names, else
// one that is started now and removed at the end of the program. NOT_FOUND as above.
absl::StatusOr<std::string> SharedTestPostgres();

// A database of its own on a server; dropped with this object.
class TestDatabase {
 public:
  static absl::StatusOr<std::unique_ptr<TestDatabase>> Create(const std::string& server);
  ~TestDatabase();
  std::string conninfo() const;

 private:
  TestDatabase(std::string server, std::string name)
      : server_(std::move(server)), name_(std::move(name)) {}
  const std::string server_, name_;
};

// Runs `sql` as the server's owner; the first column of the first row, "" if there is none.
absl::StatusOr<std::string> RunSql(const std::string& conninfo, const std::string& sql);

// A name for a schema or a database that nobody else has.
std::string FreshName();

}  // namespace jodal::testing_support

#endif  // JODAL_TESTS_SUPPORT_POSTGRES_TEST_POSTGRES_H_
