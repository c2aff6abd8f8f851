// Structs. struct(…) becomes named_struct in the analyser, which alone knows the names.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/signature.h"

namespace hearth::plan {
namespace {

base::Result<ExpressionPtr> ResolveNamedStruct(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  if (arguments.size() % 2 != 0) return WrongArgumentCount(function, "2n (n > 0)", arguments.size());
  std::vector<Field> fields;
  std::string wrong;
  for (size_t i = 0; i < arguments.size(); i += 2) {
    auto name = LiteralText(*arguments[i]);
    if (!name) wrong += fmt::format("{}\"{}\"", wrong.empty() ? "" : ", ", OutputName(*arguments[i]));
    const auto& value = arguments[i + 1];
    fields.push_back({name.value_or(""), value->type, value->nullable, {}});
  }
  if (!wrong.empty()) {
    return Mismatch("CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", "field names must be constant strings.",
                    function, arguments, {{"inputExprs", "[" + wrong + "]"}});
  }
  return MakeCall(&function, std::move(arguments), DataType::Struct(std::move(fields)), false,
                  context.settings.ansi);
}

// A row constructor, (a, 1): names are those of columns, else col1, col2, …
base::Result<ExpressionPtr> ResolveStruct(const Function&, Expressions arguments, const CallShape& shape,
                                          const ResolveContext& context) {
  Expressions named;
  for (const auto& argument : arguments) {
    std::string name = fmt::format("col{}", named.size() / 2 + 1);
    if (const auto* column = argument->As<ColumnReference>()) name = column->name;
    if (const auto* variable = argument->As<LambdaVariable>()) name = variable->name;
    named.push_back(StringLiteral(std::move(name)));
    named.push_back(argument);
  }
  const auto* row = FunctionTable::BuiltIn().Find("named_struct");
  return ResolveNamedStruct(*row, std::move(named), shape, context);
}

// (struct, ordinal from 0 as a literal)
base::Result<ExpressionPtr> ResolveField(const Function& function, Expressions arguments, const CallShape&,
                                         const ResolveContext& context) {
  const auto ordinal = LiteralInteger(*arguments[1]);
  const auto& fields = arguments[0]->type->fields();
  if (!ordinal || *ordinal < 0 || *ordinal >= static_cast<int64_t>(fields.size())) {
    return base::InternalError("a struct has no such field");
  }
  const auto& field = fields[*ordinal];
  const bool nullable = arguments[0]->nullable || field.nullable;
  return MakeCall(&function, std::move(arguments), field.type, nullable, context.settings.ansi);
}

}  // namespace

void AddStructFunctions(FunctionTable& table) {
  table.Add({.name = "named_struct", .resolve = ResolveNamedStruct});
  table.Add({.name = "struct", .resolve = ResolveStruct});
  table.Add({.name = "get_struct_field", .resolve = ResolveField});
}

}  // namespace hearth::plan
