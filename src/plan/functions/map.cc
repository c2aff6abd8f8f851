// Maps. Functions that build one carry a last argument beyond Spark's: whether the last of equal keys wins
// (spark.sql.mapKeyDedupPolicy); output names do not show it.
#include <fmt/format.h>

#include "plan/functions/array_checked.h"
#include "plan/functions/families.h"
#include "plan/functions/map_checked.h"

namespace hearth::plan {
namespace {

ExpressionPtr BuildMap(const Function& function, Expressions arguments, TypePtr type, bool nullable,
                       std::string display, const ResolveContext& context) {
  arguments.push_back(BooleanLiteral(context.settings.map_key_last_wins));
  return WithDisplay(
      MakeCall(&function, std::move(arguments), std::move(type), nullable, context.settings.ansi),
      std::move(display));
}

// Gives the expressions at first, first + step, … one type.
base::Result<TypePtr> Unify(Expressions& arguments, size_t first, size_t step, std::string_view condition,
                            const Function& function, const ResolveContext& context) {
  std::vector<TypePtr> types;
  for (size_t i = first; i < arguments.size(); i += step) types.push_back(arguments[i]->type);
  auto common = FindCommonType(types, context.settings);
  if (!common) {
    return Mismatch(
        condition, "there is no common type.", function, arguments,
        {{"functionName", QuoteIdentifier(function.registered_name)}, {"dataType", TypeList(types)}});
  }
  for (size_t i = first; i < arguments.size(); i += step) {
    arguments[i] = CoerceTo(arguments[i], *common, context.settings);
  }
  return *common;
}

bool AnyNullableFrom(const Expressions& arguments, size_t first, size_t step) {
  for (size_t i = first; i < arguments.size(); i += step) {
    if (arguments[i]->nullable) return true;
  }
  return false;
}

base::Result<ExpressionPtr> ResolveMap(const Function& function, Expressions arguments, const CallShape&,
                                       const ResolveContext& context) {
  if (arguments.size() % 2 != 0) return WrongArgumentCount(function, "2n (n > 0)", arguments.size());
  auto display = CallText(function, arguments);
  auto key = DataType::Null();
  auto value = DataType::Null();
  if (!arguments.empty()) {
    HEARTH_ASSIGN(key, Unify(arguments, 0, 2, "CREATE_MAP_KEY_DIFF_TYPES", function, context));
    HEARTH_ASSIGN(value, Unify(arguments, 1, 2, "CREATE_MAP_VALUE_DIFF_TYPES", function, context));
  }
  HEARTH_RETURN_IF_ERROR(CheckMapKey(function, arguments, *key));
  auto type = DataType::Map(key, value, AnyNullableFrom(arguments, 1, 2));
  return BuildMap(function, std::move(arguments), std::move(type), false, std::move(display), context);
}

base::Result<ExpressionPtr> ResolveMapFromArrays(const Function& function, Expressions arguments,
                                                 const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  for (size_t i : {0, 1}) HEARTH_RETURN_IF_ERROR(TakeArray(function, arguments, i, context));
  const auto& values = *arguments[1]->type;
  const auto key = arguments[0]->type->element();
  HEARTH_RETURN_IF_ERROR(CheckMapKey(function, arguments, *key));
  auto display = CallText(function, arguments);
  const bool nullable = AnyNullable(arguments);
  auto type = DataType::Map(key, values.element(), values.contains_null());
  return BuildMap(function, std::move(arguments), std::move(type), nullable, std::move(display), context);
}

base::Result<ExpressionPtr> ResolveMapFromEntries(const Function& function, Expressions arguments,
                                                  const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 1));
  const auto& array = *arguments[0]->type;
  const bool fits = array.Is(TypeKind::kArray) && array.element()->Is(TypeKind::kStruct) &&
                    array.element()->fields().size() == 2;
  if (!fits) return UnexpectedInput(function, arguments, 0, "\"ARRAY\" of pair \"STRUCT\"");
  const auto& fields = array.element()->fields();
  HEARTH_RETURN_IF_ERROR(CheckMapKey(function, arguments, *fields[0].type));
  auto display = CallText(function, arguments);
  const bool nullable = arguments[0]->nullable || array.contains_null();
  auto type = DataType::Map(fields[0].type, fields[1].type, fields[1].nullable);
  return BuildMap(function, std::move(arguments), std::move(type), nullable, std::move(display), context);
}

base::Result<ExpressionPtr> ResolveMapConcat(const Function& function, Expressions arguments,
                                             const CallShape&, const ResolveContext& context) {
  auto display = CallText(function, arguments);
  auto type = DataType::Map(DataType::String(), DataType::String(), true);
  if (!arguments.empty()) {
    std::vector<TypePtr> types;
    bool all_maps = true;
    bool contains_null = false;
    for (const auto& argument : arguments) {
      types.push_back(argument->type);
      const bool is_map = argument->type->Is(TypeKind::kMap);
      all_maps &= is_map;
      contains_null |= is_map && argument->type->value_contains_null();
    }
    auto common = all_maps ? FindCommonType(types, context.settings) : std::nullopt;
    if (!common) {
      return Mismatch(
          "MAP_CONCAT_DIFF_TYPES", "the maps have no common type.", function, arguments,
          {{"functionName", QuoteIdentifier(function.registered_name)}, {"dataType", TypeList(types)}});
    }
    type = DataType::Map((*common)->key(), (*common)->value(), contains_null);
    for (auto& argument : arguments) argument = CoerceTo(argument, *common, context.settings);
  }
  const bool nullable = AnyNullable(arguments);
  return BuildMap(function, std::move(arguments), std::move(type), nullable, std::move(display), context);
}

base::Result<ExpressionPtr> ResolveStrToMap(const Function& function, Expressions arguments, const CallShape&,
                                            const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 1, 3));
  if (arguments.size() < 2) arguments.push_back(StringLiteral(","));
  if (arguments.size() < 3) arguments.push_back(StringLiteral(":"));
  auto display = CallText(function, arguments);
  for (size_t i = 0; i < arguments.size(); ++i) {
    auto& argument = arguments[i];
    if (argument->type->Is(TypeKind::kNull))
      argument = CoerceTo(argument, DataType::String(), context.settings);
    if (!argument->type->IsString()) return UnexpectedInput(function, arguments, i, "\"STRING\"");
  }
  const bool nullable = AnyNullable(arguments);
  auto type = DataType::Map(DataType::String(), DataType::String(), true);
  return BuildMap(function, std::move(arguments), std::move(type), nullable, std::move(display), context);
}

base::Result<ExpressionPtr> ResolveMapContainsKey(const Function& function, Expressions arguments,
                                                  const CallShape&, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckArgumentCount(function, arguments, 2, 2));
  if (arguments[0]->type->Is(TypeKind::kNull)) {
    return Mismatch("MAP_FUNCTION_DIFF_TYPES", "an untyped NULL is no map.", function, arguments,
                    {{"functionName", QuoteIdentifier(function.registered_name)},
                     {"dataType", "\"MAP\""},
                     {"leftType", QuotedType(*arguments[0]->type)},
                     {"rightType", QuotedType(*arguments[1]->type)}});
  }
  if (arguments[1]->type->Is(TypeKind::kNull)) {
    return Mismatch("NULL_TYPE", "an untyped NULL is not accepted.", function, arguments,
                    {{"functionName", QuoteIdentifier(function.registered_name)}});
  }
  const auto map = arguments[0]->type;
  const auto key = arguments[1]->type;
  HEARTH_RETURN_IF_ERROR(RequireMap(function, arguments, 0));
  auto display = CallText(function, arguments);
  if (!map->key()->SameIgnoringNamesAndNullability(*key)) {
    const TypePtr types[] = {map->key(), key};
    auto common =
        map->key()->IsString() == key->IsString() ? FindCommonType(types, context.settings) : std::nullopt;
    if (!common) {
      return Mismatch("MAP_FUNCTION_DIFF_TYPES", "the key has another type.", function, arguments,
                      {{"functionName", QuoteIdentifier(function.registered_name)},
                       {"dataType", "\"MAP\""},
                       {"leftType", QuotedType(*map)},
                       {"rightType", QuotedType(*key)}});
    }
    arguments[0] = CoerceTo(arguments[0], DataType::Map(*common, map->value(), map->value_contains_null()),
                            context.settings);
    arguments[1] = CoerceTo(arguments[1], *common, context.settings);
  }
  return WithDisplay(
      MakeCall(&function, std::move(arguments), DataType::Boolean(), true, context.settings.ansi),
      std::move(display));
}

TypePtr Keys(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  return DataType::Array(arguments[0]->type->key(), true);
}
TypePtr Values(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  return DataType::Array(arguments[0]->type->value(), true);
}
TypePtr Entries(std::span<const ExpressionPtr> arguments, const ResolveContext&) {
  const auto& map = *arguments[0]->type;
  return DataType::Array(DataType::Struct({{"key", map.key(), false, {}},
                                           {"value", map.value(), map.value_contains_null(), {}}}),
                         false);
}

}  // namespace

base::Status CheckMapKey(const Function& function, const Expressions& arguments, const DataType& key) {
  const auto contains_map = [](const auto& self, const DataType& type) -> bool {
    if (type.Is(TypeKind::kMap)) return true;
    if (type.Is(TypeKind::kArray)) return self(self, *type.element());
    for (const auto& field : type.Is(TypeKind::kStruct) ? type.fields() : std::vector<Field>{}) {
      if (self(self, *field.type)) return true;
    }
    return false;
  };
  if (!contains_map(contains_map, key) && !key.Is(TypeKind::kVariant)) return {};
  return Mismatch("INVALID_MAP_KEY_TYPE", "a map key cannot be or contain a map.", function, arguments,
                  {{"keyType", QuotedType(key)}});
}

void AddMapFunctions(FunctionTable& table) {
  table.Add({.name = "map", .resolve = ResolveMap});
  table.Add({.name = "map_from_arrays", .resolve = ResolveMapFromArrays});
  table.Add({.name = "map_from_entries", .resolve = ResolveMapFromEntries});
  table.Add({.name = "map_concat", .resolve = ResolveMapConcat});
  table.Add({.name = "str_to_map", .resolve = ResolveStrToMap});
  table.Add({.name = "map_contains_key", .resolve = ResolveMapContainsKey});
  table.Add({.name = "map_keys", .slots = {Slot::kMap}, .result = Keys});
  table.Add({.name = "map_values", .slots = {Slot::kMap}, .result = Values});
  table.Add({.name = "map_entries", .slots = {Slot::kMap}, .result = Entries});
}

}  // namespace hearth::plan
