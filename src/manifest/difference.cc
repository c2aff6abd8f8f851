#include <fmt/format.h>

#include <algorithm>

#include "manifest/json.h"
#include "manifest/manifest.h"

namespace hearth::manifest {
namespace {

std::string ValueText(const Node& node) { return node.is_scalar() ? node.text : WriteJson(node); }

const Node* Named(const Node& list, std::string_view name) {
  for (const Node& record : list.children)
    if (const Node* found = record.Find("name"); found != nullptr && found->text == name) return &record;
  return nullptr;
}

std::vector<std::string> Names(const Node& list) {
  std::vector<std::string> names;
  for (const Node& record : list.children)
    if (const Node* name = record.Find("name")) names.push_back(name->text);
  return names;
}

class Comparer {
 public:
  std::vector<Difference> Take() { return std::move(differences_); }

  void Compare(const Field* field, const std::string& path, const Node* old, const Node* now) {
    if (old == nullptr && now == nullptr) return;
    if (old == nullptr || now == nullptr || old->kind != now->kind) return Add(path, old, now);
    if (field != nullptr && field->type == FieldType::kRecords)
      return CompareRecords(*field, path, *old, *now);
    if (old->is_map()) return CompareMaps(field, path, *old, *now);
    if (ValueText(*old) != ValueText(*now)) Add(path, old, now);
  }

 private:
  void Add(const std::string& path, const Node* old, const Node* now) {
    Difference difference{path, std::nullopt, std::nullopt};
    if (old != nullptr) difference.old = ValueText(*old);
    if (now != nullptr) difference.now = ValueText(*now);
    differences_.push_back(std::move(difference));
  }

  void CompareMaps(const Field* field, const std::string& path, const Node& old, const Node& now) {
    std::vector<std::string> keys;
    for (const Node* side : {&old, &now})
      for (const Node& child : side->children)
        if (std::find(keys.begin(), keys.end(), child.key) == keys.end()) keys.push_back(child.key);
    const bool overlays = field != nullptr && field->type == FieldType::kOverlays;
    const auto place = [&](const std::string& key) {
      for (size_t index = 0; field != nullptr && index < field->children.size(); ++index)
        if (field->children[index].name == key) return index;
      return field == nullptr ? 0 : field->children.size();
    };
    std::stable_sort(keys.begin(), keys.end(), [&](const std::string& a, const std::string& b) {
      return place(a) != place(b)                          ? place(a) < place(b)
             : field == nullptr || field->children.empty() ? a < b
                                                           : false;
    });
    for (const std::string& key : keys) {
      const Field* child = overlays ? spec_ : field == nullptr ? nullptr : field->Child(key);
      if (field != nullptr && field->path.empty() && key == "spec") spec_ = child;
      Compare(child, JoinPath(path, key), old.Find(key), now.Find(key));
    }
  }

  void CompareRecords(const Field& field, const std::string& path, const Node& old, const Node& now) {
    const std::vector<std::string> before = Names(old);
    const std::vector<std::string> after = Names(now);
    if (before.size() != old.children.size() || after.size() != now.children.size()) {
      if (ValueText(old) != ValueText(now)) Add(path, &old, &now);
      return;
    }
    const auto element = [&](const std::string& name) { return fmt::format("{}[{}]", path, name); };
    for (const std::string& name : before)
      CompareRecord(field, element(name), Named(old, name), Named(now, name));
    for (const std::string& name : after)
      if (Named(old, name) == nullptr) Add(element(name), nullptr, Named(now, name));
    // The order of steps has a meaning.
    const auto kept = [](std::vector<std::string> names, const Node& other) {
      std::erase_if(names, [&](const std::string& name) { return Named(other, name) == nullptr; });
      return names;
    };
    if (kept(before, now) != kept(after, old))
      differences_.push_back({path + ".order", Joined(before), Joined(after)});
  }
  void CompareRecord(const Field& field, const std::string& path, const Node* old, const Node* now) {
    if (old == nullptr || now == nullptr) return Add(path, old, now);
    Field record = field;
    record.type = FieldType::kRecord;
    CompareMaps(&record, path, *old, *now);
  }

  static std::string Joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  }

  const Field* spec_ = nullptr;
  std::vector<Difference> differences_;
};

}  // namespace

std::vector<Difference> Compare(Kind kind, const Node& old_root, const Node& new_root) {
  Comparer comparer;
  comparer.Compare(&DocumentFields(kind), "", &old_root, &new_root);
  return comparer.Take();
}

}  // namespace hearth::manifest
