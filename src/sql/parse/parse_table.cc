// CREATE TABLE, REPLACE TABLE, and what they say of columns, constraints and storage.

#include "sql/lexer/ascii.h"
#include "sql/parse/parser_internal.h"

namespace hearth::sql {

using enum TokenKind;

StatementPointer Parser::ParseCreateTable(std::size_t mark, bool or_replace, bool temporary) {
  auto create = New<CreateTableStatement>();
  create->temporary = temporary;
  create->replace = or_replace;
  create->or_create = or_replace;
  create->external = Accept(kExternal);
  Expect(kTable);
  create->if_not_exists = !or_replace && AcceptIfNotExists();
  create->name = ParseObjectName();
  const bool plain = !or_replace && !temporary && !create->external;
  if (plain && At(kLike)) return ParseCreateTableLike(std::move(create), mark);
  ParseTableBody(create.get(), mark);
  return Finish(std::move(create), mark);
}

StatementPointer Parser::ParseReplaceTable() {
  const std::size_t mark = Mark();
  Expect(kReplace);
  Expect(kTable);
  auto replace = New<CreateTableStatement>();
  replace->replace = true;
  replace->name = ParseObjectName();
  ParseTableBody(replace.get(), mark);
  return Finish(std::move(replace), mark);
}

StatementPointer Parser::ParseCreateTableLike(NodePointer<CreateTableStatement> create, std::size_t mark) {
  Expect(kLike);
  auto like = New<CreateTableLikeStatement>();
  like->if_not_exists = create->if_not_exists;
  like->name = std::move(create->name);
  like->source = ParseObjectName();
  std::vector<std::string_view> seen;
  while (!failed()) {
    if (At(kUsing)) {
      const std::size_t clause_mark = Mark();
      like->clauses.provider = ParseProvider();
      CheckClauseOnce("PROVIDER", &seen, clause_mark);
    } else if (!AtAny(kRow, kStored, kLocation, kTblproperties) || !ParseTableClause(&like->clauses, &seen)) {
      break;
    }
  }
  return Finish(std::move(like), mark);
}

void Parser::ParseTableBody(CreateTableStatement* statement, std::size_t mark) {
  if (At(kLeftParenthesis) && !StartsQuery(BehindParentheses())) ParseTableElements(statement);
  if (At(kUsing)) statement->clauses.provider = ParseProvider();
  std::vector<std::string_view> seen;
  while (!failed() && ParseTableClause(&statement->clauses, &seen)) {
  }
  RequirePropertyValues(statement->clauses.properties, mark);
  if (statement->clauses.skewed) return NotAllowedOperation("CREATE TABLE ... SKEWED BY", mark);
  CheckHiveFormat(statement->clauses.hive, mark);
  const bool has_as = Accept(kAs);
  if (has_as || StartsQuery(BehindParentheses())) statement->query = ParseQuery();
  if (statement->query == nullptr) return;
  const std::string verb =
      statement->replace ? "Replace Table As Select (RTAS)" : "Create Table As Select (CTAS)";
  if (!statement->columns.empty()) {
    NotAllowedClause("Schema may not be specified in a " + verb + " statement", mark);
  }
  for (const PartitionField& field : statement->clauses.partitioned_by) {
    if (field.column.has_value()) {
      NotAllowedClause("Partition column types may not be specified in " + verb, mark);
    }
  }
}

void Parser::ParseTableElements(CreateTableStatement* statement) {
  Expect(kLeftParenthesis);
  do {
    if (AtTableConstraint()) {
      statement->constraints.push_back(ParseConstraint(true));
    } else {
      statement->columns.push_back(ParseColumnDefinition());
    }
  } while (Accept(kComma));
  Expect(kRightParenthesis);
}

// ---- columns

ColumnDefinition Parser::ParseColumnDefinition() {
  const std::size_t mark = Mark();
  ColumnDefinition column;
  const Identifier name = ParseErrorCapturingIdentifier();
  column.name.parts.push_back(name.text);
  column.name.location = name.location;
  column.type = ParseDataType();
  std::vector<std::string_view> seen;
  while (!failed() && ParseColumnOption(&column, &seen)) {
  }
  column.location = LocationFrom(mark);
  return column;
}

bool Parser::ParseColumnOption(ColumnDefinition* column, std::vector<std::string_view>* seen) {
  const std::size_t mark = Mark();
  std::string_view option;
  if (AcceptNotNull()) {
    option = "NOT NULL";
    column->nullable = false;
  } else if (Accept(kDefault)) {
    option = "DEFAULT";
    const std::size_t default_mark = Mark();
    column->default_value = ParseExpression();
    column->default_text = TextFrom(default_mark);
  } else if (At(kComment)) {
    Advance();
    option = "COMMENT";
    column->comment = ParseString();
  } else if (Accept(kGenerated)) {
    option = "GENERATED ALWAYS AS";
    ParseGenerated(column);
  } else if (AtAny(kConstraint, kCheck, kUnique, kPrimary, kReferences)) {
    column->constraints.push_back(ParseConstraint(false));
    return true;
  } else {
    return false;
  }
  CheckColumnOptionOnce(column->name, option, seen, mark);
  return true;
}

void Parser::CheckColumnOptionOnce(const MultipartName& column, std::string_view option,
                                   std::vector<std::string_view>* seen, std::size_t mark) {
  for (const std::string_view other : *seen) {
    if (other != option || failed()) continue;
    const std::string& name = column.parts.back();
    Fail("CREATE_TABLE_COLUMN_DESCRIPTOR_DUPLICATE",
         "The column " + name + " has " + std::string(option) + " twice",
         {{"columnName", name}, {"optionName", std::string(option)}}, mark);
    return;
  }
  seen->push_back(option);
}

// GENERATED ALWAYS AS (expression) | GENERATED ALWAYS | BY DEFAULT AS IDENTITY (…); GENERATED has been read.
void Parser::ParseGenerated(ColumnDefinition* column) {
  const bool always = Accept(kAlways);
  if (!always) {
    Expect(kBy);
    Expect(kDefault);
  }
  Expect(kAs);
  if (always && Accept(kLeftParenthesis)) {
    const std::size_t mark = Mark();
    column->generated_as = ParseExpression();
    column->generated_text = TextFrom(mark);
    Expect(kRightParenthesis);
    return;
  }
  Expect(kIdentity);
  column->identity = ParseIdentity(always);
}

IdentitySpecification Parser::ParseIdentity(bool always) {
  IdentitySpecification identity;
  identity.always = always;
  if (!Accept(kLeftParenthesis)) return identity;
  while (AtAny(kStart, kIncrement) && !failed()) {
    const std::size_t mark = Mark();
    const bool start = At(kStart);
    Advance();
    Expect(start ? kWith : kBy);
    const std::size_t number_mark = Mark();
    const bool negative = Accept(kMinusSign);
    if (!AtAny(kIntegerLiteral, kBigintLiteral)) FailSyntax("a whole number");
    ExpressionPointer number = failed() ? nullptr : ParseNumber(negative, number_mark);
    const auto* literal = TryAs<LiteralExpression>(number.get());
    if (literal == nullptr) return identity;
    std::optional<int64_t>& target = start ? identity.start : identity.increment;
    if (target.has_value()) {
      Fail("IDENTITY_COLUMNS_DUPLICATED_SEQUENCE_GENERATOR_OPTION", "IDENTITY says START or INCREMENT twice",
           {{"sequenceGeneratorOption", start ? "START" : "STEP"}}, mark);
    }
    target = literal->integer;
    if (!start && literal->integer == 0) {
      Fail("IDENTITY_COLUMNS_ILLEGAL_STEP", "IDENTITY cannot increment by zero", {}, mark);
    }
  }
  Expect(kRightParenthesis);
  return identity;
}

// ---- constraints

bool Parser::AtTableConstraint() const {
  switch (Kind()) {
    case kConstraint:
      // A column may be called constraint: its type follows, not another name and a kind.
      return At(kCheck, 2) || At(kUnique, 2) || At(kPrimary, 2) || At(kForeign, 2);
    case kCheck:
    case kUnique:
      return At(kLeftParenthesis, 1);
    case kPrimary:
    case kForeign:
      return At(kKey, 1);
    default:
      return false;
  }
}

TableConstraint Parser::ParseConstraint(bool of_table) {
  const std::size_t mark = Mark();
  TableConstraint constraint;
  if (Accept(kConstraint)) constraint.name = ParseErrorCapturingIdentifier();
  ParseConstraintBody(&constraint, of_table);
  ParseConstraintCharacteristics(&constraint);
  constraint.location = LocationFrom(mark);
  return constraint;
}

void Parser::ParseConstraintBody(TableConstraint* constraint, bool of_table) {
  if (Accept(kCheck)) {
    Expect(kLeftParenthesis);
    const std::size_t mark = Mark();
    constraint->check = ParseExpression();
    constraint->check_text = TextFrom(mark);
    Expect(kRightParenthesis);
    return;
  }
  if (AtAny(kUnique, kPrimary)) {
    constraint->kind = At(kUnique) ? ConstraintKind::kUnique : ConstraintKind::kPrimaryKey;
    if (!Accept(kUnique)) {
      Expect(kPrimary);
      Expect(kKey);
    }
    if (of_table) constraint->columns = ParseIdentifierList();
    return;
  }
  constraint->kind = ConstraintKind::kForeignKey;
  if (of_table) {
    Expect(kForeign);
    Expect(kKey);
    constraint->columns = ParseIdentifierList();
  }
  Expect(kReferences);
  constraint->referenced = ParseMultipartName();
  if (At(kLeftParenthesis)) constraint->referenced_columns = ParseIdentifierList();
}

// [NOT] ENFORCED, RELY, NORELY
void Parser::ParseConstraintCharacteristics(TableConstraint* constraint) {
  while (!failed()) {
    if (Accept(kEnforced)) {
      constraint->enforced = true;
    } else if (Accept(kNot, kEnforced)) {
      constraint->enforced = false;
    } else if (AtAny(kRely, kNorely)) {
      constraint->rely = At(kRely);
      Advance();
    } else {
      return;
    }
  }
}

// ---- clauses

std::vector<std::string> Parser::ParseProvider() {
  Expect(kUsing);
  return ParseMultipartName().parts;
}

// One clause behind the columns; false when none follows.
bool Parser::ParseTableClause(TableClauses* clauses, std::vector<std::string_view>* seen) {
  const std::size_t mark = Mark();
  std::string_view clause;
  switch (Kind()) {
    case kOptions:
      Advance();
      clause = "OPTIONS";
      clauses->options = ParsePropertyList(true);
      break;
    case kPartitioned:
      Advance();
      Expect(kBy);
      clause = "PARTITIONED BY";
      Expect(kLeftParenthesis);
      do {
        clauses->partitioned_by.push_back(ParsePartitionField());
      } while (Accept(kComma));
      Expect(kRightParenthesis);
      break;
    case kSkewed:
      clause = "SKEWED BY";
      ParseSkewed();
      clauses->skewed = true;
      break;
    case kCluster:
      Advance();
      Expect(kBy);
      clause = "CLUSTER BY";
      Expect(kLeftParenthesis);
      clauses->clustered_by = ParseMultipartNameList();
      Expect(kRightParenthesis);
      break;
    case kClustered:
      clause = "CLUSTERED BY";
      clauses->buckets = ParseBuckets();
      break;
    case kRow:
    case kStored:
      clause = At(kRow) ? "ROW FORMAT" : "STORED AS/BY";
      if (!clauses->hive.has_value()) clauses->hive.emplace();
      ParseHiveFormat(&*clauses->hive);
      break;
    case kLocation:
      Advance();
      clause = "LOCATION";
      clauses->location_path = ParseString();
      break;
    case kComment:
      Advance();
      clause = "COMMENT";
      clauses->comment = ParseString();
      break;
    case kDefault:
      Advance();
      Expect(kCollation);
      clause = "DEFAULT COLLATION";
      clauses->collation = ParseIdentifier().text;
      break;
    case kTblproperties:
      Advance();
      clause = "TBLPROPERTIES";
      clauses->properties = ParsePropertyList();
      break;
    default:
      return false;
  }
  if (failed()) return false;
  CheckClauseOnce(clause, seen, mark);
  return !failed();
}

// `a`, `a.b`, `years(ts)`, `bucket(4, a)`, or a column with its type.
PartitionField Parser::ParsePartitionField() {
  const std::size_t mark = Mark();
  PartitionField field;
  if (IsIdentifier() && At(kLeftParenthesis, 1)) {
    field.transform = ParseIdentifier().text;
    Expect(kLeftParenthesis);
    do {
      field.arguments.push_back(ParseTransformArgument());
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  } else if (At(kComma, 1) || At(kRightParenthesis, 1) || At(kDot, 1)) {
    field.identity = true;
    field.arguments.push_back(ParseTransformArgument());
  } else {
    field.column = ParseStructField(false);
  }
  field.location = LocationFrom(mark);
  return field;
}

// A column or a constant.
ExpressionPointer Parser::ParseTransformArgument() {
  const bool name = IsIdentifier() && !IsStringLiteral(1) && !AtAny(kNull, kTrue, kFalse) && !AtInterval();
  if (!name) return ParsePrimary();
  const std::size_t mark = Mark();
  auto column = New<ColumnExpression>();
  column->parts = ParseMultipartName().parts;
  return Finish(std::move(column), mark);
}

BucketSpecification Parser::ParseBuckets() {
  const std::size_t mark = Mark();
  BucketSpecification buckets;
  std::string descending;
  Expect(kClustered);
  Expect(kBy);
  buckets.columns = ParseIdentifierList();
  if (Accept(kSorted, kBy)) {
    Expect(kLeftParenthesis);
    do {
      BucketSpecification::Sorted sorted;
      sorted.column = ParseErrorCapturingIdentifier();
      sorted.ascending = !At(kDesc);
      if (At(kDesc)) descending = ToLowerAscii(TokenText());
      if (AtAny(kAsc, kDesc)) Advance();
      buckets.sorted_by.push_back(std::move(sorted));
    } while (Accept(kComma));
    Expect(kRightParenthesis);
  }
  Expect(kInto);
  buckets.buckets = ParseIntegerValue();
  Expect(kBuckets);
  if (!descending.empty()) NotAllowedClause("Column ordering must be ASC, was '" + descending + "'", mark);
  return buckets;
}

// STORED AS word | STORED AS INPUTFORMAT … OUTPUTFORMAT … | STORED BY handler | ROW FORMAT …
void Parser::ParseHiveFormat(HiveFormat* format) {
  if (At(kRow)) {
    ParseRowFormat(format);
    return;
  }
  Expect(kStored);
  if (Accept(kBy)) {
    format->storage_handler = ParseString();
    if (Accept(kWith, kSerdeproperties)) format->properties = ParsePropertyList();
    return;
  }
  Expect(kAs);
  if (At(kInputformat) && IsStringLiteral(1)) {
    Advance();
    format->input_format = ParseString();
    Expect(kOutputformat);
    format->output_format = ParseString();
  } else {
    format->file_format = ParseIdentifier().text;
  }
}

void Parser::ParseRowFormat(HiveFormat* format) {
  Expect(kRow);
  Expect(kFormat);
  if (Accept(kSerde)) {
    format->serde = ParseString();
    if (Accept(kWith, kSerdeproperties)) format->properties = ParsePropertyList();
    return;
  }
  Expect(kDelimited);
  format->delimited = true;
  const auto add = [&](const char* name) {
    Option option;
    option.key = name;
    option.value = ParseString();
    format->properties.push_back(std::move(option));
  };
  if (Accept(kFields, kTerminated)) {
    Expect(kBy);
    add("FIELDS TERMINATED BY");
    if (Accept(kEscaped, kBy)) add("ESCAPED BY");
  }
  if (Accept(kCollection, kItems)) {
    Expect(kTerminated);
    Expect(kBy);
    add("COLLECTION ITEMS TERMINATED BY");
  }
  if (Accept(kMap, kKeys)) {
    Expect(kTerminated);
    Expect(kBy);
    add("MAP KEYS TERMINATED BY");
  }
  if (Accept(kLines, kTerminated)) {
    Expect(kBy);
    add("LINES TERMINATED BY");
  }
  if (Accept(kNull, kDefined)) {
    Expect(kAs);
    add("NULL DEFINED AS");
  }
}

// ROW FORMAT DELIMITED describes text files.
void Parser::CheckHiveFormat(const std::optional<HiveFormat>& format, std::size_t mark) {
  if (!format.has_value() || !format->delimited || format->file_format.empty()) return;
  const std::string file_format = ToLowerAscii(format->file_format);
  if (file_format == "textfile") return;
  NotAllowedClause("ROW FORMAT DELIMITED is only compatible with 'textfile', not '" + file_format + "'",
                   mark);
}

// SKEWED BY (columns) ON (constants) [STORED AS DIRECTORIES]: read and refused, as Spark does.
void Parser::ParseSkewed() {
  Expect(kSkewed);
  Expect(kBy);
  ParseIdentifierList();
  Expect(kOn);
  Expect(kLeftParenthesis);
  ParseExpressionSequence();
  Expect(kRightParenthesis);
  if (At(kStored) && At(kAs, 1) && At(kDirectories, 2)) {
    Accept(kStored, kAs);
    Advance();
  }
}

}  // namespace hearth::sql
