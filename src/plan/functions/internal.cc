// Functions that no query can name: what the analyser itself needs.
#include "plan/functions/families.h"

namespace hearth::plan {

void AddInternalFunctions(FunctionTable& table) {
  // A value as DataFrame.show prints it: nulls as NULL at any depth, bytes in hexadecimal.
  Function pretty;
  pretty.name = "to_pretty_string";
  pretty.slots = {Slot::kAny};
  pretty.result = [](std::span<const ExpressionPtr>, const ResolveContext&) { return DataType::String(); };
  pretty.nulls = NullRule::kNever;
  pretty.is_internal = true;
  table.Add(std::move(pretty));
}

}  // namespace hearth::plan
