#include "services/kit/act.h"

namespace jodal::kit {

absl::Status CheckRequestId(absl::string_view request_id) {
  if (request_id.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_MISSING",
                     "every mutation carries a request_id made by the client");
  }
  if (request_id.size() < kRequestIdBytesMin || request_id.size() > kRequestIdBytesMax) {
    return MakeError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_LENGTH",
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

document::Expected ExpectedOf(const host::ModuleContext& context, const rpc::Call& call,
                              absl::string_view kind) {
  document::Expected expected;
  expected.kind = std::string(kind);
  expected.system = context.system;
  expected.signer_id = call.caller.user.person_id;
  expected.cert_sha256 = call.caller.user.cert_sha256;
  expected.at = call.arrival;
  return expected;
}

absl::Status ClaimDocument(ledger::Txn& txn, absl::string_view document_sha256) {
  const std::string key = absl::StrCat("document/", document_sha256);
  ASSIGN_OR_RETURN(auto seen, txn.Get(key));
  if (seen.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "DOCUMENT_REPLAYED",
                     "this signed document was accepted before, under another request id",
                     {{"document_sha256", std::string(document_sha256)}});
  }
  txn.Put(key, "");
  return absl::OkStatus();
}

}  // namespace jodal::kit
