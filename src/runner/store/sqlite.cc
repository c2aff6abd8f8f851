#include <fmt/format.h>
#include <sqlite3.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "runner/store/database.h"

namespace hearth::runner {
namespace {

constexpr int kBusyMilliseconds = 10000;
constexpr size_t kReaders = 4;
constexpr size_t kBatch = 256;

base::Error Adapt(int code, const std::string& message) {
  base::Error error;
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      error.kind = base::ErrorKind::kUnavailable;
      break;
    case SQLITE_CONSTRAINT:
      error.kind = base::ErrorKind::kConflict;
      break;
    default:
      error.kind = base::ErrorKind::kInternal;
  }
  error.message = "the job store: " + message;
  return error;
}

// One handle and its prepared statements. Used by one thread at a time.
class Connection final : public SqlConnection {
 public:
  ~Connection() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }

  base::Status Open(const std::string& path, bool read_only, bool durable) {
    const int flags =
        (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
    if (code != SQLITE_OK) return Adapt(code, fmt::format("{}: {}", path, sqlite3_errmsg(handle_)));
    sqlite3_busy_timeout(handle_, kBusyMilliseconds);
    if (read_only) return {};
    HEARTH_RETURN_IF_ERROR(Execute("PRAGMA journal_mode = WAL", {}));
    HEARTH_RETURN_IF_ERROR(Execute(durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF", {}));
    return {};
  }

  base::Result<std::vector<SqlRow>> Execute(std::string_view sql,
                                            std::span<const SqlValue> parameters) override {
    HEARTH_ASSIGN(sqlite3_stmt* const statement, Prepare(sql));
    Bind(statement, parameters);
    std::vector<SqlRow> rows;
    int code = sqlite3_step(statement);
    for (; code == SQLITE_ROW; code = sqlite3_step(statement)) rows.push_back(ReadRow(statement));
    const std::string message = code == SQLITE_DONE ? "" : sqlite3_errmsg(handle_);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (code != SQLITE_DONE) return Adapt(code, message);
    return rows;
  }

 private:
  base::Result<sqlite3_stmt*> Prepare(std::string_view sql) {
    const auto found = statements_.find(std::string(sql));
    if (found != statements_.end()) return found->second;
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return Adapt(code, fmt::format("{} in: {}", sqlite3_errmsg(handle_), sql));
    statements_.emplace(sql, statement);
    return statement;
  }

  static void Bind(sqlite3_stmt* statement, std::span<const SqlValue> parameters) {
    for (size_t i = 0; i < parameters.size(); ++i) {
      // "$2" is a name to SQLite, which numbers parameters by their first mention.
      const int place = sqlite3_bind_parameter_index(statement, fmt::format("${}", i + 1).c_str());
      if (place == 0) continue;
      if (const auto* number = std::get_if<int64_t>(&parameters[i])) {
        sqlite3_bind_int64(statement, place, *number);
      } else if (const auto* text = std::get_if<std::string>(&parameters[i])) {
        sqlite3_bind_text64(statement, place, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
      }
    }
  }

  static SqlRow ReadRow(sqlite3_stmt* statement) {
    SqlRow row(static_cast<size_t>(sqlite3_column_count(statement)));
    for (size_t i = 0; i < row.size(); ++i) {
      const int column = static_cast<int>(i);
      switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL:
          break;
        case SQLITE_INTEGER:
          row[i] = static_cast<int64_t>(sqlite3_column_int64(statement, column));
          break;
        default:
          row[i] = std::string(reinterpret_cast<const char*>(sqlite3_column_text(statement, column)),
                               static_cast<size_t>(sqlite3_column_bytes(statement, column)));
      }
    }
    return row;
  }

  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

// One writing connection, whose commits are shared by all who wait, and a few that read. Thread-safe.
class SqliteDatabase final : public Database {
 public:
  base::Status Open(const std::string& path, bool durable) {
    HEARTH_RETURN_IF_ERROR(writer_.Open(path, false, durable));
    for (size_t i = 0; i < kReaders; ++i) {
      auto reader = std::make_unique<Connection>();
      HEARTH_RETURN_IF_ERROR(reader->Open(path, true, durable));
      free_readers_.push_back(std::move(reader));
    }
    return {};
  }

  base::Status Write(const Work& work) override {
    Waiting mine{&work};
    std::unique_lock lock(write_mutex_);
    queue_.push_back(&mine);
    while (!mine.done) {
      if (writing_) {
        written_.wait(lock);
        continue;
      }
      writing_ = true;
      std::vector<Waiting*> batch;
      while (!queue_.empty() && batch.size() < kBatch) {
        batch.push_back(queue_.front());
        queue_.pop_front();
      }
      lock.unlock();
      WriteBatch(batch);
      lock.lock();
      for (Waiting* waiting : batch) waiting->done = true;
      writing_ = false;
      written_.notify_all();
    }
    return std::move(mine.status);
  }

  base::Status Read(const Work& work) override {
    std::unique_ptr<Connection> reader;
    {
      std::unique_lock lock(read_mutex_);
      reader_free_.wait(lock, [this] { return !free_readers_.empty(); });
      reader = std::move(free_readers_.back());
      free_readers_.pop_back();
    }
    base::Status status = Snapshot(*reader, work);
    {
      std::lock_guard lock(read_mutex_);
      free_readers_.push_back(std::move(reader));
    }
    reader_free_.notify_one();
    return status;
  }

  bool is_shared() const override { return false; }

 private:
  struct Waiting {
    const Work* work;
    base::Status status;
    bool done = false;
  };

  static base::Status Snapshot(Connection& reader, const Work& work) {
    HEARTH_RETURN_IF_ERROR(reader.Execute("BEGIN", {}));
    base::Status status = work(reader);
    (void)reader.Execute("COMMIT", {});
    return status;
  }

  void WriteBatch(const std::vector<Waiting*>& batch) {
    base::Status whole = Begin();
    if (whole.ok()) {
      for (Waiting* waiting : batch) waiting->status = WriteOne(*waiting->work);
      whole = Commit();
    }
    if (whole.ok()) return;
    for (Waiting* waiting : batch) {
      if (waiting->status.ok()) waiting->status = base::Error(*whole.error());
    }
  }

  base::Status Begin() {
    HEARTH_RETURN_IF_ERROR(writer_.Execute("BEGIN IMMEDIATE", {}));
    return {};
  }

  base::Status Commit() {
    auto committed = writer_.Execute("COMMIT", {});
    if (committed.ok()) return {};
    (void)writer_.Execute("ROLLBACK", {});
    return std::move(committed).Fail();
  }

  base::Status WriteOne(const Work& work) {
    HEARTH_RETURN_IF_ERROR(writer_.Execute("SAVEPOINT one", {}));
    base::Status status = work(writer_);
    if (!status.ok()) HEARTH_RETURN_IF_ERROR(writer_.Execute("ROLLBACK TO one", {}));
    HEARTH_RETURN_IF_ERROR(writer_.Execute("RELEASE one", {}));
    return status;
  }

  std::mutex write_mutex_;
  std::condition_variable written_;
  std::deque<Waiting*> queue_;
  bool writing_ = false;
  Connection writer_;

  std::mutex read_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> free_readers_;
};

}  // namespace

int64_t Number(const SqlValue& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

std::string Text(const SqlValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

base::Result<std::unique_ptr<Database>> OpenSqlite(const std::string& path, bool durable) {
  auto database = std::make_unique<SqliteDatabase>();
  HEARTH_RETURN_IF_ERROR(database->Open(path, durable));
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace hearth::runner
