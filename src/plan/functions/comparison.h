// Typing of comparisons, IN and the boolean connectives.
#pragma once

#include "plan/functions/registry.h"

namespace hearth::plan {

// == <=> < <= > >=
base::Result<ExpressionPtr> ResolveComparison(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context);
// != as the negation of ==
base::Result<ExpressionPtr> ResolveNotEqual(const Function& function, Expressions arguments,
                                            const CallShape& shape, const ResolveContext& context);
// value in (a, b, …): the first argument against the others
base::Result<ExpressionPtr> ResolveIn(const Function& function, Expressions arguments, const CallShape& shape,
                                      const ResolveContext& context);
base::Result<ExpressionPtr> ResolveBetween(const Function& function, Expressions arguments,
                                           const CallShape& shape, const ResolveContext& context);
// and, or
base::Result<ExpressionPtr> ResolveConnective(const Function& function, Expressions arguments,
                                              const CallShape& shape, const ResolveContext& context);

}  // namespace hearth::plan
