#include "plan/analyze/arrow_schema.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include <memory>

namespace hearth::plan {
namespace {

using base::Result;

Result<TypePtr> FromArrow(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
      return DataType::Null();
    case arrow::Type::BOOL:
      return DataType::Boolean();
    case arrow::Type::INT8:
      return DataType::Byte();
    case arrow::Type::INT16:
      return DataType::Short();
    case arrow::Type::INT32:
      return DataType::Integer();
    case arrow::Type::INT64:
      return DataType::Long();
    case arrow::Type::FLOAT:
      return DataType::Float();
    case arrow::Type::DOUBLE:
      return DataType::Double();
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
      return DataType::String();
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::FIXED_SIZE_BINARY:
      return DataType::Binary();
    case arrow::Type::DATE32:
      return DataType::Date();
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty() ? DataType::TimestampNtz()
                                                                               : DataType::Timestamp();
    case arrow::Type::DURATION:
      return DataType::DayTimeInterval();
    case arrow::Type::INTERVAL_MONTHS:
      return DataType::YearMonthInterval();
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return DataType::Decimal(decimal.precision(), decimal.scale());
    }
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST: {
      HEARTH_ASSIGN(auto element, FromArrow(*type.field(0)->type()));
      return DataType::Array(std::move(element), type.field(0)->nullable());
    }
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      HEARTH_ASSIGN(auto key, FromArrow(*map.key_type()));
      HEARTH_ASSIGN(auto value, FromArrow(*map.item_type()));
      return DataType::Map(std::move(key), std::move(value), map.item_field()->nullable());
    }
    case arrow::Type::STRUCT: {
      std::vector<Field> fields;
      for (const auto& field : type.fields()) {
        HEARTH_ASSIGN(auto child, FromArrow(*field->type()));
        fields.push_back({field->name(), std::move(child), field->nullable(), {}});
      }
      return DataType::Struct(std::move(fields));
    }
    default:
      return base::NotImplemented(fmt::format("local data of the Arrow type {}", type.ToString()));
  }
}

}  // namespace

Result<TypePtr> SchemaOfArrowStream(const std::string& ipc) {
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(ipc.data()),
                                                static_cast<int64_t>(ipc.size()));
  auto reader = arrow::ipc::RecordBatchStreamReader::Open(std::make_shared<arrow::io::BufferReader>(buffer));
  if (!reader.ok()) {
    return base::MakeError(base::ErrorKind::kIllegalArgument, "INTERNAL_ERROR",
                           "The local data is no Arrow stream: " + reader.status().ToString());
  }
  return FromArrow(*arrow::struct_((*reader)->schema()->fields()));
}

}  // namespace hearth::plan
