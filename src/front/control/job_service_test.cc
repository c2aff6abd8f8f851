#include "front/control/job_service.h"

#include <gtest/gtest.h>

#include "front/control/json.h"
#include "front/control/testing/test_door.h"

namespace hearth::front::control {
namespace {

const CallContext kAnna{"Bearer token-a", "r1"};
const CallContext kBen{"bearer token-b", "r2"};

pb::SubmitRequest Request(const std::string& text) {
  pb::SubmitRequest request;
  const base::Status status = FromJson(text, &request);
  EXPECT_TRUE(status.ok()) << status.error()->message;
  return request;
}

template <typename T>
std::string FieldOf(const base::Result<T>& result) {
  if (result.ok()) return "<ok>";
  const auto found = result.error()->parameters.find("field");
  return found == result.error()->parameters.end() ? "" : found->second;
}

TEST(JobService, SubmitsOnceForEachKey) {
  TestDoor door;
  const auto request = Request(R"({"name":"n","config":{"sql":{"query":"select 1"}},"idempotency_key":"k"})");
  const auto first = door.service.Submit(kAnna, request);
  ASSERT_TRUE(first.ok()) << first.error()->message;
  EXPECT_EQ(first->job_id(), first->execution_id());
  EXPECT_EQ(first->status(), pb::ACCEPTED);
  const auto again = door.service.Submit(kAnna, request);
  EXPECT_EQ(again->job_id(), first->job_id());
  EXPECT_TRUE(again->duplicate());
  // The team may be said or not.
  auto named = request;
  named.set_team("team-a");
  EXPECT_EQ(door.service.Submit(kAnna, named)->job_id(), first->job_id());
  auto other = request;
  other.mutable_config()->mutable_sql()->set_query("select 2");
  EXPECT_EQ(door.service.Submit(kAnna, other).error()->kind, base::ErrorKind::kConflict);
  EXPECT_NE(door.service.Submit(kBen, request)->job_id(), first->job_id());
  EXPECT_EQ(door.runner.At("run-1").run.user, "anna");
}

TEST(JobService, NamesTheField) {
  TestDoor door(false);
  const auto submit = [&](const std::string& text) {
    return FieldOf(door.service.Submit({}, Request(text)));
  };
  EXPECT_EQ(submit(R"({"team":"t","config":{}})"), "name");
  EXPECT_EQ(submit(R"({"name":"n","config":{}})"), "team");
  EXPECT_EQ(submit(R"({"name":"n","team":"t"})"), "config");
  EXPECT_EQ(submit(R"({"name":"n","team":"t","config":{},"manifest":"x"})"), "manifest");
  EXPECT_EQ(submit(R"({"name":"n","team":"t","config":{},"callback_url":"ftp://x"})"), "callback_url");
  EXPECT_EQ(
      submit(R"({"name":"n","team":"t","config":{},"idempotency_key":")" + std::string(201, 'x') + "\"}"),
      "idempotency_key");
  EXPECT_EQ(submit(R"({"name":"wrong","team":"t","config":{}})"), "config.resources.driver.memory");
  pb::ListRequest list;
  list.set_limit(1001);
  EXPECT_EQ(FieldOf(door.service.List({}, list)), "limit");
  list.set_limit(0);
  list.set_status(static_cast<pb::JobStatus>(77));
  EXPECT_EQ(FieldOf(door.service.List({}, list)), "status");
  EXPECT_EQ(FieldOf(door.service.Check({}, {})), "job_id");
}

TEST(JobService, KeepsTeamsApart) {
  TestDoor door;
  EXPECT_EQ(door.service.Submit({"", ""}, Request(R"({"name":"n","config":{}})")).error()->kind,
            base::ErrorKind::kUnauthenticated);
  EXPECT_EQ(door.service.Submit(kAnna, Request(R"({"name":"n","team":"team-b","config":{}})")).error()->kind,
            base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(door.service.Submit(kAnna, Request(R"({"name":"n","manifest":"team-b"})")).error()->kind,
            base::ErrorKind::kPermissionDenied);
  ASSERT_TRUE(door.service.Submit(kAnna, Request(R"({"name":"n","config":{}})")).ok());
  pb::CheckRequest check;
  check.set_job_id("run-1");
  EXPECT_TRUE(door.service.Check(kAnna, check).ok());
  EXPECT_EQ(door.service.Check(kBen, check).error()->kind, base::ErrorKind::kPermissionDenied);
  pb::CancelRequest cancel;
  cancel.set_job_id("run-1");
  cancel.set_team("team-a");
  EXPECT_EQ(door.service.Cancel(kBen, cancel).error()->kind, base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(door.service.List(kBen, {})->jobs_size(), 0);
  pb::ListRequest list;
  list.set_team("team-a");
  EXPECT_EQ(door.service.List(kBen, list).error()->kind, base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(door.service.List(kAnna, list)->jobs_size(), 1);
  const auto rows = door.audit.rows();
  ASSERT_EQ(rows.size(), 10u);
  EXPECT_EQ(rows[0], "  Submit n UNAUTHENTICATED");
  EXPECT_EQ(rows[3], "anna team-a Submit run-1 OK");
  EXPECT_EQ(rows[5], "ben team-b Check run-1 PERMISSION_DENIED");
}

TEST(JobService, CancelsAndExplains) {
  TestDoor door(false);
  ASSERT_TRUE(door.service.Submit({}, Request(R"({"name":"n","team":"t","user":"u","config":{}})")).ok());
  EXPECT_EQ(door.runner.At("run-1").run.user, "u");
  runner::Attempt attempt;
  attempt.backend = "local";
  attempt.outcome.exit_code = 137;
  attempt.web_url = "http://driver.example.org:4040";
  attempt.outcome.log_tail = "bad \xff byte";
  attempt.outcome.metrics = {{"records_read", 12345678901.0}};
  attempt.failure = {"driver-oom", "resources", "it took 3 GiB", "give it more"};
  door.runner.AddAttempt("run-1", attempt);
  door.runner.Move("run-1", runner::RunState::kFailed, "it failed");
  pb::CheckRequest check;
  check.set_job_id("run-1");
  const auto job = door.service.Check({}, check);
  EXPECT_EQ(job->error_message(), "driver-oom: it took 3 GiB");
  const std::string json = ToJson(*job);
  for (const char* part : {R"("status":"FAILED")", R"("submit_time":"2023-11-14T22:13:20Z")",
                           R"("end_time":"2023-11-14T22:13:21.500Z")", R"("records_read":12345678901)",
                           R"("exit_code":137)", R"("spark_ui_url":"http://driver.example.org:4040")",
                           "bad \xEF\xBF\xBD byte", R"("logs_url":"/api/v1/jobs/run-1/logs")"})
    EXPECT_NE(json.find(part), std::string::npos) << part << "\n" << json;
  EXPECT_EQ(json.find("\"signal\""), std::string::npos) << json;
  EXPECT_EQ(json.find("start_time"), std::string::npos) << json;
  pb::CancelRequest cancel;
  cancel.set_job_id("run-1");
  const auto late = door.service.Cancel({}, cancel);
  EXPECT_FALSE(late->success());
  EXPECT_EQ(late->status(), pb::FAILED);
  cancel.set_job_id("run-9");
  EXPECT_EQ(door.service.Cancel({}, cancel).error()->kind, base::ErrorKind::kNoSuchElement);
  pb::EventsRequest events;
  events.set_job_id("run-1");
  events.set_after_sequence(1);
  const auto history = door.service.Events({}, events);
  ASSERT_EQ(history->events_size(), 1);
  EXPECT_EQ(history->events(0).status(), pb::FAILED);
}

std::string ReadAll(JobService& service, const pb::LogsRequest& request) {
  auto reader = service.Logs({}, request);
  if (!reader.ok()) return reader.error()->message;
  std::string text;
  for (int step = 0; step < 100; ++step) {
    auto piece = (*reader)->Next();
    if (!piece.ok()) return text + "<" + piece.error()->message + ">";
    text += piece->lines.logs();
    if (piece->end) return text;
  }
  return text + "<endless>";
}

TEST(JobService, ReadsLogs) {
  TestDoor door(false);
  ASSERT_TRUE(door.service.Submit({}, Request(R"({"name":"n","team":"t","config":{}})")).ok());
  pb::LogsRequest request;
  request.set_job_id("run-1");
  EXPECT_EQ(ReadAll(door.service, request), "");
  door.runner.AddAttempt("run-1", {});
  std::string text;
  for (int line = 0; line < 50'000; ++line) text += "line " + std::to_string(line) + "\n";
  door.runner.AddLog("run-1", 1, text);
  EXPECT_EQ(ReadAll(door.service, request), text);
  door.runner.AddLog("run-1", 1, "no end");
  EXPECT_EQ(ReadAll(door.service, request), text + "no end");
  for (const int64_t lines : {1, 2, 30'000, 60'000}) {
    request.set_tail_lines(lines);
    const std::string tail = ReadAll(door.service, request);
    EXPECT_EQ(std::ranges::count(tail, '\n'), std::min<int64_t>(lines - 1, 50'000)) << lines;
    EXPECT_TRUE((text + "no end").ends_with(tail));
  }
  request.set_tail_lines(0);
  request.set_offset(static_cast<int64_t>(text.size()));
  EXPECT_EQ(ReadAll(door.service, request), "no end");
  request.set_tail_lines(1);
  EXPECT_EQ(FieldOf(door.service.Logs({}, request)), "offset");
}

TEST(JobService, FollowsLogsFromAttemptToAttempt) {
  TestDoor door(false);
  ASSERT_TRUE(door.service.Submit({}, Request(R"({"name":"n","team":"t","config":{}})")).ok());
  pb::LogsRequest request;
  request.set_job_id("run-1");
  request.set_follow(true);
  auto reader = std::move(*door.service.Logs({}, request));
  const auto next = [&] {
    auto piece = reader->Next();
    return piece->lines.logs() + (piece->end ? "<end>" : piece->wait.count() > 0 ? "<wait>" : "");
  };
  EXPECT_EQ(next(), "<wait>");
  door.runner.AddAttempt("run-1", {});
  door.runner.AddLog("run-1", 1, "one\ntw");
  EXPECT_EQ(next(), "one\n");
  EXPECT_EQ(next(), "<wait>");
  door.runner.AddLog("run-1", 1, "o\nrest", true);
  EXPECT_EQ(next(), "two\n<wait>");
  door.runner.AddAttempt("run-1", {});
  door.runner.AddLog("run-1", 2, "second\n");
  EXPECT_EQ(next(), "rest");
  EXPECT_EQ(next(), "second\n");
  EXPECT_EQ(next(), "<wait>");
  door.runner.AddLog("run-1", 2, "", true);
  door.runner.Move("run-1", runner::RunState::kSucceeded, "done");
  EXPECT_EQ(next(), "<end>");
}

TEST(Json, IsStrict) {
  const auto refusal = [](const std::string& text) {
    pb::SubmitRequest request;
    const base::Status status = FromJson(text, &request);
    if (status.ok()) return std::string("<ok>");
    const auto field = status.error()->parameters.find("field");
    return field == status.error()->parameters.end() ? status.error()->message : field->second;
  };
  EXPECT_EQ(refusal(R"({"name":"n","nmae":"n"})"), "nmae");
  EXPECT_EQ(refusal(R"({"config":{"resources":{"driver":{"croes":1}}}})"), "config.resources.driver.croes");
  EXPECT_EQ(refusal(R"({"config":{"resources":{"driver":{"cores":"x"}}}})"), "config.resources.driver.cores");
  EXPECT_EQ(refusal(R"({"config":{"job_type":"BATHC"}})"), "config.job_type");
  EXPECT_EQ(refusal(R"({"config":{"core_etl":{},"sql":{}}})"), "config");
  EXPECT_EQ(refusal(R"({"name":1})"), "name");
  EXPECT_EQ(refusal("{'name':'n'}"), "the body is no JSON");
  EXPECT_EQ(refusal("[]"), "the body must be a JSON object");
  EXPECT_EQ(refusal(R"({"config":{"core_etl":{"job_spec":{"sources":[]}}}})"), "<ok>");
  EXPECT_EQ(refusal(R"({"config":{"core_etl":{"job_spec":"{}"}}})"), "<ok>");
}

TEST(Conversions, KnowEveryState) {
  for (size_t number = 0; number < runner::kRunStates; ++number) {
    const auto state = static_cast<runner::RunState>(number);
    EXPECT_EQ(pb::JobStatus_Name(ToStatus(state)), runner::StateName(state));
    EXPECT_EQ(ToState(ToStatus(state)), state);
  }
  EXPECT_FALSE(ToState(pb::JOB_STATUS_UNSPECIFIED));
  EXPECT_EQ(ValidUtf8("a\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80\xE2\x82"), [] {
    std::string text = "a";
    for (int count = 0; count < 11; ++count) text += "\xEF\xBF\xBD";
    return text;
  }());
  EXPECT_EQ(ValidUtf8("ä€𝄞"), "ä€𝄞");
}

}  // namespace
}  // namespace hearth::front::control
