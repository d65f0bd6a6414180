#include "clients/cli/demo/timeline.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace jodal::demo {
namespace {

using tracking::v1::TimelineItem;
using tracking::v1::TrackingService;

constexpr int kPage = 1000;
constexpr absl::Duration kReconnect = absl::Milliseconds(100);

}  // namespace

LiveTimeline::LiveTimeline(Run& run, std::string tender_id)
    : run_(run), tender_id_(std::move(tender_id)), thread_([this] { Follow(); }) {}

LiveTimeline::~LiveTimeline() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
    if (stream_ != nullptr) stream_->TryCancel();
  }
  thread_.join();
}

std::vector<uint64_t> LiveTimeline::Seen() const {
  absl::MutexLock lock(&mu_);
  return seen_;
}

void LiveTimeline::Follow() {
  while (true) {
    tracking::v1::WatchTimelineRequest request;
    request.set_tender_id(tender_id_);
    grpc::ClientContext* stream;
    {
      absl::MutexLock lock(&mu_);
      if (stopping_) return;
      if (!seen_.empty()) request.set_after(seen_.back());
      stream_ = std::make_unique<grpc::ClientContext>();
      stream_->set_wait_for_ready(true);
      stream = stream_.get();
    }
    const auto reader = run_.client().tracking().WatchTimeline(stream, request);
    TimelineItem item;
    while (reader->Read(&item)) {
      absl::MutexLock lock(&mu_);
      seen_.push_back(item.sequence());
    }
    (void)reader->Finish();  // the server went away, or this object is being destroyed
    absl::SleepFor(kReconnect);
  }
}

absl::StatusOr<std::vector<TimelineItem>> ListTimeline(Run& run, const std::string& tender_id) {
  std::vector<TimelineItem> out;
  while (true) {
    tracking::v1::ListTimelineRequest request;
    request.set_tender_id(tender_id);
    request.set_after(out.empty() ? 0 : out.back().sequence());
    request.set_limit(kPage);
    ASSIGN_OR_RETURN(
        auto page, run.Ask(run.client().tracking(), &TrackingService::Stub::ListTimeline, request));
    if (page.items().empty()) return out;
    for (auto& item : *page.mutable_items()) out.push_back(std::move(item));
  }
}

absl::Status CheckTimeline(std::vector<TimelineItem> items, const Steps& steps) {
  const std::vector<std::pair<std::string, int>> expected = {
      {"tender.created", 1},      {"notice.submitted", 1},   {"notice.approved", 1},
      {"box.created", 1},         {"notice.published", 1},   {"bid.received", steps.bids},
      {"box.closed", 1},          {"tender.closed", 1},      {"share.released", steps.releases},
      {"bid.opened", steps.bids}, {"opening.completed", 1},  {"tender.opened", 1},
      {"tender.evaluated", 1},    {"award.decided", 1},      {"contract.prepared", 1},
      {"contract.offered", 1},    {"contract.consented", 1}, {"contract.formed", 1},
      {"delivery.reported", 1},   {"delivery.inspected", 1}, {"payable.recorded", 1},
      {"invoice.created", 1},     {"payment.approved", 2},   {"payment.ordered", 1},
      {"payment.settled", 1},
  };
  // Each log has its own sequence; commit times order what happened between them.
  struct Step {
    int count = 0;
    int64_t first_ns = std::numeric_limits<int64_t>::max();
  };
  std::map<std::string, Step> found;
  for (const TimelineItem& item : items) {
    Step& step = found[item.type()];
    ++step.count;
    step.first_ns = std::min(step.first_ns, item.commit_time_ns());
  }
  int64_t before_ns = 0;
  std::string before = "the beginning";
  for (const auto& [type, count] : expected) {
    const Step& step = found[type];
    if (step.count != count) {
      return Mismatch(absl::StrCat("timeline count of ", type), absl::StrCat(count),
                      absl::StrCat(step.count));
    }
    if (step.first_ns < before_ns) {
      return Mismatch(absl::StrCat("timeline place of ", type), absl::StrCat("after ", before),
                      "before it");
    }
    before_ns = step.first_ns;
    before = type;
  }
  return absl::OkStatus();
}

}  // namespace jodal::demo
