// Lets a test script call the backend: one JSON request a line on standard input, one JSON answer a line on
// standard output.
// {"call": "create", "attempt": {"token": …, "cluster": …, "spec": {…}}} -> {"ok": {…}} or {"error": {"kind",
// "message"}}.
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <mutex>
#include <set>
#include <string>

#include "manifest/job_spec.h"
#include "runner/backends/kubernetes/json_fields.h"
#include "runner/backends/kubernetes/kubernetes_backend.h"

namespace hearth::runner::kubernetes {
namespace {

std::string_view KindName(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kIllegalArgument:
      return "IllegalArgument";
    case base::ErrorKind::kNoSuchElement:
      return "NoSuchElement";
    case base::ErrorKind::kUnsupported:
      return "Unsupported";
    case base::ErrorKind::kResourceExhausted:
      return "ResourceExhausted";
    case base::ErrorKind::kUnavailable:
      return "Unavailable";
    case base::ErrorKind::kPermissionDenied:
      return "PermissionDenied";
    case base::ErrorKind::kConflict:
      return "Conflict";
    case base::ErrorKind::kUnknownOutcome:
      return "UnknownOutcome";
    default:
      return "Other";
  }
}

Json Failed(const base::Error& error) {
  return {{"error", {{"kind", KindName(error.kind)}, {"message", error.message}}}};
}

std::string_view ProgressName(Progress progress) {
  switch (progress) {
    case Progress::kAbsent:
      return "absent";
    case Progress::kStarting:
      return "starting";
    case Progress::kRunning:
      return "running";
    case Progress::kEnded:
      return "ended";
  }
  return "";
}

Json AnswerOf(const base::Result<Observation>& result) {
  if (!result) return Failed(*result.error());
  Json outcome = {{"succeeded", result->outcome.succeeded},
                  {"reason", result->outcome.reason},
                  {"message", result->outcome.message},
                  {"error_condition", result->outcome.error_condition},
                  {"log_tail", result->outcome.log_tail}};
  if (result->outcome.exit_code) outcome["exit_code"] = *result->outcome.exit_code;
  if (result->outcome.signal) outcome["signal"] = *result->outcome.signal;
  return {{"ok",
           {{"progress", ProgressName(result->progress)},
            {"native_id", result->native_id},
            {"message", result->message},
            {"reason", result->reason},
            {"started_at", result->started_at},
            {"ended_at", result->ended_at},
            {"web_url", result->web_url},
            {"outcome", outcome}}}};
}

Json AnswerOf(const base::Status& status) { return status ? Json{{"ok", nullptr}} : Failed(*status.error()); }

AttemptReference ReferenceOf(const Json& request) {
  return {TextAt(request, {"token"}), TextAt(request, {"cluster"}), TextAt(request, {"native_id"})};
}

Json Call(Backend& backend, const Json& request) {
  const std::string call = TextAt(request, {"call"});
  if (call == "place" || call == "create") {
    auto spec = manifest::JobSpecFromJson(WriteJson(FieldAt(request, {"spec"})));
    if (!spec) return Failed(*spec.error());
    if (call == "place") {
      const auto place = backend.Place(*spec);
      return place ? Json{{"ok", *place}} : Failed(*place.error());
    }
    Attempt attempt;
    attempt.run = RunId(TextAt(request, {"run"}));
    attempt.token = TextAt(request, {"token"});
    attempt.cluster = TextAt(request, {"cluster"});
    attempt.spec = std::move(*spec);
    return AnswerOf(backend.Create(attempt));
  }
  const AttemptReference reference = ReferenceOf(request);
  if (call == "observe") return AnswerOf(backend.Observe(reference));
  if (call == "stop") {
    return AnswerOf(
        backend.Stop(reference, FlagAt(request, {"forced"}) ? StopUrgency::kForced : StopUrgency::kGraceful));
  }
  if (call == "remove") return AnswerOf(backend.Remove(reference));
  if (call == "log") {
    const auto page = backend.ReadLog(reference, IntegerAt(request, {"offset"}).value_or(0),
                                      IntegerAt(request, {"limit"}).value_or(1 << 20));
    if (!page) return Failed(*page.error());
    return {{"ok", {{"text", page->text}, {"next_offset", page->next_offset}, {"at_end", page->at_end}}}};
  }
  return {{"error", {{"kind", "Other"}, {"message", "there is no call " + call}}}};
}

int Run(const std::string& settings_path) {
  std::mutex mutex;
  std::set<std::string> changed;
  auto backend = MakeKubernetesBackend(settings_path);
  if (!backend) {
    std::cout << WriteJson(Failed(*backend.error())) << std::endl;
    return 1;
  }
  (*backend)->SetListener([&](const std::string& token) {
    std::lock_guard lock(mutex);
    changed.insert(token);
  });
  for (std::string line; std::getline(std::cin, line);) {
    const Json request = ParseJson(line);
    if (TextAt(request, {"call"}) == "changes") {
      std::lock_guard lock(mutex);
      std::cout << WriteJson(Json{{"ok", changed}}) << std::endl;
      changed.clear();
      continue;
    }
    std::cout << WriteJson(Call(**backend, request)) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace hearth::runner::kubernetes

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: kubernetes_calls SETTINGS\n";
    return 2;
  }
  return hearth::runner::kubernetes::Run(arguments[1]);
}
