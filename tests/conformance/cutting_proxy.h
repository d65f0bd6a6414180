// A proxy in front of a PostgreSQL server's unix socket that loses what a test tells it to lose.
#ifndef JODAL_TESTS_CONFORMANCE_CUTTING_PROXY_H_
#define JODAL_TESTS_CONFORMANCE_CUTTING_PROXY_H_

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace jodal::conformance {

class CuttingProxy {
 public:
  enum class Cut {
    kNothing,
    kRequest,  // the next request that holds the mark does not reach the server
    kAnswer,   // it does, and the answer does not come back
    kHold,     // it waits until Admit
  };

  explicit CuttingProxy(const std::string& server_dir);
  ~CuttingProxy();

  const std::string& dir() const { return dir_; }  // what a conninfo names as host

  // Meets one connection, at the next request that holds `mark`. `refuse` turns new connections
  // away from then on, until Admit.
  struct Plan {
    Cut cut = Cut::kNothing;
    std::string mark;
    bool refuse = false;
  };
  void SetPlan(Plan plan);
  void Admit();
  void AwaitCut();  // returns when the plan has been carried out

 private:
  void Accept();
  void Serve(int client);

  const std::string server_path_;
  std::string dir_;
  int listener_ = -1;

  absl::Mutex mu_;
  Plan plan_ ABSL_GUARDED_BY(mu_);
  bool refusing_ ABSL_GUARDED_BY(mu_) = false;
  bool holding_ ABSL_GUARDED_BY(mu_) = false;
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  std::set<int> sockets_ ABSL_GUARDED_BY(mu_);
  std::vector<std::thread> threads_;  // Accept's own
  std::thread acceptor_;
};

}  // namespace jodal::conformance

#endif  // JODAL_TESTS_CONFORMANCE_CUTTING_PROXY_H_
