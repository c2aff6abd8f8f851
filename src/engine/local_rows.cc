#include "engine/local_rows.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/c/bridge.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>

namespace hearth::engine {

namespace {

base::Error FromArrow(const arrow::Status& status) {
  return base::MakeError(base::ErrorKind::kRuntime, "INTERNAL_ERROR",
                         "The local rows are no Arrow stream: " + status.ToString());
}

// Interval types go as the integers that carry them: DuckDB has other types for them.
std::shared_ptr<arrow::DataType> AsCarried(const std::shared_ptr<arrow::DataType>& type);

std::shared_ptr<arrow::Field> AsCarried(const std::shared_ptr<arrow::Field>& field) {
  return field->WithType(AsCarried(field->type()));
}

std::shared_ptr<arrow::DataType> AsCarried(const std::shared_ptr<arrow::DataType>& type) {
  switch (type->id()) {
    case arrow::Type::DURATION:
      return arrow::int64();
    case arrow::Type::INTERVAL_MONTHS:
      return arrow::int32();
    case arrow::Type::LIST:
      return arrow::list(AsCarried(type->field(0)));
    case arrow::Type::LARGE_LIST:
      return arrow::large_list(AsCarried(type->field(0)));
    case arrow::Type::MAP:
      return std::make_shared<arrow::MapType>(AsCarried(type->field(0)));
    case arrow::Type::STRUCT: {
      arrow::FieldVector fields;
      for (const auto& field : type->fields()) fields.push_back(AsCarried(field));
      return arrow::struct_(std::move(fields));
    }
    default:
      return type;
  }
}

// The same buffers under another type of the same layout.
std::shared_ptr<arrow::ArrayData> Relabel(const std::shared_ptr<arrow::ArrayData>& data,
                                          const std::shared_ptr<arrow::DataType>& type) {
  if (data->type->Equals(*type)) return data;
  auto copy = data->Copy();
  copy->type = type;
  for (size_t i = 0; i < copy->child_data.size(); ++i) {
    copy->child_data[i] = Relabel(copy->child_data[i], type->field(static_cast<int>(i))->type());
  }
  return copy;
}

}  // namespace

base::Result<std::shared_ptr<LocalRowsInput>> LocalRowsInput::Open(std::shared_ptr<const std::string> ipc) {
  std::shared_ptr<LocalRowsInput> input(new LocalRowsInput());
  input->ipc_ = std::move(ipc);
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(input->ipc_->data()),
                                                static_cast<int64_t>(input->ipc_->size()));
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  auto reader =
      arrow::ipc::RecordBatchStreamReader::Open(std::make_shared<arrow::io::BufferReader>(buffer), options);
  if (!reader.ok()) return FromArrow(reader.status());
  arrow::FieldVector fields;
  for (const auto& field : (*reader)->schema()->fields()) fields.push_back(AsCarried(field));
  input->schema_ = arrow::schema(std::move(fields));
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    if (auto status = (*reader)->ReadNext(&batch); !status.ok()) return FromArrow(status);
    if (!batch) break;
    if (auto status = batch->Validate(); !status.ok()) return FromArrow(status);
    std::vector<std::shared_ptr<arrow::ArrayData>> columns;
    for (int i = 0; i < batch->num_columns(); ++i) {
      columns.push_back(Relabel(batch->column_data(i), input->schema_->field(i)->type()));
    }
    input->batches_.push_back(
        arrow::RecordBatch::Make(input->schema_, batch->num_rows(), std::move(columns)));
  }
  return input;
}

int LocalRowsInput::column_count() const { return schema_->num_fields(); }

int64_t LocalRowsInput::row_count() const {
  int64_t rows = 0;
  for (const auto& batch : batches_) rows += batch->num_rows();
  return rows;
}

void LocalRowsInput::ExportSchema(void* schema) const {
  // Types that cannot cross the C interface do not come out of an IPC stream.
  (void)arrow::ExportSchema(*schema_, static_cast<ArrowSchema*>(schema));
}

void LocalRowsInput::ExportStream(void* stream) const {
  auto reader = arrow::RecordBatchReader::Make(batches_, schema_);
  if (reader.ok()) (void)arrow::ExportRecordBatchReader(*reader, static_cast<ArrowArrayStream*>(stream));
}

}  // namespace hearth::engine
