// POSTs about runs: to the caller's address when one has ended, to the channels of the job's alerting when it
// has failed, has succeeded or is late, to the platform's address when it has succeeded. Owed in the same
// transaction as the end, tried again until they are taken or given up. Body: JSON with job_id, status and
// what the receiver needs to know, of the last kind completion.h; signed when a secret is set.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runner/policy.h"
#include "runner/store/store.h"

namespace hearth::runner {

// The text of a signature header: "sha256=" and the HMAC in hexadecimal digits.
std::string SignBody(const std::string& secret, const std::string& body);

// One thread of its own. All that it is given outlives it.
class Callbacks {
 public:
  // Of the policy: addresses, and the secret.
  Callbacks(Store& store, const Policy& policy, const base::Clock& clock,
            std::vector<Observer*> observers = {});
  ~Callbacks();

  base::Status Start();
  void Stop();

 private:
  void Run();
  void Deliver(const Callback& callback);
  std::string AddressOf(const Callback& callback) const;
  void Send(const Callback& callback, const std::string& body, const std::string& url);

  Store& store_;
  const Policy& policy_;
  const base::Clock& clock_;
  const std::vector<Observer*> observers_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace hearth::runner
