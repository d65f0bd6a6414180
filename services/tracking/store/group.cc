#include "services/tracking/store/group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "common/base/bytes.h"
#include "services/tracking/domain/timeline.h"
#include "services/tracking/errors.h"

namespace jodal::tracking {
namespace {

constexpr absl::string_view kFirstType = "bid.received";
constexpr absl::string_view kFirstRole = "supplier";
constexpr size_t kHexWorthwhile = 16;  // digits; fewer are kept as they are

// Times are whatever a log says: differences may wrap around, and wrap back.
int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

size_t SharedPrefix(absl::string_view a, absl::string_view b) {
  const size_t size = std::min(a.size(), b.size());
  return std::mismatch(a.begin(), a.begin() + size, b.begin()).first - a.begin();
}

bool IsHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Appends `text` to Item.body_parts: digests are most of a body, and as bytes half as long.
void Split(absl::string_view text, store::v1::Item& item) {
  size_t begin = 0;  // of what is not in a part yet
  for (size_t at = 0; at < text.size(); ++at) {
    size_t end = at;
    while (end < text.size() && IsHexDigit(text[end])) ++end;
    const size_t digits = (end - at) / 2 * 2;
    if (digits >= kHexWorthwhile) {
      item.add_body_parts(text.data() + begin, at - begin);
      item.add_body_parts(absl::HexStringToBytes(text.substr(at, digits)));
      begin = at + digits;
    }
    at = end;
  }
  if (begin < text.size()) item.add_body_parts(text.data() + begin, text.size() - begin);
}

absl::Status DamagedError() {
  return MakeError(kErrors["STORED_RECORD_DAMAGED"],
                   "a group of timeline items contradicts itself");
}

}  // namespace

GroupPacker::GroupPacker(const std::string& service, absl::string_view tender_id,
                         uint64_t first_log_seq)
    : first_log_seq_(first_log_seq),
      last_log_seq_(first_log_seq),
      first_subject_(SubjectOf(tender_id)) {
  store::v1::Group head;
  head.set_service(service);
  head.set_first_log_seq(first_log_seq);
  bytes_ = head.SerializeAsString();
}

bool GroupPacker::Add(const log::v1::Entry& entry, absl::string_view body, size_t bytes_max) {
  // Serialized messages that are joined are one message with the items of all.
  store::v1::Group tail;
  store::v1::Item& item = *tail.add_items();
  item.set_distance(static_cast<uint32_t>(entry.seq() - first_log_seq_));
  const bool first = before_ == nullptr;
  if (entry.type() != (first ? kFirstType : before_->type())) item.set_type(entry.type());
  if (entry.subject() != (first ? first_subject_ : before_->subject())) {
    item.set_subject(entry.subject());
  }
  if (entry.actor_role() != (first ? kFirstRole : before_->actor_role())) {
    item.set_actor_role(entry.actor_role());
  }
  item.set_commit_time_step(Minus(entry.commit_time_ns(), first ? 0 : before_->commit_time_ns()));
  if (entry.arrival_time_ns() != 0) {
    item.set_arrival_lead(Minus(entry.commit_time_ns(), entry.arrival_time_ns()));
  }
  const size_t shared = SharedPrefix(body, body_before_);
  item.set_body_shared(static_cast<uint32_t>(shared));
  Split(body.substr(shared), item);
  const size_t size = tail.ByteSizeLong();
  if (bytes_.size() + size > bytes_max) return false;
  tail.AppendToString(&bytes_);
  last_log_seq_ = entry.seq();
  before_ = &entry;
  body_before_ = body;
  return true;
}

absl::Status Unpack(absl::string_view tender_id, uint64_t last_sequence,
                    const store::v1::Group& group,
                    absl::FunctionRef<v1::TimelineItem*(uint64_t sequence)> place) {
  if (group.items().empty()) return DamagedError();
  const uint32_t length = group.items().rbegin()->distance();
  absl::string_view type = kFirstType;
  const std::string first_subject = SubjectOf(tender_id);
  absl::string_view subject = first_subject;
  absl::string_view role = kFirstRole;
  int64_t commit_time_ns = 0;
  std::string body;
  for (const store::v1::Item& item : group.items()) {
    if (item.has_type()) type = item.type();
    if (item.has_subject()) subject = item.subject();
    if (item.has_actor_role()) role = item.actor_role();
    commit_time_ns = Plus(commit_time_ns, item.commit_time_step());
    if (item.body_shared() > body.size()) return DamagedError();
    body.resize(item.body_shared());
    for (int i = 0; i < item.body_parts_size(); ++i) {
      if (i % 2 == 0) {
        body += item.body_parts(i);
      } else {
        body += HexEncode(item.body_parts(i));
      }
    }
    if (item.distance() > length) return DamagedError();
    const uint64_t sequence = last_sequence - (length - item.distance());
    v1::TimelineItem* out = place(sequence);
    if (out == nullptr) continue;
    out->set_sequence(sequence);
    out->set_service(group.service());
    out->set_log_seq(group.first_log_seq() + item.distance());
    out->set_type(type.data(), type.size());
    out->set_subject(subject.data(), subject.size());
    out->set_actor_role(role.data(), role.size());
    out->set_commit_time_ns(commit_time_ns);
    if (item.has_arrival_lead()) {
      out->set_arrival_time_ns(Minus(commit_time_ns, item.arrival_lead()));
    }
    out->set_body(body);
  }
  return absl::OkStatus();
}

}  // namespace jodal::tracking
