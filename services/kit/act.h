// The life of a mutation, the same for every service:
//
//   a well-formed request id → a repeat gets its first answer → the document's signature is
//   verified → prepare → one transaction: the document counts once, commit → the answer with its
//   receipt
//
//   struct Facts { ... };  // what prepare learns for commit
//   return kit::RunAct<ContractConsent>(
//       context_, call, request.document(), request.request_id(), "contract.consent", response,
//       [&](const kit::Act<ContractConsent>& act) -> absl::StatusOr<kit::Prepared<Facts>> {
//         ... check the shape, ask other services ...
//         return kit::Prepared<Facts>{act.document.contract_id(), facts};
//       },
//       [](ledger::Txn& txn, const kit::Act<ContractConsent>& act, const Facts& facts,
//          ConsentContractResponse* r) -> absl::Status {
//         ... load, decide, write, txn.Emit(...); fill r (not its receipt) ...
//       });
//
// `prepare` runs once, on the calling thread, may block, and names the parent id in whose shard the
// transaction runs. It may take the act as `Act<Doc>&` and move parts out of it that `commit` does
// not need. `commit` may run more than once: it depends on nothing but its arguments, and
// every run gets an empty `r`. Where nothing is learned, kit::InShardOf(id) is what prepare
// returns, and commit is not given facts. If either fails, nothing has changed.
#ifndef JODAL_SERVICES_KIT_ACT_H_
#define JODAL_SERVICES_KIT_ACT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/document/signed_document.h"
#include "common/host/module.h"
#include "common/ledger/ledger.h"
#include "common/rpc/caller.h"
#include "common/status/macros.h"
#include "jodal/document/v1/documents.pb.h"
#include "procurement/acts/act.h"
#include "services/kit/errors.h"
#include "services/kit/event.h"

namespace jodal::kit {

inline constexpr size_t kRequestIdBytesMin = 8;  // shorter ids collide
inline constexpr size_t kRequestIdBytesMax = 64;

// INVALID_ARGUMENT REQUEST_ID_MISSING / REQUEST_ID_LENGTH.
absl::Status CheckRequestId(absl::string_view request_id);

// The scope of a request id: the person or service that calls, or all callers without a session.
std::string IdempotencyScope(const rpc::Call& call);

struct Nothing {};

// What the first phase hands to the second.
template <typename T = Nothing>
struct Prepared {
  std::string parent_id;  // a tender, supplier, contract ...: the transaction runs in its shard
  T learned = {};
  ledger::Hints hints = {};  // `unanswered` is filled in where `steady` is given
};

inline absl::StatusOr<Prepared<>> InShardOf(std::string parent_id) {
  return Prepared<>{std::move(parent_id)};
}

// One signed act as its two phases see it.
struct ActBase {
  rpc::Call call;
  std::string sha256;                   // hex, of the document's bytes
  std::string content_digest;           // of the whole request: what makes another one a repeat
  document::v1::StoredDocument stored;  // to be kept byte for byte
};
template <typename Doc>
struct Act : ActBase {
  Doc document;
};

// --- Acts with a row (proto/jodal/document/v1/act.proto).

// The caller as the law sees it; nobody where anyone may apply. NOT_ALLOWED unless it is a person
// with the role that the row asks for: the one place where a service asks this. Party, state and
// four eyes are asked by the fold.
absl::StatusOr<procurement::Actor> Admit(const procurement::Act& row, const rpc::Call& call);
// DOCUMENT_TOO_LARGE, by the row.
absl::Status CheckSize(const procurement::Act& row, const ActBase& act);

// Whose signature an act needs.
enum class Signer {
  kCaller,        // the caller's, with the certificate of the session
  kUnregistered,  // of any certificate; document.signer must be ""
  // As kUnregistered, but request ids belong to the certificate: the signature is verified before a
  // repeat is answered. For answers that nobody but the signer may have.
  kCertificate,
};

struct ActOptions {
  Signer signer = Signer::kCaller;
  // SHA-256 of what the request carries beside the document, as part of the request's content.
  std::string attachment_sha256;
  // Refusals that need no look into the document (sizes): before its signature is verified.
  std::function<absl::Status()> check;
  // False saves a key if commit itself refuses a document that was accepted before.
  bool claim_document = true;
};

// Turns what was committed, now or earlier, into the response.
template <typename Resp>
absl::Status FinishResponse(const ledger::Ledger& ledger, const ledger::Committed& committed,
                            Resp* response) {
  if (!response->ParseFromString(committed.response)) {
    return ResponseDamagedError();
  }
  if (!committed.receipts.empty()) {
    *response->mutable_receipt() = ToProto(committed.receipts.front(), ledger.origin());
  }
  return absl::OkStatus();
}

namespace internal {

// A mutation without its types. `commit` and `finish` may be called after the caller's frame is
// gone, `identify` and `prepare` are not.
struct Mutation {
  ledger::UpdateRequest update;                           // scope, request id and digest
  std::function<absl::StatusOr<std::string>()> identify;  // gives the scope; may be empty
  std::function<absl::StatusOr<Prepared<>>()> prepare;
  ledger::Ledger::Body commit;
  std::function<absl::Status(const ledger::Committed&)> finish;
};
absl::Status Run(const host::ModuleContext& context, Mutation mutation);
void RunAsync(const host::ModuleContext& context, Mutation mutation,
              std::function<void(absl::Status)> done);

ledger::UpdateRequest NamedUpdate(const rpc::Call& call, absl::string_view request_id,
                                  absl::string_view content);
struct ActName {
  absl::string_view request_id;
  absl::string_view kind;  // of the document
};
// Fills the digests of `act` before anything is verified.
ledger::UpdateRequest NamedAct(const ActName& name,
                               const document::v1::SignedDocument& signed_document,
                               const ActOptions& options, ActBase* act);
// Verifies; fills `document` and the rest of `act`.
absl::Status OpenAct(const host::ModuleContext& context, absl::string_view kind,
                     const document::v1::SignedDocument& signed_document, const ActOptions& options,
                     ActBase* act, google::protobuf::Message* document);
// FAILED_PRECONDITION DOCUMENT_REPLAYED if this document was accepted in this shard before; else
// remembers it.
absl::Status ClaimDocument(ledger::Txn& txn, const ActBase& act);

// T of a phase that returns StatusOr<Prepared<T>>.
template <typename Prepare, typename... Args>
using LearnedBy = decltype(std::invoke_result_t<Prepare&, Args...>::value_type::learned);

// Runs `prepare`, keeps what it learned, and gives the rest without its type.
template <typename T, typename Prepare, typename... Args>
absl::StatusOr<Prepared<>> PrepareInto(std::optional<T>* learned, Prepare& prepare, Args&... args) {
  ASSIGN_OR_RETURN(Prepared<T> prepared, prepare(args...));
  *learned = std::move(prepared.learned);
  return Prepared<>{std::move(prepared.parent_id), {}, std::move(prepared.hints)};
}

// Runs `commit` with what was learned, if that is anything, and sets the response.
template <typename Resp, typename T, typename Commit, typename... Args>
absl::Status CommitWith(ledger::Txn& txn, const T& learned, const Commit& commit,
                        const Args&... args) {
  Resp fresh;
  if constexpr (std::is_same_v<T, Nothing>) {
    RETURN_IF_ERROR(commit(txn, args..., &fresh));
  } else {
    RETURN_IF_ERROR(commit(txn, args..., learned, &fresh));
  }
  txn.SetResponse(fresh.SerializeAsString());
  return absl::OkStatus();
}

template <typename Resp>
std::function<absl::Status(const ledger::Committed&)> Into(const host::ModuleContext& context,
                                                           Resp* response) {
  return [ledger = context.ledger, response](const ledger::Committed& committed) {
    return FinishResponse(*ledger, committed, response);
  };
}

template <typename Doc, typename Resp, typename Prepare, typename Commit>
Mutation MakeAct(const host::ModuleContext& context, const rpc::Call& call,
                 const document::v1::SignedDocument& signed_document, const ActName& name,
                 Resp* response, Prepare& prepare, Commit commit, const ActOptions& options) {
  using T = LearnedBy<Prepare, Act<Doc>&>;
  struct State {
    Act<Doc> act;
    std::optional<T> learned;
  };
  auto state = std::make_shared<State>();
  state->act.call = call;
  Mutation out;
  out.update = NamedAct(name, signed_document, options, &state->act);
  const auto open = [&context, &signed_document, &options, kind = name.kind, state] {
    return OpenAct(context, kind, signed_document, options, &state->act, &state->act.document);
  };
  if (options.signer == Signer::kCertificate) {
    out.identify = [open, state]() -> absl::StatusOr<std::string> {
      RETURN_IF_ERROR(open());
      return absl::StrCat("certificate/", state->act.stored.cert_sha256());
    };
  }
  out.prepare = [open, state, &prepare, &options]() -> absl::StatusOr<Prepared<>> {
    if (options.signer != Signer::kCertificate) RETURN_IF_ERROR(open());
    return PrepareInto(&state->learned, prepare, state->act);
  };
  out.commit = [state, commit = std::move(commit),
                claim = options.claim_document](ledger::Txn& txn) -> absl::Status {
    if (claim) RETURN_IF_ERROR(ClaimDocument(txn, state->act));
    return CommitWith<Resp>(txn, *state->learned, commit, state->act);
  };
  out.finish = Into(context, response);
  return out;
}

}  // namespace internal

// A mutation without a signed document. `content` is what the request says beside its id;
// prepare() -> StatusOr<Prepared<T>>, commit(txn, const T&, r).
template <typename Resp, typename Prepare, typename Commit>
absl::Status RunUpdate(const host::ModuleContext& context, const rpc::Call& call,
                       absl::string_view request_id, absl::string_view content, Resp* response,
                       Prepare prepare, Commit commit) {
  using T = internal::LearnedBy<Prepare>;
  std::optional<T> learned;
  internal::Mutation update;
  update.update = internal::NamedUpdate(call, request_id, content);
  update.prepare = [&] { return internal::PrepareInto(&learned, prepare); };
  update.commit = [&](ledger::Txn& txn) {
    return internal::CommitWith<Resp>(txn, *learned, commit);
  };
  update.finish = internal::Into(context, response);
  return internal::Run(context, std::move(update));
}

template <typename Doc, typename Resp, typename Prepare, typename Commit>
absl::Status RunAct(const host::ModuleContext& context, const rpc::Call& call,
                    const document::v1::SignedDocument& signed_document,
                    absl::string_view request_id, absl::string_view kind, Resp* response,
                    Prepare prepare, Commit commit, const ActOptions& options = {}) {
  return internal::Run(
      context, internal::MakeAct<Doc>(context, call, signed_document, {request_id, kind}, response,
                                      prepare, std::move(commit), options));
}

// As RunAct, but waits for no commit: `done` is called once, on the calling thread or the ledger's
// answering thread. `context`, `response` and what `commit` refers to live until then.
template <typename Doc, typename Resp, typename Prepare, typename Commit>
void RunActAsync(const host::ModuleContext& context, const rpc::Call& call,
                 const document::v1::SignedDocument& signed_document, absl::string_view request_id,
                 absl::string_view kind, Resp* response, Prepare prepare, Commit commit,
                 const ActOptions& options, std::function<void(absl::Status)> done) {
  internal::RunAsync(context,
                     internal::MakeAct<Doc>(context, call, signed_document, {request_id, kind},
                                            response, prepare, std::move(commit), options),
                     std::move(done));
}

}  // namespace jodal::kit

#endif  // JODAL_SERVICES_KIT_ACT_H_
