#include "services/signature/module.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/pki/ca.h"
#include "common/rpc/call.h"
#include "common/rpc/network_peers.h"
#include "jodal/config/v1/config.pb.h"
#include "jodal/signature/v1/signature.grpc.pb.h"
#include "services/kit/testing.h"

namespace jodal::signature {
namespace {

using Stub = v1::SignatureService::Stub;

// Whoever the configuration names as a service has documents judged: the signature service keeps no
// list of them. Nobody else has.
TEST(SignatureModuleTest, AnyServiceOfTheInstallationMayAskAndNobodyElse) {
  const std::string master(rpc::kSessionKeyBytes, 'm');
  const std::string dir =
      absl::StrCat(testing::TempDir(), "/", HexEncode(crypto::SystemRandom().Bytes(8)));
  kit::EngineEnv env("signature");
  const absl::Time now = env.clock.Now();
  auto ca = pki::CertificateAuthority::Create(
      {.not_before = now - absl::Hours(24), .not_after = now + absl::Hours(24 * 365)});
  ASSERT_TRUE(ca.ok()) << ca.status();
  ASSERT_TRUE(ca->WriteTrustDirectory(dir, now, now + absl::Hours(24 * 30)).ok());
  const rpc::SessionVerifier sessions("signature", rpc::SessionKeyOf(master, "signature"));
  env.context.sessions = &sessions;
  env.context.services = {"catalog", "signature"};
  config::v1::Config config;
  config.set_trust_dir(dir);
  auto module = CreateModule(env.context, config);
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_NE((*module)->Documents(), nullptr);
  grpc::ServerBuilder builder;
  for (grpc::Service* service : (*module)->Services()) builder.RegisterService(service);
  const auto server = builder.BuildAndStart();

  // Reasons of Verify and of VerifyCertificate; requests without content.
  const auto ask = [&](const std::shared_ptr<grpc::Channel>& channel, const std::string& token) {
    const auto stub = v1::SignatureService::NewStub(channel);
    const rpc::CallOptions options = {.token = token};
    const auto verified = rpc::Invoke(*stub, &Stub::Verify, v1::VerifyRequest(), options);
    const auto certificate =
        rpc::Invoke(*stub, &Stub::VerifyCertificate, v1::VerifyCertificateRequest(), options);
    return absl::StrCat(verified.ok() ? "OK" : ErrorReason(verified.status()), " ",
                        ErrorReason(certificate.status()));
  };
  const auto ask_as = [&](const std::string& service) {
    rpc::InProcessPeers peers(service, {"signature"}, nullptr);
    peers.SetServer(server.get());
    const std::string reasons = ask(peers.Channel("signature"), "");
    peers.SetServer(nullptr);
    return reasons;
  };
  EXPECT_EQ(ask_as("catalog"), "OK PURPOSE_MISSING");
  EXPECT_EQ(ask_as("stranger"), "NOT_ALLOWED NOT_ALLOWED");
  EXPECT_EQ(ask_as("client"), "NOT_ALLOWED NOT_ALLOWED");
  const auto people = server->InProcessChannel({});
  EXPECT_EQ(ask(people, ""), "CREDENTIALS_MISSING CREDENTIALS_MISSING");
  rpc::Principal person;
  person.person_id = "p1";
  person.roles = {"officer", "registrar", "auditor"};
  person.expires = now + absl::Hours(1);
  const std::string token = rpc::SessionIssuer(master, {"signature"}).Issue(person);
  EXPECT_EQ(ask(people, token), "NOT_ALLOWED NOT_ALLOWED");

  server->Shutdown();
  std::filesystem::remove_all(dir);
}

}  // namespace
}  // namespace jodal::signature
