// Sends spans to a collector of OpenTelemetry: OTLP over HTTP, JSON encoding
// (opentelemetry.io/docs/specs/otlp).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "observability/span.h"

namespace hearth::observability {

struct SpanExporterOptions {
  std::string endpoint;  // "http://127.0.0.1:4318"; /v1/traces is added
  std::vector<std::pair<std::string, std::string>> headers;
  // Of who made the spans: service.name and others.
  std::vector<std::pair<std::string, std::string>> resource;
  size_t queue_limit = 8192;
  std::chrono::milliseconds period{1000};  // between two sendings
  // Told what became of spans: "sent", "dropped" (the queue was full), "failed" (nobody took them).
  std::function<void(std::string_view result, size_t count)> observe = {};
};

// One thread of its own, which sends what has come together; a collector that does not answer is asked again
// for a minute, then its spans have failed. Thread-safe.
class SpanExporter {
 public:
  virtual ~SpanExporter() = default;
  // Never waits: a full queue drops the span.
  virtual void Add(Span span) = 0;
  // Sends what is there until the deadline; drops the rest and what comes later.
  virtual void Stop(std::chrono::steady_clock::time_point deadline) = 0;
};

std::unique_ptr<SpanExporter> StartSpanExporter(SpanExporterOptions options);

// The request's body for these spans.
std::string OtlpJson(const std::vector<Span>& spans,
                     const std::vector<std::pair<std::string, std::string>>& resource);

}  // namespace hearth::observability
