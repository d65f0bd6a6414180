// Lets a pool of threads know that one of its tasks only waits, so that another task may run
// meanwhile.
//
// A pool that runs no more tasks than there are cores would stand still while its tasks wait for a
// sync, for another service or for a database. Code that blocks for such a reason marks the wait:
//
//   const ScopedWait waiting;
//   finished.WaitForNotification();
#ifndef JODAL_COMMON_BASE_WAITING_H_
#define JODAL_COMMON_BASE_WAITING_H_

namespace jodal {

// What a pool does about it. Called on the thread that waits; short, and no waits of its own.
class WaitObserver {
 public:
  virtual ~WaitObserver() = default;
  virtual void BeginWait() = 0;
  virtual void EndWait() = 0;
};

// Sets the observer of the calling thread; null for none.
void SetWaitObserver(WaitObserver* observer);

// A wait within a wait counts once. Costs two calls of the observer, nothing where there is none.
class ScopedWait {
 public:
  ScopedWait();
  ~ScopedWait();
  ScopedWait(const ScopedWait&) = delete;
  ScopedWait& operator=(const ScopedWait&) = delete;

 private:
  WaitObserver* const observer_;
};

}  // namespace jodal

#endif  // JODAL_COMMON_BASE_WAITING_H_
