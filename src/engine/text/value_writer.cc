#include "engine/text/value_writer.h"

#include "engine/decimal.h"
#include "engine/text/value_text.h"
#include "engine/values/variant.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::UnifiedVectorFormat;
using plan::DataType;
using plan::TypeKind;

ValueWriter::ValueWriter(const DataType& type, const TextStyle& style) : type_(type), style_(style) {}

void ValueWriter::AppendOrNull(const DataType& type, const Format& format, idx_t row,
                               std::string* out) const {
  if (format.unified.validity.RowIsValid(format.unified.sel->get_index(row))) {
    AppendValue(type, format, row, out);
  } else {
    out->append(style_.null_text);
  }
}

void ValueWriter::AppendNested(const DataType& type, const Format& format, idx_t index,
                               std::string* out) const {
  if (type.Is(TypeKind::kStruct)) {
    out->push_back('{');
    for (size_t i = 0; i < type.fields().size(); ++i) {
      if (i > 0) out->append(", ");
      AppendOrNull(*type.fields()[i].type, format.children[i], index, out);
    }
    out->push_back('}');
    return;
  }
  const bool is_map = type.Is(TypeKind::kMap);
  const auto entry = UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format.unified)[index];
  const Format& elements = format.children[0];
  out->push_back(is_map ? '{' : '[');
  for (idx_t i = 0; i < entry.length; ++i) {
    if (i > 0) out->append(", ");
    const idx_t row = entry.offset + i;
    if (!is_map) {
      AppendOrNull(*type.element(), elements, row, out);
      continue;
    }
    const idx_t pair = elements.unified.sel->get_index(row);
    AppendOrNull(*type.key(), elements.children[0], pair, out);
    out->append(" -> ");
    AppendOrNull(*type.value(), elements.children[1], pair, out);
  }
  out->push_back(is_map ? '}' : ']');
}

void ValueWriter::AppendValue(const DataType& type, const Format& format, idx_t row, std::string* out) const {
  const idx_t index = format.unified.sel->get_index(row);
  const auto& unified = format.unified;
  switch (type.kind()) {
    case TypeKind::kNull:
      out->append(style_.null_text);
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
      return AppendFloat(UnifiedVectorFormat::GetData<float>(unified)[index], out);
    case TypeKind::kDouble:
      return AppendDouble(UnifiedVectorFormat::GetData<double>(unified)[index], out);
    case TypeKind::kDecimal:
      WithDecimalStorage(type.precision(), [&](auto tag) {
        const Int128 unscaled = Widen(UnifiedVectorFormat::GetData<decltype(tag)>(unified)[index]);
        style_.plain_decimals ? AppendDecimal(unscaled, type.scale(), out)
                              : AppendDecimalJava(unscaled, type.scale(), out);
      });
      return;
    case TypeKind::kVariant: {
      const auto& blob = UnifiedVectorFormat::GetData<duckdb::string_t>(unified)[index];
      return AppendVariantJson(VariantView(SplitVariant({blob.GetData(), blob.GetSize()})), out);
    }
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kBinary: {
      const auto& text = UnifiedVectorFormat::GetData<duckdb::string_t>(unified)[index];
      out->append(text.GetData(), text.GetSize());
      return;
    }
    case TypeKind::kDate:
      return AppendDate(UnifiedVectorFormat::GetData<int32_t>(unified)[index], out);
    case TypeKind::kTimestamp:
      return AppendTimestamp(style_.zone.ToLocal(UnifiedVectorFormat::GetData<int64_t>(unified)[index]), out);
    case TypeKind::kTimestampNtz:
      return AppendTimestamp(UnifiedVectorFormat::GetData<int64_t>(unified)[index], out);
    case TypeKind::kTime:
      return AppendTime(UnifiedVectorFormat::GetData<int64_t>(unified)[index], out);
    case TypeKind::kYearMonthInterval:
      return AppendYearMonthInterval(UnifiedVectorFormat::GetData<int32_t>(unified)[index],
                                     type.year_month_start(), type.year_month_end(), out);
    case TypeKind::kDayTimeInterval:
      return AppendDayTimeInterval(UnifiedVectorFormat::GetData<int64_t>(unified)[index],
                                   type.day_time_start(), type.day_time_end(), out);
    case TypeKind::kCalendarInterval: {
      const auto& interval = UnifiedVectorFormat::GetData<duckdb::interval_t>(unified)[index];
      return AppendCalendarInterval(interval.months, interval.days, interval.micros, out);
    }
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kStruct:
      return AppendNested(type, format, index, out);
  }
}

}  // namespace hearth::engine
