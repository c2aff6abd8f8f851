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
    if (row.fault == "user") EXPECT_TRUE(row.remedy.empty()) << row.name;
    manifest::JobSpec spec;
    spec.resources.driver.memory_mib = 8192;
    if (!row.remedy.empty()) EXPECT_TRUE(ApplyRemedy(row.remedy, &spec)) << row.name << " " << row.remedy;
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

TEST(Decide, StopsWhereARemedyHasNoFurtherStep) {
  manifest::JobSpec spec;
  spec.spark_config["spark.sql.autoBroadcastJoinThreshold"] = "-1";
  EXPECT_FALSE(Decide({FailedWith("broadcast-timeout", spec)}).retry);
}

}  // namespace
}  // namespace hearth::runner
