// What the platform team decides about runs, in its YAML file (`hearth serve --platform FILE`). The same file
// says what manifests leave out: images, coreEtl and environments are read by manifest/platform.h.
//
//   keep:                                     # after the end of a run, for each environment
//     prod: {resources: 1h, records: 30d}     # what it holds at its backend, logs included; its record
//   teams:
//     data: {runs: 20, cores: 200, memory: 800g, weight: 2}
//     others: {runs: 5}                       # every team that has no row
//   backends:
//     local: {runs: 4, cores: 8, memory: 16g} # all teams together
//   queue: {waiting: 100000, ageing: 10min}
//   audit: {changes: 30d, reads: 1d}          # how long rows of calls are kept
//   breakers:                                 # what stops tries that cannot help; 0 runs: off
//     job: {runs: 3}                          # with the same end in a row: its schedule is suspended
//     spike: {runs: 20, within: 10min, pause: 15min}  # of all jobs, by one infrastructure failure
//   prices: {core_hour: 0.04, gib_hour: 0.005, currency: EUR}
//   alerts: {channels: {"slack:#data": "https://…"}}  # addresses of what jobs name
//   callbacks:
//     secret_file: /etc/hearth/callback-secret    # signs all POSTs about runs
//     completion_url: https://…                   # one POST for each run that succeeded, with what it wrote
//   kubernetes: {clusters: /etc/hearth/clusters.yaml}
#pragma once

#include <string>

#include "app/audit.h"
#include "base/result.h"
#include "runner/policy.h"

namespace hearth::app {

struct Platform {
  runner::Policy policy;
  AuditPolicy audit;
  std::string clusters_file;  // of the Kubernetes backend; empty: it is off
};

// What holds without a file: on this machine as many jobs at once as it has cores and memory for.
Platform DefaultPlatform();

// Errors: kIllegalArgument names the file, the line, the key and what was expected.
base::Result<Platform> ReadPlatform(const std::string& file);

}  // namespace hearth::app
