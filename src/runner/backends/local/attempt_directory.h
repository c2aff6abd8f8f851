// What is on disk of one attempt: its command, its log, how it ended. All that a restarted runner and a
// supervisor know of each other.
//
//   command.json   what to run; the directory appears under its name with this file in it
//   lock           held by the supervisor for as long as it lives
//   started.json   the process runs, or ran
//   stop           somebody asked for the end: "graceful" or "forced"
//   ended.json     how it ended; written last
//   written.jsonl  what the embedded engine wrote, a line for each place or table
//   log.N          the output from byte N on; older pieces are dropped
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runner/backend.h"

namespace hearth::runner::local {

struct Command {
  std::vector<std::string> arguments;              // the program first
  std::map<std::string, std::string> environment;  // added to the runner's own
  std::map<std::string, std::string> files;        // texts by name, put beside command.json; not read back
  int64_t memory_limit_mib = 0;                    // of all its processes together; 0: none
  int64_t run_seconds = 0;                         // the supervisor's own last resort; 0: none
  int64_t grace_seconds = 30;                      // between SIGTERM and SIGKILL
};

struct Ending {
  std::optional<int32_t> exit_code;
  std::optional<int32_t> signal;
  std::string reason;
  std::string message;
  int64_t ended_at = 0;
  int64_t peak_memory_mib = 0;
  double cpu_seconds = 0;
};

// The variable that marks every process of an attempt.
inline constexpr const char* kTokenVariable = "HEARTH_ATTEMPT";

inline constexpr int64_t kLogPieceBytes = int64_t{8} << 20;
inline constexpr size_t kLogPieces = 4;

class AttemptDirectory {
 public:
  AttemptDirectory(std::filesystem::path root, const std::string& token)
      : token_(token), path_(root / token), root_(std::move(root)) {}

  const std::string& token() const { return token_; }
  const std::filesystem::path& path() const { return path_; }

  bool Exists() const;
  // Makes the directory with its command, or finds it there. Errors: kUnavailable when the disk refuses.
  base::Status Make(const Command& command) const;
  base::Result<Command> ReadCommand() const;

  void WriteStarted(int64_t pid, int64_t started_at) const;
  std::optional<int64_t> StartedAt() const;
  void WriteEnded(const Ending& ending) const;
  std::optional<Ending> ReadEnded() const;
  void WriteStop(StopUrgency urgency) const;
  std::optional<StopUrgency> ReadStop() const;

  // A descriptor that holds the lock; -1 when somebody else does. Closing it lets go.
  int Lock() const;

  LogPage ReadLog(int64_t offset, int64_t limit) const;
  std::filesystem::path LogPiece(int64_t first_byte) const;
  // First bytes of the pieces there are, ascending.
  std::vector<int64_t> LogPieces() const;

  void RemoveAll() const;

 private:
  bool WriteFile(const char* name, std::string_view text) const;
  std::optional<std::string> ReadFile(const char* name) const;

  std::string token_;
  std::filesystem::path path_;
  std::filesystem::path root_;
};

}  // namespace hearth::runner::local
