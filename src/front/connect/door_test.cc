// The door with a client at the other side: a real server on a port of the kernel's choice, real gRPC, an
// engine without data.
#include "front/connect/door.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <spark/connect/base.grpc.pb.h>

#include <atomic>
#include <thread>

#include "base/uuid.h"
#include "front/connect/server.h"
#include "session/errors.h"
#include "session/testing/fake_engine.h"

namespace hearth::front::connect {
namespace {

using namespace std::chrono_literals;
namespace proto = spark::connect;

// Batches that are made when they are asked for; waits for a stop at its end when told to.
class CountingStream final : public plan::BatchStream {
 public:
  CountingStream(int batches, size_t bytes, std::atomic<int>* pulled, std::stop_token stop, bool blocks)
      : batches_(batches), bytes_(bytes), pulled_(pulled), stop_(std::move(stop)), blocks_(blocks) {}
  const plan::TypePtr& schema() const override { return schema_; }
  base::Result<std::optional<plan::ResultBatch>> Next() override {
    if (next_ == batches_) {
      while (blocks_ && !stop_.stop_requested()) std::this_thread::sleep_for(1ms);
      if (stop_.stop_requested()) return session::OperationCanceled();
      return std::optional<plan::ResultBatch>();
    }
    ++next_;
    ++*pulled_;
    return std::optional(plan::ResultBatch{std::string(bytes_, 'x'), 1});
  }

 private:
  const plan::TypePtr schema_ = plan::DataType::Struct({{"id", plan::DataType::Long(), false, ""}});
  const int batches_;
  const size_t bytes_;
  std::atomic<int>* const pulled_;
  const std::stop_token stop_;
  const bool blocks_;
  int next_ = 0;
};

struct DoorTest : testing::Test {
  session::FakeEngine engine;
  base::SystemClock clock;
  base::ThreadPool requests{"requests", 4, 100};
  base::ThreadPool operations{"operations", 4, 100};
  base::Timer timer;
  std::unique_ptr<session::CatalogStore> store = session::MakeMemoryCatalogStore("/nowhere");
  session::TemporaryViews global_views;
  session::SessionManager sessions{{engine,
                                    *store,
                                    global_views,
                                    operations,
                                    clock,
                                    {},
                                    {.responses = {.unsent_bytes = 1 << 20, .retained_bytes = 1 << 20}},
                                    "/nowhere",
                                    "me"},
                                   {}};
  Door door{sessions, requests, operations, timer, clock, "4.3.0", {}};
  std::unique_ptr<Server> server;
  std::unique_ptr<proto::SparkConnectService::Stub> stub;
  const std::string session_id = base::RandomUuid();
  std::atomic<int> pulled = 0;

  void SetUp() override { Start(); }
  void Start() {
    auto started = StartServer(door, "127.0.0.1:0");
    ASSERT_TRUE(started.ok());
    server = std::move(*started);
    stub = proto::SparkConnectService::NewStub(
        grpc::CreateChannel(server->address(), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override {
    sessions.Stop();
    server.reset();
    timer.Stop();
    requests.Stop();
    operations.Stop();
  }

  void Answer(int batches, size_t bytes, bool blocks = false) {
    engine.SetAnswer([this, batches, bytes, blocks](const plan::RelationPtr&, std::stop_token stop) {
      return base::Result<std::unique_ptr<plan::BatchStream>>(
          std::make_unique<CountingStream>(batches, bytes, &pulled, std::move(stop), blocks));
    });
  }

  template <typename Request>
  Request Of() {
    Request request;
    request.set_session_id(session_id);
    request.mutable_user_context()->set_user_id("u");
    return request;
  }
  proto::ExecutePlanRequest Range(std::string operation_id = base::RandomUuid(), bool reattachable = true) {
    auto request = Of<proto::ExecutePlanRequest>();
    request.set_operation_id(std::move(operation_id));
    request.mutable_plan()->mutable_root()->mutable_range()->set_end(5);
    request.mutable_plan()->mutable_root()->mutable_range()->set_step(1);
    request.add_request_options()->mutable_reattach_options()->set_reattachable(reattachable);
    return request;
  }
  struct Answered {
    std::vector<proto::ExecutePlanResponse> responses;
    grpc::Status status;
  };
  Answered Execute(const proto::ExecutePlanRequest& request) {
    grpc::ClientContext context;
    return ReadAll(stub->ExecutePlan(&context, request));
  }
  Answered Reattach(const std::string& operation_id, const std::string& after = "") {
    auto request = Of<proto::ReattachExecuteRequest>();
    request.set_operation_id(operation_id);
    if (!after.empty()) request.set_last_response_id(after);
    grpc::ClientContext context;
    return ReadAll(stub->ReattachExecute(&context, request));
  }
  static Answered ReadAll(std::unique_ptr<grpc::ClientReader<proto::ExecutePlanResponse>> reader) {
    Answered answered;
    proto::ExecutePlanResponse response;
    while (reader->Read(&response)) answered.responses.push_back(response);
    answered.status = reader->Finish();
    return answered;
  }
  bool Release(const std::string& operation_id) {
    auto request = Of<proto::ReleaseExecuteRequest>();
    request.set_operation_id(operation_id);
    request.mutable_release_all();
    proto::ReleaseExecuteResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub->ReleaseExecute(&context, request, &response).ok());
    return response.has_operation_id();
  }
};

TEST_F(DoorTest, TellsItsVersionAndKeepsItsServerSideId) {
  auto request = Of<proto::AnalyzePlanRequest>();
  request.mutable_spark_version();
  std::string id;
  for (int i = 0; i < 2; ++i) {
    proto::AnalyzePlanResponse response;
    grpc::ClientContext context;
    ASSERT_TRUE(stub->AnalyzePlan(&context, request, &response).ok());
    EXPECT_EQ(response.spark_version().version(), "4.3.0");
    EXPECT_EQ(response.session_id(), session_id);
    EXPECT_TRUE(base::IsUuid(response.server_side_session_id()));
    if (i > 0) EXPECT_EQ(response.server_side_session_id(), id);
    id = response.server_side_session_id();
  }
}

TEST_F(DoorTest, StreamsBatchesAndMarksTheEnd) {
  Answer(3, 10);
  const auto [responses, status] = Execute(Range());
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(responses.size(), 4u);
  EXPECT_TRUE(responses[0].has_schema());
  EXPECT_FALSE(responses[1].has_schema());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(responses[i].arrow_batch().data(), std::string(10, 'x'));
    EXPECT_EQ(responses[i].arrow_batch().row_count(), 1);
    EXPECT_EQ(responses[i].arrow_batch().start_offset(), i);
    EXPECT_TRUE(base::IsUuid(responses[i].response_id()));
    EXPECT_EQ(responses[i].session_id(), session_id);
  }
  EXPECT_TRUE(responses[3].has_result_complete());
}

TEST_F(DoorTest, SendsLargeBatchesInPiecesWhenTheClientTakesThem) {
  Answer(1, 5000);
  auto request = Range();
  auto* chunking = request.add_request_options()->mutable_result_chunking_options();
  chunking->set_allow_arrow_batch_chunking(true);
  chunking->set_preferred_arrow_chunk_size(2048);
  const auto [responses, status] = Execute(request);
  ASSERT_EQ(responses.size(), 4u);
  size_t bytes = 0;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(responses[i].arrow_batch().chunk_index(), i);
    EXPECT_EQ(responses[i].arrow_batch().num_chunks_in_batch(), 3);
    EXPECT_EQ(responses[i].arrow_batch().start_offset(), 0);
    bytes += responses[i].arrow_batch().data().size();
  }
  EXPECT_EQ(bytes, 5000u);
}

TEST_F(DoorTest, AResultLargerThanTheBufferWaitsForItsClient) {
  constexpr int kBatches = 200;
  constexpr size_t kBytes = 256 << 10;  // 50 MiB in all, 1 MiB buffered
  Answer(kBatches, kBytes);
  grpc::ClientContext context;
  auto reader = stub->ExecutePlan(&context, Range());
  proto::ExecutePlanResponse response;
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_TRUE(operations.WaitUntilIdle(std::chrono::steady_clock::now() + 10s));
  EXPECT_LT(pulled, kBatches / 2);  // the rest waits, and no thread with it
  int count = 1;
  while (reader->Read(&response)) ++count;
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(count, kBatches + 1);
}

TEST_F(DoorTest, ReattachesBehindAResponseAndAfterTheEnd) {
  Answer(3, 10);
  const std::string id = base::RandomUuid();
  const auto first = Execute(Range(id));
  const auto rest = Reattach(id, first.responses[1].response_id());
  ASSERT_TRUE(rest.status.ok());
  ASSERT_EQ(rest.responses.size(), 2u);
  EXPECT_EQ(rest.responses[0].response_id(), first.responses[2].response_id());
  EXPECT_EQ(Reattach(id).responses.size(), 4u);
  EXPECT_EQ(Execute(Range(id)).responses.size(), 4u);  // a retry of the client
  EXPECT_NE(Reattach(id, "abc").status.error_message().find("INVALID_CURSOR.POSITION_NOT_FOUND"),
            std::string::npos);
  EXPECT_TRUE(Release(id));
  EXPECT_FALSE(Release(id));
  EXPECT_NE(Reattach(id).status.error_message().find("INVALID_HANDLE.OPERATION_NOT_FOUND"),
            std::string::npos);
  EXPECT_NE(Execute(Range(id)).status.error_message().find("INVALID_HANDLE.OPERATION_ABANDONED"),
            std::string::npos);
  EXPECT_EQ(pulled, 3);  // it ran once
}

TEST_F(DoorTest, EndsLongStreamsOnPurpose) {
  door.limits.stream_bytes = 100;
  Answer(10, 60);
  const std::string id = base::RandomUuid();
  auto answered = Execute(Range(id));
  int batches = 0;
  int streams = 1;
  while (true) {
    ASSERT_TRUE(answered.status.ok());
    ASSERT_FALSE(answered.responses.empty());
    batches += static_cast<int>(answered.responses.size());
    if (answered.responses.back().has_result_complete()) break;
    answered = Reattach(id, answered.responses.back().response_id());
    ++streams;
  }
  EXPECT_EQ(batches, 11);
  EXPECT_GT(streams, 3);
}

TEST_F(DoorTest, ASecondReaderEndsTheFirst) {
  Answer(1, 10, true);
  const std::string id = base::RandomUuid();
  grpc::ClientContext context;
  auto first = stub->ExecutePlan(&context, Range(id));
  proto::ExecutePlanResponse response;
  ASSERT_TRUE(first->Read(&response));
  std::thread second([&] { EXPECT_EQ(Reattach(id).status.error_code(), grpc::StatusCode::INTERNAL); });
  EXPECT_FALSE(first->Read(&response));
  EXPECT_NE(first->Finish().error_message().find("INVALID_CURSOR.DISCONNECTED"), std::string::npos);
  auto interrupt = Of<proto::InterruptRequest>();
  interrupt.set_interrupt_type(proto::InterruptRequest::INTERRUPT_TYPE_ALL);
  proto::InterruptResponse interrupted;
  grpc::ClientContext interrupt_context;
  ASSERT_TRUE(stub->Interrupt(&interrupt_context, interrupt, &interrupted).ok());
  ASSERT_EQ(interrupted.interrupted_ids_size(), 1);
  EXPECT_EQ(interrupted.interrupted_ids(0), id);
  second.join();
}

TEST_F(DoorTest, AnUnattachableOperationEndsWithItsClient) {
  Answer(1, 10, true);
  const std::string id = base::RandomUuid();
  grpc::ClientContext context;
  auto reader = stub->ExecutePlan(&context, Range(id, false));
  proto::ExecutePlanResponse response;
  ASSERT_TRUE(reader->Read(&response));
  context.TryCancel();
  (void)reader->Finish();
  ASSERT_TRUE(operations.WaitUntilIdle(std::chrono::steady_clock::now() + 10s));  // the engine was stopped
  EXPECT_NE(Reattach(id).status.error_message().find("INVALID_HANDLE.OPERATION_NOT_FOUND"),
            std::string::npos);
}

TEST_F(DoorTest, RefusesPlansThatNestTooDeeplyAndReadsDeepOnes) {
  const auto nested = [&](int depth) {
    auto request = Of<proto::AnalyzePlanRequest>();
    auto* relation = request.mutable_schema()->mutable_plan()->mutable_root();
    for (int i = 0; i < depth; ++i) relation = relation->mutable_subquery_alias()->mutable_input();
    relation->mutable_range()->set_end(1);
    relation->mutable_range()->set_step(1);
    proto::AnalyzePlanResponse response;
    grpc::ClientContext context;
    return stub->AnalyzePlan(&context, request, &response);
  };
  const grpc::Status deep = nested(400);
  EXPECT_TRUE(deep.ok()) << deep.error_message();
  EXPECT_FALSE(nested(2000).ok());
}

TEST_F(DoorTest, SaysWhenThePortIsTaken) {
  const auto second = StartServer(door, server->address());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error()->message.find("nothing can listen"), std::string::npos);
}

}  // namespace
}  // namespace hearth::front::connect
