#include "runner/completion.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "runner/datasets.h"

namespace hearth::runner {
namespace {

using nlohmann::json;

void ExpectFiles(const char* place, const char* name_space, const char* name) {
  EXPECT_EQ(FilesAt(place), (Dataset{name_space, name})) << place;
}

TEST(Datasets, AreNamedAsOpenLineageDoes) {
  ExpectFiles("/data/orders/", "file", "/data/orders");
  ExpectFiles("file:/data/orders", "file", "/data/orders");
  ExpectFiles("file:///data/a b", "file", "/data/a b");
  ExpectFiles("s3a://lake/raw/orders", "s3://lake", "raw/orders");
  ExpectFiles("s3://lake", "s3://lake", "/");
  ExpectFiles("gs://lake/orders/", "gs://lake", "orders");
  ExpectFiles("hdfs://names:8020/orders", "hdfs://names:8020", "/orders");
  ExpectFiles("abfs://box@store.dfs.core.windows.net/orders", "abfss://box@store.dfs.core.windows.net",
              "/orders");
  ExpectFiles("oss://lake/orders", "oss://lake", "/orders");
  EXPECT_EQ(TopicOf("a:9092,b:9092", "orders"), (Dataset{"kafka://a:9092", "orders"}));
}

manifest::JobSpec CoreEtl() {
  manifest::JobSpec spec;
  spec.application.kind = manifest::ApplicationKind::kCoreEtl;
  spec.application.core_etl = R"({"sources": [
      {"name": "a", "type": "csv", "path": "s3://lake/a"},
      {"name": "b", "type": "table", "table": "b"},
      {"name": "k", "type": "kafka", "bootstrapServers": "broker:9092", "topic": "clicks"}],
    "sinks": [
      {"name": "out", "type": "parquet", "path": "/out"},
      {"name": "again", "type": "parquet", "path": "file:/out/"},
      {"name": "table", "type": "iceberg", "catalog": "lake", "database": "sales", "table": "orders"}]})";
  return spec;
}

TEST(Datasets, ThoseOfCoreEtlStandInItsSpecification) {
  EXPECT_EQ(SourcesOf(CoreEtl()).items,
            (std::vector<Dataset>{
                {"s3://lake", "a"}, {"spark_catalog", "default.b"}, {"kafka://broker:9092", "clicks"}}));
  EXPECT_EQ(SinksOf(CoreEtl()).items, (std::vector<Dataset>{{"file", "/out"}, {"lake", "sales.orders"}}));
  EXPECT_TRUE(NamesItsData(CoreEtl()));
  manifest::JobSpec jar = CoreEtl();
  jar.application.main_file = "own.jar";
  EXPECT_FALSE(NamesItsData(jar)) << "what a jar makes of it is its own";
}

TEST(Completion, IsAnEventOfOpenLineage) {
  runner::Run run;
  run.id = RunId("job-019ab1c2d3e4f5061728394a5b6c");
  run.name = "orders";
  run.team = "sales";
  run.environment = "prod";
  run.state = RunState::kSucceeded;
  run.attempts = 2;
  run.ended_at = 1767225600123456;  // 2026-01-01
  std::vector<Attempt> attempts(2);
  attempts[0].outcome.written.items = {{"file", "/first"}};
  attempts[1].outcome.written.items = {{"file", "/first"}, {"spark_catalog", "default.t"}};
  const json body = json::parse(CompletionBody(run, attempts));
  EXPECT_EQ(body["eventType"], "COMPLETE");
  EXPECT_EQ(body["eventTime"], "2026-01-01T00:00:00.123Z");
  // Python: uuid.uuid5(uuid.NAMESPACE_URL, "https://hearth.dev/jobs/job-019ab1c2d3e4f5061728394a5b6c")
  EXPECT_EQ(body["run"]["runId"], "7133dbf9-af49-51b7-b03e-b8b91a776ab5");
  EXPECT_EQ(body["job"]["namespace"], "hearth://prod/sales");
  EXPECT_EQ(body["job"]["name"], "orders");
  EXPECT_EQ(body["inputs"], json::array());
  EXPECT_EQ(body["outputs"], json::parse(R"([{"namespace": "file", "name": "/first"},
                                             {"namespace": "spark_catalog", "name": "default.t"}])"))
      << "of all attempts, each once";
  const json& facet = body["run"]["facets"]["hearth_job"];
  EXPECT_EQ(facet["job_id"], run.id.text());
  EXPECT_EQ(facet["attempts"], 2);
  EXPECT_EQ(facet["outputs_cut"], false);
}

}  // namespace
}  // namespace hearth::runner
