#include "clients/demo/report.h"

#include <chrono>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/money/money.h"
#include "nlohmann/json.hpp"

namespace jodal::demo {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(50);

// On a terminal a thread of its own moves the clock of the line: a stage may be one long step.
class Printer {
 public:
  Printer(FILE* out, bool terminal) : out_(out), terminal_(terminal) {
    if (terminal) ticker_ = std::thread([this] { Tick(); });
  }
  ~Printer() {
    {
      absl::MutexLock lock(&mu_);
      stopping_ = true;
    }
    if (ticker_.joinable()) ticker_.join();
    absl::MutexLock lock(&mu_);
    Finish();
  }

  void Show(const Progress& progress) {
    absl::MutexLock lock(&mu_);
    const auto now = std::chrono::steady_clock::now();
    if (progress.stage != stage_) {
      Finish();
      stage_ = progress.stage;
      start_ = now;
      drawn_ = {};
      if (!terminal_) Print(absl::StrFormat("%s ...\n", stage_));
    }
    last_ = progress;
    if (terminal_ && now - drawn_ >= kRedraw) Draw(now);
  }

 private:
  void Tick() {
    absl::MutexLock lock(&mu_);
    const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return stopping_; };
    while (!mu_.AwaitWithTimeout(absl::Condition(&stopping), absl::FromChrono(2 * kRedraw))) {
      if (!stage_.empty()) Draw(std::chrono::steady_clock::now());
    }
  }
  void Draw(std::chrono::steady_clock::time_point now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    drawn_ = now;
    Print(absl::StrFormat("\r\x1b[K  %-34s %s  %5.1f s", stage_, Count(), Seconds(now)));
  }
  std::string Count() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (last_.total <= 0) return absl::StrFormat("%9s", "");
    return absl::StrFormat("%4d/%-4d", last_.done, last_.total);
  }
  double Seconds(std::chrono::steady_clock::time_point now) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return std::chrono::duration<double>(now - start_).count();
  }
  void Finish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (stage_.empty()) return;
    const double seconds = Seconds(std::chrono::steady_clock::now());
    Print(absl::StrFormat("%s  %-34s %s  %5.1f s\n", terminal_ ? "\r\x1b[K" : "", stage_, Count(),
                          seconds));
    stage_.clear();
  }
  void Print(const std::string& text) {
    std::fputs(text.c_str(), out_);
    std::fflush(out_);
  }

  FILE* const out_;
  const bool terminal_;
  absl::Mutex mu_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::string stage_ ABSL_GUARDED_BY(mu_);
  Progress last_ ABSL_GUARDED_BY(mu_);
  std::chrono::steady_clock::time_point start_ ABSL_GUARDED_BY(mu_);
  std::chrono::steady_clock::time_point drawn_ ABSL_GUARDED_BY(mu_);
  std::thread ticker_;
};

std::string Won(int64_t amount) { return money::FormatAmount(amount); }

std::string Line(absl::string_view name, absl::string_view value) {
  return absl::StrFormat("  %-22s %s\n", name, value);
}

}  // namespace

std::function<void(const Progress&)> PrintProgress(FILE* out, bool terminal) {
  auto printer = std::make_shared<Printer>(out, terminal);
  return [printer](const Progress& progress) { printer->Show(progress); };
}

std::string ToTables(const ReplayResult& r, int rows) {
  std::string out;
  absl::StrAppend(&out, "\n", r.title, "\n");
  absl::StrAppend(&out, Line("tender", absl::StrCat(r.tender, " (replays ", r.reference, ")")));
  absl::StrAppend(
      &out, Line("deadline", absl::StrCat(r.deadline, r.original_dates ? ""
                                                                       : " (moved: the clock was "
                                                                         "past the original)")));
  absl::StrAppend(&out, Line("rule set", r.rule_set));
  absl::StrAppend(&out, Line("prices", r.price_source == "entered"
                                           ? "made elsewhere, entered"
                                           : "drawn verifiably from the bidders' nonces"));

  absl::StrAppend(&out, "\n  no.   preliminary price   drawn\n");
  for (const auto& price : r.prices) {
    absl::StrAppend(&out, absl::StrFormat("  %3d %19s %7d%s\n", price.number, Won(price.amount),
                                          price.drawn, price.chosen ? "  chosen" : ""));
  }
  absl::StrAppend(
      &out, "\n", Line("planned price", Won(r.planned_price)),
      Line("floor", absl::StrCat(Won(r.floor), r.binding_limit == "floor" ? "  binds" : "")));
  if (r.net_cost_limit != 0) {
    absl::StrAppend(
        &out, Line("net-cost limit", absl::StrCat(Won(r.net_cost_limit),
                                                  r.binding_limit == "floor" ? "" : "  binds")));
  }
  absl::StrAppend(&out, Line("bids", absl::StrCat(r.bids, ": ", r.ranked, " ranked, ", r.excluded,
                                                  " excluded")));

  absl::StrAppend(&out, "\n  rank  supplier         amount (KRW)     rate %  remark\n");
  int shown = 0;
  for (const auto& row : r.ranking) {
    if (shown++ == rows) break;
    absl::StrAppend(&out,
                    absl::StrFormat("  %4s  %-12s %16s  %3d.%03d  %s\n",
                                    row.rank == 0 ? "-" : absl::StrCat(row.rank), row.supplier_id,
                                    Won(row.amount), row.bid_rate_milli_percent / 1000,
                                    row.bid_rate_milli_percent % 1000, row.remark));
  }
  if (static_cast<int>(r.ranking.size()) > rows) {
    absl::StrAppend(&out, "  ... ", static_cast<int>(r.ranking.size()) - rows, " more\n");
  }

  absl::StrAppend(
      &out, "\n", Line("awarded to", absl::StrCat(r.awarded_to, " for ", Won(r.first_amount))),
      Line("contract", absl::StrCat(r.contract, "  ", r.contract_state)),
      Line("payment", absl::StrCat(r.payment, "  ", r.payment_state)),
      Line("receipts verified", absl::StrCat(r.receipts_verified)),
      Line("timeline", absl::StrCat(r.timeline_items, " items, all seen live")),
      Line("log entries", absl::StrCat(r.log_entries)),
      Line("bids per second", absl::StrFormat("%.0f", r.bids_per_second)),
      Line("time", absl::StrFormat("%.1f s", r.seconds)),
      Line("bundle", absl::StrCat(r.bundle, "  (verified offline)")), Line("trust", r.trust));
  return out;
}

std::string ToJson(const ReplayResult& r) {
  nlohmann::ordered_json out = {
      {"tender", r.tender},
      {"reference", r.reference},
      {"title", r.title},
      {"rule_set", r.rule_set},
      {"price_source", r.price_source},
      {"original_dates", r.original_dates},
      {"deadline", r.deadline},
      {"planned_price", r.planned_price},
      {"floor", r.floor},
      {"net_cost_limit", r.net_cost_limit},
      {"binding_limit", r.binding_limit},
      {"bids", r.bids},
      {"ranked", r.ranked},
      {"excluded", r.excluded},
      {"first_amount", r.first_amount},
      {"awarded_to", r.awarded_to},
      {"contract", r.contract},
      {"contract_state", r.contract_state},
      {"payment", r.payment},
      {"payment_state", r.payment_state},
      {"receipts_verified", r.receipts_verified},
      {"timeline_items", r.timeline_items},
      {"log_entries", r.log_entries},
      {"bids_per_second", r.bids_per_second},
      {"seconds", r.seconds},
      {"bundle", r.bundle},
      {"trust", r.trust},
      {"prices", nlohmann::ordered_json::array()},
      {"ranking", nlohmann::ordered_json::array()},
  };
  for (const auto& price : r.prices) {
    out["prices"].push_back({{"number", price.number},
                             {"amount", price.amount},
                             {"drawn", price.drawn},
                             {"chosen", price.chosen}});
  }
  for (const auto& row : r.ranking) {
    out["ranking"].push_back({{"rank", row.rank},
                              {"supplier", row.supplier_id},
                              {"amount", row.amount},
                              {"bid_rate_milli_percent", row.bid_rate_milli_percent},
                              {"remark", row.remark}});
  }
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace jodal::demo
