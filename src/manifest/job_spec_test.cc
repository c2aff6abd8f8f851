#include "manifest/job_spec.h"

#include <gtest/gtest.h>

namespace hearth::manifest {
namespace {

JobSpec FullSpec() {
  JobSpec spec;
  spec.name = "orders";
  spec.team = "sales";
  spec.owner = "sales@example.org";
  spec.environment = "prod";
  spec.name_space = "sales-prod";
  spec.labels = {{"cost-center", "42"}};
  spec.type = JobType::kStreaming;
  spec.application = {ApplicationKind::kJar,
                      "s3://jars/a.jar",
                      "org.example.Main",
                      {"--date", "2026-01-01"},
                      {"b.jar"},
                      {"c.py"},
                      {"d.txt"},
                      {"org:e:1"},
                      "SELECT 1",
                      "{}"};
  spec.engine_type = "hearth";
  spec.engine_version = "3.5";
  spec.image = "spark:3.5";
  spec.resources = {{2, 4096, 512}, {4, 8192, std::nullopt}, 5, 1, 9};
  spec.given = {"resources.driver.memory"};
  spec.spark_config = {{"spark.sql.shuffle.partitions", "10"}};
  spec.environment_variables = {{"MODE", "daily"}};
  spec.secrets = {{"TOKEN", "sales-api", "token"}};
  spec.limits = {1, 2, 3};
  spec.retry = {0, 5};
  spec.alerting = {false, true, 60, {"slack:#sales"}};
  spec.sizing = SizingMode::kApply;
  spec.priority = -3;
  spec.backend = "local";
  spec.cluster = "a";
  return spec;
}

TEST(JobSpecJson, EveryFieldComesBack) {
  const std::string text = ToJson(FullSpec());
  const auto spec = JobSpecFromJson(text);
  ASSERT_TRUE(spec.ok()) << spec.error()->message;
  EXPECT_EQ(ToJson(*spec), text);
  EXPECT_EQ(spec->resources, FullSpec().resources);
  EXPECT_EQ(spec->engine_type, "hearth");
  EXPECT_EQ(spec->retry.maximum_retries, 0);
  EXPECT_EQ(spec->limits.run_seconds, 3);
  EXPECT_FALSE(spec->alerting.on_failure);
  EXPECT_EQ(spec->alerting.sla_seconds, 60);
  EXPECT_EQ(spec->secrets[0].key, "token");
  EXPECT_EQ(spec->application.arguments[1], "2026-01-01");
}

TEST(JobSpecJson, DefaultsAreLeftOut) {
  EXPECT_EQ(ToJson(JobSpec{}), R"({"application":{"kind":"sql"}})");
  const auto spec = JobSpecFromJson("{}");
  ASSERT_TRUE(spec.ok());
  EXPECT_EQ(spec->retry.maximum_retries, 3);
  EXPECT_EQ(spec->limits.run_seconds, std::nullopt);
}

TEST(JobSpecJson, ErrorsNameTheField) {
  const auto message = [](std::string_view text) {
    const auto spec = JobSpecFromJson(text);
    return spec.ok() ? std::string("no error") : spec.error()->message;
  };
  EXPECT_EQ(message("{"), "job specification: expected JSON");
  EXPECT_EQ(message("[]"), "job specification: expected an object");
  EXPECT_EQ(message(R"({"resources":{"driver":{"cores":"2"}}})"),
            "resources.driver.cores: expected a whole number");
  EXPECT_EQ(message(R"({"priority":3000000000})"), "priority: expected a whole number");
  EXPECT_EQ(message(R"({"type":"steady"})"), "type: expected another word");
  EXPECT_EQ(message(R"({"secrets":[{"secrt":"x"}]})"), "secrets[0].secrt: expected no such field");
}

TEST(JobSpecJson, BytesThatAreNoTextDoNotThrow) {
  JobSpec spec;
  spec.name = "\xff";
  EXPECT_NE(ToJson(spec).find("name"), std::string::npos);
}

TEST(Memory, SparkAndKubernetesSpellings) {
  EXPECT_EQ(ParseMemoryMib("4g"), 4096);
  EXPECT_EQ(ParseMemoryMib("4G"), 4096);
  EXPECT_EQ(ParseMemoryMib("4gb"), 4096);
  EXPECT_EQ(ParseMemoryMib("2Gi"), 2048);
  EXPECT_EQ(ParseMemoryMib("512m"), 512);
  EXPECT_EQ(ParseMemoryMib("1536"), 1536);
  EXPECT_EQ(ParseMemoryMib("1025k"), 2);
  EXPECT_EQ(ParseMemoryMib("1048576b"), 1);
  EXPECT_EQ(ParseMemoryMib("2t"), 2 << 20);
}

TEST(Memory, NoSizes) {
  for (const char* text :
       {"", "g", "1.5g", "-1g", "4x", "4gg", "4 g", "4bb", "99999999999999999999", "9999999999t"})
    EXPECT_EQ(ParseMemoryMib(text), std::nullopt) << text;
}

TEST(Memory, AsSparkTakesIt) {
  EXPECT_EQ(MemoryText(4096), "4g");
  EXPECT_EQ(MemoryText(1536), "1536m");
  EXPECT_EQ(MemoryText(0), "0m");
}

}  // namespace
}  // namespace hearth::manifest
