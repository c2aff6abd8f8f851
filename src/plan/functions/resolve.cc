// The common way of every call: number of arguments, defaults, implicit casts to the slots, result type and
// nullability.
#include <fmt/format.h>

#include <algorithm>

#include "plan/functions/mismatch.h"
#include "plan/functions/registry.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

size_t MinimumArguments(const Function& function) {
  size_t required = function.slots.size() - function.optional;
  return function.variadic ? required - 1 : required;
}

base::Status CheckNumber(const Function& function, size_t actual) {
  size_t minimum = MinimumArguments(function);
  size_t maximum = function.slots.size();
  if (actual >= minimum && (function.variadic || actual <= maximum)) return {};
  std::string expected;
  if (function.variadic) {
    expected = fmt::format("> {}", static_cast<int64_t>(minimum) - 1);
  } else if (minimum == maximum) {
    expected = std::to_string(minimum);
  } else {
    for (size_t number = minimum; number <= maximum; ++number) {
      expected += fmt::format("{}{}", expected.empty() ? "" : ", ", number);
    }
    expected = "[" + expected + "]";
  }
  return WrongNumberOfArguments(function.registered_name, expected, actual);
}

base::Error UnsupportedSyntax(const Function& function, std::string_view syntax) {
  return base::MakeError(
      base::ErrorKind::kAnalysis, "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
      fmt::format("The function {} does not take {}.", QuoteIdentifier(function.registered_name), syntax),
      {{"prettyName", QuoteIdentifier(function.registered_name)}, {"syntax", std::string(syntax)}});
}

// DISTINCT and FILTER belong to aggregates; the null treatment and WITHIN GROUP to the rows that say so.
base::Status CheckShape(const Function& function, const CallShape& shape) {
  bool aggregates = function.kind == FunctionKind::kAggregate;
  if (shape.distinct && !aggregates) return UnsupportedSyntax(function, "DISTINCT");
  if (shape.filter && !aggregates) return UnsupportedSyntax(function, "FILTER CLAUSE");
  if (shape.ignore_nulls && !function.takes_null_treatment)
    return UnsupportedSyntax(function, "IGNORE NULLS");
  if (shape.respect_nulls && !function.takes_null_treatment)
    return UnsupportedSyntax(function, "RESPECT NULLS");
  if (!shape.order.empty() && !function.takes_order) {
    return UnsupportedSyntax(function, "WITHIN GROUP (ORDER BY ...)");
  }
  return {};
}

bool IsNullable(const Function& function, const Expressions& arguments) {
  const auto nullable = [](const ExpressionPtr& argument) { return argument->nullable; };
  switch (function.nulls) {
    case NullRule::kAnyArgument:
      return std::any_of(arguments.begin(), arguments.end(), nullable);
    case NullRule::kAllArguments:
      return std::all_of(arguments.begin(), arguments.end(), nullable);
    case NullRule::kAlways:
      return true;
    case NullRule::kNever:
      return false;
  }
  return true;
}

void AppendDefaults(const Function& function, Expressions& arguments) {
  if (function.variadic || arguments.size() >= function.slots.size()) return;
  size_t missing = function.slots.size() - arguments.size();
  if (function.defaults.size() < missing) return;
  arguments.insert(arguments.end(), function.defaults.end() - static_cast<std::ptrdiff_t>(missing),
                   function.defaults.end());
}

Slot SlotAt(const Function& function, size_t index) {
  return index < function.slots.size() ? function.slots[index] : function.slots.back();
}

}  // namespace

base::Status CoerceArguments(const Function& function, Expressions& arguments,
                             const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckNumber(function, arguments.size()));
  AppendDefaults(function, arguments);
  Expressions coerced = arguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    auto slot = SlotAt(function, i);
    auto argument = CoerceToSlot(arguments[i], slot, context.settings);
    if (!argument) return UnexpectedInput(function, arguments, i, SlotName(slot));
    coerced[i] = *argument;
    if (slot == Slot::kOrderable && !IsOrderable(*coerced[i]->type)) {
      return NotOrderable(function.registered_name, CallText(function, arguments), *coerced[i]->type);
    }
  }
  arguments = std::move(coerced);
  return {};
}

ExpressionPtr BuildCall(const Function& function, Expressions arguments, TypePtr type, bool nullable,
                        const CallShape& shape, const ResolveContext& context) {
  if (function.kind == FunctionKind::kAggregate) {
    AggregateCall call{&function,    std::move(arguments), shape.distinct,       shape.ignore_nulls,
                       shape.filter, shape.order,          context.settings.ansi};
    return std::make_shared<const Expression>(Expression{std::move(call), std::move(type), nullable, {}});
  }
  Call call{&function, std::move(arguments), context.settings.ansi, shape.ignore_nulls};
  return std::make_shared<const Expression>(Expression{std::move(call), std::move(type), nullable, {}});
}

base::Result<ExpressionPtr> ResolveBySlots(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CoerceArguments(function, arguments, context));
  if (!function.result) return base::InternalError("no result rule for function " + function.name);
  auto type = function.result(arguments, context);
  bool nullable = IsNullable(function, arguments);
  return BuildCall(function, std::move(arguments), std::move(type), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveCall(const Function& function, Expressions arguments,
                                        const CallShape& shape, const ResolveContext& context) {
  HEARTH_RETURN_IF_ERROR(CheckShape(function, shape));
  if (!function.resolve) return ResolveBySlots(function, std::move(arguments), shape, context);
  if (!function.slots.empty()) {
    HEARTH_RETURN_IF_ERROR(CheckNumber(function, arguments.size()));
  }
  return function.resolve(function, std::move(arguments), shape, context);
}

base::Result<ExpressionPtr> ResolveCall(std::string_view name, Expressions arguments,
                                        const ResolveContext& context) {
  const auto* function = FunctionTable::BuiltIn().Find(name);
  if (!function) return base::NotImplemented(fmt::format("function {}", name));
  return ResolveCall(*function, std::move(arguments), CallShape{}, context);
}

}  // namespace hearth::plan
