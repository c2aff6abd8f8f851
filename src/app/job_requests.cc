#include "app/job_requests.h"

#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "manifest/job_config.h"

namespace hearth::app {
namespace {

// The instant as manifests write it: "2026-01-15T10:00:00+00:00".
std::string InstantText(int64_t microseconds) {
  const std::time_t seconds = microseconds / 1'000'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &parts)};
}

// All findings at once: the first one names the field, the rest stands in the details.
base::Error ToError(const std::vector<manifest::FieldError>& findings) {
  base::Error error = manifest::ToError(findings);
  if (findings.empty()) return error;
  nlohmann::ordered_json details = nlohmann::ordered_json::array();
  for (const manifest::FieldError& finding : findings) {
    nlohmann::ordered_json detail = {{"field", finding.path}};
    if (!finding.value.empty()) detail["value"] = finding.value;
    detail["message"] = finding.expected;
    if (finding.line > 0) detail["line"] = finding.line;
    details.push_back(std::move(detail));
  }
  error.parameters["field"] = findings.front().path;
  error.parameters["details"] = details.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return error;
}

}  // namespace

base::Result<manifest::Platform> ReadManifestPlatform(const std::string& file) {
  if (file.empty()) return manifest::DefaultPlatform();
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  auto platform = manifest::ReadPlatform(text, file);
  if (!platform.has_value()) return manifest::ToError(platform.error());
  return std::move(*platform);
}

front::control::ReadSpec JobRequestReader(std::string environment, const manifest::Platform& platform,
                                          const base::Clock& clock) {
  return [environment = std::move(environment), &platform,
          &clock](std::string_view json) -> base::Result<manifest::JobSpec> {
    manifest::Target fallback;
    fallback.platform = &platform;
    fallback.environment = environment;
    fallback.names.date = InstantText(clock.NowMicroseconds());
    auto job = manifest::ReadSubmitRequest(json, fallback);
    if (!job.has_value()) return ToError(job.error());
    return std::move(job->spec);
  };
}

}  // namespace hearth::app
