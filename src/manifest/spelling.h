// From what people write to the one canonical form of a document's tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifest/field_error.h"
#include "manifest/fields.h"
#include "manifest/node.h"

namespace hearth::manifest {

// `raw` in canonical spelling: names, places and units as in the table of fields, fields in its order, maps
// by key, settings that have a field of their own lifted out of sparkConfig. `fields` describes `raw`: a
// document or, for an overlay, its spec; a part keeps nulls (they delete), a document drops them. Unknown
// names, names given twice and wrong shapes are findings.
enum class Extent { kWhole, kPart };
Node ToCanonical(const Field& fields, const Node& raw, Extent extent, Findings& findings);

// "production" -> "prod"; own names stay.
std::string CanonicalEnvironment(std::string_view name);

// "; did you mean executor?" or nothing.
std::string Suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace hearth::manifest
