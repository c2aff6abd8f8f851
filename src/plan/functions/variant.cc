// VARIANT: values whose shape is known only at run time, made of JSON.
#include <fmt/format.h>

#include "plan/from_sql/from_sql.h"
#include "plan/functions/families.h"
#include "plan/functions/signature.h"
#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

base::Result<ExpressionPtr> ResolveParseJson(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  if (arguments[0]->type->Is(TypeKind::kNull)) arguments[0] = NullLiteral(DataType::String());
  if (!arguments[0]->type->IsString()) return UnexpectedInput(function, arguments, 0, "\"STRING\"");
  const bool nullable = function.name == "try_parse_json" || arguments[0]->nullable;
  return MakeCall(&function, std::move(arguments), DataType::Variant(), nullable, context.settings.ansi);
}

base::Status RequireVariant(const Function& function, Expressions& arguments, const ResolveContext&) {
  if (arguments[0]->type->Is(TypeKind::kNull)) {
    arguments[0] = NullLiteral(DataType::Variant());
    return {};
  }
  if (arguments[0]->type->Is(TypeKind::kVariant)) return {};
  return UnexpectedInput(function, arguments, 0, "\"VARIANT\"");
}

// Types that a variant can be read as here; arrays, maps and structs are not served yet.
bool IsReadable(const DataType& type) {
  return type.Is(TypeKind::kVariant) || type.IsNumeric() || type.Is(TypeKind::kString) ||
         type.Is(TypeKind::kBoolean) || type.IsDateTime();
}

base::Result<ExpressionPtr> ResolveVariantGet(const Function& function, Expressions arguments,
                                              const CallShape&, const ResolveContext& context) {
  if (arguments.size() == 2) arguments.push_back(StringLiteral("variant"));
  const auto display = CallText(function, {arguments[0], arguments[1]});
  HEARTH_RETURN_IF_ERROR(RequireVariant(function, arguments, context));
  if (!LiteralText(*arguments[1])) return base::NotImplemented("a path of a variant that is no constant");
  const auto name = LiteralText(*arguments[2]);
  if (!name) {
    return base::MakeError(base::ErrorKind::kAnalysis, "INVALID_SCHEMA.NON_STRING_LITERAL",
                           fmt::format("The type of {} must be a constant string.", display),
                           {{"inputSchema", QuotedExpression(*arguments[2])}});
  }
  HEARTH_ASSIGN(auto type, ParseSchema(*name));
  if (!IsReadable(*type)) return base::NotImplemented(fmt::format("reading a variant as {}", type->Sql()));
  arguments.pop_back();
  return WithDisplay(
      MakeCall(&function, std::move(arguments), type->AsNullable(), true, context.settings.ansi), display);
}

base::Result<ExpressionPtr> ResolveIsVariantNull(const Function& function, Expressions arguments,
                                                 const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(RequireVariant(function, arguments, context));
  return MakeCall(&function, std::move(arguments), DataType::Boolean(), false, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveSchemaOfVariant(const Function& function, Expressions arguments,
                                                   const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(RequireVariant(function, arguments, context));
  const bool nullable = arguments[0]->nullable;
  return MakeCall(&function, std::move(arguments), DataType::String(), nullable, context.settings.ansi);
}

}  // namespace

void AddVariantFunctions(FunctionTable& table) {
  for (const char* name : {"parse_json", "try_parse_json"}) {
    table.Add({.name = name, .slots = {Slot::kAny}, .resolve = ResolveParseJson});
  }
  for (const char* name : {"variant_get", "try_variant_get"}) {
    table.Add({.name = name,
               .slots = {Slot::kAny, Slot::kAny, Slot::kAny},
               .optional = 1,
               .resolve = ResolveVariantGet});
  }
  // What to_json of a variant becomes.
  table.Add({.name = "variant_to_json",
             .slots = {Slot::kAny},
             .result = Returns<&DataType::String>,
             .is_internal = true});
  table.Add({.name = "is_variant_null", .slots = {Slot::kAny}, .resolve = ResolveIsVariantNull});
  table.Add({.name = "schema_of_variant", .slots = {Slot::kAny}, .resolve = ResolveSchemaOfVariant});
}

}  // namespace hearth::plan
