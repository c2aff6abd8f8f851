#include "manifest/spelling.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>

#include "manifest/json.h"
#include "manifest/yaml.h"

namespace hearth::manifest {
namespace {

struct EnvironmentAlias {
  std::string_view name;
  std::string_view canonical;
};
constexpr EnvironmentAlias kEnvironmentAliases[] = {
    {"dev", "local"}, {"development", "local"}, {"testing", "test"},
    {"ci", "test"},   {"stage", "staging"},     {"production", "prod"},
};

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

// Lower case without the separators that spellings differ in.
std::string Folded(std::string_view name) {
  std::string folded;
  for (const char letter : name)
    if (letter != '_' && letter != '-')
      folded.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(letter))));
  return folded;
}

class Speller {
 public:
  Speller(const Field& fields, Extent extent, Findings& findings)
      : root_(fields), extent_(extent), findings_(findings) {}

  Node Spell(const Node& raw) {
    Node tree = Convert(root_, raw);
    tree.key = raw.key;
    if (!tree.is_map()) return tree;
    for (auto& [field, node] : moves_) Place(tree, *field, std::move(node));
    LiftSettings(tree);
    Order(root_, tree);
    return tree;
  }

 private:
  Node Convert(const Field& field, const Node& raw) {
    if (raw.is_null()) return raw;
    switch (field.type) {
      case FieldType::kRecord:
        return ConvertRecord(field, raw);
      case FieldType::kRecords:
        return ConvertList(field, raw, "expected a list");
      case FieldType::kTexts:
        return ConvertList(field, raw, "expected a list of texts");
      case FieldType::kOverlays:
      case FieldType::kMap:
        return ConvertMap(field, raw);
      default:
        return raw.is_scalar() ? raw : Refuse(raw, "expected one value");
    }
  }

  Node Refuse(const Node& raw, std::string expected) {
    findings_.Add(raw, std::move(expected));
    Node refused = raw;
    refused.refused = true;
    return refused;
  }

  Node ConvertRecord(const Field& field, const Node& raw) {
    if (raw.is_scalar() && field.path == "spec.coreEtl.jobSpec") return ConvertText(field, raw);
    if (!raw.is_map()) return Refuse(raw, fmt::format("expected fields: {}", Names(field)));
    Node record = raw;
    record.children.clear();
    for (const Node& child : raw.children) {
      int64_t unit = 1;
      const Field* known = FindField(field, child.key, unit);
      if (known == nullptr) {
        TakeStranger(field, child);
        continue;
      }
      if (const Node* twice = record.Find(known->name)) {
        findings_.Add(child, fmt::format("the same field as {} ({}); expected one of them", twice->written,
                                         OtherPlace(twice->line)));
        continue;
      }
      Node converted = Convert(*known, child);
      if (converted.is_null() && extent_ == Extent::kWhole) continue;
      converted.key = known->name;
      if (unit != 1) ApplyUnit(converted, unit);
      record.children.push_back(std::move(converted));
    }
    return record;
  }

  // A specification that came as text: JSON, or YAML.
  Node ConvertText(const Field& field, const Node& raw) {
    Findings as_json(findings_.file());
    std::vector<Node> documents = {ReadJson(raw.text, as_json)};
    if (!as_json.empty()) {
      Findings as_yaml(findings_.file());
      documents = ReadYaml(raw.text, as_yaml);
    }
    if (documents.size() != 1 || !documents[0].is_map())
      return Refuse(raw, "expected an object, or text with one object as JSON");
    SetPlace(documents[0], raw.line);
    SetWrittenPaths(documents[0], raw.written);
    return ConvertRecord(field, documents[0]);
  }
  static void SetPlace(Node& node, int line) {
    node.line = line;
    for (Node& child : node.children) SetPlace(child, line);
  }

  Node ConvertList(const Field& field, const Node& raw, const char* expected) {
    if (!raw.is_list()) return Refuse(raw, expected);
    Node list = raw;
    list.children.clear();
    for (const Node& child : raw.children) {
      if (field.type == FieldType::kRecords) {
        list.children.push_back(child.is_map()
                                    ? ConvertRecord(field, child)
                                    : Refuse(child, fmt::format("expected fields: {}", Names(field))));
      } else {
        list.children.push_back(child.is_scalar() ? child : Refuse(child, "expected text"));
      }
    }
    return list;
  }

  Node ConvertMap(const Field& field, const Node& raw) {
    const bool overlays = field.type == FieldType::kOverlays;
    if (!raw.is_map())
      return Refuse(raw, overlays ? "expected names of environments with a part of spec each"
                                  : "expected names with a value each");
    Node map = raw;
    map.children.clear();
    for (const Node& child : raw.children) {
      if (overlays) {
        AddOverlay(map, child);
      } else if (child.is_scalar() || (child.is_null() && extent_ == Extent::kPart)) {
        map.children.push_back(child);
      } else if (!child.is_null()) {
        map.children.push_back(Refuse(child, "expected text"));
      }
    }
    std::sort(map.children.begin(), map.children.end(),
              [](const Node& a, const Node& b) { return a.key < b.key; });
    return map;
  }

  void AddOverlay(Node& map, const Node& child) {
    const std::string name = CanonicalEnvironment(child.key);
    if (const Node* twice = map.Find(name)) {
      findings_.Add(child,
                    fmt::format("the same environment as on line {}; expected one of them", twice->line));
      return;
    }
    if (child.is_null()) return;
    Node overlay = ToCanonical(*root_.Child("spec"), child, Extent::kPart, findings_);
    if (const Node* nested = overlay.Find("environments")) {
      findings_.Add(*nested, "expected no environments within an environment");
      overlay.Erase("environments");
    }
    overlay.key = name;
    map.children.push_back(std::move(overlay));
  }

  static const Field* FindField(const Field& record, const std::string& name, int64_t& unit) {
    if (const Field* child = record.Child(name)) return child;
    for (const Field& child : record.children)
      for (const Alias& alias : child.aliases)
        if (alias.name == name) {
          unit = alias.unit;
          return &child;
        }
    return nullptr;
  }

  // A name that the record does not have: a field of another place, or a mistake.
  void TakeStranger(const Field& record, const Node& child) {
    const std::string path = record.path.empty() ? child.key : record.path + "." + child.key;
    for (const MovedField& moved : MovedFields()) {
      const bool reachable = root_.path.empty() || moved.to->path.starts_with(root_.path + ".");
      if (moved.from != path || !reachable) continue;
      if (child.is_null() && extent_ == Extent::kWhole) return;
      Node converted = Convert(*moved.to, child);
      converted.key = moved.to->name;
      moves_.emplace_back(moved.to, std::move(converted));
      return;
    }
    std::vector<std::string> names;
    for (const Field& field : record.children) {
      names.push_back(field.name);
      for (const Alias& alias : field.aliases) names.push_back(alias.name);
    }
    findings_.AddHidden(child, "no such field" + Suggestion(child.key, names));
  }

  static std::string Names(const Field& record) {
    std::string names;
    for (const Field& child : record.children) names += (names.empty() ? "" : ", ") + child.name;
    return names;
  }

  void ApplyUnit(Node& node, int64_t unit) {
    int64_t number = 0;
    const bool plain =
        node.is_scalar() && !node.text.empty() && node.text.size() < 12 &&
        std::all_of(
            node.text.begin(), node.text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
    if (!plain) return;
    for (const char digit : node.text) number = number * 10 + (digit - '0');
    node.text = fmt::format("{}s", number * unit);
  }

  // Puts a node at the place of `field`, making the records on the way.
  void Place(Node& tree, const Field& field, Node node) {
    std::string_view path = field.path;
    if (!root_.path.empty()) path.remove_prefix(root_.path.size() + 1);
    Node* parent = &tree;
    for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
      Node* next = parent->Find(path.substr(0, dot));
      if (next == nullptr) {
        next = &parent->Put(MakeMap(path.substr(0, dot)));
        next->written = JoinPath(parent->written, next->key);
      }
      if (!next->is_map()) return;
      parent = next;
      path.remove_prefix(dot + 1);
    }
    if (const Node* twice = parent->Find(field.name); twice != nullptr && twice->text != node.text) {
      findings_.Add(node, fmt::format("the same field as {}, which says '{}'; expected one of them",
                                      twice->written, twice->text));
      return;
    }
    parent->Put(std::move(node));
  }

  // Settings of Spark that have a field: one place for each fact, so that overlays, sizing and backends see
  // it.
  void LiftSettings(Node& tree) {
    const Field* spec_fields = root_.path.empty() ? root_.Child("spec") : &root_;
    Node* spec = root_.path.empty() ? tree.Find("spec") : &tree;
    Node* settings = spec == nullptr ? nullptr : spec->Find("sparkConfig");
    if (settings == nullptr) return;
    std::vector<std::pair<const Field*, Node>> lifted;
    ForEachField(*spec_fields, [&](const Field& field) {
      if (field.setting.empty()) return;
      if (const Node* setting = settings->Find(field.setting)) {
        Node node = *setting;
        node.key = field.name;
        lifted.emplace_back(&field, std::move(node));
        settings->Erase(field.setting);
      }
    });
    for (auto& [field, node] : lifted) Place(tree, *field, std::move(node));
  }

  static void Order(const Field& field, Node& node) {
    if (field.type == FieldType::kRecords) {
      for (Node& child : node.children) OrderRecord(field, child);
    } else if (field.type == FieldType::kRecord) {
      OrderRecord(field, node);
    }
  }
  static void OrderRecord(const Field& field, Node& node) {
    if (!node.is_map()) return;
    std::vector<Node> ordered;
    for (const Field& child : field.children) {
      if (Node* found = node.Find(child.name)) {
        Order(child, *found);
        ordered.push_back(std::move(*found));
        found->key.clear();
      }
    }
    node.children = std::move(ordered);
  }

  const Field& root_;
  Extent extent_;
  Findings& findings_;
  std::vector<std::pair<const Field*, Node>> moves_;
};

}  // namespace

Node ToCanonical(const Field& fields, const Node& raw, Extent extent, Findings& findings) {
  return Speller(fields, extent, findings).Spell(raw);
}

std::string CanonicalEnvironment(std::string_view name) {
  for (const EnvironmentAlias& alias : kEnvironmentAliases)
    if (alias.name == name) return std::string(alias.canonical);
  return std::string(name);
}

std::string Suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string wanted = Folded(name.substr(0, 100));
  const std::string* best = nullptr;
  size_t best_distance = wanted.size() <= 3 ? 2 : std::max<size_t>(2, wanted.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::string folded = Folded(candidate);
    // A name that goes on from the other is near, however long: image and imageName.
    const bool prefix = wanted.size() >= 3 && (folded.starts_with(wanted) || wanted.starts_with(folded));
    const size_t distance = prefix ? 2 : EditDistance(wanted, folded);
    if (distance < best_distance && distance < std::max(wanted.size(), folded.size())) {
      best_distance = distance;
      best = &candidate;
    }
  }
  return best == nullptr ? "" : fmt::format("; did you mean {}?", *best);
}

}  // namespace hearth::manifest
