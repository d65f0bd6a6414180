// The life of a mutation, the same for every service: idempotency, the signed document, one
// transaction, the answer with its receipt.
//
//   return kit::RunAct<ContractConsent>(
//       context_, call, request.document(), request.request_id(), "contract.consent", response,
//       [](const ContractConsent& d) { return d.contract_id(); },          // the shard's parent id
//       [&](ledger::Txn& txn, const kit::Act<ContractConsent>& act, ConsentContractResponse* r) {
//         ... load, decide, write, txn.Emit(...); fill r (not its receipt) ...
//       });
//
// The body may run more than once: it must depend on nothing but `txn` and `act`, and `r` comes
// fresh to every run. What gives the parent id runs once, after the signature was verified and
// before the transaction; it may give a StatusOr<std::string>, and is the place for checks of shape
// and for questions to other services.
#ifndef JODAL_SERVICES_KIT_ACT_H_
#define JODAL_SERVICES_KIT_ACT_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/bytes.h"
#include "common/crypto/hash.h"
#include "common/document/signed_document.h"
#include "common/host/module.h"
#include "common/ledger/ledger.h"
#include "common/rpc/caller.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "services/kit/event.h"

namespace jodal::kit {

inline constexpr size_t kRequestIdBytesMin = 8;  // shorter ids collide
inline constexpr size_t kRequestIdBytesMax = 64;

// INVALID_ARGUMENT REQUEST_ID_MISSING / REQUEST_ID_LENGTH.
absl::Status CheckRequestId(absl::string_view request_id);

// Who acts, for idempotency: a person, a service, or a certificate that has no session yet.
std::string IdempotencyScope(const rpc::Call& call);

// What a document of `kind` must say that the caller hands in now: this system, himself as its
// signer, the certificate of his session.
document::Expected ExpectedOf(const host::ModuleContext& context, const rpc::Call& call,
                              absl::string_view kind);

// FAILED_PRECONDITION DOCUMENT_REPLAYED if a document with this digest was accepted in this shard
// before; else remembers it. For RunAct.
absl::Status ClaimDocument(ledger::Txn& txn, absl::string_view document_sha256);

// One signed act as its body sees it.
template <typename Doc>
struct Act {
  const rpc::Call& call;
  Doc document;
  std::string sha256;                   // hex, of the document's bytes
  document::v1::StoredDocument stored;  // to be kept byte for byte
};

// Turns what was committed, now or earlier, into the response.
template <typename Resp>
absl::Status FinishResponse(const ledger::Ledger& ledger, const ledger::Committed& committed,
                            Resp* response) {
  if (!response->ParseFromString(committed.response)) {
    return MakeError(absl::StatusCode::kDataLoss, "STORED_RESPONSE_DAMAGED",
                     "the stored answer does not parse");
  }
  if (!committed.receipts.empty()) {
    *response->mutable_receipt() = ToProto(committed.receipts.front(), ledger.origin());
  }
  return absl::OkStatus();
}

// A mutation without a signed document. `content` is what the request says beside its id.
template <typename Resp, typename Body>
absl::Status RunUpdate(const host::ModuleContext& context, const rpc::Call& call,
                       absl::string_view request_id, absl::string_view content,
                       absl::string_view parent_id, Resp* response, Body body) {
  RETURN_IF_ERROR(CheckRequestId(request_id));
  ledger::UpdateRequest update;
  update.shard = ledger::ShardOf(parent_id);
  update.idempotency_scope = IdempotencyScope(call);
  update.request_id = std::string(request_id);
  update.content_digest = crypto::Sha256(content);
  ASSIGN_OR_RETURN(auto earlier, context.ledger->FindCommitted(update));
  if (earlier.has_value()) return FinishResponse(*context.ledger, *earlier, response);
  ASSIGN_OR_RETURN(ledger::Committed committed,
                   context.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
                     Resp fresh;
                     RETURN_IF_ERROR(body(txn, &fresh));
                     txn.SetResponse(fresh.SerializeAsString());
                     return absl::OkStatus();
                   }));
  return FinishResponse(*context.ledger, committed, response);
}

// `signer` is what the document must name as its signer: the caller's person id unless the act is
// done before one exists.
struct ActOptions {
  bool unregistered_signer = false;  // document.signer must be "", any certificate may sign
};

template <typename Doc, typename Resp, typename ParentFn, typename Body>
absl::Status RunAct(const host::ModuleContext& context, const rpc::Call& call,
                    const document::v1::SignedDocument& signed_document,
                    absl::string_view request_id, absl::string_view kind, Resp* response,
                    ParentFn parent_of, Body body, ActOptions options = {}) {
  RETURN_IF_ERROR(CheckRequestId(request_id));
  ledger::UpdateRequest update;
  update.idempotency_scope = IdempotencyScope(call);
  update.request_id = std::string(request_id);
  // The signature is left out: who signs the same words again repeats himself.
  update.content_digest = crypto::Sha256(absl::StrCat(kind, "\n", signed_document.content()));
  ASSIGN_OR_RETURN(auto earlier, context.ledger->FindCommitted(update));
  if (earlier.has_value()) return FinishResponse(*context.ledger, *earlier, response);

  document::Expected expected = ExpectedOf(context, call, kind);
  if (options.unregistered_signer) {
    expected.signer_id.clear();
    expected.cert_sha256.clear();
  }
  Act<Doc> act{call, {}, {}, {}};
  ASSIGN_OR_RETURN(
      const document::VerifiedSignature signature,
      document::OpenDocument(*context.documents, signed_document, expected, &act.document));
  act.sha256 = HexEncode(crypto::Sha256(signed_document.content()));
  *act.stored.mutable_document() = signed_document;
  act.stored.set_cert_sha256(signature.cert_sha256);
  for (const std::string& e : signature.evidence_sha256) act.stored.add_evidence_sha256(e);
  act.stored.set_received_time_ns(absl::ToUnixNanos(call.arrival));

  ASSIGN_OR_RETURN(const std::string parent_id,
                   absl::StatusOr<std::string>(parent_of(act.document)));
  update.shard = ledger::ShardOf(parent_id);
  ASSIGN_OR_RETURN(ledger::Committed committed,
                   context.ledger->Update(update, [&](ledger::Txn& txn) -> absl::Status {
                     Resp fresh;
                     RETURN_IF_ERROR(ClaimDocument(txn, act.sha256));
                     RETURN_IF_ERROR(body(txn, act, &fresh));
                     txn.SetResponse(fresh.SerializeAsString());
                     return absl::OkStatus();
                   }));
  return FinishResponse(*context.ledger, committed, response);
}

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_ACT_H_
