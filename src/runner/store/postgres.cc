#include <fmt/format.h>
#include <libpq-fe.h>

#include <charconv>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <unordered_set>

#include "runner/store/database.h"

namespace hearth::runner {
namespace {

// Types of PostgreSQL's catalogue.
constexpr Oid kBigint = 20;
constexpr Oid kInteger = 23;
constexpr Oid kText = 25;
// A transaction that lost a race is run again.
constexpr int kTries = 8;

using ResultPointer = std::unique_ptr<PGresult, decltype(&PQclear)>;

base::Error Fail(base::ErrorKind kind, const std::string& message) {
  base::Error error;
  error.kind = kind;
  error.message = "the job store: " + message.substr(0, message.find('\n'));
  return error;
}

bool IsState(const PGresult* result, std::string_view prefix) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state != nullptr && std::string_view(state).starts_with(prefix);
}

// One session of the server. Used by one thread at a time.
class Connection final : public SqlConnection {
 public:
  explicit Connection(std::string address) : address_(std::move(address)) {}
  ~Connection() override { PQfinish(handle_); }

  base::Status Ready() {
    if (handle_ != nullptr && PQstatus(handle_) == CONNECTION_OK) return {};
    PQfinish(handle_);
    prepared_.clear();
    handle_ = PQconnectdb(address_.c_str());
    if (PQstatus(handle_) != CONNECTION_OK) {
      return Fail(base::ErrorKind::kUnavailable, PQerrorMessage(handle_));
    }
    PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
    return {};
  }

  base::Result<std::vector<SqlRow>> Execute(std::string_view sql,
                                            std::span<const SqlValue> parameters) override {
    std::vector<std::string> texts(parameters.size());
    std::vector<const char*> values(parameters.size(), nullptr);
    std::vector<Oid> types(parameters.size(), kText);
    for (size_t i = 0; i < parameters.size(); ++i) {
      if (const auto* number = std::get_if<int64_t>(&parameters[i])) {
        texts[i] = fmt::format("{}", *number);
        types[i] = kBigint;
      } else if (const auto* text = std::get_if<std::string>(&parameters[i])) {
        texts[i] = WithoutZeros(*text);
      } else {
        continue;
      }
      values[i] = texts[i].c_str();
    }
    const auto count = static_cast<int>(parameters.size());
    const std::string name = fmt::format("s{:x}", std::hash<std::string_view>()(sql));
    if (!prepared_.contains(name)) {
      const ResultPointer made(
          PQprepare(handle_, name.c_str(), std::string(sql).c_str(), count, types.data()), PQclear);
      if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) return Adapt(made.get());
      prepared_.insert(name);
    }
    const ResultPointer result(
        PQexecPrepared(handle_, name.c_str(), count, values.data(), nullptr, nullptr, 0), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return Adapt(result.get());
    return ReadRows(result.get());
  }

  // Statements without parameters, at once: BEGIN and its siblings.
  base::Status Send(const char* sql) {
    const ResultPointer result(PQexec(handle_, sql), PQclear);
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) return Adapt(result.get());
    return {};
  }
  bool IsInTransaction() const { return PQtransactionStatus(handle_) != PQTRANS_IDLE; }

 private:
  // PostgreSQL's texts hold no zero bytes; log lines may.
  static std::string WithoutZeros(std::string text) {
    std::erase(text, '\0');
    return text;
  }

  base::Error Adapt(const PGresult* result) const {
    const std::string message = PQerrorMessage(handle_);
    if (PQstatus(handle_) != CONNECTION_OK) return Fail(base::ErrorKind::kUnavailable, message);
    if (IsState(result, "40") || IsState(result, "55P03")) return Fail(base::ErrorKind::kCancelled, message);
    if (IsState(result, "23")) return Fail(base::ErrorKind::kConflict, message);
    const bool is_outside = IsState(result, "53") || IsState(result, "57") || IsState(result, "08");
    return Fail(is_outside ? base::ErrorKind::kUnavailable : base::ErrorKind::kInternal, message);
  }

  static std::vector<SqlRow> ReadRows(const PGresult* result) {
    std::vector<SqlRow> rows(static_cast<size_t>(PQntuples(result)));
    const int columns = PQnfields(result);
    for (size_t i = 0; i < rows.size(); ++i) {
      rows[i].resize(static_cast<size_t>(columns));
      for (int column = 0; column < columns; ++column) {
        const int row = static_cast<int>(i);
        if (PQgetisnull(result, row, column) != 0) continue;
        const std::string_view text(PQgetvalue(result, row, column),
                                    static_cast<size_t>(PQgetlength(result, row, column)));
        const Oid type = PQftype(result, column);
        if (type == kBigint || type == kInteger) {
          int64_t number = 0;
          std::from_chars(text.data(), text.data() + text.size(), number);
          rows[i][static_cast<size_t>(column)] = number;
        } else {
          rows[i][static_cast<size_t>(column)] = std::string(text);
        }
      }
    }
    return rows;
  }

  const std::string address_;
  PGconn* handle_ = nullptr;
  std::unordered_set<std::string> prepared_;
};

// Thread-safe: each call takes one connection for as long as it lasts.
class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(std::string address, int connections) {
    for (int i = 0; i < std::max(connections, 1); ++i) free_.push_back(std::make_unique<Connection>(address));
  }

  base::Status Write(const Work& work) override { return Transact(work, "BEGIN"); }
  base::Status Read(const Work& work) override {
    return Transact(work, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }
  bool is_shared() const override { return true; }

 private:
  base::Status Transact(const Work& work, const char* begin) {
    std::unique_ptr<Connection> connection = Take();
    base::Status status;
    for (int i = 0; i < kTries; ++i) {
      status = TransactOnce(*connection, work, begin);
      if (status.ok() || status.error()->kind != base::ErrorKind::kCancelled) break;
    }
    if (!status.ok() && status.error()->kind == base::ErrorKind::kCancelled) {
      status.error()->kind = base::ErrorKind::kUnavailable;
    }
    Give(std::move(connection));
    return status;
  }

  static base::Status TransactOnce(Connection& connection, const Work& work, const char* begin) {
    HEARTH_RETURN_IF_ERROR(connection.Ready());
    HEARTH_RETURN_IF_ERROR(connection.Send(begin));
    base::Status status = work(connection);
    if (!status.ok()) {
      if (connection.IsInTransaction()) (void)connection.Send("ROLLBACK");
      return status;
    }
    base::Status committed = connection.Send("COMMIT");
    if (committed.ok()) return {};
    // A connection that broke while the commit was under way does not tell whether it happened.
    if (committed.error()->kind == base::ErrorKind::kUnavailable) {
      committed.error()->kind = base::ErrorKind::kUnknownOutcome;
    }
    return committed;
  }

  std::unique_ptr<Connection> Take() {
    std::unique_lock lock(mutex_);
    is_free_.wait(lock, [this] { return !free_.empty(); });
    std::unique_ptr<Connection> connection = std::move(free_.back());
    free_.pop_back();
    return connection;
  }
  void Give(std::unique_ptr<Connection> connection) {
    {
      std::lock_guard lock(mutex_);
      free_.push_back(std::move(connection));
    }
    is_free_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable is_free_;
  std::vector<std::unique_ptr<Connection>> free_;
};

}  // namespace

base::Result<std::unique_ptr<Database>> OpenPostgres(const std::string& connection_string, int connections) {
  auto database = std::make_unique<PostgresDatabase>(connection_string, connections);
  // A wrong address is an error now, not at the first job.
  HEARTH_RETURN_IF_ERROR(database->Read([](SqlConnection& connection) -> base::Status {
    HEARTH_RETURN_IF_ERROR(connection.Query("SELECT 1"));
    return {};
  }));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace hearth::runner
