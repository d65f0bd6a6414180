// What ThreadSanitizer has to be told of libraries, as Debian's are compiled without it: linked
// into every program of the `tsan` preset. A race with one of them on either stack is left out, so
// nothing is looked at that runs in callbacks of RocksDB or on gRPC's threads: without this, every
// call between two of those is a report. Abseil's locks order what this project's own code does,
// whose calls are wrapped here.
//
// A lock orders what was before its release before what is after the next acquisition. Conditions
// are evaluated by whoever holds the lock, inside the library and out of the sanitizer's sight;
// they only read, so reads are left out there. That readers are ordered among each other as well
// hides nothing but a write under a reader's lock.
#include <cstdint>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

extern "C" {

void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);

const char* __tsan_default_suppressions() {
  return "race:librocksdb.so\n"
         "race:libgrpc.so\n"
         "race:libgrpc++.so\n"
         "race:libgpr.so\n"
         "race:grpc::\n"
         "race:libprotobuf.so\n"
         "race:libcrypto.so\n"
         "race:libssl.so\n"
         "race:libabsl_synchronization.so\n"
         "race:libabsl_graphcycles_internal.so\n"
         "race:libabsl_status.so\n"
         "race:libabsl_cord.so\n"
         "race:absl::debian3::cord_internal\n";
}

}  // extern "C"

namespace {

void Acquire(const void* lock) { __tsan_acquire(const_cast<void*>(lock)); }
void Release(const void* lock) { __tsan_release(const_cast<void*>(lock)); }

// Calls what the library does by itself.
template <typename Call>
auto OutOfSight(Call call) {
  struct Ignored {
    Ignored() { AnnotateIgnoreReadsBegin(__FILE__, __LINE__); }
    ~Ignored() { AnnotateIgnoreReadsEnd(__FILE__, __LINE__); }
  } const ignored;
  return call();
}

}  // namespace

// The names are those of the inline namespace of Debian 12's Abseil, and of the functions that this
// project uses. cmake/JodalToolchain.cmake has the linker wrap them.
extern "C" {

void __real__ZN4absl7debian35Mutex4LockEv(absl::Mutex* mu);
void __wrap__ZN4absl7debian35Mutex4LockEv(absl::Mutex* mu) {
  OutOfSight([&] { __real__ZN4absl7debian35Mutex4LockEv(mu); });
  Acquire(mu);
}

void __real__ZN4absl7debian35Mutex6UnlockEv(absl::Mutex* mu);
void __wrap__ZN4absl7debian35Mutex6UnlockEv(absl::Mutex* mu) {
  Release(mu);
  OutOfSight([&] { __real__ZN4absl7debian35Mutex6UnlockEv(mu); });
}

void __real__ZN4absl7debian35Mutex10ReaderLockEv(absl::Mutex* mu);
void __wrap__ZN4absl7debian35Mutex10ReaderLockEv(absl::Mutex* mu) {
  OutOfSight([&] { __real__ZN4absl7debian35Mutex10ReaderLockEv(mu); });
  Acquire(mu);
}

void __real__ZN4absl7debian35Mutex12ReaderUnlockEv(absl::Mutex* mu);
void __wrap__ZN4absl7debian35Mutex12ReaderUnlockEv(absl::Mutex* mu) {
  Release(mu);
  OutOfSight([&] { __real__ZN4absl7debian35Mutex12ReaderUnlockEv(mu); });
}

void __real__ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE(absl::Mutex* mu,
                                                           const absl::Condition& condition);
void __wrap__ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE(absl::Mutex* mu,
                                                           const absl::Condition& condition) {
  Release(mu);
  OutOfSight([&] { __real__ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE(mu, condition); });
  Acquire(mu);
}

bool __real__ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE(
    absl::Mutex* mu, const absl::Condition& condition, absl::Duration timeout);
bool __wrap__ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE(
    absl::Mutex* mu, const absl::Condition& condition, absl::Duration timeout) {
  Release(mu);
  const bool result = OutOfSight([&] {
    return __real__ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE(
        mu, condition, timeout);
  });
  Acquire(mu);
  return result;
}

void __real__ZN4absl7debian312Notification6NotifyEv(absl::Notification* n);
void __wrap__ZN4absl7debian312Notification6NotifyEv(absl::Notification* n) {
  Release(n);
  OutOfSight([&] { __real__ZN4absl7debian312Notification6NotifyEv(n); });
}

void __real__ZNK4absl7debian312Notification19WaitForNotificationEv(const absl::Notification* n);
void __wrap__ZNK4absl7debian312Notification19WaitForNotificationEv(const absl::Notification* n) {
  OutOfSight([&] { __real__ZNK4absl7debian312Notification19WaitForNotificationEv(n); });
  Acquire(n);
}

bool __real__ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE(
    const absl::Notification* n, absl::Duration timeout);
bool __wrap__ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE(
    const absl::Notification* n, absl::Duration timeout) {
  const bool result = OutOfSight([&] {
    return __real__ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE(
        n, timeout);
  });
  Acquire(n);
  return result;
}

bool __real__ZN4absl7debian315BlockingCounter14DecrementCountEv(absl::BlockingCounter* counter);
bool __wrap__ZN4absl7debian315BlockingCounter14DecrementCountEv(absl::BlockingCounter* counter) {
  Release(counter);
  return OutOfSight(
      [&] { return __real__ZN4absl7debian315BlockingCounter14DecrementCountEv(counter); });
}

void __real__ZN4absl7debian315BlockingCounter4WaitEv(absl::BlockingCounter* counter);
void __wrap__ZN4absl7debian315BlockingCounter4WaitEv(absl::BlockingCounter* counter) {
  OutOfSight([&] { __real__ZN4absl7debian315BlockingCounter4WaitEv(counter); });
  Acquire(counter);
}

// Whoever gives a status back last deletes it, after all others have given theirs.
void __real__ZN4absl7debian36Status15UnrefNonInlinedEm(uintptr_t rep);
void __wrap__ZN4absl7debian36Status15UnrefNonInlinedEm(uintptr_t rep) {
  void* const shared = reinterpret_cast<void*>(rep);
  Release(shared);
  Acquire(shared);
  __real__ZN4absl7debian36Status15UnrefNonInlinedEm(rep);
}

}  // extern "C"
