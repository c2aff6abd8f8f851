// What a document becomes when it is applied: one thing for each that is created, changed and removed by
// itself. A plan compares what a document asks for with what was applied before, thing by thing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifest/field_error.h"
#include "manifest/manifest.h"

namespace hearth::manifest {

enum class PrimitiveKind {
  kJob,         // what runs: every SparkJob
  kSchedule,    // when it runs: batch jobs with orchestration.schedule
  kContinuous,  // that it is kept running: streaming jobs
  kCluster,     // every SparkCluster
};
// "job", "schedule", "continuous-job", "cluster"
std::string_view PrimitiveName(PrimitiveKind kind);

struct Primitive {
  PrimitiveKind kind = PrimitiveKind::kJob;
  std::string team;
  std::string environment;
  std::string name;  // of the document; unique with the three above
  // Canonical JSON: a document that holds only what belongs to this thing. Equal texts need no action. For
  // comparing and showing: to run it, resolve the document as it was written again (Resolve for no
  // environment gives it), because here nobody can tell what was written from what is a default.
  std::string canonical;
  bool operator==(const Primitive&) const = default;
};

// In the order in which they are created; removal goes the other way. `document` is resolved for an
// environment and without a date, so that its texts still wait for the date of each run.
std::vector<Primitive> PrimitivesOf(const ResolvedDocument& document);

// What changes from one canonical text to another of the same kind. Errors: a text that is no canonical one.
Checked<std::vector<Difference>> CompareCanonical(PrimitiveKind kind, std::string_view old_text,
                                                  std::string_view new_text);

}  // namespace hearth::manifest
