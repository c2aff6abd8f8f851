// The SQL database behind the store: SQLite or PostgreSQL, spoken to in the SQL that both understand
// ($1, $2, … for parameters; TEXT and BIGINT columns).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace hearth::runner {

using SqlValue = std::variant<std::monostate, int64_t, std::string>;
using SqlRow = std::vector<SqlValue>;

// Null reads as 0 or as the empty text.
int64_t Number(const SqlValue& value);
std::string Text(const SqlValue& value);

// What a transaction may do; valid only inside the function it was given to.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  // Errors: kUnavailable when the database does not answer; kConflict for a broken unique rule; kInternal for
  // SQL that it refuses.
  virtual base::Result<std::vector<SqlRow>> Execute(std::string_view sql,
                                                    std::span<const SqlValue> parameters) = 0;

  template <typename... Values>
  base::Result<std::vector<SqlRow>> Query(std::string_view sql, Values&&... values) {
    const SqlValue parameters[] = {SqlValue(std::forward<Values>(values))..., SqlValue()};
    return Execute(sql, std::span(parameters, sizeof...(values)));
  }
};

class Database {
 public:
  using Work = std::function<base::Status(SqlConnection&)>;

  virtual ~Database() = default;
  // One transaction: everything that `work` wrote, or nothing. Durable when it returns. `work` may run again
  // after a conflict between transactions. Errors: those of `work`; kUnavailable when nothing was written;
  // kUnknownOutcome when the answer to the commit was lost.
  virtual base::Status Write(const Work& work) = 0;
  // Sees what was committed before the call.
  virtual base::Status Read(const Work& work) = 0;
  // Ends the processes' exclusive use of "FOR UPDATE SKIP LOCKED" and the like: true for PostgreSQL.
  virtual bool is_shared() const = 0;
};

// `path`: a file, made when missing. Group commit: writers that come while another one commits share the next
// commit. `durable`: false leaves out waiting for the disk (tests).
base::Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path, bool durable);

// `connection_string`: libpq's, "postgresql://user@host/database". Up to `connections` at once.
base::Result<std::unique_ptr<Database>> OpenPostgres(const std::string& connection_string, int connections);

}  // namespace hearth::runner
