#include "common/document_client/remote_verifier.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/status/error.h"
#include "jodal/signature/v1/signature.grpc.pb.h"

namespace jodal::document_client {
namespace {

namespace pb = jodal::signature::v1;

// Holds calls until it is let go; says of each document what it is, refuses those called "bad".
class Service : public pb::SignatureService::Service {
 public:
  grpc::Status Verify(grpc::ServerContext*, const pb::VerifyRequest* request,
                      pb::VerifyResponse* response) override {
    absl::MutexLock lock(&mu_);
    sizes_.push_back(request->documents_size());
    mu_.Await(absl::Condition(&open_));
    for (const pb::SignedBytes& document : request->documents()) {
      pb::Verdict* verdict = response->add_verdicts();
      verdict->set_indication(absl::StartsWith(document.content(), "bad")
                                  ? pb::Verdict::TOTAL_FAILED
                                  : pb::Verdict::TOTAL_PASSED);
      verdict->set_cert_sha256(absl::StrCat("signer of ", document.content()));
    }
    if (forgetful_) response->clear_verdicts();
    return grpc::Status::OK;
  }
  void Let(bool go) {
    absl::MutexLock lock(&mu_);
    open_ = go;
  }
  void Forget() {
    absl::MutexLock lock(&mu_);
    forgetful_ = true;
  }
  void AwaitCalls(size_t count) {
    absl::MutexLock lock(&mu_);
    const auto there = [&] { return sizes_.size() >= count; };
    mu_.Await(absl::Condition(&there));
  }
  std::vector<int> sizes() {
    absl::MutexLock lock(&mu_);
    return sizes_;
  }

 private:
  absl::Mutex mu_;
  bool open_ ABSL_GUARDED_BY(mu_) = true;
  bool forgetful_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<int> sizes_ ABSL_GUARDED_BY(mu_);  // documents in each call
};

class RemoteVerifierTest : public testing::Test, public rpc::Peers {
 protected:
  RemoteVerifierTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~RemoteVerifierTest() override { server_->Shutdown(); }
  std::shared_ptr<grpc::Channel> Channel(absl::string_view) override {
    return server_->InProcessChannel({});
  }
  std::string Ask(const std::string& content) {
    const auto verified = verifier_.Verify(content, "signature", absl::FromUnixSeconds(1));
    return verified.ok() ? verified->cert_sha256 : ErrorReason(verified.status());
  }

  Service service_;
  std::unique_ptr<grpc::Server> server_;
  RemoteDocumentVerifier verifier_{this};
};

TEST_F(RemoteVerifierTest, WhatWaitsTravelsTogetherAndEveryoneGetsHisOwnVerdict) {
  constexpr int kAskers = 40;
  service_.Let(false);
  std::vector<std::string> answers(kAskers);
  std::vector<std::thread> askers;
  const auto ask = [&](int i) { answers[i] = Ask(absl::StrCat(i % 5 == 0 ? "bad " : "good ", i)); };
  // Two calls are under way before the others come.
  for (int i = 0; i < 2; ++i) {
    askers.emplace_back(ask, i);
    service_.AwaitCalls(static_cast<size_t>(i) + 1);
  }
  for (int i = 2; i < kAskers; ++i) askers.emplace_back(ask, i);
  // Nobody can tell from outside that all of them wait; those who come later only travel later.
  std::this_thread::yield();
  service_.Let(true);
  for (std::thread& asker : askers) asker.join();
  for (int i = 0; i < kAskers; ++i) {
    EXPECT_EQ(answers[i], i % 5 == 0 ? "SIGNATURE_REFUSED" : absl::StrCat("signer of good ", i));
  }
  int documents = 0;
  for (const int size : service_.sizes()) {
    EXPECT_LE(size, 64);
    documents += size;
  }
  EXPECT_EQ(documents, kAskers) << "each was asked about once";
}

TEST_F(RemoteVerifierTest, AnIdleServiceIsAskedAtOnce) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask("good"), "signer of good");
  EXPECT_EQ(service_.sizes(), (std::vector<int>{1, 1, 1}));
}

TEST_F(RemoteVerifierTest, AMissingVerdictIsNoVerdict) {
  service_.Forget();
  EXPECT_EQ(Ask("good"), "SIGNATURE_SERVICE_AWAY");
}

}  // namespace
}  // namespace jodal::document_client
