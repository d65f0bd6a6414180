#include "common/document_client/remote_verifier.h"

#include <grpcpp/grpcpp.h>

#include <vector>

#include "absl/base/call_once.h"
#include "common/base/waiting.h"
#include "common/document_client/verdict.h"
#include "common/rpc/call.h"
#include "jodal/signature/v1/signature.grpc.pb.h"

namespace jodal::document_client {

namespace pb = jodal::signature::v1;

namespace {

// Two, so that one is on its way while another is being answered.
constexpr int kCallsMax = 2;
// The signature service takes 64 (services/signature/limits.h); a message has at most 4 MiB.
constexpr size_t kDocumentsMax = 64;
constexpr size_t kBytesMax = 2 << 20;

}  // namespace

struct RemoteDocumentVerifier::Stub {
  absl::once_flag once;
  std::unique_ptr<pb::SignatureService::Stub> service;
};

RemoteDocumentVerifier::RemoteDocumentVerifier(rpc::Peers* peers)
    : peers_(peers), stub_(std::make_unique<Stub>()) {}
RemoteDocumentVerifier::~RemoteDocumentVerifier() = default;

void RemoteDocumentVerifier::Ask(const std::vector<Waiting*>& batch) {
  absl::call_once(stub_->once, [this] {
    stub_->service = pb::SignatureService::NewStub(peers_->Channel("signature"));
  });
  pb::VerifyRequest request;
  for (Waiting* waiting : batch) *request.add_documents() = std::move(waiting->document);
  auto response =
      rpc::Invoke(*stub_->service, &pb::SignatureService::Stub::Verify, request, {.retry = true});
  if (response.ok() && response->verdicts_size() != static_cast<int>(batch.size())) {
    response = absl::InternalError("a verdict is missing");
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    batch[i]->result = response.ok() ? FromVerdict(response->verdicts(static_cast<int>(i)))
                                     : NoVerdict(response.status());
  }
}

absl::StatusOr<document::VerifiedSignature> RemoteDocumentVerifier::Verify(
    absl::string_view content, absl::string_view signature, absl::Time at) {
  Waiting own;
  own.document.set_content(content.data(), content.size());
  own.document.set_signature(signature.data(), signature.size());
  own.document.set_at_time_ns(absl::ToUnixNanos(at));
  const auto turn = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return own.done || (own.queued && calls_ < kCallsMax);
  };
  const ScopedWait waiting;
  absl::MutexLock lock(&mu_);
  queue_.push_back(&own);
  while (true) {
    mu_.Await(absl::Condition(&turn));
    if (own.done) return std::move(own.result);
    // Whoever finds a call free makes it for everybody who waits.
    std::vector<Waiting*> batch;
    size_t bytes = 0;
    while (!queue_.empty() && batch.size() < kDocumentsMax) {
      bytes += queue_.front()->document.ByteSizeLong();
      if (!batch.empty() && bytes > kBytesMax) break;
      queue_.front()->queued = false;
      batch.push_back(queue_.front());
      queue_.pop_front();
    }
    ++calls_;
    mu_.Unlock();
    Ask(batch);
    mu_.Lock();
    --calls_;
    for (Waiting* waiting : batch) waiting->done = true;
  }
}

}  // namespace jodal::document_client
