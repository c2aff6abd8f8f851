// The rows of the audit log.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/uuid.h"
#include "runner/store/store.h"

namespace hearth::runner {
namespace {

constexpr int32_t kMostRows = 1000;

// Sorts by time; chance tells rows of the same moment apart.
std::string TimeKey(int64_t at) { return fmt::format("{:016}", at); }

}  // namespace

base::Status InsertAudit(SqlConnection& connection, const AuditRow& row) {
  const std::string id = fmt::format("{}-{}", TimeKey(row.at), base::RandomUuid().substr(0, 8));
  HEARTH_RETURN_IF_ERROR(
      connection.Query("INSERT INTO audit (id, at, user_name, team, call, subject, outcome, address, calls, "
                       "is_read) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                       id, row.at, row.user, row.team, row.call, row.subject, row.outcome, row.address,
                       row.calls, int64_t{row.is_read ? 1 : 0}));
  return {};
}

base::Status Store::Audit(std::span<const AuditRow> rows) {
  return database_.Write([&](SqlConnection& connection) -> base::Status {
    for (const AuditRow& row : rows) HEARTH_RETURN_IF_ERROR(InsertAudit(connection, row));
    return {};
  });
}

base::Result<AuditPage> Store::AuditRows(const AuditFilter& filter) {
  const int32_t limit = std::clamp(filter.limit, 1, kMostRows);
  std::string sql =
      "SELECT at, user_name, team, call, subject, outcome, address, calls, is_read, id FROM audit "
      "WHERE ($1 = '' OR id < $1)";
  if (!filter.team.empty()) sql += " AND team = $2";
  if (!filter.user.empty()) sql += " AND user_name = $3";
  if (!filter.call.empty()) sql += " AND call = $4";
  if (!filter.subject.empty()) sql += " AND subject = $5";
  sql += " AND $2 = $2 AND $3 = $3 AND $4 = $4 AND $5 = $5 ORDER BY id DESC LIMIT $6";
  AuditPage page;
  HEARTH_RETURN_IF_ERROR(database_.Read([&](SqlConnection& connection) -> base::Status {
    page = {};
    HEARTH_ASSIGN(const auto rows, connection.Query(sql, filter.page_token, filter.team, filter.user,
                                                    filter.call, filter.subject, int64_t{limit} + 1));
    std::string last;
    for (const SqlRow& row : rows) {
      if (page.rows.size() == static_cast<size_t>(limit)) {
        page.next_page_token = last;
        break;
      }
      last = Text(row[9]);
      page.rows.push_back({Number(row[0]), Text(row[1]), Text(row[2]), Text(row[3]), Text(row[4]),
                           Text(row[5]), Text(row[6]), Number(row[7]), Number(row[8]) != 0});
    }
    return {};
  }));
  return page;
}

base::Result<int64_t> Store::ForgetAudit(int64_t changes_before, int64_t reads_before, int32_t limit) {
  size_t most = 0;
  HEARTH_RETURN_IF_ERROR(database_.Write([&](SqlConnection& connection) -> base::Status {
    most = 0;
    const std::pair<int64_t, int64_t> kinds[] = {{0, changes_before}, {1, reads_before}};
    for (const auto& [is_read, before] : kinds) {
      HEARTH_ASSIGN(const auto gone,
                    connection.Query("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE is_read = $1 "
                                     "AND id < $2 ORDER BY id LIMIT $3) RETURNING id",
                                     is_read, TimeKey(before), int64_t{limit}));
      most = std::max(most, gone.size());
    }
    return {};
  }));
  return static_cast<int64_t>(most);
}

}  // namespace hearth::runner
