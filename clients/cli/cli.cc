#include "clients/cli/cli.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "clients/cli/help.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::cli {
namespace {

constexpr char kVersion[] = "0.1.0";

constexpr absl::string_view kKinds[] = {"tender", "contract", "payment", "organization", "person"};

bool IsKind(absl::string_view name) {
  return std::find(std::begin(kKinds), std::end(kKinds), name) != std::end(kKinds);
}

// What an option's value is the id of, or "": by its name ("tender", "contract-id").
std::string KindOf(const CLI::App* verb, absl::string_view option) {
  while (absl::ConsumePrefix(&option, "-")) continue;
  absl::ConsumeSuffix(&option, "-id");
  if (option == "supplier") return "organization";
  if (option == "id" && verb->get_parent() != nullptr) {
    const std::string& noun = verb->get_parent()->get_name();
    if (noun == "supplier" || noun == "agency") return "organization";
    return IsKind(noun) ? noun : "";
  }
  return IsKind(option) ? std::string(option) : "";
}

// The value of an option wherever it stands among the arguments, read or not; "" without it.
absl::string_view Given(const std::vector<std::string>& args,
                        std::initializer_list<absl::string_view> names) {
  for (size_t i = 1; i < args.size(); ++i) {
    for (const absl::string_view name : names) {
      absl::string_view value = args[i];
      if (value == name && i + 1 < args.size()) return args[i + 1];
      if (absl::ConsumePrefix(&value, name) && absl::ConsumePrefix(&value, "=")) return value;
    }
  }
  return "";
}

}  // namespace

Cli::Cli(CLI::App* app) : app_(app) {
  app->set_version_flag("--version", kVersion, "Print the version and exit");
  app->add_option("--context", context_file_,
                  "Context file of the installation [./.jodal/context.json, else "
                  "$XDG_CONFIG_HOME/jodal/context.json]")
      ->type_name("FILE");
  app->add_option("--identity", identity_dir_, "Who acts: the folder of that person's keys")
      ->type_name("DIR");
  app->add_option("--pin-file", pin_file_, "File with the PIN of the keys")->type_name("FILE");
  app->add_option("-o,--output", format_, "table, json, jsonl, yaml or csv")
      ->check(CLI::IsMember({"table", "json", "jsonl", "yaml", "csv"}))
      ->type_name("FORMAT");
  app->add_flag("--yes", yes_, "Sign without asking");
  app->add_flag("--no-input", no_input_, "Never ask anything");
  app->add_flag("--dry-run", dry_run_, "Sign and show, send nothing");
  app->add_option("--timeout", timeout_s_, "Seconds for the whole command [30]")
      ->check(CLI::PositiveNumber)
      ->type_name("SECONDS");
  app->add_option(
         "--tz", zone_,
         "Time zone in which times are shown and read: KST, UTC, local, Europe/Berlin [KST]")
      ->type_name("ZONE");
  app->add_option("--lang", language_,
                  "Language of help, names in tables, errors and next steps: en or ko [en]")
      ->check(CLI::IsMember({"en", "ko"}))
      ->type_name("LANGUAGE");
  output_.terminal = isatty(STDOUT_FILENO) != 0;
  output_.error_terminal = isatty(STDERR_FILENO) != 0;
}

CLI::App* Cli::Noun(absl::string_view name, absl::string_view help) {
  CLI::App* noun = app_->add_subcommand(std::string(name), std::string(help));
  noun->require_subcommand(1);
  noun->fallthrough();
  return noun;
}

CLI::App* Cli::Verb(CLI::App* noun, const VerbText& text, std::function<absl::Status()> run) {
  CLI::App* verb = noun->add_subcommand(text.name, text.help);
  verb->fallthrough();
  verb->footer(absl::StrCat("Example:\n  ", absl::StrReplaceAll(text.example, {{"\n", "\n  "}})));
  // The first verb gives the noun its example; a footer is inherited, so it is never empty.
  if (noun != app_ && noun->get_subcommands([](const CLI::App*) { return true; }).size() == 1) {
    noun->footer(absl::StrCat("Example:\n  ", absl::StrReplaceAll(text.example, {{"\n", "\n  "}}),
                              "\n\nEvery verb shows its own: jodal ", noun->get_name(), " ",
                              text.name, " --help"));
  }
  RunAs(verb, noun == app_ ? text.name : absl::StrCat(noun->get_name(), " ", text.name),
        std::move(run));
  return verb;
}

void Cli::RunAs(CLI::App* app, const std::string& words, std::function<absl::Status()> run) {
  app->callback([this, words, run = std::move(run)] {
    chosen_ = words;
    run_ = run;
  });
}

absl::Status Cli::Run() {
  output_.format = format_ == "json"    ? Format::kJson
                   : format_ == "jsonl" ? Format::kJsonl
                   : format_ == "yaml"  ? Format::kYaml
                   : format_ == "csv"   ? Format::kCsv
                                        : Format::kTable;
  if (language_ == "ko") output_.language = catalog::Language::kKorean;
  ASSIGN_OR_RETURN(output_.zone, Zone::Named(zone_));
  return run_();
}

Values Cli::Known() const {
  Values known = named_;
  known["me"] = identity_dir_;
  if (!context_file_.empty()) known["context"] = context_file_;
  return known;
}

absl::StatusOr<std::string> Cli::LastFile() const {
  ASSIGN_OR_RETURN(const auto context, Context());
  // By the keys of its logs: an installation made anew is another one.
  ASSIGN_OR_RETURN(const std::string keys, ReadFile(context.trust_dir + "/logs.json"));
  return sdk::StateFile(
      absl::StrCat("last/", HexEncode(crypto::Sha256(keys)).substr(0, 16), ".json"));
}

void Cli::Remember(const std::string& kind, const std::string& id) {
  const auto keep = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string file, LastFile());
    nlohmann::json last = nlohmann::json::object();
    if (const auto text = ReadFile(file); text.ok()) {
      last = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
      if (!last.is_object()) last = nlohmann::json::object();
    }
    last[kind] = id;
    return WriteFile(file, last.dump() + "\n");
  };
  if (!IsKind(kind) || id.empty()) return;
  named_[kind] = id;
  const absl::Status kept = keep();
  if (!kept.ok()) {
    output_.Note(output_.Say("text.not_kept", "@$0 was not kept: $1", kind, kept.message()));
  }
}

absl::StatusOr<std::string> Cli::Resolve(const std::string& text) const {
  if (text.empty() || text[0] != '@') return text;
  const size_t end = std::min(text.find_first_of("-."), text.size());
  const std::string kind = text.substr(1, end - 1), rest = text.substr(end);
  if (!IsKind(kind)) return text;
  ASSIGN_OR_RETURN(const std::string file, LastFile());
  const auto json = ReadFile(file);
  const auto last = nlohmann::json::parse(json.value_or("{}"), nullptr, /*allow_exceptions=*/false);
  if (!last.is_object() || !last.contains(kind) || !last[kind].is_string()) {
    return UsageError(
        absl::StrCat("there is no last ", kind, " in this installation; write its id"));
  }
  return absl::StrCat(last[kind].get<std::string>(), rest);
}

void Cli::LetIdsBeRemembered() {
  const std::function<void(CLI::App*)> walk = [&](CLI::App* app) {
    for (CLI::Option* option : app->get_options()) {
      const std::string kind = KindOf(app, option->get_single_name());
      if (kind.empty()) continue;
      option->transform(
          [this, kind](const std::string& text) {
            const auto id = Resolve(text);
            if (!id.ok()) throw CLI::ValidationError(std::string(id.status().message()));
            named_[kind] = *id;
            return *id;
          },
          "");
    }
    for (CLI::App* sub : app->get_subcommands([](CLI::App*) { return true; })) walk(sub);
  };
  walk(app_);
}

void Cli::NothingSent() const {
  output_.Note(output_.Say("text.nothing_sent", "nothing was sent"));
}

void Cli::Next(absl::string_view step, Values values) const {
  for (auto& [key, value] : Known()) values.emplace(key, value);
  output_.Note(NextStep(step, values, output_.language).Line());
}

int Cli::Fail(const absl::Status& status, absl::string_view what) const {
  const Failure failure = Explain(
      status, what, {.language = output_.language, .zone = output_.zone, .values = Known()});
  std::fputs((output_.exact() ? failure.json : failure.text).c_str(), stderr);
  return failure.exit_code;
}

int Cli::Main(const std::vector<std::string>& args) {
  // Help and what could not be read are said before the options count.
  if (Given(args, {"--lang"}) == "ko") output_.language = catalog::Language::kKorean;
  SayHelpIn(output_.language, app_);
  // As CLI11 wants it: the last argument first.
  std::vector<std::string> rest(args.rbegin(), args.rend() - 1);
  try {
    app_->parse(rest);
  } catch (const CLI::Success& e) {
    return app_->exit(e);
  } catch (const CLI::ParseError& e) {
    std::string what = e.what();
    const auto left = app_->remaining(/*recurse=*/true);
    if (!left.empty() && left.front()[0] != '-') what = "there is no \"" + left.front() + "\" here";
    const absl::string_view format = Given(args, {"-o", "--output"});
    if (format == "json" || format == "jsonl" || format == "yaml") output_.format = Format::kJson;
    std::string words;
    for (const CLI::App* at = app_; !at->get_subcommands().empty();) {
      at = at->get_subcommands().front();
      absl::StrAppend(&words, words.empty() ? "" : " ", at->get_name());
    }
    return Fail(UsageError(what), words);
  }
  const absl::Status status = Run();
  return status.ok() ? kExitOk : Fail(status, chosen_);
}

}  // namespace jodal::cli
