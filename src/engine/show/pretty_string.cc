// to_pretty_string: any value as DataFrame.show prints it.
#include <fmt/format.h>

#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "engine/errors.h"
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"
#include "engine/text/value_writer.h"
#include "engine/types.h"

namespace hearth::engine {
namespace {

struct BindData : duckdb::FunctionData {
  BindData(plan::TypePtr type, std::string zone_id, TimeZone zone)
      : type(std::move(type)), zone_id(std::move(zone_id)), zone(std::move(zone)) {}
  duckdb::unique_ptr<FunctionData> Copy() const override {
    return duckdb::make_uniq<BindData>(type, zone_id, zone);
  }
  bool Equals(const FunctionData& other) const override {
    const auto& that = other.Cast<BindData>();
    return *type == *that.type && zone_id == that.zone_id;
  }
  plan::TypePtr type;
  std::string zone_id;
  TimeZone zone;
};

duckdb::unique_ptr<duckdb::FunctionData> Bind(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  auto type = ReadTypeArgument(context, *arguments[1]);
  auto zone_id = TextArgument(context, *arguments[2]);
  auto zone = FindTimeZone(zone_id);
  if (!zone.ok()) ThrowSpark(*zone.error());
  function.arguments[0] = ToDuckDB(*type);
  while (arguments.size() > 1) duckdb::Function::EraseArgument(function, arguments, arguments.size() - 1);
  return duckdb::make_uniq<BindData>(std::move(type), std::move(zone_id), *zone);
}

// [1F 2B]
std::string BytesText(const duckdb::string_t& bytes) {
  std::string text = "[";
  for (size_t i = 0; i < bytes.GetSize(); ++i) {
    text += fmt::format("{}{:02X}", i == 0 ? "" : " ", static_cast<unsigned char>(bytes.GetData()[i]));
  }
  return text + "]";
}

void Run(duckdb::DataChunk& input, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto& data = state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<BindData>();
  const auto count = input.size();
  ValueWriter writer(*data.type, TextStyle{data.zone, true, "NULL"});
  writer.Bind(input.data[0], count);
  duckdb::UnifiedVectorFormat bytes;
  const bool is_binary = data.type->Is(plan::TypeKind::kBinary);
  if (is_binary) input.data[0].ToUnifiedFormat(count, bytes);
  auto* texts = duckdb::FlatVector::GetData<duckdb::string_t>(result);
  std::string text;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    text.clear();
    if (writer.IsNull(row)) {
      text = "NULL";
    } else if (is_binary) {
      text =
          BytesText(duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(bytes)[bytes.sel->get_index(row)]);
    } else {
      writer.Append(row, &text);
    }
    texts[row] = duckdb::StringVector::AddString(result, text);
  }
}

base::Result<ParsedPtr> Lower(LoweredCall call) {
  const auto& type = call.argument_type(0);
  if (type.Is(plan::TypeKind::kNull)) return TextConstant("NULL");
  return Call("spark_to_pretty_string", std::move(call.arguments[0]), TypeArgument(type),
              TextConstant(call.settings.time_zone));
}

}  // namespace

void AddPrettyString(EngineFunctions& functions) {
  using duckdb::LogicalType;
  duckdb::ScalarFunction function("spark_to_pretty_string",
                                  {LogicalType::ANY, LogicalType::VARCHAR, LogicalType::VARCHAR},
                                  LogicalType::VARCHAR, Run, Bind);
  function.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  functions.AddScalar(std::move(function));
  functions.AddRule("to_pretty_string", Lower);
}

}  // namespace hearth::engine
