// Higher-order functions. The analyser binds a lambda to the types that `lambda_types` tells and passes it as
// an argument.
#include <fmt/format.h>

#include <limits>

#include "plan/functions/array_checked.h"
#include "plan/functions/families.h"
#include "plan/functions/map_checked.h"

namespace hearth::plan {
namespace {

using LambdaTypes = std::vector<std::vector<Column>>;

Column Parameter(TypePtr type, bool nullable) {
  Column column;
  column.type = std::move(type);
  column.nullable = nullable;
  return column;
}

// ---- Parameter types, from the arguments that are no lambdas
// --------------------------------------------------

base::Error NotA(std::span<const ExpressionPtr> arguments, size_t index, std::string_view required) {
  const auto& argument = *arguments[index];
  return UnexpectedInput(OutputName(argument), argument, index, required);
}

const DataType* ArrayAt(std::span<const ExpressionPtr> arguments, size_t index) {
  const bool fits = index < arguments.size() && arguments[index]->type->Is(TypeKind::kArray);
  return fits ? arguments[index]->type.get() : nullptr;
}
const DataType* MapAt(std::span<const ExpressionPtr> arguments, size_t index) {
  const bool fits = index < arguments.size() && arguments[index]->type->Is(TypeKind::kMap);
  return fits ? arguments[index]->type.get() : nullptr;
}

// The element, and its place where the function allows a second parameter.
base::Result<LambdaTypes> ElementAndIndex(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  const auto* array = ArrayAt(arguments, 0);
  if (!array) return NotA(arguments, 0, "\"ARRAY\"");
  return LambdaTypes{
      {Parameter(array->element(), array->contains_null()), Parameter(DataType::Integer(), false)}};
}
base::Result<LambdaTypes> Element(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  const auto* array = ArrayAt(arguments, 0);
  if (!array) return NotA(arguments, 0, "\"ARRAY\"");
  return LambdaTypes{{Parameter(array->element(), array->contains_null())}};
}
base::Result<LambdaTypes> TwoElements(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  const auto* array = ArrayAt(arguments, 0);
  if (!array) return NotA(arguments, 0, "\"ARRAY\"");
  const auto element = Parameter(array->element(), array->contains_null());
  return LambdaTypes{{element, element}};
}
base::Result<LambdaTypes> Fold(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  const auto* array = ArrayAt(arguments, 0);
  if (!array || arguments.size() < 2) return NotA(arguments, 0, "\"ARRAY\"");
  const auto accumulator = Parameter(arguments[1]->type, true);
  return LambdaTypes{{accumulator, Parameter(array->element(), array->contains_null())}, {accumulator}};
}
base::Result<LambdaTypes> Zip(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  for (size_t i : {0, 1}) {
    if (!ArrayAt(arguments, i)) return NotA(arguments, std::min(i, arguments.size() - 1), "\"ARRAY\"");
  }
  return LambdaTypes{
      {Parameter(arguments[0]->type->element(), true), Parameter(arguments[1]->type->element(), true)}};
}
base::Result<LambdaTypes> KeyAndValue(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  const auto* map = MapAt(arguments, 0);
  if (!map) return NotA(arguments, 0, "\"MAP\"");
  return LambdaTypes{{Parameter(map->key(), false), Parameter(map->value(), map->value_contains_null())}};
}
base::Result<LambdaTypes> KeyAndTwoValues(std::span<const ExpressionPtr> arguments,
                                          const ResolveContext& context) {
  for (size_t i : {0, 1}) {
    if (!MapAt(arguments, i)) return NotA(arguments, std::min(i, arguments.size() - 1), "\"MAP\"");
  }
  const auto& left = *arguments[0]->type;
  const auto& right = *arguments[1]->type;
  const TypePtr keys[] = {left.key(), right.key()};
  auto key = left.key()->IsString() == right.key()->IsString() ? FindCommonType(keys, context.settings)
                                                               : std::nullopt;
  if (!key) {
    return MismatchError("MAP_ZIP_WITH_DIFF_TYPES", "the keys of the two maps have no common type.",
                         {{"functionName", "`map_zip_with`"},
                          {"leftType", QuotedType(*left.key())},
                          {"rightType", QuotedType(*right.key())}});
  }
  return LambdaTypes{{Parameter(*key, false), Parameter(left.value(), true), Parameter(right.value(), true)}};
}

// ---- Results
// ---------------------------------------------------------------------------------------------------

// A lambda in the place of a plain expression ignores its parameters.
ExpressionPtr AsLambda(const ExpressionPtr& argument, size_t parameters) {
  if (argument->As<Lambda>()) return argument;
  Lambda lambda;
  lambda.body = argument;
  for (size_t i = 0; i < parameters; ++i) {
    const LambdaVariable variable{std::numeric_limits<ColumnId>::max() - i, "unused"};
    lambda.parameters.push_back(
        std::make_shared<const Expression>(Expression{variable, DataType::Null(), true, {}}));
  }
  return std::make_shared<const Expression>(
      Expression{std::move(lambda), argument->type, argument->nullable, {}});
}

base::Status TakeLambda(Expressions& arguments, size_t index, size_t minimum, size_t maximum) {
  arguments[index] = AsLambda(arguments[index], minimum);
  const auto count = arguments[index]->As<Lambda>()->parameters.size();
  if (count >= minimum && count <= maximum) return {};
  return base::MakeError(
      base::ErrorKind::kAnalysis, "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
      fmt::format("The lambda has {} parameters, the function gives {}.", count, minimum),
      {{"expectedNumArgs", std::to_string(count)}, {"actualNumArgs", std::to_string(minimum)}});
}

base::Status RequireCondition(const Function& function, Expressions& arguments, size_t index,
                              const ResolveContext& context) {
  const auto& lambda = *arguments[index]->As<Lambda>();
  if (lambda.body->type->Is(TypeKind::kBoolean)) return {};
  if (!lambda.body->type->Is(TypeKind::kNull))
    return UnexpectedInput(function, arguments, index, "\"BOOLEAN\"");
  auto body = CoerceTo(lambda.body, DataType::Boolean(), context.settings);
  arguments[index] = std::make_shared<const Expression>(
      Expression{Lambda{lambda.parameters, body}, body->type, body->nullable, {}});
  return {};
}

ExpressionPtr Finish(const Function& function, Expressions arguments, TypePtr type, bool nullable,
                     const ResolveContext& context) {
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveTransform(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 1, 1, 2));
  const bool nullable = arguments[0]->nullable;
  auto type = DataType::Array(arguments[1]->type, arguments[1]->nullable);
  return Finish(function, std::move(arguments), std::move(type), nullable, context);
}

base::Result<ExpressionPtr> ResolveFilter(const Function& function, Expressions arguments, const CallShape&,
                                          const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  const bool selects = function.name == "filter";
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 1, 1, selects ? 2 : 1));
  HEARTH_RETURN_IF_ERROR(RequireCondition(function, arguments, 1, context));
  const bool nullable = arguments[0]->nullable || (!selects && arguments[1]->nullable);
  auto type = selects ? arguments[0]->type : DataType::Boolean();
  return Finish(function, std::move(arguments), std::move(type), nullable, context);
}

base::Result<ExpressionPtr> ResolveAggregate(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 4));
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 2, 2, 2));
  if (arguments.size() == 3) {
    const auto& accumulator = arguments[2]->As<Lambda>()->parameters[0];
    const auto type = arguments[1]->type;
    arguments.push_back(
        std::make_shared<const Expression>(Expression{Lambda{{accumulator}, accumulator}, type, true, {}}));
  }
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 3, 1, 1));
  const auto& start = *arguments[1]->type;
  if (!start.SameIgnoringNullability(*arguments[2]->type)) {
    return UnexpectedInput(function, arguments, 2, QuotedType(start));
  }
  const bool nullable = arguments[0]->nullable || arguments[3]->nullable;
  auto type = arguments[3]->type;
  return Finish(function, std::move(arguments), std::move(type), nullable, context);
}

base::Result<ExpressionPtr> ResolveZipWith(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 3));
  for (size_t i : {0, 1}) HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, i));
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 2, 2, 2));
  const bool nullable = arguments[0]->nullable || arguments[1]->nullable;
  auto type = DataType::Array(arguments[2]->type, arguments[2]->nullable);
  return Finish(function, std::move(arguments), std::move(type), nullable, context);
}

base::Result<ExpressionPtr> ResolveMapLambda(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  HEARTH_RETURN_IF_ERROR(RequireMap(function, arguments, 0));
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 1, 2, 2));
  const auto map = arguments[0]->type;
  const auto& body = *arguments[1];
  const bool nullable = arguments[0]->nullable;
  TypePtr type = map;
  if (function.name == "map_filter") {
    HEARTH_RETURN_IF_ERROR(RequireCondition(function, arguments, 1, context));
  } else if (function.name == "transform_keys") {
    HEARTH_RETURN_IF_ERROR(CheckMapKey(function, arguments, *body.type));
    type = DataType::Map(body.type, map->value(), map->value_contains_null());
    auto display = CallText(function, arguments);
    arguments.push_back(BooleanLiteral(context.settings.map_key_last_wins));
    return WithDisplay(Finish(function, std::move(arguments), std::move(type), nullable, context),
                       std::move(display));
  } else {
    type = DataType::Map(map->key(), body.type, body.nullable);
  }
  return Finish(function, std::move(arguments), std::move(type), nullable, context);
}

base::Result<ExpressionPtr> ResolveMapZipWith(const Function& function, Expressions arguments,
                                              const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 3));
  for (size_t i : {0, 1}) HEARTH_RETURN_IF_ERROR(RequireMap(function, arguments, i));
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 2, 3, 3));
  const auto key = arguments[2]->As<Lambda>()->parameters[0]->type;
  for (size_t i : {0, 1}) {
    const auto map = arguments[i]->type;
    if (key->Is(TypeKind::kNull) || map->key()->SameIgnoringNamesAndNullability(*key)) continue;
    arguments[i] = CoerceTo(arguments[i], DataType::Map(key, map->value(), map->value_contains_null()),
                            context.settings);
  }
  const bool nullable = arguments[0]->nullable || arguments[1]->nullable;
  auto type = DataType::Map(arguments[0]->type->key(), arguments[2]->type, arguments[2]->nullable);
  return Finish(function, std::move(arguments), std::move(type), nullable, context);
}

// Without a comparator: ascending, nulls last; Spark prints the comparator that says so.
base::Result<ExpressionPtr> ResolveArraySort(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  const auto type = arguments[0]->type;
  const bool nullable = arguments[0]->nullable;
  if (arguments.size() == 1) {
    if (!IsOrderable(*type->element())) {
      return NotOrderable(function.registered_name, CallText(function, arguments), *type);
    }
    constexpr std::string_view kComparator =
        "lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, "
        "(IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, "
        "(IF((namedlambdavariable() < namedlambdavariable()), -1, "
        "(IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), "
        "namedlambdavariable())";
    auto display = fmt::format("array_sort({}, {})", OutputName(*arguments[0]), kComparator);
    return WithDisplay(Finish(function, std::move(arguments), type, nullable, context), std::move(display));
  }
  HEARTH_RETURN_IF_ERROR(TakeLambda(arguments, 1, 2, 2));
  if (!arguments[1]->type->Is(TypeKind::kInteger)) {
    return Mismatch("UNEXPECTED_RETURN_TYPE", "the comparator must give an INT.", function, arguments,
                    {{"functionName", "`lambdafunction`"},
                     {"expectedType", "\"INT\""},
                     {"actualType", QuotedType(*arguments[1]->type)}});
  }
  return Finish(function, std::move(arguments), type, nullable, context);
}

}  // namespace

void AddLambdaFunctions(FunctionTable& table) {
  table.Add({.name = "transform", .resolve = ResolveTransform, .lambda_types = ElementAndIndex});
  table.Add({.name = "filter", .resolve = ResolveFilter, .lambda_types = ElementAndIndex});
  table.Add({.name = "exists", .resolve = ResolveFilter, .lambda_types = Element});
  table.Add({.name = "forall", .resolve = ResolveFilter, .lambda_types = Element});
  table.Add({.name = "aggregate", .resolve = ResolveAggregate, .lambda_types = Fold});
  table.AddAlias("reduce", "aggregate");
  table.Add({.name = "zip_with", .resolve = ResolveZipWith, .lambda_types = Zip});
  for (const char* name : {"transform_keys", "transform_values", "map_filter"}) {
    table.Add({.name = name, .resolve = ResolveMapLambda, .lambda_types = KeyAndValue});
  }
  table.Add({.name = "map_zip_with", .resolve = ResolveMapZipWith, .lambda_types = KeyAndTwoValues});
  table.Add({.name = "array_sort", .resolve = ResolveArraySort, .lambda_types = TwoElements});
}

}  // namespace hearth::plan
