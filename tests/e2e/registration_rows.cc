// Organisations, people, certificates, sessions.
#include "tests/e2e/bad_input.h"

namespace jodal::e2e {

using absl::StrCat;

void BadInputTest::RegistrationRows() {
  Person& fresh = s().NewPerson("fresh");
  using Doc = document::v1::OrganizationRegistration;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::function<void(Doc&)>& spoil) {
    Doc doc = s().OrganizationDocument("supplier", "fresh");
    spoil(doc);
    Refused(
        "organisation: " + name, [&] { return Register(fresh, doc); }, reason);
  };
  row("wrong check digit", "BUSINESS_NUMBER_INVALID", [](Doc& d) {
    std::string number = d.business_number();
    number[9] = number[9] == '9' ? '0' : static_cast<char>(number[9] + 1);
    d.set_business_number(number);
  });
  row("unknown type", "ORGANIZATION_TYPE_UNKNOWN", [](Doc& d) { d.set_type("registrar"); });
  row("a supplier of nothing", "KINDS_INVALID", [](Doc& d) { d.clear_kinds(); });
  row("a name that turns the writing around", "TEXT_INVALID", [](Doc& d) {
    d.set_name(
        "a\xE2\x80\xAE"
        "b");
  });
  row("another system", "DOCUMENT_SYSTEM", [](Doc& d) { d.set_system("jodal.example"); });
  row("another kind", "DOCUMENT_KIND", [](Doc& d) { d.set_kind("person.registration"); });
  row("in the name of a registered person", "DOCUMENT_SIGNER",
      [&](Doc& d) { d.set_signer(w().s1->id()); });
  const Doc taken = [&] {
    Doc doc = s().OrganizationDocument("supplier", "fresh");
    doc.set_business_number(w().s1->organization().substr(2));
    return doc;
  }();
  Refused(
      "organisation: a number that is registered", [&] { return Register(fresh, taken); },
      "ORGANIZATION_EXISTS");
  {
    sdk::Identity unnamed = w().s1->identity;
    unnamed.set_person_id("");
    Doc doc = s().OrganizationDocument("supplier", "again");
    Refused(
        "organisation: a certificate that is registered",
        [&] {
          return Register(
              sdk::SignDocument(unnamed, s().name(), "organization.registration", &doc).value());
        },
        "CERTIFICATE_ALREADY_BOUND");
    pki::LeafRequest leaf;
    leaf.cn = "another certificate";
    leaf.spki_der = unnamed.certificate().spki_der();
    leaf.not_before = s().ca().issuing().not_before();
    leaf.not_after = s().ca().issuing().not_after();
    const auto certificate = s().ca().Issue(leaf).value();
    const sdk::Identity second(
        pki::PrivateKey::FromPem(w().s1->signer.key->ToPem().value()).value(), certificate);
    Refused(
        "organisation: another certificate for a registered key",
        [&] {
          return Register(
              sdk::SignDocument(second, s().name(), "organization.registration", &doc).value());
        },
        "KEY_ALREADY_BOUND");
  }
  for (const auto& [id, reason] :
       std::map<std::string, std::string>{{"", "REQUEST_ID_MISSING"},
                                          {"short", "REQUEST_ID_LENGTH"},
                                          {std::string(65, 'x'), "REQUEST_ID_LENGTH"}}) {
    Refused(
        StrCat("organisation: request id of ", id.size(), " bytes"),
        [&, id = id] {
          registration::v1::RegisterOrganizationRequest request;
          *request.mutable_document() = s().Sign(fresh, "organization.registration",
                                                 s().OrganizationDocument("supplier", "fresh"));
          request.set_request_id(id);
          return s()
              .Call(s().registration(), &RegistrationStub::RegisterOrganization, request)
              .status();
        },
        reason);
  }
  const std::string json =
      s().Json(fresh, "organization.registration", s().OrganizationDocument("supplier", "fresh"));
  const auto send = [&](document::v1::SignedDocument d) { return Register(std::move(d)); };
  SpoiltJson("organisation", fresh, json, send);
  SpoiltCms("organisation", fresh, json, send);
  // The attributes of a good signature as the content of one without any (the forgery that
  // libraries accept).
  Refused(
      "organisation: signed attributes passed off as a document",
      [&] {
        const auto good = fresh.identity.Sign(json).value();
        const auto cms = pki::ReadCms(good.signature()).value();
        pki::CmsBuilder forged(fresh.signer, json);
        forged.signature = std::string(cms.signature);
        forged.strip = true;
        document::v1::SignedDocument document;
        document.set_content(std::string(cms.signed_attrs_der));
        document.set_signature(forged.Build());
        return Register(document);
      },
      "JSON_MALFORMED");

  table_->Refused(
      "organisation: a message of 5 MiB",
      [&] {
        document::v1::SignedDocument document;
        document.set_content(std::string(5 << 20, ' '));
        return Register(document);
      },
      Refusal{absl::StatusCode::kResourceExhausted, "", ""});

  // --- People
  using PersonDoc = document::v1::PersonRegistration;
  const auto person = [&](const std::string& name, const Person& of, const std::string& reason,
                          const std::function<void(PersonDoc&)>& spoil,
                          const std::string& detail = "") {
    PersonDoc doc = PersonDocument(of);
    spoil(doc);
    Refused(
        "person: " + name, [&] { return RegisterPerson(fresh, doc); }, reason, detail);
  };
  person("no role", *w().agency, "ROLES_MISSING", [](PersonDoc&) {});
  person("unknown role", *w().agency, "ROLE_UNKNOWN", [](PersonDoc& d) { d.add_roles("king"); });
  person("registrar", *w().agency, "ROLE_NOT_ALLOWED",
         [](PersonDoc& d) { d.add_roles("registrar"); });
  person("a second representative", *w().agency, "ROLE_NOT_ALLOWED",
         [](PersonDoc& d) { d.add_roles("representative"); });
  person("an officer of a supplier", *w().s1, "ROLE_NOT_ALLOWED",
         [](PersonDoc& d) { d.add_roles("officer"); });
  person("a supplier of an agency", *w().agency, "ROLE_NOT_ALLOWED",
         [](PersonDoc& d) { d.add_roles("supplier"); });
  person("a committee member without an encryption certificate", *w().agency,
         "ENCRYPTION_CERTIFICATE_MISSING", [](PersonDoc& d) { d.add_roles("committee"); });
  const auto member = [&](const std::string& name, const KeyOptions& options,
                          const std::string& check) {
    const std::string der = s().NewPerson(name, options).identity.certificate().der();
    person(
        "encryption certificate " + name, *w().agency, "ENCRYPTION_CERTIFICATE_REFUSED",
        [&](PersonDoc& d) {
          d.add_roles("committee");
          d.set_encryption_certificate(der);
        },
        check);
  };
  const auto agreement = pki::LeafUsage::kKeyAgreement;
  const absl::Time now = s().clock().Now();
  member("for signing", {}, "KEY_USAGE");
  member("expired", {.usage = agreement, .not_after = now}, "CERT_EXPIRED");
  member("of P-224", {.type = pki::KeyType::kEcP224, .usage = agreement}, "KEY_EC_CURVE");
  Refused(
      "person: of an organisation that does not exist",
      [&] {
        PersonDoc doc = PersonDocument(*w().agency);
        doc.set_organization_id("A-1234567891");
        doc.add_roles("officer");
        return RegisterPerson(fresh, doc);
      },
      "ORGANIZATION_NOT_FOUND");

  // --- Approvals
  Person& pending = s().NewPerson("pending");
  const auto pending_doc =
      s().Sign(pending, "organization.registration", s().OrganizationDocument("agency", "pending"));
  const std::string pending_id = [&] {
    registration::v1::RegisterOrganizationRequest request;
    *request.mutable_document() = pending_doc;
    return Step(s().Do("RegisterOrganization", nullptr, s().registration(),
                       &RegistrationStub::RegisterOrganization, request))
        .organization()
        .organization_id();
  }();
  const auto approve = [&](const Person& session, const Person& signer, const std::string& id,
                           const std::string& hash) {
    document::v1::OrganizationApproval doc;
    doc.set_organization_id(id);
    doc.set_registration_sha256(hash);
    doc.set_signer(session.id());
    return w().SendSigned(session, w().SignAnew(signer, "organization.approval", doc),
                          s().registration(), &RegistrationStub::ApproveOrganization);
  };
  const std::string hash = sdk::DocumentHash(pending_doc);
  Person& registrar = s().registrar();
  Refused(
      "approval: of another registration",
      [&] { return approve(registrar, registrar, pending_id, std::string(64, 'a')); },
      "REGISTRATION_MISMATCH");
  Refused(
      "approval: of nobody", [&] { return approve(registrar, registrar, "A-1234567891", hash); },
      "ORGANIZATION_NOT_FOUND");
  Refused(
      "approval: signed by another certificate than the session's",
      [&] { return approve(registrar, *w().s1, pending_id, hash); }, "SIGNER_MISMATCH");
  Refused(
      "approval: of who is approved",
      [&] { return approve(registrar, registrar, w().s1->organization(), hash); }, "WRONG_STATE");
  Refused(
      "person: of an organisation that waits",
      [&] {
        PersonDoc doc = PersonDocument(*w().agency);
        doc.set_organization_id(pending_id);
        doc.add_roles("officer");
        return RegisterPerson(fresh, doc);
      },
      "ORGANIZATION_NOT_ACTIVE");
  Refused(
      "session: of who waits", [&] { return OpenSession(s().LoginRequest(pending).value()); },
      "CERTIFICATE_NOT_REGISTERED");
  Refused(
      "suspension: of who waits", [&] { return Suspend(pending_id, false); },
      "ORGANIZATION_NOT_ACTIVE");
  const std::string nobody =
      StrCat("S-", s().OrganizationDocument("supplier", "nobody").business_number());
  Refused(
      "suspension: of nobody", [&] { return Suspend(nobody, false); }, "ORGANIZATION_NOT_FOUND");
  {
    const auto fact = [&](const std::string& name, const std::string& reason,
                          const std::function<void(document::v1::FactRecord&)>& spoil) {
      document::v1::FactRecord d;
      d.set_subject(w().s1->organization());
      d.set_type("sanction");
      d.set_value("fraud");
      d.set_valid_from("2025-06-01T00:00:00Z");
      d.set_valid_to("2026-06-01T00:00:00Z");
      d.set_source("Test");
      d.set_evidence_sha256(std::string(64, 'e'));
      spoil(d);
      Refused(
          "fact: " + name, [&] { return Suspend(s().Sign(s().registrar(), "fact.record", d)); },
          reason);
    };
    using Fact = document::v1::FactRecord;
    fact("of an unknown type", "FACT_TYPE_UNKNOWN", [](Fact& d) { d.set_type("weather"); });
    fact("about no organisation", "FACT_SUBJECT_INVALID", [](Fact& d) { d.set_subject("KR"); });
    fact("on a ground that the law does not know", "FACT_VALUE_UNKNOWN",
         [](Fact& d) { d.set_value("rudeness"); });
    fact("of three years", "FACT_PERIOD_INVALID",
         [](Fact& d) { d.set_valid_to("2028-06-01T00:00:00Z"); });
    fact("without an end", "FACT_PERIOD_INVALID", [](Fact& d) { d.clear_valid_to(); });
    fact("without a paper", "FACT_EVIDENCE_INVALID", [](Fact& d) { d.clear_evidence_sha256(); });
    fact("from nowhere", "FACT_TEXT_INVALID", [](Fact& d) { d.clear_source(); });
    fact("in the place of none", "FACT_NOT_FOUND",
         [](Fact& d) { d.set_replaces(std::string(64, 'a')); });
    fact("of another system", "DOCUMENT_SYSTEM", [](Fact& d) { d.set_system("elsewhere"); });
  }
  document::v1::PersonApproval again;
  again.set_person_id(w().officer->id());
  const auto approve_person = [&](const Person& who) {
    return w().Send(who, "person.approval", again, s().registration(),
                    &RegistrationStub::ApprovePerson);
  };
  Refused(
      "person's approval: twice", [&] { return approve_person(*w().agency); }, "WRONG_STATE");
  Refused(
      "person's approval: by another organisation",
      [&] { return approve_person(*w().other_agency); }, "NOT_ALLOWED");

  // A suspended organisation.
  Person& suspended = *Step(s().AddOrganization("supplier", "suspended"));
  Person& clerk = s().NewPerson("clerk");
  PersonDoc clerk_doc = PersonDocument(suspended);
  clerk_doc.set_name("clerk");
  clerk_doc.add_roles("supplier");
  registration::v1::RegisterPersonRequest register_clerk;
  *register_clerk.mutable_document() = s().Sign(clerk, "person.registration", clerk_doc);
  document::v1::PersonApproval clerk_approval;
  clerk_approval.set_person_id(Step(s().Do("RegisterPerson", nullptr, s().registration(),
                                           &RegistrationStub::RegisterPerson, register_clerk))
                                   .person()
                                   .person_id());
  clerk_approval.set_registration_sha256(sdk::DocumentHash(register_clerk.document()));
  const auto suspension = s().Suspension(suspended.organization(), false);
  Step(s().Suspend(suspended, suspension));
  Refused(
      "session: of who is suspended",
      [&] { return OpenSession(s().LoginRequest(suspended).value()); }, "ORGANIZATION_SUSPENDED");
  Refused(
      "person: of an organisation that is suspended",
      [&] {
        PersonDoc doc = PersonDocument(suspended);
        doc.add_roles("supplier");
        return RegisterPerson(fresh, doc);
      },
      "ORGANIZATION_NOT_ACTIVE");
  Refused(
      "person's approval: by who is suspended since",
      [&] {
        return w().Send(suspended, "person.approval", clerk_approval, s().registration(),
                        &RegistrationStub::ApprovePerson);
      },
      "SESSION_BARRED");
  Step(s().Suspend(suspended, s().Suspension(suspended.organization(), true)));
  Refused(
      "suspension: lifted twice", [&] { return Suspend(suspended.organization(), true); },
      "FACT_REPLACED");
  Refused(
      "suspension: replayed once it was lifted", [&] { return Suspend(suspension); },
      "DOCUMENT_REPLAYED");
}

void BadInputTest::CertificateRows() {
  const absl::Time now = s().clock().Now();
  const auto row = [&](const std::string& name, const KeyOptions& options,
                       const std::string& check) {
    Person& person = s().NewPerson(name, options);
    Refused(
        "certificate: " + name,
        [&] { return Register(person, s().OrganizationDocument("supplier", name)); },
        "SIGNATURE_REFUSED", check);
  };
  pki::CaRequest request;
  request.not_before = s().ca().issuing().not_before();
  request.not_after = s().ca().issuing().not_after();
  const auto stranger = pki::CertificateAuthority::Create(request).value();  // the same names
  using pki::KeyType;
  row("expired", {.not_after = now}, "CERT_EXPIRED");
  row("not yet valid", {.not_before = now + absl::Seconds(1)}, "CERT_NOT_YET_VALID");
  row("of an unknown authority", {.ca = &stranger}, "CHAIN_NOT_FOUND");
  row("RSA-1024", {.type = KeyType::kRsa1024}, "KEY_RSA_TOO_SHORT");
  row("P-224", {.type = KeyType::kEcP224}, "KEY_EC_CURVE");
  row("secp256k1", {.type = KeyType::kEcSecp256k1}, "KEY_EC_CURVE");
  row("explicit curve", {.type = KeyType::kEcP256Explicit}, "KEY_EC_EXPLICIT_PARAMETERS");
  row("for key agreement", {.usage = pki::LeafUsage::kKeyAgreement}, "KEY_USAGE");
  row("for TLS", {.usage = pki::LeafUsage::kTlsServer}, "CHAIN_CONSTRAINTS");

  const absl::Time end = s().ca().issuing().not_after();
  const std::string before = s().ca().IssuingCrl(now, end).value();
  Step(UpdateCrl(before));
  Person& revoked = s().NewPerson("revoked");
  Step(Revoke(revoked));
  Refused(
      "certificate: revoked",
      [&] { return Register(revoked, s().OrganizationDocument("supplier", "revoked")); },
      "SIGNATURE_REFUSED", "CERT_REVOKED");
  auto strange_authority = pki::CertificateAuthority::Create(request).value();
  Refused(
      "CRL: no CRL", [&] { return UpdateCrl("junk"); }, "CRL_INVALID");
  Refused(
      "CRL: of an unknown authority",
      [&] { return UpdateCrl(strange_authority.IssuingCrl(now, end).value()); }, "CRL_NOT_TRUSTED");
  Refused(
      "CRL: older than the one in force, which would restore who is revoked",
      [&] { return UpdateCrl(before); }, "CRL_NOT_NEWER");
}

void BadInputTest::LoginRows() {
  Person& stranger = s().NewPerson("stranger");
  Refused(
      "session: of nobody", [&] { return OpenSession(s().LoginRequest(stranger).value()); },
      "CERTIFICATE_NOT_REGISTERED");
  const auto answer = [&](const Person& who, const std::string& challenge) {
    document::v1::Login login;
    login.set_challenge(challenge);
    sdk::Identity unnamed = who.identity;
    unnamed.set_person_id("");
    registration::v1::OpenSessionRequest open;
    *open.mutable_login() = sdk::SignDocument(unnamed, s().name(), "login", &login).value();
    open.set_request_id(s().RequestId());
    return OpenSession(open);
  };
  const auto challenge = [&](const Person& who) {
    registration::v1::CreateChallengeRequest ask;
    ask.set_cert_sha256(who.identity.cert_sha256());
    return s()
        .Call(s().registration(), &RegistrationStub::CreateChallenge, ask)
        .value()
        .challenge();
  };
  const std::string of_s2 = challenge(*w().s2);
  Refused(
      "session: with another's challenge", [&] { return answer(*w().s1, of_s2); },
      "CHALLENGE_INVALID");
  Refused(
      "session: with an invented challenge",
      [&] { return answer(*w().s1, std::string(of_s2.size(), 'A')); }, "CHALLENGE_INVALID");
  Refused(
      "session: without a challenge", [&] { return answer(*w().s1, ""); }, "CHALLENGE_INVALID");
  Step(answer(*w().s2, of_s2));
  Refused(
      "session: with a challenge that was used", [&] { return answer(*w().s2, of_s2); },
      "CHALLENGE_USED");
  const auto good = s().LoginRequest(*w().s1).value();
  const auto send = [&](document::v1::SignedDocument document) {
    registration::v1::OpenSessionRequest open;
    *open.mutable_login() = std::move(document);
    open.set_request_id(s().RequestId());
    return OpenSession(open);
  };
  SpoiltCms("session", *w().s1, good.login().content(), send);
  SpoiltJson("session", *w().s1, good.login().content(), send);
  const std::string slow = challenge(*w().s1);
  MoveTo(s().clock().Now() + absl::Seconds(60));
  Refused(
      "session: with a challenge of a minute ago", [&] { return answer(*w().s1, slow); },
      "CHALLENGE_EXPIRED");
}

}  // namespace jodal::e2e
