#include "services/registration/engine/registration_engine.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/crypto/hash.h"
#include "common/rpc/session_token.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/people/organization.h"
#include "procurement/people/roles.h"
#include "services/kit/act.h"
#include "services/kit/event.h"
#include "services/kit/page.h"
#include "services/registration/domain/email.h"
#include "services/registration/domain/life_cycle.h"
#include "services/registration/engine/facts.h"
#include "services/registration/errors.h"
#include "services/registration/limits.h"
#include "services/registration/store/registration_store.h"

namespace jodal::registration {
namespace {

using store::v1::Claim;
using store::v1::OrganizationRecord;
using store::v1::PersonRecord;

constexpr size_t kSaltBytes = 16;
constexpr size_t kNonceDigits = 32;
constexpr size_t kSessionIdBytes = 16;

bool Lapsed(int64_t pending_until_ns, absl::Time now) {
  return pending_until_ns != 0 && absl::ToUnixNanos(now) >= pending_until_ns;
}

State StateOf(const OrganizationRecord& record) {
  switch (record.organization().state()) {
    case v1::Organization::PENDING:
      return State::kPending;
    case v1::Organization::ACTIVE:
      return State::kActive;
    case v1::Organization::SUSPENDED:
      return State::kSuspended;
    default:
      return State::kNone;
  }
}

State StateOf(const PersonRecord& record) {
  return record.person().state() == v1::Person::ACTIVE ? State::kActive : State::kPending;
}

v1::Organization::State ToProto(State state) {
  switch (state) {
    case State::kPending:
      return v1::Organization::PENDING;
    case State::kActive:
      return v1::Organization::ACTIVE;
    case State::kSuspended:
      return v1::Organization::SUSPENDED;
    case State::kNone:
      break;
  }
  return v1::Organization::STATE_UNSPECIFIED;
}

// The record as it is at `now`, or nullopt if there is none or it has lapsed.
absl::StatusOr<std::optional<OrganizationRecord>> FindOrganization(const kv::Reader& reader,
                                                                   absl::string_view id,
                                                                   absl::Time now) {
  ASSIGN_OR_RETURN(auto record, Organizations().Find(reader, id));
  if (record.has_value() && Lapsed(record->pending_until_ns(), now)) record.reset();
  if (record.has_value()) {
    RETURN_IF_ERROR(SetSanction(reader, now, record->mutable_organization()));
  }
  return record;
}

absl::StatusOr<std::optional<PersonRecord>> FindPerson(const kv::Reader& reader,
                                                       absl::string_view id, absl::Time now) {
  ASSIGN_OR_RETURN(auto record, People().Find(reader, id));
  if (record.has_value() && Lapsed(record->pending_until_ns(), now)) record.reset();
  return record;
}

// The certificate behind the act's signature.
absl::StatusOr<CertificateFacts> SignerOf(const CertificateReader& reader,
                                          const kit::ActBase& act) {
  ASSIGN_OR_RETURN(CertificateFacts signer, reader.SignerOf(act.stored.document().signature()));
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
  if (!person.has_value() || StateOf(*person) != State::kActive) return std::optional<Holder>();
  ASSIGN_OR_RETURN(auto organization,
                   FindOrganization(reader, person->person().organization_id(), now));
  if (!organization.has_value()) return std::optional<Holder>();
  return std::optional<Holder>(Holder{person->person(), organization->organization()});
}

// Takes a free name in one of the two tables of claims.
absl::Status TakeClaim(ledger::Txn& txn, const ledger::Table<Claim>& table, const std::string& name,
                       const Claim& claim, absl::Time now, absl::Status taken) {
  ASSIGN_OR_RETURN(auto held, table.Find(txn, name));
  if (held.has_value() && !Lapsed(held->pending_until_ns(), now)) return taken;
  table.Put(txn, name, claim);
  return absl::OkStatus();
}

absl::Status TakeClaims(ledger::Txn& txn, const PersonRecord& record, absl::Time now) {
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
absl::Status BindClaims(ledger::Txn& txn, const PersonRecord& record) {
  const auto bind = [&](const ledger::Table<Claim>& table, const std::string& name) {
    auto claim = table.Find(txn, name);
    if (!claim.ok()) return claim.status();
    if (!claim->has_value() ||
        (*claim)->registration_sha256() != record.person().registration_sha256()) {
      return RegistrationLapsedError();
    }
    (*claim)->set_pending_until_ns(0);
    table.Put(txn, name, **claim);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(bind(Certificates(), record.person().cert_sha256()));
  for (const std::string& key : record.key_sha256()) RETURN_IF_ERROR(bind(Keys(), key));
  return absl::OkStatus();
}

absl::Status CheckText(absl::string_view field, absl::string_view text, const TextRule& rule) {
  const absl::string_view problem = TextProblem(text, rule);
  if (!problem.empty()) return TextInvalidError({field, problem});
  return absl::OkStatus();
}

absl::Status CheckSize(const document::v1::SignedDocument& document) {
  if (document.content().size() > kDocumentBytesMax) {
    return RegistrationTooLargeError(document.content().size());
  }
  return absl::OkStatus();
}

// The shape of an OrganizationRegistration; gives the id that it asks for.
absl::StatusOr<procurement::OrganizationId> CheckRegistration(
    const document::v1::OrganizationRegistration& d) {
  const auto type = procurement::ParseOrganizationType(d.type());
  if (!type.has_value()) return OrganizationTypeUnknownError();
  auto number = procurement::BusinessNumber::Parse(d.business_number());
  if (!number.has_value()) return BusinessNumberInvalidError();
  RETURN_IF_ERROR(CheckText("name", d.name(), {kOrganizationNameCharactersMax}));
  RETURN_IF_ERROR(
      CheckText("nameEn", d.name_en(), {kOrganizationNameCharactersMax, /*may_be_empty=*/true}));
  RETURN_IF_ERROR(CheckText("address", d.address(), {kAddressCharactersMax}));
  RETURN_IF_ERROR(CheckText("representative", d.representative(), {kPersonNameCharactersMax}));
  if (!IsEmailAddress(d.email())) return EmailInvalidError();
  if (!IsLowerHex(d.nonce(), kNonceDigits)) return NonceInvalidError();
  const std::set<std::string> kinds(d.kinds().begin(), d.kinds().end());
  if (kinds.size() != static_cast<size_t>(d.kinds_size()) ||
      kinds.empty() == (type == procurement::OrganizationType::kSupplier) ||
      !std::all_of(kinds.begin(), kinds.end(), procurement::IsSupplierKind)) {
    return KindsInvalidError();
  }
  return procurement::OrganizationId{*type, *std::move(number)};
}

absl::Status CheckRegistration(const document::v1::PersonRegistration& d) {
  RETURN_IF_ERROR(CheckText("name", d.name(), {kPersonNameCharactersMax}));
  if (!IsEmailAddress(d.email())) return EmailInvalidError();
  if (!IsLowerHex(d.nonce(), kNonceDigits)) return NonceInvalidError();
  if (d.roles().empty()) return RolesMissingError();
  std::set<std::string> roles;
  for (const std::string& role : d.roles()) {
    if (!procurement::IsRole(role)) return RoleUnknownError();
    if (!roles.insert(role).second) return RoleRepeatedError(role);
  }
  const bool committee = roles.count(procurement::kRoleCommittee) != 0;
  if (committee && d.encryption_certificate().empty()) return EncryptionCertificateMissingError();
  if (!committee && !d.encryption_certificate().empty()) {
    return EncryptionCertificateUnexpectedError();
  }
  if (d.encryption_certificate().size() > kEncryptionCertificateBytesMax) {
    return EncryptionCertificateTooLargeError(d.encryption_certificate().size());
  }
  return absl::OkStatus();
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
          return OrganizationSuspendedError();
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
  struct Facts {
    procurement::OrganizationId asked;
    CertificateFacts signer;
  };
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "organization.registration",
      response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<Facts>> {
        RETURN_IF_ERROR(CheckSize(request.document()));
        ASSIGN_OR_RETURN(auto asked, CheckRegistration(act.document));
        ASSIGN_OR_RETURN(CertificateFacts signer, SignerOf(*options_.certificates, act));
        return kit::Prepared<Facts>{kShardParent, {std::move(asked), std::move(signer)}};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const Facts& facts,
          v1::RegisterOrganizationResponse* r) -> absl::Status {
        const CertificateFacts& signer = facts.signer;
        const std::string id = facts.asked.ToString();
        ASSIGN_OR_RETURN(auto existing, FindOrganization(txn, id, call.arrival));
        if (existing.has_value()) return OrganizationExistsError(id);
        if (signer.sha256 == options_.registrar_cert_sha256) return CertificateAlreadyBoundError();
        const int64_t until = absl::ToUnixNanos(call.arrival + kPendingLife);

        PersonRecord person;
        person.mutable_person()->set_person_id(
            procurement::PersonId{facts.asked, procurement::kRepresentativeNumber}.ToString());
        person.mutable_person()->set_organization_id(id);
        person.mutable_person()->set_name(act.document.representative());
        for (std::string& role : procurement::RepresentativeRoles(facts.asked.type)) {
          person.mutable_person()->add_roles(std::move(role));
        }
        person.mutable_person()->set_state(v1::Person::PENDING);
        person.mutable_person()->set_cert_sha256(signer.sha256);
        person.mutable_person()->set_certificate(signer.der);
        person.mutable_person()->set_registration_sha256(act.sha256);
        person.add_key_sha256(signer.key_sha256);
        person.set_pending_until_ns(until);
        RETURN_IF_ERROR(TakeClaims(txn, person, call.arrival));

        OrganizationRecord record;
        v1::Organization& organization = *record.mutable_organization();
        organization.set_organization_id(id);
        organization.set_type(act.document.type());
        organization.set_business_number(act.document.business_number());
        organization.set_name(act.document.name());
        organization.set_name_en(act.document.name_en());
        *organization.mutable_kinds() = act.document.kinds();
        organization.set_state(v1::Organization::PENDING);
        organization.set_representative_id(person.person().person_id());
        organization.set_registration_sha256(act.sha256);
        record.set_people(procurement::kRepresentativeNumber);
        record.set_pending_until_ns(until);

        Organizations().Put(txn, id, record);
        People().Put(txn, person.person().person_id(), person);
        Documents().Put(txn, act.sha256, act.stored);
        event::v1::Event event;
        auto* body = event.mutable_organization_registered();
        body->set_organization_id(id);
        body->set_type(organization.type());
        body->set_name(organization.name());
        body->set_registration_sha256(act.sha256);
        txn.Emit(
            kit::PublicEvent(event, kit::OrganizationName(id), procurement::kRoleRepresentative));
        *r->mutable_organization() = organization;
        return absl::OkStatus();
      },
      {.signer = kit::Signer::kUnregistered});
}

absl::Status RegistrationEngine::ApproveOrganization(const rpc::Call& call,
                                                     const v1::ApproveOrganizationRequest& request,
                                                     v1::ApproveOrganizationResponse* response) {
  using Doc = document::v1::OrganizationApproval;
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "organization.approval", response,
      [&](const kit::Act<Doc>&) -> absl::StatusOr<kit::Prepared<>> {
        RETURN_IF_ERROR(CheckSize(request.document()));
        return kit::InShardOf(kShardParent);
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act,
          v1::ApproveOrganizationResponse* r) -> absl::Status {
        const std::string& id = act.document.organization_id();
        ASSIGN_OR_RETURN(auto record, Organizations().Find(txn, id));
        if (!record.has_value()) return OrganizationNotFoundError();
        const auto next = Next(kOrganizationMoves, StateOf(*record), Event::kApprove);
        if (!next.has_value()) return WrongStateError({StateOf(*record), Event::kApprove});
        if (Lapsed(record->pending_until_ns(), call.arrival)) return RegistrationLapsedError();
        v1::Organization& organization = *record->mutable_organization();
        if (act.document.registration_sha256() != organization.registration_sha256()) {
          return RegistrationMismatchError();
        }
        ASSIGN_OR_RETURN(auto person, People().Find(txn, organization.representative_id()));
        if (!person.has_value()) return PersonNotFoundError();
        RETURN_IF_ERROR(BindClaims(txn, *person));

        organization.set_state(ToProto(*next));
        record->set_pending_until_ns(0);
        record->set_approval_sha256(act.sha256);
        person->mutable_person()->set_state(v1::Person::ACTIVE);
        person->set_pending_until_ns(0);
        person->set_approval_sha256(act.sha256);
        Organizations().Put(txn, id, *record);
        People().Put(txn, person->person().person_id(), *person);
        Documents().Put(txn, act.sha256, act.stored);
        event::v1::Event event;
        auto* body = event.mutable_organization_approved();
        body->set_organization_id(id);
        body->set_type(organization.type());
        body->set_name(organization.name());
        body->set_registration_sha256(organization.registration_sha256());
        body->set_approval_sha256(act.sha256);
        body->set_person_id(person->person().person_id());
        body->set_cert_sha256(person->person().cert_sha256());
        txn.Emit(kit::PublicEvent(event, kit::OrganizationName(id), procurement::kRoleRegistrar));
        *r->mutable_organization() = organization;
        return absl::OkStatus();
      });
}

absl::Status RegistrationEngine::RegisterPerson(const rpc::Call& call,
                                                const v1::RegisterPersonRequest& request,
                                                v1::RegisterPersonResponse* response) {
  using Doc = document::v1::PersonRegistration;
  struct Facts {
    CertificateFacts signer;
    std::optional<CertificateFacts> encryption;
  };
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "person.registration", response,
      [&](const kit::Act<Doc>& act) -> absl::StatusOr<kit::Prepared<Facts>> {
        const Doc& d = act.document;
        RETURN_IF_ERROR(CheckSize(request.document()));
        RETURN_IF_ERROR(CheckRegistration(d));
        Facts facts;
        ASSIGN_OR_RETURN(facts.signer, SignerOf(*options_.certificates, act));
        if (!d.encryption_certificate().empty()) {
          ASSIGN_OR_RETURN(facts.encryption,
                           options_.certificates->Read(d.encryption_certificate()));
          RETURN_IF_ERROR(
              options_.checks->CheckKeyAgreement(d.encryption_certificate(), call.arrival));
        }
        return kit::Prepared<Facts>{kShardParent, std::move(facts)};
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act, const Facts& facts,
          v1::RegisterPersonResponse* r) -> absl::Status {
        const CertificateFacts& signer = facts.signer;
        const auto organization_id =
            procurement::OrganizationId::Parse(act.document.organization_id());
        if (!organization_id.has_value()) return OrganizationNotFoundError();
        const std::string id = organization_id->ToString();
        ASSIGN_OR_RETURN(auto organization, FindOrganization(txn, id, call.arrival));
        if (!organization.has_value()) return OrganizationNotFoundError();
        if (StateOf(*organization) != State::kActive) {
          return OrganizationNotActiveError(StateOf(*organization));
        }
        for (const std::string& role : act.document.roles()) {
          if (!procurement::MayRegisterFor(role, organization_id->type))
            return RoleNotAllowedError(role);
        }
        if (organization->people() >= kPeoplePerOrganizationMax) return PeopleLimitError();
        if (signer.sha256 == options_.registrar_cert_sha256) return CertificateAlreadyBoundError();

        PersonRecord record;
        v1::Person& person = *record.mutable_person();
        organization->set_people(organization->people() + 1);
        person.set_person_id(
            procurement::PersonId{*organization_id, organization->people()}.ToString());
        person.set_organization_id(id);
        person.set_name(act.document.name());
        *person.mutable_roles() = act.document.roles();
        person.set_state(v1::Person::PENDING);
        person.set_cert_sha256(signer.sha256);
        person.set_certificate(signer.der);
        person.set_registration_sha256(act.sha256);
        record.add_key_sha256(signer.key_sha256);
        if (facts.encryption.has_value()) {
          person.set_encryption_certificate(facts.encryption->der);
          record.add_key_sha256(facts.encryption->key_sha256);
        }
        record.set_pending_until_ns(absl::ToUnixNanos(call.arrival + kPendingLife));
        RETURN_IF_ERROR(TakeClaims(txn, record, call.arrival));

        Organizations().Put(txn, id, *organization);
        People().Put(txn, person.person_id(), record);
        Documents().Put(txn, act.sha256, act.stored);
        event::v1::Event event;
        auto* body = event.mutable_person_registered();
        body->set_person_id(person.person_id());
        body->set_organization_id(id);
        body->set_registration_sha256(act.sha256);
        txn.Emit(kit::PublicEvent(event, kit::PersonName(person.person_id()), "applicant"));
        *r->mutable_person() = person;
        return absl::OkStatus();
      },
      {.signer = kit::Signer::kUnregistered});
}

absl::Status RegistrationEngine::ApprovePerson(const rpc::Call& call,
                                               const v1::ApprovePersonRequest& request,
                                               v1::ApprovePersonResponse* response) {
  using Doc = document::v1::PersonApproval;
  return kit::RunAct<Doc>(
      context_, call, request.document(), request.request_id(), "person.approval", response,
      [&](const kit::Act<Doc>&) -> absl::StatusOr<kit::Prepared<>> {
        RETURN_IF_ERROR(CheckSize(request.document()));
        return kit::InShardOf(kShardParent);
      },
      [&](ledger::Txn& txn, const kit::Act<Doc>& act,
          v1::ApprovePersonResponse* r) -> absl::Status {
        // A session may have outlived what its roles rest on, so they are looked up again.
        ASSIGN_OR_RETURN(auto approver, FindHolder(txn, options_.registrar_cert_sha256,
                                                   call.caller.user.cert_sha256, call.arrival));
        const auto asked = procurement::PersonId::Parse(act.document.person_id());
        if (!approver.has_value() || !asked.has_value() ||
            approver->person.organization_id() != asked->organization.ToString() ||
            std::find(approver->person.roles().begin(), approver->person.roles().end(),
                      procurement::kRoleRepresentative) == approver->person.roles().end()) {
          return NotYourOrganizationError();
        }
        if (approver->organization.state() != v1::Organization::ACTIVE) {
          return OrganizationSuspendedError();
        }
        const std::string& id = act.document.person_id();
        ASSIGN_OR_RETURN(auto record, People().Find(txn, id));
        if (!record.has_value()) return PersonNotFoundError();
        if (!Next(kPersonMoves, StateOf(*record), Event::kApprove).has_value()) {
          return WrongStateError({StateOf(*record), Event::kApprove});
        }
        if (Lapsed(record->pending_until_ns(), call.arrival)) return RegistrationLapsedError();
        v1::Person& person = *record->mutable_person();
        if (act.document.registration_sha256() != person.registration_sha256()) {
          return RegistrationMismatchError();
        }
        RETURN_IF_ERROR(BindClaims(txn, *record));

        person.set_state(v1::Person::ACTIVE);
        record->set_pending_until_ns(0);
        record->set_approval_sha256(act.sha256);
        People().Put(txn, id, *record);
        Documents().Put(txn, act.sha256, act.stored);
        event::v1::Event event;
        auto* body = event.mutable_person_approved();
        body->set_person_id(id);
        body->set_organization_id(person.organization_id());
        *body->mutable_roles() = person.roles();
        body->set_cert_sha256(person.cert_sha256());
        if (!person.encryption_certificate().empty()) {
          body->set_encryption_cert_sha256(
              HexEncode(crypto::Sha256(person.encryption_certificate())));
        }
        body->set_registration_sha256(person.registration_sha256());
        body->set_approval_sha256(act.sha256);
        txn.Emit(kit::PublicEvent(event, kit::PersonName(id), procurement::kRoleRepresentative));
        *r->mutable_person() = person;
        return absl::OkStatus();
      });
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
    if (!type.has_value()) return OrganizationTypeUnknownError();
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
      if (Lapsed(row.record.pending_until_ns(), call.arrival)) continue;
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
