// Forward declarations and owning pointers of the syntax tree.
#pragma once

#include "sql/syntax/node.h"

namespace hearth::sql {

struct DataType;
struct Expression;
struct Query;
struct QueryTerm;
struct Relation;
struct Statement;

using DataTypePointer = NodePointer<DataType>;
using ExpressionPointer = NodePointer<Expression>;
using QueryPointer = NodePointer<Query>;
using QueryTermPointer = NodePointer<QueryTerm>;
using RelationPointer = NodePointer<Relation>;
using StatementPointer = NodePointer<Statement>;

}  // namespace hearth::sql
