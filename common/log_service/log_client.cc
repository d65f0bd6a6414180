#include "common/log_service/log_client.h"

#include <grpcpp/grpcpp.h>

#include <deque>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/log_service/errors.h"
#include "common/log_service/log_service.h"
#include "common/rpc/status.h"
#include "jodal/log/v1/log.grpc.pb.h"

namespace jodal::log_service {
namespace {

namespace pb = jodal::log::v1;
using ledger::LoggedEntry;

constexpr absl::Duration kWait = absl::Seconds(1);
constexpr size_t kBufferEntriesMax = 256;  // past it reading pauses until some are taken

class Stream : public grpc::ClientReadReactor<pb::LogEntry> {
 public:
  Stream(pb::LogService::Stub* stub, const std::string& service,
         const std::vector<std::string>& types, uint64_t begin)
      : next_(begin) {
    for (const auto& [key, value] : LogMetadata(service)) context_.AddMetadata(key, value);
    request_.set_begin(begin);
    for (const std::string& type : types) request_.add_types(type);
    stub->async()->WatchEntries(&context_, &request_, this);
    StartRead(&entry_);
    AddHold();  // reads may be started from outside of reactions
    StartCall();
  }

  ~Stream() override {
    context_.TryCancel();
    Resume(0);
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&done_));
  }

  uint64_t next() const { return next_; }

  absl::StatusOr<std::vector<LoggedEntry>> Take(size_t limit) {
    std::vector<LoggedEntry> out;
    {
      absl::MutexLock lock(&mu_);
      const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return done_ || !buffer_.empty();
      };
      mu_.AwaitWithTimeout(absl::Condition(&ready), kWait);
      while (!buffer_.empty() && out.size() < limit) {
        const LoggedEntry& entry = buffer_.front();
        // Only a stream of some types leaves entries out.
        const bool in_order = entry.entry.empty() ? request_.types_size() > 0 && entry.seq >= next_
                                                  : entry.seq == next_;
        if (!in_order) {
          return MakeError(kErrors["LOG_GAP"],
                           absl::StrCat("expected entry ", next_, ", got ", entry.seq));
        }
        next_ = entry.seq + 1;
        out.push_back(std::move(buffer_.front()));
        buffer_.pop_front();
      }
      if (out.empty() && done_) return status_;
    }
    Resume(kBufferEntriesMax / 2);
    return out;
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      RemoveHold();
      return;
    }
    bool go_on = false;
    {
      absl::MutexLock lock(&mu_);
      buffer_.push_back({.seq = entry_.seq(),
                         .entry = entry_.entry(),
                         .body = entry_.body(),
                         .is_public = entry_.is_public()});
      paused_ = buffer_.size() >= kBufferEntriesMax;
      go_on = !paused_;
    }
    if (go_on) StartRead(&entry_);
  }

  void OnDone(const grpc::Status& status) override {
    absl::Status error = rpc::FromGrpcStatus(status);
    if (error.ok()) error = absl::UnavailableError("the log's stream ended");
    absl::MutexLock lock(&mu_);
    status_ = std::move(error);
    done_ = true;
  }

 private:
  // Reads on if reading is paused and at most `left` entries wait, or none shall (0: always).
  void Resume(size_t left) {
    {
      absl::MutexLock lock(&mu_);
      if (!paused_ || (left > 0 && buffer_.size() > left)) return;
      paused_ = false;
    }
    StartRead(&entry_);
  }

  grpc::ClientContext context_;
  pb::WatchEntriesRequest request_;
  pb::LogEntry entry_;  // the read under way fills it
  uint64_t next_;       // the fetching thread's
  absl::Mutex mu_;
  std::deque<LoggedEntry> buffer_ ABSL_GUARDED_BY(mu_);
  bool paused_ ABSL_GUARDED_BY(mu_) = false;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
};

// What the copies of one fetch function share.
class Feed {
 public:
  Feed(std::function<std::shared_ptr<grpc::Channel>()> channel, std::string service,
       std::vector<std::string> types)
      : channel_(std::move(channel)), service_(std::move(service)), types_(std::move(types)) {}

  absl::StatusOr<std::vector<LoggedEntry>> Fetch(uint64_t begin, size_t limit) {
    if (stub_ == nullptr) stub_ = pb::LogService::NewStub(channel_());
    if (stream_ == nullptr || stream_->next() != begin) {
      stream_.reset();
      stream_ = std::make_unique<Stream>(stub_.get(), service_, types_, begin);
    }
    auto entries = stream_->Take(limit);
    if (!entries.ok()) stream_.reset();
    return entries;
  }

 private:
  const std::function<std::shared_ptr<grpc::Channel>()> channel_;
  const std::string service_;
  const std::vector<std::string> types_;
  std::unique_ptr<pb::LogService::Stub> stub_;
  std::unique_ptr<Stream> stream_;
};

ledger::Follower::Fetch FetchWith(std::function<std::shared_ptr<grpc::Channel>()> channel,
                                  std::string service, std::vector<std::string> types) {
  auto feed = std::make_shared<Feed>(std::move(channel), std::move(service), std::move(types));
  return [feed](uint64_t begin, size_t limit) { return feed->Fetch(begin, limit); };
}

}  // namespace

std::map<std::string, std::string> LogMetadata(const std::string& service) {
  return {{kLogMetadata, service}};
}

ledger::Follower::Fetch RemoteLogFetch(std::shared_ptr<grpc::Channel> channel, std::string service,
                                       std::vector<std::string> types) {
  return FetchWith([channel = std::move(channel)] { return channel; }, std::move(service),
                   std::move(types));
}

ledger::Follower::Fetch RemoteLogFetch(rpc::Peers* peers, std::string service,
                                       std::vector<std::string> types) {
  const std::string name = service;
  return FetchWith([peers, name] { return peers->Channel(name); }, std::move(service),
                   std::move(types));
}

}  // namespace jodal::log_service
