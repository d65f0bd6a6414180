#include "services/kit/act.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "services/kit/errors.h"

namespace jodal::kit {

absl::Status CheckRequestId(absl::string_view request_id) {
  if (request_id.empty()) {
    return MakeError(kErrors["REQUEST_ID_MISSING"],
                     "every mutation carries a request_id made by the client");
  }
  if (request_id.size() < kRequestIdBytesMin || request_id.size() > kRequestIdBytesMax) {
    return MakeError(kErrors["REQUEST_ID_LENGTH"],
                     absl::StrCat("request_id must have ", kRequestIdBytesMin, " to ",
                                  kRequestIdBytesMax, " bytes"),
                     {{"bytes", absl::StrCat(request_id.size())}});
  }
  return absl::OkStatus();
}

std::string IdempotencyScope(const rpc::Call& call) {
  switch (call.caller.kind) {
    case rpc::Caller::Kind::kUser:
      return absl::StrCat("person/", call.caller.user.person_id);
    case rpc::Caller::Kind::kService:
      return absl::StrCat("service/", call.caller.service);
    case rpc::Caller::Kind::kAnonymous:
      break;
  }
  return "anyone";
}

namespace internal {
namespace {

// Everything before the transaction. nullopt: a repeat, which has been answered.
absl::StatusOr<std::optional<ledger::UpdateRequest>> Begin(const host::ModuleContext& context,
                                                           Mutation& mutation) {
  ledger::UpdateRequest& update = mutation.update;
  RETURN_IF_ERROR(CheckRequestId(update.request_id));
  if (mutation.identify) {
    ASSIGN_OR_RETURN(update.idempotency_scope, mutation.identify());
  }
  std::optional<uint64_t> unanswered;
  ASSIGN_OR_RETURN(const auto earlier, context.ledger->FindCommitted(update, &unanswered));
  if (earlier.has_value()) {
    RETURN_IF_ERROR(mutation.finish(*earlier));
    return std::optional<ledger::UpdateRequest>();
  }
  ASSIGN_OR_RETURN(Prepared<> prepared, mutation.prepare());
  update.shard = ledger::ShardOf(prepared.parent_id);
  update.hints = std::move(prepared.hints);
  if (!update.hints.steady.empty()) update.hints.unanswered = unanswered;
  return std::optional<ledger::UpdateRequest>(std::move(update));
}

}  // namespace

absl::Status Run(const host::ModuleContext& context, Mutation mutation) {
  ASSIGN_OR_RETURN(const auto update, Begin(context, mutation));
  if (!update.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const ledger::Committed committed,
                   context.ledger->Update(*update, std::move(mutation.commit)));
  return mutation.finish(committed);
}

void RunAsync(const host::ModuleContext& context, Mutation mutation,
              std::function<void(absl::Status)> done) {
  auto update = Begin(context, mutation);
  if (!update.ok() || !update->has_value()) return done(update.status());
  context.ledger->UpdateAsync(**std::move(update), std::move(mutation.commit),
                              [finish = std::move(mutation.finish), done = std::move(done)](
                                  absl::StatusOr<ledger::Committed> committed) {
                                done(committed.ok() ? finish(*committed) : committed.status());
                              });
}

ledger::UpdateRequest NamedUpdate(const rpc::Call& call, absl::string_view request_id,
                                  absl::string_view content) {
  ledger::UpdateRequest update;
  update.idempotency_scope = IdempotencyScope(call);
  update.request_id = std::string(request_id);
  update.content_digest = crypto::Sha256(content);
  return update;
}

ledger::UpdateRequest NamedAct(const ActName& name,
                               const document::v1::SignedDocument& signed_document,
                               const ActOptions& options, ActBase* act) {
  const std::string sha256 = crypto::Sha256(signed_document.content());
  act->sha256 = HexEncode(sha256);
  // The signature is left out: the same words signed again are a repeat.
  ledger::UpdateRequest update = NamedUpdate(
      act->call, name.request_id, absl::StrCat(name.kind, "\n", sha256, options.attachment_sha256));
  act->content_digest = update.content_digest;
  return update;
}

absl::Status OpenAct(const host::ModuleContext& context, absl::string_view kind,
                     const document::v1::SignedDocument& signed_document, const ActOptions& options,
                     ActBase* act, google::protobuf::Message* document) {
  if (options.check) RETURN_IF_ERROR(options.check());
  document::Expected expected;
  expected.kind = std::string(kind);
  expected.system = context.system;
  expected.at = act->call.arrival;
  if (options.signer == Signer::kCaller) {
    expected.signer_id = act->call.caller.user.person_id;
    expected.cert_sha256 = act->call.caller.user.cert_sha256;
  }
  ASSIGN_OR_RETURN(const document::VerifiedSignature signature,
                   document::OpenDocument(*context.documents, signed_document, expected, document));
  *act->stored.mutable_document() = signed_document;
  act->stored.set_cert_sha256(signature.cert_sha256);
  for (const std::string& e : signature.evidence_sha256) act->stored.add_evidence_sha256(e);
  act->stored.set_received_time_ns(absl::ToUnixNanos(act->call.arrival));
  return absl::OkStatus();
}

absl::Status ClaimDocument(ledger::Txn& txn, const ActBase& act) {
  const std::string key = absl::StrCat("document/", act.sha256);
  ASSIGN_OR_RETURN(auto seen, txn.Get(key));
  if (seen.has_value()) {
    return MakeError(kErrors["DOCUMENT_REPLAYED"],
                     "this signed document was accepted before, under another request id",
                     {{"document_sha256", act.sha256}});
  }
  txn.Put(key, "");
  return absl::OkStatus();
}

}  // namespace internal
absl::StatusOr<procurement::Actor> Admit(const procurement::Act& row, const rpc::Call& call) {
  if (row.party() == procurement::Act::APPLICANT) return procurement::Actor();
  if (!call.caller.IsUser()) return NotAllowedError();
  const rpc::Principal& user = call.caller.user;
  procurement::Actor actor{user.person_id, user.organization_id, user.roles};
  RETURN_IF_ERROR(procurement::CheckRole(row, actor));
  return actor;
}

absl::Status CheckSize(const procurement::Act& row, const ActBase& act) {
  const size_t limit = procurement::BytesMax(row);
  return act.stored.document().content().size() > limit ? DocumentTooLargeError(limit)
                                                        : absl::OkStatus();
}

}  // namespace jodal::kit
