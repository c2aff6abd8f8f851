#include "front/connect/server.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <utility>

#include "front/connect/service.h"

namespace hearth::front::connect {
namespace {

// Clients of 4.3 ping after a minute of silence, also without calls; Spark's own server tolerates a ping
// every ten seconds; a little less here, for pings that come early.
constexpr int kShortestPingIntervalMilliseconds = 9'000;

class GrpcServer final : public Server {
 public:
  GrpcServer(std::string address, int port, std::unique_ptr<grpc::Service> service,
             std::unique_ptr<grpc::Server> server)
      : address_(std::move(address)), port_(port), service_(std::move(service)), server_(std::move(server)) {}
  ~GrpcServer() override { Stop(std::chrono::system_clock::now()); }

  const std::string& address() const override { return address_; }
  int port() const override { return port_; }
  void Stop(std::chrono::system_clock::time_point deadline) override {
    if (!server_) return;
    server_->Shutdown(deadline);
    server_->Wait();
    server_.reset();
  }

 private:
  const std::string address_;
  const int port_;
  const std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

base::Result<std::unique_ptr<Server>> StartServer(Door& door, const std::string& address) {
  std::unique_ptr<grpc::Service> service = MakeService(door);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(service.get());
  builder.SetMaxReceiveMessageSize(door.limits.message_bytes);
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kShortestPingIntervalMilliseconds);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    base::Error error;
    error.kind = base::ErrorKind::kIllegalArgument;
    error.message =
        fmt::format("nothing can listen at {}: the port is taken, or the host is not ours", address);
    return error;
  }
  const std::string host = address.substr(0, address.rfind(':'));
  return std::unique_ptr<Server>(std::make_unique<GrpcServer>(fmt::format("{}:{}", host, port), port,
                                                              std::move(service), std::move(server)));
}

}  // namespace hearth::front::connect
