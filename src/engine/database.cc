#include "engine/database.h"

#include <unistd.h>

#include <filesystem>

#include "duckdb/main/extension_helper.hpp"
#include "engine/errors.h"
#include "engine/functions/registry.h"
#include "engine/table_functions.h"

namespace hearth::engine {

namespace {

// DuckDB counts expression depth and refuses beyond 1000; our own limits on plans come first, and planning of
// deep plans runs on a stack made for it (deep_stack.h).
constexpr int64_t kMaximumExpressionDepth = 1'000'000;

std::string MakeSpillDirectory(const std::string& configured, bool* owned) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path parent = configured.empty() ? fs::temp_directory_path(error) : fs::path(configured);
  // One directory a process, so that two servers may share the setting.
  const fs::path directory = parent / ("hearth-spill-" + std::to_string(::getpid()));
  *owned = true;
  return directory.string();
}

void LoadStatic(duckdb::DuckDB& database, const char* name) {
  // The library brings more (ICU, JSON, autocomplete); they cost start-up time and nothing of ours uses them.
  if (duckdb::ExtensionHelper::LoadExtension(database, name) !=
      duckdb::ExtensionLoadResult::LOADED_EXTENSION) {
    ThrowSpark(base::InternalError(std::string("the DuckDB library lacks ") + name));
  }
}

}  // namespace

base::Result<std::shared_ptr<Database>> Database::Open(const plan::EngineOptions& options) {
  return Guarded([&]() -> base::Result<std::shared_ptr<Database>> {
    std::shared_ptr<Database> result(new Database());
    result->spill_directory_ = MakeSpillDirectory(options.spill_directory, &result->owns_spill_directory_);
    duckdb::DBConfig config;
    config.options.load_extensions = false;
    config.SetOptionByName("autoinstall_known_extensions", duckdb::Value::BOOLEAN(false));
    config.SetOptionByName("autoload_known_extensions", duckdb::Value::BOOLEAN(false));
    config.SetOptionByName("temp_directory", duckdb::Value(result->spill_directory_));
    config.SetOptionByName("max_expression_depth", duckdb::Value::UBIGINT(kMaximumExpressionDepth));
    if (options.threads > 0) config.SetOptionByName("threads", duckdb::Value::BIGINT(options.threads));
    if (!options.memory_limit.empty()) {
      try {
        config.SetOptionByName("memory_limit", duckdb::Value(options.memory_limit));
      } catch (const std::exception& exception) {
        return base::MakeError(base::ErrorKind::kIllegalArgument, "INVALID_CONF_VALUE.DEFAULT",
                               "The memory limit " + options.memory_limit + " is not a size such as 4GB.");
      }
    }
    result->database_ = std::make_unique<duckdb::DuckDB>(nullptr, &config);
    LoadStatic(*result->database_, "core_functions");
    LoadStatic(*result->database_, "parquet");
    EngineFunctions::BuiltIn().RegisterIn(*result->database_->instance);
    RegisterTableFunctions(*result->database_->instance);
    return result;
  });
}

Database::~Database() {
  idle_.clear();
  database_.reset();
  if (owns_spill_directory_) {
    std::error_code ignored;
    std::filesystem::remove_all(spill_directory_, ignored);
  }
}

base::Result<ConnectionLease> Database::Connect() {
  if (in_use_.fetch_add(1) >= kMaximumConnections) {
    in_use_.fetch_sub(1);
    return base::MakeError(base::ErrorKind::kResourceExhausted, "INTERNAL_ERROR",
                           "Too many operations run at once.");
  }
  std::unique_ptr<duckdb::Connection> connection;
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!connection) connection = std::make_unique<duckdb::Connection>(*database_);
  return ConnectionLease(shared_from_this(), std::move(connection));
}

void Database::Return(std::unique_ptr<duckdb::Connection> connection) {
  in_use_.fetch_sub(1);
  // A query that ended in its middle leaves its transaction open, aborted perhaps: nobody else may run in it.
  if (connection->HasActiveTransaction()) return;
  std::lock_guard lock(mutex_);
  if (idle_.size() < kMaximumIdle) idle_.push_back(std::move(connection));
}

ConnectionLease::ConnectionLease(std::shared_ptr<Database> database,
                                 std::unique_ptr<duckdb::Connection> connection)
    : database_(std::move(database)), connection_(std::move(connection)) {}

ConnectionLease::~ConnectionLease() {
  if (connection_) database_->Return(std::move(connection_));
}

}  // namespace hearth::engine
