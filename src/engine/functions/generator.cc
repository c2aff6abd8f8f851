// Generators that are more than an unnest: each call becomes a list of structs, one per row.
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"

namespace hearth::engine {

namespace {

// stack(rows, values…): filled from left to right, the last row maybe short.
base::Result<ParsedPtr> LowerStack(LoweredCall call) {
  const auto rows = static_cast<size_t>(std::get<int64_t>(call.literal(0)->data));
  const auto names = StructFieldNames(call.type());
  const auto& fields = call.type().fields();
  ParsedExpressions list;
  size_t next = 1;
  for (size_t row = 0; row < rows; ++row) {
    ParsedExpressions values;
    for (size_t i = 0; i < fields.size(); ++i, ++next) {
      auto value =
          next < call.arguments.size() ? std::move(call.arguments[next]) : NullOf(ToDuckDB(*fields[i].type));
      value->SetAlias(names[i]);
      values.push_back(std::move(value));
    }
    list.push_back(CallWith("struct_pack", std::move(values)));
  }
  return CallWith("list_value", std::move(list));
}

base::Result<ParsedPtr> LowerJsonTuple(LoweredCall call) {
  const auto names = StructFieldNames(call.type());
  ParsedExpressions values;
  for (size_t i = 1; i < call.arguments.size(); ++i) {
    auto value = Call("spark_json_field", Copy(call.arguments[0]), std::move(call.arguments[i]));
    value->SetAlias(names[i - 1]);
    values.push_back(std::move(value));
  }
  return Call("list_value", CallWith("struct_pack", std::move(values)));
}

}  // namespace

void AddGenerator(EngineFunctions& functions) {
  functions.AddRule("stack", LowerStack);
  functions.AddRule("json_tuple", LowerJsonTuple);
  // Lowered with their Generate: see lower/generate.cc.
  for (const char* name :
       {"explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer"}) {
    functions.AddRule(name, [](LoweredCall) -> base::Result<ParsedPtr> {
      return base::InternalError("a generator outside Generate");
    });
  }
}

}  // namespace hearth::engine
