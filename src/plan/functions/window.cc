// Functions that exist over a window alone: ranks, neighbours.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/resolved/rewrite.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

// lag, lead: value, distance (1), what to give beyond the partition (NULL).
base::Result<ExpressionPtr> ResolveNeighbour(const Function& function, Expressions arguments,
                                             const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 1) arguments.push_back(IntegerLiteral(1));
  if (arguments.size() == 2) arguments.push_back(NullLiteral(DataType::Null()));
  auto text = CallText(function, arguments);
  auto distance = CoerceToSlot(arguments[1], Slot::kInteger, context.settings);
  if (!distance) return UnexpectedInput(text, *arguments[1], 1, SlotName(Slot::kInteger));
  if (!IsFoldable(*arguments[1])) {
    auto shown = function.name == "lag" ? fmt::format("\"(- {})\"", OutputName(*arguments[1]))
                                        : QuotedExpression(*arguments[1]);
    auto error = NotFoldable(text, "offset", *DataType::Integer(), *arguments[1]);
    error.parameters["inputExpr"] = shown;
    return error;
  }
  const auto& type = arguments[0]->type;
  const auto& other = *arguments[2]->type;
  bool castable = other.SameIgnoringNullability(*type) || other.Is(TypeKind::kNull) ||
                  (other.IsNumeric() && type->IsNumeric()) || (other.IsString() && type->IsAtomic()) ||
                  (type->IsString() && other.IsAtomic()) || (other.IsDateTime() && type->IsDateTime());
  if (!castable)
    return UnexpectedInput(text, *arguments[2], 2, fmt::format("({} or \"VOID\")", QuotedType(*type)));
  auto fallback = CoerceTo(arguments[2], type, context.settings);
  bool nullable = arguments[0]->nullable || fallback->nullable;
  auto call = BuildCall(function, {arguments[0], *distance, fallback}, type, nullable, shape, context);
  return WithDisplay(call, text);
}

base::Result<ExpressionPtr> ResolveNthValue(const Function& function, Expressions arguments,
                                            const CallShape& shape, const ResolveContext& context) {
  CallShape own = shape;
  if (arguments.size() == 3) {  // as DataFrames say IGNORE NULLS
    const auto* flag = arguments[2]->As<Literal>();
    if (!flag || !arguments[2]->type->Is(TypeKind::kBoolean) || flag->value.IsNull())
      return UnexpectedInput(CallText(function, arguments), *arguments[2], 2, "\"BOOLEAN\"");
    own.ignore_nulls = own.ignore_nulls || std::get<bool>(flag->value.data);
    arguments.pop_back();
  }
  auto text = CallText(function, arguments);
  auto position = CoerceToSlot(arguments[1], Slot::kLong, context.settings);
  if (!position) return UnexpectedInput(text, *arguments[1], 1, SlotName(Slot::kLong));
  if (!IsFoldable(*arguments[1])) return NotFoldable(text, "offset", *DataType::Integer(), *arguments[1]);
  if (auto number = ConstantInteger(**position); number && *number <= 0) {
    return OutOfRange(text, "offset", "(0, 9223372036854775807]", fmt::format("{}L", *number));
  }
  auto type = arguments[0]->type;
  auto call = BuildCall(function, {arguments[0], *position}, std::move(type), true, own, context);
  return own.ignore_nulls ? WithDisplay(call, text + " ignore nulls") : call;
}

base::Result<ExpressionPtr> ResolveNtile(const Function& function, Expressions arguments,
                                         const CallShape& shape, const ResolveContext& context) {
  if (arguments.empty()) arguments.push_back(IntegerLiteral(1));
  auto text = CallText(function, arguments);
  if (!IsFoldable(*arguments[0])) return NotFoldable(text, "buckets", *DataType::Integer(), *arguments[0]);
  auto buckets = CoerceToSlot(arguments[0], Slot::kInteger, context.settings);
  if (!buckets) return UnexpectedInput(text, *arguments[0], 0, SlotName(Slot::kInteger));
  if (auto number = ConstantInteger(**buckets); number && *number <= 0) {
    return OutOfRange(text, "buckets", "(0, 2147483647]", std::to_string(*number));
  }
  return BuildCall(function, {*buckets}, DataType::Integer(), false, shape, context);
}

// rank and its kin may repeat the ORDER BY as arguments, which neither count nor show.
base::Result<ExpressionPtr> ResolveRank(const Function& function, Expressions, const CallShape& shape,
                                        const ResolveContext& context) {
  auto type = function.name == "percent_rank" ? DataType::Double() : DataType::Integer();
  return BuildCall(function, {}, std::move(type), false, shape, context);
}

}  // namespace

void AddWindowFunctions(FunctionTable& table) {
  const auto kind = FunctionKind::kWindow;
  const auto add_rank = [&](const char* name, ResultRule result, const char* shown) {
    table.Add(
        {.name = name, .kind = kind, .result = result, .nulls = NullRule::kNever, .display_name = shown});
  };
  add_rank("row_number", &ReturnsInteger, "");
  const auto add_rank_of = [&](const char* name, const char* shown) {
    table.Add({.name = name, .kind = kind, .resolve = &ResolveRank, .display_name = shown});
  };
  add_rank_of("rank", "RANK");
  add_rank_of("dense_rank", "DENSE_RANK");
  add_rank_of("percent_rank", "PERCENT_RANK");
  add_rank("cume_dist", &ReturnsDouble, "");
  table.Add({.name = "ntile", .kind = kind, .slots = {Slot::kAny}, .optional = 1, .resolve = &ResolveNtile});
  const std::vector<Slot> three = {Slot::kAny, Slot::kAny, Slot::kAny};
  for (const char* name : {"lag", "lead"}) {
    table.Add({.name = name,
               .kind = kind,
               .slots = three,
               .optional = 2,
               .resolve = &ResolveNeighbour,
               .takes_null_treatment = true});
  }
  table.Add({.name = "nth_value",
             .kind = kind,
             .slots = {Slot::kAny, Slot::kAny, Slot::kAny},
             .optional = 1,
             .resolve = &ResolveNthValue,
             .takes_null_treatment = true});
}

}  // namespace hearth::plan
