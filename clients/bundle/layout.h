// Where everything lies in an opening bundle (docs/bundle.md). Pure.
#ifndef JODAL_CLIENTS_BUNDLE_LAYOUT_H_
#define JODAL_CLIENTS_BUNDLE_LAYOUT_H_

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "procurement/services.h"

namespace jodal::bundle {

inline constexpr char kFormat[] = "jodal-bundle-v3";
inline constexpr char kManifestFile[] = "bundle.json";
inline constexpr char kBoxFile[] = "box/box.json";
inline constexpr char kResultFile[] = "result/result.json";
inline constexpr char kSeedFile[] = "result/seed.bin";
inline constexpr char kRowsDir[] = "result/rows/";

// The services whose logs a bundle quotes, in the order in which they are checked.
inline constexpr auto kServices = [] {
  constexpr auto quoted = [](const procurement::Service& service) { return service.quoted; };
  constexpr auto kNumber =
      std::count_if(std::begin(procurement::kServices), std::end(procurement::kServices), quoted);
  std::array<const char*, kNumber> out{};
  size_t n = 0;
  for (const procurement::Service& service : procurement::kServices) {
    if (service.quoted) out[n++] = service.name.data();
  }
  return out;
}();

// A signed document lies in <base>.json and <base>.p7s.
inline std::string NoticeBase(int version) { return absl::StrCat("notice/", version, "/notice"); }
inline std::string ApprovalBase(int version) {
  return absl::StrCat("notice/", version, "/approval");
}
inline std::string PersonDir(absl::string_view id) { return absl::StrCat("people/", id, "/"); }
// About the country, the n-th of its type, from 1.
inline std::string FactBase(absl::string_view type, int number) {
  return absl::StrFormat("facts/%s/%06d", type, number);
}
inline std::string BidDir(size_t number, absl::string_view submission_id) {
  return absl::StrFormat("bids/%06d-%s/", number, submission_id);
}
// The n-th document of a member, from 1.
inline std::string ShareBase(int member, size_t number) {
  return absl::StrFormat("shares/%d-%04d", member, number);
}
inline constexpr char kEnteredBase[] = "prices/entered";
inline constexpr char kAwardBase[] = "award/award";
inline std::string ContractBase(absl::string_view id, size_t number, absl::string_view kind) {
  return absl::StrFormat("contract/%s/%02d-%s", id, number, kind);
}
inline std::string PaymentDir(absl::string_view id) { return absl::StrCat("payment/", id, "/"); }
inline std::string PaymentBase(absl::string_view id, size_t number, absl::string_view kind) {
  return absl::StrFormat("%s%02d-%s", PaymentDir(id), number, kind);
}
// False for a name that leads out of the bundle's folder, or names a file in a second way. Parts of
// the names above come from the services, who could mean any file of the reader by them.
inline bool IsInBundle(absl::string_view file) {
  const std::vector<absl::string_view> parts = absl::StrSplit(file, '/');
  return std::all_of(parts.begin(), parts.end(), [](absl::string_view part) {
    return !part.empty() && part != "." && part != ".." && !absl::StrContains(part, '\0');
  });
}
// The n-th page of the result's rows, from 1.
inline std::string RowsFile(size_t number) {
  return absl::StrFormat("%s%06d.json", kRowsDir, number);
}
inline std::string LogDir(absl::string_view service) { return absl::StrCat("logs/", service, "/"); }

}  // namespace jodal::bundle

#endif  // JODAL_CLIENTS_BUNDLE_LAYOUT_H_
