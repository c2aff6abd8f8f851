#include "engine/text/json_text.h"

#include <cmath>

#include "engine/decimal.h"
#include "engine/text/value_text.h"
#include "engine/values/variant.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::UnifiedVectorFormat;
using plan::DataType;
using plan::TypeKind;

bool IsNullAt(const NestedFormat& format, idx_t row) {
  return !format.unified.validity.RowIsValid(format.unified.sel->get_index(row));
}

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  out->push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\b':
        out->append("\\b");
        break;
      case '\f':
        out->append("\\f");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out->append("\\u00");
          out->push_back(kHex[static_cast<unsigned char>(c) >> 4]);
          out->push_back(kHex[static_cast<unsigned char>(c) & 15]);
        } else {
          out->push_back(c);
        }
    }
  }
  out->push_back('"');
}

void AppendBase64(std::string_view bytes, std::string* out) {
  static constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      out->push_back(i + k <= bytes.size() ? kAlphabet[group >> (18 - 6 * k) & 63] : '=');
    }
  }
}

namespace {

std::string_view TextAt(const NestedFormat& format, idx_t index) {
  const auto& text = UnifiedVectorFormat::GetData<duckdb::string_t>(format.unified)[index];
  return {text.GetData(), text.GetSize()};
}

template <typename Number>
void AppendFloating(Number value, std::string* out) {
  const bool quoted = !std::isfinite(value);
  if (quoted) out->push_back('"');
  if constexpr (std::is_same_v<Number, float>) {
    AppendFloat(value, out);
  } else {
    AppendDouble(value, out);
  }
  if (quoted) out->push_back('"');
}

void AppendObject(const DataType& type, const NestedFormat& format, idx_t index, const JsonStyle& style,
                  std::string* out) {
  out->push_back('{');
  bool first = true;
  for (size_t i = 0; i < type.fields().size(); ++i) {
    const auto& field = type.fields()[i];
    if (style.ignore_null_fields && (field.type->Is(TypeKind::kNull) || IsNullAt(format.children[i], index)))
      continue;
    if (!first) out->push_back(',');
    first = false;
    AppendJsonString(field.name, out);
    out->push_back(':');
    AppendJson(*field.type, format.children[i], index, style, out);
  }
  out->push_back('}');
}

// Keys are the text of the value, whatever its type.
// A value as Spark's own rows print it: days and microseconds as numbers, what is nested in brackets.
void AppendRaw(const DataType& type, const NestedFormat& format, idx_t row, const JsonStyle& style,
               std::string* out) {
  const idx_t index = format.unified.sel->get_index(row);
  if (type.Is(TypeKind::kNull) || !format.unified.validity.RowIsValid(index)) {
    out->append("null");
  } else if (type.IsString()) {
    out->append(TextAt(format, index));
  } else if (type.Is(TypeKind::kDate)) {
    AppendInteger(UnifiedVectorFormat::GetData<int32_t>(format.unified)[index], out);
  } else if (type.IsDateTime()) {
    AppendInteger(UnifiedVectorFormat::GetData<int64_t>(format.unified)[index], out);
  } else if (type.Is(TypeKind::kStruct)) {
    out->push_back('[');
    for (size_t i = 0; i < type.fields().size(); ++i) {
      if (i > 0) out->push_back(',');
      AppendRaw(*type.fields()[i].type, format.children[i], index, style, out);
    }
    out->push_back(']');
  } else if (type.Is(TypeKind::kArray)) {
    const auto entry = UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format.unified)[index];
    out->push_back('[');
    for (idx_t i = 0; i < entry.length; ++i) {
      if (i > 0) out->push_back(',');
      AppendRaw(*type.element(), format.children[0], entry.offset + i, style, out);
    }
    out->push_back(']');
  } else {
    AppendJson(type, format, row, style, out);
  }
}

void AppendKey(const DataType& type, const NestedFormat& format, idx_t row, const JsonStyle& style,
               std::string* out) {
  std::string text;
  const bool is_raw = type.Is(TypeKind::kStruct) || type.Is(TypeKind::kArray) || type.IsDateTime();
  is_raw ? AppendRaw(type, format, row, style, &text) : AppendJson(type, format, row, style, &text);
  if (!text.empty() && text[0] == '"') {
    out->append(text);
  } else {
    AppendJsonString(text, out);
  }
}

void AppendList(const DataType& type, const NestedFormat& format, idx_t index, const JsonStyle& style,
                std::string* out) {
  const bool is_map = type.Is(TypeKind::kMap);
  const auto entry = UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format.unified)[index];
  const NestedFormat& elements = format.children[0];
  out->push_back(is_map ? '{' : '[');
  for (idx_t i = 0; i < entry.length; ++i) {
    if (i > 0) out->push_back(',');
    const idx_t row = entry.offset + i;
    if (!is_map) {
      AppendJson(*type.element(), elements, row, style, out);
      continue;
    }
    const idx_t pair = elements.unified.sel->get_index(row);
    AppendKey(*type.key(), elements.children[0], pair, style, out);
    out->push_back(':');
    AppendJson(*type.value(), elements.children[1], pair, style, out);
  }
  out->push_back(is_map ? '}' : ']');
}

}  // namespace

void AppendJson(const DataType& type, const NestedFormat& format, idx_t row, const JsonStyle& style,
                std::string* out) {
  const idx_t index = format.unified.sel->get_index(row);
  const auto& unified = format.unified;
  if (type.Is(TypeKind::kNull) || !unified.validity.RowIsValid(index)) {
    out->append("null");
    return;
  }
  const auto quoted = [&](auto append) {
    out->push_back('"');
    append();
    out->push_back('"');
  };
  switch (type.kind()) {
    case TypeKind::kNull:
      return;
    case TypeKind::kBoolean:
      out->append(UnifiedVectorFormat::GetData<bool>(unified)[index] ? "true" : "false");
      return;
    case TypeKind::kByte:
      return AppendInteger(UnifiedVectorFormat::GetData<int8_t>(unified)[index], out);
    case TypeKind::kShort:
      return AppendInteger(UnifiedVectorFormat::GetData<int16_t>(unified)[index], out);
    case TypeKind::kInteger:
      return AppendInteger(UnifiedVectorFormat::GetData<int32_t>(unified)[index], out);
    case TypeKind::kLong:
      return AppendInteger(UnifiedVectorFormat::GetData<int64_t>(unified)[index], out);
    case TypeKind::kFloat:
      return AppendFloating(UnifiedVectorFormat::GetData<float>(unified)[index], out);
    case TypeKind::kDouble:
      return AppendFloating(UnifiedVectorFormat::GetData<double>(unified)[index], out);
    case TypeKind::kDecimal:
      WithDecimalStorage(type.precision(), [&](auto tag) {
        AppendDecimalJava(Widen(UnifiedVectorFormat::GetData<decltype(tag)>(unified)[index]), type.scale(),
                          out);
      });
      return;
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return AppendJsonString(TextAt(format, index), out);
    case TypeKind::kVariant:
      return AppendVariantJson(VariantView(SplitVariant(TextAt(format, index))), out);
    case TypeKind::kBinary:
      return quoted([&] { AppendBase64(TextAt(format, index), out); });
    case TypeKind::kDate:
      return quoted(
          [&] { style.times.AppendDay(UnifiedVectorFormat::GetData<int32_t>(unified)[index], out); });
    case TypeKind::kTimestamp:
      return quoted(
          [&] { style.times.AppendInstant(UnifiedVectorFormat::GetData<int64_t>(unified)[index], out); });
    case TypeKind::kTimestampNtz:
      return quoted(
          [&] { style.times.AppendLocal(UnifiedVectorFormat::GetData<int64_t>(unified)[index], out); });
    case TypeKind::kTime:
      return quoted([&] { AppendTime(UnifiedVectorFormat::GetData<int64_t>(unified)[index], out); });
    case TypeKind::kYearMonthInterval:
      return quoted([&] {
        AppendYearMonthInterval(UnifiedVectorFormat::GetData<int32_t>(unified)[index],
                                type.year_month_start(), type.year_month_end(), out);
      });
    case TypeKind::kDayTimeInterval:
      return quoted([&] {
        AppendDayTimeInterval(UnifiedVectorFormat::GetData<int64_t>(unified)[index], type.day_time_start(),
                              type.day_time_end(), out);
      });
    case TypeKind::kCalendarInterval: {
      const auto& interval = UnifiedVectorFormat::GetData<duckdb::interval_t>(unified)[index];
      return quoted([&] { AppendCalendarInterval(interval.months, interval.days, interval.micros, out); });
    }
    case TypeKind::kArray:
    case TypeKind::kMap:
      return AppendList(type, format, index, style, out);
    case TypeKind::kStruct:
      return AppendObject(type, format, index, style, out);
  }
}

}  // namespace hearth::engine
