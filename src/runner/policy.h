// What the platform team decides: limits, times and places. Read from the server's configuration file.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace hearth::runner {

// 0: no limit.
struct TeamLimits {
  int64_t runs = 0;
  int64_t cores = 0;
  int64_t memory_mib = 0;
  double weight = 1;  // share of what is free, against other teams
};

struct EnvironmentPolicy {
  std::string backend = "local";
  int64_t queue_seconds = 24 * 3600;
  int64_t start_seconds = 600;
  int64_t run_seconds = 12 * 3600;
  int64_t resource_seconds = 3600;  // what an ended run holds at its backend, logs included
  int64_t failed_seconds =
      24 * 3600;  // the same of runs that did not succeed: somebody wants to look at them
  int64_t record_seconds = 30 * 24 * 3600;  // the run's own record
};

// When what fails again and again is not tried any more. 0 runs: never.
struct BreakerPolicy {
  int64_t job_runs = 3;     // newest runs of a job with the same class of failure: its schedule is suspended
  int64_t spike_runs = 20;  // runs that one class of infrastructure failure ended …
  int64_t spike_seconds = 600;  // … within this time: retries after it are paused …
  int64_t pause_seconds = 900;  // … for so long
};

// Of what attempts reserve; without a currency nothing has a price.
struct Prices {
  double core_hour = 0;
  double gib_hour = 0;
  std::string currency;  // "EUR"
};

struct Policy {
  std::map<std::string, EnvironmentPolicy> environments;  // missing ones: EnvironmentPolicy()
  std::map<std::string, TeamLimits> teams;                // missing ones: `other_teams`
  TeamLimits other_teams;
  std::map<std::string, TeamLimits> backends;  // all teams together at one backend; missing ones: no limit
  int64_t most_waiting = 100000;               // runs that may wait; a submission beyond is refused
  int64_t ageing_seconds = 600;                // waiting so long counts as much as one step of priority
  int64_t lost_seconds = 60;                   // how long a backend may not know an attempt before it is lost
  int64_t unreachable_seconds = 6 * 3600;  // how long a place may not answer before what runs there is lost
  int64_t grace_seconds = 30;              // between asking for the end and forcing it
  int64_t look_seconds = 30;               // the longest time between two looks at a live run
  int64_t retry_look_seconds = 2;          // after a backend did not answer
  bool exports_spans = false;              // attempts are told their own span as TRACEPARENT
  Prices prices;
  BreakerPolicy breakers;
  std::map<std::string, std::string> alert_channels;  // addresses of what jobs name: "slack:#data"
  std::string callback_secret;                        // signs callbacks; empty: unsigned
  std::string completion_url;  // is told of each run that has succeeded, with what it wrote; empty: nobody is

  const EnvironmentPolicy& Environment(const std::string& name) const;
  const TeamLimits& Team(const std::string& name) const;
};

}  // namespace hearth::runner
