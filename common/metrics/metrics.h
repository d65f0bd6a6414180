// Counters, gauges and histograms of this process, in the Prometheus text format. Thread-safe.
// Names are snake_case with the unit last; labels have few values and never an id or a person.
#ifndef JODAL_COMMON_METRICS_METRICS_H_
#define JODAL_COMMON_METRICS_METRICS_H_

#include <map>
#include <string>

namespace prometheus {
class Counter;
class Histogram;
}  // namespace prometheus

namespace jodal::metrics {

using Labels = std::map<std::string, std::string>;

// The first use of a name fixes its kind and help text; a use that does not fit is dropped.
void Count(const std::string& name, const std::string& help, const Labels& labels, double by = 1);
void Set(const std::string& name, const std::string& help, const Labels& labels, double value);
// Buckets from 0.5 ms to 10 s.
void Observe(const std::string& name, const std::string& help, const Labels& labels,
             double seconds);

// Handles for what is counted on every call: finding a series by its name and labels costs
// microseconds, a handle tens of nanoseconds. Handles live for ever and are thread-safe; one whose
// name is taken by another kind counts nothing.
class Counter {
 public:
  Counter(const std::string& name, const std::string& help, const Labels& labels);
  void Add(double by = 1) const;

 private:
  prometheus::Counter* series_ = nullptr;  // owned by the registry
};

class Histogram {
 public:
  Histogram(const std::string& name, const std::string& help, const Labels& labels);
  void Observe(double seconds) const;

 private:
  prometheus::Histogram* series_ = nullptr;  // owned by the registry
};

// All of them, Prometheus text format 0.0.4.
std::string Exposition();

}  // namespace jodal::metrics

#endif  // JODAL_COMMON_METRICS_METRICS_H_
