#include "clients/install/install.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "common/config/config.h"
#include "common/pki/trust_store.h"
#include "common/pki/verifier.h"
#include "common/status/error.h"

namespace jodal::install {
namespace {

namespace fs = std::filesystem;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class InstallTest : public testing::Test {
 protected:
  InstallTest() {
    std::string name = testing::TempDir() + "/jodal_install_XXXXXX";
    dir_ = mkdtemp(name.data());
  }
  ~InstallTest() override { fs::remove_all(dir_); }

  const absl::Time now_ = absl::FromUnixSeconds(1795000000);
  std::string dir_;
};

TEST_F(InstallTest, MakesWhatTheServicesAndClientsRead) {
  ASSERT_EQ(CreateInstallation({.dir = dir_}, now_), absl::OkStatus());
  const auto config = config::LoadConfig(ConfigFile(dir_));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(config::IsTraining(*config));
  EXPECT_EQ(config->services_size(), static_cast<int>(Services().size()));
  EXPECT_EQ(config::CheckKeyFiles(config->keys_dir()), absl::OkStatus());
  const auto registrar = sdk::Identity::Load(IdentityDir(dir_, "registrar"));
  ASSERT_TRUE(registrar.ok()) << registrar.status();
  EXPECT_EQ(config->registrar_cert_sha256(), registrar->cert_sha256());
  struct stat info;
  for (const char* file : {"session.key", "session-bidding.key", "log-bidding.pem"}) {
    ASSERT_EQ(stat(absl::StrCat(dir_, "/keys/", file).c_str(), &info), 0) << file;
    EXPECT_EQ(info.st_mode & 0777, 0600u) << file;
  }
}

TEST_F(InstallTest, NamesTheDatabaseButKeepsNoPassword) {
  const auto with_password = CreateInstallation(
      {.dir = dir_, .postgres = "host=db1,db2 password=secret dbname=jodal"}, now_);
  EXPECT_EQ(ErrorReason(with_password), "STORE_CONNINFO");
  EXPECT_EQ(std::string(with_password.message()).find("secret"), std::string::npos);
  EXPECT_EQ(
      ErrorReason(CreateInstallation({.dir = dir_, .postgres = "postgres://u:secret@db/x"}, now_)),
      "STORE_CONNINFO");
  EXPECT_EQ(ErrorReason(CreateInstallation({.dir = dir_, .postgres = "no such word=1"}, now_)),
            "STORE_CONNINFO");
  EXPECT_FALSE(fs::exists(ConfigFile(dir_)));
  const std::string conninfo = "host=db1,db2 dbname='a \\'b\\' \"c\"' passfile=/etc/jodal/pgpass";
  ASSERT_EQ(CreateInstallation({.dir = dir_, .postgres = conninfo}, now_), absl::OkStatus());
  const auto config = config::LoadConfig(ConfigFile(dir_));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->postgres().conninfo(), conninfo);
  // Data does not move from one store to another.
  EXPECT_EQ(CreateInstallation({.dir = dir_, .postgres = conninfo}, now_), absl::OkStatus());
  EXPECT_EQ(ErrorReason(CreateInstallation({.dir = dir_, .postgres = "host=db3"}, now_)),
            "INSTALL_OPTIONS");
}

TEST_F(InstallTest, ASecondTimeChangesNothing) {
  ASSERT_EQ(CreateInstallation({.dir = dir_}, now_), absl::OkStatus());
  const std::string config = ReadAll(ConfigFile(dir_));
  const std::string logs = ReadAll(dir_ + "/trust/logs.json");
  ASSERT_EQ(CreateInstallation({.dir = dir_, .processes = true}, now_ + absl::Hours(1)),
            absl::OkStatus());
  EXPECT_EQ(ReadAll(ConfigFile(dir_)), config);
  // Interrupted before the last file: completed with the same keys.
  fs::remove(ConfigFile(dir_));
  ASSERT_EQ(CreateInstallation({.dir = dir_}, now_), absl::OkStatus());
  EXPECT_EQ(ReadAll(ConfigFile(dir_)), config);
  EXPECT_EQ(ReadAll(dir_ + "/trust/logs.json"), logs);
}

TEST_F(InstallTest, IdentitiesPassThePolicyWhereverTheTrainingClockStands) {
  ASSERT_EQ(CreateInstallation({.dir = dir_}, now_), absl::OkStatus());
  const auto ca = pki::CertificateAuthority::Load(CaDir(dir_));
  ASSERT_TRUE(ca.ok()) << ca.status();
  const auto identity =
      NewIdentity(*ca, {.name = "Member", .agreement = true}, crypto::SystemRandom());
  ASSERT_TRUE(identity.ok()) << identity.status();
  const auto trust = pki::TrustStore::Load(TrustDir(dir_), 1);
  ASSERT_TRUE(trust.ok()) << trust.status();
  pki::Verifier verifier(*trust);
  for (const absl::Duration shift : {-absl::Hours(24 * 365 * 5), absl::Hours(24 * 365 * 5)}) {
    EXPECT_TRUE(verifier
                    .VerifyCertificate(identity->certificate().der(), now_ + shift,
                                       pki::CertificatePurpose::kSigning)
                    .passed());
    EXPECT_TRUE(verifier
                    .VerifyCertificate(identity->agreement_certificate().der(), now_ + shift,
                                       pki::CertificatePurpose::kKeyAgreement)
                    .passed());
  }
}

TEST_F(InstallTest, SeparateProcessesGetPortsAndCertificates) {
  ASSERT_EQ(CreateInstallation({.dir = dir_, .processes = true}, now_), absl::OkStatus());
  const auto config = config::LoadConfig(ConfigFile(dir_));
  ASSERT_TRUE(config.ok()) << config.status();
  std::set<std::string> addresses;
  for (const auto& endpoint : config->services()) {
    addresses.insert(endpoint.address());
    EXPECT_TRUE(fs::exists(dir_ + "/tls/" + endpoint.service() + ".key"));
  }
  EXPECT_EQ(addresses.size(), Services().size());
  EXPECT_TRUE(fs::exists(dir_ + "/tls/client.pem"));
}

TEST_F(InstallTest, ProductionBringsItsOwnTrust) {
  EXPECT_EQ(ErrorReason(CreateInstallation({.dir = dir_, .training = false}, now_)),
            "INSTALL_OPTIONS");
  fs::create_directories(dir_ + "/given/anchors");
  std::ofstream(dir_ + "/given/anchors/root.crt") << "x";
  const std::string made = dir_ + "/made";
  ASSERT_EQ(CreateInstallation({.dir = made,
                                .training = false,
                                .registrar_cert_sha256 = std::string(64, 'a'),
                                .trust_from = dir_ + "/given"},
                               now_),
            absl::OkStatus());
  EXPECT_FALSE(fs::exists(made + "/ca"));
  EXPECT_TRUE(fs::exists(made + "/trust/anchors/root.crt"));
}

}  // namespace
}  // namespace jodal::install
