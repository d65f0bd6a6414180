// ops, doctor.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "clients/cli/checks.h"
#include "clients/cli/sign.h"
#include "clients/install/check_stores.h"
#include "clients/install/install.h"
#include "clients/sdk/documents.h"
#include "clients/sdk/sealed_bid.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/pki/trust_store.h"
#include "common/pki/verifier.h"
#include "common/status/error.h"
#include "procurement/rules/rule_sets.h"

namespace jodal::cli {
namespace {

constexpr absl::Duration kClockDifferenceMax = absl::Seconds(5);

absl::Status Status(Cli& cli) {
  ASSIGN_OR_RETURN(const auto context, cli.Context());
  Table table = {{"service", "address", "state", "entries"}, {}};
  absl::Status worst;
  for (const auto& [service, address] : context.endpoints) {
    const auto log = cli.Log(service);
    if (!log.ok()) return log.status();
    const auto seen = cli.SeeLog(service);
    Value entries;
    if (seen.ok()) {
      ASSIGN_OR_RETURN(const auto head, log::OpenCheckpoint(seen->checkpoint(), *log));
      entries = head.size;
    } else {
      worst = seen.status();
    }
    table.rows.push_back({service, address, Verdict(seen.status()), entries});
  }
  RETURN_IF_ERROR(cli.out().Rows(table));
  return worst;
}

// The status of the command for all stores: what does not verify comes before what was not checked.
absl::Status WorstOf(const std::vector<install::StoreCheck>& checks) {
  absl::Status other;
  int failed = 0;
  std::string what;
  for (const auto& check : checks) {
    const bool false_witness = check.status.code() == absl::StatusCode::kDataLoss ||
                               ErrorReason(check.status) == "ORIGIN_MISMATCH";
    if (!false_witness) {
      other.Update(check.status);
      continue;
    }
    ++failed;
    absl::StrAppend(&what, "\n", check.service, ": ", check.status.message());
  }
  if (failed == 0) return other;
  return MakeError(absl::StatusCode::kDataLoss, "STORE_NOT_VERIFIED",
                   absl::StrCat(failed, " of ", checks.size(), " stores do not verify", what));
}

// What is stored and does not follow from the signed documents.
absl::Status ShowDifferences(Cli& cli, const std::vector<install::StoreCheck>& checks) {
  Table table = {{"service", "case", "field", "stored", "by_documents"}, {}};
  for (const auto& check : checks) {
    for (const auto& d : check.differences) {
      table.rows.push_back({check.service, d.subject, d.field, d.stored, d.by_documents});
    }
  }
  return table.rows.empty() ? absl::OkStatus() : cli.out().Rows(table);
}

absl::Status Check(Cli& cli, const std::string& dir, std::vector<std::string> services) {
  ASSIGN_OR_RETURN(const auto config, config::LoadConfig(install::ConfigFile(dir)));
  const std::vector<std::string> all = install::Stores();
  for (const std::string& service : services) {
    if (std::count(all.begin(), all.end(), service) == 0) {
      return UsageError(absl::StrCat("there is no store of a service ", service));
    }
  }
  if (services.empty()) services = all;
  const bool terminal = cli.out().error_terminal;
  const auto checks =
      install::CheckStores(config, services, [&](const install::StoreProgress& progress) {
        if (!terminal) return;
        std::fprintf(stderr, "\r\033[K%s: %llu of %llu entries", progress.service.c_str(),
                     static_cast<unsigned long long>(progress.entries),
                     static_cast<unsigned long long>(progress.of));
      });
  if (terminal) std::fputs("\r\033[K", stderr);
  Table table = {{"service", "result", "entries", "records", "store", "detail"}, {}};
  for (const auto& check : checks) {
    table.rows.push_back({check.service, Verdict(check.status), check.entries, check.records,
                          check.store, std::string(check.status.message())});
  }
  RETURN_IF_ERROR(cli.out().Rows(table));
  RETURN_IF_ERROR(ShowDifferences(cli, checks));
  return WorstOf(checks);
}

// Signs and seals something to a committee of this machine's own making: what a supplier will do,
// tried before it matters. Says how far it went.
absl::StatusOr<std::string> TrySealing(const sdk::Identity& identity, const std::string& system) {
  crypto::Random& random = crypto::SystemRandom();
  document::v1::Notice notice;
  notice.set_tender_id("doctor");
  notice.set_currency("KRW");
  notice.set_rule_set(procurement::rules::AllRuleSets()[0].id);
  notice.set_round(1);
  notice.add_lots()->set_lot(1);
  std::vector<document::v1::CommitteeMember> members(3);
  for (auto& member : members) {
    member.set_person_id(absl::StrCat("doctor.", &member - members.data() + 1));
    member.set_spki(crypto::P256PrivateKey::Generate(random).SpkiDer());
  }
  sdk::SeatCommittee(2, members, &notice);
  ASSIGN_OR_RETURN(const auto signed_notice, SignDocument(identity, system, "doctor", &notice));
  ASSIGN_OR_RETURN(const auto published, sdk::PublishedNotice::Parse(signed_notice));
  ASSIGN_OR_RETURN(const auto sealed,
                   sdk::SealBid(identity, published, {1, {1, 2}}, SystemClock().Now(), random));
  const auto envelope = identity.EncryptToSelf(sealed.cek);
  if (ErrorReason(envelope.status()) == "ENCRYPTION_CERTIFICATE_MISSING") {
    return std::string("sealed and opened again; no own key to recover it by");
  }
  RETURN_IF_ERROR(envelope.status());
  ASSIGN_OR_RETURN(const std::string cek, identity.DecryptOwn(*envelope));
  RETURN_IF_ERROR(sdk::OpenOwnSeal(published, {sealed.seal, sealed.ciphertext, cek}).status());
  return std::string("sealed, opened again, recovered with the own key");
}

absl::Status Doctor(Cli& cli) {
  Checks checks;
  const auto context = cli.Context();
  checks.Add(
      "context", context.status(),
      context.ok() ? absl::StrCat(context->system, context->training ? ", training" : "") : "");
  if (context.ok()) {
    auto connection = cli.client();
    checks.Add("connection", connection.status(), "");
    if (connection.ok()) {
      for (const auto& [service, address] : context->endpoints) {
        checks.Add("log of " + service, cli.SeeLog(service).status(), address);
      }
      const absl::Time machine = SystemClock().Now();
      const auto now = (*connection)->Now();
      absl::Status clock = now.status();
      if (now.ok() && !context->training &&
          absl::AbsDuration(*now - machine) > kClockDifferenceMax) {
        clock = MakeError(absl::StatusCode::kFailedPrecondition, "CLOCK_DIFFERS",
                          "this machine's clock is wrong");
      }
      checks.Add("clock", clock, now.ok() ? cli.out().zone.Text(*now) : "");
    }
    auto identity = cli.identity();
    if (ErrorReason(identity.status()) == "IDENTITY_NOT_GIVEN") {
      cli.out().Note(cli.out().Say("text.keys_not_tested",
                                   "keys were not tested: name them with --identity DIR"));
    } else {
      checks.Add("keys", identity.status(), identity.ok() ? (*identity)->cert_sha256() : "");
      if (identity.ok()) {
        auto trust = pki::TrustStore::Load(context->trust_dir, 1);
        checks.Add("trust", trust.status(), context->trust_dir);
        if (trust.ok()) {
          pki::Verifier verifier(*trust);
          const auto signed_test = (*identity)->Sign("{\"kind\":\"doctor\"}");
          absl::Status verdict = signed_test.status();
          if (verdict.ok()) {
            const auto judged = verifier.Verify(signed_test->content(), signed_test->signature(),
                                                SystemClock().Now());
            if (!judged.passed()) {
              verdict = MakeError(absl::StatusCode::kFailedPrecondition, judged.check,
                                  judged.explanation);
            }
          }
          checks.Add("test signature", verdict, "TOTAL-PASSED");
        }
        const auto sealing = TrySealing(**identity, context->system);
        checks.Add("test seal", sealing.status(), sealing.value_or(""));
        if (connection.ok()) {
          const auto token = (*connection)->Login(**identity);
          checks.Add("login", token.status(), (*identity)->person_id());
        }
      }
    }
  }
  return checks.Print(cli.out());
}

}  // namespace

absl::Status MakeInstallation(Cli& cli, const install::InstallOptions& options) {
  ASSIGN_OR_RETURN(const auto ignored, install::IgnoredOptions(options));
  if (std::filesystem::exists(install::ConfigFile(options.dir))) {
    cli.out().Note(
        cli.out().Say("text.kept", "the installation in $0 is kept as it is", options.dir));
  }
  for (const std::string& line : ignored) cli.out().Note(line);
  return install::CreateInstallation(options, SystemClock().Now());
}

void AddStoreOptions(CLI::App* verb, std::string* conninfo) {
  // Options are read in the order in which they were added.
  CLI::Option* postgres = verb->add_option(
      "--postgres", *conninfo, "The database: \"host=db1,db2 dbname=jodal\", without a password");
  CLI::Option* store = verb->add_option_function<std::string>(
      "--store",
      [conninfo](const std::string& name) {
        if ((name == "postgres") != conninfo->empty()) return;
        throw CLI::ValidationError("--store", "--store=postgres and --postgres go together");
      },
      "Where the services keep their data: rocksdb (files) or postgres [rocksdb]");
  store->check(CLI::IsMember({"rocksdb", "postgres"}));
  postgres->needs(store);
}

void AddOps(Cli& cli) {
  CLI::App* noun = cli.Noun("ops", "Running an installation");
  struct Options {
    install::InstallOptions install;
    bool production = false;
    std::string registrar;
  };
  auto o = std::make_shared<Options>();
  o->install.dir = ".jodal";
  CLI::App* verb = cli.Verb(
      noun,
      {"init", "Makes the folder of an installation: keys, trust, configuration",
       "jodal ops init --dir .jodal\njodal ops init --dir /srv/jodal --production --system "
       "g2b.example \\\n  --registrar registrar.crt --trust-from /etc/jodal/trust"},
      [&cli, o]() -> absl::Status {
        o->install.training = !o->production;
        if (!o->registrar.empty()) {
          ASSIGN_OR_RETURN(const std::string bytes, ReadFile(o->registrar));
          ASSIGN_OR_RETURN(const auto certificate, pki::Certificate::FromBytes(bytes));
          o->install.registrar_cert_sha256 = HexEncode(certificate.sha256());
        }
        RETURN_IF_ERROR(MakeInstallation(cli, o->install));
        cli.Next("installation-made", {{"file", install::ConfigFile(o->install.dir)}});
        return cli.out().Facts({{"config", install::ConfigFile(o->install.dir)},
                                {"context", install::ContextFile(o->install.dir)},
                                {"trust", install::TrustDir(o->install.dir)}});
      });
  verb->add_option("--dir", o->install.dir, "Folder [.jodal]");
  verb->add_option("--system", o->install.system, "Name of the installation [demo.jodal.example]");
  verb->add_flag("--processes", o->install.processes,
                 "Every service on a port of its own, with mTLS");
  AddStoreOptions(verb, &o->install.postgres);
  verb->add_option("--admin-address", o->install.admin_address,
                   "Where metrics are served: 127.0.0.1:9090 [nowhere]");
  verb->add_flag("--production", o->production, "No demo authority, no movable clock");
  verb->add_option("--registrar", o->registrar, "Certificate of the first registrar");
  verb->add_option("--trust-from", o->install.trust_from,
                   "Folder with anchors/, intermediates/ and crls/");
  cli.Verb(noun,
           {"status", "Whether every service answers and its log is the one that was seen before",
            "jodal ops status"},
           [&cli] { return Status(cli); });
  struct CheckOptions {
    std::string dir = ".jodal";
    std::vector<std::string> services;
  };
  auto c = std::make_shared<CheckOptions>();
  verb = cli.Verb(
      noun,
      {"check",
       "Verifies the stores of an installation: every entry, every hash, every answer, and every "
       "record that signed documents make (contracts, payments, accounts, people) against those. "
       "With stores in files the services must be stopped; with a database they may run. Exit code "
       "6 if something does not verify",
       "jodal ops check\njodal ops check --service bidding,tender --dir /srv/jodal -o json"},
      [&cli, c] { return Check(cli, c->dir, c->services); });
  verb->add_option("--service", c->services, "Services whose stores are checked [all]")
      ->delimiter(',');
  verb->add_option("--dir", c->dir, "Folder of the installation [.jodal]");
  cli.Verb(cli.app(),
           {"doctor", "Tries clock, connection, certificate, signature and seal on this machine",
            "jodal doctor --identity keys/lee"},
           [&cli] { return Doctor(cli); });
}

}  // namespace jodal::cli
