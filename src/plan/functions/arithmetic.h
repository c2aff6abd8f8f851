// Typing of + - * / % div and their try_ forms.
#pragma once

#include "plan/functions/registry.h"

namespace hearth::plan {

// Coerces the operands as Spark does for the operator and builds its call; dates, timestamps and intervals go
// to the functions of those families. Takes one operand for + and -.
base::Result<ExpressionPtr> ResolveArithmetic(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context);
// + or - over operands of which at least one is a date, timestamp, time or interval, or such an interval in *
// and /; null when there is none or when the numeric rules decide.
base::Result<ExpressionPtr> ResolveTemporalArithmetic(std::string_view op, const Expressions& operands,
                                                      const ResolveContext& context);
// try_add and its siblings: the operator, giving null where it would fail.
base::Result<ExpressionPtr> ResolveTryArithmetic(const Function& function, Expressions arguments,
                                                 const CallShape& shape, const ResolveContext& context);
// What the operands of the operator must be, as BINARY_OP_WRONG_TYPE words it.
std::string_view OperandName(std::string_view op);

}  // namespace hearth::plan
