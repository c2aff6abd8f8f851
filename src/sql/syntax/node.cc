#include "sql/syntax/node.h"

#include "sql/syntax/definition.h"
#include "sql/syntax/manipulation.h"

namespace hearth::sql {

namespace {

// The nodes waiting for destruction while an outer NodeDeleter on this thread is at work.
thread_local std::vector<Node*>* pending_nodes = nullptr;

}  // namespace

void NodeDeleter::operator()(Node* node) const noexcept {
  if (node == nullptr) return;
  if (pending_nodes != nullptr) {
    pending_nodes->push_back(node);
    return;
  }
  std::vector<Node*> pending{node};
  pending_nodes = &pending;
  while (!pending.empty()) {
    Node* next = pending.back();
    pending.pop_back();
    delete next;  // its children are pushed by their own deleters
  }
  pending_nodes = nullptr;
}

// Nodes that own a query or a relation: complete only here.
TableArgumentExpression::TableArgumentExpression() : Expression(kKind) {}
TableArgumentExpression::~TableArgumentExpression() = default;
InSubqueryExpression::InSubqueryExpression() : Expression(kKind) {}
InSubqueryExpression::~InSubqueryExpression() = default;
ExistsExpression::ExistsExpression() : Expression(kKind) {}
ExistsExpression::~ExistsExpression() = default;
ScalarSubqueryExpression::ScalarSubqueryExpression() : Expression(kKind) {}
ScalarSubqueryExpression::~ScalarSubqueryExpression() = default;
SubqueryRelation::SubqueryRelation() : Relation(kKind) {}
SubqueryRelation::~SubqueryRelation() = default;

}  // namespace hearth::sql
