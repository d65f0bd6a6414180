// For tests: an installation in a temporary folder whose services all run in this process on a unix
// socket, with a client, and people to act in it.
#ifndef JODAL_TESTS_SUPPORT_TEST_INSTALLATION_H_
#define JODAL_TESTS_SUPPORT_TEST_INSTALLATION_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/sdk/client.h"
#include "common/host/host.h"
#include "common/pki/ca.h"

namespace jodal::testing_support {

class TestInstallation {
 public:
  struct Options {
    bool memory_stores = true;  // else RocksDB below dir()/data, which Restart keeps
    // A database for this installation alone takes the place of both. Its conninfo.
    std::string postgres = "";
    // Where the training clock is put at the start; it moves on by itself from there and by
    // client().MoveClock(). Unset: this machine's time.
    std::optional<absl::Time> start;
  };
  static absl::StatusOr<std::unique_ptr<TestInstallation>> Create(Options options);
  static absl::StatusOr<std::unique_ptr<TestInstallation>> Create() { return Create(Options()); }
  ~TestInstallation();  // removes the folder

  const std::string& dir() const { return dir_; }
  sdk::Client& client() { return *client_; }
  host::Host& host() { return *host_; }
  const pki::CertificateAuthority& ca() const { return *ca_; }
  // The first registrar, logged in with every act.
  sdk::Identity& registrar() { return *registrar_; }

  // Stops all services; their stores can be opened then.
  void Stop();
  // Stops all services and starts them again on the same stores.
  absl::Status Restart();

  // A fresh organisation ("supplier", "agency", "bank", "auditor"), registered and approved; the
  // identity is its representative's. Numbers are counted up, so that every call makes another one.
  absl::StatusOr<sdk::Identity> AddOrganization(const std::string& type, const std::string& name);
  // A person of `representative`'s organisation with `roles`, registered and approved. The role
  // "committee" comes with a key-agreement pair.
  absl::StatusOr<sdk::Identity> AddPerson(sdk::Identity& representative,
                                          const std::vector<std::string>& roles);

 private:
  explicit TestInstallation(Options options) : options_(std::move(options)) {}
  absl::Status Init();
  absl::Status StartHost();

  const Options options_;
  std::string dir_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<sdk::Client> client_;
  std::optional<pki::CertificateAuthority> ca_;
  std::optional<sdk::Identity> registrar_;
  int organizations_ = 0;
};

}  // namespace jodal::testing_support

#endif  // JODAL_TESTS_SUPPORT_TEST_INSTALLATION_H_
