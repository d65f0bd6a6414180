// Counters, gauges and histograms of this process, in the Prometheus text format. Thread-safe.
// Names are snake_case with the unit last; labels have few values and never an id or a person.
#ifndef JODAL_COMMON_METRICS_METRICS_H_
#define JODAL_COMMON_METRICS_METRICS_H_

#include <map>
#include <string>

namespace jodal::metrics {

using Labels = std::map<std::string, std::string>;

// The first use of a name fixes its kind and help text; a use that does not fit is dropped.
void Count(const std::string& name, const std::string& help, const Labels& labels, double by = 1);
void Set(const std::string& name, const std::string& help, const Labels& labels, double value);
// Buckets from 0.5 ms to 10 s.
void Observe(const std::string& name, const std::string& help, const Labels& labels,
             double seconds);

// All of them, Prometheus text format 0.0.4.
std::string Exposition();

}  // namespace jodal::metrics

#endif  // JODAL_COMMON_METRICS_METRICS_H_
