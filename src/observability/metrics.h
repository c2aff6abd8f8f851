// Counters, gauges and histograms with labels, and their text for Prometheus.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::observability {

enum class MetricType { kCounter, kGauge, kHistogram };

// One row for each metric (metric_rows.cc).
struct MetricRow {
  const char* name;  // "hearth_http_requests_total"; unit last
  MetricType type;
  const char* meaning;
  std::vector<std::string> labels;
  std::vector<double> bounds = {};  // of a histogram: upper ends, ascending
};

// One metric with all its label values. Thread-safe. Beyond a thousand combinations of label values all
// further ones count together under "other".
class Metric {
 public:
  explicit Metric(const MetricRow& row) : row_(row) {}
  Metric(const Metric&) = delete;
  Metric& operator=(const Metric&) = delete;

  // `values`: one for each label of the row, in its order.
  void Add(std::initializer_list<std::string_view> values, double amount = 1);  // counter or gauge
  void Set(std::initializer_list<std::string_view> values, double value);       // gauge
  void Observe(std::initializer_list<std::string_view> values, double value);   // histogram
  void Clear();                                                                 // forgets all label values

  void Write(std::string* text) const;

 private:
  struct Series {
    double value = 0;  // of a histogram: the sum
    std::vector<uint64_t> counts;
  };
  Series& At(std::initializer_list<std::string_view> values);
  std::string Labels(const std::vector<std::string>& values, std::string_view bound) const;

  const MetricRow& row_;
  mutable std::mutex mutex_;
  std::map<std::vector<std::string>, Series> series_;
};

// All metrics of a process. Thread-safe.
class Metrics {
 public:
  // The rows outlive it.
  explicit Metrics(std::span<const MetricRow> rows);

  // The row must exist.
  Metric& operator[](std::string_view name);
  // Called before each Text(): sets gauges from what is true at that moment.
  void OnCollect(std::function<void()> collect);

  // Text exposition format 0.0.4.
  std::string Text();

 private:
  std::vector<std::pair<std::string, std::unique_ptr<Metric>>> metrics_;  // in the order of the rows
  std::mutex mutex_;
  std::vector<std::function<void()>> collectors_;
};

// Every metric of the server.
std::span<const MetricRow> MetricRows();

}  // namespace hearth::observability
