#include "manifest/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "manifest/manifest.h"
#include "manifest/yaml.h"

namespace hearth::manifest {
namespace {

using nlohmann::ordered_json;

// Builds a tree from the parser's events, so that depth and size are bounded and numbers keep their text.
class Builder : public nlohmann::json_sax<ordered_json> {
 public:
  explicit Builder(Findings& findings) : findings_(findings) {}
  Node Take() { return std::move(root_); }

  bool null() override { return Close(Begin(NodeKind::kNull, "", false)); }
  bool boolean(bool value) override {
    return Close(Begin(NodeKind::kScalar, value ? "true" : "false", false));
  }
  bool number_integer(number_integer_t value) override {
    return Close(Begin(NodeKind::kScalar, std::to_string(value), false));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Close(Begin(NodeKind::kScalar, std::to_string(value), false));
  }
  bool number_float(number_float_t, const string_t& text) override {
    return Close(Begin(NodeKind::kScalar, text, false));
  }
  bool string(string_t& value) override {
    if (value.find('\0') != std::string::npos) return Fail("expected text without NUL");
    return Close(Begin(NodeKind::kScalar, value, true));
  }
  bool binary(binary_t&) override { return Fail("expected JSON"); }
  bool start_object(std::size_t) override { return Open(NodeKind::kMap); }
  bool end_object() override { return CloseContainer(); }
  bool start_array(std::size_t) override { return Open(NodeKind::kList); }
  bool end_array() override { return CloseContainer(); }
  bool key(string_t& value) override {
    if (value.size() > kLongestKey)
      return Fail(fmt::format("expected keys of at most {} bytes", kLongestKey));
    if (open_.back().node.Find(value) != nullptr)
      return Fail(fmt::format("{}: expected each key once", value));
    open_.back().key = value;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return Fail(fmt::format("expected JSON; byte {} does not fit", position));
  }

 private:
  struct OpenNode {
    Node node;
    std::string key;
  };
  bool Fail(std::string expected) {
    findings_.AddAt(0, "", "", std::move(expected));
    return false;
  }
  Node Begin(NodeKind kind, std::string_view text, bool quoted) {
    Node node = MakeScalar("", text, quoted);
    node.kind = kind;
    return node;
  }
  bool Open(NodeKind kind) {
    if (open_.size() >= kDeepestNode) return Fail(fmt::format("expected at most {} levels", kDeepestNode));
    open_.push_back({Begin(kind, "", false), ""});
    return true;
  }
  bool CloseContainer() {
    Node done = std::move(open_.back().node);
    open_.pop_back();
    return Close(std::move(done));
  }
  bool Close(Node node) {
    if (++nodes_ > kMostNodes) return Fail(fmt::format("expected at most {} values", kMostNodes));
    if (open_.empty()) {
      root_ = std::move(node);
      return true;
    }
    OpenNode& parent = open_.back();
    if (parent.node.children.size() >= (parent.node.is_list() ? kMostListItems : kMostMapEntries))
      return Fail("expected fewer entries");
    if (parent.node.is_map()) node.key = parent.key;
    parent.node.children.push_back(std::move(node));
    return true;
  }

  Findings& findings_;
  Node root_;
  std::vector<OpenNode> open_;
  size_t nodes_ = 0;
};

ordered_json Tree(const Node& node, KeyOrder order) {
  switch (node.kind) {
    case NodeKind::kNull:
      return nullptr;
    case NodeKind::kScalar: {
      if (node.quoted) return node.text;
      // Plain text is a number or a truth value where JSON has it so, else text.
      ordered_json plain = ordered_json::parse(node.text, nullptr, /*allow_exceptions=*/false);
      return plain.is_number_integer() || plain.is_boolean() ? plain : ordered_json(node.text);
    }
    case NodeKind::kList: {
      ordered_json list = ordered_json::array();
      for (const Node& child : node.children) list.push_back(Tree(child, order));
      return list;
    }
    case NodeKind::kMap:
      break;
  }
  std::vector<const Node*> entries;
  entries.reserve(node.children.size());
  for (const Node& child : node.children) entries.push_back(&child);
  if (order == KeyOrder::kSorted)
    std::sort(entries.begin(), entries.end(), [](const Node* a, const Node* b) { return a->key < b->key; });
  ordered_json map = ordered_json::object();
  for (const Node* entry : entries) map[entry->key] = Tree(*entry, order);
  return map;
}

}  // namespace

Node ReadJson(std::string_view text, Findings& findings) {
  if (text.size() > kLargestYamlBytes) {
    findings.AddAt(0, "", "", fmt::format("expected at most {} bytes", kLargestYamlBytes));
    return {};
  }
  Builder builder(findings);
  if (!ordered_json::sax_parse(text, &builder)) return {};
  Node root = builder.Take();
  SetWrittenPaths(root, "");
  return root;
}

std::string WriteJson(const Node& node, KeyOrder order) {
  return Tree(node, order).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string ToJsonText(const Node& root) { return WriteJson(root); }

}  // namespace hearth::manifest
