// key, ca: keys on this machine and the demo authority. No connection is opened.
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "clients/cli/cli.h"
#include "clients/install/install.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/pki/ca.h"
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
       {"not_before", absl::FormatTime(certificate.not_before(), absl::UTCTimeZone())},
       {"not_after", absl::FormatTime(certificate.not_after(), absl::UTCTimeZone())},
       {"agreement",
        identity.has_agreement() ? HexEncode(identity.agreement_certificate().sha256()) : ""},
       {"person", identity.person_id()}});
}

}  // namespace

void AddKeys(Cli& cli) {
  CLI::App* key = cli.Noun("key", "Keys and certificates on this machine");
  struct New {
    std::string dir, ca, name, organization, not_after;
    bool agreement = false;
  };
  auto made = std::make_shared<New>();
  CLI::App* verb = cli.Verb(
      key,
      {"new", "Makes keys with certificates by the demo authority: to sign, and to be encrypted to",
       "jodal key new keys/kim --name \"Kim\" --organization \"Seoul\""},
      [&cli, made]() -> absl::Status {
        ASSIGN_OR_RETURN(const std::string ca_dir, CaDirectory(cli, made->ca));
        ASSIGN_OR_RETURN(const auto ca, pki::CertificateAuthority::Load(ca_dir));
        install::IdentityRequest request;
        request.name = made->name;
        request.organization = made->organization;
        request.agreement = true;
        if (!made->not_after.empty()) {
          ASSIGN_OR_RETURN(request.not_after, ParseTime(made->not_after));
        }
        if (fs::exists(made->dir + "/sign.key")) {
          return MakeError(absl::StatusCode::kAlreadyExists, "KEY_FILE_EXISTS",
                           absl::StrCat(made->dir, " holds keys already; keys are never replaced"));
        }
        ASSIGN_OR_RETURN(auto identity, install::NewIdentity(ca, request, crypto::SystemRandom()));
        ASSIGN_OR_RETURN(const std::string pin, cli.PinFromFile());
        RETURN_IF_ERROR(identity.Save(made->dir, pin));
        return ShowIdentity(cli, identity, made->dir);
      });
  verb->add_option("dir", made->dir, "Folder to make")->required();
  verb->add_option("--name", made->name, "Name in the certificate")->required();
  verb->add_option("--organization", made->organization, "Organisation in the certificate");
  verb->add_option("--ca", made->ca, "Folder of the authority [ca beside the context file]");
  verb->add_option("--not-after", made->not_after, "End of its validity");

  cli.Verb(key,
           {"show", "Shows the certificates of an identity", "jodal key show --identity keys/kim"},
           [&cli]() -> absl::Status {
             ASSIGN_OR_RETURN(const std::string dir, cli.IdentityDir());
             ASSIGN_OR_RETURN(sdk::Identity * identity, cli.identity());
             return ShowIdentity(cli, *identity, dir);
           });

  CLI::App* ca = cli.Noun("ca", "The demo certificate authority");
  struct CaOptions {
    std::string ca, out, certificate, when;
    int years = 15;
  };
  auto o = std::make_shared<CaOptions>();
  verb = cli.Verb(
      ca, {"init", "Makes an authority", "jodal ca init --ca my-ca"}, [&cli, o]() -> absl::Status {
        pki::CaRequest request;
        request.not_before = SystemClock().Now() - absl::Hours(24);
        request.not_after = request.not_before + absl::Hours(24 * 365 * o->years);
        ASSIGN_OR_RETURN(auto authority, pki::CertificateAuthority::Create(request));
        ASSIGN_OR_RETURN(const std::string pin, cli.PinFromFile());
        RETURN_IF_ERROR(authority.Save(o->ca, pin));
        return cli.out().Facts({{"folder", o->ca}, {"root", HexEncode(authority.root().sha256())}});
      });
  verb->add_option("--ca", o->ca, "Folder to make")->required();
  verb->add_option("--years", o->years, "How long it is valid")->check(CLI::Range(1, 25));

  verb = cli.Verb(ca,
                  {"issue", "Certifies the public key of a certificate request's PEM public key",
                   "openssl pkey -in my.key -pubout -out my.pub\njodal ca issue my.pub --name Kim "
                   "--out my.crt"},
                  [&cli, o, made]() -> absl::Status {
                    ASSIGN_OR_RETURN(const std::string dir, CaDirectory(cli, o->ca));
                    ASSIGN_OR_RETURN(const auto authority, pki::CertificateAuthority::Load(dir));
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
                    leaf.cn = made->name;
                    leaf.o = made->organization;
                    leaf.usage =
                        made->agreement ? pki::LeafUsage::kKeyAgreement : pki::LeafUsage::kSigning;
                    leaf.not_before = authority.issuing().not_before();
                    leaf.not_after = authority.issuing().not_after();
                    ASSIGN_OR_RETURN(const auto certificate, authority.Issue(leaf));
                    RETURN_IF_ERROR(WriteFile(o->out, certificate.ToPem()));
                    return cli.out().Facts(
                        {{"file", o->out}, {"certificate", HexEncode(certificate.sha256())}});
                  });
  verb->add_option("public-key", o->certificate, "PEM file")->required();
  verb->add_option("--name", made->name, "Name in the certificate")->required();
  verb->add_option("--organization", made->organization, "Organisation in the certificate");
  verb->add_option("--out", o->out, "File to write")->required();
  verb->add_option("--ca", o->ca, "Folder of the authority");
  verb->add_flag("--agreement", made->agreement, "For key agreement instead of signing");

  verb = cli.Verb(ca,
                  {"revoke", "Revokes a certificate and publishes the new revocation list",
                   "jodal ca revoke keys/kim/sign.crt"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(const std::string dir, CaDirectory(cli, o->ca));
                    ASSIGN_OR_RETURN(auto authority, pki::CertificateAuthority::Load(dir));
                    ASSIGN_OR_RETURN(const std::string pem, ReadFile(o->certificate));
                    ASSIGN_OR_RETURN(const auto certificate, pki::Certificate::FromBytes(pem));
                    ASSIGN_OR_RETURN(sdk::Client * client, cli.client());
                    ASSIGN_OR_RETURN(const absl::Time now, client->Now());
                    authority.Revoke(certificate.serial(), now);
                    RETURN_IF_ERROR(authority.Save(dir));
                    signature::v1::UpdateCrlRequest request;
                    ASSIGN_OR_RETURN(*request.mutable_crl(),
                                     authority.IssuingCrl(now, authority.issuing().not_after()));
                    request.set_request_id(client->RequestId());
                    ASSIGN_OR_RETURN(
                        const auto answer,
                        client->Call(client->signature(),
                                     &signature::v1::SignatureService::Stub::UpdateCrl, request));
                    return cli.out().One(answer);
                  });
  verb->add_option("certificate", o->certificate, "The certificate, PEM or DER")->required();
  verb->add_option("--ca", o->ca, "Folder of the authority");

  verb = cli.Verb(ca,
                  {"crl", "Writes the authority's trust folder: anchors, intermediates, CRLs",
                   "jodal ca crl --ca my-ca --out trust"},
                  [&cli, o]() -> absl::Status {
                    ASSIGN_OR_RETURN(const std::string dir, CaDirectory(cli, o->ca));
                    ASSIGN_OR_RETURN(auto authority, pki::CertificateAuthority::Load(dir));
                    absl::Time now = SystemClock().Now();
                    if (!o->when.empty()) {
                      ASSIGN_OR_RETURN(now, ParseTime(o->when));
                    }
                    RETURN_IF_ERROR(install::WriteTrust(authority, o->out, now));
                    return cli.out().Facts({{"folder", o->out}});
                  });
  verb->add_option("--ca", o->ca, "Folder of the authority");
  verb->add_option("--out", o->out, "Folder to write")->required();
  verb->add_option("--at", o->when, "Time of the lists [now]");
}

}  // namespace jodal::cli
