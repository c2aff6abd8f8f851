// What the analyser asks of the world: tables, views and files by name. The engine (files, managed tables)
// and the session (temporary views) answer.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "plan/resolved/tree.h"
#include "plan/unresolved/tree.h"

namespace hearth::plan {

// Files of one format read as one table.
struct FileSource {
  std::string format;                          // "parquet", "csv", "json", "text", …
  std::vector<std::string> paths;              // files to read, already expanded from directories and globs
  std::map<std::string, std::string> options;  // Spark's option names, lower case
  std::vector<Field> columns;                  // the file's columns
  std::vector<Field> partition_columns;        // from k=v directories, behind the file's columns
  std::vector<std::vector<std::optional<std::string>>> partition_values;  // per path, per partition column
  bool schema_is_given = false;  // by the user: columns missing from a file are null
};

// A request to read files, before anything is looked at.
struct FileRequest {
  std::string format;
  std::vector<std::string> paths;
  std::map<std::string, std::string> options;
  TypePtr schema;  // null: infer
};

// Lists files, infers schemas. Errors: PATH_NOT_FOUND, UNABLE_TO_INFER_SCHEMA, DATA_SOURCE_NOT_FOUND.
class FileSources {
 public:
  virtual ~FileSources() = default;
  virtual base::Result<std::shared_ptr<const FileSource>> Resolve(const FileRequest& request) = 0;
};

struct TableColumnInfo {
  Field field;
  std::string comment;
  bool is_partition = false;
};

struct TableInfo {
  std::string catalog;
  std::vector<std::string> name_space;
  std::string name;
  std::string kind;  // MANAGED, EXTERNAL, VIEW, TEMPORARY
  std::string format;
  std::string location;
  std::string comment;
  std::vector<TableColumnInfo> columns;
  std::map<std::string, std::string> properties;
  std::map<std::string, std::string> options;
};

class Catalog;

struct ViewInfo {
  std::vector<std::string> name;  // full name, as the qualifier of its columns
  unresolved::RelationPtr plan;   // analysed again at each use
  std::vector<std::string> column_aliases;
  bool is_temporary = true;
  // Views keep the catalogue place in which they were made.
  std::string current_catalog;
  std::string current_database;
  // Where names inside the view are looked up: the world as it was when the view was made. Null: where the
  // view was found.
  std::shared_ptr<Catalog> scope;
};

struct TableLookup {
  std::vector<std::string> name;  // full name
  std::shared_ptr<const FileSource> source;
};

// Name resolution for one session. Lookups take the parts as written; a temporary view wins over a table for
// one-part names. Errors: TABLE_OR_VIEW_NOT_FOUND, SCHEMA_NOT_FOUND.
class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual base::Result<std::variant<ViewInfo, TableLookup>> Lookup(const std::vector<std::string>& name) = 0;
};

}  // namespace hearth::plan
