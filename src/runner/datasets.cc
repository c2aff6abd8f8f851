#include "runner/datasets.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace hearth::runner {
namespace {

using nlohmann::json;

// Names of files have at most so many bytes, and tables far fewer.
constexpr size_t kLongestName = 4096;
constexpr size_t kMostLines = 10 * kMostDatasets;
// As the session catalog and its first database are called in Spark.
constexpr const char* kSessionCatalog = "spark_catalog";
constexpr const char* kDefaultDatabase = "default";

// How OpenLineage names what one of Spark's file systems holds.
struct FileSystem {
  std::string_view scheme;      // as paths say it
  std::string_view name_space;  // the scheme that the namespace begins with
  bool keeps_slash;             // names begin with "/"; else they are keys of objects
};
constexpr FileSystem kFileSystems[] = {
    {"s3", "s3", false},     {"s3a", "s3", false},       {"s3n", "s3", false},    {"gs", "gs", false},
    {"abfs", "abfss", true}, {"abfss", "abfss", true},   {"wasb", "wasbs", true}, {"wasbs", "wasbs", true},
    {"hdfs", "hdfs", true},  {"viewfs", "viewfs", true}, {"dbfs", "dbfs", true},
};

std::string WithoutSlashAtEnd(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path);
}

std::string TextOf(const json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// Sources and sinks name their data alike.
Dataset DataOf(const json& record) {
  const std::string type = TextOf(record, "type");
  if (type == "kafka") return TopicOf(TextOf(record, "bootstrapServers"), TextOf(record, "topic"));
  if (const std::string path = TextOf(record, "path"); !path.empty()) return FilesAt(path);
  if (TextOf(record, "table").empty()) return {};
  const std::string catalog = TextOf(record, "catalog");
  const std::string database = TextOf(record, "database");
  return TableOf(catalog.empty() ? kSessionCatalog : catalog,
                 {database.empty() ? kDefaultDatabase : database, TextOf(record, "table")});
}

Datasets DataOf(const manifest::JobSpec& spec, const char* part) {
  DatasetCollector data;
  const json whole = json::parse(spec.application.core_etl, nullptr, false);
  if (!whole.is_object()) return {};
  for (const json& record : whole.value(part, json::array()))
    if (record.is_object()) data.Add(DataOf(record));
  return data.Take();
}

}  // namespace

void DatasetCollector::Add(Dataset dataset) {
  if (dataset.name.empty() || known_.contains(dataset)) return;
  if (known_.size() >= kMostDatasets || dataset.name.size() + dataset.name_space.size() > kLongestName) {
    datasets_.is_cut = true;
    return;
  }
  known_.insert(dataset);
  datasets_.items.push_back(std::move(dataset));
}

void DatasetCollector::Add(const Datasets& more) {
  for (const Dataset& dataset : more.items) Add(dataset);
  datasets_.is_cut = datasets_.is_cut || more.is_cut;
}

Dataset FilesAt(std::string_view place) {
  const size_t colon = place.find(':');
  const bool has_scheme = colon != std::string_view::npos && colon > 0 && place.find('/') == colon + 1;
  if (!has_scheme) return {"file", WithoutSlashAtEnd(place)};
  const std::string_view scheme = place.substr(0, colon);
  std::string_view rest = place.substr(colon + 1);
  std::string_view authority;
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const size_t end = std::min(rest.find('/'), rest.size());
    authority = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  const std::string path = WithoutSlashAtEnd(rest.empty() ? "/" : rest);
  if (scheme == "file") return {"file", path};
  const auto* row = std::ranges::find(kFileSystems, scheme, &FileSystem::scheme);
  const bool is_known = row != std::end(kFileSystems);
  const std::string name_space = fmt::format("{}://{}", is_known ? row->name_space : scheme, authority);
  const bool is_key = is_known && !row->keeps_slash && path.size() > 1;
  return {name_space, is_key ? path.substr(1) : path};
}

Dataset TableOf(std::string_view catalog, const std::vector<std::string>& path) {
  return {std::string(catalog), fmt::format("{}", fmt::join(path, "."))};
}

Dataset TopicOf(std::string_view servers, std::string_view topic) {
  return {fmt::format("kafka://{}", servers.substr(0, servers.find(','))), std::string(topic)};
}

bool NamesItsData(const manifest::JobSpec& spec) {
  const manifest::Application& application = spec.application;
  return application.kind == manifest::ApplicationKind::kCoreEtl && application.main_file.empty();
}

Datasets SourcesOf(const manifest::JobSpec& spec) { return DataOf(spec, "sources"); }
Datasets SinksOf(const manifest::JobSpec& spec) { return DataOf(spec, "sinks"); }

Datasets ReadWritten(const std::filesystem::path& file) {
  DatasetCollector data;
  std::ifstream lines(file, std::ios::binary);
  std::string line;
  for (size_t count = 0; count < kMostLines && std::getline(lines, line); ++count) {
    // The last one may be half written.
    const json record = json::parse(line, nullptr, false);
    if (!record.is_object()) continue;
    if (const std::string path = TextOf(record, "path"); !path.empty()) data.Add(FilesAt(path));
    if (const std::string table = TextOf(record, "table"); !table.empty())
      data.Add(TableOf(TextOf(record, "catalog"), {TextOf(record, "database"), table}));
  }
  return data.Take();
}

}  // namespace hearth::runner
