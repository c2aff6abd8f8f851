// Spark Connect messages to the unresolved tree. Reads the message only; what it does not know becomes
// Unsupported with the message's own name for the thing.
#pragma once

#include "base/result.h"
#include "plan/from_sql/from_sql.h"
#include "plan/unresolved/command.h"
#include "plan/unresolved/tree.h"

namespace spark::connect {
class Relation;
class Expression;
class Command;
class DataType;
}  // namespace spark::connect

namespace hearth::plan {

// SQL text inside the plan is parsed here, and subqueries take in the plans that they name by plan id: the
// result holds neither SqlQuery nor WithRelations.
base::Result<unresolved::RelationPtr> FromConnect(const ::spark::connect::Relation& message,
                                                  const SqlOptions& options);
// What the input of a SqlCommand is: SQL text with its arguments is the query or the command that it says,
// with the arguments put in; any other relation is a query.
base::Result<unresolved::Statement> StatementFromConnect(const ::spark::connect::Relation& message,
                                                         const SqlOptions& options);
base::Result<unresolved::ExpressionPtr> FromConnect(const ::spark::connect::Expression& message,
                                                    const SqlOptions& options);
base::Result<TypePtr> FromConnect(const ::spark::connect::DataType& message);
// Write, view and similar commands; SqlCommand and streaming are the session's own (front/connect reads
// them).
base::Result<unresolved::Command> FromConnect(const ::spark::connect::Command& message,
                                              const SqlOptions& options);
// The other direction, for AnalyzePlan.Schema and DDLParse answers.
void ToConnect(const DataType& type, ::spark::connect::DataType* message);

}  // namespace hearth::plan
