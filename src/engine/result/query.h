// One running DuckDB query.
#pragma once

#include <duckdb.hpp>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "duckdb/parser/sql_statement.hpp"
#include "engine/database.h"
#include "engine/lower/lowering.h"

namespace hearth::engine {

// Not thread-safe. Destroying it ends the query. A stop request, from any thread, interrupts it: Fetch then
// answers kCancelled.
class Query {
 public:
  // Plans and starts the statement; its rows come from Fetch. `resources` live as long as the query.
  static base::Result<std::unique_ptr<Query>> Start(ConnectionLease connection,
                                                    duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                                    Resources resources, std::stop_token stop);
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  const duckdb::vector<duckdb::LogicalType>& types() const { return types_; }
  // The next rows, never empty; null after the last.
  base::Result<duckdb::unique_ptr<duckdb::DataChunk>> Fetch();

 private:
  struct Interrupt {
    duckdb::Connection* connection;
    void operator()() const { connection->Interrupt(); }
  };

  explicit Query(ConnectionLease connection) : connection_(std::move(connection)) {}
  base::Status Execute(duckdb::unique_ptr<duckdb::SQLStatement> statement, std::stop_token stop);
  base::Error Failure(const duckdb::ErrorData& error) const;

  // Destroyed from the last to the first: the callback before what it interrupts, the result before its
  // connection.
  Resources resources_;
  ConnectionLease connection_;
  std::stop_token stop_;
  bool done_ = false;
  duckdb::vector<duckdb::LogicalType> types_;
  duckdb::unique_ptr<duckdb::DataChunk> row_;  // the whole result, when it needed no query
  duckdb::unique_ptr<duckdb::PendingQueryResult> pending_;
  duckdb::unique_ptr<duckdb::QueryResult> result_;
  std::optional<std::stop_callback<Interrupt>> interrupt_;
};

}  // namespace hearth::engine
