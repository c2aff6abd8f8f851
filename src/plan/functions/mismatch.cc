#include "plan/functions/mismatch.h"

#include <fmt/format.h>

#include <array>

namespace hearth::plan {

std::string QuotedType(const DataType& type) { return "\"" + type.Sql() + "\""; }

std::string QuotedExpression(const Expression& expression) { return "\"" + OutputName(expression) + "\""; }

std::string CallText(const Function& function, const Expressions& arguments) {
  return OutputName(*MakeCall(&function, arguments, DataType::Null(), true));
}

std::string Ordinal(size_t index) {
  static constexpr std::array<std::string_view, 16> kWords = {
      "first", "second", "third",    "fourth",  "fifth",      "sixth",      "seventh",   "eighth",
      "ninth", "tenth",  "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"};
  if (index < kWords.size()) return std::string(kWords[index]);
  return fmt::format("{}th", index + 1);
}

base::Error MismatchError(std::string_view condition, std::string message,
                          std::map<std::string, std::string> parameters) {
  auto text = fmt::format("Cannot resolve {} because of its types: {}", parameters["sqlExpr"], message);
  return base::MakeError(base::ErrorKind::kAnalysis, fmt::format("DATATYPE_MISMATCH.{}", condition),
                         std::move(text), std::move(parameters));
}

base::Error UnexpectedInput(std::string_view call_text, const Expression& argument, size_t index,
                            std::string_view required) {
  auto message = fmt::format("the {} parameter takes {}, but {} has the type {}.", Ordinal(index), required,
                             QuotedExpression(argument), QuotedType(*argument.type));
  return MismatchError("UNEXPECTED_INPUT_TYPE", std::move(message),
                       {{"sqlExpr", fmt::format("\"{}\"", call_text)},
                        {"paramIndex", Ordinal(index)},
                        {"requiredType", std::string(required)},
                        {"inputSql", QuotedExpression(argument)},
                        {"inputType", QuotedType(*argument.type)}});
}

base::Error UnexpectedInput(const Function& function, const Expressions& arguments, size_t index,
                            std::string_view required) {
  return UnexpectedInput(CallText(function, arguments), *arguments[index], index, required);
}

base::Error DifferentOperands(const Function& function, const Expressions& arguments) {
  auto left = QuotedType(*arguments[0]->type);
  auto right = QuotedType(*arguments[1]->type);
  return MismatchError(
      "BINARY_OP_DIFF_TYPES", fmt::format("its operands have the types {} and {}.", left, right),
      {{"sqlExpr", "\"" + CallText(function, arguments) + "\""}, {"left", left}, {"right", right}});
}

base::Error WrongOperands(const Function& function, const Expressions& arguments, std::string_view required) {
  auto actual = QuotedType(*arguments[0]->type);
  return MismatchError("BINARY_OP_WRONG_TYPE",
                       fmt::format("its operands must be {}, not {}.", required, actual),
                       {{"sqlExpr", "\"" + CallText(function, arguments) + "\""},
                        {"inputType", std::string(required)},
                        {"actualDataType", actual}});
}

base::Error DifferentTypes(std::string_view function, const std::string& call_text,
                           const std::string& types) {
  return MismatchError("DATA_DIFF_TYPES",
                       fmt::format("{} needs values of one type, not {}.", function, types),
                       {{"sqlExpr", "\"" + call_text + "\""},
                        {"functionName", QuoteIdentifier(function)},
                        {"dataType", types}});
}

std::string TypeList(std::span<const TypePtr> types) {
  std::string text;
  for (const auto& type : types) text += (text.empty() ? "" : ", ") + QuotedType(*type);
  return "[" + text + "]";
}

base::Error NotOrderable(std::string_view function, const std::string& call_text, const DataType& type) {
  return MismatchError("INVALID_ORDERING_TYPE",
                       fmt::format("values of the type {} have no order for {}.", QuotedType(type), function),
                       {{"sqlExpr", "\"" + call_text + "\""},
                        {"functionName", QuoteIdentifier(function)},
                        {"dataType", QuotedType(type)}});
}

base::Error NotFoldable(const std::string& call_text, std::string_view input_name, const DataType& type,
                        const Expression& argument) {
  return MismatchError("NON_FOLDABLE_INPUT", fmt::format("{} must be constant.", input_name),
                       {{"sqlExpr", "\"" + call_text + "\""},
                        {"inputName", QuoteIdentifier(input_name)},
                        {"inputType", QuotedType(type)},
                        {"inputExpr", QuotedExpression(argument)}});
}

base::Error OutOfRange(const std::string& call_text, std::string_view name, std::string_view range,
                       std::string_view current) {
  return MismatchError("VALUE_OUT_OF_RANGE", fmt::format("{} must be in {}, not {}.", name, range, current),
                       {{"sqlExpr", "\"" + call_text + "\""},
                        {"exprName", std::string(name)},
                        {"valueRange", std::string(range)},
                        {"currentValue", std::string(current)}});
}

base::Error WrongNumberOfArguments(std::string_view function, std::string_view expected, size_t actual) {
  return base::MakeError(
      base::ErrorKind::kAnalysis, "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
      fmt::format("{} takes {} arguments, not {}.", QuoteIdentifier(function), expected, actual),
      {{"functionName", QuoteIdentifier(function)},
       {"expectedNum", std::string(expected)},
       {"actualNum", std::to_string(actual)},
       {"docroot", "https://spark.apache.org/docs/latest"}});
}

}  // namespace hearth::plan
