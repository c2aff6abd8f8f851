// Byte strings that compare (by memcmp) as Spark orders values: null first at every depth, NaN last, -0.0 as
// 0.0. Equal values have equal keys.
#pragma once

#include <duckdb.hpp>
#include <string>

namespace hearth::engine {

class OrderKeys {
 public:
  // `vector` must stay as it is; rows 0 … count - 1 may be asked for.
  OrderKeys(duckdb::Vector& vector, duckdb::idx_t count);

  bool IsNull(duckdb::idx_t row) const {
    return !format_.unified.validity.RowIsValid(format_.unified.sel->get_index(row));
  }
  void Append(duckdb::idx_t row, std::string* out) const { AppendValue(format_, row, out); }

 private:
  using Format = duckdb::RecursiveUnifiedVectorFormat;
  static void AppendValue(const Format& format, duckdb::idx_t row, std::string* out);
  static void AppendPlain(const Format& format, duckdb::idx_t index, std::string* out);
  static void AppendList(const Format& format, duckdb::idx_t index, std::string* out);

  Format format_;
};

}  // namespace hearth::engine
