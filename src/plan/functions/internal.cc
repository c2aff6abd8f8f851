// Functions that no query can name: what the analyser itself needs.
#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"

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

  // The partition that a row shall go to, for repartitionById.
  Function partition;
  partition.name = "direct_shuffle_partition_id";
  partition.slots = {Slot::kAny};
  partition.resolve = [](const Function& function, Expressions arguments, const CallShape&,
                         const ResolveContext&) -> base::Result<ExpressionPtr> {
    if (arguments[0]->type->Is(TypeKind::kInteger)) return arguments[0];
    return UnexpectedInput(function, arguments, 0, "\"INT\"");
  };
  partition.is_internal = true;
  table.Add(std::move(partition));
}

}  // namespace hearth::plan
