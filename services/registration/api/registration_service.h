// The gRPC service of registration.
#ifndef JODAL_SERVICES_REGISTRATION_API_REGISTRATION_SERVICE_H_
#define JODAL_SERVICES_REGISTRATION_API_REGISTRATION_SERVICE_H_

#include "common/rpc/handler.h"
#include "jodal/registration/v1/registration.grpc.pb.h"
#include "services/registration/engine/registration_engine.h"

namespace jodal::registration {

class RegistrationServiceImpl final : public v1::RegistrationService::CallbackService {
 public:
  // `engine` and `inbox` outlive it.
  RegistrationServiceImpl(rpc::HandlerKit::Options options, RegistrationEngine* engine,
                          const kit::Inbox* inbox)
      : kit_(std::move(options)), engine_(*engine), inbox_(*inbox) {}

  grpc::ServerUnaryReactor* CreateChallenge(grpc::CallbackServerContext* context,
                                            const v1::CreateChallengeRequest* request,
                                            v1::CreateChallengeResponse* response) override;
  grpc::ServerUnaryReactor* OpenSession(grpc::CallbackServerContext* context,
                                        const v1::OpenSessionRequest* request,
                                        v1::OpenSessionResponse* response) override;
  grpc::ServerUnaryReactor* RegisterOrganization(
      grpc::CallbackServerContext* context, const v1::RegisterOrganizationRequest* request,
      v1::RegisterOrganizationResponse* response) override;
  grpc::ServerUnaryReactor* ApproveOrganization(grpc::CallbackServerContext* context,
                                                const v1::ApproveOrganizationRequest* request,
                                                v1::ApproveOrganizationResponse* response) override;
  grpc::ServerUnaryReactor* RecordFact(grpc::CallbackServerContext* context,
                                       const v1::RecordFactRequest* request,
                                       v1::RecordFactResponse* response) override;
  grpc::ServerUnaryReactor* ListFacts(grpc::CallbackServerContext* context,
                                      const v1::ListFactsRequest* request,
                                      v1::ListFactsResponse* response) override;
  grpc::ServerUnaryReactor* RegisterPerson(grpc::CallbackServerContext* context,
                                           const v1::RegisterPersonRequest* request,
                                           v1::RegisterPersonResponse* response) override;
  grpc::ServerUnaryReactor* ApprovePerson(grpc::CallbackServerContext* context,
                                          const v1::ApprovePersonRequest* request,
                                          v1::ApprovePersonResponse* response) override;
  grpc::ServerUnaryReactor* GetOrganization(grpc::CallbackServerContext* context,
                                            const v1::GetOrganizationRequest* request,
                                            v1::GetOrganizationResponse* response) override;
  grpc::ServerUnaryReactor* ListOrganizations(grpc::CallbackServerContext* context,
                                              const v1::ListOrganizationsRequest* request,
                                              v1::ListOrganizationsResponse* response) override;
  grpc::ServerUnaryReactor* GetPerson(grpc::CallbackServerContext* context,
                                      const v1::GetPersonRequest* request,
                                      v1::GetPersonResponse* response) override;
  grpc::ServerUnaryReactor* ListPeople(grpc::CallbackServerContext* context,
                                       const v1::ListPeopleRequest* request,
                                       v1::ListPeopleResponse* response) override;
  grpc::ServerUnaryReactor* ResolveCertificate(grpc::CallbackServerContext* context,
                                               const v1::ResolveCertificateRequest* request,
                                               v1::ResolveCertificateResponse* response) override;
  grpc::ServerUnaryReactor* GetRegistrationDocuments(
      grpc::CallbackServerContext* context, const v1::GetRegistrationDocumentsRequest* request,
      v1::GetRegistrationDocumentsResponse* response) override;
  grpc::ServerUnaryReactor* ListInbox(grpc::CallbackServerContext* context,
                                      const inbox::v1::ListInboxRequest* request,
                                      inbox::v1::ListInboxResponse* response) override;

 private:
  // Runs one use case of the engine for callers that `access` admits.
  template <typename Req, typename Resp>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const Req* request,
                                Resp* response, const rpc::Access& access,
                                absl::Status (RegistrationEngine::*use_case)(const rpc::Call&,
                                                                             const Req&, Resp*)) {
    return kit_.Unary(context, request, response, access, engine_, use_case);
  }

  rpc::HandlerKit kit_;
  RegistrationEngine& engine_;
  const kit::Inbox& inbox_;
};

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_API_REGISTRATION_SERVICE_H_
