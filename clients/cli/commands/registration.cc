// organization, supplier, agency, person.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"

namespace jodal::cli {
namespace {

namespace pb = registration::v1;
using Stub = pb::RegistrationService::Stub;

// Only once registered does a person have an id; later commands sign with it.
absl::Status KeepPersonId(Cli& cli, const std::string& person_id) {
  ASSIGN_OR_RETURN(const std::string dir, cli.IdentityDir());
  return sdk::Identity::SavePersonId(dir, person_id);
}

absl::Status Unnamed(Cli& cli) {
  ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
  identity->set_person_id("");
  return absl::OkStatus();
}

template <typename Doc>
absl::Status FillNonce(Cli&, Doc& document) {
  if (document.nonce().empty()) document.set_nonce(FreshNonce());
  return absl::OkStatus();
}

void AddOrganizationVerbs(Cli& cli, CLI::App* noun, const std::string& type) {
  const std::string name = noun->get_name();
  auto enter = ActVerb<document::v1::OrganizationRegistration>(name);
  if (type.empty()) {
    enter.text.example += " --kinds works --type supplier";
  } else {
    // The noun says the type; only suppliers have kinds.
    enter.fields.erase(std::find(enter.fields.begin(), enter.fields.end(), "type"));
    if (type == "supplier") enter.text.example += " --kinds works";
  }
  enter.session = false;
  enter.complete = [type](Cli& cli, document::v1::OrganizationRegistration& document) {
    if (!type.empty()) document.set_type(type);
    if (document.nonce().empty()) document.set_nonce(FreshNonce());
    return Unnamed(cli);
  };
  enter.done = [](Cli& cli, const google::protobuf::Message& answer) -> absl::Status {
    const auto& organization =
        static_cast<const pb::RegisterOrganizationResponse&>(answer).organization();
    RETURN_IF_ERROR(KeepPersonId(cli, organization.representative_id()));
    ASSIGN_OR_RETURN(const auto context, cli.Context());
    cli.Next("organization-registered", {{"organization", organization.organization_id()},
                                         {"registrar", context.training ? "registrar" : ""}});
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::registration, &Stub::RegisterOrganization, enter);

  auto approve = ActVerb<document::v1::OrganizationApproval>(name);
  approve.complete = [](Cli& cli, document::v1::OrganizationApproval& document) -> absl::Status {
    if (!document.registration_sha256().empty()) return absl::OkStatus();
    pb::GetOrganizationRequest ask;
    ask.set_organization_id(document.organization_id());
    ASSIGN_OR_RETURN(const auto found,
                     Ask(cli, &sdk::Client::registration, &Stub::GetOrganization, ask));
    ASSIGN_OR_RETURN(document, sdk::OrganizationApprovalFor(found.organization()));
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::registration, &Stub::ApproveOrganization, approve);

  auto id = std::make_shared<std::string>();
  cli.Verb(noun,
           {"show", "Shows an organisation", absl::StrCat("jodal ", name, " show S-1248100998")},
           [&cli, id]() -> absl::Status {
             pb::GetOrganizationRequest request;
             request.set_organization_id(*id);
             ASSIGN_OR_RETURN(const auto answer, Ask(cli, &sdk::Client::registration,
                                                     &Stub::GetOrganization, request));
             return cli.out().One(answer.organization());
           })
      ->add_option("id", *id, "Organisation")
      ->required();

  auto filter = std::make_shared<std::string>(type);
  CLI::App* list = cli.Verb(
      noun, {"list", "Lists organisations", absl::StrCat("jodal ", name, " list -o csv")},
      [&cli, filter]() -> absl::Status {
        pb::ListOrganizationsRequest request;
        request.set_type(*filter);
        request.set_page_size(500);
        pb::ListOrganizationsResponse all;
        do {
          ASSIGN_OR_RETURN(const auto page,
                           Ask(cli, &sdk::Client::registration, &Stub::ListOrganizations, request));
          all.mutable_organizations()->MergeFrom(page.organizations());
          request.set_page_token(page.next_page_token());
        } while (!request.page_token().empty());
        return cli.out().Many(Pointers(all.organizations()),
                              {"organization_id", "type", "name", "state", "representative_id"});
      });
  if (type.empty())
    list->add_option("--type", *filter, "Only this type: supplier, agency, bank or auditor");
}

void AddPersonVerbs(Cli& cli, CLI::App* noun) {
  auto enter = ActVerb<document::v1::PersonRegistration>("person");
  enter.session = false;
  enter.complete = [](Cli& cli, document::v1::PersonRegistration& document) -> absl::Status {
    RETURN_IF_ERROR(Unnamed(cli));
    if (document.nonce().empty()) document.set_nonce(FreshNonce());
    ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
    for (const std::string& role : document.roles()) {
      if (role != "committee") continue;
      if (!identity->has_agreement()) {
        return UsageError(
            "a committee member needs a key-agreement pair: agree.key and agree.crt beside "
            "sign.key");
      }
      document.set_encryption_certificate(identity->agreement_certificate().der());
    }
    return absl::OkStatus();
  };
  enter.done = [](Cli& cli, const google::protobuf::Message& answer) -> absl::Status {
    const auto& person = static_cast<const pb::RegisterPersonResponse&>(answer).person();
    RETURN_IF_ERROR(KeepPersonId(cli, person.person_id()));
    cli.Next("person-registered", {{"person", person.person_id()}});
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::registration, &Stub::RegisterPerson, enter);

  auto approve = ActVerb<document::v1::PersonApproval>("person");
  approve.complete = [](Cli& cli, document::v1::PersonApproval& document) -> absl::Status {
    if (!document.registration_sha256().empty()) return absl::OkStatus();
    pb::GetPersonRequest ask;
    ask.set_person_id(document.person_id());
    ASSIGN_OR_RETURN(const auto found, Ask(cli, &sdk::Client::registration, &Stub::GetPerson, ask));
    ASSIGN_OR_RETURN(document, sdk::PersonApprovalFor(found.person()));
    return absl::OkStatus();
  };
  AddSigned(cli, noun, &sdk::Client::registration, &Stub::ApprovePerson, approve);

  auto id = std::make_shared<std::string>();
  cli.Verb(noun, {"show", "Shows a person", "jodal person show A-1018200008.2 --identity keys/kim"},
           [&cli, id]() -> absl::Status {
             pb::GetPersonRequest request;
             request.set_person_id(*id);
             ASSIGN_OR_RETURN(const auto answer,
                              Ask(cli, &sdk::Client::registration, &Stub::GetPerson, request));
             return cli.out().One(answer.person());
           })
      ->add_option("id", *id, "Person")
      ->required();
  cli.Verb(noun,
           {"list", "Lists the people of an organisation",
            "jodal person list A-1018200008 --identity keys/kim"},
           [&cli, id]() -> absl::Status {
             pb::ListPeopleRequest request;
             request.set_organization_id(*id);
             ASSIGN_OR_RETURN(const auto answer,
                              Ask(cli, &sdk::Client::registration, &Stub::ListPeople, request));
             return cli.out().Many(Pointers(answer.people()),
                                   {"person_id", "name", "roles", "state"});
           })
      ->add_option("organization", *id, "Organisation")
      ->required();
}

}  // namespace

void AddRegistration(Cli& cli) {
  AddOrganizationVerbs(cli, cli.Noun("organization", "Organisations of every type"), "");
  AddOrganizationVerbs(cli, cli.Noun("supplier", "Suppliers"), "supplier");
  AddOrganizationVerbs(cli, cli.Noun("agency", "Buying agencies"), "agency");
  AddPersonVerbs(cli, cli.Noun("person", "People and their roles"));
}

}  // namespace jodal::cli
