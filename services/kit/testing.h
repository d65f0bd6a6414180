// What an engine test needs: a context over memory, a clock that stands still, people, and
// documents that a fake verifier takes for signed. Fakes, not mocks: everything but the signature
// is real.
#ifndef JODAL_SERVICES_KIT_TESTING_H_
#define JODAL_SERVICES_KIT_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/bytes.h"
#include "common/clock/clock.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/hash.h"
#include "common/crypto/random.h"
#include "common/document/json.h"
#include "common/document/signed_document.h"
#include "common/host/module.h"
#include "common/kv/backend.h"
#include "common/ledger/ledger.h"
#include "common/status/error.h"
#include "jodal/document/v1/signed.pb.h"
#include "services/kit/event.h"

namespace jodal::kit {

// Takes "signed by <cert_sha256>", with or without blanks behind it, for a signature of that
// certificate.
class FakeDocumentVerifier : public document::DocumentVerifier {
 public:
  std::vector<std::string> evidence = {"e1"};  // of every signature

  absl::StatusOr<document::VerifiedSignature> Verify(absl::string_view content,
                                                     absl::string_view signature,
                                                     absl::Time at) override {
    constexpr absl::string_view kPrefix = "signed by ";
    if (signature.substr(0, kPrefix.size()) != kPrefix) {
      return MakeError(absl::StatusCode::kFailedPrecondition, "SIGNATURE_REFUSED",
                       "not a fake signature");
    }
    const absl::string_view by = signature.substr(kPrefix.size());
    return document::VerifiedSignature{std::string(by.substr(0, by.find(' '))), evidence};
  }
};

// A person as the sessions of tests name them.
struct FakePerson {
  std::string person_id;
  std::string organization_id;
  std::vector<std::string> roles;
  std::string cert_sha256() const { return HexEncode(crypto::Sha256(person_id)); }
};

class EngineEnv {
 public:
  // Opens the ledger; null if it cannot be opened, which leaves an environment without one.
  using OpenLedger = std::function<std::unique_ptr<ledger::Ledger>(ledger::Ledger::Options)>;

  explicit EngineEnv(std::string service, std::string system = "test.jodal.example",
                     const OpenLedger& open = InMemory)
      : clock(absl::FromCivil(absl::CivilSecond(2025, 1, 2, 3, 0, 0), absl::UTCTimeZone())),
        random(1),
        executor(2, 64),
        sessions(service, std::string(rpc::kSessionKeyBytes, 'k')) {
    log_key = std::make_shared<const crypto::Ed25519PrivateKey>(
        *crypto::Ed25519PrivateKey::FromSeed(std::string(32, 's')));
    ledger::Ledger::Options options;
    options.origin = absl::StrCat(system, "/", service);
    options.clock = &clock;
    options.log_key = log_key;
    ledger = open(options);
    context.service = std::move(service);
    context.system = std::move(system);
    context.training = true;
    context.clock = &clock;
    context.random = &random;
    context.ledger = ledger.get();
    context.executor = &executor;
    context.sessions = &sessions;
    context.page_key = std::string(32, 'p');
    context.documents = &documents;
  }

  static std::unique_ptr<ledger::Ledger> InMemory(ledger::Ledger::Options options) {
    auto opened = ledger::Ledger::Open(kv::NewMemoryBackend(), std::move(options));
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }

  rpc::Call As(const FakePerson& person) const {
    rpc::Call call;
    call.arrival = clock.Now();
    call.caller.kind = rpc::Caller::Kind::kUser;
    call.caller.user.person_id = person.person_id;
    call.caller.user.organization_id = person.organization_id;
    call.caller.user.roles = person.roles;
    call.caller.user.cert_sha256 = person.cert_sha256();
    return call;
  }
  rpc::Call AsService(std::string service) const {
    rpc::Call call;
    call.arrival = clock.Now();
    call.caller.kind = rpc::Caller::Kind::kService;
    call.caller.service = std::move(service);
    return call;
  }
  rpc::Call AsAnyone() const {
    rpc::Call call;
    call.arrival = clock.Now();
    return call;
  }

  // Fills kind, version, system and signer, and "signs".
  template <typename Doc>
  document::v1::SignedDocument Sign(Doc doc, const std::string& kind,
                                    const FakePerson& person) const {
    doc.set_kind(kind);
    doc.set_version(document::SchemaVersion(*Doc::descriptor()));
    doc.set_system(context.system);
    doc.set_signer(person.person_id);
    document::v1::SignedDocument out;
    out.set_content(*document::ToCanonicalJson(doc));
    out.set_signature(absl::StrCat("signed by ", person.cert_sha256()));
    return out;
  }

  std::string NextRequestId() { return absl::StrCat("request-", ++requests_); }

  // Types of all log entries so far, in order.
  std::vector<std::string> LoggedTypes() const {
    std::vector<std::string> out;
    auto entries = ledger->Entries(0, 100000, true);
    EXPECT_TRUE(entries.ok()) << entries.status();
    for (const auto& e : *entries) {
      log::v1::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(e.entry));
      out.push_back(entry.type());
    }
    return out;
  }

  ManualClock clock;
  crypto::FakeRandom random;
  rpc::Executor executor;
  rpc::SessionVerifier sessions;
  FakeDocumentVerifier documents;
  std::shared_ptr<const crypto::Ed25519PrivateKey> log_key;
  std::unique_ptr<ledger::Ledger> ledger;
  host::ModuleContext context;

 private:
  int requests_ = 0;
};

// EXPECT_THAT(status, HasReason("DEADLINE_PASSED"));
MATCHER_P(HasReason, reason, "") {
  *result_listener << arg.ToString() << " with reason " << ErrorReason(arg);
  return !arg.ok() && ErrorReason(arg) == reason;
}

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_TESTING_H_
