// The bids of one supplier in all tenders. They lie in the shards of their boxes, in each of them
// as one range (store/bidding_store.h): a list is put together from all shards when it is asked
// for. So it is never behind, nothing is written for it, and nobody but the supplier is ever shown
// it.
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/status/macros.h"
#include "services/bidding/engine/bidding_engine.h"
#include "services/bidding/engine/internal.h"
#include "services/kit/page.h"

namespace jodal::bidding {
namespace {

using store::v1::BoxRecord;
using store::v1::SupplierRecord;

struct Own {
  std::string box_id;
  SupplierRecord::Bid bid;
};

std::string PositionOf(const Own& own) {
  return absl::StrFormat("%016x/%s/%06d", own.bid.arrival_time_ns(), own.box_id,
                         own.bid.notice_version());
}

absl::Status FillState(const kv::Reader& reader, const BoxRecord& box,
                       const SupplierRecord::Bid& bid, v1::OwnBid* out) {
  out->set_state(v1::OwnBid::SEALED);
  if (bid.cancelled()) {
    out->set_state(v1::OwnBid::CANCELLED);
  } else if (bid.notice_version() != box.notice_version()) {
    out->set_state(v1::OwnBid::SUPERSEDED);
  } else if (store::StateOf(box) == State::kOpened) {
    ASSIGN_OR_RETURN(
        const auto opened,
        store::kOpened.Find(
            reader, absl::StrCat(store::VersionPrefix(box),
                                 store::OrderKey(bid.arrival_time_ns(), bid.submission_digest()))));
    if (!opened.has_value()) return RecordMissingError("opened bid");
    out->set_void_reason(opened->bid().void_reason());
    out->set_state(out->void_reason().empty() ? v1::OwnBid::OPENED : v1::OwnBid::VOID);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status BiddingEngine::ListOwnBids(const rpc::Call& call,
                                        const v1::ListOwnBidsRequest& request,
                                        v1::ListOwnBidsResponse* response) {
  ASSIGN_OR_RETURN(const size_t size,
                   kit::PageSize(request.page_size(), kOwnBidsPageDefault, kOwnBidsPageMax));
  const std::string& supplier_id = call.caller.user.organization_id;
  const std::string filter = absl::StrCat("own bids\n", supplier_id);
  ASSIGN_OR_RETURN(const std::string last,
                   kit::OpenPageToken(context_.page_key, filter, request.page_token()));

  // The page by position, newest first, and one more to know whether there is a next page.
  std::map<std::string, Own, std::greater<>> page;
  for (int shard = 0; shard < ledger::kShards; ++shard) {
    RETURN_IF_ERROR(context_.ledger->View(
        static_cast<uint16_t>(shard), [&](const kv::Reader& reader) -> absl::Status {
          return store::kSuppliers.ForEach(
              reader, absl::StrCat(supplier_id, "/"), "", [&](auto& row) {
                for (SupplierRecord::Bid& bid : *row.record.mutable_bids()) {
                  Own own{row.key.substr(supplier_id.size() + 1), std::move(bid)};
                  std::string position = PositionOf(own);
                  if (!last.empty() && position >= last) continue;
                  page.emplace(std::move(position), std::move(own));
                  if (page.size() > size + 1) page.erase(std::prev(page.end()));
                }
                return absl::OkStatus();
              });
        }));
  }
  if (page.size() > size) {
    page.erase(std::prev(page.end()));
    response->set_next_page_token(
        kit::MakePageToken(context_.page_key, filter, page.rbegin()->first));
  }

  for (const auto& row : page) {
    const Own& own = row.second;
    v1::OwnBid* out = response->add_bids();
    RETURN_IF_ERROR(context_.ledger->View(
        ledger::ShardOf(own.box_id), [&](const kv::Reader& reader) -> absl::Status {
          ASSIGN_OR_RETURN(const auto box, store::kBoxes.Find(reader, own.box_id));
          ASSIGN_OR_RETURN(
              const auto bid,
              store::kBids.Find(reader, store::Key(own.box_id, own.bid.submission_digest())));
          if (!box.has_value() || !bid.has_value()) return RecordMissingError("bid");
          out->set_tender_id(box->tender_id());
          out->set_stage(box->stage());
          out->set_round(box->round());
          out->set_submission_id(own.bid.submission_id());
          out->set_submission_digest(own.bid.submission_digest());
          out->set_notice_version(own.bid.notice_version());
          out->set_log_seq(bid->received_seq());
          out->set_arrival_time_ns(own.bid.arrival_time_ns());
          out->set_deadline_ns(box->deadline_ns());
          out->set_box_state(static_cast<v1::Box::State>(StateAt(
              store::StateOf(*box), {absl::ToUnixNanos(call.arrival), box->deadline_ns()})));
          return FillState(reader, *box, own.bid, out);
        }));
  }
  return absl::OkStatus();
}

}  // namespace jodal::bidding
