// Whatever the command line can say to people is in the catalogue, and the catalogue holds nothing
// else.
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/catalog/catalog.h"
#include "clients/cli/advice.h"
#include "clients/cli/cli.h"
#include "clients/cli/help.h"
#include "clients/demo/verbs.h"
#include "procurement/method/method.h"

namespace jodal::cli {
namespace {

namespace fs = std::filesystem;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

bool InKorean(const std::string& key) { return catalog::Korean().count(key) == 1; }

// The production code below a folder, as one text.
std::string SourcesOf(const std::string& folder) {
  std::string out;
  for (const auto& file :
       fs::recursive_directory_iterator(absl::StrCat(JODAL_SOURCE_DIR, "/", folder))) {
    const std::string path = file.path().string();
    if (!absl::EndsWith(path, ".cc") || absl::EndsWith(path, "_test.cc")) continue;
    std::ifstream in(path);
    out.append(std::istreambuf_iterator<char>(in), {});
  }
  return out;
}

std::set<std::string> Found(const std::string& text, const std::string& pattern) {
  std::set<std::string> out;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    out.insert((*at)[1]);
  }
  return out;
}

// What the statements that begin with `begin` hold of `pattern`.
std::set<std::string> FoundAfter(const std::string& text, const std::string& begin,
                                 const std::string& pattern) {
  std::set<std::string> out;
  for (size_t at = 0; (at = text.find(begin, at)) != std::string::npos; ++at) {
    out.merge(Found(text.substr(at, text.find(';', at) - at), pattern));
  }
  return out;
}

// Fields that are shown by name: of answers, of what answers are about, of documents to sign.
std::set<std::string> ShownFields() {
  std::set<std::string> out;
  const auto add = [&](const Descriptor* message) {
    for (int i = 0; i < message->field_count(); ++i) out.insert(message->field(i)->name());
  };
  const auto walk = [&](const FileDescriptor* file) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const Descriptor* answer = file->service(s)->method(m)->output_type();
        for (int i = 0; i < answer->field_count(); ++i) {
          const FieldDescriptor* field = answer->field(i);
          if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
            add(field->message_type());
          }
          out.insert(field->name());
        }
      }
    }
    for (int m = 0; m < file->message_type_count() && file->package() == "jodal.document.v1"; ++m) {
      add(file->message_type(m));
    }
  };
  const fs::path protos = fs::path(JODAL_SOURCE_DIR) / "proto";
  for (const auto& path : fs::recursive_directory_iterator(protos / "jodal")) {
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(
        fs::relative(path.path(), protos).string());
    // Messages of older versions are shown as the one in use, and what is declared of fields and
    // acts is never shown.
    const std::string name = path.path().filename();
    if (name == "documents_v1.proto" || name == "field.proto") continue;
    if (file != nullptr) walk(file);
  }
  return out;
}

class KoreanTest : public testing::Test {
 protected:
  KoreanTest() {
    demo::AddDemo(cli_);
    AddAll(cli_);
    clients_ = SourcesOf("clients");
    for (const HelpText& text : HelpTexts(&app_)) asked_.insert(text.keys.begin(), text.keys.end());
  }
  void Expect(const std::string& key) {
    asked_.insert(key);
    EXPECT_TRUE(InKorean(key)) << "\"" << key << "\" is not in clients/catalog/ko.json";
  }
  CLI::App app_{"x", "jodal"};
  Cli cli_{&app_};
  std::string clients_;
  std::set<std::string> asked_;
};

TEST_F(KoreanTest, EveryHelpText) {
  // Commands that share a text of the catalogue say the same.
  std::map<std::string, std::string> english_of;
  int texts = 0;
  for (const HelpText& text : HelpTexts(&app_)) {
    if (text.english.empty()) continue;  // CliTest.EverythingHasHelp
    ++texts;
    const auto key = std::find_if(text.keys.begin(), text.keys.end(), InKorean);
    if (key == text.keys.end()) {
      ADD_FAILURE() << text.keys[0] << ": \"" << text.english << "\" is not in ko.json";
      continue;
    }
    std::string english = text.english;
    if (absl::StrContains(catalog::Korean().at(*key), "$0")) {
      english.resize(std::min(english.size(), english.rfind(": ")));
    }
    const auto other = english_of.emplace(*key, english).first;
    EXPECT_EQ(other->second, english) << *key << " has one text for two; add " << text.keys[0];
  }
  EXPECT_GT(texts, 400);
}

TEST_F(KoreanTest, HelpIsShownInKorean) {
  SayHelpIn(catalog::Language::kKorean, &app_);
  const std::string help = app_.get_subcommand("tender")->get_subcommand("draft")->help();
  for (const char* english : {"Options", "Usage", "Example", "Positionals", "Title"}) {
    EXPECT_FALSE(absl::StrContains(help, english)) << english << " in\n" << help;
  }
  EXPECT_TRUE(absl::StrContains(help, ": state, local")) << help;
}

TEST_F(KoreanTest, EveryError) {
  std::ifstream golden(std::string(JODAL_SOURCE_DIR) + "/tests/golden/errors.txt");
  std::string reason, code;
  int errors = 0;
  while (golden >> reason >> code) {
    Expect(absl::StrCat("error.", reason));
    ++errors;
  }
  EXPECT_GT(errors, 300);
  // Those of the clients' own, which have no tables.
  for (const std::string& own :
       FoundAfter(clients_, "MakeError(absl::", "\"([A-Z][A-Z0-9]+(_[A-Z0-9]+)+)\"")) {
    Expect(absl::StrCat("error.", own));
  }
}

TEST_F(KoreanTest, EveryTextByItsKey) {
  for (const std::string& key : Found(clients_, "\"(text\\.[a-z_]+)\"")) Expect(key);
  for (const std::string& key : Found(clients_, "say\\(\"([a-z_]+)\"")) {
    Expect(absl::StrCat("help_word.", key));
  }
  for (const std::string& name :
       Found(clients_, "hecks\\.(?:Add|Lacks)\\(\\s*\"([a-z ]+[a-z])\"")) {
    Expect(absl::StrCat("check.", name));
  }
}

TEST_F(KoreanTest, EveryNameInTables) {
  std::set<std::string> names = ShownFields();
  names.merge(FoundAfter(clients_, "Facts(", "\\{\\s*\"([a-z_]+)\"\\s*,"));
  names.merge(FoundAfter(clients_, "Pairs facts", "\\{\\s*\"([a-z_]+)\"\\s*,"));
  names.merge(Found(clients_, "emplace_back\\(\"([a-z_]+)\""));
  names.merge(FoundAfter(clients_, "Many(", "[\"{,\\s.]([a-z_]+)\""));
  names.merge(FoundAfter(clients_, "Table table = {{", "\"([a-z_]+)\""));
  for (const procurement::Method* method : procurement::Methods()) {
    for (const procurement::Column& column : method->columns) {
      names.insert(absl::StrReplaceAll(column.name_en, {{" ", "_"}}));
    }
  }
  for (const std::string& name : names) Expect(absl::StrCat("label.", name));
  EXPECT_GT(names.size(), 150u);
}

TEST_F(KoreanTest, NothingThatNobodyAsksFor) {
  for (const Advice& row : NextSteps()) asked_.insert(absl::StrCat("next.", row.key));
  for (const Advice& row : Hints()) asked_.insert(absl::StrCat("hint.", row.key));
  for (const auto& [key, text] : catalog::Korean()) {
    const std::string kind = key.substr(0, key.find('.'));
    if (kind == "help" || kind == "option" || kind == "next" || kind == "hint") {
      EXPECT_EQ(asked_.count(key), 1u) << "nobody asks for \"" << key << "\"";
    } else if (kind == "text") {
      EXPECT_TRUE(absl::StrContains(clients_, absl::StrCat("\"", key, "\""))) << key;
    }
  }
}

}  // namespace
}  // namespace jodal::cli
