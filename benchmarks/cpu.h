// CPU time, user and system, in seconds.
#ifndef JODAL_BENCHMARKS_CPU_H_
#define JODAL_BENCHMARKS_CPU_H_

#include <sys/resource.h>

namespace jodal::bench {

// Of this process with all its threads (RUSAGE_SELF), of the children that it has waited for
// (RUSAGE_CHILDREN), or of the calling thread (RUSAGE_THREAD).
inline double CpuSeconds(int who) {
  rusage usage = {};
  getrusage(who, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

}  // namespace jodal::bench

#endif  // JODAL_BENCHMARKS_CPU_H_
