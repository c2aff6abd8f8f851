// The columns of JSON lines: every record's type, merged.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "duckdb/common/virtual_file_system.hpp"
#include "engine/errors.h"
#include "engine/files/csv_options.h"
#include "engine/files/range_workers.h"
#include "engine/files/row_format.h"
#include "engine/json/json_cursor.h"
#include "engine/text/parse.h"

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
    auto scale = [](const DataType& type) { return type.Is(TypeKind::kDecimal) ? type.scale() : 0; };
    auto whole = [](const DataType& type) {
      return type.Is(TypeKind::kDecimal) ? type.precision() - type.scale() : 20;
    };
    const int common_scale = std::max(scale(*left), scale(*right));
    const int digits = std::max(whole(*left), whole(*right)) + common_scale;
    return digits > DataType::kMaxPrecision ? DataType::Double() : DataType::Decimal(digits, common_scale);
  }
  if (left->Is(TypeKind::kStruct) && right->Is(TypeKind::kStruct)) return MergeStructs(*left, *right);
  if (left->Is(TypeKind::kArray) && right->Is(TypeKind::kArray))
    return DataType::Array(Merge(left->element(), right->element()));
  return DataType::String();
}

struct InferenceOptions {
  JsonSyntax syntax;
  TextRules text_rules;
  MomentPatterns patterns;
  TimeZone zone;
  bool primitives_as_string = false;
  bool prefers_decimal = false;
  bool infer_timestamp = false;
  bool drop_all_null = false;
};

base::Result<InferenceOptions> ReadInferenceOptions(const plan::FileSource& source) {
  InferenceOptions options;
  HEARTH_RETURN_IF_ERROR(CheckSamplingRatio(source));
  HEARTH_ASSIGN(options.syntax, ReadJsonSyntax(source));
  HEARTH_ASSIGN(auto format, OpenJsonFormat(source));
  options.text_rules = format->text_rules();
  HEARTH_ASSIGN(options.patterns, ReadMomentPatterns(source));
  HEARTH_ASSIGN(options.zone, FindTimeZone(OptionOf(source, "timezone", "UTC")));
  HEARTH_ASSIGN(options.primitives_as_string, BooleanOption(source, "primitivesasstring", false));
  HEARTH_ASSIGN(options.prefers_decimal, BooleanOption(source, "prefersdecimal", false));
  HEARTH_ASSIGN(options.infer_timestamp, BooleanOption(source, "infertimestamp", false));
  HEARTH_ASSIGN(options.drop_all_null, BooleanOption(source, "dropfieldifallnull", false));
  return options;
}

// The decimal that holds all digits of a number's text; null when none does.
TypePtr DecimalOf(std::string_view text) {
  int digits = 0;
  int scale = 0;
  bool fraction = false;
  bool leads = true;
  size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (i == text.size()) return nullptr;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.' && !fraction) {
      fraction = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return nullptr;
    leads = leads && text[i] == '0';
    digits += leads ? 0 : 1;
    scale += fraction ? 1 : 0;
  }
  if (i < text.size()) {
    int exponent = 0;
    const auto from = text.data() + i + 1 + (i + 1 < text.size() && text[i + 1] == '+' ? 1 : 0);
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(from, end, exponent);
    if (parsed.ec != std::errc() || parsed.ptr != end || exponent > 1000 || exponent < -1000) return nullptr;
    scale -= exponent;
  }
  digits = std::max(digits, 1);
  const int precision = std::max(digits, scale);
  if (precision > DataType::kMaxPrecision || scale < 0) return nullptr;
  return DataType::Decimal(precision, scale);
}

class Inference {
 public:
  explicit Inference(const InferenceOptions& options) : options_(options) {}

  // The struct type of a line's records; null for a line that is no record.
  TypePtr OfLine(std::string_view line) {
    JsonCursor cursor(line, options_.syntax);
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
    if (options_.primitives_as_string) return DataType::String();
    if (!is_integer) {
      const auto decimal = options_.prefers_decimal ? DecimalOf(raw) : nullptr;
      return decimal ? decimal : DataType::Double();
    }
    int64_t value = 0;
    if (std::from_chars(raw.data(), raw.data() + raw.size(), value).ec == std::errc())
      return DataType::Long();
    auto digits = static_cast<int>(raw.size()) - (raw[0] == '-' ? 1 : 0);
    return digits <= DataType::kMaxPrecision ? DataType::Decimal(digits, 0) : DataType::Double();
  }

  TypePtr OfText(const std::string& text) const {
    if (options_.primitives_as_string) return DataType::String();
    if (options_.prefers_decimal) {
      if (auto decimal = DecimalOf(text)) return decimal;
    }
    if (options_.infer_timestamp) {
      const auto& pattern = options_.patterns.timestamp;
      const bool fits = pattern
                            ? ParseMoment(*pattern, *DataType::Timestamp(), options_.zone, text).has_value()
                            : ParseTimestamp(text, options_.zone).has_value();
      if (fits) return DataType::Timestamp();
    }
    return DataType::String();
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
      return options_.primitives_as_string && !type->Is(TypeKind::kNull) ? DataType::String() : type;
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
        return cursor.ReadString(&text) ? OfText(text) : nullptr;
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

  const InferenceOptions& options_;
  std::string duplicate_;
};

// Types of nothing but nulls become text; structs without fields vanish (null pointer).
TypePtr Settle(const TypePtr& type, bool drop_all_null) {
  switch (type->kind()) {
    case TypeKind::kNull:
      return drop_all_null ? nullptr : DataType::String();
    case TypeKind::kArray: {
      auto element = Settle(type->element(), drop_all_null);
      return element ? DataType::Array(element) : nullptr;
    }
    case TypeKind::kStruct: {
      std::vector<Field> fields;
      for (const auto& field : type->fields()) {
        if (auto settled = Settle(field.type, drop_all_null))
          fields.push_back({field.name, settled, true, {}});
      }
      return fields.empty() ? nullptr : DataType::Struct(std::move(fields));
    }
    default:
      return type;
  }
}

// What one range of a file tells.
struct RangeType {
  TypePtr type = DataType::Struct({});
  std::string duplicate;             // a field that a record holds twice
  std::optional<std::string> wrong;  // under FAILFAST: a record that is no JSON; what follows it was not read
};

// Where the mode keeps records that are no JSON, it does so in `corrupt_column`.
RangeType TypeOf(LineReader lines, const InferenceOptions& options, ParseMode mode,
                 const std::string& corrupt_column) {
  Inference inference(options);
  RangeType found;
  while (auto line = lines.Next()) {
    if (line->find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
    auto type = inference.OfLine(*line);
    if (!type && mode == ParseMode::kFailFast) {
      found.wrong = std::string(line->substr(0, 200));
      break;
    }
    if (!type && mode == ParseMode::kDropMalformed) continue;
    if (!type) type = DataType::Struct({{corrupt_column, DataType::String(), true, {}}});
    found.type = Merge(found.type, type);
  }
  found.duplicate = inference.duplicate();
  return found;
}

}  // namespace

base::Result<std::vector<plan::Field>> InferJsonColumns(const plan::FileSource& source) {
  HEARTH_ASSIGN(const InferenceOptions options, ReadInferenceOptions(source));
  const auto mode = ParseModeOf(source);
  const auto corrupt_column = OptionOf(source, "columnnameofcorruptrecord", "_corrupt_record");
  return Guarded([&]() -> base::Result<std::vector<plan::Field>> {
    duckdb::VirtualFileSystem system(duckdb::FileSystem::CreateLocal());
    const auto ranges = SplitFiles(system, source.paths, options.text_rules);
    std::vector<RangeType> found(ranges.size());
    ForEachRange(ranges.size(), [&](size_t i) {
      found[i] = TypeOf(LineReader(system, ranges[i], options.text_rules), options, mode, corrupt_column);
    });
    TypePtr merged = DataType::Struct({});
    for (const RangeType& range : found) {
      if (range.wrong) {
        return base::MakeError(
            base::ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
            fmt::format("The record '{}' is no JSON, and the mode is FAILFAST.", *range.wrong),
            {{"badRecord", corrupt_column}, {"failFastMode", "FAILFAST"}});
      }
      merged = Merge(merged, range.type);
    }
    for (const RangeType& range : found) {
      if (range.duplicate.empty()) continue;
      auto name = plan::QuoteIdentifier(range.duplicate);
      return base::MakeError(base::ErrorKind::kAnalysis, "COLUMN_ALREADY_EXISTS",
                             fmt::format("A record holds the field {} twice.", name), {{"columnName", name}});
    }
    auto settled = Settle(merged, options.drop_all_null);
    return settled ? settled->fields() : std::vector<plan::Field>{};
  });
}

}  // namespace hearth::engine
