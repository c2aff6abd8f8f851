// One POST to the caller's address when a run has ended: owed in the same transaction as the end, tried again
// until it is taken or given up. Body: JSON with job_id, status and what the caller needs to know; signed
// when a secret is set.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runner/store/store.h"

namespace hearth::runner {

// The text of a signature header: "sha256=" and the HMAC in hexadecimal digits.
std::string SignBody(const std::string& secret, const std::string& body);

// One thread of its own. All that it is given outlives it.
class Callbacks {
 public:
  Callbacks(Store& store, std::string secret, const base::Clock& clock,
            std::vector<Observer*> observers = {});
  ~Callbacks();

  base::Status Start();
  void Stop();

 private:
  void Run();
  void Deliver(const Callback& callback);

  Store& store_;
  const std::string secret_;
  const base::Clock& clock_;
  const std::vector<Observer*> observers_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace hearth::runner
