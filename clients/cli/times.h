// Times as people read and write them: one notation, in the reader's zone, with its name.
#ifndef JODAL_CLIENTS_CLI_TIMES_H_
#define JODAL_CLIENTS_CLI_TIMES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace jodal::cli {

// Cheap to copy.
class Zone {
 public:
  Zone();  // Korean time, "KST"
  // "KST", "UTC", "local" (this machine's), or a name of the time zone database such as
  // "Europe/Berlin". INVALID_ARGUMENT USAGE.
  static absl::StatusOr<Zone> Named(absl::string_view name);

  // "2026-03-12 10:00:00 KST"; with milliseconds where they are not zero. "" for the epoch, which
  // stands for "not set" in messages.
  std::string Text(absl::Time time) const;
  // What Text gives, RFC 3339 with any offset, and "2026-03-12 10:00[:00]" or "2026-03-12" in this
  // zone. INVALID_ARGUMENT USAGE.
  absl::StatusOr<absl::Time> Parse(absl::string_view text) const;
  // `text` with each RFC 3339 time in it as Text gives it: words of services name times so.
  std::string Rewrite(const std::string& text) const;

 private:
  Zone(absl::TimeZone zone, std::string name) : zone_(zone), name_(std::move(name)) {}
  std::string NameAt(absl::Time time) const;

  absl::TimeZone zone_;
  std::string name_;  // "": the zone knows it, and when it changes
};

// RFC 3339 UTC to the millisecond: the form for programs.
std::string ExactTime(absl::Time time);

}  // namespace jodal::cli

#endif  // JODAL_CLIENTS_CLI_TIMES_H_
