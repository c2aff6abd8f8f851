// A piece of a document: what was written, and where. Scalars stay text; the table of fields says what they
// mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::manifest {

enum class NodeKind { kNull, kScalar, kMap, kList };

struct Node {
  NodeKind kind = NodeKind::kNull;
  std::string key;              // within its map
  std::string text;             // of a scalar
  bool quoted = false;          // a scalar that is text, whatever it looks like
  bool resolved_later = false;  // a scalar whose template waits for the date of the run
  bool by_default = false;      // nobody wrote it: the table's default
  bool refused = false;         // a finding was told about it: nothing more is to be said
  std::vector<Node> children;   // of a map or a list
  int line = 0;                 // from 1; 0: not from a file
  std::string written;          // the path as its author spelled it

  const Node* Find(std::string_view child_key) const;
  Node* Find(std::string_view child_key);
  // Down a path of maps, "spec.resources.driver"; none when a part is missing.
  const Node* At(std::string_view path) const;
  Node* At(std::string_view path);
  // Replaces the child of that key, or appends it.
  Node& Put(Node child);
  void Erase(std::string_view child_key);
  bool is_map() const { return kind == NodeKind::kMap; }
  bool is_list() const { return kind == NodeKind::kList; }
  bool is_scalar() const { return kind == NodeKind::kScalar; }
  bool is_null() const { return kind == NodeKind::kNull; }
};

Node MakeScalar(std::string_view key, std::string_view text, bool quoted = false);
Node MakeMap(std::string_view key);

// Bounds of every tree that is read: looking for a key and telling a path cost no more than these allow.
inline constexpr size_t kMostNodes = 50000;  // of one text, after aliases are replaced by what they name
inline constexpr size_t kDeepestNode = 64;
inline constexpr size_t kMostMapEntries = 2000;
inline constexpr size_t kMostListItems = 10000;
inline constexpr size_t kLongestKey = 500;
inline constexpr size_t kLongestWrittenPath = 1000;  // longer ones are told by their start

// "a.b", and "a["x.y"]" for keys that would read as a path of their own.
std::string JoinPath(std::string_view path, std::string_view key);
// Sets `written` of everything below, starting from `path`.
void SetWrittenPaths(Node& node, const std::string& path);

}  // namespace hearth::manifest
