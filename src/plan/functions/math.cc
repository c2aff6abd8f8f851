// Mathematical functions. Those of one double argument are nullable whatever they are given, as Spark
// declares them.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "plan/functions/families.h"
#include "plan/functions/mismatch.h"
#include "plan/functions/result_rules.h"
#include "plan/resolved/rewrite.h"
#include "plan/types/coercion.h"

namespace hearth::plan {
namespace {

std::string UpperCase(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

// The decimal type after rounding to `scale` digits: one more integral digit, for 9.9 becoming 10.
TypePtr RoundedDecimal(const DataType& type, int64_t scale) {
  int64_t integral = type.precision() - type.scale() + 1;
  if (scale < 0) {
    auto precision = std::max<int64_t>(integral, -scale + 1);
    return DataType::Decimal(static_cast<int>(std::min<int64_t>(precision, DataType::kMaxPrecision)), 0);
  }
  auto kept = std::min<int64_t>(type.scale(), scale);
  return DataType::Decimal(static_cast<int>(std::min<int64_t>(integral + kept, DataType::kMaxPrecision)),
                           static_cast<int>(kept));
}

base::Result<ExpressionPtr> RoundTo(const Function& function, const std::string& text, Expressions arguments,
                                    const CallShape& shape, const ResolveContext& context) {
  auto scale = CoerceToSlot(arguments[1], Slot::kInteger, context.settings);
  if (!scale) return UnexpectedInput(text, *arguments[1], 1, SlotName(Slot::kInteger));
  if (!IsFoldable(*arguments[1])) return NotFoldable(text, "scale", *DataType::Integer(), *arguments[1]);
  auto type = arguments[0]->type;
  if (type->Is(TypeKind::kDecimal)) {
    auto digits = ConstantInteger(**scale);
    if (!digits) return base::NotImplemented(fmt::format("a computed scale in {}", text));
    type = RoundedDecimal(*type, *digits);
  }
  return BuildCall(function, {arguments[0], *scale}, std::move(type), true, shape, context);
}

// round, bround
base::Result<ExpressionPtr> ResolveRound(const Function& function, Expressions arguments,
                                         const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 1) arguments.push_back(IntegerLiteral(0));
  auto text = CallText(function, arguments);
  auto value = CoerceToSlot(arguments[0], Slot::kNumeric, context.settings);
  if (!value) return UnexpectedInput(text, *arguments[0], 0, SlotName(Slot::kNumeric));
  return RoundTo(function, text, {*value, arguments[1]}, shape, context);
}

// ceil, floor: to a whole number, or of a decimal to some digits.
base::Result<ExpressionPtr> ResolveCeiling(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  const auto& settings = context.settings;
  if (arguments.size() == 2) {
    auto text = PlainCallText(function.registered_name, arguments);
    auto value = CoerceToSlot(arguments[0], Slot::kDecimal, settings);
    if (!value) return UnexpectedInput(text, *arguments[0], 0, SlotName(Slot::kDecimal));
    HEARTH_ASSIGN(auto call, RoundTo(function, text, {*value, arguments[1]}, shape, context));
    return WithDisplay(call, PlainCallText(function.registered_name, arguments));
  }
  auto value = arguments[0];
  if (value->type->IsIntegral()) {
    value = CoerceTo(value, DataType::Long(), settings);
  } else if (!value->type->Is(TypeKind::kDecimal)) {
    auto number = CoerceToSlot(value, Slot::kDouble, settings);
    if (!number) return UnexpectedInput(function, arguments, 0, "(\"DOUBLE\" or \"DECIMAL\" or \"BIGINT\")");
    value = *number;
  }
  auto type = DataType::Long();
  if (const auto& from = *value->type; from.Is(TypeKind::kDecimal)) {
    type = from.scale() == 0
               ? value->type
               : DataType::Decimal(std::min(from.precision() - from.scale() + 1, DataType::kMaxPrecision), 0);
  }
  return BuildCall(function, {std::move(value)}, std::move(type), true, shape, context);
}

// log(x) is the natural logarithm and prints its base.
base::Result<ExpressionPtr> ResolveLog(const Function& function, Expressions arguments,
                                       const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 2) return ResolveBySlots(function, std::move(arguments), shape, context);
  auto display = fmt::format("LOG(E(), {})", OutputName(*arguments[0]));
  HEARTH_ASSIGN(auto call, ResolveCall("ln", std::move(arguments), context));
  return WithDisplay(call, std::move(display));
}

// sign and signum: doubles, and intervals as their number of months or microseconds.
base::Result<ExpressionPtr> ResolveSignum(const Function& function, Expressions arguments,
                                          const CallShape& shape, const ResolveContext& context) {
  if (!arguments[0]->type->IsAnsiInterval())
    HEARTH_RETURN_IF_ERROR(CoerceArguments(function, arguments, context));
  return BuildCall(function, std::move(arguments), DataType::Double(), true, shape, context);
}

// hex of a number, of bytes or of text.
base::Result<ExpressionPtr> ResolveHex(const Function& function, Expressions arguments,
                                       const CallShape& shape, const ResolveContext& context) {
  auto value = arguments[0];
  if (value->type->IsNumeric() || value->type->Is(TypeKind::kNull)) {
    value = CoerceTo(value, DataType::Long(), context.settings);
  } else if (!value->type->Is(TypeKind::kBinary)) {
    auto text = CoerceToSlot(value, Slot::kString, context.settings);
    if (!text) return UnexpectedInput(function, arguments, 0, "(\"BIGINT\" or \"BINARY\" or \"STRING\")");
    value = *text;
  }
  bool nullable = value->nullable;
  return BuildCall(function, {std::move(value)}, DataType::String(), nullable, shape, context);
}

base::Result<ExpressionPtr> ResolveWidthBucket(const Function& function, Expressions arguments,
                                               const CallShape& shape, const ResolveContext& context) {
  const auto kind = arguments[0]->type->kind();
  bool intervals =
      arguments[0]->type->IsAnsiInterval() && arguments[1]->type->Is(kind) && arguments[2]->type->Is(kind);
  if (!intervals) {
    HEARTH_RETURN_IF_ERROR(CoerceArguments(function, arguments, context));
  } else {
    auto buckets = CoerceToSlot(arguments[3], Slot::kLong, context.settings);
    if (!buckets) return UnexpectedInput(function, arguments, 3, SlotName(Slot::kLong));
    arguments[3] = *buckets;
  }
  return BuildCall(function, std::move(arguments), DataType::Long(), true, shape, context);
}

// rand, randn: the seed is a constant; without one, a number drawn now.
base::Result<ExpressionPtr> ResolveRandom(const Function& function, Expressions arguments,
                                          const CallShape& shape, const ResolveContext& context) {
  auto display = PlainCallText(function.name, arguments);
  if (!arguments.empty()) {
    if (!IsFoldable(*arguments[0])) {
      return base::MakeError(
          base::ErrorKind::kAnalysis, "SEED_EXPRESSION_IS_UNFOLDABLE",
          fmt::format("The seed of {} must be constant.", display),
          {{"seedExpr", QuotedExpression(*arguments[0])}, {"exprWithSeed", "\"" + display + "\""}});
    }
    const auto& given = *arguments[0]->type;
    auto seed = given.IsIntegral() || given.Is(TypeKind::kNull)
                    ? CoerceToSlot(arguments[0], Slot::kLong, context.settings)
                    : std::nullopt;
    if (!seed) return UnexpectedInput(display, *arguments[0], 0, "(\"INT\" or \"BIGINT\")");
    arguments[0] = *seed;
  }
  return WithDisplay(BuildCall(function, std::move(arguments), DataType::Double(), false, shape, context),
                     std::move(display));
}

// The type of uniform(low, high): the wider one, with decimals giving way to floating point.
TypePtr UniformType(const DataType& low, const DataType& high) {
  for (const auto& maker : {&DataType::Double, &DataType::Float}) {
    auto type = maker();
    if (low.Is(type->kind()) || high.Is(type->kind())) return type;
  }
  const bool low_decimal = low.Is(TypeKind::kDecimal);
  if (low_decimal || high.Is(TypeKind::kDecimal)) {
    if (low_decimal && high.Is(TypeKind::kDecimal)) return WiderDecimalType(low, high);
    const auto& decimal = low_decimal ? low : high;
    return DataType::Decimal(decimal.precision(), decimal.scale());
  }
  static constexpr TypeKind kKinds[] = {TypeKind::kLong, TypeKind::kInteger, TypeKind::kShort};
  for (auto kind : kKinds) {
    if (low.Is(kind) || high.Is(kind)) {
      return kind == TypeKind::kLong      ? DataType::Long()
             : kind == TypeKind::kInteger ? DataType::Integer()
                                          : DataType::Short();
    }
  }
  return DataType::Byte();
}

base::Result<ExpressionPtr> ResolveUniform(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context) {
  auto text = CallText(function, arguments);
  for (size_t i = 0; i < 2; ++i) {
    const auto& type = *arguments[i]->type;
    if (!type.IsNumeric() && !type.Is(TypeKind::kNull))
      return UnexpectedInput(text, *arguments[i], i, "integer or floating-point");
    if (!IsFoldable(*arguments[i])) return NotFoldable(text, i == 0 ? "min" : "max", type, *arguments[i]);
  }
  const bool is_null = arguments[0]->type->Is(TypeKind::kNull) || arguments[1]->type->Is(TypeKind::kNull);
  auto type = is_null ? DataType::Double() : UniformType(*arguments[0]->type, *arguments[1]->type);
  for (size_t i = 0; i < 2; ++i) arguments[i] = CoerceTo(arguments[i], type, context.settings);
  if (arguments.size() == 3) arguments[2] = CoerceTo(arguments[2], DataType::Long(), context.settings);
  // Spark says so for null bounds as well.
  return WithDisplay(BuildCall(function, std::move(arguments), std::move(type), false, shape, context), text);
}

void AddRounding(FunctionTable& table) {
  const std::vector<Slot> two = {Slot::kAny, Slot::kAny};
  for (const char* name : {"round", "bround"}) {
    table.Add({.name = name, .slots = two, .optional = 1, .resolve = &ResolveRound});
  }
  table.Add({.name = "ceil",
             .slots = {Slot::kDouble, Slot::kInteger},
             .optional = 1,
             .resolve = &ResolveCeiling,
             .display_name = "CEIL"});
  table.Add({.name = "floor",
             .slots = {Slot::kDouble, Slot::kInteger},
             .optional = 1,
             .resolve = &ResolveCeiling,
             .display_name = "FLOOR"});
  table.AddAlias("ceiling", "ceil");
  table.Add({.name = "rint",
             .slots = {Slot::kDouble},
             .result = &ReturnsDouble,
             .nulls = NullRule::kAlways,
             .display_name = "rint"});
}

}  // namespace

void AddMathFunctions(FunctionTable& table) {
  for (const char* name : {"sqrt", "cbrt", "exp",  "expm1", "log10", "log2",  "log1p",   "sin",
                           "cos",  "tan",  "cot",  "sec",   "csc",   "asin",  "acos",    "atan",
                           "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "degrees", "radians"}) {
    table.Add({.name = name,
               .slots = {Slot::kDouble},
               .result = &ReturnsDouble,
               .nulls = NullRule::kAlways,
               .display_name = UpperCase(name)});
  }
  table.Add({.name = "ln", .slots = {Slot::kDouble}, .result = &ReturnsDouble, .nulls = NullRule::kAlways});
  const std::vector<Slot> doubles = {Slot::kDouble, Slot::kDouble};
  table.Add({.name = "log",
             .slots = doubles,
             .optional = 1,
             .result = &ReturnsDouble,
             .nulls = NullRule::kAlways,
             .resolve = &ResolveLog,
             .display_name = "LOG"});
  table.Add({.name = "atan2", .slots = doubles, .result = &ReturnsDouble, .display_name = "ATAN2"});
  table.Add({.name = "hypot", .slots = doubles, .result = &ReturnsDouble, .display_name = "HYPOT"});
  table.Add({.name = "power", .slots = doubles, .result = &ReturnsDouble, .display_name = "POWER"});
  table.AddAlias("pow", "power");
  table.Add({.name = "pi", .result = &ReturnsDouble, .nulls = NullRule::kNever, .display_name = "PI"});
  table.Add({.name = "e", .result = &ReturnsDouble, .nulls = NullRule::kNever, .display_name = "E"});
  AddRounding(table);
  table.Add({.name = "abs", .slots = {Slot::kNumericOrAnsiInterval}, .result = &ReturnsFirst});
  table.Add(
      {.name = "signum", .slots = {Slot::kDouble}, .resolve = &ResolveSignum, .display_name = "SIGNUM"});
  table.AddAlias("sign", "signum");
  table.Add(
      {.name = "factorial", .slots = {Slot::kInteger}, .result = &ReturnsLong, .nulls = NullRule::kAlways});
  table.Add({.name = "hex", .slots = {Slot::kAny}, .resolve = &ResolveHex});
  table.Add(
      {.name = "unhex", .slots = {Slot::kString}, .result = &ReturnsBinary, .nulls = NullRule::kAlways});
  table.Add({.name = "bin", .slots = {Slot::kLong}, .result = &ReturnsString});
  table.Add({.name = "conv",
             .slots = {Slot::kString, Slot::kInteger, Slot::kInteger},
             .result = &ReturnsString,
             .nulls = NullRule::kAlways});
  table.Add({.name = "width_bucket",
             .slots = {Slot::kDouble, Slot::kDouble, Slot::kDouble, Slot::kLong},
             .resolve = &ResolveWidthBucket});
  for (const char* name : {"rand", "randn"}) {
    table.Add({.name = name,
               .slots = {Slot::kLong},
               .optional = 1,
               .resolve = &ResolveRandom,
               .deterministic = false});
  }
  table.AddAlias("random", "rand");
  table.Add({.name = "uniform",
             .slots = {Slot::kAny, Slot::kAny, Slot::kAny},
             .optional = 1,
             .resolve = &ResolveUniform,
             .deterministic = false});
}

}  // namespace hearth::plan
