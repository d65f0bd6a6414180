#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/bundle/export.h"
#include "clients/bundle/verify.h"
#include "clients/demo/log_check.h"
#include "clients/demo/play.h"
#include "clients/install/install.h"
#include "common/status/error.h"
#include "procurement/services.h"

namespace jodal::demo {

absl::Status Play::CompareWithFixture() {
  const auto same = [](absl::string_view field, int64_t expected, int64_t actual) {
    return expected == actual ? absl::OkStatus()
                              : Mismatch(field, absl::StrCat(expected), absl::StrCat(actual));
  };
  const int count = result_.bids;
  const auto& lot = evaluation_.lots(0);
  RETURN_IF_ERROR(same("valid bids", count, lot.valid_bids()));
  RETURN_IF_ERROR(same("bids ranked and excluded", count, result_.ranked + result_.excluded));
  if (!fixture_.chosen_numbers.empty()) {
    std::vector<int> chosen(lot.chosen().begin(), lot.chosen().end());
    std::sort(chosen.begin(), chosen.end());
    for (size_t at = 0; at < fixture_.chosen_numbers.size(); ++at) {
      RETURN_IF_ERROR(
          same("chosen numbers", fixture_.chosen_numbers[at], at < chosen.size() ? chosen[at] : 0));
    }
  }
  if (fixture_.expected.has_value()) {
    const Fixture::Expected& e = *fixture_.expected;
    RETURN_IF_ERROR(same("planned price", e.planned_krw, result_.planned_price));
    RETURN_IF_ERROR(same("floor", e.floor_krw, result_.floor));
    RETURN_IF_ERROR(same("net planned price", e.net_planned_krw.value_or(0), lot.net_planned()));
    RETURN_IF_ERROR(
        same("net-cost limit", e.net_cost_limit_krw.value_or(0), result_.net_cost_limit));
    if (e.binding != result_.binding_limit) {
      return Mismatch("binding limit", e.binding, result_.binding_limit);
    }
    RETURN_IF_ERROR(same("ranked", e.in_range, result_.ranked));
    RETURN_IF_ERROR(same("excluded", count - e.in_range, result_.excluded));
    RETURN_IF_ERROR(same("first amount", e.first_amount_krw, result_.first_amount));
  }
  std::map<std::string, int> bid_of;  // by submission
  for (int at = 0; at < count; ++at) bid_of[sent_[at].sealed->submission_id] = at;
  for (const auto& row : lot.rows()) {
    const auto bid = bid_of.find(row.submission_id());
    if (bid == bid_of.end()) return Mismatch("bidder", "one of the replay", row.supplier_id());
    const Fixture::Bid& published = fixture_.bids[bid->second];
    RETURN_IF_ERROR(same("amount of a bid", published.amount_krw, row.amount()));
    if (published.rank.has_value()) {
      RETURN_IF_ERROR(
          same(absl::StrCat("rank of ", row.amount()), std::max(*published.rank, 0), row.rank()));
    }
    if (row.place() == 1) {
      winner_ = bid->second;
      if (row.supplier_id() != lot.candidates(0).supplier_id()) {
        return Mismatch("supplier of the candidate", row.supplier_id(),
                        lot.candidates(0).supplier_id());
      }
    }
  }
  if (lot.outcome() != "award" || winner_ < 0) {
    return Mismatch("outcome", "award", lot.outcome_detail());
  }
  return absl::OkStatus();
}

absl::Status Play::CheckTimelineAgainst(const LiveTimeline& live) {
  run_.Stage("timeline checked", 1);
  // The monitor follows each log by itself: it has all of them when it is as far as their heads.
  std::map<std::string, uint64_t> heads;
  for (const std::string& service : install::Stores()) {
    if (procurement::FindService(service)->follows == procurement::kEveryLog) continue;
    ASSIGN_OR_RETURN(const auto log, LogIdentityOf(run_, service));
    ASSIGN_OR_RETURN(const auto head, run_.Patiently([&] { return client().Checkpoint(service); }));
    ASSIGN_OR_RETURN(const auto checkpoint, log::OpenCheckpoint(head.checkpoint(), log));
    heads[service] = checkpoint.size;
  }
  RETURN_IF_ERROR(run_.Await("the monitor to follow", [&]() -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(
        const auto status,
        run_.Ask(client().tracking(), &tracking::v1::TrackingService::Stub::GetMonitorStatus,
                 tracking::v1::GetMonitorStatusRequest()));
    size_t reached = 0;
    for (const auto& followed : status.logs()) {
      if (!followed.problem().empty()) {
        return Mismatch(absl::StrCat("log of ", followed.service()), "consistent",
                        followed.problem());
      }
      const auto head = heads.find(followed.service());
      if (head != heads.end() && followed.size() >= head->second) ++reached;
    }
    return reached == heads.size();
  }));
  ASSIGN_OR_RETURN(const auto items, ListTimeline(run_, tender_id_));
  std::vector<uint64_t> listed;
  for (const auto& item : items) listed.push_back(item.sequence());
  RETURN_IF_ERROR(CheckTimeline(items, {result_.bids, kQuorum}));
  RETURN_IF_ERROR(run_.Await("the live timeline", [&]() -> absl::StatusOr<bool> {
    return live.Seen().size() >= listed.size();
  }));
  if (live.Seen() != listed) {
    return Mismatch("items seen live", absl::StrCat(listed.size(), " in order"),
                    absl::StrCat(live.Seen().size(), ", not the same"));
  }
  result_.timeline_items = static_cast<int>(listed.size());
  run_.Report("timeline checked", 1, 1);
  return absl::OkStatus();
}

absl::Status Play::CheckReceipts() {
  run_.Stage("receipts verified", result_.bids);
  ASSIGN_OR_RETURN(const sdk::CheckedLog log, ReadLog(run_, "bidding"));
  std::map<uint64_t, int> by_seq;
  for (const Sent& sent : sent_) {
    RETURN_IF_ERROR(log.CheckReceipt(sent.answer.receipt()));
    if (++by_seq[sent.answer.receipt().seq()] > 1) {
      return Mismatch("entry of a receipt", "one bid's", "two bids'");
    }
    run_.Report("receipts verified", ++result_.receipts_verified, result_.bids);
  }
  for (const std::string& service : install::Stores()) {
    ASSIGN_OR_RETURN(const auto identity, LogIdentityOf(run_, service));
    ASSIGN_OR_RETURN(const auto head, run_.Patiently([&] { return client().Checkpoint(service); }));
    ASSIGN_OR_RETURN(const auto checkpoint, log::OpenCheckpoint(head.checkpoint(), identity));
    result_.log_entries += static_cast<int64_t>(checkpoint.size);
  }
  return absl::OkStatus();
}

absl::Status Play::ExportAndVerify() {
  run_.Stage("bundle exported", 1);
  const std::string& dir = run_.options().dir;
  result_.bundle = run_.options().bundle_dir.empty() ? absl::StrCat(dir, "/bundles/", tender_id_)
                                                     : run_.options().bundle_dir;
  result_.trust = install::TrustDir(dir);
  sdk::Identity auditor = cast_->auditor;
  RETURN_IF_ERROR(run_.Patiently(
      [&] { return bundle::ExportBundle(client(), auditor, tender_id_, result_.bundle); }));
  run_.Report("bundle exported", 1, 1);
  run_.Stage("bundle verified offline", 1);
  ASSIGN_OR_RETURN(const bundle::Trust trust, bundle::Trust::Load(result_.trust));
  ASSIGN_OR_RETURN(const bundle::Report report, bundle::VerifyBundle(result_.bundle, trust));
  const bundle::Report::Lot lot =
      report.results.empty() ? bundle::Report::Lot() : report.results[0];
  if (lot.planned_price != result_.planned_price || lot.ranked != result_.ranked ||
      lot.award_supplier_id != result_.awarded_to) {
    return Mismatch("result of the bundle", absl::StrCat(result_.planned_price),
                    absl::StrCat(lot.planned_price));
  }
  run_.Report("bundle verified offline", 1, 1);
  return absl::OkStatus();
}

}  // namespace jodal::demo
