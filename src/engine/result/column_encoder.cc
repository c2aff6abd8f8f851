#include "engine/result/column_encoder.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/decimal.h"
#include "engine/errors.h"
#include "engine/values/variant.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;
using plan::DataType;
using plan::TypeKind;

namespace {

// Which rows of a vector to append: a run, or a list of positions.
struct Rows {
  idx_t offset = 0;
  idx_t count = 0;
  const duckdb::SelectionVector* positions = nullptr;

  idx_t At(idx_t i) const { return positions ? positions->get_index(i) : offset + i; }
};

void AppendRows(const DataType& type, Vector& vector, idx_t vector_size, const Rows& rows, bool large,
                ColumnBuffers* column);

// Makes room for `count` more bits and returns whether the last byte was shared.
void ExtendBits(ByteBuffer* bits, int64_t old_length, idx_t count) {
  const size_t needed = (static_cast<size_t>(old_length) + count + 7) / 8;
  if (needed > bits->size()) {
    const size_t added = needed - bits->size();
    std::memset(bits->Extend(added), 0, added);
  }
}

void AppendValidity(const UnifiedVectorFormat& format, const Rows& rows, ColumnBuffers* column) {
  const int64_t start = column->length;
  ExtendBits(&column->validity, start, rows.count);
  uint8_t* bits = column->validity.data();
  if (format.validity.AllValid()) {
    for (idx_t i = 0; i < rows.count; ++i) {
      const int64_t bit = start + static_cast<int64_t>(i);
      if ((bit & 7) == 0 && i + 8 <= rows.count) {
        bits[bit >> 3] = 0xFF;
        i += 7;
      } else {
        bits[bit >> 3] |= static_cast<uint8_t>(1U << (bit & 7));
      }
    }
    return;
  }
  for (idx_t i = 0; i < rows.count; ++i) {
    const int64_t bit = start + static_cast<int64_t>(i);
    if (format.validity.RowIsValid(format.sel->get_index(rows.At(i)))) {
      bits[bit >> 3] |= static_cast<uint8_t>(1U << (bit & 7));
    } else {
      ++column->null_count;
    }
  }
}

// Appends values of physical type From as To, with `convert` between; null rows get whatever stands there.
template <typename From, typename To, typename Convert>
void AppendFixed(Vector& vector, const UnifiedVectorFormat& format, const Rows& rows, ColumnBuffers* column,
                 Convert convert) {
  if (rows.count == 0) return;
  auto* target = reinterpret_cast<To*>(column->data.Extend(rows.count * sizeof(To)));
  const auto* source = UnifiedVectorFormat::GetData<From>(format);
  if constexpr (std::is_same_v<From, To>) {
    if (!rows.positions && vector.GetVectorType() == duckdb::VectorType::FLAT_VECTOR) {
      std::memcpy(target, source + rows.offset, rows.count * sizeof(To));
      return;
    }
  }
  for (idx_t i = 0; i < rows.count; ++i) {
    const To value = convert(source[format.sel->get_index(rows.At(i))]);
    std::memcpy(target + i, &value, sizeof(To));
  }
}

template <typename T>
void AppendPlain(Vector& vector, const UnifiedVectorFormat& format, const Rows& rows, ColumnBuffers* column) {
  AppendFixed<T, T>(vector, format, rows, column, [](T value) { return value; });
}

void AppendBooleans(const UnifiedVectorFormat& format, const Rows& rows, ColumnBuffers* column) {
  ExtendBits(&column->data, column->length, rows.count);
  const auto* source = UnifiedVectorFormat::GetData<bool>(format);
  uint8_t* bits = column->data.data();
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t index = format.sel->get_index(rows.At(i));
    if (!format.validity.RowIsValid(index) || !source[index]) continue;
    const int64_t bit = column->length + static_cast<int64_t>(i);
    bits[bit >> 3] |= static_cast<uint8_t>(1U << (bit & 7));
  }
}

// Arrow's offsets start with one zero that no row owns.
template <typename Offset>
Offset* ExtendOffsets(ColumnBuffers* column, idx_t count) {
  if (column->offsets.size() == 0) {
    const Offset zero = 0;
    column->offsets.Append(&zero, sizeof(zero));
  }
  return reinterpret_cast<Offset*>(column->offsets.Extend(count * sizeof(Offset)));
}

template <typename Offset>
void CheckOffset(uint64_t end) {
  if (end > static_cast<uint64_t>(std::numeric_limits<Offset>::max())) {
    ThrowSpark(base::ErrorKind::kResourceExhausted, "INTERNAL_ERROR",
               "A batch holds more than 2 GiB in one column; set spark.sql.execution.arrow.useLargeVarTypes "
               "to true.");
  }
}

template <typename Offset>
void AppendStrings(const UnifiedVectorFormat& format, const Rows& rows, ColumnBuffers* column) {
  const auto* source = UnifiedVectorFormat::GetData<duckdb::string_t>(format);
  auto* offsets = ExtendOffsets<Offset>(column, rows.count);
  uint64_t total = column->data.size();
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t index = format.sel->get_index(rows.At(i));
    if (format.validity.RowIsValid(index)) total += source[index].GetSize();
    CheckOffset<Offset>(total);
    offsets[i] = static_cast<Offset>(total);
  }
  uint8_t* target = column->data.Extend(total - column->data.size());
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t index = format.sel->get_index(rows.At(i));
    if (!format.validity.RowIsValid(index)) continue;
    const size_t size = source[index].GetSize();
    target = std::copy_n(source[index].GetData(), size, target);
  }
}

void AppendList(const DataType& type, Vector& vector, const UnifiedVectorFormat& format, const Rows& rows,
                bool large, ColumnBuffers* column) {
  const auto* entries = UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format);
  auto* offsets = ExtendOffsets<int32_t>(column, rows.count);
  ColumnBuffers& child = column->children[0];
  uint64_t end = static_cast<uint64_t>(child.length);
  idx_t total = 0;
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t index = format.sel->get_index(rows.At(i));
    if (format.validity.RowIsValid(index)) total += entries[index].length;
    CheckOffset<int32_t>(end + total);
    offsets[i] = static_cast<int32_t>(end + total);
  }
  duckdb::SelectionVector positions(std::max<idx_t>(total, 1));
  idx_t used = 0;
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t index = format.sel->get_index(rows.At(i));
    if (!format.validity.RowIsValid(index)) continue;
    for (idx_t k = 0; k < entries[index].length; ++k) positions.set_index(used++, entries[index].offset + k);
  }
  auto& elements = duckdb::ListVector::GetEntry(vector);
  const idx_t element_count = duckdb::ListVector::GetListSize(vector);
  const Rows child_rows{0, total, &positions};
  if (type.Is(TypeKind::kArray)) {
    AppendRows(*type.element(), elements, element_count, child_rows, large, &child);
    return;
  }
  // The entries struct of a map: no null rows.
  elements.Flatten(element_count);
  auto& pair = duckdb::StructVector::GetEntries(elements);
  AppendRows(*type.key(), *pair[0], element_count, child_rows, large, &child.children[0]);
  AppendRows(*type.value(), *pair[1], element_count, child_rows, large, &child.children[1]);
  child.length += static_cast<int64_t>(total);
}

void AppendStruct(const DataType& type, Vector& vector, idx_t vector_size, const Rows& rows, bool large,
                  ColumnBuffers* column) {
  auto& fields = duckdb::StructVector::GetEntries(vector);
  for (size_t i = 0; i < type.fields().size(); ++i) {
    AppendRows(*type.fields()[i].type, *fields[i], vector_size, rows, large, &column->children[i]);
  }
}

// A variant goes to clients as a struct of its value and its metadata.
void AppendVariants(const UnifiedVectorFormat& format, const Rows& rows, bool large, ColumnBuffers* column) {
  const auto* source = UnifiedVectorFormat::GetData<duckdb::string_t>(format);
  Vector parts[2] = {Vector(duckdb::LogicalType::BLOB, std::max<idx_t>(rows.count, 1)),
                     Vector(duckdb::LogicalType::BLOB, std::max<idx_t>(rows.count, 1))};
  auto* values = duckdb::FlatVector::GetData<duckdb::string_t>(parts[0]);
  auto* metadata = duckdb::FlatVector::GetData<duckdb::string_t>(parts[1]);
  const auto text = [](std::string_view bytes) {
    return duckdb::string_t(bytes.data(), static_cast<uint32_t>(bytes.size()));
  };
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t index = format.sel->get_index(rows.At(i));
    values[i] = metadata[i] = text("");
    if (!format.validity.RowIsValid(index)) continue;
    const auto variant = SplitVariant({source[index].GetData(), source[index].GetSize()});
    values[i] = text(variant.value);
    metadata[i] = text(variant.metadata);
  }
  for (size_t i = 0; i < 2; ++i) {
    AppendRows(*DataType::Binary(), parts[i], rows.count, Rows{0, rows.count, nullptr}, large,
               &column->children[i]);
  }
}

void AppendDecimals(const DataType& type, Vector& vector, const UnifiedVectorFormat& format, const Rows& rows,
                    ColumnBuffers* column) {
  WithDecimalStorage(type.precision(), [&](auto tag) {
    using Storage = decltype(tag);
    AppendFixed<Storage, Int128>(vector, format, rows, column, [](Storage value) { return Widen(value); });
  });
}

// Months, days and nanoseconds, as Arrow lays them out.
struct MonthDayNano {
  int32_t months;
  int32_t days;
  int64_t nanoseconds;
};

void AppendIntervals(const UnifiedVectorFormat& format, const Rows& rows, ColumnBuffers* column) {
  const auto* source = UnifiedVectorFormat::GetData<duckdb::interval_t>(format);
  for (idx_t i = 0; i < rows.count; ++i) {
    const idx_t index = format.sel->get_index(rows.At(i));
    MonthDayNano value{};
    if (format.validity.RowIsValid(index)) {
      value = {source[index].months, source[index].days, 0};
      if (__builtin_mul_overflow(source[index].micros, int64_t{1000}, &value.nanoseconds)) {
        ThrowSpark(base::ErrorKind::kArithmetic, "ARITHMETIC_OVERFLOW",
                   "An interval's time has more nanoseconds than an Arrow interval holds.");
      }
    }
    std::memcpy(column->data.Extend(sizeof(value)), &value, sizeof(value));
  }
}

void AppendValues(const DataType& type, Vector& vector, idx_t vector_size, const UnifiedVectorFormat& format,
                  const Rows& rows, bool large, ColumnBuffers* column) {
  switch (type.kind()) {
    case TypeKind::kNull:
      return;
    case TypeKind::kBoolean:
      return AppendBooleans(format, rows, column);
    case TypeKind::kByte:
      return AppendPlain<int8_t>(vector, format, rows, column);
    case TypeKind::kShort:
      return AppendPlain<int16_t>(vector, format, rows, column);
    case TypeKind::kInteger:
    case TypeKind::kDate:
    case TypeKind::kYearMonthInterval:
      return AppendPlain<int32_t>(vector, format, rows, column);
    case TypeKind::kLong:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampNtz:
    case TypeKind::kDayTimeInterval:
      return AppendPlain<int64_t>(vector, format, rows, column);
    case TypeKind::kFloat:
      return AppendPlain<float>(vector, format, rows, column);
    case TypeKind::kDouble:
      return AppendPlain<double>(vector, format, rows, column);
    case TypeKind::kDecimal:
      return AppendDecimals(type, vector, format, rows, column);
    case TypeKind::kTime:
      return AppendFixed<duckdb::dtime_t, int64_t>(vector, format, rows, column, [](duckdb::dtime_t value) {
        // A null row may hold anything.
        return static_cast<int64_t>(static_cast<uint64_t>(value.micros) * 1000);
      });
    case TypeKind::kCalendarInterval:
      return AppendIntervals(format, rows, column);
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
    case TypeKind::kBinary:
      return large ? AppendStrings<int64_t>(format, rows, column)
                   : AppendStrings<int32_t>(format, rows, column);
    case TypeKind::kVariant:
      return AppendVariants(format, rows, large, column);
    case TypeKind::kArray:
    case TypeKind::kMap:
      return AppendList(type, vector, format, rows, large, column);
    case TypeKind::kStruct:
      return AppendStruct(type, vector, vector_size, rows, large, column);
  }
}

void AppendRows(const DataType& type, Vector& vector, idx_t vector_size, const Rows& rows, bool large,
                ColumnBuffers* column) {
  if (type.IsNested()) vector.Flatten(vector_size);
  UnifiedVectorFormat format;
  vector.ToUnifiedFormat(vector_size, format);
  AppendValues(type, vector, vector_size, format, rows, large, column);
  AppendValidity(format, rows, column);
  column->length += static_cast<int64_t>(rows.count);
}

}  // namespace

void PrepareColumn(const DataType& type, ColumnBuffers* column) {
  column->children.clear();
  if (type.Is(TypeKind::kArray)) {
    PrepareColumn(*type.element(), &column->children.emplace_back());
  } else if (type.Is(TypeKind::kMap)) {
    auto& entries = column->children.emplace_back();
    entries.children.resize(2);
    PrepareColumn(*type.key(), &entries.children[0]);
    PrepareColumn(*type.value(), &entries.children[1]);
  } else if (type.Is(TypeKind::kVariant)) {
    column->children.resize(2);
  } else if (type.Is(TypeKind::kStruct)) {
    column->children.resize(type.fields().size());
    for (size_t i = 0; i < type.fields().size(); ++i)
      PrepareColumn(*type.fields()[i].type, &column->children[i]);
  }
}

void AppendColumn(const DataType& type, Vector& vector, idx_t vector_size, idx_t offset, idx_t count,
                  bool large, ColumnBuffers* column) {
  AppendRows(type, vector, vector_size, Rows{offset, count, nullptr}, large, column);
}

}  // namespace hearth::engine
