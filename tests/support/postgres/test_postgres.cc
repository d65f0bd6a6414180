#include "tests/support/postgres/test_postgres.h"

#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/status/macros.h"

namespace jodal::testing_support {
namespace {

// What deploy/postgres-temp prints.
absl::StatusOr<std::string> Script(const std::string& verb, const std::string& dir) {
  const std::string command =
      absl::StrCat(JODAL_SOURCE_DIR, "/deploy/postgres-temp ", verb, " ", dir);
  FILE* const pipe = popen(command.c_str(), "re");
  if (pipe == nullptr) return absl::UnavailableError("popen");
  std::string out;
  char buffer[512];
  while (fgets(buffer, sizeof buffer, pipe) != nullptr) out += buffer;
  const int status = pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 3) {
    return absl::NotFoundError("PostgreSQL cannot be had here");
  }
  if (status != 0) return absl::UnavailableError(absl::StrCat(command, " failed"));
  return std::string(absl::StripAsciiWhitespace(out));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TestPostgres>> TestPostgres::Start() {
  // The server may run as another user, who must be able to enter what lies above the folder.
  std::string pattern = "/tmp/jodal_pg_XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) return absl::UnavailableError("no temporary folder");
  auto out = std::make_unique<TestPostgres>();
  out->dir_ = pattern;
  RETURN_IF_ERROR(out->Restart());
  return out;
}

TestPostgres::~TestPostgres() {
  Script("remove", dir_).IgnoreError();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);  // where there is no PostgreSQL to be removed
}

absl::Status TestPostgres::Stop() { return Script("stop", dir_).status(); }

absl::Status TestPostgres::Restart() {
  ASSIGN_OR_RETURN(conninfo_, Script("start", dir_));
  return absl::OkStatus();
}

absl::StatusOr<std::string> SharedTestPostgres() {
  const char* named = std::getenv("JODAL_TEST_POSTGRES");
  if (named != nullptr && *named != '\0') return std::string(named);
  static const auto own = TestPostgres::Start();
  if (!own.ok()) return own.status();
  return (*own)->conninfo();
}

absl::StatusOr<std::unique_ptr<TestDatabase>> TestDatabase::Create(const std::string& server) {
  const std::string name = FreshName();
  RETURN_IF_ERROR(RunSql(server, absl::StrCat("CREATE DATABASE ", name)).status());
  return std::unique_ptr<TestDatabase>(new TestDatabase(server, name));
}

TestDatabase::~TestDatabase() {
  RunSql(server_, absl::StrCat("DROP DATABASE ", name_, " WITH (FORCE)")).IgnoreError();
}

std::string TestDatabase::conninfo() const { return absl::StrCat(server_, " dbname=", name_); }

absl::StatusOr<std::string> RunSql(const std::string& conninfo, const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(conninfo.c_str()),
                                                                &PQfinish);
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    return absl::UnavailableError(absl::StrCat(sql, ": ", PQerrorMessage(connection.get())));
  }
  if (PQntuples(result.get()) == 0) return std::string();
  return std::string(PQgetvalue(result.get(), 0, 0));
}

std::string FreshName() {
  static std::atomic<int> count = 0;
  return absl::StrCat("test_", getpid(), "_", ++count);
}

}  // namespace jodal::testing_support
