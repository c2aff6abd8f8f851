#include "runner/failure_classes.h"

#include <gtest/gtest.h>

#include "runner/remedies.h"

namespace hearth::runner {
namespace {

Outcome Ended(std::optional<int32_t> exit_code, std::string reason, std::string log) {
  Outcome outcome;
  outcome.exit_code = exit_code;
  outcome.reason = std::move(reason);
  outcome.log_tail = std::move(log);
  outcome.error_condition = FindErrorCondition(outcome.log_tail);
  return outcome;
}

std::string ClassOf(const Outcome& outcome, StopReason reason = StopReason::kNone) {
  return Classify(outcome, reason).failure_class;
}

TEST(FailureClasses, TheTableIsWhole) {
  for (const FailureClass& row : FailureClasses()) {
    EXPECT_TRUE(row.fault == "user" || row.fault == "resources" || row.fault == "infrastructure" ||
                row.fault == "unknown")
        << row.name;
    EXPECT_FALSE(row.advice.empty()) << row.name;
    // User errors are never tried again, and what is never tried again has no remedy.
    EXPECT_EQ(row.retries == "0", row.remedy.empty()) << row.name;
    EXPECT_TRUE(row.fault != "user" || row.remedy.empty()) << row.name;
    manifest::JobSpec spec;
    spec.resources.driver.memory_mib = 8192;
    EXPECT_TRUE(row.remedy.empty() || ApplyRemedy(row.remedy, &spec)) << row.name << " " << row.remedy;
  }
}

TEST(FailureClasses, TheStrongestEvidenceDecides) {
  EXPECT_EQ(ClassOf(Ended(137, "OOMKilled", "FetchFailed")), "driver-container-oom");
  EXPECT_EQ(ClassOf(Ended(137, "", "")), "killed");
  EXPECT_EQ(ClassOf(Ended(137, "", ""), StopReason::kCancelled), "cancelled")
      << "our own kill is no lack of memory";
  EXPECT_EQ(ClassOf(Ended(137, "", ""), StopReason::kRunLimit), "run-limit");
  EXPECT_EQ(ClassOf(Ended(std::nullopt, "ImagePullBackOff", ""), StopReason::kStartLimit), "image-pull");
  EXPECT_EQ(ClassOf(Ended(std::nullopt, "", ""), StopReason::kStartLimit), "start-timeout");
  EXPECT_EQ(ClassOf(Ended(52, "", "")), "driver-heap-oom");
  EXPECT_EQ(ClassOf(Ended(1, "", "x\njava.lang.OutOfMemoryError: Java heap space\n")), "driver-heap-oom");
  EXPECT_EQ(ClassOf(Ended(1, "", "Job aborted due to stage failure: java.lang.OutOfMemoryError")),
            "executor-heap-oom");
  EXPECT_EQ(ClassOf(Ended(1, "", "[TABLE_OR_VIEW_NOT_FOUND] The table")), "input-missing");
  EXPECT_EQ(ClassOf(Ended(1, "", "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column")), "sql-error");
  EXPECT_EQ(ClassOf(Ended(1, "", "[DIVIDE_BY_ZERO] Division")), "sql-error");
  EXPECT_EQ(ClassOf(Ended(1, "", "Traceback (most recent call last):\nValueError: no\n")), "user-code");
  EXPECT_EQ(ClassOf(Ended(101, "", "")), "class-missing");
  EXPECT_EQ(ClassOf(Ended(127, "", "")), "not-executable");
  EXPECT_EQ(ClassOf(Ended(77, "", "")), "unknown");
}

// Texts as Spark 4.3 and its connectors write them; tests/python/test_spark_failures.py brings most of them
// about.
TEST(FailureClasses, TextsOfSpark) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"ERROR TaskSetManager: Total size of serialized results of 1 tasks (3.6 MiB) is bigger than "
       "spark.driver.maxResultSize (1024.0 KiB)",
       "driver-result-too-large"},
      {"SparkSubmit: --conf spark.driver.maxResultSize=2g\nValueError: no", "user-code"},
      {"[EXPRESSION_ENCODING_FAILED] Failed to encode a value of the expressions: encodeusingserializer\n"
       "Caused by: org.apache.spark.SparkException: Kryo serialization failed: Buffer overflow. Available: 0",
       "serializer-limit"},
      {"org.apache.spark.SparkException: Job aborted due to stage failure: ResultStage 4 (count at x:0) has "
       "failed the maximum allowable number of times: 4. Most recent failure reason: "
       "org.apache.spark.shuffle.FetchFailedException\nCaused by: java.io.FileNotFoundException: "
       "/scratch/shuffle_0_0_0.index",
       "shuffle-fetch-failed"},
      {"Job aborted due to stage failure: Task 0 in stage 0.0 failed 1 times, most recent failure: Lost task "
       "0.0 "
       "in stage 0.0 (TID 0) (127.0.0.1 executor 0): ExecutorLostFailure (executor 0 exited caused by one of "
       "the running tasks) Reason: Executor heartbeat timed out after 5312 ms",
       "heartbeat-timeout"},
      {"[KAFKA_DATA_LOSS.START_OFFSET_RESET] Some data may have been lost because they are not available in "
       "Kafka any more;\neither the data was aged out by Kafka or the topic may have been deleted before all "
       "the data in the\ntopic was processed.\nIf you don't want your streaming query to fail on such cases, "
       "set the source option failOnDataLoss to false.\nReason:",
       "streaming-source-lost"},
      {"If you don't want your streaming query to fail on such cases, set the source option "
       "\"failOnDataLoss\" to \"false\".",
       "streaming-source-lost"},
      {"1 of the executors ended: exit code 137, OOMKilled", "executor-container-oom"},
      {"1 of the executors ended: exit code 52, Error", "executor-heap-oom"},
      {": org.apache.hadoop.fs.s3a.AWSServiceThrottledException: getFileStatus on s3a://b/k: "
       "software.amazon.awssdk.services.s3.model.S3Exception: Service Unavailable (Service: S3, Status Code: "
       "503, Request ID: R):null",
       "object-store-throttled"},
      {": org.apache.hadoop.fs.s3a.AWSBadRequestException: getFileStatus on s3a://b/k: "
       "software.amazon.awssdk.services.s3.model.S3Exception: Bad Request (Service: S3, Status Code: 400, "
       "Request ID: R):null",
       "credentials-expired"},
      {": org.apache.hadoop.fs.s3a.UnknownStoreException: `s3a://b/k': "
       "software.amazon.awssdk.services.s3.model.NoSuchBucketException: The specified bucket does not exist",
       "input-missing"},
  };
  for (const auto& [log, expected] : table) EXPECT_EQ(ClassOf(Ended(1, "", log)), expected) << log;
}

TEST(FailureClasses, FindsSparksConditions) {
  EXPECT_EQ(FindErrorCondition("a [b] [INFO] x [DIVIDE_BY_ZERO] Division by zero."), "DIVIDE_BY_ZERO");
  EXPECT_EQ(FindErrorCondition("[NOT_A_CONDITION_OF_SPARK] x"), "");
  EXPECT_EQ(FindErrorCondition("[UNRESOLVED_COLUMN.WITH_SUGGESTION"), "");
}

Attempt FailedWith(const std::string& failure_class, const manifest::JobSpec& spec) {
  Attempt attempt;
  attempt.spec = spec;
  attempt.failure.failure_class = failure_class;
  return attempt;
}

TEST(Decide, ChangesTheNextAttempt) {
  manifest::JobSpec spec;
  std::vector<Attempt> attempts = {FailedWith("driver-heap-oom", spec)};
  Decision decision = Decide(attempts);
  ASSERT_TRUE(decision.retry);
  EXPECT_EQ(decision.spec.resources.driver.memory_mib, 2048);
  EXPECT_EQ(decision.text, "try again in 30 s with driver memory 1g -> 2g");
  attempts.push_back(FailedWith("driver-heap-oom", decision.spec));
  decision = Decide(attempts);
  ASSERT_TRUE(decision.retry);
  EXPECT_EQ(decision.spec.resources.driver.memory_mib, 4096);
  EXPECT_EQ(decision.delay_seconds, 60);
  attempts.push_back(FailedWith("driver-heap-oom", decision.spec));
  EXPECT_FALSE(Decide(attempts).retry) << "two steps are the limit";
}

TEST(Decide, NeverTriesUserErrorsAgain) {
  EXPECT_FALSE(Decide({FailedWith("sql-error", {})}).retry);
  EXPECT_FALSE(Decide({FailedWith("user-code", {})}).retry);
}

TEST(Decide, KeepsTheJobsOwnPolicyForWhatCounts) {
  manifest::JobSpec spec;
  spec.retry.maximum_retries = 0;
  EXPECT_FALSE(Decide({FailedWith("driver-heap-oom", spec)}).retry);
  EXPECT_TRUE(Decide({FailedWith("preempted", spec)}).retry) << "infrastructure does not count";
}

TEST(Decide, NeverLowersWhatTheJobHasSet) {
  manifest::JobSpec spec;
  spec.spark_config["spark.kryoserializer.buffer.max"] = "1g";
  EXPECT_FALSE(Decide({FailedWith("serializer-limit", spec)}).retry);
  EXPECT_FALSE(Decide({FailedWith("driver-result-too-large", spec)}).retry) << "Spark's own 1g";
  spec.spark_config["spark.driver.maxResultSize"] = "128m";
  EXPECT_EQ(Decide({FailedWith("driver-result-too-large", spec)}).text,
            "try again in 30 s with spark.driver.maxResultSize 128m -> 256m");
  spec.spark_config["spark.network.timeout"] = "10min";
  EXPECT_FALSE(Decide({FailedWith("heartbeat-timeout", spec)}).retry);
  spec.spark_config["spark.network.timeout"] = "2min";
  EXPECT_EQ(Decide({FailedWith("heartbeat-timeout", spec)}).text,
            "try again in 30 s with spark.network.timeout 2min -> 300s");
}

TEST(Decide, StopsWhereARemedyHasNoFurtherStep) {
  manifest::JobSpec spec;
  spec.spark_config["spark.sql.autoBroadcastJoinThreshold"] = "-1";
  EXPECT_FALSE(Decide({FailedWith("broadcast-timeout", spec)}).retry);
}

}  // namespace
}  // namespace hearth::runner
