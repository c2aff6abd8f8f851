// A numeric column of any type, read value by value.
#pragma once

#include <duckdb.hpp>
#include <string>
#include <variant>

#include "engine/decimal.h"
#include "engine/functions/row_kernels.h"

namespace hearth::engine {

// An unscaled decimal with its scale.
struct DecimalNumber {
  Int128 unscaled;
  int scale;
};
using AnyNumber = std::variant<int64_t, float, double, DecimalNumber>;

class NumberReader {
 public:
  NumberReader(duckdb::Vector& vector, duckdb::idx_t count) : type_(vector.GetType()) {
    vector.ToUnifiedFormat(count, format_);
  }
  bool IsNull(duckdb::idx_t row) const { return !format_.validity.RowIsValid(format_.sel->get_index(row)); }
  AnyNumber operator[](duckdb::idx_t row) const {
    const auto index = format_.sel->get_index(row);
    switch (type_.InternalType()) {
      case duckdb::PhysicalType::FLOAT:
        return At<float>(index);
      case duckdb::PhysicalType::DOUBLE:
        return At<double>(index);
      case duckdb::PhysicalType::INT8:
        return Whole<int8_t>(index);
      case duckdb::PhysicalType::INT16:
        return Whole<int16_t>(index);
      case duckdb::PhysicalType::INT32:
        return Whole<int32_t>(index);
      case duckdb::PhysicalType::INT64:
        return Whole<int64_t>(index);
      case duckdb::PhysicalType::INT128:
        return Whole<duckdb::hugeint_t>(index);
      default:
        throw duckdb::InternalException("NumberReader of a column that is no number");
    }
  }

 private:
  template <typename T>
  T At(duckdb::idx_t index) const {
    return duckdb::UnifiedVectorFormat::GetData<T>(format_)[index];
  }
  template <typename T>
  AnyNumber Whole(duckdb::idx_t index) const {
    const Int128 value = Widen(At<T>(index));
    if (type_.id() == duckdb::LogicalTypeId::DECIMAL) {
      return DecimalNumber{value, duckdb::DecimalType::GetScale(type_)};
    }
    return static_cast<int64_t>(value);
  }
  static Int128 Widen(int8_t value) { return value; }
  static Int128 Widen(int16_t value) { return value; }
  static Int128 Widen(int32_t value) { return value; }
  static Int128 Widen(int64_t value) { return value; }
  static Int128 Widen(duckdb::hugeint_t value) { return ToInt128(value); }

  duckdb::LogicalType type_;
  duckdb::UnifiedVectorFormat format_;
};

}  // namespace hearth::engine
