#include "common/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <stdexcept>

namespace jodal::metrics {
namespace {

prometheus::Registry& Registry() {
  static auto* registry = new prometheus::Registry();
  return *registry;
}

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const auto* buckets = new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return *buckets;
}

// The library throws on names that clash; a metric must never take a request down.
template <typename Fn>
void Quietly(Fn fn) {
  try {
    fn();
  } catch (const std::exception&) {
  }
}

}  // namespace

Counter::Counter(const std::string& name, const std::string& help, const Labels& labels) {
  Quietly([&] {
    series_ = &prometheus::BuildCounter().Name(name).Help(help).Register(Registry()).Add(labels);
  });
}
void Counter::Add(double by) const {
  if (series_ != nullptr) series_->Increment(by);
}

Histogram::Histogram(const std::string& name, const std::string& help, const Labels& labels) {
  Quietly([&] {
    series_ = &prometheus::BuildHistogram()
                   .Name(name)
                   .Help(help)
                   .Register(Registry())
                   .Add(labels, Buckets());
  });
}
void Histogram::Observe(double seconds) const {
  if (series_ != nullptr) series_->Observe(seconds);
}

void Count(const std::string& name, const std::string& help, const Labels& labels, double by) {
  Counter(name, help, labels).Add(by);
}

void Set(const std::string& name, const std::string& help, const Labels& labels, double value) {
  Quietly([&] {
    prometheus::BuildGauge().Name(name).Help(help).Register(Registry()).Add(labels).Set(value);
  });
}

void Observe(const std::string& name, const std::string& help, const Labels& labels,
             double seconds) {
  Histogram(name, help, labels).Observe(seconds);
}

std::string Exposition() { return prometheus::TextSerializer().Serialize(Registry().Collect()); }

}  // namespace jodal::metrics
