#include "observability/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace hearth::observability {
namespace {

constexpr size_t kMostSeries = 1000;

std::string_view TypeName(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
  }
  return "untyped";
}

std::string Escape(std::string_view text, bool with_quotes) {
  std::string escaped;
  for (const char character : text) {
    if (character == '\\' || (with_quotes && character == '"')) escaped += '\\';
    if (character == '\n') {
      escaped += "\\n";
    } else {
      escaped += character;
    }
  }
  return escaped;
}

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

}  // namespace

Metric::Series& Metric::At(std::initializer_list<std::string_view> values) {
  std::vector<std::string> key(values.begin(), values.end());
  key.resize(row_.labels.size());
  if (series_.size() >= kMostSeries && !series_.contains(key)) std::ranges::fill(key, "other");
  Series& series = series_[std::move(key)];
  if (row_.type == MetricType::kHistogram) series.counts.resize(row_.bounds.size() + 1);
  return series;
}

void Metric::Add(std::initializer_list<std::string_view> values, double amount) {
  std::lock_guard lock(mutex_);
  At(values).value += amount;
}

void Metric::Set(std::initializer_list<std::string_view> values, double value) {
  std::lock_guard lock(mutex_);
  At(values).value = value;
}

void Metric::Observe(std::initializer_list<std::string_view> values, double value) {
  std::lock_guard lock(mutex_);
  Series& series = At(values);
  series.value += value;
  const auto bound = std::ranges::lower_bound(row_.bounds, value);
  ++series.counts[static_cast<size_t>(bound - row_.bounds.begin())];
}

void Metric::Clear() {
  std::lock_guard lock(mutex_);
  series_.clear();
}

std::string Metric::Labels(const std::vector<std::string>& values, std::string_view bound) const {
  std::string text;
  for (size_t at = 0; at < values.size(); ++at)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", row_.labels[at], Escape(values[at], true));
  if (!bound.empty()) text += fmt::format("{}le=\"{}\"", text.empty() ? "" : ",", bound);
  return text.empty() ? text : "{" + text + "}";
}

void Metric::Write(std::string* text) const {
  std::lock_guard lock(mutex_);
  *text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", row_.name, Escape(row_.meaning, false),
                       TypeName(row_.type));
  for (const auto& [values, series] : series_) {
    if (row_.type != MetricType::kHistogram) {
      *text += fmt::format("{}{} {}\n", row_.name, Labels(values, ""), Number(series.value));
      continue;
    }
    uint64_t count = 0;
    for (size_t at = 0; at < series.counts.size(); ++at) {
      count += series.counts[at];
      const std::string bound = at < row_.bounds.size() ? Number(row_.bounds[at]) : "+Inf";
      *text += fmt::format("{}_bucket{} {}\n", row_.name, Labels(values, bound), count);
    }
    *text += fmt::format("{0}_sum{1} {2}\n{0}_count{1} {3}\n", row_.name, Labels(values, ""),
                         Number(series.value), count);
  }
}

Metrics::Metrics(std::span<const MetricRow> rows) {
  for (const MetricRow& row : rows) metrics_.emplace_back(row.name, std::make_unique<Metric>(row));
}

Metric& Metrics::operator[](std::string_view name) {
  for (auto& [own, metric] : metrics_)
    if (own == name) return *metric;
  fmt::print(stderr, "there is no metric {}\n", name);
  std::abort();
}

void Metrics::OnCollect(std::function<void()> collect) {
  std::lock_guard lock(mutex_);
  collectors_.push_back(std::move(collect));
}

std::string Metrics::Text() {
  std::lock_guard lock(mutex_);
  for (const auto& collect : collectors_) collect();
  std::string text;
  for (const auto& [name, metric] : metrics_) metric->Write(&text);
  return text;
}

}  // namespace hearth::observability
