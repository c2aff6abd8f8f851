// The DuckDB instance of the process and its connections.
#pragma once

#include <atomic>
#include <duckdb.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/executor.h"

namespace hearth::engine {

class Database;

// A connection for one operation; goes back to the pool when destroyed. Must not outlive the Database, which
// is why it holds a share of it.
class ConnectionLease {
 public:
  ConnectionLease(std::shared_ptr<Database> database, std::unique_ptr<duckdb::Connection> connection);
  ConnectionLease(ConnectionLease&&) noexcept = default;
  ConnectionLease& operator=(ConnectionLease&&) = delete;
  ~ConnectionLease();

  duckdb::Connection& operator*() const { return *connection_; }
  duckdb::Connection* operator->() const { return connection_.get(); }

 private:
  std::shared_ptr<Database> database_;
  std::unique_ptr<duckdb::Connection> connection_;
};

class Database : public std::enable_shared_from_this<Database> {
 public:
  static base::Result<std::shared_ptr<Database>> Open(const plan::EngineOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // kResourceExhausted when kMaximumConnections operations run already.
  base::Result<ConnectionLease> Connect();

 private:
  friend class ConnectionLease;
  Database() = default;
  void Return(std::unique_ptr<duckdb::Connection> connection);

  static constexpr int kMaximumConnections = 512;
  static constexpr size_t kMaximumIdle = 16;

  std::string spill_directory_;
  bool owns_spill_directory_ = false;
  std::unique_ptr<duckdb::DuckDB> database_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<duckdb::Connection>> idle_;
  std::atomic<int> in_use_{0};
};

}  // namespace hearth::engine
