#include "clients/cli/times.h"

#include <regex>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/errors.h"
#include "common/status/macros.h"

namespace jodal::cli {
namespace {

// Korea has kept UTC+9 without daylight saving since 1988; no time zone database is needed for it.
absl::TimeZone Korea() { return absl::FixedTimeZone(9 * 60 * 60); }

}  // namespace

Zone::Zone() : Zone(Korea(), "KST") {}

absl::StatusOr<Zone> Zone::Named(absl::string_view name) {
  if (name == "KST" || name == "Asia/Seoul") return Zone();
  if (name == "UTC") return Zone(absl::UTCTimeZone(), "UTC");
  if (name == "local") return Zone(absl::LocalTimeZone(), "");
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) {
    return UsageError(absl::StrCat("--tz: \"", name,
                                   "\" is no time zone; write KST, UTC, local or a name such as "
                                   "Europe/Berlin"));
  }
  return Zone(zone, "");
}

std::string Zone::NameAt(absl::Time time) const {
  return name_.empty() ? absl::FormatTime("%Z", time, zone_) : name_;
}

std::string Zone::Text(absl::Time time) const {
  if (time == absl::UnixEpoch()) return "";
  const bool whole = absl::ToUnixMillis(time) % 1000 == 0;
  return absl::StrCat(
      absl::FormatTime(whole ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M:%E3S", time, zone_), " ",
      NameAt(time));
}

absl::StatusOr<absl::Time> Zone::Parse(absl::string_view text) const {
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error)) return time;
  for (const char* format : {"%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    for (const Zone& zone : {*this, Zone(), Zone(absl::UTCTimeZone(), "UTC")}) {
      // A time without a name is in the reader's own zone.
      absl::string_view bare = text;
      const size_t space = text.rfind(' ');
      const bool named =
          space != absl::string_view::npos && absl::ascii_isalpha(text[text.size() - 1]);
      if (named) bare = absl::StripTrailingAsciiWhitespace(text.substr(0, space));
      if (!absl::ParseTime(format, bare, zone.zone_, &time, &error)) break;
      if (!named || text.substr(space + 1) == zone.NameAt(time)) return time;
    }
  }
  return UsageError(absl::StrCat("\"", text,
                                 "\" is no time; write \"2026-03-12 10:00\" for the time in the "
                                 "zone of --tz, or 2026-03-12T10:00:00+09:00"));
}

std::string Zone::Rewrite(const std::string& text) const {
  static const auto* times =
      new std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))");
  std::string out;
  auto rest = text.cbegin();
  for (std::sregex_iterator it(text.begin(), text.end(), *times), end; it != end; ++it) {
    absl::Time time;
    std::string error;
    out.append(rest, (*it)[0].first);
    rest = (*it)[0].second;
    const bool good = absl::ParseTime(absl::RFC3339_full, it->str(), &time, &error);
    out.append(good ? Text(time) : it->str());
  }
  return out.append(rest, text.cend());
}

std::string ExactTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace jodal::cli
