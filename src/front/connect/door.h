// What the requests of the Spark Connect door share.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "base/timer.h"
#include "session/session_manager.h"

namespace hearth::front::connect {

struct DoorLimits {
  int message_bytes = 128 << 20;            // either way
  size_t plan_bytes = size_t{512} << 20;    // a plan after decompression
  int64_t stream_bytes = int64_t{1} << 30;  // then the client has to reattach
  std::chrono::milliseconds stream_time{std::chrono::minutes(2)};
  size_t chunk_bytes = size_t{112} << 20;  // of one Arrow batch in one response, when the client takes chunks
};

// Everything here outlives every request.
struct Door {
  session::SessionManager& sessions;
  base::ThreadPool& requests;    // short work: reading requests, answering unary ones
  base::ThreadPool& operations;  // steps of running plans
  base::Timer& timer;
  const base::Clock& clock;
  std::string spark_version;
  DoorLimits limits;
};

}  // namespace hearth::front::connect
