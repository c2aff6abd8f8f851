// Which data runs read and write, under the names that OpenLineage gives it.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/job_spec.h"
#include "runner/run.h"

namespace hearth::runner {

// Keeps each once, in the order in which they come, as many as are kept of a run.
class DatasetCollector {
 public:
  void Add(Dataset dataset);
  void Add(const Datasets& more);
  Datasets Take() { return std::move(datasets_); }

 private:
  std::set<Dataset> known_;
  Datasets datasets_;
};

// Of files: "/orders" and "file:///orders" -> {"file", "/orders"}; "s3a://lake/orders" -> {"s3://lake",
// "orders"}; "hdfs://name:8020/orders" -> {"hdfs://name:8020", "/orders"}.
Dataset FilesAt(std::string_view place);
// Of a table: {"spark_catalog", "sales.orders"}. `path`: database and table, or more levels.
Dataset TableOf(std::string_view catalog, const std::vector<std::string>& path);
// {"kafka://broker:9092", "orders"}; the first of several servers.
Dataset TopicOf(std::string_view servers, std::string_view topic);

// Whether the job is CoreETL that Hearth itself runs: its spec says all that it reads and writes.
bool NamesItsData(const manifest::JobSpec& spec);
Datasets SourcesOf(const manifest::JobSpec& spec);
Datasets SinksOf(const manifest::JobSpec& spec);

// What `hearth run --written FILE` has left there; nothing when there is no such file.
Datasets ReadWritten(const std::filesystem::path& file);

}  // namespace hearth::runner
