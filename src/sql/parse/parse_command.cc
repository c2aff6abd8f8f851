// CACHE, REFRESH, ANALYZE, REPAIR, ADD and LIST.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

StatementPointer Parser::ParseCache() {
  const std::size_t mark = Mark();
  Expect(kCache);
  auto cache = New<CacheTableStatement>();
  cache->lazy = Accept(kLazy);
  Expect(kTable);
  cache->name = ParseObjectName();
  if (At(kOptions) && At(kLeftParenthesis, 1)) {
    Advance();
    cache->options = ParsePropertyList();
  }
  const bool has_as = Accept(kAs);
  if (has_as || StartsQuery(BehindParentheses())) {
    const std::size_t query_mark = Mark();
    cache->query = ParseQuery();
    cache->query_text = TextFrom(query_mark);
  }
  return Finish(std::move(cache), mark);
}

StatementPointer Parser::ParseUncache() {
  const std::size_t mark = Mark();
  Expect(kUncache);
  Expect(kTable);
  auto uncache = New<UncacheTableStatement>();
  uncache->if_exists = AcceptIfExists();
  uncache->name = ParseObjectName();
  return Finish(std::move(uncache), mark);
}

StatementPointer Parser::ParseClearCache() {
  const std::size_t mark = Mark();
  Expect(kClear);
  Expect(kCache);
  return Finish(New<ClearCacheStatement>(), mark);
}

// REFRESH TABLE t | FUNCTION f | 'path' | path
StatementPointer Parser::ParseRefresh() {
  const std::size_t mark = Mark();
  Expect(kRefresh);
  auto refresh = New<RefreshStatement>();
  if (At(kTable) && IsIdentifier(1)) {
    Advance();
    refresh->name = ParseObjectName();
  } else if (At(kFunction) && IsIdentifier(1)) {
    Advance();
    refresh->refresh = RefreshKind::kFunction;
    refresh->name = ParseObjectName();
  } else {
    refresh->refresh = RefreshKind::kPath;
    const bool quoted = IsStringLiteral() && (At(kEndOfInput, 1) || At(kSemicolon, 1));
    refresh->path = quoted ? ParseString() : std::string(RawRest());
    const bool blank_inside = refresh->path.find_first_of(" \n\t\r") != std::string::npos;
    if (!quoted && (refresh->path.empty() || blank_inside)) {
      Fail(refresh->path.empty() ? "INVALID_SQL_SYNTAX.EMPTY_REFRESH_RESOURCE_PATH"
                                 : "INVALID_SQL_SYNTAX.INVALID_REFRESH_RESOURCE_PATH",
           "REFRESH takes one path; a path with blanks stands in quotes", {}, mark);
    }
  }
  return Finish(std::move(refresh), mark);
}

// ANALYZE TABLE t … | ANALYZE TABLES [IN namespace] …
StatementPointer Parser::ParseAnalyze() {
  const std::size_t mark = Mark();
  Expect(kAnalyze);
  auto analyze = New<AnalyzeStatement>();
  analyze->all_tables = Accept(kTables);
  if (analyze->all_tables) {
    if (Accept(kFrom) || Accept(kIn)) analyze->name = ParseObjectName();
  } else {
    Expect(kTable);
    analyze->name = ParseObjectName();
    if (At(kPartition)) analyze->partition = ParsePartitionValues();
  }
  Expect(kCompute);
  Expect(kStatistics);
  if (!analyze->all_tables && Accept(kFor)) {
    if (Accept(kAll, kColumns)) {
      analyze->all_columns = true;
    } else {
      Expect(kColumns);
      analyze->columns = ParseIdentifierSequence();
    }
  } else if (IsIdentifier()) {
    if (!WordIs("NOSCAN")) {
      const std::string word(TokenText());
      Advance();
      Fail("INVALID_SQL_SYNTAX.ANALYZE_TABLE_UNEXPECTED_NOSCAN",
           "COMPUTE STATISTICS may be followed by NOSCAN only", {{"ctx", word}}, mark);
      return nullptr;
    }
    Advance();
    analyze->no_scan = true;
  }
  return Finish(std::move(analyze), mark);
}

StatementPointer Parser::ParseRepair() {
  const std::size_t mark = Mark();
  Accept(kMsck);
  Expect(kRepair);
  Expect(kTable);
  auto repair = New<RepairTableStatement>();
  repair->name = ParseObjectName();
  if (AtAny(kAdd, kDrop, kSync)) {
    repair->action = At(kDrop) ? RepairAction::kDrop : At(kSync) ? RepairAction::kSync : RepairAction::kAdd;
    Advance();
    Expect(kPartitions);
  }
  return Finish(std::move(repair), mark);
}

// ADD JAR path, LIST FILES [paths]: the paths are quoted or raw words.
StatementPointer Parser::ParseResource() {
  const std::size_t mark = Mark();
  auto resource = New<ResourceStatement>();
  resource->list = At(kList);
  Advance();
  if (!IsIdentifier()) {
    FailSyntax("JAR, FILE or ARCHIVE");
    return nullptr;
  }
  resource->type = ToUpperAscii(TokenText());
  Advance();
  while (IsStringLiteral() && (IsStringLiteral(1) || At(kEndOfInput, 1) || At(kSemicolon, 1))) {
    resource->paths.push_back(StringTokenValue(TokenText(), options_.raw_string_literals));
    Advance();
  }
  std::string_view rest = resource->paths.empty() ? RawRest() : std::string_view();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" \n\t\r"), rest.size());
    if (end > 0) resource->paths.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  const std::string& type = resource->type;
  const bool known = type == "JAR" || type == "FILE" || type == "ARCHIVE" || type == "JARS" ||
                     type == "FILES" || type == "ARCHIVES";
  if (!known) {
    NotAllowedClause((resource->list ? "LIST with resource type '" : "ADD with resource type '") +
                         ToLowerAscii(type) + "'",
                     mark);
  }
  return Finish(std::move(resource), mark);
}

}  // namespace hearth::sql
