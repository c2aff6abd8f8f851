#include "manifest/fields.h"

#include <cstdlib>
#include <iterator>

namespace hearth::manifest {
namespace {

struct FieldRow {
  const char* kinds;
  const char* path;
  const char* type;
  const char* constraint;
  const char* default_text;
  const char* aliases;
  const char* request;
  const char* setting;
  const char* meaning;
};

// Parents before children.
constexpr FieldRow kRows[] = {
#include "manifest/fields.inc"
};

struct TypeName {
  const char* name;
  FieldType type;
};
constexpr TypeName kTypeNames[] = {
    {"record", FieldType::kRecord},   {"records", FieldType::kRecords},   {"overlays", FieldType::kOverlays},
    {"map", FieldType::kMap},         {"texts", FieldType::kTexts},       {"text", FieldType::kText},
    {"integer", FieldType::kInteger}, {"boolean", FieldType::kBoolean},   {"choice", FieldType::kChoice},
    {"memory", FieldType::kMemory},   {"duration", FieldType::kDuration}, {"date", FieldType::kDate},
    {"cron", FieldType::kCron},       {"timezone", FieldType::kTimeZone},
};

FieldType TypeOf(std::string_view name) {
  for (const TypeName& row : kTypeNames)
    if (name == row.name) return row.type;
  std::abort();  // a mistake in fields.tsv; fields_test reads every row
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = text.find(separator);
    if (end != 0) parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

Field FromRow(const FieldRow& row) {
  Field field;
  field.path = row.path;
  field.name = field.path.substr(field.path.rfind('.') + 1);
  field.type = TypeOf(row.type);
  field.constraint = row.constraint;
  const std::string_view default_text = row.default_text;
  field.required = default_text == "!";
  field.created = default_text == "{}";
  if (!field.required && !field.created) field.default_text = default_text;
  for (const std::string& text : Split(row.aliases, ' ')) {
    if (text.front() == '/') continue;  // MovedFields
    const size_t colon = text.find(':');
    field.aliases.push_back({text.substr(0, colon), colon == std::string::npos ? 1 : 60});
  }
  field.request = row.request;
  field.setting = row.setting;
  field.meaning = row.meaning;
  return field;
}

// The field at `path` ("spec.catalogs[].name"), or none.
Field* At(Field& root, std::string_view path) {
  Field* field = &root;
  for (std::string part : Split(path, '.')) {
    if (part.ends_with("[]")) part.resize(part.size() - 2);
    Field* next = nullptr;
    for (Field& child : field->children)
      if (child.name == part) next = &child;
    if (next == nullptr) return nullptr;
    field = next;
  }
  return field;
}

Field BuildTree(char kind) {
  Field root;
  root.type = FieldType::kRecord;
  root.required = true;
  for (const FieldRow& row : kRows) {
    if (std::string_view(row.kinds).find(kind) == std::string_view::npos) continue;
    Field field = FromRow(row);
    const size_t dot = field.path.rfind('.');
    Field* parent =
        At(root, dot == std::string::npos ? std::string_view() : std::string_view(field.path).substr(0, dot));
    if (parent == nullptr)
      std::abort();  // the generator has checked the order; a parent of another kind is left
    parent->children.push_back(std::move(field));
  }
  return root;
}

}  // namespace

std::string_view KindName(Kind kind) { return kind == Kind::kSparkJob ? "SparkJob" : "SparkCluster"; }

const Field* Field::Child(std::string_view child_name) const {
  for (const Field& child : children)
    if (child.name == child_name) return &child;
  return nullptr;
}

std::vector<std::string> Field::Words() const { return Split(constraint, '|'); }

const Field& DocumentFields(Kind kind) {
  static const Field kJob = BuildTree('J');
  static const Field kCluster = BuildTree('C');
  return kind == Kind::kSparkJob ? kJob : kCluster;
}

const std::vector<MovedField>& MovedFields() {
  static const std::vector<MovedField> kMoved = [] {
    std::vector<MovedField> moved;
    for (const FieldRow& row : kRows) {
      for (const std::string& text : Split(row.aliases, ' ')) {
        if (text.front() != '/') continue;
        ForEachField(DocumentFields(Kind::kSparkJob), [&](const Field& field) {
          if (field.path == row.path) moved.push_back({text.substr(1), &field});
        });
      }
    }
    return moved;
  }();
  return kMoved;
}

void ForEachField(const Field& parent, const std::function<void(const Field&)>& visit) {
  for (const Field& child : parent.children) {
    visit(child);
    ForEachField(child, visit);
  }
}

}  // namespace hearth::manifest
