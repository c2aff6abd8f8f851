// Definitions.

#include "sql/print/printer_internal.h"

namespace hearth::sql {

void Printer::PrintDefinition(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kCreateNamespace:
      return PrintCreateNamespace(As<CreateNamespaceStatement>(statement));
    case StatementKind::kAlterNamespace:
      return PrintAlterNamespace(As<AlterNamespaceStatement>(statement));
    case StatementKind::kDropNamespace: {
      const auto& drop = As<DropNamespaceStatement>(statement);
      return Put("DROP NAMESPACE ", drop.if_exists ? "IF EXISTS " : "", drop.name,
                 drop.cascade ? " CASCADE" : "");
    }
    case StatementKind::kCreateTable:
      return PrintCreateTable(As<CreateTableStatement>(statement));
    case StatementKind::kCreateTableLike:
      return PrintCreateTableLike(As<CreateTableLikeStatement>(statement));
    case StatementKind::kDropTable: {
      const auto& drop = As<DropTableStatement>(statement);
      return Put("DROP TABLE ", drop.if_exists ? "IF EXISTS " : "", drop.name, drop.purge ? " PURGE" : "");
    }
    case StatementKind::kAlterTable:
      return PrintAlterTable(As<AlterTableStatement>(statement));
    case StatementKind::kCreateView:
      return PrintCreateView(As<CreateViewStatement>(statement));
    case StatementKind::kCreateViewUsing:
      return PrintCreateViewUsing(As<CreateViewUsingStatement>(statement));
    case StatementKind::kAlterViewQuery: {
      const auto& alter = As<AlterViewQueryStatement>(statement);
      return Put("ALTER VIEW ", alter.name, " AS ", alter.query);
    }
    case StatementKind::kDropView: {
      const auto& drop = As<DropViewStatement>(statement);
      return Put("DROP VIEW ", drop.if_exists ? "IF EXISTS " : "", drop.name);
    }
    case StatementKind::kCreateFunction:
      return PrintCreateFunction(As<CreateFunctionStatement>(statement));
    case StatementKind::kDropFunction: {
      const auto& drop = As<DropFunctionStatement>(statement);
      return Put("DROP ", drop.temporary ? "TEMPORARY " : "", "FUNCTION ", drop.if_exists ? "IF EXISTS " : "",
                 drop.name);
    }
    default:
      return PrintCommentOn(As<CommentOnStatement>(statement));
  }
}

// ---- namespaces and comments

void Printer::PrintCreateNamespace(const CreateNamespaceStatement& create) {
  Put("CREATE NAMESPACE ", create.if_not_exists ? "IF NOT EXISTS " : "", create.name);
  PutStringClause(" COMMENT ", create.comment);
  PutStringClause(" LOCATION ", create.location_path);
  PrintOptions(" WITH PROPERTIES ", create.properties);
}

void Printer::PrintAlterNamespace(const AlterNamespaceStatement& alter) {
  Put("ALTER NAMESPACE ", alter.name);
  switch (alter.action) {
    case AlterNamespaceAction::kSetProperties:
      return PrintOptions(" SET PROPERTIES ", alter.properties);
    case AlterNamespaceAction::kUnsetProperties:
      return PrintOptions(" UNSET PROPERTIES ", alter.properties);
    case AlterNamespaceAction::kSetLocation:
      return Put(" SET LOCATION ", QuoteString(alter.value));
  }
}

void Printer::PrintCommentValue(const std::optional<std::string>& comment) {
  Put(" IS ", comment.has_value() ? QuoteString(*comment) : "NULL");
}

void Printer::PrintCommentOn(const CommentOnStatement& comment) {
  switch (comment.target) {
    case CommentTarget::kNamespace:
      Put("COMMENT ON NAMESPACE ", comment.name);
      return PrintCommentValue(comment.comment);
    case CommentTarget::kTable:
      Put("COMMENT ON TABLE ", comment.name);
      return PrintCommentValue(comment.comment);
    case CommentTarget::kColumns:
      break;
  }
  const bool of_table = !comment.name.parts.empty() || comment.name.identifier_expression != nullptr;
  if (of_table) {
    Put("COMMENT ON TABLE ", comment.name, " COLUMN (");
  } else {
    Put("COMMENT ON COLUMN ");
  }
  for (std::size_t i = 0; i < comment.columns.size(); ++i) {
    Put(i > 0 ? ", " : "", comment.columns[i].name);
    PrintCommentValue(comment.columns[i].comment);
  }
  PutIf(of_table, ")");
}

// ---- tables

void Printer::PrintCreateTable(const CreateTableStatement& create) {
  if (create.replace) {
    Put(create.or_create ? "CREATE OR REPLACE " : "REPLACE ");
  } else {
    Put("CREATE ");
  }
  PutIf(create.temporary, "TEMPORARY ");
  PutIf(create.external, "EXTERNAL ");
  Put("TABLE ", create.if_not_exists ? "IF NOT EXISTS " : "", create.name);
  if (!create.columns.empty() || !create.constraints.empty()) {
    Put(" (");
    std::string_view separator;
    for (const ColumnDefinition& column : create.columns) {
      Put(separator);
      PrintColumn(column);
      separator = ", ";
    }
    for (const TableConstraint& constraint : create.constraints) {
      Put(separator);
      PrintConstraint(constraint, true);
      separator = ", ";
    }
    Put(")");
  }
  PrintTableClauses(create.clauses);
  if (create.query != nullptr) Put(" AS ", create.query);
}

void Printer::PrintCreateTableLike(const CreateTableLikeStatement& create) {
  Put("CREATE TABLE ", create.if_not_exists ? "IF NOT EXISTS " : "", create.name, " LIKE ", create.source);
  PrintTableClauses(create.clauses);
}

void Printer::PrintTableClauses(const TableClauses& clauses) {
  if (!clauses.provider.empty()) Put(" USING ", clauses.provider);
  PrintOptions(" OPTIONS ", clauses.options);
  if (!clauses.partitioned_by.empty()) {
    Put(" PARTITIONED BY (");
    for (std::size_t i = 0; i < clauses.partitioned_by.size(); ++i) {
      PutIf(i > 0, ", ");
      PrintPartitionField(clauses.partitioned_by[i]);
    }
    Put(")");
  }
  if (!clauses.clustered_by.empty()) {
    Put(" CLUSTER BY (");
    PutList(clauses.clustered_by);
    Put(")");
  }
  if (clauses.buckets.has_value()) PrintBuckets(*clauses.buckets);
  PrintHiveFormat(clauses.hive);
  PutStringClause(" LOCATION ", clauses.location_path);
  PutStringClause(" COMMENT ", clauses.comment);
  if (clauses.collation.has_value()) Put(" DEFAULT COLLATION ", QuoteIdentifier(*clauses.collation));
  PrintOptions(" TBLPROPERTIES ", clauses.properties);
}

void Printer::PrintPartitionField(const PartitionField& field) {
  if (field.column.has_value()) return Put(*field.column);
  if (field.identity) return PutList(field.arguments);
  Put(QuoteIdentifier(field.transform), "(");
  PutList(field.arguments);
  Put(")");
}

void Printer::PrintBuckets(const BucketSpecification& buckets) {
  Put(" CLUSTERED BY (");
  PutList(buckets.columns);
  Put(")");
  if (!buckets.sorted_by.empty()) {
    Put(" SORTED BY (");
    for (std::size_t i = 0; i < buckets.sorted_by.size(); ++i) {
      Put(i > 0 ? ", " : "", buckets.sorted_by[i].column, buckets.sorted_by[i].ascending ? "" : " DESC");
    }
    Put(")");
  }
  Put(" INTO ", buckets.buckets, " BUCKETS");
}

void Printer::PrintHiveFormat(const std::optional<HiveFormat>& format) {
  if (!format.has_value()) return;
  if (format->delimited) {
    Put(" ROW FORMAT DELIMITED");
    for (const Option& part : format->properties)
      Put(" ", part.key, " ", QuoteString(part.value.value_or("")));
  } else if (!format->serde.empty()) {
    Put(" ROW FORMAT SERDE ", QuoteString(format->serde));
    PrintOptions(" WITH SERDEPROPERTIES ", format->properties);
  }
  if (!format->storage_handler.empty()) {
    Put(" STORED BY ", QuoteString(format->storage_handler));
    PrintOptions(" WITH SERDEPROPERTIES ", format->properties);
  } else if (!format->input_format.empty()) {
    Put(" STORED AS INPUTFORMAT ", QuoteString(format->input_format), " OUTPUTFORMAT ",
        QuoteString(format->output_format));
  } else if (!format->file_format.empty()) {
    Put(" STORED AS ", QuoteIdentifier(format->file_format));
  }
}

void Printer::PrintColumn(const ColumnDefinition& column) {
  Put(column.name, " ", column.type);
  PutIf(!column.nullable, " NOT NULL");
  PutClause(" DEFAULT ", column.default_value);
  if (column.generated_as != nullptr) Put(" GENERATED ALWAYS AS (", column.generated_as, ")");
  if (column.identity.has_value()) PrintIdentity(*column.identity);
  PutStringClause(" COMMENT ", column.comment);
  for (const TableConstraint& constraint : column.constraints) {
    Put(" ");
    PrintConstraint(constraint, false);
  }
  PrintColumnPosition(column.column_position);
}

void Printer::PrintIdentity(const IdentitySpecification& identity) {
  Put(identity.always ? " GENERATED ALWAYS AS IDENTITY" : " GENERATED BY DEFAULT AS IDENTITY");
  if (!identity.start.has_value() && !identity.increment.has_value()) return;
  Put(" (");
  if (identity.start.has_value()) Put("START WITH ", *identity.start);
  PutIf(identity.start.has_value() && identity.increment.has_value(), " ");
  if (identity.increment.has_value()) Put("INCREMENT BY ", *identity.increment);
  Put(")");
}

void Printer::PrintConstraint(const TableConstraint& constraint, bool of_table) {
  if (constraint.name.has_value()) Put("CONSTRAINT ", *constraint.name, " ");
  const auto put_columns = [&](const std::vector<Identifier>& columns) {
    if (columns.empty()) return;
    Put(" (");
    PutList(columns);
    Put(")");
  };
  switch (constraint.kind) {
    case ConstraintKind::kCheck:
      Put("CHECK (", constraint.check, ")");
      break;
    case ConstraintKind::kUnique:
      Put("UNIQUE");
      put_columns(constraint.columns);
      break;
    case ConstraintKind::kPrimaryKey:
      Put("PRIMARY KEY");
      put_columns(constraint.columns);
      break;
    case ConstraintKind::kForeignKey:
      PutIf(of_table, "FOREIGN KEY");
      put_columns(constraint.columns);
      Put(of_table ? " " : "", "REFERENCES ", constraint.referenced);
      put_columns(constraint.referenced_columns);
      break;
  }
  if (constraint.enforced.has_value()) Put(*constraint.enforced ? " ENFORCED" : " NOT ENFORCED");
  if (constraint.rely.has_value()) Put(*constraint.rely ? " RELY" : " NORELY");
}

// ---- views and functions

void Printer::PrintCreateView(const CreateViewStatement& view) {
  Put("CREATE ", view.or_replace ? "OR REPLACE " : "", view.global ? "GLOBAL " : "",
      view.temporary ? "TEMPORARY " : "", "VIEW ", view.if_not_exists ? "IF NOT EXISTS " : "", view.name);
  if (!view.columns.empty()) {
    Put(" (");
    for (std::size_t i = 0; i < view.columns.size(); ++i) {
      Put(i > 0 ? ", " : "", view.columns[i].name);
      PutStringClause(" COMMENT ", view.columns[i].comment);
    }
    Put(")");
  }
  PutStringClause(" COMMENT ", view.comment);
  if (view.collation.has_value()) Put(" DEFAULT COLLATION ", QuoteIdentifier(*view.collation));
  if (view.schema_binding.has_value()) Put(" WITH SCHEMA ", *view.schema_binding);
  PrintOptions(" TBLPROPERTIES ", view.properties);
  Put(" AS ", view.query);
}

void Printer::PrintCreateViewUsing(const CreateViewUsingStatement& view) {
  Put("CREATE ", view.or_replace ? "OR REPLACE " : "", view.global ? "GLOBAL " : "", "TEMPORARY VIEW ",
      view.name);
  if (!view.columns.empty()) {
    Put(" (");
    PutList(view.columns);
    Put(")");
  }
  Put(" USING ", view.provider);
  PrintOptions(" OPTIONS ", view.options);
}

void Printer::PrintCreateFunction(const CreateFunctionStatement& function) {
  Put("CREATE ", function.or_replace ? "OR REPLACE " : "", function.temporary ? "TEMPORARY " : "",
      "FUNCTION ", function.if_not_exists ? "IF NOT EXISTS " : "", function.name);
  if (function.class_name.has_value()) {
    Put(" AS ", QuoteString(*function.class_name));
    for (std::size_t i = 0; i < function.resources.size(); ++i) {
      Put(i == 0 ? " USING " : ", ", function.resources[i].type, " ",
          QuoteString(function.resources[i].path));
    }
    return;
  }
  Put("(");
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    PutIf(i > 0, ", ");
    PrintColumn(function.parameters[i]);
  }
  Put(")");
  if (function.returns != nullptr) Put(" RETURNS ", function.returns);
  PutIf(function.returns_table, " RETURNS TABLE");
  if (!function.returned_columns.empty()) {
    Put(" (");
    PutList(function.returned_columns);
    Put(")");
  }
  if (function.language.has_value()) Put(" LANGUAGE ", *function.language);
  if (function.deterministic.has_value())
    Put(*function.deterministic ? " DETERMINISTIC" : " NOT DETERMINISTIC");
  if (function.contains_sql.has_value()) Put(*function.contains_sql ? " CONTAINS SQL" : " READS SQL DATA");
  PutStringClause(" COMMENT ", function.comment);
  if (function.collation.has_value()) Put(" DEFAULT COLLATION ", QuoteIdentifier(*function.collation));
  PutClause(" RETURN ", function.body);
  if (function.body_query != nullptr) Put(" RETURN ", function.body_query);
}

}  // namespace hearth::sql
