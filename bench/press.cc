// Presses on a Spark Connect server: press ADDRESS CLIENTS SECONDS prints the statements per second that
// CLIENTS clients get answered together. Each client has its own connection and session and sends `select 1`,
// one after the other. In C++, so that the clients leave the processor to the server that is measured.
#include <grpcpp/grpcpp.h>
#include <spark/connect/base.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using spark::connect::ExecutePlanRequest;
using spark::connect::ExecutePlanResponse;
using spark::connect::SparkConnectService;

std::string SessionId(int client) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", client);
  return text;
}

bool Ask(SparkConnectService::Stub& stub, const ExecutePlanRequest& request) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  const auto reader = stub.ExecutePlan(&context, request);
  ExecutePlanResponse response;
  while (reader->Read(&response)) {
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.error_message().c_str());
  return status.ok();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fprintf(stderr, "usage: press ADDRESS CLIENTS SECONDS\n");
    return 2;
  }
  const std::string address = arguments[1];
  const int clients = std::atoi(arguments[2]);
  const double seconds = std::atof(arguments[3]);
  constexpr int kWarmUp = 10;
  std::atomic<int> ready = 0;
  std::atomic<int64_t> answered = 0;
  std::atomic<bool> failed = false;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      grpc::ChannelArguments options;
      options.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
      const auto stub = SparkConnectService::NewStub(
          grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), options));
      ExecutePlanRequest request;
      request.set_session_id(SessionId(client));
      request.mutable_user_context()->set_user_id("bench");
      request.mutable_plan()->mutable_root()->mutable_sql()->set_query("select 1");
      for (int i = 0; i < kWarmUp && !failed; ++i) failed = failed || !Ask(*stub, request);
      ++ready;
      while (ready < clients && !failed) std::this_thread::yield();
      const auto end = Clock::now() + std::chrono::duration<double>(seconds);
      while (!failed && Clock::now() < end) {
        if (Ask(*stub, request)) {
          ++answered;
        } else {
          failed = true;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (failed) return 1;
  std::printf("%.1f\n", static_cast<double>(answered) / seconds);
  return 0;
}
