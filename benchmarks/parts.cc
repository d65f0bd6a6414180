#include "benchmarks/parts.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "benchmarks/cpu.h"
#include "common/kv/backend.h"
#include "common/pki/certificate.h"
#include "common/pki/cms_reader.h"
#include "common/pki/ready_key.h"
#include "common/status/macros.h"
#include "jodal/bidding/v1/bidding.grpc.pb.h"

namespace jodal::bench {
namespace {

namespace fs = std::filesystem;

constexpr size_t kEchoCalls = 40000;
constexpr int kEchoInFlight = 256;
constexpr int kEchoChannels = 4;
constexpr size_t kRecords = 40000;
constexpr size_t kRecordsPerBatch = 64;
constexpr size_t kVerifications = 4000;

class Echo : public bidding::v1::BiddingService::CallbackService {
 public:
  explicit Echo(size_t response_bytes) {
    // As a receipt: most of it is the proof.
    answer_.set_submission_id(std::string(32, 'a'));
    answer_.set_submission_digest(std::string(64, 'b'));
    answer_.mutable_receipt()->set_entry(std::string(150, 'e'));
    const size_t so_far = answer_.ByteSizeLong();
    if (response_bytes > so_far) {
      answer_.mutable_receipt()->set_proof(std::string(response_bytes - so_far, 'p'));
    }
  }
  grpc::ServerUnaryReactor* SubmitBid(grpc::CallbackServerContext* context,
                                      const bidding::v1::SubmitBidRequest*,
                                      bidding::v1::SubmitBidResponse* response) override {
    *response = answer_;
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  bidding::v1::SubmitBidResponse answer_;
};

// Closed loop over the generic stub, as the load generator.
absl::Status CallEcho(const Corpus& corpus, const std::string& address) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (int i = 0; i < kEchoChannels; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    channels.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    if (!channels.back()->WaitForConnected(std::chrono::system_clock::now() +
                                           std::chrono::seconds(20))) {
      return absl::UnavailableError("the echo does not answer");
    }
    stubs.push_back(std::make_unique<grpc::GenericStub>(channels.back()));
  }
  struct Sent {
    grpc::ClientContext context;
    grpc::ByteBuffer request, response;
  };
  std::vector<std::unique_ptr<Sent>> sent(kEchoCalls);
  const std::string token = absl::StrCat("Bearer ", std::string(600, 't'));
  for (size_t i = 0; i < kEchoCalls; ++i) {
    sent[i] = std::make_unique<Sent>();
    sent[i]->context.AddMetadata("authorization", token);
    const std::string& bytes = corpus.bids[i % corpus.bids.size()].request;
    const grpc::Slice slice(bytes.data(), bytes.size());
    sent[i]->request = grpc::ByteBuffer(&slice, 1);
  }
  std::atomic<size_t> next = kEchoInFlight;
  std::atomic<size_t> done = 0;
  std::atomic<bool> failed = false;
  absl::Notification finished;
  std::function<void(size_t)> send = [&](size_t i) {
    stubs[i % stubs.size()]->UnaryCall(
        &sent[i]->context, "/jodal.bidding.v1.BiddingService/SubmitBid", grpc::StubOptions(),
        &sent[i]->request, &sent[i]->response, [&, i](grpc::Status status) {
          if (!status.ok()) failed = true;
          sent[i].reset();
          const size_t following = next.fetch_add(1);
          if (following < kEchoCalls) send(following);
          if (done.fetch_add(1) + 1 == kEchoCalls) finished.Notify();
        });
  };
  for (size_t i = 0; i < kEchoInFlight; ++i) send(i);
  finished.WaitForNotification();
  return failed ? absl::InternalError("the echo failed") : absl::OkStatus();
}

absl::Status MeasureEcho(const Corpus& corpus, const std::string& dir, const std::string& self,
                         size_t response_bytes, Parts* parts) {
  const std::string address = absl::StrCat("unix:", dir, "/echo.sock");
  std::string verb = "echo-server", where = address, size = absl::StrCat(response_bytes);
  char* argv[] = {const_cast<char*>(self.c_str()), verb.data(), where.data(), size.data(), nullptr};
  pid_t pid = 0;
  if (posix_spawn(&pid, self.c_str(), nullptr, nullptr, argv, environ) != 0) {
    return absl::UnavailableError("cannot start the echo");
  }
  const double client_before = CpuSeconds(RUSAGE_SELF);
  const double children_before = CpuSeconds(RUSAGE_CHILDREN);
  const absl::Status called = CallEcho(corpus, address);
  const double client = CpuSeconds(RUSAGE_SELF) - client_before;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  const double server = CpuSeconds(RUSAGE_CHILDREN) - children_before;
  parts->echo_us = (client + server) * 1e6 / kEchoCalls;
  parts->echo_server_us = server * 1e6 / kEchoCalls;
  return called;
}

absl::Status MeasureVerification(const Corpus& corpus, Parts* parts) {
  struct Ready {
    pki::ReadyKey key;
    std::string signature;
    pki::CmsSignature cms;
  };
  std::vector<std::unique_ptr<Ready>> ready;
  for (size_t i = 0; i < std::min<size_t>(200, corpus.bids.size()); ++i) {
    bidding::v1::SubmitBidRequest request;
    if (!request.ParseFromString(corpus.bids[i].request)) return absl::DataLossError("corpus");
    ASSIGN_OR_RETURN(auto certificate,
                     pki::Certificate::FromDer(corpus.certs[corpus.bids[i].supplier]));
    ready.push_back(std::unique_ptr<Ready>(
        new Ready{pki::ReadyKey(certificate.public_key()), request.seal().signature(), {}}));
    ASSIGN_OR_RETURN(ready.back()->cms, pki::ReadCms(ready.back()->signature));
  }
  const double before = CpuSeconds(RUSAGE_THREAD);
  for (size_t i = 0; i < kVerifications; ++i) {
    const Ready& r = *ready[i % ready.size()];
    if (!r.key.Verifies(r.cms.scheme, r.cms.hash, r.cms.signed_attrs_der, r.cms.signature)) {
      return absl::InternalError("a signature of the corpus does not verify");
    }
  }
  parts->verify_us = (CpuSeconds(RUSAGE_THREAD) - before) * 1e6 / kVerifications;
  return absl::OkStatus();
}

absl::Status MeasureRecord(const Corpus& corpus, const std::string& dir, Parts* parts) {
  fs::remove_all(dir + "/parts-db");
  fs::create_directories(dir + "/parts-db");
  ASSIGN_OR_RETURN(auto store, kv::OpenRocksBackend({.path = dir + "/parts-db"}));
  const double before = CpuSeconds(RUSAGE_SELF);
  for (size_t i = 0; i < kRecords;) {
    kv::WriteBatch batch;
    for (size_t n = 0; n < kRecordsPerBatch; ++n, ++i) {
      batch.ops.push_back({absl::StrCat("bid/", i), corpus.bids[i % corpus.bids.size()].request});
    }
    RETURN_IF_ERROR(store->Write(batch));
  }
  parts->record_us = (CpuSeconds(RUSAGE_SELF) - before) * 1e6 / kRecords;
  store.reset();
  fs::remove_all(dir + "/parts-db");
  return absl::OkStatus();
}

}  // namespace

int ServeEcho(const std::string& address, size_t response_bytes) {
  Echo echo(response_bytes);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  server->Wait();
  return 0;
}

absl::StatusOr<Parts> MeasureParts(const Corpus& corpus, const std::string& dir,
                                   const std::string& self, size_t response_bytes) {
  Parts parts;
  fs::create_directories(dir);
  RETURN_IF_ERROR(MeasureEcho(corpus, dir, self, response_bytes, &parts));
  RETURN_IF_ERROR(MeasureVerification(corpus, &parts));
  RETURN_IF_ERROR(MeasureRecord(corpus, dir, &parts));
  return parts;
}

}  // namespace jodal::bench
