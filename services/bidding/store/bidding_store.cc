#include "services/bidding/store/bidding_store.h"

#include "absl/strings/str_format.h"

namespace jodal::bidding::store {

static_assert(static_cast<int>(State::kOpen) == bidding::v1::Box::OPEN);
static_assert(static_cast<int>(State::kClosed) == bidding::v1::Box::CLOSED);
static_assert(static_cast<int>(State::kOpening) == bidding::v1::Box::OPENING);
static_assert(static_cast<int>(State::kOpened) == bidding::v1::Box::OPENED);
static_assert(static_cast<int>(State::kCancelled) == bidding::v1::Box::CANCELLED);

std::string BoxId(const BoxName& name) {
  return absl::StrCat(name.tender_id, ".", name.stage, ".", name.round);
}

std::string VersionPrefix(const v1::BoxRecord& box) {
  return absl::StrFormat("%s/%06d/", BoxId(box), box.notice_version());
}

std::string SupplierKey(const SupplierIn& in) {
  return absl::StrCat(in.supplier_id, "/", in.box_id);
}

std::string ReleaseKey(const ReleaseName& name) {
  return absl::StrFormat("%s/%02d/%06d", name.box_id, name.member, name.document);
}

std::string OrderKey(int64_t arrival_ns, absl::string_view submission_digest) {
  return absl::StrFormat("%016x-%s", arrival_ns, submission_digest);
}

}  // namespace jodal::bidding::store
