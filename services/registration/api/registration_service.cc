#include "services/registration/api/registration_service.h"

#include "procurement/people/roles.h"
#include "procurement/services.h"

namespace jodal::registration {

// Who may do an act says its row, which the engine asks: for acts any session will do here.
namespace {

// The other services that may ask about people. One without a store, such as a gateway, acts for
// its users and is not among them.
std::vector<std::string> Peers() {
  std::vector<std::string> out;
  for (const procurement::Service& service : procurement::kServices) {
    if (service.keeps_store && service.name != "registration") out.emplace_back(service.name);
  }
  return out;
}

}  // namespace

grpc::ServerUnaryReactor* RegistrationServiceImpl::CreateChallenge(
    grpc::CallbackServerContext* context, const v1::CreateChallengeRequest* request,
    v1::CreateChallengeResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(),
             &RegistrationEngine::CreateChallenge);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::OpenSession(
    grpc::CallbackServerContext* context, const v1::OpenSessionRequest* request,
    v1::OpenSessionResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &RegistrationEngine::OpenSession);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::RegisterOrganization(
    grpc::CallbackServerContext* context, const v1::RegisterOrganizationRequest* request,
    v1::RegisterOrganizationResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(),
             &RegistrationEngine::RegisterOrganization);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::ApproveOrganization(
    grpc::CallbackServerContext* context, const v1::ApproveOrganizationRequest* request,
    v1::ApproveOrganizationResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(),
             &RegistrationEngine::ApproveOrganization);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::RecordFact(grpc::CallbackServerContext* context,
                                                              const v1::RecordFactRequest* request,
                                                              v1::RecordFactResponse* response) {
  return Run(context, request, response, rpc::Access::Roles({procurement::kRoleRegistrar}),
             &RegistrationEngine::RecordFact);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::ListFacts(grpc::CallbackServerContext* context,
                                                             const v1::ListFactsRequest* request,
                                                             v1::ListFactsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(), &RegistrationEngine::ListFacts);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::RegisterPerson(
    grpc::CallbackServerContext* context, const v1::RegisterPersonRequest* request,
    v1::RegisterPersonResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(),
             &RegistrationEngine::RegisterPerson);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::ApprovePerson(
    grpc::CallbackServerContext* context, const v1::ApprovePersonRequest* request,
    v1::ApprovePersonResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(),
             &RegistrationEngine::ApprovePerson);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::GetOrganization(
    grpc::CallbackServerContext* context, const v1::GetOrganizationRequest* request,
    v1::GetOrganizationResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(),
             &RegistrationEngine::GetOrganization);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::ListOrganizations(
    grpc::CallbackServerContext* context, const v1::ListOrganizationsRequest* request,
    v1::ListOrganizationsResponse* response) {
  return Run(context, request, response, rpc::Access::Anyone(),
             &RegistrationEngine::ListOrganizations);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::GetPerson(grpc::CallbackServerContext* context,
                                                             const v1::GetPersonRequest* request,
                                                             v1::GetPersonResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(Peers()),
             &RegistrationEngine::GetPerson);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::ListPeople(grpc::CallbackServerContext* context,
                                                              const v1::ListPeopleRequest* request,
                                                              v1::ListPeopleResponse* response) {
  return Run(context, request, response, rpc::Access::AnyUser(Peers()),
             &RegistrationEngine::ListPeople);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::ResolveCertificate(
    grpc::CallbackServerContext* context, const v1::ResolveCertificateRequest* request,
    v1::ResolveCertificateResponse* response) {
  return Run(context, request, response, rpc::Access::Services(Peers()),
             &RegistrationEngine::ResolveCertificate);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::GetRegistrationDocuments(
    grpc::CallbackServerContext* context, const v1::GetRegistrationDocumentsRequest* request,
    v1::GetRegistrationDocumentsResponse* response) {
  return Run(context, request, response,
             rpc::Access::Roles({procurement::kRoleAuditor, procurement::kRoleOfficer}, Peers()),
             &RegistrationEngine::GetRegistrationDocuments);
}

grpc::ServerUnaryReactor* RegistrationServiceImpl::ListInbox(
    grpc::CallbackServerContext* context, const inbox::v1::ListInboxRequest* request,
    inbox::v1::ListInboxResponse* response) {
  return kit_.Unary(context, request, response, rpc::Access::AnyUser(), inbox_, &kit::Inbox::List);
}

}  // namespace jodal::registration
