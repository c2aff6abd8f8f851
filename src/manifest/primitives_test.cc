#include "manifest/primitives.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace hearth::manifest {
namespace {

std::vector<Primitive> Primitives(const std::string& text, const std::string& environment) {
  const ManifestFile file = ReadManifests(text, "a.yaml");
  const auto document = Resolve(file.documents.at(0), {environment, {}, nullptr});
  EXPECT_TRUE(document) << Render(document.error());
  return document ? PrimitivesOf(*document) : std::vector<Primitive>();
}

std::string DailyOrders() {
  std::ifstream stream("tests/manifest/daily_orders.yaml");
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string Replaced(std::string text, const std::string& old, const std::string& now) {
  return text.replace(text.find(old), old.size(), now);
}

TEST(Primitives, AScheduledJobIsTwo) {
  const auto primitives = Primitives(DailyOrders(), "prod");
  ASSERT_EQ(primitives.size(), 2U);
  EXPECT_EQ(primitives[0].kind, PrimitiveKind::kJob);
  EXPECT_EQ(primitives[0].name + " " + primitives[0].team + " " + primitives[0].environment,
            "daily-orders sales prod");
  EXPECT_EQ(primitives[1].kind, PrimitiveKind::kSchedule);
  EXPECT_EQ(
      primitives[1].canonical,
      R"({"apiVersion":"hearth.dev/v1","kind":"SparkJob","metadata":{"name":"daily-orders","team":"sales"},)"
      R"("spec":{"orchestration":{"schedule":"0 6 * * *","timezone":"Europe/Berlin","startDate":"2026-01-01",)"
      R"("catchUp":"none","overlap":"forbid"}}})");
  // The overlay of test takes the schedule away.
  EXPECT_EQ(Primitives(DailyOrders(), "test").size(), 1U);
}

TEST(Primitives, AChangedCronIsOneUpdate) {
  const auto old = Primitives(DailyOrders(), "prod");
  EXPECT_EQ(old, Primitives(DailyOrders(), "prod"));
  const auto now = Primitives(Replaced(DailyOrders(), "0 6 * * *", "0 7 * * *"), "prod");
  EXPECT_EQ(old[0], now[0]);
  const auto differences = CompareCanonical(PrimitiveKind::kSchedule, old[1].canonical, now[1].canonical);
  ASSERT_TRUE(differences);
  EXPECT_EQ(*differences,
            (std::vector<Difference>{{"spec.orchestration.schedule", "0 6 * * *", "0 7 * * *"}}));
}

TEST(Primitives, AChangedStepIsAnUpdateOfTheJob) {
  const auto old = Primitives(DailyOrders(), "prod");
  const auto now = Primitives(Replaced(DailyOrders(), "upper(country)", "lower(country)"), "prod");
  EXPECT_EQ(old[1], now[1]);
  const auto differences = CompareCanonical(PrimitiveKind::kJob, old[0].canonical, now[0].canonical);
  ASSERT_TRUE(differences);
  ASSERT_EQ(differences->size(), 1U);
  EXPECT_EQ(differences->at(0).path, "spec.coreEtl.jobSpec.transformations[clean].query");
}

TEST(Primitives, StreamsAndClusters) {
  const std::string head = "apiVersion: hearth.dev/v1\nmetadata: {name: a, team: t}\n";
  const auto stream =
      Primitives(head + "kind: SparkJob\nspec: {jobType: streaming, pyspark: {file: a.py}}\n", "prod");
  ASSERT_EQ(stream.size(), 2U);
  EXPECT_EQ(PrimitiveName(stream[1].kind), "continuous-job");
  const auto cluster = Primitives(head + "kind: SparkCluster\nspec: {size: small}\n", "prod");
  ASSERT_EQ(cluster.size(), 1U);
  EXPECT_EQ(PrimitiveName(cluster[0].kind), "cluster");
  EXPECT_FALSE(CompareCanonical(PrimitiveKind::kJob, "{", "{}"));
}

}  // namespace
}  // namespace hearth::manifest
