// The ground of the syntax tree: places in the text, the node base and owning pointers that never recurse to
// destroy.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace hearth::sql {

// A stretch of the statement text. Offsets count characters (code points) from 0, both ends inclusive, as
// Spark's error contexts do. `line` starts at 1, `position` (the column of `start` within its line) at 0.
struct Location {
  int start = -1;
  int stop = -1;
  int line = 0;
  int position = 0;
};

// Anything that the parser builds. Nodes are resources: neither copied nor moved, owned by NodePointer.
struct Node {
  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  virtual ~Node() = default;

  Location location;
};

// Destroys a tree with a work list in place of the call stack: a chain of ten thousand operators is as safe
// as one.
struct NodeDeleter {
  NodeDeleter() = default;
  template <typename T>
  NodeDeleter(std::default_delete<T> /*unused*/) noexcept {
  }  // NOLINT(google-explicit-constructor): adopts make_unique
  void operator()(Node* node) const noexcept;
};

template <typename T>
using NodePointer = std::unique_ptr<T, NodeDeleter>;

// A node seen as the struct its kind says it is. Every concrete struct names its kind as `kKind`; asking for
// the wrong one is a bug of the caller.
template <typename T, typename Base>
const T& As(const Base& node) {
  static_assert(std::is_base_of_v<Base, T>);
  return static_cast<const T&>(node);
}
template <typename T, typename Base>
T& As(Base& node) {
  static_assert(std::is_base_of_v<Base, T>);
  return static_cast<T&>(node);
}

// The node as T when it is one, else null.
template <typename T, typename Base>
const T* TryAs(const Base* node) {
  return node != nullptr && node->kind == T::kKind ? static_cast<const T*>(node) : nullptr;
}
template <typename T, typename Base>
T* TryAs(Base* node) {
  return node != nullptr && node->kind == T::kKind ? static_cast<T*>(node) : nullptr;
}

// One identifier with its place. Quotes are already removed.
struct Identifier {
  std::string text;
  Location location;
};

// A name of one or more parts: `a`, `schema.table`, `catalog.schema.table`, `struct.field`.
struct MultipartName {
  std::vector<std::string> parts;
  Location location;
};

}  // namespace hearth::sql
