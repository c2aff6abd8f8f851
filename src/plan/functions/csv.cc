// CSV. As in json.cc the calls carry their options as one JSON object text behind the value.
#include <fmt/format.h>

#include <algorithm>

#include "plan/functions/families.h"
#include "plan/functions/format_options.h"
#include "plan/functions/signature.h"
#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

bool IsCsvType(const DataType& type) {
  return type.IsAtomic() && !type.IsInterval() && !type.Is(TypeKind::kBinary) && !type.Is(TypeKind::kTime);
}

base::Result<ExpressionPtr> ResolveFromCsv(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 3));
  HEARTH_ASSIGN(auto schema, ReadSchemaArgument(*arguments[1]));
  HEARTH_ASSIGN(auto options, ReadFormatOptions(function, arguments, 2));
  auto text = CallText(function, {arguments[0]});
  if (!schema->Is(TypeKind::kStruct)) return base::NotImplemented("from_csv of a schema that is no struct");
  HEARTH_RETURN_IF_ERROR(CheckParseMode(function, text, options));
  for (const auto& field : schema->fields()) {
    if (IsCsvType(*field.type)) continue;
    return base::MakeError(base::ErrorKind::kUnsupported, "UNSUPPORTED_DATATYPE",
                           fmt::format("CSV has no values of type {}.", QuotedType(*field.type)),
                           {{"typeName", QuotedType(*field.type)}});
  }
  if (!arguments[0]->type->IsString() && !arguments[0]->type->Is(TypeKind::kNull)) {
    return UnexpectedInput(text, *arguments[0], 0, "\"STRING\"");
  }
  const bool nullable = arguments[0]->nullable;
  auto value = CoerceTo(arguments[0], DataType::String(), context.settings);
  return WithDisplay(MakeCall(&function, {std::move(value), StringLiteral(std::move(options))},
                              schema->AsNullable(), nullable, context.settings.ansi),
                     std::move(text));
}

base::Result<ExpressionPtr> ResolveToCsv(const Function& function, Expressions arguments, const CallShape&,
                                         const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  HEARTH_ASSIGN(auto options, ReadFormatOptions(function, arguments, 1));
  auto text = CallText(function, {arguments[0]});
  const auto& type = *arguments[0]->type;
  if (!type.Is(TypeKind::kStruct)) {
    return Mismatch("UNSUPPORTED_INPUT_TYPE", "a struct is needed.", function, {arguments[0]},
                    {{"functionName", "`to_csv`"}, {"dataType", QuotedType(type)}});
  }
  const bool has_bytes = std::any_of(type.fields().begin(), type.fields().end(), [](const Field& field) {
    return field.type->Is(TypeKind::kBinary) || field.type->Is(TypeKind::kVariant);
  });
  if (has_bytes) return base::NotImplemented("to_csv of binary fields");
  return WithDisplay(MakeCall(&function, {arguments[0], StringLiteral(std::move(options))},
                              DataType::String(), true, context.settings.ansi),
                     std::move(text));
}

base::Result<ExpressionPtr> ResolveSchemaOfCsv(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  HEARTH_ASSIGN(auto options, ReadFormatOptions(function, arguments, 1));
  auto text = CallText(function, {arguments[0]});
  if (arguments[0]->type->Is(TypeKind::kNull)) {
    return Mismatch("UNEXPECTED_NULL", "the text must not be null.", function, {arguments[0]},
                    {{"exprName", "csv"}});
  }
  if (!arguments[0]->type->IsString()) return UnexpectedInput(function, {arguments[0]}, 0, "\"STRING\"");
  if (!IsFoldable(*arguments[0])) return NotFoldable(text, "csv", *DataType::String(), *arguments[0]);
  return WithDisplay(MakeCall(&function, {arguments[0], StringLiteral(std::move(options))},
                              DataType::String(), false, context.settings.ansi),
                     std::move(text));
}

}  // namespace

void AddCsvFunctions(FunctionTable& table) {
  table.Add({.name = "from_csv", .resolve = ResolveFromCsv});
  table.Add({.name = "to_csv", .resolve = ResolveToCsv});
  table.Add({.name = "schema_of_csv", .resolve = ResolveSchemaOfCsv});
}

}  // namespace hearth::plan
