// SHOW, DESCRIBE, CACHE, REFRESH, ANALYZE and their kin.

#include "sql/print/printer_internal.h"

namespace hearth::sql {

void Printer::PrintCommand(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kShow:
      return PrintShow(As<ShowStatement>(statement));
    case StatementKind::kDescribeTable:
      return PrintDescribeTable(As<DescribeTableStatement>(statement));
    case StatementKind::kDescribeQuery:
      return Put("DESCRIBE QUERY ", As<DescribeQueryStatement>(statement).query);
    case StatementKind::kDescribeFunction: {
      const auto& describe = As<DescribeFunctionStatement>(statement);
      Put("DESCRIBE FUNCTION ", describe.extended ? "EXTENDED " : "");
      // An operator's sign is a name in quotes.
      return describe.name.parts.size() == 1 ? PutString(describe.name.parts.front()) : Put(describe.name);
    }
    case StatementKind::kDescribeNamespace: {
      const auto& describe = As<DescribeNamespaceStatement>(statement);
      return Put("DESCRIBE NAMESPACE ", describe.extended ? "EXTENDED " : "", describe.name);
    }
    case StatementKind::kCacheTable: {
      const auto& cache = As<CacheTableStatement>(statement);
      Put("CACHE ", cache.lazy ? "LAZY " : "", "TABLE ", cache.name);
      PrintOptions(" OPTIONS ", cache.options);
      if (cache.query != nullptr) Put(" AS ", cache.query);
      return;
    }
    case StatementKind::kUncacheTable: {
      const auto& uncache = As<UncacheTableStatement>(statement);
      return Put("UNCACHE TABLE ", uncache.if_exists ? "IF EXISTS " : "", uncache.name);
    }
    case StatementKind::kClearCache:
      return Put("CLEAR CACHE");
    case StatementKind::kRefresh:
      return PrintRefresh(As<RefreshStatement>(statement));
    case StatementKind::kAnalyze:
      return PrintAnalyze(As<AnalyzeStatement>(statement));
    case StatementKind::kRepairTable: {
      const auto& repair = As<RepairTableStatement>(statement);
      constexpr const char* kActions[] = {" ADD PARTITIONS", " DROP PARTITIONS", " SYNC PARTITIONS"};
      return Put("REPAIR TABLE ", repair.name, kActions[static_cast<std::size_t>(repair.action)]);
    }
    case StatementKind::kResource: {
      const auto& resource = As<ResourceStatement>(statement);
      Put(resource.list ? "LIST " : "ADD ", resource.type);
      for (const std::string& path : resource.paths) Put(" ", QuoteString(path));
      return;
    }
    default:
      return;
  }
}

void Printer::PrintRefresh(const RefreshStatement& refresh) {
  switch (refresh.refresh) {
    case RefreshKind::kTable:
      return Put("REFRESH TABLE ", refresh.name);
    case RefreshKind::kFunction:
      return Put("REFRESH FUNCTION ", refresh.name);
    case RefreshKind::kPath:
      return Put("REFRESH ", QuoteString(refresh.path));
  }
}

void Printer::PrintShow(const ShowStatement& show) {
  constexpr const char* kNames[] = {"NAMESPACES",       "TABLES",    "TABLE EXTENDED", "VIEWS",
                                    "COLUMNS",          "FUNCTIONS", "TBLPROPERTIES",  "CREATE TABLE",
                                    "PARTITIONS",       "CATALOGS",  "COLLATIONS",     "PROCEDURES",
                                    "CURRENT NAMESPACE"};
  Put("SHOW ", show.function_scope, show.function_scope.empty() ? "" : " ",
      kNames[static_cast<std::size_t>(show.show)]);
  if (show.object.has_value()) Put(show.show == ShowKind::kColumns ? " IN " : " ", *show.object);
  if (show.property_key.has_value()) Put(" (", QuoteString(*show.property_key), ")");
  if (show.in.has_value()) Put(" IN ", *show.in);
  PutStringClause(" LIKE ", show.pattern);
  if (show.function_name.has_value()) Put(" LIKE ", *show.function_name);
  PrintPartition(show.partition);
  PutIf(show.as_serde, " AS SERDE");
  PutIf(show.as_json, " AS JSON");
}

void Printer::PrintDescribeTable(const DescribeTableStatement& describe) {
  Put("DESCRIBE TABLE ", describe.extended ? "EXTENDED " : "", describe.name);
  PrintPartition(describe.partition);
  if (!describe.column.empty()) Put(" ", describe.column);
  PutIf(describe.as_json, " AS JSON");
}

void Printer::PrintAnalyze(const AnalyzeStatement& analyze) {
  Put(analyze.all_tables ? "ANALYZE TABLES" : "ANALYZE TABLE");
  if (analyze.name.has_value()) Put(analyze.all_tables ? " IN " : " ", *analyze.name);
  PrintPartition(analyze.partition);
  Put(" COMPUTE STATISTICS");
  PutIf(analyze.no_scan, " NOSCAN");
  PutIf(analyze.all_columns, " FOR ALL COLUMNS");
  if (analyze.columns.empty()) return;
  Put(" FOR COLUMNS ");
  PutList(analyze.columns);
}

}  // namespace hearth::sql
