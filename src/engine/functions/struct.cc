// Structs.
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"

namespace hearth::engine {

namespace {

// struct_pack takes the names from the aliases of its arguments.
base::Result<ParsedPtr> LowerNamedStruct(LoweredCall call) {
  ParsedExpressions values;
  for (size_t i = 1; i < call.arguments.size(); i += 2) values.push_back(std::move(call.arguments[i]));
  if (values.empty()) return base::NotImplemented("structs without fields");
  const auto names = StructFieldNames(call.type());
  for (size_t i = 0; i < values.size(); ++i) values[i]->SetAlias(names[i]);
  return CallWith("struct_pack", std::move(values));
}

base::Result<ParsedPtr> LowerField(LoweredCall call) {
  const auto ordinal = std::get<int64_t>(call.literal(1)->data);
  return FieldAt(std::move(call.arguments[0]), static_cast<size_t>(ordinal));
}

}  // namespace

void AddStruct(EngineFunctions& functions) {
  functions.AddRule("named_struct", LowerNamedStruct);
  functions.AddRule("get_struct_field", LowerField);
}

}  // namespace hearth::engine
