// Structs: construction and field access.
#include "engine/functions/expressions.h"
#include "engine/functions/families.h"

namespace hearth::engine {
namespace {

base::Result<ParsedPtr> GetStructField(LoweredCall call) {
  const auto* ordinal = call.literal(1);
  if (!ordinal) return base::InternalError("a struct field is named by a constant ordinal");
  return FieldAt(std::move(call.arguments[0]), static_cast<size_t>(std::get<int64_t>(ordinal->data)));
}

// named_struct('a', 1, 'b', 2): the names are constants, only the values are computed.
base::Result<ParsedPtr> NamedStruct(LoweredCall call) {
  ParsedExpressions fields;
  for (size_t i = 0; i + 1 < call.arguments.size(); i += 2) {
    auto value = std::move(call.arguments[i + 1]);
    value->SetAlias(call.type().fields()[i / 2].name);
    fields.push_back(std::move(value));
  }
  return CallWith("struct_pack", std::move(fields));
}

}  // namespace

void AddStruct(EngineFunctions& functions) {
  functions.AddRule("get_struct_field", GetStructField);
  functions.AddRule("named_struct", NamedStruct);
}

}  // namespace hearth::engine
