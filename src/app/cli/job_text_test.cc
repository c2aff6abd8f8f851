#include "app/cli/job_text.h"

#include <gtest/gtest.h>

namespace hearth::app {
namespace {

using Json = nlohmann::ordered_json;

TEST(JobText, ExplainsAFailureInOneParagraph) {
  const Json job = Json::parse(R"({
    "job_id": "j1", "name": "daily", "status": "FAILED", "message": "all attempts failed",
    "attempts": [
      {"number": 1, "backend": "kubernetes", "cluster": "one", "failure_class": "driver-oom", "fault": "resources",
       "evidence": "the driver was killed at 2 GiB", "advice": "", "decision": "retry with driver memory 2g -> 3g"},
      {"number": 2, "backend": "kubernetes", "cluster": "one", "failure_class": "missing-table", "fault": "user",
       "evidence": "TABLE_OR_VIEW_NOT_FOUND", "advice": "create the table first", "decision": "no retry"}]})");
  EXPECT_EQ(JobExplanation(job),
            "daily (j1) is FAILED: all attempts failed. Attempt 1 on kubernetes/one ended with driver-oom "
            "(resources): "
            "the driver was killed at 2 GiB. Then: retry with driver memory 2g -> 3g. Attempt 2 on "
            "kubernetes/one ended "
            "with missing-table (user): TABLE_OR_VIEW_NOT_FOUND. Then: no retry. What to do: create the "
            "table first.\n");
  EXPECT_EQ(
      JobExplanation(Json::parse(R"({"job_id":"j","name":"n","status":"CANCELLED","message":"by anna"})")),
      "n (j) is CANCELLED: by anna. It was never started.\n");
}

TEST(JobText, TellsTheCostWhereThereIsOne) {
  const Json job = Json::parse(R"({"job_id": "j", "name": "n", "status": "SUCCEEDED", "message": "done",
    "cost": 1.25, "currency": "EUR",
    "attempts": [{"number": 1, "backend": "local", "cost": 1.25, "currency": "EUR"}]})");
  EXPECT_EQ(JobExplanation(job), "n (j) is SUCCEEDED: done. It cost 1.2500 EUR.\n");
  const std::string page = JobPage(job, Json::array());
  EXPECT_NE(page.find("cost         1.2500 EUR\n"), std::string::npos) << page;
  EXPECT_NE(page.find(" COST "), std::string::npos) << page;
}

TEST(JobText, AlignsTables) {
  const Json jobs = Json::parse(R"([
    {"job_id": "a", "name": "n", "team": "t", "status": "RUNNING", "submit_time": "2026-01-15T10:00:00.123Z"},
    {"job_id": "bbb", "name": "long", "team": "t", "status": "FAILED", "message": "why"}])");
  EXPECT_EQ(JobTable(jobs),
            "JOB  NAME  TEAM  STATUS   SUBMITTED            ENDED  MESSAGE\n"
            "a    n     t     RUNNING  2026-01-15 10:00:00  -\n"
            "bbb  long  t     FAILED   -                    -      why\n");
}

TEST(JobText, HasAnExitCodeForEachEnd) {
  EXPECT_EQ(ExitCodeOf("SUCCEEDED"), 0);
  EXPECT_EQ(ExitCodeOf("LOST"), 5);
  EXPECT_TRUE(IsFinalStatus("TIMED_OUT"));
  EXPECT_FALSE(IsFinalStatus("RETRYING"));
}

}  // namespace
}  // namespace hearth::app
