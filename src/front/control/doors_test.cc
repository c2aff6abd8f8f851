// Both transports over one service.
#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <hearth/control/v1/control.grpc.pb.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "front/control/grpc_server.h"
#include "front/control/rest.h"
#include "front/control/testing/test_door.h"

namespace hearth::front::control {
namespace {

class RestTest : public testing::Test {
 protected:
  web::Response Ask(const std::string& method, const std::string& path,
                    std::map<std::string, std::string> query = {}, const std::string& body = "") {
    auto found = router_.Find(method, path);
    if (auto* refusal = std::get_if<web::Response>(&found)) return *refusal;
    auto& match = std::get<web::RouteMatch>(found);
    web::Request request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    request.path_values = match.path_values;
    request.body = body;
    request.headers = headers_;
    return match.route->handler(request);
  }
  static nlohmann::json Parsed(const web::Response& response) { return nlohmann::json::parse(response.body); }

  TestDoor door_{false};
  web::Router router_{RestRoutes(door_.service)};
  web::Headers headers_;
};

TEST_F(RestTest, IsTheReference) {
  const std::string body = R"({"name":"n","team":"t","user":"u","config":{"sql":{"query":"select 1"}}})";
  const auto submitted = Ask("POST", "/api/v1/jobs", {}, body);
  EXPECT_EQ(submitted.status, 202) << submitted.body;
  EXPECT_EQ(Parsed(submitted)["job_id"], "run-1");
  EXPECT_EQ(Parsed(submitted)["status"], "ACCEPTED");
  EXPECT_EQ(Parsed(submitted)["duplicate"], false);
  const auto job = Ask("GET", "/api/v1/jobs/run-1");
  EXPECT_EQ(Parsed(job)["name"], "n");
  EXPECT_TRUE(Parsed(job)["spec"].is_object());
  EXPECT_FALSE(Parsed(Ask("GET", "/api/v1/jobs/run-1", {{"brief", "true"}})).contains("spec"));
  EXPECT_EQ(Parsed(Ask("GET", "/api/v1/jobs", {{"status", "ACCEPTED"}}))["jobs"].size(), 1u);
  EXPECT_EQ(Parsed(Ask("GET", "/api/v1/jobs", {{"status", "FAILED"}}))["jobs"].size(), 0u);
  EXPECT_EQ(Parsed(Ask("GET", "/api/v1/jobs/run-1/events"))["events"][0]["status"], "ACCEPTED");
  EXPECT_EQ(Parsed(Ask("GET", "/api/v1/jobs/run-1/logs"))["logs"], "");
  EXPECT_EQ(Parsed(Ask("DELETE", "/api/v1/jobs/run-1"))["success"], true);
  EXPECT_EQ(Ask("DELETE", "/api/v1/jobs/run-1").status, 200);
  EXPECT_EQ(Ask("GET", "/api/v1/jobs/run-7").status, 404);
  EXPECT_EQ(Ask("PUT", "/api/v1/jobs").status, 405);
}

TEST_F(RestTest, NamesTheField) {
  const auto field = [](const web::Response& response) {
    EXPECT_EQ(response.status, 400) << response.body;
    return Parsed(response)["error"].value("field", "");
  };
  EXPECT_EQ(field(Ask("POST", "/api/v1/jobs", {}, R"({"name":"n","team":"t"})")), "config");
  EXPECT_EQ(field(Ask("POST", "/api/v1/jobs", {}, R"({"name":"n","x":"t"})")), "x");
  EXPECT_EQ(field(Ask("POST", "/api/v1/jobs", {}, "{")), "");
  EXPECT_EQ(field(Ask("GET", "/api/v1/jobs", {{"limit", "many"}})), "limit");
  EXPECT_EQ(field(Ask("GET", "/api/v1/jobs", {{"limit", "-1"}})), "limit");
  EXPECT_EQ(field(Ask("GET", "/api/v1/jobs", {{"status", "GONE"}})), "status");
  EXPECT_EQ(field(Ask("GET", "/api/v1/jobs", {{"tema", "t"}})), "tema");
  EXPECT_EQ(field(Ask("GET", "/api/v1/jobs/x", {{"brief", "1"}})), "brief");
  EXPECT_NE(field(Ask("GET", "/api/v1/jobs/x", {{"job_id", "y"}})), "");
  // Wrong types and wrong values together: every field of the specification is told.
  const auto all =
      Ask("POST", "/api/v1/jobs", {}, R"({"name":"wrong","team":"t","config":{"job_type":"X"}})");
  EXPECT_EQ(field(all), "config.resources.driver.memory");
  EXPECT_EQ(Parsed(all)["error"]["details"].size(), 1u);
}

TEST_F(RestTest, StreamsLogs) {
  ASSERT_EQ(Ask("POST", "/api/v1/jobs", {}, R"({"name":"n","team":"t","config":{}})").status, 202);
  door_.runner.AddAttempt("run-1", {});
  door_.runner.AddLog("run-1", 1, "a\nb\n", true);
  EXPECT_EQ(Parsed(Ask("GET", "/api/v1/jobs/run-1/logs", {{"tail_lines", "1"}}))["logs"], "b\n");
  headers_ = {{"accept", "text/plain"}};
  const auto text = Ask("GET", "/api/v1/jobs/run-1/logs");
  ASSERT_TRUE(text.stream);
  EXPECT_EQ(text.stream->Next().text, "a\nb\n");
  headers_.clear();
  EXPECT_TRUE(Ask("GET", "/api/v1/jobs/run-1/logs", {{"follow", "true"}}).stream);
  EXPECT_EQ(Ask("GET", "/api/v1/jobs/run-9/logs", {{"follow", "true"}}).status, 404);
}

TEST_F(RestTest, IsDescribed) {
  const auto document = Parsed(Ask("GET", "/api/v1/openapi.json"));
  EXPECT_EQ(document["openapi"], "3.1.0");
  for (const RestRow& row : RestRows()) EXPECT_TRUE(document["paths"].contains(row.path)) << row.path;
  EXPECT_EQ(document["components"]["schemas"]["JobConfig"]["properties"]["resources"]["$ref"],
            "#/components/schemas/Resources");
  EXPECT_EQ(document["paths"]["/api/v1/jobs/{job_id}"]["get"]["parameters"][0]["in"], "path");
}

class GrpcTest : public testing::Test {
 protected:
  GrpcTest() : pool_("test", 4, 100) {
    GrpcOptions options;
    options.address = "127.0.0.1:0";
    auto started = StartGrpcServer(door_.service, pool_, timer_, options);
    EXPECT_TRUE(started.ok());
    server_ = std::move(*started);
    stub_ =
        pb::JobService::NewStub(grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  }
  ~GrpcTest() override {
    server_->Stop(std::chrono::system_clock::now());
    timer_.Stop();
    pool_.Stop();
  }
  static void Prepare(grpc::ClientContext* context, const std::string& token = "token-a") {
    context->AddMetadata("authorization", "Bearer " + token);
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  }
  grpc::Status Submit(const std::string& token, pb::SubmitResponse* response) {
    grpc::ClientContext context;
    Prepare(&context, token);
    pb::SubmitRequest request;
    request.set_name("n");
    request.mutable_config()->mutable_sql()->set_query("select 1");
    return stub_->Submit(&context, request, response);
  }

  TestDoor door_;
  base::ThreadPool pool_;
  base::Timer timer_;
  std::unique_ptr<GrpcServer> server_;
  std::unique_ptr<pb::JobService::Stub> stub_;
};

TEST_F(GrpcTest, AnswersCalls) {
  pb::SubmitResponse submitted;
  const grpc::Status status = Submit("token-a", &submitted);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(submitted.job_id(), "run-1");
  EXPECT_EQ(Submit("nobody", &submitted).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  const auto check = [&](const std::string& token, const std::string& id) {
    grpc::ClientContext context;
    Prepare(&context, token);
    pb::CheckRequest request;
    request.set_job_id(id);
    pb::Job job;
    return stub_->Check(&context, request, &job).error_code();
  };
  EXPECT_EQ(check("token-a", "run-1"), grpc::StatusCode::OK);
  EXPECT_EQ(check("token-b", "run-1"), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(check("token-a", "run-2"), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(check("token-a", ""), grpc::StatusCode::INVALID_ARGUMENT);
  door_.runner.is_full = true;
  EXPECT_EQ(Submit("token-a", &submitted).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(GrpcTest, FollowsLogs) {
  pb::SubmitResponse submitted;
  ASSERT_TRUE(Submit("token-a", &submitted).ok());
  door_.runner.AddAttempt("run-1", {});
  door_.runner.AddLog("run-1", 1, "one\n");
  grpc::ClientContext context;
  Prepare(&context);
  pb::LogsRequest request;
  request.set_job_id("run-1");
  request.set_follow(true);
  auto reader = stub_->Logs(&context, request);
  pb::LogsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.logs(), "one\n");
  door_.runner.AddLog("run-1", 1, "two\n", true);
  door_.runner.Move("run-1", runner::RunState::kSucceeded, "done");
  std::string rest;
  while (reader->Read(&response)) rest += response.logs();
  EXPECT_EQ(rest, "two\n");
  EXPECT_TRUE(response.at_end());
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(GrpcTest, StopsWhileLogsAreFollowed) {
  pb::SubmitResponse submitted;
  ASSERT_TRUE(Submit("token-a", &submitted).ok());
  grpc::ClientContext context;
  Prepare(&context);
  pb::LogsRequest request;
  request.set_job_id("run-1");
  request.set_follow(true);
  auto reader = stub_->Logs(&context, request);
  reader->WaitForInitialMetadata();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop(std::chrono::system_clock::now() + std::chrono::seconds(10));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  pb::LogsResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace hearth::front::control
