// The jobs of a manifest, resolved for one environment, for commands that look at them here.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "manifest/manifest.h"

namespace CLI {
class App;
}

namespace hearth::app {

struct ManifestOptions {
  std::string file;
  std::string environment = "local";
  std::string platform_file;
  std::string date;
  std::vector<std::string> parameters;
  std::string warehouse = "spark-warehouse";
  std::string python = "python3";
};
void AddManifestOptions(CLI::App& parser, ManifestOptions* options);

struct ManifestJob {
  manifest::Document document;  // as written, with its lines
  manifest::JobSpec spec;
};
struct ManifestJobs {
  std::vector<ManifestJob> jobs;
  std::vector<manifest::FieldError> errors;  // of the file and of documents that are no jobs to be run
};
// Errors: kIllegalArgument for a file, a platform file or a parameter that cannot be read.
base::Result<ManifestJobs> ReadManifestJobs(const ManifestOptions& options);

// A file that a job names: as it stands or, when there is none, beside the manifest.
std::string FileOfJob(const ManifestOptions& options, const std::string& path);

}  // namespace hearth::app
