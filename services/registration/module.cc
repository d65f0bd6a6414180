#include "services/registration/module.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/session_token.h"
#include "common/status/macros.h"
#include "services/registration/api/certificate_checks.h"
#include "services/registration/api/certificate_reader.h"
#include "services/registration/api/service.h"
#include "services/registration/engine/engine.h"
#include "services/registration/errors.h"

namespace jodal::registration {
namespace {

class RegistrationModule : public rpc::Module {
 public:
  RegistrationModule(const rpc::ModuleContext& context, RegistrationOptions options)
      : context_(context),
        checks_(context.peers),
        engine_(context_,
                {.registrar_cert_sha256 = absl::AsciiStrToLower(options.registrar_cert_sha256),
                 .session_key = std::move(options.session_key),
                 .certificates = &reader_,
                 .checks = &checks_}),
        service_({.service = context.service,
                  .clock = context.clock,
                  .executor = context.executor,
                  .sessions = context.sessions,
                  .gate = context.gate},
                 &engine_) {}

  std::vector<grpc::Service*> Services() override { return {&service_}; }

 private:
  const rpc::ModuleContext context_;
  PkiCertificateReader reader_;
  RemoteCertificateChecks checks_;
  RegistrationEngine engine_;
  RegistrationServiceImpl service_;
};

}  // namespace

std::unique_ptr<rpc::Module> CreateModule(const rpc::ModuleContext& context,
                                          RegistrationOptions options) {
  return std::make_unique<RegistrationModule>(context, std::move(options));
}

absl::StatusOr<std::unique_ptr<rpc::Module>> CreateConfiguredModule(
    const rpc::ModuleContext& context, const config::v1::Config& config) {
  ASSIGN_OR_RETURN(auto key, crypto::Ed25519PrivateKey::LoadPem(
                                 absl::StrCat(config.keys_dir(), "/session.pem")));
  const absl::Time now = context.clock->Now();
  rpc::Principal nobody;
  nobody.expires = now + absl::Seconds(1);
  if (!context.sessions->Verify(rpc::IssueSessionToken(key, nobody), now).ok()) {
    return SessionKeyMismatchError();
  }
  return CreateModule(
      context, {.registrar_cert_sha256 = config.registrar_cert_sha256(),
                .session_key = std::make_shared<const crypto::Ed25519PrivateKey>(std::move(key))});
}

}  // namespace jodal::registration
