#include "manifest/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "manifest/values.h"

namespace hearth::manifest {
namespace {

class ValueChecker {
 public:
  ValueChecker(Kind kind, Spelling spelling, Findings& findings)
      : kind_(kind), spelling_(spelling), findings_(findings) {}

  void Check(const Field& field, Node& node) {
    if (node.refused) return;
    switch (field.type) {
      case FieldType::kRecord:
        return CheckRecord(field, node);
      case FieldType::kRecords:
        return CheckRecords(field, node);
      case FieldType::kOverlays:
        return CheckOverlays(node);
      case FieldType::kMap:
        return CheckMap(field, node);
      case FieldType::kTexts:
        for (Node& child : node.children) CheckScalar(field, child);
        return;
      default:
        CheckScalar(field, node);
    }
  }

  // A part of spec: what it holds together with the rest is checked where it is laid.
  void CheckPart(Node& part) {
    part_ = true;
    CheckRecord(*DocumentFields(kind_).Child("spec"), part);
    part_ = false;
  }

 private:
  void CheckRecord(const Field& field, Node& node) {
    if (!node.is_map()) return;
    for (const Field& child : field.children) {
      Node* found = node.Find(child.name);
      if (found != nullptr) {
        Check(child, *found);
      } else if (child.required && !part_) {
        const bool request = spelling_ == Spelling::kRequest && !child.request.empty();
        findings_.AddAt(node.line, request ? child.request : JoinPath(node.written, child.name), "",
                        fmt::format("must be given: {}", child.meaning));
      }
    }
  }

  void CheckRecords(const Field& field, Node& node) {
    std::map<std::string, int> seen;
    if (node.children.empty() && field.required && !part_) findings_.Add(node, "expected at least one");
    for (Node& child : node.children) {
      if (child.refused) continue;
      CheckRecord(field, child);
      const Node* name = child.Find("name");
      if (name == nullptr || !name->is_scalar()) continue;
      std::string folded = name->text;  // Spark's names of views do not tell case apart
      std::transform(folded.begin(), folded.end(), folded.begin(),
                     [](unsigned char letter) { return std::tolower(letter); });
      const auto [place, fresh] = seen.emplace(std::move(folded), name->line);
      if (!fresh)
        findings_.Add(*name,
                      fmt::format("expected a name of its own; {} has it too", OtherPlace(place->second)));
    }
  }

  void CheckMap(const Field& field, Node& node) {
    const TextPattern* pattern = FindPattern(field.constraint);
    for (Node& child : node.children) {
      if (child.refused) continue;
      if (pattern != nullptr && !Matches(*pattern, child.key)) findings_.AddHidden(child, pattern->meaning);
      if (field.constraint == "label" && child.text.size() > 63)
        findings_.Add(child, "expected at most 63 bytes");
      child.quoted = true;
    }
  }

  void CheckScalar(const Field& field, Node& node) {
    if (node.refused || node.resolved_later || !node.is_scalar()) return;
    CheckedValue checked = CheckValue(field, node.text);
    if (checked.canonical) {
      node.text = std::move(*checked.canonical);
      node.quoted = field.type != FieldType::kInteger && field.type != FieldType::kBoolean;
    } else {
      findings_.Add(node, std::move(checked.expected));
      node.refused = true;
    }
  }

  void CheckOverlays(Node& node) {
    for (Node& child : node.children) {
      if (!Matches(*FindPattern("name"), child.key)) findings_.AddHidden(child, FindPattern("name")->meaning);
      CheckPart(child);
    }
  }

  Kind kind_;
  Spelling spelling_;
  Findings& findings_;
  bool part_ = false;  // within an overlay
};

// The field at a canonical path without lists.
const Field* FieldAt(Kind kind, std::string_view path) {
  const Field* field = &DocumentFields(kind);
  while (field != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    field = field->Child(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return field;
}

}  // namespace

Node* Examined::At(std::string_view path) {
  Node* node = root_.At(path);
  return node == nullptr || node->refused || node->resolved_later || node->is_null() ? nullptr : node;
}

std::string Examined::Text(std::string_view path) {
  const Node* node = At(path);
  return node != nullptr && node->is_scalar() ? node->text : "";
}

std::string Examined::Name(std::string_view path) const {
  if (const Node* node = root_.At(path); node != nullptr && !node->written.empty()) return node->written;
  const Field* field = FieldAt(kind_, path);
  if (spelling_ == Spelling::kRequest && field != nullptr && !field->request.empty()) return field->request;
  const size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return spelling_ == Spelling::kRequest ? "config" : std::string(path);
  return JoinPath(Name(path.substr(0, dot)), path.substr(dot + 1));
}

std::string Examined::ShortName(std::string_view path) const {
  const std::string name = Name(path);
  return name.substr(name.rfind('.') + 1);
}

int Examined::LineOf(std::string_view path) const {
  while (!path.empty()) {
    if (const Node* node = root_.At(path); node != nullptr && node->line > 0) return node->line;
    const size_t dot = path.rfind('.');
    path = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
  }
  return root_.line;
}

void Examined::Missing(std::string_view path, std::string expected) {
  findings_.AddAt(LineOf(path), Name(path), "", std::move(expected));
}

void CheckPart(Kind kind, Node& part, Findings& findings) {
  ValueChecker(kind, Spelling::kManifest, findings).CheckPart(part);
}

void CheckValues(Kind kind, Spelling spelling, Node& root, Findings& findings) {
  ValueChecker(kind, spelling, findings).Check(DocumentFields(kind), root);
}

void CheckDocument(Kind kind, Spelling spelling, Node& root, Findings& findings) {
  CheckValues(kind, spelling, root, findings);
  Examined document(kind, spelling, root, findings);
  CheckRules(kind, document);
}

}  // namespace hearth::manifest
