// The control API over gRPC, with server reflection and grpc.health.v1.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/thread_pool.h"
#include "base/timer.h"
#include "front/control/job_service.h"

namespace hearth::front::control {

struct GrpcOptions {
  std::string address;           // "host:port"; port 0: one of the kernel's choice
  std::string certificate_file;  // PEM, the whole chain; empty: no TLS
  std::string key_file;
};

class GrpcServer {
 public:
  virtual ~GrpcServer() = default;
  // Where it listens: "127.0.0.1:15010".
  virtual const std::string& address() const = 0;
  virtual int port() const = 0;
  // No new calls; followed logs end at once, other calls have until the deadline. Returns when no call is
  // left.
  virtual void Stop(std::chrono::system_clock::time_point deadline) = 0;
};

// All parts outlive the server. Errors: kIllegalArgument when nothing can listen there or a file cannot be
// read.
base::Result<std::unique_ptr<GrpcServer>> StartGrpcServer(JobService& service, base::ThreadPool& executor,
                                                          base::Timer& timer, const GrpcOptions& options);

}  // namespace hearth::front::control
