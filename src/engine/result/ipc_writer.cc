#include "engine/result/ipc_writer.h"

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/key_value_metadata.h>

namespace hearth::engine {

using plan::DataType;
using plan::TypeKind;

namespace {

using ArrowTypePtr = std::shared_ptr<arrow::DataType>;

struct SchemaOptions {
  const std::string& time_zone;
  bool large;
};

std::shared_ptr<arrow::Field> ToArrowField(const std::string& name, const DataType& type, bool nullable,
                                           const SchemaOptions& options);

ArrowTypePtr ToArrowNested(const DataType& type, const SchemaOptions& options) {
  if (type.Is(TypeKind::kArray)) {
    return arrow::list(ToArrowField("element", *type.element(), type.contains_null(), options));
  }
  if (type.Is(TypeKind::kMap)) {
    auto key = ToArrowField("key", *type.key(), false, options);
    auto value = ToArrowField("value", *type.value(), type.value_contains_null(), options);
    return std::make_shared<arrow::MapType>(arrow::field("entries", arrow::struct_({key, value}), false));
  }
  arrow::FieldVector fields;
  for (const auto& field : type.fields())
    fields.push_back(ToArrowField(field.name, *field.type, field.nullable, options));
  return arrow::struct_(fields);
}

ArrowTypePtr ToArrow(const DataType& type, const SchemaOptions& options) {
  switch (type.kind()) {
    case TypeKind::kNull:
      return arrow::null();
    case TypeKind::kBoolean:
      return arrow::boolean();
    case TypeKind::kByte:
      return arrow::int8();
    case TypeKind::kShort:
      return arrow::int16();
    case TypeKind::kInteger:
      return arrow::int32();
    case TypeKind::kLong:
      return arrow::int64();
    case TypeKind::kFloat:
      return arrow::float32();
    case TypeKind::kDouble:
      return arrow::float64();
    case TypeKind::kDecimal:
      return arrow::decimal128(type.precision(), type.scale());
    case TypeKind::kString:
    case TypeKind::kChar:
    case TypeKind::kVarchar:
      return options.large ? arrow::large_utf8() : arrow::utf8();
    case TypeKind::kBinary:
      return options.large ? arrow::large_binary() : arrow::binary();
    case TypeKind::kVariant: {
      const auto bytes = options.large ? arrow::large_binary() : arrow::binary();
      auto marked = arrow::KeyValueMetadata::Make({"variant"}, {"true"});
      return arrow::struct_(
          {arrow::field("value", bytes, false), arrow::field("metadata", bytes, false, std::move(marked))});
    }
    case TypeKind::kDate:
      return arrow::date32();
    case TypeKind::kTimestamp:
      return arrow::timestamp(arrow::TimeUnit::MICRO, options.time_zone);
    case TypeKind::kTimestampNtz:
      return arrow::timestamp(arrow::TimeUnit::MICRO);
    case TypeKind::kTime:
      return arrow::time64(arrow::TimeUnit::NANO);
    case TypeKind::kYearMonthInterval:
      return arrow::month_interval();
    case TypeKind::kDayTimeInterval:
      return arrow::duration(arrow::TimeUnit::MICRO);
    case TypeKind::kCalendarInterval:
      return arrow::month_day_nano_interval();
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kStruct:
      return ToArrowNested(type, options);
  }
  return arrow::null();
}

std::shared_ptr<arrow::Field> ToArrowField(const std::string& name, const DataType& type, bool nullable,
                                           const SchemaOptions& options) {
  return arrow::field(name, ToArrow(type, options), nullable);
}

// Appends to a std::string, which then goes into a protobuf field without another copy.
class StringSink : public arrow::io::OutputStream {
 public:
  explicit StringSink(std::string* target) : target_(target) {}
  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }
  arrow::Result<int64_t> Tell() const override { return static_cast<int64_t>(target_->size()); }
  arrow::Status Write(const void* data, int64_t bytes) override {
    target_->append(static_cast<const char*>(data), static_cast<size_t>(bytes));
    return arrow::Status::OK();
  }

 private:
  std::string* target_;
};

std::shared_ptr<arrow::Buffer> View(const ByteBuffer& bytes) {
  static const uint8_t kNothing[8] = {};
  return std::make_shared<arrow::Buffer>(bytes.size() == 0 ? kNothing : bytes.data(),
                                         static_cast<int64_t>(bytes.size()));
}

std::shared_ptr<arrow::ArrayData> ToArrayData(const ColumnBuffers& column, const ArrowTypePtr& type) {
  if (type->id() == arrow::Type::NA)
    return arrow::ArrayData::Make(type, column.length, {nullptr}, column.length);
  auto validity = column.null_count == 0 ? nullptr : View(column.validity);
  std::vector<std::shared_ptr<arrow::Buffer>> buffers{std::move(validity)};
  std::vector<std::shared_ptr<arrow::ArrayData>> children;
  switch (type->id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
      buffers.push_back(View(column.offsets));
      buffers.push_back(View(column.data));
      break;
    case arrow::Type::LIST:
    case arrow::Type::MAP:
      buffers.push_back(View(column.offsets));
      children.push_back(ToArrayData(column.children[0], type->field(0)->type()));
      break;
    case arrow::Type::STRUCT:
      for (int i = 0; i < type->num_fields(); ++i) {
        children.push_back(ToArrayData(column.children[i], type->field(i)->type()));
      }
      break;
    default:
      buffers.push_back(View(column.data));
  }
  return arrow::ArrayData::Make(type, column.length, std::move(buffers), std::move(children),
                                column.null_count);
}

base::Error FromArrow(const arrow::Status& status) {
  return base::InternalError("writing an Arrow stream failed: " + status.ToString());
}

}  // namespace

struct IpcWriter::State {
  std::shared_ptr<arrow::Schema> schema;
};

IpcWriter::IpcWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
IpcWriter::~IpcWriter() = default;

base::Result<std::unique_ptr<IpcWriter>> IpcWriter::Make(const plan::TypePtr& schema,
                                                         const std::string& time_zone, bool large) {
  const SchemaOptions options{time_zone, large};
  arrow::FieldVector fields;
  for (const auto& field : schema->fields()) {
    fields.push_back(ToArrowField(field.name, *field.type, field.nullable, options));
  }
  auto state = std::make_unique<State>();
  state->schema = arrow::schema(std::move(fields));
  return std::unique_ptr<IpcWriter>(new IpcWriter(std::move(state)));
}

base::Result<std::string> IpcWriter::Write(const std::vector<ColumnBuffers>& columns, int64_t rows) {
  std::vector<std::shared_ptr<arrow::ArrayData>> arrays;
  size_t bytes = 1024 + 512 * columns.size();
  for (size_t i = 0; i < columns.size(); ++i) {
    bytes += columns[i].ByteSize();
    arrays.push_back(ToArrayData(columns[i], state_->schema->field(static_cast<int>(i))->type()));
  }
  auto batch = arrow::RecordBatch::Make(state_->schema, rows, std::move(arrays));
  std::string text;
  text.reserve(bytes);
  StringSink sink(&text);
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.use_threads = false;
  auto writer = arrow::ipc::MakeStreamWriter(&sink, state_->schema, options);
  if (!writer.ok()) return FromArrow(writer.status());
  if (auto status = (*writer)->WriteRecordBatch(*batch); !status.ok()) return FromArrow(status);
  if (auto status = (*writer)->Close(); !status.ok()) return FromArrow(status);
  return text;
}

}  // namespace hearth::engine
