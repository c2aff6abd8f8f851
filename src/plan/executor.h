// The engine as the rest of the house sees it: a resolved plan goes in, Arrow batches come out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/catalog.h"
#include "plan/resolved/tree.h"

namespace hearth::plan {

// One Arrow IPC stream: schema, one record batch, end of stream. Every tabular result has at least one (maybe
// of no rows).
struct ResultBatch {
  std::string ipc_stream;
  int64_t row_count = 0;
};

struct ObservedMetrics {
  std::string name;
  std::vector<std::string> keys;
  std::vector<Value> values;
  std::vector<TypePtr> types;
};

struct ExecutionOptions {
  std::string time_zone =
      "UTC";                   // session zone: zone name in the Arrow schema, and of zone-dependent functions
  int64_t batch_rows = 10000;  // spark.sql.execution.arrow.maxRecordsPerBatch
  int64_t batch_bytes = 4 << 20;  // soft limit of one batch
  bool large_var_types = false;   // spark.sql.execution.arrow.useLargeVarTypes
};

// Rows of a running query, pulled. Not thread-safe; stopping goes through the stop token of Execute, from any
// thread.
class BatchStream {
 public:
  virtual ~BatchStream() = default;
  virtual const TypePtr& schema() const = 0;
  // The next batch; nullopt after the last. Errors carry Spark's conditions; kCancelled after a stop.
  virtual base::Result<std::optional<ResultBatch>> Next() = 0;
  virtual std::vector<ObservedMetrics> TakeObservedMetrics() { return {}; }
};

enum class SaveMode : uint8_t { kErrorIfExists, kAppend, kOverwrite, kIgnore };
struct FileSink {
  std::string format;
  std::string path;
  SaveMode mode = SaveMode::kErrorIfExists;
  std::vector<std::string> partition_columns;
  std::map<std::string, std::string> options;  // Spark's option names, lower case
  bool dynamic_partition_overwrite = false;
};

// One per session; calls may come from several threads at once.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual base::Result<std::unique_ptr<BatchStream>> Execute(const RelationPtr& plan,
                                                             const ExecutionOptions& options,
                                                             std::stop_token stop) = 0;
  // Writes the rows of `plan`; answers the number of rows. Files appear only when all of them are complete.
  virtual base::Result<int64_t> Write(const RelationPtr& plan, const FileSink& sink,
                                      const ExecutionOptions& options, std::stop_token stop) = 0;
  // At most `limit` rows as values, for the few relations whose columns depend on data (pivot without a list
  // of values).
  virtual base::Result<std::vector<ValueList>> Collect(const RelationPtr& plan, int64_t limit,
                                                       std::stop_token stop) {
    (void)plan, (void)limit, (void)stop;
    return base::NotImplemented("collecting values for the analyser");
  }
  // The physical plan as text.
  virtual base::Result<std::string> Explain(const RelationPtr& plan) = 0;
  virtual FileSources& files() = 0;
};

// The process-wide engine: memory, threads, spill directory; makes one Executor per session.
struct EngineOptions {
  int threads = 0;              // 0: all cores
  std::string memory_limit;     // "4GB"; empty: 80 % of memory
  std::string spill_directory;  // empty: under the system's temporary directory
};
class Engine {
 public:
  virtual ~Engine() = default;
  virtual std::unique_ptr<Executor> NewExecutor() = 0;
};

}  // namespace hearth::plan
