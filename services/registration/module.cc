#include "services/registration/module.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/session_token.h"
#include "common/status/macros.h"
#include "jodal/config/v1/config.pb.h"
#include "services/kit/inbox.h"
#include "services/registration/api/certificate_checks.h"
#include "services/registration/api/certificate_reader.h"
#include "services/registration/api/registration_service.h"
#include "services/registration/engine/registration_engine.h"
#include "services/registration/errors.h"

namespace jodal::registration {
namespace {

class RegistrationModule : public host::Module {
 public:
  RegistrationModule(const host::ModuleContext& context, RegistrationOptions options)
      : context_(context),
        checks_(context.peers),
        engine_(context_,
                {.registrar_cert_sha256 = absl::AsciiStrToLower(options.registrar_cert_sha256),
                 .sessions = std::move(options.sessions),
                 .certificates = &reader_,
                 .checks = &checks_}),
        inbox_(context_,
               [this](const kit::Inbox::Logged& logged) { return engine_.CaseOf(logged); }),
        service_({.service = context.service,
                  .clock = context.clock,
                  .executor = context.executor,
                  .sessions = context.sessions,
                  .gate = context.gate},
                 &engine_, &inbox_) {}

  ~RegistrationModule() override { Stop(); }

  std::vector<grpc::Service*> Services() override { return {&service_}; }
  void Start() override { inbox_.Start(); }
  void Stop() override { inbox_.Stop(); }

 private:
  const host::ModuleContext context_;
  PkiCertificateReader reader_;
  RemoteCertificateChecks checks_;
  RegistrationEngine engine_;
  kit::Inbox inbox_;
  RegistrationServiceImpl service_;
};

}  // namespace

std::unique_ptr<host::Module> NewModule(const host::ModuleContext& context,
                                        RegistrationOptions options) {
  return std::make_unique<RegistrationModule>(context, std::move(options));
}

absl::StatusOr<std::unique_ptr<host::Module>> CreateModule(const host::ModuleContext& context,
                                                           const config::v1::Config& config) {
  ASSIGN_OR_RETURN(const std::string master,
                   rpc::LoadSessionKey(absl::StrCat(config.keys_dir(), "/session.key")));
  auto issuer = std::make_shared<const rpc::SessionIssuer>(master, context.services);
  const absl::Time now = context.clock->Now();
  rpc::Principal nobody;
  nobody.expires = now + absl::Seconds(1);
  if (!context.sessions->Verify(issuer->Issue(nobody), now).ok()) return SessionKeyMismatchError();
  return NewModule(context, {.registrar_cert_sha256 = config.registrar_cert_sha256(),
                             .sessions = std::move(issuer)});
}

}  // namespace jodal::registration
