#include "engine/json/json_value.h"

#include <charconv>
#include <limits>
#include <map>

#include "engine/decimal.h"
#include "engine/json/json_copy.h"
#include "engine/text/parse.h"

namespace hearth::engine {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using plan::TypeKind;

template <typename T>
JsonRead Put(Vector& vector, idx_t row, T value) {
  FlatVector::GetData<T>(vector)[row] = value;
  return JsonRead::kOk;
}

JsonRead PutText(Vector& vector, idx_t row, std::string_view text) {
  FlatVector::GetData<duckdb::string_t>(vector)[row] = duckdb::StringVector::AddStringOrBlob(
      vector, duckdb::string_t(text.data(), static_cast<uint32_t>(text.size())));
  return JsonRead::kOk;
}

template <typename T>
JsonRead PutInteger(Vector& vector, idx_t row, std::string_view raw) {
  T value{};
  auto end = raw.data() + raw.size();
  auto parsed = std::from_chars(raw.data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end ? Put(vector, row, value) : JsonRead::kMismatch;
}

JsonRead PutDecimal(const plan::DataType& type, Vector& vector, idx_t row, std::string_view text) {
  plan::Int128 unscaled = 0;
  if (ParseDecimal(text, type.precision(), type.scale(), &unscaled) != DecimalParse::kOk)
    return JsonRead::kMismatch;
  WithDecimalStorage(type.precision(), [&](auto tag) {
    FlatVector::GetData<decltype(tag)>(vector)[row] = Narrow<decltype(tag)>(unscaled);
  });
  return JsonRead::kOk;
}

template <typename T>
JsonRead PutReal(Vector& vector, idx_t row, std::optional<T> value) {
  return value ? Put<T>(vector, row, *value) : JsonRead::kMismatch;
}

template <typename T>
std::optional<T> SpecialReal(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<T>::quiet_NaN();
  if (text == "Infinity" || text == "+Infinity" || text == "+INF" || text == "INF")
    return std::numeric_limits<T>::infinity();
  if (text == "-Infinity" || text == "-INF") return -std::numeric_limits<T>::infinity();
  return std::nullopt;
}

JsonRead PutNumber(const plan::DataType& type, std::string_view raw, bool is_integer, Vector& vector,
                   idx_t row) {
  switch (type.kind()) {
    case TypeKind::kByte:
      return is_integer ? PutInteger<int8_t>(vector, row, raw) : JsonRead::kMismatch;
    case TypeKind::kShort:
      return is_integer ? PutInteger<int16_t>(vector, row, raw) : JsonRead::kMismatch;
    case TypeKind::kInteger:
      return is_integer ? PutInteger<int32_t>(vector, row, raw) : JsonRead::kMismatch;
    case TypeKind::kLong:
      return is_integer ? PutInteger<int64_t>(vector, row, raw) : JsonRead::kMismatch;
    case TypeKind::kFloat:
      if (auto special = SpecialReal<float>(raw)) return Put(vector, row, *special);
      return PutReal<float>(vector, row, ParseFloat(raw));
    case TypeKind::kDouble:
      if (auto special = SpecialReal<double>(raw)) return Put(vector, row, *special);
      return PutReal<double>(vector, row, ParseDouble(raw));
    case TypeKind::kDecimal:
      return PutDecimal(type, vector, row, raw);
    case TypeKind::kTimestamp: {
      int64_t seconds = 0;
      auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), seconds);
      int64_t microseconds = 0;
      bool fits = is_integer && parsed.ec == std::errc() &&
                  !__builtin_mul_overflow(seconds, kMicrosecondsPerSecond, &microseconds);
      return fits ? Put(vector, row, microseconds) : JsonRead::kMismatch;
    }
    default:
      return JsonRead::kMismatch;
  }
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                : c >= 'a' && c <= 'z' ? c - 'a' + 26
                : c >= '0' && c <= '9' ? c - '0' + 52
                : c == '+'             ? 62
                : c == '/'             ? 63
                                       : -1;
    if (c == '=') break;
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (++count % 4 != 1) bytes.push_back(static_cast<char>(bits >> (6 - 2 * ((count - 1) % 4)) & 0xFF));
  }
  return bytes;
}

// Dates and timestamps: by the option's pattern, else as casts read them.
JsonRead PutMoment(const plan::DataType& type, const std::string& text, const JsonValueOptions& options,
                   Vector& vector, idx_t row) {
  const auto& pattern = type.Is(TypeKind::kDate)        ? options.date_pattern
                        : type.Is(TypeKind::kTimestamp) ? options.timestamp_pattern
                                                        : options.timestamp_ntz_pattern;
  if (!pattern) {
    if (type.Is(TypeKind::kDate)) return PutReal<int32_t>(vector, row, ParseDate(text));
    if (type.Is(TypeKind::kTimestamp))
      return PutReal<int64_t>(vector, row, ParseTimestamp(text, options.zone));
    return PutReal<int64_t>(vector, row, ParseTimestampNtz(text, false));
  }
  DateTimePattern::Parsed parsed;
  if (!pattern->Parse(text, &parsed, nullptr)) return JsonRead::kMismatch;
  if (type.Is(TypeKind::kTimestampNtz)) return Put(vector, row, parsed.local);
  if (type.Is(TypeKind::kDate)) {
    return Put(vector, row, static_cast<int32_t>(FloorDivide(parsed.local, kMicrosecondsPerDay)));
  }
  return Put(vector, row, (parsed.zone ? *parsed.zone : options.zone).FromLocal(parsed.local));
}

JsonRead PutString(const plan::DataType& type, const std::string& text, const JsonValueOptions& options,
                   Vector& vector, idx_t row) {
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return PutText(vector, row, text);
    case TypeKind::kBinary: {
      auto bytes = DecodeBase64(text);
      return bytes ? PutText(vector, row, *bytes) : JsonRead::kMismatch;
    }
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampNtz:
      return PutMoment(type, text, options, vector, row);
    case TypeKind::kYearMonthInterval: {
      const auto months = ParseYearMonthInterval(text, type.year_month_start(), type.year_month_end());
      return months ? Put<int32_t>(vector, row, static_cast<int32_t>(*months)) : JsonRead::kMismatch;
    }
    case TypeKind::kDayTimeInterval:
      return PutReal<int64_t>(vector, row,
                              ParseDayTimeInterval(text, type.day_time_start(), type.day_time_end()));
    case TypeKind::kFloat:
      return PutReal<float>(vector, row, SpecialReal<float>(text));
    case TypeKind::kDouble:
      return PutReal<double>(vector, row, SpecialReal<double>(text));
    case TypeKind::kDecimal:
      return PutDecimal(type, vector, row, text);
    default:
      return JsonRead::kMismatch;
  }
}

// Skips a value that does not fit and says so.
JsonRead SkipMismatch(JsonCursor& cursor) {
  std::string_view raw;
  return cursor.Skip(&raw) ? JsonRead::kMismatch : JsonRead::kInvalid;
}

JsonRead ReadStruct(JsonCursor& cursor, const plan::DataType& type, const JsonValueOptions& options,
                    Vector& vector, idx_t row) {
  auto& children = duckdb::StructVector::GetEntries(vector);
  const auto& fields = type.fields();
  for (auto& child : children) SetNullDeep(*child, row);
  if (!cursor.EnterObject()) return JsonRead::kInvalid;
  JsonRead result = JsonRead::kOk;
  std::string key;
  bool more = true;
  while (true) {
    if (!cursor.NextKey(&key, &more)) return JsonRead::kInvalid;
    if (!more) return result;
    size_t place = 0;
    while (place < fields.size() && fields[place].name != key) ++place;
    if (place == fields.size()) {
      std::string_view raw;
      if (!cursor.Skip(&raw)) return JsonRead::kInvalid;
      continue;
    }
    FlatVector::Validity(*children[place]).SetValid(row);
    auto read = ReadJsonValue(cursor, *fields[place].type, options, *children[place], row);
    if (read == JsonRead::kInvalid) return read;
    if (read == JsonRead::kMismatch) {
      SetNullDeep(*children[place], row);
      result = read;
    }
  }
}

// One more element of a list or map vector; its entry is grown in place.
idx_t Grow(Vector& list, duckdb::list_entry_t& entry) {
  const idx_t size = duckdb::ListVector::GetListSize(list);
  duckdb::ListVector::Reserve(list, size + 1);
  duckdb::ListVector::SetListSize(list, size + 1);
  ++entry.length;
  return size;
}

JsonRead ReadArray(JsonCursor& cursor, const plan::DataType& type, const JsonValueOptions& options,
                   Vector& vector, idx_t row) {
  duckdb::list_entry_t entry(duckdb::ListVector::GetListSize(vector), 0);
  if (!cursor.EnterArray()) return JsonRead::kInvalid;
  JsonRead result = JsonRead::kOk;
  bool more = true;
  while (true) {
    if (!cursor.NextElement(&more)) return JsonRead::kInvalid;
    if (!more) break;
    const idx_t element = Grow(vector, entry);
    auto& child = duckdb::ListVector::GetEntry(vector);
    auto read = ReadJsonValue(cursor, *type.element(), options, child, element);
    if (read == JsonRead::kInvalid) return read;
    if (read == JsonRead::kMismatch) {
      // A struct keeps its good fields; anything else takes the array with it.
      result = read;
      if (!type.element()->Is(TypeKind::kStruct)) SetNullDeep(child, element);
    }
  }
  FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = entry;
  return result;
}

JsonRead ReadMap(JsonCursor& cursor, const plan::DataType& type, const JsonValueOptions& options,
                 Vector& vector, idx_t row) {
  if (!type.key()->IsString()) return SkipMismatch(cursor);
  duckdb::list_entry_t entry(duckdb::ListVector::GetListSize(vector), 0);
  if (!cursor.EnterObject()) return JsonRead::kInvalid;
  JsonRead result = JsonRead::kOk;
  std::string key;
  bool more = true;
  std::map<std::string, idx_t> seen;
  while (true) {
    if (!cursor.NextKey(&key, &more)) return JsonRead::kInvalid;
    if (!more) break;
    // Later values of a key win, as in a Java map.
    auto known = seen.find(key);
    const idx_t element = known != seen.end() ? known->second : Grow(vector, entry);
    auto& keys = duckdb::MapVector::GetKeys(vector);
    auto& values = duckdb::MapVector::GetValues(vector);
    seen[key] = element;
    PutText(keys, element, key);
    FlatVector::Validity(values).SetValid(element);
    auto read = ReadJsonValue(cursor, *type.value(), options, values, element);
    if (read == JsonRead::kInvalid) return read;
    if (read == JsonRead::kMismatch) {
      result = read;
      SetNullDeep(values, element);
    }
  }
  FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = entry;
  return result;
}

}  // namespace

void SetNullDeep(Vector& vector, idx_t row) {
  FlatVector::SetNull(vector, row, true);
  auto physical = vector.GetType().InternalType();
  if (physical == duckdb::PhysicalType::LIST) FlatVector::GetData<duckdb::list_entry_t>(vector)[row] = {0, 0};
  if (physical == duckdb::PhysicalType::STRUCT) {
    for (auto& child : duckdb::StructVector::GetEntries(vector)) SetNullDeep(*child, row);
  }
}

JsonRead ReadJsonValue(JsonCursor& cursor, const plan::DataType& type, const JsonValueOptions& options,
                       Vector& vector, idx_t row) {
  auto kind = cursor.Peek();
  if (kind == JsonKind::kNull) {
    if (!cursor.ReadWord("null")) return JsonRead::kInvalid;
    SetNullDeep(vector, row);
    return JsonRead::kOk;
  }
  if (type.IsString() && kind != JsonKind::kString) {
    if (options.rewrites_text) {
      std::string text;
      return CopyJsonValue(cursor, &text) ? PutText(vector, row, text) : JsonRead::kInvalid;
    }
    std::string_view raw;
    if (!cursor.Skip(&raw)) return JsonRead::kInvalid;
    return PutText(vector, row, raw);
  }
  switch (kind) {
    case JsonKind::kTrue:
    case JsonKind::kFalse: {
      if (!cursor.ReadWord(kind == JsonKind::kTrue ? "true" : "false")) return JsonRead::kInvalid;
      return type.Is(TypeKind::kBoolean) ? Put<bool>(vector, row, kind == JsonKind::kTrue)
                                         : JsonRead::kMismatch;
    }
    case JsonKind::kNumber: {
      std::string_view raw;
      bool is_integer = false;
      if (!cursor.ReadNumber(&raw, &is_integer)) return JsonRead::kInvalid;
      return PutNumber(type, raw, is_integer, vector, row);
    }
    case JsonKind::kString: {
      std::string text;
      if (!cursor.ReadString(&text)) return JsonRead::kInvalid;
      return PutString(type, text, options, vector, row);
    }
    case JsonKind::kObject:
      if (type.Is(TypeKind::kStruct)) return ReadStruct(cursor, type, options, vector, row);
      if (type.Is(TypeKind::kMap)) return ReadMap(cursor, type, options, vector, row);
      return SkipMismatch(cursor);
    case JsonKind::kArray:
      if (type.Is(TypeKind::kArray)) return ReadArray(cursor, type, options, vector, row);
      return SkipMismatch(cursor);
    default:
      return JsonRead::kInvalid;
  }
}

}  // namespace hearth::engine
