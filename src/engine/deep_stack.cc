#include "engine/deep_stack.h"

#include <pthread.h>

#include "plan/resolved/rewrite.h"

namespace hearth::engine {

namespace {

constexpr int kDeep = 150;
constexpr size_t kDeepStackBytes = size_t{4} << 30;  // address space; pages are committed when touched

bool ExpressionIsDeep(const plan::Expression& expression, int budget) {
  if (budget <= 0) return true;
  for (const auto& child : plan::ChildrenOf(expression)) {
    if (ExpressionIsDeep(*child, budget - 1)) return true;
  }
  return false;
}

bool RelationIsDeep(const plan::Relation& relation, int budget) {
  if (budget <= 0) return true;
  bool deep = false;
  plan::VisitExpressions(relation, [&](const plan::ExpressionPtr& expression) {
    if (expression && !deep) deep = ExpressionIsDeep(*expression, budget - 1);
  });
  if (deep) return true;
  for (const auto& input : plan::InputsOf(relation)) {
    if (RelationIsDeep(*input, budget - 1)) return true;
  }
  return false;
}

void* Trampoline(void* argument) {
  (*static_cast<const std::function<void()>*>(argument))();
  return nullptr;
}

}  // namespace

bool IsDeep(const plan::Relation& relation) { return RelationIsDeep(relation, kDeep); }

void RunOnDeepStack(const std::function<void()>& work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_t thread;
  const bool started =
      pthread_attr_setstacksize(&attributes, kDeepStackBytes) == 0 &&
      pthread_create(&thread, &attributes, &Trampoline, const_cast<std::function<void()>*>(&work)) == 0;
  pthread_attr_destroy(&attributes);
  if (started) {
    pthread_join(thread, nullptr);
  } else {
    work();
  }
}

}  // namespace hearth::engine
