// Whole rows of any type as Spark's text: [1, null], {a -> 1}, {1, x}.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/time_zone.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

struct TextStyle {
  TimeZone zone;
  bool plain_decimals = true;      // false: BigDecimal.toString, with an exponent for small values
  std::string null_text = "null";  // inside arrays, maps and structs
};

// Reads one vector. Bound to it until the next Bind; one thread.
class ValueWriter {
 public:
  ValueWriter(const plan::DataType& type, const TextStyle& style);

  // Looks at `count` rows of a vector of type ToDuckDB(type).
  void Bind(duckdb::Vector& vector, duckdb::idx_t count) {
    format_ = duckdb::RecursiveUnifiedVectorFormat();
    duckdb::Vector::RecursiveToUnifiedFormat(vector, count, format_);
  }
  bool IsNull(duckdb::idx_t row) const {
    return !format_.unified.validity.RowIsValid(format_.unified.sel->get_index(row));
  }
  // The value must not be null.
  void Append(duckdb::idx_t row, std::string* out) const { AppendValue(type_, format_, row, out); }

 private:
  using Format = duckdb::RecursiveUnifiedVectorFormat;
  void AppendValue(const plan::DataType& type, const Format& format, duckdb::idx_t row,
                   std::string* out) const;
  void AppendOrNull(const plan::DataType& type, const Format& format, duckdb::idx_t row,
                    std::string* out) const;
  void AppendNested(const plan::DataType& type, const Format& format, duckdb::idx_t index,
                    std::string* out) const;

  const plan::DataType& type_;  // outlives the writer
  TextStyle style_;
  Format format_;
};

}  // namespace hearth::engine
