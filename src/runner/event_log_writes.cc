#include "runner/event_log_writes.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

namespace hearth::runner {
namespace {

using nlohmann::json;
using Catalogs = std::map<std::string, std::string>;

constexpr size_t kMostOpen = 10000;  // executions whose end never comes
constexpr int kDeepest = 200;
constexpr std::string_view kSessionCatalog = "spark_catalog";

std::string TextOf(const json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t NumberOf(const json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_number_integer() ? found->get<int64_t>() : -1;
}

// What stands between `begin` and the next `end`; empty without both.
std::string_view Between(std::string_view text, std::string_view begin, std::string_view end) {
  const size_t from = text.find(begin);
  if (from == std::string_view::npos) return {};
  text.remove_prefix(from + begin.size());
  const size_t to = text.find(end);
  return to == std::string_view::npos ? std::string_view() : text.substr(0, to);
}

std::vector<std::string> Split(std::string_view name) {
  std::vector<std::string> parts(1);
  for (const char c : name) c == '.' ? void(parts.emplace_back()) : parts.back().push_back(c);
  return parts;
}

// "`spark_catalog`.`sales`.`orders`, …": the parts; none when it begins otherwise.
std::vector<std::string> QuotedName(std::string_view text) {
  std::vector<std::string> parts;
  while (text.starts_with('`')) {
    std::string part;
    size_t at = 1;
    for (; at < text.size(); ++at) {
      if (text[at] != '`') {
        part += text[at];
      } else if (at + 1 < text.size() && text[at + 1] == '`') {
        part += text[at++];
      } else {
        break;
      }
    }
    parts.push_back(std::move(part));
    text.remove_prefix(std::min(at + 1, text.size()));
    if (!text.starts_with(".`")) break;
    text.remove_prefix(1);
  }
  return parts;
}

// Since Spark 3.4 the catalog is among the parts.
std::optional<Dataset> SessionTable(std::vector<std::string> parts) {
  if (parts.size() < 2) return std::nullopt;
  std::string catalog(kSessionCatalog);
  if (parts.size() > 2) {
    catalog = parts.front();
    parts.erase(parts.begin());
  }
  return TableOf(catalog, parts);
}

// A node of a plan that writes.
struct Node {
  std::string_view arguments;    // what follows its name
  std::string_view description;  // of the whole execution
  const Catalogs& catalogs;
  std::string catalog_class;  // of the new table that it fills; empty: not known
};
using Target = std::optional<Dataset> (*)(const Node& node);

// PATH, [STATIC PARTITIONS, ]false, …, MODE[, `CATALOG`.`DATABASE`.`TABLE`], …
std::optional<Dataset> FilesOrTable(const Node& node) {
  const std::string_view text = node.arguments;
  const size_t end = std::min(text.find(", false, "), text.find(", true, "));
  if (end == std::string_view::npos) return std::nullopt;
  for (const std::string_view mode : {", Append, ", ", Overwrite, ", ", ErrorIfExists, ", ", Ignore, "}) {
    const size_t at = text.find(mode, end);
    if (at == std::string_view::npos) continue;
    if (auto table = SessionTable(QuotedName(text.substr(at + mode.size())))) return table;
  }
  std::string_view path = text.substr(0, end);
  const size_t partitions = path.rfind(", [");
  if (path.ends_with(']') && partitions != std::string_view::npos) path = path.substr(0, partitions);
  return FilesAt(path);
}

std::optional<Dataset> QuotedTable(const Node& node) { return SessionTable(QuotedName(node.arguments)); }

// Its arguments stand in the description alone.
std::optional<Dataset> NewTable(const Node& node) {
  constexpr std::string_view kArguments = "\nArguments: ";
  const size_t at = node.description.find(kArguments);
  if (at == std::string_view::npos) return std::nullopt;
  return SessionTable(QuotedName(node.description.substr(at + kArguments.size())));
}

std::optional<Dataset> Location(const Node& node) {
  const std::string_view place = Between(node.arguments, "Location: ", ", ");
  return place.empty() ? std::nullopt : std::optional(FilesAt(place));
}

// A source of the first kind with options; those that hold a secret are hidden, addresses of databases among
// them.
std::optional<Dataset> Options(const Node& node) {
  const std::string_view arguments = Between(node.description, "\nArguments: ", "\n");
  const auto option = [&](std::string_view key) -> std::string_view {
    for (const std::string_view before : {"[", " "}) {
      const std::string begin = std::string(before) + std::string(key) + "=";
      const size_t from = arguments.find(begin);
      if (from == std::string_view::npos) continue;
      const std::string_view rest = arguments.substr(from + begin.size());
      return rest.substr(0, std::min(rest.find(", "), rest.find("], ")));
    }
    return {};
  };
  if (const auto path = option("path"); !path.empty()) return FilesAt(path);
  const auto servers = option("kafka.bootstrap.servers");
  const auto topic = option("topic");
  if (!servers.empty() && !topic.empty()) return TopicOf(servers, topic);
  return std::nullopt;
}

// Its catalog is among the parts, or the only one of its class.
std::optional<Dataset> TableIn(const Catalogs& catalogs, std::string_view name, std::string_view class_name) {
  std::vector<std::string> parts = Split(name);
  if (parts.size() > 1 && (catalogs.contains(parts.front()) || parts.front() == kSessionCatalog)) {
    const std::string catalog = parts.front();
    parts.erase(parts.begin());
    return TableOf(catalog, parts);
  }
  const auto is_of_class = [&](const auto& entry) {
    return class_name.empty() || entry.second.ends_with(class_name);
  };
  if (std::ranges::count_if(catalogs, is_of_class) != 1) return std::nullopt;
  return TableOf(std::ranges::find_if(catalogs, is_of_class)->first, parts);
}

std::optional<Dataset> TableOfWrite(const Node& node, std::string_view text) {
  const size_t at = text.find("Write(table=");
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(text.find('=', at) + 1);
  return TableIn(node.catalogs, name.substr(0, name.find_first_of(",)")), node.catalog_class);
}

// Of another catalog. How the table is called depends on the version and on whose table it is:
// "lake.sales.orders LakeWrite(…)", "…, LakeWrite(table=lake.sales.orders, …)", "JDBCTable(sales.orders,…".
std::optional<Dataset> CatalogTable(const Node& node) {
  constexpr std::string_view kDatabaseTable = "JDBCTable(";
  if (node.arguments.starts_with(kDatabaseTable))
    return TableIn(node.catalogs, Between(node.arguments, kDatabaseTable, ","), ".JDBCTableCatalog");
  if (node.arguments.ends_with("NoopWrite")) return std::nullopt;
  if (auto table = TableOfWrite(node, node.arguments)) return table;
  const std::string_view first = node.arguments.substr(0, node.arguments.find_first_of(", "));
  const bool is_name = !first.empty() && first.find_first_of("$@()") == std::string_view::npos;
  return is_name ? TableIn(node.catalogs, first, node.catalog_class) : std::nullopt;
}

// UPDATE, DELETE and MERGE INTO: what is read there to be changed, unless the write says it.
std::optional<Dataset> ChangedTable(const Node& node) {
  if (auto table = TableOfWrite(node, node.description)) return table;
  constexpr std::string_view kScan = ") BatchScan ";
  std::set<std::string_view> names;
  for (size_t at = node.description.find(kScan); at != std::string_view::npos;
       at = node.description.find(kScan, at + 1)) {
    const std::string_view rest = node.description.substr(at + kScan.size());
    names.insert(rest.substr(0, rest.find_first_of(" \n")));
  }
  return names.size() == 1 ? TableIn(node.catalogs, *names.begin(), "") : std::nullopt;
}

struct WriteNode {
  std::string_view name;
  Target target;
};
constexpr std::string_view kCreateAsSelect = "Execute CreateDataSourceTableAsSelectCommand";
constexpr std::string_view kInsertFiles = "Execute InsertIntoHadoopFsRelationCommand";
// Not here: commands that run another one of these for the rows (saveAsTable, Hive's CREATE TABLE AS SELECT,
// those of other catalogs).
constexpr WriteNode kWriteNodes[] = {
    {kInsertFiles, FilesOrTable},
    {kCreateAsSelect, NewTable},
    {"Execute InsertIntoHiveTable", QuotedTable},
    {"Execute InsertIntoHiveDirCommand", Location},
    {"Execute SaveIntoDataSourceCommand", Options},
    {"AppendData", CatalogTable},
    {"AppendDataExecV1", CatalogTable},
    {"OverwriteByExpression", CatalogTable},
    {"OverwriteByExpressionExecV1", CatalogTable},
    {"OverwritePartitionsDynamic", CatalogTable},
    {"DeleteFromTable", CatalogTable},
    {"ReplaceData", ChangedTable},
    {"WriteDelta", ChangedTable},
};

}  // namespace

void WriteRecognizer::ReadCatalogs(const json& settings) {
  constexpr std::string_view kPrefix = "spark.sql.catalog.";
  if (!settings.is_object()) return;
  for (const auto& [key, value] : settings.items()) {
    if (!key.starts_with(kPrefix) || !value.is_string()) continue;
    const std::string name = key.substr(kPrefix.size());
    if (name.find('.') == std::string::npos) catalogs_[name] = value.get<std::string>();
  }
}

void WriteRecognizer::OnEnvironment(const json& event) {
  if (event.is_object()) ReadCatalogs(event.value("Spark Properties", json::object()));
}

void WriteRecognizer::OnStart(const json& event) {
  if (!event.is_object()) return;
  ReadCatalogs(event.value("modifiedConfigs", json::object()));
  const int64_t id = NumberOf(event, "executionId");
  Execution execution;
  execution.root = NumberOf(event, "rootExecutionId");
  Walk(event.value("sparkPlanInfo", json::object()), event, 0, &execution);
  if (execution.targets.empty() && execution.catalog_class.empty()) return;
  if (open_.size() >= kMostOpen) {
    idle_.erase(open_.begin()->first);
    open_.erase(open_.begin());
  }
  open_[id] = std::move(execution);
}

void WriteRecognizer::Walk(const json& plan, const json& event, int depth, Execution* execution) {
  if (!plan.is_object() || depth > kDeepest) return;
  const std::string name = TextOf(plan, "nodeName");
  if (name.ends_with("TableAsSelect")) {
    const std::string text = TextOf(plan, "simpleString");
    execution->catalog_class = Between(text, " ", "@");
  }
  const auto* row = std::ranges::find(kWriteNodes, name, &WriteNode::name);
  if (row != std::end(kWriteNodes)) {
    const std::string text = TextOf(plan, "simpleString");
    const std::string description = TextOf(event, "physicalPlanDescription");
    std::string_view arguments = text;
    arguments.remove_prefix(std::min(text.size(), name.size() + 1));
    const bool is_below_new_table = name == kInsertFiles && IsFilledByOpen(execution->root);
    const auto target = row->target({arguments, description, catalogs_, CatalogClassOf(execution->root)});
    if (target && !is_below_new_table) execution->targets.push_back(*target);
    if (name == kCreateAsSelect) execution->fills_new_table = true;
    if (name == kInsertFiles && arguments.find(", Ignore, ") != std::string_view::npos)
      idle_.insert(NumberOf(event, "executionId"));
  }
  for (const json& child : plan.value("children", json::array())) Walk(child, event, depth + 1, execution);
}

// The insertion of CREATE TABLE AS SELECT names only the folder.
bool WriteRecognizer::IsFilledByOpen(int64_t root) {
  for (auto& [id, other] : open_)
    if (other.root == root && std::exchange(other.fills_new_table, false)) return true;
  return false;
}

std::string WriteRecognizer::CatalogClassOf(int64_t root) const {
  for (const auto& [id, other] : open_)
    if (other.root == root && !other.catalog_class.empty()) return other.catalog_class;
  return "";
}

void WriteRecognizer::OnJob(const json& event) {
  if (!event.is_object()) return;
  const std::string id = TextOf(event.value("Properties", json::object()), "spark.sql.execution.id");
  std::erase_if(idle_, [&](int64_t idle) { return std::to_string(idle) == id; });
}

void WriteRecognizer::OnEnd(const json& event) {
  if (!event.is_object()) return;
  const int64_t id = NumberOf(event, "executionId");
  const auto found = open_.find(id);
  const bool was_idle = idle_.erase(id) > 0;
  if (found == open_.end()) return;
  // Only an empty message says that all went well: without one nothing is known.
  const auto message = event.find("errorMessage");
  const bool has_succeeded =
      message != event.end() && message->is_string() && TextOf(event, "errorMessage").empty();
  if (has_succeeded && !was_idle)
    for (Dataset& target : found->second.targets) written_.Add(std::move(target));
  open_.erase(found);
}

}  // namespace hearth::runner
