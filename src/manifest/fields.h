// The table of all fields (fields.tsv) as one tree for each kind of document. Whoever reads, checks,
// completes, prints or describes a manifest walks this tree.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::manifest {

enum class Kind { kSparkJob, kSparkCluster };
std::string_view KindName(Kind kind);

enum class FieldType {
  kRecord,    // named fields
  kRecords,   // a list of records; those with a name merge by it
  kOverlays,  // name of an environment -> part of spec
  kMap,       // any key -> text
  kTexts,     // a list of texts
  kText,
  kInteger,
  kBoolean,
  kChoice,  // one of a few words
  kMemory,
  kDuration,
  kDate,
  kCron,
  kTimeZone,
};

struct Field;

// Another spelling of a field.
struct Alias {
  std::string name;  // beside the canonical name
  int64_t unit = 1;  // seconds that a plain number under this name counts
};

// Another place of a field.
struct MovedField {
  std::string from;  // canonical path of the parent and the old name, "spec.orchestration.timeout"
  const Field* to = nullptr;
};

struct Field {
  std::string path;  // "spec.coreEtl.jobSpec.sources[].name"
  std::string name;  // its last part
  FieldType type = FieldType::kText;
  std::string constraint;  // as in fields.tsv
  bool required = false;   // within a parent that is there
  bool created = false;    // a record that is there even when nobody writes it
  std::string default_text;
  std::vector<Alias> aliases;
  std::string request;  // path in a REST or gRPC request; empty: only manifests have it
  std::string setting;  // Spark's setting that says the same
  std::string meaning;
  std::vector<Field> children;  // in canonical order

  const Field* Child(std::string_view child_name) const;
  bool is_container() const { return type <= FieldType::kTexts; }
  // The words of a choice.
  std::vector<std::string> Words() const;
};

// The document of that kind: a record with apiVersion, kind, metadata, spec. Lives for ever.
const Field& DocumentFields(Kind kind);
// Fields that other places stand for, all kinds together.
const std::vector<MovedField>& MovedFields();
// Calls for every field below `parent`, parents first.
void ForEachField(const Field& parent, const std::function<void(const Field&)>& visit);

}  // namespace hearth::manifest
