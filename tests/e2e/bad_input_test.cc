// Bad input against the whole system, in the order of one main job from registration to payment:
// real signatures, real seals, real services. Every row is refused for the reason it names and
// changes nothing; see refusals.h.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/json.h"
#include "tests/e2e/refusals.h"
#include "tests/e2e/world.h"

namespace jodal::e2e {
namespace {

using absl::StrCat;

// Where the main tender, its contract and its payment are.
enum Stage {
  kDraft,
  kSubmitted,
  kPublished,
  kWindow,
  kClosed,
  kOpened,
  kEvaluated,
  kAwarded,
  kOffered,
  kConsented,
  kFormed,
  kReported,
  kAccepted,
  kInvoiced,
  kApprovedOnce,
  kOrdered,
  kSettled,
};
const char* const kStageNames[] = {"DRAFT",   "SUBMITTED", "PUBLISHED", "WINDOW",   "CLOSED",
                                   "OPENED",  "EVALUATED", "AWARDED",   "OFFERED",  "CONSENTED",
                                   "FORMED",  "REPORTED",  "ACCEPTED",  "INVOICED", "APPROVED_ONCE",
                                   "ORDERED", "SETTLED"};

// A mutation of the main job, and from each stage on why it is refused; "" while it is allowed.
struct Mutation {
  std::string name;
  std::function<absl::Status()> act;
  std::map<Stage, std::string> refused_from;
};

std::string Replace(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " is not in " << text;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

struct JsonFault {
  std::string name;
  std::string reason;
  std::function<std::string(const std::string&)> spoil;
};

// Ways to spoil the JSON of any document: all begin {"kind":"...","version":1,
std::vector<JsonFault> JsonFaults() {
  const auto first = [](const std::string& member) {
    return [member](const std::string& json) { return "{" + member + "," + json.substr(1); };
  };
  const auto version = [](const std::string& value) {
    return [value](const std::string& json) {
      return Replace(json, "\"version\":1", "\"version\":" + value);
    };
  };
  return {
      {"duplicate name", "JSON_DUPLICATE_NAME", first("\"kind\":\"x\"")},
      {"duplicate name, escaped", "JSON_DUPLICATE_NAME", first("\"\\u006bind\":\"x\"")},
      {"a float", "JSON_NUMBER", version("1.0")},
      {"an exponent", "JSON_NUMBER", version("1e0")},
      {"negative zero", "JSON_NUMBER", version("-0")},
      {"an integer of more than 64 bits", "JSON_NUMBER", version("9223372036854775808")},
      {"an integer of more than 32 bits", "DOCUMENT_FIELD_TYPE", version("4294967297")},
      {"text for a number", "DOCUMENT_FIELD_TYPE", version("\"1\"")},
      {"null", "DOCUMENT_FIELD_TYPE", version("null")},
      {"an unknown field", "DOCUMENT_UNKNOWN_FIELD", first("\"x\":1")},
      {"snake_case", "DOCUMENT_UNKNOWN_FIELD", first("\"tender_id\":\"R25BK00000001\"")},
      {"deep nesting", "JSON_TOO_DEEP",
       first("\"x\":" + std::string(20, '[') + std::string(20, ']'))},
      {"no UTF-8", "JSON_NOT_UTF8", first("\"x\":\"\xff\"")},
      {"a lone surrogate", "JSON_NOT_UTF8", first("\"x\":\"\\ud800\"")},
      {"two documents", "JSON_MALFORMED", [](const std::string& json) { return json + json; }},
      {"an array", "JSON_MALFORMED", [](const std::string& json) { return "[" + json + "]"; }},
      {"half a document", "JSON_MALFORMED",
       [](const std::string& json) { return json.substr(0, json.size() / 2); }},
      {"more than 1 MiB", "DOCUMENT_TOO_LARGE",
       [](const std::string& json) { return json + std::string((1 << 20) + 1, ' '); }},
      {"another version", "DOCUMENT_VERSION", version("2")},
  };
}

struct CmsFault {
  std::string name;
  std::string check;
  std::function<std::string(const Person&, const std::string&)> sign;  // of the content
};

std::string Build(const Person& who, const std::string& content,
                  const std::function<void(pki::CmsBuilder&)>& spoil) {
  pki::CmsBuilder builder(who.signer, content);
  spoil(builder);
  return builder.Build();
}

// Signatures that look right to a careless verifier.
std::vector<CmsFault> CmsFaults() {
  using pki::DerValue;
  const auto forged = [](const std::function<void(pki::CmsBuilder&)>& spoil) {
    return [spoil](const Person& who, const std::string& content) {
      return Build(who, content, spoil);
    };
  };
  return {
      {"attributes stripped", "SIGNED_ATTRS_MISSING",
       forged([](pki::CmsBuilder& b) { b.strip = true; })},
      {"attribute duplicated", "SIGNED_ATTR_DUPLICATED", forged([](pki::CmsBuilder& b) {
         b.more_attributes = {pki::TestAttribute(
             pki::kOidMessageDigest, DerValue(pki::kTagOctetString, {std::string(32, 'x')}))};
       })},
      {"two values in an attribute", "SIGNED_ATTR_VALUE_COUNT", forged([](pki::CmsBuilder& b) {
         b.content_type = pki::TestAttribute(
             pki::kOidContentType, pki::TestOid(pki::kOidData) + pki::TestOid(pki::kOidSignedData));
       })},
      {"no signingCertificateV2", "SIGNING_CERTIFICATE_V2_MISSING",
       forged([](pki::CmsBuilder& b) { b.signing_certificate.clear(); })},
      {"signingCertificateV2 of another", "SIGNING_CERTIFICATE_MISMATCH",
       forged([](pki::CmsBuilder& b) {
         b.signing_certificate = pki::CmsBuilder::SigningCertificate(std::string(32, 'x'));
       })},
      {"BER instead of DER", "CMS_NOT_DER",
       [](const Person& who, const std::string& content) {
         const std::string der = Build(who, content, [](pki::CmsBuilder&) {});
         const auto outer = *pki::DerReader(der).Next();
         return StrCat("\x30\x80", outer.content, absl::string_view("\0\0", 2));
       }},
      {"bytes after the end", "CMS_NOT_DER",
       [](const Person& who, const std::string& content) {
         return Build(who, content, [](pki::CmsBuilder&) {}) + '\0';
       }},
      {"content inside", "CMS_CONTENT_ATTACHED",
       [](const Person& who, const std::string& content) {
         return Build(who, content, [&](pki::CmsBuilder& b) {
           b.attached =
               DerValue(pki::TagConstructed(0), {DerValue(pki::kTagOctetString, {content})});
         });
       }},
      {"r = s = 0", "SIGNATURE_VALUE", forged([](pki::CmsBuilder& b) {
         b.signature = std::string("\x30\x06\x02\x01\0\x02\x01\0", 8);
       })},
      {"no signature", "CMS_NOT_DER",
       [](const Person&, const std::string&) { return std::string(); }},
      {"other content", "CONTENT_DIGEST",
       [](const Person& who, const std::string& content) {
         return Build(who, content + " ", [](pki::CmsBuilder&) {});
       }},
  };
}

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override {
    auto created = System::Create(At(World::kStart));
    ASSERT_TRUE(created.ok()) << created.status();
    system_ = *std::move(created);
    world_ = std::make_unique<World>(*system_);
    table_ = std::make_unique<Refusals>(*system_);
    ASSERT_EQ(world_->Populate(), absl::OkStatus());
  }
  System& s() { return *system_; }
  World& w() { return *world_; }

  using RegistrationStub = World::RegistrationStub;
  using TenderStub = World::TenderStub;
  using BiddingStub = World::BiddingStub;
  using ContractStub = World::ContractStub;
  using PaymentStub = World::PaymentStub;
  using SignatureStub = World::SignatureStub;
  using Act = std::function<absl::Status()>;

  void Refused(const std::string& name, const Act& act, const std::string& reason,
               const std::string& detail = "") {
    table_->Refused(name, act, reason, detail);
  }
  void Step(const absl::Status& status) {
    table_->Stepped();
    ASSERT_EQ(status, absl::OkStatus());
  }
  template <typename T>
  T Step(absl::StatusOr<T> result) {
    table_->Stepped();
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : T();
  }
  void MoveTo(absl::Time to) { Step(s().MoveTo(to)); }

  // --- The same faults in documents of different services
  void SpoiltJson(const std::string& what, const Person& who, const std::string& json,
                  const std::function<absl::Status(document::v1::SignedDocument)>& send,
                  const std::map<std::string, std::string>& other_reasons = {}) {
    for (const JsonFault& fault : JsonFaults()) {
      const auto other = other_reasons.find(fault.reason);
      Refused(
          StrCat(what, ": JSON with ", fault.name),
          [&] { return send(who.identity.Sign(fault.spoil(json)).value()); },
          other == other_reasons.end() ? fault.reason : other->second);
    }
  }
  void SpoiltCms(const std::string& what, const Person& who, const std::string& json,
                 const std::function<absl::Status(document::v1::SignedDocument)>& send) {
    for (const CmsFault& fault : CmsFaults()) {
      Refused(
          StrCat(what, ": signature with ", fault.name),
          [&] {
            document::v1::SignedDocument document;
            document.set_content(json);
            document.set_signature(fault.sign(who, json));
            return send(document);
          },
          "SIGNATURE_REFUSED", fault.check);
    }
  }

  // --- Registration
  absl::Status Register(document::v1::SignedDocument document) {
    registration::v1::RegisterOrganizationRequest request;
    *request.mutable_document() = std::move(document);
    request.set_request_id(s().RequestId());
    return s().Call(s().registration(), &RegistrationStub::RegisterOrganization, request).status();
  }
  absl::Status Register(const Person& who, const document::v1::OrganizationRegistration& doc) {
    return Register(s().Sign(who, "organization.registration", doc));
  }
  document::v1::PersonRegistration PersonDocument(const Person& of) const {
    document::v1::PersonRegistration doc;
    doc.set_organization_id(of.organization());
    doc.set_name("Person");
    doc.set_email("person@example.com");
    return doc;
  }
  absl::Status RegisterPerson(const Person& who, const document::v1::PersonRegistration& doc) {
    return w().SendSigned(who, s().Sign(who, "person.registration", doc), s().registration(),
                          &RegistrationStub::RegisterPerson);
  }
  absl::Status OpenSession(const registration::v1::OpenSessionRequest& request) {
    return s().Call(s().registration(), &RegistrationStub::OpenSession, request).status();
  }
  document::v1::SignedDocument Suspension(const std::string& organization, bool lift) {
    document::v1::OrganizationSuspension doc;
    doc.set_organization_id(organization);
    doc.set_reason("Test");
    doc.set_lift(lift);
    doc.set_nonce(s().RequestId());
    return s().Sign(s().registrar(), "organization.suspension", doc);
  }
  absl::Status Suspend(const document::v1::SignedDocument& document) {
    return w().SendSigned(s().registrar(), document, s().registration(),
                          &RegistrationStub::SuspendOrganization);
  }
  absl::Status Suspend(const std::string& organization, bool lift) {
    return Suspend(Suspension(organization, lift));
  }
  absl::Status UpdateCrl(const std::string& crl) {
    signature::v1::UpdateCrlRequest request;
    request.set_crl(crl);
    request.set_request_id(s().RequestId());
    return s().Call(s().signature(), &SignatureStub::UpdateCrl, request).status();
  }
  // Revoked from now on.
  absl::Status Revoke(const Person& person) {
    const absl::Time now = s().clock().Now();
    s().ca().Revoke(person.identity.certificate().serial(), now);
    ASSIGN_OR_RETURN(const std::string crl,
                     s().ca().IssuingCrl(now, s().ca().issuing().not_after()));
    return UpdateCrl(crl);
  }

  void RegistrationRows();
  void CertificateRows();
  void LoginRows();
  void NoticeRows();
  void EarlyRows();
  void VoidBids();
  void BidRows();
  void ShareRows();
  void AwardRows();
  void ContractRows();
  void InvoiceRows();
  void ApprovalRows();
  void AccountRows();
  void CancelledTender();
  void FailedTender();
  void ReplayRows();

  // --- Wrong states
  std::vector<Mutation> Mutations();
  void WrongStates(Stage stage) {
    for (const Mutation& mutation : mutations_) {
      std::string reason;
      for (const auto& [from, why] : mutation.refused_from) {
        if (from <= stage) reason = why;
      }
      if (reason.empty()) continue;
      Refused(StrCat(mutation.name, " in state ", kStageNames[stage]), mutation.act, reason);
    }
  }

  bidding::v1::CreateBoxRequest BoxRequest(const sdk::PublishedNotice& notice) {
    bidding::v1::CreateBoxRequest request;
    request.set_tender_id(notice.notice.tender_id());
    *request.mutable_notice()->mutable_document() = notice.document;
    return request;
  }
  // As the tender service.
  absl::Status CreateBox(const bidding::v1::CreateBoxRequest& request) {
    auto stub =
        bidding::v1::BiddingService::NewStub(s().host().peers("tender")->Channel("bidding"));
    return s().Call(*stub, &BiddingStub::CreateBox, request).status();
  }
  absl::Status CancelBox(const std::string& tender_id) {
    auto stub =
        bidding::v1::BiddingService::NewStub(s().host().peers("tender")->Channel("bidding"));
    bidding::v1::CancelBoxRequest request;
    request.set_tender_id(tender_id);
    return s().Call(*stub, &BiddingStub::CancelBox, request).status();
  }
  // The next version of the main notice.
  sdk::PublishedNotice NextVersion(const sdk::PublishedNotice& of) {
    document::v1::Notice next = of.notice;
    next.set_notice_version(of.notice.notice_version() + 1);
    next.set_previous_notice_hash(of.hash_hex());
    next.set_deadline("2025-01-27T02:00:00Z");
    next.set_open_at("2025-01-27T03:00:00Z");
    next.clear_signer();
    return w().Prepare(next).value();
  }
  absl::Status SubmitNotice(const Person& who, const sdk::PublishedNotice& notice) {
    return w().SendSigned(who, notice.document, s().tender(), &TenderStub::SubmitNotice);
  }
  absl::Status SubmitNotice(const Person& who, const document::v1::Notice& notice) {
    return w().Send(who, "notice", notice, s().tender(), &TenderStub::SubmitNotice);
  }

  void KeepReads();

  std::unique_ptr<System> system_;
  std::unique_ptr<World> world_;
  std::unique_ptr<Refusals> table_;
  std::vector<Mutation> mutations_;
  sdk::PublishedNotice first_, another_, cancelled_, failed_;
  std::map<std::string, std::string> void_reasons_;  // by submission
  bidding::v1::SubmitBidRequest s1_bid_;
};

// What is read before and after every row.
void BadInputTest::KeepReads() {
  registration::v1::ListOrganizationsRequest organizations;
  organizations.set_page_size(200);
  s().Keep("organizations", s().registration(), &RegistrationStub::ListOrganizations,
           organizations);
  for (const Person* of : {w().agency, w().s1}) {
    registration::v1::ListPeopleRequest people;
    people.set_organization_id(of->organization());
    s().Keep("people of " + of->name, s().registration(), &RegistrationStub::ListPeople, people,
             of);
  }
  for (const auto* notice : {&w().notice, &another_, &cancelled_, &failed_}) {
    const std::string id = notice->notice.tender_id();
    if (id.empty()) continue;
    tender::v1::GetTenderRequest tender;
    tender.set_tender_id(id);
    s().Keep("tender " + id, s().tender(), &TenderStub::GetTender, tender, w().officer);
    bidding::v1::GetBoxRequest box;
    box.set_tender_id(id);
    s().Keep("box " + id, s().bidding(), &BiddingStub::GetBox, box);
  }
  bidding::v1::GetOwnBidRequest own;
  own.set_tender_id(w().notice.notice.tender_id());
  for (const Person* supplier : {w().s1, w().s2, w().late}) {
    s().Keep("bid of " + supplier->name, s().bidding(), &BiddingStub::GetOwnBid, own, supplier);
  }
  contract::v1::GetContractRequest contract;
  contract.set_contract_id(w().Offer().contract_id());
  s().Keep("contract", s().contract(), &ContractStub::GetContract, contract);
  payment::v1::ListPaymentsRequest payments;
  payments.set_contract_id(contract.contract_id());
  s().Keep("payments", s().payment(), &PaymentStub::ListPayments, payments);
  payment::v1::GetAccountRequest account;
  account.set_supplier_id(w().s1->organization());
  s().Keep("account", s().payment(), &PaymentStub::GetAccount, account, w().s1);
}

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
      "suspension: of who waits", [&] { return Suspend(pending_id, false); }, "WRONG_STATE");
  Refused(
      "suspension: of nobody", [&] { return Suspend("S-1234567891", false); },
      "ORGANIZATION_NOT_FOUND");
  Refused(
      "suspension: lifted without being", [&] { return Suspend(w().s1->organization(), true); },
      "WRONG_STATE");
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
      [&] { return approve_person(*w().other_agency); }, "NOT_YOUR_ORGANIZATION");

  // A suspended organisation.
  Person& suspended = *Step(s().AddOrganization("supplier", "suspended"));
  const auto suspension = Suspension(suspended.organization(), false);
  Step(Suspend(suspension));
  Refused(
      "session: of who is suspended",
      [&] { return OpenSession(s().LoginRequest(suspended).value()); }, "ORGANIZATION_SUSPENDED");
  Refused(
      "suspension: twice", [&] { return Suspend(suspended.organization(), false); }, "WRONG_STATE");
  Refused(
      "person: of an organisation that is suspended",
      [&] {
        PersonDoc doc = PersonDocument(suspended);
        doc.add_roles("supplier");
        return RegisterPerson(fresh, doc);
      },
      "ORGANIZATION_NOT_ACTIVE");
  Step(Suspend(suspended.organization(), true));
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

// The main tender waits for its second officer.
void BadInputTest::NoticeRows() {
  const auto& waiting = w().notice;
  const auto approve = [&](const Person& who, const document::v1::NoticeApproval& doc) {
    return w().Send(who, "notice.approval", doc, s().tender(), &TenderStub::ApproveNotice);
  };
  Refused(
      "notice: approved by who signed it",
      [&] { return approve(*w().officer, w().Approval(waiting)); }, "FOUR_EYES");
  Refused(
      "notice: another one approved",
      [&] {
        auto doc = w().Approval(waiting);
        doc.set_notice_hash(std::string(64, 'a'));
        return approve(*w().approver, doc);
      },
      "NOTICE_HASH_MISMATCH");
  Refused(
      "notice: approved by another agency, which cannot see it",
      [&] { return approve(*w().other, w().Approval(waiting)); }, "TENDER_NOT_FOUND");
  Refused(
      "notice: an approval sent as a cancellation",
      [&] {
        return w().SendSigned(*w().officer,
                              w().SignAnew(*w().officer, "notice.approval", w().Approval(waiting)),
                              s().tender(), &TenderStub::CancelTender);
      },
      "DOCUMENT_KIND");
  Refused(
      "notice: cancelled by another agency",
      [&] {
        return w().Send(*w().other, "tender.cancellation", w().Cancellation(waiting), s().tender(),
                        &TenderStub::CancelTender);
      },
      "TENDER_NOT_FOUND");
  using Doc = document::v1::Notice;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::string& detail, const std::function<void(Doc&)>& spoil) {
    Doc doc = waiting.notice;
    spoil(doc);
    Refused(
        "notice: " + name, [&] { return SubmitNotice(*w().officer, doc); }, reason, detail);
  };
  row("too short a time", "NOTICE_INVALID",
      "NOTICE_PERIOD_TOO_SHORT,WINDOW_TOO_SHORT,OPENING_TOO_EARLY",
      [](Doc& d) { d.set_deadline("2025-01-08T02:00:00Z"), d.set_open_at(d.deadline()); });
  row("a member's key that is not his", "NOTICE_INVALID", "COMMITTEE_MEMBER_KEY", [&](Doc& d) {
    d.mutable_committee(0)->set_spki(w().spare->identity.agreement_certificate().spki_der());
  });
  row("a member's certificate that is not his", "NOTICE_INVALID", "COMMITTEE_MEMBER_CERTIFICATE",
      [](Doc& d) { d.mutable_committee(0)->set_cert_sha256(std::string(64, 'a')); });
  row("who is no committee member", "NOTICE_INVALID", "",
      [&](Doc& d) { d.mutable_committee(0)->set_person_id(w().officer->id()); });
  row("one member twice", "NOTICE_INVALID", "", [](Doc& d) {
    *d.mutable_committee(1) = d.committee(0);
    d.mutable_committee(1)->set_i(2);
  });
  row("every member needed", "NOTICE_INVALID", "COMMITTEE_QUORUM", [](Doc& d) { d.set_k(5); });
  row("one member enough", "NOTICE_INVALID", "COMMITTEE_QUORUM", [](Doc& d) { d.set_k(1); });
  row("another log", "NOTICE_INVALID", "LOG_ORIGIN_MISMATCH",
      [](Doc& d) { d.set_log_origin("jodal.example/bidding"); });
  row("version 2 before version 1", "NOTICE_VERSION_MISMATCH", "",
      [](Doc& d) { d.set_notice_version(2); });
  row("a predecessor that is none", "PREVIOUS_NOTICE_MISMATCH", "",
      [](Doc& d) { d.set_previous_notice_hash(std::string(64, 'a')); });
  row("another agency's", "NOT_ALLOWED", "",
      [&](Doc& d) { d.set_agency_id(w().other_agency->organization()); });
  row("a tender that is not there", "TENDER_NOT_FOUND", "",
      [](Doc& d) { d.set_tender_id("R25BK00000000"); });
  Refused(
      "notice: by another agency's officer, as his own",
      [&] {
        Doc doc = waiting.notice;
        doc.set_agency_id(w().other_agency->organization());
        doc.clear_signer();
        return SubmitNotice(*w().other, doc);
      },
      "TENDER_NOT_FOUND");
  Doc unsigned_doc = waiting.notice;
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(*w().officer, std::move(document), s().tender(),
                          &TenderStub::SubmitNotice);
  };
  const std::string json = s().Json(*w().officer, "notice", unsigned_doc);
  SpoiltJson("notice", *w().officer, json, send);
  SpoiltCms("notice", *w().officer, json, send);
  Refused(
      "notice: signed by another certificate than the session's",
      [&] { return send(w().approver->identity.Sign(json).value()); }, "SIGNER_MISMATCH");

  const auto see = [&](const Person* who) {
    tender::v1::GetTenderRequest request;
    request.set_tender_id(waiting.notice.tender_id());
    return s().Call(s().tender(), &TenderStub::GetTender, request, who).status();
  };
  Refused(
      "notice: seen by nobody yet", [&] { return see(nullptr); }, "TENDER_NOT_FOUND");
  Refused(
      "notice: seen by a supplier yet", [&] { return see(w().s1); }, "TENDER_NOT_FOUND");
  Refused(
      "notice: seen by another agency yet", [&] { return see(w().other); }, "TENDER_NOT_FOUND");
}

// One nanosecond before the window.
void BadInputTest::EarlyRows() {
  const auto bid = w().MakeBid(*w().late, w().notice);
  Refused(
      "bid: early by one nanosecond", [&] { return w().SubmitBid(*w().late, bid); },
      "BIDDING_NOT_STARTED");
  Refused(
      "box: made again for a version that was replaced",
      [&] { return CreateBox(BoxRequest(first_)); }, "NOTICE_VERSION_STALE");
  Refused(
      "box: for a correction that names no predecessor",
      [&] {
        auto next = NextVersion(w().notice).notice;
        next.set_previous_notice_hash(first_.hash_hex());
        next.clear_signer();
        return CreateBox(BoxRequest(w().Prepare(next).value()));
      },
      "NOTICE_CHAIN_BROKEN");
}

// Bids that the service cannot see through before the opening: taken, and void then.
void BadInputTest::VoidBids() {
  struct Case {
    std::string reason;
    std::string name;
    BidPlan plan;
  };
  using Bid = document::v1::Bid;
  std::vector<Case> cases;
  const auto add = [&](const std::string& reason, const std::string& name, BidPlan plan) {
    cases.push_back({reason, name, std::move(plan)});
  };
  const auto bid = [&](const std::string& reason, const std::string& name,
                       std::function<void(Bid&)> spoil) {
    BidPlan plan;
    plan.bid = std::move(spoil);
    add(reason, name, std::move(plan));
  };
  bid("LOT_INVALID", "another lot", [](Bid& b) { b.set_lot(2); });
  bid("TENDER_MISMATCH", "another tender inside",
      [&](Bid& b) { b.set_tender_id(another_.notice.tender_id()); });
  bid("NOTICE_MISMATCH", "a replaced notice inside",
      [&](Bid& b) { b.set_notice_hash(first_.hash_hex()); });
  bid("BIDDER_MISMATCH", "another bidder inside",
      [&](Bid& b) { b.set_bidder_id(w().s1->organization()); });
  bid("SUBMISSION_MISMATCH", "another submission inside",
      [&](Bid& b) { b.set_submission_id(s().RequestId()); });
  bid("PRICE_INVALID", "a price of nothing", [](Bid& b) { b.set_price(0); });
  bid("CURRENCY_INVALID", "another currency", [](Bid& b) { b.set_currency("USD"); });
  bid("PICKS_INVALID", "one number picked twice", [](Bid& b) { b.set_picks(1, b.picks(0)); });
  bid("PICKS_INVALID", "the number 16 picked", [](Bid& b) { b.set_picks(1, 16); });
  bid("NONCE_INVALID", "a short nonce", [](Bid& b) { b.set_nonce("short"); });
  bid("SYSTEM_MISMATCH", "another system inside", [](Bid& b) { b.set_system("jodal.example"); });
  bid("SIGNER_MISMATCH", "another person named as signer",
      [&](Bid& b) { b.set_signer(w().s1->id()); });
  BidPlan plan;
  plan.inner_signer = w().s1;
  add("SIGNER_MISMATCH", "another certificate inside", plan);
  plan = {};
  plan.json = [](std::string& json) { json = Replace(json, "330000000", "330000000.0"); };
  add("BID_MALFORMED", "a float for a price", plan);
  plan = {};
  plan.json = [](std::string& json) { json = Replace(json, "\"lot\":1", "\"lot\":1,\"lot\":1"); };
  add("BID_MALFORMED", "a name twice", plan);
  plan = {};
  plan.inner = [](document::v1::SignedDocument& d) {
    d.set_content(Replace(d.content(), "330000000", "330000001"));
  };
  add("SIGNATURE_REFUSED", "the price altered after signing", plan);
  plan = {};
  plan.payload = [](std::string& payload) { payload[0] = 'X'; };
  add("PAYLOAD_MALFORMED", "no payload", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.ciphertext[100] ^= 1; };
  add("CIPHERTEXT_INVALID", "an altered ciphertext, sealed as such", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.shares[4].wrap[90] ^= 1; };
  add("SEAL_INCONSISTENT", "an altered share, of a member who may not come", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.shares[0].commit[0] ^= 1; };
  add("SEAL_INCONSISTENT", "an altered commitment", plan);
  plan = {};
  plan.sealed = [](sealing::Sealed& sealed) { sealed.key_commit[0] ^= 1; };
  add("SEAL_INCONSISTENT", "an altered key commitment", plan);
  plan = {};
  plan.sealed = [&](sealing::Sealed& sealed) {  // of supplier 1, under one's own signature
    document::v1::Seal of_s1;
    EXPECT_TRUE(document::ParseStrictJson(s1_bid_.seal().content(), &of_s1).ok());
    sealed = sdk::ToSealed(of_s1, s1_bid_.ciphertext()).value();
  };
  add("SEAL_INCONSISTENT", "another bidder's ciphertext and shares", plan);

  for (const Case& c : cases) {
    const Person& bidder = *Step(s().AddOrganization("supplier", c.name));
    const auto request = w().MakeBid(bidder, w().notice, c.plan);
    const auto taken =
        Step(s().Do("SubmitBid", &bidder, s().bidding(), &BiddingStub::SubmitBid, request));
    void_reasons_[taken.submission_id()] = c.reason;
  }
}

// In the window; supplier 1 has bid.
void BadInputTest::BidRows() {
  const auto& notice = w().notice;
  Person& late = *w().late;
  const auto row = [&](const std::string& name, const std::string& reason, const BidPlan& plan,
                       const std::function<void(bidding::v1::SubmitBidRequest&)>& spoil = nullptr,
                       const std::string& detail = "") {
    auto request = w().MakeBid(late, notice, plan);
    if (spoil) spoil(request);
    Refused(
        "bid: " + name, [&] { return w().SubmitBid(late, request); }, reason, detail);
  };
  const auto seal = [&](const std::string& name, const std::string& reason,
                        std::function<void(document::v1::Seal&)> spoil,
                        const std::string& detail = "") {
    BidPlan plan;
    plan.seal = std::move(spoil);
    row(name, reason, plan, nullptr, detail);
  };
  using Seal = document::v1::Seal;
  using Request = bidding::v1::SubmitBidRequest;
  seal("a tender that is not there", "BOX_NOT_FOUND",
       [](Seal& d) { d.set_tender_id("R25BK00000000"); });
  seal("a tender id that is a path", "BOX_NOT_FOUND", [](Seal& d) { d.set_tender_id("../x"); });
  seal("another tender, sealed for this one", "NOTICE_MISMATCH",
       [&](Seal& d) { d.set_tender_id(another_.notice.tender_id()); });
  seal("an unknown notice", "NOTICE_MISMATCH",
       [](Seal& d) { d.set_notice_hash(std::string(64, 'a')); });
  Refused(
      "bid: for a notice that was replaced",
      [&] { return w().SubmitBid(late, w().MakeBid(late, first_)); }, "NOTICE_SUPERSEDED");
  seal("another system", "DOCUMENT_SYSTEM", [](Seal& d) { d.set_system("jodal.example"); });
  seal("another signer named", "DOCUMENT_SIGNER", [&](Seal& d) { d.set_signer(w().s1->id()); });
  seal("another kind", "DOCUMENT_KIND", [](Seal& d) { d.set_kind("bid"); });
  seal(
      "another format", "SEAL_INVALID", [](Seal& d) { d.set_format("SB0"); }, "format");
  seal(
      "replacing another", "SEAL_INVALID", [&](Seal& d) { d.set_replaces(w().s1_submission); },
      "replaces");
  seal(
      "a bad submission id", "SEAL_INVALID", [](Seal& d) { d.set_submission_id("X"); },
      "submissionId");
  seal(
      "a share missing", "SEAL_INVALID", [](Seal& d) { d.mutable_shares()->RemoveLast(); },
      "shares");
  seal(
      "a share twice", "SEAL_INVALID", [](Seal& d) { *d.mutable_shares(1) = d.shares(0); },
      "shares");
  seal(
      "a share that is no point", "SEAL_INVALID",
      [](Seal& d) { d.mutable_shares(0)->mutable_wrap()->at(10) ^= 1; }, "shares");
  seal("fewer members needed than the notice says", "SEAL_COMMITTEE_MISMATCH",
       [](Seal& d) { d.set_k(2); });
  seal("a smaller committee", "SEAL_COMMITTEE_MISMATCH", [](Seal& d) {
    d.set_n(4);
    d.mutable_shares()->RemoveLast();
  });
  seal("bound to another certificate", "BIDDER_CERT_MISMATCH",
       [&](Seal& d) { d.set_bidder_cert_sha256(w().s1->identity.cert_sha256()); });
  seal("an altered digest", "CIPHERTEXT_MISMATCH",
       [](Seal& d) { d.set_ciphertext_sha256(std::string(64, 'a')); });
  seal("an altered size", "CIPHERTEXT_MISMATCH", [](Seal& d) { d.set_ciphertext_size(1); });
  row("an altered ciphertext", "CIPHERTEXT_MISMATCH", {},
      [](Request& r) { r.mutable_ciphertext()->at(50) ^= 1; });
  row("a truncated ciphertext", "CIPHERTEXT_SIZE", {},
      [](Request& r) { r.mutable_ciphertext()->pop_back(); });
  row("no ciphertext", "CIPHERTEXT_SIZE", {}, [](Request& r) { r.clear_ciphertext(); });
  row("a ciphertext of more than 64 KiB", "CIPHERTEXT_SIZE", {},
      [](Request& r) { r.set_ciphertext(std::string(17 * 4096 + 16, 'x')); });
  row(
      "an altered share", "SIGNATURE_REFUSED", {},
      [](Request& r) {
        document::v1::Seal seal;
        EXPECT_TRUE(document::ParseStrictJson(r.seal().content(), &seal).ok());
        seal.mutable_shares(0)->mutable_commit()->at(0) ^= 1;
        r.mutable_seal()->set_content(document::ToCanonicalJson(seal).value());
      },
      "CONTENT_DIGEST");
  Refused(
      "bid: signed by another certificate than the session's",
      [&] {
        auto request = w().MakeBid(*w().s2, notice);
        return w().SubmitBid(late, request);
      },
      "SIGNER_MISMATCH");
  const auto send = [&](document::v1::SignedDocument document) {
    auto request = w().MakeBid(late, notice);
    *request.mutable_seal() = std::move(document);
    return w().SubmitBid(late, request);
  };
  const std::string json = w().MakeBid(late, notice).seal().content();
  SpoiltCms("bid", late, json, send);
  SpoiltJson("bid", late, json, send, {{"DOCUMENT_TOO_LARGE", "SEAL_INVALID"}});

  // Supplier 1 again.
  const auto again = [&](const std::string& name, const std::string& reason,
                         const std::function<Request()>& make) {
    Refused(
        "bid: " + name, [&] { return w().SubmitBid(*w().s1, make()); }, reason);
  };
  again("the same under a new request id", "SUPPLIER_ALREADY_BID", [&] {
    Request r = s1_bid_;
    r.set_request_id(s().RequestId());
    return r;
  });
  again("a second one", "SUPPLIER_ALREADY_BID", [&] { return w().MakeBid(*w().s1, notice); });
  again("the same submission id with other content", "SUBMISSION_ID_REUSED", [&] {
    BidPlan plan;
    plan.submission_id = w().s1_submission;
    return w().MakeBid(*w().s1, notice, plan);
  });
  again("the same request id with other content", "REQUEST_ID_REUSED", [&] {
    Request r = w().MakeBid(*w().s1, notice);
    r.set_request_id(s1_bid_.request_id());
    return r;
  });
  again("the same request id with another ciphertext", "REQUEST_ID_REUSED", [&] {
    Request r = s1_bid_;
    r.mutable_ciphertext()->at(0) ^= 1;
    return r;
  });
  Refused(
      "bid: a second one by another person of the supplier",
      [&] { return w().SubmitBid(*w().s1b, w().MakeBid(*w().s1b, notice)); },
      "SUPPLIER_ALREADY_BID");
  Refused(
      "bid: another supplier's submission id",
      [&] {
        BidPlan plan;
        plan.submission_id = w().s1_submission;
        return w().SubmitBid(late, w().MakeBid(late, notice, plan));
      },
      "SUBMISSION_ID_REUSED");
  Refused(
      "bid: another supplier's bid sent as one's own",
      [&] {
        Request r = s1_bid_;
        r.set_request_id(s().RequestId());
        return w().SubmitBid(late, r);
      },
      "SIGNER_MISMATCH");

  // Certificates that ran out or were revoked while the session is open.
  const absl::Time now = s().clock().Now();
  Person& expiring =
      *Step(s().AddOrganization("supplier", "expiring", {.not_after = now + absl::Hours(1)}));
  Person& revoked = *Step(s().AddOrganization("supplier", "revoked later"));
  MoveTo(now + absl::Hours(1));
  Refused(
      "bid: by a certificate that has just expired",
      [&] { return w().SubmitBid(expiring, w().MakeBid(expiring, notice)); }, "SIGNATURE_REFUSED",
      "CERT_EXPIRED");
  Refused(
      "session: by a certificate that has just expired",
      [&] { return OpenSession(s().LoginRequest(expiring).value()); }, "SIGNATURE_REFUSED",
      "CERT_EXPIRED");
  Step(Revoke(revoked));
  Refused(
      "bid: by a certificate that has just been revoked",
      [&] { return w().SubmitBid(revoked, w().MakeBid(revoked, notice)); }, "SIGNATURE_REFUSED",
      "CERT_REVOKED");
  Refused(
      "session: by a certificate that has just been revoked",
      [&] { return OpenSession(s().LoginRequest(revoked).value()); }, "SIGNATURE_REFUSED",
      "CERT_REVOKED");
  expiring.token.clear();
  revoked.token.clear();

  // Cancellations.
  const auto cancel = [&](const Person& who, const sdk::PublishedNotice& of,
                          const std::string& submission) {
    return w().Send(who, "bid.cancellation", w().BidCancellation(of, submission), s().bidding(),
                    &BiddingStub::CancelBid);
  };
  Refused(
      "cancellation: of another supplier's bid",
      [&] { return cancel(late, notice, w().s1_submission); }, "BID_NOT_FOUND");
  Refused(
      "cancellation: of a bid that is not there",
      [&] { return cancel(*w().s1, notice, s().RequestId()); }, "BID_NOT_FOUND");
  Refused(
      "cancellation: under a replaced notice",
      [&] { return cancel(*w().s1, first_, w().s1_submission); }, "NOTICE_SUPERSEDED");
  Refused(
      "cancellation: in another tender",
      [&] { return cancel(*w().s1, another_, w().s1_submission); }, "BID_NOT_FOUND");
  Person& sorry = *Step(s().AddOrganization("supplier", "sorry"));
  const auto sorry_bid = Step(s().Do("SubmitBid", &sorry, s().bidding(), &BiddingStub::SubmitBid,
                                     w().MakeBid(sorry, notice)));
  Step(cancel(sorry, notice, sorry_bid.submission_id()));
  Refused(
      "cancellation: twice", [&] { return cancel(sorry, notice, sorry_bid.submission_id()); },
      "BID_ALREADY_CANCELLED");
  Refused(
      "bid: after a cancellation", [&] { return w().SubmitBid(sorry, w().MakeBid(sorry, notice)); },
      "BIDDER_BARRED");

  // Shares before the close.
  Refused(
      "shares: before the close",
      [&] { return w().Release(*w().member[0], w().Shares(0, notice)); }, "BOX_NOT_CLOSED");
  const auto list = [&](const Person* who) {
    bidding::v1::ListSealedBidsRequest request;
    request.set_tender_id(notice.notice.tender_id());
    return s().Call(s().bidding(), &BiddingStub::ListSealedBids, request, who).status();
  };
  Refused(
      "seals: listed by a member before the close", [&] { return list(w().member[0]); },
      "BOX_NOT_CLOSED");
  Refused(
      "seals: listed by the officer", [&] { return list(w().officer); }, "NOT_COMMITTEE_MEMBER");
  Refused(
      "seals: listed by nobody", [&] { return list(nullptr); }, "NOT_COMMITTEE_MEMBER");
}

// The box is closed and may be opened; nobody has released shares.
void BadInputTest::ShareRows() {
  const auto& notice = w().notice;
  using Doc = document::v1::OpenShares;
  const Doc honest = w().Shares(0, notice);
  const Person& first = *w().member[0];
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::function<void(Doc&)>& spoil) {
    Doc doc = honest;
    spoil(doc);
    Refused(
        "shares: " + name, [&] { return w().Release(first, doc); }, reason);
  };
  int good = 0;
  while (good < honest.shares_size() && honest.shares(good).bad_wrap()) ++good;
  ASSERT_LT(good + 1, honest.shares_size());
  row("wrong bytes", "SHARE_COMMIT_MISMATCH",
      [&](Doc& d) { d.mutable_shares(good)->mutable_share()->at(0) ^= 1; });
  row("a false claim of a bad wrap", "BAD_WRAP_PROOF_INVALID", [&](Doc& d) {
    auto* share = d.mutable_shares(good);
    share->clear_share();
    share->set_bad_wrap(true);
    share->set_bad_wrap_proof(std::string(129, 'x'));
  });
  row("a claim of a bad wrap without proof", "BAD_WRAP_PROOF_INVALID", [&](Doc& d) {
    auto* share = d.mutable_shares(good);
    share->clear_share();
    share->set_bad_wrap(true);
  });
  row("neither share nor claim", "SHARES_MISMATCH",
      [&](Doc& d) { d.mutable_shares(good)->clear_share(); });
  row("one left out", "SHARES_MISMATCH", [](Doc& d) { d.mutable_shares()->RemoveLast(); });
  row("one twice", "SHARES_MISMATCH", [](Doc& d) { *d.mutable_shares(1) = d.shares(0); });
  row("in another order", "SHARES_MISMATCH",
      [](Doc& d) { d.mutable_shares()->SwapElements(0, d.shares_size() - 1); });
  row("of another box root", "BOX_ROOT_MISMATCH",
      [](Doc& d) { d.set_box_root(std::string(64, 'a')); });
  row("under a replaced notice", "NOTICE_SUPERSEDED",
      [&](Doc& d) { d.set_notice_hash(first_.hash_hex()); });
  row("under an unknown notice", "NOTICE_MISMATCH",
      [](Doc& d) { d.set_notice_hash(std::string(64, 'a')); });
  row("in another member's seat", "NOT_COMMITTEE_MEMBER", [](Doc& d) { d.set_i(2); });
  row("in a seat that is not there", "NOT_COMMITTEE_MEMBER", [](Doc& d) { d.set_i(6); });
  Refused(
      "shares: by a member of no seat here",
      [&] { return w().Release(*w().spare, w().Shares(0, notice)); }, "NOT_COMMITTEE_MEMBER");
  Refused(
      "shares: signed by another certificate than the session's",
      [&] {
        return w().SendSigned(first, w().SignAnew(*w().member[1], "open-share", honest),
                              s().bidding(), &BiddingStub::ReleaseShares);
      },
      "SIGNER_MISMATCH");
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(first, std::move(document), s().bidding(), &BiddingStub::ReleaseShares);
  };
  const std::string json = s().Json(first, "open-share", honest);
  SpoiltCms("shares", first, json, send);
  SpoiltJson("shares", first, json, send);

  Step(w().TakeRelease(0, notice));
  Refused(
      "shares: the same officer twice", [&] { return w().Release(first, honest); },
      "SHARES_ALREADY_RELEASED");
  Step(w().TakeRelease(1, notice));
  // Two of three: the box stays closed.
  EXPECT_EQ(w().Box(notice.notice.tender_id())->state(), bidding::v1::Box::CLOSED);
  Refused(
      "opening: evaluated with fewer than k shares",
      [&] { return w().Evaluate(*w().officer, notice.notice.tender_id()); }, "WRONG_STATE");
  bidding::v1::ListOpenedBidsRequest opened;
  opened.set_tender_id(notice.notice.tender_id());
  Refused(
      "opening: bids read with fewer than k shares",
      [&] { return s().Call(s().bidding(), &BiddingStub::ListOpenedBids, opened).status(); },
      "BOX_NOT_OPENED");
  bidding::v1::ListSharesRequest shares;
  shares.set_tender_id(notice.notice.tender_id());
  Refused(
      "opening: shares read with fewer than k shares",
      [&] { return s().Call(s().bidding(), &BiddingStub::ListShares, shares).status(); },
      "BOX_NOT_OPENED");
  Step(w().TakeRelease(2, notice));
  Step(w().WaitForTender(notice.notice.tender_id(), tender::v1::Tender::OPENED));

  const auto bids = Step(s().Call(s().bidding(), &BiddingStub::ListOpenedBids, opened));
  int valid = 0;
  for (const auto& bid : bids.bids()) {
    const auto expected = void_reasons_.find(bid.submission_id());
    valid += bid.void_reason().empty() ? 1 : 0;
    EXPECT_EQ(bid.void_reason(), expected == void_reasons_.end() ? "" : expected->second)
        << bid.submission_id();
    EXPECT_EQ(bid.price() == 0, !bid.void_reason().empty());
  }
  EXPECT_EQ(valid, 3);
  EXPECT_EQ(bids.bids_size(), 3 + static_cast<int>(void_reasons_.size()));
}

void BadInputTest::AwardRows() {
  using Doc = document::v1::AwardDecision;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::string& detail, const std::function<void(Doc&)>& spoil) {
    Doc doc = w().Award();
    spoil(doc);
    Refused(
        "award: " + name,
        [&] {
          return w().Send(*w().officer, "award.decision", doc, s().tender(),
                          &TenderStub::DecideAward);
        },
        reason, detail);
  };
  row("another notice", "AWARD_MISMATCH", "noticeHash",
      [&](Doc& d) { d.set_notice_hash(first_.hash_hex()); });
  row("another result", "AWARD_MISMATCH", "resultSha256",
      [](Doc& d) { d.set_result_sha256(std::string(64, 'a')); });
  row("another bid", "AWARD_MISMATCH", "submissionId",
      [&](Doc& d) { d.set_submission_id(void_reasons_.begin()->first); });
  row("another supplier", "AWARD_MISMATCH", "supplierId",
      [&](Doc& d) { d.set_supplier_id(w().s2->organization()); });
  row("another amount", "AWARD_MISMATCH", "amount", [](Doc& d) { d.set_amount(d.amount() + 1); });
  row("another tender", "WRONG_STATE", "",
      [&](Doc& d) { d.set_tender_id(another_.notice.tender_id()); });
  Refused(
      "award: by another agency",
      [&] {
        return w().Send(*w().other, "award.decision", w().Award(), s().tender(),
                        &TenderStub::DecideAward);
      },
      "NOT_ALLOWED");
}

// Called with the contract awarded; takes it to FORMED and reports the delivery.
void BadInputTest::ContractRows() {
  const auto offer = [&](const Person& who, const document::v1::ContractOffer& doc) {
    return w().Send(who, "contract.offer", doc, s().contract(), &ContractStub::OfferContract);
  };
  using Offer = document::v1::ContractOffer;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::function<void(Offer&)>& spoil) {
    Offer doc = w().Offer();
    spoil(doc);
    Refused(
        "offer: " + name, [&] { return offer(*w().officer, doc); }, reason);
  };
  row("another amount", "AMOUNT_MISMATCH", [](Offer& d) { d.set_amount(d.amount() + 1); });
  row("another supplier", "PARTY_MISMATCH",
      [&](Offer& d) { d.set_supplier_id(w().s2->organization()); });
  row("another agency", "PARTY_MISMATCH",
      [&](Offer& d) { d.set_agency_id(w().other_agency->organization()); });
  row("another award", "AWARD_MISMATCH",
      [](Offer& d) { d.set_award_sha256(std::string(64, 'a')); });
  row("another tender", "TENDER_MISMATCH",
      [&](Offer& d) { d.set_tender_id(another_.notice.tender_id()); });
  row("another currency", "CURRENCY_MISMATCH", [](Offer& d) { d.set_currency("USD"); });
  row("a contract that is not there", "CONTRACT_NOT_FOUND",
      [](Offer& d) { d.set_contract_id("R25TA00000000"); });
  row("an end before the start", "PERIOD_INVALID", [](Offer& d) { d.set_end_date("2025-01-31"); });
  row("no date", "DATE_INVALID", [](Offer& d) { d.set_end_date("2025-02-30"); });
  row("damages over the law's", "DELAY_DAMAGES_INVALID",
      [](Offer& d) { d.set_delay_damages_ppm_per_day(1'000'000); });
  Refused(
      "offer: by another agency", [&] { return offer(*w().other, w().Offer()); }, "NOT_ALLOWED");
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(*w().officer, std::move(document), s().contract(),
                          &ContractStub::OfferContract);
  };
  SpoiltJson("offer", *w().officer, s().Json(*w().officer, "contract.offer", w().Offer()), send);
  SpoiltCms("offer", *w().officer, s().Json(*w().officer, "contract.offer", w().Offer()), send);
  Step(w().Take("OfferContract", *w().officer, "contract.offer", w().Offer(), s().contract(),
                &ContractStub::OfferContract)
           .status());
  Step(w().Refresh());
  WrongStates(kOffered);

  const auto consent = [&](const Person& who, const document::v1::ContractConsent& doc) {
    return w().Send(who, "contract.consent", doc, s().contract(), &ContractStub::ConsentContract);
  };
  auto other_offer = w().Consent();
  other_offer.set_offer_sha256(std::string(64, 'a'));
  Refused(
      "consent: to another offer", [&] { return consent(*w().s1, other_offer); }, "OFFER_MISMATCH");
  Refused(
      "consent: by another supplier", [&] { return consent(*w().s2, w().Consent()); },
      "NOT_ALLOWED");
  Step(w().Take("ConsentContract", *w().s1, "contract.consent", w().Consent(), s().contract(),
                &ContractStub::ConsentContract)
           .status());
  Step(w().Refresh());
  WrongStates(kConsented);

  const auto confirm = [&](const Person& who, const document::v1::ContractConfirmation& doc) {
    return w().Send(who, "contract.confirmation", doc, s().contract(),
                    &ContractStub::ConfirmContract);
  };
  auto other_consent = w().Confirmation();
  other_consent.set_consent_sha256(std::string(64, 'a'));
  Refused(
      "confirmation: of another consent", [&] { return confirm(*w().officer, other_consent); },
      "CONSENT_MISMATCH");
  Refused(
      "confirmation: by another agency", [&] { return confirm(*w().other, w().Confirmation()); },
      "NOT_ALLOWED");
  Step(w().Take("ConfirmContract", *w().officer, "contract.confirmation", w().Confirmation(),
                s().contract(), &ContractStub::ConfirmContract)
           .status());
  Step(w().Refresh());
  WrongStates(kFormed);

  using Report = document::v1::DeliveryReport;
  const auto report = [&](const std::string& name, const std::string& reason,
                          const std::function<void(Report&)>& spoil, const Person* by = nullptr) {
    Report doc = w().Report();
    spoil(doc);
    Refused(
        "delivery: " + name,
        [&] {
          return w().Send(by == nullptr ? *w().s1 : *by, "delivery.report", doc, s().contract(),
                          &ContractStub::ReportDelivery);
        },
        reason);
  };
  report("more than the contract", "DELIVERY_AMOUNT_EXCEEDED",
         [](Report& d) { d.set_amount(d.amount() + 1); });
  report("nothing", "DELIVERY_AMOUNT_INVALID", [](Report& d) { d.set_amount(0); });
  report("the second before the first", "DELIVERY_NUMBER", [](Report& d) { d.set_delivery(2); });
  report("all, but not final", "DELIVERY_MUST_BE_FINAL", [](Report& d) { d.set_final(false); });
  report("tomorrow", "DELIVERY_IN_FUTURE", [](Report& d) { d.set_delivered_on("2025-01-21"); });
  report(
      "by another supplier", "NOT_ALLOWED", [](Report&) {}, w().s2);
  report(
      "by the agency itself", "NOT_ALLOWED", [](Report&) {}, w().inspector);
  Step(w().Take("ReportDelivery", *w().s1, "delivery.report", w().Report(), s().contract(),
                &ContractStub::ReportDelivery)
           .status());
  Step(w().Refresh());
  WrongStates(kReported);

  using Inspection = document::v1::DeliveryInspection;
  const auto inspect = [&](const std::string& name, const std::string& reason,
                           const std::function<void(Inspection&)>& spoil,
                           const Person* by = nullptr) {
    Inspection doc = w().Inspection();
    spoil(doc);
    Refused(
        "inspection: " + name,
        [&] {
          return w().Send(by == nullptr ? *w().inspector : *by, "delivery.inspection", doc,
                          s().contract(), &ContractStub::InspectDelivery);
        },
        reason);
  };
  inspect("of another report", "REPORT_MISMATCH",
          [](Inspection& d) { d.set_report_sha256(std::string(64, 'a')); });
  inspect("of a delivery that is not there", "DELIVERY_NOT_FOUND",
          [](Inspection& d) { d.set_delivery(2); });
  inspect("more than was reported", "INSPECTION_AMOUNT_INVALID",
          [](Inspection& d) { d.set_amount(d.amount() + 1); });
  inspect(
      "by another agency", "NOT_ALLOWED", [](Inspection&) {}, w().other);
  Step(w().Take("InspectDelivery", *w().inspector, "delivery.inspection", w().Inspection(),
                s().contract(), &ContractStub::InspectDelivery)
           .status());
  Step(w().Refresh());
}

// The delivery is accepted; there is no account yet. Submits the first one.
void BadInputTest::InvoiceRows() {
  using Account = document::v1::BankAccount;
  const auto account = [&](const std::string& name, const std::string& reason,
                           const std::function<void(Account&)>& spoil, const Person* by = nullptr) {
    Account doc = w().Account(1);
    spoil(doc);
    Refused(
        "account: " + name,
        [&] {
          return w().Send(by == nullptr ? *w().s1 : *by, "account", doc, s().payment(),
                          &PaymentStub::SubmitAccount);
        },
        reason);
  };
  account(
      "another supplier's", "NOT_ALLOWED", [](Account&) {}, w().s2);
  account("at no bank", "BANK_UNKNOWN", [&](Account& d) { d.set_bank_id(w().s2->organization()); });
  account("the second before the first", "ACCOUNT_VERSION",
          [](Account& d) { d.set_account_version(2); });
  account("no number", "ACCOUNT_NUMBER_INVALID",
          [](Account& d) { d.set_account_number("110'222"); });
  account("no holder", "ACCOUNT_HOLDER_INVALID", [](Account& d) { d.clear_holder(); });
  account("no nonce", "ACCOUNT_NONCE_INVALID", [](Account& d) { d.set_nonce("00"); });
  const auto invoice = [&](const Person& who, const document::v1::Invoice& doc) {
    return w().Send(who, "invoice", doc, s().payment(), &PaymentStub::CreateInvoice);
  };
  Refused(
      "invoice: without an account", [&] { return invoice(*w().s1, w().Invoice()); },
      "ACCOUNT_MISSING");
  Step(w().Take("SubmitAccount", *w().s1, "account", w().Account(1), s().payment(),
                &PaymentStub::SubmitAccount)
           .status());
  Step(w().Refresh());

  using Invoice = document::v1::Invoice;
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::function<void(Invoice&)>& spoil) {
    Invoice doc = w().Invoice();
    spoil(doc);
    Refused(
        "invoice: " + name, [&] { return invoice(*w().s1, doc); }, reason);
  };
  row("another amount", "PAYMENT_AMOUNT_MISMATCH",
      [](Invoice& d) { d.set_amount(d.amount() + 1); });
  row("another currency", "PAYMENT_CURRENCY_MISMATCH", [](Invoice& d) { d.set_currency("USD"); });
  row("another inspection", "INSPECTION_MISMATCH",
      [](Invoice& d) { d.set_inspection_sha256(std::string(64, 'a')); });
  row("another account", "ACCOUNT_CHANGED", [](Invoice& d) { d.set_account_version(2); });
  row("a delivery that is not there", "PAYMENT_NOT_FOUND", [](Invoice& d) { d.set_delivery(2); });
  row("a contract that is not there", "PAYMENT_NOT_FOUND",
      [](Invoice& d) { d.set_contract_id("R25TA00000000"); });
  Refused(
      "invoice: by another supplier", [&] { return invoice(*w().s2, w().Invoice()); },
      "NOT_ALLOWED");
  const auto send = [&](document::v1::SignedDocument document) {
    return w().SendSigned(*w().s1, std::move(document), s().payment(), &PaymentStub::CreateInvoice);
  };
  SpoiltJson("invoice", *w().s1, s().Json(*w().s1, "invoice", w().Invoice()), send);
  SpoiltCms("invoice", *w().s1, s().Json(*w().s1, "invoice", w().Invoice()), send);
}

// The payment waits for an approval by `paymaster`.
void BadInputTest::ApprovalRows() {
  using Doc = document::v1::PaymentApproval;
  const auto approve = [&](const Person& who, const Doc& doc) {
    return w().Send(who, "payment.approval", doc, s().payment(), &PaymentStub::ApprovePayment);
  };
  const auto row = [&](const std::string& name, const std::string& reason,
                       const std::string& detail, const std::function<void(Doc&)>& spoil) {
    Doc doc = w().PaymentApproval();
    spoil(doc);
    Refused(
        StrCat("payment: ", name, ", account ", w().payment.account_version()),
        [&] { return approve(*w().paymaster, doc); }, reason, detail);
  };
  row("another amount", "PAYMENT_AMOUNT_MISMATCH", "",
      [](Doc& d) { d.set_amount(d.amount() + 1); });
  row("another sequence", "PAYMENT_SEQUENCE_MISMATCH", "", [](Doc& d) { d.set_sequence(2); });
  row("another contract", "PAYMENT_CONTRACT_MISMATCH", "",
      [](Doc& d) { d.set_contract_id("R25TA00000000"); });
  row("another account version", "ACCOUNT_CHANGED", "accountVersion",
      [](Doc& d) { d.set_account_version(d.account_version() + 1); });
  row("another account", "ACCOUNT_CHANGED", "accountSha256",
      [](Doc& d) { d.set_account_sha256(std::string(64, 'a')); });
  row("another invoice", "INVOICE_MISMATCH", "",
      [](Doc& d) { d.set_invoice_sha256(std::string(64, 'a')); });
  row("a payment that is not there", "PAYMENT_NOT_FOUND", "",
      [](Doc& d) { d.set_payment_id(d.contract_id() + "-P2"); });
  Refused(
      "payment: approved by another agency",
      [&] { return approve(*w().other, w().PaymentApproval()); }, "NOT_ALLOWED");
  Refused(
      "payment: approved with another's signature",
      [&] {
        Doc doc = w().PaymentApproval();
        doc.set_signer(w().paymaster2->id());
        return w().SendSigned(*w().paymaster2,
                              w().SignAnew(*w().paymaster, "payment.approval", doc), s().payment(),
                              &PaymentStub::ApprovePayment);
      },
      "SIGNER_MISMATCH");
}

// One approval is there. The supplier changes the account, which voids it.
void BadInputTest::AccountRows() {
  const auto approve = [&](const Person& who) {
    return w().Send(who, "payment.approval", w().PaymentApproval(), s().payment(),
                    &PaymentStub::ApprovePayment);
  };
  Refused(
      "payment: approved twice by one person", [&] { return approve(*w().paymaster); },
      "APPROVER_ALREADY_SIGNED");
  document::v1::BankAccountApproval change;
  change.set_supplier_id(w().s1->organization());
  change.set_account_version(2);
  change.set_account_sha256(std::string(64, 'a'));
  const auto approve_change = [&](const Person& who) {
    return w().Send(who, "account.approval", change, s().payment(), &PaymentStub::ApproveAccount);
  };
  Refused(
      "account: a change approved that nobody asked for", [&] { return approve_change(*w().s1b); },
      "ACCOUNT_NOT_FOUND");
  change.set_account_version(1);
  Refused(
      "account: the one in force approved", [&] { return approve_change(*w().s1b); },
      "WRONG_STATE");
  change.set_account_version(2);
  const auto submitted = Step(w().Take("SubmitAccount", *w().s1, "account", w().Account(2),
                                       s().payment(), &PaymentStub::SubmitAccount));
  Refused(
      "account: another change approved", [&] { return approve_change(*w().s1b); },
      "ACCOUNT_DIGEST_MISMATCH");
  change.set_account_sha256(submitted.account().account_sha256());
  Refused(
      "account: a change approved by who asked for it", [&] { return approve_change(*w().s1); },
      "ACCOUNT_SAME_PERSON");
  Refused(
      "account: a change approved by another supplier", [&] { return approve_change(*w().s2); },
      "NOT_ALLOWED");
  payment::v1::GetAccountRequest of_s1;
  of_s1.set_supplier_id(w().s1->organization());
  Refused(
      "account: seen by another supplier",
      [&] { return s().Call(s().payment(), &PaymentStub::GetAccount, of_s1, w().s2).status(); },
      "NOT_ALLOWED");
  const auto waiting = Step(w().Take("ApproveAccount", *w().s1b, "account.approval", change,
                                     s().payment(), &PaymentStub::ApproveAccount));
  Refused(
      "account: a change approved twice", [&] { return approve_change(*w().s1b); }, "WRONG_STATE");
  const absl::Time effective = absl::FromUnixNanos(waiting.account().effective_time_ns());
  EXPECT_EQ(effective - s().clock().Now(), absl::Hours(72));
  MoveTo(effective - absl::Nanoseconds(1));
  auto invoice = w().Invoice();
  invoice.set_account_version(2);
  Refused(
      "invoice: to an account that is still waiting",
      [&] {
        return w().Send(*w().s1, "invoice", invoice, s().payment(), &PaymentStub::CreateInvoice);
      },
      "WRONG_STATE");
  MoveTo(effective);
  Refused(
      "payment: approved after the supplier has changed the account",
      [&] { return approve(*w().paymaster2); }, "ACCOUNT_CHANGED", "active");
  auto altered = w().PaymentApproval();
  altered.set_account_version(2);
  altered.set_account_sha256(submitted.account().account_sha256());
  Refused(
      "payment: approved to the new account without a new invoice",
      [&] {
        return w().Send(*w().paymaster2, "payment.approval", altered, s().payment(),
                        &PaymentStub::ApprovePayment);
      },
      "ACCOUNT_CHANGED", "accountVersion");
}

void BadInputTest::CancelledTender() {
  const std::string id = cancelled_.notice.tender_id();
  Refused(
      "cancellation: of another notice version",
      [&] {
        auto doc = w().Cancellation(cancelled_);
        doc.set_notice_hash(std::string(64, 'a'));
        return w().Send(*w().officer, "tender.cancellation", doc, s().tender(),
                        &TenderStub::CancelTender);
      },
      "NOTICE_HASH_MISMATCH");
  Refused(
      "cancellation: by another agency",
      [&] {
        return w().Send(*w().other, "tender.cancellation", w().Cancellation(cancelled_),
                        s().tender(), &TenderStub::CancelTender);
      },
      "NOT_ALLOWED");
  Step(w().Take("CancelTender", *w().officer, "tender.cancellation", w().Cancellation(cancelled_),
                s().tender(), &TenderStub::CancelTender)
           .status());
  // The tender service tells the bidding service by itself.
  for (int i = 0; i < 4000 && w().Box(id)->state() != bidding::v1::Box::CANCELLED; ++i) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  Refused(
      "bid: to a cancelled tender",
      [&] { return w().SubmitBid(*w().s2, w().MakeBid(*w().s2, cancelled_)); }, "WRONG_STATE");
  Refused(
      "shares: of a cancelled tender",
      [&] { return w().Release(*w().member[0], w().Shares(0, cancelled_)); }, "WRONG_STATE");
  Refused(
      "notice: of a cancelled tender corrected",
      [&] { return SubmitNotice(*w().officer, NextVersion(cancelled_)); }, "WRONG_STATE");
  Refused(
      "notice: of a cancelled tender approved",
      [&] {
        return w().Send(*w().approver, "notice.approval", w().Approval(cancelled_), s().tender(),
                        &TenderStub::ApproveNotice);
      },
      "WRONG_STATE");
  Refused(
      "cancellation: twice",
      [&] {
        return w().Send(*w().officer, "tender.cancellation", w().Cancellation(cancelled_),
                        s().tender(), &TenderStub::CancelTender);
      },
      "WRONG_STATE");
  Refused(
      "evaluation: of a cancelled tender", [&] { return w().Evaluate(*w().officer, id); },
      "WRONG_STATE");
  Refused(
      "award: of a cancelled tender",
      [&] {
        auto doc = w().Award();
        doc.set_tender_id(id);
        return w().Send(*w().officer, "award.decision", doc, s().tender(),
                        &TenderStub::DecideAward);
      },
      "WRONG_STATE");
  Refused(
      "box: of a cancelled tender made again",
      [&] { return CreateBox(BoxRequest(NextVersion(cancelled_))); }, "WRONG_STATE");
}

// A tender with one bid fails, and is over.
void BadInputTest::FailedTender() {
  const std::string id = failed_.notice.tender_id();
  for (int m = 0; m < World::kQuorum; ++m) Step(w().TakeRelease(m, failed_));
  Step(w().WaitForTender(id, tender::v1::Tender::OPENED));
  Refused(
      "evaluation: by another agency", [&] { return w().Evaluate(*w().other, id); }, "NOT_ALLOWED");
  Step(w().Evaluate(*w().officer, id));
  EXPECT_EQ(w().Tender(id)->state(), tender::v1::Tender::FAILED);
  const auto award = [&] {
    auto doc = w().Award();
    doc.set_tender_id(id);
    doc.set_notice_hash(failed_.hash_hex());
    return w().Send(*w().officer, "award.decision", doc, s().tender(), &TenderStub::DecideAward);
  };
  Refused("award: of a failed tender", award, "WRONG_STATE");
  Refused(
      "evaluation: of a failed tender", [&] { return w().Evaluate(*w().officer, id); },
      "WRONG_STATE");
  Refused(
      "cancellation: of a failed tender",
      [&] {
        return w().Send(*w().officer, "tender.cancellation", w().Cancellation(failed_),
                        s().tender(), &TenderStub::CancelTender);
      },
      "WRONG_STATE");
}

// Every mutation of the main job. Each act is as right as it can be at the time.
std::vector<Mutation> BadInputTest::Mutations() {
  const std::string id = w().notice.notice.tender_id();
  const std::string kState = "WRONG_STATE";
  const auto act = [this](const Person& who, const std::string& kind, auto make, auto& stub,
                          auto method) -> Act {
    return [this, &who, kind, make, &stub, method] {
      return w().Send(who, kind, make(), stub, method);
    };
  };
  auto& tender = s().tender();
  auto& bidding = s().bidding();
  auto& contract = s().contract();
  auto& payment = s().payment();
  return {
      {"SubmitNotice",
       [this] { return SubmitNotice(*w().officer, NextVersion(w().notice)); },
       {{kClosed, kState}}},
      {"ApproveNotice",
       act(
           *w().approver, "notice.approval", [this] { return w().Approval(w().notice); }, tender,
           &TenderStub::ApproveNotice),
       {{kDraft, kState}, {kSubmitted, ""}, {kPublished, kState}}},
      {"CancelTender",
       act(
           *w().officer, "tender.cancellation", [this] { return w().Cancellation(w().notice); },
           tender, &TenderStub::CancelTender),
       {{kAwarded, kState}}},
      {"EvaluateTender",
       [this, id] { return w().Evaluate(*w().officer, id); },
       {{kDraft, kState}, {kOpened, ""}, {kEvaluated, kState}}},
      {"DecideAward",
       act(
           *w().officer, "award.decision", [this] { return w().Award(); }, tender,
           &TenderStub::DecideAward),
       {{kDraft, kState}, {kEvaluated, ""}, {kAwarded, kState}}},
      {"CreateBox",
       [this] { return CreateBox(BoxRequest(NextVersion(w().notice))); },
       {{kClosed, kState}}},
      {"CancelBox",
       [this, id] { return CancelBox(id); },
       {{kDraft, "BOX_NOT_FOUND"}, {kPublished, ""}, {kOpened, kState}}},
      {"SubmitBid",
       [this] { return w().SubmitBid(*w().late, w().MakeBid(*w().late, w().notice)); },
       {{kDraft, "BOX_NOT_FOUND"},
        {kPublished, "BIDDING_NOT_STARTED"},
        {kWindow, ""},
        {kClosed, "DEADLINE_PASSED"}}},
      {"CancelBid",
       act(
           *w().s1, "bid.cancellation",
           [this] { return w().BidCancellation(w().notice, w().s1_submission); }, bidding,
           &BiddingStub::CancelBid),
       {{kDraft, "BOX_NOT_FOUND"},
        {kPublished, "BIDDING_NOT_STARTED"},
        {kWindow, ""},
        {kClosed, "DEADLINE_PASSED"}}},
      {"ReleaseShares",
       act(
           *w().member[3], "open-share", [this] { return w().Shares(3, w().notice); }, bidding,
           &BiddingStub::ReleaseShares),
       {{kDraft, "BOX_NOT_FOUND"},
        {kPublished, "BOX_NOT_CLOSED"},
        {kClosed, "TOO_EARLY"},
        {kOpened, kState}}},
      {"OfferContract",
       act(
           *w().officer, "contract.offer", [this] { return w().Offer(); }, contract,
           &ContractStub::OfferContract),
       {{kDraft, "CONTRACT_NOT_FOUND"}, {kAwarded, ""}, {kOffered, kState}}},
      {"ConsentContract",
       act(
           *w().s1, "contract.consent", [this] { return w().Consent(); }, contract,
           &ContractStub::ConsentContract),
       {{kDraft, "CONTRACT_NOT_FOUND"}, {kAwarded, kState}, {kOffered, ""}, {kConsented, kState}}},
      {"ConfirmContract",
       act(
           *w().officer, "contract.confirmation", [this] { return w().Confirmation(); }, contract,
           &ContractStub::ConfirmContract),
       {{kDraft, "CONTRACT_NOT_FOUND"}, {kAwarded, kState}, {kConsented, ""}, {kFormed, kState}}},
      {"ReportDelivery",
       act(
           *w().s1, "delivery.report", [this] { return w().Report(); }, contract,
           &ContractStub::ReportDelivery),
       {{kDraft, "CONTRACT_NOT_FOUND"},
        {kAwarded, kState},
        {kFormed, ""},
        {kReported, "DELIVERY_UNINSPECTED"},
        {kAccepted, kState}}},
      {"InspectDelivery",
       act(
           *w().inspector, "delivery.inspection", [this] { return w().Inspection(); }, contract,
           &ContractStub::InspectDelivery),
       {{kDraft, "CONTRACT_NOT_FOUND"},
        {kAwarded, kState},
        {kFormed, "DELIVERY_NOT_FOUND"},
        {kReported, ""},
        {kAccepted, kState}}},
      {"CreateInvoice",
       act(
           *w().s1, "invoice", [this] { return w().Invoice(); }, payment,
           &PaymentStub::CreateInvoice),
       {{kDraft, "PAYMENT_NOT_FOUND"}, {kAccepted, ""}, {kInvoiced, kState}}},
      {"ApprovePayment",
       act(
           *w().paymaster2, "payment.approval", [this] { return w().PaymentApproval(); }, payment,
           &PaymentStub::ApprovePayment),
       {{kDraft, "PAYMENT_NOT_FOUND"}, {kAccepted, kState}, {kInvoiced, ""}, {kOrdered, kState}}},
      {"SettlePayment",
       act(
           *w().bank, "payment.settlement", [this] { return w().Settlement(); }, payment,
           &PaymentStub::SettlePayment),
       {{kDraft, "PAYMENT_NOT_FOUND"}, {kAccepted, kState}, {kOrdered, ""}, {kSettled, kState}}},
  };
}

// What was accepted, sent again: as it was, under a new request id, with other content.
void BadInputTest::ReplayRows() {
  // What the service knows to be there answers before the document is known again.
  const std::map<std::string, std::string> kOtherReasons = {
      {"SubmitBid", "DEADLINE_PASSED"},
      {"ReleaseShares", "WRONG_STATE"},
      {"SubmitNotice", "WRONG_STATE"},
      {"ApproveNotice", "WRONG_STATE"},
  };
  constexpr int kRepeatedPerMethodMax = 4;  // the first ones; there are dozens of registrations
  std::map<std::string, int> times;
  for (const Accepted& accepted : s().accepted()) {
    if (++times[accepted.name] > kRepeatedPerMethodMax) continue;
    const std::string what = StrCat(accepted.name, " ", times[accepted.name]);
    table_->Answered(what + " repeated", accepted.repeat);
    if (accepted.reuse == nullptr) continue;
    Refused(what + ": its request id for other content", accepted.reuse, "REQUEST_ID_REUSED");
    std::string reason = "DOCUMENT_REPLAYED";
    const auto other = kOtherReasons.find(accepted.name);
    if (other != kOtherReasons.end()) reason = other->second;
    Refused(what + ": replayed under another request id", accepted.replay, reason);
  }
}

TEST_F(BadInputTest, IsRefusedAndChangesNothing) {
  RegistrationRows();
  CertificateRows();
  LoginRows();

  w().notice = Step(w().Prepare(w().Notice(Step(w().CreateTender()), World::kFirstDeadline)));
  mutations_ = Mutations();
  KeepReads();
  WrongStates(kDraft);
  Step(w().Submit(w().notice));
  WrongStates(kSubmitted);
  NoticeRows();
  Step(w().Approve(w().notice));
  first_ = w().notice;
  auto corrected = w().Notice(first_.notice.tender_id(), World::kDeadline);
  corrected.set_notice_version(2);
  corrected.set_previous_notice_hash(first_.hash_hex());
  corrected.set_title("Corrected");
  w().notice = Step(w().Prepare(corrected));
  Step(w().Submit(w().notice));
  Refused(
      "notice: the version in force approved instead of its correction",
      [&] {
        return w().Send(*w().approver, "notice.approval", w().Approval(first_), s().tender(),
                        &TenderStub::ApproveNotice);
      },
      "NOTICE_HASH_MISMATCH");
  Step(w().Approve(w().notice));
  another_ = Step(w().AnotherTender());
  cancelled_ = Step(w().AnotherTender());
  failed_ = Step(w().AnotherTender());
  KeepReads();
  CancelledTender();
  WrongStates(kPublished);
  if (HasFatalFailure()) return;

  MoveTo(At(World::kBidStart) - absl::Nanoseconds(1));
  EarlyRows();
  MoveTo(At(World::kBidStart));  // the first instant at which bids are taken
  BidPlan plan;
  s1_bid_ = w().MakeBid(*w().s1, w().notice, plan);
  w().s1_submission =
      Step(s().Do("SubmitBid", w().s1, s().bidding(), &BiddingStub::SubmitBid, s1_bid_))
          .submission_id();
  plan.price = 340'000'000;
  Step(s().Do("SubmitBid", w().s2, s().bidding(), &BiddingStub::SubmitBid,
              w().MakeBid(*w().s2, w().notice, plan))
           .status());
  Step(s().Do("SubmitBid", w().s1, s().bidding(), &BiddingStub::SubmitBid,
              w().MakeBid(*w().s1, failed_))
           .status());
  WrongStates(kWindow);
  VoidBids();
  BidRows();
  if (HasFatalFailure()) return;

  MoveTo(At(World::kDeadline) - absl::Nanoseconds(1));  // the last instant
  plan.price = 335'000'000;
  Step(s().Do("SubmitBid", w().s3, s().bidding(), &BiddingStub::SubmitBid,
              w().MakeBid(*w().s3, w().notice, plan))
           .status());
  MoveTo(At(World::kDeadline));
  const auto late = [&] { return w().SubmitBid(*w().late, w().MakeBid(*w().late, w().notice)); };
  EXPECT_EQ(ErrorReason(late()), "DEADLINE_PASSED");  // perhaps before the box is closed
  for (const auto* notice : {&w().notice, &another_, &failed_}) {
    Step(w().WaitForTender(notice->notice.tender_id(), tender::v1::Tender::CLOSED));
  }
  Refused("bid: late by one tick", late, "DEADLINE_PASSED");
  WrongStates(kClosed);
  MoveTo(At(World::kOpenAt) - absl::Nanoseconds(1));
  Refused(
      "shares: early by one nanosecond",
      [&] { return w().Release(*w().member[0], w().Shares(0, w().notice)); }, "TOO_EARLY");
  MoveTo(At(World::kOpenAt));
  ShareRows();
  WrongStates(kOpened);
  if (HasFatalFailure()) return;
  FailedTender();

  Refused(
      "evaluation: by another agency",
      [&] { return w().Evaluate(*w().other, w().notice.notice.tender_id()); }, "NOT_ALLOWED");
  tender::v1::EvaluateTenderRequest evaluate;
  evaluate.set_tender_id(w().notice.notice.tender_id());
  Refused(
      "evaluation: with prices entered where they are drawn",
      [&] {
        document::v1::EnteredPrices prices;
        prices.set_tender_id(w().notice.notice.tender_id());
        prices.set_notice_hash(w().notice.hash_hex());
        for (int i = 0; i < 15; ++i) prices.add_prices(400'000'000 + i);
        prices.set_salt(std::string(32, 's'));
        tender::v1::EvaluateTenderRequest request = evaluate;
        *request.mutable_entered_prices() = w().SignAnew(*w().officer, "entered-prices", prices);
        request.set_request_id(s().RequestId());
        return s().Call(s().tender(), &TenderStub::EvaluateTender, request, w().officer).status();
      },
      "ENTERED_PRICES_UNEXPECTED");
  tender::v1::GetResultRequest get_result;
  get_result.set_tender_id(w().notice.notice.tender_id());
  Refused(
      "result: before there is one",
      [&] { return s().Call(s().tender(), &TenderStub::GetResult, get_result).status(); },
      "RESULT_NOT_READY");
  tender::v1::ListTendersRequest list;
  list.set_page_size(1);
  const auto page = Step(s().Call(s().tender(), &TenderStub::ListTenders, list));
  list.set_page_token(page.next_page_token());
  list.set_state(tender::v1::Tender::OPENED);
  Refused(
      "list: with the page token of another list",
      [&] { return s().Call(s().tender(), &TenderStub::ListTenders, list).status(); },
      "PAGE_TOKEN_INVALID");
  Step(s().Do("EvaluateTender", w().officer, s().tender(), &TenderStub::EvaluateTender, evaluate)
           .status());
  Step(w().Refresh());
  EXPECT_EQ(w().result.candidate(), w().s1_submission);
  AwardRows();
  WrongStates(kEvaluated);
  Step(w().Take("DecideAward", *w().officer, "award.decision", w().Award(), s().tender(),
                &TenderStub::DecideAward)
           .status());
  Step(w().Refresh());
  WrongStates(kAwarded);
  ContractRows();
  WrongStates(kAccepted);
  if (HasFatalFailure()) return;

  InvoiceRows();
  Step(w().Take("CreateInvoice", *w().s1, "invoice", w().Invoice(), s().payment(),
                &PaymentStub::CreateInvoice)
           .status());
  Step(w().Refresh());
  WrongStates(kInvoiced);
  ApprovalRows();
  const auto approve = [&](const Person& who) {
    return w()
        .Take("ApprovePayment", who, "payment.approval", w().PaymentApproval(), s().payment(),
              &PaymentStub::ApprovePayment)
        .status();
  };
  Step(approve(*w().paymaster));
  Step(w().Refresh());
  WrongStates(kApprovedOnce);
  AccountRows();
  // To the new account: from the start.
  Step(w().Refresh());
  Step(w().Take("CreateInvoice", *w().s1, "invoice", w().Invoice(), s().payment(),
                &PaymentStub::CreateInvoice)
           .status());
  Step(w().Refresh());
  ApprovalRows();
  Step(approve(*w().paymaster));
  Step(w().Refresh());
  Refused(
      "payment: approved twice by one person, account 2",
      [&] {
        return w().Send(*w().paymaster, "payment.approval", w().PaymentApproval(), s().payment(),
                        &PaymentStub::ApprovePayment);
      },
      "APPROVER_ALREADY_SIGNED");
  Step(approve(*w().paymaster2));
  Step(w().Refresh());
  WrongStates(kOrdered);

  const auto settle = [&](const Person& who,
                          const std::function<void(document::v1::PaymentSettlement&)>& spoil) {
    auto doc = w().Settlement();
    spoil(doc);
    return w().Send(who, "payment.settlement", doc, s().payment(), &PaymentStub::SettlePayment);
  };
  Refused(
      "settlement: by another bank", [&] { return settle(*w().other_bank, [](auto&) {}); },
      "NOT_ALLOWED");
  Refused(
      "settlement: of another order",
      [&] { return settle(*w().bank, [](auto& d) { d.set_order_sha256(std::string(64, 'a')); }); },
      "ORDER_MISMATCH");
  Refused(
      "settlement: of another amount",
      [&] { return settle(*w().bank, [](auto& d) { d.set_amount(d.amount() - 1); }); },
      "PAYMENT_AMOUNT_MISMATCH");
  Refused(
      "settlement: without the bank's reference",
      [&] { return settle(*w().bank, [](auto& d) { d.clear_bank_reference(); }); },
      "BANK_REFERENCE_INVALID");
  payment::v1::GetPaymentOrderRequest order;
  order.set_payment_id(w().payment.payment_id());
  for (const Person* who : {w().other_bank, w().other}) {
    Refused(
        "order: seen by " + who->name,
        [&] { return s().Call(s().payment(), &PaymentStub::GetPaymentOrder, order, who).status(); },
        "NOT_ALLOWED");
  }
  Step(w().Take("SettlePayment", *w().bank, "payment.settlement", w().Settlement(), s().payment(),
                &PaymentStub::SettlePayment)
           .status());
  Step(w().Refresh());
  WrongStates(kSettled);

  ReplayRows();
  EXPECT_EQ(w().payment.state(), payment::v1::Payment::SETTLED);
}

}  // namespace
}  // namespace jodal::e2e
