#include "engine/result/batch_stream.h"

#include <algorithm>

#include "engine/errors.h"
#include "engine/result/column_encoder.h"
#include "engine/types.h"

namespace hearth::engine {

namespace {

// Rows taken in one step while the width of a row is unknown.
constexpr duckdb::idx_t kFirstStep = 128;

bool HasVariableWidth(const plan::DataType& type) {
  return type.IsString() || type.IsNested() || type.Is(plan::TypeKind::kBinary) ||
         type.Is(plan::TypeKind::kVariant);
}

}  // namespace

QueryBatchStream::QueryBatchStream(std::unique_ptr<Query> query, plan::TypePtr schema,
                                   const plan::ExecutionOptions& options)
    : query_(std::move(query)),
      schema_(std::move(schema)),
      options_(options),
      columns_(schema_->fields().size()) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    PrepareColumn(*schema_->fields()[i].type, &columns_[i]);
    variable_width_ = variable_width_ || HasVariableWidth(*schema_->fields()[i].type);
  }
}

base::Result<std::unique_ptr<QueryBatchStream>> QueryBatchStream::Make(
    std::unique_ptr<Query> query, plan::TypePtr schema, const plan::ExecutionOptions& options) {
  const auto& fields = schema->fields();
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto expected = ToDuckDB(*fields[i].type);
    if (query->types()[i] != expected) {
      return base::InternalError("column " + fields[i].name + " is computed as " +
                                 query->types()[i].ToString() + " instead of " + expected.ToString());
    }
  }
  std::unique_ptr<QueryBatchStream> stream(
      new QueryBatchStream(std::move(query), std::move(schema), options));
  HEARTH_ASSIGN(stream->writer_,
                IpcWriter::Make(stream->schema_, options.time_zone, options.large_var_types));
  return stream;
}

size_t QueryBatchStream::ByteSize() const {
  size_t total = 0;
  for (const auto& column : columns_) total += column.ByteSize();
  return total;
}

// How many rows of the chunk go into the batch next: no more than the limits leave, and few while rows may be
// huge.
duckdb::idx_t QueryBatchStream::RowsToTake() const {
  duckdb::idx_t rows = chunk_->size() - taken_;
  if (options_.batch_rows > 0)
    rows = std::min<duckdb::idx_t>(rows, static_cast<duckdb::idx_t>(options_.batch_rows - rows_));
  if (!variable_width_) return rows;
  if (bytes_per_row_ == 0) return std::min(rows, kFirstStep);
  const double room =
      std::max(0.0, static_cast<double>(options_.batch_bytes) - static_cast<double>(ByteSize()));
  const auto fitting = static_cast<duckdb::idx_t>(room / bytes_per_row_);
  return std::min(rows, std::max<duckdb::idx_t>(fitting, 1));
}

void QueryBatchStream::Take(duckdb::idx_t rows) {
  const auto& fields = schema_->fields();
  for (size_t i = 0; i < columns_.size(); ++i) {
    AppendColumn(*fields[i].type, chunk_->data[i], chunk_->size(), taken_, rows, options_.large_var_types,
                 &columns_[i]);
  }
  taken_ += rows;
  rows_ += static_cast<int64_t>(rows);
}

base::Status QueryBatchStream::Fill() {
  while (!done_) {
    if (!chunk_ || taken_ == chunk_->size()) {
      HEARTH_ASSIGN(chunk_, query_->Fetch());
      taken_ = 0;
      if (!chunk_) {
        done_ = true;
        break;
      }
    }
    while (taken_ < chunk_->size()) {
      Take(RowsToTake());
      const size_t bytes = ByteSize();
      bytes_per_row_ = std::max(1.0, static_cast<double>(bytes) / static_cast<double>(rows_));
      if (options_.batch_rows > 0 && rows_ >= options_.batch_rows) return {};
      if (options_.batch_bytes > 0 && bytes >= static_cast<size_t>(options_.batch_bytes)) return {};
    }
  }
  return {};
}

base::Result<std::optional<plan::ResultBatch>> QueryBatchStream::Next() {
  HEARTH_RETURN_IF_ERROR(Guarded([&]() -> base::Status { return Fill(); }));
  if (rows_ == 0 && sent_any_) return std::optional<plan::ResultBatch>();
  plan::ResultBatch batch;
  batch.row_count = rows_;
  HEARTH_ASSIGN(batch.ipc_stream, writer_->Write(columns_, rows_));
  for (auto& column : columns_) column.Clear();
  rows_ = 0;
  sent_any_ = true;
  return std::optional<plan::ResultBatch>(std::move(batch));
}

base::Result<plan::ResultBatch> TextBatch(const plan::TypePtr& schema,
                                          const std::vector<std::vector<std::string>>& rows,
                                          const plan::ExecutionOptions& options) {
  std::vector<ColumnBuffers> columns(schema->fields().size());
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto add_offset = [&](size_t offset) {
      if (options.large_var_types) {
        const auto value = static_cast<int64_t>(offset);
        columns[i].offsets.Append(&value, sizeof(value));
      } else {
        const auto value = static_cast<int32_t>(offset);
        columns[i].offsets.Append(&value, sizeof(value));
      }
    };
    add_offset(0);
    for (const auto& row : rows) {
      columns[i].data.Append(row[i].data(), row[i].size());
      add_offset(columns[i].data.size());
    }
    columns[i].length = static_cast<int64_t>(rows.size());
  }
  HEARTH_ASSIGN(auto writer, IpcWriter::Make(schema, options.time_zone, options.large_var_types));
  plan::ResultBatch batch;
  batch.row_count = static_cast<int64_t>(rows.size());
  HEARTH_ASSIGN(batch.ipc_stream, writer->Write(columns, batch.row_count));
  return batch;
}

}  // namespace hearth::engine
