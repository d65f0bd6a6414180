// key, ca: keys on this machine, the demo authority, and what comes from authorities outside. Only
// `ca revoke` and `ca publish-crl` open a connection.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/checks.h"
#include "clients/cli/cli.h"
#include "clients/install/install.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/pki/ca.h"
#include "common/pki/exchange.h"
#include "common/pki/trust_store.h"
#include "common/pki/verifier.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace jodal::cli {
namespace {

namespace fs = std::filesystem;

// --ca, else ca/ beside the context file.
absl::StatusOr<std::string> CaDirectory(const Cli& cli, const std::string& given) {
  if (!given.empty()) return given;
  ASSIGN_OR_RETURN(const std::string context, cli.ContextFile());
  return (fs::path(context).parent_path() / "ca").string();
}

absl::Status ShowIdentity(Cli& cli, const sdk::Identity& identity, const std::string& dir) {
  const auto& certificate = identity.certificate();
  return cli.out().Facts(
      {{"folder", dir},
       {"name", certificate.subject_cn()},
       {"organization", certificate.subject_o()},
       {"certificate", identity.cert_sha256()},
       {"not_before", certificate.not_before()},
       {"not_after", certificate.not_after()},
       {"agreement",
        identity.has_agreement() ? HexEncode(identity.agreement_certificate().sha256()) : ""},
       {"person", identity.person_id()}});
}

absl::Status NoKeysYet(const std::string& file) {
  if (!fs::exists(file)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS",
                   absl::StrCat(file, " exists already; keys are never replaced"),
                   {{"file", fs::path(file).parent_path().string()}});
}

// Reads the demo authority, whose keys may be encrypted.
absl::StatusOr<pki::CertificateAuthority> LoadCa(const Cli& cli, const std::string& given) {
  ASSIGN_OR_RETURN(const std::string dir, CaDirectory(cli, given));
  ASSIGN_OR_RETURN(std::string pin, cli.PinFromFile());
  auto ca = pki::CertificateAuthority::Load(dir, pin);
  if (pin.empty() && ErrorReason(ca.status()) == "KEY_PIN_REQUIRED") {
    ASSIGN_OR_RETURN(pin, cli.AskPin(dir));
    ca = pki::CertificateAuthority::Load(dir, pin);
  }
  return ca;
}

struct New {
  std::string dir, ca, name, organization, not_after;
  bool no_pin = false, no_agreement = false;
};

absl::Status NewKeys(Cli& cli, const New& o) {
  RETURN_IF_ERROR(NoKeysYet(o.dir + "/sign.key"));
  ASSIGN_OR_RETURN(const auto ca, LoadCa(cli, o.ca));
  install::IdentityRequest request;
  request.name = o.name;
  request.organization = o.organization;
  request.agreement = true;
  if (!o.not_after.empty()) {
    ASSIGN_OR_RETURN(request.not_after, cli.ParseTime(o.not_after));
  }
  ASSIGN_OR_RETURN(const std::string pin, cli.NewPin(o.dir, o.no_pin));
  ASSIGN_OR_RETURN(auto identity, install::NewIdentity(ca, request, crypto::SystemRandom()));
  RETURN_IF_ERROR(identity.Save(o.dir, pin));
  return ShowIdentity(cli, identity, o.dir);
}

// The two pairs of a person: what signs, and what others encrypt to.
constexpr const char* kSigning = "sign";
constexpr const char* kAgreement = "agree";

absl::Status RequestKeys(Cli& cli, const New& o) {
  std::vector<const char*> pairs = {kSigning};
  if (!o.no_agreement) pairs.push_back(kAgreement);
  for (const char* pair : pairs) {
    RETURN_IF_ERROR(NoKeysYet(absl::StrCat(o.dir, "/", pair, ".key")));
  }
  ASSIGN_OR_RETURN(const std::string pin, cli.NewPin(o.dir, o.no_pin));
  RETURN_IF_ERROR(MakeFolder(o.dir, /*secret=*/true));
  Pairs facts = {{"folder", o.dir}};
  for (const char* pair : pairs) {
    const std::string path = absl::StrCat(o.dir, "/", pair);
    ASSIGN_OR_RETURN(const auto key, pki::PrivateKey::Generate(pki::KeyType::kEcP256));
    ASSIGN_OR_RETURN(const std::string request,
                     pki::MakeCertificateRequest(key, {.cn = o.name, .o = o.organization}));
    RETURN_IF_ERROR(key.SaveFile(path + ".key", pin));
    RETURN_IF_ERROR(WriteFile(path + ".csr", request));
    facts.emplace_back(absl::StrCat(pair, "_request"), path + ".csr");
  }
  RETURN_IF_ERROR(cli.out().Facts(facts));
  cli.Next("request-made", {{"dir", o.dir}, {"agreement", o.no_agreement ? "" : "CERTIFICATE"}});
  return absl::OkStatus();
}

struct Import {
  std::string dir, p12, password_file;
  std::string certificate, key, agreement_certificate, agreement_key, agreement_p12;
  bool no_pin = false;
};

// A certificate goes with the key that it certifies and is for what it is imported for.
absl::Status CheckPair(const pki::PrivateKey& key, const pki::Certificate& certificate,
                       const std::string& pair) {
  ASSIGN_OR_RETURN(const std::string spki, key.SpkiDer());
  if (spki != certificate.spki_der()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "KEY_CERTIFICATE_MISMATCH",
                     absl::StrCat("the certificate is not of the key ", pair, ".key"));
  }
  const uint32_t wanted = pair == kSigning ? pki::kUsageDigitalSignature | pki::kUsageNonRepudiation
                                           : pki::kUsageKeyAgreement | pki::kUsageKeyEncipherment;
  if ((certificate.key_usage() & wanted) == 0) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, "KEY_USAGE",
        absl::StrCat("the certificate's key usage does not allow what ", pair, ".key is for"));
  }
  return absl::OkStatus();
}

// Where one pair comes from.
struct PairFiles {
  std::string p12, certificate, key;
};
// What it is: without a key, the folder has it already.
struct Pair {
  std::string path;  // of its files, without .key and .crt
  std::optional<pki::PrivateKey> key;
  pki::Certificate certificate;
};

// Reads and checks; writes nothing. Without a key of its own the certificate answers the request
// that `key csr` made.
absl::StatusOr<Pair> ReadPair(Cli& cli, const Import& o, const PairFiles& from,
                              const std::string& name) {
  const std::string path = absl::StrCat(o.dir, "/", name);
  const bool own = !from.p12.empty() || !from.key.empty();
  if (own) RETURN_IF_ERROR(NoKeysYet(path + ".key"));
  if (!from.p12.empty()) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadFile(from.p12));
    ASSIGN_OR_RETURN(const std::string password,
                     cli.PrivateLine(o.password_file,
                                     cli.out().Say("text.ask_password", "Password of $0", from.p12),
                                     Cli::Shown::kNever));
    ASSIGN_OR_RETURN(auto read, pki::ReadPkcs12(bytes, password));
    RETURN_IF_ERROR(CheckPair(read.key, read.certificate, name));
    return Pair{path, std::move(read.key), std::move(read.certificate)};
  }
  ASSIGN_OR_RETURN(const std::string bytes, ReadFile(from.certificate));
  ASSIGN_OR_RETURN(auto certificate, pki::Certificate::FromBytes(bytes));
  const std::string file = own ? from.key : path + ".key";
  ASSIGN_OR_RETURN(std::string old_pin, cli.PinFromFile());
  auto key = pki::PrivateKey::LoadFile(file, old_pin);
  if (old_pin.empty() && ErrorReason(key.status()) == "KEY_PIN_REQUIRED") {
    ASSIGN_OR_RETURN(old_pin, cli.AskPin(file));
    key = pki::PrivateKey::LoadFile(file, old_pin);
  }
  RETURN_IF_ERROR(key.status());
  RETURN_IF_ERROR(CheckPair(*key, certificate, name));
  std::optional<pki::PrivateKey> brought;
  if (own) brought = *std::move(key);
  return Pair{path, std::move(brought), std::move(certificate)};
}

// Everything is read before anything is written: what was refused can be repeated.
absl::Status ImportKeys(Cli& cli, const Import& o) {
  const PairFiles sign = {o.p12, o.certificate, o.key};
  const PairFiles agree = {o.agreement_p12, o.agreement_certificate, o.agreement_key};
  std::vector<Pair> pairs;
  for (const auto& [name, from] : {std::pair(kSigning, &sign), std::pair(kAgreement, &agree)}) {
    if (from->p12.empty() && from->certificate.empty()) {
      if (!from->key.empty()) return UsageError("a key comes with its certificate");
      continue;
    }
    ASSIGN_OR_RETURN(Pair pair, ReadPair(cli, o, *from, name));
    pairs.push_back(std::move(pair));
  }
  if (pairs.empty()) {
    return UsageError("name what to import: --certificate, --p12 or --agreement-*");
  }
  std::string pin;
  if (std::any_of(pairs.begin(), pairs.end(), [](const Pair& p) { return p.key.has_value(); })) {
    ASSIGN_OR_RETURN(pin, cli.NewPin(o.dir, o.no_pin));
    RETURN_IF_ERROR(MakeFolder(o.dir, /*secret=*/true));
  }
  for (const Pair& pair : pairs) {
    if (pair.key.has_value()) RETURN_IF_ERROR(pair.key->SaveFile(pair.path + ".key", pin));
    RETURN_IF_ERROR(WriteFile(pair.path + ".crt", pair.certificate.ToPem()));
  }
  cli.Next("keys-imported", {{"dir", o.dir}});
  return cli.out().Facts({{"folder", o.dir}});
}

// Everything that can be known about keys without a connection.
absl::Status CheckKeys(Cli& cli) {
  ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
  ASSIGN_OR_RETURN(const std::string dir, cli.IdentityDir());
  Checks checks;
  ASSIGN_OR_RETURN(const std::string pem, ReadFile(dir + "/sign.key"));
  checks.Add("key file", absl::OkStatus(),
             absl::StrContains(pem, "ENCRYPTED") ? "encrypted" : "not encrypted");
  const auto signed_test = identity->Sign("{\"kind\":\"check\"}");
  checks.Add("signs", signed_test.status(), identity->certificate().subject_cn());
  const absl::Time now = SystemClock().Now();
  const auto valid = [&](const pki::Certificate& certificate) {
    return certificate.not_after() > now && certificate.not_before() <= now
               ? absl::OkStatus()
               : MakeError(absl::StatusCode::kFailedPrecondition, "CERT_EXPIRED",
                           "the certificate is not valid now");
  };
  checks.Add("valid until", valid(identity->certificate()), identity->certificate().not_after());
  const auto context = cli.Context();
  if (context.ok()) {
    ASSIGN_OR_RETURN(auto trust, pki::TrustStore::Load(context->trust_dir, 1));
    pki::Verifier verifier(std::move(trust));
    const auto judge = [&](const pki::Certificate& certificate, pki::CertificatePurpose purpose) {
      const auto verdict = verifier.VerifyCertificate(certificate.der(), now, purpose);
      return verdict.passed() ? absl::OkStatus()
                              : MakeError(absl::StatusCode::kFailedPrecondition, verdict.check,
                                          verdict.explanation);
    };
    checks.Add("accepted here", judge(identity->certificate(), pki::CertificatePurpose::kSigning),
               context->system);
    if (identity->has_agreement()) {
      checks.Add("to be encrypted to",
                 judge(identity->agreement_certificate(), pki::CertificatePurpose::kKeyAgreement),
                 context->system);
    }
  } else {
    cli.out().Note(cli.out().Say(
        "text.no_installation",
        "no installation is known, so nobody could say whether it accepts these keys"));
  }
  if (identity->has_agreement()) {
    const auto envelope = identity->EncryptToSelf("check");
    checks.Add("recovers own bids",
               envelope.ok() ? identity->DecryptOwn(*envelope).status() : envelope.status(), "");
  } else {
    checks.Lacks("recovers own bids", "no key to be encrypted to: only a committee opens its bids");
  }
  if (identity->person_id().empty()) {
    checks.Lacks("registered", "no person id yet");
  } else {
    checks.Add("registered", absl::OkStatus(), identity->person_id());
  }
  return checks.Print(cli.out());
}

void AddKeyVerbs(Cli& cli) {
  CLI::App* key = cli.Noun("key", "Keys and certificates on this machine");
  auto made = std::make_shared<New>();
  const auto named = [made](CLI::App* verb) {
    verb->add_option("dir", made->dir, "Folder to make")->required();
    verb->add_option("--name", made->name, "Name in the certificate")->required();
    verb->add_option("--organization", made->organization, "Organisation in the certificate");
    verb->add_flag("--no-pin", made->no_pin,
                   "Do not encrypt the keys, which a training installation does not either");
  };
  CLI::App* verb = cli.Verb(
      key,
      {"new", "Makes keys with certificates by the demo authority: to sign, and to be encrypted to",
       "jodal key new keys/kim --name \"Kim\" --organization \"Seoul\""},
      [&cli, made] { return NewKeys(cli, *made); });
  named(verb);
  verb->add_option("--ca", made->ca, "Folder of the authority [ca beside the context file]");
  verb->add_option("--not-after", made->not_after, "End of its validity [that of the authority]");

  verb = cli.Verb(key,
                  {"csr", "Makes keys and certificate requests for an authority outside",
                   "jodal key csr keys/kim --name \"Kim\" --organization \"Seoul\""},
                  [&cli, made] { return RequestKeys(cli, *made); });
  named(verb);
  verb->add_flag("--no-agreement", made->no_agreement,
                 "Only a key to sign with: its owner can open no sealed bid");

  auto from = std::make_shared<Import>();
  verb = cli.Verb(
      key,
      {"import", "Brings in what an authority issued: certificates for `key csr`, or PKCS#12, PEM",
       "jodal key import keys/kim --certificate sign.crt --agreement-certificate agree.crt\n"
       "jodal key import keys/kim --p12 kim.p12 --password-file -"},
      [&cli, from] { return ImportKeys(cli, *from); });
  verb->add_option("dir", from->dir, "Folder of the keys")->required();
  auto* p12 = verb->add_option("--p12", from->p12, "PKCS#12 file with a key to sign with");
  verb->add_option("--certificate", from->certificate, "Certificate to sign with, PEM or DER")
      ->excludes(p12);
  verb->add_option("--key", from->key, "Its key, PEM [the one that `key csr` made]")->excludes(p12);
  auto* agreement_p12 = verb->add_option("--agreement-p12", from->agreement_p12,
                                         "PKCS#12 file with a key to be encrypted to");
  verb->add_option("--agreement-certificate", from->agreement_certificate,
                   "Certificate to be encrypted to, PEM or DER")
      ->excludes(agreement_p12);
  verb->add_option("--agreement-key", from->agreement_key,
                   "Its key, PEM [the one that `key csr` made]")
      ->excludes(agreement_p12);
  verb->add_option("--password-file", from->password_file,
                   "File with the password of the PKCS#12 file, - for standard input [it is asked "
                   "for]");
  verb->add_flag("--no-pin", from->no_pin, "Do not encrypt the keys in the folder");

  cli.Verb(key,
           {"check", "Tries keys on this machine: files, validity, trust, signing, decrypting",
            "jodal key check --identity keys/kim"},
           [&cli] { return CheckKeys(cli); });
  cli.Verb(key,
           {"show", "Shows the certificates of an identity", "jodal key show --identity keys/kim"},
           [&cli]() -> absl::Status {
             ASSIGN_OR_RETURN(const std::string dir, cli.IdentityDir());
             ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
             return ShowIdentity(cli, *identity, dir);
           });
}

absl::Status PublishCrl(Cli& cli, const std::string& crl) {
  ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
  signature::v1::UpdateCrlRequest request;
  request.set_crl(crl);
  request.set_request_id(client->RequestId());
  ASSIGN_OR_RETURN(const auto answer,
                   client->Call(client->signature(),
                                &signature::v1::SignatureService::Stub::UpdateCrl, request));
  return cli.out().One(answer);
}

void AddCaVerbs(Cli& cli) {
  CLI::App* ca = cli.Noun("ca", "The demo certificate authority, and revocations of others");
  struct CaOptions {
    std::string ca, out, certificate, name, organization, when;
    bool agreement = false, no_pin = false;
    int years = 15;
  };
  auto o = std::make_shared<CaOptions>();
  CLI::App* verb = cli.Verb(
      ca, {"init", "Makes an authority", "jodal ca init --ca my-ca"}, [&cli, o]() -> absl::Status {
        pki::CaRequest request;
        request.not_before = SystemClock().Now() - absl::Hours(24);
        request.not_after = request.not_before + absl::Hours(24 * 365 * o->years);
        ASSIGN_OR_RETURN(auto authority, pki::CertificateAuthority::Create(request));
        ASSIGN_OR_RETURN(const std::string pin, cli.NewPin(o->ca, o->no_pin));
        RETURN_IF_ERROR(authority.Save(o->ca, pin));
        return cli.out().Facts(
            {{"folder", o->ca}, {"root_sha256", HexEncode(authority.root().sha256())}});
      });
  verb->add_option("--ca", o->ca, "Folder to make")->required();
  verb->add_option("--years", o->years, "How many years it is valid, 1 to 25 [15]")
      ->check(CLI::Range(1, 25));
  verb->add_flag("--no-pin", o->no_pin, "Do not encrypt its keys");

  verb = cli.Verb(ca,
                  {"issue", "Certifies a public key in PEM",
                   "openssl pkey -in my.key -pubout -out my.pub\njodal ca issue my.pub --name Kim "
                   "--out my.crt"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(const auto authority, LoadCa(cli, o->ca));
                    ASSIGN_OR_RETURN(const std::string pem, ReadFile(o->certificate));
                    const size_t begin = pem.find("-----BEGIN PUBLIC KEY-----");
                    const size_t end = pem.find("-----END PUBLIC KEY-----");
                    std::string base64;
                    if (begin != std::string::npos && end != std::string::npos) {
                      for (char c : pem.substr(begin + 26, end - begin - 26)) {
                        if (c != '\n' && c != '\r' && c != ' ') base64.push_back(c);
                      }
                    }
                    pki::LeafRequest leaf;
                    auto spki = Base64Decode(base64);
                    if (!spki.ok() || spki->empty()) {
                      return UsageError(absl::StrCat(o->certificate, " holds no PEM public key"));
                    }
                    leaf.spki_der = *std::move(spki);
                    leaf.cn = o->name;
                    leaf.o = o->organization;
                    leaf.usage =
                        o->agreement ? pki::LeafUsage::kKeyAgreement : pki::LeafUsage::kSigning;
                    leaf.not_before = authority.issuing().not_before();
                    leaf.not_after = authority.issuing().not_after();
                    ASSIGN_OR_RETURN(const auto certificate, authority.Issue(leaf));
                    RETURN_IF_ERROR(WriteFile(o->out, certificate.ToPem()));
                    return cli.out().Facts(
                        {{"file", o->out}, {"certificate", HexEncode(certificate.sha256())}});
                  });
  verb->add_option("public-key", o->certificate, "File with the public key, PEM")->required();
  verb->add_option("--name", o->name, "Name in the certificate")->required();
  verb->add_option("--organization", o->organization, "Organisation in the certificate");
  verb->add_option("--out", o->out, "File to write")->required();
  verb->add_option("--ca", o->ca, "Folder of the authority");
  verb->add_flag("--agreement", o->agreement, "For key agreement instead of signing");

  verb = cli.Verb(ca,
                  {"revoke", "Revokes a certificate and publishes the new revocation list",
                   "jodal ca revoke keys/kim/sign.crt"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(const std::string dir, CaDirectory(cli, o->ca));
                    ASSIGN_OR_RETURN(auto authority, LoadCa(cli, o->ca));
                    ASSIGN_OR_RETURN(const std::string pem, ReadFile(o->certificate));
                    ASSIGN_OR_RETURN(const auto certificate, pki::Certificate::FromBytes(pem));
                    ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
                    ASSIGN_OR_RETURN(const absl::Time now, client->Now());
                    authority.Revoke(certificate.serial(), now);
                    RETURN_IF_ERROR(authority.Save(dir));
                    ASSIGN_OR_RETURN(const std::string crl,
                                     authority.IssuingCrl(now, authority.issuing().not_after()));
                    return PublishCrl(cli, crl);
                  });
  verb->add_option("certificate", o->certificate, "The certificate, PEM or DER")->required();
  verb->add_option("--ca", o->ca, "Folder of the authority");

  verb = cli.Verb(ca,
                  {"crl", "Writes the authority's trust folder: anchors, intermediates, CRLs",
                   "jodal ca crl --ca my-ca --out trust"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(auto authority, LoadCa(cli, o->ca));
                    absl::Time now = SystemClock().Now();
                    if (!o->when.empty()) {
                      ASSIGN_OR_RETURN(now, cli.ParseTime(o->when));
                    }
                    RETURN_IF_ERROR(install::WriteTrust(authority, o->out, now));
                    return cli.out().Facts({{"folder", o->out}});
                  });
  verb->add_option("--ca", o->ca, "Folder of the authority");
  verb->add_option("--out", o->out, "Folder to write")->required();
  verb->add_option("--at", o->when, "Time of the lists [now]");

  verb = cli.Verb(ca,
                  {"publish-crl",
                   "Gives the services a newer revocation list of any authority "
                   "that they trust",
                   "jodal ca publish-crl issuing.crl"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(const std::string crl, ReadFile(o->certificate));
                    return PublishCrl(cli, crl);
                  });
  verb->add_option("file", o->certificate, "The list (CRL), DER or PEM")->required();
}

}  // namespace

void AddKeys(Cli& cli) {
  AddKeyVerbs(cli);
  AddCaVerbs(cli);
}

}  // namespace jodal::cli
