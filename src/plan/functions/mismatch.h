// The errors that resolving a call can give, with the parameters that Spark's catalogue names.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/functions/registry.h"
#include "plan/resolved/tree.h"

namespace hearth::plan {

// "ARRAY<INT>" in double quotes.
std::string QuotedType(const DataType& type);
// The text of an expression in double quotes, as parameters sqlExpr and inputSql carry it.
std::string QuotedExpression(const Expression& expression);
// The text of a call that may not have resolved.
std::string CallText(const Function& function, const Expressions& arguments);
// "first", "second", … from 0.
std::string Ordinal(size_t index);

// DATATYPE_MISMATCH.<condition>
base::Error MismatchError(std::string_view condition, std::string message,
                          std::map<std::string, std::string> parameters);
// DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE; `required` with its quotes, e.g. SlotName().
base::Error UnexpectedInput(const Function& function, const Expressions& arguments, size_t index,
                            std::string_view required);
base::Error UnexpectedInput(std::string_view call_text, const Expression& argument, size_t index,
                            std::string_view required);
// DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES and BINARY_OP_WRONG_TYPE
base::Error DifferentOperands(const Function& function, const Expressions& arguments);
base::Error WrongOperands(const Function& function, const Expressions& arguments, std::string_view required);
// DATATYPE_MISMATCH.DATA_DIFF_TYPES; `types` as Spark prints the list for this function.
base::Error DifferentTypes(std::string_view function, const std::string& call_text, const std::string& types);
// ["INT", "STRING"]
std::string TypeList(std::span<const TypePtr> types);
// DATATYPE_MISMATCH.INVALID_ORDERING_TYPE
base::Error NotOrderable(std::string_view function, const std::string& call_text, const DataType& type);
// DATATYPE_MISMATCH.NON_FOLDABLE_INPUT
base::Error NotFoldable(const std::string& call_text, std::string_view input_name, const DataType& type,
                        const Expression& argument);
// DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE
base::Error OutOfRange(const std::string& call_text, std::string_view name, std::string_view range,
                       std::string_view current);
// WRONG_NUM_ARGS.WITHOUT_SUGGESTION
base::Error WrongNumberOfArguments(std::string_view function, std::string_view expected, size_t actual);

}  // namespace hearth::plan
