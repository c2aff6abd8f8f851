// Partition columns out of directory names such as year=2024/month=1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/files/paths.h"
#include "plan/types/data_type.h"

namespace hearth::engine {

struct Partitions {
  std::vector<plan::Field> columns;
  std::vector<std::vector<std::optional<std::string>>> values;  // per file, per column; nullopt for null
};

// Types by Spark's inference over the values, or strings without it; a column of `schema` (may be null) has
// its type there. CONFLICTING_PARTITION_COLUMN_NAMES when directories disagree.
base::Result<Partitions> DiscoverPartitions(const std::vector<FoundFile>& files, const plan::TypePtr& schema,
                                            bool infer_types);

// Directory names escape what file systems or Hive dislike as %XX.
std::string EscapePathName(const std::string& name);
std::string UnescapePathName(const std::string& name);

inline constexpr const char* kNullPartition = "__HIVE_DEFAULT_PARTITION__";

}  // namespace hearth::engine
