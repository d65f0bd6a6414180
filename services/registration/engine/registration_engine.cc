#include "services/registration/engine/registration_engine.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/rpc/session_token.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/registration.h"
#include "procurement/acts/registration_errors.h"
#include "procurement/people/organization.h"
#include "procurement/people/roles.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/kit/page.h"
#include "services/registration/engine/facts.h"
#include "services/registration/errors.h"
#include "services/registration/limits.h"
#include "services/registration/store/registration_store.h"

namespace jodal::registration {
namespace {

using store::v1::Claim;

constexpr size_t kSaltBytes = 16;
constexpr size_t kSessionIdBytes = 16;

// The record as it is at `now`, or nullopt if there is none or it has lapsed.
absl::StatusOr<std::optional<v1::OrganizationCase>> FindOrganization(const kv::Reader& reader,
                                                                     absl::string_view id,
                                                                     absl::Time now) {
  ASSIGN_OR_RETURN(auto record, Organizations().Find(reader, id));
  if (record.has_value() && procurement::Lapsed(record->pending_until_ns(), now)) record.reset();
  if (record.has_value()) {
    RETURN_IF_ERROR(SetSanction(reader, now, record->mutable_organization()));
  }
  return record;
}

absl::StatusOr<std::optional<v1::PersonCase>> FindPerson(const kv::Reader& reader,
                                                         absl::string_view id, absl::Time now) {
  ASSIGN_OR_RETURN(auto record, People().Find(reader, id));
  if (record.has_value() && procurement::Lapsed(record->pending_until_ns(), now)) record.reset();
  return record;
}

// The certificate behind the act's signature.
absl::StatusOr<procurement::CertificateFacts> SignerOf(const CertificateReader& reader,
                                                       const kit::ActBase& act) {
  ASSIGN_OR_RETURN(procurement::CertificateFacts signer,
                   reader.SignerOf(act.stored.document().signature()));
  if (signer.sha256 != act.stored.cert_sha256()) return SignerCertificateUnclearError();
  return signer;
}

struct Holder {
  v1::Person person;
  v1::Organization organization;
};

Holder Registrar(const std::string& cert_sha256) {
  Holder holder;
  holder.person.set_person_id(procurement::kRegistrarId);
  holder.person.set_organization_id(procurement::kOperatorId);
  holder.person.add_roles(procurement::kRoleRegistrar);
  holder.person.set_state(v1::Person::ACTIVE);
  holder.person.set_cert_sha256(cert_sha256);
  holder.organization.set_organization_id(procurement::kOperatorId);
  holder.organization.set_type(procurement::kOperatorId);
  holder.organization.set_name(procurement::kOperatorId);
  holder.organization.set_state(v1::Organization::ACTIVE);
  holder.organization.set_representative_id(procurement::kRegistrarId);
  return holder;
}

// The approved person behind a certificate, and the organisation as it is at `now`: it may be
// suspended.
absl::StatusOr<std::optional<Holder>> FindHolder(const kv::Reader& reader,
                                                 const std::string& registrar_cert_sha256,
                                                 const std::string& cert_sha256, absl::Time now) {
  if (!registrar_cert_sha256.empty() && cert_sha256 == registrar_cert_sha256) {
    return std::optional<Holder>(Registrar(cert_sha256));
  }
  ASSIGN_OR_RETURN(auto claim, Certificates().Find(reader, cert_sha256));
  if (!claim.has_value() || claim->pending_until_ns() != 0) return std::optional<Holder>();
  ASSIGN_OR_RETURN(auto person, People().Find(reader, claim->person_id()));
  if (!person.has_value() || person->person().state() != v1::Person::ACTIVE)
    return std::optional<Holder>();
  ASSIGN_OR_RETURN(auto organization,
                   FindOrganization(reader, person->person().organization_id(), now));
  if (!organization.has_value()) return std::optional<Holder>();
  return std::optional<Holder>(Holder{person->person(), organization->organization()});
}

// Takes a free name in one of the two tables of claims.
absl::Status TakeClaim(ledger::Txn& txn, const ledger::Table<Claim>& table, const std::string& name,
                       const Claim& claim, absl::Time now, absl::Status taken) {
  ASSIGN_OR_RETURN(auto held, table.Find(txn, name));
  if (held.has_value() && !procurement::Lapsed(held->pending_until_ns(), now)) return taken;
  table.Put(txn, name, claim);
  return absl::OkStatus();
}

absl::Status TakeClaims(ledger::Txn& txn, const v1::PersonCase& record, absl::Time now) {
  Claim claim;
  claim.set_person_id(record.person().person_id());
  claim.set_registration_sha256(record.person().registration_sha256());
  claim.set_pending_until_ns(record.pending_until_ns());
  RETURN_IF_ERROR(TakeClaim(txn, Certificates(), record.person().cert_sha256(), claim, now,
                            CertificateAlreadyBoundError()));
  for (const std::string& key : record.key_sha256()) {
    RETURN_IF_ERROR(TakeClaim(txn, Keys(), key, claim, now, KeyAlreadyBoundError()));
  }
  return absl::OkStatus();
}

// Makes the claims of an approved registration permanent. One of them may be somebody else's by
// now: arrival times do not order commits, so a later registration may have found it lapsed.
absl::Status BindClaims(ledger::Txn& txn, const v1::PersonCase& record) {
  const auto bind = [&](const ledger::Table<Claim>& table, const std::string& name) {
    auto claim = table.Find(txn, name);
    if (!claim.ok()) return claim.status();
    if (!claim->has_value() ||
        (*claim)->registration_sha256() != record.person().registration_sha256()) {
      return procurement::RegistrationLapsedError();
    }
    (*claim)->set_pending_until_ns(0);
    table.Put(txn, name, **claim);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(bind(Certificates(), record.person().cert_sha256()));
  for (const std::string& key : record.key_sha256()) RETURN_IF_ERROR(bind(Keys(), key));
  return absl::OkStatus();
}

struct Cases {
  v1::OrganizationCase organization;
  v1::PersonCase person;
};

// The life of an act on an organisation or a person. `check` runs before the transaction and learns
// what the fold needs to know of certificates; `load` finds the cases, `keep` writes what follows
// from them beside the records.
template <typename Doc, typename Request, typename Response, typename Check, typename Load,
          typename Keep, typename Fill>
absl::Status RunRegistrationAct(const host::ModuleContext& context, const rpc::Call& call,
                                const Request& request, Response* response, Check check, Load load,
                                Keep keep, Fill fill) {
  const procurement::Act& row = *procurement::ActOf(*Doc::descriptor());
  ASSIGN_OR_RETURN(const procurement::Actor actor, kit::Admit(row, call));
  const bool applicant = row.party() == procurement::Act::APPLICANT;
  return kit::RunAct<Doc>(
      context, call, request.document(), request.request_id(), row.kind(), response,
      [&](const kit::Act<Doc>& act)
          -> absl::StatusOr<kit::Prepared<procurement::RegistrationFacts>> {
        RETURN_IF_ERROR(kit::CheckSize(row, act));
        RETURN_IF_ERROR(procurement::CheckShape(act.document));
        procurement::RegistrationFacts facts;
        facts.sha256 = act.sha256;
        facts.arrival = call.arrival;
        facts.signer = actor.person_id;
        RETURN_IF_ERROR(check(act, facts));
        return kit::Prepared<procurement::RegistrationFacts>{kShardParent, std::move(facts)};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const procurement::RegistrationFacts& facts,
          Response* r) -> absl::Status {
        ASSIGN_OR_RETURN(Cases cases, load(txn, act.document));
        const std::string before = cases.organization.SerializeAsString();
        ASSIGN_OR_RETURN(
            const event::v1::Event event,
            procurement::ApplyToRegistration(act.document, facts, applicant ? nullptr : &actor,
                                             cases.organization, cases.person));
        RETURN_IF_ERROR(keep(txn, cases.person));
        const v1::Organization& organization = cases.organization.organization();
        const v1::Person& person = cases.person.person();
        // Approvals of people read the organisation only, and do not stand in each other's way.
        if (cases.organization.SerializeAsString() != before) {
          Organizations().Put(txn, organization.organization_id(), cases.organization);
        }
        People().Put(txn, person.person_id(), cases.person);
        Documents().Put(txn, act.sha256, act.stored);
        const std::string subject = procurement::kOfPerson<Doc>
                                        ? kit::PersonName(person.person_id())
                                        : kit::OrganizationName(organization.organization_id());
        txn.Emit(kit::PublicEvent(event, subject, row.actor(), call.arrival));
        fill(cases, r);
        return absl::OkStatus();
      },
      {.signer = applicant ? kit::Signer::kUnregistered : kit::Signer::kCaller});
}

template <typename Doc>
absl::Status NoCheck(const kit::Act<Doc>&, procurement::RegistrationFacts&) {
  return absl::OkStatus();
}
template <typename Response>
void FillOrganization(const Cases& cases, Response* r) {
  *r->mutable_organization() = cases.organization.organization();
}
template <typename Response>
void FillPerson(const Cases& cases, Response* r) {
  *r->mutable_person() = cases.person.person();
}

// An organisation that is there, lapsed or not, with its representative.
absl::StatusOr<Cases> LoadOrganization(const kv::Reader& reader, const std::string& id) {
  ASSIGN_OR_RETURN(auto organization, Organizations().Find(reader, id));
  if (!organization.has_value()) return OrganizationNotFoundError();
  ASSIGN_OR_RETURN(auto person,
                   People().Find(reader, organization->organization().representative_id()));
  if (!person.has_value()) return PersonNotFoundError();
  return Cases{*std::move(organization), *std::move(person)};
}

bool SeesNames(const rpc::Caller& caller, const std::string& organization_id) {
  return caller.IsService() ||
         (caller.IsUser() && (caller.user.organization_id == organization_id ||
                              caller.user.HasRole(procurement::kRoleRegistrar) ||
                              caller.user.HasRole(procurement::kRoleAuditor)));
}

v1::Person ShownTo(const rpc::Caller& caller, v1::Person person) {
  if (SeesNames(caller, person.organization_id())) return person;
  person.clear_name();
  person.clear_certificate();
  if (!caller.IsUser() || !(caller.user.HasRole(procurement::kRoleOfficer) ||
                            caller.user.HasRole(procurement::kRoleApprover))) {
    person.clear_encryption_certificate();
  }
  return person;
}

}  // namespace

RegistrationEngine::RegistrationEngine(const host::ModuleContext& context, Options options)
    : context_(context),
      options_(std::move(options)),
      challenges_(
          crypto::HkdfExpand(context.page_key, "jodal challenge key v1", crypto::kSha256Bytes)) {}

absl::Status RegistrationEngine::CreateChallenge(const rpc::Call& call,
                                                 const v1::CreateChallengeRequest& request,
                                                 v1::CreateChallengeResponse* response) {
  if (!IsLowerHex(request.cert_sha256(), 2 * crypto::kSha256Bytes)) {
    return CertificateDigestInvalidError();
  }
  const absl::Time expires = call.arrival + kChallengeLife;
  const std::string random = context_.random->Bytes(kChallengeRandomBytes);
  response->set_challenge(challenges_.Make({request.cert_sha256(), random, expires}));
  response->set_expires_time_ns(absl::ToUnixNanos(expires));
  return absl::OkStatus();
}

absl::Status RegistrationEngine::OpenSession(const rpc::Call& call,
                                             const v1::OpenSessionRequest& request,
                                             v1::OpenSessionResponse* response) {
  using Doc = document::v1::Login;
  struct Facts {
    std::string challenge_key;
    std::string session_id;
    std::string salt;
  };
  store::v1::SessionRecord opened;
  RETURN_IF_ERROR(kit::RunAct<Doc>(
      context_, call, request.login(), request.request_id(), "login", &opened,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<Facts>> {
        ASSIGN_OR_RETURN(
            const std::string challenge,
            challenges_.Open({act.document.challenge(), act.stored.cert_sha256(), call.arrival}));
        Facts facts;
        facts.challenge_key = absl::StrCat(kChallengePrefix, HexEncode(challenge));
        facts.session_id = HexEncode(context_.random->Bytes(kSessionIdBytes));
        facts.salt = context_.random->Bytes(kSaltBytes);
        return kit::Prepared<Facts>{kShardParent, std::move(facts)};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const Facts& facts,
          store::v1::SessionRecord* session) -> absl::Status {
        const std::string& cert = act.stored.cert_sha256();
        ASSIGN_OR_RETURN(auto used, txn.Get(facts.challenge_key));
        if (used.has_value()) return ChallengeUsedError();
        ASSIGN_OR_RETURN(auto holder,
                         FindHolder(txn, options_.registrar_cert_sha256, cert, call.arrival));
        if (!holder.has_value()) return CertificateNotRegisteredError();
        if (holder->organization.state() != v1::Organization::ACTIVE) {
          return procurement::OrganizationSuspendedError();
        }
        txn.Put(facts.challenge_key, "");
        session->set_session_id(facts.session_id);
        session->set_person_id(holder->person.person_id());
        session->set_organization_id(holder->person.organization_id());
        *session->mutable_roles() = holder->person.roles();
        session->set_cert_sha256(cert);
        session->set_expires_time_ns(absl::ToUnixNanos(call.arrival + kSessionLife));
        event::v1::Event event;
        auto* body = event.mutable_session_opened();
        body->set_person_id(session->person_id());
        body->set_cert_sha256(cert);
        body->set_session_id(facts.session_id);
        // Neither subject nor role may show whose session it is: a login shortly before a deadline
        // would give a bidder away.
        txn.Emit(kit::RestrictedEvent(std::move(event), absl::StrCat("sessions/", facts.session_id),
                                      "user", facts.salt));
        return absl::OkStatus();
      },
      // A challenge is good for one session, so the document needs no claim.
      {.signer = kit::Signer::kCertificate, .claim_document = false}));
  rpc::Principal principal;
  principal.session_id = opened.session_id();
  principal.person_id = opened.person_id();
  principal.organization_id = opened.organization_id();
  principal.roles = {opened.roles().begin(), opened.roles().end()};
  principal.cert_sha256 = opened.cert_sha256();
  principal.expires = absl::FromUnixNanos(opened.expires_time_ns());
  response->set_token(options_.sessions->Issue(principal));
  response->set_expires_time_ns(opened.expires_time_ns());
  response->set_person_id(opened.person_id());
  response->set_organization_id(opened.organization_id());
  *response->mutable_roles() = opened.roles();
  *response->mutable_receipt() = opened.receipt();
  return absl::OkStatus();
}

absl::Status RegistrationEngine::RegisterOrganization(
    const rpc::Call& call, const v1::RegisterOrganizationRequest& request,
    v1::RegisterOrganizationResponse* response) {
  using Doc = document::v1::OrganizationRegistration;
  return RunRegistrationAct<Doc>(
      context_, call, request, response,
      [&](const kit::Act<Doc>& act, procurement::RegistrationFacts& facts) -> absl::Status {
        ASSIGN_OR_RETURN(facts.certificate, SignerOf(*options_.certificates, act));
        return CheckNotRegistrar(facts);
      },
      [&](ledger::Txn& txn, const Doc& doc) -> absl::StatusOr<Cases> {
        const std::string id = procurement::IdAskedFor(doc).ToString();
        ASSIGN_OR_RETURN(const auto existing, FindOrganization(txn, id, call.arrival));
        if (existing.has_value()) return OrganizationExistsError(id);
        return Cases();
      },
      [&](ledger::Txn& txn, const v1::PersonCase& person) {
        return TakeClaims(txn, person, call.arrival);
      },
      FillOrganization<v1::RegisterOrganizationResponse>);
}

absl::Status RegistrationEngine::CheckNotRegistrar(
    const procurement::RegistrationFacts& facts) const {
  return facts.certificate.sha256 == options_.registrar_cert_sha256 ? CertificateAlreadyBoundError()
                                                                    : absl::OkStatus();
}

absl::Status RegistrationEngine::ApproveOrganization(const rpc::Call& call,
                                                     const v1::ApproveOrganizationRequest& request,
                                                     v1::ApproveOrganizationResponse* response) {
  using Doc = document::v1::OrganizationApproval;
  return RunRegistrationAct<Doc>(
      context_, call, request, response, NoCheck<Doc>,
      [](ledger::Txn& txn, const Doc& doc) { return LoadOrganization(txn, doc.organization_id()); },
      BindClaims, FillOrganization<v1::ApproveOrganizationResponse>);
}

absl::Status RegistrationEngine::RegisterPerson(const rpc::Call& call,
                                                const v1::RegisterPersonRequest& request,
                                                v1::RegisterPersonResponse* response) {
  using Doc = document::v1::PersonRegistration;
  return RunRegistrationAct<Doc>(
      context_, call, request, response,
      [&](const kit::Act<Doc>& act, procurement::RegistrationFacts& facts) -> absl::Status {
        const std::string& encryption = act.document.encryption_certificate();
        ASSIGN_OR_RETURN(facts.certificate, SignerOf(*options_.certificates, act));
        if (encryption.empty()) return CheckNotRegistrar(facts);
        ASSIGN_OR_RETURN(facts.encryption, options_.certificates->Read(encryption));
        RETURN_IF_ERROR(options_.checks->CheckKeyAgreement(encryption, call.arrival));
        return CheckNotRegistrar(facts);
      },
      [&](ledger::Txn& txn, const Doc& doc) -> absl::StatusOr<Cases> {
        ASSIGN_OR_RETURN(auto organization,
                         FindOrganization(txn, doc.organization_id(), call.arrival));
        if (!organization.has_value()) return OrganizationNotFoundError();
        return Cases{*std::move(organization), {}};
      },
      [&](ledger::Txn& txn, const v1::PersonCase& person) {
        return TakeClaims(txn, person, call.arrival);
      },
      FillPerson<v1::RegisterPersonResponse>);
}

absl::Status RegistrationEngine::ApprovePerson(const rpc::Call& call,
                                               const v1::ApprovePersonRequest& request,
                                               v1::ApprovePersonResponse* response) {
  using Doc = document::v1::PersonApproval;
  return RunRegistrationAct<Doc>(
      context_, call, request, response, NoCheck<Doc>,
      [&](ledger::Txn& txn, const Doc& doc) -> absl::StatusOr<Cases> {
        const auto asked = procurement::PersonId::Parse(doc.person_id());
        // Strangers cannot tell who exists.
        const std::string& own = call.caller.user.organization_id;
        if (!asked.has_value() || asked->organization.ToString() != own)
          return kit::NotAllowedError();
        ASSIGN_OR_RETURN(auto organization, FindOrganization(txn, own, call.arrival));
        if (!organization.has_value()) return OrganizationNotFoundError();
        ASSIGN_OR_RETURN(auto person, People().Find(txn, doc.person_id()));
        if (!person.has_value()) return PersonNotFoundError();
        return Cases{*std::move(organization), *std::move(person)};
      },
      BindClaims, FillPerson<v1::ApprovePersonResponse>);
}

absl::Status RegistrationEngine::GetOrganization(const rpc::Call& call,
                                                 const v1::GetOrganizationRequest& request,
                                                 v1::GetOrganizationResponse* response) {
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    if (request.organization_id() == procurement::kOperatorId) {
      *response->mutable_organization() = Registrar(options_.registrar_cert_sha256).organization;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(auto record,
                     FindOrganization(reader, request.organization_id(), call.arrival));
    if (!record.has_value()) return OrganizationNotFoundError();
    *response->mutable_organization() = record->organization();
    return absl::OkStatus();
  });
}

absl::Status RegistrationEngine::ListOrganizations(const rpc::Call& call,
                                                   const v1::ListOrganizationsRequest& request,
                                                   v1::ListOrganizationsResponse* response) {
  std::string prefix;
  if (!request.type().empty()) {
    const auto type = procurement::ParseOrganizationType(request.type());
    if (!type.has_value()) return procurement::OrganizationTypeUnknownError();
    prefix = std::string(procurement::TypePrefix(*type));
  }
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kPageSizeDefault, kPageSizeMax));
  const std::string filter = absl::StrCat("organizations/", request.type());
  ASSIGN_OR_RETURN(const std::string after,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(auto rows, Organizations().List(reader, prefix, after, size + 1));
    const bool more = rows.size() > size;
    if (more) rows.pop_back();
    for (auto& row : rows) {
      if (procurement::Lapsed(row.record.pending_until_ns(), call.arrival)) continue;
      RETURN_IF_ERROR(SetSanction(reader, call.arrival, row.record.mutable_organization()));
      *response->add_organizations() = std::move(*row.record.mutable_organization());
    }
    if (more) {
      response->set_next_page_token(kit::MakePageToken(context_.page_key, filter, rows.back().key));
    }
    return absl::OkStatus();
  });
}

absl::Status RegistrationEngine::GetPerson(const rpc::Call& call,
                                           const v1::GetPersonRequest& request,
                                           v1::GetPersonResponse* response) {
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    if (request.person_id() == procurement::kRegistrarId &&
        !options_.registrar_cert_sha256.empty()) {
      *response->mutable_person() = Registrar(options_.registrar_cert_sha256).person;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(auto record, FindPerson(reader, request.person_id(), call.arrival));
    if (!record.has_value()) return PersonNotFoundError();
    *response->mutable_person() = ShownTo(call.caller, std::move(*record->mutable_person()));
    return absl::OkStatus();
  });
}

absl::Status RegistrationEngine::ListPeople(const rpc::Call& call,
                                            const v1::ListPeopleRequest& request,
                                            v1::ListPeopleResponse* response) {
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(auto organization,
                     FindOrganization(reader, request.organization_id(), call.arrival));
    if (!organization.has_value()) return OrganizationNotFoundError();
    for (int n = procurement::kRepresentativeNumber; n <= organization->people(); ++n) {
      ASSIGN_OR_RETURN(
          auto record,
          FindPerson(reader, absl::StrCat(request.organization_id(), ".", n), call.arrival));
      if (!record.has_value()) continue;
      v1::Person person = ShownTo(call.caller, std::move(*record->mutable_person()));
      person.clear_certificate();
      person.clear_encryption_certificate();
      *response->add_people() = std::move(person);
    }
    return absl::OkStatus();
  });
}

absl::Status RegistrationEngine::ResolveCertificate(const rpc::Call& call,
                                                    const v1::ResolveCertificateRequest& request,
                                                    v1::ResolveCertificateResponse* response) {
  if (!IsLowerHex(request.cert_sha256(), 2 * crypto::kSha256Bytes)) {
    return CertificateDigestInvalidError();
  }
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(auto holder, FindHolder(reader, options_.registrar_cert_sha256,
                                             request.cert_sha256(), call.arrival));
    if (!holder.has_value() || holder->organization.state() != v1::Organization::ACTIVE) {
      return CertificateNotFoundError();
    }
    *response->mutable_person() = std::move(holder->person);
    *response->mutable_organization() = std::move(holder->organization);
    return absl::OkStatus();
  });
}

absl::Status RegistrationEngine::GetRegistrationDocuments(
    const rpc::Call& call, const v1::GetRegistrationDocumentsRequest& request,
    v1::GetRegistrationDocumentsResponse* response) {
  return context_.ledger->View(Shard(), [&](const kv::Reader& reader) -> absl::Status {
    ASSIGN_OR_RETURN(auto record, FindPerson(reader, request.person_id(), call.arrival));
    if (!record.has_value()) return PersonNotFoundError();
    ASSIGN_OR_RETURN(auto registration,
                     Documents().Find(reader, record->person().registration_sha256()));
    if (registration.has_value()) *response->mutable_registration() = *std::move(registration);
    if (!record->approval_sha256().empty()) {
      ASSIGN_OR_RETURN(auto approval, Documents().Find(reader, record->approval_sha256()));
      if (approval.has_value()) *response->mutable_approval() = *std::move(approval);
    }
    response->set_certificate(record->person().certificate());
    response->set_encryption_certificate(record->person().encryption_certificate());
    return absl::OkStatus();
  });
}

}  // namespace jodal::registration
