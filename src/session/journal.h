// What shaped a session, in order: replayed on another engine it gives the same session again. Reads and
// queries are no part of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace hearth::session {

enum class JournalAct : uint8_t {
  kSetSetting,    // subject: key; payload: value
  kUnsetSetting,  // subject: key
  kResetSettings,
  kCreateView,        // subject: name; payload: how it was made
  kDropView,          // subject: name
  kUseDatabase,       // subject: database
  kUseCatalog,        // subject: catalog
  kRegisterFunction,  // subject: name; payload: how it was made
  kAddArtifact,       // subject: name; payload: its hash
};

// What a payload is written in.
enum class JournalForm : uint8_t { kNone, kText, kSql, kConnectCommand };

struct JournalEntry {
  uint64_t number = 0;  // counts from 1 and is never reused
  JournalAct act = JournalAct::kSetSetting;
  std::string subject;
  JournalForm form = JournalForm::kNone;
  std::string payload;

  size_t bytes() const { return sizeof(JournalEntry) + subject.size() + payload.size(); }
};

// Bounded: entries that later ones made void go first (an overwritten setting, an earlier current database);
// when that is not enough recording ends and the journal says that it is incomplete. Thread-safe.
class Journal {
 public:
  struct Limits {
    size_t entries = 10000;
    size_t bytes = 64 << 20;
  };

  Journal() : Journal(Limits()) {}
  explicit Journal(Limits limits) : limits_(limits) {}

  void Record(JournalAct act, std::string subject, JournalForm form = JournalForm::kNone,
              std::string payload = {});
  std::vector<JournalEntry> Entries() const;
  // False once an act could not be kept: a replay would give another session.
  bool is_complete() const;
  // Takes over another session's journal; for a clone.
  void CopyFrom(const Journal& other);

 private:
  void Compact();
  bool IsFull() const { return entries_.size() > limits_.entries || bytes_ > limits_.bytes; }

  const Limits limits_;
  mutable std::mutex mutex_;
  std::deque<JournalEntry> entries_;
  size_t bytes_ = 0;
  uint64_t next_number_ = 1;
  bool is_complete_ = true;
};

}  // namespace hearth::session
