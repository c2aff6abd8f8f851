#include "app/server_settings.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "front/web/target.h"
#include "session/configuration.h"

namespace hearth::app {
namespace {

base::Error Wrong(std::string message) {
  base::Error error;
  error.kind = base::ErrorKind::kIllegalArgument;
  error.message = std::move(message);
  return error;
}

std::optional<int64_t> ReadCount(const std::string& text) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

bool IsAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos ? std::nullopt : ReadCount(text.substr(colon + 1));
  return colon != 0 && port && *port <= 65535;
}

base::Status ApplyListen(const std::string& text, ServerSettings* settings) {
  if (!IsAddress(text)) return Wrong("HOST:PORT, with a port from 0 to 65535");
  settings->listen = text;
  return {};
}

base::Status ApplyWarehouse(const std::string& text, ServerSettings* settings) {
  if (text.empty()) return Wrong("a directory");
  settings->warehouse = text;
  return {};
}

base::Status ApplyThreads(const std::string& text, ServerSettings* settings) {
  const auto count = ReadCount(text);
  if (!count || *count > 4096) return Wrong("a number of threads from 0 (all cores) to 4096");
  settings->threads = static_cast<int>(*count);
  return {};
}

base::Status ApplyMemoryLimit(const std::string& text, ServerSettings* settings) {
  // "4GB", "512MiB", "80%": Spark's units and the engine's.
  std::string digits = text;
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (digits.ends_with("ib")) digits.erase(digits.size() - 2, 1);
  if (digits.ends_with('%')) digits.back() = 'b';
  if (session::ParseBytes(digits).value_or(0) <= 0) return Wrong("a size such as 4GB, 512MiB or 80%");
  settings->memory_limit = text;
  return {};
}

base::Status ApplySpillDirectory(const std::string& text, ServerSettings* settings) {
  settings->spill_directory = text;
  return {};
}

base::Status ApplySessionIdle(const std::string& text, ServerSettings* settings) {
  const auto milliseconds = session::ParseMilliseconds(text);
  if (!milliseconds || *milliseconds < 1000) return Wrong("a time of at least a second, such as 60min");
  settings->session_idle_seconds = *milliseconds / 1000;
  return {};
}

base::Status ApplyStopTime(const std::string& text, ServerSettings* settings) {
  const auto milliseconds = session::ParseMilliseconds(text);
  if (!milliseconds || *milliseconds < 0) return Wrong("a time, such as 10s");
  settings->stop_seconds = *milliseconds / 1000;
  return {};
}

base::Status ApplyUntilStdinCloses(const std::string& text, ServerSettings* settings) {
  if (text != "true" && text != "false") return Wrong("true or false");
  settings->until_stdin_closes = text == "true";
  return {};
}

base::Status ApplyHttp(const std::string& text, ServerSettings* settings) {
  if (text != kNoDoor && !IsAddress(text)) return Wrong("HOST:PORT or off");
  settings->doors.http = text;
  settings->doors.is_http_given = true;
  return {};
}

base::Status ApplyControl(const std::string& text, ServerSettings* settings) {
  if (text != kNoDoor && !IsAddress(text)) return Wrong("HOST:PORT or off");
  settings->doors.control = text;
  settings->doors.is_control_given = true;
  return {};
}

base::Status ApplyPublicUrl(const std::string& text, ServerSettings* settings) {
  if (!text.starts_with("http://") && !text.starts_with("https://"))
    return Wrong("an http:// or https:// address");
  settings->doors.public_url = text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
  return {};
}

base::Status ApplyOtlpEndpoint(const std::string& text, ServerSettings* settings) {
  if (!text.starts_with("http://") && !text.starts_with("https://"))
    return Wrong("an http:// or https:// address");
  settings->doors.otlp_endpoint = text;
  return {};
}

base::Status ApplyOtlpHeaders(const std::string& text, ServerSettings* settings) {
  if (!ReadOtlpHeaders(text)) return Wrong("NAME=VALUE, several with commas between them");
  settings->doors.otlp_headers = text;
  return {};
}

// For settings that take any text.
template <std::string DoorSettings::* kField>
base::Status ApplyDoorText(const std::string& text, ServerSettings* settings) {
  if (text.empty()) return Wrong("a text that is not empty");
  settings->doors.*kField = text;
  return {};
}

constexpr SettingRow kRows[] = {
    {"listen", "HOST:PORT", "Where Spark clients connect; port 0 takes a free one (default 127.0.0.1:15002)",
     ApplyListen},
    {"warehouse", "DIR", "Where managed tables live (default spark-warehouse)", ApplyWarehouse},
    {"threads", "N", "Threads of the engine (default: one for each core)", ApplyThreads},
    {"memory-limit", "SIZE", "Memory of the engine, then it spills (default: 80% of the machine's)",
     ApplyMemoryLimit},
    {"spill-dir", "DIR", "Where it spills (default: below the system's temporary directory)",
     ApplySpillDirectory},
    {"session-idle", "TIME", "Close sessions that no client used for so long (default 60min)",
     ApplySessionIdle},
    {"stop-time", "TIME", "How long running queries may go on when the server stops (default 10s)",
     ApplyStopTime},
    {"http", "HOST:PORT",
     "Where jobs are submitted over REST; also /metrics; off: nowhere (default 127.0.0.1:15080)", ApplyHttp},
    {"control", "HOST:PORT", "Where jobs are submitted over gRPC; off: nowhere (default 127.0.0.1:15010)",
     ApplyControl},
    {"tls-cert", "FILE", "Certificate chain (PEM) of both doors for jobs",
     ApplyDoorText<&DoorSettings::certificate_file>},
    {"tls-key", "FILE", "Its private key (PEM)", ApplyDoorText<&DoorSettings::key_file>},
    {"tokens", "FILE", "Who may submit jobs: lines of TOKEN (or sha256:DIGEST) USER TEAM",
     ApplyDoorText<&DoorSettings::token_file>},
    {"jwt-keys", "PLACE", "File or address of the JSON Web Key Set that verifies signed tokens",
     ApplyDoorText<&DoorSettings::jwt_keys>},
    {"jwt-issuer", "TEXT", "Who must have issued signed tokens", ApplyDoorText<&DoorSettings::jwt_issuer>},
    {"jwt-audience", "TEXT", "For whom signed tokens must be meant",
     ApplyDoorText<&DoorSettings::jwt_audience>},
    {"jwt-user-claim", "NAME", "Which claim is the user (default sub)",
     ApplyDoorText<&DoorSettings::jwt_user_claim>},
    {"jwt-team-claim", "NAME", "Which claim is the team (default team)",
     ApplyDoorText<&DoorSettings::jwt_team_claim>},
    {"public-url", "URL", "Address of the REST door as clients see it, for links", ApplyPublicUrl},
    {"jobs-dir", "DIR",
     "Where jobs, their logs and the audit log are kept (default: hearth-jobs beside the warehouse)",
     ApplyDoorText<&DoorSettings::jobs_directory>},
    {"job-store", "URL",
     "PostgreSQL that keeps jobs, postgresql://… (default: a SQLite file in the jobs' folder)",
     ApplyDoorText<&DoorSettings::store>},
    {"platform", "FILE", "What the platform team decides: limits, images, backends (YAML)",
     ApplyDoorText<&DoorSettings::platform_file>},
    {"spark-home", "DIR", "Spark for jobs on this machine that need a JVM (default: the variable SPARK_HOME)",
     ApplyDoorText<&DoorSettings::spark_home>},
    {"python", "PROGRAM", "Python for jobs on this machine (default python3)",
     ApplyDoorText<&DoorSettings::python>},
    {"otlp-endpoint", "URL",
     "Collector of OpenTelemetry for spans of jobs (OTLP over HTTP), such as http://127.0.0.1:4318 (default: "
     "the variable OTEL_EXPORTER_OTLP_ENDPOINT)",
     ApplyOtlpEndpoint, "OTEL_EXPORTER_OTLP_ENDPOINT"},
    {"otlp-headers", "NAME=VALUE,…",
     "What to tell the collector with each request (default: the variable OTEL_EXPORTER_OTLP_HEADERS)",
     ApplyOtlpHeaders, "OTEL_EXPORTER_OTLP_HEADERS"},
    {"environment", "NAME", "Environment of jobs that name none (default local)",
     ApplyDoorText<&DoorSettings::environment>},
    {"until-stdin-closes", "", "Stop when standard input is closed", ApplyUntilStdinCloses},
};

std::string VariableOf(const SettingRow& row) {
  std::string name = std::string("HEARTH_") + row.name;
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return name;
}

std::string KeyOf(const SettingRow& row) {
  std::string key = row.name;
  std::ranges::replace(key, '-', '_');
  return key;
}

base::Status Apply(const SettingRow& row, const std::string& place, const std::string& text,
                   ServerSettings* settings) {
  const base::Status status = row.apply(text, settings);
  if (status.ok()) return {};
  return Wrong(fmt::format("{}: '{}' is not {}", place, text, status.error()->message));
}

base::Result<YAML::Node> LoadFile(const std::string& file) {
  try {
    YAML::Node root = YAML::LoadFile(file);
    if (!root.IsMap() && !root.IsNull())
      return Wrong(fmt::format("{}: the file must hold settings as 'key: value' lines", file));
    return root;
  } catch (const YAML::BadFile&) {
    return Wrong(fmt::format("{}: the file cannot be read", file));
  } catch (const YAML::Exception& error) {
    return Wrong(fmt::format("{}: line {}: {}", file, error.mark.line + 1, error.msg));
  }
}

base::Status ApplyFile(const std::string& file, ServerSettings* settings) {
  HEARTH_ASSIGN(const YAML::Node root, LoadFile(file));
  for (const auto& entry : root) {
    const auto key = entry.first.as<std::string>();
    const std::string place = fmt::format("{}: {}", file, key);
    if (key == "spark") {
      if (!entry.second.IsMap())
        return Wrong(fmt::format("{}: must hold Spark settings as 'key: value' lines", place));
      for (const auto& setting : entry.second)
        settings->spark[setting.first.as<std::string>()] = setting.second.as<std::string>("");
      continue;
    }
    const auto* row =
        std::ranges::find_if(kRows, [&](const SettingRow& candidate) { return KeyOf(candidate) == key; });
    if (row == std::end(kRows)) return Wrong(fmt::format("{}: there is no such setting", place));
    if (!entry.second.IsScalar()) return Wrong(fmt::format("{}: needs one value", place));
    HEARTH_RETURN_IF_ERROR(Apply(*row, place, entry.second.as<std::string>(), settings));
  }
  return {};
}

}  // namespace

std::span<const SettingRow> SettingRows() { return kRows; }

std::optional<std::vector<std::pair<std::string, std::string>>> ReadOtlpHeaders(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> headers;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view item = text.substr(0, comma);
    const size_t equals = item.find('=');
    const auto value = equals == 0 || equals == std::string_view::npos
                           ? std::nullopt
                           : front::web::PercentDecode(item.substr(equals + 1));
    // A line's end in a header would begin another one.
    if (!value || value->find_first_of("\r\n") != std::string::npos) return std::nullopt;
    headers.emplace_back(item.substr(0, equals), *value);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return headers;
}

base::Result<ServerSettings> ReadServerSettings(const std::map<std::string, std::string>& flags,
                                                const Environment& environment, const std::string& file) {
  ServerSettings settings;
  if (!file.empty()) HEARTH_RETURN_IF_ERROR(ApplyFile(file, &settings));
  for (const SettingRow& row : kRows) {
    if (row.standard_variable == nullptr) continue;
    if (const auto text = environment(row.standard_variable); text && !text->empty())
      HEARTH_RETURN_IF_ERROR(Apply(row, row.standard_variable, *text, &settings));
  }
  for (const SettingRow& row : kRows) {
    const std::string variable = VariableOf(row);
    if (const auto text = environment(variable))
      HEARTH_RETURN_IF_ERROR(Apply(row, variable, *text, &settings));
  }
  for (const SettingRow& row : kRows) {
    const auto flag = flags.find(row.name);
    if (flag != flags.end())
      HEARTH_RETURN_IF_ERROR(Apply(row, fmt::format("--{}", row.name), flag->second, &settings));
  }
  return settings;
}

}  // namespace hearth::app
