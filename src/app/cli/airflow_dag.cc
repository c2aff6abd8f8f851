#include "app/cli/airflow_dag.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "manifest/primitives.h"

namespace hearth::app {
namespace {

using manifest::ResolvedDocument;
using manifest::Schedule;

// Hearth's words that Airflow's presets lack.
constexpr std::pair<std::string_view, std::string_view> kCronWords[] = {{"@midnight", "@daily"},
                                                                        {"@annually", "@yearly"}};
constexpr int kRunsAtOnce = 16;

std::string TextAt(const ResolvedDocument& document, std::string_view path) {
  const manifest::Node* node = document.root.At(path);
  return node == nullptr ? "" : node->text;
}

void AppendEscaped(std::string& out, char byte) {
  switch (byte) {
    case '\\':
      out += "\\\\";
      return;
    case '"':
      out += "\\\"";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto number = static_cast<unsigned char>(byte);
  if (number < 0x20 || number == 0x7f) {
    out += fmt::format("\\x{:02x}", number);
  } else {
    out.push_back(byte);  // UTF-8 is Python's own encoding of source text
  }
}

std::string CronOf(const Schedule& schedule) {
  for (const auto& [ours, theirs] : kCronWords)
    if (schedule.cron == ours) return std::string(theirs);
  return schedule.cron;
}

// "2026-01-31" -> pendulum.datetime(2026, 1, 31, tz="…")
std::string Instant(const std::string& day, std::string_view time, const std::string& zone) {
  const auto number = [&](size_t begin, size_t length) { return std::stoi(day.substr(begin, length)); };
  return fmt::format("pendulum.datetime({}, {}, {}{}, tz={})", number(0, 4), number(5, 2), number(8, 2), time,
                     PythonText(zone));
}

// Why Airflow cannot run it; none: it can.
std::optional<std::string> Obstacle(const ResolvedDocument& document,
                                    const std::optional<Schedule>& schedule) {
  for (const manifest::Primitive& primitive : manifest::PrimitivesOf(document))
    if (primitive.kind == manifest::PrimitiveKind::kContinuous)
      return "a streaming job is kept running by Hearth itself: declare it with 'hearth apply'";
  if (!schedule) return std::nullopt;
  if (schedule->overlap == "replace")
    return "overlap 'replace': Airflow's runs wait for each other or run side by side; choose another one, "
           "or "
           "declare the schedule with 'hearth apply'";
  if (schedule->catch_up == "all" && schedule->start_date.empty())
    return "catchUp 'all': Airflow makes up for runs since a first day, which orchestration.startDate does "
           "not "
           "give";
  return std::nullopt;
}

std::string ScheduleLines(const std::optional<Schedule>& schedule) {
  if (!schedule) return "    schedule=None,\n    catchup=False,\n";
  std::string text = fmt::format("    schedule=CronTriggerTimetable({}, timezone={}),\n",
                                 PythonText(CronOf(*schedule)), PythonText(schedule->time_zone));
  if (!schedule->start_date.empty())
    text += fmt::format("    start_date={},\n", Instant(schedule->start_date, "", schedule->time_zone));
  if (!schedule->end_date.empty())
    text +=
        fmt::format("    end_date={},\n", Instant(schedule->end_date, ", 23, 59, 59", schedule->time_zone));
  text += fmt::format("    catchup={},\n", schedule->catch_up == "all" ? "True" : "False");
  text += fmt::format("    max_active_runs={},\n", schedule->overlap == "allow" ? kRunsAtOnce : 1);
  return text;
}

std::string ImportLines(const std::optional<Schedule>& schedule) {
  const bool has_days = schedule && !(schedule->start_date.empty() && schedule->end_date.empty());
  return fmt::format("{}from airflow.sdk import {}\n\nfrom hearth.airflow import HearthJobOperator\n",
                     has_days ? "import pendulum\n" : "", schedule ? "DAG, CronTriggerTimetable" : "DAG");
}

std::string OperatorLines(const ResolvedDocument& resolved, const std::optional<Schedule>& schedule,
                          const std::map<std::string, std::string>& parameters) {
  std::string text = "    HearthJobOperator(\n";
  text += fmt::format("        task_id={},\n", PythonText(TextAt(resolved, "metadata.name")));
  text +=
      fmt::format("        manifest=MANIFEST,\n        environment={},\n", PythonText(resolved.environment));
  if (!parameters.empty()) {
    text += "        parameters={\n";
    for (const auto& [name, value] : parameters)
      text += fmt::format("            {}: {},\n", PythonText(name), PythonText(value));
    text += "        },\n";
  }
  if (schedule && schedule->time_zone != "UTC")
    text += fmt::format("        time_zone={},\n", PythonText(schedule->time_zone));
  return text + "        deferrable=True,\n    )\n";
}

}  // namespace

std::string PythonText(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) AppendEscaped(out, byte);
  return out + '"';
}

std::string PythonLines(std::string_view text) {
  std::string out = "\"\"\"\\\n";
  size_t quotes = 0;
  for (size_t index = 0; index < text.size(); ++index) {
    const char byte = text[index];
    quotes = byte == '"' ? quotes + 1 : 0;
    // The third quote in a row, or one before the closing ones, would end the literal.
    const bool is_harmless_quote = byte == '"' && quotes % 3 != 0 && index + 1 != text.size();
    if (byte == '\n' || is_harmless_quote) {
      out.push_back(byte);
    } else {
      AppendEscaped(out, byte);
    }
  }
  return out + "\"\"\"";
}

tl::expected<AirflowDag, std::string> ToAirflowDag(const ResolvedDocument& written,
                                                   const ResolvedDocument& resolved, const std::string& file,
                                                   const std::map<std::string, std::string>& parameters) {
  const std::optional<Schedule> schedule = manifest::ScheduleOf(resolved);
  if (const auto obstacle = Obstacle(resolved, schedule)) return tl::unexpected(*obstacle);
  const std::string name = TextAt(resolved, "metadata.name");
  const std::string team = TextAt(resolved, "metadata.team");
  const std::string owner = TextAt(resolved, "metadata.owner");
  AirflowDag dag;
  dag.id = fmt::format("{}.{}.{}", team, name, resolved.environment);
  // A name of a file may hold anything but a line's end here.
  std::string source = file;
  std::ranges::replace_if(source, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }, '?');
  dag.text = fmt::format("{} from {}: change that one and write this again.\n", kAirflowMark, source);
  dag.text += ImportLines(schedule);
  dag.text += fmt::format("\nMANIFEST = {}\n\n", PythonLines(manifest::ToYaml(written.root)));
  dag.text += fmt::format("with DAG(\n    dag_id={},\n", PythonText(dag.id));
  dag.text += ScheduleLines(schedule);
  dag.text +=
      fmt::format("    default_args={{\"owner\": {}, \"retries\": 0}},  # Hearth itself tries again\n",
                  PythonText(owner.empty() ? team : owner));
  dag.text += fmt::format("    tags=[\"hearth\", {}],\n):\n", PythonText(team));
  dag.text += OperatorLines(resolved, schedule, parameters);
  return dag;
}

}  // namespace hearth::app
