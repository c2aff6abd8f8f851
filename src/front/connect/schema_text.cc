#include "front/connect/schema_text.h"

#include <fmt/format.h>

#include "plan/types/field_metadata.h"

namespace hearth::front::connect {
namespace {

using plan::DataType;
using plan::TypeKind;

// The name of a type in a tree: nested types by their kind alone, and "integer" for what SQL calls int.
std::string TreeName(const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kArray:
      return "array";
    case TypeKind::kMap:
      return "map";
    case TypeKind::kStruct:
      return "struct";
    case TypeKind::kByte:
      return "byte";
    case TypeKind::kShort:
      return "short";
    case TypeKind::kInteger:
      return "integer";
    case TypeKind::kLong:
      return "long";
    default:
      return type.CatalogString();
  }
}

void AppendChildren(const DataType& type, const std::string& prefix, int depth, std::string* text);

void AppendLine(const std::string& label, const DataType& type, const std::string& note,
                const std::string& prefix, int depth, std::string* text) {
  if (depth <= 0) return;
  *text += fmt::format("{}-- {}: {}{}\n", prefix, label, TreeName(type), note);
  AppendChildren(type, prefix + "    |", depth - 1, text);
}

const char* Truth(bool value) { return value ? "true" : "false"; }

void AppendChildren(const DataType& type, const std::string& prefix, int depth, std::string* text) {
  if (type.Is(TypeKind::kArray)) {
    AppendLine("element", *type.element(), fmt::format(" (containsNull = {})", Truth(type.contains_null())),
               prefix, depth, text);
  } else if (type.Is(TypeKind::kMap)) {
    AppendLine("key", *type.key(), "", prefix, depth, text);
    AppendLine("value", *type.value(),
               fmt::format(" (valueContainsNull = {})", Truth(type.value_contains_null())), prefix, depth,
               text);
  } else if (type.Is(TypeKind::kStruct)) {
    for (const plan::Field& field : type.fields()) {
      AppendLine(field.name, *field.type, fmt::format(" (nullable = {})", Truth(field.nullable)), prefix,
                 depth, text);
    }
  }
}

std::string EscapeQuotes(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

}  // namespace

std::string TreeString(const DataType& type, std::optional<int> level) {
  constexpr int kEverything = 1 << 20;
  std::string text = "root\n";
  AppendChildren(type, " |", level.value_or(0) > 0 ? *level : kEverything, &text);
  return text;
}

std::string DdlText(const DataType& type) {
  std::string text;
  for (const plan::Field& field : type.fields()) {
    if (!text.empty()) text += ",";
    text += fmt::format("{} {}", plan::QuoteIfNeeded(field.name), field.type->Sql());
    if (!field.nullable) text += " NOT NULL";
    if (const auto comment = plan::CommentOf(field))
      text += fmt::format(" COMMENT '{}'", EscapeQuotes(*comment));
  }
  return text;
}

}  // namespace hearth::front::connect
