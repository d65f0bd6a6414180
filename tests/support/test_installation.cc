#include "tests/support/test_installation.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/install/install.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/people/business_number.h"
#include "services/allinone/factories.h"
#include "services/kit/session_source.h"

namespace jodal::testing_support {
namespace {

namespace document_pb = document::v1;
namespace registration_pb = registration::v1;
using RegistrationStub = registration_pb::RegistrationService::Stub;

}  // namespace

absl::StatusOr<std::unique_ptr<TestInstallation>> TestInstallation::Create(Options options) {
  std::unique_ptr<TestInstallation> out(new TestInstallation(std::move(options)));
  RETURN_IF_ERROR(out->Init());
  return out;
}

TestInstallation::~TestInstallation() {
  client_.reset();
  host_.reset();
  std::error_code ignored;
  if (!dir_.empty()) std::filesystem::remove_all(dir_, ignored);
}

absl::Status TestInstallation::Init() {
  std::string name = "/tmp/jodal_XXXXXX";  // short: a socket's path has 107 bytes
  if (mkdtemp(name.data()) == nullptr) return absl::UnavailableError("no temporary folder");
  dir_ = name;
  RETURN_IF_ERROR(install::CreateInstallation({.dir = dir_, .postgres = options_.postgres},
                                              SystemClock().Now()));
  ASSIGN_OR_RETURN(ca_, pki::CertificateAuthority::Load(install::CaDir(dir_)));
  ASSIGN_OR_RETURN(registrar_, sdk::Identity::Load(install::IdentityDir(dir_, "registrar")));
  RETURN_IF_ERROR(StartHost());
  ASSIGN_OR_RETURN(auto context, sdk::Context::Load(install::ContextFile(dir_)));
  ASSIGN_OR_RETURN(client_, sdk::Client::Connect(std::move(context), {}));
  if (options_.start.has_value()) RETURN_IF_ERROR(client_->MoveClock(*options_.start));
  return absl::OkStatus();
}

absl::Status TestInstallation::StartHost() {
  ASSIGN_OR_RETURN(auto config, config::LoadConfig(install::ConfigFile(dir_)));
  ASSIGN_OR_RETURN(host_, host::Host::Create({.config = std::move(config),
                                              .factories = allinone::AllFactories(),
                                              .sessions = kit::Suspensions(),
                                              .memory_stores = options_.memory_stores &&
                                                               options_.postgres.empty()}));
  return host_->Start();
}

void TestInstallation::Stop() {
  if (host_ != nullptr) host_->Stop(absl::Seconds(2));
  host_.reset();
}

absl::Status TestInstallation::Restart() {
  Stop();
  return StartHost();
}

absl::StatusOr<sdk::Identity> TestInstallation::AddOrganization(const std::string& type,
                                                                const std::string& name) {
  std::string number = absl::StrFormat("%09d", 100000000 + ++organizations_);
  number.push_back(*procurement::BusinessNumberCheckDigit(number));
  ASSIGN_OR_RETURN(auto identity, install::NewIdentity(*ca_, {.name = name, .organization = name},
                                                       client_->random()));
  document_pb::OrganizationRegistration document;
  document.set_type(type);
  document.set_business_number(number);
  document.set_name(name);
  document.set_name_en(name);
  document.set_address("1 Test Street");
  document.set_representative("Representative");
  document.set_email("test@example.com");
  document.set_nonce(client_->RequestId());
  if (type == "supplier") {
    for (const char* kind : {"works", "goods", "services"}) document.add_kinds(kind);
  }
  registration_pb::RegisterOrganizationRequest request;
  ASSIGN_OR_RETURN(*request.mutable_document(),
                   sdk::SignDocument(identity, client_->context().system,
                                     "organization.registration", &document));
  request.set_request_id(client_->RequestId());
  ASSIGN_OR_RETURN(
      auto registered,
      client_->Call(client_->registration(), &RegistrationStub::RegisterOrganization, request));

  ASSIGN_OR_RETURN(const std::string token, client_->Login(*registrar_));
  document_pb::OrganizationApproval approval;
  approval.set_organization_id(registered.organization().organization_id());
  approval.set_registration_sha256(sdk::DocumentHash(request.document()));
  registration_pb::ApproveOrganizationRequest approve;
  ASSIGN_OR_RETURN(*approve.mutable_document(),
                   sdk::SignDocument(*registrar_, client_->context().system,
                                     "organization.approval", &approval));
  approve.set_request_id(client_->RequestId());
  ASSIGN_OR_RETURN(auto approved,
                   client_->Call(client_->registration(), &RegistrationStub::ApproveOrganization,
                                 approve, token));
  identity.set_person_id(approved.organization().representative_id());
  return identity;
}

absl::StatusOr<sdk::Identity> TestInstallation::AddPerson(sdk::Identity& representative,
                                                          const std::vector<std::string>& roles) {
  document_pb::PersonRegistration document;
  bool committee = false;
  for (const std::string& role : roles) {
    document.add_roles(role);
    committee = committee || role == "committee";
  }
  ASSIGN_OR_RETURN(
      auto identity,
      install::NewIdentity(*ca_, {.name = "Person", .agreement = committee}, client_->random()));
  document.set_organization_id(representative.organization_id());
  document.set_name("Person");
  document.set_email("person@example.com");
  document.set_nonce(client_->RequestId());
  if (committee) document.set_encryption_certificate(identity.agreement_certificate().der());
  registration_pb::RegisterPersonRequest request;
  ASSIGN_OR_RETURN(
      *request.mutable_document(),
      sdk::SignDocument(identity, client_->context().system, "person.registration", &document));
  request.set_request_id(client_->RequestId());
  ASSIGN_OR_RETURN(auto registered, client_->Call(client_->registration(),
                                                  &RegistrationStub::RegisterPerson, request));

  ASSIGN_OR_RETURN(const std::string token, client_->Login(representative));
  document_pb::PersonApproval approval;
  approval.set_person_id(registered.person().person_id());
  approval.set_registration_sha256(sdk::DocumentHash(request.document()));
  registration_pb::ApprovePersonRequest approve;
  ASSIGN_OR_RETURN(
      *approve.mutable_document(),
      sdk::SignDocument(representative, client_->context().system, "person.approval", &approval));
  approve.set_request_id(client_->RequestId());
  ASSIGN_OR_RETURN(auto approved, client_->Call(client_->registration(),
                                                &RegistrationStub::ApprovePerson, approve, token));
  identity.set_person_id(approved.person().person_id());
  return identity;
}

}  // namespace jodal::testing_support
