// YAML text to nodes and back: the only place that knows yaml-cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifest/field_error.h"
#include "manifest/node.h"

namespace hearth::manifest {

inline constexpr size_t kLargestYamlBytes = size_t{1} << 20;

// The documents of one file; empty ones are left out. Anchors, aliases and merge keys (<<) are resolved. What
// is no YAML, or larger than the limits (of node.h too), is a finding and gives no documents.
std::vector<Node> ReadYaml(std::string_view text, Findings& findings);

// Block style, keys in the order of the tree, text quoted where it would read as something else.
std::string WriteYaml(const Node& node);

}  // namespace hearth::manifest
