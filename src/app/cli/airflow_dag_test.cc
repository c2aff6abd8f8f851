#include "app/cli/airflow_dag.h"

#include <gtest/gtest.h>

namespace hearth::app {
namespace {

std::string Manifest(const std::string& orchestration, const std::string& more = "") {
  return "apiVersion: hearth.dev/v1\nkind: SparkJob\nmetadata: {name: nightly, team: sales}\n"
         "spec:\n  engine: {type: hearth, version: \"4.1\"}\n  sql: {query: \"select '{{ ds }}'\"}\n" +
         more + (orchestration.empty() ? "" : "  orchestration: " + orchestration + "\n");
}

tl::expected<AirflowDag, std::string> Dag(const std::string& text,
                                          const std::map<std::string, std::string>& parameters = {}) {
  const manifest::ManifestFile file = manifest::ReadManifests(text, "nightly.yaml");
  const auto written = manifest::Resolve(file.documents.at(0), {});
  const auto resolved =
      manifest::Resolve(file.documents.at(0), {"prod", {parameters, std::nullopt}, nullptr});
  if (!written || !resolved) return tl::unexpected<std::string>("the manifest is wrong");
  return ToAirflowDag(*written, *resolved, "nightly.yaml", parameters);
}

TEST(AirflowDag, SaysWhenAndWhat) {
  const auto dag = Dag(
      Manifest("{schedule: '0 6 * * *', timezone: Europe/Berlin, startDate: 2026-01-05, endDate: 2026-12-31, "
               "catchUp: all}"),
      {{"region", "{{ var.value.region }}"}});
  ASSERT_TRUE(dag) << dag.error();
  EXPECT_EQ(dag->id, "sales.nightly.prod");
  EXPECT_EQ(dag->text,
            R"(# Written by `hearth airflow export` from nightly.yaml: change that one and write this again.
import pendulum
from airflow.sdk import DAG, CronTriggerTimetable

from hearth.airflow import HearthJobOperator

MANIFEST = """\
apiVersion: hearth.dev/v1
kind: SparkJob
metadata:
  name: nightly
  team: sales
spec:
  engine:
    version: "4.1"
    type: hearth
  sql:
    query: select '{{ ds }}'
  orchestration:
    schedule: 0 6 * * *
    timezone: Europe/Berlin
    startDate: "2026-01-05"
    endDate: "2026-12-31"
    catchUp: all
"""

with DAG(
    dag_id="sales.nightly.prod",
    schedule=CronTriggerTimetable("0 6 * * *", timezone="Europe/Berlin"),
    start_date=pendulum.datetime(2026, 1, 5, tz="Europe/Berlin"),
    end_date=pendulum.datetime(2026, 12, 31, 23, 59, 59, tz="Europe/Berlin"),
    catchup=True,
    max_active_runs=1,
    default_args={"owner": "sales", "retries": 0},  # Hearth itself tries again
    tags=["hearth", "sales"],
):
    HearthJobOperator(
        task_id="nightly",
        manifest=MANIFEST,
        environment="prod",
        parameters={
            "region": "{{ var.value.region }}",
        },
        time_zone="Europe/Berlin",
        deferrable=True,
    )
)");
}

TEST(AirflowDag, WithoutAScheduleRunsWhenAsked) {
  const auto dag = Dag(Manifest(""));
  ASSERT_TRUE(dag) << dag.error();
  EXPECT_NE(dag->text.find("    schedule=None,\n"), std::string::npos);
  EXPECT_EQ(dag->text.find("pendulum"), std::string::npos);
  EXPECT_EQ(dag->text.find("time_zone"), std::string::npos);
}

TEST(AirflowDag, MayRunSideBySideOnlyWhereTheJobSaysSo) {
  const auto dag = Dag(Manifest("{schedule: '@midnight', overlap: allow}"));
  ASSERT_TRUE(dag) << dag.error();
  EXPECT_NE(dag->text.find("max_active_runs=16"), std::string::npos);
  EXPECT_NE(dag->text.find("CronTriggerTimetable(\"@daily\", timezone=\"UTC\")"), std::string::npos);
}

TEST(AirflowDag, RefusesWhatAirflowCannotDo) {
  EXPECT_NE(Dag(Manifest("{schedule: '@daily', overlap: replace}")).error().find("overlap 'replace'"),
            std::string::npos);
  EXPECT_NE(Dag(Manifest("{schedule: '@daily', catchUp: all}")).error().find("startDate"), std::string::npos);
}

TEST(AirflowDag, PythonReadsItsTextsAsTheyWere) {
  EXPECT_EQ(PythonText("a\"b\\c\n\r\t\x01\x7f{{ ds }}ä"), R"("a\"b\\c\n\r\t\x01\x7f{{ ds }}ä")");
  EXPECT_EQ(PythonLines("a \"b\" \\d\n"), "\"\"\"\\\na \"b\" \\\\d\n\"\"\"");
  EXPECT_EQ(PythonLines("\"\"\""), "\"\"\"\\\n\"\"\\\"\"\"\"");
  EXPECT_EQ(PythonLines("\"\"\"\"\"\"x\r\""), "\"\"\"\\\n\"\"\\\"\"\"\\\"x\\r\\\"\"\"\"");
}

}  // namespace
}  // namespace hearth::app
