#include "manifest/node.h"

#include <algorithm>
#include <cctype>

namespace hearth::manifest {

const Node* Node::Find(std::string_view child_key) const {
  if (!is_map()) return nullptr;
  for (const Node& child : children)
    if (child.key == child_key) return &child;
  return nullptr;
}

Node* Node::Find(std::string_view child_key) {
  return const_cast<Node*>(static_cast<const Node*>(this)->Find(child_key));
}

const Node* Node::At(std::string_view path) const {
  const Node* node = this;
  while (node != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    node = node->Find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return node;
}

Node* Node::At(std::string_view path) { return const_cast<Node*>(static_cast<const Node*>(this)->At(path)); }

Node& Node::Put(Node child) {
  if (Node* found = Find(child.key)) return *found = std::move(child);
  return children.emplace_back(std::move(child));
}

void Node::Erase(std::string_view child_key) {
  std::erase_if(children, [&](const Node& child) { return child.key == child_key; });
}

Node MakeScalar(std::string_view key, std::string_view text, bool quoted) {
  Node node;
  node.kind = NodeKind::kScalar;
  node.key = key;
  node.text = text;
  node.quoted = quoted;
  return node;
}

Node MakeMap(std::string_view key) {
  Node node;
  node.kind = NodeKind::kMap;
  node.key = key;
  return node;
}

std::string JoinPath(std::string_view path, std::string_view key) {
  const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char letter) {
    return std::isalnum(letter) || letter == '_' || letter == '-' || letter == '/' || letter >= 0x80;
  });
  if (!plain) return std::string(path) + "[\"" + std::string(key) + "\"]";
  return path.empty() ? std::string(key) : std::string(path) + "." + std::string(key);
}

void SetWrittenPaths(Node& node, const std::string& path) {
  node.written = path;
  for (size_t index = 0; index < node.children.size(); ++index) {
    Node& child = node.children[index];
    SetWrittenPaths(child,
                    node.is_list() ? path + "[" + std::to_string(index) + "]" : JoinPath(path, child.key));
  }
}

}  // namespace hearth::manifest
