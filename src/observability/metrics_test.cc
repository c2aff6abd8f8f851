#include "observability/metrics.h"

#include <gtest/gtest.h>

namespace hearth::observability {
namespace {

const MetricRow kTestRows[] = {
    {"calls_total", MetricType::kCounter, "Calls\nof \\ all", {"call", "code"}},
    {"level", MetricType::kGauge, "Level", {}},
    {"took_seconds", MetricType::kHistogram, "Time", {"call"}, {0.1, 1}},
};

TEST(Metrics, BecomeText) {
  Metrics metrics(kTestRows);
  metrics["calls_total"].Add({"a", "O\"K\n"});
  metrics["calls_total"].Add({"a", "O\"K\n"}, 2);
  metrics["took_seconds"].Observe({"a"}, 0.1);
  metrics["took_seconds"].Observe({"a"}, 0.5);
  metrics["took_seconds"].Observe({"a"}, 7);
  metrics.OnCollect([&] { metrics["level"].Set({}, 1e10); });
  EXPECT_EQ(metrics.Text(),
            "# HELP calls_total Calls\\nof \\\\ all\n"
            "# TYPE calls_total counter\n"
            "calls_total{call=\"a\",code=\"O\\\"K\\n\"} 3\n"
            "# HELP level Level\n"
            "# TYPE level gauge\n"
            "level 10000000000\n"
            "# HELP took_seconds Time\n"
            "# TYPE took_seconds histogram\n"
            "took_seconds_bucket{call=\"a\",le=\"0.1\"} 1\n"
            "took_seconds_bucket{call=\"a\",le=\"1\"} 2\n"
            "took_seconds_bucket{call=\"a\",le=\"+Inf\"} 3\n"
            "took_seconds_sum{call=\"a\"} 7.6\n"
            "took_seconds_count{call=\"a\"} 3\n");
}

TEST(Metrics, AreBounded) {
  Metrics metrics(kTestRows);
  for (int number = 0; number < 5000; ++number) metrics["calls_total"].Add({std::to_string(number), "OK"});
  const std::string text = metrics.Text();
  EXPECT_NE(text.find("calls_total{call=\"other\",code=\"other\"} 4000\n"), std::string::npos);
}

TEST(Metrics, HaveOneRowEach) {
  Metrics metrics(MetricRows());
  std::map<std::string, int> names;
  for (const MetricRow& row : MetricRows()) EXPECT_EQ(++names[row.name], 1) << row.name;
  EXPECT_NE(metrics.Text().find("# TYPE hearth_http_request_seconds histogram"), std::string::npos);
}

}  // namespace
}  // namespace hearth::observability
