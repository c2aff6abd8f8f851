#include "observability/span_exporter.h"

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

namespace hearth::observability {
namespace {

Span Some() {
  Span span;
  span.trace_id = std::string(32, 'a');
  span.span_id = std::string(16, 'b');
  span.name = "attempt";
  span.start = 1700000000000001;
  span.end = 1700000000000002;
  span.attributes = {{"text", std::string("caf\xe9")}, {"number", int64_t{7}}, {"share", 0.5}};
  span.status = SpanStatus::kError;
  span.status_message = "no";
  return span;
}

TEST(SpanExporter, WritesOtlp) {
  Span child = Some();
  child.parent_id = std::string(16, 'c');
  const auto body = nlohmann::json::parse(OtlpJson({Some(), child}, {{"service.name", "hearth"}}));
  const auto& resource = body["resourceSpans"][0];
  EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "hearth");
  const auto& spans = resource["scopeSpans"][0]["spans"];
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_FALSE(spans[0].contains("parentSpanId"));
  EXPECT_EQ(spans[1]["parentSpanId"], std::string(16, 'c'));
  EXPECT_EQ(spans[0]["startTimeUnixNano"], "1700000000000001000");
  EXPECT_EQ(spans[0]["status"]["code"], 2);
  EXPECT_EQ(spans[0]["attributes"][1]["value"]["intValue"], "7");
}

TEST(SpanExporter, DropsAndCountsWhatNobodyTakes) {
  std::mutex mutex;
  std::map<std::string, size_t> counts;
  SpanExporterOptions options;
  options.endpoint = "http://127.0.0.1:1";
  options.queue_limit = 3;
  options.observe = [&](std::string_view result, size_t count) {
    std::lock_guard lock(mutex);
    counts[std::string(result)] += count;
  };
  const auto exporter = StartSpanExporter(options);
  for (int i = 0; i < 5; ++i) exporter->Add(Some());
  exporter->Stop(std::chrono::steady_clock::now() + std::chrono::milliseconds(200));
  exporter->Add(Some());
  std::lock_guard lock(mutex);
  EXPECT_EQ(counts["dropped"], 3u);
  EXPECT_EQ(counts["failed"], 3u);
}

}  // namespace
}  // namespace hearth::observability
