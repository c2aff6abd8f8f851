#include "app/cli/job_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace hearth::app {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// "2026-01-15T10:00:00.123Z" -> "2026-01-15 10:00:00"
std::string TimeOf(const Json& object, const char* name) {
  std::string text = TextOf(object, name).substr(0, 19);
  std::ranges::replace(text, 'T', ' ');
  return text.empty() ? "-" : text;
}

std::string Table(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t at = 0; at < row.size(); ++at) widths[at] = std::max(widths[at], row[at].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t at = 0; at < row.size(); ++at) line += fmt::format("{:<{}}  ", row[at], widths[at]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

struct FinalStatus {
  const char* name;
  int exit_code;
};
constexpr FinalStatus kFinals[] = {
    {"SUCCEEDED", 0}, {"FAILED", 1}, {"CANCELLED", 3}, {"TIMED_OUT", 4}, {"LOST", 5},
};

// "0.0123 EUR"; empty: there is no cost.
std::string CostOf(const Json& object) {
  const auto found = object.find("cost");
  if (found == object.end() || !found->is_number()) return "";
  return fmt::format("{:.4f} {}", found->get<double>(), TextOf(object, "currency"));
}

std::string AttemptPlace(const Json& attempt) {
  const std::string cluster = TextOf(attempt, "cluster");
  return TextOf(attempt, "backend") + (cluster.empty() ? "" : "/" + cluster);
}

std::string AttemptEnd(const Json& attempt) {
  if (attempt.contains("signal")) return "signal " + TextOf(attempt, "signal");
  if (attempt.contains("exit_code")) return "exit " + TextOf(attempt, "exit_code");
  return TextOf(attempt, "reason");
}

// What the attempts wrote; empty: nothing is known of it.
std::string WrittenTable(const Json& attempts) {
  constexpr size_t kMostShown = 20;
  std::vector<Row> rows = {{"ATTEMPT", "WRITTEN", "NAME"}};
  size_t left = 0;
  bool is_cut = false;
  for (const Json& attempt : attempts) {
    is_cut = is_cut || attempt.value("datasets_cut", false);
    for (const Json& dataset : attempt.value("datasets_written", Json::array())) {
      if (rows.size() > kMostShown) {
        ++left;
      } else {
        rows.push_back({TextOf(attempt, "number"), TextOf(dataset, "namespace"), TextOf(dataset, "name")});
      }
    }
  }
  if (rows.size() == 1) return "";
  std::string text = "\n" + Table(rows);
  if (left > 0) text += fmt::format("… and {}{} more (--output json)\n", left, is_cut ? " or" : "");
  return text;
}

std::string Sentence(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() != '.') text += '.';
  return text;
}

}  // namespace

std::string JobTable(const Json& jobs) {
  std::vector<Row> rows = {{"JOB", "NAME", "TEAM", "STATUS", "SUBMITTED", "ENDED", "MESSAGE"}};
  for (const Json& job : jobs) {
    rows.push_back({TextOf(job, "job_id"), TextOf(job, "name"), TextOf(job, "team"), TextOf(job, "status"),
                    TimeOf(job, "submit_time"), TimeOf(job, "end_time"),
                    TextOf(job, "message").substr(0, 60)});
  }
  return Table(rows);
}

std::string DeclaredTable(const Json& declarations) {
  std::vector<Row> rows = {{"PRIMITIVE", "NAME", "TEAM", "ENVIRONMENT", "NEXT", "RUNS", "SUSPENDED"}};
  for (const Json& row : declarations) {
    rows.push_back({TextOf(row, "primitive"), TextOf(row, "name"), TextOf(row, "team"),
                    TextOf(row, "environment"), TimeOf(row, "next_time"), TextOf(row, "runs"),
                    TextOf(row, "suspended")});
  }
  return Table(rows);
}

std::string JobPage(const Json& job, const Json& events) {
  std::vector<Row> about = {{"job", TextOf(job, "job_id")},
                            {"name", TextOf(job, "name")},
                            {"team", TextOf(job, "team")},
                            {"user", TextOf(job, "user")},
                            {"environment", TextOf(job, "environment")},
                            {"status", TextOf(job, "status")},
                            {"message", TextOf(job, "message")},
                            {"submitted", TimeOf(job, "submit_time")},
                            {"started", TimeOf(job, "start_time")},
                            {"ended", TimeOf(job, "end_time")}};
  if (const std::string cost = CostOf(job); !cost.empty()) about.push_back({"cost", cost});
  if (const std::string why = TextOf(job, "suspended"); !why.empty()) about.push_back({"suspended", why});
  std::string text = Table(about);
  if (job.contains("attempts") && !job["attempts"].empty()) {
    std::vector<Row> rows = {{"ATTEMPT", "WHERE", "STARTED", "ENDED", "END", "COST", "FAILURE", "DECISION"}};
    for (const Json& attempt : job["attempts"]) {
      rows.push_back({TextOf(attempt, "number"), AttemptPlace(attempt), TimeOf(attempt, "start_time"),
                      TimeOf(attempt, "end_time"), AttemptEnd(attempt), CostOf(attempt),
                      TextOf(attempt, "failure_class"), TextOf(attempt, "decision")});
    }
    text += "\n" + Table(rows) + WrittenTable(job["attempts"]);
  }
  std::vector<Row> rows = {{"TIME", "STATUS", "CAUSE"}};
  for (const Json& event : events)
    rows.push_back({TimeOf(event, "time"), TextOf(event, "status"), TextOf(event, "cause")});
  return text + "\n" + Table(rows);
}

std::string JobExplanation(const Json& job) {
  const std::string status = TextOf(job, "status");
  std::string text = fmt::format("{} ({}) is {}", TextOf(job, "name"), TextOf(job, "job_id"), status);
  const std::string message = TextOf(job, "message");
  text += message.empty() ? "." : ": " + Sentence(message);
  const Json attempts = job.value("attempts", Json::array());
  if (attempts.empty()) {
    if (IsFinalStatus(status)) text += " It was never started.";
    return text + "\n";
  }
  for (const Json& attempt : attempts) {
    const std::string failure = TextOf(attempt, "failure_class");
    if (failure.empty()) continue;
    text += fmt::format(" Attempt {} on {} ended with {}", TextOf(attempt, "number"), AttemptPlace(attempt),
                        failure);
    const std::string fault = TextOf(attempt, "fault");
    if (!fault.empty()) text += fmt::format(" ({})", fault);
    const std::string evidence = TextOf(attempt, "evidence");
    text += evidence.empty() ? "." : ": " + Sentence(evidence);
    const std::string decision = TextOf(attempt, "decision");
    if (!decision.empty()) text += fmt::format(" Then: {}", Sentence(decision));
  }
  if (const std::string cost = CostOf(job); !cost.empty()) text += fmt::format(" It cost {}.", cost);
  const std::string suspended = TextOf(job, "suspended");
  if (!suspended.empty()) {
    text += fmt::format(
        " No more runs are made, because {} An applied change or `hearth job resume {}` lets them go on.",
        Sentence(suspended), TextOf(job, "name"));
  }
  const std::string advice = TextOf(attempts.back(), "advice");
  if (status != "SUCCEEDED" && !advice.empty()) text += " What to do: " + Sentence(advice);
  return text + "\n";
}

int ExitCodeOf(const std::string& status) {
  for (const FinalStatus& row : kFinals)
    if (status == row.name) return row.exit_code;
  return 1;
}

bool IsFinalStatus(const std::string& status) {
  return std::ranges::any_of(kFinals, [&](const FinalStatus& row) { return status == row.name; });
}

}  // namespace hearth::app
