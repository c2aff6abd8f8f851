#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/uuid.h"
#include "runner/event_log.h"
#include "runner/testing/recorded_event_logs.h"

namespace hearth::runner {
namespace {

namespace fs = std::filesystem;

// "NAMESPACE NAME" of each, in the order of the log.
std::vector<std::string> WrittenIn(const std::string& log) {
  const fs::path folder = fs::temp_directory_path() / ("hearth-events-" + base::RandomUuid());
  fs::create_directories(folder / "eventlog_v2_local-1");
  std::ofstream(folder / "eventlog_v2_local-1/events_1_local-1") << log;
  const EventLog read = ReadEventLogs(folder);
  fs::remove_all(folder);
  EXPECT_FALSE(read.written.is_cut);
  std::vector<std::string> written;
  for (const Dataset& dataset : read.written.items)
    written.push_back(dataset.name_space + " " + dataset.name);
  return written;
}

using Names = std::vector<std::string>;

TEST(EventLogWrites, FilesAndTablesOfSparksOwnCatalog) {
  EXPECT_EQ(WrittenIn(testing::kFilesAndTables), (Names{
                                                     "file /data/p1",             // df.write.parquet
                                                     "spark_catalog default.t1",  // df.write.saveAsTable
                                                     "spark_catalog default.ct",  // INSERT INTO
                                                     "spark_catalog d2.ct",  // INSERT OVERWRITE … PARTITION
                                                     "file /data/dir",       // INSERT OVERWRITE DIRECTORY
                                                 }))
      << "not: what failed, what was there and ignored, the sink noop, the folder of a new table";
}

TEST(EventLogWrites, TablesOfADatabasesCatalogAndOddNames) {
  EXPECT_EQ(WrittenIn(testing::kDatabaseCatalog), (Names{"jd APP.T1", "file /data/a b, c/x=1"}))
      << "not: a table whose creation failed after its rows were written";
}

TEST(EventLogWrites, HiveTables) {
  EXPECT_EQ(WrittenIn(testing::kHiveTables),
            (Names{"spark_catalog default.h", "spark_catalog default.h3", "file /data/hd"}));
}

TEST(EventLogWrites, IcebergTables) {
  // CREATE TABLE AS SELECT (whose insertion does not know its catalog), INSERT, UPDATE, DELETE, UPDATE by
  // deltas.
  EXPECT_EQ(WrittenIn(testing::kIcebergTables), (Names{"lake db.t1"}));
  EXPECT_EQ(WrittenIn(R"({"Event":"SparkListenerEnvironmentUpdate","Spark Properties":{)"
                      R"("spark.sql.catalog.lake":"org.apache.iceberg.spark.SparkCatalog",)"
                      R"("spark.sql.catalog.other":"org.example.Catalog"}})"
                      "\n" +
                      std::string(testing::kIcebergTables)),
            (Names{"lake db.t1"}));
}

constexpr const char* kStart =
    R"({"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":ID,)"
    R"("rootExecutionId":ID,"sparkPlanInfo":{"nodeName":"Execute InsertIntoHadoopFsRelationCommand",)"
    R"("simpleString":"Execute InsertIntoHadoopFsRelationCommand s3a://lake/t/ID, false, Parquet, [], Append, [a]",)"
    R"("children":[]}})";
constexpr const char* kEnd =
    R"({"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":ID)";

std::string For(int id, std::string text) {
  for (size_t at = text.find("ID"); at != std::string::npos; at = text.find("ID"))
    text.replace(at, 2, std::to_string(id));
  return text;
}

TEST(EventLogWrites, OnlyWhatIsKnownToHaveSucceeded) {
  const std::string log = For(1, kStart) + "\n" + For(2, kStart) + "\n" + For(3, kStart) + "\n" +
                          "{broken\n" + For(2, kEnd) + "}\n" + For(3, kEnd) + R"(,"errorMessage":""})" + "\n";
  EXPECT_EQ(WrittenIn(log), (Names{"s3://lake t/3"})) << "not: without an end, without a word of its end";
}

TEST(EventLogWrites, AreBounded) {
  const fs::path folder = fs::temp_directory_path() / ("hearth-events-" + base::RandomUuid());
  fs::create_directories(folder);
  std::ofstream log(folder / "events_1");
  for (int i = 0; i < static_cast<int>(kMostDatasets) + 1; ++i)
    log << For(i, kStart) << "\n" << For(i, kEnd) << R"(,"errorMessage":""})" << "\n";
  log.close();
  const EventLog read = ReadEventLogs(folder);
  fs::remove_all(folder);
  EXPECT_EQ(read.written.items.size(), kMostDatasets);
  EXPECT_TRUE(read.written.is_cut);
}

}  // namespace
}  // namespace hearth::runner
