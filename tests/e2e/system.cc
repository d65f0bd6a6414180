#include "tests/e2e/system.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/config/config.h"
#include "common/document/json.h"
#include "common/rpc/network_peers.h"
#include "common/status/error.h"
#include "jodal/event/v1/event.pb.h"
#include "jodal/log/v1/log.pb.h"
#include "procurement/people/business_number.h"
#include "services/allinone/factories.h"
#include "services/kit/session_source.h"

namespace jodal::e2e {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using RegistrationStub = registration::v1::RegistrationService::Stub;

// Real time that the monitor may need.
constexpr auto kSettlePatience = std::chrono::seconds(20);
// Before the service in the subject of what the monitor notes of a log.
constexpr absl::string_view kNoted = "logs/";

}  // namespace

absl::StatusOr<std::unique_ptr<System>> System::Create(absl::Time start) {
  std::unique_ptr<System> system(new System(start));
  RETURN_IF_ERROR(system->Init());
  return system;
}

System::~System() {
  if (host_ != nullptr) host_->Stop(absl::Seconds(1));
  std::error_code ignored;
  if (!dir_.empty()) std::filesystem::remove_all(dir_, ignored);
}

absl::Status System::Init() {
  std::string name = "/tmp/jodal_XXXXXX";  // short: a socket's path has 107 bytes
  if (mkdtemp(name.data()) == nullptr) return absl::UnavailableError("no temporary folder");
  dir_ = name;
  RETURN_IF_ERROR(install::CreateInstallation({.dir = dir_}, clock_.Now()));
  ASSIGN_OR_RETURN(ca_, pki::CertificateAuthority::Load(install::CaDir(dir_)));
  ASSIGN_OR_RETURN(auto config, config::LoadConfig(install::ConfigFile(dir_)));
  name_ = config.system();
  rpc::NetworkPeers::Options peers;
  peers.service = "client";
  for (const auto& endpoint : config.services()) {
    peers.addresses[endpoint.service()] = endpoint.address();
  }
  ASSIGN_OR_RETURN(host_, host::Host::Create({.config = std::move(config),
                                              .factories = allinone::AllFactories(),
                                              .sessions = kit::Suspensions(),
                                              .memory_stores = true,
                                              .clock = &clock_}));
  RETURN_IF_ERROR(host_->Start());
  rpc::NetworkPeers network(std::move(peers));
  channel_ = network.Channel("registration");  // one socket serves all
  registration_ = registration::v1::RegistrationService::NewStub(channel_);
  tender_ = tender::v1::TenderService::NewStub(channel_);
  bidding_ = bidding::v1::BiddingService::NewStub(channel_);
  contract_ = contract::v1::ContractService::NewStub(channel_);
  payment_ = payment::v1::PaymentService::NewStub(channel_);
  signature_ = signature::v1::SignatureService::NewStub(channel_);
  tracking_ = tracking::v1::TrackingService::NewStub(channel_);

  const std::string keys = install::IdentityDir(dir_, "registrar");
  ASSIGN_OR_RETURN(auto identity, sdk::Identity::Load(keys));
  ASSIGN_OR_RETURN(auto key, pki::PrivateKey::LoadFile(keys + "/sign.key"));
  pki::Signer signer{std::make_shared<pki::PrivateKey>(std::move(key)), identity.certificate()};
  people_.push_back(std::unique_ptr<Person>(
      new Person{"registrar", std::move(signer), std::move(identity), {}, ""}));
  registrar_ = people_.back().get();
  return Login(*registrar_);
}

absl::Status System::MoveTo(absl::Time to) {
  clock_.Set(to);
  for (const auto& person : people_) {
    if (person->token.empty() || person->expires > to + absl::Hours(2)) continue;
    person->token.clear();
    // Whose certificate is over by now stays outside.
    if (person->identity.certificate().not_after() <= to) continue;
    RETURN_IF_ERROR(Login(*person));
  }
  return absl::OkStatus();
}

Person& System::NewPerson(const std::string& name, const KeyOptions& options) {
  const pki::CertificateAuthority& ca = options.ca != nullptr ? *options.ca : *ca_;
  pki::LeafRequest leaf;
  leaf.cn = name;
  leaf.usage = options.usage;
  leaf.not_before = std::max(options.not_before, ca.issuing().not_before());
  leaf.not_after = std::min(options.not_after, ca.issuing().not_after());
  auto key = pki::PrivateKey::Generate(options.type).value();
  leaf.spki_der = key.SpkiDer().value();
  const auto certificate = ca.Issue(leaf).value();
  auto copy = pki::PrivateKey::FromPem(key.ToPem().value()).value();
  sdk::Identity identity(std::move(copy), certificate);
  if (options.agreement) {
    auto agree = crypto::P256PrivateKey::Generate(random());
    leaf.spki_der = agree.SpkiDer();
    leaf.usage = pki::LeafUsage::kKeyAgreement;
    identity.SetAgreement(std::move(agree), ca.Issue(leaf).value());
  }
  pki::Signer signer{std::make_shared<pki::PrivateKey>(std::move(key)), certificate};
  people_.push_back(
      std::unique_ptr<Person>(new Person{name, std::move(signer), std::move(identity), {}, ""}));
  return *people_.back();
}

document::v1::OrganizationRegistration System::OrganizationDocument(const std::string& type,
                                                                    const std::string& name) {
  std::string number = absl::StrFormat("%09d", 100000000 + ++organizations_);
  number.push_back(*procurement::BusinessNumberCheckDigit(number));
  document::v1::OrganizationRegistration doc;
  doc.set_type(type);
  doc.set_business_number(number);
  doc.set_name(name);
  doc.set_name_en(name);
  doc.set_address("1 Test Street");
  doc.set_representative("Representative");
  doc.set_email("test@example.com");
  doc.set_nonce(RequestId());
  if (type == "supplier") doc.add_kinds("services");
  return doc;
}

absl::StatusOr<Person*> System::AddOrganization(const std::string& type, const std::string& name,
                                                const KeyOptions& options) {
  Person& person = NewPerson(name, options);
  registration::v1::RegisterOrganizationRequest request;
  *request.mutable_document() =
      Sign(person, "organization.registration", OrganizationDocument(type, name));
  ASSIGN_OR_RETURN(const auto registered, Do("RegisterOrganization", nullptr, *registration_,
                                             &RegistrationStub::RegisterOrganization, request));
  ASSIGN_OR_RETURN(auto approval, sdk::OrganizationApprovalFor(registered.organization()));
  approval.set_registration_sha256(
      sdk::DocumentHash(request.document()));  // whatever the answer says
  registration::v1::ApproveOrganizationRequest approve;
  *approve.mutable_document() = Sign(*registrar_, "organization.approval", approval);
  RETURN_IF_ERROR(Do("ApproveOrganization", registrar_, *registration_,
                     &RegistrationStub::ApproveOrganization, approve)
                      .status());
  RETURN_IF_ERROR(Login(person));
  return &person;
}

absl::StatusOr<Person*> System::AddPerson(const Person& representative, const std::string& name,
                                          const std::vector<std::string>& roles) {
  const bool committee = std::find(roles.begin(), roles.end(), "committee") != roles.end();
  Person& person = NewPerson(name, {.agreement = committee});
  document::v1::PersonRegistration doc;
  doc.set_organization_id(representative.organization());
  doc.set_name(name);
  doc.set_email("person@example.com");
  doc.set_nonce(RequestId());
  for (const std::string& role : roles) doc.add_roles(role);
  if (committee) doc.set_encryption_certificate(person.identity.agreement_certificate().der());
  registration::v1::RegisterPersonRequest request;
  *request.mutable_document() = Sign(person, "person.registration", doc);
  ASSIGN_OR_RETURN(const auto registered, Do("RegisterPerson", nullptr, *registration_,
                                             &RegistrationStub::RegisterPerson, request));
  ASSIGN_OR_RETURN(auto approval, sdk::PersonApprovalFor(registered.person()));
  approval.set_registration_sha256(
      sdk::DocumentHash(request.document()));  // whatever the answer says
  registration::v1::ApprovePersonRequest approve;
  *approve.mutable_document() = Sign(representative, "person.approval", approval);
  RETURN_IF_ERROR(Do("ApprovePerson", &representative, *registration_,
                     &RegistrationStub::ApprovePerson, approve)
                      .status());
  RETURN_IF_ERROR(Login(person));
  return &person;
}

absl::StatusOr<registration::v1::OpenSessionRequest> System::LoginRequest(const Person& person) {
  registration::v1::CreateChallengeRequest ask;
  ask.set_cert_sha256(person.identity.cert_sha256());
  ASSIGN_OR_RETURN(const auto challenge,
                   Call(*registration_, &RegistrationStub::CreateChallenge, ask));
  document::v1::Login login;
  login.set_challenge(challenge.challenge());
  sdk::Identity unnamed = person.identity;  // a login names no signer: the certificate tells
  unnamed.set_person_id("");
  registration::v1::OpenSessionRequest open;
  ASSIGN_OR_RETURN(*open.mutable_login(), sdk::SignDocument(unnamed, name_, "login", &login));
  open.set_request_id(RequestId());
  return open;
}

absl::Status System::Login(Person& person) {
  ASSIGN_OR_RETURN(const auto open, LoginRequest(person));
  ASSIGN_OR_RETURN(const auto session, Call(*registration_, &RegistrationStub::OpenSession, open));
  person.token = session.token();
  person.expires = absl::FromUnixNanos(session.expires_time_ns());
  person.roles = {session.roles().begin(), session.roles().end()};
  person.identity.set_person_id(session.person_id());
  return absl::OkStatus();
}

document::v1::SignedDocument System::Suspension(const std::string& organization, bool lift) {
  const auto text = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
  };
  const absl::Time now = clock().Now();
  Sanction& sanction = sanctions_[organization];
  if (!lift) sanction.from = now;
  document::v1::FactRecord doc;
  doc.set_subject(organization);
  doc.set_type("sanction");
  doc.set_value("collusion");
  doc.set_valid_from(text(lift ? sanction.from : now));
  doc.set_valid_to(text(lift ? now : now + absl::Hours(24 * 365)));
  doc.set_source(absl::StrCat("Test ", RequestId()));
  doc.set_evidence_sha256(std::string(64, 'e'));
  if (lift) doc.set_replaces(sanction.sha256);
  document::v1::SignedDocument out = Sign(*registrar_, "fact.record", doc);
  if (!lift) sanction.sha256 = sdk::DocumentHash(out);
  return out;
}

absl::StatusOr<registration::v1::Fact> System::RecordFact(
    const document::v1::SignedDocument& document) {
  registration::v1::RecordFactRequest request;
  *request.mutable_document() = document;
  request.set_request_id(RequestId());
  ASSIGN_OR_RETURN(const auto answer,
                   Call(*registration_, &RegistrationStub::RecordFact, request, registrar_));
  return answer.fact();
}

absl::Status System::Suspend(const Person& person, const document::v1::SignedDocument& suspension) {
  ASSIGN_OR_RETURN(const auto fact, RecordFact(suspension));
  const bool barred = fact.replaces().empty();
  registration::v1::GetPersonRequest ask;
  ask.set_person_id(person.id());
  const auto end = std::chrono::steady_clock::now() + kSettlePatience;
  while (std::chrono::steady_clock::now() < end) {
    const auto told = Call(*registration_, &RegistrationStub::GetPerson, ask, &person).status();
    if (ErrorReason(told) == (barred ? "SESSION_BARRED" : "")) return absl::OkStatus();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return absl::DeadlineExceededError("the open session does not tell of the suspension");
}

std::string System::RequestId() { return HexEncode(random().Bytes(16)); }

document::v1::SignedDocument* System::DocumentOf(Message* request) {
  const auto* reflection = request->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*request, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    if (field->message_type() == document::v1::SignedDocument::descriptor()) {
      return static_cast<document::v1::SignedDocument*>(reflection->MutableMessage(request, field));
    }
  }
  return nullptr;
}

std::string System::CanonicalJson(const Message& message) {
  return document::ToCanonicalJson(message).value();
}

bool System::SameAnswer(const Message& a, const Message& b) {
  google::protobuf::util::MessageDifferencer differ;
  if (const auto* receipt = a.GetDescriptor()->FindFieldByName("receipt")) {
    differ.IgnoreField(receipt);
  }
  return differ.Compare(a, b);
}

absl::Status System::Settle() {
  const auto end = std::chrono::steady_clock::now() + kSettlePatience;
  while (true) {
    ASSIGN_OR_RETURN(const auto status,
                     Call(*tracking_, &tracking::v1::TrackingService::Stub::GetMonitorStatus,
                          tracking::v1::GetMonitorStatusRequest()));
    // The monitor's store shows what it has noted a moment before its log does.
    RETURN_IF_ERROR(LogSize("tracking").status());
    bool settled = true;
    for (const auto& log : status.logs()) {
      if (!log.problem().empty()) return absl::DataLossError(log.problem());
      settled = settled && noted_[log.service()] == host_->ledger(log.service())->Size();
    }
    if (settled) return absl::OkStatus();
    if (std::chrono::steady_clock::now() > end) {
      return absl::DeadlineExceededError(
          absl::StrCat("the monitor does not keep up: ", status.ShortDebugString()));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// Entries that a refusal may not add: all but the evidence that the signature service keeps of what
// it has judged, and what the monitor notes of that.
absl::StatusOr<std::string> System::LogSize(const std::string& service) {
  ledger::Ledger* ledger = host_->ledger(service);
  auto& [read, counted] = counted_[service];
  while (read < ledger->Size()) {
    ASSIGN_OR_RETURN(const auto entries, ledger->Entries(read, 500, false));
    for (const auto& logged : entries) {
      log::v1::Entry entry;
      if (!entry.ParseFromString(logged.entry)) return absl::DataLossError("log entry");
      if (entry.type() != "evidence.recorded" && entry.subject() != "logs/signature") ++counted;
      if (service != "tracking" || !absl::StartsWith(entry.subject(), kNoted)) continue;
      event::v1::Event event;
      if (!event.ParseFromString(logged.body)) return absl::DataLossError("event");
      noted_[entry.subject().substr(kNoted.size())] = event.log_observed().size();
    }
    read += entries.size();
  }
  return absl::StrCat(counted);
}

Snapshot System::Look() {
  Snapshot out;
  for (const std::string& service : install::Stores()) {
    out["log of " + service] = LogSize(service).value();
  }
  for (const auto& [name, read] : reads_) out[name] = read.ask();
  return out;
}

std::string System::Show(const std::string& name, const std::string& value) const {
  const auto read = reads_.find(name);
  return read == reads_.end() ? value : read->second.show(value);
}

}  // namespace jodal::e2e
