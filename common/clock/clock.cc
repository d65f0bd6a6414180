#include "common/clock/clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/clock/errors.h"

namespace jodal {
namespace {

class RealClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace

const Clock& SystemClock() {
  static const RealClock* clock = new RealClock();
  return *clock;
}

struct TrainingClock::Shared {
  std::atomic<int64_t> offset_ns;
  std::atomic<int64_t> moves;
};

absl::StatusOr<std::unique_ptr<TrainingClock>> TrainingClock::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::UnavailableError(absl::StrCat("cannot open ", path, ": ", strerror(errno)));
  }
  if (ftruncate(fd, sizeof(Shared)) != 0) {
    close(fd);
    return absl::UnavailableError(absl::StrCat("cannot size ", path, ": ", strerror(errno)));
  }
  void* map = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (map == MAP_FAILED) {
    return absl::UnavailableError(absl::StrCat("cannot map ", path, ": ", strerror(errno)));
  }
  return std::unique_ptr<TrainingClock>(new TrainingClock(static_cast<Shared*>(map)));
}

TrainingClock::~TrainingClock() { munmap(shared_, sizeof(Shared)); }

absl::Time TrainingClock::Now() const {
  return absl::Now() + absl::Nanoseconds(shared_->offset_ns.load(std::memory_order_acquire));
}

absl::Status TrainingClock::MoveTo(absl::Time to) {
  if (to < Now() && shared_->moves.load() != 0) {
    return MakeError(kClockErrors["CLOCK_BACKWARDS"], "a training clock moves forward only",
                     {{"now", absl::FormatTime(Now(), absl::UTCTimeZone())},
                      {"to", absl::FormatTime(to, absl::UTCTimeZone())}});
  }
  shared_->offset_ns.store(absl::ToInt64Nanoseconds(to - absl::Now()), std::memory_order_release);
  shared_->moves.fetch_add(1);
  return absl::OkStatus();
}

}  // namespace jodal
