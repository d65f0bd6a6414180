// The service through real stubs, in process: who is let in where.
#include "services/registration/module.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/rpc/call.h"
#include "common/rpc/network_peers.h"
#include "common/rpc/session_token.h"
#include "jodal/config/v1/config.pb.h"
#include "jodal/document/v1/documents.pb.h"
#include "jodal/registration/v1/registration.grpc.pb.h"
#include "services/kit/testing.h"

namespace jodal::registration {
namespace {

using kit::HasReason;
using Stub = v1::RegistrationService::Stub;

const std::string kMaster(rpc::kSessionKeyBytes, 'm');

class NobodyThere : public rpc::Peers {
 public:
  std::shared_ptr<grpc::Channel> Channel(absl::string_view) override {
    return grpc::CreateChannel("unix:/nonexistent", grpc::InsecureChannelCredentials());
  }
};

class ModuleTest : public ::testing::Test {
 public:
  ModuleTest()
      : env_("registration"),
        issuer_(std::make_shared<const rpc::SessionIssuer>(
            kMaster, std::vector<std::string>{"registration"})),
        sessions_("registration", rpc::SessionKeyOf(kMaster, "registration")) {
    env_.context.sessions = &sessions_;
    env_.context.peers = &peers_;
    module_ = NewModule(env_.context, {std::string(64, 'a'), issuer_});
    grpc::ServerBuilder builder;
    for (grpc::Service* service : module_->Services()) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    stub_ = v1::RegistrationService::NewStub(server_->InProcessChannel({}));
    for (const char* service : {"bidding", "gateway"}) {
      auto& peers = services_[service];
      peers = std::make_unique<rpc::InProcessPeers>(service, std::set<std::string>{"registration"},
                                                    nullptr);
      peers->SetServer(server_.get());
      stubs_[service] = v1::RegistrationService::NewStub(peers->Channel("registration"));
    }
  }
  ~ModuleTest() override {
    stubs_.clear();
    for (auto& [name, peers] : services_) peers->SetServer(nullptr);
    server_->Shutdown();
  }

  struct From {
    std::string service;  // "" for a program of people
    rpc::CallOptions options;
  };

  From User(const std::string& role) const {
    rpc::Principal principal;
    principal.person_id = "S-1248100998.1";
    principal.organization_id = "S-1248100998";
    principal.roles = {role};
    principal.cert_sha256 = std::string(64, 'b');
    principal.expires = env_.clock.Now() + absl::Hours(1);
    return {"", {.token = issuer_->Issue(principal)}};
  }

  // "in" if the use case was reached, else the reason.
  template <typename Req, typename Resp>
  std::string Try(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&, Resp*),
                  const From& from) {
    Stub& stub = from.service.empty() ? *stub_ : *stubs_.at(from.service);
    const auto response = rpc::Invoke(stub, method, Req(), from.options);
    const std::string reason = ErrorReason(response.status());
    return reason == "NOT_ALLOWED" || reason == "CREDENTIALS_MISSING" ? reason : "in";
  }

  kit::EngineEnv env_;
  std::shared_ptr<const rpc::SessionIssuer> issuer_;
  rpc::SessionVerifier sessions_;
  NobodyThere peers_;
  std::unique_ptr<host::Module> module_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Stub> stub_;
  std::map<std::string, std::unique_ptr<rpc::InProcessPeers>> services_;
  std::map<std::string, std::unique_ptr<Stub>> stubs_;
};

TEST_F(ModuleTest, WhoIsLetInWhere) {
  const std::map<std::string, From> callers = {
      {"anyone", {}},
      {"supplier", User("supplier")},
      {"representative", User("representative")},
      {"officer", User("officer")},
      {"auditor", User("auditor")},
      {"registrar", User("registrar")},
      {"service", {"bidding", {}}},
      {"gateway", {"gateway", {}}},
  };
  const std::vector<std::string> users = {"auditor", "officer", "registrar", "representative",
                                          "supplier"};
  std::vector<std::string> everyone = users;
  everyone.insert(everyone.end(), {"anyone", "gateway", "service"});
  std::vector<std::string> users_and_services = users;
  users_and_services.push_back("service");
  struct Case {
    const char* method;
    std::string (*call)(ModuleTest&, const From&);
    std::vector<std::string> admitted;
  };
#define METHOD(name) #name, [](ModuleTest & t, const From& o) { return t.Try(&Stub::name, o); }
  const Case cases[] = {
      {METHOD(CreateChallenge), everyone},
      {METHOD(OpenSession), everyone},
      {METHOD(RegisterOrganization), everyone},
      {METHOD(ApproveOrganization), {"registrar"}},
      {METHOD(RecordFact), {"registrar"}},
      {METHOD(ListFacts), everyone},
      {METHOD(ListInbox), users},
      {METHOD(RegisterPerson), everyone},
      {METHOD(ApprovePerson), {"representative"}},
      {METHOD(GetOrganization), everyone},
      {METHOD(ListOrganizations), everyone},
      {METHOD(GetPerson), users_and_services},
      {METHOD(ListPeople), users_and_services},
      {METHOD(ResolveCertificate), {"service"}},
      {METHOD(GetRegistrationDocuments), {"auditor", "officer", "service"}},
  };
#undef METHOD
  for (const Case& c : cases) {
    std::vector<std::string> admitted;
    for (const auto& [name, from] : callers) {
      const std::string answer = c.call(*this, from);
      if (answer == "in") {
        admitted.push_back(name);
      } else {
        EXPECT_EQ(answer, name == "anyone" ? "CREDENTIALS_MISSING" : "NOT_ALLOWED") << c.method;
      }
    }
    EXPECT_THAT(admitted, ::testing::UnorderedElementsAreArray(c.admitted)) << c.method;
  }
}

TEST_F(ModuleTest, AnswersAndNamedErrorsCrossTheWire) {
  v1::CreateChallengeRequest request;
  EXPECT_THAT(rpc::Invoke(*stub_, &Stub::CreateChallenge, request).status(),
              HasReason("CERTIFICATE_DIGEST_INVALID"));
  request.set_cert_sha256(std::string(64, 'a'));
  const auto response = rpc::Invoke(*stub_, &Stub::CreateChallenge, request);
  ASSERT_TRUE(response.ok()) << response.status();
  v1::OpenSessionRequest login;
  document::v1::Login d;
  d.set_challenge(response->challenge());
  *login.mutable_login() = env_.Sign(d, "login", {});
  login.mutable_login()->set_signature("signed by " + std::string(64, 'a'));
  login.set_request_id(env_.NextRequestId());
  const auto session = rpc::Invoke(*stub_, &Stub::OpenSession, login);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->person_id(), "registrar");
  v1::GetPersonRequest get;
  get.set_person_id("registrar");
  const auto person = rpc::Invoke(*stub_, &Stub::GetPerson, get, {.token = session->token()});
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->person().organization_id(), "operator");
}

TEST_F(ModuleTest, ConfiguredModuleChecksItsKey) {
  config::v1::Config config;
  config.set_keys_dir(
      absl::StrCat(::testing::TempDir(), "/", HexEncode(crypto::SystemRandom().Bytes(8))));
  ASSERT_EQ(mkdir(config.keys_dir().c_str(), 0700), 0);
  EXPECT_THAT(CreateModule(env_.context, config).status(), HasReason("SESSION_KEY_INVALID"));
  env_.context.services = {"registration"};
  const std::string path = config.keys_dir() + "/session.key";
  std::ofstream(path) << HexEncode(kMaster) << "\n";
  EXPECT_TRUE(CreateModule(env_.context, config).ok());
  std::ofstream(path) << HexEncode(std::string(rpc::kSessionKeyBytes, 'o')) << "\n";
  EXPECT_THAT(CreateModule(env_.context, config).status(), HasReason("SESSION_KEY_MISMATCH"));
  ASSERT_EQ(unlink(path.c_str()), 0);
  ASSERT_EQ(rmdir(config.keys_dir().c_str()), 0);
}

}  // namespace
}  // namespace jodal::registration
