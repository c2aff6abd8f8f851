// Generators: rows from a value. The type of a call is a struct of the columns that Generate adds.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/signature.h"
#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

ExpressionPtr Generator(const Function& function, Expressions arguments, std::vector<Field> fields,
                        const ResolveContext& context) {
  return MakeCall(&function, std::move(arguments), DataType::Struct(std::move(fields)), false,
                  context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveExplode(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  std::vector<Field> fields;
  if (function.name.starts_with("pos")) fields.push_back({"pos", DataType::Integer(), false, {}});
  const auto& type = *arguments[0]->type;
  if (type.Is(TypeKind::kArray)) {
    fields.push_back({"col", type.element(), type.contains_null(), {}});
  } else if (type.Is(TypeKind::kMap)) {
    fields.push_back({"key", type.key(), false, {}});
    fields.push_back({"value", type.value(), type.value_contains_null(), {}});
  } else {
    return UnexpectedInput(function, arguments, 0, "(\"ARRAY\" or \"MAP\")");
  }
  return Generator(function, std::move(arguments), std::move(fields), context);
}

base::Result<ExpressionPtr> ResolveInline(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  const auto& type = *arguments[0]->type;
  if (!type.Is(TypeKind::kArray) || !type.element()->Is(TypeKind::kStruct)) {
    return UnexpectedInput(function, arguments, 0, "\"ARRAY<STRUCT>\"");
  }
  auto fields = type.element()->fields();
  for (auto& field : fields) field.nullable |= type.contains_null();
  return Generator(function, std::move(arguments), std::move(fields), context);
}

// The values fill rows from left to right; `rows` is the first argument.
base::Result<ExpressionPtr> ResolveStack(const Function& function, Expressions arguments, const CallShape&,
                                         const ResolveContext& context) {
  if (arguments.size() < 2) return WrongArgumentCount(function, "> 1", arguments.size());
  if (!arguments[0]->type->Is(TypeKind::kInteger)) return UnexpectedInput(function, arguments, 0, "\"INT\"");
  const auto text = CallText(function, arguments);
  const auto rows = LiteralInteger(*arguments[0]);
  if (!rows) return NotFoldable(text, "n", *DataType::Integer(), *arguments[0]);
  if (*rows <= 0) return OutOfRange(text, "`n`", "(0, 2147483647]", std::to_string(*rows));
  const size_t values = arguments.size() - 1;
  const size_t width = (values + *rows - 1) / *rows;
  std::vector<Field> fields;
  std::vector<size_t> typed_by(width, 0);
  for (size_t column = 0; column < width; ++column) {
    fields.push_back({fmt::format("col{}", column), DataType::Null(), true, {}});
    for (size_t i = 1 + column; i < arguments.size(); i += width) {
      const auto& type = arguments[i]->type;
      if (type->Is(TypeKind::kNull)) continue;
      if (typed_by[column] == 0) {
        fields[column].type = type;
        typed_by[column] = i;
      } else if (!type->SameIgnoringNullability(*fields[column].type)) {
        return Mismatch("STACK_COLUMN_DIFF_TYPES", fmt::format("column {} has two types.", column), function,
                        arguments,
                        {{"columnIndex", std::to_string(column)},
                         {"leftParamIndex", std::to_string(typed_by[column])},
                         {"leftType", QuotedType(*fields[column].type)},
                         {"rightParamIndex", std::to_string(i)},
                         {"rightType", QuotedType(*type)}});
      }
    }
  }
  for (size_t i = 1; i < arguments.size(); ++i) {
    arguments[i] = CoerceTo(arguments[i], fields[(i - 1) % width].type, context.settings);
  }
  return Generator(function, std::move(arguments), std::move(fields), context);
}

base::Result<ExpressionPtr> ResolveJsonTuple(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  if (arguments.size() < 2) return WrongArgumentCount(function, "> 1", arguments.size());
  std::vector<Field> fields;
  for (const auto& argument : arguments) {
    if (!argument->type->IsString()) {
      return Mismatch("NON_STRING_TYPE", "every argument must be a string.", function, arguments,
                      {{"funcName", QuoteIdentifier(function.registered_name)}});
    }
    if (&argument != &arguments[0]) {
      fields.push_back({fmt::format("c{}", fields.size()), DataType::String(), true, {}});
    }
  }
  return Generator(function, std::move(arguments), std::move(fields), context);
}

}  // namespace

void AddGeneratorFunctions(FunctionTable& table) {
  constexpr std::pair<const char*, ResolveRule> kRows[] = {
      {"explode", ResolveExplode},    {"explode_outer", ResolveExplode},
      {"posexplode", ResolveExplode}, {"posexplode_outer", ResolveExplode},
      {"inline", ResolveInline},      {"inline_outer", ResolveInline},
      {"stack", ResolveStack},        {"json_tuple", ResolveJsonTuple}};
  for (const auto& [name, resolve] : kRows) {
    std::vector<std::string> parameters;
    if (resolve == ResolveExplode) parameters = {"collection"};
    if (resolve == ResolveInline) parameters = {"input"};
    table.Add({.name = name,
               .kind = FunctionKind::kGenerator,
               .resolve = resolve,
               .parameters = std::move(parameters)});
  }
}

}  // namespace hearth::plan
