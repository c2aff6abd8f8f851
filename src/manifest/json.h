// JSON text to nodes and back.
#pragma once

#include <string>
#include <string_view>

#include "manifest/field_error.h"
#include "manifest/node.h"

namespace hearth::manifest {

// One value; numbers keep their text. What is no JSON, or larger than the limits of yaml.h and node.h, is a
// finding and gives a null.
Node ReadJson(std::string_view text, Findings& findings);

// Compact, keys in the order of the tree, or sorted.
enum class KeyOrder { kAsIs, kSorted };
std::string WriteJson(const Node& node, KeyOrder order = KeyOrder::kAsIs);

}  // namespace hearth::manifest
