// Statements: the dispatch, and those about the session.

#include "sql/print/printer_internal.h"

namespace hearth::sql {

void Printer::Print(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kQuery:
      return Put(As<QueryStatement>(statement).query);
    case StatementKind::kExplain: {
      const auto& explain = As<ExplainStatement>(statement);
      constexpr const char* kModes[] = {"", "EXTENDED ", "CODEGEN ", "COST ", "FORMATTED "};
      Put("EXPLAIN ", kModes[static_cast<std::size_t>(explain.mode)]);
      return Print(*explain.statement);
    }
    case StatementKind::kUnsupported:
      return Put("<", As<UnsupportedStatement>(statement).name, ">");
    case StatementKind::kSetConfiguration:
    case StatementKind::kResetConfiguration:
    case StatementKind::kSetTimeZone:
    case StatementKind::kSetVariable:
    case StatementKind::kSetCatalog:
    case StatementKind::kUse:
    case StatementKind::kDeclareVariable:
    case StatementKind::kDropVariable:
    case StatementKind::kCall:
    case StatementKind::kExecuteImmediate:
      return PrintSession(statement);
    case StatementKind::kInsert:
    case StatementKind::kInsertDirectory:
    case StatementKind::kMultiInsert:
    case StatementKind::kDelete:
    case StatementKind::kUpdate:
    case StatementKind::kMerge:
    case StatementKind::kTruncateTable:
    case StatementKind::kLoadData:
      return PrintManipulation(statement);
    case StatementKind::kCreateNamespace:
    case StatementKind::kAlterNamespace:
    case StatementKind::kDropNamespace:
    case StatementKind::kCreateTable:
    case StatementKind::kCreateTableLike:
    case StatementKind::kDropTable:
    case StatementKind::kAlterTable:
    case StatementKind::kCreateView:
    case StatementKind::kCreateViewUsing:
    case StatementKind::kAlterViewQuery:
    case StatementKind::kDropView:
    case StatementKind::kCreateFunction:
    case StatementKind::kDropFunction:
    case StatementKind::kCommentOn:
      return PrintDefinition(statement);
    default:
      return PrintCommand(statement);
  }
}

void Printer::PrintSession(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kSetConfiguration:
      return PrintSetConfiguration(As<SetConfigurationStatement>(statement));
    case StatementKind::kResetConfiguration: {
      const auto& reset = As<ResetConfigurationStatement>(statement);
      Put("RESET");
      if (reset.key.has_value()) Put(" ", "`", *reset.key, "`");
      return;
    }
    case StatementKind::kSetTimeZone:
      return PrintSetTimeZone(As<SetTimeZoneStatement>(statement));
    case StatementKind::kSetVariable:
      return PrintSetVariable(As<SetVariableStatement>(statement));
    case StatementKind::kSetCatalog: {
      const auto& set = As<SetCatalogStatement>(statement);
      return set.expression != nullptr ? Put("SET CATALOG ", set.expression)
                                       : Put("SET CATALOG ", QuoteString(set.catalog));
    }
    case StatementKind::kUse: {
      const auto& use = As<UseStatement>(statement);
      return Put("USE ", use.is_namespace ? "NAMESPACE " : "", use.name);
    }
    case StatementKind::kDeclareVariable:
      return PrintDeclare(As<DeclareVariableStatement>(statement));
    case StatementKind::kDropVariable: {
      const auto& drop = As<DropVariableStatement>(statement);
      return Put("DROP TEMPORARY VARIABLE ", drop.if_exists ? "IF EXISTS " : "", drop.name);
    }
    case StatementKind::kCall: {
      const auto& call = As<CallStatement>(statement);
      Put("CALL ", call.name, "(");
      PutList(call.arguments);
      return Put(")");
    }
    default:
      return PrintExecuteImmediate(As<ExecuteImmediateStatement>(statement));
  }
}

void Printer::PrintSetConfiguration(const SetConfigurationStatement& set) {
  Put("SET");
  PutIf(set.verbose, " -v");
  // Backquotes take any key and any value but a backquote itself.
  if (set.key.has_value()) Put(" `", *set.key, "`");
  if (set.value.has_value()) Put(" = `", *set.value, "`");
}

void Printer::PrintSetTimeZone(const SetTimeZoneStatement& set) {
  Put("SET TIME ZONE ");
  PutIf(set.local, "LOCAL");
  PutStringClause("", set.zone);
  PutClause("", set.interval);
}

void Printer::PutOne(const Assignment& assignment) { Put(assignment.target, " = ", assignment.value); }

void Printer::PrintSetVariable(const SetVariableStatement& set) {
  Put("SET VARIABLE ");
  if (set.query == nullptr) return PutList(set.assignments);
  Put("(");
  PutList(set.targets);
  Put(") = (", set.query, ")");
}

void Printer::PrintDeclare(const DeclareVariableStatement& declare) {
  Put("DECLARE ", declare.or_replace ? "OR REPLACE " : "", "VARIABLE ");
  PutList(declare.names);
  if (declare.type != nullptr) Put(" ", declare.type);
  PutClause(" DEFAULT ", declare.default_value);
}

void Printer::PrintExecuteImmediate(const ExecuteImmediateStatement& execute) {
  Put("EXECUTE IMMEDIATE ", execute.text);
  if (!execute.into.empty()) {
    Put(" INTO ");
    PutList(execute.into);
  }
  if (execute.arguments.empty()) return;
  Put(" USING ");
  PutList(execute.arguments);
}

std::string ToSql(const Statement& statement) {
  Printer printer;
  printer.Print(statement);
  return printer.Take();
}

}  // namespace hearth::sql
