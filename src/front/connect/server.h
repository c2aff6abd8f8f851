// The Spark Connect server: listens, serves, stops in three phases.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "front/connect/door.h"

namespace hearth::front::connect {

class Server {
 public:
  virtual ~Server() = default;

  // Where it listens, with the port that the kernel chose when none was asked for: "127.0.0.1:15002".
  virtual const std::string& address() const = 0;
  virtual int port() const = 0;
  // No new calls from here on; running ones have until the deadline, then they are cancelled. Returns when no
  // call is left.
  virtual void Stop(std::chrono::system_clock::time_point deadline) = 0;
};

// `address`: "host:port", port 0 for one of the kernel's choice. Error: kIllegalArgument when nothing can
// listen there. The door outlives the server.
base::Result<std::unique_ptr<Server>> StartServer(Door& door, const std::string& address);

}  // namespace hearth::front::connect
