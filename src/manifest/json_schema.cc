// JSON Schema of manifests, from the table of fields.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "manifest/manifest.h"
#include "manifest/values.h"

namespace hearth::manifest {
namespace {

using nlohmann::ordered_json;

constexpr const char* kMemoryRegex = "^[0-9]+([bB]|([kKmMgGtTpP]([iIbB])?))?$";
constexpr const char* kDurationRegex = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$|^[0-9]+$";
constexpr const char* kDateRegex = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

// A document, or a part of spec that an environment lays over it: nothing is required there, null deletes.
enum class Part { kWhole, kOverlay };

// Any value may be a template, which is text.
ordered_json OrTemplate(ordered_json schema) {
  return {{"anyOf", {std::move(schema), {{"type", "string"}, {"pattern", "\\{\\{.*\\}\\}"}}}}};
}

ordered_json TextSchema(const std::string& regex) {
  ordered_json schema = {{"type", "string"}};
  if (!regex.empty()) schema["pattern"] = regex;
  return schema;
}

ordered_json IntegerSchema(const Field& field) {
  ordered_json schema = {{"type", "integer"}};
  const Bounds bounds = BoundsOf(field);
  if (bounds.lowest) schema["minimum"] = *bounds.lowest;
  if (bounds.highest) schema["maximum"] = *bounds.highest;
  return schema;
}

ordered_json TextFieldSchema(const Field& field) {
  const TextPattern* pattern = FindPattern(field.constraint);
  return TextSchema(pattern == nullptr ? "" : pattern->regex);
}

ordered_json ChoiceSchema(const Field& field) {
  const std::vector<std::string> words = field.Words();
  ordered_json values = words;
  for (const SameWord& same : SameWords())
    if (std::find(words.begin(), words.end(), same.word) != words.end()) values.push_back(same.truth);
  return {{"enum", std::move(values)}};
}

ordered_json MapSchema(const Field& field, Part part) {
  ordered_json value = {{"type", {"string", "number", "boolean"}}};
  if (part == Part::kOverlay) value["type"].push_back("null");
  ordered_json schema = {{"type", "object"}, {"additionalProperties", value}};
  if (const TextPattern* pattern = FindPattern(field.constraint))
    schema["propertyNames"] = TextSchema(pattern->regex);
  return schema;
}

ordered_json ValueSchema(const Field& field) {
  switch (field.type) {
    case FieldType::kInteger:
      return OrTemplate(IntegerSchema(field));
    case FieldType::kBoolean:
      return OrTemplate({{"type", "boolean"}});
    case FieldType::kChoice:
      return OrTemplate(ChoiceSchema(field));
    case FieldType::kMemory:
      return OrTemplate({{"type", {"string", "integer"}}, {"pattern", kMemoryRegex}});
    case FieldType::kDuration:
      return OrTemplate({{"type", {"string", "integer"}}, {"pattern", kDurationRegex}});
    case FieldType::kDate:
      return OrTemplate(TextSchema(kDateRegex));
    case FieldType::kText: {
      ordered_json schema = TextFieldSchema(field);
      return schema.contains("pattern") ? OrTemplate(std::move(schema)) : schema;
    }
    default:  // cron and time zones: their rules are no pattern
      return TextSchema("");
  }
}

ordered_json ApplicationChoice() {
  ordered_json choice = ordered_json::array();
  const Field& spec = *DocumentFields(Kind::kSparkJob).Child("spec");
  for (const char* name : {"coreEtl", "pyspark", "jar", "sql"}) {
    ordered_json spellings = ordered_json::array({{{"required", {name}}}});
    for (const Alias& alias : spec.Child(name)->aliases) spellings.push_back({{"required", {alias.name}}});
    choice.push_back({{"anyOf", std::move(spellings)}});
  }
  return choice;
}

// The schema of one kind; each record is a definition of its own, which its other spellings refer to.
class KindSchema {
 public:
  KindSchema(Kind kind, ordered_json& definitions) : kind_(kind), definitions_(definitions) {}

  ordered_json Document() { return Record(DocumentFields(kind_), Part::kWhole); }

 private:
  std::string Defined(const Field& field, Part part) const {
    return fmt::format("{}{}{}{}", KindName(kind_), field.path.empty() ? "" : ".", field.path,
                       part == Part::kOverlay ? ".overlay" : "");
  }

  // A reference to the definition of a record, which is made at its first use.
  ordered_json Record(const Field& field, Part part) {
    const std::string name = Defined(field, part);
    if (!definitions_.contains(name)) {
      definitions_[name] = nullptr;  // keeps the order of first uses
      definitions_[name] = RecordBody(field, part);
    }
    return {{"$ref", "#/$defs/" + name}};
  }

  ordered_json RecordBody(const Field& field, Part part) {
    ordered_json properties = ordered_json::object();
    ordered_json required = ordered_json::array();
    for (const Field& child : field.children) {
      if (part == Part::kOverlay && child.type == FieldType::kOverlays) continue;
      for (const Alias& alias : child.aliases) {
        // Old spellings may have a unit of their own.
        ordered_json old =
            alias.unit == 1 ? Nullable(Bare(child, part), part) : OrTemplate({{"type", "integer"}});
        old["description"] = fmt::format("Old spelling of {}", child.name);
        old["deprecated"] = true;
        properties[alias.name] = std::move(old);
      }
      properties[child.name] = Property(child, part);
      if (child.required && child.aliases.empty()) required.push_back(child.name);
    }
    for (const MovedField& moved : MovedFields()) {
      const size_t dot = moved.from.rfind('.');
      if (field.path.empty() || moved.from.substr(0, dot) != field.path || !Has(*moved.to)) continue;
      ordered_json old = Nullable(Bare(*moved.to, part), part);
      old["description"] = fmt::format("Old place of {}", moved.to->path);
      old["deprecated"] = true;
      properties[moved.from.substr(dot + 1)] = std::move(old);
    }
    ordered_json schema = {{"type", "object"}, {"properties", std::move(properties)}};
    if (part == Part::kWhole && !required.empty()) schema["required"] = std::move(required);
    if (part == Part::kOverlay && field.type == FieldType::kRecords) schema["required"] = {"name"};
    schema["additionalProperties"] = false;
    if (field.path == "spec" && part == Part::kWhole && kind_ == Kind::kSparkJob)
      schema["oneOf"] = ApplicationChoice();
    return schema;
  }

  // Moved fields are of jobs; clusters have some of them.
  bool Has(const Field& field) const {
    bool found = false;
    ForEachField(DocumentFields(kind_), [&](const Field& own) { found = found || own.path == field.path; });
    return found;
  }

  ordered_json Property(const Field& field, Part part) {
    ordered_json schema = Nullable(Bare(field, part), part);
    if (!field.meaning.empty()) schema["description"] = field.meaning;
    if (part == Part::kWhole && !field.default_text.empty()) {
      const bool plain = field.type == FieldType::kInteger || field.type == FieldType::kBoolean;
      schema["default"] = plain ? ordered_json::parse(field.default_text) : ordered_json(field.default_text);
    }
    return schema;
  }

  static ordered_json Nullable(ordered_json schema, Part part) {
    if (part == Part::kWhole) return schema;
    return {{"anyOf", {std::move(schema), {{"type", "null"}}}}};
  }

  ordered_json Bare(const Field& field, Part part) {
    switch (field.type) {
      case FieldType::kRecord:
        if (field.path == "spec.coreEtl.jobSpec")
          return {{"anyOf", {Record(field, part), {{"type", "string"}}}}};
        return Record(field, part);
      case FieldType::kRecords:
        return {{"type", "array"}, {"items", Record(field, part)}};
      case FieldType::kOverlays:
        return {{"type", "object"},
                {"additionalProperties", Record(*DocumentFields(kind_).Child("spec"), Part::kOverlay)}};
      case FieldType::kMap:
        return MapSchema(field, part);
      case FieldType::kTexts:
        // Arguments may be numbers: they are read as they are written.
        return {{"type", "array"},
                {"items", field.constraint.empty() ? ordered_json{{"type", {"string", "number", "boolean"}}}
                                                   : OrTemplate(TextFieldSchema(field))}};
      default:
        return ValueSchema(field);
    }
  }

  Kind kind_;
  ordered_json& definitions_;
};

}  // namespace

std::string JsonSchema() {
  ordered_json kinds = ordered_json::array();
  ordered_json definitions = ordered_json::object();
  ordered_json choices = ordered_json::array();
  for (const Kind kind : {Kind::kSparkJob, Kind::kSparkCluster}) {
    const std::string name(KindName(kind));
    kinds.push_back(name);
    choices.push_back({{"if", {{"properties", {{"kind", {{"const", name}}}}}}},
                       {"then", KindSchema(kind, definitions).Document()}});
  }
  const ordered_json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                               {"$id", "https://hearth.dev/schemas/manifest.json"},
                               {"title", "Hearth manifest"},
                               {"type", "object"},
                               {"properties", {{"kind", {{"enum", std::move(kinds)}}}}},
                               {"required", {"apiVersion", "kind"}},
                               {"allOf", std::move(choices)},
                               {"$defs", std::move(definitions)}};
  return schema.dump(2) + "\n";
}

}  // namespace hearth::manifest
