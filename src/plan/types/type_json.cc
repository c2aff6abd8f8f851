// The JSON form of Spark's types. Inside a struct, collations stand in the field's metadata (key
// __COLLATIONS, one entry for each string below the field, by its path), so that older readers see plain
// strings.
#include <nlohmann/json.hpp>

#include "plan/types/data_type.h"
#include "plan/types/field_metadata.h"

namespace hearth::plan {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kCollationsKey = "__COLLATIONS";
constexpr int kMaximumDepth = 1000;

// Copying and printing a JSON value recurse; a level of a type takes three of JSON (struct, list of fields,
// field).
bool IsTooDeep(std::string_view text) {
  int depth = 0;
  bool inside_string = false;
  for (size_t index = 0; index < text.size(); ++index) {
    const char character = text[index];
    if (character == '"') inside_string = !inside_string;
    if (inside_string && character == '\\') ++index;
    if (inside_string) continue;
    if (character == '{' || character == '[') ++depth;
    if (character == '}' || character == ']') --depth;
    if (depth > 3 * kMaximumDepth) return true;
  }
  return false;
}

Json ParseJson(std::string_view text) {
  if (IsTooDeep(text)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

// ---- Writing
// ---------------------------------------------------------------------------------------------------------

std::string AtomicName(const DataType& type) {
  switch (type.kind()) {
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

std::string CollationWithProvider(const std::string& collation) {
  return (collation.starts_with("UTF8_") ? "spark." : "icu.") + collation;
}

Json TypeToJson(const DataType& type);

// Writes a type below a struct field; its collations go to `collations`.
Json BelowField(const DataType& type, const std::string& path, Json& collations) {
  switch (type.kind()) {
    case TypeKind::kArray: {
      Json json = {{"type", "array"}};
      json["elementType"] = BelowField(*type.element(), path + ".element", collations);
      json["containsNull"] = type.contains_null();
      return json;
    }
    case TypeKind::kMap: {
      Json json = {{"type", "map"}};
      Json value = BelowField(*type.value(), path + ".value", collations);
      json["keyType"] = BelowField(*type.key(), path + ".key", collations);
      json["valueType"] = std::move(value);
      json["valueContainsNull"] = type.value_contains_null();
      return json;
    }
    case TypeKind::kString:
      if (type.collation().empty() || type.collation() == DataType::kDefaultCollation) return "string";
      collations[path] = CollationWithProvider(type.collation());
      return "string";
    default:
      return TypeToJson(type);
  }
}

Json FieldToJson(const Field& field) {
  Json json;
  json["name"] = field.name;
  Json collations = Json::object();
  json["type"] = BelowField(*field.type, field.name, collations);
  json["nullable"] = field.nullable;
  Json metadata = field.metadata.empty() ? Json::object() : ParseJson(field.metadata);
  if (!metadata.is_object()) metadata = Json::object();
  if (!collations.empty()) metadata[std::string(kCollationsKey)] = std::move(collations);
  json["metadata"] = std::move(metadata);
  return json;
}

Json TypeToJson(const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kArray: {
      Json json = {{"type", "array"}};
      json["elementType"] = TypeToJson(*type.element());
      json["containsNull"] = type.contains_null();
      return json;
    }
    case TypeKind::kMap: {
      Json json = {{"type", "map"}};
      json["keyType"] = TypeToJson(*type.key());
      json["valueType"] = TypeToJson(*type.value());
      json["valueContainsNull"] = type.value_contains_null();
      return json;
    }
    case TypeKind::kStruct: {
      Json json = {{"type", "struct"}};
      json["fields"] = Json::array();
      for (const auto& field : type.fields()) json["fields"].push_back(FieldToJson(field));
      return json;
    }
    default:
      return AtomicName(type);
  }
}

// ---- Reading
// ---------------------------------------------------------------------------------------------------------

using ResultType = base::Result<TypePtr>;

base::Error Invalid(const Json& json) {
  std::string text = json.is_string() ? json.get<std::string>() : json.dump();
  std::string message = "The JSON text '" + text + "' is no data type.";
  return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_JSON_DATA_TYPE", std::move(message),
                         {{"invalidType", std::move(text)}});
}

// The number or numbers in "name(12)" and "name(10,2)"; nullopt for another form.
std::optional<std::vector<int>> Parameters(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  if (text.size() < 3 || text.front() != '(' || text.back() != ')') return std::nullopt;
  std::vector<int> numbers(1);
  bool digits = false;
  for (const char character : text.substr(1, text.size() - 2)) {
    if (character >= '0' && character <= '9') {
      numbers.back() = numbers.back() * 10 + (character - '0');
      digits = true;
      if (numbers.back() > 100000000) return std::nullopt;
    } else if (character == ',' && digits) {
      numbers.push_back(0);
      digits = false;
    } else if (character != ' ') {
      return std::nullopt;
    }
  }
  return digits ? std::optional(numbers) : std::nullopt;
}

TypePtr IntervalByName(std::string_view text) {
  constexpr YearMonthField kYearMonth[] = {YearMonthField::kYear, YearMonthField::kMonth};
  for (const auto start : kYearMonth) {
    for (const auto end : kYearMonth) {
      if (start > end) continue;
      auto type = DataType::YearMonthInterval(start, end);
      if (type->CatalogString() == text) return type;
    }
  }
  constexpr DayTimeField kDayTime[] = {DayTimeField::kDay, DayTimeField::kHour, DayTimeField::kMinute,
                                       DayTimeField::kSecond};
  for (const auto start : kDayTime) {
    for (const auto end : kDayTime) {
      if (start > end) continue;
      auto type = DataType::DayTimeInterval(start, end);
      if (type->CatalogString() == text) return type;
    }
  }
  return text == "interval" ? DataType::CalendarInterval() : nullptr;
}

TypePtr ParameterizedByName(std::string_view text) {
  if (text == "decimal") return DataType::Decimal(10, 0);
  if (const auto numbers = Parameters(text, "decimal"); numbers && numbers->size() == 2) {
    const int precision = (*numbers)[0];
    const int scale = (*numbers)[1];
    const bool valid = precision > 0 && precision <= DataType::kMaxPrecision && scale <= precision;
    return valid ? DataType::Decimal(precision, scale) : nullptr;
  }
  constexpr std::string_view kCollate = " collate ";
  std::string collation;
  if (const auto place = text.find(kCollate); place != std::string_view::npos) {
    collation = text.substr(place + kCollate.size());
    text = text.substr(0, place);
    if (text == "string") return DataType::StringWithCollation(std::move(collation));
  }
  if (const auto numbers = Parameters(text, "char"); numbers && numbers->size() == 1) {
    return DataType::Char((*numbers)[0], std::move(collation));
  }
  if (const auto numbers = Parameters(text, "varchar"); numbers && numbers->size() == 1) {
    return DataType::Varchar((*numbers)[0], std::move(collation));
  }
  if (const auto numbers = Parameters(text, "time"); numbers && numbers->size() == 1 && (*numbers)[0] <= 6) {
    return DataType::Time((*numbers)[0]);
  }
  return nullptr;
}

TypePtr AtomicByName(std::string_view text) {
  if (text == "void" || text == "null") return DataType::Null();
  if (text == "boolean") return DataType::Boolean();
  if (text == "byte") return DataType::Byte();
  if (text == "short") return DataType::Short();
  if (text == "integer") return DataType::Integer();
  if (text == "long") return DataType::Long();
  if (text == "float") return DataType::Float();
  if (text == "double") return DataType::Double();
  if (text == "string") return DataType::String();
  if (text == "binary") return DataType::Binary();
  if (text == "date") return DataType::Date();
  if (text == "timestamp" || text == "timestamp_ltz") return DataType::Timestamp();
  if (text == "timestamp_ntz") return DataType::TimestampNtz();
  if (text == "variant") return DataType::Variant();
  if (text.starts_with("interval")) return IntervalByName(text);
  return ParameterizedByName(text);
}

// The collations of the field that is being read, by path; null outside of structs.
struct Collations {
  const Json* by_path = nullptr;
  std::string path;

  Collations Below(std::string_view step) const {
    return by_path == nullptr ? Collations{} : Collations{by_path, path + "." + std::string(step)};
  }
};

ResultType Read(const Json& json, const Collations& collations, int depth);

base::Result<Field> ReadField(const Json& json, int depth) {
  const auto name = json.find("name");
  const auto type = json.find("type");
  if (!json.is_object() || name == json.end() || !name->is_string() || type == json.end())
    return Invalid(json);
  Field field;
  field.name = name->get<std::string>();
  if (const auto nullable = json.find("nullable"); nullable != json.end() && nullable->is_boolean()) {
    field.nullable = nullable->get<bool>();
  }
  Json metadata = Json::object();
  if (const auto given = json.find("metadata"); given != json.end() && given->is_object()) metadata = *given;
  Json collations = Json::object();
  if (const auto given = metadata.find(kCollationsKey); given != metadata.end()) {
    if (given->is_object()) collations = *given;
    metadata.erase(given);
  }
  HEARTH_ASSIGN(field.type, Read(*type, {&collations, field.name}, depth + 1));
  if (!metadata.empty()) field.metadata = metadata.dump();
  return field;
}

ResultType ReadObject(const Json& json, const Collations& collations, int depth) {
  const auto kind = json.find("type");
  if (kind == json.end() || !kind->is_string()) return Invalid(json);
  const auto has_flag = [&](const char* key) {
    const auto flag = json.find(key);
    return flag != json.end() && flag->is_boolean();
  };
  if (*kind == "array" && json.contains("elementType") && has_flag("containsNull")) {
    HEARTH_ASSIGN(auto element, Read(json["elementType"], collations.Below("element"), depth + 1));
    return DataType::Array(std::move(element), json["containsNull"].get<bool>());
  }
  if (*kind == "map" && json.contains("keyType") && json.contains("valueType") &&
      has_flag("valueContainsNull")) {
    HEARTH_ASSIGN(auto key, Read(json["keyType"], collations.Below("key"), depth + 1));
    HEARTH_ASSIGN(auto value, Read(json["valueType"], collations.Below("value"), depth + 1));
    return DataType::Map(std::move(key), std::move(value), json["valueContainsNull"].get<bool>());
  }
  if (*kind == "struct" && json.contains("fields") && json["fields"].is_array()) {
    std::vector<Field> fields;
    for (const auto& item : json["fields"]) {
      HEARTH_ASSIGN(auto field, ReadField(item, depth));
      fields.push_back(std::move(field));
    }
    return DataType::Struct(std::move(fields));
  }
  // A user-defined type travels as its SQL type.
  if (*kind == "udt" && json.contains("sqlType")) return Read(json["sqlType"], {}, depth + 1);
  return Invalid(json);
}

ResultType Read(const Json& json, const Collations& collations, int depth) {
  if (depth > kMaximumDepth)
    return Invalid("a type nested more than " + std::to_string(kMaximumDepth) + " levels");
  if (json.is_object()) return ReadObject(json, collations, depth);
  if (!json.is_string()) return Invalid(json);
  const auto name = json.get<std::string>();
  if (name == "string" && collations.by_path != nullptr) {
    if (const auto entry = collations.by_path->find(collations.path);
        entry != collations.by_path->end() && entry->is_string()) {
      const auto collation = entry->get<std::string>();
      return DataType::StringWithCollation(collation.substr(collation.find('.') + 1));
    }
  }
  auto type = AtomicByName(name);
  if (type == nullptr) return Invalid(json);
  return type;
}

}  // namespace

std::string DataType::Json() const {
  return TypeToJson(*this).dump(-1, ' ', false, Json::error_handler_t::replace);
}

base::Result<TypePtr> TypeFromJson(std::string_view json) {
  const auto parsed = ParseJson(json);
  if (parsed.is_discarded()) return Invalid(std::string(json));
  return Read(parsed, {}, 0);
}

std::optional<std::string> CommentOf(const Field& field) {
  if (field.metadata.find("\"comment\"") == std::string::npos) return std::nullopt;
  const auto metadata = ParseJson(field.metadata);
  if (!metadata.is_object()) return std::nullopt;
  const auto comment = metadata.find("comment");
  if (comment == metadata.end() || !comment->is_string()) return std::nullopt;
  return comment->get<std::string>();
}

std::string MetadataWithComment(std::string_view comment) {
  return Json({{"comment", comment}}).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace hearth::plan
