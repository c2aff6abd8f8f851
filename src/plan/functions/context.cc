// Functions about the session, the query and its rows rather than about values.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
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

base::Result<ExpressionPtr> ResolveTypeOf(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext&) {
  return WithDisplay(StringLiteral(arguments[0]->type->CatalogString()), CallText(function, arguments));
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
  table.Add({.name = "typeof", .slots = {Slot::kAny}, .resolve = &ResolveTypeOf});
  table.Add({.name = "uuid", .result = &ReturnsString, .nulls = NullRule::kNever, .deterministic = false});
  table.Add({.name = "monotonically_increasing_id",
             .result = &ReturnsLong,
             .nulls = NullRule::kNever,
             .deterministic = false});
  table.Add({.name = "spark_partition_id",
             .result = &ReturnsInteger,
             .nulls = NullRule::kNever,
             .deterministic = false,
             .display_name = "SPARK_PARTITION_ID"});
  for (const char* name :
       {"input_file_name", "input_file_block_start", "input_file_block_length", "java_method", "reflect"}) {
    table.Add({.name = name, .resolve = &Refuse});
  }
}

}  // namespace hearth::plan
