// fact: the register of dated facts.
#include "absl/strings/str_cat.h"
#include "clients/cli/sign.h"
#include "clients/sdk/documents.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "procurement/register/register.h"

namespace jodal::cli {
namespace {

namespace pb = registration::v1;
using Stub = pb::RegistrationService::Stub;

absl::StatusOr<pb::ListFactsResponse> FetchFacts(Cli& cli, const std::string& subject,
                                                 const std::string& type) {
  pb::ListFactsRequest request;
  request.set_subject(subject);
  request.set_type(type);
  request.set_page_size(200);
  pb::ListFactsResponse all;
  do {
    ASSIGN_OR_RETURN(const auto page,
                     Ask(cli, &sdk::Client::registration, &Stub::ListFacts, request));
    all.mutable_facts()->MergeFrom(page.facts());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// Times as people write them, or now, as documents have them.
absl::Status CompleteTime(Cli& cli, bool now_if_empty, std::string* time) {
  if (time->empty()) {
    if (!now_if_empty) return absl::OkStatus();
    ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
    ASSIGN_OR_RETURN(const absl::Time now, client->Now());
    *time = sdk::DocumentTime(now);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const absl::Time parsed, cli.ParseTime(*time));
  *time = sdk::DocumentTime(parsed);
  return absl::OkStatus();
}

absl::Status CompleteEvidence(const std::string& file, document::v1::FactRecord* document) {
  if (file.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(file));
  document->set_evidence_sha256(HexEncode(crypto::Sha256(bytes)));
  return absl::OkStatus();
}

void AddEvidence(CLI::App* verb, const std::shared_ptr<std::string>& file) {
  verb->add_option("--evidence", *file, "The paper that the fact rests on; its digest is recorded")
      ->type_name("FILE");
}

void AddRecord(Cli& cli, CLI::App* noun) {
  auto evidence = std::make_shared<std::string>();
  SignedVerb<document::v1::FactRecord> record;
  record.text = {
      "record", "Records a fact: a holiday, a sanction ... (registrar)",
      "jodal fact record KR holiday 추석 --valid-from 2026-09-24 --valid-to 2026-09-27 \\\n"
      "  --source \"관공서의 공휴일에 관한 규정 제2조\" --identity registrar"};
  record.kind = "fact.record";
  record.fields = {"@subject", "@type",  "@value",          "valid_from",
                   "valid_to", "source", "evidence_sha256", "replaces"};
  record.complete = [evidence](Cli& cli, document::v1::FactRecord& document) -> absl::Status {
    RETURN_IF_ERROR(CompleteTime(cli, /*now_if_empty=*/true, document.mutable_valid_from()));
    RETURN_IF_ERROR(CompleteTime(cli, /*now_if_empty=*/false, document.mutable_valid_to()));
    return CompleteEvidence(*evidence, &document);
  };
  AddEvidence(AddSigned(cli, noun, &sdk::Client::registration, &Stub::RecordFact, record),
              evidence);
}

// Another fact in the place of one that counts, with an earlier end.
void AddEnd(Cli& cli, CLI::App* noun) {
  struct Options {
    std::string evidence;
    int number = 0;
  };
  auto o = std::make_shared<Options>();
  SignedVerb<document::v1::FactRecord> end;
  end.text = {"end", "Ends a fact now or at another time, by a fact in its place (registrar)",
              "jodal fact end S-1248100998 sanction --source \"조달청 제2026-13호\" \\\n"
              "  --evidence decision.pdf --identity registrar"};
  end.kind = "fact.record";
  end.fields = {"@subject", "@type", "valid_to", "source", "evidence_sha256"};
  end.complete = [o](Cli& cli, document::v1::FactRecord& document) -> absl::Status {
    ASSIGN_OR_RETURN(const auto known, FetchFacts(cli, document.subject(), document.type()));
    const pb::Fact* last = nullptr;
    for (const pb::Fact& fact : known.facts()) {
      if (o->number == 0 ? fact.replaced_by().empty() : fact.number() == o->number) last = &fact;
    }
    if (last == nullptr) return UsageError("there is no such fact; see jodal fact list");
    RETURN_IF_ERROR(CompleteTime(cli, /*now_if_empty=*/true, document.mutable_valid_to()));
    document.set_value(last->value());
    document.set_valid_from(last->valid_from());
    document.set_replaces(last->fact_sha256());
    return CompleteEvidence(o->evidence, &document);
  };
  CLI::App* verb = AddSigned(cli, noun, &sdk::Client::registration, &Stub::RecordFact, end);
  verb->add_option("--number", o->number, "Number of the fact [the last one that counts]")
      ->check(CLI::PositiveNumber);
  verb->add_option("--evidence", o->evidence,
                   "The paper that the fact rests on; its digest is recorded")
      ->type_name("FILE");
}

absl::Status PrintTypes(Cli& cli) {
  const bool korean = cli.out().language == catalog::Language::kKorean;
  Table table = {{"TYPE", "ABOUT", "VALUE", "MEANING", "ARTICLE"}, {}};
  for (const procurement::FactType& type : procurement::FactTypes()) {
    const char* about =
        type.subject == procurement::FactSubject::kCountry ? procurement::kCountry : "organization";
    if (type.words.empty()) {
      table.rows.push_back({type.id, about, "", korean ? type.ko : type.en, type.article});
    }
    for (const procurement::FactWord& word : type.words) {
      table.rows.push_back({type.id, about, word.id, korean ? word.ko : word.en, word.article});
    }
  }
  return cli.out().Rows(table);
}

}  // namespace

void AddFact(Cli& cli) {
  CLI::App* noun = cli.Noun("fact", "Dated facts: holidays, sanctions of organisations");
  AddRecord(cli, noun);
  AddEnd(cli, noun);
  struct Options {
    std::string subject, type;
  };
  auto o = std::make_shared<Options>();
  CLI::App* list = cli.Verb(
      noun, {"list", "Lists what was ever recorded about a subject", "jodal fact list KR holiday"},
      [&cli, o]() -> absl::Status {
        ASSIGN_OR_RETURN(const auto all, FetchFacts(cli, o->subject, o->type));
        return cli.out().Many(Pointers(all.facts()),
                              {"type", "number", "value", "valid_from", "valid_to", "source",
                               "recorded_time_ns", "replaced_by"});
      });
  list->add_option("subject", o->subject, "KR, or an organisation")->required();
  list->add_option("type", o->type, "Only this type; see jodal fact types");
  cli.Verb(noun, {"types", "Lists the types of facts and their values", "jodal fact types"},
           [&cli] { return PrintTypes(cli); });
}

}  // namespace jodal::cli
