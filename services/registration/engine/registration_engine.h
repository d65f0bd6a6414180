// The use cases of the registration service: organisations, people, their certificates and
// sessions.
//
// One certificate and one key belong to one person, one business number to one organisation of a
// type. They are held from the registration on; a registration that nobody approves within
// kPendingLife lapses and what it held is free again. Everything lies in one shard
// (store/registration_store.h).
//
// What an act does to an organisation or a person is the fold's (procurement/acts/registration.h),
// and its row says who may do it. Every method returns when its outcome is durable. Named errors in
// errors.h and procurement/acts/registration_errors.h; beside them the errors of kit::RunAct and of
// the ledger. Thread-safe. Who may read is checked by the caller (api/).
#ifndef JODAL_SERVICES_REGISTRATION_ENGINE_REGISTRATION_ENGINE_H_
#define JODAL_SERVICES_REGISTRATION_ENGINE_REGISTRATION_ENGINE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "common/host/module.h"
#include "common/rpc/caller.h"
#include "common/rpc/session_token.h"
#include "jodal/registration/v1/registration.pb.h"
#include "services/kit/inbox.h"
#include "services/registration/engine/challenge.h"
#include "services/registration/engine/ports.h"

namespace jodal::registration {

class RegistrationEngine {
 public:
  struct Options {
    // Hex. The holder of this certificate is person "registrar" of organisation "operator"; "":
    // there is none.
    std::string registrar_cert_sha256;
    std::shared_ptr<const rpc::SessionIssuer> sessions;  // makes session tokens
    const CertificateReader* certificates = nullptr;     // outlives the engine
    CertificateChecks* checks = nullptr;                 // outlives the engine
  };
  RegistrationEngine(const host::ModuleContext& context, Options options);

  // Gives a challenge for any digest, so that callers learn nothing about certificates. Writes
  // nothing.
  absl::Status CreateChallenge(const rpc::Call& call, const v1::CreateChallengeRequest& request,
                               v1::CreateChallengeResponse* response);
  // The challenge is used up by the commit that opens the session. A repeat gets the same token,
  // and has to be signed as well. The log shows that a session was opened, not whose.
  absl::Status OpenSession(const rpc::Call& call, const v1::OpenSessionRequest& request,
                           v1::OpenSessionResponse* response);

  absl::Status RegisterOrganization(const rpc::Call& call,
                                    const v1::RegisterOrganizationRequest& request,
                                    v1::RegisterOrganizationResponse* response);
  // The representative becomes active with the organisation.
  absl::Status ApproveOrganization(const rpc::Call& call,
                                   const v1::ApproveOrganizationRequest& request,
                                   v1::ApproveOrganizationResponse* response);
  absl::Status RegisterPerson(const rpc::Call& call, const v1::RegisterPersonRequest& request,
                              v1::RegisterPersonResponse* response);
  absl::Status ApprovePerson(const rpc::Call& call, const v1::ApprovePersonRequest& request,
                             v1::ApprovePersonResponse* response);

  // Enters a fact into the register (procurement/register). What a sanction bars begins and ends by
  // itself: no session is opened and no certificate resolved while one is in force, and open
  // sessions are barred (docs/adr/0012). The errors of ParseFact and CheckNextFact;
  // ORGANIZATION_NOT_FOUND, ORGANIZATION_NOT_ACTIVE (it waits for its approval).
  absl::Status RecordFact(const rpc::Call& call, const v1::RecordFactRequest& request,
                          v1::RecordFactResponse* response);
  absl::Status ListFacts(const rpc::Call& call, const v1::ListFactsRequest& request,
                         v1::ListFactsResponse* response);

  // Lapsed registrations are not shown.
  absl::Status GetOrganization(const rpc::Call& call, const v1::GetOrganizationRequest& request,
                               v1::GetOrganizationResponse* response);
  // By id. A page may be shorter than asked for; only an empty next_page_token is the end.
  absl::Status ListOrganizations(const rpc::Call& call, const v1::ListOrganizationsRequest& request,
                                 v1::ListOrganizationsResponse* response);
  // Name and certificates (which carry the name) are left out unless the caller is of the same
  // organisation, a registrar, an auditor or a service. Officers and approvers see the encryption
  // certificate, for the committee of a notice.
  absl::Status GetPerson(const rpc::Call& call, const v1::GetPersonRequest& request,
                         v1::GetPersonResponse* response);
  // By number, without certificates.
  absl::Status ListPeople(const rpc::Call& call, const v1::ListPeopleRequest& request,
                          v1::ListPeopleResponse* response);
  // NOT_FOUND CERTIFICATE_NOT_FOUND unless its person and organisation are both active.
  absl::Status ResolveCertificate(const rpc::Call& call,
                                  const v1::ResolveCertificateRequest& request,
                                  v1::ResolveCertificateResponse* response);
  absl::Status GetRegistrationDocuments(const rpc::Call& call,
                                        const v1::GetRegistrationDocumentsRequest& request,
                                        v1::GetRegistrationDocumentsResponse* response);

  // The case that an entry of the own log is about and what waits in it now (services/kit/inbox.h).
  absl::StatusOr<std::optional<kit::Inbox::Case>> CaseOf(const kit::Inbox::Logged& logged) const;

 private:
  // CERTIFICATE_ALREADY_BOUND: the registrar is configured and does not register.
  absl::Status CheckNotRegistrar(const procurement::RegistrationFacts& facts) const;

  const host::ModuleContext& context_;
  const Options options_;
  const Challenges challenges_;
};

}  // namespace jodal::registration

#endif  // JODAL_SERVICES_REGISTRATION_ENGINE_REGISTRATION_ENGINE_H_
