#include "runner/backends/kubernetes/observation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "runner/backends/kubernetes/names.h"
#include "runner/failure_classes.h"

namespace hearth::runner::kubernetes {
namespace {

void Append(std::string& message, const std::string& more) {
  if (more.empty() || message.find(more) != std::string::npos) return;
  message = message.empty() ? more : message + "; " + more;
}

std::string FirstLine(const std::string& text) {
  constexpr size_t kLongest = 500;
  return text.substr(0, std::min(text.find('\n'), kLongest));
}

// What Kubernetes knows and the driver's log does not tell joins its last lines.
void AddToLog(std::string& log, const std::string& text) {
  if (text.empty() || log.find(text.substr(0, text.find('\n'))) != std::string::npos) return;
  if (!log.empty() && log.back() != '\n') log += '\n';
  log += text + "\n";
  if (log.size() > kLogTailBytes) log.erase(0, log.size() - kLogTailBytes);
}

// Reasons that every pod shows for a moment.
bool IsOrdinary(const std::string& waiting) {
  return waiting == "ContainerCreating" || waiting == "PodInitializing";
}

const PodView* DriverOf(const AttemptRecord& record) {
  if (record.driver) return &*record.driver;
  if (record.application && record.application->driver) return &*record.application->driver;
  return nullptr;
}

// kubeflow's operator tells a code in a sentence: "driver container failed with ExitCode: 137, Reason:
// Error".
std::optional<int32_t> CodeIn(const std::string& message) {
  const size_t at = message.find("ExitCode: ");
  int code = 0;
  if (at == std::string::npos || std::sscanf(message.c_str() + at, "ExitCode: %d", &code) != 1)
    return std::nullopt;
  return code;
}

void TellStart(const PodView& driver, Observation& observation) {
  if (driver.unschedulable) {
    observation.reason = "Unschedulable";
    observation.message = "the driver waits for a node: " + driver.schedule_message;
  } else if (!driver.waiting_reason.empty() && !IsOrdinary(driver.waiting_reason)) {
    observation.reason = driver.waiting_reason;
    observation.message = fmt::format("the driver does not start: {}", driver.waiting_reason);
    if (!driver.waiting_message.empty()) observation.message += ": " + driver.waiting_message;
  } else if (driver.running) {
    observation.message = "the driver starts";
  } else if (driver.scheduled) {
    observation.message = "the driver has a node and waits for its image";
  }
}

std::string ReasonOf(const ApplicationView& application, const PodView* driver) {
  if (application.message.find("exceeded quota") != std::string::npos) return "QuotaExceeded";
  if (driver != nullptr) {
    if (!driver->pod_reason.empty()) return driver->pod_reason;
    const bool says_little =
        driver->end_reason.empty() || driver->end_reason == "Error" || driver->end_reason == "Completed";
    if (!says_little) return driver->end_reason;
    if (!driver->waiting_reason.empty() && !IsOrdinary(driver->waiting_reason)) return driver->waiting_reason;
    if (driver->unschedulable && !driver->terminated) return "Unschedulable";
  }
  // Apache's words for how it ended say more than "Error"; its and kubeflow's "failed" say less.
  const bool operator_says_little = application.end_reason.empty() || application.end_reason == "Failed" ||
                                    application.end_reason == "FAILED";
  if (!operator_says_little) return application.end_reason;
  if (driver != nullptr && !driver->end_reason.empty()) return driver->end_reason;
  return application.end_reason;
}

Outcome OutcomeOf(const AttemptRecord& record) {
  const ApplicationView& application = *record.application;
  const PodView* driver = DriverOf(record);
  Outcome outcome;
  outcome.succeeded = application.succeeded;
  if (driver != nullptr) {
    outcome.exit_code = driver->exit_code;
    outcome.signal = driver->signal;
  }
  if (!outcome.exit_code) outcome.exit_code = CodeIn(application.message);
  if (!outcome.signal && outcome.exit_code && *outcome.exit_code > 128 && *outcome.exit_code < 128 + 65) {
    outcome.signal = *outcome.exit_code - 128;
  }
  if (record.log) outcome.log_tail = record.log->tail;
  if (outcome.succeeded) return outcome;
  outcome.reason = ReasonOf(application, driver);
  outcome.message = application.message;
  if (driver != nullptr) {
    Append(outcome.message, driver->pod_message);
    Append(outcome.message, driver->waiting_message);
    Append(outcome.message, driver->schedule_message);
    Append(outcome.message, driver->end_message);
    Append(outcome.message, FirstLine(driver->exit_exception));
    outcome.error_condition = FindErrorCondition(driver->exit_exception);
    AddToLog(outcome.log_tail, driver->exit_exception);
  }
  if (outcome.error_condition.empty()) outcome.error_condition = FindErrorCondition(outcome.log_tail);
  for (const auto& [end, count] : record.executor_ends) {
    const std::string line = fmt::format("{} of the executors ended: {}", count, end);
    Append(outcome.message, line);
    AddToLog(outcome.log_tail, line);
  }
  return outcome;
}

// The application is gone and its operator had not said how it ended.
Observation Gone(const AttemptRecord& record, Observation observation) {
  const PodView* driver = DriverOf(record);
  const bool ended_well = driver != nullptr && driver->terminated && driver->exit_code == 0;
  observation.message = fmt::format("the application was deleted in state {}",
                                    record.application->state.empty() ? "new" : record.application->state);
  if (!ended_well && !record.stopped) {
    observation.progress = Progress::kAbsent;
    return observation;
  }
  observation.progress = Progress::kEnded;
  observation.outcome = OutcomeOf(record);
  observation.outcome.succeeded = ended_well;
  if (!ended_well) {
    observation.outcome.reason = "Deleted";
    observation.outcome.message = observation.message;
  }
  return observation;
}

}  // namespace

Observation ObservationOf(const AttemptRecord& record) {
  Observation observation;
  if (!record.application) return observation;
  const ApplicationView& application = *record.application;
  const PodView* driver = DriverOf(record);
  observation.native_id = NativeIdText({application.name_space, application.name, application.uid});
  observation.progress = application.progress;
  observation.message = application.message;
  observation.web_url = application.web_url;
  if (driver != nullptr) {
    observation.started_at = driver->started_at;
    observation.ended_at = driver->ended_at;
  }
  if (application.progress == Progress::kEnded) {
    if (observation.ended_at == 0) observation.ended_at = application.ended_at;
    observation.outcome = OutcomeOf(record);
    return observation;
  }
  if (record.gone) return Gone(record, std::move(observation));
  if (application.progress == Progress::kStarting && driver != nullptr) TellStart(*driver, observation);
  if (application.deleting) {
    observation.message = "it is being deleted";
  }
  return observation;
}

}  // namespace hearth::runner::kubernetes
