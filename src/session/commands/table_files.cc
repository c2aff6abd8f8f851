#include "session/commands/table_files.h"

#include <fmt/format.h>

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

}  // namespace

std::string WarehouseOf(const Session& session) {
  std::string path = LocalPath(session.configuration().Text("spark.sql.warehouse.dir"));
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string TableLocation(const DatabaseRecord& database, const std::string& table) {
  return fmt::format("{}/{}", database.location, LowerCase(table));
}

base::Status MakeDirectory(const std::string& path) {
  std::error_code code;
  std::filesystem::create_directories(path, code);
  if (code) return FileError(path, code);
  return {};
}

bool IsMissingOrEmpty(const std::string& path) {
  std::error_code code;
  return !std::filesystem::exists(path, code) || std::filesystem::is_empty(path, code);
}

base::Status RemoveTableFiles(const TableRecord& table) {
  if (table.info.kind != "MANAGED") return {};
  std::error_code code;
  std::filesystem::remove_all(table.info.location, code);
  if (code) return FileError(table.info.location, code);
  return {};
}

base::Status EmptyTableFolder(const TableRecord& table) {
  std::error_code code;
  for (std::filesystem::directory_iterator entry(table.info.location, code), end; !code && entry != end;
       entry.increment(code)) {
    std::filesystem::remove_all(entry->path(), code);
    if (code) return FileError(entry->path().string(), code);
  }
  if (code && code != std::errc::no_such_file_or_directory) return FileError(table.info.location, code);
  return {};
}

base::Status MoveFolder(const std::string& from, const std::string& to) {
  std::error_code code;
  std::filesystem::rename(from, to, code);
  if (code && code != std::errc::no_such_file_or_directory) return FileError(from, code);
  return {};
}

}  // namespace hearth::session::commands
