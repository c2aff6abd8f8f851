// JSON. The calls of from_json and to_json carry their options as one JSON object text behind the value.
#include <fmt/format.h>

#include <map>

#include "plan/functions/families.h"
#include "plan/functions/format_options.h"
#include "plan/functions/json_schema.h"
#include "plan/functions/signature.h"
#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

constexpr ResultRule kString = Returns<&DataType::String>;

// Keys are strings, and the mode keeps or refuses bad records: there is no row to drop.
base::Status CheckFromJson(const Function& function, const ExpressionPtr& json, const DataType& schema,
                           const std::string& options) {
  if (schema.Is(TypeKind::kMap) && !schema.key()->IsString()) {
    return MismatchError("INVALID_JSON_MAP_KEY_TYPE", "the keys of a JSON map are strings.",
                         {{"schema", QuotedType(schema)}, {"sqlExpr", "\"entries\""}});
  }
  return CheckParseMode(function, CallText(function, {json}), options);
}

base::Result<ExpressionPtr> ResolveFromJson(const Function& function, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 3));
  HEARTH_ASSIGN(auto schema, ReadSchemaArgument(*arguments[1]));
  HEARTH_ASSIGN(auto options, ReadFormatOptions(function, arguments, 2));
  if (!schema->IsNested() && !schema->Is(TypeKind::kVariant)) {
    return Mismatch("INVALID_JSON_SCHEMA", "a struct, array or map is needed.", function, arguments,
                    {{"schema", QuotedType(*schema)}});
  }
  HEARTH_RETURN_IF_ERROR(CheckFromJson(function, arguments[0], *schema, options));
  HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, 0, Slot::kString, "\"STRING\"", context));
  auto display = schema->Is(TypeKind::kMap) ? "entries" : CallText(function, {arguments[0]});
  auto call = MakeCall(&function, {arguments[0], StringLiteral(std::move(options))}, schema->AsNullable(),
                       true, context.settings.ansi);
  return WithDisplay(call, std::move(display));
}

base::Result<ExpressionPtr> ResolveToJson(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  HEARTH_ASSIGN(auto options, ReadFormatOptions(function, arguments, 1));
  auto display = CallText(function, {arguments[0]});
  if (arguments[0]->type->Is(TypeKind::kVariant)) {
    if (arguments.size() == 2) return base::NotImplemented("to_json of a variant with options");
    return WithDisplay(CallOf("variant_to_json", std::move(arguments), DataType::String(), true), display);
  }
  if (!arguments[0]->type->IsNested()) {
    return Mismatch("INVALID_JSON_SCHEMA", "a struct, array or map is needed.", function, {arguments[0]},
                    {{"schema", QuotedType(*arguments[0]->type)}});
  }
  auto call = MakeCall(&function, {arguments[0], StringLiteral(std::move(options))}, DataType::String(), true,
                       context.settings.ansi);
  return WithDisplay(call, std::move(display));
}

// The argument is constant, so the answer is one too.
base::Result<ExpressionPtr> ResolveSchemaOfJson(const Function& function, Expressions arguments,
                                                const CallShape&, const ResolveContext&) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  auto display = CallText(function, {arguments[0]});
  if (!arguments[0]->type->IsString()) return UnexpectedInput(function, {arguments[0]}, 0, "\"STRING\"");
  const auto text = LiteralText(*arguments[0]);
  if (!text) {
    const bool is_null = IsFoldable(*arguments[0]);
    if (!is_null) return NotFoldable(display, "json", *DataType::String(), *arguments[0]);
    return Mismatch("UNEXPECTED_NULL", "the text must not be null.", function, {arguments[0]},
                    {{"exprName", "json"}});
  }
  const auto type = InferJsonType(*text);
  if (!type) return base::NotImplemented("schema_of_json of a text that is no JSON");
  return WithDisplay(StringLiteral((*type)->Sql()), std::move(display));
}

}  // namespace

void AddJsonFunctions(FunctionTable& table) {
  table.Add({.name = "get_json_object",
             .slots = {Slot::kString, Slot::kString},
             .result = kString,
             .nulls = NullRule::kAlways});
  table.Add({.name = "json_array_length",
             .slots = {Slot::kString},
             .result = Returns<&DataType::Integer>,
             .nulls = NullRule::kAlways});
  table.Add({.name = "json_object_keys",
             .slots = {Slot::kString},
             .result = ReturnsStringArray,
             .nulls = NullRule::kAlways});
  table.Add({.name = "from_json", .resolve = ResolveFromJson});
  table.Add({.name = "to_json", .resolve = ResolveToJson});
  table.Add({.name = "schema_of_json", .resolve = ResolveSchemaOfJson});
}

}  // namespace hearth::plan
