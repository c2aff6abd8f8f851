#include "plan/functions/array_checked.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

constexpr std::string_view kArrayType = "\"ARRAY\"";

bool Is(const ExpressionPtr& expression, TypeKind kind) { return expression->type->Is(kind); }

// The collection and the element that do not meet; `call` are all the arguments when there are more.
base::Error DifferentElement(const Function& function, const Expressions& arguments,
                             const Expressions& call = {}) {
  const bool map = Is(arguments[0], TypeKind::kMap);
  return Mismatch(map ? "MAP_FUNCTION_DIFF_TYPES" : "ARRAY_FUNCTION_DIFF_TYPES",
                  "the element and the collection have no common type.", function,
                  call.empty() ? arguments : call,
                  {{"functionName", QuoteIdentifier(function.registered_name)},
                   {"dataType", map ? "\"MAP\"" : "\"ARRAY\""},
                   {"leftType", QuotedType(*arguments[0]->type)},
                   {"rightType", QuotedType(*arguments[1]->type)}});
}

base::Error NullType(const Function& function, const Expressions& arguments) {
  return Mismatch("NULL_TYPE", "an untyped NULL is not accepted.", function, arguments,
                  {{"functionName", QuoteIdentifier(function.registered_name)}});
}

base::Error NotOrderableCall(const Function& function, const Expressions& arguments, const DataType& type) {
  return NotOrderable(function.registered_name, CallText(function, arguments), type);
}

// How an element and an array may meet in one type: without any loss, or with the widening of decimals; never
// through strings.
enum class Meeting : bool { kTightest, kWider };

// Coerces the array at 0 and the element at `index` to one element type; false when there is none.
bool CoerceElement(Expressions& arguments, size_t index, const AnalysisSettings& settings,
                   Meeting meeting = Meeting::kTightest) {
  const auto& array = *arguments[0]->type;
  const auto& element = arguments[index]->type;
  if (array.element()->SameIgnoringNamesAndNullability(*element)) return true;
  const TypePtr types[] = {array.element(), element};
  auto common = meeting == Meeting::kTightest ? FindTightestCommonType(array.element(), element, settings)
                                              : FindCommonTypeWithoutStrings(types, settings);
  if (!common) return false;
  arguments[0] = CoerceTo(arguments[0], DataType::Array(*common, array.contains_null()), settings);
  arguments[index] = CoerceTo(arguments[index], *common, settings);
  return true;
}

// The elements of array(…) when the call is one, else nullopt: Spark looks into the constructor for
// nullability.
const Expressions* ConstructorElements(const Expression& expression) {
  const auto* call = expression.As<Call>();
  return call && call->function->name == "array" ? &call->arguments : nullptr;
}

}  // namespace

base::Status RequireArray(const Function& function, const Expressions& arguments, size_t index) {
  if (Is(arguments[index], TypeKind::kArray)) return {};
  return UnexpectedInput(function, arguments, index, kArrayType);
}

base::Status TakeArray(const Function& function, Expressions& arguments, size_t index,
                       const ResolveContext& context) {
  return CoerceArgument(function, arguments, index, Slot::kArray, std::string(kArrayType), context);
}

base::Status RequireMap(const Function& function, const Expressions& arguments, size_t index) {
  if (Is(arguments[index], TypeKind::kMap)) return {};
  return UnexpectedInput(function, arguments, index, "\"MAP\"");
}

base::Result<ExpressionPtr> ResolveArray(const Function& function, Expressions arguments, const CallShape&,
                                         const ResolveContext& context) {
  TypePtr element = DataType::Null();
  if (!arguments.empty()) {
    std::vector<TypePtr> types;
    for (const auto& argument : arguments) types.push_back(argument->type);
    auto common = FindCommonType(types, context.settings);
    if (!common) return DifferentTypes(function.name, CallText(function, arguments), TypeList(types));
    element = *common;
  }
  for (auto& argument : arguments) argument = CoerceTo(argument, element, context.settings);
  const bool contains_null = AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), DataType::Array(element, contains_null), false,
                  context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveArrayAndElement(const Function& function, Expressions arguments,
                                                   const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const auto& name = function.name;
  const bool adds = name == "array_append" || name == "array_prepend";
  const bool asks = name == "array_contains" || name == "array_position";
  const bool is_null = Is(arguments[0], TypeKind::kNull);
  if (asks && (is_null || (name == "array_contains" && Is(arguments[1], TypeKind::kNull)))) {
    return NullType(function, arguments);
  }
  if (is_null && !adds) return DifferentElement(function, arguments);
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  const auto meeting = name == "array_contains" ? Meeting::kWider : Meeting::kTightest;
  if (!CoerceElement(arguments, 1, context.settings, meeting)) return DifferentElement(function, arguments);
  const auto& array = arguments[0]->type;
  if (!adds && name != "array_remove" && !IsOrderable(*array->element())) {
    return NotOrderableCall(function, arguments, *array->element());
  }
  TypePtr type = array;
  bool nullable = AnyNullable(arguments);
  if (name == "array_contains") {
    type = DataType::Boolean();
    nullable |= array->contains_null();
  } else if (name == "array_position") {
    type = DataType::Long();
  } else if (adds) {
    type = DataType::Array(array->element(), true);
    nullable = arguments[0]->nullable;
  }
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveArrayInsert(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 3));
  if (Is(arguments[0], TypeKind::kNull)) {
    return DifferentElement(function, {arguments[0], arguments[2]}, arguments);
  }
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  // Narrower integers become int; nothing else does, an untyped NULL neither.
  const auto& position = *arguments[1]->type;
  if (!position.IsIntegral() || position.Is(TypeKind::kLong)) {
    return UnexpectedInput(function, arguments, 1, "\"INT\"");
  }
  arguments[1] = CoerceTo(arguments[1], DataType::Integer(), context.settings);
  if (!CoerceElement(arguments, 2, context.settings)) {
    return DifferentElement(function, {arguments[0], arguments[2]}, arguments);
  }
  const bool nullable = arguments[0]->nullable || arguments[1]->nullable;
  auto type = DataType::Array(arguments[0]->type->element(), true);
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveArrayPair(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const auto& settings = context.settings;
  const auto left = arguments[0]->type;
  const auto right = arguments[1]->type;
  const bool arrays = left->Is(TypeKind::kArray) && right->Is(TypeKind::kArray);
  if (!left->Is(TypeKind::kNull) && !right->Is(TypeKind::kNull)) {
    for (size_t i : {0, 1}) HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, i));
  }
  if (!arrays || !left->SameIgnoringNamesAndNullability(*right)) {
    auto common = arrays ? FindTightestCommonType(left->element(), right->element(), settings) : std::nullopt;
    if (!common) {
      return Mismatch("BINARY_ARRAY_DIFF_TYPES", "the arrays have no common type.", function, arguments,
                      {{"functionName", QuoteIdentifier(function.registered_name)},
                       {"arrayType", "\"ARRAY\""},
                       {"leftType", QuotedType(*left)},
                       {"rightType", QuotedType(*right)}});
    }
    for (size_t i : {0, 1}) {
      const auto contains_null = arguments[i]->type->contains_null();
      arguments[i] = CoerceTo(arguments[i], DataType::Array(*common, contains_null), settings);
    }
  }
  const auto& element = arguments[0]->type->element();
  const bool left_nulls = left->contains_null();
  const bool right_nulls = right->contains_null();
  bool nullable = AnyNullable(arguments);
  if (function.name == "arrays_overlap") {
    if (!IsOrderable(*element)) return NotOrderableCall(function, arguments, *element);
    nullable |= left_nulls || right_nulls;
    return MakeCall(&function, std::move(arguments), DataType::Boolean(), nullable, settings.ansi);
  }
  const bool contains_null = function.name == "array_union"       ? left_nulls || right_nulls
                             : function.name == "array_intersect" ? left_nulls && right_nulls
                                                                  : left_nulls;
  auto type = DataType::Array(element, contains_null);
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, settings.ansi);
}

// The number must be an int or narrower; only a number that is null makes the array null.
base::Result<ExpressionPtr> ResolveArrayRepeat(const Function& function, Expressions arguments,
                                               const CallShape&, const ResolveContext& context) {
  const auto& number = *arguments[1]->type;
  if (!Is(arguments[1], TypeKind::kNull) && (!number.IsIntegral() || number.Is(TypeKind::kLong))) {
    return UnexpectedInput(function, arguments, 1, "\"INT\"");
  }
  arguments[1] = CoerceTo(arguments[1], DataType::Integer(), context.settings);
  auto type = DataType::Array(arguments[0]->type, arguments[0]->nullable);
  const bool nullable = arguments[1]->nullable;
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveArrayJoin(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 3));
  HEARTH_RETURN_IF_ERROR(TakeArray(function, arguments, 0, context));
  const auto& array = *arguments[0]->type;
  if (array.element()->IsNested()) return UnexpectedInput(function, arguments, 0, "\"ARRAY<STRING>\"");
  arguments[0] =
      CoerceTo(arguments[0], DataType::Array(DataType::String(), array.contains_null()), context.settings);
  for (size_t i = 1; i < arguments.size(); ++i) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kString, "\"STRING\"", context));
  }
  const bool nullable = AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), DataType::String(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveArrayExtreme(const Function& function, Expressions arguments,
                                                const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  HEARTH_RETURN_IF_ERROR(TakeArray(function, arguments, 0, context));
  auto type = arguments[0]->type->element();
  if (!IsOrderable(*type)) return NotOrderableCall(function, arguments, *type);
  return MakeCall(&function, std::move(arguments), std::move(type), true, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveArraysZip(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  std::vector<Field> fields;
  for (size_t i = 0; i < arguments.size(); ++i) {
    HEARTH_RETURN_IF_ERROR(TakeArray(function, arguments, i, context));
    const auto& argument = *arguments[i];
    std::string name = std::to_string(i);
    if (const auto* column = argument.As<ColumnReference>()) name = column->name;
    if (const auto* variable = argument.As<LambdaVariable>()) name = variable->name;
    if (const auto* call = argument.As<Call>(); call && call->function->name == "get_struct_field") {
      const auto ordinal = LiteralInteger(*call->arguments[1]);
      name = call->arguments[0]->type->fields()[*ordinal].name;
    }
    fields.push_back({std::move(name), argument.type->element(), true, {}});
  }
  const bool nullable = AnyNullable(arguments);
  auto type = DataType::Array(DataType::Struct(std::move(fields)), false);
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveFlatten(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  const auto outer = arguments[0]->type;
  if (!outer->Is(TypeKind::kArray) || !outer->element()->Is(TypeKind::kArray)) {
    return UnexpectedInput(function, arguments, 0, "\"ARRAY\" of \"ARRAY\"");
  }
  const bool nullable = arguments[0]->nullable || outer->contains_null();
  return MakeCall(&function, std::move(arguments), outer->element(), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveSequence(const Function& function, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 3));
  std::vector<TypePtr> types;
  for (const auto& argument : arguments) {
    if (!argument->type->IsInterval()) types.push_back(argument->type);
  }
  if (auto common = FindCommonType(types, context.settings)) {
    for (auto& argument : arguments) {
      if (!argument->type->IsInterval()) argument = CoerceTo(argument, *common, context.settings);
    }
  }
  const auto type = arguments[0]->type;
  const bool same_ends = type->SameIgnoringNullability(*arguments[1]->type);
  const bool has_step = arguments.size() == 3;
  const bool numbers =
      type->IsIntegral() && (!has_step || arguments[2]->type->SameIgnoringNullability(*type));
  const bool times = type->IsDateTime() && (!has_step || arguments[2]->type->IsInterval());
  const bool nothing = type->Is(TypeKind::kNull);
  if (!same_ends || !(numbers || times || nothing)) {
    return Mismatch(
        "SEQUENCE_WRONG_INPUT_TYPES", "the ends and the step do not fit.", function, arguments,
        {{"functionName", QuoteIdentifier(function.registered_name)},
         {"startType", "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\")"},
         {"stepType", "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")"},
         {"otherStartType", "\"INTEGRAL\""}});
  }
  const bool nullable = AnyNullable(arguments);
  return MakeCall(&function, std::move(arguments), DataType::Array(type, false), nullable,
                  context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveSlice(const Function& function, Expressions arguments, const CallShape&,
                                         const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 3, 3));
  HEARTH_RETURN_IF_ERROR(TakeArray(function, arguments, 0, context));
  for (size_t i : {1, 2}) {
    HEARTH_RETURN_IF_ERROR(CoerceArgument(function, arguments, i, Slot::kInteger, "\"INT\"", context));
  }
  const bool nullable = AnyNullable(arguments);
  auto type = arguments[0]->type;
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveSortArray(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  if (arguments.size() == 1) arguments.push_back(BooleanLiteral(true));
  HEARTH_RETURN_IF_ERROR(TakeArray(function, arguments, 0, context));
  if (!IsOrderable(*arguments[0]->type->element()))
    return NotOrderableCall(function, arguments, *arguments[0]->type);
  if (!Is(arguments[1], TypeKind::kBoolean)) return UnexpectedInput(function, arguments, 1, "\"BOOLEAN\"");
  if (!IsFoldable(*arguments[1])) {
    return NotFoldable(CallText(function, arguments), "ascendingOrder", *DataType::Boolean(), *arguments[1]);
  }
  const bool nullable = arguments[0]->nullable;
  auto type = arguments[0]->type;
  return MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi);
}

base::Result<ExpressionPtr> ResolveShuffle(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 2));
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  auto display = CallText(function, {arguments[0]});
  const bool nullable = arguments[0]->nullable;
  auto type = arguments[0]->type;
  return WithDisplay(
      MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi),
      std::move(display));
}

base::Result<ExpressionPtr> ResolveSize(const Function& function, Expressions arguments, const CallShape&,
                                        const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  const auto& type = *arguments[0]->type;
  if (!type.Is(TypeKind::kArray) && !type.Is(TypeKind::kMap) && !type.Is(TypeKind::kNull)) {
    return UnexpectedInput(function, arguments, 0, "(\"ARRAY\" or \"MAP\")");
  }
  const bool legacy = context.settings.size_of_null_is_minus_one && !context.settings.ansi;
  const bool nullable = arguments[0]->nullable && !legacy;
  return MakeCall(&function, std::move(arguments), DataType::Integer(), nullable, !legacy);
}

base::Result<ExpressionPtr> ResolveElementAt(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const bool is_try = function.name == "try_element_at";
  const auto& settings = context.settings;
  const bool strict = settings.ansi && !is_try;
  const auto* row = is_try ? FunctionTable::BuiltIn().Find("element_at") : &function;
  auto display = CallText(function, arguments);
  if (Is(arguments[0], TypeKind::kMap)) {
    const auto map = arguments[0]->type;
    if (!map->key()->SameIgnoringNamesAndNullability(*arguments[1]->type)) {
      const TypePtr types[] = {map->key(), arguments[1]->type};
      const bool text =
          map->key()->IsString() != arguments[1]->type->IsString() && !Is(arguments[1], TypeKind::kNull);
      auto common = text ? std::nullopt : FindCommonType(types, settings);
      if (!common) return DifferentElement(function, arguments);
      arguments[0] =
          CoerceTo(arguments[0], DataType::Map(*common, map->value(), map->value_contains_null()), settings);
      arguments[1] = CoerceTo(arguments[1], *common, settings);
    }
    return WithDisplay(MakeCall(row, std::move(arguments), map->value(), true, strict), std::move(display));
  }
  if (!Is(arguments[0], TypeKind::kArray)) {
    return UnexpectedInput(function, arguments, 0, "(\"ARRAY\" or \"MAP\")");
  }
  if (arguments[1]->type->IsIntegral() || Is(arguments[1], TypeKind::kNull)) {
    if (Is(arguments[1], TypeKind::kLong)) return UnexpectedInput(function, arguments, 1, "\"INT\"");
    arguments[1] = CoerceTo(arguments[1], DataType::Integer(), settings);
  } else {
    return UnexpectedInput(function, arguments, 1, "\"INT\"");
  }
  const auto array = arguments[0]->type;
  // As Spark has it, a constant place that is not known to be inside may be null, a computed one is not.
  bool nullable = array->contains_null() || !strict;
  if (const auto index = LiteralInteger(*arguments[1])) {
    const auto* elements = ConstructorElements(*arguments[0]);
    const auto size = elements ? static_cast<int64_t>(elements->size()) : 0;
    const auto place = *index < 0 ? size + *index : *index - 1;
    const bool inside = *index != 0 && place >= 0 && place < size;
    nullable = inside ? (*elements)[place]->nullable : true;
  }
  return WithDisplay(MakeCall(row, std::move(arguments), array->element(), nullable, strict),
                     std::move(display));
}

base::Result<ExpressionPtr> ResolveArrayItem(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  const bool is_get = function.name == "get";
  HEARTH_RETURN_IF_ERROR(RequireArray(function, arguments, 0));
  if (!arguments[1]->type->IsIntegral() && !Is(arguments[1], TypeKind::kNull)) {
    return UnexpectedInput(function, arguments, 1, is_get ? "\"INT\"" : "\"INTEGRAL\"");
  }
  const bool strict = context.settings.ansi && !is_get;
  const auto array = arguments[0]->type;
  bool nullable = array->contains_null() || !strict;
  if (const auto index = LiteralInteger(*arguments[1])) {
    const auto* elements = ConstructorElements(*arguments[0]);
    const bool inside = elements && *index >= 0 && *index < static_cast<int64_t>(elements->size());
    nullable = inside ? (*elements)[*index]->nullable : true;
  }
  auto display = is_get ? CallText(function, arguments)
                        : fmt::format("{}[{}]", OutputName(*arguments[0]), OutputName(*arguments[1]));
  arguments[1] = CoerceTo(arguments[1], DataType::Long(), context.settings);
  const auto* row = FunctionTable::BuiltIn().Find("array_item");
  return WithDisplay(MakeCall(row, std::move(arguments), array->element(), nullable, strict),
                     std::move(display));
}

base::Result<ExpressionPtr> ResolveMapItem(const Function& function, Expressions arguments, const CallShape&,
                                           const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  HEARTH_RETURN_IF_ERROR(RequireMap(function, arguments, 0));
  const auto map = arguments[0]->type;
  auto display = fmt::format("{}[{}]", OutputName(*arguments[0]), OutputName(*arguments[1]));
  if (!arguments[1]->type->SameIgnoringNamesAndNullability(*map->key())) {
    if (!CanCast(*arguments[1]->type, *map->key(), CastBehavior::kAnsi) || arguments[1]->type->IsNested()) {
      return UnexpectedInput(function, arguments, 1, QuotedType(*map->key()));
    }
    arguments[1] = CoerceTo(arguments[1], map->key(), context.settings);
  }
  return WithDisplay(MakeCall(&function, std::move(arguments), map->value(), true, context.settings.ansi),
                     std::move(display));
}

}  // namespace hearth::plan
