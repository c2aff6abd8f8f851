// CSV functions: one record as the file format's reader and writer know it.
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/errors.h"
#include "engine/files/row_format.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/functions/row_kernels.h"
#include "engine/json/json_value.h"
#include "engine/write/line_format.h"

namespace hearth::engine {

using duckdb::idx_t;
using duckdb::LogicalType;
using std::string_view;

namespace {

using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;

std::map<std::string, std::string> ReadOptions(const std::string& text, std::string zone) {
  std::map<std::string, std::string> options{{"timezone", std::move(zone)}};
  const auto parsed = nlohmann::json::parse(text);
  for (const auto& [name, value] : parsed.items()) options[name] = value.get<std::string>();
  return options;
}

template <typename T>
T OrThrow(base::Result<T> result) {
  if (!result.ok()) ThrowSpark(*result.error());
  return std::move(*result);
}

struct CsvReader {
  plan::FileSource source;
  std::unique_ptr<RowFormat> format;
};
using CsvReaderPtr = std::shared_ptr<const CsvReader>;

// spark_from_csv(text, type, options, zone)
duckdb::unique_ptr<duckdb::FunctionData> BindFromCsv(duckdb::ClientContext& context,
                                                     duckdb::ScalarFunction& function, Arguments& arguments) {
  const auto type = ReadTypeArgument(context, *arguments[1]);
  auto reader = std::make_shared<CsvReader>();
  reader->source.format = "csv";
  reader->source.columns = type->fields();
  reader->source.options =
      ReadOptions(TextArgument(context, *arguments[2]), TextArgument(context, *arguments[3]));
  reader->source.options["header"] = "false";
  reader->source.options["multiline"] = "false";
  reader->format = OrThrow(OpenCsvFormat(reader->source));
  function.SetReturnType(ToDuckDB(*type));
  return Bind(CsvReaderPtr(std::move(reader)));
}

void FromCsvKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& reader = *Bound<CsvReaderPtr>(state);
  // A constant struct has constant fields, which cannot be filled row by row: constant only in the end.
  const bool is_constant = arguments.AllConstant();
  const idx_t count = is_constant ? 1 : arguments.size();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  const ColumnReader<string_view> texts(arguments.data[0], count);
  std::vector<size_t> columns;
  std::vector<duckdb::Vector*> fields;
  for (auto& field : duckdb::StructVector::GetEntries(result)) {
    columns.push_back(columns.size());
    fields.push_back(field.get());
  }
  const auto parser = reader.format->NewParser(columns);
  for (idx_t row = 0; row < count; ++row) {
    SetNullDeep(result, row);
    if (texts.IsNull(row)) continue;
    duckdb::FlatVector::Validity(result).SetValid(row);
    parser->Start(texts[row]);
    parser->Next(fields, row);
  }
  if (is_constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

struct CsvWriter {
  std::vector<plan::Column> columns;
  plan::FileSink sink;
  std::string zone;
};
using CsvWriterPtr = std::shared_ptr<const CsvWriter>;

// spark_to_csv(value, type, options, zone)
duckdb::unique_ptr<duckdb::FunctionData> BindToCsv(duckdb::ClientContext& context, duckdb::ScalarFunction&,
                                                   Arguments& arguments) {
  const auto type = ReadTypeArgument(context, *arguments[1]);
  auto writer = std::make_shared<CsvWriter>();
  for (const auto& field : type->fields()) {
    plan::Column column;
    column.name = field.name;
    column.type = field.type;
    writer->columns.push_back(std::move(column));
  }
  writer->zone = TextArgument(context, *arguments[3]);
  writer->sink.format = "csv";
  writer->sink.options = ReadOptions(TextArgument(context, *arguments[2]), writer->zone);
  writer->sink.options["linesep"] = "";
  OrThrow(MakeLineFormat(writer->columns, writer->sink, writer->zone));
  return Bind(CsvWriterPtr(std::move(writer)));
}

void ToCsvKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& writer = *Bound<CsvWriterPtr>(state);
  const auto count = PrepareResult(arguments, result);
  auto& value = arguments.data[0];
  value.Flatten(count);
  auto& entries = duckdb::StructVector::GetEntries(value);
  duckdb::vector<LogicalType> types;
  for (const auto& entry : entries) types.push_back(entry->GetType());
  duckdb::DataChunk fields;
  fields.InitializeEmpty(types);
  for (size_t i = 0; i < entries.size(); ++i) fields.data[i].Reference(*entries[i]);
  fields.SetCardinality(count);
  const auto format = OrThrow(MakeLineFormat(writer.columns, writer.sink, writer.zone));
  format->Bind(fields);
  auto* data = reinterpret_cast<duckdb::string_t*>(duckdb::FlatVector::GetData(result));
  std::string line;
  for (idx_t row = 0; row < count; ++row) {
    line.clear();
    if (!duckdb::FlatVector::IsNull(value, row)) format->Append(row, &line);
    // Nothing to write is null.
    if (line.empty()) {
      SetNull(result, row);
    } else {
      data[row] = duckdb::StringVector::AddString(result, line);
    }
  }
}

// spark_schema_of_csv(text, options, zone)
duckdb::unique_ptr<duckdb::FunctionData> BindSchemaOfCsv(duckdb::ClientContext& context,
                                                         duckdb::ScalarFunction&, Arguments& arguments) {
  auto source = std::make_shared<plan::FileSource>();
  source->format = "csv";
  source->options = ReadOptions(TextArgument(context, *arguments[1]), TextArgument(context, *arguments[2]));
  return Bind(std::shared_ptr<const plan::FileSource>(std::move(source)));
}

void SchemaOfCsvKernel(duckdb::DataChunk& arguments, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& source = *Bound<std::shared_ptr<const plan::FileSource>>(state);
  MapTexts<string_view>(arguments, result, [&](std::string& out, string_view text) {
    if (text.find_first_not_of(" \t") == string_view::npos) {
      ThrowSpark(base::NotImplemented("schema_of_csv of an empty text"));
    }
    out = plan::DataType::Struct(OrThrow(InferCsvRecord(source, text)))->Sql();
  });
}

base::Result<ParsedPtr> LowerFromCsv(LoweredCall call) {
  return Call("spark_from_csv", std::move(call.arguments[0]), TypeArgument(call.type()),
              std::move(call.arguments[1]), TextConstant(call.settings.time_zone));
}

base::Result<ParsedPtr> LowerToCsv(LoweredCall call) {
  auto type = TypeArgument(call.argument_type(0));
  return Call("spark_to_csv", std::move(call.arguments[0]), std::move(type), std::move(call.arguments[1]),
              TextConstant(call.settings.time_zone));
}

base::Result<ParsedPtr> LowerSchemaOfCsv(LoweredCall call) {
  return Call("spark_schema_of_csv", std::move(call.arguments[0]), std::move(call.arguments[1]),
              TextConstant(call.settings.time_zone));
}

}  // namespace

void AddCsv(EngineFunctions& functions) {
  const auto text = LogicalType::VARCHAR;
  const auto any = LogicalType::ANY;
  functions.AddScalar(Kernel("spark_from_csv", {text, text, text, text}, any, FromCsvKernel,
                             {.fallible = true, .sees_nulls = true, .bind = BindFromCsv}));
  functions.AddScalar(Kernel("spark_to_csv", {any, text, text, text}, text, ToCsvKernel,
                             {.fallible = true, .sees_nulls = true, .bind = BindToCsv}));
  functions.AddScalar(Kernel("spark_schema_of_csv", {text, text, text}, text, SchemaOfCsvKernel,
                             {.fallible = true, .bind = BindSchemaOfCsv}));
  functions.AddRule("from_csv", LowerFromCsv);
  functions.AddRule("to_csv", LowerToCsv);
  functions.AddRule("schema_of_csv", LowerSchemaOfCsv);
}

}  // namespace hearth::engine
