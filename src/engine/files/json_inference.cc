// The columns of JSON lines: every record's type, merged.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "duckdb/common/virtual_file_system.hpp"
#include "engine/errors.h"
#include "engine/files/csv_options.h"
#include "engine/files/row_format.h"
#include "engine/json/json_cursor.h"

namespace hearth::engine {
namespace {

using plan::DataType;
using plan::Field;
using plan::TypeKind;
using plan::TypePtr;

TypePtr Merge(const TypePtr& left, const TypePtr& right);

TypePtr MergeStructs(const DataType& left, const DataType& right) {
  std::map<std::string, TypePtr> merged;
  for (const auto& field : left.fields()) merged[field.name] = field.type;
  for (const auto& field : right.fields()) {
    auto& type = merged[field.name];
    type = type ? Merge(type, field.type) : field.type;
  }
  std::vector<Field> fields;
  for (auto& [name, type] : merged) fields.push_back({name, type, true, {}});
  return DataType::Struct(std::move(fields));
}

TypePtr Merge(const TypePtr& left, const TypePtr& right) {
  if (right->Is(TypeKind::kNull) || *left == *right) return left;
  if (left->Is(TypeKind::kNull)) return right;
  if (left->IsNumeric() && right->IsNumeric()) {
    if (left->Is(TypeKind::kDouble) || right->Is(TypeKind::kDouble)) return DataType::Double();
    auto digits = [](const DataType& type) { return type.Is(TypeKind::kDecimal) ? type.precision() : 20; };
    return DataType::Decimal(std::max(digits(*left), digits(*right)), 0);
  }
  if (left->Is(TypeKind::kStruct) && right->Is(TypeKind::kStruct)) return MergeStructs(*left, *right);
  if (left->Is(TypeKind::kArray) && right->Is(TypeKind::kArray))
    return DataType::Array(Merge(left->element(), right->element()));
  return DataType::String();
}

class Inference {
 public:
  Inference(bool single_quotes, bool primitives_as_string)
      : single_quotes_(single_quotes), primitives_as_string_(primitives_as_string) {}

  // The struct type of a line's records; null for a line that is no record.
  TypePtr OfLine(std::string_view line) {
    JsonCursor cursor(line, single_quotes_);
    if (cursor.Peek() != JsonKind::kArray && cursor.Peek() != JsonKind::kObject) return nullptr;
    auto type = OfValue(cursor, 0);
    if (type && type->Is(TypeKind::kArray)) type = type->element();
    return type && type->Is(TypeKind::kStruct) ? type : nullptr;
  }
  const std::string& duplicate() const { return duplicate_; }

 private:
  TypePtr OfNumber(JsonCursor& cursor) {
    std::string_view raw;
    bool is_integer = false;
    if (!cursor.ReadNumber(&raw, &is_integer)) return nullptr;
    if (primitives_as_string_) return DataType::String();
    if (!is_integer) return DataType::Double();
    int64_t value = 0;
    if (std::from_chars(raw.data(), raw.data() + raw.size(), value).ec == std::errc())
      return DataType::Long();
    auto digits = static_cast<int>(raw.size()) - (raw[0] == '-' ? 1 : 0);
    return digits <= DataType::kMaxPrecision ? DataType::Decimal(digits, 0) : DataType::Double();
  }

  TypePtr OfObject(JsonCursor& cursor, int level) {
    std::map<std::string, TypePtr> fields;
    std::string key;
    bool more = true;
    if (!cursor.EnterObject()) return nullptr;
    while (true) {
      if (!cursor.NextKey(&key, &more)) return nullptr;
      if (!more) break;
      auto name = key;
      auto type = OfValue(cursor, level + 1);
      if (!type) return nullptr;
      if (!fields.emplace(name, type).second && duplicate_.empty()) duplicate_ = name;
    }
    std::vector<Field> list;
    for (auto& [name, type] : fields) list.push_back({name, type, true, {}});
    return DataType::Struct(std::move(list));
  }

  TypePtr OfValue(JsonCursor& cursor, int level) {
    if (level > JsonCursor::kMostLevels) return nullptr;
    auto primitive = [&](const char* word, TypePtr type) -> TypePtr {
      if (!cursor.ReadWord(word)) return nullptr;
      return primitives_as_string_ && !type->Is(TypeKind::kNull) ? DataType::String() : type;
    };
    switch (cursor.Peek()) {
      case JsonKind::kNull:
        return primitive("null", DataType::Null());
      case JsonKind::kTrue:
        return primitive("true", DataType::Boolean());
      case JsonKind::kFalse:
        return primitive("false", DataType::Boolean());
      case JsonKind::kNumber:
        return OfNumber(cursor);
      case JsonKind::kString: {
        std::string text;
        return cursor.ReadString(&text) ? DataType::String() : nullptr;
      }
      case JsonKind::kObject:
        return OfObject(cursor, level);
      case JsonKind::kArray: {
        TypePtr element = DataType::Null();
        bool more = true;
        if (!cursor.EnterArray()) return nullptr;
        while (true) {
          if (!cursor.NextElement(&more)) return nullptr;
          if (!more) return DataType::Array(element);
          auto type = OfValue(cursor, level + 1);
          if (!type) return nullptr;
          element = Merge(element, type);
        }
      }
      default:
        return nullptr;
    }
  }

  const bool single_quotes_;
  const bool primitives_as_string_;
  std::string duplicate_;
};

// Types of nothing but nulls become text; structs without fields vanish (null pointer).
TypePtr Settle(const TypePtr& type) {
  switch (type->kind()) {
    case TypeKind::kNull:
      return DataType::String();
    case TypeKind::kArray: {
      auto element = Settle(type->element());
      return element ? DataType::Array(element) : nullptr;
    }
    case TypeKind::kStruct: {
      std::vector<Field> fields;
      for (const auto& field : type->fields()) {
        if (auto settled = Settle(field.type)) fields.push_back({field.name, settled, true, {}});
      }
      return fields.empty() ? nullptr : DataType::Struct(std::move(fields));
    }
    default:
      return type;
  }
}

}  // namespace

base::Result<std::vector<plan::Field>> InferJsonColumns(const plan::FileSource& source) {
  HEARTH_RETURN_IF_ERROR(OpenJsonFormat(source));
  HEARTH_ASSIGN(bool single_quotes, BooleanOption(source, "allowsinglequotes", true));
  HEARTH_ASSIGN(bool as_string, BooleanOption(source, "primitivesasstring", false));
  const auto mode = ParseModeOf(source);
  const auto corrupt_column = OptionOf(source, "columnnameofcorruptrecord", "_corrupt_record");
  return Guarded([&]() -> base::Result<std::vector<plan::Field>> {
    duckdb::VirtualFileSystem system(duckdb::FileSystem::CreateLocal());
    Inference inference(single_quotes, as_string);
    TypePtr merged = DataType::Struct({});
    for (const auto& range : SplitFiles(system, source.paths)) {
      LineReader reader(system, range);
      while (auto line = reader.Next()) {
        if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
        auto type = inference.OfLine(*line);
        if (!type && mode == ParseMode::kFailFast) {
          return base::MakeError(
              base::ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
              fmt::format("The record '{}' is no JSON, and the mode is FAILFAST.", line->substr(0, 200)));
        }
        if (!type && mode == ParseMode::kDropMalformed) continue;
        merged =
            Merge(merged, type ? type : DataType::Struct({{corrupt_column, DataType::String(), true, {}}}));
      }
    }
    if (!inference.duplicate().empty()) {
      auto name = plan::QuoteIdentifier(inference.duplicate());
      return base::MakeError(base::ErrorKind::kAnalysis, "COLUMN_ALREADY_EXISTS",
                             fmt::format("A record holds the field {} twice.", name), {{"columnName", name}});
    }
    auto settled = Settle(merged);
    return settled ? settled->fields() : std::vector<plan::Field>{};
  });
}

}  // namespace hearth::engine
