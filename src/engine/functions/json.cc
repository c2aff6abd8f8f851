// JSON functions.
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/list_writer.h"
#include "engine/functions/zone_argument.h"
#include "engine/json/json_copy.h"
#include "engine/json/json_path.h"
#include "engine/json/json_value.h"
#include "engine/text/json_text.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using std::string_view;

namespace {

using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

// ---- Looking into JSON text
// -----------------------------------------------------------------------------------

void GetObjectKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  std::string last;
  std::optional<JsonPath> path;
  bool known = false;
  MapTexts<string_view, string_view>(arguments, result,
                                     [&](std::string& out, string_view json, string_view text) {
                                       if (!known || last != text) {
                                         last = text;
                                         path = JsonPath::Parse(text);
                                         known = true;
                                       }
                                       return path && path->Extract(json, &out);
                                     });
}

// spark_json_field(json, name): a field of the outermost object as text; the last of equal names that is not
// null.
bool Field(std::string& out, string_view json, string_view name) {
  JsonCursor cursor(json, true);
  if (cursor.Peek() != JsonKind::kObject || !cursor.EnterObject()) return false;
  bool found = false;
  std::string key;
  bool more = true;
  for (;;) {
    key.clear();
    if (!cursor.NextKey(&key, &more)) return false;
    if (!more) return found;
    const auto kind = cursor.Peek();
    string_view raw;
    if (key != name || kind == JsonKind::kNull) {
      if (!cursor.Skip(&raw)) return false;
      continue;
    }
    out.clear();
    found = true;
    if (!(kind == JsonKind::kString ? cursor.ReadString(&out) : CopyJsonValue(cursor, &out))) return false;
  }
}

std::optional<int32_t> ArrayLength(string_view json) {
  JsonCursor cursor(json, true);
  if (cursor.Peek() != JsonKind::kArray || !cursor.EnterArray()) return std::nullopt;
  bool more = true;
  for (int32_t count = 0;; ++count) {
    if (!cursor.NextElement(&more)) return std::nullopt;
    if (!more) return count;
    string_view raw;
    if (!cursor.Skip(&raw)) return std::nullopt;
  }
}

std::optional<std::vector<std::string>> Keys(string_view json) {
  JsonCursor cursor(json, true);
  if (cursor.Peek() != JsonKind::kObject || !cursor.EnterObject()) return std::nullopt;
  std::vector<std::string> keys;
  bool more = true;
  for (;;) {
    std::string key;
    if (!cursor.NextKey(&key, &more)) return std::nullopt;
    if (!more) return keys;
    keys.push_back(std::move(key));
    string_view raw;
    if (!cursor.Skip(&raw)) return std::nullopt;
  }
}

void KeysKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState&, duckdb::Vector& result) {
  TextListWriter lists(result);
  EachRow<string_view>(arguments, result, [&](idx_t row, string_view json) {
    lists.Begin(row);
    if (const auto keys = Keys(json)) {
      for (const auto& key : *keys) lists.Add(key);
    } else {
      SetNull(result, row);
    }
    lists.End(row);
  });
  lists.Finish();
}

// ---- to_json and from_json
// ------------------------------------------------------------------------------------

std::string OptionOf(const nlohmann::json& options, const char* name, std::string otherwise = {}) {
  return options.contains(name) ? options[name].get<std::string>() : std::move(otherwise);
}
bool FlagOf(const nlohmann::json& options, const char* name, bool otherwise) {
  const auto text = OptionOf(options, name);
  return text.empty() ? otherwise : text == "true" || text == "TRUE" || text == "True";
}

std::optional<DateTimePattern> PatternOf(const nlohmann::json& options, const char* name,
                                         DateTimePattern::Purpose purpose) {
  if (!options.contains(name)) return std::nullopt;
  auto read = DateTimePattern::Read(options[name].get<std::string>(), purpose);
  if (!read.ok()) ThrowSpark(*read.error());
  return std::move(*read);
}

BoundZone ZoneOf(const nlohmann::json& options, std::string session) {
  auto id = OptionOf(options, "timezone", std::move(session));
  return ResolveZone(std::move(id));
}

// Options that change what is read or written, beyond those in `known`, are refused by name.
void RefuseOthers(const nlohmann::json& options, std::initializer_list<string_view> known) {
  for (const auto& [name, value] : options.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      ThrowSpark(base::NotImplemented("the JSON option " + name));
    }
  }
}

struct BoundToJson {
  plan::TypePtr type;
  JsonStyle style;
};

// spark_to_json(value, type, options, zone)
duckdb::unique_ptr<duckdb::FunctionData> BindToJson(duckdb::ClientContext& context, duckdb::ScalarFunction&,
                                                    Arguments& arguments) {
  const auto options = nlohmann::json::parse(TextArgument(context, *arguments[2]));
  RefuseOthers(options,
               {"ignorenullfields", "dateformat", "timestampformat", "timestampntzformat", "timezone"});
  const auto zone = ZoneOf(options, TextArgument(context, *arguments[3]));
  BoundToJson bound;
  bound.type = ReadTypeArgument(context, *arguments[1]);
  bound.style.times.zone = zone.zone;
  bound.style.times.zone_id = zone.id;
  bound.style.ignore_null_fields = FlagOf(options, "ignorenullfields", true);
  constexpr auto kPrint = DateTimePattern::Purpose::kPrint;
  bound.style.times.date = PatternOf(options, "dateformat", kPrint);
  bound.style.times.timestamp = PatternOf(options, "timestampformat", kPrint);
  bound.style.times.local_timestamp = PatternOf(options, "timestampntzformat", kPrint);
  return Bind(std::move(bound));
}

void ToJsonKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& bound = Bound<BoundToJson>(state);
  const auto count = PrepareResult(arguments, result);
  NestedFormat format;
  duckdb::Vector::RecursiveToUnifiedFormat(arguments.data[0], count, format);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string out;
  for (idx_t row = 0; row < count; ++row) {
    if (IsNullAt(format, row)) {
      SetNull(result, row);
      continue;
    }
    out.clear();
    AppendJson(*bound.type, format, row, bound.style, &out);
    data[row] = duckdb::StringVector::AddString(result, out);
  }
}

struct BoundFromJson {
  plan::TypePtr type;    // the whole result
  plan::TypePtr parsed;  // without the column for corrupt records
  JsonValueOptions options;
  std::optional<size_t> corrupt_field;
  bool fails_fast = false;
  bool single_quotes = true;
};

// spark_from_json(text, type, options, zone)
duckdb::unique_ptr<duckdb::FunctionData> BindFromJson(duckdb::ClientContext& context,
                                                      duckdb::ScalarFunction& function,
                                                      Arguments& arguments) {
  const auto options = nlohmann::json::parse(TextArgument(context, *arguments[2]));
  RefuseOthers(options, {"mode", "columnnameofcorruptrecord", "dateformat", "timestampformat",
                         "timestampntzformat", "timezone", "primitivesasstring", "allowsinglequotes"});
  BoundFromJson bound;
  bound.type = ReadTypeArgument(context, *arguments[1]);
  bound.parsed = bound.type;
  bound.options.zone = ZoneOf(options, TextArgument(context, *arguments[3])).zone;
  bound.options.rewrites_text = true;
  constexpr auto kParse = DateTimePattern::Purpose::kParse;
  bound.options.date_pattern = PatternOf(options, "dateformat", kParse);
  bound.options.timestamp_pattern = PatternOf(options, "timestampformat", kParse);
  bound.options.timestamp_ntz_pattern = PatternOf(options, "timestampntzformat", kParse);
  bound.single_quotes = FlagOf(options, "allowsinglequotes", true);
  auto mode = OptionOf(options, "mode", "PERMISSIVE");
  std::transform(mode.begin(), mode.end(), mode.begin(), [](unsigned char c) { return std::toupper(c); });
  bound.fails_fast = mode == "FAILFAST";
  if (bound.type->Is(plan::TypeKind::kStruct)) {
    const auto name = OptionOf(options, "columnnameofcorruptrecord", "_corrupt_record");
    auto fields = bound.type->fields();
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].name != name || !fields[i].type->IsString()) continue;
      bound.corrupt_field = i;
      fields[i].name = "\x01";  // no key of a JSON text is read into it
      bound.parsed = plan::DataType::Struct(std::move(fields));
      break;
    }
  }
  function.SetReturnType(ToDuckDB(*bound.type));
  return Bind(std::move(bound));
}

// What one text gave.
enum class Record : uint8_t { kGood, kBad, kNothing };

Record ReadRecord(const BoundFromJson& bound, string_view json, duckdb::Vector& result, idx_t row) {
  JsonCursor cursor(json, bound.single_quotes);
  const auto kind = cursor.Peek();
  if (kind == JsonKind::kEnd) return Record::kNothing;
  const auto& type = *bound.parsed;
  const bool is_struct = type.Is(plan::TypeKind::kStruct);
  // An object where an array of structs is wanted is its only element.
  const bool wraps = type.Is(plan::TypeKind::kArray) && type.element()->Is(plan::TypeKind::kStruct) &&
                     kind == JsonKind::kObject;
  if (wraps) {
    const std::string wrapped = "[" + std::string(json) + "]";
    JsonCursor inner(wrapped, bound.single_quotes);
    return ReadJsonValue(inner, type, bound.options, result, row) == JsonRead::kOk ? Record::kGood
                                                                                   : Record::kBad;
  }
  if (is_struct ? kind != JsonKind::kObject : kind == JsonKind::kNull) {
    return is_struct ? Record::kBad : Record::kNothing;
  }
  const auto read = ReadJsonValue(cursor, type, bound.options, result, row);
  if (read == JsonRead::kOk) return Record::kGood;
  // Only structs keep what was read before a field that did not fit; arrays of structs keep their elements.
  const bool keeps =
      read == JsonRead::kMismatch &&
      (is_struct || (type.Is(plan::TypeKind::kArray) && type.element()->Is(plan::TypeKind::kStruct)));
  if (!keeps) {
    SetNullDeep(result, row);
    if (is_struct) duckdb::FlatVector::Validity(result).SetValid(row);
  }
  return Record::kBad;
}

void FromJsonKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& bound = Bound<BoundFromJson>(state);
  // A constant struct has constant fields, which cannot be filled row by row: constant only in the end.
  const bool is_constant = arguments.AllConstant();
  const idx_t count = is_constant ? 1 : arguments.size();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  const ColumnReader<string_view> texts(arguments.data[0], count);
  const bool is_struct = bound.type->Is(plan::TypeKind::kStruct);
  for (idx_t row = 0; row < count; ++row) {
    SetNullDeep(result, row);
    if (texts.IsNull(row)) continue;
    duckdb::FlatVector::Validity(result).SetValid(row);
    const auto record = ReadRecord(bound, texts[row], result, row);
    if (record == Record::kNothing) {
      SetNullDeep(result, row);
      continue;
    }
    if (record == Record::kGood) continue;
    if (bound.fails_fast) {
      ThrowSpark(base::ErrorKind::kSpark, "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                 "A record is malformed, and the mode is FAILFAST.",
                 {{"badRecord", "[null]"}, {"failFastMode", "FAILFAST"}});
    }
    if (bound.corrupt_field) {
      auto& field = *duckdb::StructVector::GetEntries(result)[*bound.corrupt_field];
      duckdb::FlatVector::Validity(field).SetValid(row);
      duckdb::FlatVector::GetData<duckdb::string_t>(field)[row] =
          duckdb::StringVector::AddString(field, texts[row].data(), texts[row].size());
    }
    if (!is_struct && !bound.type->Is(plan::TypeKind::kArray)) SetNullDeep(result, row);
  }
  if (is_constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

base::Result<ParsedPtr> LowerToJson(LoweredCall call) {
  auto type = TypeArgument(call.argument_type(0));
  return Call("spark_to_json", std::move(call.arguments[0]), std::move(type), std::move(call.arguments[1]),
              TextConstant(call.settings.time_zone));
}

base::Result<ParsedPtr> LowerFromJson(LoweredCall call) {
  return Call("spark_from_json", std::move(call.arguments[0]), TypeArgument(call.type()),
              std::move(call.arguments[1]), TextConstant(call.settings.time_zone));
}

}  // namespace

void AddJson(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto any = LogicalType::ANY;
  functions.AddScalar(Kernel("spark_get_json_object", {text, text}, text, GetObjectKernel));
  functions.AddScalar(
      Kernel("spark_json_field", {text, text}, text, TextKernel<string_view, string_view>(Field)));
  functions.AddScalar(Kernel("spark_json_array_length", {text}, LogicalType::INTEGER,
                             ValueKernel<int32_t, string_view>(ArrayLength)));
  functions.AddScalar(Kernel("spark_json_object_keys", {text}, LogicalType::LIST(text), KeysKernel));
  functions.AddScalar(Kernel("spark_to_json", {any, text, text, text}, text, ToJsonKernel,
                             {.fallible = true, .sees_nulls = true, .bind = BindToJson}));
  functions.AddScalar(Kernel("spark_from_json", {text, text, text, text}, any, FromJsonKernel,
                             {.fallible = true, .sees_nulls = true, .bind = BindFromJson}));
  functions.AddRule("to_json", LowerToJson);
  functions.AddRule("from_json", LowerFromJson);
}

}  // namespace hearth::engine
