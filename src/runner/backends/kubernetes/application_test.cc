#include "runner/backends/kubernetes/application.h"

#include <gtest/gtest.h>

#include "manifest/job_spec.h"
#include "runner/backends/kubernetes/api_client.h"
#include "runner/backends/kubernetes/names.h"

namespace hearth::runner::kubernetes {
namespace {

Attempt SomeAttempt() {
  Attempt attempt;
  attempt.run = RunId("r1");
  attempt.token = "r1-1";
  attempt.spec.name = "orders";
  attempt.spec.team = "ads";
  attempt.spec.environment = "staging";
  attempt.spec.application.kind = manifest::ApplicationKind::kPySpark;
  attempt.spec.application.main_file = "local:///job.py";
  attempt.spec.application.py_files = {"local:///more.py"};
  attempt.spec.engine_version = "4.1.2";
  attempt.spec.image = "spark:4.1.2";
  attempt.spec.resources.driver.overhead_mib = 512;
  return attempt;
}

ClusterSettings SomeCluster() {
  ClusterSettings cluster;
  cluster.name = "east";
  cluster.namespace_rule = "jobs-{team}-{environment}";
  cluster.service_account = "spark";
  cluster.spark_config = {{"spark.a", "cluster"}, {"spark.b", "cluster"}};
  return cluster;
}

TEST(Application, NamespaceByTheRuleAndOnlyTheTeamsOwn) {
  ClusterSettings cluster = SomeCluster();
  cluster.team_namespaces["ads"] = {"ads-special"};
  manifest::JobSpec spec = SomeAttempt().spec;
  EXPECT_EQ(*NamespaceOf(cluster, spec), "jobs-ads-staging");
  spec.name_space = "ads-special";
  EXPECT_EQ(*NamespaceOf(cluster, spec), "ads-special");
  spec.name_space = "jobs-billing-staging";
  EXPECT_EQ(NamespaceOf(cluster, spec).error()->kind, base::ErrorKind::kPermissionDenied);
  spec.name_space.clear();
  spec.team = "Ads Team";
  EXPECT_EQ(NamespaceOf(cluster, spec).error()->kind, base::ErrorKind::kIllegalArgument);
}

TEST(Application, KubeflowTakesSizesAsFields) {
  Attempt attempt = SomeAttempt();
  attempt.spec.resources.minimum_instances = 1;
  attempt.spec.resources.maximum_instances = 8;
  attempt.spec.spark_config = {{"spark.b", "job"}};
  const Json object = *ApplicationOf(KubeflowSchema(), SomeCluster(), "hearth", attempt);
  EXPECT_EQ(TextAt(object, {"metadata", "name"}), "hearth-r1-1");
  const Json& spec = object["spec"];
  EXPECT_EQ(spec["driver"]["memoryOverhead"], "512m");
  EXPECT_EQ(spec["driver"]["serviceAccount"], "spark");
  EXPECT_EQ(spec["dynamicAllocation"]["maxExecutors"], 8);
  EXPECT_FALSE(spec["executor"].contains("instances"));
  EXPECT_EQ(spec["restartPolicy"]["type"], "Never");
  EXPECT_EQ(spec["sparkConf"]["spark.a"], "cluster");
  EXPECT_EQ(spec["sparkConf"]["spark.b"], "job");
  EXPECT_EQ(spec["sparkConf"]["spark.kubernetes.driver.annotateExitException"], "true");
  EXPECT_EQ(spec["deps"]["pyFiles"], Json::array({"local:///more.py"}));
}

TEST(Application, WritesItsEventLogWhereTheClusterSays) {
  Attempt attempt = SomeAttempt();
  ClusterSettings cluster = SomeCluster();
  const auto setting = [&](const char* key) {
    const Json object = *ApplicationOf(KubeflowSchema(), cluster, "hearth", attempt);
    return object["spec"]["sparkConf"].value(key, "");
  };
  EXPECT_EQ(setting("spark.eventLog.enabled"), "");
  cluster.event_log = {"file:///events", "/mnt/events"};
  EXPECT_EQ(setting("spark.eventLog.enabled"), "true");
  EXPECT_EQ(setting("spark.eventLog.dir"), "file:///events/" + AttemptLabel(attempt.token));
  attempt.spec.spark_config["spark.eventLog.dir"] = "s3a://own/events";
  EXPECT_EQ(setting("spark.eventLog.dir"), "s3a://own/events");
}

TEST(Application, ApacheTakesSizesAsSettings) {
  const Json object = *ApplicationOf(ApacheSchema(), SomeCluster(), "hearth", SomeAttempt());
  const Json& spec = object["spec"];
  EXPECT_EQ(object["apiVersion"], "spark.apache.org/v1");
  EXPECT_EQ(spec["pyFiles"], "local:///job.py,local:///more.py");
  EXPECT_EQ(spec["sparkConf"]["spark.driver.memoryOverhead"], "512m");
  EXPECT_EQ(spec["sparkConf"]["spark.kubernetes.driver.label.hearth/attempt"], "r1-1");
  EXPECT_EQ(spec["applicationTolerations"]["restartConfig"]["restartPolicy"], "Never");
  EXPECT_EQ(spec["applicationTolerations"]["resourceRetainPolicy"], "Always");
}

TEST(Application, WhatCannotBeWrittenNamesItself) {
  Attempt attempt = SomeAttempt();
  attempt.spec.application = {};
  attempt.spec.application.kind = manifest::ApplicationKind::kSql;
  attempt.spec.application.sql = "SELECT 1";
  ClusterSettings cluster = SomeCluster();
  const auto refused = ApplicationOf(KubeflowSchema(), cluster, "hearth", attempt);
  EXPECT_EQ(refused.error()->kind, base::ErrorKind::kUnsupported);
  EXPECT_NE(refused.error()->message.find("entry_points.sql"), std::string::npos);
  cluster.entry_points["sql"] = {"local:///sql.jar", "org.example.Sql"};
  const Json object = *ApplicationOf(KubeflowSchema(), cluster, "hearth", attempt);
  EXPECT_EQ(object["spec"]["arguments"], Json::array({"--sql", "SELECT 1"}));
  attempt.spec.image.clear();
  EXPECT_EQ(ApplicationOf(KubeflowSchema(), cluster, "hearth", attempt).error()->kind,
            base::ErrorKind::kIllegalArgument);
}

struct Refusal {
  int status;
  const char* body;
  ApiFailure failure;
};

TEST(ApiErrors, EachAnswerHasAMeaning) {
  // Bodies as kube-apiserver 1.36 gives them, shortened.
  const Refusal table[] = {
      {404, R"({"reason":"NotFound","message":"namespaces \"x\" not found"})", ApiFailure::kNotFound},
      {409, R"({"reason":"AlreadyExists","message":"\"a\" already exists"})", ApiFailure::kAlreadyExists},
      {409, R"({"reason":"Conflict","message":"the UID in the precondition (x) does not match"})",
       ApiFailure::kConflict},
      {410, R"({"reason":"Expired","message":"The provided continue parameter is too old"})",
       ApiFailure::kExpired},
      {403, R"({"reason":"Forbidden","message":"exceeded quota: one, requested: count/sparkapplications"})",
       ApiFailure::kQuota},
      {403, R"({"reason":"Forbidden","message":"User \"guest\" cannot create resource"})",
       ApiFailure::kForbidden},
      {400, R"({"reason":"BadRequest","message":"admission webhook \"x\" denied the request"})",
       ApiFailure::kAdmission},
      {422, R"({"reason":"Invalid","message":"spec.executor.instances: Invalid value"})",
       ApiFailure::kInvalid},
      {429, R"({"reason":"TooManyRequests","message":"storage is (re)initializing"})",
       ApiFailure::kThrottled},
      {503, R"({"reason":"ServiceUnavailable","message":"apiserver is shutting down"})",
       ApiFailure::kUnavailable},
      {502, "<html>bad gateway</html>", ApiFailure::kUnknown},
      {504, R"({"reason":"Timeout","message":"request did not complete within the allotted timeout"})",
       ApiFailure::kUnknown},
      {500, R"({"reason":"InternalError","message":"etcdserver: leader changed"})", ApiFailure::kUnknown},
  };
  for (const Refusal& refusal : table) {
    EXPECT_EQ(RefusalOf(refusal.status, refusal.body, 0, /*writes=*/true).failure, refusal.failure)
        << refusal.body;
  }
  EXPECT_EQ(RefusalOf(500, "", 0, /*writes=*/false).failure, ApiFailure::kUnavailable);
  EXPECT_EQ(ToError(RefusalOf(403, table[4].body, 0, true), "east").kind,
            base::ErrorKind::kResourceExhausted);
}

}  // namespace
}  // namespace hearth::runner::kubernetes
