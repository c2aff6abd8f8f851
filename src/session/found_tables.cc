#include "session/found_tables.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "session/catalog_store.h"

namespace hearth::session {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostTables = 10000;
constexpr std::string_view kDatabaseSuffix = ".db";

bool IsHidden(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || name.starts_with('_');
}

bool HoldsParquet(const fs::path& folder) {
  std::error_code code;
  for (fs::recursive_directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    if (IsHidden(entry->path())) {
      entry.disable_recursion_pending();
    } else if (entry->path().extension() == ".parquet") {
      return true;
    }
  }
  return false;
}

class Finder {
 public:
  explicit Finder(Session& session) : session_(session) {}

  void Search(const fs::path& folder, const std::string& database) {
    std::error_code code;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
      std::error_code ignored;
      if (IsHidden(entry->path()) || !entry->is_directory(ignored)) continue;
      const std::string name = LowerCase(entry->path().filename().string());
      const bool is_database = name.size() > kDatabaseSuffix.size() && name.ends_with(kDatabaseSuffix);
      if (!is_database) {
        Add(entry->path(), database, name);
      } else if (database == kDefaultDatabase) {
        const std::string inner = name.substr(0, name.size() - kDatabaseSuffix.size());
        AddDatabase(inner, name);
        Search(entry->path(), inner);
      }
    }
  }

 private:
  void AddDatabase(const std::string& name, const std::string& folder) {
    const auto home = session_.catalog().FindDatabase(std::string(kDefaultDatabase));
    if (!home || session_.catalog().FindDatabase(name)) return;
    DatabaseRecord record;
    record.name = name;
    record.location = fmt::format("{}/{}", home->location, folder);
    record.owner = session_.process_user();
    (void)session_.catalog().CreateDatabase(std::move(record));
  }

  void Add(const fs::path& folder, const std::string& database, const std::string& name) {
    if (count_ >= kMostTables || session_.catalog().FindTable(database, name) || !HoldsParquet(folder))
      return;
    TableRecord record;
    record.info.catalog = kCatalogName;
    record.info.name_space = {database};
    record.info.name = name;
    record.info.kind = "MANAGED";
    record.info.format = "parquet";
    record.info.location = folder.string();
    record.owner = session_.process_user();
    record.created_microseconds = session_.clock().NowMicroseconds();
    const auto source =
        session_.executor().files().Resolve({record.info.format, {record.info.location}, {}, nullptr});
    if (!source.ok()) return;
    for (const plan::Field& field : (*source)->columns) record.info.columns.push_back({field, "", false});
    for (const plan::Field& field : (*source)->partition_columns)
      record.info.columns.push_back({field, "", true});
    count_ += session_.catalog().CreateTable(std::move(record)).ok() ? 1 : 0;
  }

  Session& session_;
  size_t count_ = 0;
};

}  // namespace

void FindTables(Session& session, const std::string& warehouse) {
  std::error_code code;
  Finder(session).Search(fs::absolute(warehouse, code), std::string(kDefaultDatabase));
}

}  // namespace hearth::session
