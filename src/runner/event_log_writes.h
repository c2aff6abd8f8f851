// Which data an application of Spark wrote, as its event log tells: the plans of executions that ended
// without an error. Only since Spark 3.4 an execution's end says whether it failed: older logs tell nothing
// here. What is written below Spark SQL (RDDs) and by file streams is not told.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runner/datasets.h"

namespace hearth::runner {

// Is given the events in the order of the log.
class WriteRecognizer {
 public:
  // SparkListenerEnvironmentUpdate: where catalogs have their names.
  void OnEnvironment(const nlohmann::json& event);
  // …SQLExecutionStart
  void OnStart(const nlohmann::json& event);
  // …SQLExecutionEnd
  void OnEnd(const nlohmann::json& event);
  // Whether OnJob wants the next SparkListenerJobStart.
  bool WantsJobs() const { return !idle_.empty(); }
  // SparkListenerJobStart
  void OnJob(const nlohmann::json& event);

  Datasets Take() { return written_.Take(); }

 private:
  struct Execution {
    int64_t root = -1;
    std::vector<Dataset> targets;
    bool fills_new_table = false;  // and names it, which the insertion below it does not
    std::string catalog_class;     // of a new table of another catalog: the insertion below it does not know
  };

  void ReadCatalogs(const nlohmann::json& settings);
  void Walk(const nlohmann::json& plan, const nlohmann::json& event, int depth, Execution* execution);
  bool IsFilledByOpen(int64_t root);
  std::string CatalogClassOf(int64_t root) const;

  std::map<int64_t, Execution> open_;
  std::set<int64_t> idle_;                       // that write only where nothing is, and have run no job yet
  std::map<std::string, std::string> catalogs_;  // name -> class
  DatasetCollector written_;
};

}  // namespace hearth::runner
