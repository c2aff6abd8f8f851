// Manifests: YAML files that declare jobs and clusters. Read a file, resolve a document for one environment,
// and take what it says as values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/check.h"
#include "manifest/field_error.h"
#include "manifest/fields.h"
#include "manifest/job_spec.h"
#include "manifest/layers.h"
#include "manifest/node.h"
#include "manifest/platform.h"

namespace hearth::manifest {

// One document in canonical spelling, its overlays beside it. Its values are checked when it is resolved.
struct Document {
  Kind kind = Kind::kSparkJob;
  std::string file;
  Spelling spelling = Spelling::kManifest;
  Node root;
  std::vector<FieldError> errors;  // of the spelling; resolving tells them with its own
};

struct ManifestFile {
  std::vector<Document> documents;
  std::vector<FieldError> errors;  // of the file: no YAML, a kind that does not exist
};
// `file` is only for messages.
ManifestFile ReadManifests(std::string_view text, const std::string& file);

// What a document is resolved for.
struct Target {
  std::string
      environment;  // "prod" or "production"; empty: the document as it stands, only checked and canonical
  TemplateNames names;                 // parameters win over spec.parameters
  const Platform* platform = nullptr;  // none: what is built in
};

// A document with its layers laid, defaults added, templates filled, every value checked and canonical.
// Resolved for no environment, it is the canonical form of what was written: the one to store and to resolve
// again later.
struct ResolvedDocument {
  Kind kind = Kind::kSparkJob;
  std::string file;
  std::string environment;  // canonical
  Node root;
  std::set<std::string> given;  // as JobSpec::given
};
Checked<ResolvedDocument> Resolve(const Document& document, const Target& target);

// Everything that is wrong with a file, for `target` or, when that names no environment, for the documents
// alone and for each environment that they name.
std::vector<FieldError> Lint(std::string_view text, const std::string& file, const Target& target);

// What a SparkJob says, for the runner. Errors: those of Resolve; no image for the engine; a kind that is no
// job. The target must name an environment; without a date of the run, texts that ask for it are errors.
Checked<JobSpec> ResolveJob(const Document& document, const Target& target);

// When a job runs by itself. Dates are days in `time_zone`; `catch_up` and `overlap` are words of fields.tsv.
struct Schedule {
  std::string cron;
  std::string time_zone;
  std::string start_date;  // empty: none
  std::string end_date;
  std::string catch_up;
  std::string overlap;
};
// None when the document has no schedule.
std::optional<Schedule> ScheduleOf(const ResolvedDocument& document);

// Canonical text; reading it again gives the same document.
std::string ToYaml(const Node& root);
std::string ToJsonText(const Node& root);

// One field that two documents do not agree on. Elements of named lists are called by name:
// spec.coreEtl.jobSpec.sources[orders].filter
struct Difference {
  std::string path;                // canonical
  std::optional<std::string> old;  // none: not there; composite values as JSON
  std::optional<std::string> now;
  bool operator==(const Difference&) const = default;
};
// In canonical order; empty when both say the same. Both of one kind, both resolved or both not.
std::vector<Difference> Compare(Kind kind, const Node& old_root, const Node& new_root);

// JSON Schema (draft 2020-12) of all kinds, for editors.
std::string JsonSchema();

}  // namespace hearth::manifest
