// Functions about the session, the query and its rows rather than about values.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/resolved/rewrite.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kSparkVersion = "4.3.0 hearth";

// A text known when the query is analysed, printed as the call.
ExpressionPtr Known(std::string value, std::string_view display) {
  return WithDisplay(StringLiteral(std::move(value)), std::string(display) + "()");
}

base::Result<ExpressionPtr> ResolveVersion(const Function& function, Expressions, const CallShape&,
                                           const ResolveContext&) {
  return Known(std::string(kSparkVersion), function.name);
}
base::Result<ExpressionPtr> ResolveUser(const Function& function, Expressions, const CallShape&,
                                        const ResolveContext& context) {
  return Known(context.settings.user, function.registered_name);
}
base::Result<ExpressionPtr> ResolveDatabase(const Function&, Expressions, const CallShape&,
                                            const ResolveContext& context) {
  return Known(context.settings.current_database, "current_schema");
}
base::Result<ExpressionPtr> ResolveCatalog(const Function& function, Expressions, const CallShape&,
                                           const ResolveContext& context) {
  return Known(context.settings.current_catalog, function.name);
}

base::Result<ExpressionPtr> ResolvePath(const Function& function, Expressions, const CallShape&,
                                        const ResolveContext& context) {
  const auto& settings = context.settings;
  return Known(
      fmt::format("system.builtin,system.session,{}.{}", settings.current_catalog, settings.current_database),
      function.name);
}

base::Result<ExpressionPtr> ResolveTypeOf(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext&) {
  return WithDisplay(StringLiteral(arguments[0]->type->CatalogString()), CallText(function, arguments));
}

// uuid(): the seed does not show.
base::Result<ExpressionPtr> ResolveUuid(const Function& function, Expressions arguments,
                                        const CallShape& shape, const ResolveContext& context) {
  if (!arguments.empty()) {
    if (!IsFoldable(*arguments[0]) || !arguments[0]->type->IsIntegral()) {
      return base::MakeError(base::ErrorKind::kAnalysis, "SEED_EXPRESSION_IS_UNFOLDABLE",
                             "The seed of uuid must be a constant integer.",
                             {{"seedExpr", QuotedExpression(*arguments[0])},
                              {"exprWithSeed", "\"" + CallText(function, arguments) + "\""}});
    }
    arguments[0] = CoerceTo(arguments[0], DataType::Long(), context.settings);
  }
  return WithDisplay(BuildCall(function, std::move(arguments), DataType::String(), false, shape, context),
                     "uuid()");
}

// randstr(length[, seed]), both constant integers.
base::Result<ExpressionPtr> ResolveRandomText(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context) {
  const auto text = CallText(function, arguments);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto& type = *arguments[i]->type;
    if (!IsFoldable(*arguments[i])) {
      return MismatchError("NON_FOLDABLE_INPUT", "the arguments must be constant.",
                           {{"sqlExpr", "\"" + text + "\""},
                            {"inputName", i == 0 ? "`length`" : "`seed`"},
                            {"inputType", "integer"},
                            {"inputExpr", QuotedExpression(*arguments[i])}});
    }
    const bool fits = i == 0 ? type.IsIntegral() && !type.Is(TypeKind::kLong) : type.IsIntegral();
    if (!fits)
      return UnexpectedInput(text, *arguments[i], i,
                             i == 0 ? "INT or SMALLINT" : "integer or floating-point");
  }
  const auto length = ConstantInteger(*arguments[0]);
  if (!length) return base::NotImplemented("a computed length in " + text);
  if (*length < 0) return OutOfRange(text, "length", "[0, 2147483647]", std::to_string(*length));
  arguments[0] = CoerceTo(arguments[0], DataType::Integer(), context.settings);
  if (arguments.size() == 2) arguments[1] = CoerceTo(arguments[1], DataType::Long(), context.settings);
  return WithDisplay(BuildCall(function, std::move(arguments), DataType::String(), false, shape, context),
                     text);
}

// Every string here has Spark's default collation.
base::Result<ExpressionPtr> ResolveCollation(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext&) {
  if (!arguments[0]->type->IsString()) {
    return UnexpectedInput(function, arguments, 0, SlotName(Slot::kString));
  }
  return WithDisplay(StringLiteral("SYSTEM.BUILTIN.UTF8_BINARY"), CallText(function, arguments));
}

// Functions that Spark has and this engine cannot answer truthfully.
base::Result<ExpressionPtr> Refuse(const Function& function, Expressions, const CallShape&,
                                   const ResolveContext&) {
  return base::NotImplemented(fmt::format("function {}", function.name));
}

}  // namespace

void AddContextFunctions(FunctionTable& table) {
  table.Add({.name = "version", .resolve = &ResolveVersion});
  for (const char* name : {"current_user", "user", "session_user"})
    table.Add({.name = name, .resolve = &ResolveUser});
  for (const char* name : {"current_database", "current_schema"})
    table.Add({.name = name, .resolve = &ResolveDatabase});
  table.Add({.name = "current_catalog", .resolve = &ResolveCatalog});
  table.Add({.name = "current_path", .resolve = &ResolvePath});
  table.Add({.name = "typeof", .slots = {Slot::kAny}, .resolve = &ResolveTypeOf});
  table.Add({.name = "uuid",
             .slots = {Slot::kLong},
             .optional = 1,
             .resolve = &ResolveUuid,
             .deterministic = false});
  table.Add({.name = "randstr",
             .slots = {Slot::kAny, Slot::kAny},
             .optional = 1,
             .resolve = &ResolveRandomText,
             .deterministic = false});
  table.Add({.name = "collation", .slots = {Slot::kAny}, .resolve = &ResolveCollation});
  table.Add({.name = "monotonically_increasing_id",
             .result = &ReturnsLong,
             .nulls = NullRule::kNever,
             .deterministic = false});
  table.Add({.name = "spark_partition_id",
             .result = &ReturnsInteger,
             .nulls = NullRule::kNever,
             .deterministic = false,
             .display_name = "SPARK_PARTITION_ID"});
  // Outside of files these have a fixed answer; over files the engine refuses them.
  table.Add({.name = "input_file_name",
             .result = &ReturnsString,
             .nulls = NullRule::kNever,
             .deterministic = false});
  for (const char* name : {"input_file_block_start", "input_file_block_length"}) {
    table.Add({.name = name, .result = &ReturnsLong, .nulls = NullRule::kNever, .deterministic = false});
  }
  for (const char* name : {"java_method", "reflect"}) table.Add({.name = name, .resolve = &Refuse});
}

}  // namespace hearth::plan
