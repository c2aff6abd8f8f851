// How the layers of a document become one: the platform's defaults, the manifest, the overlay of an
// environment, the defaults of the table. All nodes are in canonical spelling.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "manifest/field_error.h"
#include "manifest/fields.h"
#include "manifest/node.h"

namespace hearth::manifest {

// Lays `upper` over `lower`, deep: records field by field, maps key by key, lists of records by their `name`
// (new ones at the end), anything else whole. A null in `upper` deletes.
void Lay(const Field& field, Node& lower, const Node& upper);

// Adds what the table says for fields that are not there.
void AddDefaults(const Field& field, Node& node);

// Puts a field into a record, at its canonical place.
void PutField(const Field& record, Node& node, Node child);

// Names for {{ name }}. `date` is the day or the instant of the run ("2026-01-15",
// "2026-01-15T10:00:00+00:00"); without it, texts that ask for it stay as they are.
struct TemplateNames {
  std::map<std::string, std::string> parameters;
  std::optional<std::string> date;
};
// Whether {{ name }} is the date of the run in one of its forms.
bool IsRunName(std::string_view name);
// Fills {{ ds }}, {{ ds_nodash }}, {{ execution_date }}, {{ ts }}, {{ name }} and {{ params.name }} in every
// text below `node`. What a parameter holds is not read again. Unknown names are findings.
void FillTemplates(const TemplateNames& names, Node& node, Findings& findings);

}  // namespace hearth::manifest
