#include "manifest/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "manifest/spelling.h"

namespace hearth::manifest {
namespace {

constexpr size_t kLongestFilledText = size_t{1} << 20;
constexpr std::string_view kRunNames[] = {"ds", "ds_nodash", "execution_date", "ts"};

std::string_view NameOf(const Node& record) {
  const Node* name = record.Find("name");
  return name != nullptr && name->is_scalar() ? std::string_view(name->text) : std::string_view();
}

bool AllNamed(const Node& list) {
  return std::all_of(list.children.begin(), list.children.end(),
                     [](const Node& record) { return !NameOf(record).empty(); });
}

// Canonical order: a record's fields as in the table, a map by key.
void SortFields(const Field& field, Node& node) {
  const auto place = [&](const Node& child) {
    for (size_t index = 0; index < field.children.size(); ++index)
      if (field.children[index].name == child.key) return index;
    return field.children.size();
  };
  std::stable_sort(node.children.begin(), node.children.end(), [&](const Node& a, const Node& b) {
    return field.type == FieldType::kMap ? a.key < b.key : place(a) < place(b);
  });
}

void LayRecord(const Field& field, Node& lower, const Node& upper) {
  for (const Node& child : upper.children) {
    if (child.is_null()) {
      lower.Erase(child.key);
      continue;
    }
    const Field* known = field.type == FieldType::kMap ? nullptr : field.Child(child.key);
    Node* below = lower.Find(child.key);
    if (below == nullptr) {
      below = &lower.Put(MakeMap(child.key));
      below->kind = child.kind;
      below->written = child.written;
      below->line = child.line;
    }
    if (known == nullptr) {
      *below = child;
    } else {
      Lay(*known, *below, child);
    }
  }
  SortFields(field, lower);
}

void LayRecords(const Field& field, Node& lower, const Node& upper) {
  if (!AllNamed(lower) || !AllNamed(upper)) {
    lower = upper;
    return;
  }
  // A name that `upper` has twice stays twice, for the check to tell.
  const size_t lower_count = lower.children.size();
  std::set<std::string, std::less<>> laid;
  for (const Node& record : upper.children) {
    const auto end = lower.children.begin() + static_cast<ptrdiff_t>(lower_count);
    const auto same = laid.emplace(NameOf(record)).second
                          ? std::find_if(lower.children.begin(), end,
                                         [&](const Node& below) { return NameOf(below) == NameOf(record); })
                          : end;
    if (same != end) {
      LayRecord(field, *same, record);
    } else {
      Node added = record;
      std::erase_if(added.children, [](const Node& child) { return child.is_null(); });
      lower.children.push_back(std::move(added));
    }
  }
}

void AddRecordDefaults(const Field& field, Node& node) {
  if (node.refused || !node.is_map()) return;
  std::vector<Node> complete;
  for (const Field& child : field.children) {
    if (Node* found = node.Find(child.name)) {
      AddDefaults(child, *found);
      complete.push_back(std::move(*found));
      found->key.clear();
    } else if (child.created || !child.default_text.empty()) {
      Node added = child.created ? MakeMap(child.name) : MakeScalar(child.name, child.default_text);
      added.written = JoinPath(node.written, child.name);
      added.by_default = true;
      AddDefaults(child, added);
      complete.push_back(std::move(added));
    }
  }
  node.children = std::move(complete);
}

class Filler {
 public:
  Filler(const TemplateNames& names, Findings& findings) : names_(names), findings_(findings) {}

  void Fill(Node& node) {
    for (Node& child : node.children) Fill(child);
    if (node.is_scalar() && node.text.find("{{") != std::string::npos) FillText(node);
  }

 private:
  void FillText(Node& node) {
    std::string filled;
    std::string_view rest = node.text;
    bool later = false;
    for (size_t start = rest.find("{{"); start != std::string_view::npos; start = rest.find("{{")) {
      const size_t end = rest.find("}}", start);
      if (end == std::string_view::npos) return Refuse(node, "expected }} after {{");
      filled += rest.substr(0, start);
      std::string_view name = rest.substr(start + 2, end - start - 2);
      while (name.starts_with(' ')) name.remove_prefix(1);
      while (name.ends_with(' ')) name.remove_suffix(1);
      const std::optional<std::string> value = ValueOf(name);
      if (!value && !IsRunName(name)) return Refuse(node, Unknown(name));
      later |= !value;
      filled += value ? *value : std::string(rest.substr(start, end + 2 - start));
      if (filled.size() > kLongestFilledText)
        return Refuse(node, "expected a shorter text after {{ }} is filled in");
      rest.remove_prefix(end + 2);
    }
    node.text = filled + std::string(rest);
    node.resolved_later = later;
  }

  std::optional<std::string> ValueOf(std::string_view name) const {
    if (name.starts_with("params.")) name.remove_prefix(7);
    if (const auto found = names_.parameters.find(std::string(name)); found != names_.parameters.end())
      return found->second;
    if (!names_.date) return std::nullopt;
    const std::string& date = *names_.date;
    std::string day = date.substr(0, 10);
    if (name == "ds") return day;
    if (name == "ds_nodash") return std::erase(day, '-'), day;
    if (name == "execution_date" || name == "ts") return date.size() == 10 ? date + "T00:00:00+00:00" : date;
    return std::nullopt;
  }

  std::string Unknown(std::string_view name) const {
    std::vector<std::string> known(std::begin(kRunNames), std::end(kRunNames));
    for (const auto& [parameter, value] : names_.parameters) known.push_back(parameter);
    const std::string_view bare = name.starts_with("params.") ? name.substr(7) : name;
    return fmt::format("no parameter is called {}; expected it in spec.parameters or from the caller{}", bare,
                       Suggestion(bare, known));
  }

  void Refuse(Node& node, std::string expected) {
    findings_.Add(node, std::move(expected));
    node.refused = true;
  }

  const TemplateNames& names_;
  Findings& findings_;
};

}  // namespace

void Lay(const Field& field, Node& lower, const Node& upper) {
  if (upper.refused || lower.kind != upper.kind) {
    lower = upper;
  } else if (field.type == FieldType::kRecords) {
    LayRecords(field, lower, upper);
  } else if (field.type == FieldType::kRecord || field.type == FieldType::kMap) {
    LayRecord(field, lower, upper);
  } else {
    lower = upper;
  }
}

void AddDefaults(const Field& field, Node& node) {
  if (field.type == FieldType::kRecord) AddRecordDefaults(field, node);
  if (field.type == FieldType::kRecords)
    for (Node& record : node.children) AddRecordDefaults(field, record);
}

void PutField(const Field& record, Node& node, Node child) {
  node.Put(std::move(child));
  SortFields(record, node);
}

bool IsRunName(std::string_view name) {
  return std::find(std::begin(kRunNames), std::end(kRunNames), name) != std::end(kRunNames);
}

void FillTemplates(const TemplateNames& names, Node& node, Findings& findings) {
  Filler(names, findings).Fill(node);
}

}  // namespace hearth::manifest
