// Regular expressions (java.util.regex) and split.
#include <fmt/format.h>

#include "plan/functions/families.h"
#include "plan/functions/signature.h"
#include "plan/resolved/rewrite.h"

namespace hearth::plan {
namespace {

constexpr ResultRule kInteger = Returns<&DataType::Integer>;

TypePtr ArrayOfFirst(std::span<const ExpressionPtr> arguments, const ResolveContext& context) {
  return DataType::Array(TypeOf<0>(arguments, context), true);
}
TypePtr FullArrayOfFirst(std::span<const ExpressionPtr> arguments, const ResolveContext& context) {
  return DataType::Array(TypeOf<0>(arguments, context), false);
}

base::Result<ExpressionPtr> ResolveRegexpReplace(const Function& function, Expressions arguments,
                                                 const CallShape& shape, const ResolveContext& context) {
  if (arguments.size() == 4) {
    const auto text = CallText(function, arguments);
    if (!IsFoldable(*arguments[3])) return NotFoldable(text, "position", *DataType::Integer(), *arguments[3]);
    if (auto position = LiteralInteger(*arguments[3]); position && *position <= 0) {
      return OutOfRange(text, "position", "(0, 2147483647]", std::to_string(*position));
    }
  }
  return ResolveBySlots(function, std::move(arguments), shape, context);
}

}  // namespace

void AddRegexpFunctions(FunctionTable& table) {
  // The output name is the name in capitals; the operators RLIKE and REGEXP are `rlike`.
  constexpr std::pair<const char*, const char*> kNames[] = {
      {"rlike", "RLIKE"}, {"regexp", "REGEXP"}, {"regexp_like", "REGEXP_LIKE"}};
  for (const auto& [name, shown] : kNames) {
    table.Add({.name = "rlike",
               .slots = {Slot::kString, Slot::kString},
               .result = Returns<&DataType::Boolean>,
               .display_name = shown,
               .registered_name = name});
  }
  table.Add({.name = "regexp_replace",
             .slots = {Slot::kString, Slot::kString, Slot::kString, Slot::kInteger},
             .optional = 1,
             .result = TypeOf<0>,
             .resolve = ResolveRegexpReplace,
             .defaults = {IntegerLiteral(1)}});
  table.Add({.name = "regexp_extract",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .optional = 1,
             .result = TypeOf<0>,
             .defaults = {IntegerLiteral(1)}});
  table.Add({.name = "regexp_extract_all",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .optional = 1,
             .result = ArrayOfFirst,
             .defaults = {IntegerLiteral(1)}});
  table.Add({.name = "regexp_count", .slots = {Slot::kString, Slot::kString}, .result = kInteger});
  table.Add({.name = "regexp_instr",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .optional = 1,
             .result = kInteger,
             .defaults = {IntegerLiteral(0)}});
  table.Add({.name = "regexp_substr",
             .slots = {Slot::kString, Slot::kString},
             .result = TypeOf<0>,
             .nulls = NullRule::kAlways});
  table.Add({.name = "split",
             .slots = {Slot::kString, Slot::kString, Slot::kInteger},
             .optional = 1,
             .result = FullArrayOfFirst,
             .defaults = {IntegerLiteral(-1)}});
}

}  // namespace hearth::plan
