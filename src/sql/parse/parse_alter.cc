// ALTER.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

StatementPointer Parser::ParseAlter() {
  const std::size_t mark = Mark();
  if (At(kIndex, 1)) return NotAllowed(2);
  Expect(kAlter);
  if (AtNamespaceKeyword()) return ParseAlterNamespace(mark);
  if (AtAny(kTable, kView)) {
    const bool is_view = At(kView);
    Advance();
    return ParseAlterTable(mark, is_view);
  }
  FailSyntax("DATABASE, TABLE or VIEW");
  return nullptr;
}

StatementPointer Parser::ParseAlterTable(std::size_t mark, bool is_view) {
  auto alter = New<AlterTableStatement>();
  alter->is_view = is_view;
  alter->name = ParseObjectName();
  const bool binding = At(kWith) && At(kSchema, 1) && !At(kAs, 2) && !At(kLeftParenthesis, 2);
  if (is_view && !binding && (At(kAs) || StartsQuery(BehindParentheses()))) {
    Accept(kAs);
    auto query = New<AlterViewQueryStatement>();
    query->name = std::move(alter->name);
    const std::size_t query_mark = Mark();
    query->query = ParseQuery();
    query->query_text = TextFrom(query_mark);
    return Finish(std::move(query), mark);
  }
  if (At(kRecover) && At(kPartitions, 1) && !is_view) {
    Accept(kRecover, kPartitions);
    auto recover = New<RepairTableStatement>();
    recover->name = std::move(alter->name);
    return Finish(std::move(recover), mark);
  }
  if (const std::string refused = RefusedAlter(); !refused.empty()) {
    NotAllowedOperation("ALTER TABLE " + refused, mark);
    return nullptr;
  }
  ParseAlterAction(alter.get(), mark);
  return Finish(std::move(alter), mark);
}

// The words of an action of Hive's that Spark names and refuses; empty for the others.
std::string Parser::RefusedAlter() const {
  std::size_t words = 0;
  switch (Kind()) {
    case kTouch:
    case kCompact:
    case kConcatenate:
      words = 1;
      break;
    case kNot:
      words = At(kStored, 1) ? 4 : 2;
      break;
    case kClustered:
    case kSkewed:
    case kExchange:
    case kArchive:
    case kUnarchive:
      words = 2;
      break;
    case kSet:
      words = At(kFileformat, 1) ? 2 : At(kSkewed, 1) ? 3 : 0;
      break;
    default:
      break;
  }
  std::string name;
  for (std::size_t i = 0; i < words; ++i) name += (i == 0 ? "" : " ") + ToUpperAscii(TokenText(i));
  return name;
}

void Parser::ParseAlterAction(AlterTableStatement* alter, std::size_t mark) {
  if (At(kPartition)) {
    PartitionSpecification specification;
    specification.values = ParsePartitionValues();
    alter->partitions.push_back(std::move(specification));
  }
  switch (Kind()) {
    case kRename:
      ParseAlterRename(alter);
      return;
    case kAdd:
      ParseAlterAdd(alter);
      return;
    case kDrop:
      ParseAlterDrop(alter);
      return;
    case kSet:
      ParseAlterSet(alter);
      return;
    case kUnset:
      Advance();
      Expect(kTblproperties);
      alter->action = AlterTableAction::kUnsetProperties;
      alter->if_exists = AcceptIfExists();
      alter->properties = ParsePropertyList();
      return;
    case kAlter:
    case kChange:
      ParseAlterColumns(alter, mark);
      return;
    case kReplace:
      ParseReplaceColumns(alter);
      return;
    case kCluster:
      Advance();
      Expect(kBy);
      alter->action = AlterTableAction::kClusterBy;
      if (Accept(kNone)) return;
      Expect(kLeftParenthesis);
      alter->column_names = ParseMultipartNameList();
      Expect(kRightParenthesis);
      return;
    case kDefault:
      Advance();
      Expect(kCollation);
      alter->action = AlterTableAction::kSetCollation;
      alter->value = ParseIdentifier().text;
      return;
    case kWith:
      alter->action = AlterTableAction::kSchemaBinding;
      alter->value = ParseSchemaBinding();
      return;
    default:
      FailSyntax("what to alter");
  }
}

// RENAME TO name | RENAME COLUMN a TO b | PARTITION (…) RENAME TO PARTITION (…)
void Parser::ParseAlterRename(AlterTableStatement* alter) {
  Expect(kRename);
  if (Accept(kColumn)) {
    alter->action = AlterTableAction::kRenameColumn;
    alter->column_names.push_back(ParseMultipartName());
    Expect(kTo);
    alter->new_column = ParseErrorCapturingIdentifier();
    return;
  }
  Expect(kTo);
  if (!alter->partitions.empty()) {
    alter->action = AlterTableAction::kRenamePartition;
    PartitionSpecification target;
    target.values = ParsePartitionValues();
    alter->partitions.push_back(std::move(target));
    return;
  }
  alter->new_name = ParseMultipartName();
}

// ADD COLUMN[S] …, ADD [IF NOT EXISTS] PARTITION …, ADD CONSTRAINT …
void Parser::ParseAlterAdd(AlterTableStatement* alter) {
  Expect(kAdd);
  if (AtAny(kColumn, kColumns)) {
    Advance();
    alter->action = AlterTableAction::kAddColumns;
    const bool parenthesized = Accept(kLeftParenthesis);
    alter->columns = ParsePositionedColumns();
    if (parenthesized) Expect(kRightParenthesis);
    return;
  }
  alter->if_not_exists = AcceptIfNotExists();
  if (At(kPartition)) {
    alter->action = AlterTableAction::kAddPartitions;
    while (At(kPartition)) {
      PartitionSpecification specification;
      specification.values = ParsePartitionValues();
      if (Accept(kLocation)) specification.location_path = ParseString();
      alter->partitions.push_back(std::move(specification));
    }
    return;
  }
  alter->action = AlterTableAction::kAddConstraint;
  alter->constraint = ParseConstraint(true);
}

// DROP COLUMN[S] …, DROP [IF EXISTS] PARTITION …, DROP CONSTRAINT …
void Parser::ParseAlterDrop(AlterTableStatement* alter) {
  Expect(kDrop);
  if (AtAny(kColumn, kColumns)) {
    Advance();
    alter->action = AlterTableAction::kDropColumns;
    alter->if_exists = AcceptIfExists();
    const bool parenthesized = Accept(kLeftParenthesis);
    alter->column_names = ParseMultipartNameList();
    if (parenthesized) Expect(kRightParenthesis);
    return;
  }
  if (Accept(kConstraint)) {
    alter->action = AlterTableAction::kDropConstraint;
    alter->if_exists = AcceptIfExists();
    alter->value = ParseIdentifier().text;
    alter->cascade = Accept(kCascade);
    if (!alter->cascade) Accept(kRestrict);
    return;
  }
  alter->action = AlterTableAction::kDropPartitions;
  alter->if_exists = AcceptIfExists();
  do {
    PartitionSpecification specification;
    specification.values = ParsePartitionValues();
    alter->partitions.push_back(std::move(specification));
  } while (Accept(kComma));
  alter->purge = Accept(kPurge);
}

// SET TBLPROPERTIES | LOCATION | SERDE | SERDEPROPERTIES
void Parser::ParseAlterSet(AlterTableStatement* alter) {
  const std::size_t mark = Mark();
  Expect(kSet);
  if (Accept(kTblproperties)) {
    alter->action = AlterTableAction::kSetProperties;
    alter->properties = ParsePropertyList();
    RequirePropertyValues(alter->properties, mark);
  } else if (Accept(kLocation)) {
    alter->action = AlterTableAction::kSetLocation;
    alter->value = ParseString();
  } else if (Accept(kSerdeproperties)) {
    alter->action = AlterTableAction::kSetSerde;
    alter->properties = ParsePropertyList();
  } else {
    Expect(kSerde);
    alter->action = AlterTableAction::kSetSerde;
    alter->value = ParseString();
    if (Accept(kWith, kSerdeproperties)) alter->properties = ParsePropertyList();
  }
}

// ALTER | CHANGE [COLUMN] a action, b action …, and Hive's CHANGE [COLUMN] a b INT [COMMENT '…'] [position]
void Parser::ParseAlterColumns(AlterTableStatement* alter, std::size_t statement_mark) {
  alter->action = AlterTableAction::kAlterColumns;
  const bool change = At(kChange);
  Advance();
  if (At(kColumn) && IsIdentifier(1)) Advance();
  do {
    ColumnChange column;
    column.column = ParseMultipartName();
    const bool is_action = AtAny(kType, kComment, kFirst, kAfter, kDrop, kSet) && !AtHiveColumn();
    if (is_action) {
      ParseColumnAction(&column);
    } else if (change && IsIdentifier()) {
      StructField target = ParseStructField(false);
      column.new_name = std::move(target.name.text);
      column.type = std::move(target.type);
      column.comment = std::move(target.comment);
      if (!target.nullable) column.nullable = false;
      column.column_position = ParseColumnPosition();
    }
    CheckColumnChange(column, is_action, statement_mark);
    alter->column_changes.push_back(std::move(column));
  } while (Accept(kComma));
}

void Parser::CheckColumnChange(const ColumnChange& change, bool is_action, std::size_t mark) {
  if (failed() || is_action) return;
  if (!change.new_name.has_value()) {
    NotAllowedClause(
        "ALTER TABLE table ALTER COLUMN requires a TYPE, a SET/DROP, a COMMENT, or a FIRST/AFTER", mark);
  } else if (change.new_name != change.column.parts.back()) {
    Fail("_LEGACY_ERROR_TEMP_0034", "CHANGE COLUMN cannot rename: use RENAME COLUMN",
         {{"operation", "Renaming column"},
          {"command", "ALTER COLUMN"},
          {"msg", ", please run RENAME COLUMN instead"}},
         mark);
  }
}

// `CHANGE a type INT`: the action's word is the new name, for a type follows.
bool Parser::AtHiveColumn() const {
  if (!IsIdentifier(1) || AtAny(kFirst, kSet, kDrop, kComment)) return false;
  return At(kAfter) ? IsIdentifier(2) : false;
}

void Parser::ParseColumnAction(ColumnChange* change) {
  if (Accept(kType)) {
    change->type = ParseDataType();
  } else if (Accept(kComment)) {
    change->comment = ParseString();
  } else if (AtAny(kFirst, kAfter)) {
    change->column_position = ParseColumnPosition();
  } else {
    const bool set = At(kSet);
    Advance();
    if (AcceptNotNull()) {
      change->nullable = !set;
    } else if (set) {
      Expect(kDefault);
      const std::size_t mark = Mark();
      change->default_value = ParseExpression();
      change->default_text = TextFrom(mark);
    } else {
      Expect(kDefault);
      change->drop_default = true;
    }
  }
}

void Parser::ParseReplaceColumns(AlterTableStatement* alter) {
  Expect(kReplace);
  Expect(kColumns);
  alter->action = AlterTableAction::kReplaceColumns;
  Expect(kLeftParenthesis);
  alter->columns = ParsePositionedColumns();
  Expect(kRightParenthesis);
}

std::vector<ColumnDefinition> Parser::ParsePositionedColumns() {
  std::vector<ColumnDefinition> columns;
  do {
    columns.push_back(ParsePositionedColumn());
  } while (Accept(kComma));
  return columns;
}

ColumnDefinition Parser::ParsePositionedColumn() {
  const std::size_t mark = Mark();
  ColumnDefinition column;
  column.name = ParseMultipartName();
  column.type = ParseDataType();
  std::vector<std::string_view> seen;
  while (!failed()) {
    const std::size_t option_mark = Mark();
    std::string_view option;
    if (AtAny(kFirst, kAfter)) {
      option = "FIRST|AFTER";
      column.column_position = ParseColumnPosition();
    } else if (AcceptNotNull()) {
      option = "NOT NULL";
      column.nullable = false;
    } else if (Accept(kDefault)) {
      option = "DEFAULT";
      const std::size_t default_mark = Mark();
      column.default_value = ParseExpression();
      column.default_text = TextFrom(default_mark);
    } else if (Accept(kComment)) {
      option = "COMMENT";
      column.comment = ParseString();
    } else {
      break;
    }
    for (const std::string_view other : seen) {
      if (other != option) continue;
      const std::string name = TextFrom(mark).substr(0, TextFrom(mark).find(' '));
      Fail("ALTER_TABLE_COLUMN_DESCRIPTOR_DUPLICATE",
           "The column " + name + " has " + std::string(option) + " twice",
           {{"type", "ADD"}, {"columnName", name}, {"optionName", std::string(option)}}, option_mark);
      break;
    }
    seen.push_back(option);
  }
  column.location = LocationFrom(mark);
  return column;
}

std::optional<ColumnPosition> Parser::ParseColumnPosition() {
  ColumnPosition position;
  if (Accept(kFirst)) {
    position.first = true;
    return position;
  }
  if (!Accept(kAfter)) return std::nullopt;
  position.after = ParseErrorCapturingIdentifier();
  return position;
}

// PARTITION (a = 1, b, c = DEFAULT)
std::vector<PartitionValue> Parser::ParsePartitionValues() {
  Expect(kPartition);
  Expect(kLeftParenthesis);
  std::vector<PartitionValue> values;
  do {
    PartitionValue value;
    value.column = ParseIdentifier();
    if (Accept(kEqualSign)) {
      if (Accept(kDefault)) {
        value.is_default = true;
      } else {
        const std::size_t mark = Mark();
        value.value = ParsePrimary();
        CheckConstant(value.value.get(), mark);
      }
    }
    values.push_back(std::move(value));
  } while (Accept(kComma));
  Expect(kRightParenthesis);
  return values;
}

void Parser::CheckConstant(const Expression* expression, std::size_t mark) {
  if (failed() || expression == nullptr) return;
  const bool constant = expression->kind == ExpressionKind::kLiteral ||
                        expression->kind == ExpressionKind::kInterval ||
                        expression->kind == ExpressionKind::kParameter;
  if (constant) return;
  position_ = mark;
  FailSyntax("a constant");
}

}  // namespace hearth::sql
