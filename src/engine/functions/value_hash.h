// Spark's hash of a value of any type, folded into a running hash.
#pragma once

#include <cmath>
#include <duckdb.hpp>

#include "duckdb/common/types/vector.hpp"
#include "engine/decimal.h"

namespace hearth::engine {

namespace value_hash_detail {

using duckdb::idx_t;
using duckdb::LogicalTypeId;
using duckdb::RecursiveUnifiedVectorFormat;
using duckdb::UnifiedVectorFormat;

// A wide decimal is hashed by its two's complement bytes, highest first, as few as hold it.
template <typename Algorithm>
typename Algorithm::Hash OfWideDecimal(Int128 value, typename Algorithm::Hash seed) {
  char bytes[16];
  for (int i = 0; i < 16; ++i)
    bytes[15 - i] = static_cast<char>(static_cast<unsigned __int128>(value) >> (8 * i));
  int start = 0;
  const char fill = value < 0 ? '\xff' : '\0';
  while (start < 15 && bytes[start] == fill && ((bytes[start + 1] ^ fill) & '\x80') == 0) ++start;
  return Algorithm::OfBytes(bytes + start, 16 - start, seed);
}

template <typename Algorithm>
typename Algorithm::Hash OfFloat(float value, typename Algorithm::Hash seed) {
  if (value == 0) return Algorithm::OfInt(0, seed);
  return Algorithm::OfInt(std::isnan(value) ? 0x7fc00000 : std::bit_cast<int32_t>(value), seed);
}

template <typename Algorithm>
typename Algorithm::Hash OfDouble(double value, typename Algorithm::Hash seed) {
  if (value == 0) return Algorithm::OfLong(0, seed);
  return Algorithm::OfLong(std::isnan(value) ? 0x7ff8000000000000LL : std::bit_cast<int64_t>(value), seed);
}

template <typename T>
const T& At(const RecursiveUnifiedVectorFormat& format, idx_t row) {
  return UnifiedVectorFormat::GetData<T>(format.unified)[row];
}

template <typename Algorithm>
typename Algorithm::Hash OfDecimal(const RecursiveUnifiedVectorFormat& format, idx_t row,
                                   typename Algorithm::Hash seed) {
  const auto width = duckdb::DecimalType::GetWidth(format.logical_type);
  return WithDecimalStorage(width, [&](auto storage) {
    const Int128 value = Widen(At<decltype(storage)>(format, row));
    return width <= 18 ? Algorithm::OfLong(static_cast<int64_t>(value), seed)
                       : OfWideDecimal<Algorithm>(value, seed);
  });
}

template <typename Algorithm>
typename Algorithm::Hash OfRow(const RecursiveUnifiedVectorFormat& format, idx_t position,
                               typename Algorithm::Hash seed);

template <typename Algorithm>
typename Algorithm::Hash OfNested(const RecursiveUnifiedVectorFormat& format, idx_t row,
                                  typename Algorithm::Hash seed) {
  if (format.logical_type.id() == LogicalTypeId::STRUCT) {
    for (const auto& child : format.children) seed = OfRow<Algorithm>(child, row, seed);
    return seed;
  }
  const auto list = At<duckdb::list_entry_t>(format, row);
  for (idx_t i = 0; i < list.length; ++i) seed = OfRow<Algorithm>(format.children[0], list.offset + i, seed);
  return seed;
}

// A null leaves the hash as it is.
template <typename Algorithm>
typename Algorithm::Hash OfRow(const RecursiveUnifiedVectorFormat& format, idx_t position,
                               typename Algorithm::Hash seed) {
  const auto row = format.unified.sel->get_index(position);
  if (!format.unified.validity.RowIsValid(row)) return seed;
  switch (format.logical_type.id()) {
    case LogicalTypeId::BOOLEAN:
      return Algorithm::OfInt(At<bool>(format, row) ? 1 : 0, seed);
    case LogicalTypeId::TINYINT:
      return Algorithm::OfInt(At<int8_t>(format, row), seed);
    case LogicalTypeId::SMALLINT:
      return Algorithm::OfInt(At<int16_t>(format, row), seed);
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::DATE:
      return Algorithm::OfInt(At<int32_t>(format, row), seed);
    case LogicalTypeId::BIGINT:
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_TZ:
      return Algorithm::OfLong(At<int64_t>(format, row), seed);
    case LogicalTypeId::TIME:
      return Algorithm::OfLong(At<int64_t>(format, row) * 1000, seed);
    case LogicalTypeId::FLOAT:
      return OfFloat<Algorithm>(At<float>(format, row), seed);
    case LogicalTypeId::DOUBLE:
      return OfDouble<Algorithm>(At<double>(format, row), seed);
    case LogicalTypeId::DECIMAL:
      return OfDecimal<Algorithm>(format, row, seed);
    case LogicalTypeId::INTERVAL: {
      const auto& interval = At<duckdb::interval_t>(format, row);
      seed = Algorithm::OfLong(interval.micros, seed);
      return Algorithm::OfInt(interval.months, Algorithm::OfInt(interval.days, seed));
    }
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::BLOB: {
      const auto& text = At<duckdb::string_t>(format, row);
      return Algorithm::OfBytes(text.GetData(), text.GetSize(), seed);
    }
    case LogicalTypeId::STRUCT:
    case LogicalTypeId::LIST:
      return OfNested<Algorithm>(format, row, seed);
    default:
      throw duckdb::InternalException("no hash for type " + format.logical_type.ToString());
  }
}

}  // namespace value_hash_detail

// Folds `column`, row by row, into hashes[0 … count).
template <typename Algorithm>
void FoldHash(duckdb::Vector& column, duckdb::idx_t count, typename Algorithm::Hash* hashes) {
  duckdb::RecursiveUnifiedVectorFormat format;
  duckdb::Vector::RecursiveToUnifiedFormat(column, count, format);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    hashes[row] = value_hash_detail::OfRow<Algorithm>(format, row, hashes[row]);
  }
}

}  // namespace hearth::engine
