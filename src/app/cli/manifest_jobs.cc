#include "app/cli/manifest_jobs.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <utility>

#include "app/cli/input.h"
#include "app/job_requests.h"

namespace hearth::app {
namespace {

std::string Today() { return absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()); }

}  // namespace

void AddManifestOptions(CLI::App& parser, ManifestOptions* options) {
  parser.add_option("file", options->file, "Manifests (YAML)")->required()->type_name("FILE");
  parser.add_option("--environment", options->environment, "Which overlay (default local)");
  parser.add_option("--date", options->date, "The date of the run, for {{ ds }} (default today)");
  parser.add_option("--param", options->parameters, "NAME=VALUE for {{ NAME }}")->take_all();
  parser.add_option("--platform", options->platform_file, "What the platform team owns (YAML)");
  parser
      .add_option("--warehouse", options->warehouse,
                  "Where tables are: folders of Parquet files, read only (default spark-warehouse)")
      ->envname("HEARTH_WAREHOUSE");
  parser.add_option("--python", options->python, "The Python of PySpark programs (default python3)");
}

base::Result<ManifestJobs> ReadManifestJobs(const ManifestOptions& options) {
  HEARTH_ASSIGN(const std::string text, ReadInput(options.file));
  HEARTH_ASSIGN(const manifest::Platform platform, ReadManifestPlatform(options.platform_file));
  manifest::Target target;
  target.environment = options.environment;
  target.platform = &platform;
  target.names.date = options.date.empty() ? Today() : options.date;
  HEARTH_ASSIGN(target.names.parameters, ReadNamedValues("--param", options.parameters));
  manifest::ManifestFile read = manifest::ReadManifests(text, options.file);
  ManifestJobs found;
  found.errors = std::move(read.errors);
  for (manifest::Document& document : read.documents) {
    if (document.kind != manifest::Kind::kSparkJob) continue;
    auto spec = manifest::ResolveJob(document, target);
    if (spec) {
      found.jobs.push_back({std::move(document), std::move(*spec)});
    } else {
      found.errors.insert(found.errors.end(), spec.error().begin(), spec.error().end());
    }
  }
  return found;
}

std::string FileOfJob(const ManifestOptions& options, const std::string& path) {
  std::error_code code;
  const std::filesystem::path beside = std::filesystem::path(options.file).parent_path() / path;
  return !std::filesystem::exists(path, code) && std::filesystem::exists(beside, code) ? beside.string()
                                                                                       : path;
}

}  // namespace hearth::app
