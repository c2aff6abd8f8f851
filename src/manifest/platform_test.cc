#include "manifest/platform.h"

#include <gtest/gtest.h>

#include "manifest/manifest.h"

namespace hearth::manifest {
namespace {

constexpr std::string_view kFile = R"(
images:
  - {version: "3.5", environment: production, type: spark-oss, image: "oss:3.5-prod"}
  - {version: "3.5", type: spark-oss, image: "oss:3.5"}
  - {type: spark-oss, image: "oss:{version}-any"}
coreEtl: {"2.7.0": "s3://platform/core-etl.jar"}
environments:
  prod: {resources: {executors: {instances: 7, memory: 9g}}, sparkConfig: {a.b: "1"}}
  lab: {}
)";

Platform ReadGood() {
  auto platform = ReadPlatform(kFile, "platform.yaml");
  EXPECT_TRUE(platform) << Render(platform.error());
  return platform ? *platform : Platform();
}

TEST(Platform, TheFirstImageThatFits) {
  const Platform platform = ReadGood();
  EXPECT_EQ(ImageFor(platform, "3.5", "prod", "spark-oss"), "oss:3.5-prod");
  EXPECT_EQ(ImageFor(platform, "3.5.4", "local", "spark-oss"), "oss:3.5");
  EXPECT_EQ(ImageFor(platform, "3.50", "local", "spark-oss"), "oss:3.50-any");
  EXPECT_EQ(ImageFor(platform, "3.5", "prod", "spark-dbr"), std::nullopt);
}

constexpr std::string_view kJob = R"(
apiVersion: hearth.dev/v1
kind: SparkJob
metadata: {name: a, team: t}
spec:
  engine: {version: "3.5"}
  coreEtl:
    version: 2.7.0
    mainClass: org.example.CoreEtl
    jobSpec:
      sources: [{name: s, type: csv, path: /a}]
      sinks: [{name: o, type: parquet, path: /b}]
  resources: {executor: {memory: 2g}}
)";

TEST(Platform, ItsDefaultsLieUnderTheManifest) {
  const Platform platform = ReadGood();
  const Document document = ReadManifests(kJob, "job.yaml").documents.at(0);
  const auto job = ResolveJob(document, {"prod", {}, &platform});
  ASSERT_TRUE(job) << Render(job.error());
  EXPECT_EQ(job->resources.executor_instances, 7);
  EXPECT_EQ(job->resources.executor.memory_mib, 2048);
  EXPECT_EQ(job->given, std::set<std::string>{"resources.executor.memory"});
  EXPECT_EQ(job->spark_config.at("a.b"), "1");
  EXPECT_EQ(job->application.main_file, "s3://platform/core-etl.jar");
  EXPECT_EQ(job->image, "oss:3.5-prod");
  EXPECT_TRUE(ResolveJob(document, {"lab", {}, &platform}));
  const auto nowhere = ResolveJob(document, {"labs", {}, &platform});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(Render(nowhere.error()),
            "job.yaml: spec.environments: 'labs': expected an environment that is known: lab, prod; did you "
            "mean lab?\n");
}

TEST(Platform, ItsMistakesAreItsOwn) {
  const auto platform = ReadPlatform(
      "images: [{version: \"3.5\"}]\nimage: x\nenvironments:\n  prod: {resources: {driver: {cores: 0}}}\n",
      "platform.yaml");
  ASSERT_FALSE(platform);
  EXPECT_EQ(Render(platform.error()),
            "platform.yaml:1: images[0]: '{…}': expected fields: version, environment, type, image\n"
            "platform.yaml:2: image: no such field; did you mean images?\n"
            "platform.yaml:4: environments.prod.resources.driver.cores: '0': expected a whole number from 1 "
            "to 1024\n");
}

TEST(Platform, WhatIsLeftOutIsBuiltIn) {
  const auto platform = ReadPlatform("queue: {waiting: 3}\n", "platform.yaml");
  ASSERT_TRUE(platform.has_value());
  EXPECT_TRUE(platform->environments.contains("local"));
  EXPECT_TRUE(ImageFor(*platform, "4.3", "local", "spark-oss"));
}

TEST(Platform, TheBuiltInOneReads) {
  EXPECT_EQ(ImageFor(DefaultPlatform(), "4.0.1", "prod", "spark-oss"), "spark-platform:4.0.1-latest");
  EXPECT_EQ(DefaultPlatform().environments.size(), 4U);
}

}  // namespace
}  // namespace hearth::manifest
