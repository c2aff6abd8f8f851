// What a write is asked to do, checked. Private to engine/write.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/database.h"
#include "plan/executor.h"

namespace hearth::engine {

struct WritePlan {
  const plan::Relation& relation;
  const plan::FileSink& sink;
  const plan::ExecutionOptions& options;
  std::vector<plan::Column> data;        // columns that go into the files
  std::vector<plan::Column> partitions;  // columns that go into directory names, in the order asked for
};

// Splits the columns. Errors: COLUMN_ALREADY_EXISTS, PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA,
// ALL_PARTITION_COLUMNS_NOT_ALLOWED, UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE.
base::Result<WritePlan> MakeWritePlan(const plan::Relation& relation, const plan::FileSink& sink,
                                      const plan::ExecutionOptions& options);

// The value of an option, or `otherwise`; names are lower case.
std::string WriteOption(const plan::FileSink& sink, const char* name, std::string otherwise);

// A relation with one text column for each partition column (Spark's directory value, the default name for
// null) behind the data columns; column ids of the partitions are new.
plan::RelationPtr WithPartitionTexts(const WritePlan& plan, const plan::RelationPtr& relation,
                                     std::vector<plan::Column>* texts);

// Each writes its files below `directory` and answers the number of rows.
base::Result<int64_t> WriteParquet(const std::shared_ptr<Database>& database, const WritePlan& plan,
                                   const std::string& directory, std::stop_token stop);
base::Result<int64_t> WriteLines(const std::shared_ptr<Database>& database, const WritePlan& plan,
                                 const std::string& directory, std::stop_token stop);

}  // namespace hearth::engine
