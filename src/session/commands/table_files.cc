#include "session/commands/table_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>

#include <cerrno>
#include <filesystem>

#include "session/commands/objects.h"

namespace hearth::session::commands {
namespace {

base::Error FileError(const std::string& path, const std::error_code& code) {
  base::Error error;
  error.kind = base::ErrorKind::kRuntime;
  error.message = fmt::format("{}: {}", path, code.message());
  return error;
}

base::Result<bool> Admit(const Session& session, const std::string& path) {
  WriteGuard* const guard = session.write_guard();
  return guard == nullptr ? base::Result<bool>(true) : guard->Admit(path);
}

}  // namespace

std::string WarehouseOf(const Session& session) {
  std::string path = LocalPath(session.configuration().Text("spark.sql.warehouse.dir"));
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string TableLocation(const DatabaseRecord& database, const std::string& table) {
  return fmt::format("{}/{}", database.location, LowerCase(table));
}

base::Status CheckMayChange(const Session& session, const TableRecord& table) {
  // The catalogue of a guarded process is its own; other people's are only the files of managed tables.
  if (table.info.kind != "MANAGED") return {};
  HEARTH_RETURN_IF_ERROR(Admit(session, table.info.location));
  return {};
}

base::Status MakeDirectory(const Session& session, const std::string& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) return {};
  HEARTH_ASSIGN(const bool is_admitted, Admit(session, path));
  if (!is_admitted) return {};
  std::filesystem::create_directories(path, code);
  if (code) return FileError(path, code);
  return {};
}

bool IsMissingOrEmpty(const std::string& path) {
  std::error_code code;
  return !std::filesystem::exists(path, code) || std::filesystem::is_empty(path, code);
}

base::Status RemoveTableFiles(const Session& session, const TableRecord& table) {
  if (table.info.kind != "MANAGED") return {};
  HEARTH_ASSIGN(const bool is_admitted, Admit(session, table.info.location));
  if (!is_admitted) return {};
  std::error_code code;
  std::filesystem::remove_all(table.info.location, code);
  if (code) return FileError(table.info.location, code);
  return {};
}

base::Status EmptyTableFolder(const Session& session, const TableRecord& table) {
  HEARTH_ASSIGN(const bool is_admitted, Admit(session, table.info.location));
  if (!is_admitted) return {};
  std::error_code code;
  for (std::filesystem::directory_iterator entry(table.info.location, code), end; !code && entry != end;
       entry.increment(code)) {
    std::filesystem::remove_all(entry->path(), code);
    if (code) return FileError(entry->path().string(), code);
  }
  if (code && code != std::errc::no_such_file_or_directory) return FileError(table.info.location, code);
  return {};
}

base::Status MoveFolder(const Session& session, const std::string& from, const std::string& to) {
  HEARTH_ASSIGN(const bool may_take, Admit(session, from));
  HEARTH_ASSIGN(const bool may_put, Admit(session, to));
  if (!may_take || !may_put) return {};
  std::error_code code;
  std::filesystem::rename(from, to, code);
  if (code && code != std::errc::no_such_file_or_directory) return FileError(from, code);
  return {};
}

void RemoveEmptyFolder(const Session& session, const std::string& path) {
  const auto is_admitted = Admit(session, path);
  std::error_code ignored;
  if (is_admitted.ok() && *is_admitted) std::filesystem::remove(path, ignored);
}

base::Status ReplaceFolder(const Session& session, const std::string& from, const std::string& to) {
  HEARTH_ASSIGN(const bool is_admitted, Admit(session, to));
  if (!is_admitted) return {};
  std::error_code code;
  if (!std::filesystem::exists(to, code)) {
    std::filesystem::rename(from, to, code);
    return code ? base::Status(FileError(to, code)) : base::Status();
  }
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) return {};
  if (errno != EINVAL && errno != ENOSYS) return FileError(to, {errno, std::generic_category()});
  // A file system that cannot exchange: for a moment nothing is there.
  const std::string old = from + ".old";
  std::filesystem::rename(to, old, code);
  if (code) return FileError(to, code);
  std::filesystem::rename(from, to, code);
  if (!code) return {};
  std::error_code ignored;
  std::filesystem::rename(old, to, ignored);
  return FileError(to, code);
}

}  // namespace hearth::session::commands
