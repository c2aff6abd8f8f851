#include <strings.h>
#include <sys/stat.h>

#include <list>
#include <mutex>
#include <unordered_map>

#include "engine/files/format.h"
#include "engine/files/parquet_footer.h"

namespace hearth::engine {

using plan::TypePtr;

namespace {

bool IsTrue(const FileOptions& options, const char* name) {
  const auto found = options.find(name);
  return found != options.end() && strcasecmp(found->second.c_str(), "true") == 0;
}

// Schemas of files by path, time and size: analysing a query again reads no footer.
class SchemaCache {
 public:
  base::Result<TypePtr> Get(const std::string& path, const ParquetSchemaOptions& options) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return ReadParquetSchema(path, options);
    const std::string key = path + "|" + std::to_string(status.st_mtim.tv_sec) + "." +
                            std::to_string(status.st_mtim.tv_nsec) + "|" + std::to_string(status.st_size) +
                            "|" + std::to_string(options.binary_as_string) +
                            std::to_string(options.infer_timestamp_ntz);
    {
      std::lock_guard lock(mutex_);
      if (const auto found = entries_.find(key); found != entries_.end()) {
        order_.splice(order_.begin(), order_, found->second.place);
        return found->second.type;
      }
    }
    HEARTH_ASSIGN(TypePtr type, ReadParquetSchema(path, options));
    std::lock_guard lock(mutex_);
    if (entries_.count(key) == 0) {
      order_.push_front(key);
      entries_[key] = {type, order_.begin()};
      if (order_.size() > kMaximumEntries) {
        entries_.erase(order_.back());
        order_.pop_back();
      }
    }
    return type;
  }

 private:
  static constexpr size_t kMaximumEntries = 4096;
  struct Entry {
    TypePtr type;
    std::list<std::string>::iterator place;
  };
  std::mutex mutex_;
  std::list<std::string> order_;
  std::unordered_map<std::string, Entry> entries_;
};

// The union of the columns in the order in which they appear; one name has one type.
base::Result<TypePtr> Merge(const TypePtr& left, const TypePtr& right) {
  std::vector<plan::Field> fields = left->fields();
  for (const auto& field : right->fields()) {
    const auto same = std::find_if(fields.begin(), fields.end(), [&](const auto& known) {
      return strcasecmp(known.name.c_str(), field.name.c_str()) == 0;
    });
    if (same == fields.end()) {
      fields.push_back(field);
    } else if (same->type->Is(plan::TypeKind::kStruct) && field.type->Is(plan::TypeKind::kStruct)) {
      HEARTH_ASSIGN(same->type, Merge(same->type, field.type));
    } else if (!(*same->type == *field.type)) {
      return base::MakeError(base::ErrorKind::kSpark, "CANNOT_MERGE_SCHEMAS",
                             "Column " + field.name + " is " + same->type->Sql() + " in one file and " +
                                 field.type->Sql() + " in another.",
                             {{"left", left->Sql()}, {"right", right->Sql()}});
    }
  }
  return plan::DataType::Struct(std::move(fields));
}

base::Result<TypePtr> Infer(const std::vector<std::string>& paths, const FileOptions& options) {
  static SchemaCache cache;
  ParquetSchemaOptions schema_options;
  schema_options.binary_as_string = IsTrue(options, "binaryasstring");
  HEARTH_ASSIGN(TypePtr schema, cache.Get(paths[0], schema_options));
  if (!IsTrue(options, "mergeschema")) return schema;
  for (size_t i = 1; i < paths.size(); ++i) {
    HEARTH_ASSIGN(TypePtr next, cache.Get(paths[i], schema_options));
    HEARTH_ASSIGN(schema, Merge(schema, next));
  }
  return schema;
}

}  // namespace

FileFormat ParquetFormat() {
  return {"parquet", "spark_parquet", &Infer, {"int96rebasemode", "datetimerebasemode"}};
}

}  // namespace hearth::engine
