#include "session/write_notes.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "session/passing_executor.h"

namespace hearth::session {
namespace {

using nlohmann::json;

// More than readers keep, so that they know that there were more.
constexpr size_t kMostNotes = 2000;

TablePtr TableAt(const std::string& path, CatalogStore& catalog) {
  for (const DatabaseRecord& database : catalog.ListDatabases()) {
    const auto tables = catalog.ListTables(database.name);
    if (!tables.ok()) continue;
    for (const TablePtr& table : *tables)
      if (!table->is_view() && table->info.location == path) return table;
  }
  return nullptr;
}

std::string Whole(const std::string& path) {
  if (path.starts_with('/') || path.find(":/") != std::string::npos) return path;
  std::error_code code;
  const auto whole = std::filesystem::absolute(path, code).lexically_normal();
  return code ? path : whole.string();
}

class NotingExecutor final : public PassingExecutor {
 public:
  NotingExecutor(std::unique_ptr<plan::Executor> executor, CatalogStore& catalog, WriteNotes& notes)
      : PassingExecutor(std::move(executor)), catalog_(catalog), notes_(notes) {}

  base::Result<int64_t> Write(const plan::RelationPtr& plan, const plan::FileSink& sink,
                              const plan::ExecutionOptions& options, std::stop_token stop) override {
    HEARTH_ASSIGN(const int64_t rows, PassingExecutor::Write(plan, sink, options, std::move(stop)));
    const bool was_there = sink.mode == plan::SaveMode::kIgnore && rows == 0;
    if (sink.format != "noop" && !was_there) notes_.Add(sink, catalog_);
    return rows;
  }

 private:
  CatalogStore& catalog_;
  WriteNotes& notes_;
};

class NotingEngine final : public plan::Engine {
 public:
  NotingEngine(plan::Engine& engine, CatalogStore& catalog, WriteNotes& notes)
      : engine_(engine), catalog_(catalog), notes_(notes) {}
  std::unique_ptr<plan::Executor> NewExecutor() override {
    return std::make_unique<NotingExecutor>(engine_.NewExecutor(), catalog_, notes_);
  }

 private:
  plan::Engine& engine_;
  CatalogStore& catalog_;
  WriteNotes& notes_;
};

}  // namespace

void WriteNotes::Add(const plan::FileSink& sink, CatalogStore& catalog) {
  json record = {{"path", Whole(sink.path)}};
  if (const TablePtr table = TableAt(sink.path, catalog)) {
    record = {
        {"catalog", kCatalogName}, {"database", table->info.name_space.at(0)}, {"table", table->info.name}};
  }
  const std::string line = record.dump(-1, ' ', false, json::error_handler_t::replace);
  std::lock_guard lock(mutex_);
  if (noted_.size() >= kMostNotes || !noted_.insert(line).second) return;
  std::ofstream(file_, std::ios::binary | std::ios::app) << line << '\n';
}

std::unique_ptr<plan::Engine> Noting(plan::Engine& engine, CatalogStore& catalog, WriteNotes& notes) {
  return std::make_unique<NotingEngine>(engine, catalog, notes);
}

}  // namespace hearth::session
