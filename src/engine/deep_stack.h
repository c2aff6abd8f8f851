// Planning walks trees recursively, DuckDB's binder and optimizer included; a plan of thousands of levels
// needs more stack than a thread has.
#pragma once

#include <functional>

#include "plan/resolved/tree.h"

namespace hearth::engine {

// Nesting of relations and expressions, subqueries included; counting stops at kDeep.
bool IsDeep(const plan::Relation& relation);

// Runs `work` on a thread with a large stack and waits for it. `work` must not throw.
void RunOnDeepStack(const std::function<void()>& work);

}  // namespace hearth::engine
