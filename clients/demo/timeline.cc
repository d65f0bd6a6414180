#include "clients/demo/timeline.h"

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

absl::Status CheckTimeline(const std::vector<TimelineItem>& items, const Steps& steps) {
  struct Expected {
    const char* type;
    int count;
    const char* after;  // the step that it follows from
  };
  // A service learns of the others' steps by following their logs, so neighbours here need not be
  // in order: shares may be released before the tender service has heard of the close.
  const Expected expected[] = {
      {"tender.created", 1, nullptr},
      {"notice.submitted", 1, "tender.created"},
      {"notice.approved", 1, "notice.submitted"},
      {"box.created", 1, "notice.approved"},
      {"notice.published", 1, "box.created"},
      {"bid.received", steps.bids, "notice.published"},
      {"box.closed", 1, "bid.received"},
      {"tender.closed", 1, "box.closed"},
      {"share.released", steps.releases, "box.closed"},
      {"bid.opened", steps.bids, "share.released"},
      {"opening.completed", 1, "bid.opened"},
      {"tender.opened", 1, "opening.completed"},
      {"tender.evaluated", 1, "tender.opened"},
      {"award.decided", 1, "tender.evaluated"},
      {"contract.prepared", 1, "award.decided"},
      {"contract.offered", 1, "contract.prepared"},
      {"contract.consented", 1, "contract.offered"},
      {"contract.formed", 1, "contract.consented"},
      {"delivery.reported", 1, "contract.formed"},
      {"delivery.inspected", 1, "delivery.reported"},
      {"payable.recorded", 1, "delivery.inspected"},
      {"invoice.created", 1, "payable.recorded"},
      {"payment.approved", 2, "invoice.created"},
      {"payment.ordered", 1, "payment.approved"},
      {"payment.settled", 1, "payment.ordered"},
  };
  // Each log has its own sequence; commit times order what happened between them.
  struct Found {
    int count = 0;
    int64_t first_ns = std::numeric_limits<int64_t>::max();
  };
  std::map<std::string, Found> found;
  for (const TimelineItem& item : items) {
    Found& step = found[item.type()];
    ++step.count;
    step.first_ns = std::min(step.first_ns, item.commit_time_ns());
  }
  for (const Expected& step : expected) {
    const Found& here = found[step.type];
    if (here.count != step.count) {
      return Mismatch(absl::StrCat("timeline count of ", step.type), absl::StrCat(step.count),
                      absl::StrCat(here.count));
    }
    if (step.after != nullptr && here.first_ns < found[step.after].first_ns) {
      return Mismatch(absl::StrCat("timeline place of ", step.type),
                      absl::StrCat("after ", step.after), "before it");
    }
  }
  return absl::OkStatus();
}

}  // namespace jodal::demo
