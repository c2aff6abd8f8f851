#include "session/configuration.h"

#include <gtest/gtest.h>

#include "session/settings_table.h"

namespace hearth::session {
namespace {

std::string ConditionOf(const base::Status& status) { return status.ok() ? "" : status.error()->condition; }

TEST(Configuration, AnswersSparksDefaults) {
  const Configuration configuration;
  EXPECT_EQ(configuration.Get("spark.sql.ansi.enabled")->value(), "true");
  EXPECT_EQ(configuration.Get("spark.sql.autoBroadcastJoinThreshold")->value(), "10485760b");
  EXPECT_EQ(configuration.Get("spark.connect.session.planCompression.threshold")->value(), "10485760");
  EXPECT_FALSE(configuration.Get("spark.sql.optimizer.excludedRules")->has_value());
  const auto unknown = configuration.Get("no.such");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error()->condition, "SQL_CONF_NOT_FOUND");
  EXPECT_EQ(unknown.error()->sql_state, "42K0I");
  EXPECT_FALSE(configuration.Find("no.such").has_value());
}

TEST(Configuration, SetsAndTakesBack) {
  Configuration configuration(Configuration::Values{{"spark.app.name", "hearth"}});
  EXPECT_TRUE(configuration.Set("spark.sql.shuffle.partitions", "7").ok());
  EXPECT_TRUE(configuration.Set("my.own.key", "x").ok());
  EXPECT_EQ(configuration.Number("spark.sql.shuffle.partitions"), 7);
  EXPECT_EQ(configuration.GetAll().size(), 3u);
  EXPECT_TRUE(configuration.Unset("spark.sql.shuffle.partitions").ok());
  EXPECT_EQ(configuration.Text("spark.sql.shuffle.partitions"), "200");
  EXPECT_TRUE(configuration.Unset("spark.app.name").ok());
  EXPECT_FALSE(configuration.Find("spark.app.name").has_value());
  configuration.Reset();
  EXPECT_EQ(configuration.Text("spark.app.name"), "hearth");
  EXPECT_FALSE(configuration.Find("my.own.key").has_value());
}

TEST(Configuration, RefusesWrongValues) {
  Configuration configuration;
  EXPECT_EQ(ConditionOf(configuration.Set("spark.sql.ansi.enabled", "maybe")),
            "INVALID_CONF_VALUE.TYPE_MISMATCH");
  EXPECT_EQ(ConditionOf(configuration.Set("spark.sql.shuffle.partitions", "abc")),
            "INVALID_CONF_VALUE.TYPE_MISMATCH");
  EXPECT_EQ(ConditionOf(configuration.Set("spark.sql.shuffle.partitions", "-1")),
            "INVALID_CONF_VALUE.REQUIREMENT");
  EXPECT_EQ(ConditionOf(configuration.Set("spark.sql.files.maxPartitionBytes", "12zz")),
            "INVALID_CONF_VALUE.TYPE_MISMATCH");
  EXPECT_EQ(ConditionOf(configuration.Set("spark.sql.timestampType", "abc")),
            "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS");
  EXPECT_EQ(ConditionOf(configuration.Set("spark.sql.session.timeZone", "Mars/Base")),
            "INVALID_CONF_VALUE.TIME_ZONE");
  EXPECT_EQ(ConditionOf(configuration.Set("spark.sql.warehouse.dir", "/x")), "CANNOT_MODIFY_STATIC_CONFIG");
  EXPECT_EQ(ConditionOf(configuration.Set("spark.driver.memory", "2g")), "CANNOT_MODIFY_CONFIG");
  EXPECT_EQ(ConditionOf(configuration.Unset("spark.sql.warehouse.dir")), "CANNOT_MODIFY_STATIC_CONFIG");
  EXPECT_TRUE(configuration.Set("spark.sql.timestampType", "timestamp_ntz").ok());
  EXPECT_TRUE(configuration.Set("spark.sql.files.maxPartitionBytes", "12mb").ok());
  EXPECT_TRUE(configuration.Set("spark.sql.autoBroadcastJoinThreshold", "-1").ok());
  EXPECT_FALSE(configuration.GetWithDefault("spark.sql.shuffle.partitions", "zz").ok());
  EXPECT_EQ(configuration.GetWithDefault("spark.sql.shuffle.partitions", "5")->value(), "5");
}

TEST(Configuration, KnowsWhatMayChange) {
  EXPECT_TRUE(Configuration::IsModifiable("spark.sql.ansi.enabled"));
  EXPECT_FALSE(Configuration::IsModifiable("spark.sql.warehouse.dir"));
  EXPECT_FALSE(Configuration::IsModifiable("no.such"));
}

TEST(Configuration, ReadsUnits) {
  EXPECT_EQ(ParseBytes("64m"), 64 << 20);
  EXPECT_EQ(ParseBytes("1g"), 1 << 30);
  EXPECT_EQ(ParseBytes("9223372036854775807k"), std::nullopt);
  EXPECT_EQ(ParseBytes("x"), std::nullopt);
  EXPECT_EQ(ParseMilliseconds("5min"), 300000);
  EXPECT_EQ(ParseMilliseconds("250"), 250);
}

TEST(SettingsTable, IsSortedAndComplete) {
  EXPECT_GT(AllSettings().size(), 800u);
  for (size_t i = 1; i < AllSettings().size(); ++i) EXPECT_LT(AllSettings()[i - 1].key, AllSettings()[i].key);
}

// Every setting that a stock client reads, with or without a default.
TEST(SettingsTable, HasWhatClientsAskFor) {
  for (const char* key : {"spark.connect.session.planCompression.defaultAlgorithm",
                          "spark.python.sql.dataFrameDebugging.enabled",
                          "spark.sql.stackTracesInDataFrameContext",
                          "spark.sql.pyspark.inferNestedDictAsStruct.enabled",
                          "spark.sql.pyspark.legacy.inferArrayTypeFromFirstElement.enabled",
                          "spark.sql.timestampType",
                          "spark.sql.session.timeZone",
                          "spark.sql.execution.pandas.convertToArrowArraySafely",
                          "spark.sql.session.localRelationCacheThreshold",
                          "spark.sql.execution.pandas.inferPandasDictAsMap",
                          "spark.sql.pyspark.legacy.inferMapTypeFromFirstPair.enabled",
                          "spark.sql.execution.arrow.useLargeVarTypes",
                          "spark.sql.session.localRelationSizeLimit",
                          "spark.sql.session.localRelationChunkSizeRows",
                          "spark.sql.session.localRelationChunkSizeBytes",
                          "spark.sql.session.localRelationBatchOfChunksSizeBytes",
                          "spark.sql.execution.pandas.structHandlingMode",
                          "spark.sql.execution.arrow.pyspark.selfDestruct.enabled",
                          "spark.sql.execution.pyspark.binaryAsBytes",
                          "spark.sql.repl.eagerEval.enabled",
                          "spark.sql.repl.eagerEval.maxNumRows",
                          "spark.sql.repl.eagerEval.truncate",
                          "spark.sql.connect.serverStacktrace.enabled",
                          "spark.sql.pyspark.jvmStacktrace.enabled",
                          "spark.sql.execution.pythonUDF.arrow.enabled",
                          "spark.sql.execution.pythonUDTF.arrow.enabled",
                          "spark.sql.ansi.enabled",
                          "spark.sql.pyspark.plotting.max_rows"}) {
    EXPECT_NE(FindSetting(key), nullptr) << key;
  }
}

}  // namespace
}  // namespace hearth::session
