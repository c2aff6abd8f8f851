#include "app/platform.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace hearth::app {
namespace {

base::Result<Platform> Read(const std::string& text) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("platform-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(path) << text;
  auto platform = ReadPlatform(path);
  std::filesystem::remove(path);
  return platform;
}

std::string ErrorOf(const std::string& text) {
  const auto platform = Read(text);
  if (platform.ok()) return "no error";
  const std::string& message = platform.error()->message;
  return message.substr(message.find("line"));
}

TEST(Platform, ReadsWhatThePlatformTeamDecides) {
  const auto platform = Read(
      "environments: {prod: {backend: kubernetes}}\n"
      "keep: {prod: {resources: 2h, records: 10d}}\n"
      "teams:\n"
      "  data: {runs: 20, memory: 800g, weight: 2}\n"
      "  others: {runs: 5}\n"
      "backends:\n"
      "  local: {cores: 8}\n"
      "audit: {changes: 90d, reads: 2h}\n"
      "alerts: {channels: {'slack:#data': 'https://chat.example/hook'}}\n"
      "breakers: {job: {runs: 5}, spike: {runs: 0, within: 1h, pause: 2h}}\n"
      "prices: {core_hour: 0.04, gib_hour: 0.005, currency: EUR}\n"
      "callbacks: {completion_url: 'https://lineage.example/api/v1/lineage'}\n"
      "kubernetes: {clusters: clusters.yaml}\n");
  ASSERT_TRUE(platform.ok()) << platform.error()->message;
  const runner::Policy& policy = platform->policy;
  EXPECT_EQ(policy.Environment("prod").resource_seconds, 7200);
  EXPECT_EQ(policy.Environment("prod").record_seconds, 864000);
  EXPECT_EQ(policy.Environment("other").resource_seconds, 3600);
  EXPECT_EQ(policy.Team("data").memory_mib, 800 * 1024);
  EXPECT_EQ(policy.Team("nobody").runs, 5);
  EXPECT_EQ(policy.backends.at("local").cores, 8);
  EXPECT_EQ(policy.backends.at("local").runs, 0) << "a row of one's own replaces the default";
  EXPECT_EQ(platform->clusters_file, "clusters.yaml");
  EXPECT_EQ(platform->audit.change_seconds, 90 * 86400);
  EXPECT_EQ(platform->audit.read_seconds, 7200);
  EXPECT_EQ(policy.prices.gib_hour, 0.005);
  EXPECT_EQ(policy.breakers.job_runs, 5);
  EXPECT_EQ(policy.alert_channels.at("slack:#data"), "https://chat.example/hook");
  EXPECT_EQ(policy.completion_url, "https://lineage.example/api/v1/lineage");
  EXPECT_EQ(policy.breakers.spike_runs, 0);
  EXPECT_EQ(policy.breakers.pause_seconds, 7200);
  EXPECT_EQ(policy.prices.currency, "EUR");
}

TEST(Platform, NamesWhatIsWrong) {
  EXPECT_EQ(ErrorOf("teams:\n  data: {run: 1}\n"),
            "line 2: teams.data.run: 'run' is not one of cores, memory, runs, weight");
  EXPECT_EQ(ErrorOf("keep: {prod: {records: soon}}\n"),
            "line 1: keep.prod.records: 'soon' is not a time of at least a second, such as 30min");
  EXPECT_EQ(ErrorOf("prices: {core_hour: 1}\n"), "line 1: prices.currency: expected a currency such as EUR");
  EXPECT_EQ(ErrorOf("prices: {core_hour: -1}\n"),
            "line 1: prices.core_hour: '-1' is not a price for an hour");
  EXPECT_EQ(ErrorOf("callbacks: {completion_url: here}\n"),
            "line 1: callbacks.completion_url: 'here' is not an http:// or https:// address");
  EXPECT_EQ(ErrorOf("teams: 3\n"), "line 1: teams: '3' is not names, each with its fields");
}

}  // namespace
}  // namespace hearth::app
