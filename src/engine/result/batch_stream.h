// Query results as Arrow batches, pulled.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <vector>

#include "engine/result/column_buffers.h"
#include "engine/result/ipc_writer.h"
#include "engine/result/query.h"
#include "plan/executor.h"

namespace hearth::engine {

// Cuts the rows of a query into batches of at most options.batch_rows rows and about options.batch_bytes
// bytes.
class QueryBatchStream : public plan::BatchStream {
 public:
  // kInternal when DuckDB's types are not those of the schema: the lowering has a mistake.
  static base::Result<std::unique_ptr<QueryBatchStream>> Make(std::unique_ptr<Query> query,
                                                              plan::TypePtr schema,
                                                              const plan::ExecutionOptions& options);

  const plan::TypePtr& schema() const override { return schema_; }
  base::Result<std::optional<plan::ResultBatch>> Next() override;

 private:
  QueryBatchStream(std::unique_ptr<Query> query, plan::TypePtr schema, const plan::ExecutionOptions& options);
  base::Status Fill();
  void Take(duckdb::idx_t rows);
  duckdb::idx_t RowsToTake() const;
  size_t ByteSize() const;

  std::unique_ptr<Query> query_;
  plan::TypePtr schema_;
  plan::ExecutionOptions options_;
  std::unique_ptr<IpcWriter> writer_;
  std::vector<ColumnBuffers> columns_;
  int64_t rows_ = 0;  // in columns_
  duckdb::unique_ptr<duckdb::DataChunk> chunk_;
  duckdb::idx_t taken_ = 0;  // rows of chunk_ that are in columns_ or were sent
  bool variable_width_ = false;
  double bytes_per_row_ = 0;
  bool done_ = false;
  bool sent_any_ = false;
};

// One batch that was made at once.
class SingleBatchStream : public plan::BatchStream {
 public:
  SingleBatchStream(plan::TypePtr schema, plan::ResultBatch batch)
      : schema_(std::move(schema)), batch_(std::move(batch)) {}
  const plan::TypePtr& schema() const override { return schema_; }
  base::Result<std::optional<plan::ResultBatch>> Next() override {
    auto batch = std::move(batch_);
    batch_.reset();
    return batch;
  }

 private:
  plan::TypePtr schema_;
  std::optional<plan::ResultBatch> batch_;
};

// A batch of text columns, given row by row.
base::Result<plan::ResultBatch> TextBatch(const plan::TypePtr& schema,
                                          const std::vector<std::vector<std::string>>& rows,
                                          const plan::ExecutionOptions& options);

}  // namespace hearth::engine
