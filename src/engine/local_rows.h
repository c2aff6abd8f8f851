// Rows that a client sent as an Arrow IPC stream, readable as a DuckDB table without a copy.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace hearth::engine {

class LocalRowsInput {
 public:
  // kRuntime when the bytes are no Arrow stream.
  static base::Result<std::shared_ptr<LocalRowsInput>> Open(std::shared_ptr<const std::string> ipc);

  int column_count() const;
  int64_t row_count() const;
  // Fills an ArrowSchema or an ArrowArrayStream of the C data interface. The stream shares the bytes.
  void ExportSchema(void* schema) const;
  void ExportStream(void* stream) const;

 private:
  LocalRowsInput() = default;

  std::shared_ptr<const std::string> ipc_;
  std::shared_ptr<arrow::Schema> schema_;
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches_;
};

// The addresses of the two callbacks that DuckDB's arrow_scan takes beside a LocalRowsInput.
const void* LocalRowsProducer();
const void* LocalRowsSchemaGetter();

}  // namespace hearth::engine
