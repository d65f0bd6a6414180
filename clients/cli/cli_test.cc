// The whole tree of commands: what it says about itself, and that what it tells people to type is
// something that it understands.
#include "clients/cli/cli.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/cli/amount_words.h"
#include "clients/cli/notice_view.h"
#include "clients/cli/notice_words.h"
#include "clients/demo/verbs.h"
#include "clients/install/install.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/status/error.h"
#include "jodal/document/v1/field.pb.h"

namespace jodal::cli {
namespace {

namespace fs = std::filesystem;

struct Program {
  CLI::App app{"", "jodal"};
  Cli cli{&app};
  Program() {
    demo::AddDemo(cli);
    AddAll(cli);
  }
};

class CliTest : public testing::Test {
 protected:
  CliTest() {
    std::string name = testing::TempDir() + "/jodal_cli_XXXXXX";
    dir_ = mkdtemp(name.data());
    setenv("XDG_STATE_HOME", (dir_ + "/state").c_str(), 1);
    setenv("XDG_CONFIG_HOME", (dir_ + "/config").c_str(), 1);
  }
  ~CliTest() override { fs::remove_all(dir_); }

  // Runs one command line; what it printed is in out_ and err_.
  int Run(std::vector<std::string> args) {
    args.insert(args.begin(), "jodal");
    Program program;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = program.cli.Main(args);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }
  void MakeTrainingInstallation() {
    ASSERT_EQ(install::CreateInstallation({.dir = dir_ + "/i"}, SystemClock().Now()),
              absl::OkStatus());
    context_ = install::ContextFile(dir_ + "/i");
  }

  std::string dir_, context_, out_, err_;
};

// Every option and every command says what it is.
TEST_F(CliTest, EverythingHasHelp) {
  Program program;
  int seen = 0;
  const std::function<void(CLI::App*, const std::string&)> walk = [&](CLI::App* app,
                                                                      const std::string& words) {
    for (const CLI::Option* option : app->get_options()) {
      ++seen;
      EXPECT_FALSE(option->get_description().empty()) << words << " " << option->get_name();
    }
    for (CLI::App* sub : app->get_subcommands([](CLI::App*) { return true; })) {
      EXPECT_FALSE(sub->get_description().empty()) << words << " " << sub->get_name();
      walk(sub, absl::StrCat(words, " ", sub->get_name()));
    }
  };
  walk(&program.app, "jodal");
  EXPECT_GT(seen, 300);
}

// "" if the command line is understood: the same parser reads it, nothing is run.
std::string Misread(std::vector<std::string> words) {
  Program program;
  EXPECT_EQ(words.front(), "jodal");
  const bool asks_for_help = words.back() == "--help";
  std::vector<std::string> rest(words.rbegin(), words.rend() - 1);
  try {
    program.app.parse(rest);
  } catch (const CLI::CallForHelp&) {
    return asks_for_help ? "" : "asks for help";
  } catch (const CLI::ParseError& e) {
    return e.what();
  }
  return "";
}

const std::set<std::string>& OtherPrograms() {
  static const auto* programs = new std::set<std::string>{"chmod", "df", "ls", "jodal-allinone"};
  return *programs;
}

TEST_F(CliTest, EveryAdviceIsACommandThatIsUnderstood) {
  const Values known = {{"tender", "R26BK00000001"},     {"contract", "R26TA00000001"},
                        {"payment", "R26TA00000001-P1"}, {"organization", "S-1248100998"},
                        {"person", "S-1248100998.1"},    {"me", "keys/kim"},
                        {"file", "notice.json"},         {"dir", "bids/1"}};
  int commands = 0;
  const auto check = [&](const Advice& row) {
    // With everything known, and with the least.
    for (const Values& values : {known, Values{{"tender", "T"},
                                               {"contract", "C"},
                                               {"payment", "P"},
                                               {"organization", "O"},
                                               {"person", "P"}}}) {
      const auto words = Words(row.command, values);
      if (words.empty() || row.command[0] == '{') return;
      ++commands;
      if (OtherPrograms().count(words.front()) != 0) continue;
      EXPECT_EQ(Misread(words), "") << row.key << ": " << ShellText(words);
    }
  };
  for (const Advice& row : NextSteps()) check(row);
  for (const Advice& row : Hints()) check(row);
  for (const Advice& row : Shows()) check(row);
  for (const Advice& row : Lists()) check(row);
  EXPECT_GT(commands, 80);
}

// The examples below --help are read by the same parser.
TEST_F(CliTest, EveryExampleIsUnderstood) {
  MakeTrainingInstallation();
  for (const char* kind : {"tender", "contract", "payment"}) {
    Program program;
    std::vector<std::string> context = {context_, "--context", "status", "ops"};
    program.app.parse(context);
    program.cli.Remember(kind, "R26BK00000001");
  }
  Program program;
  int examples = 0;
  const std::function<void(CLI::App*)> walk = [&](CLI::App* app) {
    std::string footer = app->get_footer();
    while (absl::StrContains(footer, "\\\n")) {
      footer.replace(footer.find("\\\n"), 2, " ");
    }
    for (absl::string_view line : absl::StrSplit(footer, '\n')) {
      line = absl::StripAsciiWhitespace(line);
      if (!absl::StartsWith(line, "jodal ") || app == &program.app) continue;
      ++examples;
      // Words between quotation marks are one.
      std::vector<std::string> words;
      bool quoted = false, open = false;
      for (const char c : line) {
        if (c == '"') {
          quoted = !quoted;
          if (quoted && !open) words.emplace_back();
          open = true;
        } else if (c == ' ' && !quoted) {
          open = false;
        } else {
          if (!open) words.emplace_back();
          open = true;
          words.back().push_back(c);
        }
      }
      words.insert(words.end(), {"--context", context_});
      EXPECT_EQ(Misread(words), "") << line;
    }
    for (CLI::App* sub : app->get_subcommands([](CLI::App*) { return true; })) walk(sub);
  };
  walk(&program.app);
  EXPECT_GT(examples, 60);
}

TEST_F(CliTest, ErrorsObeyTheFormat) {
  EXPECT_EQ(Run({"tender", "show", "T1", "-o", "json", "--context", dir_ + "/none"}), 3);
  EXPECT_EQ(out_, "");
  auto error = nlohmann::json::parse(err_);
  EXPECT_EQ(error["reason"], "FILE_MISSING");
  EXPECT_EQ(error["command"], "tender show");
  EXPECT_EQ(Run({"tender", "show", "-o", "json"}), 2);  // before anything was read
  error = nlohmann::json::parse(err_);
  EXPECT_EQ(error["reason"], "USAGE");
  EXPECT_EQ(error["hintCommand"], (std::vector<std::string>{"jodal", "tender", "show", "--help"}));
  EXPECT_EQ(Run({"tender", "show", "T1", "--tz", "Mars/Olympus"}), 2);
  EXPECT_TRUE(absl::StrContains(err_, "Mars/Olympus")) << err_;
}

// Past bug: it took half a minute to say that nothing runs.
TEST_F(CliTest, AServerThatIsDownIsReportedWithinThreeSeconds) {
  MakeTrainingInstallation();
  const absl::Time begin = SystemClock().Now();
  EXPECT_EQ(Run({"tender", "show", "T1", "--context", context_}), 9);
  EXPECT_LT(SystemClock().Now() - begin, absl::Seconds(4));
  EXPECT_TRUE(absl::StrContains(err_, "(SERVICE_UNREACHABLE)")) << err_;
  EXPECT_TRUE(absl::StrContains(err_, absl::StrCat("jodal ops status --context ", context_)))
      << err_;
}

TEST_F(CliTest, LastIdsAreRemembered) {
  MakeTrainingInstallation();
  {
    Program program;
    std::vector<std::string> args = {context_, "--context", "status", "ops"};
    program.app.parse(args);
    program.cli.Remember("contract", "R26TA00000007");
    program.cli.Remember("nonsense", "x");
  }
  // An offline way to see what an option was given: the error names the subject of the command.
  const auto shown = [&](const std::string& verb, const std::string& id) {
    Run({verb, "show", id, "--context", context_, "--timeout", "0.01", "-o", "json"});
    return err_;
  };
  Program program;
  std::vector<std::string> args = {context_, "--context", "@contract-P1", "show", "payment"};
  program.app.parse(args);
  EXPECT_EQ(program.app.get_subcommand("payment")
                ->get_subcommand("show")
                ->get_option("payment")
                ->as<std::string>(),
            "R26TA00000007-P1");
  EXPECT_TRUE(absl::StrContains(shown("tender", "@tender"), "there is no last tender"));
  EXPECT_TRUE(absl::StrContains(shown("rules", "@organization"), "RULE_SET_UNKNOWN"));
  EXPECT_FALSE(absl::StrContains(shown("contract", "@contract"), "there is no last"));
  EXPECT_FALSE(absl::StrContains(shown("contract", "@contractor"), "there is no last"));
}

TEST_F(CliTest, RuleSetsAreListedAndExplained) {
  EXPECT_EQ(Run({"rules", "list", "--kind", "goods", "--regime", "state", "--on", "2026-03-02",
                 "-o", "json"}),
            0);
  const auto list = nlohmann::json::parse(out_);
  ASSERT_FALSE(list.empty());
  for (const auto& row : list) {
    EXPECT_EQ(row["kind"], "goods");
    const std::string id = row["ruleSetId"];
    EXPECT_EQ(Run({"rules", "show", id}), 0);
    EXPECT_TRUE(absl::StrContains(out_, "planned price")) << out_;
    EXPECT_EQ(Run({"rules", "show", id, "-o", "json"}), 0);
    EXPECT_FALSE(nlohmann::json::parse(out_)["bands"].empty());
  }
  EXPECT_EQ(Run({"rules", "show", "none"}), 3);
  EXPECT_TRUE(absl::StrContains(err_, "jodal rules list")) << err_;
  EXPECT_EQ(Run({"rules", "list", "--on", "soon"}), 2);
}

TEST_F(CliTest, ADraftIsPreviewedAndComparedOffline) {
  const std::string file = dir_ + "/notice.json";
  ASSERT_EQ(WriteFile(file, R"({"tenderId":"R26BK00000001","title":"의자","currency":"KRW",
      "ruleSet":"kr-state-goods-2024","lots":[{"presumedPrice":136363636,"baseAmount":150000000,
      "floorRatePpm":842450}],"stages":[{"deadline":"2026-03-12T01:00:00Z"}],"quorum":2})"),
            absl::OkStatus());
  ASSERT_EQ(Run({"tender", "preview", "--file", file}), 0) << err_;
  EXPECT_TRUE(absl::StrContains(out_, "150,000,000 KRW (one hundred and fifty million won)"))
      << out_;
  EXPECT_TRUE(absl::StrContains(out_, "2026-03-12 10:00:00 KST")) << out_;
  EXPECT_TRUE(absl::StrContains(out_, "147,000,000 - 153,000,000")) << out_;
  ASSERT_EQ(Run({"tender", "preview", "--file", file, "--lang", "ko", "--tz", "UTC"}), 0) << err_;
  EXPECT_TRUE(absl::StrContains(out_, "기초금액\t150,000,000 KRW (일억오천만원)")) << out_;
  EXPECT_TRUE(absl::StrContains(out_, "투찰 마감\t2026-03-12 01:00:00 UTC")) << out_;
  EXPECT_EQ(Run({"tender", "preview"}), 2);

  Program program;
  document::v1::Notice before, after;
  before.set_title("a");
  after.set_title("b");
  before.add_lots()->set_base_amount(1000);
  after.add_lots()->set_base_amount(1000);
  after.set_previous_notice_hash("x");
  after.add_stages()->set_deadline("2026-03-12T01:00:00Z");
  testing::internal::CaptureStdout();
  EXPECT_EQ(Differences(program.cli, before, after), absl::OkStatus());
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "FIELD\tBEFORE\tAFTER\ntitle\ta\tb\nstages[0].deadline\t\t2026-03-12 10:00:00 KST\n");
}

TEST_F(CliTest, ViolationsNameWhatTheAuthorTyped) {
  EXPECT_EQ(FlagOf("lots[0].base_amount"), "--base-amount");
  EXPECT_EQ(FlagOf("lots[2].base_amount"), "--lot 3 --base-amount");
  EXPECT_EQ(FlagOf("lots[0].floor_rate_ppm"), "--floor-rate");
  EXPECT_EQ(FlagOf("stages[0].deadline"), "--deadline");
  EXPECT_EQ(FlagOf("lots"), "lots");
  EXPECT_EQ(FlagOf("committee[2].spki"), "--committee");
  EXPECT_EQ(FlagOf("version"), "version");
  EXPECT_EQ(AllowedText("regime"), "state, local");
  EXPECT_TRUE(AllowedWords("title").empty());
  document::v1::Notice notice;
  notice.set_regime("state");
  notice.set_procurement_kind("goods");
  notice.set_method("qualification");
  const auto fitting = FittingWords(notice, "rule_set");
  ASSERT_FALSE(fitting.empty());
  for (const std::string& id : fitting) EXPECT_TRUE(absl::StartsWith(id, "kr-state-goods")) << id;

  // Every option that FlagOf names is one of `tender draft`.
  Program program;
  std::set<std::string> options;
  for (const CLI::Option* option :
       program.app.get_subcommand("tender")->get_subcommand("draft")->get_options()) {
    for (const std::string& name : option->get_lnames()) options.insert("--" + name);
    if (option->get_lnames().empty()) options.insert(option->get_name(/*positional=*/true));
  }
  for (const auto& [prefix, schema] :
       {std::pair("", document::v1::Notice::descriptor()),
        std::pair("lots[0].", document::v1::Lot::descriptor()),
        std::pair("stages[0].", document::v1::Stage::descriptor())}) {
    for (int i = 0; i < schema->field_count(); ++i) {
      const auto& field = *schema->field(i);
      const std::string flag = FlagOf(prefix + field.name());
      EXPECT_TRUE(flag == field.name() || options.count(flag) == 1) << flag;
      // What a person is asked for has an option, and what has one says what it is for.
      if (!field.options().GetExtension(document::v1::field).help().empty()) {
        EXPECT_EQ(options.count(flag), 1u) << flag;
      }
    }
  }
}

TEST_F(CliTest, KeysOutsideATrainingInstallationAreEncrypted) {
  const std::string keys = dir_ + "/keys", pin = dir_ + "/pin";
  ASSERT_EQ(WriteFile(pin, "1234", 0600), absl::OkStatus());
  EXPECT_EQ(Run({"key", "csr", keys, "--name", "Kim", "--no-input"}), 1);
  EXPECT_TRUE(absl::StrContains(err_, "(KEY_PIN_REQUIRED)")) << err_;
  EXPECT_FALSE(fs::exists(keys));
  ASSERT_EQ(Run({"key", "csr", keys, "--name", "Kim", "--pin-file", pin}), 0) << err_;
  EXPECT_TRUE(absl::StrContains(*ReadFile(keys + "/sign.key"), "ENCRYPTED"));
  EXPECT_TRUE(absl::StrContains(*ReadFile(keys + "/agree.csr"), "CERTIFICATE REQUEST"));
  EXPECT_EQ(Run({"key", "csr", keys, "--name", "Kim", "--pin-file", pin}), 7);  // never replaced
  ASSERT_EQ(Run({"key", "csr", dir_ + "/plain", "--name", "Kim", "--no-pin"}), 0) << err_;
  EXPECT_FALSE(absl::StrContains(*ReadFile(dir_ + "/plain/sign.key"), "ENCRYPTED"));
}

TEST_F(CliTest, WhatAnAuthorityIssuedIsImportedAndChecked) {
  MakeTrainingInstallation();
  const std::string keys = dir_ + "/keys";
  const std::vector<std::string> where = {"--context", context_};
  const auto run = [&](std::vector<std::string> args) {
    args.insert(args.end(), where.begin(), where.end());
    return Run(args);
  };
  ASSERT_EQ(run({"key", "csr", keys, "--name", "Kim"}), 0) << err_;
  // The demo authority stands for one outside; it takes public keys.
  for (const char* pair : {"sign", "agree"}) {
    const auto key = pki::PrivateKey::LoadFile(absl::StrCat(keys, "/", pair, ".key"));
    ASSERT_TRUE(key.ok()) << key.status();
    ASSERT_EQ(WriteFile(absl::StrCat(dir_, "/", pair, ".pub"),
                        absl::StrCat("-----BEGIN PUBLIC KEY-----\n", Base64Encode(*key->SpkiDer()),
                                     "\n-----END PUBLIC KEY-----\n")),
              absl::OkStatus());
  }
  ASSERT_EQ(run({"ca", "issue", dir_ + "/sign.pub", "--name", "Kim", "--out", dir_ + "/sign.crt"}),
            0)
      << err_;
  ASSERT_EQ(run({"ca", "issue", dir_ + "/agree.pub", "--name", "Kim", "--agreement", "--out",
                 dir_ + "/agree.crt"}),
            0)
      << err_;
  EXPECT_EQ(run({"key", "import", keys}), 2);
  EXPECT_EQ(run({"key", "import", keys, "--certificate", dir_ + "/agree.crt"}), 1);
  EXPECT_TRUE(absl::StrContains(err_, "(KEY_CERTIFICATE_MISMATCH)")) << err_;
  ASSERT_EQ(run({"key", "import", keys, "--certificate", dir_ + "/sign.crt",
                 "--agreement-certificate", dir_ + "/agree.crt"}),
            0)
      << err_;
  // Everything but the registration, which comes later and is no failure.
  EXPECT_EQ(run({"key", "check", "--identity", keys}), 0) << err_;
  EXPECT_TRUE(absl::StrContains(out_, "accepted here\tok")) << out_;
  EXPECT_TRUE(absl::StrContains(out_, "recovers own bids\tok")) << out_;
  EXPECT_TRUE(absl::StrContains(out_, "registered\tnone\tno person id yet")) << out_;
  ASSERT_EQ(sdk::Identity::SavePersonId(keys, "S-1.1"), absl::OkStatus());
  EXPECT_EQ(run({"key", "check", "--identity", keys}), 0) << out_ << err_;

  // The same as files of others.
  ASSERT_EQ(run({"key", "import", dir_ + "/copy", "--certificate", keys + "/sign.crt", "--key",
                 keys + "/sign.key"}),
            0)
      << err_;
  EXPECT_EQ(run({"key", "import", dir_ + "/copy", "--certificate", keys + "/sign.crt", "--key",
                 keys + "/sign.key"}),
            7);
  EXPECT_EQ(run({"key", "check", "--identity", dir_ + "/copy"}), 0) << out_ << err_;
  EXPECT_TRUE(absl::StrContains(out_, "recovers own bids\tnone\t")) << out_;
  // Nothing is left of what was refused: the signing pair was good.
  EXPECT_EQ(run({"key", "import", dir_ + "/half", "--certificate", keys + "/sign.crt", "--key",
                 keys + "/sign.key", "--agreement-key", keys + "/agree.key"}),
            2);
  EXPECT_EQ(run({"key", "import", dir_ + "/half", "--certificate", keys + "/sign.crt", "--key",
                 keys + "/sign.key", "--agreement-certificate", keys + "/sign.crt",
                 "--agreement-key", keys + "/agree.key"}),
            1);
  EXPECT_FALSE(fs::exists(dir_ + "/half"));
}

TEST_F(CliTest, APasswordFileThatOthersMayReadIsRefused) {
  MakeTrainingInstallation();
  ASSERT_EQ(WriteFile(dir_ + "/kim.p12", "no PKCS#12"), absl::OkStatus());
  ASSERT_EQ(WriteFile(dir_ + "/password", "secret\n"), absl::OkStatus());
  const std::vector<std::string> import = {"key",
                                           "import",
                                           dir_ + "/keys",
                                           "--p12",
                                           dir_ + "/kim.p12",
                                           "--password-file",
                                           dir_ + "/password",
                                           "--context",
                                           context_};
  fs::permissions(dir_ + "/password", fs::perms(0644));
  EXPECT_EQ(Run(import), 5);
  EXPECT_TRUE(absl::StrContains(err_, "PIN_FILE_PERMISSIONS")) << err_;
  fs::permissions(dir_ + "/password", fs::perms(0600));
  EXPECT_NE(Run(import), 0);
  EXPECT_FALSE(absl::StrContains(err_, "PIN_FILE_PERMISSIONS")) << err_;
  EXPECT_FALSE(absl::StrContains(err_, "secret")) << err_;
}

TEST_F(CliTest, AnInstallationThatIsThereIsKeptAndThatIsSaid) {
  MakeTrainingInstallation();
  ASSERT_EQ(Run({"ops", "init", "--dir", dir_ + "/i"}), 0) << err_;
  EXPECT_TRUE(absl::StrContains(err_, "is kept as it is")) << err_;
  EXPECT_FALSE(absl::StrContains(err_, "ignored")) << err_;
  ASSERT_EQ(Run({"ops", "init", "--dir", dir_ + "/i", "--processes", "--system", "other"}), 0);
  EXPECT_TRUE(absl::StrContains(err_, "--processes was ignored")) << err_;
  EXPECT_TRUE(absl::StrContains(err_, "--system was ignored: it is demo.jodal.example")) << err_;
}

TEST_F(CliTest, AProcessThatDiedIsNotRunning) {
  MakeTrainingInstallation();
  const std::string installation = dir_ + "/i";
  ASSERT_EQ(Run({"demo", "status", "--dir", installation, "-o", "json"}), 0) << err_;
  EXPECT_EQ(nlohmann::json::parse(out_)[0]["state"], "stopped");
  // As a crash or a restart of the machine leaves it behind.
  ASSERT_EQ(WriteFile(installation + "/run/allinone.pid", "1 999999999999\n"), absl::OkStatus());
  ASSERT_EQ(Run({"demo", "status", "--dir", installation, "-o", "json"}), 0) << err_;
  EXPECT_EQ(nlohmann::json::parse(out_)[0]["state"], "died");
  EXPECT_TRUE(absl::StrContains(err_, "jodal demo up --dir")) << err_;
  ASSERT_EQ(Run({"demo", "down", "--dir", installation, "-o", "json"}), 0) << err_;
  EXPECT_EQ(nlohmann::json::parse(out_)[0]["state"], "stopped");
}

TEST_F(CliTest, AFailedCheckIsCountedAndNamed) {
  MakeTrainingInstallation();
  const std::string keys = dir_ + "/keys", other = dir_ + "/other";
  ASSERT_EQ(Run({"ca", "init", "--ca", other, "--no-pin"}), 0) << err_;
  ASSERT_EQ(Run({"key", "new", keys, "--name", "Kim", "--no-pin", "--ca", other}), 0) << err_;
  EXPECT_EQ(Run({"key", "check", "--identity", keys, "--context", context_}), 5) << out_;
  EXPECT_TRUE(absl::StrContains(err_, "2 checks failed")) << err_;  // neither certificate
  EXPECT_TRUE(absl::StrContains(err_, "(CHECKS_FAILED)")) << err_;
}

// Past bug: a second `bid seal` into a folder replaced the bid in it, with the only key to it.
TEST_F(CliTest, ASealedBidIsNotOverwritten) {
  const std::string bid = dir_ + "/bid";
  ASSERT_EQ(WriteFile(bid + "/cek.p7m", "the key"), absl::OkStatus());
  EXPECT_EQ(Run({"bid", "seal", "--notice", dir_, "--out", bid, "--identity", dir_}), 7);
  EXPECT_TRUE(absl::StrContains(err_, "(BID_FOLDER_EXISTS)")) << err_;
  EXPECT_TRUE(absl::StrContains(err_, absl::StrCat("jodal bid submit ", bid))) << err_;
  EXPECT_EQ(*ReadFile(bid + "/cek.p7m"), "the key");
}

// Past bug: a folder that cannot be written was answered with "check that the services run".
TEST_F(CliTest, AFolderThatCannotBeWrittenIsNamed) {
  ASSERT_EQ(WriteFile(dir_ + "/file", "x"), absl::OkStatus());
  EXPECT_EQ(Run({"key", "csr", dir_ + "/file/keys", "--name", "Kim", "--no-pin"}), 1);
  EXPECT_TRUE(absl::StrContains(err_, "(FILE_NOT_WRITTEN)")) << err_;
  EXPECT_TRUE(absl::StrContains(err_, "part of the path is a file")) << err_;
  EXPECT_EQ(Run({"demo", "up", "--dir", "/proc/jodal"}), 1);
  EXPECT_TRUE(absl::StrContains(err_, "check that the folder exists")) << err_;
}

}  // namespace
}  // namespace jodal::cli
