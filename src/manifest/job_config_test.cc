#include "manifest/job_config.h"

#include <gtest/gtest.h>

namespace hearth::manifest {
namespace {

const Target kFallback = {"", {{}, "2026-01-31"}, nullptr};

std::string Errors(std::string_view json) {
  const auto job = ReadSubmitRequest(json, kFallback);
  return job ? "" : Render(job.error());
}

constexpr std::string_view kFull = R"({
  "name": "orders", "team": "sales", "user": "ann", "idempotency_key": "k1", "callback_url": "https://example.org/done",
  "environment": "production", "parameters": {"ds": "2026-02-03"}, "priority": 7,
  "config": {
    "spark_version": "3.5", "job_type": "BATCH", "engine_type": "spark-oss",
    "custom_jar": {"jar_path": "s3://jars/a.jar", "main_class": "org.example.Main", "args": ["{{ ds }}"]},
    "resources": {"driver": {"cores": 2, "memory": "4g", "memory_overhead": "1g"},
                  "executor": {"instances": 3, "cores": 4, "memory": "8g", "dynamic_allocation": true,
                               "min_executors": 2, "max_executors": 9}},
    "spark_config": {"spark.sql.ansi.enabled": true}, "env_vars": {"MODE": "daily"},
    "limits": {"queue_seconds": 0, "run_seconds": "3600"}, "retry": {"max_retries": 0, "delay_seconds": "5"},
    "secrets": [{"name": "TOKEN", "secret": "sales-api", "key": "token"}], "backend": "local", "sizing": "advise"
  }})";

TEST(SubmitRequest, EveryFieldArrives) {
  const auto job = ReadSubmitRequest(kFull, kFallback);
  ASSERT_TRUE(job) << Render(job.error());
  EXPECT_EQ(job->user, "ann");
  EXPECT_EQ(job->idempotency_key, "k1");
  EXPECT_EQ(job->callback_url, "https://example.org/done");
  EXPECT_EQ(
      ToJson(job->spec),
      R"({"application":{"arguments":["2026-02-03"],"kind":"jar","mainClass":"org.example.Main",)"
      R"("mainFile":"s3://jars/a.jar"},"backend":"local","engineType":"spark-oss","engineVersion":"3.5",)"
      R"("environment":"prod","environmentVariables":{"MODE":"daily"},)"
      R"("given":["resources.driver.cores","resources.driver.memory","resources.driver.memoryOverhead",)"
      R"("resources.executor.cores","resources.executor.instances","resources.executor.maxInstances",)"
      R"("resources.executor.memory","resources.executor.minInstances"],)"
      R"("image":"spark-platform:3.5-latest","limits":{"runSeconds":3600},"name":"orders","priority":7,)"
      R"("resources":{"driver":{"cores":2,"memoryMib":4096,"overheadMib":1024},)"
      R"("executor":{"cores":4,"memoryMib":8192},"executorInstances":3,"maximumInstances":9,)"
      R"("minimumInstances":2},"retry":{"delaySeconds":5,"maximumRetries":0},"secrets":[{"key":"token",)"
      R"("secret":"sales-api","variable":"TOKEN"}],"sizing":"advise",)"
      R"("sparkConfig":{"spark.sql.ansi.enabled":"true","spark.sql.shuffle.partitions":"200"},"team":"sales"})");
}

TEST(SubmitRequest, TheSpecificationMayBeTextOrObject) {
  const auto request = [](const std::string& specification) {
    return R"({"name":"a","team":"t","user":"u","config":{"core_etl":{"job_spec":)" + specification + "}}}";
  };
  const auto object = ReadSubmitRequest(
      request(R"({"sources":[{"name":"s","type":"csv","path":"/a","filter":"day = '{{ ds }}'"}],)"
              R"("sinks":[{"name":"o","type":"parquet","path":"/b"}]})"),
      kFallback);
  ASSERT_TRUE(object) << Render(object.error());
  const auto text = ReadSubmitRequest(
      request(
          R"("{\"sources\":[{\"name\":\"s\",\"type\":\"csv\",\"path\":\"/a\",\"filter\":\"day = '{{ ds }}'\"}],)"
          R"(\"sinks\":[{\"name\":\"o\",\"type\":\"parquet\",\"path\":\"/b\"}]}")"),
      kFallback);
  ASSERT_TRUE(text) << Render(text.error());
  EXPECT_EQ(object->spec.application.core_etl, text->spec.application.core_etl);
  EXPECT_EQ(object->spec.application.core_etl,
            R"({"name":"a","sinks":[{"from":"s","mode":"append","name":"o","path":"/b","type":"parquet"}],)"
            R"("sources":[{"filter":"day = '2026-01-31'","name":"s","path":"/a","type":"csv"}]})");
  // Escapes that JSON has and YAML has not.
  const auto escapes = ReadSubmitRequest(
      request(R"("{\"sources\":[{\"name\":\"s\",\"type\":\"csv\",\"path\":\"\\/a\\ud83d\\ude00\"}],)"
              R"(\"sinks\":[{\"name\":\"o\",\"type\":\"parquet\",\"path\":\"/b\"}]}")"),
      kFallback);
  ASSERT_TRUE(escapes) << Render(escapes.error());
  EXPECT_NE(escapes->spec.application.core_etl.find("/a\xF0\x9F\x98\x80"), std::string::npos);
  EXPECT_EQ(Errors(request(R"("not json")")),
            "config.core_etl.job_spec: 'not json': expected an object, or text with one object as JSON\n");
  EXPECT_EQ(
      Errors(
          request(R"({"sources":[{"name":"s","type":"csv","path":"a"},{"name":"s","type":"csv","path":"b"}],)"
                  R"("sinks":[{"name":"o","type":"csv","path":"c","from":"s","input":"s"}]})")),
      "config.core_etl.job_spec.sources[1].name: 's': expected a name of its own; another one has it too\n"
      "config.core_etl.job_spec.sinks[0].input: 's': the same field as "
      "config.core_etl.job_spec.sinks[0].from "
      "(another one); expected one of them\n");
  EXPECT_EQ(Errors(request(R"({"sources":[{"name":"s","type":"csv"}],"sinks":[]})")),
            "config.core_etl.job_spec.sinks: '[…]': expected at least one\n"
            "config.core_etl.job_spec.sources[0].path: must be given for type csv\n");
}

TEST(SubmitRequest, ErrorsUseItsOwnSpelling) {
  EXPECT_EQ(
      Errors("{}"),
      "user: must be given\nconfig: must be given\nname: must be given: Unique within team and environment\n"
      "team: must be given: The team that owns it\n");
  EXPECT_EQ(Errors(R"({"name":"a","team":"t","user":"u","config":{}})"),
            "config: expected one of core_etl, custom_jar, pyspark, sql\n");
  EXPECT_EQ(
      Errors(R"({"name":"a","team":"t","user":"u","config":{"sql":{"query":"SELECT 1"},"core_etl":{}}})"),
      "config.core_etl.job_spec: must be given: The steps; may also be text with JSON\n"
      "config.core_etl: expected exactly one of core_etl, custom_jar, pyspark, sql; there are 2\n"
      "config.sql: expected exactly one of core_etl, custom_jar, pyspark, sql; there are 2\n");
  EXPECT_EQ(
      Errors(R"({"name":"a b","team":"","user":"u","colour":1,"callback_url":"ftp://x","config":{
                       "job_type":"NIGHTLY","sql":{"query":"SELECT 1"},"spark_versoin":"4.0",
                       "resources":{"driver":{"cores":"two","memory":"4x"},
                                    "executor":{"dynamic_allocation":true}},
                       "env_vars":{"API_TOKEN":"abc"},"limits":{"run_seconds":-1}}})"),
      "callback_url: 'ftp://x': expected an address that starts with http:// or https://\n"
      "name: 'a b': expected a name of letters, digits, '-', '_' and '.', at most 100\n"
      "team: must be given: The team that owns it\n"
      "config.job_type: 'nightly': expected one of batch, streaming\n"
      "config.resources.driver.cores: 'two': expected a whole number from 1 to 1024\n"
      "config.resources.driver.memory: '4x': expected a memory size such as 4g or 512m from 256m to 16384g\n"
      "config.limits.run_seconds: '-1': expected a time such as 90s, 5m or 2h from 1s to 30d\n"
      "config.env_vars.API_TOKEN: looks like a secret, which must not stand here; name it under "
      "config.secrets "
      "(name: VARIABLE, secret: NAME, key: ENTRY) and read that environment variable\n"
      "colour: no such field\n"
      "config.spark_versoin: no such field; did you mean spark_version?\n"
      "config.resources.executor.max_executors: must be given with dynamic_allocation\n");
  EXPECT_EQ(Errors("[1]"), "expected a JSON object\n");
  EXPECT_EQ(Errors(R"({"name":)"), "expected JSON; byte 9 does not fit\n");
  EXPECT_EQ(Errors(R"({"a":1,"a":2})"), "a: expected each key once\n");
}

TEST(SubmitRequest, AManifestComesWithItsLines) {
  const std::string start = R"({"user":"u","environment":"dev","manifest":")"
                            R"(apiVersion: hearth.dev/v1\nkind: SparkJob\nmetadata: {name: a, team: t}\n)";
  const auto job = ReadSubmitRequest(
      start + R"(spec: {sql: {query: \"SELECT '{{ x }}'\"}}","parameters":{"x":"1"},"priority":3})",
      kFallback);
  ASSERT_TRUE(job) << Render(job.error());
  EXPECT_EQ(job->spec.application.sql, "SELECT '1'");
  EXPECT_EQ(job->spec.environment, "local");
  EXPECT_EQ(job->spec.priority, 3);
  EXPECT_EQ(Errors(start + R"(spec: {sql: {qery: a}}"})"),
            "manifest:4: spec.sql: expected either file or query\n"
            "manifest:4: spec.sql.qery: no such field; did you mean query?\n");
  EXPECT_EQ(Errors(start + R"(spec: {sql: {query: a}}","team":"other","config":{}})"),
            "config: expected either config or manifest\n");
  EXPECT_EQ(Errors(start + R"(spec: {sql: {query: a}}","team":"other"})"),
            "team: 'other': expected what the manifest says, 't'\n");
}

TEST(SubmitRequest, TheSameRequestAsksForTheSameTomorrow) {
  const auto asked = [](std::string_view config, const char* date) {
    const auto job =
        ReadSubmitRequest(R"({"name":"a","team":"t","user":"u","config":)" + std::string(config) + "}",
                          {"", {{}, date}, nullptr});
    return job ? job->asked : Render(job.error());
  };
  constexpr std::string_view kConfig =
      R"({"sql":{"query":"SELECT '{{ ds }}'"},"resources":{"driver":{"cores":2}}})";
  EXPECT_EQ(asked(kConfig, "2026-01-01"), asked(kConfig, "2026-01-02"));
  EXPECT_EQ(
      asked(kConfig, "2026-01-01"),
      asked(R"({"resources":{"driver":{"cores":"2"}},"sql":{"query":"SELECT '{{ ds }}'"}})", "2026-01-01"));
  EXPECT_NE(asked(kConfig, "2026-01-01"), asked(R"({"sql":{"query":"SELECT '{{ ds }}'"}})", "2026-01-01"));
}

TEST(SubmitRequest, DepthAndSizeAreBounded) {
  EXPECT_EQ(Errors(std::string(100000, '[')), "expected at most 64 levels\n");
  EXPECT_EQ(Errors("\"" + std::string(2 << 20, 'x') + "\""), "expected at most 1048576 bytes\n");
}

}  // namespace
}  // namespace hearth::manifest
