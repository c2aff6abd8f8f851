// What objects as the real operators and kubelets write them mean for the runner.
#include "runner/backends/kubernetes/observation.h"

#include <gtest/gtest.h>

#include "runner/backends/kubernetes/attempt_cache.h"
#include "runner/backends/kubernetes/names.h"
#include "runner/failure_classes.h"

namespace hearth::runner::kubernetes {
namespace {

// As the API server gave it for a SparkApplication of kubeflow's operator, shortened.
Json KubeflowObject(const std::string& state, const std::string& message = "") {
  return {{"apiVersion", "sparkoperator.k8s.io/v1beta2"},
          {"kind", "SparkApplication"},
          {"metadata",
           {{"name", "hearth-run-1"},
            {"namespace", "spark-ads"},
            {"uid", "0d1cf10c-6ae5-45dc-9fb6-0a3f9f5bf3a1"},
            {"resourceVersion", "412"},
            {"creationTimestamp", "2026-11-21T17:30:23Z"},
            {"labels", {{"hearth/attempt", "run-1"}, {"hearth/instance", "hearth"}}},
            {"annotations", {{"hearth/attempt-token", "run-1"}}}}},
          {"status",
           {{"applicationState", {{"state", state}, {"errorMessage", message}}},
            {"driverInfo", {{"podName", "hearth-run-1-driver"}}},
            {"executionAttempts", 1},
            {"terminationTime", "2026-11-21T17:31:05Z"}}}};
}

Json Pod(const Json& status, const std::string& role = "driver", const std::string& uid = "p1") {
  return {{"metadata",
           {{"name", "hearth-run-1-driver"},
            {"namespace", "spark-ads"},
            {"uid", uid},
            {"labels", {{"hearth/attempt", "run-1"}, {"spark-role", role}}},
            {"annotations", {{"hearth/attempt-token", "run-1"}}}}},
          {"status", status}};
}

Json Ended(int code, const std::string& reason) {
  const Json end = {{"exitCode", code},
                    {"reason", reason},
                    {"startedAt", "2026-11-21T17:30:40Z"},
                    {"finishedAt", "2026-11-21T17:31:02Z"}};
  return {{"phase", code == 0 ? "Succeeded" : "Failed"},
          {"containerStatuses",
           {{{"name", "sidecar"}, {"state", {{"running", Json::object()}}}},
            {{"name", "spark-kubernetes-driver"}, {"state", {{"terminated", end}}}}}}};
}

class ObservationTest : public testing::Test {
 protected:
  AttemptCache cache_{KubeflowSchema(), nullptr};
  AttemptCache apache_{ApacheSchema(), nullptr};

  Observation Seen(AttemptCache& cache) {
    const auto record = cache.Find("run-1");
    EXPECT_TRUE(record.has_value());
    return record ? ObservationOf(*record) : Observation{};
  }
};

TEST_F(ObservationTest, EveryStateOfKubeflow) {
  const std::vector<std::pair<std::string, Progress>> table = {
      {"", Progress::kStarting},
      {"SUBMITTED", Progress::kStarting},
      {"RUNNING", Progress::kRunning},
      {"SUCCEEDING", Progress::kRunning},
      {"FAILING", Progress::kRunning},
      {"SUBMISSION_FAILED", Progress::kStarting},
      {"PENDING_RERUN", Progress::kStarting},
      {"INVALIDATING", Progress::kStarting},
      {"UNKNOWN", Progress::kRunning},
      {"SUSPENDED", Progress::kStarting},
      {"COMPLETED", Progress::kEnded},
      {"FAILED", Progress::kEnded},
      {"OF_THE_FUTURE", Progress::kStarting},
  };
  for (const auto& [state, progress] : table) {
    cache_.applications().Upsert(KubeflowObject(state));
    EXPECT_EQ(Seen(cache_).progress, progress) << state;
    EXPECT_EQ(Seen(cache_).outcome.succeeded, state == "COMPLETED") << state;
  }
  EXPECT_EQ(Seen(cache_).native_id, "spark-ads/hearth-run-1/0d1cf10c-6ae5-45dc-9fb6-0a3f9f5bf3a1");
}

TEST_F(ObservationTest, FailureTakesItsEvidenceFromTheDriversPod) {
  cache_.pods().Upsert(Pod(Ended(137, "OOMKilled")));
  cache_.applications().Upsert(
      KubeflowObject("FAILED", "driver container failed with ExitCode: 137, Reason: OOMKilled"));
  const Observation seen = Seen(cache_);
  EXPECT_EQ(seen.outcome.exit_code, 137);
  EXPECT_EQ(seen.outcome.signal, 9);
  EXPECT_EQ(seen.outcome.reason, "OOMKilled");
  EXPECT_EQ(seen.started_at, TimeOf("2026-11-21T17:30:40Z"));
  EXPECT_EQ(seen.ended_at, TimeOf("2026-11-21T17:31:02Z"));
  EXPECT_EQ(Classify(seen.outcome, StopReason::kNone).failure_class, "driver-container-oom");
}

TEST_F(ObservationTest, CodeIsReadFromTheOperatorsSentenceWhenThePodIsUnknown) {
  cache_.applications().Upsert(
      KubeflowObject("FAILED", "driver container failed with ExitCode: 101, Reason: Error"));
  EXPECT_EQ(Seen(cache_).outcome.exit_code, 101);
}

TEST_F(ObservationTest, WhatKeepsADriverFromStarting) {
  cache_.applications().Upsert(KubeflowObject("SUBMITTED"));
  cache_.pods().Upsert(Pod({{"phase", "Pending"},
                            {"conditions",
                             {{{"type", "PodScheduled"},
                               {"status", "False"},
                               {"reason", "Unschedulable"},
                               {"message", "0/1 nodes are available: 1 Insufficient cpu."}}}}}));
  EXPECT_EQ(Seen(cache_).reason, "Unschedulable");
  EXPECT_EQ(Seen(cache_).message,
            "the driver waits for a node: 0/1 nodes are available: 1 Insufficient cpu.");
  const Json waiting = {{"waiting", {{"reason", "ImagePullBackOff"}, {"message", "Back-off pulling image"}}}};
  cache_.pods().Upsert(
      Pod({{"phase", "Pending"},
           {"conditions", {{{"type", "PodScheduled"}, {"status", "True"}}}},
           {"containerStatuses", {{{"name", "spark-kubernetes-driver"}, {"state", waiting}}}}}));
  EXPECT_EQ(Seen(cache_).reason, "ImagePullBackOff");
  EXPECT_EQ(Seen(cache_).progress, Progress::kStarting);
}

TEST_F(ObservationTest, DisruptionIsToldBeforeTheContainersEnd) {
  Json status = Ended(143, "Error");
  status["conditions"] = {{{"type", "DisruptionTarget"},
                           {"status", "True"},
                           {"reason", "PreemptionByScheduler"},
                           {"message", "preempting to accommodate a higher priority pod"}}};
  cache_.pods().Upsert(Pod(status));
  cache_.applications().Upsert(KubeflowObject("FAILED"));
  EXPECT_EQ(Seen(cache_).outcome.reason, "PreemptionByScheduler");
  EXPECT_EQ(Classify(Seen(cache_).outcome, StopReason::kNone).failure_class, "preempted");
}

TEST_F(ObservationTest, ExitAnnotationGivesTheCondition) {
  Json pod = Pod(Ended(1, "Error"));
  pod["metadata"]["annotations"]["spark.exit-exception"] =
      "org.apache.spark.sql.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] The table or view `t` cannot be "
      "found.\n\tat x";
  cache_.pods().Upsert(pod);
  cache_.applications().Upsert(KubeflowObject("FAILED"));
  EXPECT_EQ(Seen(cache_).outcome.error_condition, "TABLE_OR_VIEW_NOT_FOUND");
  EXPECT_NE(Seen(cache_).outcome.log_tail.find("cannot be found"), std::string::npos);
}

TEST_F(ObservationTest, EndsOfExecutorsAreCountedOnceAndClassified) {
  Json status = Ended(137, "OOMKilled");
  status["containerStatuses"] = {{{"name", "spark-kubernetes-executor"},
                                  {"state", {{"terminated", {{"exitCode", 137}, {"reason", "OOMKilled"}}}}}}};
  cache_.pods().Upsert(Pod(status, "executor", "e1"));
  cache_.pods().Delete(Pod(status, "executor", "e1"));
  cache_.pods().Upsert(Pod(status, "executor", "e2"));
  cache_.pods().Upsert(Pod(Ended(1, "Error")));
  cache_.applications().Upsert(KubeflowObject("FAILED"));
  EXPECT_NE(Seen(cache_).outcome.message.find("2 of the executors ended: exit code 137, OOMKilled"),
            std::string::npos);
  EXPECT_EQ(Classify(Seen(cache_).outcome, StopReason::kNone).failure_class, "executor-container-oom");
}

TEST_F(ObservationTest, GoneIsAbsentUnlessItsEndIsKnown) {
  cache_.applications().Upsert(KubeflowObject("RUNNING"));
  cache_.applications().Delete(KubeflowObject("RUNNING"));
  EXPECT_EQ(Seen(cache_).progress, Progress::kAbsent);
  cache_.Forget("run-1");
  cache_.applications().Upsert(KubeflowObject("COMPLETED"));
  cache_.applications().Delete(KubeflowObject("COMPLETED"));
  EXPECT_EQ(Seen(cache_).progress, Progress::kEnded);  // the operator's time to live was over
  EXPECT_TRUE(Seen(cache_).outcome.succeeded);
}

TEST_F(ObservationTest, RelistDropsWhatDidNotCome) {
  cache_.applications().Upsert(KubeflowObject("RUNNING"));
  EXPECT_EQ(cache_.Live(), 1);
  cache_.applications().BeginList();
  cache_.applications().EndList();
  EXPECT_EQ(Seen(cache_).progress, Progress::kAbsent);
  EXPECT_EQ(cache_.Live(), 0);
}

TEST_F(ObservationTest, SameNameWithAnotherUidIsAnotherObject) {
  cache_.applications().Upsert(KubeflowObject("COMPLETED"));
  Json successor = KubeflowObject("SUBMITTED");
  successor["metadata"]["uid"] = "another";
  cache_.applications().Upsert(successor);
  cache_.applications().Delete(KubeflowObject("COMPLETED"));  // of the first one, late
  EXPECT_EQ(Seen(cache_).progress, Progress::kStarting);
  EXPECT_EQ(cache_.Live(), 1);
}

Json ApacheObject(const std::vector<std::string>& history, const Json& driver = nullptr) {
  Json object = KubeflowObject("");
  Json status = {{"stateTransitionHistory", Json::object()}};
  for (size_t i = 0; i < history.size(); ++i) {
    Json state = {{"currentStateSummary", history[i]},
                  {"lastTransitionTime", "2026-11-21T17:31:0" + std::to_string(i) + ".5Z"},
                  {"message", ""}};
    if (!driver.is_null()) state["lastObservedDriverStatus"] = driver;
    status["stateTransitionHistory"][std::to_string(i + 8)] = state;  // "10" comes after "9"
    status["currentState"] = state;
  }
  object["status"] = status;
  return object;
}

TEST_F(ObservationTest, EveryStateOfApache) {
  const std::vector<std::pair<std::vector<std::string>, Progress>> table = {
      {{"Submitted"}, Progress::kStarting},
      {{"Submitted", "DriverRequested", "DriverStarted", "DriverReady"}, Progress::kStarting},
      {{"InitializedBelowThresholdExecutors"}, Progress::kStarting},
      {{"RunningWithPartialCapacity"}, Progress::kRunning},
      {{"RunningHealthy", "Succeeded"}, Progress::kRunning},
      {{"DriverRequested", "DriverStartTimedOut"}, Progress::kStarting},
      {{"RunningHealthy", "Failed"}, Progress::kRunning},
      {{"RunningHealthy", "Failed", "ResourceReleased"}, Progress::kEnded},
  };
  for (const auto& [history, progress] : table) {
    apache_.applications().Upsert(ApacheObject(history));
    EXPECT_EQ(Seen(apache_).progress, progress) << history.back();
  }
}

TEST_F(ObservationTest, ApachesOutcomeIsTheEntryBeforeTheTerminalOne) {
  apache_.applications().Upsert(
      ApacheObject({"DriverRequested", "RunningHealthy", "Succeeded", "ResourceReleased"}));
  EXPECT_TRUE(Seen(apache_).outcome.succeeded);
  apache_.applications().Upsert(ApacheObject(
      {"RunningHealthy", "DriverEvicted", "TerminatedWithoutReleaseResources"}, Ended(143, "Error")));
  const Observation evicted = Seen(apache_);
  EXPECT_FALSE(evicted.outcome.succeeded);
  EXPECT_EQ(evicted.outcome.reason, "DriverEvicted");
  EXPECT_EQ(evicted.outcome.exit_code, 143);  // kept by the operator after its pod has gone
  EXPECT_EQ(evicted.outcome.signal, 15);
}

TEST_F(ObservationTest, ApacheWithoutAHistoryIsNoSuccess) {
  apache_.applications().Upsert(ApacheObject({"ResourceReleased"}));
  EXPECT_EQ(Seen(apache_).progress, Progress::kEnded);
  EXPECT_FALSE(Seen(apache_).outcome.succeeded);
}

TEST(Names, TokenBecomesALabelOfAtMost55) {
  EXPECT_EQ(ApplicationName("01j-2"), "hearth-01j-2");
  const std::string long_token(80, 'a');
  EXPECT_LE(ApplicationName(long_token).size(), 55U);
  EXPECT_NE(ApplicationName(long_token), ApplicationName(long_token + "b"));
  EXPECT_NE(ApplicationName("Run"), ApplicationName("run"));
  EXPECT_EQ(LabelValue("Team A/B_"), "Team-A-B");
  const NativeId id = ParseNativeId("a/b/c");
  EXPECT_EQ(id.name_space + id.name + id.uid, "abc");
}

}  // namespace
}  // namespace hearth::runner::kubernetes
