#include "clients/cli/help.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace jodal::cli {
namespace {

void Collect(CLI::App* app, const std::string& words, std::vector<HelpText>& out) {
  out.push_back({{absl::StrCat("help.", words.empty() ? app->get_name() : words)},
                 app->get_description(),
                 [app](const std::string& text) { app->description(text); }});
  for (CLI::Option* option : app->get_options()) {
    const std::string name = option->get_name(/*positional=*/option->get_positional());
    std::vector<std::string> keys = {absl::StrCat("option.", name)};
    keys.insert(keys.begin(),
                absl::StrCat("option.", words.empty() ? app->get_name() : words, " ", name));
    out.push_back({std::move(keys), option->get_description(),
                   [option](const std::string& text) { option->description(text); }});
  }
  for (CLI::App* sub : app->get_subcommands([](CLI::App*) { return true; })) {
    Collect(sub, absl::StrCat(words, words.empty() ? "" : " ", sub->get_name()), out);
  }
}

// The words around the texts.
void SayFrame(catalog::Language language, CLI::App* app) {
  const auto say = [&](absl::string_view key, absl::string_view english) {
    return catalog::Say(language, absl::StrCat("help_word.", key), english);
  };
  app->footer(absl::StrReplaceAll(
      app->get_footer(),
      {{"Five minutes:", say("five_minutes", "Five minutes:")},
       {"Exit codes:", say("exit_codes", "Exit codes:")},
       {"Example:", say("example", "Example:")},
       {"Every verb shows its own:", say("every_verb", "Every verb shows its own:")}}));
  app->group(say("commands", "Subcommands"));
  for (CLI::Option* option : app->get_options()) {
    if (!option->get_group().empty()) option->group(say("options", "Options"));
  }
  for (CLI::App* sub : app->get_subcommands([](CLI::App*) { return true; })) {
    SayFrame(language, sub);
  }
}

}  // namespace

std::vector<HelpText> HelpTexts(CLI::App* app) {
  std::vector<HelpText> out;
  Collect(app, "", out);
  return out;
}

void SayHelpIn(catalog::Language language, CLI::App* app) {
  if (language == catalog::Language::kEnglish) return;
  for (const HelpText& text : HelpTexts(app)) {
    std::string said = text.english;
    for (auto key = text.keys.rbegin(); key != text.keys.rend(); ++key) {
      said = catalog::Say(language, *key, said);
    }
    const size_t list = text.english.rfind(": ");
    const std::string rest = list == std::string::npos ? "" : text.english.substr(list + 2);
    text.set(absl::StrReplaceAll(said, {{"$0", rest}}));
  }
  SayFrame(language, app);
  // All commands share one.
  for (const auto& [word, key] :
       {std::pair("Usage", "usage"), std::pair("Positionals", "positionals"),
        std::pair("OPTIONS", "options"), std::pair("SUBCOMMAND", "command"),
        std::pair("SUBCOMMANDS", "command"), std::pair("REQUIRED", "required"),
        std::pair("Needs", "needs"), std::pair("Excludes", "excludes")}) {
    app->get_formatter()->label(word,
                                catalog::Say(language, absl::StrCat("help_word.", key), word));
  }
}

}  // namespace jodal::cli
