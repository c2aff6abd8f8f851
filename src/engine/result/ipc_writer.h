// Arrow IPC streams with the schema that Spark gives a result. The only place that knows which Arrow type a
// Spark type has (org.apache.spark.sql.util.ArrowUtils).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/result/column_buffers.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

class IpcWriter {
 public:
  // `schema` is a struct type; `time_zone` goes into timestamp columns; `large` chooses 64-bit offsets for
  // text and binary.
  static base::Result<std::unique_ptr<IpcWriter>> Make(const plan::TypePtr& schema,
                                                       const std::string& time_zone, bool large);
  ~IpcWriter();

  // One whole stream: schema, this batch, end. The columns are read, not kept.
  base::Result<std::string> Write(const std::vector<ColumnBuffers>& columns, int64_t rows);

 private:
  struct State;
  explicit IpcWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hearth::engine
