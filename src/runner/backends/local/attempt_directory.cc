#include "runner/backends/local/attempt_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/uuid.h"

namespace hearth::runner::local {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

base::Error DiskError(const std::string& what) {
  base::Error error;
  error.kind = base::ErrorKind::kUnavailable;
  error.message = what;
  return error;
}

std::string Dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json Parse(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  return value.is_object() ? value : json::object();
}

bool WriteWhole(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  return file.good();
}

std::string CommandText(const Command& command) {
  return Dump({{"arguments", command.arguments},
               {"environment", command.environment},
               {"memory_limit_mib", command.memory_limit_mib},
               {"run_seconds", command.run_seconds},
               {"grace_seconds", command.grace_seconds}});
}

}  // namespace

bool AttemptDirectory::Exists() const {
  std::error_code ignored;
  return fs::exists(path_ / "command.json", ignored);
}

base::Status AttemptDirectory::Make(const Command& command) const {
  if (Exists()) return {};
  // Made aside and renamed: whoever sees the directory sees its command.
  const fs::path aside = root_ / fmt::format(".new-{}", base::RandomUuid());
  std::error_code code;
  fs::create_directories(aside, code);
  if (code) return DiskError(fmt::format("{} cannot be made: {}", aside.string(), code.message()));
  fs::permissions(aside, fs::perms::owner_all, code);
  bool is_written = WriteWhole(aside / "command.json", CommandText(command));
  for (const auto& [name, text] : command.files) is_written = is_written && WriteWhole(aside / name, text);
  if (!is_written) {
    fs::remove_all(aside, code);
    return DiskError(fmt::format("{} cannot be written", aside.string()));
  }
  fs::rename(aside, path_, code);
  const std::string why = code.message();
  std::error_code ignored;
  if (code) fs::remove_all(aside, ignored);
  if (code && !Exists()) return DiskError(fmt::format("{} cannot be made: {}", path_.string(), why));
  return {};
}

base::Result<Command> AttemptDirectory::ReadCommand() const {
  const auto text = ReadFile("command.json");
  if (!text) return DiskError("there is no command.json");
  const json fields = Parse(*text);
  Command command;
  command.arguments = fields.value("arguments", std::vector<std::string>());
  command.environment = fields.value("environment", std::map<std::string, std::string>());
  command.memory_limit_mib = fields.value("memory_limit_mib", int64_t{0});
  command.run_seconds = fields.value("run_seconds", int64_t{0});
  command.grace_seconds = fields.value("grace_seconds", int64_t{30});
  if (command.arguments.empty()) return DiskError("command.json names no program");
  return command;
}

void AttemptDirectory::WriteStarted(int64_t pid, int64_t started_at) const {
  WriteFile("started.json", Dump({{"pid", pid}, {"started_at", started_at}}));
}

std::optional<int64_t> AttemptDirectory::StartedAt() const {
  const auto text = ReadFile("started.json");
  if (!text) return std::nullopt;
  return Parse(*text).value("started_at", int64_t{0});
}

void AttemptDirectory::WriteEnded(const Ending& ending) const {
  json fields = {{"reason", ending.reason},
                 {"message", ending.message},
                 {"ended_at", ending.ended_at},
                 {"peak_memory_mib", ending.peak_memory_mib},
                 {"cpu_seconds", ending.cpu_seconds}};
  if (ending.exit_code) fields["exit_code"] = *ending.exit_code;
  if (ending.signal) fields["signal"] = *ending.signal;
  WriteFile("ended.json", Dump(fields));
}

std::optional<Ending> AttemptDirectory::ReadEnded() const {
  const auto text = ReadFile("ended.json");
  if (!text) return std::nullopt;
  const json fields = Parse(*text);
  Ending ending;
  if (fields.contains("exit_code")) ending.exit_code = fields["exit_code"].get<int32_t>();
  if (fields.contains("signal")) ending.signal = fields["signal"].get<int32_t>();
  ending.reason = fields.value("reason", "");
  ending.message = fields.value("message", "");
  ending.ended_at = fields.value("ended_at", int64_t{0});
  ending.peak_memory_mib = fields.value("peak_memory_mib", int64_t{0});
  ending.cpu_seconds = fields.value("cpu_seconds", 0.0);
  return ending;
}

void AttemptDirectory::WriteStop(StopUrgency urgency) const {
  // Force is never taken back.
  if (urgency == StopUrgency::kGraceful && ReadStop() == StopUrgency::kForced) return;
  WriteFile("stop", urgency == StopUrgency::kForced ? "forced" : "graceful");
}

std::optional<StopUrgency> AttemptDirectory::ReadStop() const {
  const auto text = ReadFile("stop");
  if (!text) return std::nullopt;
  return *text == "forced" ? StopUrgency::kForced : StopUrgency::kGraceful;
}

int AttemptDirectory::Lock() const {
  const int descriptor = ::open((path_ / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return -1;
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

fs::path AttemptDirectory::LogPiece(int64_t first_byte) const {
  return path_ / fmt::format("log.{:015}", first_byte);
}

std::vector<int64_t> AttemptDirectory::LogPieces() const {
  std::vector<int64_t> pieces;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("log.")) continue;
    int64_t first = 0;
    const auto [end, code] = std::from_chars(name.data() + 4, name.data() + name.size(), first);
    if (code == std::errc() && end == name.data() + name.size()) pieces.push_back(first);
  }
  std::ranges::sort(pieces);
  return pieces;
}

LogPage AttemptDirectory::ReadLog(int64_t offset, int64_t limit) const {
  LogPage page;
  // Asked before the log is read: what is written later belongs to the next page.
  page.at_end = ReadEnded().has_value();
  const std::vector<int64_t> pieces = LogPieces();
  if (pieces.empty()) return page;
  std::error_code code;
  const auto last = static_cast<int64_t>(fs::file_size(LogPiece(pieces.back()), code));
  const int64_t size = pieces.back() + (code ? 0 : last);
  int64_t from = offset < 0 ? std::max<int64_t>(0, size + offset) : std::min(offset, size);
  from = std::max(from, pieces.front());
  for (size_t i = 0; i < pieces.size() && static_cast<int64_t>(page.text.size()) < limit; ++i) {
    const int64_t end = i + 1 < pieces.size() ? pieces[i + 1] : size;
    const int64_t at = from + static_cast<int64_t>(page.text.size());
    if (at >= end) continue;
    std::ifstream file(LogPiece(pieces[i]), std::ios::binary);
    file.seekg(at - pieces[i]);
    std::string text(static_cast<size_t>(std::min(end - at, limit - static_cast<int64_t>(page.text.size()))),
                     '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(file.gcount()));
    page.text += text;
  }
  page.next_offset = from + static_cast<int64_t>(page.text.size());
  page.at_end = page.at_end && page.next_offset >= size;
  return page;
}

void AttemptDirectory::RemoveAll() const {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

bool AttemptDirectory::WriteFile(const char* name, std::string_view text) const {
  const fs::path aside = path_ / fmt::format(".{}-{}", name, base::RandomUuid());
  if (!WriteWhole(aside, text)) return false;
  std::error_code code;
  fs::rename(aside, path_ / name, code);
  return !code;
}

std::optional<std::string> AttemptDirectory::ReadFile(const char* name) const {
  std::ifstream file(path_ / name, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace hearth::runner::local
